/*
 * The table of one feed, and the statements on it.
 *
 *	_feed_NAME  _seq  _id  _group  _version  and the entity's columns
 *	_raw_NAME   the rows as received, see records_raw.c
 *
 * The indexes of the feed's table come later, see records_index.c.
 *
 * A statement is prepared on its first use and kept as long as the file is
 * open. When a feed's columns grow, its statements are prepared anew.
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
	return len > 0 && len <= RECORDS_NAME_MAX && strspn(name, set) == len &&
	       name[0] != '_';
}

static bool same_columns(
	const struct records_feed *feed, const struct feed_shape *shape)
{
	if (feed->count != shape->count)
		return false;
	if (feed->given == shape->columns)
		return true;
	for (size_t i = 0; i < shape->count; i++) {
		if (strcmp(feed->columns[i], shape->columns[i].name) != 0)
			return false;
	}
	return true;
}

static void forget_columns(struct records_feed *feed)
{
	for (size_t i = 0; i < RECORDS_FEED_SQL_COUNT; i++) {
		(void)sqlite3_finalize(feed->statements[i]);
		feed->statements[i] = NULL;
	}
	for (size_t i = 0; i < RECORDS_LOOKUPS_MAX; i++) {
		(void)sqlite3_finalize(feed->found[i]);
		feed->found[i] = NULL;
	}
	for (size_t i = 0; feed->columns && i < feed->count; i++)
		free(feed->columns[i]);
	free(feed->columns);
	feed->columns = NULL;
	feed->count = 0;
}

static void feed_free(struct records_feed *feed)
{
	if (!feed)
		return;
	forget_columns(feed);
	records_index_drop_filter(feed);
	buf_free(&feed->raw.pack);
	buf_free(&feed->raw.history);
	free(feed->name);
	free(feed);
}

void records_feed_free(struct records *records)
{
	struct records_feed *next;

	for (; records->feeds; records->feeds = next) {
		next = records->feeds->next;
		feed_free(records->feeds);
	}
}

static void forget_rows(struct records_raw *raw)
{
	raw->number = RECORDS_NO_PACK;
	raw->changed = false;
	buf_reset(&raw->history);
	raw->history_rows = 0;
}

void records_feed_rolled_back(struct records *records)
{
	struct records_feed **at = &records->feeds;
	struct records_feed *feed;

	while (*at) {
		feed = *at;
		if (feed->declared_here) {
			*at = feed->next; /* its table is gone again */
			feed_free(feed);
			continue;
		}
		feed->sweeping = feed->sweeping_before;
		records_index_rolled_back(feed);
		forget_rows(&feed->raw);
		at = &feed->next;
	}
}

void records_feed_committed(struct records *records)
{
	struct records_feed *feed;

	for (feed = records->feeds; feed; feed = feed->next) {
		feed->declared_here = false;
		feed->sweeping_before = feed->sweeping;
		feed->indexed_before = feed->indexed;
	}
}

/* ---- statements -------------------------------------------------------- */

/* A reader may meet a file that doesn't have a newer column yet: null. */
static int put_columns(struct records *records, struct records_feed *feed,
	struct buf *text, struct error *err)
{
	struct records_columns stored = { 0 };
	int fail = 0;

	if (!records->writing)
		fail = records_columns_read(records, feed->table, &stored, err);
	if (fail)
		return fail;
	for (size_t i = 0; i < feed->count; i++) {
		if (records->writing ||
			records_columns_have(&stored, feed->columns[i]))
			buf_printf(text, ", \"%s\"", feed->columns[i]);
		else
			buf_puts(text, ", NULL");
	}
	if (!records->writing)
		records_columns_free(&stored);
	return 0;
}

static int put_select(struct records *records, struct records_feed *feed,
	const char *front, const char *where, struct buf *text,
	struct error *err)
{
	int fail;

	buf_puts(text, front);
	fail = put_columns(records, feed, text, err);
	buf_printf(text, " FROM \"%s\" %s", feed->table, where);
	return fail;
}

int records_feed_select(struct records *records, struct records_feed *feed,
	const char *front, const char *where, bool again, sqlite3_stmt **ret,
	struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	fail = put_select(records, feed, front, where, &text, err);
	if (!fail)
		fail = records_prepare(records, &text, again, ret, err);
	buf_free(&text);
	return fail;
}

