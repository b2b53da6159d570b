/*
 * What is open of documents. The numbers are worked by hand.
 */
#include "tests/derive/document_world.h"
#include "tests/derive/suites.h"

/* 121.00 on the receivable account and in the list; then 50.00 comes: the
 * account stands at 71.00, the list shows -71.00 open and -50.00 matched;
 * then the rest, on 2026-07-31. */
START_TEST(test_an_invoice_is_submitted_partially_paid_and_paid)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1",
		"\"amountDue\":121,\"status\":\"Submitted\"");
	HASNT(&model_invoices, "s1", "paidOnDate");

	payment("b1", "ar", "50", "-50");
	come(&entity_transaction_lines);
	/* Selected to be collected, and open. */
	receivable("r1", "s1", "-71.000000000000014", 30, "EUR");
	receivable("r2", "s1", "-50", 50, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	ck_assert_int_eq(counts.updated, 1);
	HAS(&model_invoices, "s1",
		"\"amountDue\":71,\"status\":\"PartiallyPaid\"");
	HASNT(&model_invoices, "s1", "paidOnDate");

	payment("b2", "ar", "71", "-71");
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-71", 50, "EUR");
	receivable("r2", "s1", "-50", 50, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":0,\"status\":\"Paid\"");
	HAS(&model_invoices, "s1", "\"paidOnDate\":\"2026-07-31T00:00:00\"");
	FOUND(&model_invoices, "s1", "");
}
END_TEST

/* Two invoices of 121.00; a list that lost one of them says 121.00 where the
 * account says 242.00. Neither becomes paid, and both are right again when
 * the list is. */
START_TEST(test_a_list_that_lost_a_row_pays_no_invoice)
{
	const struct entry other = { .id = "s2",
		.type = 20,
		.number = 6,
		.invoice = 6,
		.account = "c1" };

	sale(&sale1);
	sale(&other);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	receivable("r2", "s2", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s2", "\"amountDue\":121");

	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s2",
		"\"amountDue\":121,\"status\":\"Submitted\"");
	FOUND(&model_invoices, "s2", "open-items-disagree");
	HAS(&model_invoices, "s1", "\"amountDue\":121");

	receivable("r1", "s1", "-121", 20, "EUR");
	receivable("r2", "s2", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s2", "\"amountDue\":121");
	FOUND(&model_invoices, "s2", "");
}
END_TEST

START_TEST(test_an_empty_list_where_rows_are_known_is_refused)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	ck_assert_int_eq(arrives(&entity_receivables, ""), FAIL_STREAM);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
}
END_TEST

/* Nothing was ever read of it, and the account stands at 121.00. */
START_TEST(test_a_first_list_without_rows_is_not_believed)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	arrive(&entity_receivables, "");
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "amountDue");
	HAS(&model_invoices, "s1", "\"status\":\"Unknown\"");
	FOUND(&model_invoices, "s1", "open-items-disagree");
}
END_TEST

/* The scope is missing from the start: no value, and no error a record. */
START_TEST(test_a_list_that_was_never_read_leaves_it_open)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	unread = &entity_receivables;
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "amountDue");
	HAS(&model_invoices, "s1", "\"status\":\"Unknown\"");
	FOUND(&model_invoices, "s1", "");
	/* Once it can be read, all are made again. */
	unread = NULL;
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
}
END_TEST

/* The scope is lost later on, and the invoice is written again. */
START_TEST(test_a_list_that_is_no_longer_read_leaves_the_old_value)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	unread = &entity_receivables;
	sale(&(struct entry){ .id = "s1",
		.type = 20,
		.number = 5,
		.invoice = 5,
		.account = "c2" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"customerRef\":{\"id\":\"c2\"");
	HAS(&model_invoices, "s1",
		"\"amountDue\":121,\"status\":\"Submitted\"");
	FOUND(&model_invoices, "s1", "open-items-unread");
	unread = NULL;
	derive(&model_invoices);
	FOUND(&model_invoices, "s1", "");
}
END_TEST

/* USD 121.00 and EUR 121.00: each currency must agree by itself. A row of
 * another currency under the invoice tells nothing. */
