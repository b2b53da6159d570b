/*
 * How a feed is followed.
 *
 *	run 1:  Timestamp gt 0    ──page── 7 … 1006   committed = 1006
 *	                          ──page── 1007 … 1600  committed = 1600, end
 *	run 2:  Timestamp gt 1100 ──page── 1101 … 1600, 1601, 1602
 *	        (500 rows again: same, no write)        committed = 1602, end
 *
 * The cursor commits in the transaction of the rows it stands for. Within a
 * run it moves page by page as long as row versions ascend. Once one does
 * not, what lies between is unknown, and the cursor waits for the run's end,
 * when everything up to the highest version seen has arrived. `next` is the
 * link of an unfinished run; a run that was killed goes on there, unless that
 * was long ago: then it begins with the overlap, as any run.
 *
 * The overlap. A row version is given before its transaction commits, so a
 * lower one may become visible after a higher one was read. Each run reads
 * the last FEED_OVERLAP_ROWS rows of ours again. The distance is counted in
 * rows and not in versions, because versions are shared by all companies of
 * a database: on a busy one any fixed distance might hold no row of ours, on
 * a quiet one pages of them. The version to start behind is kept beside the
 * cursor (overlap in struct stream_state). One transaction may hide its rows while more than
 * 500 others become visible; so the overlap also reaches back to where the
 * last run stood that began at least LATE_MS before (past):
 *
 *	09:00  reads to 600
 *	10:00  reads to 1400; an import has written 650 to 700, unseen
 *	11:00  Timestamp gt 600: 650 to 700 come
 *
 * A sweep reads everything and removes what did not come. It never goes on
 * from a link: the rows read before a kill would count as gone. owes_sweep
 * is true from the first page of a sweep to its last.
 *
 * Each run asks for the last 500 rows of the log of deletions. A log with rows
 * proves that deletions arrive; an empty log proves nothing, since this user
 * may not be allowed to read it. So feeds are swept 55 days after the log last
 * gave a row.
 *
 * An empty answer is not trusted: a user without rights gets status 200 and no
 * rows, too. A whole reading without a row, where rows are known, removes
 * nothing and fails the stream. After an overlap without a row the feed asks
 * for the beginning, to see whether there are rows at all.
 *
 * Versions in the store are epoch << 54 | Timestamp. The epoch grows when
 * the company moves to another database, where row versions start anew and
 * may be lower than the stored ones.
 */
#include "connector/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "connector/feed_refs.h"
#include "connector/page.h"

#define EPOCH_SHIFT 54
/* No transaction of Exact's is open for longer. */
#define LATE_MS INT64_C(900000)
/* A run that was killed longer ago than this begins with the overlap. */
#define LINK_FRESH_MS INT64_C(600000)
/* A hundred million rows: a server that goes on longer is not paging. */
#define PAGES_MAX 100000

/* What a page changes; copied, worked on, and kept only once committed. */
struct feed_state {
	struct stream_state stream;
	int64_t last; /* Timestamp before the next row of this run */
	bool ascending;
	bool begun;    /* the first page of this run is applied */
	bool probing;  /* only asking whether there are rows at all */
	int64_t pages; /* in this run */
	int64_t rows;  /* in this run */
	int64_t ring[FEED_OVERLAP_ROWS]; /* the last Timestamps */
	size_t ring_count;
	size_t ring_at;
};

struct feed {
	struct records *records; /* borrowed */
	const struct entity *entity;
	int64_t division;
	int64_t server_ms;
	int64_t epoch;
	int64_t wanted; /* in the stream's state when this feed was opened */
	struct feed_refs *refs; /* owned */
	int64_t behind;         /* this run reads what is newer than that */
	bool sweep;
	bool restarted;
	bool on_link; /* target is a link, not a query of ours */
	struct feed_state state;
	char target[PAGE_NEXT_MAX];
	/* Finding cycles of links (Brent): compare with one kept link, and
	 * keep a newer one after 1, 2, 4, 8 … pages. */
	char kept_link[PAGE_NEXT_MAX];
	int64_t kept_for;
	int64_t keep_for;
};

/* ---- where to go on ---------------------------------------------------- */

static void aim_at_link(struct feed *feed, const char *link)
{
	snprintf(feed->target, sizeof(feed->target), "%s", link);
	feed->on_link = true;
}

