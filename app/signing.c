/*
 * The steps of a sign-in:
 *
 *	begin     a state is given out; a person goes to Exact
 *	take      the person is back: the state is used up, a code is there
 *	exchange  the code becomes tokens: a "consent" in the vault
 *	link      whose tokens they are; the consent joins that user's login,
 *	          the division is settled, the company is linked
 *
 * What a kill between two steps leaves is told in oauth/consent.h.
 */
#include "app/signing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "app/line.h"
#include "app/vault_adapter.h"
#include "connector/reach.h"
#include "oauth/authorize.h"
#include "oauth/consent.h"

#define JOIN_EVERY_MS 250
#define JOIN_TRIES    400
#define TURN          "sign-in" /* a lock in the vault, not a login */
#define NAMED_MAX     20        /* divisions listed in an error */

struct exchanged {
	struct signing *signing;
	bool done;
	int fail;
	struct error err;
};

/* A timer's callback: it ends loop_turn(). */
static void end_turn(struct loop *loop, void *arg)
{
	(void)loop;
	(void)arg;
}

static int pause_for(struct session *session, int64_t ms, struct error *err)
{
	struct loop *loop = session->loop;
	struct loop_timer timer = { 0 };
	int64_t until = clock_now(session->clock).boot_ms + ms;

	loop_timer_set(loop, &timer, until, end_turn, NULL);
	while (clock_now(session->clock).boot_ms < until) {
		loop_turn(loop);
		if (loop_interrupted(loop) != 0) {
			loop_timer_cancel(loop, &timer);
			return error_set(err, FAIL_INTERRUPTED, "interrupted");
		}
	}
	loop_timer_cancel(loop, &timer);
	return 0;
}

int signing_begin(struct signing *signing, struct error *err)
{
	struct session *session = signing->session;

	buf_reset(&signing->url);
	return authorize_begin(signing->pending, &signing->credentials,
		signing->company.id, clock_now(session->clock),
		clock_boot_id(session->clock), &signing->url, err);
}

int signing_take(struct signing *signing, enum callback_verdict parsed,
	const struct callback *callback, struct instant now,
	enum callback_verdict *ret, struct error *err)
{
	struct authorize_found found = { 0 };

	return authorize_take(signing->pending, parsed, callback,
		signing->region->name, signing->company.id, now,
		clock_boot_id(signing->session->clock), ret, &found, err);
}

/*
 * Only one sign-in at a time, over all processes, may be between sending the
 * code and joining the login. With two of them under way nobody could know
 * which token chain Exact made last, and the other chain is dead.
 */
static int wait_for_turn(
	struct session *session, bool *ret_taken, struct error *err)
{
	int fail = FAIL_BUSY;

	for (int i = 0; fail == FAIL_BUSY && i < JOIN_TRIES; i++) {
		fail = vault_lock(session->vault, TURN, err);
		if (fail == FAIL_BUSY &&
			pause_for(session, JOIN_EVERY_MS, err) < 0)
			return FAIL_INTERRUPTED;
	}
	if (fail == FAIL_BUSY)
		return error_set(err, FAIL_BUSY,
			"another sign-in has been under way for %d s; run "
			"this command again when that one has ended",
			JOIN_TRIES * JOIN_EVERY_MS / 1000);
	if (fail == 0)
		*ret_taken = true;
	return fail;
}

static void release_turn(struct session *session, bool *taken)
{
	if (*taken)
		vault_unlock(session->vault, TURN);
	*taken = false;
}

static void exchanged(
	void *arg, int fail, const char *name, const struct error *err)
{
	struct exchanged *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	if (fail < 0)
		outcome->err = *err;
	else
		snprintf(outcome->signing->consent,
			sizeof(outcome->signing->consent), "%s", name);
}

int signing_exchange(
	struct signing *signing, const char *code, struct error *err)
{
	struct session *session = signing->session;
	struct vault_ops ops = vault_adapter_ops(session->vault);
	struct exchanged outcome = { .signing = signing };
	struct consent_options options = {
		.loop = session->loop,
		.transport = &session->transport,
		.ops = &ops,
		.credentials = &signing->credentials,
		.code = code,
		.done = exchanged,
		.arg = &outcome,
	};
	struct consent *consent = NULL;
	int fail;

	fail = wait_for_turn(session, &signing->our_turn, err);
	if (fail < 0)
		return fail;
	session_ignore_signals();
	fail = consent_start(&consent, &options, err);
	/* Nothing may cut this loop short: the code is spent, and the answer
	 * must reach the disk. Every wait in the exchange has an end. */
	while (fail == 0 && !outcome.done)
		loop_turn(session->loop);
	session_restore_signals();
	consent_free(consent);
	if (fail == 0 && outcome.fail < 0) {
		*err = outcome.err;
		fail = outcome.fail;
	}
	if (fail < 0)
		release_turn(session, &signing->our_turn);
	return fail;
}

/* Asks, with the consent's own token, whose tokens these are, and joins that
 * user's login. `ret_user` is the user's name for people. */
