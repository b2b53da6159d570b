/* Transactions, kills, other processes, and files of other programs. */
#include "records_world.h"

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

START_TEST(test_a_rollback_takes_rows_cursor_facts_and_tables_back)
{
	struct stream_state cursor = { .committed = 9 };
	char value[8];

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	ck_assert_int_eq(
		records_stream_set(world.db, "lines", &cursor, &world.err), 0);
	ck_assert_int_eq(
		records_fact_set(world.db, "zone", "NL", &world.err), 0);
	(void)world_store(world_entry("E1", 100));
	records_rollback(world.db);
	ck_assert_int_eq(world_count(), 0);
	ck_assert_int_eq(
		records_stream_get(world.db, "lines", &cursor, &world.err), 0);
	ck_assert_int_eq(cursor.committed, 0);
	ck_assert(!world_fact("zone", value, sizeof(value)));
	ck_assert_int_eq(world_live(&model_journal_entries, false), 0);
	world_begin();
	ck_assert_int_eq(world_put("L1", "E1", 1, "1"), FEED_NEW);
	(void)world_store(world_entry("E1", 100));
	world_commit();
	ck_assert_int_eq(world_count(), 1);
	ck_assert_str_eq(
		world_ask("SELECT change_number FROM journal_entries"), "1");
	ck_assert_str_eq(world_dirty(), "E1");
	ck_assert_str_eq(
		world_ask("SELECT count(*) FROM _raw_TransactionLines"), "1");
}
END_TEST

START_TEST(test_writes_outside_of_a_transaction_and_nested_ones_are_refused)
{
	struct stream_state cursor = { 0 };

	ck_assert_int_eq(
		records_stream_set(world.db, "lines", &cursor, &world.err),
		FAIL_STOP);
	ck_assert_int_eq(records_commit(world.db, &world.err), FAIL_STOP);
	world_begin();
	ck_assert_int_eq(records_begin(world.db, &world.err), FAIL_STOP);
	world_commit();
}
END_TEST

