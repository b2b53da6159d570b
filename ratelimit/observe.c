/*
 * The server's clock. A Date header D says that the server's time was in
 * [D, D + 1000) at some moment between our sending and our receiving:
 *
 *	sent at 5000, received at 5200, Date 12:00:07
 *	server - boot  is more than  12:00:07 - 5200
 *	               and less than 12:00:08 - 5000
 *
 * Each answer gives such an interval, and all hold at once: their
 * intersection narrows to about the network's latency. The interval widens by
 * half a millisecond a second, since clocks drift. A Date that contradicts the
 * interval (the first Date: one that is a quarter of an hour from our wall
 * clock) is doubted, and nothing relies on the clock until a second Date
 * agrees with the doubted one.
 *
 * Fixed windows. A server whose windows slide, or start with our first call,
 * names a reset no earlier than the oldest call it counts plus a window. A
 * reset on a whole minute that is surely earlier than our oldest call plus a
 * window names fixed windows. But a header may claim what the count does not
 * do, so the count itself has to show them. Of 60, 40 calls of ours were
 * counted from 12:00:30 to 12:00:50:
 *
 *	12:01:05  remaining 19   a sliding count: it holds 40 and this call
 *	12:01:05  remaining 59   the count began anew at 12:01
 *
 * A refusal, or a reset that is not on a whole minute, revokes the trust in
 * headers: after that only the count is evidence.
 *
 * Others' use is limit - remaining - ours, where ours are the calls of ours
 * that the server counted; so remaining + ours is what others leave us. With
 * fixed windows, ours are the calls of this window:
 *
 *	12:01:05  remaining 39 after 1 call in this window
 *	          ->  others took 20: this window has room for 40 of ours
 *
 * Where windows may slide, ours are at most the tokens that were out when the
 * call was spent and those spent since:
 *
 *	12:01:05  remaining 0, 60 tokens out   ->  others took none
 *	12:01:05  remaining 0, 50 tokens out   ->  others took 10 at least:
 *	          nothing goes for a minute, even when tokens come back
 */
#include "ratelimit/observe.h"

#define DRIFT_MAX_MS  (RATELIMIT_WINDOW_MS / 2)
#define WALL_SLACK_MS (15 * RATELIMIT_WINDOW_MS)

struct observe_clock observe_clock(
	const struct ratelimit_state *state, struct instant now)
{
	struct observe_clock clock = { .low = now.wall_ms - now.boot_ms };
	clock.high = clock.low;
	if (state->clock == RATELIMIT_CLOCK_NONE)
		return clock;
	int64_t drift = 0;
	if (state->clock == RATELIMIT_CLOCK_DATE)
		drift = (now.boot_ms - state->offset_boot) / 2000;
	if (drift > DRIFT_MAX_MS)
		drift = DRIFT_MAX_MS;
	clock.low = state->offset_low - drift;
	clock.high = state->offset_high + drift;
	clock.from_server = state->clock == RATELIMIT_CLOCK_DATE &&
			    !state->doubt;
	return clock;
}

int64_t observe_over(const struct ratelimit_call *call)
{
	return call->spent_boot + call->took_ms;
}

bool observe_under_way(const struct ratelimit_state *state, int64_t now_boot)
{
	for (int i = 0; i < state->call_count; i++)
		if (state->calls[i].fate == RATELIMIT_UNDER_WAY &&
			observe_over(&state->calls[i]) > now_boot)
			return true;
	return false;
}

static bool counted_within(const struct ratelimit_call *call,
	const struct observe_clock *clock, int64_t from, int64_t to)
{
	int64_t end = call->end_minute * RATELIMIT_WINDOW_MS;
	if (end != 0)
		return end > from && end <= to;
	return call->spent_boot + clock->low < to &&
	       observe_over(call) + clock->high >= from;
}

int observe_calls(const struct ratelimit_state *state,
	const struct observe_clock *clock, int64_t from_server,
	int64_t to_server)
{
	int count = 0;
	for (int i = 0; i < state->call_count; i++)
		count += counted_within(
			&state->calls[i], clock, from_server, to_server);
	return count;
}

