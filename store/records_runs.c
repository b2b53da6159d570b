/*
 * What runs did, and what was found in records: both are shown by `status`.
 */
#include "store/records_parts.h"

/* ---- runs -------------------------------------------------------------- */

int records_run_save(struct records *records, const struct run_stream *run,
	struct error *err)
{
	const int64_t numbers[] = { run->calls, run->pages, run->rows,
		run->changed, run->deleted, run->began_wall_ms,
		run->ended_wall_ms };
	sqlite3_stmt *save;
	size_t i;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_fixed(records, RECORDS_SQL_RUN_SAVE, &save, err);
	if (fail)
		return fail;
	sql_bind_text(save, 1, run->run);
	sql_bind_text(save, 2, run->stream);
	sql_bind_text(save, 3, run->state);
	sql_bind_text(save, 4, run->problem);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sql_bind_integer(save, (int)i + 5, numbers[i]);
	fail = records_done(records, save, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_RUN_PRUNE, &save, err);
	if (fail)
		return fail;
	sql_bind_text(save, 1, run->stream);
	return records_done(records, save, err);
}

static void read_run(sqlite3_stmt *rows, struct run_stream *ret)
{
	ret->run = sql_text(rows, 0);
	ret->stream = sql_text(rows, 1);
	ret->state = sql_text(rows, 2);
	ret->problem = (const char *)sqlite3_column_text(rows, 3);
	ret->calls = sqlite3_column_int64(rows, 4);
	ret->pages = sqlite3_column_int64(rows, 5);
	ret->rows = sqlite3_column_int64(rows, 6);
	ret->changed = sqlite3_column_int64(rows, 7);
	ret->deleted = sqlite3_column_int64(rows, 8);
	ret->began_wall_ms = sqlite3_column_int64(rows, 9);
	ret->ended_wall_ms = sqlite3_column_int64(rows, 10);
}

int records_run_each(struct records *records,
	int (*fn)(void *arg, const struct run_stream *run), void *arg,
	struct error *err)
{
	struct run_stream run;
	sqlite3_stmt *rows;
	bool more = false;
	int fail;

	fail = sql_prepare(records->db, records->path,
		"SELECT run, stream, state, problem, calls, pages, rows, "
		"changed, deleted, began_ms, ended_ms FROM runs WHERE seq IN "
		"(SELECT max(seq) FROM runs GROUP BY stream) ORDER BY stream",
		false, &rows, err);
	if (fail)
		return fail;
	for (;;) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		read_run(rows, &run);
		fail = fn(arg, &run);
		if (fail)
			break;
	}
	(void)sqlite3_finalize(rows);
	return fail;
}

/* ---- findings ---------------------------------------------------------- */

int records_findings_set(struct records *records, const char *type,
	const char *id, const struct finding *findings, size_t count,
	struct error *err)
{
	sqlite3_stmt *statement;
	size_t i;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_FINDINGS_CLEAR, &statement, err);
	if (fail)
		return fail;
	sql_bind_text(statement, 1, type);
	sql_bind_text(statement, 2, id);
	fail = records_done(records, statement, err);
	for (i = 0; !fail && i < count; i++) {
		fail = records_fixed(
			records, RECORDS_SQL_FINDING_PUT, &statement, err);
		if (fail)
			break;
		sql_bind_text(statement, 1, type);
		sql_bind_text(statement, 2, id);
		sql_bind_integer(statement, 3, (int64_t)i);
		sql_bind_text(statement, 4, findings[i].check);
		sql_bind_integer(statement, 5, findings[i].error);
		sql_bind_text(statement, 6, findings[i].text);
		fail = records_done(records, statement, err);
	}
	return fail;
}

int records_findings_each(struct records *records,
	int (*fn)(void *arg, const char *type, const char *id,
		const struct finding *finding),
	void *arg, struct error *err)
{
	struct finding finding;
	sqlite3_stmt *rows;
	bool more = false;
	int fail;

	fail = sql_prepare(records->db, records->path,
		"SELECT type, id, check_id, error, text FROM findings ORDER BY "
		"type, id, position",
		false, &rows, err);
	if (fail)
		return fail;
	for (;;) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		finding.check = sql_text(rows, 2);
		finding.error = sqlite3_column_int(rows, 3) != 0;
		finding.text = sql_text(rows, 4);
		fail = fn(arg, sql_text(rows, 0), sql_text(rows, 1), &finding);
		if (fail)
			break;
	}
	(void)sqlite3_finalize(rows);
	return fail;
}
