/* The buffer: its ceiling, its sticking failure, its ways of quoting. */
#include <string.h>

#include "base/buf.h"
#include "tests/base/suites.h"

START_TEST(test_a_new_buffer_is_an_empty_string)
{
	struct buf buf;

	buf_init(&buf, 10);
	ck_assert_str_eq(buf.data, "");
	ck_assert(!buf_failed(&buf));
	buf_free(&buf);
}
END_TEST

START_TEST(test_the_ceiling_may_be_reached_but_not_passed)
{
	struct buf buf;

	buf_init(&buf, 5);
	buf_append(&buf, "12345", 5);
	ck_assert(!buf_failed(&buf));
	buf_putc(&buf, '6');
	ck_assert(buf_failed(&buf));
	ck_assert_str_eq(buf.data, "12345");
	buf_free(&buf);
}
END_TEST

START_TEST(test_a_failure_sticks_until_the_reset)
{
	struct buf buf;

	buf_init(&buf, 4);
	buf_puts(&buf, "abcde");
	buf_puts(&buf, "x");
	ck_assert(buf_failed(&buf));
	ck_assert_uint_eq(buf.len, 0);
	buf_reset(&buf);
	buf_puts(&buf, "x");
	ck_assert(!buf_failed(&buf));
	ck_assert_str_eq(buf.data, "x");
	buf_free(&buf);
}
END_TEST

START_TEST(test_many_appends_keep_every_byte)
{
	struct buf buf;
	int i;

	buf_init(&buf, 100000);
	for (i = 0; i < 20000; i++)
		buf_printf(&buf, "%d,", i % 10);
	ck_assert(!buf_failed(&buf));
	ck_assert_uint_eq(buf.len, 40000);
	for (i = 0; i < 20000; i++)
		ck_assert_int_eq(buf.data[2 * i], '0' + i % 10);
	buf_wipe_free(&buf);
	ck_assert_str_eq(buf.data, "");
}
END_TEST

START_TEST(test_a_formatted_text_over_the_ceiling_fails)
{
	struct buf buf;

	buf_init(&buf, 6);
	buf_printf(&buf, "%s", "1234567");
	ck_assert(buf_failed(&buf));
	buf_free(&buf);
}
END_TEST

START_TEST(test_percent_encoding_leaves_only_the_unreserved)
{
	struct buf buf;

	buf_init(&buf, 100);
	buf_put_percent(&buf, "aZ09-._~ /?&+%\xC3\xA9\0x", 18);
	ck_assert_str_eq(buf.data, "aZ09-._~%20%2F%3F%26%2B%25%C3%A9%00x");
	buf_free(&buf);
}
END_TEST

START_TEST(test_json_strings_escape_quotes_and_controls)
{
	struct buf buf;

	buf_init(&buf, 100);
	buf_put_json(&buf, "a\"b\\c\n\x01\xC3\xA9", 9);
	ck_assert_str_eq(buf.data, "\"a\\\"b\\\\c\\n\\u0001\xC3\xA9\"");
	buf_free(&buf);
}
END_TEST

START_TEST(test_a_json_string_holds_nothing_that_a_reader_takes_for_a_line_end)
{
	static const char text[] = "\v\f\x1C\x1E\xC2\x85"
				   "a\xE2\x80\xA8"
				   "b\xE2\x80\xA9\xE2\x80\xAA\xC2\x86";
	struct buf buf;

	buf_init(&buf, 100);
	buf_put_json(&buf, text, sizeof(text) - 1);
	ck_assert_str_eq(buf.data,
		"\"\\u000b\\f\\u001c\\u001e\\u0085a\\u2028b\\u2029"
		"\xE2\x80\xAA\xC2\x86\"");
	/* Cut within: not read beyond. */
	buf_reset(&buf);
	buf_put_json(&buf, text, sizeof(text) - 1 - 6);
	buf_reset(&buf);
	buf_put_json(&buf, "\xC2\x85", 1);
	ck_assert_str_eq(buf.data, "\"\xC2\"");
	buf_free(&buf);
}
END_TEST

Suite *buf_suite(void)
{
	Suite *suite = suite_create("buf");
	TCase *tcase = tcase_create("buf");

	tcase_add_test(tcase, test_a_new_buffer_is_an_empty_string);
	tcase_add_test(tcase, test_the_ceiling_may_be_reached_but_not_passed);
	tcase_add_test(tcase, test_a_failure_sticks_until_the_reset);
	tcase_add_test(tcase, test_many_appends_keep_every_byte);
	tcase_add_test(tcase, test_a_formatted_text_over_the_ceiling_fails);
	tcase_add_test(tcase, test_percent_encoding_leaves_only_the_unreserved);
	tcase_add_test(tcase, test_json_strings_escape_quotes_and_controls);
	tcase_add_test(tcase,
		test_a_json_string_holds_nothing_that_a_reader_takes_for_a_line_end);
	suite_add_tcase(suite, tcase);
	return suite;
}
