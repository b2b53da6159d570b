/*
 * A sync endpoint does not count its rows. So they are counted on the regular
 * list of the same things: its first row alone, with $inlinecount=allpages.
 * Where there is none, the plan does without. Of invoices the lines are
 * counted; the stream has a row for the header, too, one for each line at most.
 *
 * A stream that was neither read nor counted yet has at most as many rows as
 * its entity guesses: those of any books, from a shop's first month to a large
 * company's ten years.
 */
#include "run/plan_facts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "derive/derive.h"
#include "connector/feed.h"
#include "run/needs.h"
#include "run/run.h"

#define REPLY_MAX (64u * 1024)
/* A short stream whose calls took longer has waited for quota. */
#define WAITED_MS 10000

bool plan_facts_needs(
	const struct model_type *type, const struct entity *entity)
{
	const struct derive_type *row = derive_find(type);

	/* Every run checks the division. */
	if (entity == &entity_divisions)
		return true;
	for (size_t i = 0; row && row->needs[i]; i++)
		if (row->needs[i] == entity)
			return true;
	return false;
}

static bool is_read(
	const struct plan_facts_options *options, const struct entity *entity)
{
	if (needs_done_without(options->scopes, entity))
		return false;
	if (!options->types) {
		for (size_t i = 0; model_types[i]; i++)
			if (plan_facts_needs(model_types[i], entity))
				return true;
		return false;
	}
	for (size_t i = 0; i < options->type_count; i++)
		if (plan_facts_needs(options->types[i], entity))
			return true;
	return false;
}

/* ---- from the company's file --------------------------------------------- */

static int find_start(const struct plan_facts_options *options,
	struct plan_facts_stream *stream, struct error *err)
{
	const struct entity *entity = stream->entity;
	struct feed_options feed_options = {
		.records = options->records,
		.entity = entity,
		.division = options->division,
		.server_ms = options->now_wall_ms,
	};
	struct plan_facts *facts = &stream->facts;
	struct stream_state cursor;
	struct feed *feed = NULL;
	int64_t stored = 0;
	bool due = false;
	int fail;

	fail = records_stream_get(
		options->records, entity->shape.name, &cursor, err);
	if (!fail)
		fail = feed_sweep_due(options->records, entity,
			options->now_wall_ms, &due, err);
	feed_options.full = options->full || due;
	if (!fail)
		fail = records_feed_count(
			options->records, &entity->shape, &stored, err);
	if (!fail)
		fail = feed_open(&feed, &feed_options, err);
	if (fail)
		return fail;
	if (feed_begins(feed) == FEED_BEHIND)
		facts->start = PLAN_OVERLAP;
	else if (feed_begins(feed) == FEED_AT_LINK)
		facts->start = PLAN_GOES_ON;
	feed_close(feed);
	/* After a cursor that no run has brought to the end yet. */
	if (facts->start == PLAN_OVERLAP && cursor.finished_wall_ms == 0)
		facts->start = PLAN_GOES_ON;
	if (facts->start != PLAN_WHOLE || cursor.finished_wall_ms != 0)
		facts->stored = stored;
	return 0;
}

static void take_latency(
	struct plan_facts_set *set, const struct run_stream *run)
{
	struct plan_range *latency = &set->latency_ms;
	int64_t ms;

	if (strcmp(run->state, "done") != 0 || run->calls <= 0 ||
		run->ended_wall_ms < run->began_wall_ms)
		return;
	ms = (run->ended_wall_ms - run->began_wall_ms) / run->calls;
	if (ms > WAITED_MS)
		return;
	if (latency->low < 0 || ms < latency->low)
		latency->low = ms;
	if (ms > latency->high)
		latency->high = ms;
}

static int may_skip(const struct plan_facts_options *options,
	const struct entity *entity, bool *ret, struct error *err)
{
	*ret = false;
	if (options->full || !options->records)
		return 0;
	if (entity->follows)
		return feed_is_fresh(options->records, entity,
			options->now_wall_ms, ret, err);
	if (options->types)
		return 0;
	return skip_is_recent(options->records, entity, options->reference_ms,
		options->now_wall_ms, ret, err);
}

static int take_last(void *arg, const struct run_stream *run)
{
	struct plan_facts_set *set = arg;

	take_latency(set, run);
	for (size_t i = 0; i < set->count; i++) {
		struct plan_facts_stream *stream = &set->streams[i];

		if (strcmp(stream->entity->shape.name, run->stream) != 0)
			continue;
		if (run->calls)
			stream->facts.last_rows = run->rows;
		if (stream->entity->interval_ms &&
			strcmp(run->state, sync_state_name(SYNC_DONE)) != 0)
			stream->facts.may_skip = false;
		/* Of the log of deletions no rows are kept. */
		if (stream->entity->cursor == ENTITY_DELETIONS &&
			strcmp(run->state, "done") == 0)
			stream->facts.stored = run->rows;
	}
	return 0;
}

