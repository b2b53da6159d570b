/*
 * How long K calls take, beside the least time in which the server could have
 * taken them, in virtual time:
 *
 *	fixed            the rest of this minute, then a minute for each 60
 *	sliding, bucket  a minute for each 60 but the first
 *
 * A liar counts as a sliding server does and names whole minutes. Nothing but
 * a refusal shows that, so it may refuse one call.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/ratelimit/life.h"

static struct life life;

static int64_t optimum(enum server_kind kind, int calls, int64_t phase)
{
	int64_t bursts = (calls + 59) / 60;
	if (bursts == 1)
		return 0;
	return kind == SERVER_FIXED ? MINUTE - phase + (bursts - 2) * MINUTE
				    : (bursts - 1) * MINUTE;
}

/* A fresh client, `phase` ms after the server's minute began. */
static void begin(enum server_kind kind, enum reset_style style, int64_t phase)
{
	life_init(&life);
	life.server.kind = kind;
	life.server.style = style;
	life.server.skew -= life.server.skew % DAY;
	life.server.skew += 9 * 60 * MINUTE + phase;
	life.wall_skew = life.server.skew;
}

static void judge(void)
{
	int limit = life.limits.minute;
	ck_assert_int_le(virtual_server_worst_minute(&life.server), limit);
	ck_assert_int_le(virtual_server_worst_day(&life.server), 5000);
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
	int64_t worst[2] = { 0, 0 };
	for (int64_t phase = 0; phase < MINUTE; phase += 2993) {
		for (int i = 0; i < 14; i++) {
			enum server_kind kind = i < 7 ? SERVER_FIXED
						      : SERVER_SLIDING;
			int k = calls[i % 7];
			life_seed((uint64_t)(phase * 14 + i));
			begin(kind, RESET_OLDEST_LEAVES, phase);
			life.concurrency = LANES;
			life_live(&life, k, DAY);
			int64_t over = life.last_spend -
				       optimum(kind, k, phase);
			int64_t bursts = (k + 59) / 60;
			int64_t bound = kind == SERVER_FIXED
						? 1000 + 2 * 80
						: (bursts - 1) * 80;
			if (over > worst[kind])
				worst[kind] = over;
			ck_assert_msg(over <= bound,
				"%d calls, %s, phase %lld: %lld ms over", k,
				kind == SERVER_FIXED ? "fixed" : "sliding",
				(long long)phase, (long long)over);
			ck_assert_int_eq(life.server.refused, 0);
			judge();
			life_free(&life);
		}
	}
	printf("over the optimum at most: fixed %lld ms, sliding %lld ms\n",
		(long long)worst[SERVER_FIXED],
		(long long)worst[SERVER_SLIDING]);
}
END_TEST

/* The most that 5,000 calls may take: so many thousandths of the optimum and
 * two seconds. Where windows may slide each token comes back a latency late. */
struct race {
	const char *name;
	enum server_kind kind;
	enum reset_style style;
	int thousandths;
	int refused;
};

static const struct race races[] = {
	{ "fixed", SERVER_FIXED, RESET_WHOLE_MINUTE, 1005, 0 },
	{ "sliding", SERVER_SLIDING, RESET_OLDEST_LEAVES, 1050, 0 },
	{ "sliding, late reset", SERVER_SLIDING, RESET_ALL_LEAVE, 1050, 0 },
	{ "sliding, no reset", SERVER_SLIDING, RESET_ABSENT, 1050, 0 },
	{ "bucket", SERVER_BUCKET, RESET_OLDEST_LEAVES, 1050, 0 },
	{ "bucket, late reset", SERVER_BUCKET, RESET_ALL_LEAVE, 1050, 0 },
	{ "bucket, no reset", SERVER_BUCKET, RESET_ABSENT, 1050, 0 },
	{ "bucket, whole minutes", SERVER_BUCKET, RESET_WHOLE_MINUTE, 1050, 1 },
	{ "liar", SERVER_SLIDING, RESET_WHOLE_MINUTE, 1100, 1 },
};

struct way {
	int lanes;
	int64_t latency; /* there, and back: each at least this … */
	int64_t spread;  /* … and up to this much more */
};

static const struct way ways[] = { { 1, 40, 0 }, { 4, 40, 100 }, { 4, 250, 0 },
	{ LANES, 40, 0 }, { LANES, 100, 2000 } };

