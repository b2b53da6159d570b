/* What a condition finds, in what order, and what is said to a wrong one. */
#include "query_world.h"

#include <stdio.h>
#include <string.h>

static const char *refusal(const char *text)
{
	struct records_filter *filter = NULL;

	world.err.text[0] = '\0';
	ck_assert_int_eq(records_filter_parse(
				 &filter, &model_invoices, text, &world.err),
		FAIL_USAGE);
	ck_assert_ptr_null(filter);
	return world.err.text;
}

/* ---- operators -------------------------------------------------------------- */

void check_query_operators(void)
{
	ck_assert_str_eq(world_ask("invoiceNumber = 2026-1"), "a");
	ck_assert_str_eq(world_ask("invoiceNumber != 2026-1"), "b c d e");
	ck_assert_str_eq(world_ask("invoiceNumber ~ 2026"), "a b");
	ck_assert_str_eq(world_ask("totalAmount = 100"), "a d");
	ck_assert_str_eq(world_ask("totalAmount != 100"), "b c e");
	ck_assert_str_eq(world_ask("totalAmount > 20.5"), "a d");
	ck_assert_str_eq(world_ask("totalAmount >= 20.50"), "a b d");
	ck_assert_str_eq(world_ask("totalAmount < 0"), "c");
	ck_assert_str_eq(world_ask("totalAmount <= -5"), "c");
	ck_assert_str_eq(world_ask("totalAmount<=+0"), "c e");
	ck_assert_str_eq(world_ask("dueDate = 2026-01-20"), "d e");
	ck_assert_str_eq(world_ask("dueDate != 2026-01-20"), "a b c");
	ck_assert_str_eq(world_ask("dueDate > 2026-01-20"), "b");
	ck_assert_str_eq(world_ask("dueDate >= 2026-01-20"), "b d e");
	ck_assert_str_eq(world_ask("dueDate < 2026-01-20"), "a");
	ck_assert_str_eq(world_ask("dueDate <= 2026-01-20"), "a d e");
	ck_assert_str_eq(world_ask("status = Paid"), "a d");
	ck_assert_str_eq(world_ask("status != Paid"), "b c e");
	ck_assert_str_eq(world_ask("status ~ aft"), "e");
	ck_assert_str_eq(world_ask("metadata.isDeleted = false"), "a b c d e");
	ck_assert_str_eq(world_ask("metadata.isDeleted != true"), "a b c d e");
	ck_assert_str_eq(world_ask("metadata.isDeleted = true"), "");
	ck_assert_str_eq(world_ask("customerRef.id = 61"), "c d");
}

START_TEST(test_every_operator_finds_what_it_says)
{
	world_both(check_query_operators);
}
END_TEST

static void moments(void)
{
	ck_assert_str_eq(world_ask("dueDate = 2026-01-20T00:00:00.5"), "b");
	ck_assert_str_eq(
		world_ask("dueDate = 2026-01-20T00:00:00.5000000Z"), "b");
	ck_assert_str_eq(
		world_ask("dueDate >= 2026-01-20T00:00:00.4999999"), "b");
	ck_assert_str_eq(world_ask("dueDate > 2026-01-20T00:00:00.5"), "");
	ck_assert_str_eq(
		world_ask("dueDate < 2026-01-20T00:00:00.5Z"), "a d e");
	ck_assert_str_eq(
		world_ask("dueDate = 2026-01-20T01:00:00+01:00"), "d e");
	ck_assert_str_eq(world_ask("dueDate = 2026-01-19T19:00-0500"), "d e");
	ck_assert_str_eq(world_ask("dueDate = 2026-01-20 00:00"), "d e");
	ck_assert_str_eq(
		world_ask("modifiedDate >= 2026-11-21T10:00:00Z"), "a b c d e");
	ck_assert_str_eq(world_ask("modifiedDate > 2026-11-21T10:00:00Z"), "");
}

