/*
 * Feed rows. What a put does is decided here, in this order:
 *
 *	a known deletion of its id or group, not older    GONE
 *	no such row yet                                   NEW
 *	older than the stored version                     STALE
 *	same columns and group                            SAME
 *	otherwise                                         CHANGED
 *
 * NEW and CHANGED write the row, make its group dirty (and the group that the
 * row left), and keep the row's bytes.
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

	if (!feed->deletions) {
		*ret = false;
		return 0;
	}
	fail = records_fixed(
		records, RECORDS_SQL_DELETION_NEWEST, &newest, err);
	if (fail)
		return fail;
	sql_bind_text(newest, 1, feed->name);
	sql_bind_text(newest, 2, row->id);
	sql_bind_text(newest, 3, group);
	fail = records_step(records, newest, &found, err);
	if (fail)
		return fail;
	*ret = sqlite3_column_type(newest, 0) != SQLITE_NULL &&
	       sqlite3_column_int64(newest, 0) >= row->version;
	(void)sqlite3_reset(newest);
	return 0;
}

static bool same_content(const struct records_feed *feed, sqlite3_stmt *stored,
	const struct feed_row *row, const char *group)
{
	if (strcmp(sql_text(stored, 1), group) != 0)
		return false;
	for (size_t i = 0; i < feed->count; i++) {
		const char *text = (const char *)sqlite3_column_text(
			stored, (int)i + 3);

		if (!text || !row->values[i]) {
			if (text != row->values[i])
				return false;
		} else if (strcmp(text, row->values[i]) != 0) {
			return false;
		}
	}
	return true;
}

static int write_row(struct records *records, struct records_feed *feed,
	enum records_feed_sql which, const struct feed_row *row,
	const char *group, struct error *err)
{
	sqlite3_stmt *write;
	int fail;

	fail = records_feed_statement(records, feed, which, &write, err);
	if (fail)
		return fail;
	sql_bind_text(write, 1, row->id);
	sql_bind_text(write, 2, group);
	sql_bind_integer(write, 3, row->version);
	for (size_t i = 0; i < feed->count; i++)
		sql_bind_text(write, (int)i + 4, row->values[i]);
	return records_done(records, write, err);
}

static int put_new(struct records *records, struct records_feed *feed,
	const struct feed_row *row, const char *group, struct error *err)
{
	int64_t seq;
	int fail;

	fail = write_row(records, feed, RECORDS_FEED_INSERT, row, group, err);
	if (fail)
		return fail;
	/* Before the inserts below give numbers of their own. */
	seq = sqlite3_last_insert_rowid(records->db);
	fail = records_dirty_with_row(records, feed->name, group, err);
	if (!fail)
		fail = records_raw_put(records, feed, seq, row, err);
	if (!fail)
		fail = records_counts_add(records, feed->table, 1, 0, err);
	return fail ? fail : records_sweep_saw(records, feed, seq, err);
}

static int put_version(struct records *records, struct records_feed *feed,
	const struct feed_row *row, struct error *err)
{
	sqlite3_stmt *write;
	int fail;

	fail = records_feed_statement(
		records, feed, RECORDS_FEED_VERSION, &write, err);
	if (fail)
		return fail;
	sql_bind_text(write, 1, row->id);
	sql_bind_integer(write, 2, row->version);
	return records_done(records, write, err);
}

static int put_changed(struct records *records, struct records_feed *feed,
	const struct feed_row *row, const char *group, int64_t seq,
	struct error *err)
{
	int fail = write_row(
		records, feed, RECORDS_FEED_UPDATE, row, group, err);

	if (!fail)
		fail = records_dirty_with_row(records, feed->name, group, err);
	return fail ? fail : records_raw_put(records, feed, seq, row, err);
}

/* `find` has found the stored row. */
static int put_again(struct records *records, struct records_feed *feed,
	sqlite3_stmt *find, const struct feed_row *row, const char *group,
	enum feed_change *ret, struct error *err)
{
	int64_t seq = sqlite3_column_int64(find, 0);
	int64_t version = sqlite3_column_int64(find, 2);
	int fail = 0;

