/* Page after page, changes, one state of the file, and plans. */
#include "query_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- pages ------------------------------------------------------------------------ */

START_TEST(test_pages_by_number_pass_over_those_before)
{
	struct answer answer;
	struct records_query query;

	world_put_samples();
	buf_init(&answer.key, 4096);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_page(&query, "2", "2", &world.err), 0);
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "c d");
	ck_assert_int_eq(records_query_page(&query, "3", "2", &world.err), 0);
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "e");
	ck_assert_int_eq(records_query_page(&query, "4", "2", &world.err), 0);
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "");
	ck_assert_int_eq(records_query_page(&query, NULL, NULL, &world.err), 0);
	ck_assert_int_eq(query.skip, 0);
	ck_assert_int_eq(query.limit, 100);
	ck_assert_int_eq(
		records_query_page(&query, "1", "5000", &world.err), 0);
	ck_assert_int_eq(records_query_page(&query, "1", "5001", &world.err),
		FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "0", NULL, &world.err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "-1", NULL, &world.err), FAIL_USAGE);
	ck_assert_int_eq(
		records_query_page(&query, "1x", NULL, &world.err), FAIL_USAGE);
	ck_assert_int_eq(records_query_page(&query, "99999999999999999999",
				 NULL, &world.err),
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
					 filter_text, &world.err),
			0);
	query.filter = filter;
	if (order_text[0] != '\0')
		ck_assert_int_eq(
			records_query_order(&query, order_text, &world.err), 0);
	query.limit = size;
	ret[0] = '\0';
	for (;;) {
		world_run_query(&query, &answer);
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
				world_ask_type(&model_invoices, filters[j],
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
	world_both(paged);
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

	world_put_samples();
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
	buf_init(&answer.key, 4096);
	buf_init(&after, 4096);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_order(&query, "dueDate", &world.err), 0);
	query.limit = 2;
	world_run_query(&query, &answer); /* c a of c a d e b */
	ck_assert_str_eq(answer.ids, "c a");
	strcat(seen, answer.ids);
	buf_puts(&after, answer.key.data);
	query.after = after.data;
	/* One more before the page, one more after it; the page's last goes. */
	world_begin();
	world_put_invoice(&late);
	late.id = "f";
	late.due = "2026-01-15T00:00:00";
	world_put_invoice(&late);
	ck_assert_int_eq(records_retire(world.db, &model_invoices, "a", &change,
				 &world.err),
		0);
	world_commit();
	query.live_only = true;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "f d");
	buf_reset(&after);
	buf_puts(&after, answer.key.data);
	query.after = after.data;
	world_run_query(&query, &answer);
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

	world_put_samples();
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		records_query_init(&query, &model_invoices);
		if (keys[i].order[0] != '\0')
			ck_assert_int_eq(records_query_order(&query,
						 keys[i].order, &world.err),
				0);
		query.after = keys[i].after;
		ck_assert_msg(records_query_each(world.db, &query, world_note,
				      &answer, &answer.change,
				      &world.err) == FAIL_USAGE,
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
	world_run_query(&query, &answer);
	*ret_change = answer.change;
	return answer.ids;
}

START_TEST(test_changes_come_once_each_by_number_with_the_deleted_among_them)
{
	enum record_change change;
	struct sample sample = world_samples[1];
	int64_t at = 0;
	int64_t then = 0;

	world_put_samples();
	ck_assert_str_eq(changes(0, 0, &at), "a b c d e");
	ck_assert_int_eq(at, 5);
	ck_assert_str_eq(changes(at, 0, &then), "");
	ck_assert_int_eq(then, at);
	world_begin();
	sample.total++;
	world_put_invoice(&sample);
	ck_assert_int_eq(records_retire(world.db, &model_invoices, "d", &change,
				 &world.err),
		0);
	sample = world_samples[0];
	sample.total++;
	world_put_invoice(&sample);
	sample.total++;
	world_put_invoice(&sample);
	world_put_invoice(&world_samples[2]); /* unchanged */
	world_commit();
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

	world_put_samples();
	world_begin();
	ck_assert_int_eq(records_retire(world.db, &model_invoices, "a", &change,
				 &world.err),
		0);
	world_commit();
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
	buf_init(&answer.key, 4096);
	records_query_init(&query, &model_invoices);
	query.changed = true;
	query.changed_since = 1; /* all but a's first */
	ck_assert_int_eq(
		records_query_order(&query, "-totalAmount", &world.err), 0);
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "d a b e c");
	ck_assert_int_eq(answer.change, 6);
	ck_assert_int_eq(records_filter_parse(&filter, &model_invoices,
				 "metadata.isDeleted = true", &world.err),
		0);
	query.filter = filter;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.order = RECORDS_ORDER_DEFAULT;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.changed = false;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "a");
	query.live_only = true;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "");
	query.filter = NULL;
	world_run_query(&query, &answer);
	ck_assert_str_eq(answer.ids, "b c d e");
	records_filter_free(filter);
	buf_free(&answer.key);
}
END_TEST

