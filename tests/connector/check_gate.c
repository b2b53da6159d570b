/*
 * The gate, with the real ledger and limiter, on a virtual clock, between a
 * keeper and a server of our own making. What is asserted is what the server
 * saw and what the caller got.
 */
#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "connector/gate.h"
#include "oauth/login.h"
#include "tests/ratelimit/virtual_server.h"

#define NOW_MS INT64_C(1795253400000) /* 2026-11-21T09:30:00Z */
#define PAGE   "{\"d\":{\"results\":[]}}"

/* ---- a keeper that says what the test wants ----------------------------- */

struct keeper {
	enum keeper_say say;
	enum keeper_say say_when_refused;
	uint64_t generation;
	int64_t until;
	enum keeper_age ages[3]; /* of the tokens refused, in this order */
	int refused;
	bool gives_up; /* a refused token is not handed out again */
};

static struct keeper keeper;

int keeper_ask(struct keeper *self, struct instant now,
	struct keeper_answer *ret, struct error *error)
{
	(void)error;
	memset(ret, 0, sizeof(*ret));
	if (self->say == KEEPER_WAIT && now.boot_ms >= self->until)
		self->say = KEEPER_TOKEN;
	ret->say = self->say;
	ret->token = "token";
	ret->generation = self->generation;
	ret->until_boot_ms = self->until;
	ret->refused = self->gives_up && self->refused >= 2;
	if (ret->refused) {
		ret->say = KEEPER_WAIT;
		ret->until_boot_ms = now.boot_ms + 500000;
	}
	snprintf(ret->cause, sizeof(ret->cause), "the user left");
	return 0;
}

int keeper_refused(struct keeper *self, uint64_t generation,
	int64_t sent_boot_ms, struct instant now, enum keeper_age *ret,
	struct error *error)
{
	ck_assert_int_le(sent_boot_ms, now.boot_ms);
	(void)error;
	ck_assert_int_eq((int)generation, (int)self->generation);
	ck_assert_int_lt(self->refused, 3);
	*ret = self->ages[self->refused++];
	self->say = self->say_when_refused;
	return 0;
}

const struct login *keeper_login(const struct keeper *self)
{
	static struct login login;
	(void)self;
	snprintf(login.failure, sizeof(login.failure), "the line was busy");
	return &login;
}

void keeper_free(struct keeper *self)
{
	(void)self;
}

/* ---- a server on the loop's timers -------------------------------------- */

struct answer {
	enum http_outcome outcome;
	int status; /* 0: 200, or the quota's 429 */
	const char *type;
	const char *body;
	const char *header; /* one more, "Name: value\n" */
	int dies;           /* so often the connection dies without a byte */
	bool bare;          /* without quota headers */
};

struct exchange {
	struct loop_timer timer;
	struct http_request request;
	http_done_fn done;
	struct answer answer;
	int64_t sent;
	struct exchange *next;
};

static struct clock *test_clock;
static struct loop *loop;
static struct virtual_server server;
static struct answer script[16];
static int script_length, script_at;
static int arrived; /* sends that reached the server */
static char last_url[512];
static struct exchange *open_exchanges;
static int64_t latency;

static void put_headers(struct buf *headers, const struct answer *answer,
	const struct ratelimit_headers *quota)
{
	static const char *const names[] = { "X-RateLimit-Minutely-Limit",
		"X-RateLimit-Minutely-Remaining", "X-RateLimit-Minutely-Reset",
		"X-RateLimit-Limit", "X-RateLimit-Remaining",
		"X-RateLimit-Reset" };
	const int64_t values[] = { quota->minute_limit, quota->minute_remaining,
		quota->minute_reset_ms, quota->day_limit, quota->day_remaining,
		quota->day_reset_ms };
	char date[64];
	time_t seconds = (time_t)(quota->date_ms / 1000);
	struct tm tm;
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT",
		gmtime_r(&seconds, &tm));
	buf_printf(headers, "Date: %s\nContent-Type: %s\n", date,
		answer->type ? answer->type
			     : "application/json; charset=utf-8");
	for (int i = 0; i < 6; i++)
		if (values[i] >= 0 && !answer->bare)
			buf_printf(headers, "%s: %lld\n", names[i],
				(long long)values[i]);
	if (answer->header)
		buf_puts(headers, answer->header);
}

