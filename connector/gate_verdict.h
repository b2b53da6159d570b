/*
 * What a response to an API call means, and what to do next. Pure.
 */
#ifndef CONNECTOR_GATE_VERDICT_H
#define CONNECTOR_GATE_VERDICT_H

#include "http/client.h"

enum gate_next {
	GATE_DONE,         /* a whole JSON reply */
	GATE_AGAIN,        /* try again; out of tries it is `fail` */
	GATE_UNAUTHORIZED, /* the token was refused */
	GATE_LIMITED,      /* 429: ask the limiter again */
	GATE_GIVE_UP       /* `fail` at once */
};

struct gate_verdict {
	enum gate_next next;
	int fail;           /* enum fail; 0 for GATE_DONE */
	const char *what;   /* "the division is not within the consent" */
	const char *remedy; /* what a person can do; NULL: nothing */
	char said[201];     /* Exact's own words, cleaned and cut, or "" */
};

struct gate_verdict gate_verdict(const struct http_response *response);

#endif