START_TEST(test_a_change_number_that_was_never_reached_is_refused)
{
	static struct answer answer;
	struct records_query query;

	world_put_samples();
	records_query_init(&query, &model_invoices);
	query.changed = true;
	query.changed_since = 6;
	answer.change = 77;
	ck_assert_int_eq(records_query_each(world.db, &query, world_note,
				 &answer, &answer.change, &world.err),
		FAIL_USAGE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "the last one is 5"));
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

	world_put_samples();
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(
		records_query_order(&query, "-totalAmount", &world.err), 0);
	ck_assert_int_eq(records_query_each(world.db, &query, stop_at_second,
				 &count, &change, &world.err),
		FAIL_RECORD);
	ck_assert_int_eq(count, 2);
	ck_assert_int_eq(change, 77);
	/* Nothing is left open: the next write goes on. */
	world_begin();
	world_commit();
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
		world_begin();
		world_put_invoice(&late);
		world_commit();
	}
	return 0;
}

START_TEST(test_a_query_sees_one_state_of_the_file_to_its_end)
{
	struct records *reader;
	struct records_query query;
	int64_t change = 0;
	int count = 0;

	world_put_samples();
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	records_query_init(&query, &model_invoices);
	ck_assert_int_eq(records_query_order(&query, "dueDate", &world.err), 0);
	query.after = "-b"; /* c, which lacks it, then the four that have it */
	ck_assert_int_eq(records_query_each(reader, &query, write_meanwhile,
				 &count, &change, &world.err),
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
		ck_assert_int_eq(records_filter_parse(&filter, &model_invoices,
					 text, &world.err),
			0);
	query.filter = filter;
	if (order_text[0] != '\0')
		ck_assert_int_eq(
			records_query_order(&query, order_text, &world.err), 0);
	query.after = after;
	query.limit = 100;
	buf_init(&explained, sizeof(said));
	ck_assert_msg(records_query_explain(
			      world.db, &query, &explained, &world.err) == 0,
		"%s", world.err.text);
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
	world_put_samples();
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
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

	world_begin();
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
		world_put_invoice(&sample);
	}
	world_commit();
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
			world_ask_type(
				&model_invoices, "status=Paid", ways[i]));
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
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
			world_ask_type(&model_invoices, "status=Paid", ways[i]),
			sorted[i]);
		pages("status=Paid", ways[i], 1700, joined, sizeof(joined));
		ck_assert_str_eq(joined, sorted[i]);
	}
}
END_TEST

START_TEST(test_a_reader_of_a_file_without_indexes_gets_the_same)
{
	struct records *writer = world.db;
	struct records *reader;

	world_put_samples();
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	world.db = reader;
	check_query_orders();
	check_query_operators();
	SORTS(plan("", "dueDate", NULL), "SCAN invoices_all\n");
	world.db = writer;
	ck_assert_int_eq(records_query_index(world.db, &world.err), 0);
	world.db = reader;
	WALKS(plan("", "dueDate", NULL), "invoices_by_due_date");
	world.db = writer;
	records_close(reader);
}
END_TEST

TCase *check_query_pages(void)
{
	TCase *tests = world_case("pages");

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
	return tests;
}
