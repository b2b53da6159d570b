/* Rows of feeds: their versions, groups, deletions, sweeps, and bytes. */
#include "records_world.h"

#include <stdio.h>
#include <string.h>

START_TEST(test_a_row_is_new_then_the_same_then_changed_then_stale)
{
	world_begin();
	ck_assert_int_eq(world_put("L1", "E1", 10, "12.50"), FEED_NEW);
	ck_assert_int_eq(world_put("L1", "E1", 10, "12.50"), FEED_SAME);
	ck_assert_int_eq(world_put("L1", "E1", 11, "12.50"), FEED_SAME);
	ck_assert_int_eq(world_put("L1", "E1", 10, "13.00"), FEED_STALE);
	ck_assert_int_eq(world_put("L1", "E1", 12, "12.5"), FEED_CHANGED);
	ck_assert_int_eq(world_put("L1", "E1", 12, NULL), FEED_CHANGED);
	ck_assert_int_eq(world_put("L1", "E1", 12, ""), FEED_CHANGED);
	world_commit();
	ck_assert_int_eq(world_count(), 1);
	ck_assert_str_eq(
		world_ask("SELECT _version FROM _feed_TransactionLines"), "12");
}
END_TEST

START_TEST(test_a_row_that_moves_makes_both_groups_dirty_once_each)
{
	char group[RECORDS_KEY_MAX];
	bool found;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	(void)world_put("L2", "E1", 1, "1");
	world_commit();
	world_begin();
	world_clear("E1");
	ck_assert_int_eq(records_dirty_next(world.db, world_lines.name, group,
				 &found, &world.err),
		0);
	ck_assert(!found);
	ck_assert_int_eq(world_put("L1", "E2", 2, "1"), FEED_CHANGED);
	ck_assert_int_eq(world_put("L1", "E2", 3, "1"), FEED_SAME);
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1,E2");
}
END_TEST

START_TEST(test_a_row_of_a_group_before_the_next_is_not_passed_over)
{
	char group[RECORDS_KEY_MAX];
	bool found;

	world_begin();
	(void)world_put("L1", "E5", 1, "1");
	ck_assert_int_eq(records_dirty_next(world.db, world_lines.name, group,
				 &found, &world.err),
		0);
	ck_assert_str_eq(group, "E5");
	(void)world_put("L2", "E3", 1, "1");
	ck_assert_int_eq(records_dirty_clear(
				 world.db, world_lines.name, group, &world.err),
		0);
	world_commit();
	ck_assert_str_eq(world_dirty(), "E3,E5");
	world_begin();
	world_clear("E3");
	world_clear("E5");
	(void)world_put("L3", "E4", 1, "1");
	(void)world_put("L4", "E7", 1, "1");
	(void)world_put("L1", "E5", 2, "2");
	world_commit();
	records_close(world.db);
	world_open();
	ck_assert_str_eq(world_dirty(), "E4,E5,E7");
}
END_TEST

START_TEST(test_what_is_derived_in_a_transaction_rolled_back_is_dirty_again)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	(void)world_put("L2", "E2", 1, "1");
	world_commit();
	world_begin();
	world_clear("E1");
	world_commit();
	world_begin();
	world_clear("E2");
	records_rollback(world.db);
	ck_assert_str_eq(world_dirty(), "E2");
}
END_TEST

START_TEST(test_a_group_cleared_in_a_transaction_can_be_dirty_again_in_it)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_clear("E1");
	(void)world_put("L1", "E1", 2, "2");
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1");
}
END_TEST

START_TEST(test_a_group_is_made_dirty_by_name_before_and_behind_the_next)
{
	bool found;
	char group[RECORDS_KEY_MAX];

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	(void)world_put("L2", "E2", 2, "2");
	(void)world_put("L3", "E3", 3, "3");
	world_commit();
	world_begin();
	ck_assert_int_eq(records_dirty_next(world.db, world_lines.name, group,
				 &found, &world.err),
		0);
	ck_assert_str_eq(group, "E1");
	ck_assert_int_eq(records_dirty_clear(
				 world.db, world_lines.name, group, &world.err),
		0);
	/* One that is done, and one that comes anyway: once each. */
	ck_assert_int_eq(
		records_dirty_add(world.db, world_lines.name, "E1", &world.err),
		0);
	ck_assert_int_eq(
		records_dirty_add(world.db, world_lines.name, "E1", &world.err),
		0);
	ck_assert_int_eq(
		records_dirty_add(world.db, world_lines.name, "E3", &world.err),
		0);
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1,E2,E3");
}
END_TEST

