/* See consent.h for the order of the steps. */
#include "oauth/consent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "oauth/keeper.h"
#include "oauth/token.h"

#define COMMIT_EVERY_MS 1000
#define COMMIT_TRIES    60
#define ABANDONED_MS    3600000LL
#define DAY_MS          86400000LL
#define NAMES_MAX       4096

struct consent {
	struct consent_options options;
	struct http_transport transport;
	struct vault_ops ops;
	struct loop_timer timer;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	char boot_id[40];
	char *code;          /* owned, wiped */
	struct login *login; /* owned, wiped */
	struct instant left;
	bool locked;
	bool sent; /* the transport will still call back */
	int tries;
	int fail;
	struct error err;
};

/* ---- exchange -------------------------------------------------------- */

static void finish_now(struct loop *loop, void *arg)
{
	struct consent *consent = arg;

	(void)loop;
	consent->options.done(consent->options.arg, consent->fail,
		consent->fail == 0 ? consent->name : NULL, &consent->err);
}

static void finish(struct consent *consent, int fail)
{
	struct loop *loop = consent->options.loop;

	if (consent->locked)
		consent->ops.unlock(consent->ops.ctx, consent->name);
	consent->locked = false;
	consent->fail = fail;
	consent->err.fail = fail;
	loop_timer_set(loop, &consent->timer, loop_now(loop).boot_ms,
		finish_now, consent);
}

/* The exchange failed: removes the consent's file. */
static void give_up(struct consent *consent, int fail)
{
	struct error ignored;

	if (consent->ops.remove(consent->ops.ctx, consent->name, &ignored) != 0)
		consent->tries = 0; /* consent_each() removes the file later */
	finish(consent, fail);
}

static void keep(struct loop *loop, void *arg)
{
	struct consent *consent = arg;
	struct error err = { 0 };
	int fail = consent->ops.commit(
		consent->ops.ctx, consent->name, consent->login, &err);

	if (!fail) {
		fault_point("consent.kept");
		finish(consent, 0);
		return;
	}
	if (++consent->tries < COMMIT_TRIES) {
		loop_timer_set(loop, &consent->timer,
			loop_now(loop).boot_ms + COMMIT_EVERY_MS, keep,
			consent);
		return;
	}
	consent->err = err;
	error_prefix(&consent->err, "the consent's tokens could not be kept");
	finish(consent, fail);
}

static struct login_moment moment_at(
	const struct consent *consent, int64_t boot_ms)
{
	struct instant at = consent->left;

	if (boot_ms > at.boot_ms) {
		at.wall_ms += boot_ms - at.boot_ms;
		at.boot_ms = boot_ms;
	}
	return login_moment(at, consent->boot_id);
}

static void take_pair(struct consent *consent, const struct token_pair *pair,
	const struct http_response *response)
{
	struct login *login = consent->login;

	memcpy(login->refresh, pair->refresh, sizeof(login->refresh));
	memcpy(login->access, pair->access, sizeof(login->access));
	login->expires_in_s = pair->expires_in_s;
	login->sent = moment_at(consent, response->sent_boot_ms);
	login->received = moment_at(consent, response->done_boot_ms);
	login->consented = login->received;
	login->generation = 1;
	login->status = LOGIN_ALIVE;
}

static void answered(void *arg, struct http_response *response)
{
	struct consent *consent = arg;
	struct token_verdict verdict;
	struct token_pair pair;

	fault_point("token.received");
	consent->sent = false;
	token_judge(response, consent->options.credentials, TOKEN_GRANT_CODE,
		consent->code, &pair, &verdict);
	if (verdict.result == TOKEN_ROTATED) {
		take_pair(consent, &pair, response);
		crypto_wipe(&pair, sizeof(pair));
		keep(consent->options.loop, consent);
		return;
	}
	crypto_wipe(&pair, sizeof(pair));
	if (verdict.result == TOKEN_CONFIGURED)
		error_set(&consent->err, FAIL_CONFIG, "region %s: %s",
			consent->options.credentials->region, verdict.text);
	else
		error_set(&consent->err, FAIL_SIGN_IN,
			"Exact gave no tokens for the code: %s. A code works "
			"once and for 180 s: begin the sign-in again",
			verdict.text);
	give_up(consent, consent->err.fail);
}

/* ---- prepare --------------------------------------------------------- */

static int prepare(struct consent *consent, struct error *err)
{
	const struct credentials *credentials = consent->options.credentials;
	struct login *login = consent->login;
	struct instant now = loop_now(consent->options.loop);
	unsigned char random[12];
	char hex[2 * sizeof(random) + 1];

	int fail = credentials_check(credentials, err);
	if (!fail)
		fail = http_url_place(credentials->base_url, login->host, err);
	if (!fail)
		fail = crypto_random(random, sizeof(random), err);
	if (fail)
		return fail;
	crypto_hex(random, sizeof(random), hex);
	snprintf(consent->name, sizeof(consent->name), "consent-%s", hex);
	login->status = LOGIN_PENDING;
	login->consented = login_moment(now, consent->boot_id);
	login->day = now.wall_ms / DAY_MS;
	login->day_requests = 1;
	snprintf(login->region, sizeof(login->region), "%s",
		credentials->region);
	snprintf(login->client_id, sizeof(login->client_id), "%s",
		credentials->client_id);
	snprintf(login->joined, sizeof(login->joined), "%s", consent->name);
	fail = consent->ops.lock(consent->ops.ctx, consent->name, err);
	if (fail)
		return fail;
	consent->locked = true;
	fail = consent->ops.commit(consent->ops.ctx, consent->name, login, err);
	if (!fail)
		fault_point("consent.prepared");
	return fail;
}

