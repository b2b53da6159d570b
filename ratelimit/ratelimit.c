/*
 * May a call go now?
 *
 * A spent token is remembered as a call with two times: when it was spent,
 * and when it was over at the latest (its response arrived; as long as no
 * response is known, spent + 120 s, after which no exchange lives). The server
 * counted the call at some moment between the two.
 *
 * The first rule needs no knowledge of the server. A token comes back one
 * window after its call was over:
 *
 *	spent 0.0 s, response 0.4 s   ->  comes back at 60.4 s
 *
 * so at any moment all calls that any window ending now or later may hold
 * are out, and they are at most `limit`, however long each call was on its
 * way, and whether the windows are fixed, slide, or start with the first
 * call. (A bucket refilled at one a second would send 120 in a minute.)
 *
 * Fixed windows, once the server's count has shown them (observe.c). The
 * server's clock says which window is open. Near a boundary, by the
 * uncertainty of that clock, either of two may be: then both must have room. A
 * call counts in every window that it may have been counted in, until its own
 * header names one:
 *
 *	limit 60, window ends at 12:01:00, 58 calls answered, 2 under way
 *	12:00:59.9  60 in the old window                   ->  wait
 *	12:01:00.1  2 may be counted in the new one        ->  58 may go
 *	12:01:00.3  both answered, "counted before 12:01"  ->  60 may go
 *
 * As long as only headers claim fixed windows, the first rule holds, but for
 * one call: when no token is left, no call is under way, and the claimed
 * window has room, one call goes on trial. Its answer decides:
 *
 *	60 calls answered at 12:00:50, the trial goes at 12:01:01
 *	remaining 59   the count began anew: windows are fixed, 59 may go
 *	refused        the server slides: headers are no evidence any more,
 *	               and the first rule holds until the count itself shows
 *	               fixed windows
 *
 * so a server whose headers claim what its count does not do refuses one call,
 * once. Since every call is remembered until a window after it was over, the
 * first rule can take over at any time with nothing lost.
 *
 * Others' use of the same key (observe.c) lowers the limit of one window, or
 * holds back the tokens that return within a minute. The day is a plain count
 * per UTC day; calls under way at midnight count in both days. Headers only
 * ever lower: no answer lets more go than was configured.
 *
 * To read on: each quota starts as a bucket without bottom, and every rule
 * that applies narrows it. ratelimit_ask() is the emptier of the two buckets;
 * `left` may go now, and when nothing is left, `until` is the first moment at
 * which asking again can help.
 */
#include "ratelimit/ratelimit.h"

#include <assert.h>
#include <limits.h>

#include "ratelimit/observe.h"
#include "ratelimit/state.h"

/* How often to ask while a trial waits for calls under way: another process
 * may get their answers. */
#define TRIAL_POLL_MS 1000

struct bucket {
	int left;      /* calls that could go now */
	int64_t until; /* when there are none: ask again at this boot_ms */
	enum ratelimit_reason reason;
};

/* Applies one more rule: `left` may go; if none, then not before `until`. */
static void narrow(struct bucket *bucket, int left, int64_t until)
{
	if (left < bucket->left)
		bucket->left = left > 0 ? left : 0;
	if (left <= 0 && until > bucket->until)
		bucket->until = until;
}

/* A header's limit counts only when it is the lower one; 0: none was seen. */
static int lower_limit(int configured, int from_header)
{
	return from_header > 0 && from_header < configured ? from_header
							   : configured;
}

static int64_t comes_back(const struct ratelimit_call *call)
{
	return observe_over(call) + RATELIMIT_WINDOW_MS;
}

