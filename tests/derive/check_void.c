/*
 * Documents that other entries undo. The numbers are worked by hand.
 */
#include "tests/derive/document_world.h"
#include "tests/derive/suites.h"

START_TEST(test_an_invoice_that_another_entry_undoes_is_void)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	unread = &entity_receivables;
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Unknown\"");
	/* The other one comes in a later run. */
	undone(&undoing);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Void\"");
	unread = NULL;
	receivable("r1", "s1", "-121", 50, "EUR");
	receivable("r2", "s2", "121", 50, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":0,\"status\":\"Void\"");
	HAS(&model_invoices, "s1", "\"totalAmount\":121");
	HASNT(&model_invoices, "s1", "paidOnDate");
	FOUND(&model_invoices, "s1", "document-void");
	ck_assert_str_eq(json_of(&model_invoices, "s2"), "");
	derive(&model_journal_entries);
	HAS(&model_journal_entries, "s1", "\"recordRef\":{\"id\":\"s1\"");
	HASNT(&model_journal_entries, "s2", "\"recordRef\":");
	/* And goes again. */
	buf_puts(&rows, "{\"Division\":7,\"Timestamp\":\"9000\",\"ID\":\"d1\","
			"\"EntityType\":1,\"EntityKey\":\"s2\"}");
	come(&entity_deleted);
	unread = &entity_receivables;
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Paid\"");
	FOUND(&model_invoices, "s1", "open-items-unread");
	unread = NULL;
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1",
		"\"amountDue\":121,\"status\":\"Submitted\"");
	FOUND(&model_invoices, "s1", "");
}
END_TEST

START_TEST(test_an_original_that_comes_late_takes_its_reversal_away)
{
	undone(&undoing);
	come(&entity_transaction_lines);
	unread = &entity_receivables;
	derive(&model_invoices);
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Void\"");
	HAS(&model_invoices, "s2", "\"isDeleted\":true");
}
END_TEST

/* Two of 121.00 under one number and one that undoes one of them. */
START_TEST(test_of_two_that_may_be_undone_none_is_chosen)
{
	const struct entry twin = { .id = "s3",
		.type = 20,
		.number = 7,
		.invoice = 5,
		.account = "c1" };

	sale(&sale1);
	sale(&twin);
	undone(&undoing);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	FOUND(&model_invoices, "s1", "reversal-ambiguous");
	FOUND(&model_invoices, "s2", "reversal-ambiguous");
	HAS(&model_invoices, "s1", "\"status\":\"Submitted\"");
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
	HAS(&model_invoices, "s3", "\"totalAmount\":121");
}
END_TEST

START_TEST(test_what_undid_a_deleted_invoice_is_a_document_again)
{
	sale(&sale1);
	undone(&undoing);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	FOUND(&model_invoices, "s1", "document-void");
	ck_assert_str_eq(json_of(&model_invoices, "s2"), "");
	gone(&entity_transaction_lines, "s1");
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"isDeleted\":true");
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
}
END_TEST

/* -121.00 becomes 0.00, or moves to another number. */
START_TEST(test_an_invoice_is_not_void_once_nothing_undoes_it)
{
	struct entry other = undoing;

	sale(&sale1);
	undone(&undoing);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Void\"");
	other.invoice = 6;
	undone(&other);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "Void");
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
}
END_TEST

/* 121.00 and -121.00; then one more -121.00 under that number. */
START_TEST(test_a_third_one_makes_a_void_invoice_ambiguous)
{
	struct entry third = undoing;

	sale(&sale1);
	undone(&undoing);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Void\"");
	third.id = "s3";
	undone(&third);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "Void");
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
	HAS(&model_invoices, "s3", "\"totalAmount\":-121");
	gone(&entity_transaction_lines, "s3");
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"status\":\"Void\"");
	HAS(&model_invoices, "s2", "\"isDeleted\":true");
}
END_TEST

START_TEST(test_number_0_is_no_number_that_entries_share)
{
	struct entry one = sale1;
	struct entry other = undoing;

	one.invoice = other.invoice = 0;
	sale(&one);
	undone(&other);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"invoiceNumber\":\"5\"");
	HASNT(&model_invoices, "s1", "Void");
	HAS(&model_invoices, "s2", "\"totalAmount\":-121");
}
END_TEST

Suite *void_suite(void)
{
	Suite *suite = suite_create("void");
	TCase *tests = tcase_create("void");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 300);
	tcase_add_test(
		tests, test_an_invoice_that_another_entry_undoes_is_void);
	tcase_add_test(tests,
		test_an_original_that_comes_late_takes_its_reversal_away);
	tcase_add_test(tests, test_of_two_that_may_be_undone_none_is_chosen);
	tcase_add_test(
		tests, test_what_undid_a_deleted_invoice_is_a_document_again);
	tcase_add_test(
		tests, test_an_invoice_is_not_void_once_nothing_undoes_it);
	tcase_add_test(tests, test_a_third_one_makes_a_void_invoice_ambiguous);
	tcase_add_test(tests, test_number_0_is_no_number_that_entries_share);
	suite_add_tcase(suite, tests);
	return suite;
}
