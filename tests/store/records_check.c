/*
 * A company file, as its writer, its readers and its owner see it. Kills and
 * pretended full disks happen in children (this program again, with a first
 * argument), as a process reads EXACT_FAULT once.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include "store/records.h"

#define WALL 1795255200000 /* 2026-11-21T10:00:00Z */

static char dir[64];
static char path[96];
static struct clock *test_clock;
static struct records *db;
static struct error err;

static const struct feed_column columns[] = { { .name = "AmountDC" },
	{ .name = "Description" } };
static const struct feed_shape lines = {
	.name = "TransactionLines",
	.columns = columns,
	.count = 2,
};

static void open_db(void)
{
	int fail = records_open(&db, path, RECORDS_WRITE, test_clock, &err);

	ck_assert_msg(fail == 0, "%s", err.text);
}

static void setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/records-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/alpha.db", dir);
	ck_assert_int_eq(clock_open_private(&test_clock, WALL), 0);
	open_db();
}

static void teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char name[128];
	size_t i;

	records_close(db);
	db = NULL;
	for (i = 0; i < 4; i++) {
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

static enum feed_change put_text(const char *id, const char *group,
	int64_t version, const char *amount, const char *text)
{
	const char *values[] = { amount, text };
	struct feed_row row = { id, group, version, values, "{\"raw\": 1}",
		10 };
	enum feed_change change;

	ck_assert_msg(records_feed_put(db, &lines, &row, &change, &err) == 0,
		"%s", err.text);
	return change;
}

static enum feed_change put(
	const char *id, const char *group, int64_t version, const char *amount)
{
	return put_text(id, group, version, amount, NULL);
}

static int64_t count(void)
{
	int64_t rows;

	ck_assert_int_eq(records_feed_count(db, &lines, &rows, &err), 0);
	return rows;
}

static int64_t live_in(
	struct records *in, const struct model_type *type, bool deleted)
{
	int64_t alive, gone;

	ck_assert_int_eq(records_count(in, type, &alive, &gone, &err), 0);
	return deleted ? gone : alive;
}

static int64_t live(const struct model_type *type, bool deleted)
{
	return live_in(db, type, deleted);
}

/* Is it set? */
static bool fact(const char *name, char *ret, size_t size)
{
	bool set;

	ck_assert_int_eq(records_fact_get(db, name, ret, size, &set, &err), 0);
	return set;
}

/* The dirty groups, as they come: "E1,E2". Outside of a transaction. */
static const char *dirty(void)
{
	static char names[256];
	char group[RECORDS_KEY_MAX];
	bool found = true;

	names[0] = '\0';
	begin();
	while (found) {
		ck_assert_int_eq(
			records_dirty_next(db, lines.name, group, &found, &err),
			0);
		if (!found)
			break;
		if (names[0])
			strcat(names, ",");
		strcat(names, group);
		ck_assert_int_eq(
			records_dirty_clear(db, lines.name, group, &err), 0);
	}
	records_rollback(db);
	return names;
}

/* Derived, so to speak. Inside a transaction. */
static void clear(const char *group)
{
	char next[RECORDS_KEY_MAX];
	bool found = false;

	ck_assert_int_eq(
		records_dirty_next(db, lines.name, next, &found, &err), 0);
	ck_assert(found);
	ck_assert_str_eq(next, group);
	ck_assert_int_eq(records_dirty_clear(db, lines.name, group, &err), 0);
}

/* One value, asked of the file as its owner would, on another connection. */
static const char *ask(const char *sql)
{
	static char answer[256];
	sqlite3_stmt *statement;
	sqlite3 *owner;

	ck_assert_int_eq(
		sqlite3_open_v2(path, &owner, SQLITE_OPEN_READONLY, NULL),
		SQLITE_OK);
	ck_assert_msg(sqlite3_prepare_v2(owner, sql, -1, &statement, NULL) ==
			      SQLITE_OK,
		"%s", sqlite3_errmsg(owner));
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	snprintf(answer, sizeof(answer), "%s",
		sqlite3_column_text(statement, 0) == NULL
			? "null"
			: (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(owner);
	return answer;
}

static void execute(const char *sql)
{
	sqlite3 *owner;

	ck_assert_int_eq(sqlite3_open(path, &owner), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(owner, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(owner);
}

static struct model_record *entry(const char *id, int64_t cents)
{
	struct model_record *record = model_record_new(&model_journal_entries);
	struct model_record *line, *ref;

	model_set_text(record, JOURNAL_ENTRY_ID, id);
	line = model_add_child(record, JOURNAL_ENTRY_LINES);
	model_set_money(line, JOURNAL_LINE_NET_AMOUNT, cents * 100);
	line = model_add_child(record, JOURNAL_ENTRY_LINES);
	model_set_money(line, JOURNAL_LINE_NET_AMOUNT, -cents * 100);
	ref = model_add_child(line, JOURNAL_LINE_RECORD_REFS);
	model_set_text(ref, RECORD_REF_ID, "c1");
	model_set_text(ref, RECORD_REF_TYPE, "customers");
	return record;
}

static enum record_change store(struct model_record *record)
{
	enum record_change change;
	int fail;

	fail = records_put(db, &model_journal_entries, record, &change, &err);
	ck_assert_msg(fail == 0, "%s", err.text);
	model_record_free(record);
	return change;
}

/* ---- children of the test ---------------------------------------------- */

static int no_name(void *arg, const char *key, const char *text)
{
	bool *seen = arg;

	*seen = *seen ||
		(strcmp(key, "5") == 0 && strcmp(text, "i5 High") == 0);
	return 0;
}

/* 3 when a read failed with FAIL_STORE, 4 when one was wrong. */
static int read_everything(struct records *in)
{
	struct stream_state state = stream_state_new;
	int64_t epoch = 0;
	int64_t rows = 0;
	int64_t gone = 0;
	bool named = false;
	bool set = false;
	int fail;

	fail = records_fact_number(in, "epoch", &epoch, &set, &err);
	if (!fail && (!set || epoch != 7))
		return 4;
	if (!fail)
		fail = records_stream_get(in, "TransactionLines", &state, &err);
	if (!fail && state.committed != 12)
		return 4;
	if (!fail)
		fail = records_names_each(in, "vat-ref", no_name, &named, &err);
	if (!fail && !named)
		return 4;
	if (!fail)
		fail = records_feed_count(in, &lines, &rows, &err);
	if (!fail && rows != 3)
		return 4;
	if (!fail)
		fail = records_count(
			in, &model_journal_entries, &rows, &gone, &err);
	return fail == FAIL_STORE ? 3 : fail ? 1 : 0;
}

static int child_main(const char *what, const char *at)
{
	const char *values[] = { "2", "after" };
	struct feed_row row = { "L2", "E2", 2, values, "{}", 2 };
	struct stream_state state = { .committed = 2 };
	int64_t rows = -1;
	enum feed_change change;
	struct records *mine;
	struct clock *now;
	char byte;
	int fail;

	if (clock_open_private(&now, WALL) != 0)
		return 1;
	fail = records_open(&mine, at, RECORDS_WRITE, now, &err);
	if (fail) {
		clock_free(now);
		return fail == FAIL_STORE ? 3 : 1;
	}
	if (strcmp(what, "--read") == 0) {
		fail = read_everything(mine);
	} else if (strcmp(what, "--hold") == 0) {
		if (write(STDOUT_FILENO, "x", 1) != 1)
			return 1;
		fail = read(STDIN_FILENO, &byte, 1) == 0 ? 0 : 1;
	} else {
		fail = records_begin(mine, &err);
		if (fail == 0)
			fail = records_feed_put(
				mine, &lines, &row, &change, &err);
		if (fail == 0)
			fail = records_stream_set(mine, "lines", &state, &err);
		if (fail == 0)
			fail = records_commit(mine, &err);
		if (fail == FAIL_STORE && strstr(err.text, "disk is full"))
			fail = records_feed_count(mine, &lines, &rows, &err) ==
						       0 &&
					       rows == 1
				       ? 7
				       : 8;
	}
	records_close(mine);
	clock_free(now);
	return fail < 0 ? 1 : fail;
}

#if EXACT_FAULTS
/* Run a child with that fault; its wait status. */
static int child_doing(const char *what, const char *fault)
{
	pid_t pid;
	int status = -1;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)setenv("EXACT_FAULT", fault, 1);
		execl("/proc/self/exe", "check", what, path, (char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* … that writes one page. Its first commit is that of opening the file. */
static int child_with(const char *fault)
{
	return child_doing("--page", fault);
}
#endif

/* ---- feed rows ---------------------------------------------------------- */

START_TEST(test_a_row_is_new_then_the_same_then_changed_then_stale)
{
	begin();
	ck_assert_int_eq(put("L1", "E1", 10, "12.50"), FEED_NEW);
	ck_assert_int_eq(put("L1", "E1", 10, "12.50"), FEED_SAME);
	ck_assert_int_eq(put("L1", "E1", 11, "12.50"), FEED_SAME);
	ck_assert_int_eq(put("L1", "E1", 10, "13.00"), FEED_STALE);
	ck_assert_int_eq(put("L1", "E1", 12, "12.5"), FEED_CHANGED);
	ck_assert_int_eq(put("L1", "E1", 12, NULL), FEED_CHANGED);
	ck_assert_int_eq(put("L1", "E1", 12, ""), FEED_CHANGED);
	commit();
	ck_assert_int_eq(count(), 1);
	ck_assert_str_eq(
		ask("SELECT _version FROM _feed_TransactionLines"), "12");
}
END_TEST

START_TEST(test_a_row_that_moves_makes_both_groups_dirty_once_each)
{
	char group[RECORDS_KEY_MAX];
	bool found;

	begin();
	(void)put("L1", "E1", 1, "1");
	(void)put("L2", "E1", 1, "1");
	commit();
	begin();
	clear("E1");
	ck_assert_int_eq(
		records_dirty_next(db, lines.name, group, &found, &err), 0);
	ck_assert(!found);
	ck_assert_int_eq(put("L1", "E2", 2, "1"), FEED_CHANGED);
	ck_assert_int_eq(put("L1", "E2", 3, "1"), FEED_SAME);
	commit();
	ck_assert_str_eq(dirty(), "E1,E2");
}
END_TEST

START_TEST(test_a_row_of_a_group_before_the_next_is_not_passed_over)
{
	char group[RECORDS_KEY_MAX];
	bool found;

	begin();
	(void)put("L1", "E5", 1, "1");
	ck_assert_int_eq(
		records_dirty_next(db, lines.name, group, &found, &err), 0);
	ck_assert_str_eq(group, "E5");
	(void)put("L2", "E3", 1, "1");
	ck_assert_int_eq(records_dirty_clear(db, lines.name, group, &err), 0);
	commit();
	ck_assert_str_eq(dirty(), "E3,E5");
	begin();
	clear("E3");
	clear("E5");
	(void)put("L3", "E4", 1, "1");
	(void)put("L4", "E7", 1, "1");
	(void)put("L1", "E5", 2, "2");
	commit();
	records_close(db);
	open_db();
	ck_assert_str_eq(dirty(), "E4,E5,E7");
}
END_TEST

START_TEST(test_what_is_derived_in_a_transaction_rolled_back_is_dirty_again)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	(void)put("L2", "E2", 1, "1");
	commit();
	begin();
	clear("E1");
	commit();
	begin();
	clear("E2");
	records_rollback(db);
	ck_assert_str_eq(dirty(), "E2");
}
END_TEST

START_TEST(test_a_group_cleared_in_a_transaction_can_be_dirty_again_in_it)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	clear("E1");
	(void)put("L1", "E1", 2, "2");
	commit();
	ck_assert_str_eq(dirty(), "E1");
}
END_TEST

static const char *indexes(void)
{
	return ask("SELECT count(*) FROM pragma_index_list("
		   "'_feed_TransactionLines')");
}

START_TEST(test_indexes_come_with_the_end_of_the_first_load)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	begin();
	(void)put("L2", "E1", 1, "1");
	commit();
	ck_assert_str_eq(indexes(), "0");
	begin();
	ck_assert_int_eq(records_feed_loaded(db, &lines, &err), 0);
	records_rollback(db);
	ck_assert_str_eq(indexes(), "0");
	begin();
	ck_assert_int_eq(put("L3", "E1", 1, "1"), FEED_NEW);
	ck_assert_int_eq(records_feed_loaded(db, &lines, &err), 0);
	commit();
	ck_assert_str_eq(indexes(), "2");
	begin();
	ck_assert_int_eq(put("L3", "E1", 1, "1"), FEED_SAME);
	ck_assert_int_eq(put("L4", "E1", 1, "1"), FEED_NEW);
	ck_assert_int_eq(records_feed_loaded(db, &lines, &err), 0);
	commit();
	ck_assert_int_eq(count(), 4);
}
END_TEST

START_TEST(test_a_row_that_comes_twice_in_the_first_load_is_known)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	(void)put("L2", "E1", 2, "1");
	ck_assert_int_eq(put("L1", "E1", 3, "2"), FEED_CHANGED);
	ck_assert_int_eq(put("L2", "E1", 1, "2"), FEED_STALE);
	ck_assert_int_eq(put("L3", "E1", 3, "1"), FEED_NEW);
	commit();
	ck_assert_int_eq(count(), 3);
}
END_TEST

START_TEST(test_a_first_load_that_was_cut_off_knows_its_rows)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	records_close(db);
	open_db();
	begin();
	ck_assert_int_eq(put("L2", "E1", 1, "1"), FEED_NEW);
	commit();
	ck_assert_str_eq(indexes(), "0"); /* it goes on loading */
	begin();
	ck_assert_int_eq(put("L1", "E1", 1, "1"), FEED_SAME);
	commit();
	ck_assert_int_eq(count(), 2);
}
END_TEST

START_TEST(test_rows_rolled_back_in_a_first_load_are_new_again)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	begin();
	(void)put("L2", "E1", 1, "1");
	records_rollback(db);
	begin();
	ck_assert_int_eq(put("L2", "E1", 1, "1"), FEED_NEW);
	commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_int_eq(count(), 2);
}
END_TEST

static const struct feed_shape others = {
	.name = "Others",
	.columns = columns,
	.count = 2,
};

static enum feed_change put_other(const char *id)
{
	const char *values[] = { "1", NULL };
	struct feed_row row = { id, NULL, 1, values, NULL, 0 };
	enum feed_change change;

	ck_assert_int_eq(records_feed_put(db, &others, &row, &change, &err), 0);
	return change;
}

START_TEST(test_feeds_that_load_side_by_side_all_do_without_indexes)
{
	begin();
	(void)put("L1", "E1", 1, "1");
	ck_assert_int_eq(put_other("O1"), FEED_NEW);
	(void)put("L2", "E1", 1, "1");
	ck_assert_int_eq(put_other("O2"), FEED_NEW);
	(void)put("L3", "E1", 1, "1");
	commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM pragma_index_list('_feed_Others')"),
		"0");
	begin();
	ck_assert_int_eq(put_other("O1"), FEED_SAME);
	commit();
	ck_assert_str_eq(indexes(), "0");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM pragma_index_list('_feed_Others')"),
		"2");
}
END_TEST

