/*
 * The bytes of each feed row as Exact sent them, for the day a mapping turns
 * out to be wrong.
 *
 * The newest version of each row lies in a pack: the rows of 32 consecutive
 * _seq together, because one row alone hardly compresses. _raw_NAME holds the
 * packs of the feed NAME, compressed with zstd; pack 7 has the rows of _seq
 * 224 to 255. Uncompressed, a pack is for each row
 *
 *	SEQ SPACE LENGTH SPACE BYTES NEWLINE
 *
 * A changed row is replaced inside its pack. The version that it replaces, and
 * the last version of a row that was deleted, go to _raw_history in the same
 * format. The history of a feed holds RAW_HISTORY_DAYS days, and never much
 * more than one version for every RAW_HISTORY_SHARE rows of the feed (a
 * thousand at least), so that the file does not grow with every change for
 * ever.
 *
 * One pack of each feed is kept uncompressed in memory: rows of a first load
 * arrive in the order of their packs, and each pack is compressed once or
 * twice.
 *
 * _raw_rows has what releases with schema 2 stored: zlib bodies that inflate
 * to "[row,row,…]". Nothing is added there.
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define PACK_LEVEL        1
#define HISTORY_BATCH     (1u << 20)
#define RAW_HISTORY_DAYS  30
#define RAW_HISTORY_SHARE 32
#define RAW_HISTORY_LEAST 1000
#define DAY_MS            INT64_C(86400000)

struct records_packer {
	ZSTD_CCtx *compress;   /* owned, made on first use */
	ZSTD_DCtx *decompress; /* owned, made on first use */
	void *body;            /* owned: the last compressed body */
	size_t size;
};

/* ---- compression -------------------------------------------------------- */

static int open_packer(struct records *records, struct error *err)
{
	struct records_packer *packer = records->packer;

	if (packer)
		return 0;
	packer = calloc(1, sizeof(*packer));
	if (packer) {
		packer->compress = ZSTD_createCCtx();
		packer->decompress = ZSTD_createDCtx();
	}
	records->packer = packer;
	if (!packer || !packer->compress || !packer->decompress)
		return records_no_memory(records, err);
	return 0;
}

void records_raw_close(struct records *records)
{
	struct records_packer *packer = records->packer;

	if (!packer)
		return;
	(void)ZSTD_freeCCtx(packer->compress);
	(void)ZSTD_freeDCtx(packer->decompress);
	free(packer->body);
	free(packer);
	records->packer = NULL;
}

/* The result lies in packer->body until the next call. */
static int compress(struct records *records, const struct buf *plain,
	size_t *ret_len, struct error *err)
{
	struct records_packer *packer;
	size_t bound = ZSTD_compressBound(plain->len);
	size_t len;
	int fail = open_packer(records, err);

	if (fail)
		return fail;
	packer = records->packer;
	if (packer->size < bound) {
		void *body = realloc(packer->body, bound);

		if (!body)
			return records_no_memory(records, err);
		packer->body = body;
		packer->size = bound;
	}
	len = ZSTD_compressCCtx(packer->compress, packer->body, packer->size,
		plain->data, plain->len, PACK_LEVEL);
	if (buf_failed(plain) || ZSTD_isError(len))
		return records_no_memory(records, err);
	*ret_len = len;
	return 0;
}

static int decompress(struct records *records, const void *body, size_t len,
	struct buf *ret, struct error *err)
{
	unsigned long long size = ZSTD_getFrameContentSize(body, len);
	size_t done;
	char *plain;
	int fail = open_packer(records, err);

	if (fail)
		return fail;
	if (size > RECORDS_PACK_MAX) /* unknown and unreadable ones, too */
		return records_trouble(records, SQLITE_CORRUPT, err);
	plain = malloc(size + 1);
	if (!plain)
		return records_no_memory(records, err);
	done = ZSTD_decompressDCtx(
		records->packer->decompress, plain, size, body, len);
	buf_reset(ret);
	if (done == size)
		buf_append(ret, plain, size);
	free(plain);
	if (done != size)
		return records_trouble(records, SQLITE_CORRUPT, err);
	return buf_failed(ret) ? records_no_memory(records, err) : 0;
}

