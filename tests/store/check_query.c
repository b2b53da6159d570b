/*
 * Queries as whoever asks them sees them: which records come, in what order,
 * page after page, and what is said to a wrong question. Invoices and a few
 * customers are stored; the letters of the ids found are compared.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/records.h"
#include "store/records_query.h"

#define WALL 1795255200000 /* 2026-11-21T10:00:00Z */

static char dir[64];
static char path[96];
static struct clock *test_clock;
static struct records *db;
static struct error err;

static void setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/query-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/alpha.db", dir);
	ck_assert_int_eq(clock_open_private(&test_clock, WALL), 0);
	ck_assert_msg(
		records_open(&db, path, RECORDS_WRITE, test_clock, &err) == 0,
		"%s", err.text);
}

static void teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char name[128];

	records_close(db);
	db = NULL;
	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
	ck_assert_int_eq(rmdir(dir), 0);
	clock_free(test_clock);
}

static void begin(void)
{
	ck_assert_msg(records_begin(db, &err) == 0, "%s", err.text);
}

static void commit(void)
{
	ck_assert_msg(records_commit(db, &err) == 0, "%s", err.text);
}

static void put(const struct model_type *type, struct model_record *record)
{
	enum record_change change;

	ck_assert_msg(records_put(db, type, record, &change, &err) == 0, "%s",
		err.text);
	model_record_free(record);
}

/* NULL: the invoice lacks it. Amounts in cents. */
struct sample {
	const char *id;
	const char *number;
	const char *party;
	const char *due;
	const char *status;
	int64_t total;
};

static void put_invoice(const struct sample *sample)
{
	struct model_record *record = model_record_new(&model_invoices);
	struct model_record *line;

	model_set_text(record, INVOICE_ID, sample->id);
	if (sample->number != NULL)
		model_set_text(record, INVOICE_NUMBER, sample->number);
	if (sample->party != NULL) {
		model_set_text(record, INVOICE_PARTY_ID, sample->party);
		model_set_text(record, INVOICE_PARTY_NAME, "Acme 50% _Ltd\\");
	}
	if (sample->due != NULL)
		model_set_text(record, INVOICE_DUE_DATE, sample->due);
	model_set_text(record, INVOICE_STATUS, sample->status);
	model_set_money(record, INVOICE_TOTAL_AMOUNT, sample->total * 100);
	line = model_add_child(record, INVOICE_LINES);
	model_set_text(line, DOCUMENT_LINE_DESCRIPTION, sample->id);
	put(&model_invoices, record);
}

#define GUID "81be41e9-5c2c-4064-829c-bca43b5e6f59"

static const struct sample samples[] = {
	{ "a", "2026-1", GUID, "2026-01-10T00:00:00", "Paid", 10000 },
	{ "b", "2026-2", GUID, "2026-01-20T00:00:00.500Z", "Submitted", 2050 },
	{ "c", "x & y", "61", NULL, "Void", -500 },
	{ "d", NULL, "61", "2026-01-20T00:00:00Z", "Paid", 10000 },
	{ "e", "Caf\xc3\xa9 {1}", NULL, "2026-01-20T00:00:00", "Draft", 0 },
};

static void put_samples(void)
{
	begin();
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		put_invoice(&samples[i]);
	commit();
}

/* ---- asking ----------------------------------------------------------------- */

struct answer {
	char ids[1 << 17]; /* joined by blanks */
	size_t used;
	const struct records_query *query;
	struct buf key; /* of the last one */
	int64_t change;
};

static int note(void *arg, const struct records_found *found)
{
	struct answer *answer = arg;

	answer->used += (size_t)snprintf(answer->ids + answer->used,
		sizeof(answer->ids) - answer->used, "%s%s",
		answer->used > 0 ? " " : "", model_text(found->record, 0));
	ck_assert_uint_lt(answer->used, sizeof(answer->ids));
	ck_assert_int_gt(found->change_number, 0);
	if (answer->query->order >= 0 || !answer->query->changed) {
		buf_reset(&answer->key);
		records_query_key(answer->query, found, &answer->key);
	}
	return 0;
}

static void run_query(const struct records_query *query, struct answer *ret)
{
	int fail;

	ret->used = 0;
	ret->ids[0] = '\0';
	ret->query = query;
	fail = records_query_each(db, query, note, ret, &ret->change, &err);
	ck_assert_msg(fail == 0, "%s", err.text);
}

/* The ids that a condition finds in an order ("": none), and that the total
 * says the same. */
static const char *ask_type(
	const struct model_type *type, const char *text, const char *order)
{
	static struct answer answer;
	struct records_filter *filter = NULL;
	struct records_query query;
	int64_t total = -1;
	int64_t count = 0;

	buf_init(&answer.key, 4096);
	records_query_init(&query, type);
	if (text[0] != '\0')
		ck_assert_msg(
			records_filter_parse(&filter, type, text, &err) == 0,
			"%s", err.text);
	query.filter = filter;
	if (order[0] != '\0')
		ck_assert_msg(records_query_order(&query, order, &err) == 0,
			"%s", err.text);
	run_query(&query, &answer);
	ck_assert_msg(records_query_total(db, &query, &total, &err) == 0, "%s",
		err.text);
	for (const char *c = answer.ids; *c != '\0'; c++)
		count += *c == ' ';
	ck_assert_int_eq(total, answer.used > 0 ? count + 1 : 0);
	records_filter_free(filter);
	buf_free(&answer.key);
	return answer.ids;
}

