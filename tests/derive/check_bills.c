/*
 * Bills and their credit notes from the ledger's lines: VAT in each of its
 * shapes, currencies, lines that miss. The numbers are worked by hand.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/derive/feed_world.h"

/* Accounts: pay is the payable, vat is VAT, cost a cost. */
static void accounts_of_purchases(void)
{
	reply_begin();
	reply_row("\"ID\":\"pay\",\"Timestamp\":1,\"Code\":\"1600\","
		  "\"Description\":\"Creditors\",\"Type\":22");
	reply_row("\"ID\":\"vat\",\"Timestamp\":2,\"Code\":\"1520\","
		  "\"Description\":\"VAT to claim\",\"Type\":24");
	reply_row("\"ID\":\"cost\",\"Timestamp\":3,\"Code\":\"4000\","
		  "\"Description\":\"Costs\",\"Type\":121");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
}

struct purchase_line {
	int number;
	const char *account;
	const char *code; /* VAT code; NULL: none */
	const char *dc;
	const char *fc;
	const char *vat;
	const char *quantity; /* NULL: none */
};

/* One reply with one entry, e1. */
static void purchase(int type, const char *currency,
	const struct purchase_line *lines, size_t count)
{
	static int64_t version = 100;
	char code[32];

	reply_begin();
	for (size_t i = 0; i < count; i++) {
		snprintf(code, sizeof(code), lines[i].code ? "\"%s\"" : "%s",
			lines[i].code ? lines[i].code : "null");
		reply_row("\"ID\":\"p%d\",\"EntryID\":\"e1\",\"Timestamp\":%d,"
			  "\"LineNumber\":%d,\"Type\":%d,\"AmountDC\":%s,"
			  "\"AmountFC\":%s,\"AmountVATFC\":%s,\"Quantity\":%s,"
			  "\"Currency\":\"%s\",\"GLAccount\":\"%s\","
			  "\"VATCode\":%s,\"Account\":\"s1\","
			  "\"AccountName\":\"Timber BV\","
			  "\"InvoiceNumber\":2600001,"
			  "\"Description\":\"line %d\","
			  "\"Date\":\"/Date(1782864000000)/\","
			  "\"DueDate\":\"/Date(1785456000000)/\","
			  "\"Modified\":\"/Date(1782945060000)/\"",
			lines[i].number, (int)++version, lines[i].number, type,
			lines[i].dc, lines[i].fc,
			lines[i].vat ? lines[i].vat : "0",
			lines[i].quantity ? lines[i].quantity : "null",
			currency, lines[i].account, code, lines[i].number);
	}
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive(&model_bills);
}

#define PURCHASE(type, currency, ...)                                          \
	purchase(type, currency,                                               \
		(const struct purchase_line[]){ __VA_ARGS__ },                 \
		sizeof((const struct purchase_line[]){ __VA_ARGS__ }) /        \
			sizeof(struct purchase_line))

#define HAS(type, text)                                                        \
	ck_assert_msg(strstr(json_of(type, "e1"), text) != NULL,               \
		"%s is not in %s", text, json_of(type, "e1"))

/* 4 x 25.00 = 100.00 at 21 % = 21.00; 50.00 at 9 % = 4.50; total 175.50. */
START_TEST(test_a_bill_is_its_entry_of_two_rates)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR",
		{ 0, "pay", NULL, "-175.5", "-175.50000000000003", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", "4" },
		{ 2, "cost", "2", "50", "50", "4.5", NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL },
		{ 9001, "vat", "2", "4.5", "4.5", NULL, NULL });
	ck_assert_int_eq(counts.created, 1);
	ck_assert_str_eq(json_of(&model_bills, "e1"),
		"{\"id\":\"e1\",\"reference\":\"2600001\","
		"\"supplierRef\":{\"id\":\"s1\","
		"\"supplierName\":\"Timber BV\"},"
		"\"issueDate\":\"2026-07-01T00:00:00\","
		"\"dueDate\":\"2026-07-31T00:00:00\","
		"\"currency\":\"EUR\",\"currencyRate\":1,\"lineItems\":["
		"{\"description\":\"line 1\","
		"\"unitAmount\":25,\"quantity\":4,\"subTotal\":100,"
		"\"taxAmount\":21,\"totalAmount\":121,"
		"\"accountRef\":{\"id\":\"cost\",\"name\":\"Costs\"},"
		"\"lineNumber\":\"1\"},"
		"{\"description\":\"line 2\","
		"\"unitAmount\":50,\"quantity\":1,\"subTotal\":50,"
		"\"taxAmount\":4.5,\"totalAmount\":54.5,"
		"\"accountRef\":{\"id\":\"cost\",\"name\":\"Costs\"},"
		"\"lineNumber\":\"2\"}],"
		"\"status\":\"Unknown\",\"subTotal\":150,\"taxAmount\":25.5,"
		"\"totalAmount\":175.5,\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\"}");
	ck_assert_str_eq(findings(), "");
	HAS(&model_journal_entries,
		"\"recordRef\":{\"id\":\"e1\",\"dataType\":\"bills\"}");
}
END_TEST

