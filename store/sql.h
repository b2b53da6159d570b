/*
 * The few lines every user of SQLite writes again and again: prepare, bind,
 * step, and the sentence that tells a person what a result code means.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

/* What happened to the file and what to do. FAIL_STORE, or FAIL_STOP without
 * memory. */
int sql_trouble(
	struct sqlite3 *db, const char *path, int code, struct error *err);
/* `again`: the statement will be kept for many uses. */
int sql_prepare(struct sqlite3 *db, const char *path, const char *text,
	bool again, struct sqlite3_stmt **ret, struct error *err) MUST_CHECK;
int sql_execute(struct sqlite3 *db, const char *path, const char *text,
	struct error *err) MUST_CHECK;
/* NULL binds null; the text is the caller's until the statement is reset. */
void sql_bind_text(struct sqlite3_stmt *statement, int at, const char *text);
void sql_bind_integer(struct sqlite3_stmt *statement, int at, int64_t value);
/* "" for null. */
const char *sql_text(struct sqlite3_stmt *statement, int column);

#endif
