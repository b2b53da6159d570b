/*
 * The account of one division's quotas: plain old data, all integers. The
 * ledger stores what ratelimit_pack() makes of it: the fixed members, then
 * the endpoint rows and the calls that are in use. A quiet account takes 160
 * bytes, one with 60 calls out 1,600. A change of layout needs a new
 * RATELIMIT_STATE_VERSION.
 *
 * Names ending in _boot are boot_ms of the present boot; names ending in
 * _server are epoch milliseconds on the server's clock.
 */
#ifndef RATELIMIT_STATE_H
#define RATELIMIT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define RATELIMIT_STATE_VERSION 4

#define RATELIMIT_WINDOW_MS INT64_C(60000)
#define RATELIMIT_DAY_MS    INT64_C(86400000)
/* No exchange lasts longer; a call whose process died is over by then. */
#define RATELIMIT_TIMEOUT_MS INT64_C(120000)

/* With fixed windows the calls of two windows are remembered at once. */
#define RATELIMIT_CALLS (2 * RATELIMIT_MINUTE_MAX)

enum ratelimit_fate {
	RATELIMIT_UNDER_WAY, /* no answer is known */
	RATELIMIT_OVER,      /* answered or lost: perhaps the server counted */
	RATELIMIT_COUNTED    /* answered with status 200: it did */
};

/* One spent token. It is forgotten once it has come back. */
struct ratelimit_call {
	int64_t spent_boot;
	int32_t took_ms;    /* the server counted the call at the latest this
			       long after the token was spent */
	int32_t ticket;     /* 1 to INT32_MAX, in the order of spending */
	int32_t end_minute; /* the call's own header says that it was counted
			       in the window that ends at this many minutes
			       of the server's epoch; 0: unknown */
	int16_t out;        /* so many tokens were out once it was spent */
	int16_t fate;       /* enum ratelimit_fate */
};

/* Stored as these numbers. */
enum ratelimit_windows {
	RATELIMIT_WINDOWS_UNKNOWN, /* no evidence yet */
	RATELIMIT_WINDOWS_NAMED,   /* headers name whole minutes */
	RATELIMIT_WINDOWS_FIXED,   /* whole minutes, as the server counts */
	RATELIMIT_WINDOWS_REVOKED  /* headers are no evidence any more */
};

#define RATELIMIT_STRIKES 8 /* Exact takes ten an hour, and blocks then */

/* An endpoint that answered with errors lately, see endpoint.h. */
struct ratelimit_endpoint {
	uint64_t key;         /* hash of its name */
	int64_t refused_boot; /* the last time, when `refused` */
	int64_t blocked_boot; /* not asked before this; 0: not blocked */
	int64_t strike_boot[RATELIMIT_STRIKES]; /* the oldest first */
	int16_t strikes;       /* so many of them, all within an hour */
	int16_t strike_status; /* of the last */
	int32_t refused;       /* 1: its last answer was a bare 429 */
};

#define RATELIMIT_ENDPOINTS 32

enum ratelimit_clock {
	RATELIMIT_CLOCK_NONE,
	RATELIMIT_CLOCK_WALL, /* our own wall clock, at the first spend */
	RATELIMIT_CLOCK_DATE  /* learnt from Date headers */
};

struct ratelimit_state {
	int32_t version;
	int32_t last_ticket;

	/* Server's epoch minus our boot time lies between these two. */
	int32_t clock; /* enum ratelimit_clock */
	int32_t doubt; /* 1: the last Date contradicts them; they would be
			  doubt_low and doubt_high */
	int64_t offset_low;
	int64_t offset_high;
	int64_t offset_boot; /* when the bounds were last confirmed */
	int64_t doubt_low;
	int64_t doubt_high;

	int32_t windows;       /* enum ratelimit_windows */
	int32_t minute_limit;  /* the header's, 0: none seen */
	int64_t closed_boot;   /* nothing goes before this */
	int32_t closed_reason; /* enum ratelimit_reason */

	/* What others with the same key leave us, see observe.c. With fixed
	 * windows: room for so many calls of ours in the window that ends at
	 * window_room_server; 0: nothing known. */
	int32_t window_room;
	int64_t window_room_server;
	/* Where windows may slide: room for others_room calls of ours, and
	 * others_left of them when the call others_ticket was answered; this
	 * holds until others_boot. */
	int32_t others_room;
	int32_t others_left;
	int32_t others_ticket;
	int32_t day_used; /* calls of the UTC day number `day` */
	int64_t others_boot;

	int64_t day;
	int64_t day_closed_server; /* refused until this; 0: not */
	int64_t late_boot; /* calls of the boot before may be counted until
			      this, and so many of them: */
	int32_t late_calls;
	int32_t day_room;  /* so many of our calls fit into it, -1: unknown */
	int32_t day_limit; /* the header's, 0: none seen; stays */

	int32_t endpoint_count;
	int32_t call_count;
	int32_t unused;
	struct ratelimit_endpoint endpoints[RATELIMIT_ENDPOINTS];
	struct ratelimit_call calls[RATELIMIT_CALLS]; /* in the order of
							 spending */
};

/* The most bytes that ratelimit_pack() writes; it returns how many it wrote,
 * a multiple of 8. */
#define RATELIMIT_PACKED_MAX sizeof(struct ratelimit_state)
size_t ratelimit_pack(const struct ratelimit_state *state,
	unsigned char ret[static RATELIMIT_PACKED_MAX]);
/* False, and nothing changed: these are not the bytes of a packed state. */
bool ratelimit_unpack(
	const unsigned char *bytes, size_t len, struct ratelimit_state *ret);

#endif