static void aim_behind(struct feed *feed, int64_t version)
{
	char filter[64];
	struct buf target;

	buf_init(&target, ENTITY_QUERY_MAX);
	snprintf(filter, sizeof(filter), "Timestamp gt %" PRId64 "L", version);
	entity_query(feed->entity,
		feed->entity->cursor == ENTITY_WHOLE ? NULL : filter, &target);
	snprintf(feed->target, sizeof(feed->target), "%s", target.data);
	buf_free(&target);
	feed->on_link = false;
	feed->kept_link[0] = '\0';
	feed->kept_for = 0;
	feed->keep_for = 1;
}

static void aim_at_start(struct feed *feed)
{
	int64_t committed = feed->state.stream.committed;
	int64_t overlap = feed->state.stream.overlap;

	if (overlap == STREAM_NOT_SET)
		overlap = committed - FEED_OVERLAP_ROWS;
	if (overlap > committed)
		overlap = committed;
	feed->behind = overlap > 0 && !feed->sweep ? overlap : 0;
	aim_behind(feed, feed->behind);
	feed->state.last = 0;
	feed->state.ascending = true;
	feed->state.stream.next[0] = '\0';
}

static bool sweep_owed(const struct feed *feed, bool full)
{
	const struct stream_state *stream = &feed->state.stream;
	char current[17];

	if (feed->entity->cursor == ENTITY_WHOLE)
		return true;
	if (feed->entity->cursor != ENTITY_TIMESTAMP)
		return false;
	if (full || stream->owes_sweep)
		return true;
	entity_selection(feed->entity, current);
	return stream->selection[0] && strcmp(stream->selection, current) != 0;
}

/* Behind an old link the rows that became visible late would be missed: the
 * overlap at the run's end lies behind all that came meanwhile. */
static bool link_is_fresh(const struct feed *feed)
{
	int64_t asked = feed->state.stream.asked_wall_ms;

	return feed->server_ms - asked < LINK_FRESH_MS &&
	       asked - feed->server_ms < LINK_FRESH_MS;
}

int feed_open(struct feed **ret, const struct feed_options *options,
	struct error *err)
{
	struct feed *feed = calloc(1, sizeof(*feed));
	struct feed_state *state;
	int fail;

	if (!feed)
		return error_set(err, FAIL_STOP, "out of memory");
	feed->records = options->records;
	feed->entity = options->entity;
	feed->division = options->division;
	feed->server_ms = options->server_ms;
	feed->keep_for = 1;
	state = &feed->state;
	fail = feed_refs_new(&feed->refs, feed->entity, err);
	if (!fail)
		fail = feed_epoch(options->records, &feed->epoch, err);
	if (!fail)
		fail = records_stream_get(feed->records,
			feed->entity->shape.name, &state->stream, err);
	if (fail) {
		feed_close(feed);
		return fail;
	}
	feed->wanted = state->stream.wanted;
	feed->sweep = sweep_owed(feed, options->full);
	if (feed->sweep ||
		(options->full && feed->entity->cursor == ENTITY_DELETIONS)) {
		state->stream.committed = 0;
		state->stream.run_high = 0;
		state->stream.next[0] = '\0';
	}
	if (state->stream.next[0] && link_is_fresh(feed)) {
		aim_at_link(feed, state->stream.next);
		state->last = state->stream.run_high;
		state->ascending = state->stream.committed ==
				   state->stream.run_high;
		/* Its beginning was applied by the run that died. */
		state->begun = true;
	} else {
		state->stream.run_high = 0;
		aim_at_start(feed);
	}
	*ret = feed;
	return 0;
}

void feed_close(struct feed *feed)
{
	if (!feed)
		return;
	feed_refs_free(feed->refs);
	free(feed);
}

void feed_set_server_ms(struct feed *feed, int64_t server_ms)
{
	feed->server_ms = server_ms;
}

enum feed_start feed_begins(const struct feed *feed)
{
	if (feed->on_link)
		return FEED_AT_LINK;
	return feed->behind > 0 ? FEED_BEHIND : FEED_FROM_START;
}

const char *feed_query(const struct feed *feed)
{
	return feed->on_link ? NULL : feed->target;
}

const char *feed_link(const struct feed *feed)
{
	return feed->on_link ? feed->target : NULL;
}

bool feed_restart(struct feed *feed)
{
	if (!feed->on_link || feed->restarted)
		return false;
	feed->restarted = true;
	aim_at_start(feed);
	return true;
}

/* ---- applying a page ---------------------------------------------------- */

