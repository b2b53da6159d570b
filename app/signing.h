/*
 * One sign-in, from the address that a person opens to a linked company.
 */
#ifndef APP_SIGNING_H
#define APP_SIGNING_H

#include "base/buf.h"
#include "app/session.h"
#include "oauth/callback.h"
#include "oauth/credentials.h"
#include "oauth/login.h"

struct signing {
	struct session *session; /* borrowed */
	struct company company;
	const struct settings_region *region; /* borrowed */
	struct credentials credentials;
	struct buf secret;
	struct buf url;                         /* to send the person to */
	char pending[PATHS_MAX];                /* where states are kept */
	char consent[LOGIN_VAULT_NAME_MAX + 1]; /* set by the exchange */
	bool our_turn; /* we hold the lock: one sign-in at a time */
	char user[LOGIN_TEXT_MAX];
	char division_name[COMPANY_NAME_MAX + 1];
};

/* Also signing_finish_earlier(). */
int signing_open(struct signing *ret, struct session *session, const char *id,
	struct error *err) MUST_CHECK;
void signing_close(struct signing *signing);

/* Gives out a fresh state; the address to open is in `url`. */
int signing_begin(struct signing *signing, struct error *err) MUST_CHECK;
/* The person came back: `parsed` is callback_parse()'s. Uses the state up;
 * CALLBACK_GOOD: its code may be exchanged, once. FAIL_STORE. */
int signing_take(struct signing *signing, enum callback_verdict parsed,
	const struct callback *callback, struct instant now,
	enum callback_verdict *ret, struct error *err) MUST_CHECK;
/* The code becomes tokens, durably. FAIL_SIGN_IN: Exact refused it. */
int signing_exchange(struct signing *signing, const char *code,
	struct error *err) MUST_CHECK;
/* Asks whose tokens they are, joins that user's login, settles the division
 * and links the company. FAIL_COMPANY, FAIL_USAGE: the login is kept, the
 * division is not settled. */
int signing_link(struct signing *signing, struct error *err) MUST_CHECK;

/* Settles the division of a company that has a login already, without a
 * browser. */
int signing_settle(struct signing *signing, struct error *err) MUST_CHECK;

/* Finishes sign-ins that were killed after their tokens arrived, before
 * anything else is tried with that user's older and now dead tokens. A
 * failure is logged, and the caller goes on. */
void signing_finish_earlier(
	struct session *session, const struct settings_region *region);

#endif
