/* See refresh.h for the steps, and for the effect of a kill at each step. */
#include "oauth/refresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "base/when.h"
#include "oauth/keeper.h"
#include "oauth/token.h"

#define LOCK_EVERY_MS   250
#define LOCK_TRIES      400 /* 100 s */
#define COMMIT_EVERY_MS 1000
#define COMMIT_TRIES    60
#define DAY_MS          86400000LL

struct refresh {
	struct refresh_options options;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	char boot_id[40];
	struct http_transport transport;
	struct vault_ops ops;
	struct loop_timer timer;
	struct login *login; /* owned, wiped */
	bool locked;
	bool sent;    /* no answer is in the vault yet */
	bool unclear; /* the outcome of an earlier attempt is unknown */
	int tries;
	uint64_t counter;    /* of our intent */
	struct instant left; /* when the request was sent */
	int fail;            /* for done() */
	struct error err;
};

static void take_lock(struct loop *loop, void *arg);

static void release_lock(struct refresh *refresh)
{
	if (refresh->locked)
		refresh->ops.unlock(refresh->ops.ctx, refresh->name);
	refresh->locked = false;
}

static void finish_now(struct loop *loop, void *arg)
{
	struct refresh *refresh = arg;

	(void)loop;
	refresh->options.done(
		refresh->options.arg, refresh->fail, &refresh->err);
}

/* The loop calls done() in a turn of its own, because done() may free us. */
static void finish(struct refresh *refresh, int fail)
{
	struct loop *loop = refresh->options.loop;

	release_lock(refresh);
	refresh->fail = fail;
	refresh->err.fail = fail;
	loop_timer_set(loop, &refresh->timer, loop_now(loop).boot_ms,
		finish_now, refresh);
}

/* ---- the answer ------------------------------------------------------ */

/* The wall time of a moment in this boot, by the clocks at the sending. */
static struct login_moment moment_at(
	const struct refresh *refresh, int64_t boot_ms)
{
	struct instant at = refresh->left;

	if (boot_ms > at.boot_ms) {
		at.wall_ms += boot_ms - at.boot_ms;
		at.boot_ms = boot_ms;
	}
	return login_moment(at, refresh->boot_id);
}

static void take_pair(struct refresh *refresh, const struct token_pair *pair,
	const struct http_response *response)
{
	struct login *login = refresh->login;
	uint64_t reached = login->generation > login->high_generation
				   ? login->generation
				   : login->high_generation;

	if (pair->refresh[0] != '\0')
		memcpy(login->refresh, pair->refresh, sizeof(login->refresh));
	memcpy(login->access, pair->access, sizeof(login->access));
	login->expires_in_s = pair->expires_in_s;
	login->sent = moment_at(refresh, response->sent_boot_ms);
	login->received = moment_at(refresh, response->done_boot_ms);
	login->generation = reached + 1;
	login->chain_refused = login->refusals > 1;
	login->refusals = 0;
	login->failures = 0;
	login->failure[0] = '\0';
	login->answered = refresh->counter;
	login->doubt = false;
}

static void take_failure(struct refresh *refresh,
	const struct token_verdict *verdict, struct instant now)
{
	struct login *login = refresh->login;
	int64_t wait = verdict->again_ms;

	for (uint32_t i = 0;
		i < login->failures && wait < verdict->again_max_ms; i++)
		wait *= 2;
	if (wait > verdict->again_max_ms)
		wait = verdict->again_max_ms;
	login->failures++;
	login->failed = login_moment(now, refresh->boot_id);
	login->retry_ms = wait;
	snprintf(login->failure, sizeof(login->failure), "%s", verdict->text);
	/* An answer with a retry time ends this attempt. Until a pair comes, it
	 * stays in doubt whether Exact rotated the token unseen. */
	login->doubt = refresh->unclear || !verdict->untouched;
	if (verdict->again_ms > 0)
		login->answered = refresh->counter;
}

/* Exact only says "old"; the vault's own record tells the cause. */
static enum login_cause likely_cause(
	const struct refresh *refresh, enum login_cause told)
{
	const struct login *login = refresh->login;

	if (told != LOGIN_CAUSE_ELSEWHERE && told != LOGIN_CAUSE_CHAIN)
		return told;
	if (login->high_generation > login->generation)
		return LOGIN_CAUSE_RESTORED;
	if (told == LOGIN_CAUSE_ELSEWHERE && refresh->unclear)
		return LOGIN_CAUSE_LOST;
	return told;
}

static int fail_of(const struct token_verdict *verdict)
{
	switch (verdict->result) {
	case TOKEN_ROTATED:
		return 0;
	case TOKEN_PASSING:
	case TOKEN_EARLY:
		return FAIL_LATER;
	case TOKEN_FINAL:
		return FAIL_SIGN_IN;
	case TOKEN_CONFIGURED:
		return FAIL_CONFIG;
	}
	return FAIL_STOP;
}

