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
 *
 * What keeper_ask() answers, first line that fits:
 *
 *	sign-in needed, or the consent was never finished     SIGN_IN
 *	a refresh may go: old enough, nothing outstanding,
 *	  no retry time ahead, requests left today            REFRESH
 *	the token is young, not refused                       TOKEN
 *	… refused once, less than 2 s ago                     WAIT
 *	an intent is outstanding and the lock is taken:
 *	  somebody is refreshing                              WAIT 0.25 s
 *	otherwise                                             WAIT, cause
 *
 * What keeper_refused() does about a 401 (generation as it was handed out):
 *
 *	another generation is in the vault    nothing: the next ask gives it
 *	token OLD (570 s) or of another boot  it expired: not handed out
 *	                                      again; REFRESH as soon as it may
 *	YOUNG, first time                     TOKEN once more after 2 s, to
 *	                                      confirm; what was sent before
 *	                                      these 2 s were over does not
 *	                                      count, however late it is
 *	young, confirmed: TWICE               not handed out again: WAIT until
 *	                                      receipt + 570 s with `refused`
 *	                                      set (fail the work with the
 *	                                      cause; don't sit it out), then
 *	                                      REFRESH
 *	… and the refresh fails finally       SIGN_IN, with that cause
 *	… and the fresh token is refused too  SIGN_IN, "revoked": RENEWED
 *	… and the fresh token works           forgotten at the next refresh
 *
 * So a 401 that was a hiccup costs one request, a revoked right costs two
 * per token and at most two tokens, and no login dies of a hiccup.
 *
 * All processes share this through the vault; a refusal that can't be
 * recorded because somebody holds the lock counts in this process alone.
 */
#ifndef OAUTH_KEEPER_H
#define OAUTH_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "oauth/login.h"
#include "oauth/vault_ops.h"

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
	char cause[200]; /* WAIT: "" when it is only the token's age */
	bool refused;    /* WAIT: because the API refuses the token */
};

/* What a 401 was answered to: the third column of connector/gate_verdict.c. */
enum keeper_age {
	KEEPER_ANY,    /* nothing was refused, or it does not matter */
	KEEPER_OLD,    /* 570 s or more, of another boot, or replaced since */
	KEEPER_YOUNG,  /* younger, and this is the first time */
	KEEPER_TWICE,  /* young, and confirmed */
	KEEPER_RENEWED /* … as was the one before it: the login is ended */
};

/* `name` is the login's name in the vault: keeper_find(), or a consent's.
 * `boot_id` is clock_boot_id(); both copied. `ops` is copied, its ctx
 * borrowed. FAIL_INPUT: no such login; FAIL_STORE, FAIL_CONFIG (the key). */
int keeper_open(struct keeper **ret, const struct vault_ops *ops,
	const char *name, const char *boot_id, struct error *err) MUST_CHECK;

/* Reads the vault each time (cheap). FAIL_STORE. */
int keeper_ask(struct keeper *keeper, struct instant now,
	struct keeper_answer *ret, struct error *err) MUST_CHECK;

/* The API answered 401 to a request that was sent at sent_boot_ms with the
 * token of that generation. Young tokens mean revoked rights, old ones mean
 * refresh: the next keeper_ask() answers. FAIL_STORE. */
int keeper_refused(struct keeper *keeper, uint64_t generation,
	int64_t sent_boot_ms, struct instant now, enum keeper_age *ret,
	struct error *err) MUST_CHECK;

/* The login as last loaded, tokens and all; borrowed until the next call. */
const struct login *keeper_login(const struct keeper *keeper);

void keeper_free(struct keeper *keeper);

/* From an id for people ("nl-jan-3f9c21", any case), or a vault name (a
 * consent's too, written whole), to the vault name. FAIL_INPUT: no such login;
 * FAIL_USAGE: more than one (their vault names in err). */
int keeper_find(const struct vault_ops *ops, const char *id,
	char ret_name[static LOGIN_VAULT_NAME_MAX + 1],
	struct error *err) MUST_CHECK;

/* Is this vault name a login's (and not that of a consent under way)? */
bool keeper_is_login(const char *name);

/* Calls fn for each login that is due for no other reason than the 30 days
 * (7 days without a refresh). Logins that can't be read are passed over. */
int keeper_each_idle(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *login),
	void *arg, struct error *err) MUST_CHECK;

/* The shared decision, for refresh.c too: what may be done with this login.
 * Knows nothing of locks: an outstanding intent is WAIT with its time. */
void keeper_decide(const struct login *login, struct instant now,
	const char *boot_id, struct keeper_answer *ret);

#endif
