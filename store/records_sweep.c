/*
 * What a whole reading of an entity didn't see is gone.
 *
 * The marks live in a temporary table of this connection, so a reading that
 * sees 60,000 unchanged rows writes nothing to the file, and the marks of a
 * run that died are gone with it: only a sweep that began in this process
 * can end, and delete.
 */
#include "store/records_parts.h"

int records_sweep_saw(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err)
{
	if (!feed->sweeping)
		return 0;
	sql_bind_integer(feed->seen, 1, seq);
	return records_done(records, feed->seen, err);
}

static int run(struct records *records, struct records_feed *feed,
	const char *front, const char *middle, const char *back,
	struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_printf(&text, "%s%s%s%s%s", front, feed->name, middle,
		middle[0] != '\0' ? feed->name : "", back);
	if (buf_failed(&text))
		fail = error_set(err, FAIL_STOP, "out of memory");
	else
		fail = sql_execute(records->db, records->path, text.data, err);
	if (fail != 0)
		records->broken = true;
	buf_free(&text);
	return fail;
}

int records_feed_sweep_begin(struct records *records,
	const struct feed_shape *shape, struct error *err)
{
	struct records_feed *feed;
	struct buf text;
	int fail;

	fail = records_feed_declare(records, shape, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail == 0)
		fail = run(records, feed,
			"CREATE TEMP TABLE IF NOT EXISTS \"sweep_",
			"\" (seq INTEGER PRIMARY KEY); DELETE FROM "
			"temp.\"sweep_",
			"\"", err);
	if (fail != 0)
		return fail;
	if (feed->seen == NULL) {
		buf_init(&text, 1024);
		buf_printf(&text,
			"INSERT OR IGNORE INTO temp.\"sweep_%s\" VALUES (?1)",
			feed->name);
		fail = records_prepare(records, &text, true, &feed->seen, err);
		buf_free(&text);
		if (fail != 0)
			return fail;
	}
	feed->sweeping = true;
	return 0;
}

static int make_dirty(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *statement;
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_printf(&text,
		"INSERT OR IGNORE INTO dirty (feed, grp) SELECT ?1, _group "
		"FROM \"feed_%s\" WHERE _seq NOT IN (SELECT seq FROM "
		"temp.\"sweep_%s\") ORDER BY _seq",
		feed->name, feed->name);
	fail = records_prepare(records, &text, false, &statement, err);
	buf_free(&text);
	if (fail != 0)
		return fail;
	sql_bind_text(statement, 1, feed->name);
	fail = records_done(records, statement, err);
	(void)sqlite3_finalize(statement);
	return fail;
}

int records_feed_sweep_end(struct records *records,
	const struct feed_shape *shape, int *ret_rows, struct error *err)
{
	struct records_feed *feed = NULL;
	int rows;
	int fail;

	fail = records_writable(records, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail != 0)
		return fail;
	if (feed == NULL || !feed->sweeping)
		return error_set(err, FAIL_STOP,
			"%s: a sweep of %s ends that never began here",
			records->path, shape->name);
	fail = make_dirty(records, feed, err);
	if (fail != 0)
		return fail;
	fail = run(records, feed, "DELETE FROM \"feed_",
		"\" WHERE _seq NOT IN (SELECT seq FROM temp.\"sweep_", "\")",
		err);
	if (fail != 0)
		return fail;
	rows = sqlite3_changes(records->db);
	fail = run(records, feed, "DELETE FROM temp.\"sweep_", "", "\"", err);
	if (fail != 0)
		return fail;
	feed->sweeping = false;
	feed->last_dirty[0] = '\0';
	*ret_rows = rows;
	return 0;
}
