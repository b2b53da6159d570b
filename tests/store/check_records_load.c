/* The first load of a feed, its indexes, and what is found by them. */
#include "records_world.h"

#include <stdio.h>
#include <string.h>

static const char *indexes(void)
{
	return world_ask("SELECT count(*) FROM pragma_index_list("
			 "'_feed_TransactionLines')");
}

START_TEST(test_indexes_come_with_the_end_of_the_first_load)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	world_begin();
	(void)world_put("L2", "E1", 1, "1");
	world_commit();
	ck_assert_str_eq(indexes(), "0");
	world_begin();
	ck_assert_int_eq(
		records_feed_loaded(world.db, &world_lines, &world.err), 0);
	records_rollback(world.db);
	ck_assert_str_eq(indexes(), "0");
	world_begin();
	ck_assert_int_eq(world_put("L3", "E1", 1, "1"), FEED_NEW);
	ck_assert_int_eq(
		records_feed_loaded(world.db, &world_lines, &world.err), 0);
	world_commit();
	ck_assert_str_eq(indexes(), "2");
	world_begin();
	ck_assert_int_eq(world_put("L3", "E1", 1, "1"), FEED_SAME);
	ck_assert_int_eq(world_put("L4", "E1", 1, "1"), FEED_NEW);
	ck_assert_int_eq(
		records_feed_loaded(world.db, &world_lines, &world.err), 0);
	world_commit();
	ck_assert_int_eq(world_count(), 4);
}
END_TEST

START_TEST(test_a_row_that_comes_twice_in_the_first_load_is_known)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	(void)world_put("L2", "E1", 2, "1");
	ck_assert_int_eq(world_put("L1", "E1", 3, "2"), FEED_CHANGED);
	ck_assert_int_eq(world_put("L2", "E1", 1, "2"), FEED_STALE);
	ck_assert_int_eq(world_put("L3", "E1", 3, "1"), FEED_NEW);
	world_commit();
	ck_assert_int_eq(world_count(), 3);
}
END_TEST

START_TEST(test_a_first_load_that_was_cut_off_knows_its_rows)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	records_close(world.db);
	world_open();
	world_begin();
	ck_assert_int_eq(world_put("L2", "E1", 1, "1"), FEED_NEW);
	world_commit();
	ck_assert_str_eq(indexes(), "0"); /* it goes on loading */
	world_begin();
	ck_assert_int_eq(world_put("L1", "E1", 1, "1"), FEED_SAME);
	world_commit();
	ck_assert_int_eq(world_count(), 2);
}
END_TEST

START_TEST(test_rows_rolled_back_in_a_first_load_are_new_again)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	world_begin();
	(void)world_put("L2", "E1", 1, "1");
	records_rollback(world.db);
	world_begin();
	ck_assert_int_eq(world_put("L2", "E1", 1, "1"), FEED_NEW);
	world_commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_int_eq(world_count(), 2);
}
END_TEST

static const struct feed_shape others = {
	.name = "Others",
	.columns = world_columns,
	.count = 2,
};

static enum feed_change put_other(const char *id)
{
	const char *values[] = { "1", NULL };
	struct feed_row row = { id, NULL, 1, values, NULL, 0 };
	enum feed_change change;

	ck_assert_int_eq(
		records_feed_put(world.db, &others, &row, &change, &world.err),
		0);
	return change;
}

START_TEST(test_feeds_that_load_side_by_side_all_do_without_indexes)
{
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	ck_assert_int_eq(put_other("O1"), FEED_NEW);
	(void)world_put("L2", "E1", 1, "1");
	ck_assert_int_eq(put_other("O2"), FEED_NEW);
	(void)world_put("L3", "E1", 1, "1");
	world_commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_str_eq(world_ask("SELECT count(*) FROM "
				   "pragma_index_list('_feed_Others')"),
		"0");
	world_begin();
	ck_assert_int_eq(put_other("O1"), FEED_SAME);
	world_commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_str_eq(world_ask("SELECT count(*) FROM "
				   "pragma_index_list('_feed_Others')"),
		"2");
}
END_TEST

START_TEST(test_a_first_load_of_many_rows_knows_each_of_them)
{
	char id[16];

	world_begin();
	for (int i = 0; i < 40000; i++) {
		snprintf(id, sizeof(id), "L%d", i);
		ck_assert_int_eq(world_put(id, "E1", 1, "1"), FEED_NEW);
	}
	world_commit();
	ck_assert_str_eq(indexes(), "0");
	world_begin();
	ck_assert_int_eq(world_put("L7", "E1", 1, "1"), FEED_SAME);
	ck_assert_int_eq(world_put("L39999", "E1", 1, "1"), FEED_SAME);
	world_commit();
	ck_assert_int_eq(world_count(), 40000);
}
END_TEST

