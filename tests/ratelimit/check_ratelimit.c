/*
 * The limiter against a virtual server, in virtual time: thousands of seeded
 * lives of a client, and one property that must hold in each: no window of
 * the server ever holds more of our calls than the limit. A life that fails
 * prints its seed; EXACT_SEED=n runs that one alone.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ratelimit/endpoint.h"
#include "ratelimit/state.h"
#include "tests/ratelimit/virtual_server.h"

#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)
#define NEVER  INT64_MAX
#define LANES  256

static const struct ratelimit_headers no_headers = { -1, -1, -1, -1, -1, -1,
	-1 };
static const struct ratelimit_limits usual = { .minute = 60, .day = 5000 };

static uint64_t random_state;

static int64_t pick(int64_t below)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	return (int64_t)(x % (uint64_t)below);
}

/* ---- a life ------------------------------------------------------------- */

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

static void life_init(struct life *life)
{
	memset(life, 0, sizeof(*life));
	virtual_server_init(&life->server);
	life->limits = usual;
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

static struct instant life_instant(const struct life *life)
{
	return (struct instant){ .boot_ms = life->now - life->boot_zero,
		.wall_ms = life->now + life->wall_skew };
}

static void lie(struct ratelimit_headers *headers)
{
	switch (pick(6)) {
	case 0:
		headers->minute_remaining = pick(10000);
		break;
	case 1:
		headers->minute_limit = 100000;
		headers->day_limit = 1000000;
		break;
	case 2: /* long past, never on a minute, far ahead */
		headers->minute_reset_ms = 60001 + pick(1000) * 60000;
		break;
	case 3:
		headers->minute_reset_ms += (1 + pick(1000)) * 3600000;
		break;
	case 4:
		headers->date_ms += (pick(2) ? 1 : -1) *
				    (300000 + pick(100000000));
		break;
	default:
		headers->day_remaining = 400000 + pick(1000000);
		headers->day_reset_ms = pick(1000000);
	}
}

static void arrive(struct life *life, struct lane *lane)
{
	struct ratelimit_headers *h = &lane->headers;
	lane->status = virtual_server_arrive(
		&life->server, lane->arrives, false, h);
	lane->arrives = NEVER;
	if (pick(100) < life->lie)
		lie(h);
	if (pick(100) < life->lose_headers)
		h->minute_limit = h->minute_remaining = h->minute_reset_ms = -1;
	if (pick(100) < life->lose_headers)
		h->day_limit = h->day_remaining = h->day_reset_ms = -1;
	if (pick(100) < life->lose_headers)
		h->date_ms = -1;
}

static void reboot(struct life *life)
{
	for (int i = 0; i < LANES; i++)
		life->lanes[i].answered = NEVER; /* arrives all the same */
	life->now += 5000 + pick(100000);
	life->boot_zero = life->now - pick(20000);
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
	lane->ticket = ratelimit_spend(
		&life->state, &life->limits, life_instant(life));
	lane->arrives = life->now + life->up_least +
			(life->up_more ? pick(life->up_more) : 0);
	lane->answered = lane->arrives + life->down_least +
			 (life->down_more ? pick(life->down_more) : 0);
	if (pick(100) < life->die)
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
				1 + pick(2 * (int64_t)life->foreign_gap);
			continue;
		}
		if (!next)
			break;
		arrive(life, next);
	}
	life->now = until;
}

