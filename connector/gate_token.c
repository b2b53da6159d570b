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
#include "base/when.h"
#include "connector/gate_call.h"

#define REFRESHES_MAX 3
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
		gate_wait_until(call, GATE_FOR_TOKEN,
			fail && fail != FAIL_SIGN_IN && !call->refresh_fail
				? now + REFRESH_PAUSE
				: now);
	}
}

static void refresh_for(struct call *call)
{
	struct gate *gate = call->gate;
	struct error err;
	call->refreshes++;
	if (call->refreshes > REFRESHES_MAX) {
		const char *why = keeper_login(gate->options.keeper)->failure;

		error_set(&err, FAIL_LATER,
			"%.120s: the login's token could not be refreshed in "
			"%d tries%s%s; try again later",
			call->endpoint, REFRESHES_MAX,
			why[0] == '\0' ? "" : ": ", why);
		gate_fail_with(call, &err, 0);
		return;
	}
	call->phase = PHASE_REFRESH;
	gate_tell_waiting(call, GATE_FOR_TOKEN, CLOCK_NEVER);
	if (gate->refreshing)
		return;
	gate->refreshing = true;
	int fail = gate->options.refresh(
		gate->options.arg, refreshed, gate, &err);
	if (fail) {
		gate->refreshing = false;
		gate_fail_with(call, &err, 0);
	}
}

/* The keeper says wait: for a token's age; not for an outage, nor while the
 * API refuses the token. */
static void wait_for_token(struct call *call, struct instant now,
	const struct keeper_answer *answer)
{
	struct error err;
	char until[WHEN_TEXT_MAX];
	int64_t away = answer->until_boot_ms - now.boot_ms;
	if (answer->refused) {
		error_set(&err, FAIL_COMPANY,
			"%.120s: Exact Online refuses the token of this login: "
			"%s; check that its user is still active and may open "
			"this division",
			call->endpoint, answer->cause);
		gate_fail_with(call, &err, 401);
	} else if (away > TOKEN_WAIT_MAX) {
		when_format_utc(now.wall_ms + away, until);
		error_set(&err, FAIL_LATER,
			"%.120s: there is no token before %s: %s",
			call->endpoint, until, answer->cause);
		gate_fail_with(call, &err, 0);
	} else {
		gate_wait_until(call, GATE_FOR_TOKEN, answer->until_boot_ms);
	}
}

bool gate_token_take(
	struct call *call, struct instant now, struct keeper_answer *ret)
{
	struct error err;
	if (call->refresh_fail) {
		error_set(&err, call->refresh_fail,
			"%.120s: the login's token could not be refreshed: "
			"%s; what is wrong stands above",
			call->endpoint,
			call->refresh_fail == FAIL_STORE
				? "its vault can't be written"
				: "the configuration is wrong");
		gate_fail_with(call, &err, 0);
		return false;
	}
	int fail = keeper_ask(call->gate->options.keeper, now, ret, &err);
	if (fail) {
		gate_fail_with(call, &err, 0);
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
	error_set(&err, FAIL_SIGN_IN, "%.120s: a person must sign in again: %s",
		call->endpoint, ret->cause);
	gate_fail_with(call, &err, 0);
	return false;
}
