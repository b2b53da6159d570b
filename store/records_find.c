/*
 * Feed rows found by other values than their id and group.
 *
 * A lookup looks at a part of the rows only (a ledger's header lines, say),
 * so its index is a partial one, a quarter of the whole:
 *
 *	CREATE INDEX feed_NAME_find_InvoiceNumber ON feed_NAME (InvoiceNumber)
 *	WHERE LineNumber = '0'
 *
 * The index is used when the statement says the same WHERE, word for word.
 */
#include "store/records_parts.h"

#include <assert.h>
#include <stdlib.h>

static void put_where(const struct feed_shape *shape,
	const struct feed_lookup *lookup, struct buf *text)
{
	buf_printf(text, "\"%s\" = '%s'",
		shape->columns[lookup->only_column].name, lookup->value);
}

static void put_index(const struct feed_shape *shape,
	const struct feed_lookup *lookup, struct buf *text)
{
	char table[RECORDS_TABLE_MAX];

	records_feed_table_name(shape->name, table);
	buf_printf(text,
		"CREATE INDEX IF NOT EXISTS \"feed_%s_find_%s\" ON \"%s\" "
		"(\"%s\") WHERE ",
		shape->name, shape->columns[lookup->column].name, table,
		shape->columns[lookup->column].name);
	put_where(shape, lookup, text);
	buf_putc(text, ';');
}

struct making {
	const struct feed_shape *shape;
	const struct buf *text;
};

static int make_indexes(struct records *records, void *arg, struct error *err)
{
	const struct making *making = arg;
	int fail = records_feed_declare(records, making->shape, err);

	return fail ? fail
		    : records_index_make(records, making->text->data, err);
}

int records_feed_index(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	struct buf text;
	struct making making = { shape, &text };
	int fail;

	assert(shape->lookup_count > 0);
	buf_init(&text, 1 << 16);
	for (size_t i = 0; i < shape->lookup_count; i++)
		put_index(shape, &shape->lookups[i], &text);
	fail = buf_failed(&text) ? records_no_memory(records, err)
				 : records_transaction(
					   records, make_indexes, &making, err);
	buf_free(&text);
	return fail;
}

static int prepare_find(struct records *records, struct records_feed *feed,
	const struct feed_shape *shape, size_t lookup, bool again,
	sqlite3_stmt **ret, struct error *err)
{
	struct buf where;
	int fail;

	buf_init(&where, 1 << 16);
	buf_puts(&where, "WHERE ");
	put_where(shape, &shape->lookups[lookup], &where);
	buf_printf(&where, " AND \"%s\" = ?1 ORDER BY _seq",
		shape->columns[shape->lookups[lookup].column].name);
	fail = records_feed_select(
		records, feed, RECORDS_FEED_FRONT, where.data, again, ret, err);
	buf_free(&where);
	return fail;
}

int records_feed_find(struct records *records, const struct feed_shape *shape,
	size_t lookup, const char *value,
	int (*fn)(void *arg, const struct feed_row *row), void *arg,
	struct error *err)
{
	struct records_feed *feed = NULL;
	sqlite3_stmt *rows = NULL;
	bool kept;
	int fail;

	assert(lookup < shape->lookup_count);
	assert(lookup < RECORDS_LOOKUPS_MAX);
	fail = records_feed_open(records, shape, &feed, err);
	if (fail || !feed)
		return fail;
	if (!feed->found[lookup])
		fail = prepare_find(records, feed, shape, lookup, true,
			&feed->found[lookup], err);
	if (fail)
		return fail;
	rows = feed->found[lookup];
	kept = !sqlite3_stmt_busy(rows);
	/* fn looks for another one meanwhile. */
	if (!kept)
		fail = prepare_find(
			records, feed, shape, lookup, false, &rows, err);
	if (fail)
		return fail;
	sql_bind_text(rows, 1, value);
	fail = records_feed_walk(records, feed, rows, fn, arg, err);
	if (!kept)
		(void)sqlite3_finalize(rows);
	return fail;
}

static int has_id(struct records *records, struct records_feed *feed,
	const char *id, bool *ret, struct error *err)
{
	sqlite3_stmt *find;
	int fail = records_index_need(records, feed, err);

	if (!fail)
		fail = records_feed_statement(
			records, feed, RECORDS_FEED_FIND, &find, err);
	if (fail)
		return fail;
	sql_bind_text(find, 1, id);
	fail = records_step(records, find, ret, err);
	if (!fail && *ret)
		(void)sqlite3_reset(find);
	return fail;
}

static int has_value(struct records *records, const struct records_feed *feed,
	int column, const char *value, bool *ret, struct error *err)
{
	sqlite3_stmt *row = NULL;
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_printf(&text,
		"SELECT 1 FROM \"%s\" WHERE trim(\"%s\") = trim(?1) "
		"LIMIT 1",
		feed->table, feed->columns[column]);
	fail = records_prepare(records, &text, false, &row, err);
	buf_free(&text);
	if (fail)
		return fail;
	sql_bind_text(row, 1, value);
	fail = records_step(records, row, ret, err);
	(void)sqlite3_finalize(row);
	return fail;
}

int records_feed_has(struct records *records, const struct feed_shape *shape,
	int column, const char *value, bool *ret, struct error *err)
{
	struct records_feed *feed = NULL;
	bool found = false;
	int fail = records_feed_open(records, shape, &feed, err);

	if (fail)
		return fail;
	if (feed && column < 0)
		fail = has_id(records, feed, value, &found, err);
	else if (feed)
		fail = has_value(records, feed, column, value, &found, err);
	if (!fail)
		*ret = found;
	return fail;
}

int records_feed_scan(struct records *records, const struct feed_shape *shape,
	const int *columns, size_t count,
	int (*fn)(void *arg, const struct feed_row *row), void *arg,
	struct error *err)
{
	struct records_feed *feed = NULL;
	const char **values = NULL;
	struct feed_row row;
	sqlite3_stmt *rows = NULL;
	struct buf text;
	bool more = false;
	int fail;

	fail = records_feed_open(records, shape, &feed, err);
	if (fail || !feed)
		return fail;
	buf_init(&text, 1 << 16);
	buf_puts(&text, RECORDS_FEED_FRONT);
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, ", \"%s\"", shape->columns[columns[i]].name);
	buf_printf(&text, " FROM \"%s\" ORDER BY _seq", feed->table);
	fail = records_prepare(records, &text, false, &rows, err);
	buf_free(&text);
	if (fail)
		return fail;
	values = calloc(shape->count + 1, sizeof(*values));
	if (!values)
		fail = records_no_memory(records, err);
	while (!fail) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		row = (struct feed_row){
			.id = sql_text(rows, 0),
			.group = sql_text(rows, 1),
			.version = sqlite3_column_int64(rows, 2),
			.values = values,
		};
		for (size_t i = 0; i < count; i++)
			values[columns[i]] = (const char *)sqlite3_column_text(
				rows, (int)i + 3);
		fail = fn(arg, &row);
	}
	free(values);
	(void)sqlite3_finalize(rows);
	return fail;
}
