/*
 * A call's way through the gate. Each step may end the turn with a timer;
 * what was learnt before may be stale then, so it always starts over:
 *
 *	        ┌────────────────────────────────────────────┐
 *	        ▼                                            │
 *	 token? ──► quota? ──► spend, save ──► send ──► answer, save ──► verdict
 *	   │          │                         │                          │
 *	   │ wait,    │ minute: wait            │ resend: spend, save,     ├► done
 *	   │ refresh  │ day: FAIL_WAIT          │ or refuse: start over    ├► failed
 *	   │          │ blocked: FAIL_LATER     │                          │
 *	   └──────────┴─────► start over        ▼                          └► start over
 *
 * Nothing goes out before its spend is in the ledger: a ledger that can't be
 * written stops every call, closed. What a call does not know when it ends
 * (no response came) stays spent.
 *
 * Bounds, so that nothing goes round for ever: tries by http/retry.h, three
 * refusals (429), three tokens refused (401; the table mostly ends it
 * sooner), three refreshes. What each answer ends is a table of status,
 * reason and the token's age: gate_verdict.c.
 */
#include "connector/gate.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/when.h"
#include "connector/gate_call.h"
#include "connector/gate_url.h"
#include "connector/gate_verdict.h"
#include "http/retry.h"
#include "ratelimit/state.h"
#include "scopes/explain.h"
#include "store/ledger.h"

#define BODY_MAX     ((size_t)64 * 1024 * 1024)
#define REFUSALS_MAX 3
#define TOKENS_MAX   3
/* So short before the day ends, a call is not worth parking for: clocks that
 * are not quite sure of midnight end here, too. */
#define DAY_WAIT_MAX INT64_C(60000)

/* ---- sending ---------------------------------------------------------- */

/* The send under way is over; without a response it was lost. */
static void call_over(struct call *call, const struct http_response *response)
{
	struct loop *loop = call->gate->options.loop;
	/* Not the turn's time: the answer may be younger than that, and a
	 * token must not come back early. */
	gate_account_give(
		&call->account, clock_now(loop_clock(loop)), response);
}

/* libcurl is about to send. The first time is paid for; another means that a
 * reused connection died without a byte, and the server may have counted. */
static int before_send(void *arg, int send)
{
	struct call *call = arg;
	if (!call->gate)
		return -1;
	struct gate_counts *counts = &call->gate->counts;
	if (send > 1 && !call->uncounted) {
		struct instant now = loop_now(call->gate->options.loop);
		struct gate_permit permit;
		struct error ignored;
		call_over(call, NULL);
		if (gate_account_take(&call->account, now, &permit, &ignored) !=
				0 ||
			!permit.verdict.go)
			return -1;
	}
	counts->calls++;
	counts->uncounted += call->uncounted;
	call->sends++;
	return 0;
}

static void fail_with_verdict(
	struct call *call, struct gate_verdict *verdict, int status)
{
	struct error err;
	char scope[EXPLAIN_SCOPE], missing[EXPLAIN_MAX];
	char answered[32] = "";
	if (status != 0)
		snprintf(answered, sizeof(answered), " (status %d)", status);
	error_set(&err, verdict->fail, "%.120s: %s%s%s%s%s%s%s", call->endpoint,
		verdict->what, answered, verdict->said[0] ? ": \"" : "",
		verdict->said, verdict->said[0] ? "\"" : "",
		verdict->remedy ? "; " : "",
		verdict->remedy ? verdict->remedy : "");
	if (status == 403 && explain_refused(verdict->said, scope)) {
		explain_missing(scope, missing);
		error_set(&err, verdict->fail, "%.120s: %s", call->endpoint,
			missing);
	}
	gate_call_fail_saying(call, &err, status, verdict->said);
}

static void try_again(struct call *call, const struct http_response *response,
	struct gate_verdict *verdict)
{
	struct instant now = loop_now(call->gate->options.loop);
	if (response->outcome == HTTP_REFUSED) {
		/* No quota was left for the resend: the limiter says when. */
		gate_call_wait(call, GATE_FOR_MINUTE, now.boot_ms);
		return;
	}
	call->tries++;
	struct retry_case what = { .outcome = response->outcome,
		.status = response->status,
		.unusable = response->status < 400,
		.tries = call->tries,
		.repeatable = true };
	struct retry_advice advice = retry_advise(&what, call->seed);
	if (!advice.again) {
		fail_with_verdict(call, verdict, response->status);
		return;
	}
	call->gate->counts.retried++;
	gate_call_wait(call, GATE_FOR_RETRY, now.boot_ms + advice.after_ms);
}

