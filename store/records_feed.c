/*
 * Feed rows. What a put does is decided here, in this order:
 *
 *	a known deletion of its id or group, not older    GONE
 *	no such row yet                                   NEW
 *	older than the stored version                     STALE
 *	same columns and group                            SAME
 *	else                                              CHANGED
 *
 * NEW and CHANGED write the row, make its group dirty (and the group it
 * left), and keep its bytes.
 *
 *	put L1 v10 group E1       NEW, E1 dirty
 *	delete E1 v12             L1 goes, E1 dirty
 *	put L1 v11 (late)         GONE
 *	put L1 v13                NEW: booked again
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- put --------------------------------------------------------------- */

static int is_gone(struct records *records, struct records_feed *feed,
	const struct feed_row *row, const char *group, bool *ret,
	struct error *err)
{
	sqlite3_stmt *newest;
	bool found = false;
	int fail;

	*ret = false;
	if (!feed->deletions)
		return 0;
	fail = records_fixed(
		records, RECORDS_SQL_DELETION_NEWEST, &newest, err);
	if (fail != 0)
		return fail;
	sql_bind_text(newest, 1, feed->name);
	sql_bind_text(newest, 2, row->id);
	sql_bind_text(newest, 3, group);
	fail = records_step(records, newest, &found, err);
	if (fail != 0)
		return fail;
	*ret = sqlite3_column_type(newest, 0) != SQLITE_NULL &&
	       sqlite3_column_int64(newest, 0) >= row->version;
	(void)sqlite3_reset(newest);
	return 0;
}

static bool same_content(struct records_feed *feed, const struct feed_row *row,
	const char *group)
{
	const char *stored;
	size_t i;

	if (strcmp(sql_text(feed->find, 1), group) != 0)
		return false;
	for (i = 0; i < feed->count; i++) {
		stored = (const char *)sqlite3_column_text(
			feed->find, (int)i + 3);
		if (stored == NULL || row->values[i] == NULL) {
			if (stored != row->values[i])
				return false;
		} else if (strcmp(stored, row->values[i]) != 0) {
			return false;
		}
	}
	return true;
}

/* *ret_seq: the row's number, when `write` is the insert. */
static int write_row(struct records *records, struct records_feed *feed,
	sqlite3_stmt *write, const struct feed_row *row, const char *group,
	int64_t *ret_seq, struct error *err)
{
	size_t i;
	int fail;

	sql_bind_text(write, 1, row->id);
	sql_bind_text(write, 2, group);
	sql_bind_integer(write, 3, row->version);
	for (i = 0; i < feed->count; i++)
		sql_bind_text(write, (int)i + 4, row->values[i]);
	fail = records_done(records, write, err);
	if (fail != 0)
		return fail;
	/* Before the inserts below give a number of theirs. */
	*ret_seq = sqlite3_last_insert_rowid(records->db);
	fail = records_dirty_with_row(records, feed, group, err);
	if (fail == 0)
		fail = records_raw_add(records, feed, row, err);
	return fail;
}

static int put_new(struct records *records, struct records_feed *feed,
	const struct feed_row *row, const char *group, struct error *err)
{
	int64_t seq;
	int fail;

	fail = write_row(records, feed, feed->insert, row, group, &seq, err);
	if (fail != 0)
		return fail;
	return records_sweep_saw(records, feed, seq, err);
}

static int put_version(struct records *records, struct records_feed *feed,
	const struct feed_row *row, struct error *err)
{
	sql_bind_text(feed->version, 1, row->id);
	sql_bind_integer(feed->version, 2, row->version);
	return records_done(records, feed->version, err);
}

/* The row that is stored stands in feed->find. */
static int put_again(struct records *records, struct records_feed *feed,
	const struct feed_row *row, const char *group, enum feed_change *ret,
	struct error *err)
{
	int64_t seq = sqlite3_column_int64(feed->find, 0);
	int64_t version = sqlite3_column_int64(feed->find, 2);
	int64_t ignored;
	int fail = 0;

	if (row->version < version) {
		*ret = FEED_STALE;
	} else if (same_content(feed, row, group)) {
		*ret = FEED_SAME;
		if (row->version > version)
			fail = put_version(records, feed, row, err);
	} else {
		*ret = FEED_CHANGED;
		fail = records_dirty_named(
			records, feed, sql_text(feed->find, 1), err);
		(void)sqlite3_reset(feed->find);
		if (fail == 0)
			fail = write_row(records, feed, feed->update, row,
				group, &ignored, err);
	}
	(void)sqlite3_reset(feed->find);
	return fail != 0 ? fail : records_sweep_saw(records, feed, seq, err);
}

