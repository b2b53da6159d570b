/*
 * The life of a client, in virtual time: it makes calls to a virtual server
 * as soon as the limiter lets them go, so many at once, and its answers may
 * be late, lost, or lies; it may be killed and its machine may start again.
 */
#ifndef TESTS_RATELIMIT_LIFE_H
#define TESTS_RATELIMIT_LIFE_H

#include <stdint.h>

#include "ratelimit/state.h"
#include "tests/ratelimit/virtual_server.h"

#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)
#define NEVER  INT64_MAX
#define LANES  256

struct lane {
	int64_t arrives;  /* true ms; NEVER: it has, or there is none */
	int64_t answered; /* true ms; NEVER: no call, or its answer is lost */
	int ticket;
	int status;
	struct ratelimit_headers headers;
};

struct life {
	struct virtual_server server;
	struct ratelimit_limits limits;
	struct ratelimit_state state;
	struct lane lanes[LANES];
	int concurrency;
	int64_t now;       /* true ms, starts at 0 */
	int64_t boot_zero; /* true ms at which boot_ms was 0 */
	int64_t wall_skew; /* wall = true + this */
	int64_t up_least, up_more, down_least, down_more;
	int64_t tick;     /* acts only at multiples of this; 1: at once */
	int lose_headers; /* per cent, each family apart */
	int lie;          /* per cent of answers */
	int foreign_gap;  /* mean ms between foreign calls; 0: none */
	int die;          /* per cent of calls whose process dies */
	int reboot;       /* per cent of answers followed by a reboot */
	int64_t next_foreign;
	int64_t last_spend;
	int spent;
	int parked; /* verdicts for the day */
};

/* A number from 0 to below - 1; draws from one generator, see life_seed(). */
int64_t life_pick(int64_t below);
void life_seed(uint64_t seed);

/* One call at a time, 80 ms each, to an honest server with fixed windows that
 * takes 60 a minute. life_free() when done. */
void life_init(struct life *life);
void life_free(struct life *life);

/* Live until `calls` were spent, or until `deadline` (true ms). */
void life_live(struct life *life, int calls, int64_t deadline);

/* What the client's clocks show. */
struct instant life_instant(const struct life *life);

#endif
