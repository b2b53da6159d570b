/* Decimals, by tables of text and what it must become. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/decimal.h"
#include "tests/base/suites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
	const char *text;
	int scale;
	int64_t value;
} good[] = {
	{ "0", 2, 0 },
	{ "-0", 2, 0 },
	{ "12.5", 2, 1250 },
	{ "-12.5", 2, -1250 },
	{ "12345678901234.56", 2, 1234567890123456 },
	{ "9007199254740993", 0, 9007199254740993 },
	{ "19.990000000000002", 2, 1999 },
	{ "1E-05", 2, 0 },
	{ "1E-05", 5, 1 },
	{ "1e-05", 9, 10000 },
	{ "5E-03", 2, 1 },
	{ "4.9999999E-03", 2, 0 },
	{ "-5E-03", 2, -1 },
	{ "0.005", 2, 1 },
	{ "-0.005", 2, -1 },
	{ "2.675", 2, 268 },
	{ "0.4999999999999999999999999", 0, 0 },
	{ "0.5", 0, 1 },
	{ "9.995", 2, 1000 },
	{ "1.5e3", 2, 150000 },
	{ "1.5E+3", 0, 1500 },
	{ "0e999999999999999999999", 2, 0 },
	{ "1e-999999999999999999999", 9, 0 },
	{ "0.000000000000000000000000000001E30", 0, 1 },
	{ "100000000000000000000000E-21", 0, 100 },
	{ "9223372036854775807", 0, INT64_MAX },
	{ "-9223372036854775808", 0, INT64_MIN },
	{ "-9223372036854775808.4", 0, INT64_MIN },
	{ "92233720368547758.07", 2, INT64_MAX },
	{ "9223372036.854775807", 9, INT64_MAX },
};

static const struct {
	const char *text;
	int scale;
} bad[] = {
	{ "", 2 },
	{ "-", 2 },
	{ "+1", 2 },
	{ ".5", 2 },
	{ "1.", 2 },
	{ "01", 2 },
	{ "-01", 2 },
	{ "1,5", 2 },
	{ " 1", 2 },
	{ "1 ", 2 },
	{ "1e", 2 },
	{ "1e+", 2 },
	{ "0x10", 2 },
	{ "NaN", 2 },
	{ "Infinity", 2 },
	{ "1.2.3", 2 },
	{ "9223372036854775808", 0 },
	{ "9223372036854775807.5", 0 },
	{ "-9223372036854775808.5", 0 },
	{ "92233720368547758.08", 2 },
	{ "1e19", 0 },
	{ "1e999999999999999999999", 0 },
};

START_TEST(test_numbers_keep_every_digit_and_round_half_away_from_zero)
{
	int64_t value = 77;

	ck_assert_msg(decimal_parse(good[_i].text, good[_i].scale, &value) == 0,
		"%s refused", good[_i].text);
	ck_assert_msg(value == good[_i].value, "%s is %" PRId64, good[_i].text,
		value);
}
END_TEST

START_TEST(test_what_is_no_number_or_does_not_fit_is_refused)
{
	int64_t value = 77;

	ck_assert_msg(decimal_parse(bad[_i].text, bad[_i].scale, &value) ==
			      FAIL_INPUT,
		"\"%s\" taken as %" PRId64, bad[_i].text, value);
	ck_assert_int_eq(value, 77);
}
END_TEST

static const struct {
	int64_t value;
	int scale;
	const char *text;
} texts[] = {
	{ 0, 0, "0" },
	{ 0, 9, "0" },
	{ 1250, 2, "12.5" },
	{ 1200, 2, "12" },
	{ -1, 2, "-0.01" },
	{ -100, 2, "-1" },
	{ 5, 9, "0.000000005" },
	{ 120, 0, "120" },
	{ 1234567890123456, 2, "12345678901234.56" },
	{ INT64_MAX, 9, "9223372036.854775807" },
	{ INT64_MIN, 9, "-9223372036.854775808" },
	{ INT64_MIN, 0, "-9223372036854775808" },
};

START_TEST(test_texts_are_the_shortest_that_mean_the_same)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_format(texts[_i].value, texts[_i].scale, text);
	ck_assert_str_eq(text, texts[_i].text);
}
END_TEST

START_TEST(test_any_value_comes_back_from_its_text)
{
	unsigned int seed = 20261121;
	int i;

	printf("seed %u\n", seed);
	srandom(seed);
	for (i = 0; i < 20000; i++) {
		char text[DECIMAL_TEXT_MAX];
		int scale = (int)(random() % (DECIMAL_SCALE_MAX + 1));
		uint64_t bits = (uint64_t)random() << 33 ^
				(uint64_t)random() << 11 ^ (uint64_t)random();
		int64_t value = (int64_t)bits >> random() % 64;
		int64_t back;

		decimal_format(value, scale, text);
		ck_assert_int_eq(decimal_parse(text, scale, &back), 0);
		ck_assert_int_eq(back, value);
	}
}
END_TEST

START_TEST(test_a_sum_that_does_not_fit_is_refused)
{
	int64_t sum = 7;

	ck_assert_int_eq(decimal_add(INT64_MAX, 1, &sum), FAIL_INPUT);
	ck_assert_int_eq(decimal_add(INT64_MIN, -1, &sum), FAIL_INPUT);
	ck_assert_int_eq(sum, 7);
	ck_assert_int_eq(decimal_add(INT64_MAX, INT64_MIN, &sum), 0);
	ck_assert_int_eq(sum, -1);
}
END_TEST

Suite *decimal_suite(void)
{
	Suite *suite = suite_create("decimal");
	TCase *tcase = tcase_create("decimal");

	tcase_add_loop_test(tcase,
		test_numbers_keep_every_digit_and_round_half_away_from_zero, 0,
		(int)COUNT(good));
	tcase_add_loop_test(tcase,
		test_what_is_no_number_or_does_not_fit_is_refused, 0,
		(int)COUNT(bad));
	tcase_add_loop_test(tcase,
		test_texts_are_the_shortest_that_mean_the_same, 0,
		(int)COUNT(texts));
	tcase_add_test(tcase, test_any_value_comes_back_from_its_text);
	tcase_add_test(tcase, test_a_sum_that_does_not_fit_is_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