static void respond(struct loop *in, void *arg)
{
	struct exchange *exchange = arg;
	struct http_response response;
	struct answer *answer = &exchange->answer;
	struct ratelimit_headers quota;
	struct instant now = loop_now(in);
	struct exchange **at = &open_exchanges;
	while (*at != exchange)
		at = &(*at)->next;
	*at = exchange->next;
	http_response_init(&response, 1 << 20);
	response.outcome = answer->outcome;
	response.sends = 1;
	if (answer->outcome == HTTP_DONE) {
		int status = virtual_server_arrive(
			&server, now.wall_ms - NOW_MS, false, &quota);
		response.status = answer->status ? answer->status : status;
		if (response.status == 200)
			buf_puts(&response.body,
				answer->body ? answer->body : PAGE);
		else if (answer->body)
			buf_puts(&response.body, answer->body);
		put_headers(&response.headers, answer, &quota);
	} else {
		snprintf(response.problem, sizeof(response.problem),
			"Connection reset by peer");
	}
	response.sent_boot_ms = exchange->sent;
	response.done_boot_ms = now.boot_ms;
	exchange->done(exchange->request.arg, &response);
	http_response_free(&response);
	free(exchange);
}

static void leave(struct loop *in, void *arg)
{
	struct exchange *exchange = arg;
	struct ratelimit_headers ignored;
	struct instant now = loop_now(in);
	int send = 1;
	exchange->sent = now.boot_ms;
	if (exchange->answer.outcome != HTTP_UNSENT) {
		ck_assert_int_eq(
			exchange->request.before_send(exchange->request.arg, 1),
			0);
		arrived++;
	}
	while (exchange->answer.dies-- > 0) {
		virtual_server_arrive(
			&server, now.wall_ms - NOW_MS, false, &ignored);
		if (exchange->request.before_send(
			    exchange->request.arg, ++send) != 0) {
			exchange->answer.outcome = HTTP_REFUSED;
			break;
		}
		arrived++;
	}
	loop_timer_set(
		in, &exchange->timer, now.boot_ms + latency, respond, exchange);
}

static int fake_send(void *ctx, const struct http_request *request,
	http_done_fn done, struct error *error)
{
	(void)ctx;
	(void)error;
	struct exchange *exchange = calloc(1, sizeof(*exchange));
	ck_assert_ptr_nonnull(exchange);
	ck_assert_str_eq(request->bearer, "token");
	ck_assert_str_eq(request->headers[0], "Accept: application/json");
	snprintf(last_url, sizeof(last_url), "%s", request->url);
	exchange->request = *request;
	exchange->done = done;
	if (script_at < script_length)
		exchange->answer = script[script_at++];
	exchange->next = open_exchanges;
	open_exchanges = exchange;
	loop_timer_set(loop, &exchange->timer, loop_now(loop).boot_ms, leave,
		exchange);
	return 0;
}

static void fake_cancel(void *ctx, const void *arg)
{
	(void)ctx;
	struct exchange **at = &open_exchanges;
	while (*at) {
		struct exchange *exchange = *at;
		if (exchange->request.arg != arg) {
			at = &exchange->next;
			continue;
		}
		*at = exchange->next;
		loop_timer_cancel(loop, &exchange->timer);
		free(exchange);
	}
}

static const struct http_transport transport = { .send = fake_send,
	.cancel = fake_cancel };

/* ---- the rest of the world ----------------------------------------------- */

static char dir[64];
static struct gate *gate;
static struct gate_options options;
static struct error err;
static int refreshes;
static int refresh_fails; /* so many of them fail … */
static int refresh_fail;  /* … in this way */
static struct loop_timer refresh_timer;
static void (*refresh_done)(void *arg, int fail);
static void *refresh_arg;
static int waits[5]; /* times told, per reason */
static int64_t waited_until;

static void refresh_ends(struct loop *in, void *arg)
{
	(void)in;
	(void)arg;
	if (refresh_fails > 0) {
		refresh_fails--;
		refresh_done(refresh_arg, refresh_fail);
		return;
	}
	keeper.say = KEEPER_TOKEN;
	keeper.generation++;
	refresh_done(refresh_arg, 0);
}

static int refresh(void *arg, void (*done)(void *done_arg, int fail),
	void *done_arg, struct error *error)
{
	(void)arg;
	(void)error;
	refreshes++;
	refresh_done = done;
	refresh_arg = done_arg;
	loop_timer_set(loop, &refresh_timer, loop_now(loop).boot_ms + 500,
		refresh_ends, NULL);
	return 0;
}

static void waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	(void)arg;
	ck_assert_str_eq(what, "financial/Journals");
	waits[reason]++;
	if (reason != GATE_GOES)
		waited_until = until_boot_ms;
}

