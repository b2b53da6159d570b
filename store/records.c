/*
 * Opening, closing, facts, and transactions.
 *
 * One process writes: it holds PATH.lock, a file of its own that the kernel
 * gives back after kill -9 too. Any number read at the same time (WAL). The
 * owner's own programs don't know that lock; one that holds the database is
 * waited for briefly (BUSY_MS), then named in the error.
 *
 *	begin -> puts … -> raw rows flushed -> change number kept
 *	      -> [records.commit] COMMIT [records.committed]
 *
 * A kill before COMMIT returns leaves the state before begin; after it, the
 * state after. With synchronous NORMAL a power cut may take the last
 * commits, rows and cursor alike: they are fetched again.
 */
#include "store/records_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"

#if EXACT_FAULTS
#define BUSY_MS 50 /* tests don't sleep; this only bridges a closing peer */
#else
#define BUSY_MS 2000
#endif

/* The canonical text of one record, for its hash. */
#define TEXT_MAX MODEL_RECORD_MAX

static const char *const fixed_sql[RECORDS_SQL_COUNT] = {
	[RECORDS_SQL_META_GET] = "SELECT value FROM meta WHERE name = ?1",
	[RECORDS_SQL_META_SET] = "INSERT INTO meta (name, value) VALUES (?1, "
				 "?2) ON CONFLICT (name) DO UPDATE SET value = "
				 "excluded.value",
	[RECORDS_SQL_DIRTY_ADD] = "INSERT OR IGNORE INTO dirty (feed, grp) "
				  "VALUES (?1, ?2)",
	[RECORDS_SQL_DIRTY_NEXT] = "SELECT grp FROM dirty WHERE feed = ?1 "
				   "ORDER BY grp LIMIT 1",
	[RECORDS_SQL_DIRTY_CLEAR] = "DELETE FROM dirty WHERE feed = ?1 AND "
				    "grp = ?2",
	[RECORDS_SQL_FRONTIER_GET] = "SELECT grp FROM frontiers WHERE feed = "
				     "?1",
	[RECORDS_SQL_FRONTIER_PUT] = "INSERT OR REPLACE INTO frontiers (feed, "
				     "grp) VALUES (?1, ?2)",
	[RECORDS_SQL_DELETION_PUT] =
		"INSERT INTO deletions (feed, key, version, learnt_ms) VALUES "
		"(?1, ?2, ?3, ?4) ON CONFLICT (feed, key) DO UPDATE SET "
		"version = max(version, excluded.version)",
	[RECORDS_SQL_DELETION_NEWEST] =
		"SELECT max(version) FROM deletions WHERE feed = ?1 AND key "
		"IN (?2, ?3)",
	[RECORDS_SQL_DELETION_ANY] =
		"SELECT EXISTS (SELECT 1 FROM deletions WHERE feed = ?1)",
	[RECORDS_SQL_CURSOR_GET] =
		"SELECT committed, run_high, next, finished_ms FROM cursors "
		"WHERE stream = ?1",
	[RECORDS_SQL_CURSOR_SET] =
		"INSERT OR REPLACE INTO cursors (stream, committed, run_high, "
		"next, finished_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
	[RECORDS_SQL_RAW_PUT] =
		"INSERT INTO raw_rows (entity, run, received_ms, rows, body) "
		"VALUES (?1, ?2, ?3, ?4, ?5)",
	[RECORDS_SQL_RUN_SAVE] =
		"INSERT INTO runs (run, stream, state, problem, calls, pages, "
		"rows, changed, deleted, began_ms, ended_ms) VALUES (?1, ?2, "
		"?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (run, "
		"stream) DO UPDATE SET state = excluded.state, problem = "
		"excluded.problem, calls = excluded.calls, pages = "
		"excluded.pages, rows = excluded.rows, changed = "
		"excluded.changed, deleted = excluded.deleted, began_ms = "
		"excluded.began_ms, ended_ms = excluded.ended_ms",
	/* A thousand runs of a stream are kept. */
	[RECORDS_SQL_RUN_PRUNE] =
		"DELETE FROM runs WHERE stream = ?1 AND seq <= (SELECT seq "
		"FROM runs WHERE stream = ?1 ORDER BY seq DESC LIMIT 1 OFFSET "
		"1000)",
	[RECORDS_SQL_FINDINGS_CLEAR] =
		"DELETE FROM findings WHERE type = ?1 AND id = ?2",
	[RECORDS_SQL_FINDING_PUT] =
		"INSERT INTO findings (type, id, position, check_id, error, "
		"text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
};

