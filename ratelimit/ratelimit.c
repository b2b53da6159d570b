/*
 * May a call go now?
 *
 * A spent token is remembered as a call with two times: when it was spent,
 * and when it was over at the latest (its response arrived; or, as long as
 * no response is known, spent + 120 s, after which no exchange lives). The
 * server counted the call somewhere between the two; where, we can't know.
 *
 * Nothing known of the server's windows. The token comes back one window
 * after the call was over:
 *
 *	spent 0.0 s, response 0.4 s   ->  comes back at 60.4 s
 *
 * so at any moment all calls that any window ending now or later may hold
 * are counted, and they are at most `limit`, however long each call was on
 * its way, and whether the windows are fixed, slide, or start with the first
 * call. (A bucket refilled at one a second would send 120 in a minute.)
 *
 * Fixed windows, once there is evidence (observe.c). The server's clock says
 * in which window we are. Near a boundary, by the uncertainty of that clock,
 * it may be either of two: then both must have room. A call counts in every
 * window that it may have been counted in, until its own header names one:
 *
 *	limit 60, window ends at 12:01:00, 58 calls answered, 2 under way
 *	12:00:59.9  60 in the old window                   ->  wait
 *	12:01:00.1  2 may be counted in the new one        ->  58 may go
 *	12:01:00.3  both answered, "counted before 12:01"  ->  60 may go
 *
 * A refusal ends the belief in fixed windows, until the server's own count
 * proves them anew (observe.c); since every call is remembered until a window
 * after it was over, the first rule takes over with nothing lost. Others' use
 * (observe.c) narrows one window. The day is a plain count per UTC day; calls
 * under way at midnight count in both days.
 *
 * Headers only ever lower: no answer lets more go than was configured.
 *
 * To read on: each quota starts as a bucket without bottom, and every rule
 * that applies narrows it. ratelimit_ask() is the emptier of the two buckets;
 * what is left is what may go now, and when nothing is, `until` is the first
 * moment at which asking again can help.
 */
#include "ratelimit/ratelimit.h"

#include <assert.h>
#include <limits.h>

#include "ratelimit/observe.h"
#include "ratelimit/state.h"

struct bucket {
	int left;      /* calls that could go now */
	int64_t until; /* when there are none: ask again at this boot_ms */
	enum ratelimit_reason reason;
};

/* One rule more: it leaves so many; if none, then not before `until`. */
static void narrow(struct bucket *bucket, int left, int64_t until)
{
	if (left < bucket->left)
		bucket->left = left > 0 ? left : 0;
	if (left <= 0 && until > bucket->until)
		bucket->until = until;
}

/* A header's limit counts only when it is the lower one; 0: none was seen. */
static int lowest(int configured, int said)
{
	return said > 0 && said < configured ? said : configured;
}

static int64_t comes_back(const struct ratelimit_call *call)
{
	return call->ticket ? call->over_boot + RATELIMIT_WINDOW_MS : 0;
}

/* There are so many tokens; those not back yet are missing. */
static void narrow_to_tokens(const struct ratelimit_state *state,
	struct bucket *bucket, int tokens, int64_t now)
{
	int64_t first = INT64_MAX;
	for (int i = 0; i < RATELIMIT_CALLS; i++) {
		int64_t back = comes_back(&state->calls[i]);
		tokens -= back > now;
		if (back > now && back < first)
			first = back;
	}
	narrow(bucket, tokens, first);
}

/* The server's window that ends there has room for so many of our calls. */
static void narrow_to_window(const struct ratelimit_state *state,
	struct bucket *bucket, const struct observe_clock *clock, int room,
	int64_t end)
{
	int ours = observe_calls(state, clock, end - RATELIMIT_WINDOW_MS, end);
	narrow(bucket, room - ours, end - clock->low);
}

static struct bucket minute(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	const int64_t window = RATELIMIT_WINDOW_MS;
	const int limit = lowest(limits->minute, state->minute_limit);
	struct bucket bucket = { .left = INT_MAX, .reason = RATELIMIT_MINUTE };
	struct observe_clock clock = observe_clock(state, now);
	int64_t earliest = now.boot_ms + clock.low;
	int64_t latest = now.boot_ms + clock.high;
	int64_t end = earliest - earliest % window + window;

	if (!clock.from_server || state->windows != RATELIMIT_WINDOWS_FIXED) {
		narrow_to_tokens(state, &bucket, limit, now.boot_ms);
	} else {
		/* No more than can be remembered; then each window that it
		 * may be. */
		narrow_to_tokens(state, &bucket, RATELIMIT_CALLS, now.boot_ms);
		for (; end - window <= latest; end += window)
			narrow_to_window(state, &bucket, &clock, limit, end);
	}
	if (clock.from_server && state->room < limit &&
		earliest < state->room_server)
		narrow_to_window(state, &bucket, &clock, state->room,
			state->room_server);
	if (now.boot_ms < state->closed_boot) {
		narrow(&bucket, 0, state->closed_boot);
		bucket.reason = (enum ratelimit_reason)state->closed_reason;
	}
	return bucket;
}

static struct bucket day(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	struct bucket bucket = { .left = INT_MAX, .reason = RATELIMIT_DAY };
	struct observe_day today = observe_day(state, now);
	int limit = lowest(limits->day, state->day_limit);

	narrow(&bucket, limit - today.used, today.ends_boot);
	if (!today.begins && state->day_room >= 0)
		narrow(&bucket, state->day_room - today.used, today.ends_boot);
	if (now.boot_ms < today.closed_boot)
		narrow(&bucket, 0, today.closed_boot);
	return bucket;
}

struct ratelimit_verdict ratelimit_ask(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	struct bucket minutes = minute(state, limits, now);
	struct bucket days = day(state, limits, now);
	const struct bucket *first = days.left == 0 ? &days : &minutes;
	struct ratelimit_verdict verdict = { .go = first->left > 0,
		.minute_left = minutes.left,
		.day_left = days.left };
	if (!verdict.go) {
		verdict.reason = first->reason;
		verdict.until_boot_ms = first->until;
	}
	return verdict;
}

int ratelimit_spend(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	struct ratelimit_call *call = state->calls;
	(void)limits;
	observe_turn(state, now);
	state->day_used++;
	while (comes_back(call) > now.boot_ms) {
		call++;
		assert(call < state->calls + RATELIMIT_CALLS);
	}
	state->last_ticket = state->last_ticket % INT32_MAX + 1;
	*call = (struct ratelimit_call){ .ticket = state->last_ticket,
		.spent_boot = now.boot_ms,
		.over_boot = now.boot_ms + RATELIMIT_TIMEOUT_MS };
	return call->ticket;
}

void ratelimit_answer(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now, int ticket,
	int status, const struct ratelimit_headers *headers)
{
	(void)limits;
	observe_answer(state, now, ticket, status, headers);
	if (status == 429)
		observe_refusal(state, now, headers);
}

void ratelimit_init(struct ratelimit_state *state)
{
	*state = (struct ratelimit_state){ .version = RATELIMIT_STATE_VERSION,
		.day_room = -1 };
}

void ratelimit_new_boot(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	(void)limits;
	observe_new_boot(state, now);
}
