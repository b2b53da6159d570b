/* Items 18 to 23 and 28 to 30 of the fidelity checklist. */
#include "tests/sandbox/books_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/render.h"

static struct books_world world;

static void open_own(void)
{
	books_world_own(&world);
}

static void close_world(void)
{
	books_world_close(&world);
}

/* 18 */
START_TEST(test_without_json_the_reply_is_an_atom_feed)
{
	world.xml = true;
	const char *body = books_world_want(&world, 200,
		"financial/"
		"GLAccounts?$filter=Code%20eq%20'411000'&$select=Code,"
		"Compress,VATCode");
	ck_assert_str_eq(world.reply.headers[0].value,
		"application/atom+xml;charset=utf-8");
	ck_assert(books_world_begins(body, "<?xml version=\"1.0\""));
	ck_assert_ptr_nonnull(strstr(body,
		"<m:properties><d:Code>411000</d:Code>"
		"<d:Compress m:type=\"Edm.Boolean\">false</d:Compress>"
		"<d:VATCode m:null=\"true\"/></m:properties>"));
	body = books_world_want(
		&world, 400, "financial/GLAccounts?$filter=Nope%20eq%201");
	ck_assert_ptr_nonnull(
		strstr(body, "<code></code><message xml:lang=\"\">"
			     "No property 'Nope' exists"));
}
END_TEST

/* 19 */
START_TEST(test_a_collection_is_an_object_with_results)
{
	const char *body = books_world_want(
		&world, 200, "financial/Journals?$select=Code");

	ck_assert(books_world_begins(body, "{\"d\":{\"results\":[{"));
	ck_assert_str_eq(body + strlen(body) - 4, "}]}}");
	ck_assert_ptr_null(strstr(body, "__next"));
	ck_assert_str_eq(
		world.reply.headers[0].value, "application/json;charset=utf-8");
}
END_TEST

START_TEST(test_top_within_a_page_is_a_bare_array)
{
	const char *body = books_world_want(
		&world, 200, "financial/Journals?$select=Code&$top=2");

	ck_assert(books_world_begins(body, "{\"d\":[{"));
	ck_assert_str_eq(body + strlen(body) - 3, "}]}");
	ck_assert_uint_eq(books_world_count(body, "\"Code\""), 2);
	body = books_world_want(&world, 200,
		"financial/Journals?$top=60&$filter=Type%20eq%201");
	ck_assert_str_eq(body, "{\"d\":[]}");
	body = books_world_want(
		&world, 200, "financial/Journals?$filter=Type%20eq%201");
	ck_assert_str_eq(body, "{\"d\":{\"results\":[]}}");
}
END_TEST

START_TEST(test_a_skip_token_gives_results_even_with_a_small_top)
{
	char next[1024];
	char target[1100];

	books_world_close(&world);
	books_world_many(&world, 40);
	ck_assert(books_world_next(
		books_world_want(&world, 200,
			"financialtransaction/TransactionLines?$select=ID&$top="
			"100"),
		next, sizeof(next)));
	snprintf(target, sizeof(target), "%s", next);
	const char *body = books_world_want(&world, 200, target);
	ck_assert(books_world_begins(body, "{\"d\":{\"results\":["));
	ck_assert_uint_eq(books_world_count(body, "\"ID\""), 40);
	ck_assert_ptr_null(strstr(body, "__next"));
}
END_TEST

START_TEST(test_inlinecount_is_a_string_before_the_results)
{
	const char *body = books_world_want(&world, 200,
		"financial/Journals?$inlinecount=allpages&$top=2&$select=Code");

	ck_assert(books_world_begins(
		body, "{\"d\":{\"__count\":\"6\",\"results\":["));
}
END_TEST

START_TEST(test_by_key_the_entity_stands_alone)
{
	char id[64];
	char target[256];

	books_world_field(books_world_want(&world, 200,
				  "financial/Journals?$select=ID,Code&$top=1"),
		"ID", id, sizeof(id));
	snprintf(target, sizeof(target), "financial/Journals(guid'%.36s')",
		id + 1);
	const char *body = books_world_want(&world, 200, target);
	ck_assert(
		books_world_begins(body, "{\"d\":{\"__metadata\":{\"uri\":\""));
	ck_assert_ptr_nonnull(strstr(body, id));
	books_world_want(&world, 404,
		"financial/"
		"Journals(guid'00000000-0000-0000-0000-000000000000')");
	ck_assert_str_eq(world.reply.body.data,
		"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
		"\"value\":"
		"\"Resource not found for the segment 'Journals'.\"}}}");
	books_world_want(&world, 200, "system/Divisions(100001)");
	books_world_want(&world, 404, "system/Divisions(100002)");
}
END_TEST