START_TEST(test_a_first_load_of_many_rows_knows_each_of_them)
{
	char id[16];

	begin();
	for (int i = 0; i < 40000; i++) {
		snprintf(id, sizeof(id), "L%d", i);
		ck_assert_int_eq(put(id, "E1", 1, "1"), FEED_NEW);
	}
	commit();
	ck_assert_str_eq(indexes(), "0");
	begin();
	ck_assert_int_eq(put("L7", "E1", 1, "1"), FEED_SAME);
	ck_assert_int_eq(put("L39999", "E1", 1, "1"), FEED_SAME);
	commit();
	ck_assert_int_eq(count(), 40000);
}
END_TEST

START_TEST(test_a_deletion_matches_row_and_group_and_keeps_late_rows_away)
{
	int rows = -1;

	begin();
	(void)put("L1", "E1", 10, "1");
	(void)put("L2", "E1", 20, "1");
	(void)put("L3", "E2", 5, "1");
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "E1", 15, &rows, &err), 0);
	ck_assert_int_eq(rows, 1); /* L2 is newer */
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "L3", 5, &rows, &err), 0);
	ck_assert_int_eq(rows, 1);
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "nothing", 9, &rows, &err), 0);
	ck_assert_int_eq(rows, 0);
	ck_assert_int_eq(put("L1", "E1", 15, "1"), FEED_GONE);
	ck_assert_int_eq(put("L9", "nothing", 9, "1"), FEED_GONE);
	commit();
	ck_assert_int_eq(count(), 1);
	records_close(db);
	open_db();
	begin();
	ck_assert_int_eq(put("L3", "E2", 4, "1"), FEED_GONE);
	ck_assert_int_eq(put("L1", "E1", 16, "1"), FEED_NEW);
	commit();
	ck_assert_int_eq(count(), 2);
}
END_TEST