int plan_facts_read(const struct plan_facts_options *options,
	struct plan_facts_set *ret, struct error *err)
{
	int fail = 0;

	*ret = (struct plan_facts_set){ .latency_ms = { -1, -1 } };
	for (size_t i = 0; entity_table[i] && !fail; i++) {
		const struct entity *entity = entity_table[i];
		bool single = entity->cursor == ENTITY_SINGLE;
		struct plan_facts_stream *stream = &ret->streams[ret->count];

		if (entity->uncounted || !is_read(options, entity))
			continue;
		ret->count++;
		*stream = (struct plan_facts_stream){
			.entity = entity,
			.facts = { .start = single ? PLAN_SINGLE : PLAN_WHOLE,
				.page_size = entity->page_size,
				.stored = -1,
				.counted = -1,
				.last_rows = -1,
				.overlap = FEED_OVERLAP_ROWS,
				.rows = { 0, entity->guess.rows_max } },
		};
		fail = may_skip(options, entity, &stream->facts.may_skip, err);
		if (!fail && !single && options->records)
			fail = find_start(options, stream, err);
	}
	if (!fail && options->records)
		fail = records_run_each(options->records, take_last, ret, err);
	return fail;
}

/* ---- counted at Exact ---------------------------------------------------- */

/* {"d":{"__count":"123","results":[…]}}; the count as text or number. */
static int read_count(const struct buf *body, const char *list, int64_t *ret,
	struct error *err)
{
	struct json_slice top, d, value;
	char text[32];
	char *end;
	size_t len;
	long long number;
	int fail = json_check(body->data, body->len, &top, err);

	if (fail)
		return fail;
	if (json_kind(top) != JSON_OBJECT || !json_member(top, "d", &d) ||
		json_kind(d) != JSON_OBJECT ||
		!json_member(d, "__count", &value))
		return error_set(err, FAIL_INPUT, "%s gave no count", list);
	if (json_kind(value) == JSON_STRING && value.len >= 2) {
		value.at++;
		value.len -= 2;
	}
	len = value.len < sizeof(text) - 1 ? value.len : sizeof(text) - 1;
	memcpy(text, value.at, len);
	text[len] = '\0';
	errno = 0;
	number = strtoll(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
		return error_set(
			err, FAIL_INPUT, "%s gave a count that is none", list);
	*ret = number;
	return 0;
}

static int count_one(struct plan_facts_stream *stream, const char *list,
	struct gate *gate, struct error *err)
{
	char query[128];
	const struct gate_call call = {
		.endpoint = list,
		.query = query,
		.max_body = REPLY_MAX,
	};
	struct gate_reply reply = { 0 };
	struct buf body;
	int fail;

	snprintf(query, sizeof(query),
		"$inlinecount=allpages&$select=%s&$top=1", stream->entity->key);
	buf_init(&body, REPLY_MAX);
	fail = gate_perform(gate, &call, &reply, &body, err);
	if (!fail)
		fail = read_count(&body, list, &stream->facts.counted, err);
	buf_free(&body);
	if (fail != FAIL_STREAM && fail != FAIL_INPUT && fail != FAIL_RETRY &&
		fail != FAIL_LATER)
		return fail;
	snprintf(stream->problem, sizeof(stream->problem), "%.255s", err->text);
	return 0;
}

static bool has_grown(
	const struct plan_facts_set *set, const struct entity *entity)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->streams[i].entity == entity)
			return set->streams[i].facts.counted >
			       set->streams[i].facts.stored;
	return false;
}

int plan_facts_count(
	struct plan_facts_set *set, struct gate *gate, struct error *err)
{
	int fail = 0;

	for (size_t i = 0; i < set->count && !fail; i++) {
		struct plan_facts_stream *stream = &set->streams[i];
		const struct entity_guess *guess = &stream->entity->guess;
		struct plan_facts *facts = &stream->facts;

		if (!guess->list)
			continue;
		fail = count_one(stream, guess->list, gate, err);
		if (guess->headers && facts->counted > 0)
			facts->uncounted = facts->counted;
	}
	for (size_t i = 0; i < set->count && !fail; i++)
		if (has_grown(set, set->streams[i].entity->follows))
			set->streams[i].facts.may_skip = false;
	return fail;
}
