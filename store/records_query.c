/*
 * Rows out: the plan's statements one after the other, each record with its
 * children, all in one read transaction.
 *
 *	walked   SELECT fields … INDEXED BY … ORDER BY …      → records
 *	sorted   SELECT id … ORDER BY …  → id → SELECT fields WHERE id = ?
 */
#include "store/records_query.h"

#include <sqlite3.h>

#include "store/records_parts.h"
#include "store/records_query_plan.h"

struct run {
	struct records *records;
	const struct records_query *query;
	struct records_rows rows;
	sqlite3_stmt *parts[QUERY_PARTS_MAX];
	sqlite3_stmt *one; /* a record by its id; NULL unless sorted */
	int (*fn)(void *arg, const struct records_found *found);
	void *arg;
	int64_t count;
	int64_t last_change;
	struct error *err;
};

static int prepare_ids(
	struct run *run, const struct query_sql *part, sqlite3_stmt **ret)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 17);
	buf_puts(&text, "SELECT \"id\" FROM \"");
	model_ddl_name(&run->query->type->table, &text);
	buf_printf(&text, "\"%s", part->text.data);
	fail = records_prepare(run->records, &text, false, ret, run->err);
	buf_free(&text);
	return fail;
}

static int prepare(struct run *run, const struct query_plan *plan)
{
	int fail = 0;

	if (plan->sorted)
		fail = records_rows_select(
			&run->rows, " WHERE \"id\" = ?1", &run->one, run->err);
	for (int i = 0; !fail && i < plan->count; i++) {
		const struct query_sql *part = &plan->parts[i];

		if (buf_failed(&part->text))
			fail = error_set(run->err, FAIL_STOP, "out of memory");
		else if (plan->sorted)
			fail = prepare_ids(run, part, &run->parts[i]);
		else
			fail = records_rows_select(&run->rows, part->text.data,
				&run->parts[i], run->err);
		if (!fail)
			query_sql_bind(part, run->parts[i]);
	}
	return fail;
}

/* The record that a statement stands on, or that its id names. */
static int take(struct run *run, sqlite3_stmt *part)
{
	struct records_found found = { 0 };
	sqlite3_stmt *top = part;
	bool row = true;
	int fail = 0;

	if (run->one) {
		top = run->one;
		sql_bind_text(top, 1, sql_text(part, 0));
		fail = records_step(run->records, top, &row, run->err);
		if (!fail && !row)
			fail = records_trouble(
				run->records, SQLITE_CORRUPT, run->err);
	}
	if (!fail)
		fail = records_rows_read(&run->rows, top, &found.record,
			&found.change_number, run->err);
	if (!fail) {
		run->count++;
		run->last_change = found.change_number;
		fail = run->fn(run->arg, &found);
		model_record_free(found.record);
	}
	if (run->one)
		(void)sqlite3_reset(run->one);
	return fail;
}

static bool is_full(const struct run *run)
{
	return run->query->limit > 0 && run->count >= run->query->limit;
}

static int walk(struct run *run, sqlite3_stmt *part)
{
	bool more = true;
	int fail = 0;

	while (!fail && !is_full(run)) {
		fail = records_step(run->records, part, &more, run->err);
		if (fail || !more)
			return fail;
		fail = take(run, part);
	}
	return fail;
}

static int run_plan(struct run *run)
{
	struct query_plan plan = { 0 };
	int fail;

	fail = query_plan_make(run->records, run->query, &plan, run->err);
	if (!fail)
		fail = prepare(run, &plan);
	if (fail && fail != FAIL_USAGE && !run->records->writing)
		fail = records_schema_is_older(run->records, fail, run->err);
	for (int i = 0; !fail && i < plan.count; i++)
		fail = walk(run, run->parts[i]);
	for (int i = 0; i < plan.count; i++)
		(void)sqlite3_finalize(run->parts[i]);
	(void)sqlite3_finalize(run->one);
	query_plan_free(&plan);
	return fail;
}

/* ---- one state of the file -------------------------------------------------- */

/* Inside the writer's transaction, or another query's, there is one already. */
static int hold(struct records *records, bool *ret, struct error *err)
{
	bool alone = sqlite3_get_autocommit(records->db) != 0;
	int fail = 0;

	if (alone)
		fail = sql_execute(records->db, records->path, "BEGIN", err);
	if (!fail)
		*ret = alone;
	return fail;
}

static void release(struct records *records, bool held)
{
	/* Nothing was written: whether it ends well makes no difference. */
	if (held)
		(void)sqlite3_exec(records->db, "COMMIT", NULL, NULL, NULL);
}