/* Live until `calls` were spent, or until `deadline`. */
static void live(struct life *life, int calls, int64_t deadline)
{
	if (life->foreign_gap && life->next_foreign == NEVER)
		life->next_foreign = life->now + pick(life->foreign_gap);
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
			ratelimit_answer(&life->state, &life->limits,
				life_instant(life), l->ticket, l->status,
				&l->headers);
			if (pick(1000) < life->reboot) {
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

static void random_life(struct life *life, uint64_t seed)
{
	random_state = seed;
	life_init(life);
	life->server.fixed = pick(2);
	life->server.style = (enum reset_style)pick(3);
	life->server.minute_limit = pick(3) ? 60 : 1 + (int)pick(100);
	life->limits.minute = life->server.minute_limit;
	if (pick(4) == 0) /* configured too high: the header lowers it */
		life->server.day_limit = 10 + (int)pick(300);
	life->limits.day = life->server.day_limit;
	life->server.skew += pick(DAY);
	life->wall_skew = life->server.skew + pick(7200000) - 3600000;
	life->now = pick(MINUTE);
	life->concurrency = 1 + (int)pick(8);
	life->up_least = pick(300);
	life->down_least = pick(300);
	life->up_more = pick(3) ? pick(500) : pick(20000);
	life->down_more = pick(3) ? pick(500) : pick(20000);
	life->tick = pick(5) ? 1 : pick(2) ? 1 + pick(1000) : MINUTE;
	life->lose_headers = pick(2) ? 0 : (int)pick(60);
	life->die = pick(3) ? 0 : (int)pick(8);
	life->reboot = pick(3) ? 0 : (int)pick(20);
	/* Until a Date was seen, our own clock names the day; where that may
	 * take long, it must be right. */
	if (life->reboot || life->lose_headers || life->die)
		life->wall_skew = life->server.skew;
}

static uint64_t first_seed(int *ret_count, int count)
{
	const char *one = getenv("EXACT_SEED");
	*ret_count = one ? 1 : count;
	return one ? strtoull(one, NULL, 10) : 1;
}

static void judge(struct life *life, uint64_t seed, const char *what)
{
	int minute = virtual_server_worst_minute(&life->server);
	int day = virtual_server_worst_day(&life->server);
	if (minute > life->limits.minute || day > life->limits.day)
		ck_abort_msg("%s, seed %llu: %d in a minute of %d, %d in a day "
			     "of %d (%s)",
			what, (unsigned long long)seed, minute,
			life->limits.minute, day, life->limits.day,
			life->server.fixed ? "fixed" : "sliding");
}

START_TEST(test_no_window_of_an_honest_server_ever_holds_more_than_the_limit)
{
	int count;
	uint64_t first = first_seed(&count, 1500);
	static struct life life;
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(&life, seed);
		live(&life, 50 + (int)pick(400), 3 * DAY);
		judge(&life, seed, "honest");
		if (life.server.refused)
			ck_abort_msg("honest, seed %llu: %d refused",
				(unsigned long long)seed, life.server.refused);
		virtual_server_free(&life.server);
	}
}
END_TEST

START_TEST(test_headers_that_lie_never_let_more_than_the_limit_go)
{
	int count;
	uint64_t first = first_seed(&count, 1000);
	static struct life life;
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(&life, seed ^ 0x11e50000);
		life.lie = 1 + (int)pick(20);
		life.wall_skew = life.server.skew;
		live(&life, 50 + (int)pick(300), 3 * DAY);
		judge(&life, seed, "lying");
		virtual_server_free(&life.server);
	}
}
END_TEST

START_TEST(test_others_use_takes_from_our_share_and_stops_nothing_for_ever)
{
	int count;
	uint64_t first = first_seed(&count, 200);
	static struct life life;
	int refused = 0;
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(&life, seed ^ 0xf0e10000);
		life.tick = 1;
		life.server.fixed = true;
		life.server.minute_limit = life.limits.minute = 60;
		life.server.day_limit = life.limits.day = 5000;
		life.foreign_gap = 2000 + (int)pick(8000);
		live(&life, 200, DAY);
		judge(&life, seed, "foreign");
		ck_assert_int_eq(life.spent, 200);
		refused += life.server.refused;
		virtual_server_free(&life.server);
	}
	printf("foreign use: %d of %d calls refused\n", refused, count * 200);
	/* What others take between two of our answers can't be known. */
	ck_assert_int_lt(refused, count * 200 / 50);
}
END_TEST

/* ---- efficiency --------------------------------------------------------- */

static int64_t optimum(bool fixed, int calls, int64_t phase)
{
	int64_t bursts = (calls + 59) / 60;
	if (bursts == 1)
		return 0;
	return fixed ? MINUTE - phase + (bursts - 2) * MINUTE
		     : (bursts - 1) * MINUTE;
}

/*
 * All calls that may go, go at once; latency 80 ms. Fixed windows: the
 * boundary is met late by what is unknown of the server's clock, a second
 * and the latency at most, however many windows there are. Sliding windows:
 * each token comes back a latency late, in each window.
 */