static int begin(struct consent *consent, struct error *err)
{
	struct error ignored;
	int fail = prepare(consent, err);

	if (fail)
		return fail;
	consent->left = loop_now(consent->options.loop);
	fail = token_send(&consent->transport, consent->options.credentials,
		TOKEN_GRANT_CODE, consent->code, answered, consent, err);
	if (fail) {
		if (consent->ops.remove(
			    consent->ops.ctx, consent->name, &ignored) != 0)
			error_prefix(err, "before the code was sent");
		return fail;
	}
	consent->sent = true;
	fault_point("token.sent");
	return 0;
}

int consent_start(struct consent **ret, const struct consent_options *options,
	struct error *err)
{
	struct consent *consent = calloc(1, sizeof(*consent));

	if (!consent)
		return error_set(err, FAIL_STOP, "out of memory");
	consent->options = *options;
	consent->transport = *options->transport;
	consent->ops = *options->ops;
	consent->login = login_new();
	consent->code = strdup(options->code);
	snprintf(consent->boot_id, sizeof(consent->boot_id), "%s",
		clock_boot_id(loop_clock(options->loop)));
	int fail = !consent->login || !consent->code
			   ? error_set(err, FAIL_STOP, "out of memory")
			   : begin(consent, err);
	if (fail) {
		consent_free(consent);
		return fail;
	}
	*ret = consent;
	return 0;
}

void consent_free(struct consent *consent)
{
	if (!consent)
		return;
	loop_timer_cancel(consent->options.loop, &consent->timer);
	if (consent->sent && consent->transport.cancel)
		consent->transport.cancel(consent->transport.ctx, consent);
	if (consent->locked)
		consent->ops.unlock(consent->ops.ctx, consent->name);
	if (consent->code)
		crypto_wipe(consent->code, strlen(consent->code));
	free(consent->code);
	login_free(consent->login);
	free(consent);
}

/* ---- join ------------------------------------------------------------ */

/*
 * Did the login join a later consent than ours? Then Exact ended our chain.
 *
 *	login's consent   ours          the later one is
 *	boot B            boot B        by boot_ms
 *	not this boot     this boot     ours
 *	this boot         not this      the login's
 *	boot A            boot B        by wall time: the only case in which
 *	                                a jump of the wall clock can mislead
 */
static bool superseded(const struct login *login, const struct login *consent,
	const char *boot_id)
{
	const struct login_moment *theirs = &login->consented;
	const struct login_moment *ours = &consent->consented;

	if (strcmp(theirs->boot_id, ours->boot_id) == 0)
		return theirs->boot_ms > ours->boot_ms;
	if (strcmp(ours->boot_id, boot_id) == 0)
		return false;
	if (strcmp(theirs->boot_id, boot_id) == 0)
		return true;
	return theirs->wall_ms > ours->wall_ms;
}

/* Puts together the consent's chain and the login's name and history. */
static void merge(struct login *consent, const struct login *login,
	const struct consent_user *user, const char *name)
{
	uint64_t reached = login->generation > login->high_generation
				   ? login->generation
				   : login->high_generation;

	if (login->day == consent->day)
		consent->day_requests += login->day_requests;
	if (login->intent.day == consent->day &&
		login->intent.day_requests + 1 > consent->day_requests)
		consent->day_requests = login->intent.day_requests + 1;
	consent->generation = reached + 1;
	/* Refreshes that the consent made while it waited may be in doubt. From
	 * here on intents are counted in the login's file. */
	consent->doubt = consent->doubt || login_unknown(consent);
	consent->answered = login->intent.counter;
	consent->failures = 0;
	consent->failure[0] = '\0';
	consent->refusals = 0;
	consent->chain_refused = false;
	snprintf(consent->user_id, sizeof(consent->user_id), "%s", user->id);
	snprintf(consent->user, sizeof(consent->user), "%s", user->user);
	snprintf(consent->full_name, sizeof(consent->full_name), "%s",
		user->full_name);
	if (login->id[0] != '\0')
		memcpy(consent->id, login->id, sizeof(consent->id));
	else
		login_make_id(consent->region, user->user, name, consent->id);
}

struct join {
	const struct vault_ops *ops;
	const char *name; /* the consent's */
	const char *boot_id;
	char to[LOGIN_VAULT_NAME_MAX + 1];
	struct login *consent;
	struct login *login;
};

static int remove_consent(struct join *join, struct error *err)
{
	int fail = join->ops->remove(join->ops->ctx, join->name, err);

	fault_point("consent.removed");
	return fail;
}

