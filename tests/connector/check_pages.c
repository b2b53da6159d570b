/*
 * The entity table, replies as rows, and the converters.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive/convert.h"
#include "connector/entity.h"
#include "connector/page.h"

#define GL(rest)   "{\"ID\":\"a1\",\"Division\":7,\"Timestamp\":\"12\"" rest "}"
#define LIST(rows) "{\"d\":{\"results\":[" rows "]}}"

static struct page page;
static struct page_row row;
static struct error err;

static int open_text(const char *text)
{
	return page_open(&page, text, strlen(text), &err);
}

/* Opens a page of one row and reads that row. */
static int read_text(const struct entity *entity, const char *text)
{
	struct json_slice slice;

	ck_assert_int_eq(open_text(text), 0);
	ck_assert(page_next(&page, &slice));
	return page_row_read(&row, entity, 7, slice, &err);
}

START_TEST(test_every_query_fits_and_selects_what_is_kept)
{
	for (size_t i = 0; entity_table[i]; i++) {
		const struct entity *entity = entity_table[i];
		struct buf url;

		buf_init(&url, 65536);
		entity_query(entity, "Timestamp gt 9223372036854775807L", &url);
		ck_assert_uint_lt(url.len, ENTITY_QUERY_MAX);
		ck_assert_int_eq(strncmp(url.data,
					 "$filter=Timestamp%20gt%20"
					 "9223372036854775807L&",
					 46),
			0);
		for (size_t c = 0; c < entity->shape.count; c++) {
			char name[80];

			ck_assert_ptr_nonnull(entity->shape.columns[c].name);
			snprintf(name, sizeof(name), ",%s",
				entity->shape.columns[c].name);
			ck_assert_ptr_nonnull(strstr(url.data, name));
		}
		ck_assert_uint_le(entity->shape.count, ENTITY_COLUMNS_MAX);
		buf_free(&url);
	}
}
END_TEST

START_TEST(test_a_query_filters_and_selects)
{
	struct buf query;

	buf_init(&query, 65536);
	entity_query(&entity_me, NULL, &query);
	ck_assert_str_eq(
		query.data, "$select=UserID,ServerTime,ServerUtcOffset");
	buf_reset(&query);
	entity_query(&entity_divisions, "Code eq 7", &query);
	ck_assert_str_eq(query.data,
		"$filter=Code%20eq%207&$select="
		"Code,AddressLine1,AddressLine2,BlockingStatus,"
		"ChamberOfCommerceNumber,City,Country,Created,Currency,"
		"Description,DivisionMoveDate,Phone,Postcode,State,Status,"
		"VATNumber,Website");
	buf_free(&query);
}
END_TEST

/* What customers and suppliers have in their shape is a company's own:
 * e-mail, telephone, address. Of persons nothing is asked for. */
START_TEST(test_personal_data_is_never_selected)
{
	static const char *const never[] = { "CreatorFullName",
		"ModifierFullName", "Notes", "BSN", "FullName", "Contact",
		"Mobile", "Birth", "Gender", "Remarks", "IBAN", "BankAccount",
		"UserName", "DeletedBy" };

	for (size_t i = 0; entity_table[i]; i++) {
		for (size_t c = 0; c < entity_table[i]->shape.count; c++) {
			for (size_t n = 0; n < sizeof(never) / sizeof(*never);
				n++)
				ck_assert_ptr_null(strstr(
					entity_table[i]->shape.columns[c].name,
					never[n]));
		}
	}
}
END_TEST

START_TEST(test_deletions_know_the_entities_they_name)
{
	ck_assert_ptr_eq(
		entity_by_deleted_type("1"), &entity_transaction_lines);
	ck_assert_ptr_eq(entity_by_deleted_type("7"), &entity_gl_accounts);
	ck_assert_ptr_eq(entity_by_deleted_type("2"), &entity_relations);
	ck_assert_ptr_eq(entity_by_deleted_type("13"), &entity_sales_invoices);
	ck_assert_ptr_null(entity_by_deleted_type("3"));
	ck_assert_ptr_null(entity_by_deleted_type("0"));
	ck_assert_ptr_null(entity_by_deleted_type("1x"));
	ck_assert_ptr_null(entity_by_deleted_type(""));
}
END_TEST