START_TEST(test_the_time_for_k_calls_is_the_optimum_and_a_second)
{
	static const int calls[] = { 1, 60, 61, 120, 200, 600, 1000 };
	static struct life life;
	int64_t worst[2] = { 0, 0 };
	for (int64_t phase = 0; phase < MINUTE; phase += 2993) {
		for (int i = 0; i < 14; i++) {
			bool fixed = i < 7;
			int k = calls[i % 7];
			random_state = (uint64_t)(phase * 14 + i);
			life_init(&life);
			life.server.fixed = fixed;
			life.server.skew -= life.server.skew % MINUTE;
			life.server.skew += phase;
			life.wall_skew = life.server.skew;
			life.concurrency = LANES;
			live(&life, k, DAY);
			int64_t over = life.last_spend -
				       optimum(fixed, k, phase);
			int64_t bursts = (k + 59) / 60;
			int64_t bound = fixed ? 1000 + 2 * 80
					      : (bursts - 1) * 80;
			if (over > worst[fixed])
				worst[fixed] = over;
			ck_assert_msg(over <= bound,
				"%d calls, %s, phase %lld: %lld ms over", k,
				fixed ? "fixed" : "sliding", (long long)phase,
				(long long)over);
			ck_assert_int_eq(life.server.refused, 0);
			judge(&life, (uint64_t)phase, "efficiency");
			virtual_server_free(&life.server);
		}
	}
	printf("over the optimum at most: fixed %lld ms, sliding %lld ms\n",
		(long long)worst[1], (long long)worst[0]);
}
END_TEST

START_TEST(test_five_thousand_calls_with_none_refused_then_parked_till_midnight)
{
	static struct life life;
	random_state = 5;
	life_init(&life);
	life.server.skew -= life.server.skew % DAY;
	life.server.skew += 20000; /* 00:00:20 UTC */
	life.wall_skew = life.server.skew;
	life.concurrency = 4;
	life.up_more = life.down_more = 100;
	live(&life, 5000, DAY);
	ck_assert_int_eq(life.spent, 5000);
	ck_assert_int_eq(life.server.refused, 0);
	int64_t over = life.last_spend - optimum(true, 5000, 20000);
	printf("5,000 calls: %lld ms over the optimum of %lld\n",
		(long long)over, (long long)optimum(true, 5000, 20000));
	/* The last 20 calls take five rounds of four. */
	ck_assert_int_le(over, 1000 + 2 * 280 + 20 / 4 * 280);

	struct ratelimit_verdict v = ratelimit_ask(
		&life.state, &usual, life_instant(&life));
	ck_assert(!v.go);
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	ck_assert_int_eq(v.day_left, 0);
	int64_t midnight = DAY - 20000;
	int64_t until = v.until_boot_ms + life.boot_zero;
	ck_assert_int_ge(until, midnight);
	ck_assert_int_le(until, midnight + 1100);
	live(&life, 1, 2 * DAY);
	ck_assert_int_eq(life.server.refused, 0);
	ck_assert_int_eq(life.spent, 5001);
	virtual_server_free(&life.server);
}
END_TEST

/* ---- the rules, one by one ---------------------------------------------- */

static struct ratelimit_state state;

static struct instant at(int64_t ms)
{
	/* 2026-11-21T09:30:00Z at 0. */
	return (struct instant){ .boot_ms = 1000000 + ms,
		.wall_ms = INT64_C(1795253400000) + ms };
}

static int spend(int64_t ms)
{
	ck_assert(ratelimit_ask(&state, &usual, at(ms)).go);
	return ratelimit_spend(&state, &usual, at(ms));
}

static int64_t opens(int64_t ms)
{
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(ms));
	return v.go ? ms : v.until_boot_ms - 1000000;
}

START_TEST(test_a_spent_token_returns_one_window_after_its_response)
{
	int first = spend(0);
	for (int i = 1; i < 60; i++)
		spend(i);
	ratelimit_answer(&state, &usual, at(700), first, 200, &no_headers);
	ck_assert_int_eq(opens(800), 60700);
	ck_assert(!ratelimit_ask(&state, &usual, at(60699)).go);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(60700)).minute_left, 1);
}
END_TEST

