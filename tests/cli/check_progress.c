/* The numbers of the live display: durations, and the ETA. */
#include <check.h>
#include <stdlib.h>

#include "cli/progress.h"

START_TEST(test_a_duration_is_as_exact_as_a_person_wants_it)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = { { -5, "0.0 s" }, { 0, "0.0 s" }, { 1, "0.1 s" },
		{ 300, "0.3 s" }, { 9900, "9.9 s" }, { 9901, "10 s" },
		{ 34000, "34 s" }, { 99000, "99 s" }, { 99001, "1 min 40 s" },
		{ 120000, "2 min 00 s" }, { 599001, "10 min" },
		{ 600001, "11 min" }, { 7199000, "120 min" },
		{ 7200000, "2 h 00 min" }, { 7500000, "2 h 05 min" } };
	char text[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		progress_duration(rows[i].ms, text);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

START_TEST(test_the_eta_includes_the_waits)
{
	/* All fits in this minute: latency alone. */
	ck_assert_int_eq(progress_eta_ms(10, 10, 60, 34000, 500), 5000);
	/* One too many: the next minute, and its own latency. */
	ck_assert_int_eq(progress_eta_ms(11, 10, 60, 34000, 500), 34500);
	/* 120 beyond what is left: the next minute, one more, 60 calls. */
	ck_assert_int_eq(
		progress_eta_ms(130, 10, 60, 34000, 100), 34000 + 66000);
	/* A slow server: it is the speed that counts. */
	ck_assert_int_eq(progress_eta_ms(61, 60, 60, 1000, 2000), 122000);
	ck_assert_int_eq(progress_eta_ms(0, 0, 60, 34000, 500), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("progress");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, test_a_duration_is_as_exact_as_a_person_wants_it);
	tcase_add_test(tcase, test_the_eta_includes_the_waits);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
