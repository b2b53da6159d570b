/*
 * oauth/vault_ops.h implemented with the vault on disk (store/vault.h), which
 * know nothing of each other; and what may be shown of a login, without a
 * secret in it.
 */
#ifndef APP_VAULT_ADAPTER_H
#define APP_VAULT_ADAPTER_H

#include "oauth/login.h"
#include "oauth/vault_ops.h"
#include "store/vault.h"

/* The result borrows `vault`. */
struct vault_ops vault_adapter_ops(struct vault *vault);

struct vault_adapter_listing {
	char name[LOGIN_VAULT_NAME_MAX + 1]; /* in the vault */
	char id[LOGIN_ID_MAX + 1];           /* for people, and --login */
	char region[16];
	char host[LOGIN_HOST_MAX];
	char client_id[LOGIN_CLIENT_MAX];
	char user[LOGIN_TEXT_MAX];
	char full_name[LOGIN_TEXT_MAX];
	const char *state; /* "alive", "unknown", "sign-in needed" */
	const char *cause; /* "lost", …; "" unless sign-in needed */
	char cause_text[LOGIN_TEXT_MAX];
	char failure[LOGIN_TEXT_MAX]; /* the last passing failure, or "" */
	uint64_t generation;
	int64_t refreshed_wall_ms; /* the newest pair arrived */
	int64_t consented_wall_ms;
	int64_t cause_wall_ms;
	int64_t expires_wall_ms; /* 30 days after the newest pair */
	uint32_t requests_today;
};

/* Calls fn for each login in the order of vault names. For a login that cannot
 * be read `problem` is set, and the listing holds only its name. fn returns 0
 * to go on. */
int vault_adapter_each(struct vault *vault, struct instant now,
	int (*fn)(void *arg, const struct vault_adapter_listing *listing,
		const struct error *problem),
	void *arg, struct error *err) MUST_CHECK;

/* By id or vault name. FAIL_INPUT: no such login; FAIL_USAGE: more than one
 * has that id. */
int vault_adapter_find(struct vault *vault, const char *id, struct instant now,
	struct vault_adapter_listing *ret, struct error *err) MUST_CHECK;

/* Deletes a login, under its lock (FAIL_BUSY). */
int vault_adapter_remove(
	struct vault *vault, const char *id, struct error *err) MUST_CHECK;

#endif
