/*
 * A data type's tables flattened, parents first, each with its statements.
 *
 *	0  journal_entries                 steps: (none)
 *	1  journal_entry_lines             steps: JOURNAL_ENTRY_LINES
 *	2  journal_entry_line_record_refs  steps: … LINES, RECORD_REFS
 */
#include "store/records_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ", "col"" for each stored column, or ", ?n" counted on from *at. */
static void put_columns(
	const struct model_table *table, int *at, struct buf *text)
{
	struct buf name;
	size_t i;

	buf_init(&name, 256);
	for (i = 0; i < table->count; i++) {
		buf_reset(&name);
		if (!model_column(
			    &table->fields[i], MODEL_SQLITE, 0, &name, NULL))
			continue;
		if (at)
			buf_printf(text, ", ?%d", (*at)++);
		else
			buf_printf(text, ", \"%s\"", name.data);
	}
	text->failed |= buf_failed(&name);
	buf_free(&name);
}

static void put_updates(const struct model_table *table, struct buf *text)
{
	struct buf name;
	size_t i;

	buf_init(&name, 256);
	for (i = 1; i < table->count; i++) {
		buf_reset(&name);
		if (model_column(
			    &table->fields[i], MODEL_SQLITE, 0, &name, NULL))
			buf_printf(text, ", \"%s\" = excluded.\"%s\"",
				name.data, name.data);
	}
	text->failed |= buf_failed(&name);
	buf_free(&name);
}

/* Top: ?1 change number, ?2 hash, ?3 first seen, ?4 derived by, ?5… fields.
 * Child: ?1 id, ?2… indexes, then fields. */
static int prepare_insert(
	struct records *records, struct records_table *table, struct error *err)
{
	const struct model_table *shape = table->path[table->depth];
	struct buf text;
	size_t i;
	int at = 1;
	int fail;

	buf_init(&text, 1 << 20);
	buf_puts(&text, "INSERT INTO \"");
	model_ddl_name(shape, &text);
	buf_puts(&text, "\" (");
	if (table->depth == 0) {
		buf_puts(&text, "\"change_number\", \"content_hash\", "
				"\"first_seen\", \"derived_by\"");
		at = 4;
	} else {
		model_ddl_key(table->path, table->depth, &text);
		at = (int)table->depth + 1;
	}
	put_columns(shape, NULL, &text);
	buf_puts(&text, ") VALUES (?1");
	for (i = 2; i <= (size_t)at; i++)
		buf_printf(&text, ", ?%zu", i);
	at++;
	put_columns(shape, &at, &text);
	buf_puts(&text, ")");
	if (table->depth == 0) {
		buf_puts(&text,
			" ON CONFLICT (\"id\") DO UPDATE SET "
			"\"change_number\" = excluded.\"change_number\", "
			"\"content_hash\" = excluded.\"content_hash\", "
			"\"derived_by\" = excluded.\"derived_by\"");
		put_updates(shape, &text);
	}
	fail = records_prepare(records, &text, true, &table->insert, err);
	buf_free(&text);
	return fail;
}

static int prepare_erase(
	struct records *records, struct records_table *table, struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_puts(&text, "DELETE FROM \"");
	model_ddl_name(table->path[table->depth], &text);
	buf_printf(&text, "\" WHERE \"%s_id\" = ?1", table->path[0]->row);
	fail = records_prepare(records, &text, true, &table->erase, err);
	buf_free(&text);
	return fail;
}

static void collect(
	struct records_plan *plan, const struct records_table *from, int step)
{
	const struct model_table *shape;
	struct records_table *table = &plan->tables[plan->count];
	size_t i;

	assert(plan->count < RECORDS_TABLES_MAX);
	plan->count++;
	if (!from) {
		table->path[0] = &plan->type->table;
	} else {
		*table = *from;
		assert(table->depth + 1 < RECORDS_DEPTH_MAX);
		table->steps[table->depth++] = step;
		table->path[table->depth] =
			from->path[from->depth]->fields[step].child;
	}
	shape = table->path[table->depth];
	for (i = 0; i < shape->count; i++) {
		if (shape->fields[i].child)
			collect(plan, table, (int)i);
	}
}

static int prepare_top(
	struct records *records, struct records_plan *plan, struct error *err)
{
	const struct model_table *shape = &plan->type->table;
	struct buf text;
	int fail;

	buf_init(&text, 4096);
	buf_printf(&text, "SELECT \"content_hash\", \"%s\" FROM \"",
		shape->fields[plan->type->is_deleted].column);
	model_ddl_name(shape, &text);
	buf_puts(&text, "\" WHERE \"id\" = ?1");
	fail = records_prepare(records, &text, true, &plan->find, err);
	if (!fail) {
		buf_reset(&text);
		buf_puts(&text, "UPDATE \"");
		model_ddl_name(shape, &text);
		buf_printf(&text,
			"\" SET \"%s\" = 1, \"%s\" = ?2, \"change_number\" = "
			"?3 WHERE \"id\" = ?1",
			shape->fields[plan->type->is_deleted].column,
			shape->fields[plan->type->modified_date].column);
		fail = records_prepare(
			records, &text, true, &plan->retire, err);
	}
	buf_free(&text);
	return fail;
}

static void plan_free(struct records_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		(void)sqlite3_finalize(plan->tables[i].insert);
		(void)sqlite3_finalize(plan->tables[i].erase);
	}
	(void)sqlite3_finalize(plan->find);
	(void)sqlite3_finalize(plan->retire);
	(void)sqlite3_finalize(plan->head);
	free(plan->table);
	free(plan);
}

static int take_name(
	struct records *records, struct records_plan *plan, struct error *err)
{
	struct buf name;

	buf_init(&name, 256);
	model_ddl_name(&plan->type->table, &name);
	plan->table = buf_failed(&name) ? NULL : strdup(name.data);
	buf_free(&name);
	return plan->table ? 0 : records_no_memory(records, err);
}

void records_plan_free(struct records *records)
{
	struct records_plan *plan = records->plans;
	struct records_plan *next;

	for (; plan; plan = next) {
		next = plan->next;
		plan_free(plan);
	}
	records->plans = NULL;
}

int records_plan_get(struct records *records, const struct model_type *type,
	struct records_plan **ret, struct error *err)
{
	struct records_plan *plan = records->plans;
	size_t i;
	int fail;

	while (plan && plan->type != type)
		plan = plan->next;
	if (plan) {
		*ret = plan;
		return 0;
	}
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return records_no_memory(records, err);
	plan->type = type;
	collect(plan, NULL, 0);
	fail = take_name(records, plan, err);
	if (!fail && records->writing) {
		fail = prepare_top(records, plan, err);
		for (i = 0; !fail && i < plan->count; i++) {
			fail = prepare_insert(records, &plan->tables[i], err);
			if (!fail && i > 0)
				fail = prepare_erase(
					records, &plan->tables[i], err);
		}
	}
	if (fail) {
		plan_free(plan);
		return fail;
	}
	plan->next = records->plans;
	records->plans = plan;
	*ret = plan;
	return 0;
}