static void open_gate(int minute, int day)
{
	gate_free(gate);
	gate = NULL;
	options.limits.minute = minute;
	options.limits.day = day;
	ck_assert_int_eq(gate_new(&gate, &options, &err), 0);
}

static void set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/check_gate_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(clock_open_private(&test_clock, NOW_MS), 0);
	ck_assert_int_eq(loop_new(&loop, test_clock, &err), 0);
	virtual_server_init(&server);
	server.skew = NOW_MS + 1234;
	keeper = (struct keeper){ .say = KEEPER_TOKEN, .generation = 1 };
	memset(script, 0, sizeof(script));
	memset(waits, 0, sizeof(waits));
	memset(&refresh_timer, 0, sizeof(refresh_timer));
	script_length = script_at = arrived = refreshes = refresh_fails = 0;
	latency = 100;
	refresh_fail = FAIL_LATER;
	options = (struct gate_options){ .loop = loop,
		.transport = &transport,
		.keeper = &keeper,
		.ledgers = dir,
		.client_id = "client",
		.division = 100001,
		.base_url = "https://start.exactonline.nl",
		.refresh = refresh,
		.waiting = waiting };
	open_gate(60, 5000);
}

static void tear_down(void)
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	char path[400];
	gate_free(gate);
	gate = NULL;
	loop_free(loop);
	clock_free(test_clock);
	virtual_server_free(&server);
	while ((entry = readdir(entries))) {
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(entries);
	rmdir(dir);
}

static const struct gate_call journals = { .endpoint = "financial/Journals",
	.query = "$select=ID" };

static struct gate_reply perform(void)
{
	struct gate_reply reply = { 0 };
	struct buf body;
	buf_init(&body, 1 << 20);
	int fail = gate_perform(gate, &journals, &reply, &body, &err);
	ck_assert_int_eq(fail, reply.fail);
	if (fail == 0)
		ck_assert_str_eq(body.data, PAGE);
	reply.body = NULL;
	buf_free(&body);
	return reply;
}

static void plan(struct answer answer)
{
	script[script_length++] = answer;
}

static int64_t elapsed(void)
{
	return clock_now(test_clock).wall_ms - NOW_MS;
}

struct waiter {
	bool done;
	int fail;
};

static void note(void *arg, const struct gate_reply *reply)
{
	struct waiter *waiter = arg;
	waiter->done = true;
	waiter->fail = reply->fail;
}

static void submit(struct waiter *waiter)
{
	*waiter = (struct waiter){ 0 };
	ck_assert_int_eq(gate_submit(gate, &journals, note, waiter, &err), 0);
	ck_assert(!waiter->done);
}

static int finish_all(struct waiter *waiters, int count)
{
	int failed = 0;
	for (int i = 0; i < count; i++) {
		ck_assert_int_eq(loop_run_until(loop, &waiters[i].done), 0);
		failed += waiters[i].fail != 0;
	}
	return failed;
}

/* ---- quota ----------------------------------------------------------------- */

START_TEST(test_a_page_comes_back_whole_and_costs_one_call)
{
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, 0);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(reply.server_date_ms % 1000, 0);
	ck_assert_int_eq(arrived, 1);
	const struct gate_counts *counts = gate_counts(gate);
	ck_assert_int_eq(counts->calls, 1);
	ck_assert_int_eq(counts->bytes, (int)strlen(PAGE));
	ck_assert_int_eq(counts->minute_left, 59);
	ck_assert_int_eq(counts->day_left, 4999);
	ck_assert_int_eq(reply.calls, 1);
	ck_assert_int_eq(counts->latency_ms_sum, 100);
	ck_assert_str_eq(last_url, "https://start.exactonline.nl/api/v1/100001/"
				   "financial/Journals?$select=ID");
}
END_TEST

START_TEST(test_two_hundred_calls_by_eight_at_once_are_never_refused)
{
	static struct waiter waiters[200];
	int begun = 0;
	latency = 200;
	for (; begun < 8; begun++)
		submit(&waiters[begun]);
	for (int i = 0; i < 200; i++) {
		ck_assert_int_eq(loop_run_until(loop, &waiters[i].done), 0);
		ck_assert_int_eq(waiters[i].fail, 0);
		if (begun < 200)
			submit(&waiters[begun++]);
	}
	ck_assert_int_eq(server.refused, 0);
	ck_assert_int_eq(virtual_server_worst_minute(&server), 60);
	/* Optimum: the server's minute began 1,234 ms ago; the last 20 calls
	 * take three rounds. */
	int64_t best = 60000 - 1234 + 2 * 60000 + 3 * 200;
	ck_assert_int_ge(elapsed(), best - 60000);
	ck_assert_int_le(elapsed(), best + 1500);
	ck_assert_int_ge(waits[GATE_FOR_MINUTE], 3);
	ck_assert_int_gt(gate_counts(gate)->waited_ms, 100000);
}
END_TEST

