/* Company files of older schemas. */
#include "records_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In place of the file: one of schema 2, with `more` done to it. */
static void old_file(const char *more)
{
	const char *top = getenv("top_srcdir");
	char name[512];
	char text[8192];
	size_t len;
	FILE *file;

	records_close(world.db);
	world.db = NULL;
	ck_assert_int_eq(unlink(world.path), 0);
	snprintf(name, sizeof(name), "%s/tests/data/company/schema-2.sql",
		top ? top : ".");
	file = fopen(name, "r");
	ck_assert_msg(file != NULL, "%s", name);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	world_execute(text);
	world_execute(more);
}

static void check_old_streams(struct records *in)
{
	struct stream_state state;

	ck_assert_int_eq(
		records_stream_get(in, "TransactionLines", &state, &world.err),
		0);
	ck_assert_int_eq(state.committed, 12);
	ck_assert_int_eq(state.finished_wall_ms, 1763719200000);
	ck_assert_int_eq(state.overlap, 0);
	ck_assert_int_eq(state.past, 8);
	ck_assert_int_eq(state.mark, 9);
	ck_assert_int_eq(state.mark_wall_ms, 1763712000004);
	ck_assert_int_eq(state.began_wall_ms, 0);
	ck_assert_int_eq(state.swept_wall_ms, 1763712000005);
	ck_assert_str_eq(state.selection, "ec9dad1b218f3d1b");
	ck_assert(!state.owes_sweep);
	ck_assert_int_eq(state.followed_feed, STREAM_NOT_SET);
	ck_assert_int_eq(
		records_stream_get(in, "Receivables", &state, &world.err), 0);
	ck_assert_str_eq(state.next, "https://x/next");
	/* … and a cursor that starts anew stays so. */
	ck_assert_int_eq(state.finished_wall_ms, 0);
	ck_assert_int_eq(state.asked_wall_ms, 1763712000001);
	ck_assert_int_eq(state.began_wall_ms, 1763712000002);
	ck_assert_int_eq(state.overlap, STREAM_NOT_SET);
	ck_assert(state.owes_sweep);
	ck_assert(!state.doubt);
	ck_assert_int_eq(state.followed_feed, 11);
	ck_assert_int_eq(state.followed_deletions, 22);
	ck_assert_int_eq(
		records_stream_get(in, "PayablesList", &state, &world.err), 0);
	ck_assert(state.doubt);
	ck_assert_int_eq(
		records_stream_get(in, "Deleted", &state, &world.err), 0);
	ck_assert_int_eq(state.heard_wall_ms, 1763712000003);
	/* The newest run that was done, as there is no cursor … */
	ck_assert_int_eq(
		records_stream_get(in, "Divisions", &state, &world.err), 0);
	ck_assert_int_eq(state.finished_wall_ms, 1763712000007);
	ck_assert_int_eq(state.overlap, STREAM_NOT_SET);
	ck_assert_int_eq(records_stream_get(in, "None", &state, &world.err), 0);
	ck_assert_int_eq(state.overlap, STREAM_NOT_SET);
}

static int note_name(void *arg, const char *key, const char *text)
{
	buf_printf(arg, "%s=%s;", key, text);
	return 0;
}

static void check_old_facts(struct records *in)
{
	char text[64];
	struct buf names;
	int64_t number = 0;
	bool set;

	buf_init(&names, 4096);
	ck_assert_int_eq(
		records_fact_number(in, "epoch", &number, &set, &world.err), 0);
	ck_assert(set);
	ck_assert_int_eq(number, 7);
	ck_assert_int_eq(records_fact_get(in, "mapping", text, sizeof(text),
				 &set, &world.err),
		0);
	ck_assert(set);
	ck_assert_str_eq(text, "5 nl EUR 3");
	ck_assert_int_eq(records_fact_get(in, "name", text, sizeof(text), &set,
				 &world.err),
		0);
	ck_assert(!set);
	ck_assert_int_eq(records_names_each(in, "account-ref", note_name,
				 &names, &world.err),
		0);
	ck_assert_int_eq(records_names_each(
				 in, "vat-ref", note_name, &names, &world.err),
		0);
	ck_assert_str_eq(names.data, "a.b=Bank;5=i5 High;");
	buf_free(&names);
}

