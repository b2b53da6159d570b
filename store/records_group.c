/*
 * Dirty groups with their rows.
 *
 * Groups that are dirty by name are read one by one. Where a frontier stands,
 * all groups behind it are dirty, and one scan in their order reads them:
 *
 *	frontier "B"   rows of C, C, D, E, E, E
 *	scan           C, C -> fn(C); D -> fn(D); E, E, E -> fn(E)
 *	frontier       "C"            "D"         "E"
 *
 * A row of the scan is good until its next step, and a group is complete when
 * the row of another one comes. So a group's values are kept in one block,
 * which serves the next group again.
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT SIZE_MAX

struct group_rows {
	const struct records_feed *feed;
	char key[RECORDS_KEY_MAX];
	size_t count;
	size_t room;           /* rows that the three lists have room for */
	struct feed_row *rows; /* owned, as all that follows */
	const char **values;   /* feed->count a row */
	size_t *starts;        /* in text, a row's id and its values */
	char *text;
	size_t len;
	size_t size;
};

struct group_walk {
	struct records *records;
	struct group_rows group;
	int (*fn)(void *arg, const struct feed_group *group);
	void *arg;
	size_t most; /* groups that may still be taken */
	bool by_name;
	bool any;
	int fail; /* what fn, or the queue, returned */
	struct error *err;
};

static void rows_free(struct group_rows *group)
{
	free(group->rows);
	free((void *)group->values);
	free(group->starts);
	free(group->text);
}

static void *resized(void *list, size_t count, size_t size)
{
	return size && count > SIZE_MAX / size ? NULL
					       : realloc(list, count * size);
}

static bool room_for_row(struct group_rows *group)
{
	size_t columns = group->feed->count;
	size_t room = group->room ? group->room * 2 : 16;
	void *list;

	if (group->count < group->room)
		return true;
	list = resized(group->rows, room, sizeof(*group->rows));
	if (!list)
		return false;
	group->rows = list;
	list = resized((void *)group->values, room * (columns + 1),
		sizeof(*group->values));
	if (!list)
		return false;
	group->values = list;
	list = resized(
		group->starts, room * (columns + 1), sizeof(*group->starts));
	if (!list)
		return false;
	group->starts = list;
	group->room = room;
	return true;
}

static bool add_text(
	struct group_rows *group, const char *text, size_t *ret_start)
{
	size_t len;

	*ret_start = ABSENT;
	if (!text)
		return true;
	len = strlen(text) + 1;
	if (group->size - group->len < len) {
		size_t size = (group->len + len) * 2;
		char *grown = size > group->len ? realloc(group->text, size)
						: NULL;

		if (!grown)
			return false;
		group->text = grown;
		group->size = size;
	}
	memcpy(group->text + group->len, text, len);
	*ret_start = group->len;
	group->len += len;
	return true;
}

static bool add_row(struct group_rows *group, const struct feed_row *row)
{
	size_t columns = group->feed->count;
	size_t *starts;

	if (!room_for_row(group))
		return false;
	starts = group->starts + group->count * (columns + 1);
	if (!add_text(group, row->id, &starts[0]))
		return false;
	for (size_t i = 0; i < columns; i++)
		if (!add_text(group, row->values[i], &starts[i + 1]))
			return false;
	group->rows[group->count++] = (struct feed_row){
		.version = row->version,
	};
	return true;
}

/* The block no longer moves: from where a text starts to where it is. */
static void point_at_text(struct group_rows *group)
{
	size_t columns = group->feed->count;

	for (size_t i = 0; i < group->count; i++) {
		const size_t *starts = group->starts + i * (columns + 1);
		const char **values = group->values + i * columns;

		for (size_t k = 0; k < columns; k++)
			values[k] = starts[k + 1] == ABSENT
					    ? NULL
					    : group->text + starts[k + 1];
		group->rows[i].id = group->text + starts[0];
		group->rows[i].group = group->key;
		group->rows[i].values = values;
	}
}