START_TEST(test_a_connection_closed_without_a_byte_makes_a_page_count_as_two)
{
	plan((struct answer){ .dies = 1 });
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, 0);
	ck_assert_int_eq(arrived, 2);
	ck_assert_int_eq(gate_counts(gate)->calls, 2);
	ck_assert_int_eq(gate_counts(gate)->day_left, 4998);
	ck_assert_int_eq(gate_counts(gate)->minute_left, 58);
}
END_TEST

START_TEST(test_a_resend_without_quota_is_refused_and_goes_a_minute_later)
{
	open_gate(1, 5000);
	server.minute_limit = 1;
	plan((struct answer){ .dies = 1 });
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, 0);
	ck_assert_int_eq(arrived, 2);
	ck_assert_int_eq(server.refused, 0);
	ck_assert_int_ge(elapsed(), 58000);
	ck_assert_int_ge(waits[GATE_FOR_MINUTE], 1);
}
END_TEST

START_TEST(test_a_day_used_up_fails_the_call_at_once_and_says_until_when)
{
	open_gate(60, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(perform().fail, 0);
	int64_t before = elapsed();
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_WAIT);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "2026-11-22T00:00"));
	ck_assert_int_eq(arrived, 3);
	ck_assert_int_eq(elapsed(), before);
}
END_TEST

START_TEST(test_nothing_is_sent_when_the_ledger_cannot_be_written)
{
	struct rlimit usual, none;
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	struct gate_reply reply = perform();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual), 0);
	ck_assert_int_eq(reply.fail, FAIL_STORE);
	ck_assert_int_eq(arrived, 0);
	ck_assert_int_eq(perform().fail, 0);
}
END_TEST

START_TEST(test_after_three_refusals_a_call_is_left_for_later)
{
	for (int i = 0; i < 3; i++)
		plan((struct answer){ .status = 429 });
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_LATER);
	ck_assert_int_eq(reply.status, 429);
	ck_assert_int_eq(arrived, 3);
	ck_assert_int_eq(gate_counts(gate)->refused, 3);
	ck_assert_int_ge(elapsed(), 60000);
}
END_TEST

START_TEST(test_a_list_refused_twice_for_no_quota_is_not_asked_for_an_hour)
{
	for (int i = 0; i < 4; i++)
		plan((struct answer){ .status = 429, .bare = true });
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_LATER);
	ck_assert_int_eq(reply.calls, 2);
	ck_assert_int_eq(arrived, 2);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "2026-11-21T10:31:0"));
	/* The next run knows it, too. */
	open_gate(60, 5000);
	ck_assert_int_eq(perform().fail, FAIL_LATER);
	ck_assert_int_eq(arrived, 2);
	ck_assert_int_eq(clock_advance(test_clock, 3600000), 0);
	loop_turn(loop);
	script_length = 0;
	ck_assert_int_eq(perform().fail, 0);
}
END_TEST

START_TEST(test_shortly_before_midnight_the_new_day_is_waited_for)
{
	int64_t to_midnight = INT64_C(1795305600000) - 1234 - NOW_MS;
	open_gate(60, 3);
	ck_assert_int_eq(clock_advance(test_clock, to_midnight - 50000), 0);
	loop_turn(loop);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(server.refused, 0);
	ck_assert_int_ge(waits[GATE_FOR_DAY], 1);
	ck_assert_int_ge(elapsed(), to_midnight);
	ck_assert_int_le(elapsed(), to_midnight + 1500);
	ck_assert_int_eq(gate_counts(gate)->day_resets_wall_ms, 0);
}
END_TEST

START_TEST(test_an_answer_lets_those_who_wait_look_again)
{
	struct waiter waiters[2];
	open_gate(1, 5000);
	submit(&waiters[0]);
	submit(&waiters[1]);
	ck_assert_int_eq(finish_all(waiters, 2), 0);
	/* Not after the three minutes that a call without answer takes. */
	ck_assert_int_le(elapsed(), 62000);
	ck_assert_int_ge(elapsed(), 58000);
}
END_TEST