START_TEST(test_count_is_a_plain_number_and_refuses_json)
{
	world.xml = true;
	ck_assert_str_eq(
		books_world_want(&world, 200, "financial/GLAccounts/$count"),
		"30");
	ck_assert_str_eq(books_world_want(&world, 200,
				 "financial/GLAccounts/$count?$filter="
				 "startswith(Code,'6')%20eq%20true"),
		"10");
	world.xml = false;
	books_world_want(&world, 415, "financial/GLAccounts/$count");
}
END_TEST

/* 20, 21 */
START_TEST(test_pages_follow_the_key_in_sql_server_order)
{
	char target[1024] = "financialtransaction/TransactionLines?$select=ID";
	struct books_guid last = { { 0 } };
	size_t rows = 0;
	size_t pages = 0;
	bool more;

	do {
		const char *body = books_world_want(&world, 200, target);
		size_t before = rows;
		for (const char *at = strstr(body, "\"ID\":\""); at;
			at = strstr(at + 1, "\"ID\":\"")) {
			struct books_guid guid;
			ck_assert(books_index_parse(at + 6, 36, &guid));
			if (rows > 0)
				ck_assert_int_lt(
					books_index_compare(&last, &guid), 0);
			last = guid;
			rows++;
		}
		more = books_world_next(body, target, sizeof(target));
		ck_assert(!more || rows - before == 60);
		pages++;
	} while (more);
	ck_assert_uint_eq(rows, 280);
	ck_assert_uint_eq(pages, 5);
}
END_TEST

/* The recorded first two rows of a real reply, and .NET's published order. */
START_TEST(test_uniqueidentifiers_compare_from_their_last_six_bytes)
{
	static const char *const ascending[] = {
		"3c534e79-c4fe-44d2-9765-00b30573c2de",
		"1fc30060-4de3-492b-8a7b-012f6b507284",
		"ffffffff-ffff-ffff-0000-012f6b507285",
		"ffffffff-ffff-ffff-0001-012f6b507285",
		"00000000-0000-0100-0002-012f6b507285",
		"00000000-0000-0001-0002-012f6b507285",
		"01000000-0000-0002-0002-012f6b507285",
		"00000001-0000-0002-0002-012f6b507285",
	};
	struct books_guid left;
	struct books_guid right;

	for (size_t i = 1; i < sizeof(ascending) / sizeof(*ascending); i++) {
		ck_assert(books_index_parse(ascending[i - 1], 36, &left));
		ck_assert(books_index_parse(ascending[i], 36, &right));
		ck_assert_msg(books_index_compare(&left, &right) < 0, "%s %s",
			ascending[i - 1], ascending[i]);
	}
}
END_TEST

/* 22 */
START_TEST(test_metadata_is_there_and_order_is_the_models_not_selects)
{
	const char *body = books_world_want(&world, 200,
		"financial/GLAccounts?$select=Type,Description,Code&$filter="
		"Code%20eq%20'411000'");
	char id[64];
	char expected[1024];

	snprintf(expected, sizeof(expected), "%s", strstr(body, "(guid'") + 6);
	snprintf(id, sizeof(id), "%.36s", expected);
	snprintf(expected, sizeof(expected),
		"{\"d\":{\"results\":[{\"__metadata\":{\"uri\":\"" BASE_URL
		"/api/v1/100001/financial/GLAccounts(guid'%s')\",\"type\":"
		"\"Exact.Web.Api.Models.GLAccount\"},\"Code\":\"411000\","
		"\"Description\":\"Clients\",\"Type\":20}]}}",
		id);
	ck_assert_str_eq(body, expected);
}
END_TEST