/* Can this reset header be true? It is ahead, by one period at most. */
static bool reset_is_ahead(const struct observe_clock *clock,
	struct instant now, int64_t reset_server, int64_t period_ms)
{
	return reset_server > now.boot_ms + clock->low &&
	       reset_server <= now.boot_ms + clock->high + period_ms;
}

static void learn_clock(struct ratelimit_state *state,
	const struct ratelimit_call *call, struct instant now, int64_t date)
{
	struct observe_clock known = observe_clock(state, now);
	/* Times are cut to milliseconds: the answer came before now + 1. */
	int64_t low = date - now.boot_ms - 1;
	int64_t high = date + 1000 - call->spent_boot;
	bool first = state->clock != RATELIMIT_CLOCK_DATE;
	int64_t slack = first ? WALL_SLACK_MS : 0;
	bool doubted = low > known.high + slack || high < known.low - slack;
	bool same_day = !observe_day(state, now).begins;
	if (doubted) {
		if (!state->doubt || low > state->doubt_high ||
			high < state->doubt_low) {
			state->doubt = 1;
			state->doubt_low = low;
			state->doubt_high = high;
			return;
		}
		known.low = state->doubt_low;
		known.high = state->doubt_high;
		if (state->windows != RATELIMIT_WINDOWS_REVOKED)
			state->windows = RATELIMIT_WINDOWS_UNKNOWN;
		for (int i = 0; i < state->call_count; i++)
			state->calls[i].end_minute = 0;
		state->window_room_server = 0;
	} else if (first) {
		known.low = low;
		known.high = high;
	}
	state->clock = RATELIMIT_CLOCK_DATE;
	state->doubt = 0;
	state->offset_low = low > known.low ? low : known.low;
	state->offset_high = high < known.high ? high : known.high;
	state->offset_boot = now.boot_ms;
	/* Calls that were counted under a wrong clock stay counted. */
	if ((first || doubted) && same_day)
		state->day = observe_day(state, now).number;
}

/* Is more left than if the server still counted the last 60 seconds? */
static bool count_began_anew(const struct ratelimit_state *state,
	const struct ratelimit_call *call, struct instant now,
	const struct ratelimit_headers *headers)
{
	int64_t limit = headers->minute_limit;
	int64_t left = headers->minute_remaining;
	int held = 0;
	/* The calls, this one too, that were surely counted by now, and less
	 * than a window ago. */
	for (int i = 0; i < state->call_count; i++) {
		const struct ratelimit_call *other = &state->calls[i];
		if (other->fate != RATELIMIT_COUNTED ||
			other->spent_boot <= now.boot_ms - RATELIMIT_WINDOW_MS)
			continue;
		held += other == call ||
			observe_over(other) <= call->spent_boot;
	}
	return left >= 0 && left < limit && left + held > limit;
}

/* Is this reset surely earlier than our oldest call plus a window? */
static bool reset_precedes(const struct ratelimit_state *state,
	const struct observe_clock *clock, const struct ratelimit_call *call,
	struct instant now, int64_t reset)
{
	int64_t oldest = call->spent_boot;
	for (int i = 0; i < state->call_count; i++) {
		const struct ratelimit_call *other = &state->calls[i];
		if (other->spent_boot < oldest &&
			observe_over(other) + RATELIMIT_WINDOW_MS > now.boot_ms)
			oldest = other->spent_boot;
	}
	return reset - clock->low < oldest + RATELIMIT_WINDOW_MS;
}

/* The call's own header names the window it was counted in. */
static void learn_window(struct ratelimit_state *state,
	const struct observe_clock *clock, struct ratelimit_call *call,
	struct instant now, const struct ratelimit_headers *headers)
{
	int64_t reset = headers->minute_reset_ms;
	if (!counted_within(call, clock, reset - RATELIMIT_WINDOW_MS, reset))
		return;
	call->end_minute = (int32_t)(reset / RATELIMIT_WINDOW_MS);
	if (count_began_anew(state, call, now, headers))
		state->windows = RATELIMIT_WINDOWS_FIXED;
	else if (state->windows == RATELIMIT_WINDOWS_UNKNOWN &&
		 reset_precedes(state, clock, call, now, reset))
		state->windows = RATELIMIT_WINDOWS_NAMED;
}