/* A row that is gone may still be stored in an older version, having moved
 * into the deleted group since. */
static int drop(struct records *records, struct records_feed *feed,
	const struct feed_row *row, struct error *err)
{
	struct buf text;
	sqlite3_stmt *erase = NULL;
	bool found = false;
	int fail;

	fail = records_index_need(records, feed, err);
	if (fail != 0)
		return fail;
	sql_bind_text(feed->find, 1, row->id);
	fail = records_step(records, feed->find, &found, err);
	if (fail != 0 || !found)
		return fail;
	if (sqlite3_column_int64(feed->find, 2) > row->version) {
		(void)sqlite3_reset(feed->find);
		return 0;
	}
	fail = records_dirty_named(records, feed, sql_text(feed->find, 1), err);
	(void)sqlite3_reset(feed->find);
	if (fail != 0)
		return fail;
	buf_init(&text, 256);
	buf_printf(&text, "DELETE FROM \"feed_%s\" WHERE _id = ?1", feed->name);
	fail = records_prepare(records, &text, false, &erase, err);
	buf_free(&text);
	if (fail != 0)
		return fail;
	sql_bind_text(erase, 1, row->id);
	fail = records_done(records, erase, err);
	(void)sqlite3_finalize(erase);
	return fail;
}

static int check_row(const struct feed_shape *shape, const struct feed_row *row,
	const char *group, struct error *err)
{
	if (row->id == NULL || row->id[0] == '\0')
		return error_set(
			err, FAIL_RECORD, "a row of %s has no id", shape->name);
	if (strlen(row->id) >= RECORDS_KEY_MAX ||
		strlen(group) >= RECORDS_KEY_MAX || group[0] == '\0')
		return error_set(err, FAIL_RECORD,
			"a row of %s has a key of %zu and %zu bytes, at most "
			"%d fit",
			shape->name, strlen(row->id), strlen(group),
			RECORDS_KEY_MAX - 1);
	if (row->raw_len > RECORDS_RAW_MAX / 2)
		return error_set(err, FAIL_RECORD,
			"a row of %s is %zu bytes long", shape->name,
			row->raw_len);
	return 0;
}

int records_feed_put(struct records *records, const struct feed_shape *shape,
	const struct feed_row *row, enum feed_change *ret, struct error *err)
{
	const char *group = row->group != NULL ? row->group : row->id;
	enum feed_change change = FEED_NEW;
	struct records_feed *feed;
	bool gone = false;
	bool new = false;
	bool found = false;
	int fail;

	fail = check_row(shape, row, group, err);
	if (fail == 0)
		fail = records_feed_declare(records, shape, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail == 0)
		fail = is_gone(records, feed, row, group, &gone, err);
	if (fail != 0)
		return fail;
	if (gone) {
		fail = drop(records, feed, row, err);
		if (fail == 0)
			*ret = FEED_GONE;
		return fail;
	}
	fail = records_index_is_new(records, feed, row->id, &new, err);
	if (fail == 0 && !new) {
		sql_bind_text(feed->find, 1, row->id);
		fail = records_step(records, feed->find, &found, err);
	}
	if (fail != 0)
		return fail;
	if (found)
		fail = put_again(records, feed, row, group, &change, err);
	else
		fail = put_new(records, feed, row, group, err);
	if (fail == 0)
		*ret = change;
	return fail;
}

/* ---- delete ------------------------------------------------------------ */

static int remember(struct records *records, struct records_feed *feed,
	const char *key, int64_t version, struct error *err)
{
	sqlite3_stmt *put;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_DELETION_PUT, &put, err);
	if (fail != 0)
		return fail;
	sql_bind_text(put, 1, feed->name);
	sql_bind_text(put, 2, key);
	sql_bind_integer(put, 3, version);
	sql_bind_integer(put, 4, clock_now(records->clock).wall_ms);
	fail = records_done(records, put, err);
	if (fail == 0)
		feed->deletions = true;
	return fail;
}