static const char *ask(const char *text)
{
	return ask_type(&model_invoices, text, "");
}

static const char *refusal(const char *text)
{
	struct records_filter *filter = NULL;

	err.text[0] = '\0';
	ck_assert_int_eq(
		records_filter_parse(&filter, &model_invoices, text, &err),
		FAIL_USAGE);
	ck_assert_ptr_null(filter);
	return err.text;
}

/* Each test of what is found runs before and after the indexes are made. */
static void both(void (*test)(void))
{
	put_samples();
	test();
	ck_assert_msg(records_query_index(db, &err) == 0, "%s", err.text);
	test();
}

/* ---- operators -------------------------------------------------------------- */

static void operators(void)
{
	ck_assert_str_eq(ask("invoiceNumber = 2026-1"), "a");
	ck_assert_str_eq(ask("invoiceNumber != 2026-1"), "b c d e");
	ck_assert_str_eq(ask("invoiceNumber ~ 2026"), "a b");
	ck_assert_str_eq(ask("totalAmount = 100"), "a d");
	ck_assert_str_eq(ask("totalAmount != 100"), "b c e");
	ck_assert_str_eq(ask("totalAmount > 20.5"), "a d");
	ck_assert_str_eq(ask("totalAmount >= 20.50"), "a b d");
	ck_assert_str_eq(ask("totalAmount < 0"), "c");
	ck_assert_str_eq(ask("totalAmount <= -5"), "c");
	ck_assert_str_eq(ask("totalAmount<=+0"), "c e");
	ck_assert_str_eq(ask("dueDate = 2026-01-20"), "d e");
	ck_assert_str_eq(ask("dueDate != 2026-01-20"), "a b c");
	ck_assert_str_eq(ask("dueDate > 2026-01-20"), "b");
	ck_assert_str_eq(ask("dueDate >= 2026-01-20"), "b d e");
	ck_assert_str_eq(ask("dueDate < 2026-01-20"), "a");
	ck_assert_str_eq(ask("dueDate <= 2026-01-20"), "a d e");
	ck_assert_str_eq(ask("status = Paid"), "a d");
	ck_assert_str_eq(ask("status != Paid"), "b c e");
	ck_assert_str_eq(ask("status ~ aft"), "e");
	ck_assert_str_eq(ask("metadata.isDeleted = false"), "a b c d e");
	ck_assert_str_eq(ask("metadata.isDeleted != true"), "a b c d e");
	ck_assert_str_eq(ask("metadata.isDeleted = true"), "");
	ck_assert_str_eq(ask("customerRef.id = 61"), "c d");
}

START_TEST(test_every_operator_finds_what_it_says)
{
	both(operators);
}
END_TEST

static void moments(void)
{
	ck_assert_str_eq(ask("dueDate = 2026-01-20T00:00:00.5"), "b");
	ck_assert_str_eq(ask("dueDate = 2026-01-20T00:00:00.5000000Z"), "b");
	ck_assert_str_eq(ask("dueDate >= 2026-01-20T00:00:00.4999999"), "b");
	ck_assert_str_eq(ask("dueDate > 2026-01-20T00:00:00.5"), "");
	ck_assert_str_eq(ask("dueDate < 2026-01-20T00:00:00.5Z"), "a d e");
	ck_assert_str_eq(ask("dueDate = 2026-01-20T01:00:00+01:00"), "d e");
	ck_assert_str_eq(ask("dueDate = 2026-01-19T19:00-0500"), "d e");
	ck_assert_str_eq(ask("dueDate = 2026-01-20 00:00"), "d e");
	ck_assert_str_eq(
		ask("modifiedDate >= 2026-11-21T10:00:00Z"), "a b c d e");
	ck_assert_str_eq(ask("modifiedDate > 2026-11-21T10:00:00Z"), "");
}

START_TEST(test_a_second_and_its_fractions_are_compared_by_time)
{
	both(moments);
}
END_TEST

static void groups(void)
{
	ck_assert_str_eq(ask("status=Paid||status=Void"), "a c d");
	ck_assert_str_eq(ask("status=Paid&&customerRef.id=61"), "d");
	ck_assert_str_eq(
		ask("status=Draft || status=Paid && customerRef.id=61"), "d e");
	ck_assert_str_eq(
		ask("{status=Draft || status=Paid} && customerRef.id=61"), "d");
	ck_assert_str_eq(ask("{{totalAmount > 100 || totalAmount < 50} && "
			     "status != paid}"),
		"b c e");
	ck_assert_str_eq(
		ask("totalAmount > 0 && totalAmount < 50 && status != Void"),
		"b");
}

START_TEST(test_and_binds_tighter_than_or_and_braces_group)
{
	both(groups);
}
END_TEST

static void cases(void)
{
	ck_assert_str_eq(ask("STATUS = pAiD"), "a d");
	ck_assert_str_eq(ask("CustomerRef.ID = 61"), "c d");
	ck_assert_str_eq(ask("metadata.isdeleted = FALSE"), "a b c d e");
	ck_assert_str_eq(ask("invoiceNumber = X & Y"), "c");
	ck_assert_str_eq(ask("invoiceNumber ~ CAF"), "e");
	ck_assert_str_eq(
		ask("customerRef.id = 81BE41E9-5C2C-4064-829C-BCA43B5E6F59"),
		"a b");
	/* An id that is no GUID is compared byte by byte. */
	ck_assert_str_eq(ask("id = a"), "a");
	ck_assert_str_eq(ask("id = A"), "");
}

