/*
 * Which streams are read, in what order, and how many at once.
 *
 * The order is that of the entity table: what the ledger names comes before
 * the ledger, and what follows from the ledger comes after it.
 *
 * A stream that was read to its end before has little news: its first page is
 * probably its last. Up to four such streams are asked side by side, so that
 * a run without news waits three times for an answer and not nine times:
 *
 *	wait 1   Divisions: are these the books, and not moved?
 *	wait 2   GLAccounts, Journals, VATCodes, Items
 *	wait 3   Accounts, SalesInvoices, TransactionLines, Deleted
 *
 * Within the interval of the reference lists (skip.c) the last three streams
 * are all that is asked, at once. Lists that follow the ledger wait until the
 * ledger and the deletions have ended, and are skipped when nothing moved.
 *
 * A long stream is a chain of pages, each asked for with the link in the page
 * before. A chain with latency L makes 60000/L calls a minute: at 2 s that is
 * 30 of the 60 there are, so a second chain is begun; at 250 ms it is 240, and
 * one chain is enough. The server gives no order for parallel calls, so only
 * feeds with row versions, whose pages don't depend on it, are long chains
 * beside each other.
 *
 * At the end a list is read once more when a row of this run names something
 * that the list lacks (connector/feed_refs.c).
 *
 * None of this touches what a kill may cost: a page commits with its cursor,
 * so at most the pages in flight are asked for twice.
 */
#include "run/run.h"

#include <string.h>

#include "connector/entity.h"
#include "connector/feed.h"

#define PARALLEL_MAX 4

static bool has_versions(const struct entity *entity)
{
	return entity->cursor == ENTITY_TIMESTAMP ||
	       entity->cursor == ENTITY_DELETIONS;
}

static int most_at_once(const struct run *run)
{
	return run->options->parallel_max ? run->options->parallel_max
					  : PARALLEL_MAX;
}

/* Would one more chain use quota that the running chains cannot use? */
static bool room_for_more(const struct run *run)
{
	const struct gate_counts *counts = gate_counts(run->options->gate);

	if (counts->calls <= 0)
		return false;
	int64_t latency = counts->latency_ms_sum / counts->calls;
	return latency > 0 && run->running * INT64_C(60000) / latency <
				      run->options->minute_limit;
}

static const struct sync_stream *stream_of(
	const struct run *run, const struct entity *entity)
{
	for (size_t i = 0; i < run->chain_count; i++) {
		if (run->chains[i].entity == entity)
			return run->chains[i].stream;
	}
	return NULL;
}

static bool is_done(const struct run *run, const struct entity *entity)
{
	const struct sync_stream *stream = stream_of(run, entity);

	return stream && stream->state == SYNC_DONE;
}

/* A list that follows others is read after them, whatever became of them. */
static bool leaders_ended(const struct run *run, const struct chain *chain)
{
	const struct entity *const leaders[] = { chain->entity->follows,
		&entity_deleted };

	for (size_t i = 0; chain->entity->follows && i < 2; i++) {
		const struct sync_stream *stream = stream_of(run, leaders[i]);

		if (stream && (stream->state == SYNC_PENDING ||
				      stream->state == SYNC_RUNNING))
			return false;
	}
	return true;
}

static bool may_begin(const struct run *run, const struct chain *chain)
{
	if (chain->stream->state != SYNC_PENDING || !leaders_ended(run, chain))
		return false;
	if (run->running == 0)
		return true;
	if (run->running >= most_at_once(run))
		return false;
	if (chain->brief)
		return true;
	for (size_t i = 0; i < run->chain_count; i++) {
		if (run->chains[i].stream->state == SYNC_RUNNING &&
			!has_versions(run->chains[i].entity))
			return false;
	}
	return has_versions(chain->entity) && room_for_more(run);
}

/* Does a following list show what it showed before, since the feeds it follows
 * did not move? */
static int is_unchanged(const struct chain *chain, bool *ret, struct error *err)
{
	const struct run *run = chain->run;

	*ret = false;
	if (!chain->entity->follows || run->options->full ||
		!is_done(run, chain->entity->follows) ||
		!is_done(run, &entity_deleted))
		return 0;
	return feed_is_fresh(
		run->options->records, chain->entity, run->server_ms, ret, err);
}

static int may_skip(struct chain *chain, bool *ret, struct error *err)
{
	int fail;

	*ret = false;
	if (chain->second)
		return 0;
	fail = is_unchanged(chain, ret, err);
	return fail || *ret ? fail
			    : skip_reference(chain->run, chain->entity,
				      chain->stream, ret, err);
}