START_TEST(test_a_late_row_of_a_deleted_group_takes_its_older_self_along)
{
	int rows;

	begin();
	(void)put("L1", "E1", 5, "1");
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "E2", 9, &rows, &err), 0);
	ck_assert_int_eq(put("L1", "E2", 8, "1"), FEED_GONE);
	commit();
	ck_assert_int_eq(count(), 0);
}
END_TEST

START_TEST(test_a_sweep_deletes_what_it_did_not_see_and_makes_it_dirty)
{
	int rows = -1;

	begin();
	(void)put("A", NULL, 0, "1");
	(void)put("B", NULL, 0, "1");
	(void)put("C", NULL, 0, "1");
	clear("A");
	clear("B");
	clear("C");
	commit();
	begin();
	ck_assert_int_eq(records_feed_sweep_begin(db, &lines, &err), 0);
	ck_assert_int_eq(put("A", NULL, 0, "1"), FEED_SAME);
	commit();
	begin();
	ck_assert_int_eq(put("C", NULL, 0, "2"), FEED_CHANGED);
	ck_assert_int_eq(put("D", NULL, 0, "1"), FEED_NEW);
	ck_assert_int_eq(records_feed_sweep_end(db, &lines, &rows, &err), 0);
	commit();
	ck_assert_int_eq(rows, 1);
	ck_assert_str_eq(ask("SELECT group_concat(_id) FROM (SELECT _id FROM "
			     "_feed_TransactionLines ORDER BY _seq)"),
		"A,C,D");
	ck_assert_str_eq(dirty(), "B,C,D");
}
END_TEST

START_TEST(test_a_sweep_of_a_run_that_died_deletes_nothing)
{
	int rows = -1;

	begin();
	(void)put("A", NULL, 0, "1");
	ck_assert_int_eq(records_feed_sweep_begin(db, &lines, &err), 0);
	commit();
	records_close(db);
	open_db();
	begin();
	ck_assert_int_eq(
		records_feed_sweep_end(db, &lines, &rows, &err), FAIL_STOP);
	records_rollback(db);
	ck_assert_int_eq(rows, -1);
	ck_assert_int_eq(count(), 1);
	/* and one whose beginning was rolled back never began */
	begin();
	ck_assert_int_eq(records_feed_sweep_begin(db, &lines, &err), 0);
	records_rollback(db);
	begin();
	ck_assert_int_eq(
		records_feed_sweep_end(db, &lines, &rows, &err), FAIL_STOP);
	records_rollback(db);
	ck_assert_int_eq(count(), 1);
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
	begin();
	(void)put_text("Z", "E1", 3, "9007199254740993", "caf\xc3\xa9");
	(void)put_text("A", "E1", 4, "12345678901234.56", NULL);
	(void)put_text("M", "E2", 5, "1E-05", "");
	(void)put_text("Z", "E1", 6, "0", "x");
	commit();
	ck_assert_int_eq(
		records_feed_each(db, &lines, "E1", note_row, &text, &err), 0);
	ck_assert_str_eq(
		text.data, "Z/E1/6/0/x;A/E1/4/12345678901234.56/null;");
	buf_reset(&text);
	ck_assert_int_eq(
		records_feed_each(db, &lines, NULL, note_row, &text, &err), 0);
	ck_assert_ptr_nonnull(strstr(text.data, "M/E2/5/1E-05/;"));
	buf_printf(&text, "%100s", "");
	ck_assert_int_eq(
		records_feed_each(db, &lines, NULL, note_row, &text, &err),
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

	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	records_close(db);
	open_db();
	begin();
	ck_assert_int_eq(records_feed_declare(db, &wider, &err), 0);
	ck_assert_int_eq(records_feed_put(db, &wider, &row, &change, &err), 0);
	ck_assert_int_eq(change, FEED_CHANGED);
	commit();
	ck_assert_str_eq(
		ask("SELECT Notes FROM _feed_TransactionLines"), "new");
}
END_TEST

static void put_bytes(const char *id, int64_t version, const char *raw)
{
	const char *values[] = { raw, NULL };
	struct feed_row row = { id, NULL, version, values, raw, strlen(raw) };
	enum feed_change change;

	ck_assert_int_eq(records_feed_put(db, &lines, &row, &change, &err), 0);
}

/* The bodies that the query gives, uncompressed. */
static const char *bodies(const char *sql)
{
	static char text[4096];
	sqlite3_stmt *statement;
	sqlite3 *owner;
	size_t at = 0;

	ck_assert_int_eq(sqlite3_open(path, &owner), SQLITE_OK);
	ck_assert_int_eq(sqlite3_prepare_v2(owner, sql, -1, &statement, NULL),
		SQLITE_OK);
	while (sqlite3_step(statement) == SQLITE_ROW) {
		size_t len = ZSTD_decompress(text + at, sizeof(text) - at - 1,
			sqlite3_column_blob(statement, 0),
			(size_t)sqlite3_column_bytes(statement, 0));

		ck_assert(!ZSTD_isError(len));
		at += len;
	}
	text[at] = '\0';
	sqlite3_finalize(statement);
	sqlite3_close(owner);
	return text;
}

#define NEWEST   "SELECT body FROM _raw_TransactionLines ORDER BY pack"
#define REPLACED "SELECT body FROM _raw_history ORDER BY batch"

START_TEST(test_the_newest_bytes_of_a_row_are_kept_and_older_ones_as_history)
{
	begin();
	put_bytes("L1", 1, "{ \"a\":\n1}");
	put_bytes("L2", 1, "{\"b\":2}");
	put_bytes("L1", 2, "{ \"a\":\n1}"); /* the same: not written */
	commit();
	ck_assert_str_eq(bodies(NEWEST), "1 9 { \"a\":\n1}\n2 7 {\"b\":2}\n");
	ck_assert_str_eq(bodies(REPLACED), "");
	records_close(db);
	open_db();
	begin();
	put_bytes("L1", 3, "{}");
	put_bytes("L3", 3, "{\"c\":3}");
	commit();
	ck_assert_str_eq(
		bodies(NEWEST), "1 2 {}\n2 7 {\"b\":2}\n3 7 {\"c\":3}\n");
	ck_assert_str_eq(bodies(REPLACED), "1 9 { \"a\":\n1}\n");
	begin();
	put_bytes("L2", 4, "{\"b\":3}");
	records_rollback(db);
	ck_assert_str_eq(
		bodies(NEWEST), "1 2 {}\n2 7 {\"b\":2}\n3 7 {\"c\":3}\n");
}
END_TEST

START_TEST(test_the_bytes_of_a_deleted_row_become_history)
{
	int rows;

	begin();
	put_bytes("L1", 1, "{1}");
	put_bytes("L2", 1, "{2}");
	commit();
	begin();
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "L1", 9, &rows, &err), 0);
	commit();
	ck_assert_str_eq(bodies(NEWEST), "2 3 {2}\n");
	ck_assert_str_eq(bodies(REPLACED), "1 3 {1}\n");
	begin();
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "L2", 9, &rows, &err), 0);
	commit();
	ck_assert_str_eq(bodies(NEWEST), "");
}
END_TEST

