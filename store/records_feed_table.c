/*
 * The table of one feed, and the statements on it.
 *
 *	feed_NAME  _seq  _id  _group  _version  and the entity's columns
 *
 * Its indexes come later, see records_index.c.
 *
 * They are prepared once and kept as long as the file is open. A feed whose
 * columns grew gets a second set of statements; the older set still fits the
 * table.
 */
#include "store/records_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool identifier(const char *name)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t len = strlen(name);

	/* A leading underscore is ours: _seq, _id, _group, _version. */
	return len > 0 && len <= 64 && strspn(name, set) == len &&
	       name[0] != '_';
}

static bool same_columns(
	const struct records_feed *feed, const struct feed_shape *shape)
{
	size_t i;

	if (feed->count != shape->count)
		return false;
	if (feed->given == shape->columns)
		return true;
	for (i = 0; i < shape->count; i++) {
		if (strcmp(feed->columns[i], shape->columns[i]) != 0)
			return false;
	}
	return true;
}

static void feed_free(struct records_feed *feed)
{
	size_t i;

	if (feed == NULL)
		return;
	(void)sqlite3_finalize(feed->find);
	(void)sqlite3_finalize(feed->insert);
	(void)sqlite3_finalize(feed->update);
	(void)sqlite3_finalize(feed->version);
	(void)sqlite3_finalize(feed->group);
	(void)sqlite3_finalize(feed->seen);
	for (i = 0; i < RECORDS_LOOKUPS_MAX; i++)
		(void)sqlite3_finalize(feed->found[i]);
	for (i = 0; feed->columns != NULL && i < feed->count; i++)
		free(feed->columns[i]);
	free(feed->columns);
	free(feed->name);
	buf_free(&feed->raw);
	free(feed->filter);
	free(feed);
}

void records_feed_free(struct records *records)
{
	struct records_feed *feed = records->feeds;
	struct records_feed *next;

	for (; feed != NULL; feed = next) {
		next = feed->next;
		feed_free(feed);
	}
	records->feeds = NULL;
}

void records_feed_rolled_back(struct records *records)
{
	struct records_feed **at = &records->feeds;
	struct records_feed *feed;

	while (*at != NULL) {
		feed = *at;
		if (feed->declared_here) {
			*at = feed->next; /* its table is gone again */
			feed_free(feed);
			continue;
		}
		feed->sweeping = feed->sweeping_before;
		records_index_rolled_back(feed);
		feed->last_dirty[0] = '\0';
		buf_reset(&feed->raw);
		feed->raw_rows = 0;
		at = &feed->next;
	}
}

void records_feed_committed(struct records *records)
{
	struct records_feed *feed;

	for (feed = records->feeds; feed != NULL; feed = feed->next) {
		feed->declared_here = false;
		feed->sweeping_before = feed->sweeping;
		feed->indexed_before = feed->indexed;
		feed->last_dirty[0] = '\0';
	}
}

/* ---- statements -------------------------------------------------------- */

static struct records_feed *feed_new(const struct feed_shape *shape)
{
	struct records_feed *feed = calloc(1, sizeof(*feed));
	size_t i;

	if (feed == NULL)
		return NULL;
	buf_init(&feed->raw, RECORDS_RAW_MAX);
	feed->name = strdup(shape->name);
	feed->columns = calloc(shape->count + 1, sizeof(*feed->columns));
	if (feed->name == NULL || feed->columns == NULL)
		goto fail;
	feed->count = shape->count;
	feed->given = shape->columns;
	for (i = 0; i < shape->count; i++) {
		feed->columns[i] = strdup(shape->columns[i]);
		if (feed->columns[i] == NULL)
			goto fail;
	}
	return feed;
fail:
	feed_free(feed);
	return NULL;
}

/* A reader may meet a file that doesn't have a newer column yet: null. */
static int put_columns(struct records *records, struct records_feed *feed,
	struct buf *text, struct error *err)
{
	char table[80];
	bool there;
	size_t i;
	int fail;

	(void)sqlite3_snprintf(
		(int)sizeof(table), table, "feed_%s", feed->name);
	for (i = 0; i < feed->count; i++) {
		there = true;
		if (!records->writing) {
			fail = records_schema_has(
				records, table, feed->columns[i], &there, err);
			if (fail != 0)
				return fail;
		}
		if (there)
			buf_printf(text, ", \"%s\"", feed->columns[i]);
		else
			buf_puts(text, ", NULL");
	}
	return 0;
}

int records_feed_select(struct records *records, struct records_feed *feed,
	const char *front, const char *where, bool again, sqlite3_stmt **ret,
	struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	buf_puts(&text, front);
	fail = put_columns(records, feed, &text, err);
	buf_printf(&text, " FROM \"feed_%s\" %s", feed->name, where);
	if (fail == 0)
		fail = records_prepare(records, &text, again, ret, err);
	buf_free(&text);
	return fail;
}

static int prepare_writes(
	struct records *records, struct records_feed *feed, struct error *err)
{
	struct buf text;
	size_t i;
	int fail;

