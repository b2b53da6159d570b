/* Items 20 and 24 to 27 of the fidelity checklist. */
#include "tests/sandbox/books_world.h"

#include <stdio.h>
#include <string.h>

static struct books_world world;

static void open_own(void)
{
	books_world_own(&world);
}

static void close_world(void)
{
	books_world_close(&world);
}

/* The whole 400 with this text. */
static void refused(const char *target, const char *text)
{
	char expected[4096];

	snprintf(expected, sizeof(expected),
		"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
		"\"value\":"
		"\"%s\"}}}",
		text);
	ck_assert_str_eq(books_world_want(&world, 400, target), expected);
}

#define SYNTAX "Bad Request - Error in query syntax."

/* 20 */
START_TEST(test_the_link_keeps_the_options_in_order_and_counts_top_down)
{
	char next[2048];
	char id[64];
	char expected[2048];

	books_world_close(&world);
	books_world_many(&world, 100);
	const char *body = books_world_want(&world, 200,
		"financialtransaction/TransactionLines?$top=100&$select=ID&"
		"$filter=FinancialYear%20eq%202025");
	snprintf(id, sizeof(id), "%s", strstr(body, "\"__next\"") - 40);
	ck_assert(books_world_next(body, next, sizeof(next)));
	snprintf(expected, sizeof(expected),
		"financialtransaction/"
		"TransactionLines?$filter=FinancialYear%%20"
		"eq%%202025&$select=ID&$top=40&$skiptoken=guid'%.36s'",
		id);
	ck_assert_str_eq(next, expected);
}
END_TEST

START_TEST(test_a_token_of_an_order_holds_its_values_then_the_key)
{
	char next[2048];

	books_world_close(&world);
	books_world_many(&world, 100);
	ck_assert(books_world_next(books_world_want(&world, 200,
					   "financialtransaction/"
					   "TransactionLines?$orderby=Modified"
					   "%20desc,Description&$select=ID"),
		next, sizeof(next)));
	/* The 20 youngest entries: the last is 190 ms before 11:00 CET. */
	const char *token = strstr(next, "&$skiptoken=");
	ck_assert_ptr_nonnull(token);
	ck_assert(books_world_begins(next,
		"financialtransaction/"
		"TransactionLines?$orderby=Modified"
		"%20desc,Description&$select=ID&$skiptoken=datetime'"
		"2025-11-21T10%3A59%3A59.81','Facture%2081',guid'"));
}
END_TEST

START_TEST(test_an_ordered_walk_meets_every_row_once)
{
	char target[2048] =
		"financialtransaction/TransactionLines?$orderby=Date,"
		"AmountDC%20desc&$select=ID";
	size_t rows = 0;
	bool more;

	do {
		const char *body = books_world_want(&world, 200, target);
		rows += books_world_count(body, "\"ID\"");
		more = books_world_next(body, target, sizeof(target));
	} while (more);
	ck_assert_uint_eq(rows, 280);
}
END_TEST

START_TEST(test_a_sync_token_is_a_timestamp_and_pages_hold_a_thousand)
{
	char target[2048] =
		"sync/Financial/TransactionLines?$filter=Timestamp%20gt%201&"
		"$select=Timestamp";

	books_world_close(&world);
	books_world_many(&world, 700);
	const char *body = books_world_want(&world, 200, target);
	ck_assert_uint_eq(books_world_count(body, "\"Timestamp\""), 1000);
	ck_assert(books_world_next(body, target, sizeof(target)));
	char stamp[32];
	const char *last = strstr(body, "\"__next\"");
	snprintf(stamp, sizeof(stamp), "&$skiptoken=%.11sL", last - 15);
	ck_assert_str_eq(target + strlen(target) - strlen(stamp), stamp);
	body = books_world_want(&world, 200, target);
	ck_assert_uint_eq(books_world_count(body, "\"Timestamp\""), 1000);
	ck_assert(books_world_next(body, target, sizeof(target)));
	body = books_world_want(&world, 200, target);
	ck_assert_uint_eq(books_world_count(body, "\"Timestamp\""), 100);
	ck_assert(!books_world_next(body, target, sizeof(target)));
}
END_TEST

START_TEST(test_skip_passes_rows_on_old_endpoints_and_is_refused_on_new)
{
	const char *body = books_world_want(
		&world, 200, "financial/GLAccounts?$skip=28&$select=Code");

	ck_assert_uint_eq(books_world_count(body, "\"Code\""), 2);
	refused("sync/Financial/GLAccounts?$skip=1&$select=Code", SYNTAX);
	refused("bulk/Financial/GLAccounts?$skip=1&$select=Code", SYNTAX);
}
END_TEST

/* 24 */
START_TEST(test_bulk_wants_a_select_or_a_top_of_one)
{
	const char *text = "Please add a $select or a $top=1 statement to the "
			   "query string.";

	refused("bulk/Financial/GLAccounts", text);
	refused("bulk/CRM/Accounts?$top=2", text);
	books_world_want(&world, 200, "bulk/CRM/Accounts?$top=1");
	books_world_want(&world, 200, "bulk/Financial/GLAccounts?$select=*");
	refused("sync/Financial/GLAccounts?$select=*", text);
}
END_TEST