/* So many tokens may be out at once. */
static void narrow_to_tokens(const struct ratelimit_state *state,
	struct bucket *bucket, int tokens, int64_t now)
{
	int64_t first = INT64_MAX;
	for (int i = 0; i < state->call_count; i++) {
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

/* The first rule; and while others use the key, only what was left at the last
 * answer, without the tokens that come back. */
static struct bucket by_tokens(
	const struct ratelimit_state *state, int limit, int64_t now)
{
	struct bucket bucket = { .left = INT_MAX };
	narrow_to_tokens(state, &bucket, limit, now);
	if (state->others_room < limit && now < state->others_boot)
		narrow(&bucket,
			state->others_left - observe_spent_after(state,
						     state->others_ticket),
			state->others_boot);
	return bucket;
}

/* Each window that may be open has room, after what others leave of it; and no
 * more tokens are out than can be remembered. */
static struct bucket by_windows(const struct ratelimit_state *state,
	const struct observe_clock *clock, int limit, int64_t now)
{
	struct bucket bucket = { .left = INT_MAX };
	int64_t earliest = now + clock->low;
	int64_t latest = now + clock->high;
	int64_t start = earliest - earliest % RATELIMIT_WINDOW_MS;
	narrow_to_tokens(state, &bucket, RATELIMIT_CALLS, now);
	for (; start <= latest; start += RATELIMIT_WINDOW_MS)
		narrow_to_window(state, &bucket, clock, limit,
			start + RATELIMIT_WINDOW_MS);
	if (state->window_room < limit && earliest < state->window_room_server)
		narrow_to_window(state, &bucket, clock, state->window_room,
			state->window_room_server);
	return bucket;
}

/* No token is left, and headers claim a window: one call may try it. */
static struct bucket on_trial(const struct ratelimit_state *state,
	const struct observe_clock *clock, int limit, int64_t now,
	int64_t first_token)
{
	struct bucket bucket = by_windows(state, clock, limit, now);
	if (bucket.left > 1)
		bucket.left = 1;
	if (observe_under_way(state, now))
		narrow(&bucket, 0, now + TRIAL_POLL_MS);
	if (bucket.until > first_token)
		bucket.until = first_token;
	return bucket;
}

static struct bucket minute(const struct ratelimit_state *state,
	const struct ratelimit_limits *limits, struct instant now)
{
	const int limit = lower_limit(limits->minute, state->minute_limit);
	struct observe_clock clock = observe_clock(state, now);
	enum ratelimit_windows windows = RATELIMIT_WINDOWS_UNKNOWN;
	struct bucket bucket;

	if (clock.from_server)
		windows = (enum ratelimit_windows)state->windows;
	if (windows == RATELIMIT_WINDOWS_FIXED)
		bucket = by_windows(state, &clock, limit, now.boot_ms);
	else
		bucket = by_tokens(state, limit, now.boot_ms);
	if (windows == RATELIMIT_WINDOWS_NAMED && bucket.left == 0)
		bucket = on_trial(
			state, &clock, limit, now.boot_ms, bucket.until);
	bucket.reason = RATELIMIT_MINUTE;
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
	int limit = lower_limit(limits->day, state->day_limit);

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

/* Forgets the calls whose tokens have come back. */
static void forget_calls(struct ratelimit_state *state, int64_t now)
{
	int kept = 0;
	for (int i = 0; i < state->call_count; i++)
		if (comes_back(&state->calls[i]) > now)
			state->calls[kept++] = state->calls[i];
	state->call_count = kept;
}

int ratelimit_spend(struct ratelimit_state *state, struct instant now)
{
	observe_begin_day(state, now);
	state->day_used++;
	forget_calls(state, now.boot_ms);
	assert(state->call_count < RATELIMIT_CALLS);
	state->last_ticket = state->last_ticket % INT32_MAX + 1;
	struct ratelimit_call *call = &state->calls[state->call_count++];
	*call = (struct ratelimit_call){ .ticket = state->last_ticket,
		.spent_boot = now.boot_ms,
		.took_ms = RATELIMIT_TIMEOUT_MS,
		.out = (int16_t)state->call_count,
		.fate = RATELIMIT_UNDER_WAY };
	return call->ticket;
}

void ratelimit_answer(struct ratelimit_state *state, struct instant now,
	int ticket, int status, const struct ratelimit_headers *headers)
{
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
	observe_new_boot(state, limits, now);
}
