/*
 * The two ways a call leaves the turn: it waits, and the gate starts it over
 * when the time has come, or it ends, and is gone.
 */
#include "connector/gate_call.h"

#include <stdio.h>
#include <stdlib.h>

void gate_call_free(struct call *call)
{
	free(call->endpoint);
	free(call->counted);
	free(call->url);
	free(call);
}

void gate_call_report(struct call *call, enum gate_reason reason, int64_t until)
{
	struct gate *gate = call->gate;
	int64_t now = loop_now(gate->options.loop).boot_ms;
	if (reason == call->waiting && until == call->waiting_until)
		return;
	if (call->waiting != GATE_GOES)
		gate->counts.waited_ms += now - call->waiting_since;
	call->waiting = reason;
	call->waiting_since = now;
	call->waiting_until = until;
	if (gate->options.waiting)
		gate->options.waiting(
			gate->options.arg, call->endpoint, reason, until);
}

void gate_call_goes_on(struct call *call)
{
	gate_call_report(call, GATE_GOES, 0);
}

void gate_call_wait(struct call *call, enum gate_reason reason, int64_t until)
{
	call->phase = PHASE_QUEUED;
	loop_timer_set(call->gate->options.loop, &call->timer, until,
		call->gate->start, call);
	gate_call_report(call, reason, until);
}

/* ---- the end of a call ------------------------------------------------ */

static void call_unlink(struct call *call)
{
	struct call **at = &call->gate->calls;
	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
}

/* The last thing that is done with a call. */
void gate_call_finish(struct call *call, struct gate_reply *reply)
{
	gate_call_goes_on(call);
	call_unlink(call);
	call->phase = PHASE_THROUGH;
	reply->calls = call->sends;
	if (call->done)
		call->done(call->arg, reply);
	gate_call_free(call);
}

void gate_call_fail_saying(struct call *call, const struct error *err,
	int status, const char *said)
{
	struct gate_reply reply = { .fail = err->fail,
		.err = *err,
		.status = status,
		.server_date_ms = -1 };
	snprintf(reply.said, sizeof(reply.said), "%s", said);
	gate_call_finish(call, &reply);
}

void gate_call_fail(struct call *call, const struct error *err, int status)
{
	gate_call_fail_saying(call, err, status, "");
}
