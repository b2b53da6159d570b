/*
 * From a code to a login.
 *
 *	prepare   a vault file "consent-…" is made, preallocated, so that a
 *	          full or read-only disk shows before the code is spent
 *	exchange  the code is sent, once
 *	keep      the pair is committed to that file, durably
 *	          (the caller asks current/Me for the user, with the consent's
 *	          own keeper)
 *	join      the pair becomes the next generation of that user's login,
 *	          by (host, client id, Exact user id); the consent file is
 *	          removed
 *
 * So a second consent of the same user continues the chain of the login, and
 * revives a login that has ended.
 *
 * A kill between keep and join loses nothing: consent_each() lists the
 * waiting consents at every start; the caller asks current/Me and joins as
 * usual. After a kill between join and removal, joining again only removes.
 * A consent older than the login's last one is dropped, because Exact ended
 * its chain at the later one (its user is signed in nevertheless). Which
 * consent is older is decided without the wall clock, which may have been set
 * back; see consent.c. Consents that never got a token are dropped when they
 * are an hour old.
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
	/* Called by the loop, exactly once unless freed first. When fail is
	 * 0, `name` is the consent's name in the vault, for keeper_open() and
	 * consent_join(). Otherwise:
	 *	FAIL_SIGN_IN  Exact refused the code, or no answer came: begin
	 *	              again
	 *	FAIL_CONFIG   keys, address
	 *	FAIL_STORE    the disk: nothing was sent, or the answer could
	 *	              not be stored
	 */
	void (*done)(
		void *arg, int fail, const char *name, const struct error *err);
	void *arg;
};

/* FAIL_STORE, FAIL_STOP: the code was not sent. */
int consent_start(struct consent **ret, const struct consent_options *options,
	struct error *err) MUST_CHECK;
void consent_free(struct consent *consent);

/* The user that current/Me names. */
struct consent_user {
	const char *id; /* UserID, a GUID */
	const char *user;
	const char *full_name; /* may be "" */
};

/* Joins the user's login. `boot_id` is clock_boot_id(). FAIL_BUSY: a refresh
 * has the login's lock; try again by timer. FAIL_SIGN_IN: the consent was never
 * finished. FAIL_STORE: the consent stays. */
int consent_join(const struct vault_ops *ops, const char *name,
	const struct consent_user *user, const char *boot_id,
	char ret_login[static LOGIN_VAULT_NAME_MAX + 1],
	char ret_id[static LOGIN_ID_MAX + 1], struct error *err) MUST_CHECK;

/* Calls fn for each consent that has its tokens and waits to be joined; removes
 * old consents that never got any. fn returns 0 to continue. */
int consent_each(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *consent),
	void *arg, struct error *err) MUST_CHECK;

#endif