START_TEST(test_a_deletion_matches_row_and_group_and_keeps_late_rows_away)
{
	int rows = -1;

	world_begin();
	(void)world_put("L1", "E1", 10, "1");
	(void)world_put("L2", "E1", 20, "1");
	(void)world_put("L3", "E2", 5, "1");
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "E1", 15,
				 &rows, &world.err),
		0);
	ck_assert_int_eq(rows, 1); /* L2 is newer */
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "L3", 5,
				 &rows, &world.err),
		0);
	ck_assert_int_eq(rows, 1);
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "nothing",
				 9, &rows, &world.err),
		0);
	ck_assert_int_eq(rows, 0);
	ck_assert_int_eq(world_put("L1", "E1", 15, "1"), FEED_GONE);
	ck_assert_int_eq(world_put("L9", "nothing", 9, "1"), FEED_GONE);
	world_commit();
	ck_assert_int_eq(world_count(), 1);
	records_close(world.db);
	world_open();
	world_begin();
	ck_assert_int_eq(world_put("L3", "E2", 4, "1"), FEED_GONE);
	ck_assert_int_eq(world_put("L1", "E1", 16, "1"), FEED_NEW);
	world_commit();
	ck_assert_int_eq(world_count(), 2);
}
END_TEST

START_TEST(test_a_late_row_of_a_deleted_group_takes_its_older_self_along)
{
	int rows;

	world_begin();
	(void)world_put("L1", "E1", 5, "1");
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "E2", 9,
				 &rows, &world.err),
		0);
	ck_assert_int_eq(world_put("L1", "E2", 8, "1"), FEED_GONE);
	world_commit();
	ck_assert_int_eq(world_count(), 0);
}
END_TEST

START_TEST(test_a_sweep_deletes_what_it_did_not_see_and_makes_it_dirty)
{
	int rows = -1;

	world_begin();
	(void)world_put("A", NULL, 0, "1");
	(void)world_put("B", NULL, 0, "1");
	(void)world_put("C", NULL, 0, "1");
	world_clear("A");
	world_clear("B");
	world_clear("C");
	world_commit();
	world_begin();
	ck_assert_int_eq(
		records_feed_sweep_begin(world.db, &world_lines, &world.err),
		0);
	ck_assert_int_eq(world_put("A", NULL, 0, "1"), FEED_SAME);
	world_commit();
	world_begin();
	ck_assert_int_eq(world_put("C", NULL, 0, "2"), FEED_CHANGED);
	ck_assert_int_eq(world_put("D", NULL, 0, "1"), FEED_NEW);
	ck_assert_int_eq(records_feed_sweep_end(
				 world.db, &world_lines, &rows, &world.err),
		0);
	world_commit();
	ck_assert_int_eq(rows, 1);
	ck_assert_str_eq(
		world_ask("SELECT group_concat(_id) FROM (SELECT _id FROM "
			  "_feed_TransactionLines ORDER BY _seq)"),
		"A,C,D");
	ck_assert_str_eq(world_dirty(), "B,C,D");
}
END_TEST

START_TEST(test_a_sweep_of_a_run_that_died_deletes_nothing)
{
	int rows = -1;

	world_begin();
	(void)world_put("A", NULL, 0, "1");
	ck_assert_int_eq(
		records_feed_sweep_begin(world.db, &world_lines, &world.err),
		0);
	world_commit();
	records_close(world.db);
	world_open();
	world_begin();
	ck_assert_int_eq(records_feed_sweep_end(
				 world.db, &world_lines, &rows, &world.err),
		FAIL_STOP);
	records_rollback(world.db);
	ck_assert_int_eq(rows, -1);
	ck_assert_int_eq(world_count(), 1);
	/* and one whose beginning was rolled back never began */
	world_begin();
	ck_assert_int_eq(
		records_feed_sweep_begin(world.db, &world_lines, &world.err),
		0);
	records_rollback(world.db);
	world_begin();
	ck_assert_int_eq(records_feed_sweep_end(
				 world.db, &world_lines, &rows, &world.err),
		FAIL_STOP);
	records_rollback(world.db);
	ck_assert_int_eq(world_count(), 1);
}
END_TEST

static int note_row(void *arg, const struct feed_row *row)
{
	struct buf *text = arg;

	buf_printf(text, "%s/%s/%lld/%s/%s;", row->id, row->group,
		(long long)row->version,
		row->values[0] != NULL ? row->values[0] : "null",
		row->values[1] != NULL ? row->values[1] : "null");
	return text->len > 100 ? FAIL_INTERRUPTED : 0;
}

