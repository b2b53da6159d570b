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
 * Two ages matter: no token older than send + 590 s is handed out, and no
 * refresh is sent before receipt + 570 s. Between the two, the caller waits.
 *
 * What keeper_ask() answers (the first line that matches):
 *
 *	sign-in needed, or the consent was never finished     SIGN_IN
 *	a refresh may be sent: the token is old enough, no
 *	  intent without outcome, no retry time ahead, and
 *	  requests left today                                 REFRESH
 *	the token is young and was not refused                TOKEN
 *	… was refused once, less than 2 s ago                 WAIT
 *	an intent has no outcome and the lock is taken:
 *	  another process is refreshing                       WAIT 0.25 s
 *	otherwise                                             WAIT, cause
 *
 * What keeper_refused() does about a 401 to a token of a generation:
 *
 *	the vault has another generation      nothing: keeper_ask() gives it
 *	OLD (570 s), or of another boot       the token expired and is not
 *	                                      handed out again; REFRESH as soon
 *	                                      as it may be sent
 *	YOUNG, the first 401                  TOKEN once more after 2 s, to
 *	                                      confirm. A request that was sent
 *	                                      within these 2 s confirms nothing,
 *	                                      however late its 401 comes
 *	TWICE: young and confirmed            the token is not handed out again:
 *	                                      WAIT until receipt + 570 s with
 *	                                      `refused` set (the caller fails
 *	                                      its work with the cause instead of
 *	                                      waiting), then REFRESH
 *	… and the refresh fails finally       SIGN_IN, with that cause
 *	… and the fresh token is refused      SIGN_IN, "revoked": RENEWED
 *	… and the fresh token works           the next refresh clears the 401s
 *
 * So one passing 401 costs one request and never ends a login; a revoked
 * right costs two requests per token, for at most two tokens.
 *
 * All processes share this state through the vault. A refusal that can't be
 * recorded because another process holds the lock counts in this process
 * alone.
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
	char cause[200]; /* WAIT: why; "": the token is only too young */
	bool refused;    /* WAIT: because the API refuses the token */
};

/* The token that a 401 refused: the third column of
 * connector/gate_verdict.c. */
enum keeper_age {
	KEEPER_ANY,    /* no token was refused, or its age does not matter */
	KEEPER_OLD,    /* 570 s or more, of another boot, or replaced since */
	KEEPER_YOUNG,  /* younger, and refused for the first time */
	KEEPER_TWICE,  /* young, and refused again */
	KEEPER_RENEWED /* … as was the token before: the login has ended */
};

/* `name` is the login's name in the vault, from keeper_find() or of a consent.
 * `boot_id` is clock_boot_id(). Both are copied; `ops` is copied, its ctx
 * borrowed. FAIL_INPUT: no such login; FAIL_STORE, FAIL_CONFIG (the key). */
int keeper_open(struct keeper **ret, const struct vault_ops *ops,
	const char *name, const char *boot_id, struct error *err) MUST_CHECK;

/* Reads the vault each time, which is cheap. FAIL_STORE. */
int keeper_ask(struct keeper *keeper, struct instant now,
	struct keeper_answer *ret, struct error *err) MUST_CHECK;

/* The API answered 401 to a request that was sent at sent_boot_ms with the
 * token of `generation`. A 401 to a young token means that rights were revoked;
 * to an old one, that it needs a refresh. The next keeper_ask() takes the 401
 * into account. FAIL_STORE. */
int keeper_refused(struct keeper *keeper, uint64_t generation,
	int64_t sent_boot_ms, struct instant now, enum keeper_age *ret,
	struct error *err) MUST_CHECK;

/* The login as last loaded, with its tokens; borrowed until the next call. */
const struct login *keeper_login(const struct keeper *keeper);

void keeper_free(struct keeper *keeper);

/* Finds a vault name by an id for people ("nl-jan-3f9c21", any case), or by a
 * whole vault name (also of a consent). FAIL_INPUT: no such login; FAIL_USAGE:
 * more than one login (their vault names are in err). */
int keeper_find(const struct vault_ops *ops, const char *id,
	char ret_name[static LOGIN_VAULT_NAME_MAX + 1],
	struct error *err) MUST_CHECK;

/* Is this the vault name of a login? False: of an unfinished consent. */
bool keeper_is_login(const char *name);

/* Calls fn for each login that was not refreshed for 7 days and so is due only
 * because of the 30 days. Logins that can't be read are skipped. */
int keeper_each_idle(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *login),
	void *arg, struct error *err) MUST_CHECK;

/* What may be done with this login; keeper_ask() and refresh.c share it. Locks
 * are not considered: an intent without outcome gives WAIT and its time. */
void keeper_decide(const struct login *login, struct instant now,
	const char *boot_id, struct keeper_answer *ret);

#endif
