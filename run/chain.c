/*
 * A stream is a chain: each page's link is in the page before it, so one
 * request is in flight per stream.
 *
 *	pending ──► ask ──► whole reply ──► applied ──► last page? ──► done
 *	             ▲          │ malformed     │ no
 *	             ├──────────┘ (3 more tries) │
 *	             └───────────────────────────┘
 *	any failure ──► failed (this stream), or the end of the run
 */
#include "run/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/entity.h"
#include "connector/feed.h"

#define RETRY_AFTER_MS 1000

static void ask(struct chain *chain);

static int64_t wall_now(const struct run *run)
{
	return loop_now(run->options->loop).wall_ms;
}

static int save(struct records *records, void *arg, struct error *err)
{
	return records_run_save(records, arg, err);
}

int chain_save(
	struct run *run, const struct sync_stream *stream, struct error *err)
{
	struct run_stream row = {
		.run = run->options->run,
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

	return records_transaction(run->options->records, save, &row, err);
}

/* ---- how a stream ends -------------------------------------------------- */

/* Does this failure end the whole run? */
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

void chain_end_run(struct run *run, int fail, const struct error *err)
{
	if (run->fail)
		return;
	run->fail = fail;
	run->err = *err;
}

void chain_end(struct chain *chain, int fail, const struct error *err)
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
	if (!fail && !stream->skipped)
		stream->read_wall_ms = run->server_ms;
	if (fail)
		snprintf(stream->problem, sizeof(stream->problem), "%s",
			err->text);
	if (ends_run(fail))
		chain_end_run(run, fail, err);
	run->running--;
	if (fail != FAIL_STORE) {
		int saved = chain_save(run, stream, &save_err);
		if (saved)
			chain_end_run(run, saved, &save_err);
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
	chain->run->chain_moved(chain->run);
}

static void try_again(struct chain *chain, struct error *err)
{
	struct loop *loop = chain->run->options->loop;

	if (++chain->tries >= RUN_TRIES) {
		error_prefix(err, "%s: %d malformed replies",
			chain->entity->path, chain->tries);
		err->fail = FAIL_STREAM;
		chain_end(chain, FAIL_STREAM, err);
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
		chain_end(chain, 0, &none);
	else if (run->fail)
		chain_end(chain, run->fail, &run->err);
	else
		ask(chain);
}

/* No reply came before the streams' own. */
static void learn_server_time(struct run *run, const struct gate_reply *reply)
{
	if (run->server_ms_known || reply->server_date_ms < 0)
		return;
	run->server_ms = reply->server_date_ms -
			 (wall_now(run) - run->report->began_wall_ms);
	run->server_ms_known = true;
}

static void replied(void *arg, const struct gate_reply *reply)
{
	struct chain *chain = arg;
	struct run *run = chain->run;
	struct feed_page page;
	struct error err = reply->err;
	int fail = reply->fail;

	chain->stream->calls += reply->calls;
	learn_server_time(run, reply);
	feed_set_server_ms(chain->feed, run->server_ms);
	if (!fail)
		fail = feed_apply(
			chain->feed, reply->body, reply->body_len, &page, &err);
	if (!fail)
		page_applied(chain, &page);
	else if (fail == FAIL_INPUT || fail == FAIL_RETRY)
		try_again(chain, &err);
	else if (reply->fail == FAIL_STREAM &&
		 (reply->status == 400 || reply->status == 404 ||
			 reply->status == 410) &&
		 feed_restart(chain->feed))
		ask(chain);
	else
		chain_end(chain, fail, &err);
	run->chain_moved(run);
}

static void ask(struct chain *chain)
{
	struct run *run = chain->run;
	struct error err = { 0 };
	int fail;

	do {
		struct gate_call call = {
			.endpoint = chain->entity->path,
			.query = feed_query(chain->feed),
			.link = feed_link(chain->feed),
			.uncounted = chain->entity->uncounted,
		};
		fail = gate_submit(
			run->options->gate, &call, replied, chain, &err);
		/* FAIL_STREAM: a kept link leads to a host where the server no
		 * longer is. */
	} while (fail == FAIL_STREAM && feed_restart(chain->feed));
	if (fail)
		chain_end(chain, fail, &err);
}

void chain_begin(struct chain *chain)
{
	struct run *run = chain->run;
	const struct feed_options options = {
		.records = run->options->records,
		.entity = chain->entity,
		.division = gate_division(run->options->gate),
		.full = run->options->full,
		.server_ms = run->server_ms,
	};
	struct error err = { 0 };
	int fail = feed_open(&chain->feed, &options, &err);

	if (fail)
		chain_end(chain, fail, &err);
	else
		ask(chain);
}
