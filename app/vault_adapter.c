/* See vault_adapter.h: fields copied from one struct to the other. */
#include "app/vault_adapter.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "oauth/keeper.h"

#define THIRTY_DAYS_MS (30 * 86400000LL)

static int lock(void *ctx, const char *name, struct error *err)
{
	return vault_lock(ctx, name, err);
}

static void unlock(void *ctx, const char *name)
{
	vault_unlock(ctx, name);
}

static void take_intent(
	const struct vault_intent *intent, struct login_intent *ret)
{
	ret->counter = intent->counter;
	ret->generation = intent->generation;
	ret->at.boot_ms = intent->boot_ms;
	ret->at.wall_ms = intent->wall_ms;
	memcpy(ret->at.boot_id, intent->boot_id, sizeof(ret->at.boot_id));
	ret->day = intent->day;
	ret->day_requests = intent->day_requests;
}

static int load(
	void *ctx, const char *name, struct login *ret, struct error *err)
{
	struct vault_record record;
	int rc = vault_load(ctx, name, &record, err);

	if (rc != 0)
		return rc;
	rc = login_decode(record.payload, record.len, ret, err);
	if (rc == 0) {
		/* The slot's generation counts, not the one inside the
		 * payload: the file is sealed with it. */
		ret->generation = record.generation;
		ret->torn = record.torn;
		ret->high_generation = record.high_generation;
		if (record.has_intent)
			take_intent(&record.intent, &ret->intent);
	}
	vault_record_free(&record);
	return rc;
}

static int intend(void *ctx, const char *name,
	const struct login_intent *intent, uint64_t *ret_counter,
	struct error *err)
{
	struct vault_intent record = {
		.generation = intent->generation,
		.boot_ms = intent->at.boot_ms,
		.wall_ms = intent->at.wall_ms,
		.day = intent->day,
		.day_requests = intent->day_requests,
	};

	static_assert(sizeof(record.boot_id) == sizeof(intent->at.boot_id),
		"boot ids are copied whole");
	memcpy(record.boot_id, intent->at.boot_id, sizeof(record.boot_id));
	return vault_intend(ctx, name, &record, ret_counter, err);
}

static int commit(void *ctx, const char *name, const struct login *login,
	struct error *err)
{
	unsigned char *bytes = malloc(VAULT_PAYLOAD_MAX);
	size_t len;

	if (!bytes)
		return error_set(err, FAIL_STOP, "out of memory");
	int rc = login_encode(login, bytes, VAULT_PAYLOAD_MAX, &len, err);
	if (rc == 0)
		rc = vault_commit(
			ctx, name, login->generation, bytes, len, err);
	crypto_wipe(bytes, VAULT_PAYLOAD_MAX);
	free(bytes);
	return rc;
}

static int each(void *ctx, int (*fn)(void *arg, const char *name), void *arg,
	struct error *err)
{
	return vault_each(ctx, fn, arg, err);
}

static int remove_login(void *ctx, const char *name, struct error *err)
{
	return vault_remove(ctx, name, err);
}

struct vault_ops vault_adapter_ops(struct vault *vault)
{
	return (struct vault_ops){
		.lock = lock,
		.load = load,
		.intent = intend,
		.commit = commit,
		.unlock = unlock,
		.each = each,
		.remove = remove_login,
		.ctx = vault,
	};
}

/* ---- what is shown of the vault ------------------------------------------- */

static void fill(const char *name, const struct login *login,
	struct instant now, struct vault_adapter_listing *ret)
{
	bool ended = login->status == LOGIN_SIGN_IN;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	memcpy(ret->id, login->id, sizeof(ret->id));
	memcpy(ret->region, login->region, sizeof(ret->region));
	memcpy(ret->host, login->host, sizeof(ret->host));
	memcpy(ret->client_id, login->client_id, sizeof(ret->client_id));
	memcpy(ret->user, login->user, sizeof(ret->user));
	memcpy(ret->full_name, login->full_name, sizeof(ret->full_name));
	ret->state = login_state_name(login);
	ret->cause = ended ? login_cause_name(login->cause) : "";
	if (ended)
		memcpy(ret->cause_text, login->cause_text,
			sizeof(ret->cause_text));
	memcpy(ret->failure, login->failure, sizeof(ret->failure));
	ret->generation = login->generation;
	ret->refreshed_wall_ms = login->received.wall_ms;
	ret->consented_wall_ms = login->consented.wall_ms;
	ret->cause_wall_ms = ended ? login->cause_at.wall_ms : 0;
	ret->expires_wall_ms = login->received.wall_ms + THIRTY_DAYS_MS;
	ret->requests_today = login_requests_today(login, now);
}

struct walk {
	struct vault *vault;
	struct instant now;
	struct login *login;
	int (*fn)(void *arg, const struct vault_adapter_listing *listing,
		const struct error *problem);
	void *arg;
};

static int walk_one(void *arg, const char *name)
{
	struct walk *walk = arg;
	struct vault_adapter_listing listing = { .state = "unreadable",
		.cause = "" };
	struct error problem = { 0 };

	if (!keeper_is_login(name))
		return 0;
	if (load(walk->vault, name, walk->login, &problem) != 0) {
		snprintf(listing.name, sizeof(listing.name), "%s", name);
		return walk->fn(walk->arg, &listing, &problem);
	}
	fill(name, walk->login, walk->now, &listing);
	return walk->fn(walk->arg, &listing, NULL);
}

int vault_adapter_each(struct vault *vault, struct instant now,
	int (*fn)(void *arg, const struct vault_adapter_listing *listing,
		const struct error *problem),
	void *arg, struct error *err)
{
	struct walk walk = { .vault = vault,
		.now = now,
		.login = login_new(),
		.fn = fn,
		.arg = arg };

	if (!walk.login)
		return error_set(err, FAIL_STOP, "out of memory");
	int rc = vault_each(vault, walk_one, &walk, err);
	login_free(walk.login);
	return rc;
}

int vault_adapter_find(struct vault *vault, const char *id, struct instant now,
	struct vault_adapter_listing *ret, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(vault);
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct login *login;

	int rc = keeper_find(&ops, id, name, err);
	if (rc != 0)
		return rc;
	login = login_new();
	rc = login ? load(vault, name, login, err)
		   : error_set(err, FAIL_STOP, "out of memory");
	if (rc == 0)
		fill(name, login, now, ret);
	login_free(login);
	return rc;
}

int vault_adapter_remove(struct vault *vault, const char *id, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(vault);
	char name[LOGIN_VAULT_NAME_MAX + 1];

	int rc = keeper_find(&ops, id, name, err);
	if (rc != 0)
		return rc;
	rc = vault_lock(vault, name, err);
	if (rc != 0)
		return rc;
	rc = vault_remove(vault, name, err);
	vault_unlock(vault, name);
	return rc;
}
