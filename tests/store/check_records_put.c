/* Derived records, and how many there are. */
#include "records_world.h"

#include <stdio.h>
#include <string.h>

START_TEST(test_a_record_is_new_unchanged_updated_deleted_and_revived)
{
	enum record_change change;

	world_begin();
	ck_assert_int_eq(world_store(world_entry("E1", 100)), RECORD_NEW);
	ck_assert_int_eq(clock_advance(world.clock, 1000), 0);
	ck_assert_int_eq(world_store(world_entry("E1", 100)), RECORD_UNCHANGED);
	ck_assert_int_eq(world_store(world_entry("E1", 200)), RECORD_UPDATED);
	ck_assert_int_eq(records_retire(world.db, &model_journal_entries, "E1",
				 &change, &world.err),
		0);
	ck_assert_int_eq(change, RECORD_DELETED);
	ck_assert_int_eq(records_retire(world.db, &model_journal_entries, "E1",
				 &change, &world.err),
		0);
	ck_assert_int_eq(change, RECORD_UNCHANGED);
	ck_assert_int_eq(records_retire(world.db, &model_journal_entries, "E7",
				 &change, &world.err),
		0);
	ck_assert_int_eq(change, RECORD_UNCHANGED);
	ck_assert_int_eq(world_live(&model_journal_entries, false), 0);
	ck_assert_int_eq(world_live(&model_journal_entries, true), 1);
	ck_assert_int_eq(world_store(world_entry("E1", 200)), RECORD_REVIVED);
	world_commit();
	ck_assert_int_eq(world_live(&model_journal_entries, false), 1);
	ck_assert_str_eq(
		world_ask("SELECT change_number || ' ' || first_seen || ' "
			  "' || modified_date FROM journal_entries"),
		"4 2026-11-21T10:00:00Z 2026-11-21T10:00:01Z");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM journal_entry_lines_all"), "2");
}
END_TEST

static int note_json(void *arg, struct model_record *record)
{
	model_json(record, arg);
	return 0;
}

START_TEST(test_a_record_comes_back_as_it_was_put)
{
	struct buf text;

	buf_init(&text, 8192);
	world_begin();
	(void)world_store(world_entry("E1", 100));
	world_commit();
	records_close(world.db);
	world_open();
	ck_assert_int_eq(records_each(world.db, &model_journal_entries,
				 note_json, &text, &world.err),
		0);
	ck_assert_str_eq(text.data,
		"{\"id\":\"E1\",\"journalLines\":[{\"netAmount\":1,"
		"\"tracking\":{\"recordRefs\":[]}},{\"netAmount\":-1,"
		"\"tracking\":{\"recordRefs\":[{\"id\":\"c1\","
		"\"dataType\":\"customers\"}]}}],"
		"\"metadata\":{\"isDeleted\":false},"
		"\"modifiedDate\":\"2026-11-21T10:00:00Z\"}");
	buf_free(&text);
}
END_TEST

START_TEST(test_putting_what_was_read_an_hour_later_changes_nothing)
{
	struct model_record *record = world_entry("E1", 100);
	enum record_change change;

	world_begin();
	ck_assert_int_eq(records_put(world.db, &model_journal_entries, record,
				 &change, &world.err),
		0);
	ck_assert_str_eq(model_text(record, JOURNAL_ENTRY_MODIFIED_DATE),
		"2026-11-21T10:00:00Z");
	ck_assert_int_eq(clock_advance(world.clock, 3600000), 0);
	ck_assert_int_eq(world_store(record), RECORD_UNCHANGED);
	record = world_entry("E1", 100);
	model_set_boolean(record, JOURNAL_ENTRY_IS_DELETED, true);
	ck_assert_int_eq(world_store(record), RECORD_DELETED);
	world_commit();
	ck_assert_str_eq(
		world_ask("SELECT modified_date FROM journal_entries_all"),
		"2026-11-21T11:00:00Z");
}
END_TEST

START_TEST(test_a_word_no_enum_has_costs_the_record_and_nothing_else)
{
	struct model_record *account = model_record_new(
		&model_chart_of_accounts);
	enum record_change change;

	world_begin();
	ck_assert_int_eq(records_put(world.db, &model_chart_of_accounts,
				 account, &change, &world.err),
		FAIL_RECORD);
	model_set_text(account, ACCOUNT_ID, "a");
	model_set_text(account, ACCOUNT_TYPE, "asset");
	ck_assert_int_eq(records_put(world.db, &model_chart_of_accounts,
				 account, &change, &world.err),
		FAIL_RECORD);
	ck_assert_ptr_nonnull(
		strstr(world.err.text, "\"asset\" is no value of type"));
	model_set_text(account, ACCOUNT_TYPE, "Asset");
	ck_assert_int_eq(records_put(world.db, &model_chart_of_accounts,
				 account, &change, &world.err),
		0);
	world_commit();
	model_record_free(account);
	ck_assert_int_eq(world_live(&model_chart_of_accounts, false), 1);
}
END_TEST

