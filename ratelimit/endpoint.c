#include "ratelimit/endpoint.h"

#include <stdbool.h>
#include <stddef.h>

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

int64_t endpoint_blocked(const struct ratelimit_state *state,
	const char *endpoint, struct instant now)
{
	uint64_t key = hash(endpoint);
	for (int i = 0; i < RATELIMIT_ENDPOINTS; i++) {
		const struct ratelimit_endpoint *row = &state->endpoints[i];
		if (row->key == key && now.boot_ms < row->blocked_boot)
			return row->blocked_boot;
	}
	return 0;
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
		if (row->refused_boot < oldest->refused_boot)
			oldest = row;
	}
	return oldest;
}

void endpoint_answer(struct ratelimit_state *state, const char *endpoint,
	struct instant now, int status, const struct ratelimit_headers *headers)
{
	uint64_t key = hash(endpoint);
	struct ratelimit_endpoint *row = find(state, key);
	bool known = row->key == key;
	if (status == 0)
		return;
	if (status != 429 || !is_bare(headers)) {
		if (known)
			*row = (struct ratelimit_endpoint){ 0 };
		return;
	}
	if (!known)
		*row = (struct ratelimit_endpoint){ .key = key };
	else if (now.boot_ms - row->refused_boot < ENDPOINT_BLOCK_MS)
		row->blocked_boot = now.boot_ms + ENDPOINT_BLOCK_MS;
	row->refused_boot = now.boot_ms;
}
