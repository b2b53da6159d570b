#include "store/ledger_v1.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define V1_STATE_VERSION 3

enum v1_windows {
	V1_WINDOWS_UNKNOWN,
	V1_WINDOWS_FIXED, /* as headers claimed */
	V1_WINDOWS_REVOKED
};

struct v1_call {
	int64_t spent_boot;
	int64_t over_boot;
	int64_t end_server; /* 0: unknown */
	int32_t ticket;     /* 0: this place was never used */
	int32_t counted;    /* 1: answered with status 200 */
};

struct v1_endpoint {
	uint64_t key; /* 0: a free row */
	int64_t refused_boot;
	int64_t blocked_boot;
	int32_t refused;
	int32_t strikes;
	int64_t strike_boot[RATELIMIT_STRIKES];
	int32_t strike_status;
	int32_t unused;
};

struct v1_place {
	uint64_t number;
	char boot_id[LEDGER_BOOT_ID];
	struct v1_state {
		int32_t version;
		int32_t last_ticket;
		int32_t clock;
		int32_t doubt;
		int64_t offset_low;
		int64_t offset_high;
		int64_t offset_boot;
		int64_t doubt_low;
		int64_t doubt_high;
		int32_t windows;
		int32_t minute_limit;
		int64_t closed_boot;
		int32_t closed_reason;
		int32_t room;
		int64_t room_server;
		int64_t day;
		int64_t day_closed_server;
		int32_t day_used;
		int32_t day_room;
		int32_t day_limit;
		int32_t unused;
		struct v1_endpoint endpoints[RATELIMIT_ENDPOINTS];
		struct v1_call calls[RATELIMIT_CALLS];
	} state;
	uint64_t sum;
};

static_assert(sizeof(struct v1_place) == LEDGER_V1_PLACE_BYTES,
	"as version 1 wrote it");

uint64_t ledger_v1_checksum(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static int32_t convert_windows(int32_t windows)
{
	switch ((enum v1_windows)windows) {
	case V1_WINDOWS_UNKNOWN:
		break;
	case V1_WINDOWS_FIXED:
		return RATELIMIT_WINDOWS_NAMED;
	case V1_WINDOWS_REVOKED:
		return RATELIMIT_WINDOWS_REVOKED;
	}
	return RATELIMIT_WINDOWS_UNKNOWN;
}

static void convert_endpoints(
	const struct v1_state *old, struct ratelimit_state *ret)
{
	for (int i = 0; i < RATELIMIT_ENDPOINTS; i++) {
		const struct v1_endpoint *row = &old->endpoints[i];
		if (row->key == 0)
			continue;
		struct ratelimit_endpoint
			*to = &ret->endpoints[ret->endpoint_count++];
		*to = (struct ratelimit_endpoint){ .key = row->key,
			.refused_boot = row->refused_boot,
			.blocked_boot = row->blocked_boot,
			.strikes = (int16_t)row->strikes,
			.strike_status = (int16_t)row->strike_status,
			.refused = row->refused };
		memcpy(to->strike_boot, row->strike_boot,
			sizeof(to->strike_boot));
	}
}

static struct ratelimit_call convert_call(const struct v1_call *call)
{
	int64_t took = call->over_boot - call->spent_boot;
	enum ratelimit_fate fate = RATELIMIT_OVER;
	if (call->counted)
		fate = RATELIMIT_COUNTED;
	else if (took == RATELIMIT_TIMEOUT_MS)
		fate = RATELIMIT_UNDER_WAY;
	return (struct ratelimit_call){ .spent_boot = call->spent_boot,
		.took_ms = took > INT32_MAX ? INT32_MAX : (int32_t)took,
		.ticket = call->ticket,
		.end_minute = (int32_t)(call->end_server / RATELIMIT_WINDOW_MS),
		.out = RATELIMIT_CALLS, /* so many at most */
		.fate = (int16_t)fate };
}

static int by_spending(const void *a, const void *b)
{
	const struct ratelimit_call *one = a;
	const struct ratelimit_call *other = b;
	if (one->spent_boot != other->spent_boot)
		return one->spent_boot < other->spent_boot ? -1 : 1;
	return (one->ticket > other->ticket) - (one->ticket < other->ticket);
}

static void convert(const struct v1_state *old, struct ratelimit_state *ret)
{
	ratelimit_init(ret);
	ret->last_ticket = old->last_ticket;
	ret->clock = old->clock;
	ret->doubt = old->doubt;
	ret->offset_low = old->offset_low;
	ret->offset_high = old->offset_high;
	ret->offset_boot = old->offset_boot;
	ret->doubt_low = old->doubt_low;
	ret->doubt_high = old->doubt_high;
	ret->windows = convert_windows(old->windows);
	ret->minute_limit = old->minute_limit;
	ret->closed_boot = old->closed_boot;
	ret->closed_reason = old->closed_reason;
	ret->window_room = old->room;
	ret->window_room_server = old->room_server;
	ret->day = old->day;
	ret->day_closed_server = old->day_closed_server;
	ret->day_used = old->day_used;
	ret->day_room = old->day_room;
	ret->day_limit = old->day_limit;
	convert_endpoints(old, ret);
	for (int i = 0; i < RATELIMIT_CALLS; i++)
		if (old->calls[i].ticket != 0)
			ret->calls[ret->call_count++] = convert_call(
				&old->calls[i]);
	qsort(ret->calls, (size_t)ret->call_count, sizeof(ret->calls[0]),
		by_spending);
}

bool ledger_v1_read(const void *bytes, char ret_boot_id[static LEDGER_BOOT_ID],
	struct ratelimit_state *ret)
{
	const struct v1_place *place = bytes;
	if (place->number == 0 || place->state.version != V1_STATE_VERSION ||
		place->sum != ledger_v1_checksum(
				      place, offsetof(struct v1_place, sum)))
		return false;
	memcpy(ret_boot_id, place->boot_id, LEDGER_BOOT_ID);
	convert(&place->state, ret);
	return true;
}
