/* The verdicts of json_check(), slices, and trees without a lost digit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/json.h"
#include "tests/base/suites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static struct json_slice checked(const char *text)
{
	struct json_slice top = { NULL, 0 };
	struct error err = { .text = "" };

	ck_assert_msg(json_check(text, strlen(text), &top, &err) == 0, "%s: %s",
		text, err.text);
	return top;
}

static struct cJSON *parsed(const char *text)
{
	struct cJSON *item = NULL;
	struct error err;

	ck_assert_int_eq(json_parse(checked(text), &item, NULL, &err), 0);
	return item;
}

static bool slice_is(struct json_slice slice, const char *text)
{
	return slice.len == strlen(text) &&
	       memcmp(slice.at, text, slice.len) == 0;
}

static const char *const good[] = { "0", "-0", "12.50", "1E-05", "1e+5", "\"\"",
	"null", "true", "false", "[]", "{}", " [ ] ", "\r\n\t{ }\n",
	"[1,[2,{\"a\":[]}],{}]", "{\"\":0}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
	"\"\\u0000\\u00e9\\uD83D\\uDE00\"", "\"\x7f\"",
	"\"\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80\"",
	"\"\xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF\"",
	"\xEF\xBB\xBF{}" };

START_TEST(test_valid_documents_are_taken)
{
	checked(good[_i]);
}
END_TEST

/* The offset is that of the byte which can't stand there. */
static const struct {
	const char *text;
	int at;
	const char *why;
} bad[] = {
	{ "", 0, "ends too early" },
	{ "  ", 2, "ends too early" },
	{ "\xEF\xBB\xBF", 3, "ends too early" },
	{ "[1", 2, "ends too early" },
	{ "{\"a\":1", 6, "ends too early" },
	{ "\"abc", 4, "ends too early" },
	{ "\"\\", 2, "ends too early" },
	{ "\"\\u00", 5, "ends too early" },
	{ "-", 1, "ends too early" },
	{ "1.", 2, "ends too early" },
	{ "1e", 2, "ends too early" },
	{ "{}x", 2, "behind the end" },
	{ "{\"d\":[]}{\"error\":1}", 8, "behind the end" },
	{ "1 2", 2, "behind the end" },
	{ "NaN", 0, "no JSON value" },
	{ "Infinity", 0, "no JSON value" },
	{ "-Infinity", 1, "without digits" },
	{ "01", 1, "leading zero" },
	{ "-01", 2, "leading zero" },
	{ "+1", 0, "no JSON value" },
	{ ".5", 0, "no JSON value" },
	{ "[1.]", 3, "after the decimal point" },
	{ "[1e]", 3, "in the exponent" },
	{ "[1e+]", 4, "in the exponent" },
	{ "0x10", 1, "behind the end" },
	{ "nul", 0, "neither null" },
	{ "[True]", 1, "no JSON value" },
	{ "[1,]", 3, "no JSON value" },
	{ "[,1]", 1, "no JSON value" },
	{ "[1 2]", 3, "neither a comma" },
	{ "[1}", 2, "neither a comma" },
	{ "{\"a\":1]", 6, "neither a comma" },
	{ "{\"a\":1,}", 7, "member name" },
	{ "{a:1}", 1, "member name" },
	{ "{\"a\"1}", 4, "colon" },
	{ "{1:1}", 1, "member name" },
	{ "'a'", 0, "no JSON value" },
	{ "[1] // x", 4, "behind the end" },
	{ "\"a\nb\"", 2, "control character" },
	{ "\"abcdefghij\tk\"", 11, "control character" },
	{ "\"\\x\"", 2, "unknown escape" },
	{ "\"\\u12G4\"", 5, "four hex" },
	{ "\"\\uD800\"", 7, "surrogate" },
	{ "\"\\uD800x\"", 7, "surrogate" },
	{ "\"\\uD800\\n\"", 8, "surrogate" },
	{ "\"\\uD800\\uD800\"", 13, "surrogate" },
	{ "\"\\uDC00\"", 7, "surrogate" },
	{ "\"\\uDC00\\uDC00\"", 7, "surrogate" },
	{ "\"\x80\"", 1, "UTF-8" },
	{ "\"\xC0\x80\"", 1, "UTF-8" },         /* overlong NUL */
	{ "\"\xC1\xBF\"", 1, "UTF-8" },         /* overlong 7F */
	{ "\"\xE0\x9F\xBF\"", 1, "UTF-8" },     /* overlong 7FF */
	{ "\"\xF0\x8F\xBF\xBF\"", 1, "UTF-8" }, /* overlong FFFF */
	{ "\"\xED\xA0\x80\"", 1, "UTF-8" },     /* D800 */
	{ "\"\xED\xBF\xBF\"", 1, "UTF-8" },     /* DFFF */
	{ "\"\xF4\x90\x80\x80\"", 1, "UTF-8" }, /* 110000 */
	{ "\"\xF5\x80\x80\x80\"", 1, "UTF-8" },
	{ "\"\xFF\"", 1, "UTF-8" }, /* our own mark */
	{ "\"\xFF"
	  "12.5\"",
		1, "UTF-8" },
	{ "\"abcdefgh\xE2\x82\"", 9, "UTF-8" }, /* cut */
	{ "\"\xE2\x82", 1, "UTF-8" },
	{ "{\"\xC3\":1}", 2, "UTF-8" },
	{ "\xEF\xBB\xBF\xEF\xBB\xBF{}", 3, "no JSON value" },
};