int records_trouble(struct records *records, int code, struct error *err)
{
	if (records->in_transaction)
		records->broken = true;
	return sql_trouble(records->db, records->path, code, err);
}

int records_prepare(struct records *records, const struct buf *text, bool again,
	sqlite3_stmt **ret, struct error *err)
{
	if (buf_failed(text))
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	return sql_prepare(
		records->db, records->path, text->data, again, ret, err);
}

int records_fixed(struct records *records, enum records_sql which,
	sqlite3_stmt **ret, struct error *err)
{
	int fail;

	if (records->fixed[which] == NULL) {
		fail = sql_prepare(records->db, records->path, fixed_sql[which],
			true, &records->fixed[which], err);
		if (fail != 0)
			return fail;
	}
	(void)sqlite3_reset(records->fixed[which]);
	(void)sqlite3_clear_bindings(records->fixed[which]);
	*ret = records->fixed[which];
	return 0;
}

int records_step(struct records *records, sqlite3_stmt *statement,
	bool *ret_row, struct error *err)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW) {
		*ret_row = true;
		return 0;
	}
	if (code == SQLITE_DONE) {
		(void)sqlite3_reset(statement);
		*ret_row = false;
		return 0;
	}
	code = records_trouble(records, code, err);
	(void)sqlite3_reset(statement);
	return code;
}

int records_done(
	struct records *records, sqlite3_stmt *statement, struct error *err)
{
	bool row = false;
	int fail = records_step(records, statement, &row, err);

	assert(fail != 0 || !row);
	return fail;
}

int records_writable(struct records *records, struct error *err)
{
	if (records->in_transaction)
		return 0;
	return error_set(err, FAIL_STOP,
		"%s: a write outside of a transaction (a bug of ours)",
		records->path);
}

/* ---- open and close --------------------------------------------------- */

static int take_lock(struct records *records, struct error *err)
{
	char path[PATH_MAX];
	int fail;

	if (strlen(records->path) + sizeof(".lock") > sizeof(path))
		return error_set(err, FAIL_STORE, "%s: the path is too long",
			records->path);
	strncpy(path, records->path, sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	strncat(path, ".lock", sizeof(path) - strlen(path) - 1);
	fail = file_lock(path, false, &records->lock_fd, err);
	return fail;
}

/* Made with mode 0600 before SQLite sees it; -wal and -shm take the mode
 * from it. An existing file isn't opened here: closing a descriptor would
 * drop the locks that another connection of this process holds. */
static int make_file(const char *path, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno == EEXIST)
		return 0;
	return error_set(
		err, FAIL_STORE, "%s can't be made: %s", path, strerror(errno));
}

/* A reader on a read-only file system has no room for the -shm file; when
 * no -wal is there to be read either, the file alone is everything. */