START_TEST(test_members_are_found_in_any_order_and_the_first_of_a_name_counts)
{
	static const char text[] = LIST(
		"{\"Timestamp\":\"12\",\"Type\":12,\"\\u0043ode\":\"b\\u0000\","
		"\"Code\":\"c\",\"x\":{\"ID\":\"no\"},\"Division\":7,"
		"\"ID\":\"a1\",\"ID\":\"a2\"}");

	ck_assert_int_eq(read_text(&entity_gl_accounts, text), 0);
	ck_assert_str_eq(row.feed.id, "a1");
	ck_assert_str_eq(row.values[GL_ACCOUNT_CODE], "b\xEF\xBF\xBD");
	ck_assert_str_eq(row.values[GL_ACCOUNT_TYPE], "12");
	ck_assert_ptr_null(row.values[GL_ACCOUNT_CREATED]);
	ck_assert_int_eq(row.timestamp, 12);
	page_row_free(&row);
}
END_TEST

START_TEST(test_a_column_may_be_the_key_too)
{
	static const struct feed_column columns[] = { { .name = "Name" },
		{ .name = "ID" }, { .name = "Code" } };
	static const struct entity entity = {
		.path = "x",
		.key = "ID",
		.group = "Code",
		.shape = { .name = "X", .columns = columns, .count = 3 },
	};

	ck_assert_int_eq(
		read_text(&entity, LIST("{\"Code\":\"c\",\"ID\":\"i\"}")), 0);
	ck_assert_str_eq(row.feed.id, "i");
	ck_assert_str_eq(row.feed.group, "c");
	ck_assert_ptr_null(row.values[0]);
	ck_assert_str_eq(row.values[1], "i");
	ck_assert_str_eq(row.values[2], "c");
	page_row_free(&row);
}
END_TEST

START_TEST(test_d_may_be_an_object_a_list_or_one_entity)
{
	static const char *const texts[] = {
		LIST(GL("")),
		"{\"d\":[" GL("") "]}",
		"{\"d\":" GL("") "}",
	};

	for (size_t i = 0; i < 3; i++) {
		struct json_slice slice;

		ck_assert_int_eq(read_text(&entity_gl_accounts, texts[i]), 0);
		ck_assert_str_eq(row.feed.id, "a1");
		ck_assert_int_eq(row.timestamp, 12);
		page_row_free(&row);
		ck_assert(!page_next(&page, &slice));
		ck_assert_str_eq(page.next, "");
	}
}
END_TEST

START_TEST(test_the_link_to_the_next_page_is_unescaped)
{
	ck_assert_int_eq(open_text("{\"d\":{\"results\":[],\"__next\":"
				   "\"http:\\/\\/h\\/x?$skiptoken=5L\"}}"),
		0);
	ck_assert_str_eq(page.next, "http://h/x?$skiptoken=5L");
}
END_TEST

START_TEST(test_a_reply_that_is_not_whole_gives_no_row)
{
	static const char *const texts[] = {
		"",
		"<html>Maintenance</html>",
		"{\"d\":{\"results\":[" GL("") ",{\"ID\":\"a2\",\"Divi",
		LIST(GL("")) "{\"error\":{\"code\":\"\"}}",
		"{\"d\":{\"results\":[" GL("") "]",
		"{\"error\":{\"code\":\"\",\"message\":{\"value\":\"x\"}}}",
		"{\"d\":null}",
		"{\"d\":7}",
		"{\"d\":{\"results\":{}}}",
		"{\"d\":{\"results\":[],\"__next\":7}}",
		"{\"d\":{\"results\":[],\"__next\":\"\"}}",
		"[]",
		"null",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		ck_assert_msg(
			open_text(texts[i]) == FAIL_INPUT, "%s", texts[i]);
}
END_TEST

START_TEST(test_values_are_kept_to_the_last_digit)
{
	ck_assert_int_eq(
		read_text(&entity_transaction_lines,
			LIST("{\"ID\":\"l1\",\"EntryID\":\"e1\","
			     "\"Division\":7,"
			     "\"Timestamp\":\"9007199254740993\","
			     "\"AmountDC\":12345678901234.56,"
			     "\"AmountFC\":1E-05,\"Quantity\":\"12\","
			     "\"Description\":\"a\\u0000b\","
			     "\"GLAccountCode\":\"  1300 \","
			     "\"Date\":\"/Date(-1)/\",\"DueDate\":null}")),
		0);
	ck_assert_int_eq(row.timestamp, INT64_C(9007199254740993));
	ck_assert_str_eq(row.feed.group, "e1");
	ck_assert_str_eq(row.values[LINE_AMOUNT_DC], "12345678901234.56");
	ck_assert_str_eq(row.values[LINE_AMOUNT_FC], "1E-05");
	ck_assert_str_eq(row.values[LINE_QUANTITY], "12");
	ck_assert_str_eq(row.values[LINE_DESCRIPTION], "a\xef\xbf\xbd"
						       "b");
	ck_assert_str_eq(row.values[LINE_GL_ACCOUNT_CODE], "  1300 ");
	ck_assert_str_eq(row.values[LINE_DATE], "/Date(-1)/");
	ck_assert_ptr_null(row.values[LINE_DUE_DATE]);
	ck_assert_ptr_null(row.values[LINE_YOUR_REF]);
	ck_assert_uint_gt(row.feed.raw_len, 100);
	page_row_free(&row);
}
END_TEST

START_TEST(test_a_value_of_another_kind_is_malformed)
{
	static const char *const rests[] = {
		",\"Code\":{}",
		",\"Code\":[1]",
		",\"Code\":true",
		",\"Type\":\"x\"",
		",\"Type\":false",
		",\"Created\":\"2026-01-01\"",
		",\"Created\":1719331200000",
		",\"IsBlocked\":\"yes\"",
		",\"IsBlocked\":2",
	};

	for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
		char text[256];

		snprintf(text, sizeof(text),
			"{\"d\":[{\"ID\":\"a\",\"Division\":7,"
			"\"Timestamp\":1%s}]}",
			rests[i]);
		ck_assert_msg(
			read_text(&entity_gl_accounts, text) == FAIL_INPUT,
			"%s", text);
	}
	ck_assert_int_eq(
		read_text(&entity_gl_accounts, "{\"d\":[7]}"), FAIL_INPUT);
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST("{\"ID\":\"a\",\"Division\":7,"
				      "\"Timestamp\":-1}")),
		FAIL_INPUT);
}
END_TEST

