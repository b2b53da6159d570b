/* The arithmetic of plans, each case worked by hand in its comment. */
#include <check.h>
#include <stdlib.h>

#include "run/plan.h"

#define DAY INT64_C(86400000)

static struct plan_facts facts(enum plan_start start, int64_t stored,
	int64_t counted, int64_t last_rows)
{
	return (struct plan_facts){
		.start = start,
		.page_size = 1000,
		.stored = stored,
		.counted = counted,
		.last_rows = last_rows,
		.overlap = 500,
		.rows = { 0, 5000000 },
	};
}

static void expect(const struct plan_facts *from, enum plan_basis basis,
	int64_t low, int64_t high)
{
	struct plan_cost cost = plan_stream(from);

	ck_assert_str_eq(plan_basis_name(cost.basis), plan_basis_name(basis));
	ck_assert_int_eq(cost.calls.low, low);
	ck_assert_int_eq(cost.calls.high, high);
}

START_TEST(test_a_stream_costs_its_pages_and_one_for_what_is_not_known)
{
	static const struct {
		enum plan_start start;
		int64_t stored, counted, last_rows;
		enum plan_basis basis;
		int64_t low, high;
	} cases[] = {
		{ PLAN_SINGLE, -1, -1, -1, PLAN_FIXED, 1, 1 },
		/* 5,000,000 / 1,000, and one */
		{ PLAN_WHOLE, -1, -1, -1, PLAN_ESTIMATED, 1, 5001 },
		{ PLAN_WHOLE, -1, 50000, -1, PLAN_COUNTED, 50, 51 },
		{ PLAN_WHOLE, -1, 50001, -1, PLAN_COUNTED, 51, 52 },
		/* an empty list is asked for, too */
		{ PLAN_WHOLE, -1, 0, -1, PLAN_COUNTED, 1, 2 },
		/* 50,000 + 5,000 + 500: 56, and one */
		{ PLAN_WHOLE, 50000, -1, 50000, PLAN_KNOWN, 50, 57 },
		/* what was counted now is better than what was stored */
		{ PLAN_WHOLE, 50000, 60000, 50000, PLAN_COUNTED, 60, 61 },
		{ PLAN_WHOLE, 0, -1, 0, PLAN_KNOWN, 1, 2 },
		/* 50,000 - 20,000 = 30,000; with the overlap 30,500 */
		{ PLAN_GOES_ON, 20000, 50000, 20000, PLAN_COUNTED, 30, 32 },
		{ PLAN_GOES_ON, 20000, -1, 20000, PLAN_ESTIMATED, 1, 4982 },
		/* more stored than there are: deletions */
		{ PLAN_GOES_ON, 20000, 100, 20000, PLAN_COUNTED, 1, 2 },
		/* 500 + 5,000: 6, and one */
		{ PLAN_OVERLAP, 50000, -1, 50000, PLAN_KNOWN, 1, 7 },
		/* the last run read 3,000 new ones: 8,500 */
		{ PLAN_OVERLAP, 50000, -1, 3000, PLAN_KNOWN, 1, 10 },
		/* 10,000 were added: 15,500 */
		{ PLAN_OVERLAP, 50000, 60000, 50000, PLAN_COUNTED, 10, 17 },
		{ PLAN_OVERLAP, 50000, 49000, 50000, PLAN_COUNTED, 1, 7 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan_facts from = facts(cases[i].start, cases[i].stored,
			cases[i].counted, cases[i].last_rows);

		expect(&from, cases[i].basis, cases[i].low, cases[i].high);
	}
}
END_TEST

/* 2025-11-21T08:00:00Z */
static const struct plan_quota fresh = {
	.minute_limit = 60,
	.minute_left = 60,
	.day_limit = 5000,
	.day_left = 5000,
	.now_wall_ms = INT64_C(1763712000000),
	.latency_ms = { 100, 300 },
};

static struct plan_cost calls(enum plan_basis basis, int64_t low, int64_t high)
{
	return (struct plan_cost){ .basis = basis, .calls = { low, high } };
}

START_TEST(test_a_short_list_is_not_planned_with_an_overlap_it_does_not_have)
{
	struct plan_facts from = facts(PLAN_WHOLE, 6, -1, 6);

	/* 6 + 60: 2 pages of 60, and one; not (6 + 500) / 60 */
	from.page_size = 60;
	expect(&from, PLAN_KNOWN, 1, 3);
}
END_TEST

START_TEST(test_headers_that_no_list_counts_make_the_range_wider)
{
	struct plan_facts from = facts(PLAN_WHOLE, -1, 3000, -1);

	from.uncounted = 3000;
	/* 3,000 lines, and up to 3,000 headers: 6, and one */
	expect(&from, PLAN_COUNTED, 3, 7);
	/* 4,000 stored of 3,000 to 6,000: up to 2,000 new ones, beside 500 and
	 * 400 */
	from.start = PLAN_OVERLAP;
	from.stored = from.last_rows = 4000;
	expect(&from, PLAN_COUNTED, 1, 4);
	from.start = PLAN_GOES_ON;
	expect(&from, PLAN_COUNTED, 1, 4);
}
END_TEST

START_TEST(test_what_may_be_skipped_may_cost_nothing_once_it_was_read)
{
	struct plan_facts from = facts(PLAN_WHOLE, 6, -1, 6);

	from.may_skip = true;
	expect(&from, PLAN_KNOWN, 0, 2);
	from.stored = -1;
	expect(&from, PLAN_ESTIMATED, 1, 5001);
}
END_TEST

START_TEST(test_the_larger_of_quota_and_chain_is_the_time)
{
	const struct plan_cost costs[] = {
		calls(PLAN_FIXED, 1, 1),
		calls(PLAN_COUNTED, 150, 151),
		calls(PLAN_COUNTED, 49, 50),
	};
	struct plan_quota slow = fresh;
	struct plan_total total = plan_sum(costs, 3, &fresh);

	ck_assert_int_eq(total.calls.low, 200);
	ck_assert_int_eq(total.calls.high, 202);
	/* 140 and 142 beyond the 60: 3 waits, the first may be short */
	ck_assert_int_eq(total.ms.low, 120000);
	ck_assert_int_eq(total.ms.high, 180000 + 300);
	/* 4.0 % to 4.04 %, rounded up */
	ck_assert_int_eq(total.share.low, 40);
	ck_assert_int_eq(total.share.high, 41);
	/* 2 s a call: beside each other 1 + 150, one after the other 202,
	 * each at half and twice that, and the last call's own time */
	slow.latency_ms = (struct plan_range){ 1000, 4000 };
	total = plan_sum(costs, 3, &slow);
	ck_assert_int_eq(total.ms.low, 151000);
	ck_assert_int_eq(total.ms.high, 202 * 4000 + 4000);
	ck_assert_int_eq(total.days.high, 0);
	ck_assert_int_eq(total.end_wall_ms.low, slow.now_wall_ms + 151000);
}
END_TEST

START_TEST(test_a_minute_that_has_room_costs_no_wait)
{
	const struct plan_cost cost = calls(PLAN_COUNTED, 60, 60);
	struct plan_quota quota = fresh;

	quota.latency_ms = (struct plan_range){ 0, 0 };
	ck_assert_int_eq(plan_sum(&cost, 1, &quota).ms.high, 0);
	quota.minute_left = 59;
	ck_assert_int_eq(plan_sum(&cost, 1, &quota).ms.high, 60000);
	ck_assert_int_eq(plan_sum(&cost, 1, &quota).ms.low, 0);
}
END_TEST

START_TEST(test_what_exceeds_the_day_waits_for_midnight)
{
	const struct plan_cost cost = calls(PLAN_COUNTED, 5000, 10001);
	struct plan_quota quota = fresh;
	struct plan_total total;

	total = plan_sum(&cost, 1, &quota);
	ck_assert_int_eq(total.days.low, 0);
	/* 10,001 = 5,000 today, 5,000 tomorrow, 1 the day after */
	ck_assert_int_eq(total.days.high, 2);
	ck_assert_int_eq(
		total.end_wall_ms.high / DAY, quota.now_wall_ms / DAY + 2);
	quota.day_left = 4999;
	total = plan_sum(&cost, 1, &quota);
	ck_assert_int_eq(total.days.low, 1);
	ck_assert_int_eq(
		total.end_wall_ms.low / DAY, quota.now_wall_ms / DAY + 1);
	/* 2 calls are left for that day: within its first minute */
	ck_assert_int_eq(total.end_wall_ms.high % DAY, 60000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tcase = tcase_create("plan");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase,
		test_a_stream_costs_its_pages_and_one_for_what_is_not_known);
	tcase_add_test(tcase,
		test_a_short_list_is_not_planned_with_an_overlap_it_does_not_have);
	tcase_add_test(
		tcase, test_headers_that_no_list_counts_make_the_range_wider);
	tcase_add_test(tcase,
		test_what_may_be_skipped_may_cost_nothing_once_it_was_read);
	tcase_add_test(tcase, test_the_larger_of_quota_and_chain_is_the_time);
	tcase_add_test(tcase, test_a_minute_that_has_room_costs_no_wait);
	tcase_add_test(tcase, test_what_exceeds_the_day_waits_for_midnight);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