/* ---- packs ---------------------------------------------------------------- */

static int store_pack(
	struct records *records, struct records_feed *feed, struct error *err)
{
	struct records_raw *raw = &feed->raw;
	sqlite3_stmt *put;
	size_t len = 0;
	int fail;

	if (!raw->changed)
		return 0;
	fail = records_feed_statement(records, feed,
		raw->pack.len || buf_failed(&raw->pack)
			? RECORDS_FEED_PACK_PUT
			: RECORDS_FEED_PACK_ERASE,
		&put, err);
	if (!fail && raw->pack.len)
		fail = compress(records, &raw->pack, &len, err);
	if (fail) {
		records->broken = true;
		return fail;
	}
	sql_bind_integer(put, 1, raw->number);
	if (raw->pack.len)
		(void)sqlite3_bind_blob64(
			put, 2, records->packer->body, len, SQLITE_STATIC);
	fail = records_done(records, put, err);
	(void)sqlite3_clear_bindings(put);
	if (!fail)
		raw->changed = false;
	return fail;
}

/* Makes the pack of that row the one in memory. */
static int load_pack(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err)
{
	struct records_raw *raw = &feed->raw;
	sqlite3_stmt *get;
	bool row = false;
	int fail;

	if (raw->number == seq / RECORDS_PACK_ROWS)
		return 0;
	fail = store_pack(records, feed, err);
	if (!fail)
		fail = records_feed_statement(
			records, feed, RECORDS_FEED_PACK_GET, &get, err);
	if (fail)
		return fail;
	raw->number = RECORDS_NO_PACK;
	buf_reset(&raw->pack);
	sql_bind_integer(get, 1, seq / RECORDS_PACK_ROWS);
	fail = records_step(records, get, &row, err);
	if (!fail && row) {
		fail = decompress(records, sqlite3_column_blob(get, 0),
			(size_t)sqlite3_column_bytes(get, 0), &raw->pack, err);
		(void)sqlite3_reset(get);
	}
	if (!fail)
		raw->number = seq / RECORDS_PACK_ROWS;
	return fail;
}

/* Where the row lies in the pack: [*ret_at, *ret_end) with its head, or the
 * pack's end twice. */
static int find_row(struct records *records, const struct buf *pack,
	int64_t seq, size_t *ret_at, size_t *ret_end, struct error *err)
{
	size_t at = 0;

	while (at < pack->len) {
		char *rest;
		long long number = strtoll(pack->data + at, &rest, 10);
		unsigned long long len = strtoull(rest, &rest, 10);
		size_t head = (size_t)(rest - (pack->data + at));

		if (head > RECORDS_RAW_HEAD_MAX || *rest != ' ' ||
			len >= pack->len - at - head - 1)
			return records_trouble(records, SQLITE_CORRUPT, err);
		head += 1 + (size_t)len + 1;
		if (number == seq) {
			*ret_at = at;
			*ret_end = at + head;
			return 0;
		}
		at += head;
	}
	*ret_at = pack->len;
	*ret_end = pack->len;
	return 0;
}

/* ---- history -------------------------------------------------------------- */

static int prune_history(
	struct records *records, struct records_feed *feed, struct error *err)
{
	int64_t oldest = clock_now(records->clock).wall_ms -
			 RAW_HISTORY_DAYS * DAY_MS;
	sqlite3_stmt *newest, *prune;
	int64_t live, gone;
	int64_t kept = 0;
	int64_t last = 0; /* of those that must go */
	bool more = false;
	int fail;