static void commit(struct loop *loop, void *arg)
{
	struct refresh *refresh = arg;
	struct error err = { 0 };
	int fail = refresh->ops.commit(
		refresh->ops.ctx, refresh->name, refresh->login, &err);

	if (!fail) {
		refresh->sent = false;
		witness_wipe(refresh->options.witness);
		finish(refresh, refresh->fail);
		return;
	}
	if (++refresh->tries < COMMIT_TRIES) {
		loop_timer_set(loop, &refresh->timer,
			loop_now(loop).boot_ms + COMMIT_EVERY_MS, commit,
			refresh);
		return;
	}
	refresh->err = err;
	error_prefix(&refresh->err, "the answer of the token request could not "
				    "be stored, in sixty attempts");
	finish(refresh, fail);
}

/* While we hold the lock no other process can change the login. If the lock
 * does not work (a copied directory), the vault is more reliable than Exact's
 * answer. */
static bool vault_is_newer(struct refresh *refresh)
{
	struct login *again = login_new();
	bool yes = again != NULL &&
		   refresh->ops.load(
			   refresh->ops.ctx, refresh->name, again, NULL) == 0 &&
		   again->generation > refresh->login->generation;

	login_free(again);
	return yes;
}

static void take_answer(
	struct refresh *refresh, const struct http_response *response)
{
	struct loop *loop = refresh->options.loop;
	struct login *login = refresh->login;
	struct instant now = loop_now(loop);
	struct token_verdict verdict;
	struct token_pair pair;

	token_judge(response, refresh->options.credentials, TOKEN_GRANT_REFRESH,
		login->refresh, &pair, &verdict);
	if (verdict.result == TOKEN_FINAL && vault_is_newer(refresh)) {
		crypto_wipe(&pair, sizeof(pair));
		refresh->sent = false;
		finish(refresh, 0);
		return;
	}
	if (verdict.result == TOKEN_ROTATED) {
		take_pair(refresh, &pair, response);
	} else if (verdict.result == TOKEN_FINAL) {
		login_end(login, likely_cause(refresh, verdict.cause),
			verdict.text, now, refresh->boot_id);
		login->answered = refresh->counter;
		error_set(&refresh->err, FAIL_SIGN_IN, "%s", login->cause_text);
	} else {
		take_failure(refresh, &verdict, now);
		if (verdict.result == TOKEN_EARLY && refresh->unclear)
			snprintf(login->failure, sizeof(login->failure),
				"Exact issued a token less than 570 s ago, so "
				"the request whose answer was lost did arrive; "
				"the old token is tried once more later");
		error_set(&refresh->err, fail_of(&verdict), "%s", verdict.text);
	}
	crypto_wipe(&pair, sizeof(pair));
	refresh->fail = fail_of(&verdict);
	refresh->tries = 0;
	commit(loop, refresh);
}

static void on_answer(void *arg, struct http_response *response)
{
	struct refresh *refresh = arg;

	witness_take(refresh->options.witness, refresh->name, refresh->counter,
		refresh->left, response);
	fault_point("token.received");
	take_answer(refresh, response);
}

/* The process that sent the request is gone and the witness has its reply. The
 * reply is ignored when it is in the vault already, or when a later request
 * made it void. */
static void resume(struct refresh *refresh)
{
	const struct witness *witness = refresh->options.witness;
	const struct login *login = refresh->login;
	struct http_response response;

	if (login->intent.counter != witness->counter ||
		login->answered >= witness->counter) {
		finish(refresh, 0);
		return;
	}
	refresh->counter = witness->counter;
	refresh->left = witness->left;
	refresh->sent = true;
	witness_reply(witness, &response);
	take_answer(refresh, &response);
	http_response_free(&response);
}

/* ---- the way there --------------------------------------------------- */

static int record_intent(struct refresh *refresh, struct instant now)
{
	struct login *login = refresh->login;
	struct login_intent intent = {
		.generation = login->generation,
		.at = login_moment(now, refresh->boot_id),
		.day = now.wall_ms / DAY_MS,
		.day_requests = login_requests_today(login, now) + 1,
	};

	refresh->unclear = login_unknown(login) || login->doubt;
	int fail = refresh->ops.intent(refresh->ops.ctx, refresh->name, &intent,
		&refresh->counter, &refresh->err);
	if (fail)
		return fail;
	login->day = intent.day;
	login->day_requests = intent.day_requests;
	return 0;
}

/* A request that was never sent has an outcome. If the outcome can't be stored,
 * the next try only comes later than necessary. */
