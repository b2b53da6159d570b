#include "records_world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

struct world world;

const struct feed_column world_columns[2] = { { .name = "AmountDC" },
	{ .name = "Description" } };
const struct feed_shape world_lines = {
	.name = "TransactionLines",
	.columns = world_columns,
	.count = 2,
};

void world_open(void)
{
	int fail = records_open(
		&world.db, world.path, RECORDS_WRITE, world.clock, &world.err);

	ck_assert_msg(fail == 0, "%s", world.err.text);
}

static void setup(void)
{
	snprintf(world.dir, sizeof(world.dir), "/tmp/records-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(world.dir));
	snprintf(world.path, sizeof(world.path), "%s/alpha.db", world.dir);
	ck_assert_int_eq(clock_open_private(&world.clock, WALL), 0);
	world_open();
}

static void teardown(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	char name[128];
	size_t i;

	records_close(world.db);
	world.db = NULL;
	for (i = 0; i < 4; i++) {
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

enum feed_change world_put_text(const char *id, const char *group,
	int64_t version, const char *amount, const char *text)
{
	const char *values[] = { amount, text };
	struct feed_row row = { id, group, version, values, "{\"raw\": 1}",
		10 };
	enum feed_change change;

	ck_assert_msg(records_feed_put(world.db, &world_lines, &row, &change,
			      &world.err) == 0,
		"%s", world.err.text);
	return change;
}

enum feed_change world_put(
	const char *id, const char *group, int64_t version, const char *amount)
{
	return world_put_text(id, group, version, amount, NULL);
}

int64_t world_count(void)
{
	int64_t rows;

	ck_assert_int_eq(
		records_feed_count(world.db, &world_lines, &rows, &world.err),
		0);
	return rows;
}

int64_t world_live_in(
	struct records *in, const struct model_type *type, bool deleted)
{
	int64_t alive, gone;

	ck_assert_int_eq(records_count(in, type, &alive, &gone, &world.err), 0);
	return deleted ? gone : alive;
}

int64_t world_live(const struct model_type *type, bool deleted)
{
	return world_live_in(world.db, type, deleted);
}

/* Is it set? */
bool world_fact(const char *name, char *ret, size_t size)
{
	bool set;

	ck_assert_int_eq(
		records_fact_get(world.db, name, ret, size, &set, &world.err),
		0);
	return set;
}

/* The dirty groups, as they come: "E1,E2". Outside of a transaction. */
const char *world_dirty(void)
{
	static char names[256];
	char group[RECORDS_KEY_MAX];
	bool found = true;

	names[0] = '\0';
	world_begin();
	while (found) {
		ck_assert_int_eq(records_dirty_next(world.db, world_lines.name,
					 group, &found, &world.err),
			0);
		if (!found)
			break;
		if (names[0])
			strcat(names, ",");
		strcat(names, group);
		ck_assert_int_eq(records_dirty_clear(world.db, world_lines.name,
					 group, &world.err),
			0);
	}
	records_rollback(world.db);
	return names;
}

/* Derived, so to speak. Inside a transaction. */
void world_clear(const char *group)
{
	char next[RECORDS_KEY_MAX];
	bool found = false;

	ck_assert_int_eq(records_dirty_next(world.db, world_lines.name, next,
				 &found, &world.err),
		0);
	ck_assert(found);
	ck_assert_str_eq(next, group);
	ck_assert_int_eq(records_dirty_clear(
				 world.db, world_lines.name, group, &world.err),
		0);
}

/* One value, asked of the file as its owner would, on another connection. */
const char *world_ask(const char *sql)
{
	static char answer[256];
	sqlite3_stmt *statement;
	sqlite3 *owner;

	ck_assert_int_eq(
		sqlite3_open_v2(world.path, &owner, SQLITE_OPEN_READONLY, NULL),
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

void world_execute(const char *sql)
{
	sqlite3 *owner;

	ck_assert_int_eq(sqlite3_open(world.path, &owner), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(owner, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(owner);
}

struct model_record *world_entry(const char *id, int64_t cents)
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

enum record_change world_store(struct model_record *record)
{
	enum record_change change;
	int fail;

	fail = records_put(
		world.db, &model_journal_entries, record, &change, &world.err);
	ck_assert_msg(fail == 0, "%s", world.err.text);
	model_record_free(record);
	return change;
}

void world_put_bytes(const char *id, int64_t version, const char *raw)
{
	const char *values[] = { raw, NULL };
	struct feed_row row = { id, NULL, version, values, raw, strlen(raw) };
	enum feed_change change;

	ck_assert_int_eq(records_feed_put(world.db, &world_lines, &row, &change,
				 &world.err),
		0);
}

/* The bodies that the query gives, uncompressed. */
const char *world_bodies(const char *sql)
{
	static char text[4096];
	sqlite3_stmt *statement;
	sqlite3 *owner;
	size_t at = 0;

	ck_assert_int_eq(sqlite3_open(world.path, &owner), SQLITE_OK);
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

TCase *world_case(const char *name)
{
	TCase *tests = tcase_create(name);

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_set_timeout(tests, 60);
	return tests;
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

	fail = records_fact_number(in, "epoch", &epoch, &set, &world.err);
	if (!fail && (!set || epoch != 7))
		return 4;
	if (!fail)
		fail = records_stream_get(
			in, "TransactionLines", &state, &world.err);
	if (!fail && state.committed != 12)
		return 4;
	if (!fail)
		fail = records_names_each(
			in, "vat-ref", no_name, &named, &world.err);
	if (!fail && !named)
		return 4;
	if (!fail)
		fail = records_feed_count(in, &world_lines, &rows, &world.err);
	if (!fail && rows != 3)
		return 4;
	if (!fail)
		fail = records_count(
			in, &model_journal_entries, &rows, &gone, &world.err);
	return fail == FAIL_STORE ? 3 : fail ? 1 : 0;
}

int world_child_main(const char *what, const char *at)
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
	fail = records_open(&mine, at, RECORDS_WRITE, now, &world.err);
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
		fail = records_begin(mine, &world.err);
		if (fail == 0)
			fail = records_feed_put(
				mine, &world_lines, &row, &change, &world.err);
		if (fail == 0)
			fail = records_stream_set(
				mine, "lines", &state, &world.err);
		if (fail == 0)
			fail = records_commit(mine, &world.err);
		if (fail == FAIL_STORE &&
			strstr(world.err.text, "disk is full"))
			fail = records_feed_count(mine, &world_lines, &rows,
				       &world.err) == 0 &&
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
int world_child_doing(const char *what, const char *fault)
{
	pid_t pid;
	int status = -1;

	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)setenv("EXACT_FAULT", fault, 1);
		execl("/proc/self/exe", "check", what, world.path,
			(char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* … that writes one page. Its first commit is that of opening the file. */
int world_child_with(const char *fault)
{
	return world_child_doing("--page", fault);
}
#endif