START_TEST(test_names_words_and_guids_may_be_written_in_any_case)
{
	both(cases);
}
END_TEST

static void absent(void)
{
	ck_assert_str_eq(ask("dueDate < 9999-12-31"), "a b d e");
	ck_assert_str_eq(ask("dueDate > 0001-01-01"), "a b d e");
	ck_assert_str_eq(ask("invoiceNumber != nothing"), "a b c d e");
	ck_assert_str_eq(ask("invoiceNumber = \"\""), "");
	ck_assert_str_eq(ask("invoiceNumber ~ \"\""), "a b c e");
}

START_TEST(test_an_absent_field_is_unequal_to_everything_and_no_more)
{
	both(absent);
}
END_TEST

static void quoted(void)
{
	ck_assert_str_eq(ask("invoiceNumber=\"x & y\""), "c");
	ck_assert_str_eq(ask("invoiceNumber ~ \"{1}\""), "e");
	ck_assert_str_eq(ask("invoiceNumber = \"a && b\""), "");
	ck_assert_str_eq(ask("invoiceNumber = \"say \\\"\\\\\""), "");
	ck_assert_str_eq(ask("customerRef.companyName ~ \"\\\\\""), "a b c d");
	/* LIKE's own signs mean themselves. */
	ck_assert_str_eq(ask("customerRef.companyName ~ 50% _l"), "a b c d");
	ck_assert_str_eq(ask("customerRef.companyName ~ 5_% _l"), "");
	ck_assert_str_eq(ask("customerRef.companyName ~ a%e"), "");
}

START_TEST(test_quotes_hold_what_would_end_a_value_and_signs_of_like_are_plain)
{
	both(quoted);
}
END_TEST

/* Each is one value, and finds nothing; nothing else happens. */
static void hostile(void)
{
	static const char *const values[] = {
		"x' OR '1'='1",
		"x\" OR \"1\"=\"1",
		"x'; DROP TABLE "
		"invoices_all; --",
		"?1",
		"x'||(SELECT 1)",
		"\\",
		"%",
		"NULL",
		"x--",
		"/*",
		")",
		"a) OR 1=1 --",
	};
	char text[256];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strstr(values[i], "||") != NULL)
			continue; /* asked in quotes below */
		snprintf(text, sizeof(text), "invoiceNumber = %s", values[i]);
		ck_assert_str_eq(ask(text), "");
		snprintf(text, sizeof(text), "id = %s || id = a", values[i]);
		ck_assert_str_eq(ask(text), "a");
	}
	ck_assert_str_eq(ask("id = \"x'||(SELECT 1)\" || id = a"), "a");
	ck_assert_str_eq(ask("status = Paid"), "a d");
}

START_TEST(test_sql_in_a_value_is_a_value)
{
	both(hostile);
}
END_TEST

