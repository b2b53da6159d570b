#include "query_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WALL 1795255200000 /* 2026-11-21T10:00:00Z */

struct world world;

static void setup(void)
{
	snprintf(world.dir, sizeof(world.dir), "/tmp/query-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(world.dir));
	snprintf(world.path, sizeof(world.path), "%s/alpha.db", world.dir);
	ck_assert_int_eq(clock_open_private(&world.clock, WALL), 0);
	ck_assert_msg(records_open(&world.db, world.path, RECORDS_WRITE,
			      world.clock, &world.err) == 0,
		"%s", world.err.text);
}

static void teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char name[128];

	records_close(world.db);
	world.db = NULL;
	for (size_t i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", world.path, ends[i]);
		(void)unlink(name);
	}
	ck_assert_int_eq(rmdir(world.dir), 0);
	clock_free(world.clock);
}

void world_begin(void)
{
	ck_assert_msg(
		records_begin(world.db, &world.err) == 0, "%s", world.err.text);
}

void world_commit(void)
{
	ck_assert_msg(records_commit(world.db, &world.err) == 0, "%s",
		world.err.text);
}

void world_put(const struct model_type *type, struct model_record *record)
{
	enum record_change change;

	ck_assert_msg(
		records_put(world.db, type, record, &change, &world.err) == 0,
		"%s", world.err.text);
	model_record_free(record);
}

void world_put_invoice(const struct sample *sample)
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
	world_put(&model_invoices, record);
}

const struct sample world_samples[WORLD_SAMPLES] = {
	{ "a", "2026-1", GUID, "2026-01-10T00:00:00", "Paid", 10000 },
	{ "b", "2026-2", GUID, "2026-01-20T00:00:00.500Z", "Submitted", 2050 },
	{ "c", "x & y", "61", NULL, "Void", -500 },
	{ "d", NULL, "61", "2026-01-20T00:00:00Z", "Paid", 10000 },
	{ "e", "Caf\xc3\xa9 {1}", NULL, "2026-01-20T00:00:00", "Draft", 0 },
};

void world_put_samples(void)
{
	world_begin();
	for (size_t i = 0; i < WORLD_SAMPLES; i++)
		world_put_invoice(&world_samples[i]);
	world_commit();
}

int world_note(void *arg, const struct records_found *found)
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

void world_run_query(const struct records_query *query, struct answer *ret)
{
	int fail;

	ret->used = 0;
	ret->ids[0] = '\0';
	ret->query = query;
	fail = records_query_each(
		world.db, query, world_note, ret, &ret->change, &world.err);
	ck_assert_msg(fail == 0, "%s", world.err.text);
}

/* The ids that a condition finds in an order ("": none), and that the total
 * says the same. */
const char *world_ask_type(
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
		ck_assert_msg(records_filter_parse(
				      &filter, type, text, &world.err) == 0,
			"%s", world.err.text);
	query.filter = filter;
	if (order[0] != '\0')
		ck_assert_msg(
			records_query_order(&query, order, &world.err) == 0,
			"%s", world.err.text);
	world_run_query(&query, &answer);
	ck_assert_msg(
		records_query_total(world.db, &query, &total, &world.err) == 0,
		"%s", world.err.text);
	for (const char *c = answer.ids; *c != '\0'; c++)
		count += *c == ' ';
	ck_assert_int_eq(total, answer.used > 0 ? count + 1 : 0);
	records_filter_free(filter);
	buf_free(&answer.key);
	return answer.ids;
}

const char *world_ask(const char *text)
{
	return world_ask_type(&model_invoices, text, "");
}

/* Each test of what is found runs before and after the indexes are made. */
void world_both(void (*test)(void))
{
	world_put_samples();
	test();
	ck_assert_msg(records_query_index(world.db, &world.err) == 0, "%s",
		world.err.text);
	test();
}

TCase *world_case(const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 120);
	return tests;
}