/* Thousandths of the optimum. */
static int64_t run_race(const struct race *race, const struct way *way,
	int64_t phase, uint64_t seed)
{
	int64_t best = optimum(race->kind, 5000, phase);
	life_seed(seed);
	begin(race->kind, race->style, phase);
	life.concurrency = way->lanes;
	life.up_least = life.down_least = way->latency;
	life.up_more = life.down_more = way->spread;
	life_live(&life, 5000, DAY);
	ck_assert_int_eq(life.spent, 5000);
	ck_assert_msg(
		life.last_spend <= best * race->thousandths / 1000 + 2000 &&
			life.server.refused <= race->refused,
		"%s, %d lanes, latency %d, phase %d: %lld ms over the optimum, "
		"%d refused",
		race->name, way->lanes, (int)way->latency, (int)phase,
		(long long)(life.last_spend - best), life.server.refused);
	return life.last_spend * 1000 / best;
}

START_TEST(test_five_thousand_calls_are_near_the_optimum_on_any_server)
{
	static const int64_t phases[] = { 0, 2000, 30000, 57300 };
	for (size_t r = 0; r < sizeof(races) / sizeof(races[0]); r++) {
		int64_t worst = 0;
		int refused = 0;
		for (uint64_t i = 0; i < 20; i++) {
			int64_t thousandths = run_race(
				&races[r], &ways[i / 4], phases[i % 4], i);
			if (thousandths > worst)
				worst = thousandths;
			if (life.server.refused > refused)
				refused = life.server.refused;
			life_free(&life);
		}
		printf("5,000 calls, %-22s %lld.%03lld times the optimum at "
		       "most, %d refused\n",
			races[r].name, (long long)worst / 1000,
			(long long)worst % 1000, refused);
	}
}
END_TEST

START_TEST(test_the_highest_minute_limit_is_kept_and_used)
{
	static const enum server_kind kinds[] = { SERVER_FIXED, SERVER_SLIDING,
		SERVER_BUCKET };
	for (int i = 0; i < 3; i++) {
		life_seed((uint64_t)i);
		begin(kinds[i], RESET_OLDEST_LEAVES, 30000);
		life.server.minute_limit = life.limits.minute =
			RATELIMIT_MINUTE_MAX;
		life.server.day_limit = life.limits.day = 1000000;
		life.concurrency = LANES;
		life.up_more = life.down_more = 1000;
		life_live(&life, 10 * RATELIMIT_MINUTE_MAX, DAY);
		ck_assert_int_eq(life.server.refused, 0);
		ck_assert_int_le(virtual_server_worst_minute(&life.server),
			RATELIMIT_MINUTE_MAX);
		/* 256 at a time, one second each, and two a window late. */
		ck_assert_int_le(life.last_spend, 9 * MINUTE + 10 * 2 * 2080);
		life_free(&life);
	}
}
END_TEST

START_TEST(test_five_thousand_calls_with_none_refused_then_parked_till_midnight)
{
	life_seed(5);
	begin(SERVER_FIXED, RESET_WHOLE_MINUTE, 20000);
	life.server.skew -= life.server.skew % DAY;
	life.server.skew += 20000; /* 00:00:20 UTC */
	life.wall_skew = life.server.skew;
	life.concurrency = 4;
	life.up_more = life.down_more = 100;
	life_live(&life, 5000, DAY);
	ck_assert_int_eq(life.spent, 5000);
	ck_assert_int_eq(life.server.refused, 0);
	int64_t over = life.last_spend - optimum(SERVER_FIXED, 5000, 20000);
	/* The last 20 calls take five rounds of four. */
	ck_assert_int_le(over, 1000 + 2 * 280 + 20 / 4 * 280);

	struct ratelimit_verdict v = ratelimit_ask(
		&life.state, &life.limits, life_instant(&life));
	ck_assert(!v.go);
	ck_assert_int_eq(v.reason, RATELIMIT_DAY);
	ck_assert_int_eq(v.day_left, 0);
	int64_t midnight = DAY - 20000;
	int64_t until = v.until_boot_ms + life.boot_zero;
	ck_assert_int_ge(until, midnight);
	ck_assert_int_le(until, midnight + 1100);
	life_live(&life, 1, 2 * DAY);
	ck_assert_int_eq(life.server.refused, 0);
	ck_assert_int_eq(life.spent, 5001);
	life_free(&life);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ratelimit speed");
	TCase *speed = tcase_create("speed");
	tcase_set_timeout(speed, 300);
	tcase_add_test(
		speed, test_the_time_for_k_calls_is_the_optimum_and_a_second);
	tcase_add_test(speed,
		test_five_thousand_calls_are_near_the_optimum_on_any_server);
	tcase_add_test(speed, test_the_highest_minute_limit_is_kept_and_used);
	tcase_add_test(speed,
		test_five_thousand_calls_with_none_refused_then_parked_till_midnight);
	suite_add_tcase(suite, speed);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
