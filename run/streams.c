/*
 * A stream is a chain: each page's link is in the page before it, so one
 * request is in flight per stream.
 *
 *	pending ──► ask ──► whole reply ──► applied ──► last page? ──► done
 *	             ▲          │ malformed     │ no
 *	             ├──────────┘ (3 more tries) │
 *	             └───────────────────────────┘
 *	any failure ──► failed (this stream), or the end of the run
 *
 * How many at once. A chain with latency L makes 60000/L calls a minute. At
 * 2 s that is 30 of the 60 there are, so a second one is begun; at 250 ms it
 * is 240, and one is enough. The server gives no order for parallel calls,
 * so only feeds with row versions are read beside each other, whose pages
 * don't depend on it.
 */
#include "run/streams.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/entity.h"
#include "connector/feed.h"

#define PARALLEL_MAX   4
#define RETRY_AFTER_MS 1000
#define SINGLE_MAX     (1024 * 1024)

struct run;

struct chain {
	struct run *run; /* borrowed */
	const struct entity *entity;
	struct sync_stream *stream; /* the report's */
	struct feed *feed;          /* owned; NULL unless running */
	int tries;                  /* of this page that were malformed */
	struct loop_timer retry;
};

struct run {
	const struct sync_options *options;
	struct sync_report *report;
	int64_t server_ms;
	struct chain chains[SYNC_STREAMS_MAX];
	size_t count;
	int running;
	int fail; /* what ends the run */
	struct error err;
	bool finished;
};

static void ask(struct chain *chain);
static void begin_more(struct run *run);

static int64_t wall_now(const struct run *run)
{
	return loop_now(run->options->loop).wall_ms;
}

int streams_save(const struct sync_options *options,
	const struct sync_stream *stream, struct error *err)
{
	struct records *records = options->records;
	struct run_stream row = {
		.run = options->run,
		.stream = stream->name,
		.state = sync_state_name(stream->state),
		.problem = stream->problem[0] ? stream->problem : NULL,
		.calls = stream->calls,
		.pages = stream->pages,
		.rows = stream->rows,
		.changed = stream->changed,
		.deleted = stream->deleted,
		.began_wall_ms = stream->began_wall_ms,
		.ended_wall_ms = stream->ended_wall_ms,
	};
	int r = records_begin(records, err);

	if (r)
		return r;
	r = records_run_save(records, &row, err);
	if (!r)
		r = records_commit(records, err);
	if (r)
		records_rollback(records);
	return r;
}

/* ---- how a stream ends -------------------------------------------------- */

/* Does that failure end more than its stream? */
static bool ends_run(int fail)
{
	switch (fail) {
	case FAIL_WAIT:
	case FAIL_SIGN_IN:
	case FAIL_COMPANY:
	case FAIL_BUSY:
	case FAIL_STORE:
	case FAIL_CONFIG:
	case FAIL_USAGE:
	case FAIL_INTERRUPTED:
	case FAIL_STOP:
		return true;
	default:
		return false;
	}
}

static enum sync_state state_for(int fail)
{
	switch (fail) {
	case 0:
		return SYNC_DONE;
	case FAIL_WAIT:
		return SYNC_PARKED;
	case FAIL_INTERRUPTED:
		return SYNC_INTERRUPTED;
	default:
		return SYNC_FAILED;
	}
}

static void end_run(struct run *run, int fail, const struct error *err)
{
	if (run->fail)
		return;
	run->fail = fail;
	run->err = *err;
}

static void end_stream(struct chain *chain, int fail, const struct error *err)
{
	struct run *run = chain->run;
	struct sync_stream *stream = chain->stream;
	const struct sync_observer *observer = &run->options->observer;
	struct error save_err = { 0 };

	loop_timer_cancel(run->options->loop, &chain->retry);
	feed_close(chain->feed);
	chain->feed = NULL;
	stream->state = state_for(fail);
	stream->fail = fail;
	stream->ended_wall_ms = wall_now(run);
	if (fail)
		(void)snprintf(stream->problem, sizeof(stream->problem), "%s",
			err->text);
	if (ends_run(fail))
		end_run(run, fail, err);
	run->running--;
	if (fail != FAIL_STORE) {
		int r = streams_save(run->options, stream, &save_err);
		if (r)
			end_run(run, r, &save_err);
	}
	if (observer->ended)
		observer->ended(observer->arg, stream);
	if (run->running == 0 && run->fail)
		run->finished = true;
}

