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
	return records_run_each(run->options->records, take_last, run, err);
}

int skip_reference(struct run *run, const struct entity *entity,
	const struct sync_stream *stream, bool *ret, struct error *err)
{
	const struct sync_options *options = run->options;
	int64_t interval_ms = options->reference_ms && entity->interval_ms
				      ? options->reference_ms
				      : entity->interval_ms;

	*ret = false;
	if (!interval_ms || options->full || options->fresh || options->types ||
		run->failed_before[stream - run->report->streams])
		return 0;
	return feed_is_recent(options->records, entity, interval_ms,
		run->server_ms, ret, err);
}
