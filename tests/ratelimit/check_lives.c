/*
 * The limiter against a virtual server, in virtual time: thousands of seeded
 * lives of a client, and one property that must hold in each: no window of
 * the server ever holds more of our calls than the limit. A life that fails
 * prints its seed; EXACT_SEED=n runs that life alone.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/ratelimit/life.h"

static struct life life;

static void random_life(uint64_t seed)
{
	life_seed(seed);
	life_init(&life);
	life.server.kind = (enum server_kind)life_pick(3);
	life.server.style = (enum reset_style)life_pick(3);
	life.server.minute_limit = life_pick(3) ? 60 : 1 + (int)life_pick(100);
	life.limits.minute = life.server.minute_limit;
	if (life_pick(4) == 0) /* configured too high: the header lowers it */
		life.server.day_limit = 10 + (int)life_pick(300);
	life.limits.day = life.server.day_limit;
	life.server.skew += life_pick(DAY);
	life.wall_skew = life.server.skew + life_pick(7200000) - 3600000;
	life.now = life_pick(MINUTE);
	life.concurrency = 1 + (int)life_pick(8);
	life.up_least = life_pick(300);
	life.down_least = life_pick(300);
	life.up_more = life_pick(3) ? life_pick(500) : life_pick(20000);
	life.down_more = life_pick(3) ? life_pick(500) : life_pick(20000);
	life.tick = life_pick(5)   ? 1
		    : life_pick(2) ? 1 + life_pick(1000)
				   : MINUTE;
	life.lose_headers = life_pick(2) ? 0 : (int)life_pick(60);
	life.die = life_pick(3) ? 0 : (int)life_pick(8);
	life.reboot = life_pick(3) ? 0 : (int)life_pick(20);
	/* Until a Date was seen, our own clock names the day; where that may
	 * take long, it must be right. */
	if (life.reboot || life.lose_headers || life.die)
		life.wall_skew = life.server.skew;
}

static uint64_t first_seed(int *ret_count, int count)
{
	const char *one = getenv("EXACT_SEED");
	*ret_count = one ? 1 : count;
	return one ? strtoull(one, NULL, 10) : 1;
}

static const char *const kinds[] = { [SERVER_FIXED] = "fixed",
	[SERVER_SLIDING] = "sliding",
	[SERVER_BUCKET] = "bucket" };

/* A bucket has no windows: it says itself when there were too many. */
static void judge(uint64_t seed, const char *what)
{
	int minute = virtual_server_worst_minute(&life.server);
	int day = virtual_server_worst_day(&life.server);
	if (life.server.kind == SERVER_BUCKET)
		minute = 0;
	if (minute > life.limits.minute || day > life.limits.day)
		ck_abort_msg("%s, seed %llu: %d in a minute of %d, %d in a day "
			     "of %d (%s)",
			what, (unsigned long long)seed, minute,
			life.limits.minute, day, life.limits.day,
			kinds[life.server.kind]);
}

START_TEST(test_no_window_of_an_honest_server_ever_holds_more_than_the_limit)
{
	int count;
	uint64_t first = first_seed(&count, 1500);
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(seed);
		life_live(&life, 50 + (int)life_pick(400), 3 * DAY);
		judge(seed, "honest");
		if (life.server.refused)
			ck_abort_msg("honest, seed %llu: %d refused",
				(unsigned long long)seed, life.server.refused);
		life_free(&life);
	}
}
END_TEST

START_TEST(test_headers_that_lie_never_let_more_than_the_limit_go)
{
	int count;
	uint64_t first = first_seed(&count, 1000);
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(seed ^ 0x11e50000);
		life.lie = 1 + (int)life_pick(20);
		life.wall_skew = life.server.skew;
		life_live(&life, 50 + (int)life_pick(300), 3 * DAY);
		judge(seed, "lying");
		life_free(&life);
	}
}
END_TEST

START_TEST(test_a_server_that_slides_behind_whole_minutes_refuses_only_once)
{
	int count;
	uint64_t first = first_seed(&count, 300);
	int refused = 0;
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(seed ^ 0x11a20000);
		life.server.kind = SERVER_SLIDING;
		life.server.style = RESET_WHOLE_MINUTE;
		life.die = life.reboot = 0; /* or a refusal may be missed */
		life_live(&life, 50 + (int)life_pick(400), 3 * DAY);
		int minute = virtual_server_worst_minute(&life.server);
		if (life.server.refused > 1 || minute > life.limits.minute + 1)
			ck_abort_msg("liar, seed %llu: %d refused, %d in a "
				     "minute of %d",
				(unsigned long long)seed, life.server.refused,
				minute, life.limits.minute);
		refused += life.server.refused;
		life_free(&life);
	}
	/* Most lives are long enough to find the lie. */
	printf("liars: %d of %d refused a call\n", refused, count);
	ck_assert(count == 1 || refused > count / 4);
}
END_TEST

START_TEST(test_others_use_takes_from_our_share_and_stops_nothing_for_ever)
{
	int count;
	uint64_t first = first_seed(&count, 200);
	int refused = 0;
	for (uint64_t seed = first; seed < first + (uint64_t)count; seed++) {
		random_life(seed ^ 0xf0e10000);
		life.tick = 1;
		life.server.kind = SERVER_FIXED;
		life.server.minute_limit = life.limits.minute = 60;
		life.server.day_limit = life.limits.day = 5000;
		life.foreign_gap = 2000 + (int)life_pick(8000);
		life_live(&life, 200, DAY);
		judge(seed, "foreign");
		ck_assert_int_eq(life.spent, 200);
		refused += life.server.refused;
		life_free(&life);
	}
	printf("foreign use: %d of %d calls refused\n", refused, count * 200);
	/* What others take between two of our answers can't be known. */
	ck_assert_int_lt(refused, count * 200 / 50);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ratelimit lives");
	TCase *lives = tcase_create("lives");
	tcase_set_timeout(lives, 300);
	tcase_add_test(lives,
		test_no_window_of_an_honest_server_ever_holds_more_than_the_limit);
	tcase_add_test(
		lives, test_headers_that_lie_never_let_more_than_the_limit_go);
	tcase_add_test(lives,
		test_a_server_that_slides_behind_whole_minutes_refuses_only_once);
	tcase_add_test(lives,
		test_others_use_takes_from_our_share_and_stops_nothing_for_ever);
	suite_add_tcase(suite, lives);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
