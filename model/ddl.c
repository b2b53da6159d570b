/*
 * SQL from the tables: exact on disk, natural to use.
 *
 * Names. The natural names (journal_entries, journal_entry_lines) are views
 * of the live records; each reads a table of that name with _all behind it,
 * which also keeps what was deleted at the source. So a sum over invoices
 * never counts a deleted one.
 *
 * Keys. A child is found by its path: journal_entry_id, line_index,
 * record_ref_index; indexes count from 0.
 *
 * Money. `net_amount_e4 INTEGER` holds 10^-4 units, exact; `net_amount` is a
 * computed column, net_amount_e4 / 10000.0, which costs no disk. One value
 * prints and compares as written (12.34 = 12.34, checked on two million
 * values), so WHERE net_amount > 100 is right. Rates: _e9.
 *
 * Sums. Measured with SQLite 3.40, whose sum() adds doubles one by one:
 *
 *	random amounts          sum(x) prints       exact             off by
 *	10,000 up to 10,000     49448472.0700001    49448472.07       1e-7
 *	1,000,000 up to 10,000  4997466983.57029    4997466983.57     3e-4
 *	1,000,000 up to 10^6    499715700652.475    499715700652.47   5e-3
 *	1,000,000, balanced     0.00012255          0                 1e-4
 *
 * So round(sum(x), 2) is right to the cent up to totals of some 10^10, and
 * beyond that (and whenever it must be beyond doubt) the exact sums are
 * sum(x_e4) / 10000.0, or decimal_sum(x) in the sqlite3 shell. NUMERIC
 * columns gave the same noise to the digit: no column type helps, as the
 * noise comes from adding. SQLite 3.43 and later add with compensation.
 */
#include <assert.h>
#include <string.h>

#include "model/model.h"

#define NAME_MAX_BYTES 128
#define DEPTH_MAX      8

static void put_name(const char *name, const char *suffix, struct buf *ret_name)
{
	if (ret_name == NULL)
		return;
	buf_puts(ret_name, name);
	buf_puts(ret_name, suffix);
}

static const char *sqlite_type(enum model_kind kind)
{
	switch (kind) {
	case MODEL_TEXT:
	case MODEL_ENUM:
	case MODEL_MOMENT:
		return "TEXT";
	case MODEL_MONEY:
	case MODEL_RATE:
	case MODEL_INTEGER:
		return "INTEGER";
	case MODEL_BOOLEAN:
		return "BOOLEAN"; /* 0 or 1 */
	case MODEL_CHILDREN:
		break;
	}
	assert(0 && "children are no column");
	return "";
}

bool model_column(const struct model_field *field, enum model_dialect dialect,
	int part, struct buf *ret_name, struct buf *ret_definition)
{
	bool scaled = field->kind == MODEL_MONEY || field->kind == MODEL_RATE;
	const char *suffix = field->kind == MODEL_RATE ? "_e9" : "_e4";

	assert(dialect == MODEL_SQLITE);
	(void)dialect;
	if (field->kind == MODEL_CHILDREN || part > (scaled ? 1 : 0))
		return false;
	if (part == 1) {
		put_name(field->column, "", ret_name);
		if (ret_definition != NULL)
			buf_printf(ret_definition,
				"\"%s\" REAL GENERATED ALWAYS AS "
				"(\"%s%s\" / %s) VIRTUAL",
				field->column, field->column, suffix,
				field->kind == MODEL_RATE ? "1000000000.0"
							  : "10000.0");
		return true;
	}
	if (!scaled)
		suffix = "";
	put_name(field->column, suffix, ret_name);
	if (ret_definition != NULL)
		buf_printf(ret_definition, "\"%s%s\" %s", field->column, suffix,
			sqlite_type(field->kind));
	return true;
}

void model_ddl_name(const struct model_table *table, struct buf *ret)
{
	buf_printf(ret, "%s_all", table->table);
}

/* "journal_entry_id" at level 0, "line_index" below; `typed` adds types. */
static void put_key(const struct model_table *const *path, size_t depth,
	bool typed, struct buf *ret)
{
	size_t i;

	buf_printf(ret, "\"%s_id\"%s", path[0]->row,
		typed ? " TEXT NOT NULL" : "");
	for (i = 1; i <= depth; i++)
		buf_printf(ret, ", \"%s_index\"%s", path[i]->row,
			typed ? " INTEGER NOT NULL" : "");
}

