/*
 * The keeper of one login's tokens.
 *
 *	          consent                refresh ok
 *	 (none) ─────────► alive ◄──────────────────┐
 *	                     │  intent recorded,     │
 *	                     ▼  then the request     │
 *	                 refreshing ─────────────────┘
 *	                     │ no outcome            │ final answer
 *	                     ▼                       ▼
 *	                  unknown ──────────► sign-in needed (cause, time)
 *
 * Two ages rule: nobody is handed a token older than send + 590 s, and no
 * refresh goes out before receipt + 570 s. In the gap: wait.
 */
#ifndef OAUTH_KEEPER_H
#define OAUTH_KEEPER_H

#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"

struct keeper;

enum keeper_say {
	KEEPER_TOKEN,   /* use `token` */
	KEEPER_WAIT,    /* nothing can be done before until_boot_ms */
	KEEPER_REFRESH, /* run a refresh, then ask again */
	KEEPER_SIGN_IN  /* a person must consent again: `cause` */
};

struct keeper_answer {
	enum keeper_say say;
	const char *token; /* borrowed until the next call; never log it */
	uint64_t generation;
	int64_t until_boot_ms;
	char cause[200];
};

/* Reads the vault each time it may have changed (cheap). FAIL_STORE. */
int keeper_ask(struct keeper *keeper, struct instant now,
        struct keeper_answer *ret, struct error *err) MUST_CHECK;

/* The API answered 401 to the token of that generation. Young tokens mean
 * revoked rights, old ones mean refresh: the next keeper_ask() answers. */
int keeper_refused(struct keeper *keeper, uint64_t generation,
        struct instant now, struct error *err) MUST_CHECK;

void keeper_free(struct keeper *keeper);

#endif