	buf_init(&text, 1 << 20);
	buf_printf(&text, "INSERT INTO \"feed_%s\" (_id, _group, _version",
		feed->name);
	for (i = 0; i < feed->count; i++)
		buf_printf(&text, ", \"%s\"", feed->columns[i]);
	buf_puts(&text, ") VALUES (?1, ?2, ?3");
	for (i = 0; i < feed->count; i++)
		buf_printf(&text, ", ?%zu", i + 4);
	buf_puts(&text, ")");
	fail = records_prepare(records, &text, true, &feed->insert, err);
	if (fail != 0)
		goto done;

	buf_reset(&text);
	buf_printf(&text, "UPDATE \"feed_%s\" SET _group = ?2, _version = ?3",
		feed->name);
	for (i = 0; i < feed->count; i++)
		buf_printf(&text, ", \"%s\" = ?%zu", feed->columns[i], i + 4);
	buf_puts(&text, " WHERE _id = ?1");
	fail = records_prepare(records, &text, true, &feed->update, err);
	if (fail != 0)
		goto done;

	buf_reset(&text);
	buf_printf(&text, "UPDATE \"feed_%s\" SET _version = ?2 WHERE _id = ?1",
		feed->name);
	fail = records_prepare(records, &text, true, &feed->version, err);
done:
	buf_free(&text);
	return fail;
}

static int any_deletions(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *any;
	bool row = false;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_DELETION_ANY, &any, err);
	if (fail != 0)
		return fail;
	sql_bind_text(any, 1, feed->name);
	fail = records_step(records, any, &row, err);
	if (fail != 0)
		return fail;
	feed->deletions = sqlite3_column_int(any, 0) != 0;
	(void)sqlite3_reset(any);
	return 0;
}

static int prepare(
	struct records *records, struct records_feed *feed, struct error *err)
{
	int fail;

	fail = records_feed_select(records, feed,
		"SELECT _seq, _group, _version", "WHERE _id = ?1", true,
		&feed->find, err);
	if (fail == 0)
		fail = records_feed_select(records, feed, RECORDS_FEED_FRONT,
			"WHERE _group = ?1 ORDER BY _seq", true, &feed->group,
			err);
	if (fail == 0 && records->writing)
		fail = prepare_writes(records, feed, err);
	if (fail == 0)
		fail = any_deletions(records, feed, err);
	if (fail == 0)
		fail = records_index_look(records, feed, err);
	return fail;
}

static struct records_feed *cached(
	struct records *records, const struct feed_shape *shape)
{
	struct records_feed *feed = records->feeds;

	while (feed != NULL && (strcmp(feed->name, shape->name) != 0 ||
				       !same_columns(feed, shape)))
		feed = feed->next;
	return feed;
}

int records_feed_open(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err)
{
	struct records_feed *feed = cached(records, shape);
	char table[80];
	bool there = false;
	int fail;

	if (feed != NULL) {
		*ret = feed;
		return 0;
	}
	(void)sqlite3_snprintf(
		(int)sizeof(table), table, "feed_%s", shape->name);
	fail = records_schema_has(records, table, NULL, &there, err);
	if (fail != 0)
		return fail;
	if (!there) {
		*ret = NULL;
		return 0;
	}
	feed = feed_new(shape);
	if (feed == NULL)
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	fail = prepare(records, feed, err);
	if (fail != 0) {
		feed_free(feed);
		return fail;
	}
	feed->next = records->feeds;
	records->feeds = feed;
	*ret = feed;
	return 0;
}

static int make_table(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	char table[80];
	struct buf text;
	bool old = false;
	bool there = false;
	size_t i;
	int fail;

	(void)sqlite3_snprintf(
		(int)sizeof(table), table, "feed_%s", shape->name);
	fail = records_schema_has(records, table, NULL, &old, err);
	if (fail != 0)
		return fail;
	buf_init(&text, 1 << 20);
	buf_printf(&text,
		"CREATE TABLE IF NOT EXISTS \"%s\" (_seq INTEGER PRIMARY KEY, "
		"_id TEXT NOT NULL, _group TEXT NOT NULL, _version INTEGER "
		"NOT NULL)",
		table);
	fail = sql_execute(records->db, records->path, text.data, err);
	if (fail == 0 && !old)
		fail = records_dirty_everything(records, shape->name, err);
	for (i = 0; fail == 0 && i < shape->count; i++) {
		fail = records_schema_has(
			records, table, shape->columns[i], &there, err);
		if (fail != 0 || there)
			continue;
		buf_reset(&text);
		buf_printf(&text, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" TEXT",
			table, shape->columns[i]);
		fail = sql_execute(records->db, records->path, text.data, err);
	}
	if (fail != 0)
		records->broken = true;
	buf_free(&text);
	return fail;
}

int records_feed_declare(struct records *records,
	const struct feed_shape *shape, struct error *err)
{
	struct records_feed *feed;
	size_t i;
	int fail;

	fail = records_writable(records, err);
	if (fail != 0 || cached(records, shape) != NULL)
		return fail;
	assert(identifier(shape->name));
	for (i = 0; i < shape->count; i++)
		assert(identifier(shape->columns[i]));
	fail = make_table(records, shape, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail == 0)
		feed->declared_here = true;
	return fail;
}