static void put_insert(const struct records_feed *feed, struct buf *text)
{
	buf_printf(
		text, "INSERT INTO \"%s\" (_id, _group, _version", feed->table);
	for (size_t i = 0; i < feed->count; i++)
		buf_printf(text, ", \"%s\"", feed->columns[i]);
	buf_puts(text, ") VALUES (?1, ?2, ?3");
	for (size_t i = 0; i < feed->count; i++)
		buf_printf(text, ", ?%zu", i + 4);
	buf_puts(text, ")");
}

static void put_update(const struct records_feed *feed, struct buf *text)
{
	buf_printf(text, "UPDATE \"%s\" SET _group = ?2, _version = ?3",
		feed->table);
	for (size_t i = 0; i < feed->count; i++)
		buf_printf(text, ", \"%s\" = ?%zu", feed->columns[i], i + 4);
	buf_puts(text, " WHERE _id = ?1");
}

static int put_statement(struct records *records, struct records_feed *feed,
	enum records_feed_sql which, struct buf *text, struct error *err)
{
	switch (which) {
	case RECORDS_FEED_FIND:
		return put_select(records, feed,
			"SELECT _seq, _group, _version", "WHERE _id = ?1", text,
			err);
	case RECORDS_FEED_GROUP:
		return put_select(records, feed, RECORDS_FEED_FRONT,
			"WHERE _group = ?1 ORDER BY _seq", text, err);
	case RECORDS_FEED_INSERT:
		put_insert(feed, text);
		break;
	case RECORDS_FEED_UPDATE:
		put_update(feed, text);
		break;
	case RECORDS_FEED_VERSION:
		buf_printf(text,
			"UPDATE \"%s\" SET _version = ?2 WHERE _id = ?1",
			feed->table);
		break;
	case RECORDS_FEED_ERASE:
		buf_printf(text, "DELETE FROM \"%s\" WHERE _seq = ?1",
			feed->table);
		break;
	case RECORDS_FEED_WITH_KEY:
		buf_printf(text,
			"SELECT _seq, _group FROM \"%s\" WHERE (_id = ?1 OR "
			"_group = ?1) AND _version <= ?2",
			feed->table);
		break;
	case RECORDS_FEED_UNSEEN:
		buf_printf(text,
			"SELECT _seq, _group FROM \"%s\" WHERE _seq NOT IN "
			"(SELECT seq FROM temp.\"sweep_%s\") ORDER BY _seq",
			feed->table, feed->name);
		break;
	case RECORDS_FEED_SEEN:
		buf_printf(text,
			"INSERT OR IGNORE INTO temp.\"sweep_%s\" VALUES (?1)",
			feed->name);
		break;
	case RECORDS_FEED_PACK_GET:
		buf_printf(text, "SELECT body FROM \"_raw_%s\" WHERE pack = ?1",
			feed->name);
		break;
	case RECORDS_FEED_PACK_PUT:
		buf_printf(text,
			"INSERT INTO \"_raw_%s\" (pack, body) VALUES (?1, ?2) "
			"ON CONFLICT (pack) DO UPDATE SET body = excluded.body",
			feed->name);
		break;
	case RECORDS_FEED_PACK_ERASE:
		buf_printf(text, "DELETE FROM \"_raw_%s\" WHERE pack = ?1",
			feed->name);
		break;
	case RECORDS_FEED_SQL_COUNT:
		assert(false);
	}
	return 0;
}

int records_feed_statement(struct records *records, struct records_feed *feed,
	enum records_feed_sql which, sqlite3_stmt **ret, struct error *err)
{
	struct buf text;
	int fail = 0;

	if (!feed->statements[which]) {
		buf_init(&text, 1 << 20);
		fail = put_statement(records, feed, which, &text, err);
		if (!fail)
			fail = records_prepare(records, &text, true,
				&feed->statements[which], err);
		buf_free(&text);
	}
	if (!fail)
		*ret = feed->statements[which];
	return fail;
}

/* ---- opening ------------------------------------------------------------- */

static int any_deletions(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *any;
	bool row = false;
	int fail;

	fail = records_fixed(records, RECORDS_SQL_DELETION_ANY, &any, err);
	if (fail)
		return fail;
	sql_bind_text(any, 1, feed->name);
	fail = records_step(records, any, &row, err);
	if (fail)
		return fail;
	feed->deletions = sqlite3_column_int(any, 0) != 0;
	(void)sqlite3_reset(any);
	return 0;
}

static int take_columns(struct records *records, struct records_feed *feed,
	const struct feed_shape *shape, struct error *err)
{
	forget_columns(feed);
	feed->columns = calloc(shape->count + 1, sizeof(*feed->columns));
	if (!feed->columns)
		return records_no_memory(records, err);
	feed->count = shape->count;
	feed->given = shape->columns;
	for (size_t i = 0; i < shape->count; i++) {
		feed->columns[i] = strdup(shape->columns[i].name);
		if (!feed->columns[i])
			return records_no_memory(records, err);
	}
	return 0;
}

