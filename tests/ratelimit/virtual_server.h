/*
 * A quota server in a few integers, written apart from ratelimit/ so that it
 * can disagree with it. It counts arrivals in true time, answers with
 * headers on its own clock, and keeps every arrival for the judge.
 */
#ifndef TESTS_RATELIMIT_VIRTUAL_SERVER_H
#define TESTS_RATELIMIT_VIRTUAL_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define ARRIVALS_MAX 60000

enum reset_style {
	RESET_OLDEST_LEAVES, /* when the oldest counted call leaves */
	RESET_ALL_LEAVE,     /* a window from now */
	RESET_ABSENT
};

struct virtual_server {
	bool fixed;
	enum reset_style style; /* sliding only */
	int minute_limit;
	int day_limit;
	int64_t skew;  /* server epoch = true ms + skew */
	int64_t *ours; /* owned: true ms of our arrivals, ascending */
	int ours_count;
	int64_t *all; /* owned: those and others' */
	int all_count;
	int refused;
};

void virtual_server_init(struct virtual_server *server);
void virtual_server_free(struct virtual_server *server);

/* One call arrives at `at` (never before the one before). Returns 200 or
 * 429, with the headers an honest server sends. */
int virtual_server_arrive(struct virtual_server *server, int64_t at,
	bool foreign, struct ratelimit_headers *ret);

/* The most calls of ours that any of its windows (any server day) held. */
int virtual_server_worst_minute(const struct virtual_server *server);
int virtual_server_worst_day(const struct virtual_server *server);

#endif
