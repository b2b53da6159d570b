#include "tests/ratelimit/life.h"

#include <check.h>
#include <string.h>

static uint64_t random_state;

void life_seed(uint64_t seed)
{
	random_state = seed;
}

int64_t life_pick(int64_t below)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return (int64_t)(x % (uint64_t)below);
}

void life_free(struct life *life)
{
	virtual_server_free(&life->server);
}

void life_init(struct life *life)
{
	memset(life, 0, sizeof(*life));
	virtual_server_init(&life->server);
	life->limits = (struct ratelimit_limits){ .minute = 60, .day = 5000 };
	ratelimit_init(&life->state);
	for (int i = 0; i < LANES; i++)
		life->lanes[i].arrives = life->lanes[i].answered = NEVER;
	life->concurrency = 1;
	life->boot_zero = -1000000;
	life->wall_skew = life->server.skew;
	life->up_least = life->down_least = 40;
	life->tick = 1;
	life->next_foreign = NEVER;
}

struct instant life_instant(const struct life *life)
{
	return (struct instant){ .boot_ms = life->now - life->boot_zero,
		.wall_ms = life->now + life->wall_skew };
}

static void lie(struct ratelimit_headers *headers)
{
	switch (life_pick(6)) {
	case 0:
		headers->minute_remaining = life_pick(10000);
		break;
	case 1:
		headers->minute_limit = 100000;
		headers->day_limit = 1000000;
		break;
	case 2: /* long past, never on a minute, far ahead */
		headers->minute_reset_ms = 60001 + life_pick(1000) * 60000;
		break;
	case 3:
		headers->minute_reset_ms += (1 + life_pick(1000)) * 3600000;
		break;
	case 4:
		headers->date_ms += (life_pick(2) ? 1 : -1) *
				    (300000 + life_pick(100000000));
		break;
	default:
		headers->day_remaining = 400000 + life_pick(1000000);
		headers->day_reset_ms = life_pick(1000000);
	}
}

static void arrive(struct life *life, struct lane *lane)
{
	struct ratelimit_headers *h = &lane->headers;
	lane->status = virtual_server_arrive(
		&life->server, lane->arrives, false, h);
	lane->arrives = NEVER;
	if (life_pick(100) < life->lie)
		lie(h);
	if (life_pick(100) < life->lose_headers)
		h->minute_limit = h->minute_remaining = h->minute_reset_ms = -1;
	if (life_pick(100) < life->lose_headers)
		h->day_limit = h->day_remaining = h->day_reset_ms = -1;
	if (life_pick(100) < life->lose_headers)
		h->date_ms = -1;
}

static void reboot(struct life *life)
{
	for (int i = 0; i < LANES; i++)
		life->lanes[i].answered = NEVER; /* arrives all the same */
	life->now += 5000 + life_pick(100000);
	life->boot_zero = life->now - life_pick(20000);
}

static int free_lane(const struct life *life)
{
	int used = 0;
	int found = -1;
	for (int i = 0; i < LANES; i++) {
		bool idle = life->lanes[i].answered == NEVER;
		used += !idle;
		if (idle && life->lanes[i].arrives == NEVER)
			found = i;
	}
	return used < life->concurrency ? found : -1;
}

static void send_one(struct life *life, int lane_index)
{
	struct lane *lane = &life->lanes[lane_index];
	lane->ticket = ratelimit_spend(&life->state, life_instant(life));
	lane->arrives = life->now + life->up_least +
			(life->up_more ? life_pick(life->up_more) : 0);
	lane->answered = lane->arrives + life->down_least +
			 (life->down_more ? life_pick(life->down_more) : 0);
	if (life_pick(100) < life->die)
		lane->answered = NEVER;
	life->spent++;
	life->last_spend = life->now;
}

static int64_t on_tick(const struct life *life, int64_t at)
{
	return (at + life->tick - 1) / life->tick * life->tick;
}

/* Everything that happens on the way to `until`, in the order of time. */
static void pass(struct life *life, int64_t until)
{
	for (;;) {
		struct lane *next = NULL;
		int64_t at = until + 1;
		for (int i = 0; i < LANES; i++)
			if (life->lanes[i].arrives < at) {
				next = &life->lanes[i];
				at = next->arrives;
			}
		if (life->next_foreign < at) {
			struct ratelimit_headers ignored;
			virtual_server_arrive(&life->server, life->next_foreign,
				true, &ignored);
			life->next_foreign +=
				1 + life_pick(2 * (int64_t)life->foreign_gap);
			continue;
		}
		if (!next)
			break;
		arrive(life, next);
	}
	life->now = until;
}

void life_live(struct life *life, int calls, int64_t deadline)
{
	if (life->foreign_gap && life->next_foreign == NEVER)
		life->next_foreign = life->now + life_pick(life->foreign_gap);
	int goal = life->spent + calls;
	while (life->spent < goal && life->now < deadline) {
		int64_t wake = deadline;
		struct ratelimit_verdict v = ratelimit_ask(
			&life->state, &life->limits, life_instant(life));
		int lane = free_lane(life);
		if (v.go && lane >= 0) {
			send_one(life, lane);
			continue;
		}
		if (!v.go) {
			ck_assert_int_gt(
				v.until_boot_ms, life->now - life->boot_zero);
			wake = v.until_boot_ms + life->boot_zero;
			life->parked += v.reason == RATELIMIT_DAY;
		}
		for (int i = 0; i < LANES; i++)
			if (life->lanes[i].answered < wake)
				wake = life->lanes[i].answered;
		if (wake > deadline)
			wake = deadline;
		if (lane < 0 && wake == deadline)
			wake = life->now +
			       1; /* dead calls still on their way */
		pass(life, on_tick(life, wake));
		for (int i = 0; i < LANES; i++) {
			struct lane *l = &life->lanes[i];
			if (l->answered > life->now)
				continue;
			l->answered = NEVER;
			ratelimit_answer(&life->state, life_instant(life),
				l->ticket, l->status, &l->headers);
			if (life_pick(1000) < life->reboot) {
				int64_t from = life->now;
				reboot(life);
				int64_t to = life->now;
				life->now = from;
				pass(life, to);
				ratelimit_new_boot(&life->state, &life->limits,
					life_instant(life));
			}
		}
	}
	pass(life, life->now + 100000);
}
