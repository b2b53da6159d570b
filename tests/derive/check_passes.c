/*
 * What is made again when a mapping, a data type or a fact of the division is
 * new: nothing but what depends on it, from the rows that are stored.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/derive/feed_world.h"

/* Of all data types, as derive_types[]. */
static struct derive_counts all[DERIVE_TYPES_MAX];

static void keep_counts(void *arg, const struct model_type *type,
	const struct derive_counts *now)
{
	(void)arg;
	all[derive_find(type) - derive_types] = *now;
}

static void derive_all(void)
{
	const struct derive_options options = {
		.records = records,
		.region = division_region,
		.currency = division_currency,
		.zone = division_zone,
		.derived = keep_counts,
	};

	memset(all, 0, sizeof(all));
	OK(derive_run(&options, &err));
}

/* How many records of that type were made, with or without a change. */
static int64_t made(const struct model_type *type)
{
	const struct derive_counts *of = &all[derive_find(type) - derive_types];

	return of->created + of->updated + of->unchanged;
}

static void expect_only(const struct model_type *const *types)
{
	for (const struct derive_type *t = derive_types; t->type; t++) {
		bool expected = false;

		for (size_t i = 0; types[i]; i++)
			expected = expected || types[i] == t->type;
		ck_assert_msg((made(t->type) > 0) == expected,
			"%s: %d records were made", t->type->name,
			(int)made(t->type));
	}
}

#define EXPECT_ONLY(...)                                                       \
	expect_only((const struct model_type *const[]){ __VA_ARGS__, NULL })

static void set_fact(const char *name, const char *value)
{
	OK(records_begin(records, &err));
	OK(records_fact_set(records, name, value, &err));
	OK(records_commit(records, &err));
}

/* An account, a journal, a VAT code, a relation, a sale and a purchase. */
static void begin(void)
{
	static const char *const types[] = { "20", "30" };

	set_up();
	arrive(&entity_vat_codes,
		"{\"Division\":7,\"ID\":\"v1\",\"Code\":\"4\","
		"\"Percentage\":0.21," MODIFIED "}");
	arrive(&entity_relations,
		"{\"Division\":7,\"ID\":\"c1\",\"Timestamp\":\"1\","
		"\"Name\":\"Jansen\",\"Status\":\"C\"," MODIFIED "}");
	reply_begin();
	account_row(1, 1, "Debtors");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	reply_begin();
	journal_row(1, "70", "Sales");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	reply_begin();
	for (int i = 0; i < 2; i++)
		reply_row("\"ID\":\"l%d\",\"EntryID\":\"e%d\","
			  "\"Timestamp\":%d,\"LineNumber\":0,\"Type\":%s,"
			  "\"AmountDC\":0,\"AmountFC\":0,\"Currency\":\"EUR\","
			  "\"GLAccount\":\"a1\",\"Account\":\"c1\","
			  "\"Date\":\"/Date(1782864000000)/\"",
			i, i, i + 1, types[i]);
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_all();
}

START_TEST(test_nothing_is_made_again_while_nothing_changes)
{
	EXPECT_ONLY(&model_chart_of_accounts, &model_journals, &model_tax_rates,
		&model_journal_entries, &model_invoices, &model_bills,
		&model_customers, &model_suppliers);
	derive_all();
	EXPECT_ONLY(NULL);
}
END_TEST

START_TEST(test_a_corrected_mapping_makes_only_its_own_types_again)
{
	set_fact("made-with.VATCodes.taxRates", "4 nl EUR 3");
	derive_all();
	EXPECT_ONLY(&model_tax_rates);
	set_fact("made-with.TransactionLines.bills", "4 nl EUR 3");
	derive_all();
	EXPECT_ONLY(&model_journal_entries, &model_invoices, &model_bills);
	set_fact("made-with.Accounts.customers", "4 nl EUR 3");
	derive_all();
	EXPECT_ONLY(&model_customers, &model_suppliers);
	derive_all();
	EXPECT_ONLY(NULL);
}
END_TEST