START_TEST(test_invalid_documents_are_refused_at_the_right_byte)
{
	struct json_slice top = { NULL, 77 };
	struct error err = { .text = "" };
	char offset[32];
	char *exact = malloc(strlen(bad[_i].text) + 1);
	int fail;

	/* Memory of exactly its size: a read beyond it is seen. */
	ck_assert_ptr_nonnull(exact);
	exact = realloc(exact, strlen(bad[_i].text) + !*bad[_i].text);
	memcpy(exact, bad[_i].text, strlen(bad[_i].text));
	fail = json_check(exact, strlen(bad[_i].text), &top, &err);
	free(exact);
	ck_assert_msg(fail == FAIL_INPUT, "taken: %s", bad[_i].text);
	ck_assert_uint_eq(top.len, 77);
	snprintf(offset, sizeof(offset), "at byte %d: ", bad[_i].at);
	ck_assert_msg(strstr(err.text, offset) &&
			      strstr(err.text, bad[_i].why) != NULL,
		"%s: %s", bad[_i].text, err.text);
}
END_TEST

START_TEST(test_a_nul_byte_is_refused_anywhere)
{
	struct json_slice top;
	struct error err;

	ck_assert_int_eq(json_check("{}\0", 3, &top, &err), FAIL_INPUT);
	ck_assert_int_eq(json_check("\"a\0b\"", 5, &top, &err), FAIL_INPUT);
	ck_assert_int_eq(json_check("\"\\\0\"", 4, &top, &err), FAIL_INPUT);
	ck_assert_int_eq(json_check(NULL, 0, &top, &err), FAIL_INPUT);
}
END_TEST

/* Every byte below 20, at every place of the eight that are looked at
 * together. */
START_TEST(test_control_characters_are_found_at_every_place)
{
	struct json_slice top;
	struct error err;
	int place;
	int byte;

	for (byte = 0; byte < 256; byte++) {
		bool plain = byte >= 0x20 && byte < 0x80 && byte != '"' &&
			     byte != '\\';

		for (place = 1; place < 25; place++) {
			char text[] = "\"abcdefghijklmnopqrstuvwx\"";

			text[place] = (char)byte;
			ck_assert_int_eq(json_check(text, sizeof(text) - 1,
						 &top, &err) == 0,
				plain || (byte == '\\' &&
						 strchr("bfnrt",
							 text[place + 1]) !=
							 NULL));
		}
	}
}
END_TEST

static int check_nested(int deep, char open, char close)
{
	char text[512];
	struct json_slice top;
	struct error err;

	memset(text, open, (size_t)deep);
	memset(text + deep, close, (size_t)deep);
	return json_check(text, 2 * (size_t)deep, &top, &err);
}

START_TEST(test_the_ceiling_of_nesting_is_64)
{
	struct json_slice top;
	struct error err;
	char text[1000];
	size_t len = 0;
	int i;

	ck_assert_int_eq(check_nested(64, '[', ']'), 0);
	ck_assert_int_eq(check_nested(65, '[', ']'), FAIL_INPUT);
	ck_assert_int_eq(check_nested(200, '[', ']'), FAIL_INPUT);
	for (i = 0; i < 64; i++, len += 5)
		memcpy(text + len, i % 2 == 0 ? "{\"a\":" : "[1,2,", 5);
	text[len++] = '0';
	for (i = 63; i >= 0; i--)
		text[len++] = i % 2 == 0 ? '}' : ']';
	ck_assert_int_eq(json_check(text, len, &top, &err), 0);
	text[len - 1] = ']';
	ck_assert_int_eq(json_check(text, len, &top, &err), FAIL_INPUT);
}
END_TEST

