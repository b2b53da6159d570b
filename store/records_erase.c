/*
 * Feed rows out of their table, with all that belongs to them: the row's
 * bytes go to the history, its group becomes dirty, the count falls.
 */
#include "store/records_parts.h"

#include <stdlib.h>

int records_erase(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err)
{
	sqlite3_stmt *statement;
	int fail;

	fail = records_feed_statement(
		records, feed, RECORDS_FEED_ERASE, &statement, err);
	if (fail)
		return fail;
	sql_bind_integer(statement, 1, seq);
	fail = records_done(records, statement, err);
	if (!fail)
		fail = records_raw_forget(records, feed, seq, err);
	return fail ? fail
		    : records_counts_add(records, feed->table, -1, 0, err);
}

int records_erase_each(struct records *records, struct records_feed *feed,
	sqlite3_stmt *rows, int *ret_rows, struct error *err)
{
	int64_t *seqs = NULL;
	size_t count = 0;
	size_t room = 0;
	bool more = false;
	int fail;

	for (;;) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		if (count == room) {
			void *grown;

			room = room ? room * 2 : 64;
			grown = realloc(seqs, room * sizeof(*seqs));
			if (!grown) {
				fail = records_no_memory(records, err);
				break;
			}
			seqs = grown;
		}
		seqs[count++] = sqlite3_column_int64(rows, 0);
		fail = records_dirty_named(
			records, feed->name, sql_text(rows, 1), err);
		if (fail)
			break;
	}
	(void)sqlite3_reset(rows);
	for (size_t i = 0; !fail && i < count; i++)
		fail = records_erase(records, feed, seqs[i], err);
	free(seqs);
	if (fail)
		records->broken = true;
	else
		*ret_rows = (int)count;
	return fail;
}