static int check_link(struct feed *feed, const char *link, struct error *err)
{
	if (!*link)
		return 0;
	if (!strcmp(link, feed->kept_link) || !strcmp(link, feed->target))
		return error_set(err, FAIL_INPUT,
			"%s gave a link to a page that was read already",
			feed->entity->path);
	return 0;
}

static void keep_link(struct feed *feed, const char *link)
{
	if (feed->kept_link[0] && ++feed->kept_for < feed->keep_for)
		return;
	snprintf(feed->kept_link, sizeof(feed->kept_link), "%s", link);
	feed->kept_for = 0;
	feed->keep_for *= 2;
}

static void see_version(struct feed_state *state, int64_t version)
{
	if (version < state->last)
		state->ascending = false;
	state->last = version;
	if (version > state->stream.run_high)
		state->stream.run_high = version;
	state->ring[state->ring_at] = version;
	state->ring_at = (state->ring_at + 1) % FEED_OVERLAP_ROWS;
	if (state->ring_count < FEED_OVERLAP_ROWS)
		state->ring_count++;
}

static int apply_deletion(struct feed *feed, const struct page_row *row,
	struct feed_page *page, struct error *err)
{
	const char *type = row->values[DELETED_ENTITY_TYPE];
	const char *key = row->values[DELETED_ENTITY_KEY];
	const struct entity *entity = type ? entity_by_deleted_type(type)
					   : NULL;
	int removed = 0;

	if (!entity || !key || !*key || strlen(key) >= RECORDS_KEY_MAX) {
		page->ignored++;
		return 0;
	}
	int fail = records_feed_delete(feed->records, &entity->shape, key,
		row->feed.version, &removed, err);
	if (!fail)
		page->deleted += removed;
	return fail;
}

static int apply_row(struct feed *feed, struct page_row *row,
	struct feed_page *page, struct error *err)
{
	enum feed_change change;
	int fail;

	if (row->timestamp >= INT64_C(1) << EPOCH_SHIFT)
		return error_set(err, FAIL_INPUT,
			"%s sent a Timestamp beyond any row version",
			feed->entity->path);
	row->feed.version = feed->epoch << EPOCH_SHIFT | row->timestamp;
	if (feed->entity->cursor == ENTITY_WHOLE)
		row->feed.version = 0;
	if (feed->entity->cursor == ENTITY_DELETIONS)
		return apply_deletion(feed, row, page, err);
	fail = records_feed_put(
		feed->records, &feed->entity->shape, &row->feed, &change, err);
	if (fail || (change != FEED_NEW && change != FEED_CHANGED))
		return fail;
	page->changed++;
	return feed_refs_check(feed->refs, feed->records, row->values, err);
}

static int apply_rows(struct feed *feed, struct feed_state *state,
	struct page *page, struct feed_page *result, struct error *err)
{
	struct json_slice slice;
	struct page_row row;

	feed_refs_page(feed->refs);
	while (page_next(page, &slice)) {
		int fail = page_row_read(
			&row, feed->entity, feed->division, slice, err);
		if (fail)
			return fail;
		fail = apply_row(feed, &row, result, err);
		if (!fail)
			see_version(state, row.timestamp);
		page_row_free(&row);
		if (fail)
			return fail;
		result->rows++;
	}
	state->rows += result->rows;
	return 0;
}

static int known_rows(const struct feed *feed, int64_t *ret, struct error *err)
{
	return records_feed_count(
		feed->records, &feed->entity->shape, ret, err);
}

static int first_page(
	struct feed *feed, struct feed_state *state, struct error *err)
{
	const struct entity *entity = feed->entity;
	int64_t known = 0;
	int fail = 0;

	state->begun = true;
	if (feed->sweep) {
		fail = records_feed_sweep_begin(
			feed->records, &entity->shape, err);
		state->stream.owes_sweep = entity->cursor == ENTITY_TIMESTAMP;
	}
	if (fail || feed->behind > 0)
		return fail;
	/* From the very beginning: what is read now is everything. */
	entity_selection(entity, state->stream.selection);
	fail = known_rows(feed, &known, err);
	/* Rows are removed only by a sweep; the first load needs none. */
	if (!fail && (feed->sweep || !known))
		state->stream.began_wall_ms = feed->server_ms;
	return fail;
}