START_TEST(test_a_second_and_its_fractions_are_compared_by_time)
{
	world_both(moments);
}
END_TEST

static void groups(void)
{
	ck_assert_str_eq(world_ask("status=Paid||status=Void"), "a c d");
	ck_assert_str_eq(world_ask("status=Paid&&customerRef.id=61"), "d");
	ck_assert_str_eq(
		world_ask("status=Draft || status=Paid && customerRef.id=61"),
		"d e");
	ck_assert_str_eq(
		world_ask("{status=Draft || status=Paid} && customerRef.id=61"),
		"d");
	ck_assert_str_eq(
		world_ask("{{totalAmount > 100 || totalAmount < 50} && "
			  "status != paid}"),
		"b c e");
	ck_assert_str_eq(world_ask("totalAmount > 0 && totalAmount < 50 && "
				   "status != Void"),
		"b");
}

START_TEST(test_and_binds_tighter_than_or_and_braces_group)
{
	world_both(groups);
}
END_TEST

static void cases(void)
{
	ck_assert_str_eq(world_ask("STATUS = pAiD"), "a d");
	ck_assert_str_eq(world_ask("CustomerRef.ID = 61"), "c d");
	ck_assert_str_eq(world_ask("metadata.isdeleted = FALSE"), "a b c d e");
	ck_assert_str_eq(world_ask("invoiceNumber = X & Y"), "c");
	ck_assert_str_eq(world_ask("invoiceNumber ~ CAF"), "e");
	ck_assert_str_eq(world_ask("customerRef.id = "
				   "81BE41E9-5C2C-4064-829C-BCA43B5E6F59"),
		"a b");
	/* An id that is no GUID is compared byte by byte. */
	ck_assert_str_eq(world_ask("id = a"), "a");
	ck_assert_str_eq(world_ask("id = A"), "");
}

START_TEST(test_names_words_and_guids_may_be_written_in_any_case)
{
	world_both(cases);
}
END_TEST

static void absent(void)
{
	ck_assert_str_eq(world_ask("dueDate < 9999-12-31"), "a b d e");
	ck_assert_str_eq(world_ask("dueDate > 0001-01-01"), "a b d e");
	ck_assert_str_eq(world_ask("invoiceNumber != nothing"), "a b c d e");
	ck_assert_str_eq(world_ask("invoiceNumber = \"\""), "");
	ck_assert_str_eq(world_ask("invoiceNumber ~ \"\""), "a b c e");
}

START_TEST(test_an_absent_field_is_unequal_to_everything_and_no_more)
{
	world_both(absent);
}
END_TEST

static void quoted(void)
{
	ck_assert_str_eq(world_ask("invoiceNumber=\"x & y\""), "c");
	ck_assert_str_eq(world_ask("invoiceNumber ~ \"{1}\""), "e");
	ck_assert_str_eq(world_ask("invoiceNumber = \"a && b\""), "");
	ck_assert_str_eq(world_ask("invoiceNumber = \"say \\\"\\\\\""), "");
	ck_assert_str_eq(
		world_ask("customerRef.companyName ~ \"\\\\\""), "a b c d");
	/* LIKE's own signs mean themselves. */
	ck_assert_str_eq(
		world_ask("customerRef.companyName ~ 50% _l"), "a b c d");
	ck_assert_str_eq(world_ask("customerRef.companyName ~ 5_% _l"), "");
	ck_assert_str_eq(world_ask("customerRef.companyName ~ a%e"), "");
}

START_TEST(test_quotes_hold_what_would_end_a_value_and_signs_of_like_are_plain)
{
	world_both(quoted);
}
END_TEST