START_TEST(test_history_has_a_limit_in_rows_and_one_in_days)
{
	char raw[32];
	int version = 0;

	for (int round = 0; round < 5; round++) {
		begin();
		for (int i = 0; i < 600; i++) {
			snprintf(raw, sizeof(raw), "{%d}", version);
			put_bytes("L1", ++version, raw);
		}
		commit();
	}
	/* A thousand, rounded up to whole batches. */
	ck_assert_str_eq(ask("SELECT sum(rows) FROM _raw_history"), "1200");
	ck_assert_int_eq(
		clock_advance(test_clock, INT64_C(31) * 86400 * 1000), 0);
	begin();
	put_bytes("L1", ++version, "{}");
	commit();
	ck_assert_str_eq(ask("SELECT sum(rows) FROM _raw_history"), "1");
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
	begin();
	ck_assert_int_eq(
		records_feed_put(db, &lines, &row, &change, &err), FAIL_RECORD);
	id[RECORDS_KEY_MAX - 1] = '\0';
	ck_assert_int_eq(records_feed_put(db, &lines, &row, &change, &err), 0);
	id[0] = '\0';
	ck_assert_int_eq(
		records_feed_put(db, &lines, &row, &change, &err), FAIL_RECORD);
	commit();
	ck_assert_int_eq(count(), 1);
}
END_TEST

START_TEST(test_two_hundred_thousand_dirty_groups_come_by_name)
{
	char group[RECORDS_KEY_MAX];
	char want[RECORDS_KEY_MAX];
	bool found;
	int i;

	begin();
	ck_assert_int_eq(records_feed_declare(db, &lines, &err), 0);
	commit();
	execute("WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM "
		"c WHERE i < 199999) INSERT INTO _dirty (feed, grp) SELECT "
		"'TransactionLines', printf('G%06d', i) FROM c");
	begin();
	for (i = 0; i < 2000; i++) {
		ck_assert_int_eq(
			records_dirty_next(db, lines.name, group, &found, &err),
			0);
		ck_assert(found);
		snprintf(want, sizeof(want), "G%06d", i);
		ck_assert_str_eq(group, want);
		ck_assert_int_eq(
			records_dirty_clear(db, lines.name, group, &err), 0);
	}
	commit();
	ck_assert_str_eq(ask("SELECT count(*) FROM _dirty"), "198000");
}
END_TEST

START_TEST(test_everything_dirty_lists_each_group_once)
{
	begin();
	(void)put("L1", "E2", 1, "1");
	(void)put("L2", "E1", 1, "1");
	(void)put("L3", "E2", 1, "1");
	clear("E1");
	clear("E2");
	commit();
	ck_assert_str_eq(dirty(), "");
	begin();
	ck_assert_int_eq(records_dirty_all(db, &lines, &err), 0);
	commit();
	ck_assert_str_eq(dirty(), "E1,E2");
}
END_TEST

/* ---- transactions ------------------------------------------------------- */

START_TEST(test_a_rollback_takes_rows_cursor_facts_and_tables_back)
{
	struct stream_state cursor = { .committed = 9 };
	char value[8];

	begin();
	(void)put("L1", "E1", 1, "1");
	ck_assert_int_eq(records_stream_set(db, "lines", &cursor, &err), 0);
	ck_assert_int_eq(records_fact_set(db, "zone", "NL", &err), 0);
	(void)store(entry("E1", 100));
	records_rollback(db);
	ck_assert_int_eq(count(), 0);
	ck_assert_int_eq(records_stream_get(db, "lines", &cursor, &err), 0);
	ck_assert_int_eq(cursor.committed, 0);
	ck_assert(!fact("zone", value, sizeof(value)));
	ck_assert_int_eq(live(&model_journal_entries, false), 0);
	begin();
	ck_assert_int_eq(put("L1", "E1", 1, "1"), FEED_NEW);
	(void)store(entry("E1", 100));
	commit();
	ck_assert_int_eq(count(), 1);
	ck_assert_str_eq(ask("SELECT change_number FROM journal_entries"), "1");
	ck_assert_str_eq(dirty(), "E1");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM _raw_TransactionLines"), "1");
}
END_TEST

START_TEST(test_writes_outside_of_a_transaction_and_nested_ones_are_refused)
{
	struct stream_state cursor = { 0 };

	ck_assert_int_eq(
		records_stream_set(db, "lines", &cursor, &err), FAIL_STOP);
	ck_assert_int_eq(records_commit(db, &err), FAIL_STOP);
	begin();
	ck_assert_int_eq(records_begin(db, &err), FAIL_STOP);
	commit();
}
END_TEST