/* An empty answer is not trusted where rows are known. */
static int check_emptiness(struct feed *feed, struct error *err)
{
	int64_t known = 0;
	int fail = known_rows(feed, &known, err);

	if (fail || !known)
		return fail;
	return error_set(err, FAIL_STREAM,
		"%s answered with nothing where %" PRId64
		" rows are known; nothing was removed. The user or the app may "
		"have lost a right, see the scope \"%s\"",
		feed->entity->path, known, feed->entity->scope);
}

/* When versions ascend, that is the oldest; else rows may have come from
 * anywhere, and those that were seen are seen again. */
static int64_t least_of_ring(const struct feed_state *state)
{
	int64_t least = state->ring[0];

	for (size_t i = 1; i < state->ring_count; i++) {
		if (state->ring[i] < least)
			least = state->ring[i];
	}
	return least;
}

static void set_overlap(const struct feed *feed, struct feed_state *state)
{
	struct stream_state *stream = &state->stream;
	int64_t from;

	if (feed->entity->cursor == ENTITY_WHOLE)
		return;
	/* Too few rows in this run: the old start is still right. */
	if (state->ring_count < FEED_OVERLAP_ROWS)
		from = stream->overlap;
	else
		from = least_of_ring(state) - 1;
	if (stream->past != STREAM_NOT_SET && stream->past < from)
		from = stream->past;
	if (from < 0 || (feed->sweep && state->rows < FEED_OVERLAP_ROWS))
		from = 0;
	stream->overlap = from;
}

/* Keeps where the last run stood that began a while before this one. */
static void set_past(const struct feed *feed, struct stream_state *stream)
{
	int64_t ms = stream->mark_wall_ms;

	if (ms && feed->server_ms - ms < LATE_MS)
		return;
	if (ms)
		stream->past = stream->mark;
	stream->mark_wall_ms = feed->server_ms;
	stream->mark = stream->committed;
}

/* Was the feed read from the very beginning, and no row came? With few rows
 * there is no overlap yet, and so no probe that would have noticed. */
static bool is_empty_reading(
	const struct feed *feed, const struct feed_state *state)
{
	return feed->entity->cursor == ENTITY_TIMESTAMP && !feed->sweep &&
	       !feed->on_link && feed->behind == 0 && state->rows == 0;
}

static int end_sweep(struct feed *feed, struct feed_state *state,
	struct feed_page *result, struct error *err)
{
	int removed = 0;
	int fail = state->rows ? 0 : check_emptiness(feed, err);

	if (!fail)
		fail = records_feed_sweep_end(
			feed->records, &feed->entity->shape, &removed, err);
	if (fail)
		return fail;
	state->stream.owes_sweep = false;
	result->deleted += removed;
	return 0;
}

/* What came into this list while it was read may not be in it. */
static void settle_wanted(const struct feed *feed, struct stream_state *stream)
{
	if (stream->wanted == feed->wanted)
		stream->wanted = 0;
}

static int last_page(struct feed *feed, struct feed_state *state,
	struct feed_page *result, struct error *err)
{
	const struct entity *entity = feed->entity;
	struct stream_state *stream = &state->stream;
	int fail = 0;

	if (is_empty_reading(feed, state))
		fail = check_emptiness(feed, err);
	if (!fail && feed->sweep)
		fail = end_sweep(feed, state, result, err);
	if (!fail)
		fail = records_feed_loaded(feed->records, &entity->shape, err);
	if (!fail && entity->follows)
		fail = feed_followed(feed->records, entity, stream, err);
	if (fail)
		return fail;
	settle_wanted(feed, stream);
	if (stream->began_wall_ms) {
		stream->swept_wall_ms = stream->began_wall_ms;
		stream->began_wall_ms = 0;
	}
	if (entity->cursor == ENTITY_DELETIONS && state->rows)
		stream->heard_wall_ms = feed->server_ms;
	if (stream->run_high > stream->committed)
		stream->committed = stream->run_high;
	stream->run_high = 0;
	stream->next[0] = '\0';
	stream->finished_wall_ms = feed->server_ms;
	result->last = true;
	if (entity->cursor != ENTITY_WHOLE)
		set_past(feed, stream);
	return 0;
}

static void advance(
	struct feed *feed, struct feed_state *state, const char *link)
{
	struct stream_state *stream = &state->stream;

	if (state->ascending && state->last > stream->committed)
		stream->committed = state->last;
	stream->next[0] = '\0';
	if (!feed->sweep && strlen(link) < sizeof(stream->next))
		memcpy(stream->next, link, strlen(link) + 1);
}

