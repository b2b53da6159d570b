/* Checklist items 12 and 15 to 17. */
#include "core_world.h"

#include <stdio.h>
#include <string.h>

#define ME    "/api/v1/current/Me"
#define WRONG "/api/v1/100001/financial/Nothing"

#define MINUTE_LEFT "X-RateLimit-Minutely-Remaining"
#define DAY_LEFT    "X-RateLimit-Remaining"

static const char *const headers[6] = { "X-RateLimit-Limit", DAY_LEFT,
	"X-RateLimit-Reset", "X-RateLimit-Minutely-Limit", MINUTE_LEFT,
	"X-RateLimit-Minutely-Reset" };

static void open_logged_in(
	struct world *world, int ledgers, struct world_tokens *ret)
{
	world_open(world, ledgers);
	world_login(world, world_nl, ret);
}

START_TEST(test_six_headers_end_at_the_utc_minute_and_day)
{
	/* As in a recorded reply. */
	static const int64_t expected[6] = { 5000, 4999, 1683936000000, 60, 59,
		1683879540000 };
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	open_logged_in(&world, 1, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	for (size_t i = 0; i < 6; i++)
		ck_assert_int_eq(world_number(&world, headers[i]), expected[i]);
	ck_assert_str_eq(
		world_header(&world, "Date"), "Fri, 12 May 2023 08:18:25 GMT");
	world_close(&world);
}
END_TEST

START_TEST(test_call_61_is_refused_until_the_minute_ends)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	open_logged_in(&world, 1, &tokens);
	for (int i = 0; i < 60; i++)
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 200);
	world_advance(&world, 34999);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 429);
	ck_assert_uint_eq(world.reply.body.len, 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_ptr_null(world_header(&world, headers[i]));
	ck_assert_int_eq(world_number(&world, headers[3]), 60);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 0);
	ck_assert_int_eq(world_number(&world, headers[5]), 1683879540000);
	ck_assert_ptr_null(world_header(&world, "Retry-After"));
	world_advance(&world, 1);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 59);
	ck_assert_int_eq(world_number(&world, DAY_LEFT), 5000 - 61);
	world_close(&world);
}
END_TEST

START_TEST(test_a_used_up_day_is_refused_with_the_days_headers_alone)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.day_limit = 3;
	open_logged_in(&world, 1, &tokens);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 429);
	ck_assert_uint_eq(world.reply.body.len, 0);
	ck_assert_int_eq(world_number(&world, headers[0]), 3);
	ck_assert_int_eq(world_number(&world, DAY_LEFT), 0);
	ck_assert_int_eq(world_number(&world, headers[2]), 1683936000000);
	for (size_t i = 3; i < 6; i++)
		ck_assert_ptr_null(world_header(&world, headers[i]));
	world_advance(&world, INT64_C(1683936000000) - WORLD_START);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_errors_count_as_calls)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	open_logged_in(&world, 1, &tokens);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 59);
	world_advance(&world, 600000);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 401);
	ck_assert_int_eq(world_number(&world, DAY_LEFT), 4998);
	world_close(&world);
}
END_TEST

START_TEST(test_current_me_is_not_counted_and_tells_no_quota)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.minute_limit = 1;
	open_logged_in(&world, 1, &tokens);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(world_get(&world, ME, tokens.access), 200);
		for (size_t j = 0; j < 6; j++)
			ck_assert_ptr_null(world_header(&world, headers[j]));
	}
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_the_quota_is_one_per_app_and_division)
{
	struct world world;
	struct world_tokens jan;
	struct world_tokens anna;
	struct world_tokens uk;

	world_init(&world);
	open_logged_in(&world, 2, &jan);
	world_login(&world, world_uk, &uk);
	world_control(&world, "user?name=anna&divisions=100001");
	world_control(&world, "consent?user=anna");
	world_login(&world, world_nl, &anna);
	ck_assert_int_eq(world_get(&world, JOURNALS, jan.access), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, anna.access), 200);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 58);
	ck_assert_int_eq(world_get(&world, JOURNALS, uk.access), 200);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 59);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100002/financial/Journals?$top=1",
			jan.access),
		200);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 59);
	world_close(&world);
}
END_TEST