#if EXACT_FAULTS
START_TEST(test_a_kill_before_the_commit_leaves_the_state_before)
{
	struct stream_state cursor;
	int status;

	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	records_close(db);
	db = NULL;
	status = child_with("kill:records.commit@2");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	open_db();
	ck_assert_int_eq(count(), 1);
	ck_assert_int_eq(records_stream_get(db, "lines", &cursor, &err), 0);
	ck_assert_int_eq(cursor.committed, 0);
	ck_assert_str_eq(ask("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(test_a_kill_after_the_commit_leaves_the_state_after)
{
	struct stream_state cursor;
	int status;

	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	records_close(db);
	db = NULL;
	status = child_with("kill:records.committed@2");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	open_db();
	ck_assert_int_eq(count(), 2);
	ck_assert_int_eq(records_stream_get(db, "lines", &cursor, &err), 0);
	ck_assert_int_eq(cursor.committed, 2);
	ck_assert_str_eq(ask("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(test_a_full_disk_is_told_and_the_transaction_rolled_back)
{
	int status;

	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	records_close(db);
	db = NULL;
	status = child_with("enospc:records.commit@2");
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	open_db();
	ck_assert_int_eq(count(), 1);
}
END_TEST
#endif

START_TEST(test_a_write_that_fails_half_way_fails_the_commit_too)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit before, small;
	enum feed_change change;
	char *big = malloc(40 << 20);
	const char *values[] = { "1", big };
	struct feed_row row = { "L2", NULL, 1, values, NULL, 0 };
	int fail;

	ck_assert_ptr_nonnull(big);
	memset(big, 'x', (40 << 20) - 1);
	big[(40 << 20) - 1] = '\0';
	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	/* No file may grow past 1 MiB: the next best to a full disk. The row
	 * is larger than SQLite's cache, so it spills while being written. */
	ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1 << 20;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	begin();
	fail = records_feed_put(db, &lines, &row, &change, &err);
	ck_assert_int_eq(fail, FAIL_STORE);
	ck_assert_int_eq(records_commit(db, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "rolled back"));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(count(), 1);
	begin();
	ck_assert_int_eq(put("L3", "E1", 1, "1"), FEED_NEW);
	commit();
	ck_assert_int_eq(count(), 2);
	free(big);
}
END_TEST

START_TEST(test_counts_are_what_counting_would_say)
{
	enum record_change change;
	int rows;

	begin();
	(void)put("L1", "E1", 1, "1");
	(void)put("L2", "E1", 1, "1");
	(void)put("L3", "E2", 1, "1");
	(void)store(entry("E1", 100));
	(void)store(entry("E2", 100));
	commit();
	begin();
	(void)put("L4", "E2", 1, "1");
	(void)store(entry("E3", 100));
	records_rollback(db);
	ck_assert_int_eq(count(), 3);
	ck_assert_int_eq(live(&model_journal_entries, false), 2);
	begin();
	ck_assert_int_eq(
		records_feed_delete(db, &lines, "E1", 9, &rows, &err), 0);
	ck_assert_int_eq(
		records_retire(db, &model_journal_entries, "E1", &change, &err),
		0);
	ck_assert_int_eq(put("L5", "E1", 8, "1"), FEED_GONE);
	ck_assert_int_eq(records_feed_sweep_begin(db, &lines, &err), 0);
	(void)put("L6", "E3", 1, "1");
	ck_assert_int_eq(records_feed_sweep_end(db, &lines, &rows, &err), 0);
	commit();
	ck_assert_int_eq(count(), 1);
	ck_assert_str_eq(
		ask("SELECT count(*) FROM _feed_TransactionLines"), "1");
	ck_assert_int_eq(live(&model_journal_entries, false), 1);
	ck_assert_int_eq(live(&model_journal_entries, true), 1);
	/* Stored with the rows, and not counted anew. */
	records_close(db);
	db = NULL;
	ck_assert_str_eq(ask("SELECT live || ' ' || gone FROM _counts WHERE "
			     "name = 'journal_entries_all'"),
		"1 1");
	execute("DELETE FROM _feed_TransactionLines");
	open_db();
	ck_assert_int_eq(count(), 1);
	/* Unless there is no count. */
	execute("DELETE FROM _counts");
	records_close(db);
	open_db();
	ck_assert_int_eq(count(), 0);
	ck_assert_int_eq(live(&model_journal_entries, true), 1);
}
END_TEST

/* ---- older files ---------------------------------------------------------- */

/* In place of the file: one of schema 2, with `more` done to it. */
static void old_file(const char *more)
{
	const char *top = getenv("top_srcdir");
	char name[512];
	char text[8192];
	size_t len;
	FILE *file;

	records_close(db);
	db = NULL;
	ck_assert_int_eq(unlink(path), 0);
	snprintf(name, sizeof(name), "%s/tests/data/company/schema-2.sql",
		top ? top : ".");
	file = fopen(name, "r");
	ck_assert_msg(file != NULL, "%s", name);
	len = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[len] = '\0';
	execute(text);
	execute(more);
}

static void check_old_streams(struct records *in)
{
	struct stream_state state;

	ck_assert_int_eq(
		records_stream_get(in, "TransactionLines", &state, &err), 0);
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
		records_stream_get(in, "Receivables", &state, &err), 0);
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
		records_stream_get(in, "PayablesList", &state, &err), 0);
	ck_assert(state.doubt);
	ck_assert_int_eq(records_stream_get(in, "Deleted", &state, &err), 0);
	ck_assert_int_eq(state.heard_wall_ms, 1763712000003);
	/* The newest run that was done, as there is no cursor … */
	ck_assert_int_eq(records_stream_get(in, "Divisions", &state, &err), 0);
	ck_assert_int_eq(state.finished_wall_ms, 1763712000007);
	ck_assert_int_eq(state.overlap, STREAM_NOT_SET);
	ck_assert_int_eq(records_stream_get(in, "None", &state, &err), 0);
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
		records_fact_number(in, "epoch", &number, &set, &err), 0);
	ck_assert(set);
	ck_assert_int_eq(number, 7);
	ck_assert_int_eq(
		records_fact_get(in, "mapping", text, sizeof(text), &set, &err),
		0);
	ck_assert(set);
	ck_assert_str_eq(text, "5 nl EUR 3");
	ck_assert_int_eq(
		records_fact_get(in, "name", text, sizeof(text), &set, &err),
		0);
	ck_assert(!set);
	ck_assert_int_eq(
		records_names_each(in, "account-ref", note_name, &names, &err),
		0);
	ck_assert_int_eq(
		records_names_each(in, "vat-ref", note_name, &names, &err), 0);
	ck_assert_str_eq(names.data, "a.b=Bank;5=i5 High;");
	buf_free(&names);
}

START_TEST(test_a_file_of_schema_2_keeps_its_rows_streams_facts_and_names)
{
	old_file("");
	open_db();
	check_old_streams(db);
	check_old_facts(db);
	ck_assert_str_eq(ask("PRAGMA user_version"), "3");
	ck_assert_str_eq(ask("SELECT count(*) FROM sqlite_master WHERE type = "
			     "'table' AND name IN ('meta', 'raw_rows', "
			     "'deletions', 'dirty', 'frontiers', 'cursors', "
			     "'feed_TransactionLines')"),
		"0");
	ck_assert_int_eq(count(), 3);
	ck_assert_str_eq(ask("SELECT rows FROM _raw_rows"), "3");
	ck_assert_str_eq(ask("SELECT count(*) FROM _facts WHERE name LIKE "
			     "'%.%' AND name NOT IN ('zone.asked', "
			     "'open-items.sales.words')"),
		"0");
	/* E2 is done, E1 is dirty, what comes after E2 will be. */
	ck_assert_str_eq(dirty(), "E1");
	begin();
	ck_assert_int_eq(put("L9", "E9", 40, "1"), FEED_GONE);
	ck_assert_int_eq(put_text("L1", "E1", 10, "12.50", "H"), FEED_SAME);
	put_bytes("L5", 13, "{5}");
	(void)put("L3", "E3", 14, "1");
	commit();
	ck_assert_str_eq(dirty(), "E1,E2,E3,L5");
	ck_assert_str_eq(bodies(NEWEST), "5 3 {5}\n6 10 {\"raw\": 1}\n");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM pragma_index_list("
		    "'_feed_TransactionLines') WHERE name LIKE 'feed_%'"),
		"3");
	begin();
	(void)store(entry("E1", 100));
	commit();
	ck_assert_str_eq(
		ask("SELECT change_number FROM journal_entries"), "670");
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
	open_db();
	ck_assert_str_eq(dirty(), "E1,E2");
	begin();
	(void)put("L4", "E9", 50, "1");
	commit();
	ck_assert_str_eq(dirty(), "E1,E2,E9");
	ck_assert_str_eq(ask("PRAGMA user_version"), "3");
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
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	check_old_streams(reader);
	check_old_facts(reader);
	ck_assert_int_eq(records_feed_count(reader, &lines, &known, &err), 0);
	ck_assert_int_eq(known, 3);
	ck_assert_int_eq(
		records_feed_each(reader, &lines, "E1", count_row, &rows, &err),
		0);
	ck_assert_int_eq(rows, 2);
	ck_assert_int_eq(live_in(reader, &model_journal_entries, false), 0);
	records_close(reader);
	ck_assert_str_eq(ask("PRAGMA user_version"), "2");
	open_db();
}
END_TEST

#if EXACT_FAULTS
START_TEST(test_an_upgrade_that_is_killed_leaves_the_old_file_or_the_new)
{
	int status;

	old_file("");
	status = child_with("kill:records.commit@1");
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(ask("PRAGMA user_version"), "2");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM feed_TransactionLines"), "3");
	status = child_with("kill:records.committed@1");
	ck_assert(WIFSIGNALED(status));
	ck_assert_str_eq(ask("PRAGMA user_version"), "3");
	open_db();
	check_old_streams(db);
}
END_TEST

/* Exit 0: all was read and right; 3: FAIL_STORE; 4: wrong. */
START_TEST(test_a_read_that_fails_is_an_error_and_never_not_set)
{
	int failed = 0;

	old_file("");
	open_db();
	records_close(db);
	db = NULL;
	for (int at = 1;; at++) {
		char fault[64];
		int status;

		snprintf(fault, sizeof(fault), "eio:records.read@%d", at);
		status = child_doing("--read", fault);
		ck_assert_msg(WIFEXITED(status), "read %d", at);
		if (WEXITSTATUS(status) == 0)
			break;
		ck_assert_msg(WEXITSTATUS(status) == 3, "read %d: exit %d", at,
			WEXITSTATUS(status));
		failed++;
	}
	ck_assert_int_ge(failed, 7);
	open_db();
}
END_TEST
#endif

/* ---- other processes, other programs ------------------------------------ */

START_TEST(test_a_second_writer_is_told_who_writes)
{
	struct records *second;
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ck_assert_int_eq(
		records_open(&second, path, RECORDS_WRITE, test_clock, &err),
		FAIL_BUSY);
	ck_assert_msg(strstr(err.text, pid) != NULL, "%s", err.text);
}
END_TEST

START_TEST(test_another_process_keeps_the_writer_out_until_it_is_killed)
{
	int to[2], from[2];
	struct records *reader;
	int64_t rows;
	char byte;
	pid_t pid;

	records_close(db);
	db = NULL;
	ck_assert_int_eq(pipe2(to, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(from, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execl("/proc/self/exe", "check", "--hold", path, (char *)NULL);
		_exit(99);
	}
	close(from[1]);
	ck_assert_int_eq(read(from[0], &byte, 1), 1);
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_WRITE, test_clock, &err),
		FAIL_BUSY);
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	ck_assert_int_eq(records_feed_count(reader, &lines, &rows, &err), 0);
	ck_assert_int_eq(rows, 0);
	records_close(reader);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(to[0]);
	close(to[1]);
	close(from[0]);
	open_db();
}
END_TEST

static int write_meanwhile(void *arg, struct model_record *record)
{
	int *seen = arg;

	if (*seen == 0) {
		begin();
		(void)store(entry("E2", 900));
		(void)store(entry("E9", 900));
		commit();
	} else {
		ck_assert_int_eq(model_number(model_child(record,
						      JOURNAL_ENTRY_LINES, 0),
					 JOURNAL_LINE_NET_AMOUNT),
			10000);
	}
	(*seen)++;
	return 0;
}

START_TEST(test_a_reader_sees_one_state_while_the_writer_goes_on)
{
	struct records *reader;
	int seen = 0;

	begin();
	(void)store(entry("E1", 100));
	(void)store(entry("E2", 100));
	commit();
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	ck_assert_int_eq(records_each(reader, &model_journal_entries,
				 write_meanwhile, &seen, &err),
		0);
	ck_assert_int_eq(seen, 2);
	ck_assert_int_eq(live_in(reader, &model_journal_entries, false), 3);
	ck_assert_int_eq(records_begin(reader, &err), FAIL_STOP);
	records_close(reader);
}
END_TEST

START_TEST(test_an_owner_who_locks_the_database_is_named_as_the_cause)
{
	sqlite3 *owner;

	ck_assert_int_eq(sqlite3_open(path, &owner), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(owner, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		SQLITE_OK);
	ck_assert_int_eq(records_begin(db, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "locked by another program"));
	sqlite3_close(owner);
	begin();
	commit();
}
END_TEST

START_TEST(test_files_are_private)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct stat status;
	char name[128];
	size_t i;

	begin();
	(void)put("L1", "E1", 1, "1");
	commit();
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		ck_assert_msg(stat(name, &status) == 0, "no %s", name);
		ck_assert_int_eq(status.st_mode & 0777, 0600);
	}
}
END_TEST

