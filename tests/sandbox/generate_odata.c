/*
 * The generated books through the OData dialect: what lists there are, their
 * order, the stream of headers and lines, signs, expansion.
 */
#include "tests/sandbox/generate_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/odata.h"
#include "sandbox/odata_trade.h"

static struct generate_world world;

static void open_small(void)
{
	generate_world_make(&world, GENERATE_SMALL, false, 7);
}

static void close_small(void)
{
	generate_world_close(&world);
}

/* The text of `"name":` from `at` on, without quotes. */
static const char *field(
	const char *at, const char *name, char *ret, size_t size)
{
	char key[64];

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(at, key);
	if (!at)
		return NULL;
	at += strlen(key);
	size_t len = *at == '"' ? strcspn(++at, "\"") : strcspn(at, ",}]");
	ck_assert_uint_lt(len, size);
	memcpy(ret, at, len);
	ret[len] = '\0';
	return at;
}

static size_t count(const char *body, const char *piece)
{
	size_t found = 0;

	for (body = strstr(body, piece); body; body = strstr(body + 1, piece))
		found++;
	return found;
}

START_TEST(test_every_new_list_answers_with_rows)
{
	static const char *const paths[] = { "vat/VATCodes",
		"vat/VatPercentages", "logistics/Items",
		"bulk/Logistics/Items?$select=ID", "sync/Logistics/Items",
		"salesinvoice/SalesInvoices", "salesinvoice/SalesInvoiceLines",
		"bulk/SalesInvoice/SalesInvoices?$select=InvoiceID",
		"bulk/SalesInvoice/SalesInvoiceLines?$select=ID",
		"sync/SalesInvoice/SalesInvoices", "sync/Cashflow/PaymentTerms",
		"cashflow/Receivables", "cashflow/Payments",
		"bulk/Cashflow/Receivables?$select=ID",
		"bulk/Cashflow/Payments?$select=ID",
		"read/financial/ReceivablesList", "read/financial/PayablesList",
		"general/Currencies", "financial/FinancialPeriods",
		"financial/ReportingBalance", "budget/Budgets" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		const char *body = generate_world_get(&world, paths[i], 200);
		ck_assert_msg(strstr(body, "\"__metadata\"") != NULL,
			"%s has no rows: %.200s", paths[i], body);
	}
	generate_world_get(&world, "financial/GLAccounts", 200);
	ck_assert(!generate_world_known("read/financial/ReportingBalance"));
	ck_assert(!generate_world_known("financial/ReceivablesList"));
}
END_TEST

/* How many properties the documented entities have. */
START_TEST(test_the_lists_have_their_documented_properties)
{
	static const struct {
		const char *path;
		size_t count;
	} lists[] = {
		{ "vat/VATCodes", 44 },
		{ "vat/VatPercentages", 14 },
		{ "logistics/Items", 117 },
		{ "sync/Logistics/Items", 115 },
		{ "salesinvoice/SalesInvoices", 80 },
		{ "salesinvoice/SalesInvoiceLines", 52 },
		{ "sync/SalesInvoice/SalesInvoices", 112 },
		{ "sync/Cashflow/PaymentTerms", 86 },
		{ "cashflow/Receivables", 79 },
		{ "cashflow/Payments", 68 },
		{ "read/financial/ReceivablesList", 17 },
		{ "read/financial/PayablesList", 18 },
		{ "general/Currencies", 6 },
		{ "financial/FinancialPeriods", 12 },
		{ "financial/ReportingBalance", 18 },
		{ "budget/Budgets", 25 },
		{ "hrm/Costcenters", 13 },
		{ "hrm/Costunits", 12 },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		char key[64];
		const struct odata_entity *entity = odata_find(
			lists[i].path, key, sizeof(key));
		size_t found = 0;

		ck_assert_ptr_nonnull(entity);
		for (size_t k = 0; k < entity->model->count; k++)
			found += (entity->model->properties[k].where &
					 entity->variant) != 0;
		ck_assert_msg(found == lists[i].count, "%s has %zu",
			lists[i].path, found);
	}
}
END_TEST

/* Item 34: a header is LineNumber 0 and its InvoiceID is its ID; lines
 * repeat the header's InvoiceID; the order is the Timestamp's. */
