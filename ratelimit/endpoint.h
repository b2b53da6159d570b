/*
 * Endpoints that the server refuses for themselves: after ten errors within
 * an hour there it answers 429 for an hour, and names no quota.
 *
 *	400, 401, 403, 404              a strike; the eighth within an hour
 *	                                opens the breaker until the first of
 *	                                them is an hour old
 *	429 without a header            the minute may be used up: wait it out
 *	and the next answer there too   this endpoint is blocked: an hour
 *	any other answer there          refusals are forgotten, strikes are not
 *
 * Eight, as two more may be under way in other processes. A reboot forgets.
 * Kept in the account, so that the next run doesn't knock on the same door:
 * each knock may prolong the block. Pure, like the rest.
 */
#ifndef RATELIMIT_ENDPOINT_H
#define RATELIMIT_ENDPOINT_H

#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define ENDPOINT_BLOCK_MS INT64_C(3600000)

/* Until when (boot_ms) the endpoint is left alone; 0: it isn't. */
int64_t endpoint_blocked(const struct ratelimit_state *state,
	const char *endpoint, struct instant now);
/* When it is for its strikes, the status of the last one; else 0. */
int endpoint_struck(const struct ratelimit_state *state, const char *endpoint,
	struct instant now);

/* A call there was answered; status 0: it wasn't. */
void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status,
	const struct ratelimit_headers *headers);

#endif
