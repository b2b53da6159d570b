/*
 * The keeper, refresh and consent, on a real vault and a loop in virtual
 * time, against an Exact of a few lines: one chain, strict or lenient, that
 * counts what it is asked and can fail in every way that matters.
 *
 * Run as `check_keeper child DIR KEY WALL/BOOT EXACT NAME` it does one refresh
 * against
 * an Exact that lives in a file, for the kill tests.
 */
#include <check.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/vault_adapter.h"
#include "oauth/consent.h"
#include "oauth/keeper.h"
#include "oauth/refresh.h"
#include "oauth/token.h"

#define START_WALL INT64_C(1795253400000)
#define MINUTE     60000

/* ---- an Exact of a few lines ----------------------------------------- */

/* All of it, so that it can live in a file across a kill. */
struct exact {
	int chain;      /* refresh tokens are "r!CHAIN.NUMBER" */
	int number;     /* the newest one */
	bool lenient;   /* the one before works until the newest is used */
	int64_t issued; /* boot_ms of the newest token */
	int requests;   /* token requests seen */
	int rotations;  /* new tokens given out */
	int strays;     /* requests that were neither form we know */
};

enum fault {
	FAULT_NONE,
	FAULT_LOST,   /* processed; the reply never comes */
	FAULT_UNSEEN, /* not processed; the connection breaks */
	FAULT_UNSENT, /* could not connect */
	FAULT_EMPTY,  /* processed; empty 200 */
	FAULT_BUSY,   /* 503, not processed */
	FAULT_CONFIG, /* 400 invalid_request */
	FAULT_ODD     /* 400 in words nobody knows */
};

static struct exact exact;
static enum fault fault;
static int64_t latency;
static char exact_path[128]; /* "" : not in a file */

static struct clock *test_clock;
static struct loop *loop;
static char home[64], dir[96], key[96];
static struct vault *vault;
static struct vault_ops ops;
static struct http_transport transport;

struct flight {
	struct loop_timer timer;
	struct http_response response;
	http_done_fn done;
	void *arg;
};

/* For what also runs in the child, where libcheck can't be told. */
static void must(bool condition)
{
	if (!condition)
		abort();
}

static void save_exact(void)
{
	if (exact_path[0] == '\0')
		return;
	int fd = open(exact_path, O_WRONLY | O_CREAT, 0600);
	must(pwrite(fd, &exact, sizeof(exact), 0) == (ssize_t)sizeof(exact));
	close(fd);
}

static void land(struct loop *at, void *arg)
{
	struct flight *flight = arg;

	flight->response.done_boot_ms = loop_now(at).boot_ms;
	flight->done(flight->arg, &flight->response);
	http_response_free(&flight->response);
	free(flight);
}

static void refuse(struct flight *flight, int status, const char *body)
{
	flight->response.status = status;
	buf_puts(&flight->response.body, body);
}

static void issue(struct flight *flight, int64_t now)
{
	exact.number++;
	exact.rotations++;
	exact.issued = now;
	flight->response.status = 200;
	if (fault != FAULT_EMPTY)
		buf_printf(&flight->response.body,
			"{\"access_token\":\"a!%d.%d\",\"token_type\":"
			"\"bearer\",\"expires_in\":\"600\","
			"\"refresh_token\":\"r!%d.%d\"}",
			exact.chain, exact.number, exact.chain, exact.number);
}

static void serve(struct flight *flight, const char *body, int64_t now)
{
	int chain = 0, number = 0;
	const char *at = strstr(body, "refresh_token=r%21");

	exact.requests++;
	if (fault == FAULT_BUSY) {
		refuse(flight, 503, "<html>");
	} else if (fault == FAULT_CONFIG) {
		refuse(flight, 400, "{\"error\":\"invalid_request\"}");
	} else if (fault == FAULT_ODD) {
		refuse(flight, 400, "{\"error\":\"x\"}");
	} else if (strstr(body, "grant_type=authorization_code&code=c%21") !=
		   NULL) {
		if (strstr(body, "code=c%21bad&")) {
			refuse(flight, 400, "{\"error\":\"invalid_grant\"}");
			return;
		}
		exact.chain++;
		exact.number = 0;
		issue(flight, now);
	} else if (at && sscanf(at, "refresh_token=r%%21%d.%d", &chain,
				 &number) == 2) {
		bool current = number == exact.number ||
			       (exact.lenient && number == exact.number - 1);
		if (chain != exact.chain)
			refuse(flight, 400,
				"{\"error\":\"invalid_grant\",\"error_"
				"description\":\"Token is not allowed, because "
				"of invalid or empty chainId\"}");
		else if (!current)
			refuse(flight, 401,
				"{\"error\":\"unauthorized_client\",\"error_"
				"description\":\"Old refresh token used.\"}");
		else if (now - exact.issued < 570000)
			refuse(flight, 400,
				"{\"error\":\"access_denied\",\"error_"
				"description\":\"Rate limit exceeded: "
				"access_token not expired\"}");
		else
			issue(flight, now);
	} else {
		exact.strays++;
	}
}

static int fake_send(void *ctx, const struct http_request *request,
	http_done_fn done, struct error *err)
{
	struct flight *flight = calloc(1, sizeof(*flight));
	struct instant now = loop_now(loop);

	(void)ctx;
	(void)err;
	must(request->fresh_connection);
	must(!request->before_send);
	must(strcmp(request->url,
		     "https://start.exactonline.nl/api/oauth2/token") == 0);
	http_response_init(&flight->response, TOKEN_REPLY_MAX);
	flight->done = done;
	flight->arg = request->arg;
	flight->response.sends = 1;
	flight->response.sent_boot_ms = now.boot_ms;
	flight->response.outcome = HTTP_DONE;
	if (fault == FAULT_UNSENT) {
		flight->response.outcome = HTTP_UNSENT;
		flight->response.sends = 0;
	} else if (fault == FAULT_UNSEEN) {
		flight->response.outcome = HTTP_LOST;
	} else {
		serve(flight, request->body, now.boot_ms);
	}
	if (fault == FAULT_LOST) {
		buf_reset(&flight->response.body);
		flight->response.outcome = HTTP_LOST;
		flight->response.status = 0;
	}
	save_exact();
	loop_timer_set(
		loop, &flight->timer, now.boot_ms + latency, land, flight);
	return 0;
}