START_TEST(test_a_dead_process_gives_its_token_back_after_three_minutes)
{
	for (int i = 0; i < 60; i++)
		spend(i);
	ck_assert_int_eq(opens(1000), 180000);
	ck_assert(!ratelimit_ask(&state, &usual, at(179999)).go);
	ck_assert(ratelimit_ask(&state, &usual, at(180000)).go);
}
END_TEST

/* Server's epoch is wall + 250; sent at 0, answered at 100. */
static struct ratelimit_headers honest(int64_t ms, int remaining)
{
	int64_t here = INT64_C(1795253400000) + ms + 250;
	return (struct ratelimit_headers){ 60, remaining,
		here - here % MINUTE + MINUTE, 5000, 4000,
		here - here % DAY + DAY, here - here % 1000 };
}

START_TEST(test_a_whole_minute_reset_is_trusted_at_once)
{
	struct ratelimit_headers headers = honest(20050, 59);
	int first = spend(20000);
	for (int i = 1; i < 60; i++)
		spend(20000);
	ratelimit_answer(&state, &usual, at(20100), first, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	/* The server's minute ends at 59750; its clock is known to 1.1 s. */
	int64_t open = opens(20100);
	ck_assert_int_ge(open, 59750);
	ck_assert_int_le(open, 59750 + 1100);
}
END_TEST

START_TEST(test_a_call_across_the_boundary_counts_in_both_windows)
{
	struct ratelimit_headers headers = honest(20050, 59);
	int first = spend(20000);
	ratelimit_answer(&state, &usual, at(20100), first, 200, &headers);
	int late = spend(59000);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(62000)).minute_left, 59);
	/* Answered, without a word on its window: it may be the new one. */
	struct ratelimit_state silent = state;
	ratelimit_answer(&silent, &usual, at(62000), late, 200, &no_headers);
	ck_assert_int_eq(
		ratelimit_ask(&silent, &usual, at(62000)).minute_left, 59);
	/* Its own header names the old one. */
	headers = honest(59200, 58);
	headers.date_ms = -1;
	ratelimit_answer(&state, &usual, at(62000), late, 200, &headers);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(62000)).minute_left, 60);
}
END_TEST

START_TEST(test_near_a_boundary_both_windows_must_have_room)
{
	struct ratelimit_headers headers = honest(20050, 59);
	int tickets[60];
	int first = spend(20000);
	ratelimit_answer(&state, &usual, at(20100), first, 200, &headers);
	/* The server's minute ends at 59750; for us between 59000 and 60101.
	 * Sixty calls are counted in the new one, as their headers say. */
	for (int i = 0; i < 59; i++)
		tickets[i] = spend(59800);
	headers = honest(59850, 0);
	headers.minute_remaining = headers.date_ms = -1;
	for (int i = 0; i < 59; i++)
		ratelimit_answer(
			&state, &usual, at(59900), tickets[i], 200, &headers);
	tickets[59] = spend(59910);
	ratelimit_answer(&state, &usual, at(59950), tickets[59], 200, &headers);
	ck_assert(!ratelimit_ask(&state, &usual, at(59960)).go);
	ck_assert_int_ge(opens(59960), 60000 + 59750);
}
END_TEST

START_TEST(
	test_a_reset_that_may_be_a_window_after_our_first_call_proves_nothing)
{
	/* Counted at 00:00.000 of the server's minute: a server that slides
	 * names the next whole minute too. */
	struct ratelimit_headers headers = honest(59750, 59);
	int first = spend(59730);
	ck_assert_int_eq(headers.minute_reset_ms % MINUTE, 0);
	ratelimit_answer(&state, &usual, at(59800), first, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_UNKNOWN);
}
END_TEST

