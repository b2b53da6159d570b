/*
 * The server's clock. A Date header D says that the server's time was in
 * [D, D + 1000) at some moment between our sending and our receiving:
 *
 *	sent at 5000, received at 5200, Date 12:00:07
 *	server - boot  is more than  12:00:07 - 5200
 *	               and less than 12:00:08 - 5000
 *
 * Each answer gives such an interval, and all hold at once: their
 * intersection narrows to about the network's latency. It widens by half a
 * millisecond a second, since clocks drift. A Date that contradicts what is
 * known (the first one: by a quarter of an hour against our wall clock) is
 * doubted, and nothing relies on the clock meanwhile, until a second one
 * agrees with it.
 *
 * Fixed windows. A server whose windows slide, or start with our first call,
 * names a reset no earlier than the oldest call it counts plus a window. A
 * reset on a whole minute that is surely earlier than our oldest call plus a
 * window can only come from fixed windows.
 *
 * After a refusal a reset is no evidence any more: its header may claim whole
 * minutes while the count slides. But most refusals come from others' use, so
 * the belief can be earned again by the count itself. Of 60, 40 calls of ours
 * were counted from 12:00:30 to 12:00:50:
 *
 *	12:01:05  remaining 19   a sliding count: 40 and this one are in it
 *	12:01:05  remaining 59   it has begun anew at 12:01
 *
 * Foreign use is limit - remaining - ours: what others with the same key
 * have taken from the window. What is left for us, limit - foreign, is
 * remaining + ours; that sum is what the state keeps as `room`.
 */
#include "ratelimit/observe.h"

#include <string.h>

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

static bool counted_within(const struct ratelimit_call *call,
	const struct observe_clock *clock, int64_t from, int64_t to)
{
	if (call->ticket == 0)
		return false;
	if (call->end_server != 0)
		return call->end_server > from && call->end_server <= to;
	return call->spent_boot + clock->low < to &&
	       call->over_boot + clock->high >= from;
}

int observe_calls(const struct ratelimit_state *state,
	const struct observe_clock *clock, int64_t from_server,
	int64_t to_server)
{
	int count = 0;
	for (int i = 0; i < RATELIMIT_CALLS; i++)
		count += counted_within(
			&state->calls[i], clock, from_server, to_server);
	return count;
}

/* A reset header that can be true: ahead, by one period at most. */
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
	/* Times are cut to milliseconds: it came before now + 1. */
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
		if (state->windows == RATELIMIT_WINDOWS_FIXED)
			state->windows = RATELIMIT_WINDOWS_UNKNOWN;
		for (int i = 0; i < RATELIMIT_CALLS; i++)
			state->calls[i].end_server = 0;
		state->room_server = 0;
	} else if (first) {
		known.low = low;
		known.high = high;
	}
	state->clock = RATELIMIT_CLOCK_DATE;
	state->doubt = 0;
	state->offset_low = low > known.low ? low : known.low;
	state->offset_high = high < known.high ? high : known.high;
	state->offset_boot = now.boot_ms;
	/* What was counted under a clock that was wrong stays counted. */
	if ((first || doubted) && same_day)
		state->day = observe_day(state, now).number;
}

/* Is more left than if everything of the last window were still counted? */
static bool count_began_anew(const struct ratelimit_state *state,
	const struct ratelimit_call *call, struct instant now,
	const struct ratelimit_headers *headers)
{
	int64_t limit = headers->minute_limit;
	int64_t left = headers->minute_remaining;
	int held = 0;
	/* Of those before this one, and of it, what surely was counted less
	 * than a window before it. */
	for (int i = 0; i < RATELIMIT_CALLS; i++) {
		const struct ratelimit_call *other = &state->calls[i];
		if (!other->counted ||
			other->spent_boot <= now.boot_ms - RATELIMIT_WINDOW_MS)
			continue;
		held += other == call || other->over_boot <= call->spent_boot;
	}
	return left >= 0 && left < limit && left + held > limit;
}

