#include "ratelimit/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ratelimit/state.h"

/* FNV-1a. */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) *
			UINT64_C(0x100000001b3);
	return value;
}

static bool has_no_quota(const struct ratelimit_headers *headers)
{
	return headers->minute_limit < 0 && headers->minute_remaining < 0 &&
	       headers->minute_reset_ms < 0 && headers->day_limit < 0 &&
	       headers->day_remaining < 0 && headers->day_reset_ms < 0;
}

/* Does Exact count this status towards its error limit? */
static bool is_strike(int status)
{
	return status == 400 || status == 401 || status == 403 || status == 404;
}

/* The index of the endpoint's row, or -1. */
static int find(const struct ratelimit_state *state, uint64_t key)
{
	for (int i = 0; i < state->endpoint_count; i++)
		if (state->endpoints[i].key == key)
			return i;
	return -1;
}

/* When the oldest of a full set of strikes is an hour old; 0: not full. */
static int64_t struck_until(const struct ratelimit_endpoint *row)
{
	return row->strikes < RATELIMIT_STRIKES
		       ? 0
		       : row->strike_boot[0] + ENDPOINT_BLOCK_MS;
}

int64_t endpoint_blocked(const struct ratelimit_state *state,
	const char *endpoint, struct instant now)
{
	int i = find(state, hash(endpoint));
	if (i < 0)
		return 0;
	int64_t until = struck_until(&state->endpoints[i]);
	if (until < state->endpoints[i].blocked_boot)
		until = state->endpoints[i].blocked_boot;
	return now.boot_ms < until ? until : 0;
}

int endpoint_struck(const struct ratelimit_state *state, const char *endpoint,
	struct instant now)
{
	int i = find(state, hash(endpoint));
	if (i < 0 || now.boot_ms >= struck_until(&state->endpoints[i]))
		return 0;
	return state->endpoints[i].strike_status;
}

/* When the endpoint last answered with a strike or a bare 429. */
static int64_t last_error(const struct ratelimit_endpoint *row)
{
	int64_t last = row->refused ? row->refused_boot : INT64_MIN;
	if (row->strikes > 0 && row->strike_boot[row->strikes - 1] > last)
		last = row->strike_boot[row->strikes - 1];
	return last;
}

static void drop_strikes(struct ratelimit_endpoint *row, int count)
{
	row->strikes = (int16_t)(row->strikes - count);
	memmove(row->strike_boot, row->strike_boot + count,
		(size_t)row->strikes * sizeof(row->strike_boot[0]));
}

/* An hour after an error nothing depends on it any more. */
static void forget_old_errors(
	struct ratelimit_endpoint *row, struct instant now)
{
	int old = 0;
	while (old < row->strikes &&
		now.boot_ms - row->strike_boot[old] >= ENDPOINT_BLOCK_MS)
		old++;
	drop_strikes(row, old);
	if (row->refused &&
		now.boot_ms - row->refused_boot >= ENDPOINT_BLOCK_MS)
		row->refused = 0;
}

/* A new row; when there is no room, in place of the one whose last error was
 * longest ago. */
static struct ratelimit_endpoint *add_row(
	struct ratelimit_state *state, uint64_t key)
{
	struct ratelimit_endpoint *row = state->endpoints;
	if (state->endpoint_count < RATELIMIT_ENDPOINTS) {
		row += state->endpoint_count++;
	} else {
		for (int i = 1; i < RATELIMIT_ENDPOINTS; i++)
			if (last_error(&state->endpoints[i]) < last_error(row))
				row = &state->endpoints[i];
	}
	*row = (struct ratelimit_endpoint){ .key = key };
	return row;
}

static void drop_empty_rows(struct ratelimit_state *state)
{
	int kept = 0;
	for (int i = 0; i < state->endpoint_count; i++)
		if (state->endpoints[i].strikes > 0 ||
			state->endpoints[i].refused)
			state->endpoints[kept++] = state->endpoints[i];
	state->endpoint_count = kept;
}

static void add_refusal(struct ratelimit_endpoint *row, struct instant now)
{
	if (row->refused)
		row->blocked_boot = now.boot_ms + ENDPOINT_BLOCK_MS;
	row->refused = 1;
	row->refused_boot = now.boot_ms;
}

static void add_strike(
	struct ratelimit_endpoint *row, struct instant now, int status)
{
	if (row->strikes == RATELIMIT_STRIKES)
		drop_strikes(row, 1);
	row->strike_boot[row->strikes++] = now.boot_ms;
	row->strike_status = (int16_t)status;
}

void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status, const struct ratelimit_headers *headers)
{
	bool refused = status == 429 && has_no_quota(headers);
	if (status == 0)
		return;
	for (int i = 0; i < state->endpoint_count; i++)
		forget_old_errors(&state->endpoints[i], now);
	int i = find(state, hash(endpoint));
	struct ratelimit_endpoint *row = NULL;
	if (i >= 0)
		row = &state->endpoints[i];
	else if (refused || is_strike(status))
		row = add_row(state, hash(endpoint));
	if (row && refused) {
		add_refusal(row, now);
	} else if (row) {
		row->refused = 0;
		row->blocked_boot = 0;
		if (is_strike(status))
			add_strike(row, now, status);
	}
	drop_empty_rows(state);
}