START_TEST(test_the_top_value_comes_without_mark_and_blanks)
{
	ck_assert(slice_is(checked("\xEF\xBB\xBF \n[1, 2]\r\n "), "[1, 2]"));
	ck_assert(slice_is(checked(" 12.50 "), "12.50"));
}
END_TEST

START_TEST(test_kinds_are_told_by_the_first_byte)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} rows[] = {
		{ "null", JSON_NULL },
		{ "false", JSON_FALSE },
		{ "true", JSON_TRUE },
		{ "-1", JSON_NUMBER },
		{ "0", JSON_NUMBER },
		{ "\"\"", JSON_STRING },
		{ "[]", JSON_ARRAY },
		{ "{}", JSON_OBJECT },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_int_eq(
			json_kind(checked(rows[i].text)), rows[i].kind);
	ck_assert_int_eq(json_kind((struct json_slice){ "", 0 }), JSON_NONE);
}
END_TEST

START_TEST(test_members_are_found_past_strings_and_brackets)
{
	struct json_slice top = checked("{ \"x\" : \"},\\\"{\\\\\" , \"y\":"
					"[{\"z\":1},\"]\"],\"z\" : 12.50 }");
	struct json_slice found;

	ck_assert(json_member(top, "z", &found));
	ck_assert(slice_is(found, "12.50"));
	ck_assert(json_member(top, "x", &found));
	ck_assert(slice_is(found, "\"},\\\"{\\\\\""));
	ck_assert(json_member(top, "y", &found));
	ck_assert(slice_is(found, "[{\"z\":1},\"]\"]"));
	ck_assert(!json_member(top, "Z", &found));
	ck_assert(!json_member(top, "", &found));
	ck_assert(!json_member(checked("[]"), "z", &found));
	ck_assert(!json_member(checked("{}"), "z", &found));
}
END_TEST

START_TEST(test_names_are_compared_after_unescaping)
{
	struct json_slice top = checked(
		"{\"\\u0061\\/\":1,\"\\uD83D\\uDE00\":2,"
		"\"\\u20ac\":3,\"a\\u0000\":4,"
		"\"\\u00E9\":5}");
	struct json_slice found;

	ck_assert(json_member(top, "a/", &found) && slice_is(found, "1"));
	ck_assert(json_member(top, "\xF0\x9F\x98\x80", &found) &&
		  slice_is(found, "2"));
	ck_assert(json_member(top, "\xE2\x82\xAC", &found) &&
		  slice_is(found, "3"));
	ck_assert(json_member(top, "a\xEF\xBF\xBD", &found) &&
		  slice_is(found, "4"));
	ck_assert(json_member(top, "\xC3\xA9", &found) && slice_is(found, "5"));
	ck_assert(!json_member(top, "a", &found));
	top = checked("{\"\\b\\f\\n\\r\\t\\\\\\\"\":6}");
	ck_assert(json_member(top, "\b\f\n\r\t\\\"", &found));
}
END_TEST

START_TEST(test_of_two_members_with_one_name_the_first_counts)
{
	static const char text[] = "{\"a\":1,\"a\":2,\"\\u0061\":3,\"A\":4}";
	struct cJSON *item = parsed(text);
	struct json_slice found;

	ck_assert(json_member(checked(text), "a", &found));
	ck_assert(slice_is(found, "1"));
	ck_assert_str_eq(
		json_number(cJSON_GetObjectItemCaseSensitive(item, "a")), "1");
	ck_assert_int_eq(cJSON_GetArraySize(item), 4);
	cJSON_Delete(item);
}
END_TEST

