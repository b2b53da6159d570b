/*
 * The indexes that queries walk, one for each `indexed` field of the model:
 *
 *	CREATE INDEX invoices_by_issue_date
 *	ON invoices_all (rtrim("issue_date", 'Z'))
 *
 * The key, id, follows by itself, since the tables are WITHOUT ROWID: an
 * index is in order of the value and then of the id. Each is a transaction of its
 * own, so that a run that is killed leaves what it has made.
 *
 * Ids are random, so an index that is kept up during a first load dirties a
 * page for each record. They are made at the end of a run instead, for every
 * data type that has got records; a file whose first load never ended has
 * none, and its queries sort.
 */
#include "store/records_parts.h"

#include <string.h>

#include "store/records_query_sql.h"

static int any_row(struct records *records, const struct model_type *type,
	bool *ret, struct error *err)
{
	sqlite3_stmt *look;
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_puts(&text, "SELECT 1 FROM \"");
	model_ddl_name(&type->table, &text);
	buf_puts(&text, "\" LIMIT 1");
	fail = records_prepare(records, &text, false, &look, err);
	buf_free(&text);
	if (fail)
		return fail;
	fail = records_step(records, look, ret, err);
	(void)sqlite3_finalize(look);
	return fail;
}

int query_index_there(
	struct records *records, const char *name, bool *ret, struct error *err)
{
	sqlite3_stmt *look;
	int fail;

	fail = sql_prepare(records->db, records->path,
		"SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = "
		"?1",
		false, &look, err);
	if (fail)
		return fail;
	sql_bind_text(look, 1, name);
	fail = records_step(records, look, ret, err);
	(void)sqlite3_finalize(look);
	return fail;
}

static int make(
	struct records *records, const struct buf *text, struct error *err)
{
	int fail;

	if (buf_failed(text))
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	fail = records_begin(records, err);
	if (fail)
		return fail;
	fail = records_index_make(records, text->data, err);
	if (!fail)
		return records_commit(records, err);
	records_rollback(records);
	return fail;
}

static int make_missing(struct records *records, const struct model_type *type,
	int field, struct error *err)
{
	struct buf name, text;
	bool there = false;
	int fail;

	buf_init(&name, 256);
	buf_init(&text, 4096);
	query_sql_index_name(type, field, &name);
	buf_printf(&text, "CREATE INDEX \"%s\" ON \"", name.data);
	model_ddl_name(&type->table, &text);
	buf_puts(&text, "\" (");
	query_sql_field(type, field, QUERY_BY_INDEX, &text);
	buf_putc(&text, ')');
	text.failed |= buf_failed(&name);
	fail = query_index_there(records, name.data, &there, err);
	if (!fail && !there)
		fail = make(records, &text, err);
	buf_free(&text);
	buf_free(&name);
	return fail;
}

int records_query_index(struct records *records, struct error *err)
{
	const struct model_type *const *type;
	int fail = 0;

	for (type = model_types; !fail && *type; type++) {
		bool filled = false;

		fail = any_row(records, *type, &filled, err);
		for (size_t i = 0; !fail && filled && i < (*type)->table.count;
			i++) {
			if ((*type)->table.fields[i].indexed)
				fail = make_missing(
					records, *type, (int)i, err);
		}
	}
	return fail;
}
