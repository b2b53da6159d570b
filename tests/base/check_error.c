/* Errors: cut, never overflowed; prefixed; graded by name. */
#include <string.h>

#include "base/error.h"
#include "tests/base/suites.h"

START_TEST(test_an_error_keeps_its_grade_and_its_sentence)
{
	struct error err;

	ck_assert_int_eq(error_set(&err, FAIL_STORE, "writing %s: %d", "x", 7),
		FAIL_STORE);
	ck_assert_int_eq(err.fail, FAIL_STORE);
	ck_assert_str_eq(err.text, "writing x: 7");
}
END_TEST

START_TEST(test_nobody_needs_to_take_the_record)
{
	ck_assert_int_eq(error_set(NULL, FAIL_RETRY, "x"), FAIL_RETRY);
}
END_TEST

START_TEST(test_a_text_too_long_is_cut_and_still_ends)
{
	struct error err;
	char longer[2000];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	error_set(&err, FAIL_INPUT, "%s", longer);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert_int_eq(error_prefix(&err, "%s", longer), FAIL_INPUT);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

START_TEST(test_a_prefix_stands_before_what_was_said)
{
	struct error err;

	error_set(&err, FAIL_INPUT, "a comma is missing");
	ck_assert_int_eq(error_prefix(&err, "line %d", 4), FAIL_INPUT);
	ck_assert_str_eq(err.text, "line 4: a comma is missing");
}
END_TEST

START_TEST(test_every_grade_has_a_name_of_its_own)
{
	int a, b;

	for (a = FAIL_STOP; a <= 0; a++) {
		ck_assert_str_ne(error_grade(a), "unknown");
		for (b = FAIL_STOP; b < a; b++)
			ck_assert_str_ne(error_grade(a), error_grade(b));
	}
	ck_assert_str_eq(error_grade(FAIL_STOP - 1), "unknown");
	ck_assert_str_eq(error_grade(1), "unknown");
}
END_TEST

Suite *error_suite(void)
{
	Suite *suite = suite_create("error");
	TCase *tcase = tcase_create("error");

	tcase_add_test(tcase, test_an_error_keeps_its_grade_and_its_sentence);
	tcase_add_test(tcase, test_nobody_needs_to_take_the_record);
	tcase_add_test(tcase, test_a_text_too_long_is_cut_and_still_ends);
	tcase_add_test(tcase, test_a_prefix_stands_before_what_was_said);
	tcase_add_test(tcase, test_every_grade_has_a_name_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite;
}