/* ---- refusals ----------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *said[3];
} wrong[] = {
	{ "", { "position 1", "a field is missing" } },
	{ "   ", { "position 4", "a field is missing" } },
	{ "isueDate = 2026-01-01",
		{ "position 1", "invoices has no field 'isueDate'",
			"did you mean issueDate?" } },
	{ "status=Paid && isDeleted=true",
		{ "position 16", "did you mean metadata.isDeleted?",
			"totalAmount" } },
	{ "zzz=1", { "no field 'zzz'; its fields are id, invoiceNumber" } },
	{ "lineItems.unitAmount=700",
		{ "position 1", "lineItems is an array" } },
	{ "lineItems[0].unitAmount=700", { "lineItems is an array" } },
	{ "lineItems=7", { "lineItems is an array" } },
	{ "customerRef=61",
		{ "customerRef is an object",
			"customerRef.id, customerRef.companyName" } },
	{ "invoice_number=1", { "did you mean invoiceNumber?" } },
	{ "id; DROP TABLE invoices_all", { "no field 'id;'" } },
	{ "status", { "position 7", "one of = != ~" } },
	{ "status Paid", { "position 8", "one of = != ~" } },
	{ "status == Paid", { "position 8", "write = for equal" } },
	{ "status =", { "position 9", "a value is missing" } },
	{ "status = && id=a", { "position 10", "a value is missing" } },
	{ "status = Pait", { "position 10", "status is never 'Pait'",
				   "Unknown, Draft, Submitted" } },
	{ "status > Paid", { "status is one of a few words", "=, !=, ~" } },
	{ "invoiceNumber > 5", { "a text", "cannot be compared by >" } },
	{ "totalAmount ~ 5", { "an amount", "cannot be compared by ~" } },
	{ "dueDate ~ 2026", { "a date", "cannot be compared by ~" } },
	{ "metadata.isDeleted > true", { "=, !=" } },
	{ "metadata.isDeleted = yes", { "true or false, not 'yes'" } },
	{ "totalAmount = 1,5", { "position 15", "'1,5' is not one such" } },
	{ "totalAmount = 1e3", { "'1e3' is not one such" } },
	{ "totalAmount = 0x10", { "'0x10' is not one such" } },
	{ "totalAmount = .5", { "'.5' is not one such" } },
	{ "totalAmount = 1.00001", { "keeps 4 decimals" } },
	{ "totalAmount = 999999999999999999", { "not a number that" } },
	{ "totalAmount = 01", { "not a number that" } },
	{ "totalAmount > 100 > 5", { "'100 > 5' is not one such" } },
	{ "dueDate = yesterday", { "'yesterday' is not one such" } },
	{ "dueDate = 2026-02-29", { "is not one such" } },
	{ "dueDate = 2026-13-01", { "is not one such" } },
	{ "dueDate = 2026-01-01T25:00", { "is not one such" } },
	{ "dueDate = 2026-01-01T10:00:00.12345678", { "is not one such" } },
	{ "dueDate = 2026-01-01T10:00:00+99:00", { "is not one such" } },
	{ "dueDate = 0001-01-01T00:00+01:00", { "is not one such" } },
	{ "dueDate = 2026-01-01Z", { "is not one such" } },
	{ "id = \"a", { "position 6", "never closed" } },
	{ "id = \"a\\b\"", { "position 8", "write \\\\" } },
	{ "id = \"a\" b", { "position 10", "&& or || is expected" } },
	{ "{id=a", { "position 1", "{ that opens here is never closed" } },
	{ "{id=a} id=b", { "position 8", "&& or || is expected" } },
	{ "{id=a || {id=b}{", { "position 16", "&&, || or }" } },
	{ "id=a}", { "position 5", "&& or || is expected" } },
	{ "id=a & id=b && =", { "position 16", "name is expected" } },
	{ "id=a &&", { "position 8", "a field is missing" } },
	{ "|| id=a", { "position 1", "name is expected" } },
	{ "id=\xff\xfe", { "not UTF-8" } },
};

START_TEST(test_a_wrong_query_is_told_where_and_what_would_be_right)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		const char *said = refusal(wrong[i].text);

		for (int j = 0; j < 3 && wrong[i].said[j] != NULL; j++)
			ck_assert_msg(strstr(said, wrong[i].said[j]) != NULL,
				"%s: said '%s'", wrong[i].text, said);
	}
}
END_TEST

START_TEST(test_length_depth_and_number_of_conditions_have_ceilings)
{
	char text[RECORDS_FILTER_MAX + 2];
	struct records_filter *filter = NULL;
	size_t used = 0;

	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "id = ", 5);
	text[RECORDS_FILTER_MAX] = '\0';
	ck_assert_int_eq(
		records_filter_parse(&filter, &model_invoices, text, &err), 0);
	records_filter_free(filter);
	text[RECORDS_FILTER_MAX] = 'x';
	text[RECORDS_FILTER_MAX + 1] = '\0';
	ck_assert_ptr_nonnull(strstr(refusal(text), "2048 bytes"));

	text[0] = '\0';
	for (int i = 0; i < RECORDS_FILTER_TERMS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"%sid=a", i > 0 ? "||" : "");
	ck_assert_int_eq(
		records_filter_parse(&filter, &model_invoices, text, &err), 0);
	records_filter_free(filter);
	snprintf(text + used, sizeof(text) - used, "||id=a");
	ck_assert_ptr_nonnull(strstr(refusal(text), "too many conditions"));

	for (size_t depth = 16; depth <= 17; depth++) {
		memset(text, '{', depth);
		memcpy(text + depth, "id=a", 4);
		memset(text + depth + 4, '}', depth);
		text[depth * 2 + 4] = '\0';
		if (depth == 17) {
			ck_assert_ptr_nonnull(strstr(
				refusal(text), "position 17: too many groups"));
			break;
		}
		ck_assert_int_eq(records_filter_parse(
					 &filter, &model_invoices, text, &err),
			0);
		records_filter_free(filter);
	}
}
END_TEST

/* ---- order ---------------------------------------------------------------------- */

static const char *order(const char *text)
{
	return ask_type(&model_invoices, "", text);
}

static void orders(void)
{
	ck_assert_str_eq(order("id"), "a b c d e");
	ck_assert_str_eq(order("-id"), "e d c b a");
	/* Ties by id; descending is the reverse; absent is the least. */
	ck_assert_str_eq(order("dueDate"), "c a d e b");
	ck_assert_str_eq(order("-dueDate"), "b e d a c");
	ck_assert_str_eq(order("totalAmount"), "c e b a d");
	ck_assert_str_eq(order("-totalAmount"), "d a b e c");
	ck_assert_str_eq(order("INVOICENUMBER"), "d a b e c");
	ck_assert_str_eq(order("status"), "e a d b c");
	ck_assert_str_eq(order("customerRef.id"), "e c d a b");
	/* No index. */
	ck_assert_str_eq(order("currencyRate"), "a b c d e");
	ck_assert_str_eq(order("-customerRef.companyName"), "d c b a e");
	ck_assert_str_eq(
		ask_type(&model_invoices, "status=Paid", "-dueDate"), "d a");
	ck_assert_str_eq(
		ask_type(&model_invoices, "status=Paid", "status"), "a d");
	ck_assert_str_eq(
		ask_type(&model_invoices, "status=Paid", "-status"), "d a");
	ck_assert_str_eq(
		ask_type(&model_invoices, "dueDate>=2026-01-20", "-dueDate"),
		"b e d");
}

START_TEST(test_order_is_by_value_then_id_and_absent_comes_first)
{
	both(orders);
}
END_TEST

START_TEST(test_text_is_ordered_without_regard_to_case)
{
	static const char *const names[] = { "b", "A", "a", "B", "Z" };
	char id[2] = "1";

	begin();
	for (size_t i = 0; i < 5; i++, id[0]++) {
		struct model_record *record = model_record_new(
			&model_customers);

		model_set_text(record, CUSTOMER_ID, id);
		model_set_text(record, CUSTOMER_NAME, names[i]);
		put(&model_customers, record);
	}
	commit();
	ck_assert_str_eq(
		ask_type(&model_customers, "", "customerName"), "2 3 1 4 5");
	ck_assert_str_eq(
		ask_type(&model_customers, "customerName=B", ""), "1 4");
}
END_TEST

