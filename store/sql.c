/*
 * SQLite, with sentences. A bind can only fail without memory or by our own
 * bug; the step that follows then fails too, and says so.
 */
#include "store/sql.h"

#include <sqlite3.h>
#include <string.h>

int sql_trouble(
	struct sqlite3 *db, const char *path, int code, struct error *err)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return error_set(err, FAIL_STOP, "%s: out of memory", path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, FAIL_STORE,
			"%s is locked by another program (an open sqlite3 "
			"shell?): close it and run again",
			path);
	case SQLITE_FULL:
		return error_set(err, FAIL_STORE,
			"%s: the disk is full: make room and run again", path);
	case SQLITE_READONLY:
		return error_set(err, FAIL_STORE,
			"%s can't be written: the file, its directory or the "
			"file system is read-only",
			path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(err, FAIL_STORE,
			"%s is damaged or no SQLite database: restore a "
			"backup, or move it away and sync again",
			path);
	case SQLITE_CANTOPEN:
		return error_set(err, FAIL_STORE,
			"%s can't be opened: check that it exists and who may "
			"read and write it and its directory",
			path);
	case SQLITE_IOERR:
		if (code == SQLITE_IOERR_WRITE)
			return error_set(err, FAIL_STORE,
				"%s: a write was refused: a limit on file "
				"sizes (ulimit -f), a quota, or a failing "
				"disk; remedy that and run again",
				path);
		return error_set(err, FAIL_STORE,
			"%s: the disk refused (%s, code %d)", path,
			sqlite3_errstr(code), code);
	default:
		return error_set(err, FAIL_STORE, "%s: %s", path,
			db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
	}
}

int sql_prepare(struct sqlite3 *db, const char *path, const char *text,
	bool again, struct sqlite3_stmt **ret, struct error *err)
{
	int code = sqlite3_prepare_v3(
		db, text, -1, again ? SQLITE_PREPARE_PERSISTENT : 0, ret, NULL);

	return code == SQLITE_OK ? 0 : sql_trouble(db, path, code, err);
}

int sql_execute(struct sqlite3 *db, const char *path, const char *text,
	struct error *err)
{
	int code = sqlite3_exec(db, text, NULL, NULL, NULL);

	if (code == SQLITE_OK)
		return 0;
	return sql_trouble(db, path, sqlite3_extended_errcode(db), err);
}

void sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text)
{
	if (!text)
		(void)sqlite3_bind_null(statement, at);
	else
		(void)sqlite3_bind_text64(statement, at, text, strlen(text),
			SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bind_integer(struct sqlite3_stmt *statement, int at, int64_t value)
{
	(void)sqlite3_bind_int64(statement, at, value);
}

const char *sql_text(struct sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? (const char *)text : "";
}