START_TEST(test_a_flag_may_be_a_boolean_or_a_byte)
{
	ck_assert_int_eq(
		read_text(&entity_gl_accounts, LIST(GL(",\"IsBlocked\":1"))),
		0);
	ck_assert_str_eq(row.values[GL_ACCOUNT_IS_BLOCKED], "true");
	page_row_free(&row);
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST(GL(",\"IsBlocked\":false"))),
		0);
	ck_assert_str_eq(row.values[GL_ACCOUNT_IS_BLOCKED], "false");
	page_row_free(&row);
}
END_TEST

START_TEST(test_a_row_without_its_key_stops_the_stream)
{
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST("{\"Division\":7,\"Timestamp\":1}")),
		FAIL_STREAM);
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST("{\"ID\":\"\",\"Division\":7,"
				      "\"Timestamp\":1}")),
		FAIL_STREAM);
	ck_assert_int_eq(read_text(&entity_transaction_lines,
				 LIST("{\"ID\":\"l\",\"Division\":7,"
				      "\"Timestamp\":1}")),
		FAIL_STREAM);
}
END_TEST

START_TEST(test_a_row_of_another_division_stops_the_stream)
{
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST("{\"ID\":\"a\",\"Division\":8,"
				      "\"Timestamp\":1}")),
		FAIL_STREAM);
	ck_assert_ptr_nonnull(strstr(err.text, "division 8"));
	ck_assert_int_eq(read_text(&entity_gl_accounts,
				 LIST("{\"ID\":\"a\",\"Timestamp\":1}")),
		FAIL_STREAM);
}
END_TEST

static void money_is(const char *text, const char *currency,
	enum convert_money verdict, int64_t value)
{
	int64_t got = -77;

	ck_assert_msg(convert_money(text, convert_minor_unit(currency), &got) ==
			      verdict,
		"%s %s", text, currency);
	ck_assert_msg(
		got == value, "%s %s: %lld", text, currency, (long long)got);
}

START_TEST(test_money_is_rounded_to_its_currency_and_noise_is_no_rounding)
{
	money_is("19.990000000000002", "EUR", CONVERT_MONEY_EXACT, 199900);
	money_is("-19.989999999999998", "EUR", CONVERT_MONEY_EXACT, -199900);
	money_is("1E-05", "EUR", CONVERT_MONEY_EXACT, 0);
	money_is("12345678901234.56", "EUR", CONVERT_MONEY_EXACT,
		INT64_C(123456789012345600));
	money_is("19.995", "EUR", CONVERT_MONEY_ROUNDED, 200000);
	money_is("-19.995", "EUR", CONVERT_MONEY_ROUNDED, -200000);
	money_is("19.995", "KWD", CONVERT_MONEY_EXACT, 199950);
	money_is("1234", "JPY", CONVERT_MONEY_EXACT, 12340000);
	money_is("1234.4", "JPY", CONVERT_MONEY_ROUNDED, 12340000);
	money_is("0.1234", "XXX", CONVERT_MONEY_EXACT, 1234);
}
END_TEST