#if EXACT_FAULTS
START_TEST(test_a_kill_before_the_commit_leaves_the_state_before)
{
	struct stream_state cursor;
	int status;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	records_close(world.db);
	world.db = NULL;
	status = world_child_with("kill:records.commit@2");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	world_open();
	ck_assert_int_eq(world_count(), 1);
	ck_assert_int_eq(
		records_stream_get(world.db, "lines", &cursor, &world.err), 0);
	ck_assert_int_eq(cursor.committed, 0);
	ck_assert_str_eq(world_ask("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(test_a_kill_after_the_commit_leaves_the_state_after)
{
	struct stream_state cursor;
	int status;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	records_close(world.db);
	world.db = NULL;
	status = world_child_with("kill:records.committed@2");
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	world_open();
	ck_assert_int_eq(world_count(), 2);
	ck_assert_int_eq(
		records_stream_get(world.db, "lines", &cursor, &world.err), 0);
	ck_assert_int_eq(cursor.committed, 2);
	ck_assert_str_eq(world_ask("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(test_a_full_disk_is_told_and_the_transaction_rolled_back)
{
	int status;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	records_close(world.db);
	world.db = NULL;
	status = world_child_with("enospc:records.commit@2");
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 7);
	world_open();
	ck_assert_int_eq(world_count(), 1);
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
	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	/* No file may grow past 1 MiB: the next best to a full disk. The row
	 * is larger than SQLite's cache, so it spills while being written. */
	ck_assert_int_eq(sigaction(SIGXFSZ, &ignore, NULL), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 1 << 20;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	world_begin();
	fail = records_feed_put(
		world.db, &world_lines, &row, &change, &world.err);
	ck_assert_int_eq(fail, FAIL_STORE);
	ck_assert_int_eq(records_commit(world.db, &world.err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "rolled back"));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(world_count(), 1);
	world_begin();
	ck_assert_int_eq(world_put("L3", "E1", 1, "1"), FEED_NEW);
	world_commit();
	ck_assert_int_eq(world_count(), 2);
	free(big);
}
END_TEST

/* ---- other processes, other programs ------------------------------------ */

START_TEST(test_a_second_writer_is_told_who_writes)
{
	struct records *second;
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	ck_assert_int_eq(records_open(&second, world.path, RECORDS_WRITE,
				 world.clock, &world.err),
		FAIL_BUSY);
	ck_assert_msg(
		strstr(world.err.text, pid) != NULL, "%s", world.err.text);
}
END_TEST

START_TEST(test_another_process_keeps_the_writer_out_until_it_is_killed)
{
	int to[2], from[2];
	struct records *reader;
	int64_t rows;
	char byte;
	pid_t pid;

	records_close(world.db);
	world.db = NULL;
	ck_assert_int_eq(pipe2(to, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(from, O_CLOEXEC), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		execl("/proc/self/exe", "check", "--hold", world.path,
			(char *)NULL);
		_exit(99);
	}
	close(from[1]);
	ck_assert_int_eq(read(from[0], &byte, 1), 1);
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_WRITE,
				 world.clock, &world.err),
		FAIL_BUSY);
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	ck_assert_int_eq(
		records_feed_count(reader, &world_lines, &rows, &world.err), 0);
	ck_assert_int_eq(rows, 0);
	records_close(reader);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(to[0]);
	close(to[1]);
	close(from[0]);
	world_open();
}
END_TEST

static int write_meanwhile(void *arg, struct model_record *record)
{
	int *seen = arg;

	if (*seen == 0) {
		world_begin();
		(void)world_store(world_entry("E2", 900));
		(void)world_store(world_entry("E9", 900));
		world_commit();
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

	world_begin();
	(void)world_store(world_entry("E1", 100));
	(void)world_store(world_entry("E2", 100));
	world_commit();
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	ck_assert_int_eq(records_each(reader, &model_journal_entries,
				 write_meanwhile, &seen, &world.err),
		0);
	ck_assert_int_eq(seen, 2);
	ck_assert_int_eq(
		world_live_in(reader, &model_journal_entries, false), 3);
	ck_assert_int_eq(records_begin(reader, &world.err), FAIL_STOP);
	records_close(reader);
}
END_TEST

START_TEST(test_an_owner_who_locks_the_database_is_named_as_the_cause)
{
	sqlite3 *owner;

	ck_assert_int_eq(sqlite3_open(world.path, &owner), SQLITE_OK);
	ck_assert_int_eq(
		sqlite3_exec(owner, "BEGIN IMMEDIATE", NULL, NULL, NULL),
		SQLITE_OK);
	ck_assert_int_eq(records_begin(world.db, &world.err), FAIL_STORE);
	ck_assert_ptr_nonnull(
		strstr(world.err.text, "locked by another program"));
	sqlite3_close(owner);
	world_begin();
	world_commit();
}
END_TEST

START_TEST(test_files_are_private)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	struct stat status;
	char name[128];
	size_t i;

	world_begin();
	(void)world_put("L1", "E1", 1, "1");
	world_commit();
	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "%s%s", world.path, ends[i]);
		ck_assert_msg(stat(name, &status) == 0, "no %s", name);
		ck_assert_int_eq(status.st_mode & 0777, 0600);
	}
}
END_TEST

START_TEST(test_a_newer_file_is_refused_by_name_for_writing_and_reading)
{
	records_close(world.db);
	world.db = NULL;
	world_execute(
		"PRAGMA user_version = 99; UPDATE _facts SET value = '7.8.9' "
		"WHERE name = 'written_by'");
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_WRITE,
				 world.clock, &world.err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "7.8.9 (schema 99)"));
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_READ,
				 world.clock, &world.err),
		FAIL_STORE);
	world_execute("PRAGMA user_version = 3");
	world_open();
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

	records_close(world.db);
	world.db = NULL;
	world_execute(
		"DROP VIEW invoices; DROP TABLE invoices_all; "
		"UPDATE _facts SET value = 'another' WHERE name = 'model'");
	ck_assert_int_eq(records_open(&reader, world.path, RECORDS_READ,
				 world.clock, &world.err),
		0);
	ck_assert_int_eq(
		records_each(reader, &model_invoices, never, NULL, &world.err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "the next sync adds it"));
	ck_assert_int_eq(records_each(reader, &model_journal_entries, never,
				 NULL, &world.err),
		0);
	records_close(reader);
	world_open();
	ck_assert_int_eq(records_each(world.db, &model_invoices, never, NULL,
				 &world.err),
		0);
}
END_TEST

static void overwrite(off_t at, const char *bytes)
{
	int fd = open(world.path, O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		pwrite(fd, bytes, strlen(bytes), at), (ssize_t)strlen(bytes));
	close(fd);
}

START_TEST(test_damaged_foreign_and_missing_files_are_told_apart)
{
	records_close(world.db);
	world.db = NULL;
	overwrite(0, "This is no database at all");
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_WRITE,
				 world.clock, &world.err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "damaged"));
	ck_assert_int_eq(unlink(world.path), 0);
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_READ,
				 world.clock, &world.err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "No such file"));
	world_execute("CREATE TABLE mine (x)");
	ck_assert_int_eq(records_open(&world.db, world.path, RECORDS_WRITE,
				 world.clock, &world.err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(world.err.text, "another program"));
}
END_TEST

START_TEST(test_a_file_made_before_a_column_existed_gains_it)
{
	records_close(world.db);
	world.db = NULL;
	world_execute(
		"DROP VIEW journals; ALTER TABLE journals_all DROP COLUMN "
		"journal_code; UPDATE _facts SET value = 'old' WHERE name = "
		"'model'");
	world_open();
	ck_assert_str_eq(
		world_ask("SELECT count(journal_code) FROM journals"), "0");
}
END_TEST

TCase *check_records_file(void)
{
	TCase *tests = world_case("file");

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
	return tests;
}