static void decide(struct call *call, struct http_response *response)
{
	struct keeper *keeper = call->gate->options.keeper;
	struct gate_counts *counts = &call->gate->counts;
	struct instant at = loop_now(call->gate->options.loop);
	int64_t now = at.boot_ms;
	struct gate_reply reply = { .status = response->status };
	enum keeper_age age = KEEPER_ANY;
	struct error err;
	if (response->outcome == HTTP_DONE && response->status == 401 &&
		keeper_refused(keeper, call->generation, response->sent_boot_ms,
			at, &age, &err) != 0) {
		gate_call_fail(call, &err, 401);
		return;
	}
	struct gate_verdict verdict = gate_verdict(response, age);
	switch (verdict.next) {
	case GATE_DONE:
		counts->latency_ms_sum += response->done_boot_ms -
					  response->sent_boot_ms;
		reply.body = response->body.data;
		reply.body_len = response->body.len;
		reply.server_date_ms = gate_account_date(response);
		gate_call_finish(call, &reply);
		break;
	case GATE_AGAIN:
		try_again(call, response, &verdict);
		break;
	case GATE_TOKEN:
		if (++call->unauthorized >= TOKENS_MAX)
			fail_with_verdict(call, &verdict, response->status);
		else
			gate_call_wait(call, GATE_FOR_RETRY, now);
		break;
	case GATE_LIMITED:
		counts->refused++;
		call->refusals++;
		if (call->refusals >= REFUSALS_MAX)
			fail_with_verdict(call, &verdict, response->status);
		else if (call->uncounted)
			gate_call_wait(call, GATE_FOR_MINUTE, now + 60000);
		else
			gate_call_wait(call, GATE_FOR_MINUTE, now);
		break;
	case GATE_GIVE_UP:
		fail_with_verdict(call, &verdict, response->status);
		break;
	}
}

/* Room may have come back for those who wait for it. */
static void look_again(struct gate *gate)
{
	int64_t now = loop_now(gate->options.loop).boot_ms;
	for (struct call *call = gate->calls; call; call = call->next)
		if (call->phase == PHASE_QUEUED && !call->uncounted &&
			call->waiting == GATE_FOR_MINUTE)
			loop_timer_set(gate->options.loop, &call->timer, now,
				gate->start, call);
}

static void answered(void *arg, struct http_response *response)
{
	struct call *call = arg;
	struct gate *gate = call->gate;
	if (!gate) {
		gate_call_free(call);
		return;
	}
	gate->counts.bytes += (int64_t)response->body.len;
	call_over(call, response);
	bool freed = false;
	bool *outer = gate->freed;
	gate->freed = &freed;
	decide(call, response);
	if (freed) {
		if (outer)
			*outer = true;
		return;
	}
	gate->freed = outer;
	look_again(gate);
}

static void send_call(struct call *call, const char *token)
{
	static const char *const headers[] = { "Accept: application/json",
		NULL };
	struct gate *gate = call->gate;
	struct http_request request = {
		.method = "GET",
		.url = call->url,
		.headers = headers,
		.bearer = token,
		.max_body = call->max_body,
		.timeout_ms = gate->options.timeout_ms,
		.before_send = before_send,
		.arg = call,
	};
	struct error err;
	call->phase = PHASE_SENT;
	int fail = gate->options.transport->send(
		gate->options.transport->ctx, &request, answered, &err);
	if (fail) {
		call_over(call, NULL);
		gate_call_fail(call, &err, 0);
	}
}

/* ---- the way of a call ------------------------------------------------ */

static void fail_for_day(struct call *call, struct instant now, int64_t until)
{
	int64_t wall = now.wall_ms + until - now.boot_ms;
	char text[WHEN_TEXT_MAX];
	struct error err;
	/* Whole seconds, rounded up. */
	wall += 999 - (wall + 999) % 1000;
	when_format_utc(wall, text);
	error_set(&err, FAIL_WAIT,
		"%.120s: the day's calls for this division are used up; they "
		"come back at %s",
		call->endpoint, text);
	call->gate->counts.day_resets_wall_ms = wall;
	gate_call_fail(call, &err, 0);
}

