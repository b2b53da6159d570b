/*
 * The indexes of a feed's table, made once its first load is through.
 *
 * Ids are random. An index kept up row by row dirties a page somewhere in it
 * for each row: a million rows wrote several GB for 100 MB of indexes. Sorted
 * at the end, they are written one page after the other.
 *
 *	new table ──row──► loading: no index, but a filter of the ids so far
 *	                      │ an id that may have come before; a lookup; the
 *	                      ▼ end of the reading
 *	                   indexed, for good
 *
 * Loading needs to know of each row whether that row came before. The filter
 * (Bloom's, 16 bits for an id) never says "new" of an id that came. A filter
 * has 64 bits for each id: of a million new ids it doubts 2 in 10^11. One that
 * fills up is replaced by a filter of eight times the size; the largest takes
 * any number of ids, and doubts 2 in 10^5 among three million. A doubt costs
 * speed alone: the indexes are made, and they tell.
 *
 * Each feed has its own filter, so streams that load side by side do not slow
 * each other down, and a feed whose end is never reported
 * (records_feed_loaded()) costs only itself. A feed of one row has none: the
 * first row of an empty table is new. When the filters of all feeds together
 * would pass FILTERS_MAX bytes, a feed gets its indexes instead of a filter.
 *
 * A process that is killed leaves a table without indexes, and the next
 * process fills the filter from the table.
 */
#include "store/records_parts.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FILTER_MARKS   16
#define BITS_FOR_AN_ID 64
#define FILTER_GROWTH  8
#define FILTER_LEAST   (UINT32_C(1) << 20) /* bits */
#define FILTER_MOST    (UINT32_C(1) << 26)
#define FILTERS_MAX    (20u << 20) /* bytes, of all feeds together */

struct records_filter {
	uint32_t bits;
	int64_t ids; /* noted so far */
	unsigned char marks[];
};

/* ---- the filter ----------------------------------------------------------- */

static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Notes the id; true when it surely was not noted before. */
static bool note(struct records_filter *filter, const char *id)
{
	uint64_t hash = 0xcbf29ce484222325u;
	uint32_t at, step;
	bool new = false;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3u;
	hash = mixed(hash);
	at = (uint32_t)hash;
	step = (uint32_t)(hash >> 32) | 1u;
	for (int i = 0; i < FILTER_MARKS; i++, at += step) {
		unsigned char *byte = &filter->marks[at % filter->bits / 8];
		unsigned char bit = (unsigned char)(1u << at % 8);

		new |= !(*byte & bit);
		*byte |= bit;
	}
	filter->ids++;
	return new;
}

static int fill(struct records *records, const struct records_feed *feed,
	struct records_filter *filter, struct error *err)
{
	sqlite3_stmt *ids;
	struct buf text;
	bool more = true;
	int fail;

	buf_init(&text, 256);
	buf_printf(&text, "SELECT _id FROM \"%s\"", feed->table);
	fail = records_prepare(records, &text, false, &ids, err);
	buf_free(&text);
	if (fail)
		return fail;
	for (;;) {
		fail = records_step(records, ids, &more, err);
		if (fail || !more)
			break;
		(void)note(filter, sql_text(ids, 0));
	}
	(void)sqlite3_finalize(ids);
	return fail;
}

static size_t all_filters(const struct records *records)
{
	size_t bytes = 0;

	for (const struct records_feed *feed = records->feeds; feed;
		feed = feed->next)
		bytes += feed->filter ? feed->filter->bits / 8 : 0;
	return bytes;
}

void records_index_drop_filter(struct records_feed *feed)
{
	free(feed->filter);
	feed->filter = NULL;
}

static bool is_full(const struct records_filter *filter)
{
	return filter->bits < FILTER_MOST &&
	       filter->ids >= filter->bits / BITS_FOR_AN_ID;
}

/* A filter with room for more ids than the feed has rows; NULL when there is
 * no room for such a filter. */
