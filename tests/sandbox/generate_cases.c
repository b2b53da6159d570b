/*
 * The hard cases in the small Dutch books of seed 7, in numbers worked by
 * hand. Each row names a document of the truth and pieces its record has.
 */
#include "tests/sandbox/generate_world.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "sandbox/truth.h"

struct hard_case {
	const char *what;
	const char *type;
	const char *number; /* a piece that finds it */
	const char *pieces[5];
};

static const struct hard_case cases[] = {
	/* 82.95 x 21 % = 17.4195 = 17.42 is owed and claimed at once, so the
	 * bill is 82.95 and its tax 0. */
	{ "reverse charge", "bills", "\"reference\":\"231000003\"",
		{ "\"taxAmount\":\"0.00\",\"totalAmount\":\"82.95\"",
			"\"effectiveTaxRate\":\"21.00\"",
			"\"taxAmount\":\"0.00\",\"totalAmount\":\"82.95\","
			"\"accountRef\"" } },
	/* 2484.22 + 2481.83 = 4966.05, nothing on top. */
	{ "EU purchase", "bills", "\"reference\":\"231000004\"",
		{ "\"subTotal\":\"4966.05\",\"taxAmount\":\"0.00\","
		  "\"totalAmount\":\"4966.05\"" } },
	/* 2570.06 x 21 % = 539.7126 = 539.71; half, 269.855 = 269.86, may be
	 * claimed; 269.85 stay a cost. 2570.06 + 269.85 = 2839.91. */
	{ "partly deductible", "bills", "\"reference\":\"231000005\"",
		{ "\"subTotal\":\"2570.06\",\"taxAmount\":\"269.86\"",
			"\"subTotal\":\"269.85\",\"taxAmount\":\"0.00\"",
			"\"subTotal\":\"2839.91\",\"taxAmount\":\"269.86\","
			"\"totalAmount\":\"3109.77\"" } },
	/* 2 x 133.61 = 267.22; the VAT on the margin is no matter of the
	 * customer's. */
	{ "margin", "invoices", "\"invoiceNumber\":\"230000004\"",
		{ "\"totalTaxAmount\":\"0.00\",\"totalAmount\":\"267.22\"",
			"\"name\":\"Marge\"" } },
	/* 8 x 236.26 = 1890.08; x 9 % = 170.1072 = 170.11 */
	{ "the old rate", "invoices", "\"invoiceNumber\":\"230000003\"",
		{ "\"effectiveTaxRate\":\"9.00\"",
			"\"totalTaxAmount\":\"170.11\","
			"\"totalAmount\":\"2060.19\"" } },
	/* 9 x 43.48 = 391.32; x 21 % = 82.1772 = 82.18 */
	{ "the new rate", "invoices", "\"invoiceNumber\":\"260000001\"",
		{ "\"effectiveTaxRate\":\"21.00\"",
			"\"totalTaxAmount\":\"82.18\","
			"\"totalAmount\":\"473.50\"" } },
	/* A credit note of 72.67 took its part: 3113.69 - 72.67 = 3041.02. */
	{ "credit note applied", "invoices", "\"invoiceNumber\":\"240000005\"",
		{ "\"totalAmount\":\"3113.69\",\"amountDue\":\"3041.02\","
		  "\"status\":\"PartiallyPaid\"" } },
	{ "the credit note", "creditNotes",
		"\"creditNoteNumber\":\"240000007\"",
		{ "\"totalAmount\":\"72.67\"",
			"\"remainingCredit\":\"0.00\",\"status\":\"Paid\"" } },
	/* 5 x 172.02 = 860.10, 21 %: 180.621 = 180.62; 5 x 181.19 = 905.95,
	 * 9 %: 81.5355 = 81.54; 1766.05 + 262.16 = 2028.21 */
	{ "draft", "invoices", "\"status\":\"Draft\"",
		{ "\"subTotal\":\"1766.05\",\"totalTaxAmount\":\"262.16\","
		  "\"totalAmount\":\"2028.21\",\"amountDue\":\"2028.21\"" } },
	/* 1089.75 + 155.46 = 1245.21; 228.85 + 32.65 = 261.50 */
	{ "void", "invoices", "\"invoiceNumber\":\"230000016\"",
		{ "\"totalAmount\":\"1506.71\",\"amountDue\":\"0.00\","
		  "\"status\":\"Void\"" } },
	/* 290.85 came for 279.87: 10.98 are no part of the invoice. */
	{ "overpayment", "invoices", "\"invoiceNumber\":\"240000010\"",
		{ "\"totalAmount\":\"279.87\",\"amountDue\":\"0.00\","
		  "\"status\":\"Paid\"" } },
	/* 3852.45 + 2109.76 + 223.00 = 6185.21 on 2024-07-08 */
	{ "one payment over three", "invoices",
		"\"invoiceNumber\":\"240000012\"",
		{ "\"totalAmount\":\"2109.76\"",
			"\"paidOnDate\":\"2024-07-08T00:00:00\"" } },
	/* 3234.25 owed, 1054.88 due: 3234.25 - 1054.88 = 2179.37 */
	{ "set-off, the bill", "bills", "\"reference\":\"241000001\"",
		{ "\"amountDue\":\"2179.37\",\"status\":\"PartiallyPaid\"" } },
	{ "set-off, the invoice", "invoices", "\"invoiceNumber\":\"240000018\"",
		{ "\"amountDue\":\"0.00\",\"status\":\"Paid\"" } },
	/* 409.51 / 446.70 = 0.91674501902… */
	{ "dollars", "invoices", "\"invoiceNumber\":\"230000010\"",
		{ "\"currencyRate\":\"0.916745019\"",
			"\"totalAmount\":\"446.70\"" } },
	/* 296148 x 21 % = 62191.08; 288029 x 21 % = 60486.09; 278654 x 9 % =
	 * 25078.86: 62191 + 60486 + 25079 = 147756 yen */
	{ "yen", "invoices", "\"invoiceNumber\":\"230000013\"",
		{ "\"currency\":\"JPY\"", "\"totalTaxAmount\":\"147756\","
					  "\"totalAmount\":\"1010587\"" } },
	/* 65.847 x 21 % = 13.82787 = 13.828; 185.012 x 21 % = 38.85252 =
	 * 38.853; 13.828 + 38.853 = 52.681 */
	{ "dinars", "invoices", "\"invoiceNumber\":\"230000015\"",
		{ "\"currency\":\"KWD\"", "\"totalTaxAmount\":\"52.681\","
					  "\"totalAmount\":\"303.540\"" } },
	/* 2 % of 502.03 is 10.04; the payment of 491.99 settles it all. */
	{ "payment discount", "invoices", "\"invoiceNumber\":\"240000015\"",
		{ "\"totalAmount\":\"502.03\",\"amountDue\":\"0.00\","
		  "\"status\":\"Paid\"" } },
	/* Three cents less, written off. */
	{ "payment difference", "invoices", "\"invoiceNumber\":\"240000016\"",
		{ "\"totalAmount\":\"2521.53\",\"amountDue\":\"0.00\"" } },
	/* 3380.36 x 40 % = 1352.14 (cut); 3380.36 - 1352.14 = 2028.22 */
	{ "paid in part, dollars", "invoices",
		"\"invoiceNumber\":\"230000011\"",
		{ "\"amountDue\":\"2028.22\",\"status\":\"PartiallyPaid\"" } },
};