/* ---- the world ------------------------------------------------------- */

static const struct credentials app = {
	.region = "nl",
	.base_url = "https://start.exactonline.nl/",
	.client_id = "app",
	.client_secret = "SECRET",
	.redirect_uri = "https://me.example/cb",
};

static void open_world(int64_t wall)
{
	struct error err;

	must(clock_open_private(&test_clock, wall) == 0);
	must(loop_new(&loop, test_clock, &err) == 0);
	must(vault_open(&vault, dir, key, &err) == 0);
	ops = vault_adapter_ops(vault);
	transport = (struct http_transport){ .send = fake_send };
}

static void close_world(void)
{
	vault_free(vault);
	loop_free(loop);
	clock_free(test_clock);
}

static void set_up(void)
{
	struct error err;

	snprintf(home, sizeof(home), "/tmp/keeper-check-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	snprintf(dir, sizeof(dir), "%s/logins", home);
	snprintf(key, sizeof(key), "%s/vault.key", home);
	ck_assert_int_eq(vault_make_key(key, &err), 0);
	memset(&exact, 0, sizeof(exact));
	fault = FAULT_NONE;
	latency = 200;
	exact_path[0] = '\0';
	open_world(START_WALL);
}

static void tear_down(void)
{
	int status;

	close_world();
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", home, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
}

static void nothing(struct loop *at, void *arg)
{
	(void)at;
	*(bool *)arg = true;
}

/* Let that much virtual time pass. */
static void pass(int64_t ms)
{
	struct loop_timer timer = { 0 };
	bool done = false;

	loop_timer_set(
		loop, &timer, loop_now(loop).boot_ms + ms, nothing, &done);
	ck_assert_int_eq(loop_run_until(loop, &done), 0);
}

struct outcome {
	bool done;
	int fail;
	struct error err;
	char name[LOGIN_VAULT_NAME_MAX + 1];
};

static void refreshed(void *arg, int fail, const struct error *err)
{
	struct outcome *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	outcome->err = *err;
}

static struct refresh *start_refresh(
	const struct vault_ops *with, const char *name, struct outcome *outcome)
{
	const struct refresh_options options = { .loop = loop,
		.transport = &transport,
		.ops = with,
		.credentials = &app,
		.name = name,
		.done = refreshed,
		.arg = outcome };
	struct refresh *refresh;
	struct error err;

	memset(outcome, 0, sizeof(*outcome));
	must(refresh_start(&refresh, &options, &err) == 0);
	return refresh;
}

static struct outcome do_refresh(const char *name)
{
	struct outcome outcome;
	struct refresh *refresh = start_refresh(&ops, name, &outcome);

	must(loop_run_until(loop, &outcome.done) == 0);
	must(!refresh_at_stake(refresh) || outcome.fail == FAIL_STORE);
	refresh_free(refresh);
	return outcome;
}

static void consented(
	void *arg, int fail, const char *name, const struct error *err)
{
	struct outcome *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	outcome->err = *err;
	if (name)
		snprintf(outcome->name, sizeof(outcome->name), "%s", name);
}

static struct outcome exchange(const char *code)
{
	struct outcome outcome = { .done = false };
	const struct consent_options options = { .loop = loop,
		.transport = &transport,
		.ops = &ops,
		.credentials = &app,
		.code = code,
		.done = consented,
		.arg = &outcome };
	struct consent *consent;
	struct error err = { 0 };

	must(consent_start(&consent, &options, &err) == 0);
	must(loop_run_until(loop, &outcome.done) == 0);
	consent_free(consent);
	return outcome;
}

static const struct consent_user jan = {
	.id = "aaaa-jan", .user = "Jan", .full_name = "Jan Jansen"
};

/* A whole sign-in; the login's vault name is put into ret. */
static void sign_in(const struct consent_user *user, char *ret)
{
	struct outcome outcome = exchange("c!1");
	char id[LOGIN_ID_MAX + 1];
	struct error err = { 0 };

	ck_assert_msg(outcome.fail == 0, "%s", outcome.err.text);
	ck_assert_msg(consent_join(&ops, outcome.name, user,
			      clock_boot_id(test_clock), ret, id, &err) == 0,
		"%s", err.text);
}

static struct keeper *open_keeper(const char *name)
{
	struct keeper *keeper;
	struct error err = { 0 };

	ck_assert_msg(keeper_open(&keeper, &ops, name,
			      clock_boot_id(test_clock), &err) == 0,
		"%s", err.text);
	return keeper;
}

static struct keeper_answer ask(struct keeper *keeper)
{
	struct keeper_answer answer;
	struct error err = { 0 };

	ck_assert_msg(keeper_ask(keeper, loop_now(loop), &answer, &err) == 0,
		"%s", err.text);
	return answer;
}

/* … which was sent so long ago. */
static enum keeper_age refused_after(
	struct keeper *keeper, uint64_t generation, int64_t ms)
{
	struct error err = { 0 };
	enum keeper_age age = KEEPER_ANY;
	int64_t sent = loop_now(loop).boot_ms - ms;

	ck_assert_int_eq(keeper_refused(keeper, generation, sent,
				 loop_now(loop), &age, &err),
		0);
	return age;
}

static enum keeper_age refused(struct keeper *keeper, uint64_t generation)
{
	return refused_after(keeper, generation, 0);
}

/* ---- the two ages ---------------------------------------------------- */

START_TEST(test_a_token_is_handed_out_between_receipt_and_570_s)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	ck_assert_str_eq(answer.token, "a!1.1");
	int64_t received = keeper_login(keeper)->received.boot_ms;
	pass(received + 569999 - loop_now(loop).boot_ms);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	pass(1);
	ck_assert_int_eq(ask(keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	ck_assert_str_eq(answer.token, "a!1.2");
	ck_assert_uint_eq(answer.generation, 2);
	ck_assert_int_eq(exact.rotations, 2);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_slow_reply_leaves_a_gap_in_which_all_wait)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	latency = 35000;
	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	ask(keeper);
	int64_t sent = keeper_login(keeper)->sent.boot_ms;
	ck_assert_int_eq(keeper_login(keeper)->received.boot_ms, sent + 35000);
	pass(sent + 589999 - loop_now(loop).boot_ms);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	pass(1);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, sent + 35000 + 570000);
	ck_assert_str_eq(answer.cause, "");
	/* A refresh that is run all the same sends nothing. */
	ck_assert_int_eq(do_refresh(name).fail, FAIL_WAIT);
	ck_assert_int_eq(exact.requests, 1);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_eight_who_want_a_refresh_make_one_token_request)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault *vaults[8];
	struct vault_ops all[8];
	struct outcome outcomes[8];
	struct refresh *refreshes[8];
	struct error err;

	sign_in(&jan, name);
	pass(10 * MINUTE);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(vault_open(&vaults[i], dir, key, &err), 0);
		all[i] = vault_adapter_ops(vaults[i]);
		refreshes[i] = start_refresh(&all[i], name, &outcomes[i]);
	}
	latency = 3000;
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(loop_run_until(loop, &outcomes[i].done), 0);
		ck_assert_int_eq(outcomes[i].fail, 0);
	}
	ck_assert_int_eq(exact.requests, 2); /* the code, and one */
	for (int i = 0; i < 8; i++) {
		refresh_free(refreshes[i]);
		vault_free(vaults[i]);
	}
}
END_TEST