START_TEST(test_a_call_without_division_costs_no_quota)
{
	struct gate_reply reply;
	struct gate_call me = journals;
	struct buf body;
	me.uncounted = true;
	buf_init(&body, 1000);
	ck_assert_int_eq(gate_perform(gate, &me, &reply, &body, &err), 0);
	buf_free(&body);
	ck_assert_int_eq(gate_counts(gate)->uncounted, 1);
	ck_assert_int_eq(perform().fail, 0);
	/* The server's headers counted both; our own count has one. */
	ck_assert_int_eq(gate_counts(gate)->day_left, 4998);
}
END_TEST

/* ---- tokens ---------------------------------------------------------------- */

START_TEST(test_one_refresh_serves_all_calls_that_wait_for_it)
{
	struct waiter waiters[3];
	keeper.say = KEEPER_REFRESH;
	for (int i = 0; i < 3; i++)
		submit(&waiters[i]);
	ck_assert_int_eq(finish_all(waiters, 3), 0);
	ck_assert_int_eq(refreshes, 1);
	ck_assert_int_eq(arrived, 3);
}
END_TEST

START_TEST(test_a_refresh_that_fails_in_passing_is_started_again)
{
	keeper.say = KEEPER_REFRESH;
	refresh_fails = 2;
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(refreshes, 3);
}
END_TEST

START_TEST(test_a_refresh_that_keeps_failing_leaves_the_call_for_later)
{
	keeper.say = KEEPER_REFRESH;
	refresh_fails = 99;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_LATER);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "the line was busy"));
	ck_assert_int_eq(refreshes, 3);
	ck_assert_int_eq(arrived, 0);
}
END_TEST

START_TEST(test_a_vault_or_app_that_no_further_try_mends_is_not_tried_again)
{
	static const struct {
		int fail;
		const char *text;
	} ways[] = { { FAIL_STORE, "vault" },
		{ FAIL_CONFIG, "configuration" } };
	keeper.say = KEEPER_REFRESH;
	for (int i = 0; i < 2; i++) {
		refresh_fails = 99;
		refresh_fail = ways[i].fail;
		struct gate_reply reply = perform();
		ck_assert_int_eq(reply.fail, ways[i].fail);
		ck_assert_ptr_nonnull(strstr(reply.err.text, ways[i].text));
		ck_assert_int_eq(refreshes, i + 1);
	}
	ck_assert_int_eq(arrived, 0);
}
END_TEST

START_TEST(test_a_token_between_its_ages_is_waited_for)
{
	keeper.say = KEEPER_WAIT;
	keeper.until = clock_now(test_clock).boot_ms + 20000;
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(waits[GATE_FOR_TOKEN], 1);
	ck_assert_int_eq(waited_until, keeper.until);
	ck_assert_int_eq(waits[GATE_GOES], 1);
	ck_assert_int_ge(elapsed(), 20000);
	ck_assert_int_eq(gate_counts(gate)->waited_ms, 20000);
}
END_TEST

START_TEST(test_a_login_that_needs_a_person_fails_with_its_cause_unsent)
{
	keeper.say = KEEPER_SIGN_IN;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "the user left"));
	ck_assert_int_eq(arrived, 0);
}
END_TEST

START_TEST(test_an_old_token_refused_is_refreshed_and_the_call_goes_again)
{
	plan((struct answer){ .status = 401, .type = "text/html" });
	keeper.ages[0] = KEEPER_OLD;
	keeper.say_when_refused = KEEPER_REFRESH;
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(keeper.refused, 1);
	ck_assert_int_eq(refreshes, 1);
	ck_assert_int_eq(arrived, 2);
}
END_TEST

START_TEST(test_a_young_token_refused_once_goes_again_without_a_refresh)
{
	plan((struct answer){ .status = 401 });
	keeper.ages[0] = KEEPER_YOUNG;
	keeper.say_when_refused = KEEPER_TOKEN;
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(arrived, 2);
	ck_assert_int_eq(refreshes, 0);
}
END_TEST

START_TEST(test_a_young_token_refused_twice_ends_this_company_for_now)
{
	plan((struct answer){ .status = 401 });
	plan((struct answer){ .status = 401 });
	keeper.ages[0] = KEEPER_YOUNG;
	keeper.ages[1] = KEEPER_TWICE;
	/* The table knows: the keeper is not asked a third time. */
	keeper.say_when_refused = KEEPER_TOKEN;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_COMPANY);
	ck_assert_int_eq(reply.status, 401);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "still active"));
	ck_assert_int_eq(arrived, 2);
	ck_assert_int_le(elapsed(), 10000);
}
END_TEST