/* ---- one page ------------------------------------------------------------ */

static void retry_fired(struct loop *loop, void *arg)
{
	struct chain *chain = arg;

	(void)loop;
	ask(chain);
	begin_more(chain->run);
}

static void try_again(struct chain *chain, struct error *err)
{
	struct loop *loop = chain->run->options->loop;

	if (++chain->tries >= STREAMS_TRIES) {
		(void)error_prefix(err, "%s: %d malformed replies",
			chain->entity->path, chain->tries);
		err->fail = FAIL_STREAM;
		end_stream(chain, FAIL_STREAM, err);
		return;
	}
	loop_timer_set(loop, &chain->retry,
		loop_now(loop).boot_ms + chain->tries * RETRY_AFTER_MS,
		retry_fired, chain);
}

static void page_applied(struct chain *chain, const struct feed_page *page)
{
	struct run *run = chain->run;
	struct sync_stream *stream = chain->stream;
	const struct sync_observer *observer = &run->options->observer;
	struct error none = { 0 };

	chain->tries = 0;
	stream->pages++;
	stream->rows += page->rows;
	stream->changed += page->changed;
	stream->deleted += page->deleted;
	stream->ignored += page->ignored;
	if (observer->page)
		observer->page(observer->arg, stream);
	if (page->last)
		end_stream(chain, 0, &none);
	else if (run->fail)
		end_stream(chain, run->fail, &run->err);
	else
		ask(chain);
}

static void replied(void *arg, const struct gate_reply *reply)
{
	struct chain *chain = arg;
	struct run *run = chain->run;
	struct feed_page page;
	struct error err = reply->err;
	int r = reply->fail;

	chain->stream->calls += reply->calls;
	if (!r)
		r = feed_apply(
			chain->feed, reply->body, reply->body_len, &page, &err);
	if (!r)
		page_applied(chain, &page);
	else if (r == FAIL_INPUT || r == FAIL_RETRY)
		try_again(chain, &err);
	else if (reply->fail == FAIL_STREAM &&
		 (reply->status == 400 || reply->status == 404 ||
			 reply->status == 410) &&
		 feed_restart(chain->feed))
		ask(chain);
	else
		end_stream(chain, r, &err);
	begin_more(run);
}

static void ask(struct chain *chain)
{
	struct run *run = chain->run;
	struct error err = { 0 };
	int r;

	do {
		struct gate_call call = {
			.endpoint = chain->entity->path,
			.query = feed_query(chain->feed),
			.link = feed_link(chain->feed),
			.uncounted = chain->entity->uncounted,
		};
		r = gate_submit(
			run->options->gate, &call, replied, chain, &err);
		/* A kept link to where the server no longer is. */
	} while (r == FAIL_STREAM && feed_restart(chain->feed));
	if (r)
		end_stream(chain, r, &err);
}

/* ---- which streams, and how many at once -------------------------------- */

static bool has_versions(const struct entity *entity)
{
	return entity->cursor == ENTITY_TIMESTAMP ||
	       entity->cursor == ENTITY_DELETIONS;
}

/* Would one chain more use quota that those there can't? */
static bool room_for_more(const struct run *run)
{
	const struct gate_counts *counts = gate_counts(run->options->gate);
	int most = run->options->parallel_max ? run->options->parallel_max
					      : PARALLEL_MAX;

	if (run->running >= most || counts->calls <= 0)
		return false;
	int64_t latency = counts->latency_ms_sum / counts->calls;
	return latency > 0 && run->running * INT64_C(60000) / latency <
				      run->options->minute_limit;
}

static bool may_begin(const struct run *run, const struct chain *chain)
{
	if (chain->stream->state != SYNC_PENDING)
		return false;
	if (run->running == 0)
		return true;
	for (size_t i = 0; i < run->count; i++) {
		if (run->chains[i].stream->state == SYNC_RUNNING &&
			!has_versions(run->chains[i].entity))
			return false;
	}
	return has_versions(chain->entity) && room_for_more(run);
}