START_TEST(test_a_newer_file_is_refused_by_name_for_writing_and_reading)
{
	records_close(db);
	db = NULL;
	execute("PRAGMA user_version = 99; UPDATE _facts SET value = '7.8.9' "
		"WHERE name = 'written_by'");
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_WRITE, test_clock, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "7.8.9 (schema 99)"));
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_READ, test_clock, &err),
		FAIL_STORE);
	execute("PRAGMA user_version = 3");
	open_db();
}
END_TEST

static int never(void *arg, struct model_record *record)
{
	(void)arg;
	(void)record;
	return FAIL_STOP;
}

START_TEST(test_what_an_older_file_has_not_comes_with_the_next_sync)
{
	struct records *reader;

	records_close(db);
	db = NULL;
	execute("DROP VIEW invoices; DROP TABLE invoices_all; "
		"UPDATE _facts SET value = 'another' WHERE name = 'model'");
	ck_assert_int_eq(
		records_open(&reader, path, RECORDS_READ, test_clock, &err), 0);
	ck_assert_int_eq(
		records_each(reader, &model_invoices, never, NULL, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "the next sync adds it"));
	ck_assert_int_eq(
		records_each(reader, &model_journal_entries, never, NULL, &err),
		0);
	records_close(reader);
	open_db();
	ck_assert_int_eq(
		records_each(db, &model_invoices, never, NULL, &err), 0);
}
END_TEST

static void overwrite(off_t at, const char *bytes)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		pwrite(fd, bytes, strlen(bytes), at), (ssize_t)strlen(bytes));
	close(fd);
}

START_TEST(test_damaged_foreign_and_missing_files_are_told_apart)
{
	records_close(db);
	db = NULL;
	overwrite(0, "This is no database at all");
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_WRITE, test_clock, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "damaged"));
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_READ, test_clock, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
	execute("CREATE TABLE mine (x)");
	ck_assert_int_eq(
		records_open(&db, path, RECORDS_WRITE, test_clock, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "another program"));
}
END_TEST

/* ---- cursors, facts, runs, findings ------------------------------------- */