static int join(struct session *session, const struct settings_region *region,
	const char *consent, char ret_id[static LOGIN_ID_MAX + 1],
	char ret_user[static LOGIN_TEXT_MAX], struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct reach_user user;
	struct line line;
	int fail;

	fail = line_open(&line, session, region, consent, 0, NULL, NULL, err);
	if (fail < 0)
		return fail;
	fail = reach_me(line.gate, &user, err);
	line_close(&line);
	for (int i = 0; fail == 0 && i < JOIN_TRIES; i++) {
		const struct consent_user joined = { .id = user.id,
			.user = user.user,
			.full_name = user.full_name };

		fail = consent_join(&ops, consent, &joined,
			clock_boot_id(session->clock), name, ret_id, err);
		if (fail != FAIL_BUSY)
			break;
		fail = pause_for(session, JOIN_EVERY_MS, err);
	}
	if (fail == 0)
		snprintf(ret_user, LOGIN_TEXT_MAX, "%s",
			user.user[0] == '\0' ? user.id : user.user);
	return fail;
}

/* ---- divisions ----------------------------------------------------------- */

static int probe(struct signing *signing, const char *login, int64_t division,
	struct reach_division *ret, struct error *err)
{
	struct line line;
	int fail;

	fail = line_open(&line, signing->session, signing->region, login,
		division, NULL, NULL, err);
	if (fail < 0)
		return fail;
	fail = reach_probe(line.gate, ret, err);
	line_close(&line);
	return fail;
}

static int list(struct signing *signing, const char *login,
	struct reach_division **ret, size_t *ret_count, struct error *err)
{
	struct reach_user user;
	struct line line;
	int fail;

	fail = line_open(&line, signing->session, signing->region, login, 0,
		NULL, NULL, err);
	if (fail < 0)
		return fail;
	fail = reach_me(line.gate, &user, err);
	line_close(&line);
	if (fail == 0 && user.current_division <= 0)
		fail = error_set(err, FAIL_COMPANY,
			"this user has no company open in Exact Online; open "
			"one there and sign in again");
	if (fail < 0)
		return fail;
	fail = line_open(&line, signing->session, signing->region, login,
		user.current_division, NULL, NULL, err);
	if (fail < 0)
		return fail;
	fail = reach_divisions(line.gate, ret, ret_count, err);
	line_close(&line);
	return fail;
}

static int keep_reach(struct signing *signing, const char *login,
	const struct reach_division *divisions, size_t count, struct error *err)
{
	struct company_reach *reach = calloc(
		count == 0 ? 1 : count, sizeof(*reach));
	int fail;

	if (!reach)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < count; i++) {
		reach[i].division = divisions[i].code;
		snprintf(reach[i].name, sizeof(reach[i].name), "%.256s",
			divisions[i].name);
	}
	fail = companies_reach_set(
		signing->session->companies, login, reach, (int)count, err);
	free(reach);
	return fail;
}

/* The login reaches several divisions and none was named: none is guessed. */
static int refuse_to_guess(const struct signing *signing,
	const struct reach_division *divisions, size_t count, struct error *err)
{
	struct buf names;

	buf_init(&names, 4096);
	for (size_t i = 0; i < count && i < NAMED_MAX; i++)
		buf_printf(&names, "%s%" PRId64 " %.40s", i == 0 ? "" : ", ",
			divisions[i].code, divisions[i].name);
	if (count > NAMED_MAX)
		buf_puts(&names, ", …");
	error_set(err, FAIL_USAGE,
		"this login reaches %zu divisions and is kept; choose one "
		"with 'exact-connector login %s --division N': %s",
		count, signing->company.id, names.data);
	buf_free(&names);
	return FAIL_USAGE;
}

static int settle_division(
	struct signing *signing, const char *login, struct error *err)
{
	struct company *company = &signing->company;
	struct reach_division *divisions = NULL;
	struct reach_division one = { 0 };
	struct error list_err = { 0 };
	size_t count = 0;
	int listed;

	if (company->division != 0) {
		int fail = probe(signing, login, company->division, &one, err);

		if (fail < 0)
			return fail;
		snprintf(signing->division_name, sizeof(signing->division_name),
			"%.256s", one.name);
	}
	listed = list(signing, login, &divisions, &count, &list_err);
	if (listed == 0)
		listed = keep_reach(
			signing, login, divisions, count, &list_err);
	if (company->division == 0 && listed == 0 && count == 1) {
		company->division = divisions[0].code;
		snprintf(signing->division_name, sizeof(signing->division_name),
			"%.256s", divisions[0].name);
	} else if (company->division == 0 && listed == 0) {
		listed = refuse_to_guess(signing, divisions, count, err);
	} else if (company->division == 0) {
		*err = list_err;
	} else if (listed < 0) {
		/* The named division works; the list of all others is not
		 * needed. */
		listed = keep_reach(signing, login, &one, 1, err);
	}
	free(divisions);
	return listed;
}

/* Settles the division and stores the company. On failure the stored company
 * stays as it was, with one exception: when only the division is missing, a
 * first login is stored, so that naming the division needs no browser. */
