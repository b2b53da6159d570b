/*
 * Where logins are kept, as five slots: lock, load, intent, commit, unlock.
 * Listing and removing are wanted by consents alone.
 *
 * cli/vault_adapter.c fills this from store/vault; tests from memory. `name`
 * is a login's name in the vault (login_vault_name(), or "consent-…").
 */
#ifndef OAUTH_VAULT_OPS_H
#define OAUTH_VAULT_OPS_H

#include "base/error.h"
#include "oauth/login.h"

struct vault_ops {
	/* Never waits: FAIL_BUSY. */
	int (*lock)(void *ctx, const char *name, struct error *err);
	/* FAIL_INPUT when there is none. Needs no lock. */
	int (*load)(void *ctx, const char *name, struct login *ret,
		struct error *err);
	/* Durable when it returns. `counter` is given back. */
	int (*intent)(void *ctx, const char *name,
		const struct login_intent *intent, uint64_t *ret_counter,
		struct error *err);
	/* Durable when it returns; makes the login when there is none. */
	int (*commit)(void *ctx, const char *name, const struct login *login,
		struct error *err);
	void (*unlock)(void *ctx, const char *name);

	int (*each)(void *ctx, int (*fn)(void *arg, const char *name),
		void *arg, struct error *err);
	int (*remove)(void *ctx, const char *name, struct error *err);
	void *ctx;
};

#endif