START_TEST(test_a_refusal_revokes_the_trust_in_resets_for_good)
{
	struct ratelimit_headers headers = honest(20050, 59);
	int ticket = spend(20000);
	ratelimit_answer(&state, &usual, at(20100), ticket, 200, &headers);
	ticket = spend(20200);
	headers = honest(20250, 0);
	headers.day_limit = headers.day_remaining = headers.day_reset_ms = -1;
	ratelimit_answer(&state, &usual, at(20300), ticket, 429, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(20400));
	ck_assert_int_eq(v.reason, RATELIMIT_REFUSED);
	ck_assert_int_ge(opens(20400), 59750);
	ck_assert_int_le(opens(20400), 59750 + 1100);
	ratelimit_new_boot(&state, &usual, at(100000));
	ticket = spend(200000);
	headers = honest(200050, 59);
	ratelimit_answer(&state, &usual, at(200100), ticket, 200, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}
END_TEST

/* 40 calls are counted late in a minute, one is refused, and the first of
 * the next minute says what remains. */
static void refused_then_remaining(int remaining)
{
	struct ratelimit_headers headers;
	ratelimit_init(&state);
	for (int i = 0; i < 40; i++) {
		int ticket = spend(40000 + i * 100);
		headers = honest(40050 + i * 100, 59 - i);
		ratelimit_answer(&state, &usual, at(40090 + i * 100), ticket,
			200, &headers);
	}
	int ticket = spend(50000);
	headers = honest(50050, 0);
	ratelimit_answer(&state, &usual, at(50100), ticket, 429, &headers);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	int64_t next = opens(50200) + 1000;
	ticket = spend(next);
	headers = honest(next + 50, remaining);
	ratelimit_answer(&state, &usual, at(next + 100), ticket, 200, &headers);
}

START_TEST(test_a_count_that_begins_anew_earns_the_trust_again)
{
	refused_then_remaining(59);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	refused_then_remaining(20);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
	/* A sliding count: 40 and this one are in it. */
	refused_then_remaining(19);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	/* More than there can be. */
	refused_then_remaining(60);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
	refused_then_remaining(-1);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_REVOKED);
}
END_TEST

START_TEST(
	test_the_eighth_error_in_an_hour_opens_the_breaker_until_the_first_is_old)
{
	static const char *const ours = "jan financial/Journals";
	const int64_t hour = 60 * MINUTE;
	/* A strike every six minutes: 0, 6, … 36 are seven. */
	for (int i = 0; i < 7; i++) {
		endpoint_answer(
			&state, ours, at(i * 6 * MINUTE), 403, &no_headers);
		/* What goes well in between takes none of them back. */
		endpoint_answer(
			&state, ours, at(i * 6 * MINUTE + 1), 200, &no_headers);
		ck_assert_int_eq(
			endpoint_blocked(&state, ours, at(i * 6 * MINUTE + 2)),
			0);
	}
	endpoint_answer(&state, ours, at(40 * MINUTE), 500, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(41 * MINUTE)), 0);
	endpoint_answer(&state, ours, at(42 * MINUTE), 404, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(42 * MINUTE)),
		at(hour).boot_ms);
	ck_assert_int_eq(endpoint_struck(&state, ours, at(42 * MINUTE)), 404);
	ck_assert_int_eq(
		endpoint_blocked(&state, "piet financial/Journals", at(42)), 0);
	/* The first is an hour old: one more may go, and shuts it again until
	 * the second is. */
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(hour)), 0);
	endpoint_answer(&state, ours, at(hour), 400, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(hour + 1)),
		at(hour + 6 * MINUTE).boot_ms);
	/* Refused for no quota on top of it: the longer one holds. */
	endpoint_answer(&state, ours, at(hour + 2), 429, &no_headers);
	endpoint_answer(&state, ours, at(hour + 3), 429, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(hour + 4)),
		at(2 * hour + 3).boot_ms);
	/* All are old: nothing is left. */
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(3 * hour)), 0);
	endpoint_answer(&state, ours, at(3 * hour), 200, &no_headers);
	for (int i = 0; i < RATELIMIT_ENDPOINTS; i++)
		ck_assert_uint_eq(state.endpoints[i].key, 0);
}
END_TEST