START_TEST(test_a_token_just_refreshed_and_refused_is_the_end_of_the_login)
{
	plan((struct answer){ .status = 401 });
	keeper.ages[0] = KEEPER_RENEWED;
	keeper.say_when_refused = KEEPER_TOKEN;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "sign in again"));
	ck_assert_int_eq(arrived, 1);
}
END_TEST

START_TEST(test_a_token_known_to_be_refused_is_not_sat_out_nor_sent)
{
	keeper.gives_up = true;
	keeper.refused = 2;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "the user left"));
	ck_assert_ptr_nonnull(strstr(reply.err.text, "still active"));
	ck_assert_int_eq(arrived, 0);
	ck_assert_int_eq(elapsed(), 0);
}
END_TEST

START_TEST(test_a_token_that_is_hours_away_is_left_for_later)
{
	keeper.say = KEEPER_WAIT;
	keeper.until = clock_now(test_clock).boot_ms + 7200000;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_LATER);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "2026-11-21T11:30:00Z"));
	ck_assert_int_eq(elapsed(), 0);
}
END_TEST

START_TEST(test_a_third_token_that_expired_ends_the_company)
{
	for (int i = 0; i < 3; i++) {
		plan((struct answer){ .status = 401 });
		keeper.ages[i] = KEEPER_OLD;
	}
	keeper.say_when_refused = KEEPER_TOKEN;
	struct gate_reply reply = perform();
	ck_assert_int_eq(reply.fail, FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(reply.err.text, "expired"));
	ck_assert_int_eq(arrived, 3);
}
END_TEST

/* ---- verdicts -------------------------------------------------------------- */

static const char bad_request[] =
	"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\",\"value\":"
	"\"Unknown\\n  property \\u0022Foo\\u0022\"}}}";
static const char forbidden[] =
	"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\",\"value\":"
	"\"Forbidden\"}}}";
static const char no_scope[] =
	"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\",\"value\":"
	"\"Forbidden - Application Scope Violated. Cannot read "
	"'organization.administration' scope.\"}}}";
static const char no_division[] =
	"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\",\"value\":"
	"\"Forbidden - User division is not within division scope.\"}}}";

