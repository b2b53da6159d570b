/*
 * How many rows each table holds, without reading the table: _counts has the
 * live and the gone rows of every feed and data type. The writer changes the
 * counts in memory and stores them with the transaction that changed the
 * rows.
 *
 * A file of an older schema has no counts: the writer counts such a table
 * once, when somebody first asks, and stores the result with its next commit;
 * a reader counts the table each time.
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

struct records_count {
	struct records_count *next;
	char *table; /* owned */
	bool loaded; /* the rest is as stored, or newer */
	bool known;
	bool moved; /* not stored yet */
	int64_t live;
	int64_t gone;
};

static int load(
	struct records *records, struct records_count *count, struct error *err)
{
	sqlite3_stmt *get;
	bool row = false;
	int fail;

	fail = records_injected_read(records, err);
	if (!fail)
		fail = records_fixed(records, RECORDS_SQL_COUNT_GET, &get, err);
	if (fail)
		return fail;
	sql_bind_text(get, 1, count->table);
	fail = records_step(records, get, &row, err);
	if (fail)
		return fail;
	count->known = row;
	count->moved = false;
	if (row) {
		count->live = sqlite3_column_int64(get, 0);
		count->gone = sqlite3_column_int64(get, 1);
		(void)sqlite3_reset(get);
	}
	/* Another process may change what a reader has seen. */
	count->loaded = records->writing;
	return 0;
}

static int open_count(struct records *records, const char *table,
	struct records_count **ret, struct error *err)
{
	struct records_count *count = records->counts;
	int fail = 0;

	while (count && strcmp(count->table, table) != 0)
		count = count->next;
	if (!count) {
		count = calloc(1, sizeof(*count));
		if (count)
			count->table = strdup(table);
		if (!count || !count->table) {
			free(count);
			return records_no_memory(records, err);
		}
		count->next = records->counts;
		records->counts = count;
	}
	if (!count->loaded)
		fail = load(records, count, err);
	if (!fail)
		*ret = count;
	return fail;
}

int records_counts_start(
	struct records *records, const char *table, struct error *err)
{
	struct records_count *count;
	int fail = open_count(records, table, &count, err);

	if (fail || count->known)
		return fail;
	count->known = true;
	count->moved = true;
	count->live = 0;
	count->gone = 0;
	return 0;
}

int records_counts_add(struct records *records, const char *table, int64_t live,
	int64_t gone, struct error *err)
{
	struct records_count *count;
	int fail = open_count(records, table, &count, err);

	/* What is not known yet will be counted with this change in it. */
	if (fail || !count->known || (!live && !gone))
		return fail;
	count->live += live;
	count->gone += gone;
	count->moved = true;
	return 0;
}

static int count_rows(struct records *records, struct records_count *count,
	const char *gone_column, struct error *err)
{
	struct records_columns columns;
	int64_t rows = 0;
	int64_t gone = 0;
	struct buf text;
	bool there;
	int fail;

	fail = records_columns_read(records, count->table, &columns, err);
	if (fail)
		return fail;
	there = columns.count > 0;
	records_columns_free(&columns);
	if (!there) { /* an older file, opened for reading */
		count->live = 0;
		count->gone = 0;
		return 0;
	}
	buf_init(&text, 1024);
	buf_printf(&text, "SELECT count(*) FROM \"%s\"", count->table);
	fail = buf_failed(&text)
		       ? records_no_memory(records, err)
		       : records_number(records, text.data, &rows, err);
	if (!fail && gone_column) {
		/* By the partial index of the deleted ones. */
		buf_printf(&text, " WHERE \"%s\"", gone_column);
		fail = buf_failed(&text)
			       ? records_no_memory(records, err)
			       : records_number(records, text.data, &gone, err);
	}
	buf_free(&text);
	if (fail)
		return fail;
	count->live = rows - gone;
	count->gone = gone;
	count->known = true;
	count->moved = true;
	return 0;
}

int records_counts_get(struct records *records, const char *table,
	const char *gone_column, int64_t *ret_live, int64_t *ret_gone,
	struct error *err)
{
	struct records_count *count;
	int fail = open_count(records, table, &count, err);

	if (!fail && !count->known)
		fail = count_rows(records, count, gone_column, err);
	if (fail)
		return fail;
	*ret_live = count->live;
	*ret_gone = count->gone;
	return 0;
}

int records_counts_flush(struct records *records, struct error *err)
{
	struct records_count *count;
	sqlite3_stmt *set;
	int fail;

	for (count = records->counts; count; count = count->next) {
		if (!count->loaded || !count->moved)
			continue;
		fail = records_fixed(records, RECORDS_SQL_COUNT_SET, &set, err);
		if (fail)
			return fail;
		sql_bind_text(set, 1, count->table);
		sql_bind_integer(set, 2, count->live);
		sql_bind_integer(set, 3, count->gone);
		fail = records_done(records, set, err);
		if (fail)
			return fail;
		count->moved = false;
	}
	return 0;
}

void records_counts_rolled_back(struct records *records)
{
	for (struct records_count *count = records->counts; count;
		count = count->next)
		count->loaded = false;
}

void records_counts_free(struct records *records)
{
	struct records_count *next;

	for (; records->counts; records->counts = next) {
		next = records->counts->next;
		free(records->counts->table);
		free(records->counts);
	}
}