/* So many of our calls fit into the window that ends at this reset. */
static void learn_window_room(struct ratelimit_state *state,
	const struct observe_clock *clock, struct instant now,
	int32_t remaining, int64_t reset)
{
	if (reset < state->window_room_server ||
		!reset_is_ahead(clock, now, reset, RATELIMIT_WINDOW_MS))
		return;
	int32_t room = remaining + observe_calls(state, clock,
					   reset - RATELIMIT_WINDOW_MS, reset);
	if (reset > state->window_room_server || room < state->window_room)
		state->window_room = room;
	state->window_room_server = reset;
}

int observe_spent_after(const struct ratelimit_state *state, int ticket)
{
	int after = state->last_ticket - ticket;
	return after < 0 ? after + INT32_MAX : after; /* after the highest
							 ticket comes 1 */
}

/* Where windows may slide: others' use that was counted now counts for a
 * window; if headers are trusted, until the reset that they name. Of several
 * answers the one to the newest call knows best, and the lowest is safest. */
static void learn_others(struct ratelimit_state *state,
	const struct observe_clock *clock, const struct ratelimit_call *call,
	struct instant now, int32_t remaining, int64_t reset)
{
	int after = observe_spent_after(state, call->ticket);
	int64_t room = (int64_t)remaining + call->out + after;
	if (now.boot_ms < state->others_boot && room > state->others_room &&
		after > observe_spent_after(state, state->others_ticket))
		return;
	state->others_room = room > INT32_MAX ? INT32_MAX : (int32_t)room;
	state->others_left = remaining;
	state->others_ticket = call->ticket;
	state->others_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	if (state->windows != RATELIMIT_WINDOWS_REVOKED && clock->from_server &&
		reset_is_ahead(clock, now, reset, RATELIMIT_WINDOW_MS))
		state->others_boot = reset - clock->low;
}

static void learn_minute(struct ratelimit_state *state,
	const struct observe_clock *clock, struct ratelimit_call *call,
	struct instant now, const struct ratelimit_headers *headers)
{
	if (headers->minute_limit >= 1)
		state->minute_limit = headers->minute_limit > INT32_MAX
					      ? INT32_MAX
					      : (int32_t)headers->minute_limit;
	int64_t reset = headers->minute_reset_ms;
	bool whole_minute = reset > 0 && reset % RATELIMIT_WINDOW_MS == 0;
	if (reset > 0 && !whole_minute)
		state->windows = RATELIMIT_WINDOWS_REVOKED;
	if (whole_minute && clock->from_server)
		learn_window(state, clock, call, now, headers);
	if (headers->minute_remaining < 0 ||
		headers->minute_remaining > INT32_MAX / 2)
		return;
	int32_t remaining = (int32_t)headers->minute_remaining;
	learn_others(state, clock, call, now, remaining, reset);
	if (whole_minute && clock->from_server)
		learn_window_room(state, clock, now, remaining, reset);
}

static void learn_day(struct ratelimit_state *state,
	const struct observe_clock *clock, const struct ratelimit_call *call,
	struct instant now, const struct ratelimit_headers *headers)
{
	if (headers->day_limit >= 1)
		state->day_limit = headers->day_limit > INT32_MAX
					   ? INT32_MAX
					   : (int32_t)headers->day_limit;
	/* An answer from before midnight is about the day before. */
	int64_t starts = state->day * RATELIMIT_DAY_MS;
	bool same_day = call->spent_boot + clock->low >= starts &&
			now.boot_ms + clock->high < starts + RATELIMIT_DAY_MS;
	if (headers->day_reset_ms > 0)
		same_day = same_day &&
			   reset_is_ahead(clock, now, headers->day_reset_ms,
				   RATELIMIT_DAY_MS);
	if (same_day && headers->day_remaining >= 0 &&
		headers->day_remaining <= INT32_MAX / 2)
		state->day_room = (int32_t)headers->day_remaining +
				  state->day_used;
}

