/*
 * What a command or a server works with: clock, loop, HTTP client, registry
 * and vault, built once, from the bottom up, and handed down.
 */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "app/paths.h"
#include "app/settings.h"
#include "http/client.h"
#include "http/loop.h"
#include "store/companies.h"
#include "store/vault.h"

struct session {
	struct paths paths;
	struct settings settings;
	struct clock *clock; /* owned, like all below */
	struct loop *loop;   /* catches signals only where a caller asks for
				that: a caller that does not turn the loop
				could not be stopped */
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
int session_open(struct session *ret, const struct paths_chosen *chosen,
	struct error *err) MUST_CHECK;
void session_close(struct session *session);

/* The company and its region's settings, checked for use. */
int session_company(struct session *session, const char *id,
	struct company *ret_company, const struct settings_region **ret_region,
	struct error *err) MUST_CHECK;

/* FAIL_SIGN_IN unless the company has a login and a division. */
int session_linked(const struct company *company, struct error *err) MUST_CHECK;

/* The name of the company's division, as its login was last seen to reach it;
 * "" when it is not known. FAIL_STORE. */
int session_division_name(struct session *session,
	const struct company *company, char ret[static COMPANY_NAME_MAX + 1],
	struct error *err) MUST_CHECK;

/* The region's client secret; the caller frees it with buf_wipe_free(). */
int session_secret(struct session *session,
	const struct settings_region *region, struct buf *ret,
	struct error *err) MUST_CHECK;

/* Stores the client secret of an app, encrypted; needs no session. */
int session_store_secret(const struct paths *paths, const char *base_url,
	const char *client_id, const char *secret,
	struct error *err) MUST_CHECK;

/* While a token request is under way, a closing terminal or Ctrl-\ must not
 * end this process. SIGINT and SIGTERM are left to the loop: the caller has
 * called loop_catch_signals(). */
void session_ignore_signals(void);
void session_restore_signals(void);

#endif
