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
 * What loading needs to know of each row is whether it came before. The
 * filter (Bloom's, 16 bits of 2^26 for an id) never says "new" of an id that
 * came. Of new ones it doubts 2 in 10^11 among a million and 2 in 10^5 among
 * three million; a doubt costs speed alone: the indexes are made, and tell.
 *
 * A process that is killed leaves a table without indexes, and the next fills
 * the filter from it. There is one filter at a time; a second feed that loads
 * meanwhile has indexes from its first row.
 */
#include "store/records_parts.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FILTER_BITS  (1u << 26)
#define FILTER_BYTES (FILTER_BITS / 8)
#define FILTER_MARKS 16

/* ---- the filter ----------------------------------------------------------- */

static uint64_t mixed(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

/* Notes the id; true when it surely was not noted before. */
static bool note(unsigned char *filter, const char *id)
{
	uint64_t hash = 0xcbf29ce484222325u;
	uint32_t at, step;
	bool new = false;
	int i;

	for (; *id != '\0'; id++)
		hash = (hash ^ (unsigned char)*id) * 0x100000001b3u;
	hash = mixed(hash);
	at = (uint32_t)hash;
	step = (uint32_t)(hash >> 32) | 1u;
	for (i = 0; i < FILTER_MARKS; i++, at += step) {
		unsigned char *byte = &filter[at % FILTER_BITS / 8];
		unsigned char bit = (unsigned char)(1u << at % 8);

		new |= !(*byte & bit);
		*byte |= bit;
	}
	return new;
}

static int fill(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *ids;
	struct buf text;
	bool more = true;
	int fail;

	buf_init(&text, 256);
	buf_printf(&text, "SELECT _id FROM \"feed_%s\"", feed->name);
	fail = records_prepare(records, &text, false, &ids, err);
	buf_free(&text);
	if (fail != 0)
		return fail;
	for (;;) {
		fail = records_step(records, ids, &more, err);
		if (fail != 0 || !more)
			break;
		(void)note(feed->filter, sql_text(ids, 0));
	}
	(void)sqlite3_finalize(ids);
	return fail;
}

static bool any_filter(const struct records *records)
{
	const struct records_feed *feed = records->feeds;

	while (feed != NULL && feed->filter == NULL)
		feed = feed->next;
	return feed != NULL;
}

static void drop_filter(struct records_feed *feed)
{
	free(feed->filter);
	feed->filter = NULL;
}

int records_index_is_new(struct records *records, struct records_feed *feed,
	const char *id, bool *ret, struct error *err)
{
	int fail;

	*ret = false;
	if (feed->indexed)
		return 0;
	if (feed->filter == NULL) {
		if (any_filter(records))
			return records_index_need(records, feed, err);
		feed->filter = calloc(1, FILTER_BYTES);
		if (feed->filter == NULL)
			return error_set(err, FAIL_STOP, "%s: out of memory",
				records->path);
		fail = fill(records, feed, err);
		if (fail != 0) {
			drop_filter(feed);
			return fail;
		}
	}
	*ret = note(feed->filter, id);
	return *ret ? 0 : records_index_need(records, feed, err);
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
	if (fail == 0)
		fail = sql_execute(records->db, records->path, text, err);
	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = before;
	again = sql_execute(records->db, records->path,
		"PRAGMA cache_size = " RECORDS_CACHE, fail == 0 ? err : NULL);
	return fail != 0 ? fail : again;
}

int records_index_need(
	struct records *records, struct records_feed *feed, struct error *err)
{
	struct records_feed *same;
	struct buf text;
	int fail;

	if (feed->indexed || !records->writing)
		return 0;
	for (same = records->feeds; same != NULL; same = same->next) {
		if (strcmp(same->name, feed->name) == 0)
			drop_filter(same);
	}
	buf_init(&text, 1024);
	buf_printf(&text,
		"CREATE UNIQUE INDEX \"feed_%s_id\" ON \"feed_%s\" (_id);"
		"CREATE INDEX \"feed_%s_group\" ON \"feed_%s\" (_group)",
		feed->name, feed->name, feed->name, feed->name);
	if (buf_failed(&text))
		fail = error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	else
		fail = records_index_make(records, text.data, err);
	buf_free(&text);
	if (fail != 0) {
		records->broken = records->in_transaction;
		return fail;
	}
	for (same = records->feeds; same != NULL; same = same->next) {
		if (strcmp(same->name, feed->name) == 0)
			same->indexed = true;
	}
	return 0;
}

int records_index_look(
	struct records *records, struct records_feed *feed, struct error *err)
{
	sqlite3_stmt *look;
	int fail;

	/* Until schema 2, the id's came with the table. */
	fail = sql_prepare(records->db, records->path,
		"SELECT 1 FROM pragma_index_list('feed_' || ?1) WHERE "
		"\"unique\"",
		false, &look, err);
	if (fail != 0)
		return fail;
	sql_bind_text(look, 1, feed->name);
	fail = records_step(records, look, &feed->indexed, err);
	feed->indexed_before = feed->indexed;
	(void)sqlite3_finalize(look);
	return fail;
}

void records_index_rolled_back(struct records_feed *feed)
{
	feed->indexed = feed->indexed_before;
	drop_filter(feed); /* it has ids that are gone again */
}

int records_feed_loaded(struct records *records, const struct feed_shape *shape,
	struct error *err)
{
	struct records_feed *feed = NULL;
	int fail;

	fail = records_writable(records, err);
	if (fail == 0)
		fail = records_feed_open(records, shape, &feed, err);
	if (fail != 0 || feed == NULL)
		return fail;
	return records_index_need(records, feed, err);
}