/* As in a file of a release that did not know bills. */
START_TEST(test_a_new_data_type_fills_itself_from_the_stored_rows)
{
	sqlite3 *db;

	records_close(records);
	records = NULL;
	ck_assert_int_eq(sqlite3_open(company_path(), &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(db,
			"DELETE FROM bills_all; DELETE FROM _facts WHERE name "
			"= 'made-with.TransactionLines.bills'",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	open_records();
	derive_all();
	ck_assert_int_eq(
		all[derive_find(&model_bills) - derive_types].created, 1);
	for (const struct derive_type *t = derive_types; t->type; t++)
		ck_assert_msg(t->type == &model_bills ||
				      (!all[t - derive_types].created &&
					      !all[t - derive_types].updated),
			"%s was written", t->type->name);
	ck_assert_ptr_nonnull(strstr(json_of(&model_bills, "e1"), "Jansen"));
}
END_TEST

START_TEST(test_another_zone_makes_everything_again)
{
	division_zone = WHEN_ZONE_UTC;
	derive_all();
	EXPECT_ONLY(&model_chart_of_accounts, &model_journals, &model_tax_rates,
		&model_journal_entries, &model_invoices, &model_bills,
		&model_customers, &model_suppliers);
}
END_TEST

static void forget_versions(const char *old_mapping)
{
	sqlite3 *db;

	records_close(records);
	records = NULL;
	ck_assert_int_eq(sqlite3_open(company_path(), &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(db,
			"DELETE FROM _facts WHERE name LIKE 'made-with.%'",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	open_records();
	set_fact("mapping", old_mapping);
}

START_TEST(test_a_file_with_one_mapping_for_all_types_is_taken_as_it_is)
{
	forget_versions("5 nl EUR 3");
	derive_all();
	EXPECT_ONLY(NULL);
	/* From now on each pass has its own. */
	set_fact("made-with.VATCodes.taxRates", "4 nl EUR 3");
	derive_all();
	EXPECT_ONLY(&model_tax_rates);
}
END_TEST

START_TEST(test_a_file_with_an_older_mapping_for_all_types_is_made_again)
{
	forget_versions("4 nl EUR 3");
	derive_all();
	EXPECT_ONLY(&model_chart_of_accounts, &model_journals, &model_tax_rates,
		&model_journal_entries, &model_invoices, &model_bills,
		&model_customers, &model_suppliers);
	derive_all();
	EXPECT_ONLY(NULL);
}
END_TEST

START_TEST(test_a_record_notes_the_version_of_the_pass_that_made_it)
{
	sqlite3 *db;
	sqlite3_stmt *ask;

	ck_assert_int_eq(sqlite3_open(company_path(), &db), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_prepare_v2(db,
			"SELECT min(derived_by) FROM (SELECT derived_by FROM "
			"invoices UNION SELECT derived_by FROM journals)",
			-1, &ask, NULL),
		SQLITE_OK);
	ck_assert_int_eq(sqlite3_step(ask), SQLITE_ROW);
	ck_assert_int_ge(sqlite3_column_int(ask, 0), 5);
	sqlite3_finalize(ask);
	sqlite3_close(db);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("passes");
	TCase *tests = tcase_create("passes");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, begin, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_nothing_is_made_again_while_nothing_changes);
	tcase_add_test(
		tests, test_a_corrected_mapping_makes_only_its_own_types_again);
	tcase_add_test(
		tests, test_a_new_data_type_fills_itself_from_the_stored_rows);
	tcase_add_test(tests, test_another_zone_makes_everything_again);
	tcase_add_test(tests,
		test_a_file_with_one_mapping_for_all_types_is_taken_as_it_is);
	tcase_add_test(tests,
		test_a_file_with_an_older_mapping_for_all_types_is_made_again);
	tcase_add_test(tests,
		test_a_record_notes_the_version_of_the_pass_that_made_it);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
