/*
 * A quota server in a few integers, written apart from ratelimit/ so that it
 * can disagree with it. It counts arrivals in true time, answers with
 * headers on its own clock, and keeps every arrival for the judge.
 *
 *	fixed    60 calls in each whole minute of its clock
 *	sliding  60 calls in any 60 seconds
 *	bucket   holds 60 calls, and gets one back a second
 *
 * Any of them may name the end of the whole minute as its reset, as only
 * fixed windows should: a sliding server that does is called a liar.
 */
#ifndef TESTS_RATELIMIT_VIRTUAL_SERVER_H
#define TESTS_RATELIMIT_VIRTUAL_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define ARRIVALS_MAX 60000

enum server_kind {
	SERVER_FIXED,
	SERVER_SLIDING,
	SERVER_BUCKET
};

/* The moment that X-RateLimit-Minutely-Reset names. */
enum reset_style {
	RESET_OLDEST_LEAVES, /* when the oldest counted call leaves; a bucket:
				when the next call comes back */
	RESET_ALL_LEAVE,     /* when all have left; a bucket: when it is full */
	RESET_ABSENT,
	RESET_WHOLE_MINUTE /* at the end of the minute; fixed servers always */
};

struct virtual_server {
	enum server_kind kind;
	enum reset_style style; /* sliding and bucket only */
	int minute_limit;
	int day_limit;
	int64_t skew;  /* server epoch = true ms + skew */
	int64_t *ours; /* owned: true ms of our arrivals, ascending */
	int ours_count;
	int64_t *all; /* owned: those and others' */
	int all_count;
	int minute_first; /* where the present minute begins in `all` … */
	int day_first;    /* … and the present day */
	int64_t level;    /* bucket: 60,000ths of a call … */
	int64_t level_at; /* … at this true ms; 0: full, not used yet */
	int refused;
};

void virtual_server_init(struct virtual_server *server);
void virtual_server_free(struct virtual_server *server);

/* One call arrives at `at` (never before the one before). Returns 200 or
 * 429, with the headers that this server sends. */
int virtual_server_arrive(struct virtual_server *server, int64_t at,
	bool foreign, struct ratelimit_headers *ret);

/* The most calls of ours that any of its windows held (for a bucket: any 60
 * seconds), and any of its days. */
int virtual_server_worst_minute(const struct virtual_server *server);
int virtual_server_worst_day(const struct virtual_server *server);

#endif