/* The caller holds both locks. */
static int join_locked(
	struct join *join, const struct consent_user *user, struct error *err)
{
	const struct vault_ops *ops = join->ops;

	int fail = ops->load(ops->ctx, join->to, join->login, err);
	if (fail == FAIL_INPUT)
		login_wipe(join->login);
	else if (fail)
		return fail;
	if (strcmp(join->login->joined, join->consent->joined) == 0) {
		/* Joined already, before a kill. */
		memcpy(join->consent->id, join->login->id,
			sizeof(join->consent->id));
		return remove_consent(join, err);
	}
	if (superseded(join->login, join->consent, join->boot_id)) {
		/* Exact ended this chain, but the user is signed in. */
		memcpy(join->consent->id, join->login->id,
			sizeof(join->consent->id));
		return remove_consent(join, err);
	}
	merge(join->consent, join->login, user, join->to);
	fail = ops->commit(ops->ctx, join->to, join->consent, err);
	if (fail)
		return fail;
	fault_point("consent.joined");
	return remove_consent(join, err);
}

static int join_consent(
	struct join *join, const struct consent_user *user, struct error *err)
{
	const struct vault_ops *ops = join->ops;

	int fail = ops->load(ops->ctx, join->name, join->consent, err);
	if (fail)
		return fail;
	if (join->consent->status != LOGIN_ALIVE)
		return error_set(err, FAIL_SIGN_IN,
			"this sign-in never got its tokens: begin it again");
	fail = login_vault_name(join->consent->host, join->consent->client_id,
		user->id, join->to);
	if (fail)
		return error_set(
			err, fail, "the user's id from Exact can't be used");
	fail = ops->lock(ops->ctx, join->to, err);
	if (fail)
		return fail;
	fail = join_locked(join, user, err);
	ops->unlock(ops->ctx, join->to);
	return fail;
}

int consent_join(const struct vault_ops *ops, const char *name,
	const struct consent_user *user, const char *boot_id,
	char ret_login[static LOGIN_VAULT_NAME_MAX + 1],
	char ret_id[static LOGIN_ID_MAX + 1], struct error *err)
{
	struct join join = { .ops = ops, .name = name, .boot_id = boot_id };
	int fail;

	if (user->id[0] == '\0' || strlen(user->id) >= LOGIN_USER_MAX)
		return error_set(err, FAIL_INPUT,
			"current/Me names no user; the sign-in is kept and "
			"completed at the next start");
	join.consent = login_new();
	join.login = login_new();
	fail = !join.consent || !join.login
		       ? error_set(err, FAIL_STOP, "out of memory")
		       : ops->lock(ops->ctx, name, err);
	if (!fail) {
		fail = join_consent(&join, user, err);
		ops->unlock(ops->ctx, name);
	}
	if (!fail) {
		memcpy(ret_login, join.to, sizeof(join.to));
		memcpy(ret_id, join.consent->id, sizeof(join.consent->id));
	}
	login_free(join.consent);
	login_free(join.login);
	return fail;
}

/* ---- what is waiting ------------------------------------------------- */

struct names {
	char (*name)[LOGIN_VAULT_NAME_MAX + 1]; /* owned */
	size_t count;
	bool failed;
};

static int note_name(void *arg, const char *name)
{
	struct names *names = arg;

	if (keeper_is_login(name) || names->count >= NAMES_MAX)
		return 0;
	void *more = realloc(
		names->name, (names->count + 1) * sizeof(*names->name));
	if (!more) {
		names->failed = true;
		return 0;
	}
	names->name = more;
	snprintf(names->name[names->count++], LOGIN_VAULT_NAME_MAX + 1, "%s",
		name);
	return 0;
}

/* Takes the lock, so that a consent whose code is being exchanged is left
 * alone. */
static bool is_ready(const struct vault_ops *ops, const char *name,
	struct instant now, const char *boot_id, struct login *consent)
{
	struct error ignored;
	bool sure, ready = false;

	if (ops->lock(ops->ctx, name, NULL) != 0)
		return false;
	if (ops->load(ops->ctx, name, consent, NULL) == 0) {
		ready = consent->status == LOGIN_ALIVE;
		if (!ready && login_age(&consent->consented, now, boot_id,
				      &sure) >= ABANDONED_MS)
			(void)!ops->remove(ops->ctx, name, &ignored);
	}
	ops->unlock(ops->ctx, name);
	return ready;
}

int consent_each(const struct vault_ops *ops, struct instant now,
	const char *boot_id,
	int (*fn)(void *arg, const char *name, const struct login *consent),
	void *arg, struct error *err)
{
	struct names names = { 0 };
	struct login *consent = login_new();

	int fail = consent ? ops->each(ops->ctx, note_name, &names, err)
			   : FAIL_STOP;
	if (!consent || names.failed)
		fail = error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; !fail && i < names.count; i++)
		if (is_ready(ops, names.name[i], now, boot_id, consent))
			fail = fn(arg, names.name[i], consent);
	free(names.name);
	login_free(consent);
	return fail;
}