static void record_unsent(struct refresh *refresh, int fail)
{
	struct error ignored;

	refresh->login->answered = refresh->counter;
	refresh->login->doubt = refresh->unclear;
	refresh->sent = false;
	if (refresh->ops.commit(refresh->ops.ctx, refresh->name, refresh->login,
		    &ignored) != 0)
		error_prefix(&refresh->err, "nothing was sent");
	finish(refresh, fail);
}

static void send_once(struct refresh *refresh, struct instant now)
{
	int fail = record_intent(refresh, now);

	if (fail) {
		finish(refresh, fail);
		return;
	}
	refresh->left = now;
	refresh->sent = true;
	fail = token_send(&refresh->transport, refresh->options.credentials,
		TOKEN_GRANT_REFRESH, refresh->login->refresh, on_answer,
		refresh, &refresh->err);
	if (fail) {
		record_unsent(refresh, fail);
		return;
	}
	fault_point("token.sent");
}

static int wait_error(const struct keeper_answer *answer, struct instant now,
	struct error *err)
{
	char until[WHEN_TEXT_MAX];
	int64_t wall = now.wall_ms + (answer->until_boot_ms - now.boot_ms);

	when_format_utc(wall - wall % 1000, until);
	return error_set(err, FAIL_WAIT, "no refresh before %s: %s", until,
		answer->cause[0] != '\0' ? answer->cause
					 : "the token is too young");
}

/* A login belongs to an app and a host; other keys would spoil the login. */
static bool same_app(const struct refresh *refresh)
{
	const struct credentials *credentials = refresh->options.credentials;
	char host[256];

	return strcmp(refresh->login->client_id, credentials->client_id) == 0 &&
	       http_url_place(credentials->base_url, host, NULL) == 0 &&
	       strcmp(refresh->login->host, host) == 0;
}

static void decide(struct refresh *refresh, struct instant now)
{
	struct keeper_answer answer;

	keeper_decide(refresh->login, now, refresh->boot_id, &answer);
	if (answer.say == KEEPER_TOKEN) {
		finish(refresh, 0);
	} else if (answer.say == KEEPER_WAIT) {
		finish(refresh, wait_error(&answer, now, &refresh->err));
	} else if (answer.say == KEEPER_SIGN_IN) {
		finish(refresh, error_set(&refresh->err, FAIL_SIGN_IN, "%s",
					answer.cause));
	} else if (!same_app(refresh)) {
		finish(refresh, error_set(&refresh->err, FAIL_CONFIG,
					"login %s was made with another app or "
					"host than region %s has in the "
					"configuration now: restore client_id "
					"and base_url, or sign in again",
					refresh->login->id,
					refresh->options.credentials->region));
	} else {
		send_once(refresh, now);
	}
}

/* Takes the lock, or tries again later. */
static void take_lock(struct loop *loop, void *arg)
{
	struct refresh *refresh = arg;
	struct instant now = loop_now(loop);
	int fail = refresh->ops.lock(
		refresh->ops.ctx, refresh->name, &refresh->err);

	if (fail == FAIL_BUSY && ++refresh->tries < LOCK_TRIES) {
		loop_timer_set(loop, &refresh->timer,
			now.boot_ms + LOCK_EVERY_MS, take_lock, refresh);
		return;
	}
	if (!fail) {
		refresh->locked = true;
		fail = refresh->ops.load(refresh->ops.ctx, refresh->name,
			refresh->login, &refresh->err);
	}
	if (!fail && refresh->options.resume)
		resume(refresh);
	else if (!fail)
		decide(refresh, now);
	else
		finish(refresh, fail);
}

int refresh_start(struct refresh **ret, const struct refresh_options *options,
	struct error *err)
{
	struct refresh *refresh = calloc(1, sizeof(*refresh));

	if (refresh)
		refresh->login = login_new();
	if (!refresh || !refresh->login) {
		free(refresh);
		return error_set(err, FAIL_STOP, "out of memory");
	}
	refresh->options = *options;
	refresh->transport = *options->transport;
	refresh->ops = *options->ops;
	snprintf(refresh->name, sizeof(refresh->name), "%s", options->name);
	snprintf(refresh->boot_id, sizeof(refresh->boot_id), "%s",
		clock_boot_id(loop_clock(options->loop)));
	loop_timer_set(options->loop, &refresh->timer,
		loop_now(options->loop).boot_ms, take_lock, refresh);
	*ret = refresh;
	return 0;
}

bool refresh_at_stake(const struct refresh *refresh)
{
	return refresh->sent;
}

void refresh_free(struct refresh *refresh)
{
	if (!refresh)
		return;
	loop_timer_cancel(refresh->options.loop, &refresh->timer);
	if (refresh->sent && refresh->transport.cancel)
		refresh->transport.cancel(refresh->transport.ctx, refresh);
	release_lock(refresh);
	login_free(refresh->login);
	free(refresh);
}
