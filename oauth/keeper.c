/* See keeper.h: this file is the two tables there. */
#include "oauth/keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"

#define POLL_MS    250  /* while another process refreshes */
#define CONFIRM_MS 2000 /* after the first 401 of a young token */

struct keeper {
	struct vault_ops ops;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	char boot_id[40];
	struct login *login; /* owned; wiped */
	/* A refusal of `local_generation` that could not be recorded. */
	uint64_t local_generation;
	uint32_t local_refusals;
	struct login_moment local_refused;
	bool local_spent; /* 401 at 570 s or more: not handed out again */
};

int keeper_open(struct keeper **ret, const struct vault_ops *ops,
	const char *name, const char *boot_id, struct error *err)
{
	struct keeper *keeper = calloc(1, sizeof(*keeper));

	if (!keeper)
		return error_set(err, FAIL_STOP, "out of memory");
	keeper->ops = *ops;
	snprintf(keeper->name, sizeof(keeper->name), "%s", name);
	snprintf(keeper->boot_id, sizeof(keeper->boot_id), "%s", boot_id);
	keeper->login = login_new();
	int fail = keeper->login ? ops->load(ops->ctx, name, keeper->login, err)
				 : error_set(err, FAIL_STOP, "out of memory");
	if (fail) {
		keeper_free(keeper);
		return fail;
	}
	*ret = keeper;
	return 0;
}

void keeper_free(struct keeper *keeper)
{
	if (!keeper)
		return;
	login_free(keeper->login);
	free(keeper);
}

const struct login *keeper_login(const struct keeper *keeper)
{
	return keeper->login;
}

static void sign_in(const struct login *login, struct keeper_answer *answer)
{
	answer->say = KEEPER_SIGN_IN;
	if (login->status == LOGIN_PENDING)
		snprintf(answer->cause, sizeof(answer->cause),
			"the sign-in was begun and never finished: sign in "
			"again");
	else
		snprintf(answer->cause, sizeof(answer->cause), "%s",
			login->cause_text);
}

void keeper_decide(const struct login *login, struct instant now,
	const char *boot_id, struct keeper_answer *ret)
{
	struct keeper_answer answer = { .say = KEEPER_WAIT,
		.generation = login->generation };
	bool sure;

	if (login->status != LOGIN_ALIVE) {
		sign_in(login, &answer);
		*ret = answer;
		return;
	}
	answer.until_boot_ms = login_refresh_from(
		login, now, boot_id, answer.cause);
	answer.refused = login->refusals > 1;
	if (answer.until_boot_ms <= now.boot_ms) {
		answer.say = KEEPER_REFRESH;
	} else if (login->refusals < 2 && login_usable(login, now, boot_id)) {
		int64_t age = login_age(&login->refused, now, boot_id, &sure);
		if (login->refusals == 1 && age < CONFIRM_MS) {
			answer.until_boot_ms = now.boot_ms + CONFIRM_MS - age;
			answer.cause[0] = '\0';
		} else {
			answer.say = KEEPER_TOKEN;
			answer.token = login->access;
		}
	}
	if (answer.say != KEEPER_WAIT) {
		answer.cause[0] = '\0';
		answer.refused = false;
	}
	*ret = answer;
}

/* Adds what this process knows and could not record. */
static void add_local(struct keeper *keeper)
{
	struct login *login = keeper->login;

	if (keeper->local_generation != login->generation) {
		keeper->local_refusals = 0;
		keeper->local_spent = false;
		return;
	}
	if (keeper->local_refusals > login->refusals) {
		login->refusals = keeper->local_refusals;
		login->refused = keeper->local_refused;
	}
	if (keeper->local_spent)
		crypto_wipe(login->access, sizeof(login->access));
}

/* Is another process refreshing? The process that recorded the intent holds the
 * lock until the outcome is in the vault. */
static bool lock_is_taken(struct keeper *keeper)
{
	if (keeper->ops.lock(keeper->ops.ctx, keeper->name, NULL) != 0)
		return true;
	keeper->ops.unlock(keeper->ops.ctx, keeper->name);
	return false;
}

int keeper_ask(struct keeper *keeper, struct instant now,
	struct keeper_answer *ret, struct error *err)
{
	int fail = keeper->ops.load(
		keeper->ops.ctx, keeper->name, keeper->login, err);

	if (fail)
		return fail;
	add_local(keeper);
	keeper_decide(keeper->login, now, keeper->boot_id, ret);
	if (ret->say == KEEPER_WAIT && login_unknown(keeper->login) &&
		lock_is_taken(keeper)) {
		ret->until_boot_ms = now.boot_ms + POLL_MS;
		ret->cause[0] = '\0';
		ret->refused = false;
	}
	return 0;
}

/* Counts one more refusal of a young token. False: this refusal does not count,
 * because its request was sent before the first refusal was 2 s old; one event
 * may have refused several requests at once. */
static bool count_refusal(
	struct keeper *keeper, int64_t sent_boot_ms, struct instant now)
{
	struct login *login = keeper->login;
	int64_t under_way = now.boot_ms - sent_boot_ms;
	bool sure;