START_TEST(test_ten_errors_block_that_endpoint_for_an_hour)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.token_life_s = 86400;
	open_logged_in(&world, 2, &tokens);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 429);
	for (size_t i = 0; i < 6; i++)
		ck_assert_ptr_null(world_header(&world, headers[i]));
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(world_get(&world, "/api/v1/100002/financial/Nothing",
				 tokens.access),
		404);
	world_advance(&world, 3599999);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 429);
	world_advance(&world, 1);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	world_close(&world);
}
END_TEST

START_TEST(test_a_block_grows_by_an_hour_each_time_until_a_day_is_quiet)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.token_life_s = 864000;
	open_logged_in(&world, 1, &tokens);
	for (int hours = 1; hours <= 3; hours++) {
		for (int i = 0; i < 10; i++)
			ck_assert_int_eq(
				world_get(&world, WRONG, tokens.access), 404);
		world_advance(&world, hours * INT64_C(3600000) - 1);
		ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 429);
		world_advance(&world, 1);
	}
	world_advance(&world, INT64_C(86400000));
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	world_advance(&world, 3600000);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	world_close(&world);
}
END_TEST

START_TEST(test_ten_errors_in_more_than_an_hour_block_nothing)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.token_life_s = 86400;
	open_logged_in(&world, 1, &tokens);
	for (int i = 0; i < 30; i++) {
		ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
		world_advance(&world, 400001);
	}
	world_close(&world);
}
END_TEST

START_TEST(test_a_block_hits_one_user_and_can_be_a_403)
{
	struct world world;
	struct world_tokens jan;
	struct world_tokens anna;

	world_init(&world);
	world.options.blocked_status = 403;
	open_logged_in(&world, 1, &jan);
	world_control(&world, "user?name=anna&divisions=100001");
	world_control(&world, "consent?user=anna");
	world_login(&world, world_nl, &anna);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(world_get(&world, WRONG, jan.access), 404);
	ck_assert_int_eq(world_get(&world, WRONG, jan.access), 403);
	ck_assert_uint_eq(world.reply.body.len, 0);
	ck_assert_int_eq(world_get(&world, WRONG, anna.access), 404);
	world_close(&world);
}
END_TEST

START_TEST(test_a_block_may_carry_quota_headers_that_are_not_used_up)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.blocked_rates = true;
	world.options.error_limit = 3;
	open_logged_in(&world, 1, &tokens);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 404);
	ck_assert_int_eq(world_get(&world, WRONG, tokens.access), 429);
	ck_assert_int_eq(world_number(&world, MINUTE_LEFT), 56);
	world_close(&world);
}
END_TEST

START_TEST(test_early_refreshes_count_as_errors)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	open_logged_in(&world, 0, &tokens);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(
			world_refresh(&world, world_nl, tokens.refresh), 400);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 429);
	world_advance(&world, 3600000 - 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

TCase *core_quota_case(void)
{
	TCase *tcase = tcase_create("quota");

	tcase_add_test(tcase, test_six_headers_end_at_the_utc_minute_and_day);
	tcase_add_test(tcase, test_call_61_is_refused_until_the_minute_ends);
	tcase_add_test(tcase,
		test_a_used_up_day_is_refused_with_the_days_headers_alone);
	tcase_add_test(tcase, test_errors_count_as_calls);
	tcase_add_test(
		tcase, test_current_me_is_not_counted_and_tells_no_quota);
	tcase_add_test(tcase, test_the_quota_is_one_per_app_and_division);
	tcase_add_test(tcase, test_ten_errors_block_that_endpoint_for_an_hour);
	tcase_add_test(tcase,
		test_a_block_grows_by_an_hour_each_time_until_a_day_is_quiet);
	tcase_add_test(
		tcase, test_ten_errors_in_more_than_an_hour_block_nothing);
	tcase_add_test(tcase, test_a_block_hits_one_user_and_can_be_a_403);
	tcase_add_test(tcase,
		test_a_block_may_carry_quota_headers_that_are_not_used_up);
	tcase_add_test(tcase, test_early_refreshes_count_as_errors);
	return tcase;
}
