/*
 * Records out, one at a time: a statement over the top table gives records in
 * any order, and for each record one look-up a child table brings all its
 * children, which are hung in by their key path:
 *
 *	journal_entry_line_record_refs  line_index 1, record_ref_index 0
 *	-> record.lines[1] gets a record ref
 *
 * A stored record always has its arrays: one that was absent when it was put
 * comes back empty. The statement over the top table, while it is read, holds
 * one state of the file for the look-ups too.
 */
#include "store/records_parts.h"

#include <string.h>

static void put_columns(
	const struct model_table *shape, bool first, struct buf *text)
{
	struct buf name;

	buf_init(&name, 256);
	for (size_t i = 0; i < shape->count; i++) {
		buf_reset(&name);
		if (!model_column(
			    &shape->fields[i], MODEL_SQLITE, 0, &name, NULL))
			continue;
		buf_printf(text, "%s\"%s\"", first ? "" : ", ", name.data);
		first = false;
	}
	buf_free(&name);
}

/* The children of one record of the table. */
static int prepare_children(
	struct records_rows *rows, size_t at, struct error *err)
{
	struct records_table *table = &rows->plan->tables[at];
	const struct model_table *shape = table->path[table->depth];
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	buf_puts(&text, "SELECT ");
	model_ddl_key(table->path, table->depth, &text);
	put_columns(shape, false, &text);
	buf_puts(&text, " FROM \"");
	model_ddl_name(shape, &text);
	buf_printf(&text, "\" WHERE \"%s_id\" = ?1 ORDER BY ",
		table->path[0]->row);
	model_ddl_key(table->path, table->depth, &text);
	fail = records_prepare(
		rows->records, &text, false, &rows->children[at], err);
	buf_free(&text);
	return fail;
}

static void read_fields(sqlite3_stmt *row, int at, struct model_record *record)
{
	const struct model_table *table = model_record_table(record);
	int64_t number;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind == MODEL_CHILDREN) {
			model_set_no_children(record, (int)i);
			continue;
		}
		number = sqlite3_column_int64(row, at);
		if (sqlite3_column_type(row, at) == SQLITE_NULL) {
			at++;
			continue;
		}
		switch (table->fields[i].kind) {
		case MODEL_TEXT:
		case MODEL_ENUM:
		case MODEL_MOMENT:
			model_set_text(record, (int)i, sql_text(row, at));
			break;
		case MODEL_MONEY:
			model_set_money(record, (int)i, number);
			break;
		case MODEL_RATE:
			model_set_rate(record, (int)i, number);
			break;
		case MODEL_INTEGER:
			model_set_integer(record, (int)i, number);
			break;
		case MODEL_BOOLEAN:
			model_set_boolean(record, (int)i, number != 0);
			break;
		case MODEL_CHILDREN:
			break;
		}
		at++;
	}
}

/* The parent that a child row's indexes name; NULL when it isn't there. */
static struct model_record *parent_of(sqlite3_stmt *row,
	const struct records_table *table, struct model_record *record)
{
	int64_t index;
	size_t level;

	for (level = 0; level + 1 < table->depth; level++) {
		index = sqlite3_column_int64(row, (int)level + 1);
		if (index < 0 ||
			(uint64_t)index >=
				model_child_count(record, table->steps[level]))
			return NULL;
		record = model_child(
			record, table->steps[level], (size_t)index);
	}
	return record;
}

static int read_children(struct records_rows *rows, size_t at, const char *id,
	struct model_record *record, struct error *err)
{
	const struct records_table *table = &rows->plan->tables[at];
	sqlite3_stmt *row = rows->children[at];
	struct model_record *parent;
	struct model_record *child;
	bool more = false;
	int fail;

	sql_bind_text(row, 1, id);
	for (;;) {
		fail = records_step(rows->records, row, &more, err);
		if (fail || !more)
			return fail;
		parent = parent_of(row, table, record);
		if (!parent) {
			(void)sqlite3_reset(row);
			return records_trouble(
				rows->records, SQLITE_CORRUPT, err);
		}
		child = model_add_child(parent, table->steps[table->depth - 1]);
		if (child)
			read_fields(row, (int)table->depth + 1, child);
	}
}