START_TEST(test_an_amount_that_does_not_fit_is_told_and_not_guessed)
{
	money_is("1e30", "EUR", CONVERT_MONEY_NONE, -77);
	money_is("92233720368547758.07", "EUR", CONVERT_MONEY_NONE, -77);
	money_is("abc", "EUR", CONVERT_MONEY_NONE, -77);
	money_is("1.2.3", "EUR", CONVERT_MONEY_NONE, -77);
	money_is(NULL, "EUR", CONVERT_MONEY_NONE, -77);
}
END_TEST

START_TEST(test_codes_lose_their_padding_and_names_their_excess)
{
	struct model_record *journal = model_record_new(&model_journals);
	char name[512];

	convert_text(journal, JOURNAL_CODE, "              1300 ", 0);
	ck_assert_str_eq(model_text(journal, JOURNAL_CODE), "1300");
	convert_text(journal, JOURNAL_TYPE, "   ", 0);
	ck_assert(!model_is_set(journal, JOURNAL_TYPE));
	for (size_t i = 0; i < 510; i += 2)
		memcpy(name + i, "\xc3\xa9", 2);
	name[510] = '\0';
	convert_text(journal, JOURNAL_NAME, name, 100);
	ck_assert_uint_eq(strlen(model_text(journal, JOURNAL_NAME)), 200);
	model_record_free(journal);
}
END_TEST

START_TEST(test_a_date_never_shifts_and_a_moment_only_with_a_zone)
{
	struct model_record *entry = model_record_new(&model_journal_entries);

	/* 2026-07-01T22:30:00 on the server's wall. */
	int64_t wall = INT64_C(1782945000000);

	ck_assert(convert_date(
		entry, JOURNAL_ENTRY_POSTED_ON, "/Date(1782945000000)/"));
	ck_assert_str_eq(model_text(entry, JOURNAL_ENTRY_POSTED_ON),
		"2026-07-01T00:00:00");
	ck_assert(convert_date(
		entry, JOURNAL_ENTRY_POSTED_ON, "/Date(-86400000)/"));
	ck_assert_str_eq(model_text(entry, JOURNAL_ENTRY_POSTED_ON),
		"1969-12-31T00:00:00");
	ck_assert(!convert_date(entry, JOURNAL_ENTRY_POSTED_ON, NULL));
	convert_utc_ms(entry, JOURNAL_ENTRY_SOURCE_MODIFIED_DATE,
		WHEN_ZONE_CENTRAL, wall);
	ck_assert_str_eq(model_text(entry, JOURNAL_ENTRY_SOURCE_MODIFIED_DATE),
		"2026-07-01T20:30:00Z");
	convert_utc_ms(entry, JOURNAL_ENTRY_SOURCE_MODIFIED_DATE,
		WHEN_ZONE_UNKNOWN, wall);
	ck_assert_str_eq(model_text(entry, JOURNAL_ENTRY_SOURCE_MODIFIED_DATE),
		"2026-07-01T22:30:00");
	model_record_free(entry);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pages");
	TCase *tests = tcase_create("pages");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, test_every_query_fits_and_selects_what_is_kept);
	tcase_add_test(tests, test_a_query_filters_and_selects);
	tcase_add_test(tests, test_personal_data_is_never_selected);
	tcase_add_test(tests, test_deletions_know_the_entities_they_name);
	tcase_add_test(tests,
		test_members_are_found_in_any_order_and_the_first_of_a_name_counts);
	tcase_add_test(tests, test_a_column_may_be_the_key_too);
	tcase_add_test(tests, test_d_may_be_an_object_a_list_or_one_entity);
	tcase_add_test(tests, test_the_link_to_the_next_page_is_unescaped);
	tcase_add_test(tests, test_a_reply_that_is_not_whole_gives_no_row);
	tcase_add_test(tests, test_values_are_kept_to_the_last_digit);
	tcase_add_test(tests, test_a_value_of_another_kind_is_malformed);
	tcase_add_test(tests, test_a_flag_may_be_a_boolean_or_a_byte);
	tcase_add_test(tests, test_a_row_without_its_key_stops_the_stream);
	tcase_add_test(tests, test_a_row_of_another_division_stops_the_stream);
	tcase_add_test(tests,
		test_money_is_rounded_to_its_currency_and_noise_is_no_rounding);
	tcase_add_test(tests,
		test_an_amount_that_does_not_fit_is_told_and_not_guessed);
	tcase_add_test(
		tests, test_codes_lose_their_padding_and_names_their_excess);
	tcase_add_test(
		tests, test_a_date_never_shifts_and_a_moment_only_with_a_zone);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
