/*
 * The two quotas of a division: so many calls a minute, so many a UTC day.
 * Pure: state and `now` in, verdict out. No clock, no I/O, no allocation;
 * all integers. The rules, with worked numbers, open ratelimit.c.
 *
 * The order of use, with the state locked during each step and saved by the
 * caller at its end:
 *
 *	v = ratelimit_ask(&state, &limits, now);
 *	if (v.go) ticket = ratelimit_spend(&state, now);         save, send
 *	ratelimit_answer(&state, now, ticket, status, &headers); save
 */
#ifndef RATELIMIT_RATELIMIT_H
#define RATELIMIT_RATELIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

/* Highest minute limit we can keep exact account of (300 has been seen). */
#define RATELIMIT_MINUTE_MAX 600

struct ratelimit_limits {
	int minute; /* configured, 1 to RATELIMIT_MINUTE_MAX; never raised */
	int day;    /* configured, at least 1 */
};

enum ratelimit_reason {
	RATELIMIT_NONE,
	RATELIMIT_MINUTE, /* the minute's calls are used */
	RATELIMIT_DAY,    /* the day's calls are used */
	RATELIMIT_REFUSED /* the server said 429: until its window is over */
};

struct ratelimit_verdict {
	bool go;
	enum ratelimit_reason reason; /* when !go */
	int64_t until_boot_ms;        /* when !go: ask again then, or as soon
					 as an answer has arrived */
	int minute_left;              /* calls that could go now */
	int day_left;
};

/* The quota headers of a response; -1 where a header is absent. */
struct ratelimit_headers {
	int64_t minute_limit;
	int64_t minute_remaining;
	int64_t minute_reset_ms; /* server epoch ms */
	int64_t day_limit;
	int64_t day_remaining;
	int64_t day_reset_ms;
	int64_t date_ms; /* the Date header, whole seconds; -1 if absent */
};

/* Plain old data; the ledger stores what is in use of it. All times are
 * boot_ms of one boot, see ratelimit_new_boot(). */
struct ratelimit_state; /* laid out in ratelimit/state.h */

/* An empty account: nothing spent, nothing known of the server. */
void ratelimit_init(struct ratelimit_state *state);
/* The stored times are of another boot: the minute counts as full for one
 * window, the bounds of the server's clock are forgotten, the day's count
 * stays. */
void ratelimit_new_boot(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now);

struct ratelimit_verdict ratelimit_ask(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now);
/* Account for one call about to leave; only after a `go`. Returns its ticket,
 * which is never 0. */
int ratelimit_spend(struct ratelimit_state *state, struct instant now);
/* The ticket's call is over. Status 0: no response came (the token stays
 * spent, and comes back a window from now). Do not call this where the server
 * may yet count the call, as after a time-out of ours: such a token comes back
 * by itself, RATELIMIT_TIMEOUT_MS and a window after it was spent. */
void ratelimit_answer(struct ratelimit_state *state, struct instant now,
	int ticket, int status, const struct ratelimit_headers *headers);

#endif