static void begin(struct chain *chain)
{
	struct run *run = chain->run;
	struct sync_stream *stream = chain->stream;
	const struct sync_observer *observer = &run->options->observer;
	struct error err = { 0 };
	int fail;

	run->running++;
	stream->state = SYNC_RUNNING;
	if (!stream->calls)
		stream->began_wall_ms = loop_now(run->options->loop).wall_ms;
	if (observer->began)
		observer->began(observer->arg, stream);
	fail = may_skip(chain, &stream->skipped, &err);
	if (fail || stream->skipped)
		chain_end(chain, fail, &err);
	else
		chain_begin(chain);
}

/* Everything was read. Lists that lack what a row of this run names are read
 * once more; false when there is none. */
static bool look_again(struct run *run)
{
	bool any = false;

	for (size_t i = 0; i < run->chain_count && !run->fail; i++) {
		struct chain *chain = &run->chains[i];
		struct error err = { 0 };
		bool wanted = false;
		int fail;

		if (chain->second || !chain->entity->interval_ms ||
			chain->stream->state != SYNC_DONE)
			continue;
		fail = feed_is_wanted(
			run->options->records, chain->entity, &wanted, &err);
		if (fail)
			chain_end_run(run, fail, &err);
		if (fail || !wanted)
			continue;
		chain->second = true;
		chain->stream->state = SYNC_PENDING;
		any = true;
	}
	return any && !run->fail;
}

static void begin_more(struct run *run)
{
	do {
		for (size_t i = 0; i < run->chain_count && !run->fail; i++) {
			if (may_begin(run, &run->chains[i])) {
				begin(&run->chains[i]);
				i = (size_t)-1; /* from the first again */
			}
		}
	} while (run->running == 0 && !run->fail && look_again(run));
	if (run->running == 0)
		run->finished = true;
}

/* Ends the chains that a signal stopped, and parks those that never began. */
static void end_rest(struct run *run)
{
	for (size_t i = 0; i < run->chain_count; i++) {
		struct chain *chain = &run->chains[i];

		if (chain->stream->state == SYNC_RUNNING)
			chain_end(chain, run->fail, &run->err);
		else if (chain->stream->state == SYNC_PENDING &&
			 run->fail == FAIL_WAIT)
			chain->stream->state = SYNC_PARKED;
	}
}

/* Read to its end before, so that it has little news, or a list that fits on
 * one page. */
static int find_brief(struct chain *chain, struct error *err)
{
	const struct entity *entity = chain->entity;
	const struct sync_options *options = chain->run->options;
	int64_t read_ms;
	int64_t rows = 0;
	int fail = feed_last_read(options->records, entity, &read_ms, err);

	if (fail || !read_ms)
		return fail;
	if (entity->cursor != ENTITY_WHOLE) {
		chain->brief = !options->full;
		return 0;
	}
	fail = records_feed_count(options->records, &entity->shape, &rows, err);
	chain->brief = !fail && rows < entity->page_size;
	return fail;
}

int streams_run(struct run *run, struct error *err)
{
	struct sync_report *report = run->report;

	struct error brief_err = { 0 };

	run->chain_moved = begin_more;
	for (size_t i = 0; i < report->stream_count; i++) {
		struct sync_stream *stream = &report->streams[i];
		const struct entity *entity = entity_named(stream->name);

		if (!entity || entity->cursor == ENTITY_SINGLE ||
			stream->state != SYNC_PENDING)
			continue;
		run->chains[run->chain_count++] = (struct chain){
			.run = run,
			.entity = entity,
			.stream = stream,
		};
	}
	for (size_t i = 0; i < run->chain_count && !run->fail; i++) {
		int fail = find_brief(&run->chains[i], &brief_err);

		if (fail)
			chain_end_run(run, fail, &brief_err);
	}
	begin_more(run);
	if (loop_run_until(run->options->loop, &run->finished) ==
		FAIL_INTERRUPTED) {
		struct error stopped = { 0 };

		error_set(&stopped, FAIL_INTERRUPTED,
			"interrupted; what is whole was committed, the next "
			"sync goes on from there");
		chain_end_run(run, FAIL_INTERRUPTED, &stopped);
	}
	end_rest(run);
	if (run->fail && err)
		*err = run->err;
	return run->fail;
}