START_TEST(test_members_come_one_by_one_and_their_texts_unescaped)
{
	static const struct {
		const char *name, *text;
	} expected[] = {
		{ "a\"}", "x\n\xE2\x82\xAC" },
		{ "\\", "\\" },
		{ "", "" },
		{ "n", "-1.50E+3" },
		{ "a\"}", "\xEF\xBF\xBD" },
	};
	struct json_slice top = checked(
		" { \"a\\\"}\" : \"x\\n\\u20ac\",\"\\\\\":\"\\\\\" ,\"\":\"\", "
		"\"n\":-1.50E+3,\"a\\u0022}\":\"\\u0000\" } ");
	struct json_cursor members;
	struct json_slice name, value;
	char text[32];
	size_t i;

	json_members(top, &members);
	for (i = 0; i < COUNT(expected); i++) {
		ck_assert(json_next_member(&members, &name, &value));
		ck_assert(json_means(name, expected[i].name));
		ck_assert_ptr_eq(
			json_copy(name, text), text + strlen(text) + 1);
		ck_assert_str_eq(text, expected[i].name);
		(void)json_copy(value, text);
		ck_assert_str_eq(text, expected[i].text);
	}
	ck_assert(!json_next_member(&members, &name, &value));
	json_members(checked("{ }"), &members);
	ck_assert(!json_next_member(&members, &name, &value));
	json_members(checked("[\"a\"]"), &members);
	ck_assert(!json_next_member(&members, &name, &value));
	ck_assert(!json_means(checked("\"\\\\n\""), "\\\\n"));
	ck_assert(!json_means(checked("\"ab\""), "abc"));
	ck_assert(!json_means(checked("\"abc\""), "ab"));
}
END_TEST

START_TEST(test_elements_come_one_by_one)
{
	static const char *const expected[] = { "1", "\"a,]\"", "[2,3]",
		"{\"b\":[]}", "null", "-0.5" };
	struct json_cursor cursor;
	struct json_slice element;
	size_t count = 0;

	json_elements(checked("[ 1,\"a,]\" , [2,3],{\"b\":[]},null ,-0.5 ]"),
		&cursor);
	for (; json_next(&cursor, &element); count++)
		ck_assert(slice_is(element, expected[count]));
	ck_assert_uint_eq(count, COUNT(expected));
	ck_assert(!json_next(&cursor, &element));
	json_elements(checked("[ \n]"), &cursor);
	ck_assert(!json_next(&cursor, &element));
	json_elements(checked("{\"a\":1}"), &cursor);
	ck_assert(!json_next(&cursor, &element));
}
END_TEST

static const char *const numbers[] = { "9007199254740993", "12345678901234.56",
	"1E-05", "1e-05", "12.50", "-0", "0", "0.10", "19.990000000000002",
	"1.7976931348623157E+308", "1E+400",
	"123456789012345678901234567890.123456789012345678901234567890" };

START_TEST(test_numbers_come_back_byte_for_byte)
{
	char text[300];
	struct cJSON *item;

	snprintf(text, sizeof(text), "{\"a\":[%s,%s ],\"b\":\"%s\"}",
		numbers[_i], numbers[_i], numbers[_i]);
	item = parsed(text);
	ck_assert_str_eq(json_number(item->child->child), numbers[_i]);
	ck_assert_str_eq(json_number(item->child->child->next), numbers[_i]);
	ck_assert_ptr_null(json_string(item->child->child));
	/* The same digits as a string are a string. */
	ck_assert_str_eq(json_string(item->child->next), numbers[_i]);
	ck_assert_ptr_null(json_number(item->child->next));
	cJSON_Delete(item);
	item = parsed(numbers[_i]);
	ck_assert_str_eq(json_number(item), numbers[_i]);
	cJSON_Delete(item);
}
END_TEST

