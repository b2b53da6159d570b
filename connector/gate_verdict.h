/*
 * What a response to an API call means, what the login's state means to a
 * call that is not sent, and what to do next. Pure.
 */
#ifndef CONNECTOR_GATE_VERDICT_H
#define CONNECTOR_GATE_VERDICT_H

#include "http/client.h"
#include "oauth/keeper.h"

enum gate_next {
	GATE_DONE,    /* a whole JSON reply */
	GATE_AGAIN,   /* try again; out of tries it is `fail` */
	GATE_TOKEN,   /* ask the keeper again: another token, or confirm */
	GATE_LIMITED, /* 429: ask the limiter again */
	GATE_GIVE_UP  /* `fail` at once */
};

/* Why a call does not leave for want of a token. */
enum gate_login {
	GATE_LOGIN_ENDED,   /* a person must sign in */
	GATE_LOGIN_REFUSED, /* the API refuses its token, refreshed or not */
	GATE_LOGIN_FAR,     /* no token for longer than one lives */
	GATE_LOGIN_STUCK,   /* three refreshes failed in passing */
	GATE_LOGIN_UNSAVED, /* its vault can't be written */
	GATE_LOGIN_UNSET    /* its app's configuration is wrong */
};

struct gate_verdict {
	enum gate_next next;
	int fail;           /* enum fail; 0 for GATE_DONE */
	const char *what;   /* "the division is not within the consent" */
	const char *remedy; /* what a person can do; NULL: nothing */
	char said[201];     /* Exact's own words, cleaned and cut, or "" */
};

/* `age`: of the token that a 401 answered, else KEEPER_ANY. */
struct gate_verdict gate_verdict(
	const struct http_response *response, enum keeper_age age);
struct gate_verdict gate_verdict_unsent(enum gate_login login);

#endif