START_TEST(test_while_somebody_refreshes_the_others_wait_a_moment)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault *other;
	struct outcome outcome;
	struct error err;

	sign_in(&jan, name);
	pass(10 * MINUTE);
	latency = 30000;
	ck_assert_int_eq(vault_open(&other, dir, key, &err), 0);
	struct vault_ops theirs = vault_adapter_ops(other);
	struct refresh *refresh = start_refresh(&theirs, name, &outcome);
	pass(1000);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, loop_now(loop).boot_ms + 250);
	ck_assert_int_eq(loop_run_until(loop, &outcome.done), 0);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	refresh_free(refresh);
	vault_free(other);
	keeper_free(keeper);
}
END_TEST

/* ---- failures -------------------------------------------------------- */

START_TEST(test_passing_failures_never_end_a_login)
{
	static const enum fault faults[] = { FAULT_UNSENT, FAULT_UNSEEN,
		FAULT_BUSY, FAULT_CONFIG, FAULT_ODD };
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		pass(11 * MINUTE);
		fault = faults[i];
		for (int again = 0; again < 4; again++) {
			struct outcome outcome = do_refresh(name);
			ck_assert_int_eq(outcome.fail, fault == FAULT_CONFIG
							       ? FAIL_CONFIG
							       : FAIL_LATER);
			struct keeper_answer answer = ask(keeper);
			ck_assert_int_eq(answer.say, KEEPER_WAIT);
			ck_assert_str_ne(answer.cause, "");
			ck_assert(!answer.refused);
			int64_t wait = answer.until_boot_ms -
				       loop_now(loop).boot_ms;
			ck_assert_int_ge(wait, 9000);
			ck_assert_int_le(wait, 3600000);
			pass(wait);
		}
		fault = FAULT_NONE;
		ck_assert_int_eq(do_refresh(name).fail, 0);
		ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
		ck_assert_str_eq(
			login_state_name(keeper_login(keeper)), "alive");
	}
	keeper_free(keeper);
}
END_TEST

START_TEST(test_an_unseen_refresh_is_sent_again_570_s_later)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	pass(11 * MINUTE);
	fault = FAULT_UNSEEN;
	int64_t sent = loop_now(loop).boot_ms;
	ck_assert_int_eq(do_refresh(name).fail, FAIL_LATER);
	fault = FAULT_NONE;
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, sent + 570000);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "unknown");
	pass(answer.until_boot_ms - loop_now(loop).boot_ms);
	ck_assert_int_eq(ask(keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "alive");
	keeper_free(keeper);
}
END_TEST

static void lose_the_answer(bool lenient, enum fault how, char *name)
{
	exact.lenient = lenient;
	sign_in(&jan, name);
	pass(11 * MINUTE);
	fault = how;
	ck_assert_int_eq(do_refresh(name).fail, FAIL_LATER);
	fault = FAULT_NONE;
	pass(570000);
}

