/*
 * What can be learnt of the server from a response's headers: its clock,
 * whether its windows are fixed, how much of them others have used. The
 * decision what may go is not made here but in ratelimit.c.
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
	bool from_server; /* else our wall clock, good enough for days */
};

struct observe_clock observe_clock(
	const struct ratelimit_state *state, struct instant now);

/* How many of our calls the server may have counted (or may yet count) at
 * from <= time < to of its clock. */
int observe_calls(const struct ratelimit_state *state,
	const struct observe_clock *clock, int64_t from_server,
	int64_t to_server);

/* The UTC day that it is for the server. */
struct observe_day {
	int64_t number;
	bool begins; /* nothing was spent in it yet */
	int used;    /* calls of ours that it holds, or may yet */
	int64_t ends_boot;
	int64_t closed_boot; /* refused until then; 0: not */
};

struct observe_day observe_day(
	const struct ratelimit_state *state, struct instant now);

/* Hold on to the clock as it stands, and turn to the present day. */
void observe_turn(struct ratelimit_state *state, struct instant now);

/* The ticket's call is over; learn from its answer, unless status is 0. */
void observe_answer(struct ratelimit_state *state, struct instant now,
	int ticket, int status, const struct ratelimit_headers *headers);

/* A 429: which of the quotas it was, and until when. */
void observe_refusal(struct ratelimit_state *state, struct instant now,
	const struct ratelimit_headers *headers);

/* Times of another boot mean nothing any more; whatever was under way then
 * is within the window that begins now. */
void observe_new_boot(struct ratelimit_state *state, struct instant now);

#endif