static bool reset_precedes(const struct ratelimit_state *state,
	const struct observe_clock *clock, const struct ratelimit_call *call,
	struct instant now, int64_t reset)
{
	int64_t first = call->spent_boot;
	for (int i = 0; i < RATELIMIT_CALLS; i++) {
		const struct ratelimit_call *other = &state->calls[i];
		if (other->ticket != 0 && other->spent_boot < first &&
			other->over_boot + RATELIMIT_WINDOW_MS > now.boot_ms)
			first = other->spent_boot;
	}
	return reset - clock->low < first + RATELIMIT_WINDOW_MS;
}

/* The call's own header names the window it was counted in. */
static void learn_window(struct ratelimit_state *state,
	const struct observe_clock *clock, struct ratelimit_call *call,
	struct instant now, const struct ratelimit_headers *headers)
{
	int64_t reset = headers->minute_reset_ms;
	if (reset % RATELIMIT_WINDOW_MS != 0 ||
		!counted_within(
			call, clock, reset - RATELIMIT_WINDOW_MS, reset))
		return;
	call->end_server = reset;
	bool fixed = false;
	if (state->windows == RATELIMIT_WINDOWS_UNKNOWN)
		fixed = reset_precedes(state, clock, call, now, reset);
	else if (state->windows == RATELIMIT_WINDOWS_REVOKED)
		fixed = count_began_anew(state, call, now, headers);
	if (fixed)
		state->windows = RATELIMIT_WINDOWS_FIXED;
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
	if (reset <= 0 || !clock->from_server)
		return;
	learn_window(state, clock, call, now, headers);
	if (headers->minute_remaining < 0 ||
		headers->minute_remaining > INT32_MAX / 2 ||
		reset < state->room_server ||
		!reset_is_ahead(clock, now, reset, RATELIMIT_WINDOW_MS))
		return;
	int32_t room = (int32_t)headers->minute_remaining +
		       observe_calls(state, clock, reset - RATELIMIT_WINDOW_MS,
			       reset);
	if (reset > state->room_server || room < state->room)
		state->room = room;
	state->room_server = reset;
}

static void learn_day(struct ratelimit_state *state,
	const struct observe_clock *clock, const struct ratelimit_call *call,
	struct instant now, const struct ratelimit_headers *headers)
{
	if (headers->day_limit >= 1)
		state->day_limit = headers->day_limit > INT32_MAX
					   ? INT32_MAX
					   : (int32_t)headers->day_limit;
	/* An answer that crossed midnight speaks of the day before. */
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
	const struct ratelimit_call *end = call + RATELIMIT_CALLS;
	while (call < end && (call->ticket == 0 || call->ticket != ticket))
		call++;
	if (call == end) /* so late that it isn't remembered */
		return;
	call->over_boot = now.boot_ms;
	call->counted = status == 200;
	if (status == 0)
		return;
	if (headers->date_ms > 0)
		learn_clock(state, call, now, headers->date_ms);
	struct observe_clock clock = observe_clock(state, now);
	learn_minute(state, &clock, call, now, headers);
	learn_day(state, &clock, call, now, headers);
}

/*
 * The server's clock says which day it is; until it is learnt, our wall clock
 * as it stood at the first spend, so that a jump of it changes nothing. A day
 * earlier than the one that was counted (the wall clock was put back and the
 * machine started again) takes over its count.
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
	/* If clocks have drifted apart by then, one waits a little more. */
	day.ends_boot = ends - clock.low;
	if (day.begins) /* what is under way at midnight counts in both */
		day.used = observe_calls(state, &clock, starts, ends);
	else if (state->day_closed_server >= ends)
		day.closed_boot = day.ends_boot;
	else if (state->day_closed_server > 0)
		day.closed_boot = state->day_closed_server - clock.low;
	return day;
}

void observe_turn(struct ratelimit_state *state, struct instant now)
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
		observe_turn(state, now);
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

void observe_new_boot(struct ratelimit_state *state, struct instant now)
{
	memset(state->calls, 0, sizeof(state->calls));
	memset(state->endpoints, 0, sizeof(state->endpoints));
	state->clock = RATELIMIT_CLOCK_NONE;
	state->doubt = 0;
	state->room_server = 0;
	state->closed_boot = now.boot_ms + RATELIMIT_WINDOW_MS;
	state->closed_reason = RATELIMIT_MINUTE;
}