START_TEST(test_an_endpoint_refused_twice_for_no_quota_is_left_alone_an_hour)
{
	static const char *const ours = "financial/Journals";
	static const char *const other = "sync/Deleted";
	const int64_t hour = 60 * MINUTE;
	struct ratelimit_headers named = honest(50, 0);
	named.day_limit = named.day_remaining = named.day_reset_ms = -1;
	endpoint_answer(&state, ours, at(0), 429, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(1)), 0);
	/* Another answer in between, of whatever kind, clears it … */
	endpoint_answer(&state, ours, at(70000), 429, &named);
	endpoint_answer(&state, ours, at(140000), 429, &no_headers);
	endpoint_answer(&state, ours, at(210000), 200, &no_headers);
	endpoint_answer(&state, ours, at(280000), 429, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(280001)), 0);
	/* … but a lost one says nothing, nor does another endpoint's. */
	endpoint_answer(&state, ours, at(290000), 0, &no_headers);
	endpoint_answer(&state, other, at(300000), 200, &no_headers);
	endpoint_answer(&state, ours, at(350000), 429, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(350001)),
		at(350000 + hour).boot_ms);
	ck_assert_int_eq(endpoint_blocked(&state, other, at(350001)), 0);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(350000 + hour)), 0);
	/* One knock after the hour, and the door is shut as long again only
	 * when the next one is refused too. */
	endpoint_answer(&state, ours, at(360000 + hour), 429, &no_headers);
	ck_assert_int_eq(endpoint_blocked(&state, ours, at(360001 + hour)), 0);
	/* Many endpoints: the one refused last is still known. */
	for (int i = 0; i < 3 * RATELIMIT_ENDPOINTS; i++) {
		char name[16];
		snprintf(name, sizeof(name), "list%d", i);
		endpoint_answer(
			&state, name, at(400000 + 2 * i), 429, &no_headers);
		endpoint_answer(
			&state, name, at(400001 + 2 * i), 429, &no_headers);
		ck_assert_int_ne(endpoint_blocked(&state, name, at(400099)), 0);
	}
}
END_TEST

START_TEST(test_a_server_that_slides_behind_whole_minutes_refuses_only_once)
{
	/* Its headers claim fixed minutes, its counting slides. */
	static struct life life;
	random_state = 77;
	life_init(&life);
	life.server.fixed = false;
	life.server.style = RESET_ABSENT;
	life.concurrency = 1;
	int refused = 0;
	for (int i = 0; i < 400; i++) {
		struct ratelimit_verdict v;
		for (;;) {
			v = ratelimit_ask(
				&life.state, &usual, life_instant(&life));
			if (v.go)
				break;
			life.now = v.until_boot_ms + life.boot_zero;
		}
		int ticket = ratelimit_spend(
			&life.state, &usual, life_instant(&life));
		struct ratelimit_headers headers;
		life.now += 40;
		int status = virtual_server_arrive(
			&life.server, life.now, false, &headers);
		int64_t here = life.now + life.server.skew;
		headers.minute_reset_ms = here - here % MINUTE + MINUTE;
		life.now += 40;
		ratelimit_answer(&life.state, &usual, life_instant(&life),
			ticket, status, &headers);
		refused += status == 429;
	}
	ck_assert_int_eq(refused, 1);
	virtual_server_free(&life.server);
}
END_TEST

START_TEST(test_a_refusal_without_headers_waits_one_minute)
{
	int ticket = spend(0);
	ratelimit_answer(&state, &usual, at(100), ticket, 429, &no_headers);
	ck_assert_int_eq(opens(200), 60100);
}
END_TEST

START_TEST(test_a_refusal_for_the_day_parks_until_its_reset_not_longer)
{
	struct ratelimit_headers headers = no_headers;
	headers.day_limit = 5000;
	headers.day_remaining = 0;
	headers.day_reset_ms = INT64_C(1795305600000); /* 22 Nov, 00:00 */
	int ticket = spend(0);
	ratelimit_answer(&state, &usual, at(100), ticket, 429, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(200));
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	int64_t midnight = INT64_C(1795305600000) - INT64_C(1795253400000);
	ck_assert_int_eq(opens(200), midnight);
	ck_assert(ratelimit_ask(&state, &usual, at(midnight)).go);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_UNKNOWN);
}
END_TEST

START_TEST(test_a_reset_a_year_ahead_parks_no_longer_than_the_day)
{
	struct ratelimit_headers headers = no_headers;
	headers.day_remaining = 0;
	headers.day_reset_ms = INT64_C(1795305600000) + 365 * DAY;
	int ticket = spend(0);
	ratelimit_answer(&state, &usual, at(100), ticket, 429, &headers);
	ck_assert_int_le(opens(200), DAY);
}
END_TEST

START_TEST(test_foreign_use_lowers_this_window_and_no_other)
{
	int ticket = spend(20000);
	struct ratelimit_headers headers = honest(20050, 20);
	ratelimit_answer(&state, &usual, at(20100), ticket, 200, &headers);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(20200)).minute_left, 20);
	ck_assert_int_eq(
		ratelimit_ask(&state, &usual, at(62000)).minute_left, 60);
}
END_TEST