START_TEST(test_rows_of_a_group_come_in_order_of_arrival_as_received)
{
	struct buf text;

	buf_init(&text, 4096);
	world_begin();
	(void)world_put_text("Z", "E1", 3, "9007199254740993", "caf\xc3\xa9");
	(void)world_put_text("A", "E1", 4, "12345678901234.56", NULL);
	(void)world_put_text("M", "E2", 5, "1E-05", "");
	(void)world_put_text("Z", "E1", 6, "0", "x");
	world_commit();
	ck_assert_int_eq(records_feed_each(world.db, &world_lines, "E1",
				 note_row, &text, &world.err),
		0);
	ck_assert_str_eq(
		text.data, "Z/E1/6/0/x;A/E1/4/12345678901234.56/null;");
	buf_reset(&text);
	ck_assert_int_eq(records_feed_each(world.db, &world_lines, NULL,
				 note_row, &text, &world.err),
		0);
	ck_assert_ptr_nonnull(strstr(text.data, "M/E2/5/1E-05/;"));
	buf_printf(&text, "%100s", "");
	ck_assert_int_eq(records_feed_each(world.db, &world_lines, NULL,
				 note_row, &text, &world.err),
		FAIL_INTERRUPTED);
	buf_free(&text);
}
END_TEST

START_TEST(test_a_feed_gains_columns_and_keeps_its_rows)
{
	static const struct feed_column more[] = { { .name = "AmountDC" },
		{ .name = "Description" }, { .name = "Notes" } };
	static const struct feed_shape wider = {
		.name = "TransactionLines",
		.columns = more,
		.count = 3,
	};
	const char *values[] = { "1", NULL, "new" };
	struct feed_row row = { "L1", "E1", 1, values, NULL, 0 };
	enum feed_change change;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	records_close(world.db);
	world_open();
	world_begin();
	ck_assert_int_eq(records_feed_declare(world.db, &wider, &world.err), 0);
	ck_assert_int_eq(
		records_feed_put(world.db, &wider, &row, &change, &world.err),
		0);
	ck_assert_int_eq(change, FEED_CHANGED);
	world_commit();
	ck_assert_str_eq(
		world_ask("SELECT Notes FROM _feed_TransactionLines"), "new");
}
END_TEST

START_TEST(test_the_newest_bytes_of_a_row_are_kept_and_older_ones_as_history)
{
	world_begin();
	world_put_bytes("L1", 1, "{ \"a\":\n1}");
	world_put_bytes("L2", 1, "{\"b\":2}");
	world_put_bytes("L1", 2, "{ \"a\":\n1}"); /* the same: not written */
	world_commit();
	ck_assert_str_eq(
		world_bodies(NEWEST), "1 9 { \"a\":\n1}\n2 7 {\"b\":2}\n");
	ck_assert_str_eq(world_bodies(REPLACED), "");
	records_close(world.db);
	world_open();
	world_begin();
	world_put_bytes("L1", 3, "{}");
	world_put_bytes("L3", 3, "{\"c\":3}");
	world_commit();
	ck_assert_str_eq(
		world_bodies(NEWEST), "1 2 {}\n2 7 {\"b\":2}\n3 7 {\"c\":3}\n");
	ck_assert_str_eq(world_bodies(REPLACED), "1 9 { \"a\":\n1}\n");
	world_begin();
	world_put_bytes("L2", 4, "{\"b\":3}");
	records_rollback(world.db);
	ck_assert_str_eq(
		world_bodies(NEWEST), "1 2 {}\n2 7 {\"b\":2}\n3 7 {\"c\":3}\n");
}
END_TEST

START_TEST(test_the_bytes_of_a_deleted_row_become_history)
{
	int rows;

	world_begin();
	world_put_bytes("L1", 1, "{1}");
	world_put_bytes("L2", 1, "{2}");
	world_commit();
	world_begin();
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "L1", 9,
				 &rows, &world.err),
		0);
	world_commit();
	ck_assert_str_eq(world_bodies(NEWEST), "2 3 {2}\n");
	ck_assert_str_eq(world_bodies(REPLACED), "1 3 {1}\n");
	world_begin();
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "L2", 9,
				 &rows, &world.err),
		0);
	world_commit();
	ck_assert_str_eq(world_bodies(NEWEST), "");
}
END_TEST

START_TEST(test_history_has_a_limit_in_rows_and_one_in_days)
{
	char raw[32];
	int version = 0;

	for (int round = 0; round < 5; round++) {
		world_begin();
		for (int i = 0; i < 600; i++) {
			snprintf(raw, sizeof(raw), "{%d}", version);
			world_put_bytes("L1", ++version, raw);
		}
		world_commit();
	}
	/* A thousand, rounded up to whole batches. */
	ck_assert_str_eq(
		world_ask("SELECT sum(rows) FROM _raw_history"), "1200");
	ck_assert_int_eq(
		clock_advance(world.clock, INT64_C(31) * 86400 * 1000), 0);
	world_begin();
	world_put_bytes("L1", ++version, "{}");
	world_commit();
	ck_assert_str_eq(world_ask("SELECT sum(rows) FROM _raw_history"), "1");
}
END_TEST

