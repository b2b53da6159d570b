/*
 * From a code to a login.
 *
 *	prepare   a vault file "consent-…" is made, preallocated: a full or
 *	          read-only disk is told before the code is spent
 *	exchange  the code is sent, once
 *	keep      the pair is committed there, durably
 *	          (the caller asks current/Me whose it is, with the consent's
 *	          own keeper)
 *	join      it becomes the next generation of that user's login, by
 *	          (host, client id, Exact user id); the consent file is removed
 *
 * A second consent by the same user thus joins the same chain instead of
 * killing it, and brings a dead one back to life.
 *
 * Killed between keep and join, nothing is lost: consent_each() lists what
 * is waiting, at every start; the caller asks and joins as usual. Killed
 * between join and removal, joining again only removes. A consent that is
 * older than the login's last one is dropped: Exact killed its chain then (its
 * user is signed in all the same). Which one is older is decided without the
 * wall clock, which may have been set back; see consent.c.
 * Consents that never got a token are dropped when they are an hour old.
 *
 * Fault points: "consent.prepared", "token.sent", "token.received",
 * "consent.kept", "consent.joined", "consent.removed".
 */
#ifndef OAUTH_CONSENT_H
#define OAUTH_CONSENT_H

#include "base/error.h"
#include "http/client.h"
#include "http/loop.h"
#include "oauth/credentials.h"
#include "oauth/vault_ops.h"

struct consent;

struct consent_options {
	struct loop *loop; /* borrowed, like the rest */
	const struct http_transport *transport;
	const struct vault_ops *ops;
	const struct credentials *credentials;
	const char *code; /* decoded; copied, wiped */
	/* Comes from the loop, exactly once unless freed first. `name` is the
	 * consent's in the vault, for keeper_open() and consent_join(), when
	 * fail is 0. Else:
	 *	FAIL_SIGN_IN  Exact refused the code, or no answer came: begin
	 *	              again
	 *	FAIL_CONFIG   keys, address
	 *	FAIL_STORE    the disk; nothing was sent, or what came could
	 *	              not be kept
	 */
	void (*done)(
		void *arg, int fail, const char *name, const struct error *err);
	void *arg;
};

/* FAIL_STORE, FAIL_STOP: the code was not sent. */
int consent_start(struct consent **ret, const struct consent_options *options,
	struct error *err) MUST_CHECK;
void consent_free(struct consent *consent);

/* Who current/Me says it is. */
struct consent_user {
	const char *id; /* UserID, a GUID */
	const char *user;
	const char *full_name; /* may be "" */
};

/* Join the user's login; `boot_id` is clock_boot_id(). FAIL_BUSY: a refresh
 * has its lock; come again by timer. FAIL_SIGN_IN: the consent was never
 * finished. FAIL_STORE, and then the consent stays. */
int consent_join(const struct vault_ops *ops, const char *name,
	const struct consent_user *user, const char *boot_id,
	char ret_login[static LOGIN_VAULT_NAME_MAX + 1],
	char ret_id[static LOGIN_ID_MAX + 1], struct error *err) MUST_CHECK;

/* Calls fn for each consent that has its tokens and waits to be joined;
 * removes those that never got any and are old. fn returns 0 to go on. */
int consent_each(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *consent),
	void *arg, struct error *err) MUST_CHECK;

#endif