	if (row->version < version) {
		*ret = FEED_STALE;
	} else if (same_content(feed, find, row, group)) {
		*ret = FEED_SAME;
		if (row->version > version)
			fail = put_version(records, feed, row, err);
	} else {
		*ret = FEED_CHANGED;
		fail = records_dirty_named(
			records, feed->name, sql_text(find, 1), err);
		(void)sqlite3_reset(find);
		if (!fail)
			fail = put_changed(records, feed, row, group, seq, err);
	}
	(void)sqlite3_reset(find);
	return fail ? fail : records_sweep_saw(records, feed, seq, err);
}

/* A row that is gone may still be stored in an older version, having moved
 * into the deleted group since. */
static int drop(struct records *records, struct records_feed *feed,
	const struct feed_row *row, struct error *err)
{
	sqlite3_stmt *find;
	bool found = false;
	int64_t seq, version;
	int fail;

	fail = records_index_need(records, feed, err);
	if (!fail)
		fail = records_feed_statement(
			records, feed, RECORDS_FEED_FIND, &find, err);
	if (fail)
		return fail;
	sql_bind_text(find, 1, row->id);
	fail = records_step(records, find, &found, err);
	if (fail || !found)
		return fail;
	seq = sqlite3_column_int64(find, 0);
	version = sqlite3_column_int64(find, 2);
	if (version <= row->version)
		fail = records_dirty_named(
			records, feed->name, sql_text(find, 1), err);
	(void)sqlite3_reset(find);
	if (fail || version > row->version)
		return fail;
	return records_erase(records, feed, seq, err);
}

static int check_row(const struct feed_shape *shape, const struct feed_row *row,
	const char *group, struct error *err)
{
	if (!row->id || !row->id[0])
		return error_set(
			err, FAIL_RECORD, "a row of %s has no id", shape->name);
	if (strlen(row->id) >= RECORDS_KEY_MAX ||
		strlen(group) >= RECORDS_KEY_MAX || !group[0])
		return error_set(err, FAIL_RECORD,
			"a row of %s has a key of %zu and %zu bytes, at most "
			"%d fit",
			shape->name, strlen(row->id), strlen(group),
			RECORDS_KEY_MAX - 1);
	if (row->raw_len > RECORDS_RAW_ROW_MAX)
		return error_set(err, FAIL_RECORD,
			"a row of %s is %zu bytes long, at most %u fit",
			shape->name, row->raw_len, RECORDS_RAW_ROW_MAX);
	return 0;
}

/* The stored row of that id: *ret_find is at it when *ret_found. */
static int find_row(struct records *records, struct records_feed *feed,
	const char *id, sqlite3_stmt **ret_find, bool *ret_found,
	struct error *err)
{
	bool new = false;
	int fail;

	fail = records_index_is_new(records, feed, id, &new, err);
	if (fail)
		return fail;
	if (new) {
		*ret_found = false;
		return 0;
	}
	fail = records_feed_statement(
		records, feed, RECORDS_FEED_FIND, ret_find, err);
	if (fail)
		return fail;
	sql_bind_text(*ret_find, 1, id);
	return records_step(records, *ret_find, ret_found, err);
}

int records_feed_put(struct records *records, const struct feed_shape *shape,
	const struct feed_row *row, enum feed_change *ret, struct error *err)
{
	const char *group = row->group ? row->group : row->id;
	enum feed_change change = FEED_NEW;
	struct records_feed *feed;
	sqlite3_stmt *find = NULL;
	bool gone = false;
	bool found = false;
	int fail;

	fail = check_row(shape, row, group, err);
	if (!fail)
		fail = records_feed_declare(records, shape, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (!fail)
		fail = is_gone(records, feed, row, group, &gone, err);
	if (fail)
		return fail;
	if (gone) {
		fail = drop(records, feed, row, err);
		if (!fail)
			*ret = FEED_GONE;
		return fail;
	}
	fail = find_row(records, feed, row->id, &find, &found, err);
	if (fail)
		return fail;
	if (found)
		fail = put_again(records, feed, find, row, group, &change, err);
	else
		fail = put_new(records, feed, row, group, err);
	if (!fail)
		*ret = change;
	return fail;
}

int records_feed_loaded(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	struct records_feed *feed = NULL;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail || !feed)
		return fail;
	return records_index_need(records, feed, err);
}