START_TEST(test_a_lost_answer_in_strict_rotation_is_told_truly)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	lose_the_answer(false, _i == 0 ? FAULT_LOST : FAULT_EMPTY, name);
	struct outcome outcome = do_refresh(name);
	ck_assert_int_eq(outcome.fail, FAIL_SIGN_IN);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(answer.cause, "our disk"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_LOST);
	ck_assert_int_gt(keeper_login(keeper)->cause_at.wall_ms, START_WALL);
	/* And no request is wasted on it any more. */
	int requests = exact.requests;
	pass(60 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, FAIL_SIGN_IN);
	ck_assert_int_eq(exact.requests, requests);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_lost_answer_in_lenient_rotation_is_made_good)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	lose_the_answer(true, _i == 0 ? FAULT_LOST : FAULT_EMPTY, name);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	struct keeper *keeper = open_keeper(name);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_an_early_refusal_loses_nothing_and_is_evidence)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	lose_the_answer(true, FAULT_LOST, name);
	exact.issued = loop_now(loop).boot_ms; /* its clock is not ours */
	ck_assert_int_eq(do_refresh(name).fail, FAIL_LATER);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_ptr_nonnull(strstr(answer.cause, "did arrive"));
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "unknown");
	for (int i = 0; i < 10 && ask(keeper).say != KEEPER_TOKEN; i++) {
		pass(ask(keeper).until_boot_ms - loop_now(loop).boot_ms);
		(void)do_refresh(name);
	}
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_an_old_token_out_of_the_blue_was_spent_elsewhere)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	pass(11 * MINUTE);
	exact.number++; /* a copy of the vault refreshed */
	ck_assert_int_eq(do_refresh(name).fail, FAIL_SIGN_IN);
	struct keeper *keeper = open_keeper(name);
	ck_assert_ptr_nonnull(
		strstr(ask(keeper).cause, "a copy of this vault"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_ELSEWHERE);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_restored_file_is_named_as_the_cause)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], file[256], copy[256];
	static char bytes[65536];

	sign_in(&jan, name);
	snprintf(file, sizeof(file), "%s/%s.login", dir, name);
	snprintf(copy, sizeof(copy), "%s/copy", home);
	int fd = open(file, O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));
	close(fd);
	for (int i = 0; i < 3; i++) {
		pass(11 * MINUTE);
		ck_assert_int_eq(do_refresh(name).fail, 0);
	}
	fd = open(file, O_WRONLY);
	ck_assert_int_eq(write(fd, bytes, (size_t)len), len);
	close(fd);
	pass(11 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, FAIL_SIGN_IN);
	struct keeper *keeper = open_keeper(name);
	ck_assert_ptr_nonnull(strstr(ask(keeper).cause, "older copy"));
	keeper_free(keeper);
	/* A new consent goes on above the highest generation ever. */
	sign_in(&jan, name);
	keeper = open_keeper(name);
	ck_assert_uint_eq(ask(keeper).generation, 5);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_restored_file_whose_token_still_works_goes_on_above)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], file[256];
	static char bytes[65536];

	exact.lenient = true;
	sign_in(&jan, name);
	snprintf(file, sizeof(file), "%s/%s.login", dir, name);
	int fd = open(file, O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));
	close(fd);
	pass(11 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	fd = open(file, O_WRONLY);
	ck_assert_int_eq(write(fd, bytes, (size_t)len), len);
	close(fd);
	pass(11 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	/* 2 was another token: whoever holds it must see a new number. */
	ck_assert_uint_eq(answer.generation, 3);
	keeper_free(keeper);
}
END_TEST

/* A vault whose disk fails a few times. */
static struct vault_ops real;
static int commits_to_fail;

static int flaky_commit(void *ctx, const char *name, const struct login *login,
	struct error *err)
{
	if (commits_to_fail-- > 0)
		return error_set(err, FAIL_STORE, "the disk is full");
	return real.commit(ctx, name, login, err);
}

START_TEST(test_a_pair_that_can_not_be_kept_is_tried_for_a_minute)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	pass(11 * MINUTE);
	real = ops;
	ops.commit = flaky_commit;
	commits_to_fail = 30;
	ck_assert_int_eq(do_refresh(name).fail, 0);
	struct keeper *keeper = open_keeper(name);
	ck_assert_str_eq(ask(keeper).token, "a!1.2");
	pass(11 * MINUTE);
	commits_to_fail = 1000;
	ck_assert_int_eq(do_refresh(name).fail, FAIL_STORE);
	keeper_free(keeper);
}
END_TEST

static int full_intent(void *ctx, const char *name,
	const struct login_intent *intent, uint64_t *ret_counter,
	struct error *err)
{
	(void)ctx;
	(void)name;
	(void)intent;
	(void)ret_counter;
	return error_set(err, FAIL_STORE, "the disk is full");
}

START_TEST(test_an_intent_that_can_not_be_kept_means_nothing_is_sent)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	pass(11 * MINUTE);
	ops.intent = full_intent;
	ck_assert_int_eq(do_refresh(name).fail, FAIL_STORE);
	ck_assert_int_eq(exact.requests, 1);
}
END_TEST

START_TEST(test_another_apps_login_is_never_refreshed)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct credentials other = app;
	struct refresh *refresh;
	struct outcome outcome = { .done = false };
	struct error err;

	sign_in(&jan, name);
	pass(11 * MINUTE);
	other.client_id = "another";
	const struct refresh_options options = { .loop = loop,
		.transport = &transport,
		.ops = &ops,
		.credentials = &other,
		.name = name,
		.done = refreshed,
		.arg = &outcome };
	ck_assert_int_eq(refresh_start(&refresh, &options, &err), 0);
	ck_assert_int_eq(loop_run_until(loop, &outcome.done), 0);
	ck_assert_int_eq(outcome.fail, FAIL_CONFIG);
	ck_assert_int_eq(exact.requests, 1);
	refresh_free(refresh);
}
END_TEST

START_TEST(test_200_token_requests_a_day_are_the_most_we_make)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;

	sign_in(&jan, name);
	struct login *login = login_new();
	ck_assert_int_eq(ops.load(ops.ctx, name, login, &err), 0);
	login->day_requests = 199;
	ck_assert_int_eq(ops.lock(ops.ctx, name, &err), 0);
	ck_assert_int_eq(ops.commit(ops.ctx, name, login, &err), 0);
	ops.unlock(ops.ctx, name);
	pass(11 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	pass(11 * MINUTE);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_ptr_nonnull(strstr(answer.cause, "200 token requests"));
	struct instant now = loop_now(loop);
	ck_assert_int_eq(
		(now.wall_ms + answer.until_boot_ms - now.boot_ms) % 86400000,
		0);
	ck_assert_int_eq(do_refresh(name).fail, FAIL_WAIT);
	pass(answer.until_boot_ms - now.boot_ms);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	login_free(login);
	keeper_free(keeper);
}
END_TEST