START_TEST(test_an_order_by_what_is_no_field_is_refused)
{
	static const struct {
		const char *text;
		const char *said;
	} orders_wrong[] = {
		{ "", "no field ''" },
		{ "-", "no field ''" },
		{ "--issueDate", "no field '-issueDate'" },
		{ "issueDates", "did you mean issueDate?" },
		{ "lineItems", "is an array" },
		{ "lineItems.unitAmount", "is an array" },
		{ "customerRef", "is an object" },
		{ "change_number", "no field" },
	};
	struct records_query query;

	records_query_init(&query, &model_invoices);
	for (size_t i = 0; i < sizeof(orders_wrong) / sizeof(orders_wrong[0]);
		i++) {
		ck_assert_int_eq(
			records_query_order(&query, orders_wrong[i].text, &err),
			FAIL_USAGE);
		ck_assert_msg(strstr(err.text, orders_wrong[i].said) != NULL,
			"%s", err.text);
	}
	/* What is kept in SQL alone is no field. */
	records_query_init(&query, &model_company);
	ck_assert_int_eq(
		records_query_order(&query, "modifiedDate", &err), FAIL_USAGE);
}
END_TEST

/* ---- pages ------------------------------------------------------------------------ */

START_TEST(test_pages_by_number_pass_over_those_before)
{
	struct answer answer;
	struct records_query query;

	put_samples();
	buf_init(&answer.key, 4096);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_page(&query, "2", "2", &err), 0);
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "c d");
	ck_assert_int_eq(records_query_page(&query, "3", "2", &err), 0);
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "e");
	ck_assert_int_eq(records_query_page(&query, "4", "2", &err), 0);
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "");
	ck_assert_int_eq(records_query_page(&query, NULL, NULL, &err), 0);
	ck_assert_int_eq(query.skip, 0);
	ck_assert_int_eq(query.limit, 100);
	ck_assert_int_eq(records_query_page(&query, "1", "5000", &err), 0);
	ck_assert_int_eq(
		records_query_page(&query, "1", "5001", &err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "0", NULL, &err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "-1", NULL, &err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "1x", NULL, &err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "99999999999999999999", NULL, &err),
		FAIL_USAGE);
	buf_free(&answer.key);
}
END_TEST

static const char *const paged_orders[] = { "", "id", "-id", "dueDate",
	"-dueDate", "totalAmount", "-totalAmount", "invoiceNumber",
	"-invoiceNumber", "status", "-status", "customerRef.companyName",
	"-customerRef.companyName", "currencyRate" };
#define PAGED_ORDERS (sizeof(paged_orders) / sizeof(paged_orders[0]))

/* All pages of `size` by key, joined. */
static void pages(const char *filter_text, const char *order_text, int64_t size,
	char *ret, size_t room)
{
	static struct answer answer;
	struct records_filter *filter = NULL;
	struct records_query query;
	struct buf after;

	buf_init(&answer.key, 4096);
	buf_init(&after, 4096);
	records_query_init(&query, &model_invoices);
	if (filter_text[0] != '\0')
		ck_assert_int_eq(records_filter_parse(&filter, &model_invoices,
					 filter_text, &err),
			0);
	query.filter = filter;
	if (order_text[0] != '\0')
		ck_assert_int_eq(
			records_query_order(&query, order_text, &err), 0);
	query.limit = size;
	ret[0] = '\0';
	for (;;) {
		run_query(&query, &answer);
		if (answer.used == 0)
			break;
		ck_assert_uint_lt(strlen(ret) + answer.used + 2, room);
		if (ret[0] != '\0')
			strcat(ret, " ");
		strcat(ret, answer.ids);
		buf_reset(&after);
		buf_puts(&after, answer.key.data);
		query.after = after.data;
	}
	records_filter_free(filter);
	buf_free(&after);
	buf_free(&answer.key);
}

static void paged(void)
{
	static const char *const filters[] = { "", "totalAmount >= 0",
		"dueDate <= 2026-01-20 && dueDate >= 2026-01-01",
		"status = Paid || status = Draft", "status != Paid" };
	char joined[4096], whole[4096];

	for (size_t i = 0; i < PAGED_ORDERS; i++) {
		for (size_t j = 0; j < 5; j++) {
			snprintf(whole, sizeof(whole), "%s",
				ask_type(&model_invoices, filters[j],
					paged_orders[i]));
			for (int64_t size = 1; size <= 6; size++) {
				pages(filters[j], paged_orders[i], size, joined,
					sizeof(joined));
				ck_assert_str_eq(joined, whole);
			}
		}
	}
}

START_TEST(test_pages_by_key_are_the_whole_cut_up)
{
	both(paged);
}
END_TEST