/* Takes the group off the queue and hands it on. */
static int give(struct group_walk *walk)
{
	struct group_rows *group = &walk->group;
	struct feed_group complete = { .key = group->key };
	const char *feed = group->feed->name;
	int fail;

	fail = walk->by_name ? records_dirty_clear(walk->records, feed,
				       group->key, walk->err)
			     : records_dirty_advance(walk->records, feed,
				       group->key, walk->err);
	if (fail)
		return fail;
	point_at_text(group);
	complete.rows = group->rows;
	complete.count = group->count;
	walk->any = true;
	walk->most--;
	fail = walk->fn(walk->arg, &complete);
	group->count = 0;
	group->len = 0;
	return fail;
}

static int take_row(void *arg, const struct feed_row *row)
{
	struct group_walk *walk = arg;
	struct group_rows *group = &walk->group;

	if (group->count && strcmp(group->key, row->group) != 0) {
		walk->fail = give(walk);
		if (walk->fail || !walk->most)
			return 1;
	}
	if (!group->count) {
		if (strlen(row->group) >= sizeof(group->key)) {
			walk->fail = records_trouble(
				walk->records, SQLITE_CORRUPT, walk->err);
			return 1;
		}
		memcpy(group->key, row->group, strlen(row->group) + 1);
	}
	if (add_row(group, row))
		return 0;
	walk->fail = error_set(
		walk->err, FAIL_STOP, "%s: out of memory", walk->records->path);
	return 1;
}

static int give_named(struct group_walk *walk, const struct feed_shape *shape)
{
	bool found = false;
	int fail;

	walk->by_name = true;
	while (walk->most) {
		fail = records_dirty_next_named(walk->records, shape->name,
			walk->group.key, &found, walk->err);
		if (fail || !found)
			return fail;
		fail = records_feed_each(walk->records, shape, walk->group.key,
			take_row, walk, walk->err);
		if (!fail)
			fail = give(walk);
		else if (walk->fail)
			fail = walk->fail;
		if (fail)
			return fail;
	}
	return 0;
}

static int give_behind(struct group_walk *walk, struct records_feed *feed,
	const char *frontier)
{
	sqlite3_stmt *rows;
	int fail;

	walk->by_name = false;
	fail = records_index_need(walk->records, feed, walk->err);
	if (!fail)
		fail = records_feed_select(walk->records, feed,
			RECORDS_FEED_FRONT,
			"WHERE _group > ?1 ORDER BY _group, _seq", false, &rows,
			walk->err);
	if (fail)
		return fail;
	sql_bind_text(rows, 1, frontier);
	fail = records_feed_walk(
		walk->records, feed, rows, take_row, walk, walk->err);
	(void)sqlite3_finalize(rows);
	if (walk->fail)
		return walk->fail;
	if (!fail && walk->group.count)
		fail = give(walk);
	return fail == 1 ? 0 : fail;
}

int records_dirty_each(struct records *records, const struct feed_shape *shape,
	size_t most, int (*fn)(void *arg, const struct feed_group *group),
	void *arg, bool *ret_any, struct error *err)
{
	struct group_walk walk = {
		.records = records,
		.fn = fn,
		.arg = arg,
		.most = most,
		.err = err,
	};
	struct records_feed *feed = NULL;
	char frontier[RECORDS_KEY_MAX];
	bool behind = false;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_feed_open(records, shape, &feed, err);
	if (!fail && feed)
		fail = records_dirty_frontier(
			records, feed->name, frontier, &behind, err);
	if (fail)
		return fail;
	if (feed) {
		walk.group.feed = feed;
		fail = give_named(&walk, shape);
		if (!fail && walk.most && behind)
			fail = give_behind(&walk, feed, frontier);
		rows_free(&walk.group);
	}
	if (!fail)
		*ret_any = walk.any;
	return fail;
}