/* ---- 401 ------------------------------------------------------------- */

START_TEST(test_a_401_of_a_young_token_is_confirmed_once_then_waits)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	struct keeper *other = open_keeper(name);
	ck_assert_int_eq(refused(keeper, 1), KEEPER_YOUNG);
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, loop_now(loop).boot_ms + 2000);
	/* Was under way: does not count. */
	ck_assert_int_eq(refused(other, 1), KEEPER_YOUNG);
	pass(2000);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(refused(keeper, 1), KEEPER_TWICE);
	answer = ask(other); /* all share it */
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert(answer.refused);
	ck_assert_str_ne(answer.cause, "");
	ck_assert_int_eq(answer.until_boot_ms,
		keeper_login(other)->received.boot_ms + 570000);
	ck_assert_int_eq(exact.requests, 1);
	/* The refresh works; its token is refused too: revoked. */
	pass(answer.until_boot_ms - loop_now(loop).boot_ms);
	ck_assert_int_eq(ask(keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(refused(keeper, 2), KEEPER_YOUNG);
	pass(2000);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(refused(keeper, 2), KEEPER_RENEWED);
	answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(answer.cause, "taken away"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_REVOKED);
	keeper_free(keeper);
	keeper_free(other);
}
END_TEST

START_TEST(test_401s_of_one_moment_confirm_nothing_however_late)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	ck_assert_int_eq(refused_after(keeper, 1, 1000), KEEPER_YOUNG);
	/* Sent with the first one; the answer took a minute. */
	pass(59000);
	ck_assert_int_eq(refused_after(keeper, 1, 60000), KEEPER_YOUNG);
	ck_assert_int_eq(refused_after(keeper, 1, 57001), KEEPER_YOUNG);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(refused_after(keeper, 1, 57000), KEEPER_TWICE);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_hiccup_of_401_is_forgotten)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	for (uint64_t generation = 1; generation <= 5; generation++) {
		/* Every other token is refused twice while young. */
		if (generation % 2 == 1) {
			refused(keeper, generation);
			pass(2000);
			refused(keeper, generation);
			ck_assert_int_eq(ask(keeper).say, KEEPER_WAIT);
		}
		pass(11 * MINUTE);
		ck_assert_int_eq(ask(keeper).say, KEEPER_REFRESH);
		ck_assert_int_eq(do_refresh(name).fail, 0);
		ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	}
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_401_of_an_old_or_replaced_token_is_no_sign)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	latency = 35000;
	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	ask(keeper);
	int64_t sent = keeper_login(keeper)->sent.boot_ms;
	pass(sent + 575000 - loop_now(loop).boot_ms);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(refused(keeper, 1), KEEPER_OLD);
	/* Not handed out again; too young to refresh: the gap. */
	struct keeper_answer answer = ask(keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert(!answer.refused);
	pass(answer.until_boot_ms - loop_now(loop).boot_ms);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	ck_assert_int_eq(refused(keeper, 1), KEEPER_OLD);
	pass(5000);
	ck_assert_int_eq(refused(keeper, 1), KEEPER_OLD);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
}
END_TEST

/* ---- consent --------------------------------------------------------- */

START_TEST(test_a_second_consent_joins_the_same_chain)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], again[LOGIN_VAULT_NAME_MAX + 1];
	char found[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;

	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	char id[LOGIN_ID_MAX + 1];
	snprintf(id, sizeof(id), "%s", keeper_login(keeper)->id);
	ck_assert_int_eq(strncmp(id, "nl-jan-", 7), 0);
	pass(MINUTE);
	struct consent_user renamed = jan;
	renamed.user = "Johannes";
	sign_in(&renamed, again);
	ck_assert_str_eq(name, again);
	struct keeper_answer answer = ask(keeper);
	ck_assert_uint_eq(answer.generation, 2);
	ck_assert_str_eq(answer.token, "a!2.1");
	ck_assert_str_eq(keeper_login(keeper)->id, id);
	ck_assert_int_eq(keeper_find(&ops, id, found, &err), 0);
	ck_assert_str_eq(found, name);
	ck_assert_int_eq(
		keeper_find(&ops, "nl-piet-000000", found, &err), FAIL_INPUT);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_consent_brings_a_dead_login_back)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	pass(11 * MINUTE);
	exact.number++;
	ck_assert_int_eq(do_refresh(name).fail, FAIL_SIGN_IN);
	sign_in(&jan, name);
	struct keeper *keeper = open_keeper(name);
	ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "alive");
	pass(11 * MINUTE);
	ck_assert_int_eq(do_refresh(name).fail, 0);
	keeper_free(keeper);
}
END_TEST

START_TEST(test_two_users_are_two_logins)
{
	const struct consent_user piet = {
		.id = "bbbb-piet", .user = "Piet", .full_name = ""
	};
	char name[LOGIN_VAULT_NAME_MAX + 1], other[LOGIN_VAULT_NAME_MAX + 1];

	sign_in(&jan, name);
	sign_in(&piet, other);
	ck_assert_str_ne(name, other);
}
END_TEST

static int take_name(void *arg, const char *name, const struct login *consent)
{
	ck_assert_int_eq(consent->status, LOGIN_ALIVE);
	snprintf(arg, LOGIN_VAULT_NAME_MAX + 1, "%s", name);
	return 0;
}

