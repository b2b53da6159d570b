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

static int update_schema(struct records *records, void *arg, struct error *err)
{
	const int64_t *version = arg;

	return records_schema_update(records, *version, err);
}

static int make_ready(struct records *records, struct error *err)
{
	int64_t version = 0;
	int64_t number = 0;
	bool set;
	int fail;

	fail = records_schema_check(records, &version, err);
	if (fail)
		return fail;
	if (!records->writing) {
		if (!version)
			return error_set(err, FAIL_STORE,
				"%s is empty: sync the company first",
				records->path);
		return version < 3 ? records_upgrade_views(records, err) : 0;
	}
	fail = sql_execute(records->db, records->path,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		"PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
		"PRAGMA wal_autocheckpoint = 4000;" /* 16 MB, as below */
		"PRAGMA journal_size_limit = 16777216;"
		"PRAGMA cache_size = " RECORDS_CACHE,
		err);
	if (!fail)
		fail = records_transaction(
			records, update_schema, &version, err);
	if (!fail)
		fail = records_fact_number(
			records, "change_number", &number, &set, err);
	if (!fail)
		records->change_number = number;
	return fail;
}

int records_open(struct records **ret, const char *path, enum records_mode mode,
	const struct clock *clock, struct error *err)
{
	struct records *records = calloc(1, sizeof(*records));
	int fail;

	if (!records)
		return error_set(err, FAIL_STOP, "%s: out of memory", path);
	buf_init(&records->text, TEXT_MAX);
	records->lock_fd = -1;
	records->clock = clock;
	records->writing = mode == RECORDS_WRITE;
	records->path = strdup(path);
	if (!records->path) {
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
		if (!fail)
			fail = make_file(path, err);
		if (fail)
			goto fail;
	}
	fail = open_database(records, err);
	if (!fail)
		fail = make_ready(records, err);
	if (fail)
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

	if (!records)
		return;
	records_rollback(records);
	records_feed_free(records);
	records_dirty_free(records);
	records_plan_free(records);
	records_counts_free(records);
	records_raw_close(records);
	for (i = 0; i < RECORDS_SQL_COUNT; i++)
		(void)sqlite3_finalize(records->fixed[i]);
	(void)sqlite3_close(records->db);
	if (records->lock_fd >= 0)
		file_unlock(records->lock_fd);
	buf_free(&records->text);
	free(records->path);
	free(records);
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
	if (fail)
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
	if (!sqlite3_get_autocommit(records->db))
		(void)sqlite3_exec(records->db, "ROLLBACK", NULL, NULL, NULL);
	records->in_transaction = false;
	records->broken = false;
	records->change_number = records->change_number_before;
	records_feed_rolled_back(records);
	records_dirty_rolled_back(records);
	records_counts_rolled_back(records);
}

/* Everything that the parts keep in memory. Raw rows come first: their history
 * asks for counts. */
static int flush(struct records *records, struct error *err)
{
	int fail = records_raw_flush(records, err);

	if (!fail)
		fail = records_dirty_flush(records, err);
	if (!fail)
		fail = records_counts_flush(records, err);
	if (!fail && records->change_number != records->change_number_before)
		fail = records_fact_set_number(
			records, "change_number", records->change_number, err);
	return fail;
}

int records_commit(struct records *records, struct error *err)
{
	int fail;

	fail = records_writable(records, err);
	if (fail)
		return fail;
	if (records->broken)
		fail = error_set(err, FAIL_STORE,
			"%s: an earlier write of this transaction failed, so "
			"all of it was rolled back",
			records->path);
	if (!fail)
		fail = flush(records, err);
	if (!fail)
		fail = records_injected_commit(records, err);
	if (!fail)
		fail = sql_execute(records->db, records->path, "COMMIT", err);
	if (fail) {
		records_rollback(records);
		return fail;
	}
	records->in_transaction = false;
	records_feed_committed(records);
	fault_point("records.committed");
	return 0;
}

int records_transaction(struct records *records,
	int (*work)(struct records *records, void *arg, struct error *err),
	void *arg, struct error *err)
{
	int fail = records_begin(records, err);

	if (fail)
		return fail;
	fail = work(records, arg, err);
	if (!fail)
		return records_commit(records, err);
	records_rollback(records);
	return fail;
}