START_TEST(test_a_page_by_key_neither_loses_nor_repeats_what_was_there)
{
	static struct answer answer;
	struct sample late = { "a2", "2026-1", NULL, "2026-01-05T00:00:00",
		"Paid", 9999 };
	struct records_query query;
	enum record_change change;
	char seen[256] = "";
	struct buf after;

	put_samples();
	ck_assert_int_eq(records_query_index(db, &err), 0);
	buf_init(&answer.key, 4096);
	buf_init(&after, 4096);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_order(&query, "dueDate", &err), 0);
	query.limit = 2;
	run_query(&query, &answer); /* c a of c a d e b */
	ck_assert_str_eq(answer.ids, "c a");
	strcat(seen, answer.ids);
	buf_puts(&after, answer.key.data);
	query.after = after.data;
	/* One more before the page, one more after it; the page's last goes. */
	begin();
	put_invoice(&late);
	late.id = "f";
	late.due = "2026-01-15T00:00:00";
	put_invoice(&late);
	ck_assert_int_eq(
		records_retire(db, &model_invoices, "a", &change, &err), 0);
	commit();
	query.live_only = true;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "f d");
	buf_reset(&after);
	buf_puts(&after, answer.key.data);
	query.after = after.data;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "e b");
	buf_free(&after);
	buf_free(&answer.key);
}
END_TEST

START_TEST(test_a_key_of_another_order_is_refused)
{
	static const struct {
		const char *order;
		const char *after;
	} keys[] = {
		{ "", "" },
		{ "", "i" },
		{ "", "n5:a" },
		{ "", "-a" },
		{ "totalAmount", "ia" },
		{ "totalAmount", "n" },
		{ "totalAmount", "n5" },
		{ "totalAmount", "n5:" },
		{ "totalAmount", "nx:a" },
		{ "totalAmount", "-" },
		{ "totalAmount", "n99999999999999999999:a" },
		{ "dueDate", "t5:abc" },
		{ "dueDate", "t-1:abc" },
		{ "dueDate", "t3:abc" },
		{ "dueDate", "n3:abc" },
	};
	static struct answer answer;
	struct records_query query;

	put_samples();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		records_query_init(&query, &model_invoices);
		if (keys[i].order[0] != '\0')
			ck_assert_int_eq(records_query_order(
						 &query, keys[i].order, &err),
				0);
		query.after = keys[i].after;
		ck_assert_msg(records_query_each(db, &query, note, &answer,
				      &answer.change, &err) == FAIL_USAGE,
			"%s %s", keys[i].order, keys[i].after);
	}
}
END_TEST

/* ---- changes ------------------------------------------------------------------------ */

static const char *changes(int64_t since, int64_t limit, int64_t *ret_change)
{
	static struct answer answer;
	struct records_query query;

	records_query_init(&query, &model_invoices);
	query.changed = true;
	query.changed_since = since;
	query.limit = limit;
	run_query(&query, &answer);
	*ret_change = answer.change;
	return answer.ids;
}

START_TEST(test_changes_come_once_each_by_number_with_the_deleted_among_them)
{
	enum record_change change;
	struct sample sample = samples[1];
	int64_t at = 0;
	int64_t then = 0;

	put_samples();
	ck_assert_str_eq(changes(0, 0, &at), "a b c d e");
	ck_assert_int_eq(at, 5);
	ck_assert_str_eq(changes(at, 0, &then), "");
	ck_assert_int_eq(then, at);
	begin();
	sample.total++;
	put_invoice(&sample);
	ck_assert_int_eq(
		records_retire(db, &model_invoices, "d", &change, &err), 0);
	sample = samples[0];
	sample.total++;
	put_invoice(&sample);
	sample.total++;
	put_invoice(&sample);
	put_invoice(&samples[2]); /* unchanged */
	commit();
	ck_assert_str_eq(changes(at, 0, &then), "b d a");
	ck_assert_int_eq(then, at + 4);
	/* A limit ends at what was given, and one goes on from there. */
	ck_assert_str_eq(changes(at, 2, &then), "b d");
	ck_assert_int_eq(then, at + 2);
	ck_assert_str_eq(changes(then, 2, &then), "a");
	ck_assert_str_eq(changes(then, 2, &then), "");
}
END_TEST

START_TEST(test_changes_can_be_filtered_and_ordered)
{
	static struct answer answer;
	struct records_filter *filter = NULL;
	struct records_query query;
	enum record_change change;

	put_samples();
	begin();
	ck_assert_int_eq(
		records_retire(db, &model_invoices, "a", &change, &err), 0);
	commit();
	ck_assert_int_eq(records_query_index(db, &err), 0);
	buf_init(&answer.key, 4096);
	records_query_init(&query, &model_invoices);
	query.changed = true;
	query.changed_since = 1; /* all but a's first */
	ck_assert_int_eq(records_query_order(&query, "-totalAmount", &err), 0);
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "d a b e c");
	ck_assert_int_eq(answer.change, 6);
	ck_assert_int_eq(records_filter_parse(&filter, &model_invoices,
				 "metadata.isDeleted = true", &err),
		0);
	query.filter = filter;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.order = RECORDS_ORDER_DEFAULT;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.changed = false;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.live_only = true;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "");
	query.filter = NULL;
	run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "b c d e");
	records_filter_free(filter);
	buf_free(&answer.key);
}
END_TEST

START_TEST(test_a_change_number_that_was_never_reached_is_refused)
{
	static struct answer answer;
	struct records_query query;

	put_samples();
	records_query_init(&query, &model_invoices);
	query.changed = true;
	query.changed_since = 6;
	answer.change = 77;
	ck_assert_int_eq(records_query_each(db, &query, note, &answer,
				 &answer.change, &err),
		FAIL_USAGE);
	ck_assert_ptr_nonnull(strstr(err.text, "the last one is 5"));
	ck_assert_int_eq(answer.change, 77);
}
END_TEST

