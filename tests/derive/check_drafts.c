/*
 * Invoices made in Exact Online that are not booked, and their entries. The numbers are worked by hand.
 */
#include "tests/derive/document_world.h"
#include "tests/derive/suites.h"

START_TEST(test_a_draft_becomes_its_entry_once_it_is_booked)
{
	struct invoice draft = { .id = "d1", .status = 10, .type = 8020 };

	invoice(&draft, "120.99", "99.99", "21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	ck_assert_str_eq(json_of(&model_invoices, "d1"),
		"{\"id\":\"d1\",\"customerRef\":{\"id\":\"c1\","
		"\"companyName\":\"As it was\"},"
		"\"issueDate\":\"2026-07-01T00:00:00\","
		"\"dueDate\":\"2026-07-31T00:00:00\","
		"\"currency\":\"EUR\",\"currencyRate\":1,\"lineItems\":["
		"{\"description\":\"Planks\",\"unitAmount\":33.33,"
		"\"quantity\":3,\"subTotal\":99.99,\"taxAmount\":21,"
		"\"totalAmount\":120.99,\"accountRef\":{\"id\":\"rev\"}}],"
		"\"subTotal\":99.99,\"totalTaxAmount\":21,"
		"\"totalAmount\":120.99,\"amountDue\":120.99,"
		"\"status\":\"Draft\",\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	/* Booked: the entry shares its document. */
	draft.status = 50;
	draft.number = 5;
	draft.document = "doc";
	invoice(&draft, "121", "100", "21");
	come(&entity_sales_invoices);
	sale(&(struct entry){ .id = "s1",
		.type = 20,
		.number = 77,
		.invoice = 77,
		.account = "c1",
		.document = "doc" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"isDeleted\":true");
	HAS(&model_invoices, "s1", "\"totalAmount\":121");
	FOUND(&model_invoices, "d1", "");
}
END_TEST

/* Should the list have no header rows, the lines' own say it all: 2 x (50.00
 * and 10.50) is 121.00. */
START_TEST(test_a_draft_without_a_header_row_is_what_its_lines_are)
{
	for (int i = 1; i <= 2; i++)
		row("\"ID\":\"d1-%d\",\"InvoiceID\":\"d1\",\"LineNumber\":%d,"
		    "\"Status\":10,\"Type\":8020,\"InvoiceTo\":\"c1\","
		    "\"Currency\":\"USD\",\"AmountFC\":50,\"AmountDC\":40,"
		    "\"VATAmountFC\":10.5,\"Quantity\":1,"
		    "\"InvoiceDate\":\"/Date(1782864000000)/\","
		    "\"GLAccount\":\"rev\"",
			i, i);
	come(&entity_sales_invoices);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"currencyRate\":0.8");
	HAS(&model_invoices, "d1",
		"\"subTotal\":100,\"totalTaxAmount\":21,\"totalAmount\":121,"
		"\"amountDue\":121,\"status\":\"Draft\"");
}
END_TEST

START_TEST(test_a_draft_of_a_credit_note_is_positive)
{
	invoice(&(struct invoice){ .id = "d1", .status = 20, .type = 8021 },
		"-120.99", "-99.99", "-21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	HAS(&model_credit_notes, "d1", "\"totalAmount\":120.99,");
	HAS(&model_credit_notes, "d1",
		"\"unitAmount\":33.33,\"quantity\":3,\"subTotal\":99.99,"
		"\"taxAmount\":21,\"totalAmount\":120.99");
	HAS(&model_credit_notes, "d1", "\"status\":\"Draft\"");
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
}
END_TEST

/* The same number, customer and total; of another total it is not. */
START_TEST(test_a_booked_invoice_finds_its_entry_by_its_number)
{
	struct invoice booked = {
		.id = "d1", .status = 50, .type = 8020, .number = 5
	};

	invoice(&booked, "121", "100", "21");
	booked.id = "d2";
	invoice(&booked, "242", "200", "42");
	come(&entity_sales_invoices);
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
	FOUND(&model_invoices, "d1", "");
	HAS(&model_invoices, "d2", "\"status\":\"Unknown\"");
	HASNT(&model_invoices, "d2", "amountDue");
	FOUND(&model_invoices, "d2", "invoice-without-entry");
	/* Its entry comes with a later run. */
	sale(&(struct entry){ .id = "d2",
		.type = 20,
		.number = 6,
		.invoice = 6,
		.account = "c1" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "d2", "\"totalAmount\":121");
	HAS(&model_invoices, "d2", "\"invoiceNumber\":\"6\"");
}
END_TEST

START_TEST(test_an_invoice_that_two_entries_fit_is_told_and_not_merged)
{
	struct entry entry = sale1;

	entry.document = "doc";
	sale(&entry);
	entry.id = "s2";
	sale(&entry);
	come(&entity_transaction_lines);
	invoice(&(struct invoice){ .id = "d1",
			.status = 50,
			.type = 8020,
			.number = 5,
			.document = "doc" },
		"121", "100", "21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	FOUND(&model_invoices, "d1", "invoice-ambiguous");
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
	HAS(&model_invoices, "s1", "\"totalAmount\":121");
	HAS(&model_invoices, "s2", "\"totalAmount\":121");
}
END_TEST

/* While the ledger is on its way a booked invoice waits, without a record. */
START_TEST(test_a_booked_invoice_waits_for_a_ledger_that_was_not_read)
{
	invoice(
		&(struct invoice){
			.id = "d1", .status = 50, .type = 8020, .number = 5 },
		"121", "100", "21");
	come(&entity_sales_invoices);
	unread = &entity_transaction_lines;
	derive(&model_invoices);
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
	FOUND(&model_invoices, "d1", "invoice-without-entry");
	unread = NULL;
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
	FOUND(&model_invoices, "d1", "");
}
END_TEST

START_TEST(test_a_booked_invoice_whose_entry_goes_is_told)
{
	invoice(
		&(struct invoice){
			.id = "d1", .status = 50, .type = 8020, .number = 5 },
		"121", "100", "21");
	come(&entity_sales_invoices);
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	ck_assert_str_eq(json_of(&model_invoices, "d1"), "");
	gone(&entity_transaction_lines, "s1");
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"status\":\"Unknown\"");
	FOUND(&model_invoices, "d1", "invoice-without-entry");
	/* Another one comes, and a second. */
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"isDeleted\":true");
	FOUND(&model_invoices, "d1", "");
	sale(&(struct entry){ .id = "s2",
		.type = 20,
		.number = 6,
		.invoice = 5,
		.account = "c1" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	FOUND(&model_invoices, "d1", "invoice-ambiguous");
}
END_TEST

Suite *drafts_suite(void)
{
	Suite *suite = suite_create("drafts");
	TCase *tests = tcase_create("drafts");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, test_a_draft_becomes_its_entry_once_it_is_booked);
	tcase_add_test(
		tests, test_a_draft_without_a_header_row_is_what_its_lines_are);
	tcase_add_test(tests, test_a_draft_of_a_credit_note_is_positive);
	tcase_add_test(
		tests, test_a_booked_invoice_finds_its_entry_by_its_number);
	tcase_add_test(tests,
		test_an_invoice_that_two_entries_fit_is_told_and_not_merged);
	tcase_add_test(tests,
		test_a_booked_invoice_waits_for_a_ledger_that_was_not_read);
	tcase_add_test(tests, test_a_booked_invoice_whose_entry_goes_is_told);
	suite_add_tcase(suite, tests);
	return suite;
}