/* Each is one value, and finds nothing; nothing else happens. */
static void hostile(void)
{
	static const char *const values[] = {
		"x' OR '1'='1",
		"x\" OR \"1\"=\"1",
		"x'; DROP TABLE "
		"invoices_all; --",
		"?1",
		"x'||(SELECT 1)",
		"\\",
		"%",
		"NULL",
		"x--",
		"/*",
		")",
		"a) OR 1=1 --",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strstr(values[i], "||") != NULL)
			continue; /* asked in quotes below */
		snprintf(text, sizeof(text), "invoiceNumber = %s", values[i]);
		ck_assert_str_eq(world_ask(text), "");
		snprintf(text, sizeof(text), "id = %s || id = a", values[i]);
		ck_assert_str_eq(world_ask(text), "a");
	}
	ck_assert_str_eq(world_ask("id = \"x'||(SELECT 1)\" || id = a"), "a");
	ck_assert_str_eq(world_ask("status = Paid"), "a d");
}

START_TEST(test_sql_in_a_value_is_a_value)
{
	world_both(hostile);
}
END_TEST

/* ---- refusals ----------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *said[3];
} wrong[] = {
	{ "", { "position 1", "a field is missing" } },
	{ "   ", { "position 4", "a field is missing" } },
	{ "isueDate = 2026-01-01",
		{ "position 1", "invoices has no field 'isueDate'",
			"did you mean issueDate?" } },
	{ "status=Paid && isDeleted=true",
		{ "position 16", "did you mean metadata.isDeleted?",
			"totalAmount" } },
	{ "zzz=1", { "no field 'zzz'; its fields are id, invoiceNumber" } },
	{ "lineItems.unitAmount=700",
		{ "position 1", "lineItems is an array" } },
	{ "lineItems[0].unitAmount=700", { "lineItems is an array" } },
	{ "lineItems=7", { "lineItems is an array" } },
	{ "customerRef=61",
		{ "customerRef is an object",
			"customerRef.id, customerRef.companyName" } },
	{ "invoice_number=1", { "did you mean invoiceNumber?" } },
	{ "id; DROP TABLE invoices_all", { "no field 'id;'" } },
	{ "status", { "position 7", "one of = != ~" } },
	{ "status Paid", { "position 8", "one of = != ~" } },
	{ "status == Paid", { "position 8", "write = for equal" } },
	{ "status =", { "position 9", "a value is missing" } },
	{ "status = && id=a", { "position 10", "a value is missing" } },
	{ "status = Pait", { "position 10", "status is never 'Pait'",
				   "Unknown, Draft, Submitted" } },
	{ "status > Paid", { "status is one of a few words", "=, !=, ~" } },
	{ "invoiceNumber > 5", { "a text", "cannot be compared by >" } },
	{ "totalAmount ~ 5", { "an amount", "cannot be compared by ~" } },
	{ "dueDate ~ 2026", { "a date", "cannot be compared by ~" } },
	{ "metadata.isDeleted > true", { "=, !=" } },
	{ "metadata.isDeleted = yes", { "true or false, not 'yes'" } },
	{ "totalAmount = 1,5", { "position 15", "'1,5' is not one such" } },
	{ "totalAmount = 1e3", { "'1e3' is not one such" } },
	{ "totalAmount = 0x10", { "'0x10' is not one such" } },
	{ "totalAmount = .5", { "'.5' is not one such" } },
	{ "totalAmount = 1.00001", { "keeps 4 decimals" } },
	{ "totalAmount = 999999999999999999", { "not a number that" } },
	{ "totalAmount = 01", { "not a number that" } },
	{ "totalAmount > 100 > 5", { "'100 > 5' is not one such" } },
	{ "dueDate = yesterday", { "'yesterday' is not one such" } },
	{ "dueDate = 2026-02-29", { "is not one such" } },
	{ "dueDate = 2026-13-01", { "is not one such" } },
	{ "dueDate = 2026-01-01T25:00", { "is not one such" } },
	{ "dueDate = 2026-01-01T10:00:00.12345678", { "is not one such" } },
	{ "dueDate = 2026-01-01T10:00:00+99:00", { "is not one such" } },
	{ "dueDate = 0001-01-01T00:00+01:00", { "is not one such" } },
	{ "dueDate = 2026-01-01Z", { "is not one such" } },
	{ "id = \"a", { "position 6", "never closed" } },
	{ "id = \"a\\b\"", { "position 8", "write \\\\" } },
	{ "id = \"a\" b", { "position 10", "&& or || is expected" } },
	{ "{id=a", { "position 1", "{ that opens here is never closed" } },
	{ "{id=a} id=b", { "position 8", "&& or || is expected" } },
	{ "{id=a || {id=b}{", { "position 16", "&&, || or }" } },
	{ "id=a}", { "position 5", "&& or || is expected" } },
	{ "id=a & id=b && =", { "position 16", "name is expected" } },
	{ "id=a &&", { "position 8", "a field is missing" } },
	{ "|| id=a", { "position 1", "name is expected" } },
	{ "id=\xff\xfe", { "not UTF-8" } },
};

START_TEST(test_a_wrong_query_is_told_where_and_what_would_be_right)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *said = refusal(wrong[i].text);

		for (int j = 0; j < 3 && wrong[i].said[j] != NULL; j++)
			ck_assert_msg(strstr(said, wrong[i].said[j]) != NULL,
				"%s: said '%s'", wrong[i].text, said);
	}
}
END_TEST

START_TEST(test_length_depth_and_number_of_conditions_have_ceilings)
{
	char text[RECORDS_FILTER_MAX + 2];
	struct records_filter *filter = NULL;
	size_t used = 0;

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "id = ", 5);
	text[RECORDS_FILTER_MAX] = '\0';
	ck_assert_int_eq(records_filter_parse(
				 &filter, &model_invoices, text, &world.err),
		0);
	records_filter_free(filter);
	text[RECORDS_FILTER_MAX] = 'x';
	text[RECORDS_FILTER_MAX + 1] = '\0';
	ck_assert_ptr_nonnull(strstr(refusal(text), "2048 bytes"));

	text[0] = '\0';
	for (int i = 0; i < RECORDS_FILTER_TERMS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"%sid=a", i > 0 ? "||" : "");
	ck_assert_int_eq(records_filter_parse(
				 &filter, &model_invoices, text, &world.err),
		0);
	records_filter_free(filter);
	snprintf(text + used, sizeof(text) - used, "||id=a");
	ck_assert_ptr_nonnull(strstr(refusal(text), "too many conditions"));

	for (size_t depth = 16; depth <= 17; depth++) {
		memset(text, '{', depth);
		memcpy(text + depth, "id=a", 4);
		memset(text + depth + 4, '}', depth);
		text[depth * 2 + 4] = '\0';
		if (depth == 17) {
			ck_assert_ptr_nonnull(strstr(
				refusal(text), "position 17: too many groups"));
			break;
		}
		ck_assert_int_eq(records_filter_parse(&filter, &model_invoices,
					 text, &world.err),
			0);
		records_filter_free(filter);
	}
}
END_TEST

/* ---- order ---------------------------------------------------------------------- */