static struct generate_world world;
static struct buf truth;

static int keep(void *arg, const char *line, size_t len)
{
	buf_append(arg, line, len);
	return 0;
}

static void open_truth(void)
{
	struct error err = { 0 };

	generate_world_make(&world, GENERATE_SMALL, false, 7);
	buf_init(&truth, 16 << 20);
	ck_assert_int_eq(truth_write(world.books, keep, &truth, &err), 0);
	ck_assert(!buf_failed(&truth));
}

static void close_truth(void)
{
	buf_free(&truth);
	generate_world_close(&world);
}

/* The first line of that type with the piece, NUL-terminated in `ret`. */
static bool find(const char *type, const char *piece, char *ret, size_t size)
{
	char head[64];

	snprintf(head, sizeof(head), "\"dataType\":\"%s\"", type);
	for (const char *at = truth.data; *at != '\0';) {
		size_t len = strcspn(at, "\n");

		ck_assert_uint_lt(len, size);
		memcpy(ret, at, len);
		ret[len] = '\0';
		if (strstr(ret, head) && strstr(ret, piece))
			return true;
		at += len + (at[len] == '\n');
	}
	return false;
}

START_TEST(test_each_hard_case_has_the_numbers_worked_by_hand)
{
	static char line[65536];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct hard_case *known = &cases[i];

		ck_assert_msg(
			find(known->type, known->number, line, sizeof(line)),
			"%s is not there", known->what);
		for (size_t k = 0; k < 5 && known->pieces[k]; k++)
			ck_assert_msg(strstr(line, known->pieces[k]) != NULL,
				"%s: no %s in %s", known->what,
				known->pieces[k], line);
	}
}
END_TEST