START_TEST(test_a_file_of_schema_2_keeps_its_rows_streams_facts_and_names)
{
	old_file("");
	world_open();
	check_old_streams(world.db);
	check_old_facts(world.db);
	ck_assert_str_eq(world_ask("PRAGMA user_version"), "3");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM sqlite_master WHERE type = "
			  "'table' AND name IN ('meta', 'raw_rows', "
			  "'deletions', 'dirty', 'frontiers', 'cursors', "
			  "'feed_TransactionLines')"),
		"0");
	ck_assert_int_eq(world_count(), 3);
	ck_assert_str_eq(world_ask("SELECT rows FROM _raw_rows"), "3");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM _facts WHERE name LIKE "
			  "'%.%' AND name NOT IN ('zone.asked', "
			  "'open-items.sales.words')"),
		"0");
	/* E2 is done, E1 is dirty, what comes after E2 will be. */
	ck_assert_str_eq(world_dirty(), "E1");
	world_begin();
	ck_assert_int_eq(world_put("L9", "E9", 40, "1"), FEED_GONE);
	ck_assert_int_eq(
		world_put_text("L1", "E1", 10, "12.50", "H"), FEED_SAME);
	world_put_bytes("L5", 13, "{5}");
	(void)world_put("L3", "E3", 14, "1");
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1,E2,E3,L5");
	ck_assert_str_eq(world_bodies(NEWEST), "5 3 {5}\n6 10 {\"raw\": 1}\n");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM pragma_index_list("
			  "'_feed_TransactionLines') WHERE name LIKE 'feed_%'"),
		"3");
	world_begin();
	(void)world_store(world_entry("E1", 100));
	world_commit();
	ck_assert_str_eq(
		world_ask("SELECT change_number FROM journal_entries"), "670");
}
END_TEST

START_TEST(test_dirty_groups_of_schema_1_are_kept)
{
	old_file("DROP TABLE dirty; DROP TABLE frontiers; PRAGMA user_version "
		 "= 1; CREATE TABLE dirty (seq INTEGER PRIMARY KEY, feed TEXT "
		 "NOT NULL, grp TEXT NOT NULL, UNIQUE (feed, grp)); CREATE "
		 "INDEX dirty_oldest ON dirty (feed); INSERT INTO dirty (feed, "
		 "grp) VALUES ('TransactionLines', 'E2'), ('TransactionLines', "
		 "'E1')");
	world_open();
	ck_assert_str_eq(world_dirty(), "E1,E2");
	world_begin();
	(void)world_put("L4", "E9", 50, "1");
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1,E2,E9");
	ck_assert_str_eq(world_ask("PRAGMA user_version"), "3");
}
END_TEST

static int count_row(void *arg, const struct feed_row *row)
{
	int *rows = arg;

	ck_assert_ptr_nonnull(row->id);
	(*rows)++;
	return 0;
}

START_TEST(test_a_reader_uses_a_file_of_schema_2_as_it_is)
{
	struct records *reader;
	int64_t known = -1;
	int rows = 0;

	old_file("");
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	check_old_streams(reader);
	check_old_facts(reader);
	ck_assert_int_eq(
		records_feed_count(reader, &world_lines, &known, &world.err),
		0);
	ck_assert_int_eq(known, 3);
	ck_assert_int_eq(records_feed_each(reader, &world_lines, "E1",
				 count_row, &rows, &world.err),
		0);
	ck_assert_int_eq(rows, 2);
	ck_assert_int_eq(
		world_live_in(reader, &model_journal_entries, false), 0);
	records_close(reader);
	ck_assert_str_eq(world_ask("PRAGMA user_version"), "2");
	world_open();
}
END_TEST

#if EXACT_FAULTS
START_TEST(test_an_upgrade_that_is_killed_leaves_the_old_file_or_the_new)
{
	int status;

	old_file("");
	status = world_child_with("kill:records.commit@1");
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(world_ask("PRAGMA user_version"), "2");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM feed_TransactionLines"), "3");
	status = world_child_with("kill:records.committed@1");
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(world_ask("PRAGMA user_version"), "3");
	world_open();
	check_old_streams(world.db);
}
END_TEST

/* Exit 0: all was read and right; 3: FAIL_STORE; 4: wrong. */
START_TEST(test_a_read_that_fails_is_an_error_and_never_not_set)
{
	int failed = 0;

	old_file("");
	world_open();
	records_close(world.db);
	world.db = NULL;
	for (int at = 1;; at++) {
		char fault[64];
		int status;

		snprintf(fault, sizeof(fault), "eio:records.read@%d", at);
		status = world_child_doing("--read", fault);
		ck_assert_msg(WIFEXITED(status), "read %d", at);
		if (WEXITSTATUS(status) == 0)
			break;
		ck_assert_msg(WEXITSTATUS(status) == 3, "read %d: exit %d", at,
			WEXITSTATUS(status));
		failed++;
	}
	ck_assert_int_ge(failed, 7);
	world_open();
}
END_TEST
#endif

TCase *check_records_old(void)
{
	TCase *tests = world_case("old");

	tcase_add_test(tests,
		test_a_file_of_schema_2_keeps_its_rows_streams_facts_and_names);
	tcase_add_test(tests, test_dirty_groups_of_schema_1_are_kept);
	tcase_add_test(tests, test_a_reader_uses_a_file_of_schema_2_as_it_is);
#if EXACT_FAULTS
	tcase_add_test(tests,
		test_an_upgrade_that_is_killed_leaves_the_old_file_or_the_new);
	tcase_add_test(
		tests, test_a_read_that_fails_is_an_error_and_never_not_set);
#endif
	return tests;
}