static int feed_new(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err)
{
	struct records_feed *feed = calloc(1, sizeof(*feed));
	int fail;

	if (!feed)
		return records_no_memory(records, err);
	buf_init(&feed->raw.pack, RECORDS_PACK_MAX);
	buf_init(&feed->raw.history, RECORDS_PACK_MAX);
	feed->raw.number = RECORDS_NO_PACK;
	feed->name = strdup(shape->name);
	records_feed_table_name(shape->name, feed->table);
	fail = feed->name ? take_columns(records, feed, shape, err)
			  : records_no_memory(records, err);
	if (!fail)
		fail = any_deletions(records, feed, err);
	if (!fail)
		fail = records_index_look(records, feed, err);
	if (fail) {
		feed_free(feed);
		return fail;
	}
	feed->next = records->feeds;
	records->feeds = feed;
	*ret = feed;
	return 0;
}

static struct records_feed *cached(
	struct records *records, const struct feed_shape *shape)
{
	struct records_feed *feed = records->feeds;

	while (feed && strcmp(feed->name, shape->name) != 0)
		feed = feed->next;
	return feed;
}

/* The feed's table is there. */
static int open_cached(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err)
{
	struct records_feed *feed = cached(records, shape);
	int fail = 0;

	if (!feed)
		return feed_new(records, shape, ret, err);
	if (!same_columns(feed, shape))
		fail = take_columns(records, feed, shape, err);
	if (!fail)
		*ret = feed;
	return fail;
}

int records_feed_open(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err)
{
	struct records_columns columns;
	char table[RECORDS_TABLE_MAX];
	bool there;
	int fail;

	if (cached(records, shape))
		return open_cached(records, shape, ret, err);
	records_feed_table_name(shape->name, table);
	fail = records_columns_read(records, table, &columns, err);
	if (fail)
		return fail;
	there = columns.count > 0;
	records_columns_free(&columns);
	if (there)
		return open_cached(records, shape, ret, err);
	*ret = NULL;
	return 0;
}

/* ---- making --------------------------------------------------------------- */

static int create(struct records *records, const struct feed_shape *shape,
	const char *table, struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	buf_printf(&text,
		"CREATE TABLE \"%s\" (_seq INTEGER PRIMARY KEY, _id TEXT NOT "
		"NULL, _group TEXT NOT NULL, _version INTEGER NOT NULL",
		table);
	for (size_t i = 0; i < shape->count; i++)
		buf_printf(&text, ", \"%s\" TEXT", shape->columns[i].name);
	buf_printf(&text, "); " RECORDS_RAW_TABLE, shape->name);
	fail = records_execute(records, &text, err);
	buf_free(&text);
	if (!fail)
		fail = records_counts_start(records, table, err);
	return fail ? fail
		    : records_dirty_everything(records, shape->name, err);
}

static int add_columns(struct records *records, const struct feed_shape *shape,
	const char *table, const struct records_columns *stored,
	struct error *err)
{
	struct buf text;
	int fail = 0;

	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < shape->count; i++) {
		if (!records_columns_have(stored, shape->columns[i].name))
			buf_printf(&text,
				"ALTER TABLE \"%s\" ADD COLUMN \"%s\" TEXT;",
				table, shape->columns[i].name);
	}
	if (text.len || buf_failed(&text))
		fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail;
}

static int make_table(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	struct records_columns stored;
	char table[RECORDS_TABLE_MAX];
	int fail;

	records_feed_table_name(shape->name, table);
	fail = records_columns_read(records, table, &stored, err);
	if (fail)
		return fail;
	fail = stored.count ? add_columns(records, shape, table, &stored, err)
			    : create(records, shape, table, err);
	records_columns_free(&stored);
	return fail;
}

int records_feed_declare(struct records *records,
	const struct feed_shape *shape, struct error *err)
{
	struct records_feed *feed = cached(records, shape);
	bool known = feed != NULL;
	int fail;

	fail = records_writable(records, err);
	if (fail || (known && same_columns(feed, shape)))
		return fail;
	assert(identifier(shape->name));
	for (size_t i = 0; i < shape->count; i++)
		assert(identifier(shape->columns[i].name));
	fail = make_table(records, shape, err);
	if (!fail)
		fail = open_cached(records, shape, &feed, err);
	if (!fail)
		feed->declared_here = true;
	return fail;
}