START_TEST(test_an_orphaned_consent_is_found_and_joined_once)
{
	char waiting[LOGIN_VAULT_NAME_MAX + 1] = "", name[65], id[65], kept[65];
	struct outcome outcome = exchange("c!1");
	struct error err;

	ck_assert_int_eq(outcome.fail, 0);
	/* Killed here. Hours later its token is old, and can be refreshed. */
	pass(100 * MINUTE);
	ck_assert_int_eq(
		consent_each(&ops, loop_now(loop), clock_boot_id(test_clock),
			take_name, waiting, &err),
		0);
	ck_assert_str_eq(waiting, outcome.name);
	ck_assert_int_eq(keeper_find(&ops, waiting, name, &err), 0);
	ck_assert_str_eq(name, waiting);
	ck_assert_int_eq(do_refresh(waiting).fail, 0);
	/* Killed between the join and the removal: the file is still there. */
	struct login *copy = login_new();
	ck_assert_int_eq(ops.load(ops.ctx, waiting, copy, &err), 0);
	ck_assert_int_eq(consent_join(&ops, waiting, &jan,
				 clock_boot_id(test_clock), name, id, &err),
		0);
	ck_assert_int_eq(ops.lock(ops.ctx, waiting, &err), 0);
	ck_assert_int_eq(ops.commit(ops.ctx, waiting, copy, &err), 0);
	ops.unlock(ops.ctx, waiting);
	ck_assert_int_eq(consent_join(&ops, waiting, &jan,
				 clock_boot_id(test_clock), kept, id, &err),
		0);
	ck_assert_str_eq(kept, name);
	struct keeper *keeper = open_keeper(name);
	struct keeper_answer answer = ask(keeper);
	ck_assert_uint_eq(answer.generation, 1);
	ck_assert_str_eq(answer.token, "a!1.2");
	waiting[0] = '\0';
	ck_assert_int_eq(
		consent_each(&ops, loop_now(loop), clock_boot_id(test_clock),
			take_name, waiting, &err),
		0);
	ck_assert_str_eq(waiting, "");
	keeper_free(keeper);
	login_free(copy);
}
END_TEST

START_TEST(test_a_consent_older_than_the_last_one_is_dropped)
{
	struct outcome old = exchange("c!1");
	char name[65], again[65], id[65];
	struct error err;

	pass(MINUTE);
	sign_in(&jan, name);
	ck_assert_int_eq(consent_join(&ops, old.name, &jan,
				 clock_boot_id(test_clock), again, id, &err),
		0);
	ck_assert_str_eq(again, name);
	struct keeper *keeper = open_keeper(name);
	ck_assert_str_eq(id, keeper_login(keeper)->id);
	ck_assert_str_eq(ask(keeper).token, "a!2.1");
	ck_assert_uint_eq(ask(keeper).generation, 1);
	keeper_free(keeper);
}
END_TEST

/* The same consents, as if the machine had been started again between. */
static void move_to_boot(const char *name, const char *boot_id)
{
	struct login *login = login_new();
	struct error err;

	ck_assert_int_eq(ops.lock(ops.ctx, name, &err), 0);
	ck_assert_int_eq(ops.load(ops.ctx, name, login, &err), 0);
	snprintf(login->consented.boot_id, sizeof(login->consented.boot_id),
		"%s", boot_id);
	ck_assert_int_eq(ops.commit(ops.ctx, name, login, &err), 0);
	ops.unlock(ops.ctx, name);
	login_free(login);
}

START_TEST(test_the_later_consent_wins_whatever_the_wall_clock_does)
{
	char name[65], again[65];
	struct keeper *keeper;

	/* Set back by a day between two sign-ins: the second one is the one
	 * that lives at Exact. */
	sign_in(&jan, name);
	ck_assert_int_eq(clock_jump_wall(test_clock, -86400000), 0);
	pass(MINUTE);
	sign_in(&jan, again);
	keeper = open_keeper(name);
	ck_assert_str_eq(ask(keeper).token, "a!2.1");
	/* Set back and started again. */
	move_to_boot(name, "an-earlier-boot");
	ck_assert_int_eq(clock_jump_wall(test_clock, -86400000), 0);
	pass(MINUTE);
	sign_in(&jan, again);
	ck_assert_str_eq(ask(keeper).token, "a!3.1");
	keeper_free(keeper);
}
END_TEST

START_TEST(test_an_earlier_boots_consent_never_replaces_this_boots)
{
	struct outcome old = exchange("c!1");
	char name[65], again[65], id[65];
	struct error err;

	ck_assert_int_eq(old.fail, 0);
	move_to_boot(old.name, "an-earlier-boot");
	ck_assert_int_eq(clock_jump_wall(test_clock, -86400000), 0);
	pass(MINUTE);
	sign_in(&jan, name);
	ck_assert_int_eq(consent_join(&ops, old.name, &jan,
				 clock_boot_id(test_clock), again, id, &err),
		0);
	struct keeper *keeper = open_keeper(name);
	ck_assert_str_eq(ask(keeper).token, "a!2.1");
	keeper_free(keeper);
}
END_TEST

START_TEST(test_a_bad_code_leaves_nothing_behind)
{
	char waiting[LOGIN_VAULT_NAME_MAX + 1] = "";
	struct outcome outcome = exchange("c!bad");
	struct error err;

	ck_assert_int_eq(outcome.fail, FAIL_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(outcome.err.text, "180 s"));
	ck_assert_ptr_null(strstr(outcome.err.text, "c!bad"));
	ck_assert_int_eq(
		consent_each(&ops, loop_now(loop), clock_boot_id(test_clock),
			take_name, waiting, &err),
		0);
	ck_assert_str_eq(waiting, "");
	fault = FAULT_LOST;
	ck_assert_int_eq(exchange("c!1").fail, FAIL_SIGN_IN);
}
END_TEST

static int count_idle(void *arg, const char *name, const struct login *login)
{
	(void)name;
	(void)login;
	(*(int *)arg)++;
	return 0;
}

START_TEST(test_idle_logins_are_due_well_before_30_days)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;
	int count = 0;

	sign_in(&jan, name);
	struct instant now = loop_now(loop);
	now.boot_ms += INT64_C(6) * 86400000;
	now.wall_ms += INT64_C(6) * 86400000;
	ck_assert_int_eq(keeper_each_idle(&ops, now, clock_boot_id(test_clock),
				 count_idle, &count, &err),
		0);
	ck_assert_int_eq(count, 0);
	now.boot_ms += INT64_C(2) * 86400000;
	now.wall_ms += INT64_C(2) * 86400000;
	ck_assert_int_eq(keeper_each_idle(&ops, now, clock_boot_id(test_clock),
				 count_idle, &count, &err),
		0);
	ck_assert_int_eq(count, 1);
}
END_TEST