static int make_filter(struct records *records, struct records_feed *feed,
	int64_t rows, struct error *err)
{
	struct records_filter *filter;
	uint32_t bits = FILTER_LEAST;
	int fail;

	records_index_drop_filter(feed);
	while (bits < FILTER_MOST && rows >= bits / BITS_FOR_AN_ID)
		bits *= FILTER_GROWTH;
	if (all_filters(records) + bits / 8 > FILTERS_MAX)
		return 0;
	filter = calloc(1, sizeof(*filter) + bits / 8);
	if (!filter)
		return records_no_memory(records, err);
	filter->bits = bits;
	fail = fill(records, feed, filter, err);
	if (fail)
		free(filter);
	else
		feed->filter = filter;
	return fail;
}

int records_index_is_new(struct records *records, struct records_feed *feed,
	const char *id, bool *ret, struct error *err)
{
	int64_t rows = 0;
	int64_t gone = 0;
	bool new = false;
	int fail = 0;

	if (!feed->indexed && (!feed->filter || is_full(feed->filter))) {
		fail = records_counts_get(
			records, feed->table, NULL, &rows, &gone, err);
		if (fail)
			return fail;
		if (!rows) {
			*ret = true;
			return 0;
		}
		fail = make_filter(records, feed, rows, err);
	}
	if (!fail && !feed->indexed) {
		new = feed->filter &&note(feed->filter, id);
		if (!new)
			fail = records_index_need(records, feed, err);
	}
	if (!fail)
		*ret = new;
	return fail;
}

/* ---- the indexes ----------------------------------------------------------- */

/* The sorter takes as much memory as the cache may, and writes the rest to
 * files: few, small and with the company's own data. */
int records_index_make(
	struct records *records, const char *text, struct error *err)
{
	char *before = sqlite3_temp_directory;
	char path[PATH_MAX];
	int again;
	int fail;

	(void)sqlite3_snprintf((int)sizeof(path), path, "%s", records->path);
	(void)sqlite3_db_release_memory(records->db);
	fail = sql_execute(records->db, records->path,
		"PRAGMA cache_size = " RECORDS_CACHE_SORTING, err);
	sqlite3_temp_directory = sqlite3_mprintf("%s", dirname(path));
	if (!fail)
		fail = sql_execute(records->db, records->path, text, err);
	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = before;
	again = sql_execute(records->db, records->path,
		"PRAGMA cache_size = " RECORDS_CACHE, fail ? NULL : err);
	return fail ? fail : again;
}

int records_index_need(
	struct records *records, struct records_feed *feed, struct error *err)
{
	struct buf text;
	int fail;

	if (feed->indexed || !records->writing)
		return 0;
	records_index_drop_filter(feed);
	/* Tables have a name with a leading underscore since schema 3; indexes
	 * keep theirs, because SQLite cannot rename an index. */
	buf_init(&text, 1024);
	buf_printf(&text,
		"CREATE UNIQUE INDEX \"feed_%s_id\" ON \"%s\" (_id);"
		"CREATE INDEX \"feed_%s_group\" ON \"%s\" (_group)",
		feed->name, feed->table, feed->name, feed->table);
	fail = buf_failed(&text) ? records_no_memory(records, err)
				 : records_index_make(records, text.data, err);
	buf_free(&text);
	if (fail)
		records->broken = records->in_transaction;
	else
		feed->indexed = true;
	return fail;
}

int records_index_look(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *look;
	bool indexed = false;
	int fail;

	/* Until schema 2, the id's index came with the table. */
	fail = sql_prepare(records->db, records->path,
		"SELECT 1 FROM pragma_index_list(?1) WHERE \"unique\"", false,
		&look, err);
	if (fail)
		return fail;
	sql_bind_text(look, 1, feed->table);
	fail = records_step(records, look, &indexed, err);
	if (!fail) {
		feed->indexed = indexed;
		feed->indexed_before = indexed;
	}
	(void)sqlite3_finalize(look);
	return fail;
}

void records_index_rolled_back(struct records_feed *feed)
{
	feed->indexed = feed->indexed_before;
	/* The filter has ids that are gone again. */
	records_index_drop_filter(feed);
}