/* Prospects that were invoiced are customers; suspects are not. */
START_TEST(test_an_invoiced_prospect_is_a_customer)
{
	static char line[65536];
	const struct books_table *table = &world.set->tables[BOOKS_RELATIONS];
	const struct books_relation *relations = table->rows;
	size_t prospects = 0;

	for (size_t row = 0; row < table->count; row++) {
		struct books_guid guid = books_index_row_guid(
			world.books, world.set, BOOKS_RELATIONS, row);
		char id[37];

		books_index_text(&guid, id);
		if (relations[row].status == 'P' && relations[row].invoiced) {
			ck_assert(find("customers", id, line, sizeof(line)));
			prospects++;
		} else if (relations[row].status == 'S') {
			ck_assert(!find("customers", id, line, sizeof(line)));
		}
	}
	ck_assert_uint_gt(prospects, 0);
}
END_TEST

/* Deleting an entry: its lines, or its EntryID, are in the log; its invoice
 * and open items go along. */
START_TEST(test_a_deletion_names_lines_or_headers)
{
	for (int headers = 0; headers <= 1; headers++) {
		struct generate_world other;
		struct error err = { 0 };
		size_t count[14] = { 0 };

		generate_world_make(&other, GENERATE_SMALL, false, 7);
		other.books->deleted_headers = headers == 1;
		ck_assert_int_eq(
			books_delete(other.books, 100001, "TransactionLines",
				60, INT64_C(1790000000000), NULL, &err),
			0);
		for (size_t i = 0; i < other.set->deleted_count; i++) {
			const struct books_deleted *row = &other.set
								   ->deleted[i];
			count[row->type]++;
			ck_assert_int_eq(
				row->kind, row->type == 1 && headers == 1
						   ? BOOKS_ENTRIES
						   : (int)row->kind);
		}
		if (headers == 1)
			ck_assert_uint_eq(count[1], 60);
		else
			ck_assert_uint_gt(count[1], 120);
		ck_assert_uint_gt(count[10], 0);
		ck_assert_uint_gt(count[13], 0);
		generate_world_close(&other);
	}
}
END_TEST

TCase *generate_cases_case(void)
{
	TCase *tcase = tcase_create("generate_cases");

	tcase_add_checked_fixture(tcase, open_truth, close_truth);
	tcase_add_test(
		tcase, test_each_hard_case_has_the_numbers_worked_by_hand);
	tcase_add_test(tcase, test_an_invoiced_prospect_is_a_customer);
	tcase_add_test(tcase, test_a_deletion_names_lines_or_headers);
	return tcase;
}