/* 23 */
START_TEST(test_a_navigation_is_deferred_or_expanded_or_absent)
{
	const char *body = books_world_want(&world, 200, "crm/Accounts?$top=1");
	char target[256];

	ck_assert_ptr_nonnull(strstr(body,
		"\"BankAccounts\":{\"__deferred\":{\"uri\":\"" BASE_URL
		"/api/v1/100001/crm/Accounts(guid'"));
	ck_assert_ptr_nonnull(strstr(body, "')/BankAccounts\"}}"));
	const char *link = strstr(body, "\"__deferred\":{\"uri\":\"" BASE_URL
					"/api/v1/100001/") +
			   strlen("\"__deferred\":{\"uri\":\"" BASE_URL
				  "/api/v1/100001/");
	snprintf(
		target, sizeof(target), "%.*s", (int)strcspn(link, "\""), link);
	ck_assert_str_eq(books_world_want(&world, 200, target),
		"{\"d\":{\"results\":[]}}");
	*strrchr(target, '/') = '\0';
	books_world_want(&world, 200, target);
	strncat(target, "/Nothing", 9);
	books_world_want(&world, 404, target);
	books_world_want(&world, 404,
		"crm/Accounts(guid'00000000-0000-0000-0000-000000000000')/"
		"BankAccounts");
	body = books_world_want(
		&world, 200, "crm/Accounts?$top=1&$expand=BankAccounts");
	ck_assert_ptr_nonnull(
		strstr(body, "\"BankAccounts\":{\"results\":[]}"));
	body = books_world_want(&world, 200,
		"crm/Accounts?$top=1&$select=ID,BankAccounts/IBAN&$expand="
		"BankAccounts");
	ck_assert_ptr_nonnull(
		strstr(body, "\"BankAccounts\":{\"results\":[]}"));
	body = books_world_want(&world, 200, "crm/Accounts?$top=1&$select=ID");
	ck_assert_ptr_null(strstr(body, "BankAccounts"));
	books_world_want(&world, 400, "crm/Accounts?$top=1&$expand=Lines");
	books_world_want(
		&world, 400, "crm/Accounts?$top=1&$select=BankAccounts/IBAN");
}
END_TEST

/* 28 */
START_TEST(test_dates_are_midnight_utc_and_moments_the_local_clock)
{
	char value[64];
	const char
		*lines = "financialtransaction/TransactionLines?$select=Date,"
			 "Modified&$filter=YourRef%20eq%20'AN2025'&$top=1";

	books_world_field(
		books_world_want(&world, 200, lines), "Date", value, 64);
	ck_assert_str_eq(value, "\"/Date(1735689600000)/\"");
	/* 2025-11-21 10:00 UTC less 102 entries of 10 ms, as 11:00 CET, in
	 * three-hundredths of a second: .980 stays .980. */
	books_world_field(world.reply.body.data, "Modified", value, 64);
	ck_assert_str_eq(value, "\"/Date(1763722798980)/\"");
	world.uk = true;
	books_world_field(
		books_world_want(&world, 200, lines), "Modified", value, 64);
	ck_assert_str_eq(value, "\"/Date(1763719198980)/\"");
}
END_TEST

START_TEST(test_summer_time_begins_and_ends_on_the_last_sundays_at_one)
{
	/* 2025-03-30 and 2025-10-26, 01:00 UTC. */
	ck_assert_int_eq(render_offset_s(1743296399999, false), 3600);
	ck_assert_int_eq(render_offset_s(1743296400000, false), 7200);
	ck_assert_int_eq(render_offset_s(1761440399999, false), 7200);
	ck_assert_int_eq(render_offset_s(1761440400000, false), 3600);
	ck_assert_int_eq(render_offset_s(1743296399999, true), 0);
	ck_assert_int_eq(render_offset_s(1743296400000, true), 3600);
}
END_TEST