static const struct sync_stream *stream_of(
	const struct run *run, const struct entity *entity)
{
	for (size_t i = 0; i < run->count; i++) {
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

/* What such a list shows follows from the ledger, which is as it was. */
static bool nothing_new(const struct chain *chain)
{
	const struct run *run = chain->run;

	return chain->entity->follows && !run->options->full &&
	       is_done(run, chain->entity->follows) &&
	       is_done(run, &entity_deleted) &&
	       feed_is_fresh(
		       run->options->records, chain->entity, run->server_ms);
}

static void begin(struct chain *chain)
{
	struct run *run = chain->run;
	struct sync_stream *stream = chain->stream;
	const struct sync_observer *observer = &run->options->observer;
	const struct feed_options options = {
		.records = run->options->records,
		.entity = chain->entity,
		.division = gate_division(run->options->gate),
		.full = run->options->full,
		.server_ms = run->server_ms,
	};
	struct error err = { 0 };

	run->running++;
	stream->state = SYNC_RUNNING;
	stream->began_wall_ms = wall_now(run);
	if (observer->began)
		observer->began(observer->arg, stream);
	if (nothing_new(chain)) {
		end_stream(chain, 0, &err);
		return;
	}
	int r = feed_open(&chain->feed, &options, &err);
	if (r)
		end_stream(chain, r, &err);
	else
		ask(chain);
}

static void begin_more(struct run *run)
{
	for (size_t i = 0; i < run->count && !run->fail; i++) {
		if (may_begin(run, &run->chains[i])) {
			begin(&run->chains[i]);
			i = (size_t)-1; /* from the first again */
		}
	}
	if (run->running == 0)
		run->finished = true;
}

/* What was never begun, and what a signal stopped. */
static void end_rest(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct chain *chain = &run->chains[i];

		if (chain->stream->state == SYNC_RUNNING)
			end_stream(chain, run->fail, &run->err);
		else if (chain->stream->state == SYNC_PENDING &&
			 run->fail == FAIL_WAIT)
			chain->stream->state = SYNC_PARKED;
	}
}

static const struct entity *entity_named(const char *name)
{
	for (size_t i = 0; entity_table[i]; i++) {
		if (!strcmp(entity_table[i]->shape.name, name))
			return entity_table[i];
	}
	return NULL;
}

int streams_run(const struct sync_options *options, struct sync_report *report,
	int64_t server_ms, struct error *err)
{
	struct run run = {
		.options = options,
		.report = report,
		.server_ms = server_ms,
	};

	for (size_t i = 0; i < report->stream_count; i++) {
		struct sync_stream *stream = &report->streams[i];
		const struct entity *entity = entity_named(stream->name);

		if (!entity || entity->cursor == ENTITY_SINGLE ||
			stream->state != SYNC_PENDING)
			continue;
		run.chains[run.count++] = (struct chain){
			.run = &run,
			.entity = entity,
			.stream = stream,
		};
	}
	begin_more(&run);
	if (loop_run_until(options->loop, &run.finished) == FAIL_INTERRUPTED) {
		struct error stopped = { 0 };

		(void)error_set(&stopped, FAIL_INTERRUPTED,
			"interrupted; what is whole was committed, the next "
			"sync goes on from there");
		end_run(&run, FAIL_INTERRUPTED, &stopped);
	}
	end_rest(&run);
	if (run.fail && err)
		*err = run.err;
	return run.fail;
}

/* ---- single calls -------------------------------------------------------- */

static int single_once(const struct sync_options *options,
	const struct streams_single *single, const char *query,
	struct error *err)
{
	const struct gate_call call = {
		.endpoint = single->entity->path,
		.query = query,
		.uncounted = single->entity->uncounted,
		.max_body = SINGLE_MAX,
	};
	int64_t before = gate_counts(options->gate)->calls;
	struct gate_reply reply = { 0 };
	struct buf body;
	int r;

	buf_init(&body, SINGLE_MAX);
	r = gate_perform(options->gate, &call, &reply, &body, err);
	if (single->stream)
		single->stream->calls += gate_counts(options->gate)->calls -
					 before;
	if (!r)
		r = single->read(single->arg, &reply, body.data, body.len, err);
	buf_free(&body);
	return r;
}

int streams_single(const struct sync_options *options,
	const struct streams_single *single, struct error *err)
{
	struct buf query;
	int r = FAIL_INPUT;

	buf_init(&query, ENTITY_QUERY_MAX);
	entity_query(single->entity, single->filter, &query);
	for (int i = 0; i < STREAMS_TRIES && r == FAIL_INPUT; i++)
		r = single_once(options, single, query.data, err);
	buf_free(&query);
	if (r == FAIL_INPUT) {
		(void)error_prefix(err, "%s: %d malformed replies",
			single->entity->path, STREAMS_TRIES);
		r = FAIL_STREAM;
		if (err)
			err->fail = FAIL_STREAM;
	}
	return r;
}
