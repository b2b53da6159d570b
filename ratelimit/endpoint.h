/*
 * Endpoints that the server refuses for themselves: after too many errors
 * there it answers 429 for an hour, and names no quota.
 *
 *	429 without a header            the minute may be used up: wait it out
 *	and the next answer there too   this endpoint is blocked: an hour
 *	any other answer there          forgotten
 *
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

/* A call there was answered; status 0: it wasn't. */
void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status,
	const struct ratelimit_headers *headers);

#endif