START_TEST(test_moments_end_in_zero_three_or_seven)
{
	static const struct {
		int64_t wanted;
		int64_t stored;
	} cases[] = { { 110, 110 }, { 111, 110 }, { 112, 113 }, { 114, 113 },
		{ 115, 117 }, { 116, 117 }, { 118, 117 }, { 999, 1000 },
		{ -1, 0 } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_int_eq(
			render_local(cases[i].wanted, true), cases[i].stored);
}
END_TEST

/* 29 */
START_TEST(test_int64_is_a_string_and_nulls_are_written)
{
	const char *body = books_world_want(&world, 200,
		"sync/Financial/GLAccounts?$filter=Timestamp%20gt%201L&$top=1&"
		"$select=Timestamp,VATCode,Compress,UseCostunit");
	char stamp[64];

	books_world_field(body, "Timestamp", stamp, sizeof(stamp));
	ck_assert_int_eq(stamp[0], '"');
	ck_assert_int_gt(strtoll(stamp + 1, NULL, 10), 0);
	ck_assert_ptr_nonnull(strstr(body, "\"Compress\":false"));
	ck_assert_ptr_nonnull(strstr(body, "\"UseCostunit\":0"));
	ck_assert_ptr_nonnull(strstr(body, "\"VATCode\":null"));
	body = books_world_want(&world, 200, "system/Divisions?$select=Hid");
	ck_assert_ptr_nonnull(strstr(body, "\"Hid\":\"1\""));
}
END_TEST

START_TEST(test_doubles_have_no_trailing_zeros_and_keep_their_noise)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 120, "120" },
		{ -1.2, "-1.2" },
		{ 16.5, "16.5" },
		{ 0, "0" },
		{ -0.05, "-0.05" },
		{ 19.99, "19.99" },
		{ 19.990000000000002, "19.990000000000002" },
		{ 1E-05, "1E-05" },
		{ 12345678901234.56, "12345678901234.561" },
		{ 0.926, "0.926" },
		{ 1e20, "1E+20" },
	};
	struct buf text;

	buf_init(&text, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&text);
		render_double(&text, cases[i].value);
		ck_assert_str_eq(text.data, cases[i].text);
	}
	buf_free(&text);
}
END_TEST

START_TEST(test_about_one_amount_in_a_hundred_is_noisy_and_rounds_right)
{
	size_t noisy = 0;
	size_t seen = 0;

	books_world_close(&world);
	books_world_many(&world, 1000);
	char target[1024] = "bulk/Financial/TransactionLines?$select=AmountDC";
	bool more;
	do {
		const char *body = books_world_want(&world, 200, target);
		for (const char *at = strstr(body, "\"AmountDC\":"); at;
			at = strstr(at + 1, "\"AmountDC\":")) {
			double value = strtod(at + 11, NULL);
			size_t len = strcspn(at + 11, ",}");
			noisy += len > 12;
			seen++;
			if (value > 0)
				ck_assert_double_eq_tol(value, 120, 1e-9);
			else
				ck_assert_double_eq_tol(
					value, value < -60 ? -100 : -20, 1e-9);
		}
		more = books_world_next(body, target, sizeof(target));
	} while (more);
	ck_assert_uint_eq(seen, 3000);
	ck_assert_uint_ge(noisy, 15);
	ck_assert_uint_le(noisy, 60);
}
END_TEST

START_TEST(test_text_is_ascii_with_lowercase_escapes)
{
	struct buf text;

	buf_init(&text, 1000);
	render_json_text(&text, "a\"\\\n\x01\xc3\xa9\xf0\x9f\x98\x80\xff", 12);
	ck_assert_str_eq(text.data,
		"\"a\\\"\\\\\\n\\u0001\\u00e9\\ud83d\\ude00\\ufffd\"");
	buf_free(&text);
	const char *body = books_world_want(&world, 200,
		"crm/Accounts?$filter=trim(Code)%20eq%20'C0001'&$select=Name");
	ck_assert_ptr_nonnull(
		strstr(body, "\"Name\":\"Caf\\u00e9 M\\u00fcller\""));
}
END_TEST

/* 30 */
START_TEST(test_codes_are_padded_to_their_widths)
{
	const char *body = books_world_want(&world, 200,
		"crm/Accounts?$filter=trim(Code)%20eq%20'C0001'&$select=Code,"
		"Country");

	ck_assert_ptr_nonnull(strstr(body, "\"Code\":\"             C0001\""));
	ck_assert_ptr_nonnull(strstr(body, "\"Country\":\"NL \""));
	body = books_world_want(&world, 200,
		"financialtransaction/TransactionLines?$filter=AccountCode%20eq"
		"%20'%20%20%20%20%20%20%20%20%20%20%20%20%20C0001'&$top=1&"
		"$select=AccountCode,GLAccountCode");
	ck_assert_ptr_nonnull(
		strstr(body, "\"AccountCode\":\"             C0001\""));
	ck_assert_ptr_nonnull(strstr(body, "\"GLAccountCode\":\"411000\""));
	body = books_world_want(&world, 200,
		"system/Divisions?$select=CustomerCode,Legislation,Country");
	ck_assert_ptr_nonnull(
		strstr(body, "\"CustomerCode\":\"            100001\""));
	ck_assert_ptr_nonnull(strstr(body, "\"Legislation\":\"NL \""));
	body = books_world_want(&world, 200,
		"financial/GLAccounts?$filter=Code%20eq%20'411000'&$select="
		"SearchCode");
	ck_assert_ptr_nonnull(strstr(body, "\"SearchCode\":\"CLIENTS  \""));
}
END_TEST