START_TEST(test_a_row_with_too_long_a_key_costs_itself_only)
{
	const char *values[] = { "1", NULL };
	char id[RECORDS_KEY_MAX + 1];
	struct feed_row row = { id, NULL, 1, values, NULL, 0 };
	enum feed_change change;

	memset(id, 'x', sizeof(id));
	id[RECORDS_KEY_MAX] = '\0';
	world_begin();
	ck_assert_int_eq(records_feed_put(world.db, &world_lines, &row, &change,
				 &world.err),
		FAIL_RECORD);
	id[RECORDS_KEY_MAX - 1] = '\0';
	ck_assert_int_eq(records_feed_put(world.db, &world_lines, &row, &change,
				 &world.err),
		0);
	id[0] = '\0';
	ck_assert_int_eq(records_feed_put(world.db, &world_lines, &row, &change,
				 &world.err),
		FAIL_RECORD);
	world_commit();
	ck_assert_int_eq(world_count(), 1);
}
END_TEST

START_TEST(test_two_hundred_thousand_dirty_groups_come_by_name)
{
	char group[RECORDS_KEY_MAX];
	char want[RECORDS_KEY_MAX];
	bool found;
	int i;

	world_begin();
	ck_assert_int_eq(
		records_feed_declare(world.db, &world_lines, &world.err), 0);
	world_commit();
	world_execute(
		"WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM "
		"c WHERE i < 199999) INSERT INTO _dirty (feed, grp) SELECT "
		"'TransactionLines', printf('G%06d', i) FROM c");
	world_begin();
	for (i = 0; i < 2000; i++) {
		ck_assert_int_eq(records_dirty_next(world.db, world_lines.name,
					 group, &found, &world.err),
			0);
		ck_assert(found);
		snprintf(want, sizeof(want), "G%06d", i);
		ck_assert_str_eq(group, want);
		ck_assert_int_eq(records_dirty_clear(world.db, world_lines.name,
					 group, &world.err),
			0);
	}
	world_commit();
	ck_assert_str_eq(world_ask("SELECT count(*) FROM _dirty"), "198000");
}
END_TEST

START_TEST(test_everything_dirty_lists_each_group_once)
{
	world_begin();
	(void)world_put("L1", "E2", 1, "1");
	(void)world_put("L2", "E1", 1, "1");
	(void)world_put("L3", "E2", 1, "1");
	world_clear("E1");
	world_clear("E2");
	world_commit();
	ck_assert_str_eq(world_dirty(), "");
	world_begin();
	ck_assert_int_eq(
		records_dirty_all(world.db, &world_lines, &world.err), 0);
	world_commit();
	ck_assert_str_eq(world_dirty(), "E1,E2");
}
END_TEST

TCase *check_records_feed(void)
{
	TCase *tests = world_case("feed");

	tcase_add_test(
		tests, test_a_row_is_new_then_the_same_then_changed_then_stale);
	tcase_add_test(
		tests, test_a_row_that_moves_makes_both_groups_dirty_once_each);
	tcase_add_test(tests,
		test_a_row_of_a_group_before_the_next_is_not_passed_over);
	tcase_add_test(tests,
		test_what_is_derived_in_a_transaction_rolled_back_is_dirty_again);
	tcase_add_test(tests,
		test_a_group_cleared_in_a_transaction_can_be_dirty_again_in_it);
	tcase_add_test(tests,
		test_a_group_is_made_dirty_by_name_before_and_behind_the_next);
	tcase_add_test(tests,
		test_a_deletion_matches_row_and_group_and_keeps_late_rows_away);
	tcase_add_test(tests,
		test_a_late_row_of_a_deleted_group_takes_its_older_self_along);
	tcase_add_test(tests,
		test_a_sweep_deletes_what_it_did_not_see_and_makes_it_dirty);
	tcase_add_test(tests, test_a_sweep_of_a_run_that_died_deletes_nothing);
	tcase_add_test(tests,
		test_rows_of_a_group_come_in_order_of_arrival_as_received);
	tcase_add_test(tests, test_a_feed_gains_columns_and_keeps_its_rows);
	tcase_add_test(tests,
		test_the_newest_bytes_of_a_row_are_kept_and_older_ones_as_history);
	tcase_add_test(tests, test_the_bytes_of_a_deleted_row_become_history);
	tcase_add_test(tests, test_history_has_a_limit_in_rows_and_one_in_days);
	tcase_add_test(tests, test_a_row_with_too_long_a_key_costs_itself_only);
	tcase_add_test(
		tests, test_two_hundred_thousand_dirty_groups_come_by_name);
	tcase_add_test(tests, test_everything_dirty_lists_each_group_once);
	return tests;
}