START_TEST(test_strings_come_back_unescaped)
{
	struct cJSON *item = parsed("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\","
				    "\"\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\","
				    "\"\xC3\xA9 1.5 [\",\"\\\\u0000\"]");
	const struct cJSON *at = item->child;

	ck_assert_str_eq(json_string(at), "\"\\/\b\f\n\r\t");
	at = at->next;
	ck_assert_str_eq(
		json_string(at), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	at = at->next;
	ck_assert_str_eq(json_string(at), "\xC3\xA9 1.5 [");
	at = at->next;
	ck_assert_str_eq(json_string(at), "\\u0000");
	cJSON_Delete(item);
}
END_TEST

START_TEST(test_an_escaped_nul_becomes_u_fffd_and_is_told)
{
	struct cJSON *item;
	struct error err;
	bool nul = false;

	ck_assert_int_eq(json_parse(checked("[\"a\\u0000b\\u0000\",1]"), &item,
				 &nul, &err),
		0);
	ck_assert(nul);
	ck_assert_str_eq(json_string(item->child), "a\xEF\xBF\xBD"
						   "b\xEF\xBF\xBD");
	cJSON_Delete(item);
	ck_assert_int_eq(
		json_parse(checked("{\"\\u0000\":1}"), &item, &nul, &err), 0);
	ck_assert(nul);
	ck_assert_str_eq(item->child->string, "\xEF\xBF\xBD");
	cJSON_Delete(item);
	ck_assert_int_eq(json_parse(checked("[\"\\\\u0000\",\"\\u0001\"]"),
				 &item, &nul, &err),
		0);
	ck_assert(!nul);
	cJSON_Delete(item);
}
END_TEST

START_TEST(test_other_kinds_are_neither_number_nor_string)
{
	struct cJSON *item = parsed("[null,true,false,[],{},\"\"]");
	const struct cJSON *child;

	for (child = item->child; child->next; child = child->next) {
		ck_assert_ptr_null(json_number(child));
		ck_assert_ptr_null(json_string(child));
	}
	ck_assert_str_eq(json_string(child), "");
	ck_assert_ptr_null(json_number(NULL));
	ck_assert_ptr_null(json_string(NULL));
	cJSON_Delete(item);
}
END_TEST

START_TEST(test_the_worst_growth_fits_the_copy)
{
	char text[2002];
	struct cJSON *item;
	size_t i;

	text[0] = '[';
	text[1] = '1';
	for (i = 2; i < 2000; i += 2)
		memcpy(text + i, ",1", 2);
	memcpy(text + 2000, "]", 2);
	item = parsed(text);
	ck_assert_int_eq(cJSON_GetArraySize(item), 1000);
	cJSON_Delete(item);
}
END_TEST

/* 4 MB of escapes without a quote: minutes, if each cost a look at the rest. */
START_TEST(test_a_long_string_of_escapes_costs_no_square)
{
	size_t len = (size_t)4 << 20;
	char *text = malloc(len);
	struct json_slice top;
	struct cJSON *item;
	struct error err;
	size_t i;

	ck_assert_ptr_nonnull(text);
	for (i = 1; i + 1 < len; i += 2)
		memcpy(text + i, "\\n", 2);
	text[0] = text[len - 1] = '"';
	ck_assert_int_eq(json_check(text, len, &top, &err), 0);
	ck_assert_int_eq(json_parse(top, &item, NULL, &err), 0);
	ck_assert_uint_eq(strlen(json_string(item)), len / 2 - 1);
	cJSON_Delete(item);
	free(text);
}
END_TEST

Suite *json_suite(void)
{
	Suite *suite = suite_create("json");
	TCase *tcase = tcase_create("json");

	tcase_add_loop_test(
		tcase, test_valid_documents_are_taken, 0, (int)COUNT(good));
	tcase_add_loop_test(tcase,
		test_invalid_documents_are_refused_at_the_right_byte, 0,
		(int)COUNT(bad));
	tcase_add_test(tcase, test_a_nul_byte_is_refused_anywhere);
	tcase_add_test(tcase, test_control_characters_are_found_at_every_place);
	tcase_add_test(tcase, test_the_ceiling_of_nesting_is_64);
	tcase_add_test(tcase, test_the_top_value_comes_without_mark_and_blanks);
	tcase_add_test(tcase, test_kinds_are_told_by_the_first_byte);
	tcase_add_test(tcase, test_members_are_found_past_strings_and_brackets);
	tcase_add_test(
		tcase, test_members_come_one_by_one_and_their_texts_unescaped);
	tcase_add_test(tcase, test_names_are_compared_after_unescaping);
	tcase_add_test(
		tcase, test_of_two_members_with_one_name_the_first_counts);
	tcase_add_test(tcase, test_elements_come_one_by_one);
	tcase_add_loop_test(tcase, test_numbers_come_back_byte_for_byte, 0,
		(int)COUNT(numbers));
	tcase_add_test(tcase, test_strings_come_back_unescaped);
	tcase_add_test(tcase, test_an_escaped_nul_becomes_u_fffd_and_is_told);
	tcase_add_test(tcase, test_other_kinds_are_neither_number_nor_string);
	tcase_add_test(tcase, test_the_worst_growth_fits_the_copy);
	tcase_add_test(tcase, test_a_long_string_of_escapes_costs_no_square);
	suite_add_tcase(suite, tcase);
	return suite;
}