/* ---- one state, streaming, plans ------------------------------------------------------ */

static int stop_at_second(void *arg, const struct records_found *found)
{
	int *count = arg;

	ck_assert_uint_eq(model_child_count(found->record, INVOICE_LINES), 1);
	ck_assert_str_eq(
		model_text(model_child(found->record, INVOICE_LINES, 0),
			DOCUMENT_LINE_DESCRIPTION),
		model_text(found->record, 0));
	return ++*count == 2 ? FAIL_RECORD : 0;
}

START_TEST(test_records_come_with_their_children_and_fn_can_end_it)
{
	struct records_query query;
	int64_t change = 77;
	int count = 0;

	put_samples();
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_order(&query, "-totalAmount", &err), 0);
	ck_assert_int_eq(records_query_each(db, &query, stop_at_second, &count,
				 &change, &err),
		FAIL_RECORD);
	ck_assert_int_eq(count, 2);
	ck_assert_int_eq(change, 77);
	/* Nothing is left open: the next write goes on. */
	begin();
	commit();
}
END_TEST

/* Another connection reads two parts while the writer writes between them. */
static int write_meanwhile(void *arg, const struct records_found *found)
{
	struct sample late = { "zz", "1", NULL, "2026-03-01T00:00:00", "Paid",
		1 };
	int *count = arg;

	(void)found;
	if (++*count == 1) {
		begin();
		put_invoice(&late);
		commit();
	}
	return 0;
}

START_TEST(test_a_query_sees_one_state_of_the_file_to_its_end)
{
	struct records *reader;
	struct records_query query;
	int64_t change = 0;
	int count = 0;

	put_samples();
	ck_assert_int_eq(records_query_index(db, &err), 0);
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_order(&query, "dueDate", &err), 0);
	query.after = "-b"; /* c, which lacks it, then the four that have it */
	ck_assert_int_eq(records_query_each(reader, &query, write_meanwhile,
				 &count, &change, &err),
		0);
	ck_assert_int_eq(count, 5);
	ck_assert_int_eq(change, 5);
	records_close(reader);
}
END_TEST

static const char *plan(
	const char *text, const char *order_text, const char *after)
{
	static char said[8192];
	struct records_filter *filter = NULL;
	struct records_query query;
	struct buf explained;

	records_query_init(&query, &model_invoices);
	if (text[0] != '\0')
		ck_assert_int_eq(records_filter_parse(
					 &filter, &model_invoices, text, &err),
			0);
	query.filter = filter;
	if (order_text[0] != '\0')
		ck_assert_int_eq(
			records_query_order(&query, order_text, &err), 0);
	query.after = after;
	query.limit = 100;
	buf_init(&explained, sizeof(said));
	ck_assert_msg(records_query_explain(db, &query, &explained, &err) == 0,
		"%s", err.text);
	snprintf(said, sizeof(said), "%s", explained.data);
	buf_free(&explained);
	records_filter_free(filter);
	return said;
}

#define WALKS(said, what)                                                      \
	do {                                                                   \
		ck_assert_msg(strstr(said, what) != NULL, "%s", said);         \
		ck_assert_msg(                                                 \
			strstr(said, "TEMP B-TREE") == NULL, "%s", said);      \
	} while (0)
#define SORTS(said, what)                                                      \
	do {                                                                   \
		ck_assert_msg(strstr(said, what) != NULL, "%s", said);         \
		ck_assert_msg(                                                 \
			strstr(said, "TEMP B-TREE") != NULL, "%s", said);      \
	} while (0)

START_TEST(test_few_records_are_found_by_index_and_sorted)
{
	put_samples();
	ck_assert_int_eq(records_query_index(db, &err), 0);
	WALKS(plan("status=Paid", "", NULL), "INDEX invoices_by_status (st");
	WALKS(plan("status=Paid", "status", NULL), "invoices_by_status (st");
	WALKS(plan("dueDate=2026-01-20", "-dueDate", NULL),
		"invoices_by_due_date (<expr>=?)");
	WALKS(plan("status=Paid", "", "ia"),
		"INDEX invoices_by_status (status=? AND id>?)");
	WALKS(plan("id=a", "", NULL), "PRIMARY KEY (id=?)");
	WALKS(plan("metadata.isDeleted=true", "", NULL), "invoices_deleted");
	SORTS(plan("status=Paid", "dueDate", NULL), "invoices_by_status (st");
	SORTS(plan("status=Paid||status=Draft", "", NULL),
		"invoices_by_status (status=?)");
	SORTS(plan("status=Draft||dueDate>2026-01-01", "", NULL),
		"MULTI-INDEX OR");
	SORTS(plan("dueDate>2026-01-01&&status=Void", "totalAmount", NULL),
		"invoices_by_status (status=?)");
	WALKS(plan("dueDate>2026-01-01&&dueDate<2026-02-01", "dueDate", NULL),
		"invoices_by_due_date (<expr>>? AND <expr><?)");
	WALKS(plan("dueDate>2026-01-01", "dueDate", "t19:2026-01-20T00:00:00d"),
		"invoices_by_due_date (<expr>=? AND id>?)");
	/* From the key on, and not from the condition's own bound. */
	WALKS(plan("dueDate>2026-01-01", "dueDate", "t19:2026-01-20T00:00:00d"),
		"+rtrim(\"due_date\", 'Z') > ?1 AND rtrim(\"due_date\", 'Z') > "
		"?2");
	WALKS(plan("dueDate<2026-01-21", "-dueDate",
		      "t19:2026-01-20T00:00:00d"),
		"+rtrim(\"due_date\", 'Z') < ?1 AND rtrim(\"due_date\", 'Z') < "
		"?2");
	SORTS(plan("", "currencyRate", NULL), "SCAN invoices_all\n");
}
END_TEST