/* 25 */
START_TEST(test_unknown_names_and_bad_syntax_get_the_error_envelope)
{
	refused("financial/GLAccounts?$select=Code,Nope",
		"Could not find a property named 'Nope' on type "
		"'Exact.Web.Api.Models.GLAccount'.");
	refused("financial/GLAccounts?$select=code",
		"Could not find a property named 'code' on type "
		"'Exact.Web.Api.Models.GLAccount'.");
	refused("financial/GLAccounts?$filter=Code%20eq%20'1'%20and%20Nope%20"
		"eq%201",
		"No property 'Nope' exists in type "
		"'Exact.Web.Api.Models.GLAccount' at position 16.");
	refused("financial/GLAccounts?$orderby=Nope",
		"No property 'Nope' exists in type "
		"'Exact.Web.Api.Models.GLAccount' at position 0.");
	static const char *const bad[] = {
		"$filter=",
		"$filter=Code",
		"$filter=Code%20eq",
		"$filter=(Code",
		"$filter=Code%20eq%20'x",
		"$filter=Code%20eq%20'x'%20and",
		"$filter=Code%20eq%20Description",
		"$filter=Code%20is%20'x'",
		"$top=-1",
		"$top=x",
		"$top=",
		"$skip=1.5",
		"$nope=1",
		"$top=1&$top=2",
		"$skiptoken=12",
		"$skiptoken=guid''",
		"$orderby=Code%20down",
		"$inlinecount=some",
		"$filter=%zz",
		"$filter=Code%20eq%20%00",
		"$top=99999999999",
	};
	char target[256];
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(target, sizeof(target), "financial/GLAccounts?%s",
			bad[i]);
		const char *body = books_world_want(&world, 400, target);
		ck_assert(books_world_begins(body,
			"{\"error\":{\"code\":\"\",\"message\":{"
			"\"lang\":\"\",\"value\":\""));
	}
}
END_TEST

/* 26 */
START_TEST(test_the_filter_grammar_selects_what_it_says)
{
	static const struct {
		const char *filter;
		size_t rows;
	} cases[] = {
		{ "Code eq '411000'", 1 },
		{ "Code ne '411000'", 29 },
		{ "Code gt '7'", 3 },
		{ "Code ge '707000'", 2 },
		{ "Code lt '11'", 2 },
		{ "Code le '101000'", 1 },
		{ "'411000' eq Code", 1 },
		{ "Type eq 20 or Type eq 22", 2 },
		{ "Type gt 19 and Type lt 23 and not (Code eq '401000')", 1 },
		{ "not startswith(Code,'6')", 20 },
		{ "startswith(Code,'6') eq true", 10 },
		{ "startswith(Code,'6') eq false", 20 },
		{ "endswith(Description,'ventes')", 0 },
		{ "substringof('CLIENT',Description)", 1 },
		{ "tolower(Description) eq 'clients'", 1 },
		{ "trim(Code) eq '512000'", 1 },
		{ "Description eq 'R\xc3\xa9sultat de l''exercice "
		  "(b\xc3\xa9n\xc3\xa9"
		  "fice)'",
			1 },
		{ "Type eq 20L", 1 },
		{ "Type eq 20.0", 1 },
		{ "Type eq 20d", 1 },
		{ "PrivatePercentage ge -0.5", 30 },
		{ "Compress eq false", 30 },
		{ "Compress", 0 },
		{ "VATCode eq null", 30 },
		{ "VATCode ne null", 0 },
		{ "Created ge datetime'2025-11-21'", 30 },
		{ "Created gt datetime'2025-11-21T11:00:00'", 0 },
		{ "Created eq datetime'2025-11-21T11:00:00.000'", 30 },
		{ "Created eq datetime'2025-11-21T10:00'", 0 },
		{ "ID eq guid'00000000-0000-0000-0000-000000000000'", 0 },
		{ "((Code eq '411000'))", 1 },
		{ "Code eq '411000   '", 1 },
	};
	char target[1024];
	struct buf encoded;

	buf_init(&encoded, 1000);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		buf_reset(&encoded);
		buf_put_percent(
			&encoded, cases[i].filter, strlen(cases[i].filter));
		snprintf(target, sizeof(target),
			"financial/GLAccounts?$select=Code&$filter=%s",
			encoded.data);
		const char *body = books_world_want(&world, 200, target);
		ck_assert_msg(
			books_world_count(body, "\"Code\"") == cases[i].rows,
			"%s gave %zu", cases[i].filter,
			books_world_count(body, "\"Code\""));
	}
	buf_free(&encoded);
}
END_TEST

