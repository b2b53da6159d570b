/*
 * The groups whose records must be derived again. Each feed has
 *
 *	dirty      groups by name
 *	frontier   a name; every group of the feed's rows after it is dirty
 *
 * The frontier of a new feed lies before all names, so that a first load of a
 * million rows notes no group. The frontier moves on as groups are derived,
 * and ends after the last one. A group before the frontier that gets, changes
 * or loses a row is noted by name.
 *
 *	                             dirty     frontier
 *	rows of A, B, C come                   ""
 *	A and B are derived                    "B"
 *	a row of A and of C changes  A         "B"
 *	D comes, and C is deleted    A C       "B"
 *	all are derived                        "D"
 *
 * Groups come in the order of their names, which is also the order of the
 * records in their table: a first load writes one record after the other. In
 * order of arrival, each record would dirty a page of its own somewhere.
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

struct records_queue {
	struct records_queue *next;
	char *name;  /* owned */
	bool loaded; /* what follows is as stored */
	bool has_frontier;
	char frontier[RECORDS_KEY_MAX];
	bool moved;                    /* not stored yet */
	char offered[RECORDS_KEY_MAX]; /* the group after it, or "" */
	char noted[RECORDS_KEY_MAX];   /* in _dirty: spares a lookup a row */
	sqlite3_stmt *behind;          /* NULL: there is no such table */
};

static int load(
	struct records *records, struct records_queue *queue, struct error *err)
{
	sqlite3_stmt *get;
	bool row = false;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_FRONTIER_GET, &get, err);
	if (fail)
		return fail;
	sql_bind_text(get, 1, queue->name);
	fail = records_step(records, get, &row, err);
	if (fail)
		return fail;
	queue->has_frontier = row;
	queue->moved = false;
	queue->offered[0] = '\0';
	queue->noted[0] = '\0';
	if (row) {
		const char *text = sql_text(get, 0);

		if (strlen(text) >= sizeof(queue->frontier))
			fail = records_trouble(records, SQLITE_CORRUPT, err);
		else
			memcpy(queue->frontier, text, strlen(text) + 1);
		(void)sqlite3_reset(get);
	}
	queue->loaded = !fail;
	return fail;
}

static int open_queue(struct records *records, const char *feed,
	struct records_queue **ret, struct error *err)
{
	struct records_queue *queue = records->queues;
	int fail;

	while (queue && strcmp(queue->name, feed) != 0)
		queue = queue->next;
	if (!queue) {
		queue = calloc(1, sizeof(*queue));
		if (queue)
			queue->name = strdup(feed);
		if (!queue || !queue->name) {
			free(queue);
			return records_no_memory(records, err);
		}
		queue->next = records->queues;
		records->queues = queue;
	}
	if (!queue->loaded) {
		fail = load(records, queue, err);
		if (fail)
			return fail;
	}
	*ret = queue;
	return 0;
}

void records_dirty_free(struct records *records)
{
	struct records_queue *queue = records->queues;
	struct records_queue *next;

	for (; queue; queue = next) {
		next = queue->next;
		(void)sqlite3_finalize(queue->behind);
		free(queue->name);
		free(queue);
	}
	records->queues = NULL;
}

void records_dirty_rolled_back(struct records *records)
{
	struct records_queue *queue;

	for (queue = records->queues; queue; queue = queue->next) {
		queue->loaded = false;
		(void)sqlite3_finalize(queue->behind); /* of a table gone? */
		queue->behind = NULL;
	}
}

static int put_frontier(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	sqlite3_stmt *put;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_FRONTIER_PUT, &put, err);
	if (fail)
		return fail;
	sql_bind_text(put, 1, feed);
	sql_bind_text(put, 2, group);
	return records_done(records, put, err);
}

int records_dirty_flush(struct records *records, struct error *err)
{
	struct records_queue *queue;
	int fail;

	for (queue = records->queues; queue; queue = queue->next) {
		if (!queue->loaded || !queue->moved)
			continue;
		fail = put_frontier(records, queue->name, queue->frontier, err);
		if (fail)
			return fail;
		queue->moved = false;
	}
	return 0;
}

static int has_table(struct records *records, const char *table, bool *ret,
	struct error *err)
{
	struct records_columns columns;
	int fail = records_columns_read(records, table, &columns, err);

	if (fail)
		return fail;
	*ret = columns.count > 0;
	records_columns_free(&columns);
	return 0;
}

/* ---- making dirty -------------------------------------------------------- */

int records_dirty_everything(
	struct records *records, const char *feed, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (!fail)
		fail = put_frontier(records, feed, "", err);
	if (!fail)
		fail = load(records, queue, err);
	return fail;
}

int records_dirty_all(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	char table[RECORDS_TABLE_MAX];
	bool there = false;
	int fail;

	records_feed_table_name(shape->name, table);
	fail = records_writable(records, err);
	if (!fail)
		fail = has_table(records, table, &there, err);
	if (fail || !there)
		return fail;
	return records_dirty_everything(records, shape->name, err);
}

static int note(struct records *records, struct records_queue *queue,
	const char *group, struct error *err)
{
	sqlite3_stmt *add;
	int fail;

	if (!strcmp(queue->noted, group))
		return 0;
	fail = records_fixed(records, RECORDS_SQL_DIRTY_ADD, &add, err);
	if (fail)
		return fail;
	sql_bind_text(add, 1, queue->name);
	sql_bind_text(add, 2, group);
	fail = records_done(records, add, err);
	if (!fail && strlen(group) < sizeof(queue->noted))
		memcpy(queue->noted, group, strlen(group) + 1);
	return fail;
}