int records_rows_read(struct records_rows *rows, sqlite3_stmt *top,
	struct model_record **ret, int64_t *ret_change, struct error *err)
{
	struct model_record *record = model_record_new(rows->plan->type);
	size_t i;
	int fail = 0;

	if (!record)
		return records_no_memory(rows->records, err);
	read_fields(top, 0, record);
	for (i = 1; !fail && i < rows->plan->count; i++)
		fail = read_children(rows, i, sql_text(top, 0), record, err);
	if (!fail && model_record_failed(record))
		fail = records_no_memory(rows->records, err);
	if (fail) {
		model_record_free(record);
		return fail;
	}
	*ret = record;
	*ret_change = sqlite3_column_int64(top, sqlite3_column_count(top) - 1);
	return 0;
}

int records_rows_select(struct records_rows *rows, const char *tail,
	sqlite3_stmt **ret, struct error *err)
{
	const struct model_table *shape = &rows->plan->type->table;
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	buf_puts(&text, "SELECT ");
	put_columns(shape, true, &text);
	buf_puts(&text, ", \"change_number\" FROM \"");
	model_ddl_name(shape, &text);
	buf_printf(&text, "\"%s", tail);
	fail = records_prepare(rows->records, &text, false, ret, err);
	buf_free(&text);
	return fail;
}

int records_rows_open(struct records *records, const struct model_type *type,
	struct records_rows *ret, struct error *err)
{
	struct records_rows rows = { .records = records };
	size_t i;
	int fail;

	fail = records_plan_get(records, type, &rows.plan, err);
	if (fail)
		return fail;
	for (i = 1; !fail && i < rows.plan->count; i++)
		fail = prepare_children(&rows, i, err);
	if (fail)
		records_rows_close(&rows);
	else
		*ret = rows;
	return fail;
}

void records_rows_close(struct records_rows *rows)
{
	for (size_t i = 1; i < rows->plan->count; i++)
		(void)sqlite3_finalize(rows->children[i]);
}

static int prepare_head(
	struct records *records, struct records_plan *plan, struct error *err)
{
	const struct model_table *shape = &plan->type->table;
	struct buf text;
	int fail;

	buf_init(&text, 1 << 16);
	buf_puts(&text, "SELECT ");
	put_columns(shape, true, &text);
	buf_puts(&text, " FROM \"");
	model_ddl_name(shape, &text);
	buf_printf(&text, "\" WHERE \"id\" = ?1 AND NOT \"%s\"",
		shape->fields[plan->type->is_deleted].column);
	fail = records_prepare(records, &text, true, &plan->head, err);
	buf_free(&text);
	return fail;
}

int records_get(struct records *records, const struct model_type *type,
	const char *id, struct model_record **ret, struct error *err)
{
	struct model_record *record = NULL;
	struct records_plan *plan;
	bool row = false;
	int fail;

	fail = records_plan_get(records, type, &plan, err);
	if (!fail && !plan->head)
		fail = prepare_head(records, plan, err);
	if (fail)
		return fail;
	sql_bind_text(plan->head, 1, id);
	fail = records_step(records, plan->head, &row, err);
	if (fail)
		return fail;
	if (row) {
		record = model_record_new(type);
		if (record)
			read_fields(plan->head, 0, record);
		(void)sqlite3_reset(plan->head);
		if (!record || model_record_failed(record)) {
			model_record_free(record);
			return records_no_memory(records, err);
		}
	}
	*ret = record;
	return 0;
}

int records_count(struct records *records, const struct model_type *type,
	int64_t *ret_live, int64_t *ret_deleted, struct error *err)
{
	struct records_plan *plan;
	int fail;

	fail = records_plan_get(records, type, &plan, err);
	if (fail)
		return fail;
	return records_counts_get(records, plan->table,
		type->table.fields[type->is_deleted].column, ret_live,
		ret_deleted, err);
}