void model_ddl_key(
	const struct model_table *const *path, size_t depth, struct buf *ret)
{
	if (depth == 0)
		buf_puts(ret, "\"id\"");
	else
		put_key(path, depth, false, ret);
}

/* Each column of a table, as a definition or as a name alone. */
static void put_columns(const struct model_table *table,
	enum model_dialect dialect, bool defined, bool *first, struct buf *ret)
{
	struct buf name;
	size_t i;
	int part;

	buf_init(&name, NAME_MAX_BYTES);
	for (i = 0; i < table->count; i++) {
		for (part = 0;; part++) {
			buf_reset(&name);
			if (!model_column(&table->fields[i], dialect, part,
				    &name, NULL))
				break;
			if (!*first)
				buf_puts(ret, ", ");
			*first = false;
			if (defined)
				(void)model_column(&table->fields[i], dialect,
					part, NULL, ret);
			else
				buf_printf(ret, "\"%s\"", name.data);
		}
	}
	ret->failed |= buf_failed(&name);
	buf_free(&name);
}

static void put_tables(const struct model_table **path, size_t depth,
	enum model_dialect dialect, const char *extra, struct buf *ret)
{
	const struct model_table *table = path[depth];
	bool first = true;
	size_t i;

	buf_puts(ret, "CREATE TABLE IF NOT EXISTS \"");
	model_ddl_name(table, ret);
	buf_puts(ret, "\" (");
	if (depth > 0) {
		put_key(path, depth, true, ret);
		first = false;
	}
	put_columns(table, dialect, true, &first, ret);
	buf_puts(ret, extra);
	buf_puts(ret, ", PRIMARY KEY (");
	model_ddl_key(path, depth, ret);
	buf_putc(ret, ')');
	if (depth > 0) {
		buf_puts(ret, ", FOREIGN KEY (");
		put_key(path, depth - 1, false, ret);
		buf_puts(ret, ") REFERENCES \"");
		model_ddl_name(path[depth - 1], ret);
		buf_puts(ret, "\" (");
		model_ddl_key(path, depth - 1, ret);
		buf_puts(ret, ") ON DELETE CASCADE");
	}
	buf_puts(ret, ") WITHOUT ROWID;\n");

	assert(depth + 1 < DEPTH_MAX);
	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind != MODEL_CHILDREN)
			continue;
		path[depth + 1] = table->fields[i].child;
		put_tables(path, depth + 1, dialect, "", ret);
	}
}

void model_ddl_tables(const struct model_type *type, enum model_dialect dialect,
	const char *extra, struct buf *ret)
{
	const struct model_table *path[DEPTH_MAX] = { &type->table };

	put_tables(path, 0, dialect, extra, ret);
}

static void put_views(const struct model_type *type,
	const struct model_table **path, size_t depth,
	enum model_dialect dialect, const char *extra, struct buf *ret)
{
	const struct model_table *table = path[depth];
	const char *gone = type->table.fields[type->is_deleted].column;
	bool first = true;
	size_t i;

	buf_printf(ret, "CREATE VIEW \"%s\" AS SELECT ", table->table);
	if (depth > 0) {
		put_key(path, depth, false, ret);
		first = false;
	}
	put_columns(table, dialect, false, &first, ret);
	buf_puts(ret, extra);
	buf_puts(ret, " FROM \"");
	model_ddl_name(table, ret);
	if (depth == 0) {
		buf_printf(ret, "\" WHERE NOT \"%s\";\n", gone);
	} else {
		buf_printf(ret,
			"\" WHERE \"%s_id\" NOT IN (SELECT \"id\" FROM "
			"\"",
			path[0]->row);
		model_ddl_name(path[0], ret);
		buf_printf(ret, "\" WHERE \"%s\");\n", gone);
	}
	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind != MODEL_CHILDREN)
			continue;
		path[depth + 1] = table->fields[i].child;
		put_views(type, path, depth + 1, dialect, "", ret);
	}
}

void model_ddl_views(const struct model_type *type, enum model_dialect dialect,
	const char *extra, struct buf *ret)
{
	const struct model_table *path[DEPTH_MAX] = { &type->table };

	put_views(type, path, 0, dialect, extra, ret);
}