/* One more error could block the app there for everyone. */
static void fail_for_strikes(
	struct call *call, const char *until, int last_status)
{
	struct error err;
	error_set(&err, FAIL_STREAM,
		"%.120s: it was answered with %d errors within an hour (status "
		"%d the last time), and Exact blocks a list at ten; it is not "
		"asked again before %s; mend what they were about first, see "
		"scopes check",
		call->endpoint, RATELIMIT_STRIKES, last_status, until);
	gate_call_fail(call, &err, 0);
}

static void fail_for_block(
	struct call *call, struct instant now, int64_t until, int struck)
{
	char text[WHEN_TEXT_MAX];
	struct error err;
	when_format_utc(now.wall_ms + until - now.boot_ms, text);
	if (struck != 0) {
		fail_for_strikes(call, text, struck);
		return;
	}
	error_set(&err, FAIL_LATER,
		"%.120s: the server refused it twice (status 429) and named no "
		"quota, as it does for an hour after too many errors there; it "
		"is not asked again before %s",
		call->endpoint, text);
	gate_call_fail(call, &err, 429);
}

/* Another user's errors are not this one's: who it is, the keeper knows once
 * there is a token. */
static int name_counted(struct call *call, struct error *err)
{
	const struct login *login = keeper_login(call->gate->options.keeper);
	if (call->counted)
		return 0;
	if (asprintf(&call->counted, "%s %s", login->user_id, call->endpoint) <
		0) {
		call->counted = NULL;
		return error_set(err, FAIL_STOP, "out of memory");
	}
	call->account.endpoint = call->counted;
	return 0;
}

/* True when the call may go, and is paid for; else it waits or failed. */
static bool take_quota(struct call *call, struct instant now)
{
	struct gate_permit permit;
	struct error err;
	int fail = name_counted(call, &err);
	if (!fail)
		fail = gate_account_take(&call->account, now, &permit, &err);
	if (fail) {
		gate_call_fail(call, &err, 0);
		return false;
	}
	if (permit.blocked_until != 0) {
		fail_for_block(call, now, permit.blocked_until, permit.struck);
		return false;
	}
	if (permit.verdict.go)
		return true;
	int64_t until = permit.verdict.until_boot_ms;
	if (permit.verdict.reason != RATELIMIT_DAY)
		gate_call_wait(call, GATE_FOR_MINUTE, until);
	else if (until - now.boot_ms <= DAY_WAIT_MAX)
		gate_call_wait(call, GATE_FOR_DAY, until);
	else
		fail_for_day(call, now, until);
	return false;
}

static void call_start(struct loop *loop, void *arg)
{
	struct call *call = arg;
	struct instant now = loop_now(loop);
	struct keeper_answer answer;
	if (!gate_token_take(call, now, &answer))
		return;
	if (!call->uncounted && !take_quota(call, now))
		return;
	gate_call_goes_on(call);
	send_call(call, answer.token);
}

static int open_ledger(struct gate *gate, const struct gate_options *options,
	struct error *err)
{
	char host[256];
	int fail = http_url_place(options->base_url, host, err);
	if (fail)
		return fail;
	return ledger_open(&gate->ledger, options->ledgers, host,
		options->client_id, options->division,
		loop_clock(options->loop), err);
}