START_TEST(test_the_invoice_stream_mixes_headers_and_lines)
{
	const char *at = generate_world_get(&world,
		"sync/SalesInvoice/SalesInvoices?$filter=Timestamp%20gt%201L&"
		"$select=Timestamp,ID,InvoiceID,LineNumber,AmountFC",
		200);
	char header[64] = "";
	char id[64];
	char invoice[64];
	char number[32];
	char stamp[32];
	long long last = 0;
	size_t headers = 0;
	size_t lines = 0;

	for (at = strstr(at, "\"Timestamp\""); at;
		at = strstr(at + 1, "\"Timestamp\"")) {
		field(at, "Timestamp", stamp, sizeof(stamp));
		field(at, "ID", id, sizeof(id));
		field(at, "InvoiceID", invoice, sizeof(invoice));
		field(at, "LineNumber", number, sizeof(number));
		ck_assert_int_gt(strtoll(stamp, NULL, 10), last);
		last = strtoll(stamp, NULL, 10);
		if (strcmp(number, "0") == 0) {
			ck_assert_str_eq(id, invoice);
			snprintf(header, sizeof(header), "%s", id);
			headers++;
		} else {
			ck_assert_str_eq(invoice, header);
			ck_assert_str_ne(id, header);
			lines++;
		}
	}
	ck_assert_uint_gt(headers, 20);
	ck_assert_uint_gt(lines, headers);
}
END_TEST

START_TEST(test_receivables_are_negative_and_payments_positive)
{
	static const struct {
		const char *path;
		int sign;
		const char *type;
	} lists[] = {
		{ "cashflow/Receivables?$filter=TransactionType%20eq%2020"
		  "%20and%20TransactionIsReversal%20eq%20false&$select="
		  "AmountDC,TransactionAmountDC",
			-1, "20" },
		{ "cashflow/Payments?$filter=TransactionType%20eq%2030"
		  "%20and%20TransactionIsReversal%20eq%20false&$select="
		  "AmountDC,TransactionAmountDC",
			1, "22" },
	};

	for (size_t i = 0; i < 2; i++) {
		const char *at = generate_world_get(&world, lists[i].path, 200);
		char text[40];
		size_t rows = 0;

		while ((at = field(at, "AmountDC", text, sizeof(text))) !=
			NULL) {
			ck_assert_msg(strtod(text, NULL) * lists[i].sign > 0,
				"%s: %s", lists[i].path, text);
			at = field(
				at, "TransactionAmountDC", text, sizeof(text));
			ck_assert(strtod(text, NULL) * lists[i].sign < 0);
			rows++;
		}
		ck_assert_uint_gt(rows, 10);
	}
}
END_TEST

START_TEST(test_vat_codes_expand_to_their_percentages)
{
	const char *body = generate_world_get(&world,
		"vat/VATCodes?$filter=trim(Code)%20eq%20'LG'&"
		"$expand=VATPercentages",
		200);

	ck_assert_ptr_nonnull(strstr(body, "\"Code\":\"LG \""));
	ck_assert_ptr_nonnull(strstr(body, "\"Percentage\":0.21"));
	ck_assert_ptr_nonnull(strstr(body, "\"Percentage\":0.09"));
	/* 2025-12-31 and 2026-01-01 */
	ck_assert_ptr_nonnull(
		strstr(body, "\"EndDate\":\"/Date(1767139200000)/\""));
	ck_assert_ptr_nonnull(
		strstr(body, "\"StartDate\":\"/Date(1767225600000)/\""));
	ck_assert_uint_eq(count(body, "\"VATCodeID\""), 2);
}
END_TEST

START_TEST(test_invoices_expand_to_their_lines)
{
	const char *body = generate_world_get(&world,
		"salesinvoice/SalesInvoices?$top=1&$expand=SalesInvoiceLines",
		200);

	ck_assert_uint_ge(count(body, "\"LineNumber\""), 1);
	ck_assert_ptr_nonnull(
		strstr(body, "salesinvoice/SalesInvoiceLines(guid'"));
}
END_TEST

/* 60, then the rest: by the link's token, each once. */
START_TEST(test_the_open_list_pages_by_its_number)
{
	char text[40];
	char target[128] = "read/financial/ReceivablesList?$select=HID";
	long long last = 0;

	for (int page = 0; page < 40 && target[0] != '\0'; page++) {
		const char *body = generate_world_get(&world, target, 200);
		const char *at = body;

		while ((at = field(at, "HID", text, sizeof(text)))) {
			ck_assert_int_gt(strtoll(text, NULL, 10), last);
			last = strtoll(text, NULL, 10);
		}
		const char *next = strstr(body, "$skiptoken=");
		target[0] = '\0';
		if (next)
			snprintf(target, sizeof(target),
				"read/financial/ReceivablesList?$select=HID&"
				"%.25s",
				next);
		target[strcspn(target, "\"")] = '\0';
	}
	ck_assert_int_gt(last, 0);
}
END_TEST