	fail = records_counts_get(
		records, feed->table, NULL, &live, &gone, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_HISTORY_NEWEST, &newest, err);
	if (fail)
		return fail;
	live /= RAW_HISTORY_SHARE;
	if (live < RAW_HISTORY_LEAST)
		live = RAW_HISTORY_LEAST;
	sql_bind_text(newest, 1, feed->name);
	while (!last) {
		fail = records_step(records, newest, &more, err);
		if (fail || !more)
			return fail;
		if (kept >= live || sqlite3_column_int64(newest, 2) < oldest)
			last = sqlite3_column_int64(newest, 0);
		kept += sqlite3_column_int64(newest, 1);
	}
	(void)sqlite3_reset(newest);
	fail = records_fixed(records, RECORDS_SQL_HISTORY_PRUNE, &prune, err);
	if (fail)
		return fail;
	sql_bind_text(prune, 1, feed->name);
	sql_bind_integer(prune, 2, last);
	return records_done(records, prune, err);
}

static int store_history(
	struct records *records, struct records_feed *feed, struct error *err)
{
	struct records_raw *raw = &feed->raw;
	sqlite3_stmt *put;
	size_t len = 0;
	int fail;

	if (!raw->history_rows)
		return 0;
	fail = compress(records, &raw->history, &len, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_HISTORY_PUT, &put, err);
	if (fail) {
		records->broken = true;
		return fail;
	}
	sql_bind_text(put, 1, feed->name);
	sql_bind_integer(put, 2, clock_now(records->clock).wall_ms);
	sql_bind_integer(put, 3, raw->history_rows);
	(void)sqlite3_bind_blob64(
		put, 4, records->packer->body, len, SQLITE_STATIC);
	fail = records_done(records, put, err);
	(void)sqlite3_clear_bindings(put);
	buf_reset(&raw->history);
	raw->history_rows = 0;
	return fail ? fail : prune_history(records, feed, err);
}

/* ---- what a feed does ------------------------------------------------------ */

/* The row's place in its pack gets `row`, or goes when that is null; what was
 * there goes to the history. */
static int replace(struct records *records, struct records_feed *feed,
	int64_t seq, const struct feed_row *row, struct error *err)
{
	struct records_raw *raw = &feed->raw;
	struct buf tail;
	size_t at, end;
	int fail;

	fail = load_pack(records, feed, seq, err);
	if (!fail)
		fail = find_row(records, &raw->pack, seq, &at, &end, err);
	if (fail || (at == end && !row))
		return fail;
	buf_init(&tail, RECORDS_PACK_MAX);
	if (at < end) {
		buf_append(&raw->history, raw->pack.data + at, end - at);
		raw->history_rows++;
		buf_append(&tail, raw->pack.data + end, raw->pack.len - end);
		raw->pack.len = at;
		raw->pack.data[at] = '\0';
	}
	if (row) {
		buf_printf(
			&raw->pack, "%lld %zu ", (long long)seq, row->raw_len);
		buf_append(&raw->pack, row->raw, row->raw_len);
		buf_putc(&raw->pack, '\n');
	}
	buf_append(&raw->pack, tail.data, tail.len);
	raw->pack.failed |= buf_failed(&tail);
	buf_free(&tail);
	raw->changed = true;
	return raw->history.len < HISTORY_BATCH
		       ? 0
		       : store_history(records, feed, err);
}

int records_raw_put(struct records *records, struct records_feed *feed,
	int64_t seq, const struct feed_row *row, struct error *err)
{
	return row->raw ? replace(records, feed, seq, row, err) : 0;
}

int records_raw_forget(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err)
{
	return replace(records, feed, seq, NULL, err);
}

int records_raw_flush(struct records *records, struct error *err)
{
	for (struct records_feed *feed = records->feeds; feed;
		feed = feed->next) {
		int fail = store_pack(records, feed, err);

		if (!fail)
			fail = store_history(records, feed, err);
		if (fail)
			return fail;
	}
	return 0;
}