	if (login->refusals == 1 &&
		login_age(&login->refused, now, keeper->boot_id, &sure) -
				under_way <
			CONFIRM_MS)
		return false;
	if (login->refusals < 2)
		login->refusals++;
	login->refused = login_moment(now, keeper->boot_id);
	if (login->refusals == 2 && login->chain_refused)
		login_end(login, LOGIN_CAUSE_REVOKED, "", now, keeper->boot_id);
	return true;
}

/* A login has not ended while its end can't be recorded. */
static enum keeper_age age_of(const struct login *login, bool locked)
{
	if (login->refusals < 2)
		return KEEPER_YOUNG;
	return login->status != LOGIN_ALIVE && locked ? KEEPER_RENEWED
						      : KEEPER_TWICE;
}

int keeper_refused(struct keeper *keeper, uint64_t generation,
	int64_t sent_boot_ms, struct instant now, enum keeper_age *ret,
	struct error *err)
{
	enum keeper_age age = KEEPER_OLD;
	const struct vault_ops *ops = &keeper->ops;
	struct login *login = keeper->login;
	bool locked = ops->lock(ops->ctx, keeper->name, NULL) == 0;
	int fail = ops->load(ops->ctx, keeper->name, login, err);

	if (fail)
		goto out;
	add_local(keeper);
	if (login->generation != generation || login->status != LOGIN_ALIVE)
		goto out;
	keeper->local_generation = generation;
	if (login_old(login, now, keeper->boot_id)) {
		keeper->local_spent = true;
		goto out;
	}
	bool counted = count_refusal(keeper, sent_boot_ms, now);
	age = age_of(login, locked);
	if (!counted)
		goto out;
	keeper->local_refusals = login->refusals;
	keeper->local_refused = login->refused;
	/* When the disk is full or read-only, the refusal is not lost: this
	 * process still knows it. */
	if (locked)
		fail = ops->commit(ops->ctx, keeper->name, login, err);
out:
	if (locked)
		ops->unlock(ops->ctx, keeper->name);
	if (!fail)
		*ret = age;
	return fail;
}

/* ---- all logins ------------------------------------------------------ */

bool keeper_is_login(const char *name)
{
	return strncmp(name, "consent-", 8) != 0;
}

struct find {
	const struct vault_ops *ops;
	const char *id;
	struct login *login;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	char also[LOGIN_VAULT_NAME_MAX + 1];
	struct error problem; /* of a login that may be the one sought */
};

static int find_one(void *arg, const char *name)
{
	struct find *find = arg;
	const char *hash = strrchr(find->id, '-');
	struct error err = { 0 };

	if (strcasecmp(name, find->id) != 0) {
		if (!keeper_is_login(name))
			return 0;
		/* An id ends with the beginning of the vault name, so other
		 * logins need not be opened. */
		if (!hash || strncasecmp(name, hash + 1, strlen(hash + 1)) != 0)
			return 0;
		if (find->ops->load(find->ops->ctx, name, find->login, &err) !=
			0) {
			find->problem = err;
			return 0;
		}
		if (strcasecmp(find->login->id, find->id) != 0)
			return 0;
	}
	char *to = find->name[0] == '\0' ? find->name : find->also;
	snprintf(to, LOGIN_VAULT_NAME_MAX + 1, "%s", name);
	return 0;
}

int keeper_find(const struct vault_ops *ops, const char *id,
	char ret_name[static LOGIN_VAULT_NAME_MAX + 1], struct error *err)
{
	struct find find = { .ops = ops, .id = id, .login = login_new() };

	if (!find.login)
		return error_set(err, FAIL_STOP, "out of memory");
	int fail = ops->each(ops->ctx, find_one, &find, err);
	login_free(find.login);
	if (fail)
		return fail;
	if (find.name[0] == '\0' && find.problem.fail != 0) {
		if (err)
			*err = find.problem;
		return find.problem.fail;
	}
	if (find.name[0] == '\0')
		return error_set(err, FAIL_INPUT,
			"there is no login %.80s. List the logins: "
			"exact-connector logins",
			id);
	if (find.also[0] != '\0')
		return error_set(err, FAIL_USAGE,
			"more than one login is called %.80s: name it %s or %s",
			id, find.name, find.also);
	memcpy(ret_name, find.name, sizeof(find.name));
	return 0;
}

struct idle {
	const struct vault_ops *ops;
	struct instant now;
	const char *boot_id;
	struct login *login;
	int (*fn)(void *arg, const char *name, const struct login *login);
	void *arg;
};

static int idle_one(void *arg, const char *name)
{
	struct idle *idle = arg;

	if (!keeper_is_login(name) ||
		idle->ops->load(idle->ops->ctx, name, idle->login, NULL) != 0)
		return 0;
	if (!login_idle(idle->login, idle->now, idle->boot_id))
		return 0;
	return idle->fn(idle->arg, name, idle->login);
}

int keeper_each_idle(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *login),
	void *arg, struct error *err)
{
	struct idle idle = { .ops = ops,
		.now = now,
		.boot_id = boot_id,
		.login = login_new(),
		.fn = fn,
		.arg = arg };

	if (!idle.login)
		return error_set(err, FAIL_STOP, "out of memory");
	int fail = ops->each(ops->ctx, idle_one, &idle, err);
	login_free(idle.login);
	return fail;
}
