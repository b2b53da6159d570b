/*
 * Whether to send a request again within this run, and when: a pure table over
 * the outcome of the request. Other files decide where more knowledge is
 * needed: the limiter about 429, the gate's table of verdicts about 401 and
 * 403, the keeper about token errors.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/client.h"

#define RETRY_TRIES_MAX                                                        \
	4 /* tries of one request in one run, the first
			     included */

struct retry_case {
	enum http_outcome outcome;
	int status; /* when HTTP_DONE */
	/* The reply is whole but is not the data asked for: HTML, empty or
	 * cut JSON with status 200, as a gateway in maintenance sends. */
	bool unusable;
	int tries; /* tries so far, with this one; from 1 */
	/* Receiving the request twice does no harm: GET, not POST. */
	bool repeatable;
};

struct retry_advice {
	bool again;
	int64_t after_ms;   /* when `again`: this long from now */
	const char *reason; /* "the server is unavailable (503)"; static */
};

/* `seed` is any number that differs between calls and processes; it spreads the
 * waits by a quarter to either side. */
struct retry_advice retry_advise(const struct retry_case *what, uint64_t seed);

#endif