static int link_with(
	struct signing *signing, const char *login, struct error *err)
{
	struct company *company = &signing->company;
	struct company before = *company;
	struct error why;
	int fail;

	fail = settle_division(signing, login, err);
	if (fail == 0) {
		snprintf(company->login, sizeof(company->login), "%s", login);
		company->state = COMPANY_LINKED;
		company->state_reason[0] = '\0';
		return companies_update(
			signing->session->companies, company, err);
	}
	if (fail == FAIL_USAGE && before.login[0] == '\0') {
		snprintf(before.login, sizeof(before.login), "%s", login);
		if (companies_update(
			    signing->session->companies, &before, &why) < 0)
			log_line(LOG_LEVEL_WARN, "%s", why.text);
	}
	return fail;
}

int signing_link(struct signing *signing, struct error *err)
{
	char login[LOGIN_ID_MAX + 1];
	int fail;

	fail = join(signing->session, signing->region, signing->consent, login,
		signing->user, err);
	release_turn(signing->session, &signing->our_turn);
	return fail < 0 ? fail : link_with(signing, login, err);
}

int signing_settle(struct signing *signing, struct error *err)
{
	char login[LOGIN_ID_MAX + 1];

	snprintf(login, sizeof(login), "%s", signing->company.login);
	snprintf(signing->user, sizeof(signing->user), "%s", login);
	return link_with(signing, login, err);
}

/* ---- what an earlier sign-in left ---------------------------------------- */

struct waiting {
	char names[16][LOGIN_VAULT_NAME_MAX + 1];
	size_t count;
	const char *region;
	const char *client_id;
	char host[LOGIN_HOST_MAX];
};

static int add_waiting(void *arg, const char *name, const struct login *consent)
{
	struct waiting *waiting = arg;

	if (waiting->count < 16 &&
		strcmp(consent->region, waiting->region) == 0 &&
		strcmp(consent->client_id, waiting->client_id) == 0 &&
		strcmp(consent->host, waiting->host) == 0)
		snprintf(waiting->names[waiting->count++],
			sizeof(waiting->names[0]), "%s", name);
	return 0;
}

static int find_waiting(struct session *session,
	const struct settings_region *region, struct waiting *ret,
	struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);

	*ret = (struct waiting){ .region = region->name,
		.client_id = region->client_id };
	int fail = http_url_place(region->base_url, ret->host, err);
	if (fail < 0)
		return fail;
	return consent_each(&ops, clock_now(session->clock),
		clock_boot_id(session->clock), add_waiting, ret, err);
}

void signing_finish_earlier(
	struct session *session, const struct settings_region *region)
{
	char login[LOGIN_ID_MAX + 1], user[LOGIN_TEXT_MAX];
	struct waiting waiting;
	struct error err = { 0 };
	bool our_turn = false;
	int fail;

	fail = find_waiting(session, region, &waiting, &err);
	if (fail == 0 && waiting.count == 0)
		return;
	/* Another process may be in the middle of it; then nothing waits any
	 * more when our turn comes. */
	if (fail == 0)
		fail = wait_for_turn(session, &our_turn, &err);
	if (fail == 0)
		fail = find_waiting(session, region, &waiting, &err);
	for (size_t i = 0; fail == 0 && i < waiting.count; i++) {
		if (join(session, region, waiting.names[i], login, user,
			    &err) == 0)
			log_line(LOG_LEVEL_INFO,
				"finished an earlier sign-in: login %s", login);
		else
			log_line(LOG_LEVEL_WARN,
				"cannot finish an earlier sign-in: %s",
				err.text);
	}
	release_turn(session, &our_turn);
	if (fail < 0)
		log_line(LOG_LEVEL_WARN, "%s", err.text);
}

int signing_open(struct signing *ret, struct session *session, const char *id,
	struct error *err)
{
	int fail;

	*ret = (struct signing){ .session = session };
	buf_init(&ret->secret, 4096);
	buf_init(&ret->url, 8192);
	fail = session_company(session, id, &ret->company, &ret->region, err);
	if (fail == 0)
		fail = session_secret(session, ret->region, &ret->secret, err);
	if (fail < 0)
		return fail;
	if (snprintf(ret->pending, sizeof(ret->pending), "%s/pending",
		    session->paths.logins) >= (int)sizeof(ret->pending))
		return error_set(err, FAIL_CONFIG,
			"the state directory's path is too long");
	ret->credentials = (struct credentials){
		.region = ret->region->name,
		.base_url = ret->region->base_url,
		.client_id = ret->region->client_id,
		.client_secret = ret->secret.data,
		.redirect_uri = ret->region->redirect_uri,
	};
	fail = credentials_check(&ret->credentials, err);
	if (fail == 0)
		signing_finish_earlier(session, ret->region);
	return fail;
}

void signing_close(struct signing *signing)
{
	release_turn(signing->session, &signing->our_turn);
	buf_wipe_free(&signing->secret);
	buf_wipe_free(&signing->url);
}