START_TEST(test_natural_sums_are_right_and_leave_deleted_entries_out)
{
	enum record_change change;
	char id[16];
	int i;

	world_begin();
	for (i = 0; i < 500; i++) {
		snprintf(id, sizeof(id), "E%d", i);
		(void)world_store(
			world_entry(id, 1000 + i * 7)); /* 10.00, 10.07, … */
	}
	ck_assert_int_eq(records_retire(world.db, &model_journal_entries, "E0",
				 &change, &world.err),
		0);
	world_commit();
	/* 499 entries: 499*10 + 0.07*(1+…+499) = 4990 + 8732.50 */
	ck_assert_str_eq(
		world_ask("SELECT sum(net_amount) FROM journal_entry_lines "
			  "WHERE net_amount > 0"),
		"13722.5");
	ck_assert_str_eq(world_ask("SELECT sum(net_amount_e4) / 10000.0 FROM "
				   "journal_entry_lines WHERE net_amount > 0"),
		"13722.5");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM journal_entry_lines WHERE "
			  "net_amount = 10.07"),
		"1");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM journal_entries"), "499");
	ck_assert_str_eq(
		world_ask(
			"SELECT count(*) FROM journal_entry_line_record_refs"),
		"499");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM journal_entries_all"), "500");
}
END_TEST

START_TEST(test_a_record_notes_the_mapping_it_was_made_by)
{
	records_derived_by(world.db, 3);
	world_begin();
	(void)world_store(world_entry("E1", 100));
	world_commit();
	ck_assert_str_eq(
		world_ask("SELECT derived_by FROM journal_entries"), "3");
}
END_TEST

START_TEST(test_a_record_is_got_by_its_id_while_it_lives)
{
	struct model_record *record = model_record_new(&model_journals);
	struct model_record *got = NULL;
	enum record_change change;

	model_set_text(record, JOURNAL_ID, "J1");
	model_set_text(record, JOURNAL_NAME, "Sales");
	model_set_text(record, JOURNAL_STATUS, "Active");
	world_begin();
	ck_assert_int_eq(records_put(world.db, &model_journals, record, &change,
				 &world.err),
		0);
	ck_assert_int_eq(
		records_get(world.db, &model_journals, "J1", &got, &world.err),
		0);
	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(model_text(got, JOURNAL_NAME), "Sales");
	ck_assert(!model_is_set(got, JOURNAL_TYPE));
	model_record_free(got);
	ck_assert_int_eq(records_retire(world.db, &model_journals, "J1",
				 &change, &world.err),
		0);
	ck_assert_int_eq(
		records_get(world.db, &model_journals, "J1", &got, &world.err),
		0);
	ck_assert_ptr_null(got);
	ck_assert_int_eq(
		records_get(world.db, &model_journals, "J2", &got, &world.err),
		0);
	ck_assert_ptr_null(got);
	world_commit();
	model_record_free(record);
}
END_TEST

START_TEST(test_counts_are_what_counting_would_say)
{
	enum record_change change;
	int rows;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	(void)world_put("L2", "E1", 1, "1");
	(void)world_put("L3", "E2", 1, "1");
	(void)world_store(world_entry("E1", 100));
	(void)world_store(world_entry("E2", 100));
	world_commit();
	world_begin();
	(void)world_put("L4", "E2", 1, "1");
	(void)world_store(world_entry("E3", 100));
	records_rollback(world.db);
	ck_assert_int_eq(world_count(), 3);
	ck_assert_int_eq(world_live(&model_journal_entries, false), 2);
	world_begin();
	ck_assert_int_eq(records_feed_delete(world.db, &world_lines, "E1", 9,
				 &rows, &world.err),
		0);
	ck_assert_int_eq(records_retire(world.db, &model_journal_entries, "E1",
				 &change, &world.err),
		0);
	ck_assert_int_eq(world_put("L5", "E1", 8, "1"), FEED_GONE);
	ck_assert_int_eq(
		records_feed_sweep_begin(world.db, &world_lines, &world.err),
		0);
	(void)world_put("L6", "E3", 1, "1");
	ck_assert_int_eq(records_feed_sweep_end(
				 world.db, &world_lines, &rows, &world.err),
		0);
	world_commit();
	ck_assert_int_eq(world_count(), 1);
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM _feed_TransactionLines"), "1");
	ck_assert_int_eq(world_live(&model_journal_entries, false), 1);
	ck_assert_int_eq(world_live(&model_journal_entries, true), 1);
	/* Stored with the rows, and not counted anew. */
	records_close(world.db);
	world.db = NULL;
	ck_assert_str_eq(
		world_ask("SELECT live || ' ' || gone FROM _counts WHERE "
			  "name = 'journal_entries_all'"),
		"1 1");
	world_execute("DELETE FROM _feed_TransactionLines");
	world_open();
	ck_assert_int_eq(world_count(), 1);
	/* Unless there is no count. */
	world_execute("DELETE FROM _counts");
	records_close(world.db);
	world_open();
	ck_assert_int_eq(world_count(), 0);
	ck_assert_int_eq(world_live(&model_journal_entries, true), 1);
}
END_TEST

TCase *check_records_put(void)
{
	TCase *tests = world_case("put");

	tcase_add_test(tests,
		test_a_record_is_new_unchanged_updated_deleted_and_revived);
	tcase_add_test(tests, test_a_record_comes_back_as_it_was_put);
	tcase_add_test(tests,
		test_putting_what_was_read_an_hour_later_changes_nothing);
	tcase_add_test(tests,
		test_a_word_no_enum_has_costs_the_record_and_nothing_else);
	tcase_add_test(tests,
		test_natural_sums_are_right_and_leave_deleted_entries_out);
	tcase_add_test(tests, test_a_record_notes_the_mapping_it_was_made_by);
	tcase_add_test(tests, test_a_record_is_got_by_its_id_while_it_lives);
	tcase_add_test(tests, test_counts_are_what_counting_would_say);
	return tests;
}
