/*
 * Items, and documents of unusual shapes. The numbers are worked by hand.
 */
#include "tests/derive/document_world.h"
#include "tests/derive/suites.h"

/* A budget of 500.00 on the receivable account is no claim, and no entry. */
START_TEST(test_a_budget_is_no_posting)
{
	const struct entry budget = {
		.id = "b1", .type = 3000, .account = "c1"
	};

	sale(&sale1);
	line(&budget, 0, "ar", "500", "0");
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "EUR");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121");
	derive(&model_journal_entries);
	ck_assert_str_eq(json_of(&model_journal_entries, "b1"), "");
	FOUND(&model_journal_entries, "b1", "");
}
END_TEST

START_TEST(test_an_item_has_the_halves_it_is_used_for)
{
	row("\"ID\":\"v1\",\"Code\":\"4  \",\"Description\":\"High\","
	    "\"Percentage\":0.21");
	come(&entity_vat_codes);
	row("\"ID\":\"i1\",\"Code\":\"PLK\",\"Description\":\"Planks\","
	    "\"IsStockItem\":true,\"IsSalesItem\":true,"
	    "\"IsPurchaseItem\":true,\"StandardSalesPrice\":19.990000000000002,"
	    "\"CostPriceStandard\":12.3456,\"GLRevenue\":\"rev\","
	    "\"GLCosts\":\"cost\",\"SalesVatCode\":\"4\"");
	row("\"ID\":\"i2\",\"Code\":\"OLD\",\"Description\":\"Hours\","
	    "\"IsSalesItem\":false,\"EndDate\":\"/Date(1782864000000)/\"");
	come(&entity_items);
	derive(&model_items);
	ck_assert_str_eq(json_of(&model_items, "i1"),
		"{\"id\":\"i1\",\"name\":\"Planks\",\"code\":\"PLK\","
		"\"itemStatus\":\"Active\",\"type\":\"Inventory\","
		"\"isBillItem\":true,\"billItem\":{"
		"\"description\":\"Planks\",\"unitPrice\":12.3456,"
		"\"accountRef\":{\"id\":\"cost\"}},"
		"\"isInvoiceItem\":true,\"invoiceItem\":{"
		"\"description\":\"Planks\",\"unitPrice\":19.99,"
		"\"accountRef\":{\"id\":\"rev\"},\"taxRateRef\":{"
		"\"id\":\"v1\",\"name\":\"High\",\"effectiveTaxRate\":21}},"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_str_eq(json_of(&model_items, "i2"),
		"{\"id\":\"i2\",\"name\":\"Hours\",\"code\":\"OLD\","
		"\"itemStatus\":\"Archived\",\"type\":\"Unknown\","
		"\"isBillItem\":false,\"isInvoiceItem\":false,"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	/* A new rate reaches the items that name its code. */
	row("\"ID\":\"v1\",\"Code\":\"4  \",\"Description\":\"High\","
	    "\"Percentage\":0.22");
	come(&entity_vat_codes);
	derive(&model_items);
	HAS(&model_items, "i1", "\"effectiveTaxRate\":22");
}
END_TEST

/* By a run that was asked for bills alone. */
START_TEST(test_a_new_name_reaches_drafts_and_items_in_any_run)
{
	revenue("Sales");
	code("High");
	row("\"ID\":\"i1\",\"Code\":\"PLK\",\"Description\":\"Planks\","
	    "\"IsSalesItem\":true,\"GLRevenue\":\"rev\","
	    "\"SalesVatCode\":\"4\"");
	come(&entity_items);
	invoice(&(struct invoice){ .id = "d1", .status = 10, .type = 8020 },
		"121", "100", "21");
	come(&entity_sales_invoices);
	derive(&model_items);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"name\":\"Sales\"");
	HAS(&model_items, "i1", "\"name\":\"High\"");
	revenue("Turnover");
	code("Standard");
	derive(&model_bills);
	derive(&model_items);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"name\":\"Turnover\"");
	HAS(&model_items, "i1", "\"name\":\"Turnover\"");
	HAS(&model_items, "i1", "\"name\":\"Standard\"");
	derive(&model_invoices);
	ck_assert_int_eq(counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_an_entry_without_its_header_has_no_total)
{
	line(&sale1, 1, "rev", "-100", "-21");
	line(&sale1, 9000, "vat", "-21", "0");
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HASNT(&model_invoices, "s1", "totalTaxAmount");
	HAS(&model_invoices, "s1", "\"status\":\"Unknown\"");
	FOUND(&model_invoices, "s1", "document-header-missing");
	line(&sale1, 0, "ar", "121", "0");
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"totalAmount\":121");
}
END_TEST

