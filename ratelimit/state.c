#include "ratelimit/state.h"

#include <assert.h>
#include <string.h>

/* Packed, a state is its members before the two lists, then what the lists
 * hold. */
#define FIXED_BYTES offsetof(struct ratelimit_state, endpoints)

static_assert(FIXED_BYTES % 8 == 0, "packed in whole words");
static_assert(sizeof(struct ratelimit_endpoint) % 8 == 0, "in whole words");
static_assert(sizeof(struct ratelimit_call) % 8 == 0, "in whole words");
static_assert(RATELIMIT_CALLS <= INT16_MAX, "tokens out fit into 16 bits");

size_t ratelimit_pack(const struct ratelimit_state *state,
	unsigned char ret[static RATELIMIT_PACKED_MAX])
{
	size_t endpoints = (size_t)state->endpoint_count *
			   sizeof(state->endpoints[0]);
	size_t calls = (size_t)state->call_count * sizeof(state->calls[0]);
	memcpy(ret, state, FIXED_BYTES);
	memcpy(ret + FIXED_BYTES, state->endpoints, endpoints);
	memcpy(ret + FIXED_BYTES + endpoints, state->calls, calls);
	return FIXED_BYTES + endpoints + calls;
}

bool ratelimit_unpack(
	const unsigned char *bytes, size_t len, struct ratelimit_state *ret)
{
	int32_t version, endpoint_count, call_count;
	if (len < FIXED_BYTES)
		return false;
	memcpy(&version, bytes + offsetof(struct ratelimit_state, version),
		sizeof(version));
	memcpy(&endpoint_count,
		bytes + offsetof(struct ratelimit_state, endpoint_count),
		sizeof(endpoint_count));
	memcpy(&call_count,
		bytes + offsetof(struct ratelimit_state, call_count),
		sizeof(call_count));
	if (version != RATELIMIT_STATE_VERSION || endpoint_count < 0 ||
		endpoint_count > RATELIMIT_ENDPOINTS || call_count < 0 ||
		call_count > RATELIMIT_CALLS)
		return false;
	size_t endpoints = (size_t)endpoint_count * sizeof(ret->endpoints[0]);
	size_t calls = (size_t)call_count * sizeof(ret->calls[0]);
	if (len != FIXED_BYTES + endpoints + calls)
		return false;
	memcpy(ret, bytes, FIXED_BYTES);
	memcpy(ret->endpoints, bytes + FIXED_BYTES, endpoints);
	memcpy(ret->calls, bytes + FIXED_BYTES + endpoints, calls);
	return true;
}
