/*
 * Accounts and journal entries, and when an entry is made again: a line that
 * comes late or goes, a journal that is renamed, a zone that becomes known.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/derive/feed_world.h"

START_TEST(test_an_account_gets_its_category_from_its_type)
{
	reply_begin();
	reply_row("\"ID\":\"a1\",\"Timestamp\":1,\"Code\":\"  1300\","
		  "\"Description\":\"Debtors\",\"Type\":20,"
		  "\"IsBlocked\":false,"
		  "\"Modified\":\"/Date(1782945000000)/\"");
	reply_row("\"ID\":\"a2\",\"Timestamp\":2,\"Code\":\"1100\","
		  "\"Description\":\"Bank\",\"Type\":12,\"IsBlocked\":true");
	reply_row("\"ID\":\"a3\",\"Timestamp\":3,\"Code\":\"9000\","
		  "\"Description\":\"Reflection\",\"Type\":300");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	derive(&model_chart_of_accounts);
	ck_assert_int_eq(counts.created, 3);
	ck_assert_str_eq(json_of(&model_chart_of_accounts, "a1"),
		"{\"id\":\"a1\",\"nominalCode\":\"1300\",\"name\":\"Debtors\","
		"\"fullyQualifiedCategory\":"
		"\"Asset.Assets.AccountsReceivable\","
		"\"fullyQualifiedName\":"
		"\"Asset.Assets.AccountsReceivable.Debtors\","
		"\"currency\":\"EUR\",\"type\":\"Asset\","
		"\"status\":\"Active\",\"isBankAccount\":false,"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_ptr_nonnull(strstr(json_of(&model_chart_of_accounts, "a2"),
		"\"status\":\"Archived\",\"isBankAccount\":true"));
	ck_assert_ptr_nonnull(strstr(json_of(&model_chart_of_accounts, "a3"),
		"\"currency\":\"EUR\",\"type\":\"Unknown\""));
	ck_assert_ptr_null(strstr(
		json_of(&model_chart_of_accounts, "a3"), "fullyQualified"));
}
END_TEST

static void two_lines(void)
{
	reply_begin();
	line_row("l2", "e1", 20, 1, "-19.990000000000002");
	line_row("l1", "e1", 21, 0, "19.99");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
}

START_TEST(test_an_entry_is_its_lines_in_their_order)
{
	reply_begin();
	journal_row(1, "70", "Sales ledger");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	two_lines();
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.created, 1);
	ck_assert_str_eq(json_of(&model_journal_entries, "e1"),
		"{\"id\":\"e1\",\"description\":\"line l1\","
		"\"postedOn\":\"2026-07-01T00:00:00\","
		"\"createdOn\":\"2026-07-01T22:30:00\","
		"\"updatedOn\":\"2026-07-01T22:31:00\","
		"\"journalRef\":{\"id\":\"j1\",\"name\":\"Sales ledger\"},"
		"\"journalLines\":["
		"{\"description\":\"line l1\",\"netAmount\":19.99,"
		"\"transactionAmount\":19.99,\"currency\":\"EUR\","
		"\"transactionCurrency\":\"EUR\","
		"\"accountRef\":{\"id\":\"a1\",\"name\":\"Debtors\"},"
		"\"tracking\":{\"recordRefs\":[]}},"
		"{\"description\":\"line l2\",\"netAmount\":-19.99,"
		"\"transactionAmount\":-19.99,\"currency\":\"EUR\","
		"\"transactionCurrency\":\"EUR\","
		"\"accountRef\":{\"id\":\"a1\",\"name\":\"Debtors\"},"
		"\"tracking\":{\"recordRefs\":[]}}],"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\"}");
	ck_assert_str_eq(findings(), "");
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.created + counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_an_unbalanced_entry_is_an_error_once_its_feed_has_caught_up)
{
	reply_begin();
	line_row("l1", "e1", 20, 0, "10");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	unread = &entity_transaction_lines;
	derive(&model_journal_entries);
	ck_assert_str_eq(findings(), "e1:entry-incomplete ");
	unread = NULL;
	/* The rest never comes: it is found again although not dirty. */
	derive(&model_journal_entries);
	ck_assert_str_eq(findings(), "e1:entry-unbalanced! ");
	reply_begin();
	line_row("l2", "e1", 21, 1, "-10");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_str_eq(findings(), "");
}
END_TEST

START_TEST(test_an_amount_that_does_not_fit_is_left_out_and_told)
{
	reply_begin();
	line_row("l1", "e1", 20, 0, "1e30");
	line_row("l2", "e1", 21, 1, "-10.005");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive(&model_journal_entries);
	ck_assert_str_eq(
		findings(), "e1:amount-unreadable! e1:amount-rounded ");
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"{\"description\":\"line l1\",\"currency\""));
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"netAmount\":-10.01"));
}
END_TEST