static int see_listing(void *arg, const struct vault_adapter_listing *listing,
	const struct error *problem)
{
	ck_assert_ptr_null(problem);
	ck_assert_str_eq(listing->user, "Jan");
	ck_assert_str_eq(listing->state, "alive");
	ck_assert_str_eq(listing->region, "nl");
	ck_assert_uint_eq(listing->requests_today, 1);
	(*(int *)arg)++;
	return 0;
}

START_TEST(test_the_list_shows_logins_and_no_consents)
{
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault_adapter_listing listing;
	struct error err;
	int count = 0;

	sign_in(&jan, name);
	ck_assert_int_eq(exchange("c!2").fail, 0);
	ck_assert_int_eq(vault_adapter_each(vault, loop_now(loop), see_listing,
				 &count, &err),
		0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(
		vault_adapter_find(vault, name, loop_now(loop), &listing, &err),
		0);
	ck_assert_int_eq(vault_adapter_remove(vault, listing.id, &err), 0);
	ck_assert_int_eq(vault_adapter_find(vault, listing.id, loop_now(loop),
				 &listing, &err),
		FAIL_INPUT);
}
END_TEST

/* ---- kills ----------------------------------------------------------- */

#if EXACT_FAULTS
static int child_signs_in(void);

static int child_main(char **args)
{
	struct outcome outcome = { .done = false };

	snprintf(dir, sizeof(dir), "%s", args[2]);
	snprintf(key, sizeof(key), "%s", args[3]);
	snprintf(exact_path, sizeof(exact_path), "%s", args[5]);
	latency = 200;
	int fd = open(exact_path, O_RDONLY);
	if (fd < 0 || read(fd, &exact, sizeof(exact)) != sizeof(exact))
		return 98;
	close(fd);
	/* The parent's boot: its clock, not one that begins anew. */
	struct instant now = { 0 };
	must(sscanf(args[4], "%" SCNd64 "/%" SCNd64, &now.wall_ms,
		     &now.boot_ms) == 2);
	int64_t up = now.boot_ms - 1000000;
	open_world(now.wall_ms - up);
	must(clock_advance(test_clock, up) == 0);
	exact.issued = INT64_MIN / 2; /* long ago, by its own clock */
	if (strcmp(args[6], "consent") == 0)
		return child_signs_in();
	outcome = do_refresh(args[6]);
	close_world();
	return -outcome.fail;
}

static int child_signs_in(void)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], id[LOGIN_ID_MAX + 1];
	struct outcome outcome = exchange("c!1");
	struct error err;

	if (outcome.fail == 0)
		outcome.fail = consent_join(&ops, outcome.name, &jan,
			clock_boot_id(test_clock), name, id, &err);
	close_world();
	return -outcome.fail;
}