/* Other streams, and deriving, write these two while this feed is open. */
static int take_from_others(
	const struct feed *feed, struct feed_state *state, struct error *err)
{
	struct stream_state stored;
	int fail = records_stream_get(
		feed->records, feed->entity->shape.name, &stored, err);

	if (fail)
		return fail;
	state->stream.doubt = stored.doubt;
	state->stream.wanted = stored.wanted;
	return 0;
}

/* Inside the transaction. */
static int apply_page(struct feed *feed, struct feed_state *state,
	struct page *page, struct feed_page *result, struct error *err)
{
	int fail = state->begun ? 0 : first_page(feed, state, err);

	if (!fail)
		fail = apply_rows(feed, state, page, result, err);
	if (!fail)
		fail = take_from_others(feed, state, err);
	if (fail)
		return fail;
	if (page->next[0] && !result->rows)
		return error_set(err, FAIL_INPUT,
			"%s gave a page without rows that has a next one",
			feed->entity->path);
	if (++state->pages > PAGES_MAX)
		return error_set(err, FAIL_STREAM,
			"%s gave more than %d pages and no end; tell us",
			feed->entity->path, PAGES_MAX);
	advance(feed, state, page->next);
	if (!page->next[0])
		fail = last_page(feed, state, result, err);
	if (fail)
		return fail;
	set_overlap(feed, state);
	if (state->stream.next[0])
		state->stream.asked_wall_ms = feed->server_ms;
	return records_stream_set(
		feed->records, feed->entity->shape.name, &state->stream, err);
}

/* Did an overlap come back without a row, so that the feed must ask whether
 * there are rows at all? */
static int must_probe(const struct feed *feed, const struct page *page,
	bool *ret, struct error *err)
{
	struct page look = *page;
	struct json_slice row;
	int64_t known = 0;
	int fail = 0;

	if (feed->entity->cursor == ENTITY_TIMESTAMP && !feed->sweep &&
		!feed->on_link && feed->behind > 0 && !feed->state.probing &&
		!page->next[0] && !page_next(&look, &row))
		fail = known_rows(feed, &known, err);
	if (!fail)
		*ret = known > 0;
	return fail;
}

/* The reply to that question: its rows prove the rights. They are stored
 * already and are not applied. */
static int end_probe(struct feed *feed, struct page *page, struct error *err)
{
	struct json_slice row;

	if (!page_next(page, &row))
		return check_emptiness(feed, err);
	page->next[0] = '\0';
	page->rows = (struct json_cursor){ 0 };
	page->is_single = false;
	return 0;
}

struct applying {
	struct feed *feed;
	struct feed_state *state;
	struct page *page;
	struct feed_page *result;
};

static int apply_in_transaction(
	struct records *records, void *arg, struct error *err)
{
	const struct applying *applying = arg;
	int fail = apply_page(applying->feed, applying->state, applying->page,
		applying->result, err);

	(void)records; /* the feed's own */
	if (!fail)
		fault_point("feed.page");
	return fail;
}

/* The page's rows and the state that goes with them; the feed takes the new
 * state once it is committed. */
static int apply_whole(struct feed *feed, struct page *page,
	struct feed_page *ret, struct error *err)
{
	struct feed_state *state = malloc(sizeof(*state));
	struct feed_page result = { 0 };
	struct applying applying = { feed, state, page, &result };
	int fail;

	if (!state)
		return error_set(err, FAIL_STOP, "out of memory");
	*state = feed->state;
	fail = records_transaction(
		feed->records, apply_in_transaction, &applying, err);
	if (!fail) {
		feed->state = *state;
		*ret = result;
	}
	free(state);
	return fail;
}

int feed_apply(struct feed *feed, const char *body, size_t len,
	struct feed_page *ret, struct error *err)
{
	struct page *page = malloc(sizeof(*page));
	bool probe = false;
	int fail;

	if (!page)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = page_open(page, body, len, err);
	if (!fail)
		fail = check_link(feed, page->next, err);
	if (!fail)
		fail = must_probe(feed, page, &probe, err);
	if (fail)
		goto out;
	if (probe) {
		feed->state.probing = true;
		aim_behind(feed, 0);
		*ret = (struct feed_page){ 0 };
		goto out;
	}
	if (feed->state.probing)
		fail = end_probe(feed, page, err);
	if (!fail)
		fail = apply_whole(feed, page, ret, err);
	if (!fail && !ret->last) {
		keep_link(feed, page->next);
		aim_at_link(feed, page->next);
	}
out:
	free(page);
	return fail;
}