START_TEST(test_a_journal_that_comes_late_or_is_renamed_reaches_its_entries)
{
	two_lines();
	derive(&model_journal_entries);
	ck_assert_ptr_null(
		strstr(json_of(&model_journal_entries, "e1"), "journalRef"));

	for (int i = 0; i < 2; i++) {
		const char *name = i ? "New name" : "Sales";

		reply_begin();
		journal_row(1, "70", name);
		journal_row(2, "90", "Memo");
		reply_end(NULL);
		OK(run_page(&entity_journals, false));
		derive(&model_journal_entries);
		ck_assert_int_eq(counts.updated, 1);
		ck_assert_ptr_nonnull(
			strstr(json_of(&model_journal_entries, "e1"), name));
		derive(&model_journal_entries);
		ck_assert_int_eq(counts.updated + counts.unchanged, 0);
	}
}
END_TEST

/* Once some entries are made. */
static bool some_are_made(void *arg)
{
	(void)arg;
	int64_t live, deleted;

	OK(records_count(
		records, &model_journal_entries, &live, &deleted, &err));
	return live > 0;
}

START_TEST(test_a_rename_after_a_first_run_that_died_reaches_its_entries)
{
	char id[16];

	reply_begin();
	journal_row(1, "70", "Sales");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	reply_begin();
	for (int i = 1; i <= 600; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		line_row(id, id, i, 0, "0");
	}
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	ck_assert_int_eq(derive_until(some_are_made, &model_journal_entries),
		FAIL_INTERRUPTED);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "Sales"));
	reopen();
	reply_begin();
	journal_row(1, "70", "New name");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	derive(&model_journal_entries);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "New name"));
}
END_TEST

START_TEST(test_of_three_journals_of_one_code_one_is_chosen_for_good)
{
	two_lines();
	reply_begin();
	journal_row(1, "70", "First");
	journal_row(2, "70 ", "Second");
	journal_row(3, " 70", "Third");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	derive(&model_journal_entries);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"{\"id\":\"j3\",\"name\":\"Third\"}"));
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_an_entry_that_lost_a_line_is_told_and_keeps_the_other)
{
	two_lines();
	derive(&model_journal_entries);
	reply_begin();
	reply_row("\"ID\":\"d1\",\"Timestamp\":30,\"EntityType\":\"1\","
		  "\"EntityKey\":\"l2\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_str_eq(findings(), "e1:entry-unbalanced! ");
	ck_assert_ptr_null(
		strstr(json_of(&model_journal_entries, "e1"), "line l2"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "line l1"));
}
END_TEST

START_TEST(test_an_entry_without_lines_is_retired_and_comes_back)
{
	two_lines();
	derive(&model_journal_entries);
	reply_begin();
	reply_row("\"ID\":\"d2\",\"Timestamp\":31,\"EntityType\":1,"
		  "\"EntityKey\":\"e1\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.deleted, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"isDeleted\":true"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "line l1"));
	reply_begin();
	line_row("l1", "e1", 40, 0, "5");
	line_row("l2", "e1", 41, 1, "-5");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"isDeleted\":false"));
}
END_TEST

START_TEST(test_a_zone_that_becomes_known_makes_all_records_anew)
{
	two_lines();
	division_zone = WHEN_ZONE_UNKNOWN;
	derive(&model_journal_entries);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"\"sourceModifiedDate\":\"2026-07-01T22:31:00\""));
	division_zone = WHEN_ZONE_CENTRAL;
	derive(&model_journal_entries);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\""));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("entries");
	TCase *tests = tcase_create("entries");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_an_account_gets_its_category_from_its_type);
	tcase_add_test(tests, test_an_entry_is_its_lines_in_their_order);
	tcase_add_test(tests,
		test_an_unbalanced_entry_is_an_error_once_its_feed_has_caught_up);
	tcase_add_test(
		tests, test_an_amount_that_does_not_fit_is_left_out_and_told);
	tcase_add_test(tests,
		test_a_journal_that_comes_late_or_is_renamed_reaches_its_entries);
	tcase_add_test(tests,
		test_a_rename_after_a_first_run_that_died_reaches_its_entries);
	tcase_add_test(tests,
		test_of_three_journals_of_one_code_one_is_chosen_for_good);
	tcase_add_test(tests,
		test_an_entry_that_lost_a_line_is_told_and_keeps_the_other);
	tcase_add_test(
		tests, test_an_entry_without_lines_is_retired_and_comes_back);
	tcase_add_test(
		tests, test_a_zone_that_becomes_known_makes_all_records_anew);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