START_TEST(test_no_header_raises_what_was_configured_and_a_lower_one_counts)
{
	int ticket = spend(20000);
	struct ratelimit_headers headers = honest(20050, 299);
	headers.minute_limit = 300;
	headers.day_limit = 30000;
	headers.day_remaining = 29999;
	ratelimit_answer(&state, &usual, at(20100), ticket, 200, &headers);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, at(20200));
	ck_assert_int_eq(v.minute_left, 59);
	ck_assert_int_eq(v.day_left, 4999);

	ticket = spend(20300);
	headers = honest(20350, 28);
	headers.minute_limit = 30;
	headers.day_limit = 100;
	headers.day_remaining = 98;
	ratelimit_answer(&state, &usual, at(20400), ticket, 200, &headers);
	v = ratelimit_ask(&state, &usual, at(20500));
	ck_assert_int_eq(v.minute_left, 28);
	ck_assert_int_eq(v.day_left, 98);
	/* Absent ones keep the old values. */
	ticket = spend(20600);
	ratelimit_answer(&state, &usual, at(20700), ticket, 200, &no_headers);
	v = ratelimit_ask(&state, &usual, at(20800));
	ck_assert_int_eq(v.minute_left, 27);
	ck_assert_int_eq(v.day_left, 97);
}
END_TEST

START_TEST(test_a_jump_of_the_wall_clock_frees_nothing_and_parks_nobody)
{
	static const int64_t jumps[] = { -400 * DAY, -DAY, -3600000, 3600000,
		DAY, 400 * DAY };
	for (int i = 0; i < 12; i++) {
		ratelimit_init(&state);
		int64_t jump = jumps[i % 6];
		int ticket = spend(0);
		if (i >= 6) { /* with the server's clock learnt, or not */
			struct ratelimit_headers headers = honest(50, 59);
			headers.day_remaining = 4999;
			ratelimit_answer(
				&state, &usual, at(100), ticket, 200, &headers);
		}
		for (int k = 1; k < 60; k++)
			spend(200);
		struct instant jumped = at(300);
		jumped.wall_ms += jump;
		struct ratelimit_verdict v = ratelimit_ask(
			&state, &usual, jumped);
		ck_assert(!v.go);
		ck_assert_int_eq(v.day_left, 4940);
		ck_assert_int_le(v.until_boot_ms, jumped.boot_ms + 180000);

		state.day_used = 5000;
		v = ratelimit_ask(&state, &usual, jumped);
		ck_assert_int_eq(v.reason, RATELIMIT_DAY);
		ck_assert_int_le(v.until_boot_ms, jumped.boot_ms + DAY);
		/* Clocks drift: then it is asked again, half a minute long. */
		int64_t midnight = v.until_boot_ms;
		for (int k = 0; k < 9 && !v.go; k++) {
			jumped.boot_ms = v.until_boot_ms;
			v = ratelimit_ask(&state, &usual, jumped);
		}
		ck_assert(v.go);
		ck_assert_int_le(jumped.boot_ms, midnight + 30100);
	}
}
END_TEST

START_TEST(test_a_wall_clock_set_back_by_a_reboot_keeps_the_days_count)
{
	spend(0);
	state.day_used = 5000;
	struct instant now = { .boot_ms = 5000,
		.wall_ms = at(0).wall_ms - 300 * DAY };
	ratelimit_new_boot(&state, &usual, now);
	now.boot_ms += 100000;
	now.wall_ms += 100000;
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, now);
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	ck_assert_int_le(v.until_boot_ms, now.boot_ms + DAY);
}
END_TEST

START_TEST(test_after_a_reboot_the_minute_is_full_for_one_window)
{
	spend(0);
	struct instant now = { .boot_ms = 3000, .wall_ms = at(9000).wall_ms };
	ratelimit_new_boot(&state, &usual, now);
	struct ratelimit_verdict v = ratelimit_ask(&state, &usual, now);
	ck_assert(!v.go);
	ck_assert_int_eq(v.reason, RATELIMIT_MINUTE);
	ck_assert_int_eq(v.until_boot_ms, 63000);
	ck_assert_int_eq(v.day_left, 4999);
	now.boot_ms += 60000;
	ck_assert_int_eq(ratelimit_ask(&state, &usual, now).minute_left, 60);
}
END_TEST