START_TEST(test_each_currency_agrees_by_itself)
{
	const struct entry dollars = { .id = "s2",
		.type = 20,
		.number = 6,
		.invoice = 6,
		.account = "c1",
		.currency = "USD" };

	sale(&sale1);
	sale(&dollars);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	receivable("r2", "s2", "-121", 20, "USD");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s2", "\"amountDue\":121");
	/* The sum over all is the same. */
	receivable("r1", "s1", "-120", 20, "EUR");
	receivable("r2", "s2", "-122", 20, "USD");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
	FOUND(&model_invoices, "s1", "open-items-disagree");
	/* Agrees, and is put under the wrong invoice. */
	receivable("r1", "s2", "-121", 20, "EUR");
	receivable("r2", "s1", "-121", 20, "USD");
	come(&entity_receivables);
	derive(&model_invoices);
	FOUND(&model_invoices, "s1", "open-items-ambiguous");
	HASNT(&model_invoices, "s1", "amountDue");
}
END_TEST

/* What a customer paid too much stands alone in the list: 10.00 in credit on
 * the account, +10.00 in the list, under the payment or under nothing. */
START_TEST(test_money_on_account_belongs_to_no_invoice)
{
	sale(&sale1);
	payment("b1", "ar", "131", "-131");
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 50, "EUR");
	receivable("r2", NULL, "10", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":0,\"status\":\"Paid\"");
	FOUND(&model_invoices, "s1", "");
}
END_TEST

/* Entry 7 of 2025 and entry 7 of 2026: the payable's date tells. Of two of
 * one day nothing does. */
START_TEST(test_payables_find_their_bill_by_number_and_date)
{
	struct entry old = { .id = "p1",
		.type = 30,
		.number = 7,
		.invoice = 7,
		.account = "v1",
		.date = "1751328000000" };
	struct entry new = old;

	new.id = "p2";
	new.invoice = 8;
	new.date = "1782864000000";
	purchase(&old);
	purchase(&new);
	payment("b1", "ap", "-121", "121");
	come(&entity_transaction_lines);
	payable("1", 7, "v1", "121", "1782864000000");
	come(&entity_payables);
	derive(&model_bills);
	HAS(&model_bills, "p1", "\"amountDue\":0");
	HAS(&model_bills, "p1", "\"status\":\"Paid\"");
	HAS(&model_bills, "p2", "\"amountDue\":121");
	HAS(&model_bills, "p2", "\"status\":\"Open\"");
	FOUND(&model_bills, "p2", "");

	old.date = new.date;
	purchase(&old);
	come(&entity_transaction_lines);
	payable("1", 7, "v1", "121", "1782864000000");
	come(&entity_payables);
	derive(&model_bills);
	FOUND(&model_bills, "p1", "open-items-ambiguous");
	HASNT(&model_bills, "p1", "amountDue");
}
END_TEST

/* A credit note of 121.00 that is open in full: the list has it the other way
 * round. */
