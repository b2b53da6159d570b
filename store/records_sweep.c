/*
 * Rows that a whole reading of an entity did not contain are deleted.
 *
 * The rows that were seen are marked in a temporary table of this connection.
 * A reading of 60,000 unchanged rows therefore writes nothing to the file, and
 * the marks of a run that died are gone with its process: a sweep deletes only
 * in the process that began it.
 */
#include "store/records_parts.h"

int records_sweep_saw(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err)
{
	sqlite3_stmt *seen;
	int fail;

	if (!feed->sweeping)
		return 0;
	fail = records_feed_statement(
		records, feed, RECORDS_FEED_SEEN, &seen, err);
	if (fail)
		return fail;
	sql_bind_integer(seen, 1, seq);
	return records_done(records, seen, err);
}

static int run(struct records *records, struct error *err,
	const struct records_feed *feed, const char *front, const char *back)
{
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_printf(&text, "%s temp.\"sweep_%s\"%s", front, feed->name, back);
	fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail;
}

int records_feed_sweep_begin(struct records *records,
	const struct feed_shape *shape, struct error *err)
{
	struct records_feed *feed;
	int fail;

	fail = records_feed_declare(records, shape, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (!fail)
		fail = run(records, err, feed, "CREATE TABLE IF NOT EXISTS",
			" (seq INTEGER PRIMARY KEY)");
	if (!fail)
		fail = run(records, err, feed, "DELETE FROM", "");
	if (!fail)
		feed->sweeping = true;
	return fail;
}

int records_feed_sweep_end(struct records *records,
	const struct feed_shape *shape, int *ret_rows, struct error *err)
{
	struct records_feed *feed = NULL;
	sqlite3_stmt *unseen;
	int rows = 0;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail)
		return fail;
	if (!feed || !feed->sweeping)
		return error_set(err, FAIL_STOP,
			"%s: a sweep of %s ends that never began here",
			records->path, shape->name);
	fail = records_feed_statement(
		records, feed, RECORDS_FEED_UNSEEN, &unseen, err);
	if (!fail)
		fail = records_erase_each(records, feed, unseen, &rows, err);
	if (!fail)
		fail = run(records, err, feed, "DELETE FROM", "");
	if (fail)
		return fail;
	feed->sweeping = false;
	*ret_rows = rows;
	return 0;
}
