/*
 * Rows that become visible late. SQL Server gives a row its version when the
 * row is written, but shows the row when its transaction commits. Another
 * transaction that began later may commit before:
 *
 *	hold    writes 7, 8 (not shown)
 *	insert  writes 9 (shown)        a reader's cursor is now at 9
 *	show    7, 8 are shown          below that cursor
 *
 * Held rows look deleted until they are shown, and are in no log.
 */
#include "sandbox/books_rows.h"

#include <stdlib.h>

static void set_seen(struct books_set *set, struct books_line *line, bool seen)
{
	line->head.held = !seen;
	line->head.deleted = !seen;
	set->entries[line->entry].deleted = !seen;
}

int books_hold(struct books *books, int division, int entries,
	int64_t now_wall_ms, struct buf *ret_ids, struct error *err)
{
	struct books_set *set = books_set(books, division);
	struct books_table *table;
	size_t before;
	int fail;

	if (!set)
		return error_set(err, FAIL_INPUT,
			"there is no division %d in these books", division);
	table = &set->tables[BOOKS_LINES];
	before = table->count;
	fail = books_insert(
		books, division, entries, false, now_wall_ms, ret_ids, err);
	/* The rows just written are the end of the log. */
	for (size_t row = before; row < table->count; row++) {
		set_seen(set, (struct books_line *)table->rows + row, false);
		table->living--;
		table->log_count--;
	}
	return fail;
}

static int by_version(const void *left, const void *right)
{
	const struct books_place *a = left;
	const struct books_place *b = right;

	return a->version < b->version ? -1 : a->version > b->version;
}

int books_show(struct books *books, int division, struct error *err)
{
	struct books_set *set = books_set(books, division);
	struct books_table *table;

	if (!set)
		return error_set(err, FAIL_INPUT,
			"there is no division %d in these books", division);
	table = &set->tables[BOOKS_LINES];
	for (size_t row = 0; row < table->count; row++) {
		struct books_line *line = (struct books_line *)table->rows +
					  row;
		void *log = table->log;

		if (!line->head.held)
			continue;
		if (books_index_grow(&log, table->log_count,
			    &table->log_capacity, sizeof(*table->log)) < 0)
			return error_set(err, FAIL_STOP, "out of memory");
		table->log = log;
		set_seen(set, line, true);
		table->living++;
		table->log[table->log_count++] = (struct books_place){
			.version = line->head.version, .row = (uint32_t)row
		};
	}
	qsort(table->log, table->log_count, sizeof(*table->log), by_version);
	return 0;
}
