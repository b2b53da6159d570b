/*
 * Where logins are stored: lock, load, intent, commit, unlock. Only consents
 * need to list and to remove.
 *
 * cli/vault_adapter.c implements these over store/vault, tests in memory.
 * `name` is a login's name in the vault (login_vault_name(), or "consent-…").
 */
#ifndef OAUTH_VAULT_OPS_H
#define OAUTH_VAULT_OPS_H

#include "base/error.h"
#include "oauth/login.h"

struct vault_ops {
	/* Never waits: FAIL_BUSY when another process has the lock. */
	int (*lock)(void *ctx, const char *name, struct error *err);
	/* FAIL_INPUT when there is no such login. Needs no lock. */
	int (*load)(void *ctx, const char *name, struct login *ret,
		struct error *err);
	/* Durable on return. ret_counter gets the intent's counter. */
	int (*intent)(void *ctx, const char *name,
		const struct login_intent *intent, uint64_t *ret_counter,
		struct error *err);
	/* Durable on return; creates the login when there is none. */
	int (*commit)(void *ctx, const char *name, const struct login *login,
		struct error *err);
	void (*unlock)(void *ctx, const char *name);

	int (*each)(void *ctx, int (*fn)(void *arg, const char *name),
		void *arg, struct error *err);
	int (*remove)(void *ctx, const char *name, struct error *err);
	void *ctx;
};

#endif
