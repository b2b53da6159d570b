/*
 * The account of one division's quotas: plain old data of fixed size, all
 * integers, stored by the ledger byte for byte. A change of layout needs a
 * new RATELIMIT_STATE_VERSION.
 *
 * Names ending in _boot are boot_ms of the present boot; names ending in
 * _server are epoch milliseconds on the server's clock.
 */
#ifndef RATELIMIT_STATE_H
#define RATELIMIT_STATE_H

#include <stdint.h>

#include "ratelimit/ratelimit.h"

#define RATELIMIT_STATE_VERSION 3

#define RATELIMIT_WINDOW_MS INT64_C(60000)
#define RATELIMIT_DAY_MS    INT64_C(86400000)
/* No exchange lasts longer; a call whose process died is over by then. */
#define RATELIMIT_TIMEOUT_MS INT64_C(120000)

/* With fixed windows the calls of two windows are remembered at once. */
#define RATELIMIT_CALLS (2 * RATELIMIT_MINUTE_MAX)

/* One spent token: a call that is under way, or was not long ago. */
struct ratelimit_call {
	int64_t spent_boot;
	int64_t over_boot;  /* the server counted it no later than this */
	int64_t end_server; /* end of the window that its own header named
			       as the one it was counted in; 0: unknown */
	int32_t ticket;     /* 0: this place was never used */
	int32_t counted;    /* 1: answered with status 200, so it surely was */
};

enum ratelimit_windows {
	RATELIMIT_WINDOWS_UNKNOWN, /* no evidence yet */
	RATELIMIT_WINDOWS_FIXED,   /* whole minutes on the server's clock */
	RATELIMIT_WINDOWS_REVOKED  /* refused once: a reset header is no
				      evidence any more, see observe.c */
};

/* An endpoint that refused, and how; see endpoint.h. */
#define RATELIMIT_STRIKES 8 /* Exact takes ten an hour, and blocks then */

struct ratelimit_endpoint {
	uint64_t key;         /* hash of its name; 0: a free row */
	int64_t refused_boot; /* the last time, when `refused` */
	int64_t blocked_boot; /* left alone until then; 0: not */
	int32_t refused;      /* 1: its last answer was such a refusal */
	int32_t strikes;      /* so many errors, within an hour … */
	int64_t strike_boot[RATELIMIT_STRIKES]; /* … the oldest first */
	int32_t strike_status;                  /* of the last */
	int32_t unused;
};

#define RATELIMIT_ENDPOINTS 32

enum ratelimit_clock {
	RATELIMIT_CLOCK_NONE,
	RATELIMIT_CLOCK_WALL, /* our own wall clock, as it once stood */
	RATELIMIT_CLOCK_DATE  /* learnt from Date headers */
};

struct ratelimit_state {
	int32_t version;
	int32_t last_ticket;

	/* Server's epoch minus our boot time lies between these two. */
	int32_t clock; /* enum ratelimit_clock */
	int32_t doubt; /* 1: the last Date contradicts: doubt_… it is */
	int64_t offset_low;
	int64_t offset_high;
	int64_t offset_boot; /* when the bounds were last confirmed */
	int64_t doubt_low;
	int64_t doubt_high;

	int32_t windows;       /* enum ratelimit_windows */
	int32_t minute_limit;  /* the header's, 0: none seen */
	int64_t closed_boot;   /* nothing goes before this */
	int32_t closed_reason; /* enum ratelimit_reason */
	int32_t room;          /* so many of our calls fit into the window */
	int64_t room_server;   /* that ends here; 0: nothing known */

	int64_t day; /* UTC day number that the next five are about */
	int64_t day_closed_server; /* refused until this; 0: not */
	int32_t day_used;
	int32_t day_room;  /* so many of our calls fit into it, -1: unknown */
	int32_t day_limit; /* the header's, 0: none seen; stays */
	int32_t unused;

	struct ratelimit_endpoint endpoints[RATELIMIT_ENDPOINTS];
	struct ratelimit_call calls[RATELIMIT_CALLS];
};

#endif