/* Rows whose Description is H are found by their amount. */
static const struct feed_lookup by_amount = {
	.column = 0,
	.only_column = 1,
	.value = "H",
};
static const struct feed_shape findable = {
	.name = "TransactionLines",
	.columns = world_columns,
	.count = 2,
	.lookups = &by_amount,
	.lookup_count = 1,
};

static int join_ids(void *arg, const struct feed_row *row)
{
	char *ids = arg;

	strcat(ids, row->id);
	strcat(ids, " ");
	return 0;
}

/* Another search while one is under way. */
static int search_within(void *arg, const struct feed_row *row)
{
	char *ids = arg;

	strcat(ids, row->id);
	strcat(ids, ":");
	return records_feed_find(
		world.db, &findable, 0, "2", join_ids, ids, &world.err);
}

START_TEST(test_rows_are_found_by_another_value_among_some)
{
	char ids[128] = "";

	world_begin();
	(void)world_put_text("L1", "E1", 1, "1", "H");
	(void)world_put_text("L2", "E1", 2, "2", "H");
	(void)world_put_text("L3", "E2", 3, "2", "x");
	(void)world_put_text("L4", "E2", 4, "2", "H");
	world_commit();
	/* With and without their index. */
	ck_assert_int_eq(records_feed_find(world.db, &findable, 0, "2",
				 join_ids, ids, &world.err),
		0);
	ck_assert_str_eq(ids, "L2 L4 ");
	ck_assert_int_eq(
		records_feed_index(world.db, &findable, &world.err), 0);
	ck_assert_int_eq(
		records_feed_index(world.db, &findable, &world.err), 0);
	ids[0] = '\0';
	ck_assert_int_eq(records_feed_find(world.db, &findable, 0, "1",
				 search_within, ids, &world.err),
		0);
	ck_assert_str_eq(ids, "L1:L2 L4 ");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM sqlite_master WHERE type = "
			  "'index' AND sql LIKE '%WHERE%H%'"),
		"1");
	world_begin();
	(void)world_put_text("L5", "E3", 5, "2", "H");
	world_commit();
	ids[0] = '\0';
	ck_assert_int_eq(records_feed_find(world.db, &findable, 0, "2",
				 join_ids, ids, &world.err),
		0);
	ck_assert_str_eq(ids, "L2 L4 L5 ");
}
END_TEST

static int join_amounts(void *arg, const struct feed_row *row)
{
	char *text = arg;

	ck_assert_ptr_null(row->values[1]);
	strcat(text, row->values[0] ? row->values[0] : "null");
	strcat(text, " ");
	return row->version == 3 ? 7 : 0;
}

START_TEST(test_a_scan_gives_the_columns_asked_for_and_ends_when_told)
{
	static const int amount[] = { 0 };
	char text[64] = "";

	world_begin();
	(void)world_put_text("L1", "E1", 1, "1", "a");
	(void)world_put_text("L2", "E1", 2, NULL, "b");
	(void)world_put_text("L3", "E1", 3, "3", "c");
	(void)world_put_text("L4", "E1", 4, "4", "d");
	world_commit();
	ck_assert_int_eq(records_feed_scan(world.db, &world_lines, amount, 1,
				 join_amounts, text, &world.err),
		7);
	ck_assert_str_eq(text, "1 null 3 ");
}
END_TEST

TCase *check_records_load(void)
{
	TCase *tests = world_case("load");

	tcase_add_test(tests, test_indexes_come_with_the_end_of_the_first_load);
	tcase_add_test(
		tests, test_a_row_that_comes_twice_in_the_first_load_is_known);
	tcase_add_test(
		tests, test_a_first_load_that_was_cut_off_knows_its_rows);
	tcase_add_test(
		tests, test_rows_rolled_back_in_a_first_load_are_new_again);
	tcase_add_test(tests,
		test_feeds_that_load_side_by_side_all_do_without_indexes);
	tcase_add_test(
		tests, test_a_first_load_of_many_rows_knows_each_of_them);
	tcase_add_test(tests, test_rows_are_found_by_another_value_among_some);
	tcase_add_test(tests,
		test_a_scan_gives_the_columns_asked_for_and_ends_when_told);
	return tests;
}
