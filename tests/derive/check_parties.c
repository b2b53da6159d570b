/*
 * Customers and suppliers, and the documents that name them. The numbers are worked by hand.
 */
#include "tests/derive/document_world.h"
#include "tests/derive/suites.h"

START_TEST(test_a_prospect_with_an_invoice_is_a_customer)
{
	account("c1", "P", false, "Jansen");
	account("v1", "A", false, "Timber");
	account("c3", "C", true, "Both");
	come(&entity_relations);
	derive(&model_customers);
	ck_assert_str_eq(json_of(&model_customers, "c1"), "");
	ck_assert_str_eq(json_of(&model_customers, "c3"),
		"{\"id\":\"c3\",\"customerName\":\"Both\","
		"\"defaultCurrency\":\"EUR\",\"addresses\":[{"
		"\"type\":\"Billing\",\"city\":\"Delft\","
		"\"country\":\"NL\"}],\"status\":\"Active\","
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	HAS(&model_suppliers, "c3", "\"supplierName\":\"Both\"");
	sale(&sale1);
	purchase(&(struct entry){ .id = "p1",
		.type = 30,
		.number = 6,
		.invoice = 6,
		.account = "v1" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_customers, "c1", "\"customerName\":\"Jansen\"");
	HAS(&model_suppliers, "v1", "\"supplierName\":\"Timber\"");
	ck_assert_str_eq(json_of(&model_suppliers, "c1"), "");
	/* Without the invoice he is none again. */
	buf_puts(&rows, "{\"Division\":7,\"Timestamp\":\"9000\",\"ID\":\"d1\","
			"\"EntityType\":1,\"EntityKey\":\"s1\"}");
	come(&entity_deleted);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_customers, "c1", "\"isDeleted\":true");
}
END_TEST

START_TEST(test_a_renamed_customer_is_renamed_on_his_invoices)
{
	account("c1", "C", false, "Jansen");
	come(&entity_relations);
	sale(&sale1);
	come(&entity_transaction_lines);
	invoice(&(struct invoice){ .id = "d1", .status = 10, .type = 8020 },
		"121", "100", "21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_invoices, "s1", "\"companyName\":\"Jansen\"");
	account("c1", "C", false, "Jansen & Zn");
	come(&entity_relations);
	derive(&model_invoices);
	ck_assert_int_eq(counts.updated, 2);
	HAS(&model_invoices, "s1", "\"companyName\":\"Jansen & Zn\"");
	HAS(&model_invoices, "d1", "\"companyName\":\"Jansen & Zn\"");
	HAS(&model_customers, "c1", "\"customerName\":\"Jansen & Zn\"");
	derive(&model_invoices);
	ck_assert_int_eq(counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_who_lost_his_only_invoice_is_no_customer)
{
	struct entry moved = sale1;

	account("c1", "P", false, "Jansen");
	account("c2", "P", false, "Peters");
	come(&entity_relations);
	sale(&sale1);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_customers, "c1", "\"isDeleted\":false");
	moved.account = "c2";
	sale(&moved);
	come(&entity_transaction_lines);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_customers, "c1", "\"isDeleted\":true");
	HAS(&model_customers, "c2", "\"isDeleted\":false");
	HAS(&model_invoices, "s1", "\"companyName\":\"Peters\"");
}
END_TEST

START_TEST(test_a_draft_that_goes_takes_its_customer_along)
{
	struct invoice draft = { .id = "d1", .status = 10, .type = 8020 };

	account("c1", "P", false, "Jansen");
	come(&entity_relations);
	invoice(&draft, "121", "100", "21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_customers, "c1", "\"isDeleted\":false");
	/* A credit note after all. */
	draft.type = 8021;
	invoice(&draft, "-121", "-100", "-21");
	come(&entity_sales_invoices);
	derive(&model_invoices);
	HAS(&model_invoices, "d1", "\"isDeleted\":true");
	HAS(&model_credit_notes, "d1", "\"totalAmount\":121");
	gone(&entity_sales_invoices, "d1");
	derive(&model_invoices);
	derive(&model_customers);
	HAS(&model_credit_notes, "d1", "\"isDeleted\":true");
	HAS(&model_customers, "c1", "\"isDeleted\":true");
}
END_TEST

START_TEST(test_an_account_that_comes_late_or_goes_renames_its_documents)
{
	sale(&sale1);
	purchase(&(struct entry){ .id = "p1",
		.type = 30,
		.number = 6,
		.invoice = 6,
		.account = "c1" });
	come(&entity_transaction_lines);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"companyName\":\"As it was\"");
	account("c1", "P", false, "Jansen");
	come(&entity_relations);
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"companyName\":\"Jansen\"");
	HAS(&model_bills, "p1", "\"supplierName\":\"Jansen\"");
	gone(&entity_relations, "c1");
	derive(&model_invoices);
	HAS(&model_invoices, "s1", "\"companyName\":\"As it was\"");
	HAS(&model_bills, "p1", "\"supplierName\":\"As it was\"");
	HAS(&model_customers, "c1", "\"isDeleted\":true");
	derive(&model_invoices);
	ck_assert_int_eq(counts.updated + counts.unchanged, 0);
}
END_TEST

Suite *parties_suite(void)
{
	Suite *suite = suite_create("parties");
	TCase *tests = tcase_create("parties");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, test_a_prospect_with_an_invoice_is_a_customer);
	tcase_add_test(
		tests, test_a_renamed_customer_is_renamed_on_his_invoices);
	tcase_add_test(tests, test_who_lost_his_only_invoice_is_no_customer);
	tcase_add_test(tests, test_a_draft_that_goes_takes_its_customer_along);
	tcase_add_test(tests,
		test_an_account_that_comes_late_or_goes_renames_its_documents);
	suite_add_tcase(suite, tests);
	return suite;
}
