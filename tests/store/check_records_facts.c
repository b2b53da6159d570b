/* Cursors, facts, runs and findings. */
#include "records_world.h"

#include <string.h>

START_TEST(test_facts_and_cursors_survive_reopening)
{
	struct stream_state cursor = { .committed = 5,
		.run_high = 9,
		.next = "https://x/next?a=1",
		.finished_wall_ms = 77,
		.overlap = 0,
		.past = STREAM_NOT_SET };
	char value[8];

	world_begin();
	ck_assert_int_eq(records_fact_set_number(
				 world.db, "division", 100001, &world.err),
		0);
	ck_assert_int_eq(
		records_stream_set(world.db, "lines", &cursor, &world.err), 0);
	world_commit();
	records_close(world.db);
	world_open();
	memset(&cursor, 1, sizeof(cursor));
	ck_assert_int_eq(
		records_stream_get(world.db, "lines", &cursor, &world.err), 0);
	ck_assert_int_eq(cursor.committed, 5);
	ck_assert_int_eq(cursor.run_high, 9);
	ck_assert_str_eq(cursor.next, "https://x/next?a=1");
	ck_assert_int_eq(cursor.finished_wall_ms, 77);
	ck_assert_int_eq(cursor.overlap, 0);
	ck_assert_int_eq(cursor.past, STREAM_NOT_SET);
	ck_assert(world_fact("division", value, sizeof(value)));
	ck_assert_str_eq(value, "100001");
	ck_assert(!world_fact("zone", value, sizeof(value)));
}
END_TEST

static int note_run(void *arg, const struct run_stream *run)
{
	buf_printf(arg, "%s %s %s %s %lld;", run->stream, run->run, run->state,
		run->problem != NULL ? run->problem : "-",
		(long long)run->calls);
	return 0;
}

START_TEST(test_status_gets_the_newest_run_of_each_stream)
{
	struct run_stream run = { .run = "r1",
		.stream = "lines",
		.state = "failed",
		.problem = "no scope",
		.calls = 1 };
	struct buf text;

	buf_init(&text, 4096);
	world_begin();
	ck_assert_int_eq(records_run_save(world.db, &run, &world.err), 0);
	run.stream = "accounts";
	ck_assert_int_eq(records_run_save(world.db, &run, &world.err), 0);
	run.stream = "lines";
	run.run = "r2";
	run.state = "parked";
	run.problem = NULL;
	ck_assert_int_eq(records_run_save(world.db, &run, &world.err), 0);
	run.state = "done";
	run.calls = 42;
	ck_assert_int_eq(records_run_save(world.db, &run, &world.err), 0);
	world_commit();
	ck_assert_int_eq(
		records_run_each(world.db, note_run, &text, &world.err), 0);
	ck_assert_str_eq(
		text.data, "accounts r1 failed no scope 1;lines r2 done - 42;");
	buf_free(&text);
}
END_TEST

static int note_finding(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	buf_printf(arg, "%s %s %s %d %s;", type, id, finding->check,
		finding->error, finding->text);
	return 0;
}

START_TEST(test_findings_of_a_record_are_replaced_as_a_whole)
{
	struct finding found[] = { { "entry-unbalanced", true, "off by 1" },
		{ "line-no-account", false, "line 2" } };
	struct buf text;

	buf_init(&text, 4096);
	world_begin();
	ck_assert_int_eq(records_findings_set(world.db, "journalEntries", "E1",
				 found, 2, &world.err),
		0);
	ck_assert_int_eq(records_findings_set(world.db, "journalEntries", "E2",
				 found, 1, &world.err),
		0);
	ck_assert_int_eq(records_findings_set(world.db, "journalEntries", "E1",
				 found + 1, 1, &world.err),
		0);
	ck_assert_int_eq(records_findings_set(world.db, "journalEntries", "E2",
				 NULL, 0, &world.err),
		0);
	world_commit();
	ck_assert_int_eq(records_findings_each(
				 world.db, note_finding, &text, &world.err),
		0);
	ck_assert_str_eq(
		text.data, "journalEntries E1 line-no-account 0 line 2;");
	buf_free(&text);
}
END_TEST

TCase *check_records_facts(void)
{
	TCase *tests = world_case("facts");

	tcase_add_test(tests, test_facts_and_cursors_survive_reopening);
	tcase_add_test(tests, test_status_gets_the_newest_run_of_each_stream);
	tcase_add_test(
		tests, test_findings_of_a_record_are_replaced_as_a_whole);
	return tests;
}
