/*
 * How many at once. A chain with latency L makes 60000/L calls a minute. At
 * 2 s that is 30 of the 60 there are, so a second one is begun; at 250 ms it
 * is 240, and one is enough. The server gives no order for parallel calls,
 * so only feeds with row versions are read beside each other, whose pages
 * don't depend on it.
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
	for (size_t i = 0; i < run->chain_count; i++) {
		if (run->chains[i].stream->state == SYNC_RUNNING &&
			!has_versions(run->chains[i].entity))
			return false;
	}
	return has_versions(chain->entity) && room_for_more(run);
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
	struct error none = { 0 };

	run->running++;
	stream->state = SYNC_RUNNING;
	stream->began_wall_ms = loop_now(run->options->loop).wall_ms;
	if (observer->began)
		observer->began(observer->arg, stream);
	if (nothing_new(chain))
		chain_end(chain, 0, &none);
	else
		chain_begin(chain);
}

static void begin_more(struct run *run)
{
	for (size_t i = 0; i < run->chain_count && !run->fail; i++) {
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
	for (size_t i = 0; i < run->chain_count; i++) {
		struct chain *chain = &run->chains[i];

		if (chain->stream->state == SYNC_RUNNING)
			chain_end(chain, run->fail, &run->err);
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

int streams_run(struct run *run, struct error *err)
{
	struct sync_report *report = run->report;

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
	begin_more(run);
	if (loop_run_until(run->options->loop, &run->finished) ==
		FAIL_INTERRUPTED) {
		struct error stopped = { 0 };

		(void)error_set(&stopped, FAIL_INTERRUPTED,
			"interrupted; what is whole was committed, the next "
			"sync goes on from there");
		chain_end_run(run, FAIL_INTERRUPTED, &stopped);
	}
	end_rest(run);
	if (run->fail && err)
		*err = run->err;
	return run->fail;
}
