/*
 * The connection: statements, steps, and the column lists of tables. Every
 * other file of `records` stands on this one; this one calls none of them.
 */
#include "store/records_parts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/fault.h"

#define COLUMNS_MAX (1u << 20)

static const char *const fixed_sql[RECORDS_SQL_COUNT] = {
	[RECORDS_SQL_FACT_GET] = "SELECT value FROM _facts WHERE name = ?1",
	[RECORDS_SQL_FACT_SET] = "INSERT INTO _facts (name, value) VALUES "
				 "(?1, ?2) ON CONFLICT (name) DO UPDATE SET "
				 "value = excluded.value",
	[RECORDS_SQL_FACT_UNSET] = "DELETE FROM _facts WHERE name = ?1",
	[RECORDS_SQL_NAME_SET] =
		"INSERT INTO _names (list, key, text) VALUES (?1, ?2, ?3) ON "
		"CONFLICT (list, key) DO UPDATE SET text = excluded.text",
	[RECORDS_SQL_NAMES] =
		"SELECT key, text FROM _names WHERE list = ?1 ORDER BY key",
	[RECORDS_SQL_COUNT_GET] =
		"SELECT live, gone FROM _counts WHERE name = ?1",
	[RECORDS_SQL_COUNT_SET] =
		"INSERT INTO _counts (name, live, gone) VALUES (?1, ?2, ?3) "
		"ON CONFLICT (name) DO UPDATE SET live = excluded.live, gone "
		"= excluded.gone",
	[RECORDS_SQL_DIRTY_ADD] = "INSERT OR IGNORE INTO _dirty (feed, grp) "
				  "VALUES (?1, ?2)",
	[RECORDS_SQL_DIRTY_NEXT] = "SELECT grp FROM _dirty WHERE feed = ?1 "
				   "ORDER BY grp LIMIT 1",
	[RECORDS_SQL_DIRTY_CLEAR] = "DELETE FROM _dirty WHERE feed = ?1 AND "
				    "grp = ?2",
	[RECORDS_SQL_FRONTIER_GET] = "SELECT grp FROM _frontiers WHERE feed = "
				     "?1",
	[RECORDS_SQL_FRONTIER_PUT] = "INSERT OR REPLACE INTO _frontiers (feed, "
				     "grp) VALUES (?1, ?2)",
	[RECORDS_SQL_DELETION_PUT] =
		"INSERT INTO _deletions (feed, key, version, learnt_ms) VALUES "
		"(?1, ?2, ?3, ?4) ON CONFLICT (feed, key) DO UPDATE SET "
		"version = max(version, excluded.version)",
	[RECORDS_SQL_DELETION_NEWEST] =
		"SELECT max(version) FROM _deletions WHERE feed = ?1 AND key "
		"IN (?2, ?3)",
	[RECORDS_SQL_DELETION_ANY] =
		"SELECT EXISTS (SELECT 1 FROM _deletions WHERE feed = ?1)",
	[RECORDS_SQL_STREAM_GET] =
		"SELECT committed, run_high, next, finished_ms, overlap, past, "
		"mark, mark_ms, asked_ms, owes_sweep, selection, began_ms, "
		"swept_ms, doubt, followed_feed, followed_deletions, "
		"followed_accounts, wanted, heard_ms "
		"FROM _streams WHERE stream = ?1",
	[RECORDS_SQL_STREAM_SET] =
		"INSERT OR REPLACE INTO _streams (committed, run_high, next, "
		"finished_ms, overlap, past, mark, mark_ms, asked_ms, "
		"owes_sweep, selection, began_ms, swept_ms, doubt, "
		"followed_feed, followed_deletions, followed_accounts, wanted, "
		"heard_ms, stream) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
		"?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	[RECORDS_SQL_HISTORY_PUT] =
		"INSERT INTO _raw_history (feed, replaced_ms, rows, body) "
		"VALUES (?1, ?2, ?3, ?4)",
	[RECORDS_SQL_HISTORY_NEWEST] =
		"SELECT batch, rows, replaced_ms FROM _raw_history WHERE feed "
		"= ?1 ORDER BY batch DESC",
	[RECORDS_SQL_HISTORY_PRUNE] =
		"DELETE FROM _raw_history WHERE feed = ?1 AND batch <= ?2",
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

/* ---- statements -------------------------------------------------------- */

int records_trouble(struct records *records, int code, struct error *err)
{
	if (records->in_transaction)
		records->broken = true;
	return sql_trouble(records->db, records->path, code, err);
}

int records_no_memory(struct records *records, struct error *err)
{
	return error_set(err, FAIL_STOP, "%s: out of memory", records->path);
}

int records_prepare(struct records *records, const struct buf *text, bool again,
	sqlite3_stmt **ret, struct error *err)
{
	if (buf_failed(text))
		return records_no_memory(records, err);
	return sql_prepare(
		records->db, records->path, text->data, again, ret, err);
}

int records_fixed(struct records *records, enum records_sql which,
	sqlite3_stmt **ret, struct error *err)
{
	int fail;

	if (!records->fixed[which]) {
		fail = sql_prepare(records->db, records->path, fixed_sql[which],
			true, &records->fixed[which], err);
		if (fail)
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
	int fail;

	if (code == SQLITE_ROW) {
		*ret_row = true;
		return 0;
	}
	if (code == SQLITE_DONE) {
		(void)sqlite3_reset(statement);
		*ret_row = false;
		return 0;
	}
	fail = records_trouble(records, code, err);
	(void)sqlite3_reset(statement);
	return fail;
}

int records_done(
	struct records *records, sqlite3_stmt *statement, struct error *err)
{
	bool row = false;
	int fail = records_step(records, statement, &row, err);

	assert(fail || !row);
	return fail;
}

int records_execute(
	struct records *records, const struct buf *text, struct error *err)
{
	int fail;

	if (buf_failed(text))
		fail = records_no_memory(records, err);
	else
		fail = sql_execute(records->db, records->path, text->data, err);
	if (fail)
		records->broken = records->in_transaction;
	return fail;
}

int records_number(struct records *records, const char *text, int64_t *ret,
	struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	int fail;

	fail = sql_prepare(
		records->db, records->path, text, false, &statement, err);
	if (fail)
		return fail;
	fail = records_step(records, statement, &row, err);
	if (!fail)
		*ret = row ? sqlite3_column_int64(statement, 0) : 0;
	(void)sqlite3_finalize(statement);
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

static int injected(struct records *records, int cause, struct error *err)
{
	switch (cause) {
	case 0:
		return 0;
	case ENOSPC:
		return records_trouble(records, SQLITE_FULL, err);
	case EROFS:
		return records_trouble(records, SQLITE_READONLY, err);
	default:
		return records_trouble(records, SQLITE_IOERR, err);
	}
}

int records_injected_commit(struct records *records, struct error *err)
{
	return injected(records, fault_fails("records.commit"), err);
}

int records_injected_read(struct records *records, struct error *err)
{
	return injected(records, fault_read_fails("records.read"), err);
}

/* ---- columns ------------------------------------------------------------ */

int records_columns_read(struct records *records, const char *table,
	struct records_columns *ret, struct error *err)
{
	sqlite3_stmt *statement;
	bool more = false;
	int fail;

	buf_init(&ret->names, COLUMNS_MAX);
	ret->count = 0;
	fail = sql_prepare(records->db, records->path,
		"SELECT name FROM pragma_table_xinfo(?1)", false, &statement,
		err);
	if (fail)
		return fail;
	sql_bind_text(statement, 1, table);
	for (;;) {
		const char *name;

		fail = records_step(records, statement, &more, err);
		if (fail || !more)
			break;
		name = sql_text(statement, 0);
		buf_append(&ret->names, name, strlen(name) + 1);
		ret->count++;
	}
	(void)sqlite3_finalize(statement);
	if (!fail && buf_failed(&ret->names))
		fail = records_no_memory(records, err);
	if (fail)
		records_columns_free(ret);
	return fail;
}

bool records_columns_have(
	const struct records_columns *columns, const char *name)
{
	const char *at = columns->names.data;

	for (size_t i = 0; i < columns->count; i++, at += strlen(at) + 1) {
		if (!strcasecmp(at, name))
			return true;
	}
	return false;
}

void records_columns_free(struct records_columns *columns)
{
	buf_free(&columns->names);
	columns->count = 0;
}