int gate_new(struct gate **ret, const struct gate_options *options,
	struct error *err)
{
	assert(options->limits.minute >= 1 &&
		options->limits.minute <= RATELIMIT_MINUTE_MAX &&
		options->limits.day >= 1);
	struct gate *gate = calloc(1, sizeof(*gate));
	if (!gate)
		return error_set(err, FAIL_STOP, "out of memory");
	gate->options = *options;
	if (gate->options.timeout_ms <= 0 || gate->options.timeout_ms > 120000)
		gate->options.timeout_ms = 120000;
	/* Borrowed by the caller for this call alone. */
	gate->options.ledgers = gate->options.client_id = NULL;
	gate->base_url = strdup(options->base_url);
	gate->options.base_url = gate->base_url;
	gate->start = call_start;
	int fail = 0;
	if (!gate->base_url)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (!fail)
		fail = crypto_random(&gate->seed, sizeof(gate->seed), err);
	if (!fail && options->division != 0)
		fail = open_ledger(gate, options, err);
	if (fail) {
		gate_free(gate);
		return fail;
	}
	*ret = gate;
	return 0;
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	const struct http_transport *transport = gate->options.transport;
	while (gate->calls) {
		struct call *call = gate->calls;
		gate->calls = call->next;
		loop_timer_cancel(gate->options.loop, &call->timer);
		call->gate = NULL;
		if (call->phase != PHASE_SENT)
			gate_call_free(call);
		else if (transport->cancel) {
			transport->cancel(transport->ctx, call);
			gate_call_free(call);
		}
		/* else answered() frees it */
	}
	if (gate->freed)
		*gate->freed = true;
	ledger_free(gate->ledger);
	free(gate->base_url);
	free(gate);
}

int gate_submit(struct gate *gate, const struct gate_call *what, gate_done done,
	void *arg, struct error *err)
{
	assert(what->uncounted || gate->ledger);
	assert(!what->query != !what->link);
	struct call *call = calloc(1, sizeof(*call));
	if (!call)
		return error_set(err, FAIL_STOP, "out of memory");
	int fail = 0;
	call->gate = gate;
	call->uncounted = what->uncounted;
	call->max_body = what->max_body ? what->max_body : BODY_MAX;
	call->done = done;
	call->arg = arg;
	call->seed = ++gate->seed;
	call->endpoint = strdup(what->endpoint);
	if (!call->endpoint)
		fail = error_set(err, FAIL_STOP, "out of memory");
	call->account = (struct gate_account){ .ledger = gate->ledger,
		.limits = &gate->options.limits,
		.counts = &gate->counts,
		.endpoint = call->endpoint };
	if (!fail)
		fail = gate_url_make(gate->base_url, gate->options.division,
			what, &call->url, err);
	if (fail) {
		if (call->endpoint)
			error_prefix(err, "%.120s", call->endpoint);
		gate_call_free(call);
		return fail;
	}
	/* In the order they came. */
	struct call **last = &gate->calls;
	while (*last)
		last = &(*last)->next;
	*last = call;
	call->phase = PHASE_QUEUED;
	loop_timer_set(gate->options.loop, &call->timer,
		loop_now(gate->options.loop).boot_ms, call_start, call);
	return 0;
}

/* ---- one call at a time ----------------------------------------------- */

struct perform {
	struct gate_reply *reply;
	struct buf *body;
	bool done;
};

static void perform_done(void *arg, const struct gate_reply *reply)
{
	struct perform *perform = arg;
	*perform->reply = *reply;
	if (reply->fail == 0)
		buf_append(perform->body, reply->body, reply->body_len);
	perform->done = true;
}

int gate_perform(struct gate *gate, const struct gate_call *what,
	struct gate_reply *ret, struct buf *ret_body, struct error *err)
{
	struct gate_reply reply = { 0 };
	struct perform perform = { .reply = &reply, .body = ret_body };
	int fail = gate_submit(gate, what, perform_done, &perform, err);
	if (fail)
		return fail;
	fail = loop_run_until(gate->options.loop, &perform.done);
	if (fail) {
		for (struct call *call = gate->calls; call; call = call->next)
			if (call->arg == &perform)
				call->done = NULL;
		return error_set(err, fail, "%.120s: stopped by a signal",
			what->endpoint);
	}
	if (reply.fail == 0 && buf_failed(ret_body)) {
		reply.fail = error_set(&reply.err, FAIL_STREAM,
			"%.120s: the answer doesn't fit into memory",
			what->endpoint);
	}
	reply.body = reply.fail == 0 ? ret_body->data : NULL;
	reply.body_len = reply.fail == 0 ? ret_body->len : 0;
	if (reply.fail && err)
		*err = reply.err;
	*ret = reply;
	return reply.fail;
}

const struct gate_counts *gate_counts(const struct gate *gate)
{
	return &gate->counts;
}

int64_t gate_division(const struct gate *gate)
{
	return gate->options.division;
}

struct ledger *gate_ledger(struct gate *gate)
{
	return gate->ledger;
}