/* `front`, and the rows of that key; ?1 key, ?2 version, ?3 feed. */
static int with_key(struct records *records, struct records_feed *feed,
	const char *front, const char *key, int64_t version, struct error *err)
{
	sqlite3_stmt *statement;
	struct buf text;
	int fail;

	buf_init(&text, 1024);
	buf_printf(&text,
		"%s FROM \"feed_%s\" WHERE (_id = ?1 OR _group = ?1) AND "
		"_version <= ?2",
		front, feed->name);
	fail = records_prepare(records, &text, false, &statement, err);
	buf_free(&text);
	if (fail != 0)
		return fail;
	sql_bind_text(statement, 1, key);
	sql_bind_integer(statement, 2, version);
	if (sqlite3_bind_parameter_count(statement) > 2)
		sql_bind_text(statement, 3, feed->name);
	fail = records_done(records, statement, err);
	(void)sqlite3_finalize(statement);
	return fail;
}

int records_feed_delete(struct records *records, const struct feed_shape *shape,
	const char *key, int64_t version, int *ret_rows, struct error *err)
{
	struct records_feed *feed;
	int fail;

	if (key[0] == '\0' || strlen(key) >= RECORDS_KEY_MAX)
		return error_set(err, FAIL_RECORD,
			"a deletion in %s has a key of %zu bytes", shape->name,
			strlen(key));
	fail = records_feed_declare(records, shape, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail == 0)
		fail = records_index_need(records, feed, err);
	if (fail == 0)
		fail = remember(records, feed, key, version, err);
	if (fail == 0)
		fail = with_key(records, feed,
			"INSERT OR IGNORE INTO dirty (feed, grp) SELECT ?3, "
			"_group",
			key, version, err);
	if (fail == 0)
		fail = with_key(records, feed, "DELETE", key, version, err);
	if (fail == 0)
		*ret_rows = sqlite3_changes(records->db);
	return fail;
}

/* ---- read -------------------------------------------------------------- */

int records_feed_walk(struct records *records, struct records_feed *feed,
	sqlite3_stmt *rows, int (*fn)(void *arg, const struct feed_row *row),
	void *arg, struct error *err)
{
	const char **values = calloc(feed->count + 1, sizeof(*values));
	struct feed_row row = { .values = values };
	bool more = false;
	size_t i;
	int fail = 0;

	if (values == NULL)
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	for (;;) {
		fail = records_step(records, rows, &more, err);
		if (fail != 0 || !more)
			break;
		row.id = sql_text(rows, 0);
		row.group = sql_text(rows, 1);
		row.version = sqlite3_column_int64(rows, 2);
		for (i = 0; i < feed->count; i++)
			values[i] = (const char *)sqlite3_column_text(
				rows, (int)i + 3);
		fail = fn(arg, &row);
		if (fail != 0)
			break;
	}
	(void)sqlite3_reset(rows);
	free(values);
	return fail;
}

int records_feed_each(struct records *records, const struct feed_shape *shape,
	const char *group, int (*fn)(void *arg, const struct feed_row *row),
	void *arg, struct error *err)
{
	struct records_feed *feed = NULL;
	sqlite3_stmt *rows;
	int fail;

	fail = records_feed_open(records, shape, &feed, err);
	if (fail == 0 && feed != NULL && group != NULL)
		fail = records_index_need(records, feed, err);
	if (fail != 0 || feed == NULL)
		return fail;
	if (group != NULL && !sqlite3_stmt_busy(feed->group)) {
		sql_bind_text(feed->group, 1, group);
		return records_feed_walk(
			records, feed, feed->group, fn, arg, err);
	}
	fail = records_feed_select(records, feed, RECORDS_FEED_FRONT,
		group != NULL ? "WHERE _group = ?1 ORDER BY _seq"
			      : "ORDER BY _seq",
		false, &rows, err);
	if (fail != 0)
		return fail;
	if (group != NULL)
		sql_bind_text(rows, 1, group);
	fail = records_feed_walk(records, feed, rows, fn, arg, err);
	(void)sqlite3_finalize(rows);
	return fail;
}

int64_t records_feed_count(
	struct records *records, const struct feed_shape *shape)
{
	struct records_feed *feed = NULL;
	sqlite3_stmt *count;
	struct buf text;
	int64_t rows = 0;
	int fail;

	if (records_feed_open(records, shape, &feed, NULL) != 0)
		return -1;
	if (feed == NULL)
		return 0;
	buf_init(&text, 256);
	buf_printf(&text, "SELECT count(*) FROM \"feed_%s\"", feed->name);
	fail = records_prepare(records, &text, false, &count, NULL);
	buf_free(&text);
	if (fail != 0)
		return -1;
	rows = sqlite3_step(count) == SQLITE_ROW
		       ? sqlite3_column_int64(count, 0)
		       : -1;
	(void)sqlite3_finalize(count);
	return rows;
}