static int file_change(struct records *records, int64_t *ret, struct error *err)
{
	int64_t newest = records->change_number;
	bool set;
	int fail = 0;

	if (!records->writing) {
		newest = 0;
		fail = records_fact_number(
			records, "change_number", &newest, &set, err);
	}
	if (!fail)
		*ret = newest;
	return fail;
}

static int check_since(
	const struct records_query *query, int64_t newest, struct error *err)
{
	if (!query->changed || query->changed_since <= newest)
		return 0;
	return error_set(err, FAIL_USAGE,
		"change number %lld was never reached: the last one is %lld, "
		"so the company's file was made anew. Read all records of %s "
		"again, without a change number",
		(long long)query->changed_since, (long long)newest,
		query->type->name);
}

int records_query_each(struct records *records,
	const struct records_query *query,
	int (*fn)(void *arg, const struct records_found *found), void *arg,
	int64_t *ret_change, struct error *err)
{
	struct run run = {
		.records = records,
		.query = query,
		.fn = fn,
		.arg = arg,
		.err = err,
	};
	int64_t newest = 0;
	bool held = false;
	int fail;

	fail = hold(records, &held, err);
	if (fail)
		return fail;
	fail = records_rows_open(records, query->type, &run.rows, err);
	if (fail) {
		if (!records->writing)
			fail = records_schema_is_older(records, fail, err);
		goto release;
	}
	fail = file_change(records, &newest, err);
	if (!fail)
		fail = check_since(query, newest, err);
	if (!fail)
		fail = run_plan(&run);
	records_rows_close(&run.rows);
	if (!fail)
		*ret_change = query->changed && query->order < 0 &&
					      is_full(&run)
				      ? run.last_change
				      : newest;
release:
	release(records, held);
	return fail;
}

/* ---- all records, and how many ---------------------------------------------- */

struct plain {
	int (*fn)(void *arg, struct model_record *record);
	void *arg;
};

static int pass_record(void *arg, const struct records_found *found)
{
	struct plain *plain = arg;

	return plain->fn(plain->arg, found->record);
}

int records_each(struct records *records, const struct model_type *type,
	int (*fn)(void *arg, struct model_record *record), void *arg,
	struct error *err)
{
	struct plain plain = { fn, arg };
	struct records_query query;
	int64_t change;

	records_query_init(&query, type);
	return records_query_each(
		records, &query, pass_record, &plain, &change, err);
}

int records_query_total(struct records *records,
	const struct records_query *query, int64_t *ret, struct error *err)
{
	sqlite3_stmt *count = NULL;
	struct query_sql sql;
	bool row = false;
	int fail;

	query_sql_init(&sql);
	buf_puts(&sql.text, "SELECT count(*) FROM \"");
	model_ddl_name(&query->type->table, &sql.text);
	buf_putc(&sql.text, '"');
	query_plan_where(query, &sql);
	fail = records_prepare(records, &sql.text, false, &count, err);
	if (!fail) {
		query_sql_bind(&sql, count);
		fail = records_step(records, count, &row, err);
		if (!fail)
			*ret = sqlite3_column_int64(count, 0);
		(void)sqlite3_finalize(count);
	}
	query_sql_free(&sql);
	return fail;
}

/* ---- what SQLite makes of it -------------------------------------------------- */

static int explain(struct records *records, sqlite3_stmt *statement,
	struct buf *ret, struct error *err)
{
	sqlite3_stmt *rows;
	struct buf text;
	bool more = true;
	int fail;

	buf_printf(ret, "%s\n", sqlite3_sql(statement));
	buf_init(&text, 1 << 18);
	buf_printf(&text, "EXPLAIN QUERY PLAN %s", sqlite3_sql(statement));
	fail = records_prepare(records, &text, false, &rows, err);
	buf_free(&text);
	if (fail)
		return fail;
	while (!fail) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		buf_printf(ret, "  %s\n", sql_text(rows, 3));
	}
	(void)sqlite3_finalize(rows);
	return fail;
}

int records_query_explain(struct records *records,
	const struct records_query *query, struct buf *ret, struct error *err)
{
	struct run run = { .records = records, .query = query, .err = err };
	struct query_plan plan = { 0 };
	int fail;

	fail = records_rows_open(records, query->type, &run.rows, err);
	if (fail)
		return fail;
	fail = query_plan_make(records, query, &plan, err);
	if (!fail)
		fail = prepare(&run, &plan);
	for (int i = 0; !fail && i < plan.count; i++)
		fail = explain(records, run.parts[i], ret, err);
	for (int i = 0; i < plan.count; i++)
		(void)sqlite3_finalize(run.parts[i]);
	(void)sqlite3_finalize(run.one);
	query_plan_free(&plan);
	records_rows_close(&run.rows);
	return fail;
}