/* ---- delete ------------------------------------------------------------ */

static int remember(struct records *records, struct records_feed *feed,
	const char *key, int64_t version, struct error *err)
{
	sqlite3_stmt *put;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_DELETION_PUT, &put, err);
	if (fail)
		return fail;
	sql_bind_text(put, 1, feed->name);
	sql_bind_text(put, 2, key);
	sql_bind_integer(put, 3, version);
	sql_bind_integer(put, 4, clock_now(records->clock).wall_ms);
	fail = records_done(records, put, err);
	if (!fail)
		feed->deletions = true;
	return fail;
}

static int erase_key(struct records *records, struct records_feed *feed,
	const char *key, int64_t version, int *ret_rows, struct error *err)
{
	sqlite3_stmt *rows;
	int fail;

	fail = records_feed_statement(
		records, feed, RECORDS_FEED_WITH_KEY, &rows, err);
	if (fail)
		return fail;
	sql_bind_text(rows, 1, key);
	sql_bind_integer(rows, 2, version);
	return records_erase_each(records, feed, rows, ret_rows, err);
}

int records_feed_delete(struct records *records, const struct feed_shape *shape,
	const char *key, int64_t version, int *ret_rows, struct error *err)
{
	struct records_feed *feed;
	int fail;

	if (!key[0] || strlen(key) >= RECORDS_KEY_MAX)
		return error_set(err, FAIL_RECORD,
			"a deletion in %s has a key of %zu bytes", shape->name,
			strlen(key));
	fail = records_feed_declare(records, shape, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (!fail)
		fail = records_index_need(records, feed, err);
	if (!fail)
		fail = remember(records, feed, key, version, err);
	return fail ? fail
		    : erase_key(records, feed, key, version, ret_rows, err);
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

	if (!values)
		return records_no_memory(records, err);
	for (;;) {
		fail = records_step(records, rows, &more, err);
		if (fail || !more)
			break;
		row.id = sql_text(rows, 0);
		row.group = sql_text(rows, 1);
		row.version = sqlite3_column_int64(rows, 2);
		for (i = 0; i < feed->count; i++)
			values[i] = (const char *)sqlite3_column_text(
				rows, (int)i + 3);
		fail = fn(arg, &row);
		if (fail)
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
	sqlite3_stmt *rows = NULL;
	int fail;

	fail = records_feed_open(records, shape, &feed, err);
	if (!fail && feed && group)
		fail = records_index_need(records, feed, err);
	if (!fail && feed && group)
		fail = records_feed_statement(
			records, feed, RECORDS_FEED_GROUP, &rows, err);
	if (fail || !feed)
		return fail;
	if (rows && !sqlite3_stmt_busy(rows)) {
		sql_bind_text(rows, 1, group);
		return records_feed_walk(records, feed, rows, fn, arg, err);
	}
	fail = records_feed_select(records, feed, RECORDS_FEED_FRONT,
		group ? "WHERE _group = ?1 ORDER BY _seq" : "ORDER BY _seq",
		false, &rows, err);
	if (fail)
		return fail;
	if (group)
		sql_bind_text(rows, 1, group);
	fail = records_feed_walk(records, feed, rows, fn, arg, err);
	(void)sqlite3_finalize(rows);
	return fail;
}

int records_feed_count(struct records *records, const struct feed_shape *shape,
	int64_t *ret, struct error *err)
{
	struct records_feed *feed = NULL;
	int64_t rows = 0;
	int64_t gone;
	int fail;

	fail = records_feed_open(records, shape, &feed, err);
	if (!fail && feed)
		fail = records_counts_get(
			records, feed->table, NULL, &rows, &gone, err);
	if (!fail)
		*ret = rows;
	return fail;
}
