#include "http/retry.h"
#include "tests/http/world.h"

/* How many tries a request gets in a run, when each ends the same way. */
struct row {
	enum http_outcome outcome;
	int status;
	bool unusable;
	int get_tries, post_tries;
	int64_t least[3], most[3]; /* waits before tries 2, 3 and 4 of a GET */
};

static const struct row rows[] = {
	{ HTTP_DONE, 200, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 204, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 200, true, 4, 1, { 1500, 3000, 6000 },
		{ 2500, 5000, 10000 } },
	{ HTTP_DONE, 302, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 400, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 401, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 403, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 404, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 405, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 408, false, 2, 1, { 3750 }, { 6250 } },
	{ HTTP_DONE, 429, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 500, false, 3, 1, { 1500, 3000 }, { 2500, 5000 } },
	{ HTTP_DONE, 501, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 502, false, 4, 1, { 1500, 3000, 6000 },
		{ 2500, 5000, 10000 } },
	{ HTTP_DONE, 503, false, 4, 1, { 1500, 3000, 6000 },
		{ 2500, 5000, 10000 } },
	/* HTML with 503 is still a 503. */
	{ HTTP_DONE, 503, true, 4, 1, { 1500, 3000, 6000 },
		{ 2500, 5000, 10000 } },
	{ HTTP_DONE, 401, true, 1, 1, { 0 }, { 0 } },
	{ HTTP_DONE, 504, false, 3, 1, { 3750, 7500 }, { 6250, 12500 } },
	{ HTTP_UNSENT, 0, false, 4, 4, { 750, 1500, 3000 },
		{ 1250, 2500, 5000 } },
	{ HTTP_LOST, 0, false, 4, 1, { 750, 1500, 3000 },
		{ 1250, 2500, 5000 } },
	/* A status line came, but not the whole body. */
	{ HTTP_LOST, 200, false, 4, 1, { 750, 1500, 3000 },
		{ 1250, 2500, 5000 } },
	{ HTTP_TIMED_OUT, 0, false, 3, 1, { 1500, 3000 }, { 2500, 5000 } },
	{ HTTP_TOO_LARGE, 200, false, 1, 1, { 0 }, { 0 } },
	{ HTTP_REFUSED, 0, false, 1, 1, { 0 }, { 0 } },
};

START_TEST(test_each_outcome_gets_its_tries)
{
	const struct row *row = &rows[_i];
	struct retry_case what = { .outcome = row->outcome,
		.status = row->status,
		.unusable = row->unusable };
	int tries;

	for (tries = 1; tries <= 6; tries++) {
		struct retry_advice get, post;

		what.tries = tries;
		what.repeatable = true;
		get = retry_advise(&what, 1);
		what.repeatable = false;
		post = retry_advise(&what, 1);
		ck_assert_int_eq(get.again, tries < row->get_tries);
		ck_assert_int_eq(post.again, tries < row->post_tries);
		ck_assert_ptr_nonnull(get.reason);
	}
}
END_TEST

START_TEST(test_waits_double_and_spread_by_a_quarter)
{
	const struct row *row = &rows[_i];
	struct retry_case what = { .outcome = row->outcome,
		.status = row->status,
		.unusable = row->unusable,
		.repeatable = true };
	uint64_t seed;

	for (what.tries = 1; what.tries < row->get_tries; what.tries++) {
		int64_t least = INT64_MAX, most = 0;

		for (seed = 0; seed < 20000; seed++) {
			struct retry_advice advice = retry_advise(&what, seed);

			if (advice.after_ms < least)
				least = advice.after_ms;
			if (advice.after_ms > most)
				most = advice.after_ms;
		}
		/* The whole width is used, and nothing beyond it. */
		ck_assert_int_ge(least, row->least[what.tries - 1]);
		ck_assert_int_le(least, row->least[what.tries - 1] + 5);
		ck_assert_int_le(most, row->most[what.tries - 1]);
		ck_assert_int_ge(most, row->most[what.tries - 1] - 5);
	}
}
END_TEST

START_TEST(test_no_request_gets_more_than_four_tries)
{
	struct retry_case what = { .repeatable = true, .tries = 4 };
	int outcome, status;

	for (outcome = HTTP_DONE; outcome <= HTTP_REFUSED; outcome++) {
		for (status = 0; status < 1000; status++) {
			what.outcome = (enum http_outcome)outcome;
			what.status = status;
			what.unusable = status % 2 == 0;
			ck_assert(!retry_advise(&what, 7).again);
		}
	}
}
END_TEST

TCase *check_retry(void)
{
	TCase *tests = tcase_create("retry");
	int count = sizeof(rows) / sizeof(rows[0]);

	tcase_add_loop_test(tests, test_each_outcome_gets_its_tries, 0, count);
	tcase_add_loop_test(
		tests, test_waits_double_and_spread_by_a_quarter, 0, count);
	tcase_add_test(tests, test_no_request_gets_more_than_four_tries);
	return tests;
}