START_TEST(test_facts_and_cursors_survive_reopening)
{
	struct stream_state cursor = { .committed = 5,
		.run_high = 9,
		.next = "https://x/next?a=1",
		.finished_wall_ms = 77,
		.overlap = 0,
		.past = STREAM_NOT_SET };
	char value[8];

	begin();
	ck_assert_int_eq(
		records_fact_set_number(db, "division", 100001, &err), 0);
	ck_assert_int_eq(records_stream_set(db, "lines", &cursor, &err), 0);
	commit();
	records_close(db);
	open_db();
	memset(&cursor, 1, sizeof(cursor));
	ck_assert_int_eq(records_stream_get(db, "lines", &cursor, &err), 0);
	ck_assert_int_eq(cursor.committed, 5);
	ck_assert_int_eq(cursor.run_high, 9);
	ck_assert_str_eq(cursor.next, "https://x/next?a=1");
	ck_assert_int_eq(cursor.finished_wall_ms, 77);
	ck_assert_int_eq(cursor.overlap, 0);
	ck_assert_int_eq(cursor.past, STREAM_NOT_SET);
	ck_assert(fact("division", value, sizeof(value)));
	ck_assert_str_eq(value, "100001");
	ck_assert(!fact("zone", value, sizeof(value)));
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
	begin();
	ck_assert_int_eq(records_run_save(db, &run, &err), 0);
	run.stream = "accounts";
	ck_assert_int_eq(records_run_save(db, &run, &err), 0);
	run.stream = "lines";
	run.run = "r2";
	run.state = "parked";
	run.problem = NULL;
	ck_assert_int_eq(records_run_save(db, &run, &err), 0);
	run.state = "done";
	run.calls = 42;
	ck_assert_int_eq(records_run_save(db, &run, &err), 0);
	commit();
	ck_assert_int_eq(records_run_each(db, note_run, &text, &err), 0);
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
	begin();
	ck_assert_int_eq(records_findings_set(
				 db, "journalEntries", "E1", found, 2, &err),
		0);
	ck_assert_int_eq(records_findings_set(
				 db, "journalEntries", "E2", found, 1, &err),
		0);
	ck_assert_int_eq(records_findings_set(db, "journalEntries", "E1",
				 found + 1, 1, &err),
		0);
	ck_assert_int_eq(
		records_findings_set(db, "journalEntries", "E2", NULL, 0, &err),
		0);
	commit();
	ck_assert_int_eq(
		records_findings_each(db, note_finding, &text, &err), 0);
	ck_assert_str_eq(
		text.data, "journalEntries E1 line-no-account 0 line 2;");
	buf_free(&text);
}
END_TEST

/* ---- records ------------------------------------------------------------ */

START_TEST(test_a_record_is_new_unchanged_updated_deleted_and_revived)
{
	enum record_change change;

	begin();
	ck_assert_int_eq(store(entry("E1", 100)), RECORD_NEW);
	ck_assert_int_eq(clock_advance(test_clock, 1000), 0);
	ck_assert_int_eq(store(entry("E1", 100)), RECORD_UNCHANGED);
	ck_assert_int_eq(store(entry("E1", 200)), RECORD_UPDATED);
	ck_assert_int_eq(
		records_retire(db, &model_journal_entries, "E1", &change, &err),
		0);
	ck_assert_int_eq(change, RECORD_DELETED);
	ck_assert_int_eq(
		records_retire(db, &model_journal_entries, "E1", &change, &err),
		0);
	ck_assert_int_eq(change, RECORD_UNCHANGED);
	ck_assert_int_eq(
		records_retire(db, &model_journal_entries, "E7", &change, &err),
		0);
	ck_assert_int_eq(change, RECORD_UNCHANGED);
	ck_assert_int_eq(live(&model_journal_entries, false), 0);
	ck_assert_int_eq(live(&model_journal_entries, true), 1);
	ck_assert_int_eq(store(entry("E1", 200)), RECORD_REVIVED);
	commit();
	ck_assert_int_eq(live(&model_journal_entries, false), 1);
	ck_assert_str_eq(ask("SELECT change_number || ' ' || first_seen || ' "
			     "' || modified_date FROM journal_entries"),
		"4 2026-11-21T10:00:00Z 2026-11-21T10:00:01Z");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM journal_entry_lines_all"), "2");
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
	begin();
	(void)store(entry("E1", 100));
	commit();
	records_close(db);
	open_db();
	ck_assert_int_eq(records_each(db, &model_journal_entries, note_json,
				 &text, &err),
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
	struct model_record *record = entry("E1", 100);
	enum record_change change;

	begin();
	ck_assert_int_eq(
		records_put(db, &model_journal_entries, record, &change, &err),
		0);
	ck_assert_str_eq(model_text(record, JOURNAL_ENTRY_MODIFIED_DATE),
		"2026-11-21T10:00:00Z");
	ck_assert_int_eq(clock_advance(test_clock, 3600000), 0);
	ck_assert_int_eq(store(record), RECORD_UNCHANGED);
	record = entry("E1", 100);
	model_set_boolean(record, JOURNAL_ENTRY_IS_DELETED, true);
	ck_assert_int_eq(store(record), RECORD_DELETED);
	commit();
	ck_assert_str_eq(ask("SELECT modified_date FROM journal_entries_all"),
		"2026-11-21T11:00:00Z");
}
END_TEST

START_TEST(test_a_word_no_enum_has_costs_the_record_and_nothing_else)
{
	struct model_record *account = model_record_new(
		&model_chart_of_accounts);
	enum record_change change;

	begin();
	ck_assert_int_eq(records_put(db, &model_chart_of_accounts, account,
				 &change, &err),
		FAIL_RECORD);
	model_set_text(account, ACCOUNT_ID, "a");
	model_set_text(account, ACCOUNT_TYPE, "asset");
	ck_assert_int_eq(records_put(db, &model_chart_of_accounts, account,
				 &change, &err),
		FAIL_RECORD);
	ck_assert_ptr_nonnull(
		strstr(err.text, "\"asset\" is no value of type"));
	model_set_text(account, ACCOUNT_TYPE, "Asset");
	ck_assert_int_eq(records_put(db, &model_chart_of_accounts, account,
				 &change, &err),
		0);
	commit();
	model_record_free(account);
	ck_assert_int_eq(live(&model_chart_of_accounts, false), 1);
}
END_TEST

START_TEST(test_natural_sums_are_right_and_leave_deleted_entries_out)
{
	enum record_change change;
	char id[16];
	int i;

	begin();
	for (i = 0; i < 500; i++) {
		snprintf(id, sizeof(id), "E%d", i);
		(void)store(entry(id, 1000 + i * 7)); /* 10.00, 10.07, … */
	}
	ck_assert_int_eq(
		records_retire(db, &model_journal_entries, "E0", &change, &err),
		0);
	commit();
	/* 499 entries: 499*10 + 0.07*(1+…+499) = 4990 + 8732.50 */
	ck_assert_str_eq(ask("SELECT sum(net_amount) FROM journal_entry_lines "
			     "WHERE net_amount > 0"),
		"13722.5");
	ck_assert_str_eq(ask("SELECT sum(net_amount_e4) / 10000.0 FROM "
			     "journal_entry_lines WHERE net_amount > 0"),
		"13722.5");
	ck_assert_str_eq(ask("SELECT count(*) FROM journal_entry_lines WHERE "
			     "net_amount = 10.07"),
		"1");
	ck_assert_str_eq(ask("SELECT count(*) FROM journal_entries"), "499");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM journal_entry_line_record_refs"),
		"499");
	ck_assert_str_eq(
		ask("SELECT count(*) FROM journal_entries_all"), "500");
}
END_TEST

START_TEST(test_a_record_notes_the_mapping_it_was_made_by)
{
	records_derived_by(db, 3);
	begin();
	(void)store(entry("E1", 100));
	commit();
	ck_assert_str_eq(ask("SELECT derived_by FROM journal_entries"), "3");
}
END_TEST