static int open_unchanging(struct records *records)
{
	struct buf uri;
	char wal[PATH_MAX];
	int code = SQLITE_CANTOPEN;

	if (strlen(records->path) + sizeof("-wal") > sizeof(wal))
		return code;
	strncpy(wal, records->path, sizeof(wal) - 1);
	wal[sizeof(wal) - 1] = '\0';
	strncat(wal, "-wal", sizeof(wal) - strlen(wal) - 1);
	if (access(wal, F_OK) == 0)
		return code;
	buf_init(&uri, PATH_MAX * 3);
	buf_puts(&uri, "file:");
	buf_put_percent(&uri, records->path, strlen(records->path));
	buf_puts(&uri, "?immutable=1");
	(void)sqlite3_close(records->db);
	records->db = NULL;
	if (!buf_failed(&uri))
		code = sqlite3_open_v2(uri.data, &records->db,
			SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
	buf_free(&uri);
	return code;
}

static int probe(struct records *records)
{
	return sqlite3_exec(records->db, "SELECT count(*) FROM sqlite_master",
		NULL, NULL, NULL);
}

static int open_database(struct records *records, struct error *err)
{
	/* There is one thread: no lock around each column that is read. */
	int flags = SQLITE_OPEN_NOMUTEX |
		    (records->writing ? SQLITE_OPEN_READWRITE
				      : SQLITE_OPEN_READONLY);
	int code = sqlite3_open_v2(records->path, &records->db, flags, NULL);

	if (code == SQLITE_OK) {
		(void)sqlite3_extended_result_codes(records->db, 1);
		(void)sqlite3_busy_timeout(records->db, BUSY_MS);
		code = probe(records);
	}
	if (!records->writing &&
		((code & 0xff) == SQLITE_CANTOPEN ||
			(code & 0xff) == SQLITE_READONLY) &&
		open_unchanging(records) == SQLITE_OK)
		code = probe(records);
	if (code != SQLITE_OK)
		return sql_trouble(records->db, records->path, code, err);
	return 0;
}

static int make_ready(struct records *records, struct error *err)
{
	bool fresh = false;
	int fail;

	fail = records_schema_check(records, &fresh, err);
	if (fail != 0)
		return fail;
	if (!records->writing) {
		if (fresh)
			return error_set(err, FAIL_STORE,
				"%s is empty: sync the company first",
				records->path);
		return 0;
	}
	fail = sql_execute(records->db, records->path,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		"PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
		"PRAGMA wal_autocheckpoint = 4000;" /* 16 MB, as below */
		"PRAGMA journal_size_limit = 16777216;"
		"PRAGMA cache_size = " RECORDS_CACHE,
		err);
	if (fail != 0)
		return fail;
	return records_schema_update(records, err);
}

int records_open(struct records **ret, const char *path, enum records_mode mode,
	const struct clock *clock, struct error *err)
{
	struct records *records = calloc(1, sizeof(*records));
	int fail;

	if (records == NULL)
		return error_set(err, FAIL_STOP, "%s: out of memory", path);
	buf_init(&records->text, TEXT_MAX);
	records->lock_fd = -1;
	records->clock = clock;
	records->writing = mode == RECORDS_WRITE;
	records->path = strdup(path);
	if (records->path == NULL) {
		fail = error_set(err, FAIL_STOP, "%s: out of memory", path);
		goto fail;
	}
	if (!records->writing && access(path, F_OK) != 0) {
		fail = error_set(err, FAIL_STORE,
			"%s: %s; a sync of the company makes it", path,
			strerror(errno));
		goto fail;
	}
	if (records->writing) {
		fail = take_lock(records, err);
		if (fail == 0)
			fail = make_file(path, err);
		if (fail != 0)
			goto fail;
	}
	fail = open_database(records, err);
	if (fail == 0)
		fail = make_ready(records, err);
	if (fail != 0)
		goto fail;
	*ret = records;
	return 0;
fail:
	records_close(records);
	return fail;
}

void records_close(struct records *records)
{
	size_t i;

	if (records == NULL)
		return;
	records_rollback(records);
	records_feed_free(records);
	records_dirty_free(records);
	records_plan_free(records);
	for (i = 0; i < RECORDS_SQL_COUNT; i++)
		(void)sqlite3_finalize(records->fixed[i]);
	(void)sqlite3_close(records->db);
	if (records->lock_fd >= 0)
		file_unlock(records->lock_fd);
	buf_free(&records->text);
	free(records->path);
	free(records);
}

/* ---- facts ------------------------------------------------------------ */

int records_meta_set(struct records *records, const char *name,
	const char *value, struct error *err)
{
	sqlite3_stmt *statement;
	int fail;

	if (strlen(value) > 1024)
		return error_set(err, FAIL_STOP,
			"%s: the value of %s is over 1 KiB", records->path,
			name);
	fail = records_fixed(records, RECORDS_SQL_META_SET, &statement, err);
	if (fail != 0)
		return fail;
	sql_bind_text(statement, 1, name);
	sql_bind_text(statement, 2, value);
	return records_done(records, statement, err);
}

bool records_meta_get(
	struct records *records, const char *name, char *ret, size_t size)
{
	sqlite3_stmt *statement;
	const char *text;
	bool row = false;
	bool fits = false;

	if (records_fixed(records, RECORDS_SQL_META_GET, &statement, NULL) != 0)
		return false;
	sql_bind_text(statement, 1, name);
	if (records_step(records, statement, &row, NULL) != 0 || !row)
		return false;
	text = sql_text(statement, 0);
	if (strlen(text) < size) {
		memcpy(ret, text, strlen(text) + 1);
		fits = true;
	}
	(void)sqlite3_reset(statement);
	return fits;
}

int64_t records_meta_number(struct records *records, const char *name)
{
	char text[32];

	if (!records_meta_get(records, name, text, sizeof(text)))
		return 0;
	return strtoll(text, NULL, 10);
}

void records_derived_by(struct records *records, int64_t version)
{
	records->derived_by = version;
}

/* ---- transactions ------------------------------------------------------ */

int records_begin(struct records *records, struct error *err)
{
	int fail;

	if (!records->writing || records->in_transaction)
		return error_set(err, FAIL_STOP,
			"%s: a transaction %s (a bug of ours)", records->path,
			records->writing ? "inside another"
					 : "on a file opened for reading");
	fail = sql_execute(records->db, records->path, "BEGIN IMMEDIATE", err);
	if (fail != 0)
		return fail;
	records->in_transaction = true;
	records->broken = false;
	records->change_number_before = records->change_number;
	return 0;
}

void records_rollback(struct records *records)
{
	if (!records->in_transaction)
		return;
	/* A full disk may have rolled back by itself already. */
	if (sqlite3_get_autocommit(records->db) == 0)
		(void)sqlite3_exec(records->db, "ROLLBACK", NULL, NULL, NULL);
	records->in_transaction = false;
	records->broken = false;
	records->change_number = records->change_number_before;
	records_feed_rolled_back(records);
	records_dirty_rolled_back(records);
}

static int keep_change_number(struct records *records, struct error *err)
{
	struct buf text;
	int fail;

	if (records->change_number == records->change_number_before)
		return 0;
	buf_init(&text, 32);
	buf_printf(&text, "%lld", (long long)records->change_number);
	fail = records_meta_set(records, "change_number", text.data, err);
	buf_free(&text);
	return fail;
}

static int pretend(struct records *records, struct error *err)
{
	int code = fault_fails("records.commit");

	switch (code) {
	case 0:
		return 0;
	case ENOSPC:
		return sql_trouble(
			records->db, records->path, SQLITE_FULL, err);
	case EROFS:
		return sql_trouble(
			records->db, records->path, SQLITE_READONLY, err);
	default:
		return sql_trouble(
			records->db, records->path, SQLITE_IOERR, err);
	}
}

int records_commit(struct records *records, struct error *err)
{
	int fail;

	fail = records_writable(records, err);
	if (fail != 0)
		return fail;
	if (records->broken) {
		fail = error_set(err, FAIL_STORE,
			"%s: an earlier write of this transaction failed, so "
			"all of it was rolled back",
			records->path);
		goto rollback;
	}
	fail = records_raw_flush(records, err);
	if (fail == 0)
		fail = records_dirty_flush(records, err);
	if (fail == 0)
		fail = keep_change_number(records, err);
	if (fail == 0)
		fail = pretend(records, err);
	if (fail == 0)
		fail = sql_execute(records->db, records->path, "COMMIT", err);
	if (fail != 0)
		goto rollback;
	records->in_transaction = false;
	records_feed_committed(records);
	fault_point("records.committed");
	return 0;
rollback:
	records_rollback(records);
	return fail;
}
