/*
 * The composition root: what a command runs with, built once, from the
 * bottom up, and handed down.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/error.h"
#include "cli/command.h"
#include "cli/paths.h"
#include "cli/settings.h"
#include "http/client.h"
#include "http/loop.h"
#include "store/companies.h"
#include "store/vault.h"

struct session {
	const struct invocation *invocation; /* borrowed */
	struct paths paths;
	struct settings settings;
	struct clock *clock; /* owned, like all below */
	struct loop *loop;   /* catches signals only where a command asks: one
				that does not turn it could not be stopped */
	struct http_client *client;
	struct http_transport transport;
	struct companies *companies;
	struct vault *vault;
	struct {
		bool running; /* a refresh process has not ended yet */
		void (*done)(void *arg, int fail); /* NULL: nobody waits */
		void *arg;
	} refresh;
};

/* FAIL_CONFIG, FAIL_STORE: nothing has been sent or spent. */
int session_open(struct session *ret, const struct invocation *invocation,
	struct error *err) MUST_CHECK;
void session_close(struct session *session);

/* The company and its region's settings, checked for use. */
int session_company(struct session *session, const char *id,
	struct company *ret_company, const struct settings_region **ret_region,
	struct error *err) MUST_CHECK;

/* FAIL_SIGN_IN unless somebody has signed in for it and it has a division. */
int session_linked(const struct company *company, struct error *err) MUST_CHECK;

/* The region's client secret; the caller's to buf_wipe_free(). */
int session_secret(struct session *session,
	const struct settings_region *region, struct buf *ret,
	struct error *err) MUST_CHECK;

/* While a token request is under way: a closing terminal or Ctrl-\ must not
 * end this process. SIGINT and SIGTERM are the loop's: the caller has called
 * loop_catch_signals(). */
void session_hold_on(void);
void session_let_go(void);

/* The vault's key itself, wiped by the caller. */
int session_key(const struct paths *paths,
	unsigned char ret[static CRYPTO_KEY_BYTES],
	struct error *err) MUST_CHECK;

#endif