void observe_answer(struct ratelimit_state *state, struct instant now,
	int ticket, int status, const struct ratelimit_headers *headers)
{
	struct ratelimit_call *call = state->calls;
	const struct ratelimit_call *end = call + state->call_count;
	while (call < end && call->ticket != ticket)
		call++;
	if (call == end) /* so late that the call is forgotten */
		return;
	int64_t took = now.boot_ms - call->spent_boot;
	call->took_ms = took > INT32_MAX ? INT32_MAX : (int32_t)took;
	call->fate = status == 200 ? RATELIMIT_COUNTED : RATELIMIT_OVER;
	if (status == 0)
		return;
	if (headers->date_ms > 0)
		learn_clock(state, call, now, headers->date_ms);
	struct observe_clock clock = observe_clock(state, now);
	learn_minute(state, &clock, call, now, headers);
	learn_day(state, &clock, call, now, headers);
}

/*
 * The server's clock says which day it is. Until that clock is learnt, our
 * wall clock says so, as it was at the first spend, so that a later jump of it
 * changes nothing. A day earlier than the one that was counted (the wall clock
 * was put back and the machine started again) takes over its count.
 */
struct observe_day observe_day(
	const struct ratelimit_state *state, struct instant now)
{
	struct observe_clock clock = observe_clock(state, now);
	struct observe_day day = { .used = state->day_used };
	day.number = (now.boot_ms + clock.low) / RATELIMIT_DAY_MS;
	day.begins = day.number > state->day;
	int64_t starts = day.number * RATELIMIT_DAY_MS;
	int64_t ends = starts + RATELIMIT_DAY_MS;
	/* If the clocks drift apart until then, the caller waits again. */
	day.ends_boot = ends - clock.low;
	if (day.begins) { /* a call under way at midnight counts in both */
		day.used = observe_calls(state, &clock, starts, ends);
		if (starts - clock.high < state->late_boot)
			day.used += state->late_calls;
	} else if (state->day_closed_server >= ends) {
		day.closed_boot = day.ends_boot;
	} else if (state->day_closed_server > 0) {
		day.closed_boot = state->day_closed_server - clock.low;
	}
	return day;
}

void observe_begin_day(struct ratelimit_state *state, struct instant now)
{
	struct observe_day day = observe_day(state, now);
	if (state->clock == RATELIMIT_CLOCK_NONE) {
		state->clock = RATELIMIT_CLOCK_WALL;
		state->offset_low = now.wall_ms - now.boot_ms;
		state->offset_high = state->offset_low;
	}
	if (day.begins) {
		state->day_room = -1;
		state->day_closed_server = 0;
		state->day_used = day.used;
	}
	state->day = day.number;
}

void observe_refusal(struct ratelimit_state *state, struct instant now,
	const struct ratelimit_headers *headers)
{
	struct observe_clock clock = observe_clock(state, now);
	int64_t reset = headers->minute_reset_ms;
	bool minute_named = reset >= 0 || headers->minute_remaining >= 0 ||
			    headers->minute_limit >= 0;
	bool day_named = headers->day_reset_ms >= 0 ||
			 headers->day_remaining >= 0 || headers->day_limit >= 0;
	if (day_named && (!minute_named || headers->day_remaining == 0)) {
		bool ahead = reset_is_ahead(
			&clock, now, headers->day_reset_ms, RATELIMIT_DAY_MS);
		observe_begin_day(state, now);
		state->day_closed_server = ahead ? headers->day_reset_ms
						 : (state->day + 1) *
							   RATELIMIT_DAY_MS;
		return;
	}
	state->windows = RATELIMIT_WINDOWS_REVOKED;
	state->closed_reason = RATELIMIT_REFUSED;
	state->closed_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	if (clock.from_server &&
		reset_is_ahead(&clock, now, reset, RATELIMIT_WINDOW_MS))
		state->closed_boot = reset - clock.low;
}

void observe_new_boot(struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	state->call_count = 0;
	state->endpoint_count = 0;
	state->clock = RATELIMIT_CLOCK_NONE;
	state->doubt = 0;
	state->window_room_server = 0;
	state->others_boot = 0;
	state->closed_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	state->closed_reason = RATELIMIT_MINUTE;
	state->late_boot = now.boot_ms + RATELIMIT_TIMEOUT_MS;
	state->late_calls = limits->minute;
}
