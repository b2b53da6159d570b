/*
 * Endpoints that the server refuses for their errors: after ten errors within
 * an hour at one endpoint it answers 429 there for an hour, and names no
 * quota.
 *
 *	400, 401, 403, 404          a strike; the eighth within an hour blocks
 *	                            the endpoint until the first of the eight
 *	                            is an hour old
 *	429 without quota headers   the minute may be used up: wait a minute
 *	and its next answer too     the endpoint is blocked for an hour
 *	any other answer            refusals are forgotten, strikes are not
 *
 * Eight, because two more calls may be under way in other processes. A reboot
 * forgets all of this. It is kept with the quota, so that the next run does
 * not ask a blocked endpoint again: each try may prolong the block. Pure, like
 * the rest of this folder.
 */
#ifndef RATELIMIT_ENDPOINT_H
#define RATELIMIT_ENDPOINT_H

#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define ENDPOINT_BLOCK_MS INT64_C(3600000)

/* The endpoint must not be asked before this (boot_ms); 0: it may be. */
int64_t endpoint_blocked(const struct ratelimit_state *state,
	const char *endpoint, struct instant now);
/* When it is blocked for its strikes, the status of the last one; else 0. */
int endpoint_struck(const struct ratelimit_state *state, const char *endpoint,
	struct instant now);

/* A call to this endpoint was answered; status 0: it was not. */
void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status,
	const struct ratelimit_headers *headers);

#endif
