#include "ratelimit/endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "ratelimit/state.h"

/* FNV-1a; never 0, which marks a free row. */
static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);
	for (; *text; text++)
		value = (value ^ (unsigned char)*text) *
			UINT64_C(0x100000001b3);
	return value ? value : 1;
}

static bool is_bare(const struct ratelimit_headers *headers)
{
	return headers->minute_limit < 0 && headers->minute_remaining < 0 &&
	       headers->minute_reset_ms < 0 && headers->day_limit < 0 &&
	       headers->day_remaining < 0 && headers->day_reset_ms < 0;
}

/* What Exact counts towards its error limit. */
static bool is_strike(int status)
{
	return status == 400 || status == 401 || status == 403 || status == 404;
}

static const struct ratelimit_endpoint *known(
	const struct ratelimit_state *state, const char *endpoint)
{
	uint64_t key = hash(endpoint);
	for (int i = 0; i < RATELIMIT_ENDPOINTS; i++)
		if (state->endpoints[i].key == key)
			return &state->endpoints[i];
	return NULL;
}

/* Full, and the oldest strike is not an hour ago: until it is. */
static int64_t struck_until(const struct ratelimit_endpoint *row)
{
	return row->strikes < RATELIMIT_STRIKES
		       ? 0
		       : row->strike_boot[0] + ENDPOINT_BLOCK_MS;
}

int64_t endpoint_blocked(const struct ratelimit_state *state,
	const char *endpoint, struct instant now)
{
	const struct ratelimit_endpoint *row = known(state, endpoint);
	if (!row)
		return 0;
	int64_t until = struck_until(row);
	if (until < row->blocked_boot)
		until = row->blocked_boot;
	return now.boot_ms < until ? until : 0;
}

int endpoint_struck(const struct ratelimit_state *state, const char *endpoint,
	struct instant now)
{
	const struct ratelimit_endpoint *row = known(state, endpoint);
	return row && now.boot_ms < struck_until(row) ? row->strike_status : 0;
}

static int64_t last_heard(const struct ratelimit_endpoint *row)
{
	int64_t last = row->refused ? row->refused_boot : INT64_MIN;
	if (row->strikes > 0 && row->strike_boot[row->strikes - 1] > last)
		last = row->strike_boot[row->strikes - 1];
	return last;
}

/* The endpoint's row; else a free one, or the one refused longest ago. */
static struct ratelimit_endpoint *find(
	struct ratelimit_state *state, uint64_t key)
{
	struct ratelimit_endpoint *oldest = state->endpoints;
	for (int i = 0; i < RATELIMIT_ENDPOINTS; i++) {
		struct ratelimit_endpoint *row = &state->endpoints[i];
		if (row->key == key)
			return row;
		if (last_heard(row) < last_heard(oldest))
			oldest = row;
	}
	return oldest;
}

/* Those older than an hour go, and the oldest when there is no room. */
static void forget_strikes(
	struct ratelimit_endpoint *row, struct instant now, int room)
{
	int gone = 0;
	while (gone < row->strikes &&
		(row->strikes - gone > RATELIMIT_STRIKES - room ||
			now.boot_ms - row->strike_boot[gone] >=
				ENDPOINT_BLOCK_MS))
		gone++;
	row->strikes -= gone;
	memmove(row->strike_boot, row->strike_boot + gone,
		(size_t)row->strikes * sizeof(row->strike_boot[0]));
}

static void refuse(struct ratelimit_endpoint *row, struct instant now)
{
	if (row->refused && now.boot_ms - row->refused_boot < ENDPOINT_BLOCK_MS)
		row->blocked_boot = now.boot_ms + ENDPOINT_BLOCK_MS;
	row->refused = 1;
	row->refused_boot = now.boot_ms;
}

void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status, const struct ratelimit_headers *headers)
{
	uint64_t key = hash(endpoint);
	struct ratelimit_endpoint *row = find(state, key);
	bool refused = status == 429 && is_bare(headers);
	if (status == 0 || (row->key != key && !refused && !is_strike(status)))
		return;
	if (row->key != key)
		*row = (struct ratelimit_endpoint){ .key = key };
	forget_strikes(row, now, is_strike(status) ? 1 : 0);
	if (refused) {
		refuse(row, now);
		return;
	}
	row->refused = 0;
	row->blocked_boot = 0;
	if (is_strike(status)) {
		row->strike_boot[row->strikes++] = now.boot_ms;
		row->strike_status = status;
	}
	if (row->strikes == 0)
		*row = (struct ratelimit_endpoint){ 0 };
}