START_TEST(test_one_date_that_lies_changes_nothing)
{
	int ticket = spend(20000);
	struct ratelimit_headers headers = honest(20050, 59);
	ratelimit_answer(&state, &usual, at(20100), ticket, 200, &headers);
	int64_t low = state.offset_low;
	ticket = spend(20200);
	headers = honest(20250, 58);
	headers.date_ms += 2 * DAY;
	ratelimit_answer(&state, &usual, at(20300), ticket, 200, &headers);
	ck_assert_int_eq(state.offset_low, low);
	ck_assert_int_eq(ratelimit_ask(&state, &usual, at(20400)).day_left,
		ratelimit_ask(&state, &usual, at(20400)).day_left);
	ticket = spend(20500);
	headers = honest(20550, 57);
	ratelimit_answer(&state, &usual, at(20600), ticket, 200, &headers);
	ck_assert_int_eq(state.doubt, 0);
	ck_assert_int_eq(state.windows, RATELIMIT_WINDOWS_FIXED);
}
END_TEST

static void fresh_state(void)
{
	ratelimit_init(&state);
}

int main(void)
{
	Suite *suite = suite_create("ratelimit");
	TCase *rules = tcase_create("rules");
	TCase *lives = tcase_create("lives");
	tcase_add_checked_fixture(rules, fresh_state, NULL);
	tcase_add_test(rules,
		test_a_spent_token_returns_one_window_after_its_response);
	tcase_add_test(rules,
		test_a_dead_process_gives_its_token_back_after_three_minutes);
	tcase_add_test(rules, test_a_whole_minute_reset_is_trusted_at_once);
	tcase_add_test(
		rules, test_a_call_across_the_boundary_counts_in_both_windows);
	tcase_add_test(rules, test_near_a_boundary_both_windows_must_have_room);
	tcase_add_test(rules,
		test_a_reset_that_may_be_a_window_after_our_first_call_proves_nothing);
	tcase_add_test(
		rules, test_a_refusal_revokes_the_trust_in_resets_for_good);
	tcase_add_test(
		rules, test_a_count_that_begins_anew_earns_the_trust_again);
	tcase_add_test(rules,
		test_an_endpoint_refused_twice_for_no_quota_is_left_alone_an_hour);
	tcase_add_test(rules,
		test_the_eighth_error_in_an_hour_opens_the_breaker_until_the_first_is_old);
	tcase_add_test(rules,
		test_a_server_that_slides_behind_whole_minutes_refuses_only_once);
	tcase_add_test(rules, test_a_refusal_without_headers_waits_one_minute);
	tcase_add_test(rules,
		test_a_refusal_for_the_day_parks_until_its_reset_not_longer);
	tcase_add_test(
		rules, test_a_reset_a_year_ahead_parks_no_longer_than_the_day);
	tcase_add_test(rules, test_foreign_use_lowers_this_window_and_no_other);
	tcase_add_test(rules,
		test_no_header_raises_what_was_configured_and_a_lower_one_counts);
	tcase_add_test(rules,
		test_a_jump_of_the_wall_clock_frees_nothing_and_parks_nobody);
	tcase_add_test(rules,
		test_a_wall_clock_set_back_by_a_reboot_keeps_the_days_count);
	tcase_add_test(
		rules, test_after_a_reboot_the_minute_is_full_for_one_window);
	tcase_add_test(rules, test_one_date_that_lies_changes_nothing);
	tcase_set_timeout(lives, 300);
	tcase_add_test(lives,
		test_no_window_of_an_honest_server_ever_holds_more_than_the_limit);
	tcase_add_test(
		lives, test_headers_that_lie_never_let_more_than_the_limit_go);
	tcase_add_test(lives,
		test_others_use_takes_from_our_share_and_stops_nothing_for_ever);
	tcase_add_test(
		lives, test_the_time_for_k_calls_is_the_optimum_and_a_second);
	tcase_add_test(lives,
		test_five_thousand_calls_with_none_refused_then_parked_till_midnight);
	suite_add_tcase(suite, rules);
	suite_add_tcase(suite, lives);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