/* Owed and claimed at once: 200.00 x 21 % = 42.00 and -42.00; beside it 100.00
 * with 21.00 to pay: 300 + 21 = 321. An EU purchase is booked the same way. */
START_TEST(test_a_bill_under_reverse_charge_has_no_tax)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-321", "-321", NULL, NULL },
		{ 1, "cost", "REV", "200", "200", "42", NULL },
		{ 2, "cost", "4", "100", "100", "21", NULL },
		{ 9000, "vat", "REV", "42", "42", NULL, NULL },
		{ 9001, "vat", "REV", "-42", "-42", NULL, NULL },
		{ 9002, "vat", "4", "21", "21", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":200,\"taxAmount\":0,"
			  "\"totalAmount\":200,");
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,"
			  "\"totalAmount\":121,");
	HAS(&model_bills, "\"subTotal\":300,\"taxAmount\":21,"
			  "\"totalAmount\":321,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* 33.33 x 21 % = 6.9993 = 7.00; half, 3.50, may be claimed; 3.50 stays a
 * cost: 33.33 + 3.50 = 36.83; + 3.50 = 40.33. */
START_TEST(test_vat_that_may_not_be_claimed_stays_a_cost)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-40.33", "-40.33", NULL, NULL },
		{ 1, "cost", "HALF", "33.33", "33.33", "7", NULL },
		{ 9000, "vat", "HALF", "3.5", "3.5", NULL, NULL },
		{ 9001, "cost", "HALF", "3.5", "3.5", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":33.33,\"taxAmount\":3.5,"
			  "\"totalAmount\":36.83,");
	HAS(&model_bills, "\"subTotal\":3.5,\"taxAmount\":0,"
			  "\"totalAmount\":3.5,");
	HAS(&model_bills, "\"subTotal\":36.83,\"taxAmount\":3.5,"
			  "\"totalAmount\":40.33,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* The same with two lines of 33.33 and 10.00: 7.00 + 2.10 = 9.10, of which
 * 4.55 is claimed. Which line has which part is nowhere told. */
START_TEST(test_a_claimed_part_is_not_shared_out_by_guess)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-52.43", "-52.43", NULL, NULL },
		{ 1, "cost", "HALF", "33.33", "33.33", "7", NULL },
		{ 2, "cost", "HALF", "10", "10", "2.1", NULL },
		{ 9000, "vat", "HALF", "4.55", "4.55", NULL, NULL },
		{ 9001, "cost", "HALF", "4.55", "4.55", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":33.33,\"accountRef\"");
	HAS(&model_bills, "\"subTotal\":47.88,\"taxAmount\":4.55,"
			  "\"totalAmount\":52.43,");
	ck_assert_str_eq(findings(), "e1:tax-not-split ");
}
END_TEST

/* 446.70 dollars are 409.51 euros: 409.51 / 446.70 = 0.9167450190…; 1000 yen
 * 6.11 euros: 0.00611; 1.234 dinars 3.71 euros: 3.0064829821… */
START_TEST(test_foreign_bills_have_their_digits_and_rate)
{
	accounts_of_purchases();
	PURCHASE(30, "USD", { 0, "pay", NULL, "-409.51", "-446.7", NULL, NULL },
		{ 1, "cost", NULL, "409.51", "446.7", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"USD\","
			  "\"currencyRate\":0.916745019,");
	HAS(&model_bills, "\"subTotal\":446.7,\"taxAmount\":0,"
			  "\"totalAmount\":446.7,\"metadata\"");
	PURCHASE(30, "JPY", { 0, "pay", NULL, "-6.11", "-1000", NULL, NULL },
		{ 1, "cost", NULL, "6.11", "1000.0000000000001", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"JPY\",\"currencyRate\":0.00611,");
	HAS(&model_bills, "\"totalAmount\":1000,\"metadata\"");
	PURCHASE(30, "KWD", { 0, "pay", NULL, "-3.71", "-1.234", NULL, NULL },
		{ 1, "cost", NULL, "3.71", "1.234", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"KWD\","
			  "\"currencyRate\":3.006482982,");
	HAS(&model_bills, "\"totalAmount\":1.234,\"metadata\"");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* 2 x 10.00 back with 4.20. When the entry's type changes, the credit note is
 * retired and the bill of the other sign stands. */
START_TEST(test_a_bill_credit_note_is_positive)
{
	accounts_of_purchases();
	PURCHASE(31, "EUR", { 0, "pay", NULL, "24.2", "24.2", NULL, NULL },
		{ 1, "cost", "4", "-20", "-20", "-4.2", "-2" },
		{ 9000, "vat", "4", "-4.2", "-4.2", NULL, NULL });
	ck_assert_int_eq(counts.created, 0);
	HAS(&model_bill_credit_notes, "\"billCreditNoteNumber\":\"2600001\"");
	HAS(&model_bill_credit_notes,
		"\"totalAmount\":24.2,\"totalDiscount\":0,\"subTotal\":20,"
		"\"totalTaxAmount\":4.2,\"discountPercentage\":0,"
		"\"status\":\"Unknown\"");
	HAS(&model_bill_credit_notes,
		"\"unitAmount\":10,\"quantity\":2,\"subTotal\":20,"
		"\"taxAmount\":4.2,\"totalAmount\":24.2,");
	ck_assert_str_eq(findings(), "");
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-24.2", "-24.2", NULL, NULL },
		{ 1, "cost", "4", "20", "20", "4.2", "2" },
		{ 9000, "vat", "4", "4.2", "4.2", NULL, NULL });
	HAS(&model_bills, "\"totalAmount\":24.2,\"metadata\"");
	HAS(&model_bill_credit_notes, "\"isDeleted\":true");
}
END_TEST

START_TEST(test_a_bill_has_totals_once_its_accounts_are_known)
{
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-121", "-121", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL });
	ck_assert_str_eq(findings(), "e1:account-unknown! ");
	ck_assert_ptr_null(strstr(json_of(&model_bills, "e1"), "totalAmount"));
	accounts_of_purchases();
	derive(&model_bills);
	ck_assert_int_eq(counts.updated, 1);
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,"
			  "\"totalAmount\":121,\"metadata\"");
	ck_assert_str_eq(findings(), "");
}
END_TEST

START_TEST(test_a_bill_that_misses_a_line_is_told)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-121", "-121", NULL, NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL });
	ck_assert_str_eq(
		findings(), "e1:document-unbalanced! e1:entry-unbalanced! ");
	PURCHASE(30, "EUR", { 1, "cost", "4", "100", "100", "21", NULL });
	ck_assert_str_eq(findings(), "");
	HAS(&model_bills, "\"totalAmount\":121,\"metadata\"");
}
END_TEST

/* 100.00 at 21 % and 50.00 at 9 %, in one VAT line of 21 + 4.50 = 25.50. */
START_TEST(test_vat_lines_without_a_code_are_taken_together)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-175.5", "-175.5", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", NULL },
		{ 2, "cost", "2", "50", "50", "4.5", NULL },
		{ 9000, "vat", NULL, "25.5", "25.5", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,");
	HAS(&model_bills, "\"subTotal\":50,\"taxAmount\":4.5,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bills");
	TCase *tests = tcase_create("bills");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, test_a_bill_is_its_entry_of_two_rates);
	tcase_add_test(tests, test_a_bill_under_reverse_charge_has_no_tax);
	tcase_add_test(tests, test_vat_that_may_not_be_claimed_stays_a_cost);
	tcase_add_test(tests, test_a_claimed_part_is_not_shared_out_by_guess);
	tcase_add_test(tests, test_foreign_bills_have_their_digits_and_rate);
	tcase_add_test(tests, test_a_bill_credit_note_is_positive);
	tcase_add_test(
		tests, test_a_bill_has_totals_once_its_accounts_are_known);
	tcase_add_test(tests, test_a_bill_that_misses_a_line_is_told);
	tcase_add_test(tests, test_vat_lines_without_a_code_are_taken_together);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