int records_dirty_named(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	struct records_queue *queue;
	int fail = open_queue(records, feed, &queue, err);

	return fail ? fail : note(records, queue, group, err);
}

int records_dirty_with_row(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (fail)
		return fail;
	if (queue->has_frontier && strcmp(group, queue->frontier) > 0) {
		if (strcmp(group, queue->offered) <= 0)
			queue->offered[0] = '\0'; /* no longer the next */
		return 0;
	}
	return note(records, queue, group, err);
}

int records_dirty_add(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = open_queue(records, feed, &queue, err);
	if (fail)
		return fail;
	/* The frontier will come to the group, if the group has rows. */
	if (queue->has_frontier && strcmp(group, queue->frontier) > 0)
		return 0;
	return note(records, queue, group, err);
}

/* ---- the queue ------------------------------------------------------------ */

static int prepare_behind(
	struct records *records, struct records_queue *queue, struct error *err)
{
	char table[RECORDS_TABLE_MAX];
	struct buf text;
	bool there = false;
	int fail;

	records_feed_table_name(queue->name, table);
	fail = has_table(records, table, &there, err);
	if (fail || !there)
		return fail;
	buf_init(&text, 1024);
	buf_printf(&text,
		"SELECT _group FROM \"%s\" WHERE _group > ?1 ORDER BY _group "
		"LIMIT 1",
		table);
	fail = records_prepare(records, &text, true, &queue->behind, err);
	buf_free(&text);
	return fail;
}

/* Run a query for one group. */
static int find_group(struct records *records, sqlite3_stmt *statement,
	char ret[static RECORDS_KEY_MAX], bool *ret_found, struct error *err)
{
	const char *group;
	bool row = false;
	int fail;

	fail = records_step(records, statement, &row, err);
	if (fail)
		return fail;
	if (row) {
		group = sql_text(statement, 0);
		if (strlen(group) >= RECORDS_KEY_MAX)
			fail = records_trouble(records, SQLITE_CORRUPT, err);
		else
			memcpy(ret, group, strlen(group) + 1);
		(void)sqlite3_reset(statement);
	}
	if (!fail)
		*ret_found = row;
	return fail;
}

static int need_index(
	struct records *records, const char *name, struct error *err)
{
	struct records_feed *feed = records->feeds;

	while (feed && strcmp(feed->name, name) != 0)
		feed = feed->next;
	return feed ? records_index_need(records, feed, err) : 0;
}

static int next_behind(struct records *records, struct records_queue *queue,
	char ret[static RECORDS_KEY_MAX], bool *ret_found, struct error *err)
{
	int fail = 0;

	if (!queue->behind)
		fail = prepare_behind(records, queue, err);
	if (!fail)
		fail = need_index(records, queue->name, err);
	if (fail)
		return fail;
	if (!queue->behind) {
		*ret_found = false;
		return 0;
	}
	sql_bind_text(queue->behind, 1, queue->frontier);
	fail = find_group(records, queue->behind, ret, ret_found, err);
	if (!fail && *ret_found)
		memcpy(queue->offered, ret, sizeof(queue->offered));
	return fail;
}

int records_dirty_next_named(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_found, struct error *err)
{
	sqlite3_stmt *next;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_DIRTY_NEXT, &next, err);
	if (fail)
		return fail;
	sql_bind_text(next, 1, feed);
	return find_group(records, next, ret, ret_found, err);
}

int records_dirty_frontier(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_has, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (fail)
		return fail;
	memcpy(ret, queue->frontier, RECORDS_KEY_MAX);
	*ret_has = queue->has_frontier;
	return 0;
}

int records_dirty_is_all(
	struct records *records, const char *feed, bool *ret, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (fail == 0)
		*ret = queue->has_frontier && !queue->frontier[0];
	return fail;
}

int records_dirty_advance(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	struct records_queue *queue;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (fail)
		return fail;
	if (strlen(group) >= sizeof(queue->frontier))
		return records_trouble(records, SQLITE_CORRUPT, err);
	memcpy(queue->frontier, group, strlen(group) + 1);
	queue->offered[0] = '\0';
	queue->moved = true;
	return 0;
}

int records_dirty_next(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_found, struct error *err)
{
	struct records_queue *queue;
	bool found = false;
	int fail;

	fail = open_queue(records, feed, &queue, err);
	if (!fail)
		fail = records_dirty_next_named(
			records, feed, ret, &found, err);
	if (!fail && !found && queue->has_frontier)
		fail = next_behind(records, queue, ret, &found, err);
	if (!fail)
		*ret_found = found;
	return fail;
}

int records_dirty_clear(struct records *records, const char *feed,
	const char *group, struct error *err)
{
	struct records_queue *queue;
	sqlite3_stmt *clear;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = open_queue(records, feed, &queue, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_DIRTY_CLEAR, &clear, err);
	if (fail)
		return fail;
	/* Only past the group that comes next: those between are dirty. */
	if (queue->offered[0] && strcmp(queue->offered, group) == 0) {
		memcpy(queue->frontier, queue->offered,
			sizeof(queue->frontier));
		queue->offered[0] = '\0';
		queue->moved = true;
	}
	sql_bind_text(clear, 1, feed);
	sql_bind_text(clear, 2, group);
	queue->noted[0] = '\0';
	return records_done(records, clear, err);
}
