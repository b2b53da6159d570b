/*
 * Whether to send a request again within this run, and when: a pure table
 * over what became of it. What needs more knowledge is not decided here:
 * 429 is the limiter's, 401 and 403 are the gate's table of verdicts, token
 * errors are the keeper's.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/client.h"

#define RETRY_TRIES_MAX 4 /* of one request in one run, the first included */

struct retry_case {
	enum http_outcome outcome;
	int status; /* when HTTP_DONE */
	/* The reply is whole but not what was asked for: HTML, empty or cut
	 * JSON with status 200, as a gateway in maintenance sends. */
	bool unusable;
	int tries; /* so far, this one included; from 1 */
	/* Receiving it twice does no harm: GET, but no POST. */
	bool repeatable;
};

struct retry_advice {
	bool again;
	int64_t after_ms;   /* when again: from now */
	const char *reason; /* "the server is unavailable (503)"; static */
};

/* `seed` is any number that differs between calls and processes; it spreads
 * the waits by a quarter to either side. */
struct retry_advice retry_advise(const struct retry_case *what, uint64_t seed);

#endif