static const char *order(const char *text)
{
	return world_ask_type(&model_invoices, "", text);
}

void check_query_orders(void)
{
	ck_assert_str_eq(order("id"), "a b c d e");
	ck_assert_str_eq(order("-id"), "e d c b a");
	/* Ties by id; descending is the reverse; absent is the least. */
	ck_assert_str_eq(order("dueDate"), "c a d e b");
	ck_assert_str_eq(order("-dueDate"), "b e d a c");
	ck_assert_str_eq(order("totalAmount"), "c e b a d");
	ck_assert_str_eq(order("-totalAmount"), "d a b e c");
	ck_assert_str_eq(order("INVOICENUMBER"), "d a b e c");
	ck_assert_str_eq(order("status"), "e a d b c");
	ck_assert_str_eq(order("customerRef.id"), "e c d a b");
	/* No index. */
	ck_assert_str_eq(order("currencyRate"), "a b c d e");
	ck_assert_str_eq(order("-customerRef.companyName"), "d c b a e");
	ck_assert_str_eq(
		world_ask_type(&model_invoices, "status=Paid", "-dueDate"),
		"d a");
	ck_assert_str_eq(
		world_ask_type(&model_invoices, "status=Paid", "status"),
		"a d");
	ck_assert_str_eq(
		world_ask_type(&model_invoices, "status=Paid", "-status"),
		"d a");
	ck_assert_str_eq(world_ask_type(&model_invoices, "dueDate>=2026-01-20",
				 "-dueDate"),
		"b e d");
}