START_TEST(test_each_kind_of_answer_gets_its_verdict)
{
	static const struct {
		struct answer answer;
		int fail;
		int sends;
		const char *text;
	} rows[] = {
		{ { .status = 400, .body = bad_request }, FAIL_STREAM, 1,
			"Unknown property \"Foo\"" },
		{ { .status = 403, .body = no_scope }, FAIL_STREAM, 1,
			"organization.administration" },
		{ { .status = 403, .body = no_division }, FAIL_COMPANY, 1,
			"include the division in the consent" },
		{ { .status = 403,
			  .header = "Reason: InactiveUser\n",
			  .body = forbidden },
			FAIL_COMPANY, 1, "InactiveUser: Forbidden" },
		{ { .status = 403, .header = "Reason: NoDivisionAccess\n" },
			FAIL_COMPANY, 1, "may not open this division" },
		{ { .status = 403, .header = "Reason: BlockedUser\n" },
			FAIL_COMPANY, 1, "sign in as another user" },
		{ { .status = 403, .header = "Reason: DivisionBlocked\n" },
			FAIL_COMPANY, 1, "division is blocked" },
		{ { .status = 403, .header = "Reason: BlockedCustomer\n" },
			FAIL_COMPANY, 1, "the customer settles that" },
		{ { .status = 403, .header = "Reason: LicenseExpired\n" },
			FAIL_COMPANY, 1, "the customer renews it" },
		{ { .status = 403, .header = "Reason: NeverHeardOf\n" },
			FAIL_STREAM, 1, "NeverHeardOf" },
		{ { .status = 404 }, FAIL_STREAM, 1, "404" },
		{ { .status = 405 }, FAIL_STREAM, 1, "405" },
		{ { .status = 408 }, FAIL_LATER, 2, "408" },
		{ { .status = 500 }, FAIL_LATER, 3, "500" },
		{ { .status = 503, .type = "text/html", .body = "<html>" },
			FAIL_LATER, 4, "503" },
		{ { .type = "text/html", .body = "<html>}" }, FAIL_STREAM, 4,
			"not JSON" },
		{ { .body = "" }, FAIL_STREAM, 4, "empty" },
		{ { .body = "{\"d\":[{\"ID\":" }, FAIL_STREAM, 4, "cut off" },
		{ { .outcome = HTTP_LOST }, FAIL_LATER, 4, "reset by peer" },
		{ { .outcome = HTTP_TIMED_OUT }, FAIL_LATER, 3, "in time" },
		{ { .outcome = HTTP_UNSENT }, FAIL_LATER, 0, "network" },
		{ { .outcome = HTTP_TOO_LARGE }, FAIL_STREAM, 1, "larger" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		script_length = script_at = 0;
		for (int k = 0; k < 5; k++)
			plan(rows[i].answer);
		int before = arrived;
		struct gate_reply reply = perform();
		/* More of them within an hour would not be asked for. */
		ck_assert_int_eq(clock_advance(test_clock, 3600000), 0);
		loop_turn(loop);
		ck_assert_msg(reply.fail == rows[i].fail,
			"row %zu: %d, not %d: %s", i, reply.fail, rows[i].fail,
			reply.err.text);
		ck_assert_msg(arrived - before == rows[i].sends,
			"row %zu: %d sends", i, arrived - before);
		ck_assert_msg(strstr(reply.err.text, rows[i].text) != NULL,
			"row %zu: %s", i, reply.err.text);
		ck_assert_ptr_nonnull(
			strstr(reply.err.text, "financial/Journals"));
	}
}
END_TEST

START_TEST(test_an_outage_that_passes_costs_retries_and_then_the_page_is_there)
{
	plan((struct answer){ .status = 503 });
	plan((struct answer){ .outcome = HTTP_LOST });
	ck_assert_int_eq(perform().fail, 0);
	ck_assert_int_eq(gate_counts(gate)->retried, 2);
	ck_assert_int_eq(gate_counts(gate)->calls, 3);
	ck_assert_int_eq(gate_counts(gate)->day_left, 4997);
	ck_assert_int_eq(waits[GATE_FOR_RETRY], 2);
}
END_TEST

static int follow(const char *link, bool uncounted)
{
	struct gate_call next = { .endpoint = "financial/Journals",
		.link = link,
		.uncounted = uncounted };
	struct waiter waiter = { 0 };
	int fail = gate_submit(gate, &next, note, &waiter, &err);
	if (fail)
		return fail;
	ck_assert_int_eq(loop_run_until(loop, &waiter.done), 0);
	ck_assert_str_eq(last_url, link);
	return 0;
}

START_TEST(test_a_next_link_is_sent_as_received_but_never_to_another_host)
{
	ck_assert_int_eq(follow("https://start.exactonline.nl.evil.example"
				"/api/v1/100001/x",
				 false),
		FAIL_STREAM);
	ck_assert_ptr_nonnull(strstr(err.text, "financial/Journals"));
	ck_assert_int_eq(
		follow("http://start.exactonline.nl/api/v1/100001/x", false),
		FAIL_STREAM);
	ck_assert_int_eq(arrived, 0);
	ck_assert_int_eq(follow("https://start.exactonline.nl/api/v1/100001/x"
				"?$skiptoken=%27a/../b%2f",
				 false),
		0);
	ck_assert_int_eq(arrived, 1);
}
END_TEST

/* Each of them ends, or may end, in a path that does not begin with
 * /api/v1/100001/. */
static const char *const elsewhere[] = {
	"/api/v1/100002/financial/Journals?$skiptoken=1",
	"/api/v1/1000011/financial/Journals",
	"/api/v1/10000/financial/Journals",
	"/api/v1/0100001/financial/Journals",
	"/api/v1/current/Me",
	"/api/v1/100001",
	"/api/v1/100001?x=/api/v1/100001/",
	"/API/v1/100001/financial/Journals",
	"/x/api/v1/100001/financial/Journals",
	"//api/v1/100001/financial/Journals",
	"/?/api/v1/100001/financial/Journals",
	"/#/api/v1/100001/financial/Journals",
	"",
	"/api/v1/100001/../100002/financial/Journals",
	"/api/v1/100001/./../100002/financial/Journals",
	"/api/v1/100001/x/..",
	"/api/v1/100001/%2e%2e/100002/financial/Journals",
	"/api/v1/100001/.%2E/100002/financial/Journals",
	"/api/v1/100001/..%2f100002/financial/Journals",
	"/api/v1/100001/..\\100002\\financial/Journals",
	"/api/v1/100001/..%5c100002/financial/Journals",
};

START_TEST(test_a_next_link_never_leaves_the_division)
{
	char link[200];
	snprintf(link, sizeof(link), "https://start.exactonline.nl%s",
		elsewhere[_i]);
	ck_assert_int_eq(follow(link, false), FAIL_STREAM);
	ck_assert_ptr_nonnull(strstr(err.text, "leads away from"));
	ck_assert_int_eq(arrived, 0);
	ck_assert_int_eq(gate_counts(gate)->calls, 0);
}
END_TEST

START_TEST(test_a_link_of_an_uncounted_call_reaches_no_division)
{
	ck_assert_int_eq(
		follow("https://start.exactonline.nl/api/v1/100001/x", true),
		FAIL_STREAM);
	ck_assert_int_eq(arrived, 0);
}
END_TEST

START_TEST(test_calls_still_under_way_are_dropped_with_the_gate)
{
	struct waiter waiters[70];
	for (int i = 0; i < 70; i++)
		submit(&waiters[i]);
	while (arrived < 60)
		loop_turn(loop);
	gate_free(gate);
	gate = NULL;
	for (int i = 0; i < 70; i++)
		ck_assert(!waiters[i].done);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("gate");
	TCase *calls = tcase_create("calls");
	tcase_add_checked_fixture(calls, set_up, tear_down);
	tcase_add_test(calls, test_a_page_comes_back_whole_and_costs_one_call);
	tcase_add_test(calls,
		test_two_hundred_calls_by_eight_at_once_are_never_refused);
	tcase_add_test(calls,
		test_a_connection_closed_without_a_byte_makes_a_page_count_as_two);
	tcase_add_test(calls,
		test_a_resend_without_quota_is_refused_and_goes_a_minute_later);
	tcase_add_test(calls,
		test_a_day_used_up_fails_the_call_at_once_and_says_until_when);
	tcase_add_test(
		calls, test_nothing_is_sent_when_the_ledger_cannot_be_written);
	tcase_add_test(
		calls, test_after_three_refusals_a_call_is_left_for_later);
	tcase_add_test(calls,
		test_a_list_refused_twice_for_no_quota_is_not_asked_for_an_hour);
	tcase_add_test(
		calls, test_shortly_before_midnight_the_new_day_is_waited_for);
	tcase_add_test(calls, test_an_answer_lets_those_who_wait_look_again);
	tcase_add_test(calls, test_a_call_without_division_costs_no_quota);
	tcase_add_test(
		calls, test_one_refresh_serves_all_calls_that_wait_for_it);
	tcase_add_test(
		calls, test_a_refresh_that_fails_in_passing_is_started_again);
	tcase_add_test(calls,
		test_a_refresh_that_keeps_failing_leaves_the_call_for_later);
	tcase_add_test(calls,
		test_a_vault_or_app_that_no_further_try_mends_is_not_tried_again);
	tcase_add_test(calls, test_a_token_between_its_ages_is_waited_for);
	tcase_add_test(calls,
		test_a_login_that_needs_a_person_fails_with_its_cause_unsent);
	tcase_add_test(calls,
		test_an_old_token_refused_is_refreshed_and_the_call_goes_again);
	tcase_add_test(calls,
		test_a_young_token_refused_once_goes_again_without_a_refresh);
	tcase_add_test(calls,
		test_a_young_token_refused_twice_ends_this_company_for_now);
	tcase_add_test(calls,
		test_a_token_just_refreshed_and_refused_is_the_end_of_the_login);
	tcase_add_test(calls,
		test_a_token_known_to_be_refused_is_not_sat_out_nor_sent);
	tcase_add_test(
		calls, test_a_token_that_is_hours_away_is_left_for_later);
	tcase_add_test(calls, test_a_third_token_that_expired_ends_the_company);
	tcase_add_test(calls, test_each_kind_of_answer_gets_its_verdict);
	tcase_add_test(calls,
		test_an_outage_that_passes_costs_retries_and_then_the_page_is_there);
	tcase_add_test(calls,
		test_a_next_link_is_sent_as_received_but_never_to_another_host);
	tcase_add_loop_test(calls, test_a_next_link_never_leaves_the_division,
		0, sizeof(elsewhere) / sizeof(elsewhere[0]));
	tcase_add_test(
		calls, test_a_link_of_an_uncounted_call_reaches_no_division);
	tcase_add_test(
		calls, test_calls_still_under_way_are_dropped_with_the_gate);
	tcase_set_timeout(calls, 60);
	suite_add_tcase(suite, calls);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