START_TEST(test_types_are_enforced_in_the_servers_words)
{
	refused("financial/GLAccounts?$filter=ID%20eq%2012",
		"Operator 'eq' incompatible with operand types 'System.Guid' "
		"and 'System.Int32' at position 3.");
	refused("financial/GLAccounts?$filter=Code%20eq%20411000",
		"Operator 'eq' incompatible with operand types 'System.String' "
		"and 'System.Int32' at position 5.");
	refused("financial/GLAccounts?$filter=Type%20eq%20'20'",
		"Operator 'eq' incompatible with operand types 'System.Int32' "
		"and 'System.String' at position 5.");
	refused("financial/GLAccounts?$filter=ID%20eq%20guid''",
		"Unrecognized 'Edm.Guid' literal 'guid''' in '6'.");
	refused("financial/GLAccounts?$filter=Created%20gt%20datetime'2025-02-"
		"30'",
		"Unrecognized 'Edm.DateTime' literal 'datetime'2025-02-30'' in "
		"'11'.");
	refused("financial/GLAccounts?$filter=Type%20and%20Compress",
		"Operator 'and' incompatible with operand types 'System.Int32' "
		"and 'System.Boolean' at position 5.");
	refused("financial/GLAccounts?$filter=length(Code)%20eq%206",
		"Unknown function 'length' at position 0.");
	refused("financial/GLAccounts?$filter=Type",
		"Expression of type 'System.Boolean' expected at position 0.");
}
END_TEST

/* 27 */
START_TEST(test_only_listed_fields_may_be_filtered)
{
	refused("financialtransaction/"
		"TransactionLines?$filter=AmountDC%20gt%200"
		"%20and%20Created%20gt%20datetime'2020-01-01'",
		"Filtering on these fields is not supported: AmountDC,Created");
	refused("bulk/CRM/Accounts?$select=ID&$filter=IsBank%20eq%20true",
		"Filtering on these fields is not supported: IsBank");
	refused("sync/Financial/TransactionLines?$filter=Timestamp%20gt%201L%20"
		"and%20FinancialYear%20eq%202025",
		"Filtering on these fields is not supported: FinancialYear");
	books_world_want(&world, 200,
		"sync/Deleted?$filter=Timestamp%20gt%201L%20and%20EntityType%20"
		"eq%202");
	books_world_want(&world, 200,
		"bulk/Financial/GLAccounts?$select=ID&$filter=Code%20eq%20'1'");
}
END_TEST

START_TEST(test_the_mandatory_filter_rule_names_the_fields_and_is_a_switch)
{
	books_world_want(&world, 200, "crm/Accounts?$select=ID");
	world.mandatory_filter = true;
	const char *body = books_world_want(
		&world, 400, "crm/Accounts?$select=ID");
	ck_assert_ptr_nonnull(strstr(body,
		"\"This endpoint has mandatory filtering applied. A GET "
		"request "
		"for this endpoint must have a $filter parameter with one of "
		"the following fields in the "
		"url:ID,Accountant,AccountManager,"));
	books_world_want(&world, 200,
		"crm/Accounts?$select=ID&$filter=Modified%20ge%20datetime'1900-"
		"01-01T00:00:00'");
	books_world_want(&world, 200, "financial/Journals?$select=ID");
}
END_TEST

START_TEST(test_paths_take_any_case_but_in_the_last_segment)
{
	char key[64];

	ck_assert_ptr_nonnull(
		odata_find("SYNC/financial/TransactionLines", key, 64));
	ck_assert_ptr_null(
		odata_find("sync/Financial/transactionlines", key, 64));
	ck_assert_ptr_null(odata_find("financial/Nope", key, 64));
	ck_assert_ptr_null(odata_find("financial/GLAccounts/More", key, 64));
	ck_assert_ptr_null(odata_find("read/financial/GLAccounts", key, 64));
	ck_assert_ptr_null(odata_find("", key, 64));
	const struct odata_entity *entity = odata_find(
		"financial/GLAccounts(guid%27x%27)", key, 64);
	ck_assert_ptr_nonnull(entity);
	ck_assert_str_eq(key, "guid'x'");
	ck_assert_str_eq(entity->scope, "financial.generalledgers");
}
END_TEST

TCase *odata_query_case(void)
{
	TCase *tcase = tcase_create("query");

	tcase_add_checked_fixture(tcase, open_own, close_world);
	tcase_add_test(tcase,
		test_the_link_keeps_the_options_in_order_and_counts_top_down);
	tcase_add_test(
		tcase, test_a_token_of_an_order_holds_its_values_then_the_key);
	tcase_add_test(tcase, test_an_ordered_walk_meets_every_row_once);
	tcase_add_test(tcase,
		test_a_sync_token_is_a_timestamp_and_pages_hold_a_thousand);
	tcase_add_test(tcase,
		test_skip_passes_rows_on_old_endpoints_and_is_refused_on_new);
	tcase_add_test(tcase, test_bulk_wants_a_select_or_a_top_of_one);
	tcase_add_test(tcase,
		test_unknown_names_and_bad_syntax_get_the_error_envelope);
	tcase_add_test(tcase, test_the_filter_grammar_selects_what_it_says);
	tcase_add_test(tcase, test_types_are_enforced_in_the_servers_words);
	tcase_add_test(tcase, test_only_listed_fields_may_be_filtered);
	tcase_add_test(tcase,
		test_the_mandatory_filter_rule_names_the_fields_and_is_a_switch);
	tcase_add_test(tcase, test_paths_take_any_case_but_in_the_last_segment);
	return tcase;
}