START_TEST(test_order_is_by_value_then_id_and_absent_comes_first)
{
	world_both(check_query_orders);
}
END_TEST

START_TEST(test_text_is_ordered_without_regard_to_case)
{
	static const char *const names[] = { "b", "A", "a", "B", "Z" };
	char id[2] = "1";

	world_begin();
	for (size_t i = 0; i < 5; i++, id[0]++) {
		struct model_record *record = model_record_new(
			&model_customers);

		model_set_text(record, CUSTOMER_ID, id);
		model_set_text(record, CUSTOMER_NAME, names[i]);
		world_put(&model_customers, record);
	}
	world_commit();
	ck_assert_str_eq(world_ask_type(&model_customers, "", "customerName"),
		"2 3 1 4 5");
	ck_assert_str_eq(
		world_ask_type(&model_customers, "customerName=B", ""), "1 4");
}
END_TEST

START_TEST(test_an_order_by_what_is_no_field_is_refused)
{
	static const struct {
		const char *text;
		const char *said;
	} orders_wrong[] = {
		{ "", "no field ''" },
		{ "-", "no field ''" },
		{ "--issueDate", "no field '-issueDate'" },
		{ "issueDates", "did you mean issueDate?" },
		{ "lineItems", "is an array" },
		{ "lineItems.unitAmount", "is an array" },
		{ "customerRef", "is an object" },
		{ "change_number", "no field" },
	};
	struct records_query query;

	records_query_init(&query, &model_invoices);
	for (size_t i = 0; i < sizeof(orders_wrong) / sizeof(orders_wrong[0]);
		i++) {
		ck_assert_int_eq(records_query_order(&query,
					 orders_wrong[i].text, &world.err),
			FAIL_USAGE);
		ck_assert_msg(
			strstr(world.err.text, orders_wrong[i].said) != NULL,
			"%s", world.err.text);
	}
	/* What is kept in SQL alone is no field. */
	records_query_init(&query, &model_company);
	ck_assert_int_eq(
		records_query_order(&query, "modifiedDate", &world.err),
		FAIL_USAGE);
}
END_TEST

TCase *check_query_filter(void)
{
	TCase *tests = world_case("filter");

	tcase_add_test(tests, test_every_operator_finds_what_it_says);
	tcase_add_test(
		tests, test_a_second_and_its_fractions_are_compared_by_time);
	tcase_add_test(tests, test_and_binds_tighter_than_or_and_braces_group);
	tcase_add_test(
		tests, test_names_words_and_guids_may_be_written_in_any_case);
	tcase_add_test(tests,
		test_an_absent_field_is_unequal_to_everything_and_no_more);
	tcase_add_test(tests,
		test_quotes_hold_what_would_end_a_value_and_signs_of_like_are_plain);
	tcase_add_test(tests, test_sql_in_a_value_is_a_value);
	tcase_add_test(tests,
		test_a_wrong_query_is_told_where_and_what_would_be_right);
	tcase_add_test(tests,
		test_length_depth_and_number_of_conditions_have_ceilings);
	tcase_add_test(
		tests, test_order_is_by_value_then_id_and_absent_comes_first);
	tcase_add_test(tests, test_text_is_ordered_without_regard_to_case);
	tcase_add_test(tests, test_an_order_by_what_is_no_field_is_refused);
	return tests;
}
