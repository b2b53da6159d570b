/*
 * The token of a call. The keeper says one of four things:
 *
 *	here it is          the call goes on
 *	wait until T        it is between its two ages: until then; but an
 *	                    outage hours long is not sat out, nor a token that
 *	                    the API refuses
 *	refresh             one refresh for all calls that wait for it; the
 *	                    first of them starts it
 *	a person must sign in
 */
#include <stdio.h>

#include "base/when.h"
#include "connector/gate_call.h"
#include "connector/gate_verdict.h"

#define REFRESHES_MAX 3 /* gate_verdict.c says so in words */
#define REFRESH_PAUSE 2000
/* A token that is further away than any token's life is an outage. */
#define TOKEN_WAIT_MAX INT64_C(900000)

static void refreshed(void *arg, int fail)
{
	struct gate *gate = arg;
	int64_t now = loop_now(gate->options.loop).boot_ms;
	gate->refreshing = false;
	/* Whatever became of it, the keeper has the word; but for a disk or a
	 * configuration that no further try will mend. */
	for (struct call *call = gate->calls; call; call = call->next) {
		if (call->phase != PHASE_REFRESH)
			continue;
		if (fail == FAIL_STORE || fail == FAIL_CONFIG)
			call->refresh_fail = fail;
		gate_call_wait(call, GATE_FOR_TOKEN,
			fail && fail != FAIL_SIGN_IN && !call->refresh_fail
				? now + REFRESH_PAUSE
				: now);
	}
}

/* What is known of the login ends the call; `cause` is the keeper's word. */
static void fail_unsent(struct call *call, enum gate_login login,
	const char *when, const char *cause)
{
	struct gate_verdict verdict = gate_verdict_unsent(login);
	struct error err;
	error_set(&err, verdict.fail, "%.120s: %s%s%s%s%s%s", call->endpoint,
		verdict.what, when, cause[0] ? ": " : "", cause,
		verdict.remedy ? "; " : "",
		verdict.remedy ? verdict.remedy : "");
	gate_call_fail(call, &err, login == GATE_LOGIN_REFUSED ? 401 : 0);
}

static void refresh_for(struct call *call)
{
	struct gate *gate = call->gate;
	struct error err;
	call->refreshes++;
	if (call->refreshes > REFRESHES_MAX) {
		fail_unsent(call, GATE_LOGIN_STUCK, "",
			keeper_login(gate->options.keeper)->failure);
		return;
	}
	call->phase = PHASE_REFRESH;
	gate_call_report(call, GATE_FOR_TOKEN, CLOCK_NEVER);
	if (gate->refreshing)
		return;
	gate->refreshing = true;
	int fail = gate->options.refresh(
		gate->options.arg, refreshed, gate, &err);
	if (fail) {
		gate->refreshing = false;
		gate_call_fail(call, &err, 0);
	}
}

/* The keeper says wait: for a token's age; not for an outage, nor while the
 * API refuses the token. */
static void wait_for_token(struct call *call, struct instant now,
	const struct keeper_answer *answer)
{
	char until[WHEN_TEXT_MAX], when[WHEN_TEXT_MAX + 16];
	int64_t away = answer->until_boot_ms - now.boot_ms;
	if (answer->refused) {
		fail_unsent(call, GATE_LOGIN_REFUSED, "", answer->cause);
	} else if (away > TOKEN_WAIT_MAX) {
		when_format_utc(now.wall_ms + away, until);
		snprintf(when, sizeof(when), " before %s", until);
		fail_unsent(call, GATE_LOGIN_FAR, when, answer->cause);
	} else {
		gate_call_wait(call, GATE_FOR_TOKEN, answer->until_boot_ms);
	}
}

bool gate_token_take(
	struct call *call, struct instant now, struct keeper_answer *ret)
{
	struct error err;
	if (call->refresh_fail) {
		fail_unsent(call,
			call->refresh_fail == FAIL_STORE ? GATE_LOGIN_UNSAVED
							 : GATE_LOGIN_UNSET,
			"", "");
		return false;
	}
	int fail = keeper_ask(call->gate->options.keeper, now, ret, &err);
	if (fail) {
		gate_call_fail(call, &err, 0);
		return false;
	}
	switch (ret->say) {
	case KEEPER_TOKEN:
		call->generation = ret->generation;
		return true;
	case KEEPER_WAIT:
		wait_for_token(call, now, ret);
		return false;
	case KEEPER_REFRESH:
		refresh_for(call);
		return false;
	case KEEPER_SIGN_IN:
		break;
	}
	fail_unsent(call, GATE_LOGIN_ENDED, "", ret->cause);
	return false;
}
