/*
 * One sign-in under way: from the address a person is sent to, to a company
 * that is linked.
 */
#ifndef CLI_SIGNING_H
#define CLI_SIGNING_H

#include "base/buf.h"
#include "cli/session.h"
#include "http/listener.h"
#include "oauth/credentials.h"
#include "oauth/login.h"

struct signing {
	struct session *session; /* borrowed */
	struct company company;
	const struct settings_region *region; /* borrowed */
	struct credentials credentials;
	struct buf secret;
	struct buf url;            /* to send the person to */
	char pending[PATHS_MAX];   /* where states are kept */
	struct listener *listener; /* owned; its last page is on the way */
	char consent[LOGIN_VAULT_NAME_MAX +
		     1]; /* vault name, after the exchange */
	bool our_turn;   /* the lock that lets one sign-in go at a time */
	char user[LOGIN_TEXT_MAX];
	char division_name[COMPANY_NAME_MAX + 1];
};

/* Also signing_finish_earlier(). */
int signing_open(struct signing *ret, struct session *session, const char *id,
	struct error *err) MUST_CHECK;
void signing_close(struct signing *signing);

/* A fresh state; the address is in `url`. */
int signing_begin(struct signing *signing, struct error *err) MUST_CHECK;
/* The code becomes tokens, durably. FAIL_SIGN_IN: Exact refused it. */
int signing_exchange(struct signing *signing, const char *code,
	struct error *err) MUST_CHECK;
/* Ask whose they are, join that user's login, find the division, link the
 * company. FAIL_COMPANY, FAIL_USAGE: the login is kept, the division isn't
 * settled. */
int signing_link(struct signing *signing, struct error *err) MUST_CHECK;

/* The company has a login and no division yet: settle that, without a
 * browser. */
int signing_settle(struct signing *signing, struct error *err) MUST_CHECK;

/* Sign-ins that were killed after their tokens arrived: finish them, before
 * anything else is tried with that user's older and now dead tokens. What
 * goes wrong is logged and stands in nobody's way. */
void signing_finish_earlier(
	struct session *session, const struct settings_region *region);

/* A timer's callback that does nothing but end a turn. */
void signing_wake(struct loop *loop, void *arg);

#endif
