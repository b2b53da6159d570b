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
 * A refusal ends the belief in fixed windows for good; since every call is
 * remembered until a window after it was over, the first rule takes over
 * with nothing lost. Others' use (observe.c) narrows one window. The day is
 * a plain count per UTC day; calls under way at midnight count in both days.
 *
 * Headers only ever lower: no answer lets more go than was configured.
 */
#include "ratelimit/ratelimit.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "ratelimit/observe.h"
#include "ratelimit/state.h"

struct bucket {
	int left;      /* calls that could go now */
	int64_t until; /* when there are none: ask again at this boot_ms */
	enum ratelimit_reason reason;
};

static void narrow(struct bucket *bucket, int left, int64_t until)
{
	if (left < bucket->left)
		bucket->left = left > 0 ? left : 0;
	if (left <= 0 && until > bucket->until)
		bucket->until = until;
}

static int lowest(int configured, int said)
{
	return said > 0 && said < configured ? said : configured;
}

static int64_t comes_back(const struct ratelimit_call *call)
{
	return call->ticket ? call->over_boot + RATELIMIT_WINDOW_MS : 0;
}

/* Tokens not yet back, of so many there are. */
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

/* One of the server's windows, of so many calls. */
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
	struct bucket bucket = { .left = INT_MAX, .reason = RATELIMIT_MINUTE };
	struct observe_clock clock = observe_clock(state, now);
	int limit = lowest(limits->minute, state->minute_limit);
	int64_t earliest = now.boot_ms + clock.low;
	int64_t latest = now.boot_ms + clock.high;
	if (state->windows == RATELIMIT_WINDOWS_FIXED && clock.from_server) {
		int64_t end = earliest - earliest % window + window;
		for (; end - window <= latest; end += window)
			narrow_to_window(state, &bucket, &clock, limit, end);
		limit = RATELIMIT_CALLS;
	}
	narrow_to_tokens(state, &bucket, limit, now.boot_ms);
	if (clock.from_server && earliest < state->room_server &&
		state->room < lowest(limits->minute, state->minute_limit))
		narrow_to_window(state, &bucket, &clock, state->room,
			state->room_server);
	if (now.boot_ms < state->closed_boot) {
		narrow(&bucket, 0, state->closed_boot);
		bucket.reason = (enum ratelimit_reason)state->closed_reason;
	}
	return bucket;
}

struct day {
	int64_t number;
	int64_t end_server;
	int used;
	bool begins; /* nothing was spent in it yet */
	struct bucket bucket;
};

static struct day today(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	struct observe_clock clock = observe_clock(state, now);
	int64_t server = now.boot_ms + clock.low;
	struct day day = { .number = server / RATELIMIT_DAY_MS,
		.used = state->day_used,
		.bucket = { .left = INT_MAX, .reason = RATELIMIT_DAY } };
	int64_t starts = day.number * RATELIMIT_DAY_MS;
	day.end_server = starts + RATELIMIT_DAY_MS;
	/* A clock put back to an earlier day doesn't give back its count. */
	day.begins = day.number > state->day;
	if (day.begins)
		day.used = observe_calls(state, &clock, starts, day.end_server);
	int64_t end_boot = day.end_server - clock.low;
	narrow(&day.bucket, lowest(limits->day, state->day_limit) - day.used,
		end_boot);
	if (day.begins)
		return day;
	if (state->day_room >= 0)
		narrow(&day.bucket, state->day_room - day.used, end_boot);
	if (server < state->day_closed_server)
		narrow(&day.bucket, 0,
			state->day_closed_server < day.end_server
				? state->day_closed_server - clock.low
				: end_boot);
	return day;
}

struct ratelimit_verdict ratelimit_ask(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	struct bucket minutes = minute(state, limits, now);
	struct bucket days = today(state, limits, now).bucket;
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
	if (state->clock == RATELIMIT_CLOCK_NONE) {
		/* From here on no jump of the wall clock matters. */
		state->clock = RATELIMIT_CLOCK_WALL;
		state->offset_low = now.wall_ms - now.boot_ms;
		state->offset_high = state->offset_low;
	}
	struct day day = today(state, limits, now);
	if (day.begins) {
		state->day_room = -1;
		state->day_closed_server = 0;
	}
	state->day = day.number;
	state->day_used = day.used + 1;

	struct ratelimit_call *call = state->calls;
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

static void refused(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now,
	const struct ratelimit_headers *headers)
{
	struct observe_clock clock = observe_clock(state, now);
	bool minute_named = headers->minute_reset_ms >= 0 ||
			    headers->minute_remaining >= 0 ||
			    headers->minute_limit >= 0;
	bool day_named = headers->day_reset_ms >= 0 ||
			 headers->day_remaining >= 0 || headers->day_limit >= 0;
	if (day_named && (!minute_named || headers->day_remaining == 0)) {
		struct day day = today(state, limits, now);
		state->day_closed_server = day.end_server;
		if (observe_reset(&clock, now, headers->day_reset_ms,
			    day.end_server - now.boot_ms - clock.high))
			state->day_closed_server = headers->day_reset_ms;
		return;
	}
	state->windows = RATELIMIT_WINDOWS_REVOKED;
	state->closed_reason = RATELIMIT_REFUSED;
	state->closed_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	if (clock.from_server &&
		observe_reset(&clock, now, headers->minute_reset_ms,
			RATELIMIT_WINDOW_MS))
		state->closed_boot = headers->minute_reset_ms - clock.low;
}

void ratelimit_answer(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now, int ticket,
	int status, const struct ratelimit_headers *headers)
{
	struct ratelimit_call *call = NULL;
	for (int i = 0; i < RATELIMIT_CALLS && !call; i++)
		if (ticket != 0 && state->calls[i].ticket == ticket)
			call = &state->calls[i];
	if (call)
		call->over_boot = now.boot_ms;
	if (call && status != 0)
		observe_answer(state, call, now, headers);
	if (status == 429)
		refused(state, limits, now, headers);
}

void ratelimit_init(struct ratelimit_state *state)
{
	memset(state, 0, sizeof(*state));
	state->version = RATELIMIT_STATE_VERSION;
	state->day_room = -1;
}

void ratelimit_new_boot(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	(void)limits;
	memset(state->calls, 0, sizeof(state->calls));
	state->clock = RATELIMIT_CLOCK_NONE;
	state->doubt = 0;
	state->room_server = 0;
	state->closed_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	state->closed_reason = RATELIMIT_MINUTE;
}
