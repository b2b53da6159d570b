/*
 * What can be learnt of the server from a response's headers: its clock,
 * whether its windows are fixed, how much of them others have used. Whether a
 * call may go is not decided here but in ratelimit.c.
 */
#ifndef RATELIMIT_OBSERVE_H
#define RATELIMIT_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "ratelimit/state.h"

/* The server's epoch is boot_ms + low at least and boot_ms + high at most. */
struct observe_clock {
	int64_t low;
	int64_t high;
	bool from_server; /* false: our wall clock, good enough for days */
};

struct observe_clock observe_clock(
	const struct ratelimit_state *state, struct instant now);

/* The server counted this call no later than (boot_ms). */
int64_t observe_over(const struct ratelimit_call *call);

/* How many of our calls the server may have counted (or may yet count) at
 * from <= time < to of its clock. */
int observe_calls(const struct ratelimit_state *state,
	const struct observe_clock *clock, int64_t from_server,
	int64_t to_server);

/* May an answer still come? */
bool observe_under_way(const struct ratelimit_state *state, int64_t now_boot);

/* How many tokens were spent after this one. */
int observe_spent_after(const struct ratelimit_state *state, int ticket);

/* The present UTC day on the server's clock. */
struct observe_day {
	int64_t number;
	bool begins; /* nothing was spent in it yet */
	int used;    /* calls of ours that it holds, or may yet */
	int64_t ends_boot;
	int64_t closed_boot; /* refused until then; 0: not */
};

struct observe_day observe_day(
	const struct ratelimit_state *state, struct instant now);

/* Before a spend: turn to the present day if it has just begun. The first
 * time, also settle on the wall clock as it shows now. */
void observe_begin_day(struct ratelimit_state *state, struct instant now);

/* The ticket's call is over; learn from its answer, unless status is 0. */
void observe_answer(struct ratelimit_state *state, struct instant now,
	int ticket, int status, const struct ratelimit_headers *headers);

/* A 429: which of the quotas it was, and until when. */
void observe_refusal(struct ratelimit_state *state, struct instant now,
	const struct ratelimit_headers *headers);

/* Times of another boot mean nothing now. Calls that were under way then, a
 * minute's limit at most, are counted within the window that begins now; and
 * in the next day too, if it begins before they are over. */
void observe_new_boot(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now);

#endif