#define MANY 10100

static void put_many(void)
{
	struct sample sample = { .status = "Paid" };
	char id[16], number[16], due[32];

	begin();
	for (int i = 0; i < MANY; i++) {
		int scattered = i * 7919 % MANY;

		snprintf(id, sizeof(id), "%05d", i);
		snprintf(number, sizeof(number), "%d", scattered % 500);
		snprintf(due, sizeof(due), "2026-01-%02dT00:00:00",
			scattered % 28 + 1);
		sample.id = id;
		sample.number = number;
		sample.due = i % 100 == 0 ? NULL : due;
		sample.total = scattered % 1000;
		put_invoice(&sample);
	}
	commit();
}

/* More records than are worth sorting: the order is walked. Before there are
 * indexes, SQLite sorts them, and both must come to the same. */
START_TEST(test_many_records_are_walked_in_order_and_pages_are_whole)
{
	static const char *const ways[] = { "dueDate", "-dueDate",
		"-totalAmount" };
	static char sorted[3][1 << 17];
	static char joined[1 << 17];

	put_many();
	for (size_t i = 0; i < 3; i++)
		snprintf(sorted[i], sizeof(sorted[i]), "%s",
			ask_type(&model_invoices, "status=Paid", ways[i]));
	ck_assert_int_eq(records_query_index(db, &err), 0);
	WALKS(plan("status!=Void", "", NULL), "SCAN invoices_all\n");
	WALKS(plan("status=Paid", "dueDate", NULL), "invoices_by_due_date");
	WALKS(plan("status=Paid", "-totalAmount", "n5:00001"),
		"invoices_by_total_amount (total_amount_e4=? AND id<?)");
	WALKS(plan("totalAmount>=0", "", NULL), "SCAN invoices_all\n");
	WALKS(plan("totalAmount>=0", "", "i00001"), "PRIMARY KEY (id>?)");
	SORTS(plan("invoiceNumber=7", "dueDate", NULL),
		"invoices_by_invoice_number");
	for (size_t i = 0; i < 3; i++) {
		ck_assert_str_eq(
			ask_type(&model_invoices, "status=Paid", ways[i]),
			sorted[i]);
		pages("status=Paid", ways[i], 1700, joined, sizeof(joined));
		ck_assert_str_eq(joined, sorted[i]);
	}
}
END_TEST

START_TEST(test_a_reader_of_a_file_without_indexes_gets_the_same)
{
	struct records *writer = db;
	struct records *reader;

	put_samples();
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	db = reader;
	orders();
	operators();
	SORTS(plan("", "dueDate", NULL), "SCAN invoices_all\n");
	db = writer;
	ck_assert_int_eq(records_query_index(db, &err), 0);
	db = reader;
	WALKS(plan("", "dueDate", NULL), "invoices_by_due_date");
	db = writer;
	records_close(reader);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("query");
	TCase *tests = tcase_create("query");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, test_every_operator_finds_what_it_says);
	tcase_add_test(
		tests, test_a_second_and_its_fractions_are_compared_by_time);
	tcase_add_test(tests, test_and_binds_tighter_than_or_and_braces_group);
	tcase_add_test(
		tests, test_names_words_and_guids_may_be_written_in_any_case);
	tcase_add_test(tests,
		test_an_absent_field_is_unequal_to_everything_and_no_more);
	tcase_add_test(tests,
		test_quotes_hold_what_would_end_a_value_and_signs_of_like_are_plain);
	tcase_add_test(tests, test_sql_in_a_value_is_a_value);
	tcase_add_test(tests,
		test_a_wrong_query_is_told_where_and_what_would_be_right);
	tcase_add_test(tests,
		test_length_depth_and_number_of_conditions_have_ceilings);
	tcase_add_test(
		tests, test_order_is_by_value_then_id_and_absent_comes_first);
	tcase_add_test(tests, test_text_is_ordered_without_regard_to_case);
	tcase_add_test(tests, test_an_order_by_what_is_no_field_is_refused);
	tcase_add_test(tests, test_pages_by_number_pass_over_those_before);
	tcase_add_test(tests, test_pages_by_key_are_the_whole_cut_up);
	tcase_add_test(tests,
		test_a_page_by_key_neither_loses_nor_repeats_what_was_there);
	tcase_add_test(tests, test_a_key_of_another_order_is_refused);
	tcase_add_test(tests,
		test_changes_come_once_each_by_number_with_the_deleted_among_them);
	tcase_add_test(tests, test_changes_can_be_filtered_and_ordered);
	tcase_add_test(
		tests, test_a_change_number_that_was_never_reached_is_refused);
	tcase_add_test(
		tests, test_records_come_with_their_children_and_fn_can_end_it);
	tcase_add_test(
		tests, test_a_query_sees_one_state_of_the_file_to_its_end);
	tcase_add_test(tests, test_few_records_are_found_by_index_and_sorted);
	tcase_add_test(tests,
		test_many_records_are_walked_in_order_and_pages_are_whole);
	tcase_add_test(
		tests, test_a_reader_of_a_file_without_indexes_gets_the_same);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