START_TEST(test_a_credit_note_has_what_remains_of_it)
{
	undone(&(struct entry){ .id = "n1",
		.type = 21,
		.number = 9,
		.invoice = 9,
		.account = "c1" });
	come(&entity_transaction_lines);
	receivable("r1", "n1", "121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_credit_notes);
	HAS(&model_credit_notes, "n1", "\"totalAmount\":121,");
	HAS(&model_credit_notes, "n1",
		"\"remainingCredit\":121,\"status\":\"Submitted\"");
}
END_TEST

START_TEST(test_a_bill_with_a_new_twin_is_ambiguous_until_that_goes)
{
	struct entry bill = { .id = "p1",
		.type = 30,
		.number = 7,
		.invoice = 7,
		.account = "v1" };

	purchase(&bill);
	come(&entity_transaction_lines);
	payable("1", 7, "v1", "121", "1782864000000");
	come(&entity_payables);
	derive(&model_bills);
	HAS(&model_bills, "p1", "\"amountDue\":121");
	bill.id = "p2";
	bill.invoice = 8;
	purchase(&bill);
	payment("b1", "ap", "-121", "121");
	come(&entity_transaction_lines);
	derive(&model_bills);
	FOUND(&model_bills, "p2", "open-items-ambiguous");
	FOUND(&model_bills, "p1", "open-items-ambiguous");
	gone(&entity_transaction_lines, "p2");
	gone(&entity_transaction_lines, "b1");
	derive(&model_bills);
	FOUND(&model_bills, "p1", "");
	HAS(&model_bills, "p1", "\"amountDue\":121");
}
END_TEST

static bool is_fresh(void)
{
	bool fresh;

	OK(feed_is_fresh(records, &entity_receivables, NOW, &fresh, &err));
	return fresh;
}

/* A run that is killed behind the ledger leaves the list to the next one. */
START_TEST(test_a_list_is_old_until_it_was_read_behind_its_ledger)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	ck_assert(is_fresh());
	payment("b1", "ar", "121", "-121");
	come(&entity_transaction_lines);
	ck_assert(!is_fresh());
	receivable("r1", "s1", "-121", 50, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	ck_assert(is_fresh());
	gone(&entity_transaction_lines, "b1");
	ck_assert(!is_fresh());
}
END_TEST

/* 121.00 and 242.00 are open; the list has them under the wrong invoices. */
START_TEST(test_more_open_than_the_invoice_is_believed_of_none)
{
	const struct entry other = { .id = "s2",
		.type = 20,
		.number = 6,
		.invoice = 6,
		.account = "c1" };

	sale(&sale1);
	line(&other, 0, "ar", "242", "0");
	line(&other, 1, "rev", "-200", "-42");
	line(&other, 9000, "vat", "-42", "0");
	come(&entity_transaction_lines);
	receivable("r1", "s2", "-121", 20, "EUR");
	receivable("r2", "s1", "-242", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "amountDue");
	FOUND(&model_invoices, "s1", "open-items-ambiguous");
}
END_TEST

START_TEST(test_open_items_of_no_entry_are_of_no_document)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	receivable("r2", "nowhere", "-10", 20, "EUR");
	receivable("r3", "nowhere", "10", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
	ck_assert_str_eq(json_of(&model_invoices, "nowhere"), "");
	ck_assert_str_eq(json_of(&model_journal_entries, "nowhere"), "");
}
END_TEST

/* The account is no receivable one any more: then the list is of another. */
START_TEST(test_a_control_account_of_another_type_pays_nothing)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	row("\"ID\":\"ar\",\"Code\":\"1300\",\"Type\":25");
	come(&entity_gl_accounts);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
	FOUND(&model_invoices, "s1", "open-items-disagree");
}
END_TEST

Suite *open_suite(void)
{
	Suite *suite = suite_create("open");
	TCase *tests = tcase_create("open");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 300);
	tcase_add_test(
		tests, test_an_invoice_is_submitted_partially_paid_and_paid);
	tcase_add_test(tests, test_a_list_that_lost_a_row_pays_no_invoice);
	tcase_add_test(
		tests, test_an_empty_list_where_rows_are_known_is_refused);
	tcase_add_test(tests, test_a_first_list_without_rows_is_not_believed);
	tcase_add_test(tests, test_a_list_that_was_never_read_leaves_it_open);
	tcase_add_test(
		tests, test_a_list_that_is_no_longer_read_leaves_the_old_value);
	tcase_add_test(tests, test_each_currency_agrees_by_itself);
	tcase_add_test(tests, test_money_on_account_belongs_to_no_invoice);
	tcase_add_test(tests, test_payables_find_their_bill_by_number_and_date);
	tcase_add_test(tests, test_a_credit_note_has_what_remains_of_it);
	tcase_add_test(tests,
		test_a_bill_with_a_new_twin_is_ambiguous_until_that_goes);
	tcase_add_test(
		tests, test_a_list_is_old_until_it_was_read_behind_its_ledger);
	tcase_add_test(
		tests, test_more_open_than_the_invoice_is_believed_of_none);
	tcase_add_test(tests, test_open_items_of_no_entry_are_of_no_document);
	tcase_add_test(
		tests, test_a_control_account_of_another_type_pays_nothing);
	suite_add_tcase(suite, tests);
	return suite;
}