static int child_refreshes(const char *kill_at, const char *name)
{
	struct instant now = loop_now(loop);
	char at[64];
	int status;

	snprintf(at, sizeof(at), "%" PRId64 "/%" PRId64, now.wall_ms,
		now.boot_ms);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("EXACT_FAULT", kill_at, 1);
		execl("/proc/self/exe", "check_keeper", "child", dir, key, at,
			exact_path, name, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* Killed at the n-th step of a refresh, in strict and lenient rotation: the
 * login is alive afterwards, or it is told truly that the token never got
 * to the disk; and it is alive whenever it did. */
START_TEST(test_a_refresh_killed_at_every_step_is_made_good_or_told_truly)
{
	int kills = 0, lost = 0;

	for (int n = 1; n < 20; n++) {
		char name[LOGIN_VAULT_NAME_MAX + 1], kill_at[32];

		memset(&exact, 0, sizeof(exact));
		exact.lenient = _i == 1;
		exact_path[0] = '\0';
		sign_in(&jan, name);
		struct keeper *keeper = open_keeper(name);
		ask(keeper);
		uint64_t before = keeper_login(keeper)->generation;
		pass(11 * MINUTE);
		snprintf(exact_path, sizeof(exact_path), "%s/exact", home);
		save_exact();
		snprintf(kill_at, sizeof(kill_at), "kill@%d", n);
		int status = child_refreshes(kill_at, name);
		int fd = open(exact_path, O_RDONLY);
		ck_assert_int_eq(read(fd, &exact, sizeof(exact)),
			(ssize_t)sizeof(exact));
		close(fd);
		exact_path[0] = '\0';
		exact.issued = loop_now(loop).boot_ms;
		ask(keeper);
		bool kept = keeper_login(keeper)->generation == before + 1;
		bool rotated = exact.number == 2;
		ck_assert(!kept || rotated);
		pass(11 * MINUTE); /* over the intent's 570 s */
		int fail = do_refresh(name).fail;
		if (rotated && !kept && !exact.lenient) {
			ck_assert_int_eq(fail, FAIL_SIGN_IN);
			ask(keeper);
			ck_assert_int_eq(
				keeper_login(keeper)->cause, LOGIN_CAUSE_LOST);
			lost++;
		} else {
			ck_assert_int_eq(fail, 0);
			ck_assert_int_eq(ask(keeper).say, KEEPER_TOKEN);
		}
		keeper_free(keeper);
		if (WIFEXITED(status)) {
			ck_assert_int_eq(WEXITSTATUS(status), 0);
			break;
		}
		kills++;
	}
	ck_assert_int_ge(kills, 8);
	ck_assert_int_eq(lost, _i == 1 ? 0 : 3);
}
END_TEST

/* A second consent, killed at the n-th step: the pair that got to the disk
 * is the login's afterwards, joined once; one that did not left nothing. */
START_TEST(test_a_consent_killed_at_every_step_is_resumed_or_gone)
{
	int kills = 0, resumed = 0;

	for (int n = 1; n < 30; n++) {
		char name[65], waiting[65] = "", kill_at[32], to[65], id[65];
		struct error err;

		memset(&exact, 0, sizeof(exact));
		exact_path[0] = '\0';
		sign_in(&jan, name);
		struct keeper *keeper = open_keeper(name);
		uint64_t before = ask(keeper).generation;
		pass(MINUTE);
		snprintf(exact_path, sizeof(exact_path), "%s/exact", home);
		save_exact();
		snprintf(kill_at, sizeof(kill_at), "kill@%d", n);
		int status = child_refreshes(kill_at, "consent");
		int fd = open(exact_path, O_RDONLY);
		ck_assert_int_eq(read(fd, &exact, sizeof(exact)),
			(ssize_t)sizeof(exact));
		close(fd);
		exact_path[0] = '\0';
		ck_assert_int_eq(consent_each(&ops, loop_now(loop),
					 clock_boot_id(test_clock), take_name,
					 waiting, &err),
			0);
		if (waiting[0] != '\0') {
			ck_assert_int_eq(consent_join(&ops, waiting, &jan,
						 clock_boot_id(test_clock), to,
						 id, &err),
				0);
			ck_assert_str_eq(to, name);
			resumed++;
		}
		struct keeper_answer answer = ask(keeper);
		bool joined = answer.generation == before + 1;
		ck_assert(joined || answer.generation == before);
		ck_assert(!joined || exact.chain == 2);
		if (joined)
			ck_assert_str_eq(keeper_login(keeper)->access, "a!2.1");
		ck_assert(waiting[0] == '\0' || joined);
		keeper_free(keeper);
		if (WIFEXITED(status)) {
			ck_assert_int_eq(WEXITSTATUS(status), 0);
			ck_assert(joined);
			break;
		}
		kills++;
		/* One hour on, nothing half-made is left. */
		pass(61 * MINUTE);
		waiting[0] = '\0';
		ck_assert_int_eq(consent_each(&ops, loop_now(loop),
					 clock_boot_id(test_clock), take_name,
					 waiting, &err),
			0);
		ck_assert_str_eq(waiting, "");
	}
	ck_assert_int_ge(kills, 12);
	ck_assert_int_ge(resumed, 4);
}
END_TEST
#endif

int main(int argc, char **argv)
{
#if EXACT_FAULTS
	if (argc == 7)
		return child_main(argv);
#else
	(void)argc;
	(void)argv;
#endif
	Suite *suite = suite_create("keeper");
	TCase *tests = tcase_create("keeper");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(
		tests, test_a_token_is_handed_out_between_receipt_and_570_s);
	tcase_add_test(tests, test_a_slow_reply_leaves_a_gap_in_which_all_wait);
	tcase_add_test(
		tests, test_eight_who_want_a_refresh_make_one_token_request);
	tcase_add_test(
		tests, test_while_somebody_refreshes_the_others_wait_a_moment);
	tcase_add_test(tests, test_passing_failures_never_end_a_login);
	tcase_add_test(tests, test_an_unseen_refresh_is_sent_again_570_s_later);
	tcase_add_loop_test(tests,
		test_a_lost_answer_in_strict_rotation_is_told_truly, 0, 2);
	tcase_add_loop_test(tests,
		test_a_lost_answer_in_lenient_rotation_is_made_good, 0, 2);
	tcase_add_test(
		tests, test_an_early_refusal_loses_nothing_and_is_evidence);
	tcase_add_test(
		tests, test_an_old_token_out_of_the_blue_was_spent_elsewhere);
	tcase_add_test(tests, test_a_restored_file_is_named_as_the_cause);
	tcase_add_test(tests,
		test_a_restored_file_whose_token_still_works_goes_on_above);
	tcase_add_test(
		tests, test_a_pair_that_can_not_be_kept_is_tried_for_a_minute);
	tcase_add_test(tests,
		test_an_intent_that_can_not_be_kept_means_nothing_is_sent);
	tcase_add_test(tests, test_another_apps_login_is_never_refreshed);
	tcase_add_test(
		tests, test_200_token_requests_a_day_are_the_most_we_make);
	tcase_add_test(tests,
		test_a_401_of_a_young_token_is_confirmed_once_then_waits);
	tcase_add_test(
		tests, test_401s_of_one_moment_confirm_nothing_however_late);
	tcase_add_test(tests, test_a_hiccup_of_401_is_forgotten);
	tcase_add_test(
		tests, test_a_401_of_an_old_or_replaced_token_is_no_sign);
	tcase_add_test(tests, test_a_second_consent_joins_the_same_chain);
	tcase_add_test(tests, test_a_consent_brings_a_dead_login_back);
	tcase_add_test(tests, test_two_users_are_two_logins);
	tcase_add_test(
		tests, test_an_orphaned_consent_is_found_and_joined_once);
	tcase_add_test(
		tests, test_a_consent_older_than_the_last_one_is_dropped);
	tcase_add_test(tests,
		test_the_later_consent_wins_whatever_the_wall_clock_does);
	tcase_add_test(
		tests, test_an_earlier_boots_consent_never_replaces_this_boots);
	tcase_add_test(tests, test_a_bad_code_leaves_nothing_behind);
	tcase_add_test(tests, test_idle_logins_are_due_well_before_30_days);
	tcase_add_test(tests, test_the_list_shows_logins_and_no_consents);
#if EXACT_FAULTS
	tcase_add_loop_test(tests,
		test_a_refresh_killed_at_every_step_is_made_good_or_told_truly,
		0, 2);
	tcase_add_test(
		tests, test_a_consent_killed_at_every_step_is_resumed_or_gone);
#endif
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