/* 45 months of each profit and loss account, each once, by the link's token. */
START_TEST(test_budgets_have_each_account_and_period_once)
{
	const struct books_table *accounts = &world.set->tables[BOOKS_ACCOUNTS];
	const struct books_table *periods = &world.set->tables[BOOKS_PERIODS];
	char text[64];
	char target[256] = "budget/Budgets?$select=HID";
	size_t wanted = 0;
	size_t seen = 0;

	for (size_t i = 0; i < accounts->count; i++)
		wanted += ((const struct books_account *)accounts->rows)[i]
				  .sheet == 'W';
	wanted *= periods->count;
	for (int page = 0; page < 40 && target[0] != '\0'; page++) {
		const char *body = generate_world_get(&world, target, 200);
		const char *at = body;

		while ((at = field(at, "HID", text, sizeof(text))))
			ck_assert_int_eq(
				strtoll(text, NULL, 10), (long long)++seen);
		const char *next = strstr(body, "$skiptoken=");
		target[0] = '\0';
		if (next)
			snprintf(target, sizeof(target),
				"budget/Budgets?$select=HID&%.100s", next);
		target[strcspn(target, "\"")] = '\0';
	}
	ck_assert_uint_gt(seen, 60);
	ck_assert_uint_eq(seen, wanted);
	/* Revenue is a credit, costs are a debit. */
	const char *body = generate_world_get(&world,
		"budget/Budgets?$filter=GLAccountCode%20eq%20'8000'%20and%20"
		"ReportingYear%20eq%202024&$select=AmountDC,ReportingPeriod",
		200);
	ck_assert_uint_eq(count(body, "\"ReportingPeriod\""), 12);
	ck_assert_ptr_nonnull(field(body, "AmountDC", text, sizeof(text)));
	ck_assert_int_eq(text[0], '-');
}
END_TEST

/* Amounts of ReportingBalance over all rows: debit is credit. */
START_TEST(test_the_reporting_balance_is_the_ledger)
{
	struct odata_rows rows = { .kind = ODATA_ROWS_BALANCE,
		.books = world.books,
		.set = world.set };
	int64_t debit = 0;
	int64_t credit = 0;
	size_t lines = 0;

	ck_assert_int_eq(odata_trade_sum_ready(&rows), 0);
	for (size_t i = 0; i < odata_trade_sum_count(&rows); i++) {
		debit += world.set->sums[i].debit;
		credit += world.set->sums[i].credit;
		lines += world.set->sums[i].count;
	}
	ck_assert_int_eq(debit, credit);
	ck_assert_uint_eq(lines, 1000);
}
END_TEST

START_TEST(test_an_invoices_id_can_be_its_entrys)
{
	char id[64];
	char target[256];

	world.books->invoice_is_entry = true;
	const char *body = generate_world_get(&world,
		"salesinvoice/SalesInvoices?$filter=Status%20eq%2050&$top=1&"
		"$select=InvoiceID",
		200);
	ck_assert_ptr_nonnull(field(body, "InvoiceID", id, sizeof(id)));
	snprintf(target, sizeof(target),
		"financialtransaction/TransactionLines?$filter=EntryID%%20eq"
		"%%20guid'%s'&$select=EntryID",
		id);
	body = generate_world_get(&world, target, 200);
	ck_assert_uint_ge(count(body, "\"EntryID\""), 2);
}
END_TEST

TCase *generate_odata_case(void)
{
	TCase *tcase = tcase_create("generate_odata");

	tcase_add_checked_fixture(tcase, open_small, close_small);
	tcase_add_test(tcase, test_every_new_list_answers_with_rows);
	tcase_add_test(tcase, test_the_lists_have_their_documented_properties);
	tcase_add_test(tcase, test_the_invoice_stream_mixes_headers_and_lines);
	tcase_add_test(
		tcase, test_receivables_are_negative_and_payments_positive);
	tcase_add_test(tcase, test_vat_codes_expand_to_their_percentages);
	tcase_add_test(tcase, test_invoices_expand_to_their_lines);
	tcase_add_test(tcase, test_the_open_list_pages_by_its_number);
	tcase_add_test(tcase, test_budgets_have_each_account_and_period_once);
	tcase_add_test(tcase, test_the_reporting_balance_is_the_ledger);
	tcase_add_test(tcase, test_an_invoices_id_can_be_its_entrys);
	return tcase;
}