START_TEST(test_me_is_one_row_with_the_servers_local_time)
{
	struct odata_me me = {
		.user_id = "99d87844-e4ef-4ac5-968c-fb863eaced16",
		.user_name = "jan",
		.full_name = "Jan Jansen",
		.email = "jan@example.com",
		.current_division = 100001
	};
	struct odata_request request = { .query = "",
		.base_url = BASE_URL,
		.json = true,
		.now_wall_ms = 1719331200000 };
	struct exchange_reply reply;

	exchange_reply_init(&reply, 1 << 20);
	odata_get_me(&me, &request, &reply);
	const char *body = reply.body.data;
	ck_assert(books_world_begins(body,
		"{\"d\":{\"results\":[{\"__metadata\":{\"uri\":"
		"\"" BASE_URL "/api/v1/current/Me(guid'"
		"99d87844-e4ef-4ac5-968c-fb863eaced16')\",\"type\":"
		"\"Exact.Web.Api.Models.System.Me\"},"
		"\"CurrentDivision\":100001,"));
	ck_assert_ptr_nonnull(
		strstr(body, "\"ServerTime\":\"2024-06-25T18:00:00\""));
	ck_assert_ptr_nonnull(strstr(body, "\"ServerUtcOffset\":7200"));
	ck_assert_ptr_nonnull(strstr(body, "\"Legislation\":\"1\""));
	ck_assert_ptr_nonnull(strstr(body, "\"LastName\":\"Jansen\""));
	exchange_reply_free(&reply);
}
END_TEST

TCase *odata_shape_case(void)
{
	TCase *tcase = tcase_create("shape");

	tcase_add_checked_fixture(tcase, open_own, close_world);
	tcase_add_test(tcase, test_without_json_the_reply_is_an_atom_feed);
	tcase_add_test(tcase, test_a_collection_is_an_object_with_results);
	tcase_add_test(tcase, test_top_within_a_page_is_a_bare_array);
	tcase_add_test(
		tcase, test_a_skip_token_gives_results_even_with_a_small_top);
	tcase_add_test(tcase, test_inlinecount_is_a_string_before_the_results);
	tcase_add_test(tcase, test_by_key_the_entity_stands_alone);
	tcase_add_test(tcase, test_count_is_a_plain_number_and_refuses_json);
	tcase_add_test(tcase, test_pages_follow_the_key_in_sql_server_order);
	tcase_add_test(tcase,
		test_uniqueidentifiers_compare_from_their_last_six_bytes);
	tcase_add_test(tcase,
		test_metadata_is_there_and_order_is_the_models_not_selects);
	tcase_add_test(
		tcase, test_a_navigation_is_deferred_or_expanded_or_absent);
	tcase_add_test(
		tcase, test_dates_are_midnight_utc_and_moments_the_local_clock);
	tcase_add_test(tcase,
		test_summer_time_begins_and_ends_on_the_last_sundays_at_one);
	tcase_add_test(tcase, test_moments_end_in_zero_three_or_seven);
	tcase_add_test(tcase, test_int64_is_a_string_and_nulls_are_written);
	tcase_add_test(tcase,
		test_doubles_have_no_trailing_zeros_and_keep_their_noise);
	tcase_add_test(tcase,
		test_about_one_amount_in_a_hundred_is_noisy_and_rounds_right);
	tcase_add_test(tcase, test_text_is_ascii_with_lowercase_escapes);
	tcase_add_test(tcase, test_codes_are_padded_to_their_widths);
	tcase_add_test(tcase, test_me_is_one_row_with_the_servers_local_time);
	return tcase;
}
