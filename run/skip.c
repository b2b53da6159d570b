/*
 * A reference list (accounts, journals, items, …) changes seldom, and each
 * line of the ledger carries what is needed of it. So a list is left alone for
 * its interval, unless
 *
 *	it was never read, or its last reading failed
 *	a stored row names something that the list lacks (feed_refs.c)
 *	--full, --fresh, or data types asked for by name
 */
#include "run/run.h"

#include <string.h>

#include "connector/entity.h"
#include "connector/feed.h"

static int take_last(void *arg, const struct run_stream *last)
{
	struct run *run = arg;

	for (size_t i = 0; i < run->report->stream_count; i++) {
		if (!strcmp(run->report->streams[i].name, last->stream))
			run->failed_before[i] = strcmp(last->state,
							sync_state_name(
								SYNC_DONE)) !=
						0;
	}
	return 0;
}

int skip_learn(struct run *run, struct error *err)
{
	struct records *records = run->options->records;
	int fail = records_run_each(records, take_last, run, err);

	for (size_t i = 0; i < run->report->stream_count && !fail; i++) {
		struct sync_stream *stream = &run->report->streams[i];

		fail = feed_last_read(records, entity_named(stream->name),
			&stream->read_wall_ms, err);
	}
	return fail;
}

int skip_is_recent(struct records *records, const struct entity *entity,
	int64_t reference_ms, int64_t now_wall_ms, bool *ret, struct error *err)
{
	*ret = false;
	if (!entity->interval_ms)
		return 0;
	return feed_is_recent(records, entity,
		reference_ms ? reference_ms : entity->interval_ms, now_wall_ms,
		ret, err);
}

int skip_reference(struct run *run, const struct entity *entity,
	const struct sync_stream *stream, bool *ret, struct error *err)
{
	const struct sync_options *options = run->options;

	*ret = false;
	if (options->full || options->fresh || options->types ||
		run->failed_before[stream - run->report->streams])
		return 0;
	return skip_is_recent(options->records, entity, options->reference_ms,
		run->server_ms, ret, err);
}