START_TEST(test_an_entry_of_another_type_is_another_document)
{
	struct entry entry = sale1;

	account("c1", "P", false, "Jansen");
	come(&entity_relations);
	sale(&entry);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	derive(&model_customers);
	entry.type = 21;
	undone(&entry);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"isDeleted\":true");
	HAS(&model_credit_notes, "s1", "\"totalAmount\":121,");
	FOUND(&model_invoices, "s1", "");
	entry.type = 90;
	sale(&entry);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_credit_notes, "s1", "\"isDeleted\":true");
	FOUND(&model_credit_notes, "s1", "");
	HASNT(&model_journal_entries, "s1", "recordRef\"");
	HAS(&model_customers, "c1", "\"isDeleted\":true");
}
END_TEST

/* KWD 121.005 at a division in JPY, where AmountDC is a whole number. */
START_TEST(test_currencies_of_no_and_of_three_digits)
{
	struct entry entry = sale1;

	division_currency = "JPY";
	entry.currency = "JPY";
	line(&entry, 0, "ar", "121.0000000001", "0");
	line(&entry, 1, "rev", "-121", "0");
	entry.id = "s2";
	entry.invoice = 6;
	entry.currency = "KWD";
	line(&entry, 0, "ar", "121.005", "0");
	line(&entry, 1, "rev", "-121.005", "0");
	come(&entity_transaction_lines);
	receivable("r1", "s1", "-121", 20, "JPY");
	receivable("r2", "s2", "-121.00500000000001", 20, "KWD");
	come(&entity_receivables);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"amountDue\":121,");
	HAS(&model_invoices, "s2", "\"totalAmount\":121.005,");
	HAS(&model_invoices, "s2", "\"amountDue\":121.005,");
	HAS(&model_invoices, "s2", "\"currency\":\"KWD\"");
}
END_TEST

START_TEST(test_a_new_mapping_leaves_deleted_documents_deleted)
{
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	gone(&entity_transaction_lines, "s1");
	/* Not derived before the mapping changes. */
	derive_in("uk", &model_invoices);
	HAS(&model_invoices, "s1", "\"isDeleted\":true");
	derive_in("nl", &model_invoices);
	HAS(&model_invoices, "s1", "\"isDeleted\":true");
	FOUND(&model_invoices, "s1", "");
}
END_TEST

Suite *shapes_suite(void)
{
	Suite *suite = suite_create("shapes");
	TCase *tests = tcase_create("shapes");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, test_a_budget_is_no_posting);
	tcase_add_test(tests, test_an_item_has_the_halves_it_is_used_for);
	tcase_add_test(
		tests, test_a_new_name_reaches_drafts_and_items_in_any_run);
	tcase_add_test(tests, test_an_entry_without_its_header_has_no_total);
	tcase_add_test(
		tests, test_an_entry_of_another_type_is_another_document);
	tcase_add_test(tests, test_currencies_of_no_and_of_three_digits);
	tcase_add_test(
		tests, test_a_new_mapping_leaves_deleted_documents_deleted);
	suite_add_tcase(suite, tests);
	return suite;
}