START_TEST(test_a_file_made_before_a_column_existed_gains_it)
{
	records_close(db);
	db = NULL;
	execute("DROP VIEW journals; ALTER TABLE journals_all DROP COLUMN "
		"journal_code; UPDATE _facts SET value = 'old' WHERE name = "
		"'model'");
	open_db();
	ck_assert_str_eq(ask("SELECT count(journal_code) FROM journals"), "0");
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
	.columns = columns,
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
	return records_feed_find(db, &findable, 0, "2", join_ids, ids, &err);
}

START_TEST(test_rows_are_found_by_another_value_among_some)
{
	char ids[128] = "";

	begin();
	(void)put_text("L1", "E1", 1, "1", "H");
	(void)put_text("L2", "E1", 2, "2", "H");
	(void)put_text("L3", "E2", 3, "2", "x");
	(void)put_text("L4", "E2", 4, "2", "H");
	commit();
	/* With and without their index. */
	ck_assert_int_eq(
		records_feed_find(db, &findable, 0, "2", join_ids, ids, &err),
		0);
	ck_assert_str_eq(ids, "L2 L4 ");
	ck_assert_int_eq(records_feed_index(db, &findable, &err), 0);
	ck_assert_int_eq(records_feed_index(db, &findable, &err), 0);
	ids[0] = '\0';
	ck_assert_int_eq(records_feed_find(db, &findable, 0, "1", search_within,
				 ids, &err),
		0);
	ck_assert_str_eq(ids, "L1:L2 L4 ");
	ck_assert_str_eq(ask("SELECT count(*) FROM sqlite_master WHERE type = "
			     "'index' AND sql LIKE '%WHERE%H%'"),
		"1");
	begin();
	(void)put_text("L5", "E3", 5, "2", "H");
	commit();
	ids[0] = '\0';
	ck_assert_int_eq(
		records_feed_find(db, &findable, 0, "2", join_ids, ids, &err),
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

	begin();
	(void)put_text("L1", "E1", 1, "1", "a");
	(void)put_text("L2", "E1", 2, NULL, "b");
	(void)put_text("L3", "E1", 3, "3", "c");
	(void)put_text("L4", "E1", 4, "4", "d");
	commit();
	ck_assert_int_eq(records_feed_scan(db, &lines, amount, 1, join_amounts,
				 text, &err),
		7);
	ck_assert_str_eq(text, "1 null 3 ");
}
END_TEST

START_TEST(test_a_group_is_made_dirty_by_name_before_and_behind_the_next)
{
	bool found;
	char group[RECORDS_KEY_MAX];

	begin();
	(void)put("L1", "E1", 1, "1");
	(void)put("L2", "E2", 2, "2");
	(void)put("L3", "E3", 3, "3");
	commit();
	begin();
	ck_assert_int_eq(
		records_dirty_next(db, lines.name, group, &found, &err), 0);
	ck_assert_str_eq(group, "E1");
	ck_assert_int_eq(records_dirty_clear(db, lines.name, group, &err), 0);
	/* One that is done, and one that comes anyway: once each. */
	ck_assert_int_eq(records_dirty_add(db, lines.name, "E1", &err), 0);
	ck_assert_int_eq(records_dirty_add(db, lines.name, "E1", &err), 0);
	ck_assert_int_eq(records_dirty_add(db, lines.name, "E3", &err), 0);
	commit();
	ck_assert_str_eq(dirty(), "E1,E2,E3");
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
	begin();
	ck_assert_int_eq(
		records_put(db, &model_journals, record, &change, &err), 0);
	ck_assert_int_eq(records_get(db, &model_journals, "J1", &got, &err), 0);
	ck_assert_ptr_nonnull(got);
	ck_assert_str_eq(model_text(got, JOURNAL_NAME), "Sales");
	ck_assert(!model_is_set(got, JOURNAL_TYPE));
	model_record_free(got);
	ck_assert_int_eq(
		records_retire(db, &model_journals, "J1", &change, &err), 0);
	ck_assert_int_eq(records_get(db, &model_journals, "J1", &got, &err), 0);
	ck_assert_ptr_null(got);
	ck_assert_int_eq(records_get(db, &model_journals, "J2", &got, &err), 0);
	ck_assert_ptr_null(got);
	commit();
	model_record_free(record);
}
END_TEST

static void add_feed_tests(TCase *tests)
{
	tcase_add_test(tests, test_rows_are_found_by_another_value_among_some);
	tcase_add_test(tests,
		test_a_scan_gives_the_columns_asked_for_and_ends_when_told);
	tcase_add_test(tests,
		test_a_group_is_made_dirty_by_name_before_and_behind_the_next);
	tcase_add_test(tests, test_a_record_is_got_by_its_id_while_it_lives);
	tcase_add_test(
		tests, test_a_row_is_new_then_the_same_then_changed_then_stale);
	tcase_add_test(
		tests, test_a_row_that_moves_makes_both_groups_dirty_once_each);
	tcase_add_test(tests,
		test_a_group_cleared_in_a_transaction_can_be_dirty_again_in_it);
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
	tcase_add_test(tests,
		test_a_row_of_a_group_before_the_next_is_not_passed_over);
	tcase_add_test(tests,
		test_what_is_derived_in_a_transaction_rolled_back_is_dirty_again);
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
}

static void add_file_tests(TCase *tests)
{
	tcase_add_test(
		tests, test_a_rollback_takes_rows_cursor_facts_and_tables_back);
	tcase_add_test(tests,
		test_writes_outside_of_a_transaction_and_nested_ones_are_refused);
#if EXACT_FAULTS
	tcase_add_test(
		tests, test_a_kill_before_the_commit_leaves_the_state_before);
	tcase_add_test(
		tests, test_a_kill_after_the_commit_leaves_the_state_after);
	tcase_add_test(tests,
		test_a_full_disk_is_told_and_the_transaction_rolled_back);
#endif
	tcase_add_test(
		tests, test_a_write_that_fails_half_way_fails_the_commit_too);
	tcase_add_test(tests, test_a_second_writer_is_told_who_writes);
	tcase_add_test(tests,
		test_another_process_keeps_the_writer_out_until_it_is_killed);
	tcase_add_test(
		tests, test_a_reader_sees_one_state_while_the_writer_goes_on);
	tcase_add_test(tests,
		test_an_owner_who_locks_the_database_is_named_as_the_cause);
	tcase_add_test(tests, test_files_are_private);
	tcase_add_test(tests,
		test_a_newer_file_is_refused_by_name_for_writing_and_reading);
	tcase_add_test(tests,
		test_what_an_older_file_has_not_comes_with_the_next_sync);
	tcase_add_test(
		tests, test_damaged_foreign_and_missing_files_are_told_apart);
	tcase_add_test(
		tests, test_a_file_made_before_a_column_existed_gains_it);
}

static void add_old_file_tests(TCase *tests)
{
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
}

static void add_record_tests(TCase *tests)
{
	tcase_add_test(tests, test_counts_are_what_counting_would_say);
	tcase_add_test(tests, test_facts_and_cursors_survive_reopening);
	tcase_add_test(tests, test_status_gets_the_newest_run_of_each_stream);
	tcase_add_test(
		tests, test_findings_of_a_record_are_replaced_as_a_whole);
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
}

int main(int argc, char **argv)
{
	Suite *suite;
	TCase *tests;
	SRunner *runner;
	int failed;

	if (argc == 3)
		return child_main(argv[1], argv[2]);
	suite = suite_create("records");
	tests = tcase_create("records");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	add_feed_tests(tests);
	add_file_tests(tests);
	add_record_tests(tests);
	add_old_file_tests(tests);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
