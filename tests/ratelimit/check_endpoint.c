/*
 * Endpoints that answer with errors: when they are not asked, and until when.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "ratelimit/endpoint.h"
#include "ratelimit/state.h"

#define MINUTE INT64_C(60000)

static const struct ratelimit_headers no_headers = { -1, -1, -1, -1, -1, -1,
	-1 };

static struct ratelimit_state state;

static struct instant at(int64_t ms)
{
	return (struct instant){ .boot_ms = 1000000 + ms, .wall_ms = ms };
}

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
	ck_assert_int_eq(state.endpoint_count, 0);
}
END_TEST

START_TEST(test_an_endpoint_refused_twice_for_no_quota_is_left_alone_an_hour)
{
	static const char *const ours = "financial/Journals";
	static const char *const other = "sync/Deleted";
	const int64_t hour = 60 * MINUTE;
	struct ratelimit_headers named = no_headers;
	named.minute_limit = 60;
	named.minute_remaining = 0;
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

static void fresh_state(void)
{
	ratelimit_init(&state);
}

int main(void)
{
	Suite *suite = suite_create("endpoints");
	TCase *endpoints = tcase_create("endpoints");
	tcase_add_checked_fixture(endpoints, fresh_state, NULL);
	tcase_add_test(endpoints,
		test_the_eighth_error_in_an_hour_opens_the_breaker_until_the_first_is_old);
	tcase_add_test(endpoints,
		test_an_endpoint_refused_twice_for_no_quota_is_left_alone_an_hour);
	suite_add_tcase(suite, endpoints);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
