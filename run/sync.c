/*
 * The run, top to bottom:
 *
 *	feed tables ─► pin the division ─► zone ─► reconcile? ─► streams
 *	                                                            │
 *	            report ◄─ counts ◄─ derive what is dirty ◄──────┘
 *
 * Deriving needs no call. So a run derives records from what it read even
 * after a failed stream, when it is parked, and when its login ended. Only
 * after an interruption or a failed store the next run derives; it finds the
 * same dirty groups.
 */
#include "run/run.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "derive/derive.h"
#include "connector/entity.h"
#include "connector/feed.h"
#include "run/needs.h"
#include "store/records_query.h"

static_assert(SYNC_TYPES_MAX >= DERIVE_TYPES_MAX,
	"each data type has room in the report");

/* ---- what to read ------------------------------------------------------- */

static bool type_asked(
	const struct sync_options *options, const struct model_type *type)
{
	if (!options->types)
		return true;
	for (size_t i = 0; i < options->type_count; i++) {
		if (options->types[i] == type)
			return true;
	}
	return false;
}

static bool stream_needed(
	const struct sync_options *options, const struct entity *entity)
{
	for (const struct derive_type *t = derive_types; t->type; t++) {
		if (!type_asked(options, t->type))
			continue;
		for (size_t i = 0; t->needs[i]; i++) {
			if (t->needs[i] == entity)
				return true;
		}
	}
	return false;
}

static struct sync_stream *add_stream(
	struct run *run, const struct entity *entity)
{
	struct sync_report *report = run->report;
	struct sync_stream *stream = &report->streams[report->stream_count];

	report->stream_count++;
	stream->name = entity->shape.name;
	stream->path = entity->path;
	stream->full = run->options->full;
	return stream;
}

static void plan(struct run *run)
{
	add_stream(run, &entity_divisions);
	for (size_t i = 0; entity_table[i]; i++) {
		if (entity_table[i]->cursor != ENTITY_SINGLE &&
			stream_needed(run->options, entity_table[i]) &&
			!needs_done_without(
				run->options->scopes, entity_table[i]))
			add_stream(run, entity_table[i]);
	}
	for (const struct derive_type *t = derive_types; t->type; t++) {
		if (!type_asked(run->options, t->type))
			continue;
		run->report->types[run->report->type_count++].type = t->type;
	}
}

/* ---- deriving ------------------------------------------------------------ */

static bool stream_done(
	const struct sync_report *report, const struct entity *entity)
{
	for (size_t i = 0; i < report->stream_count; i++) {
		if (!strcmp(report->streams[i].name, entity->shape.name))
			return report->streams[i].state == SYNC_DONE;
	}
	return false;
}

static bool was_read(void *arg, const struct entity *entity)
{
	const struct run *run = arg;

	return stream_done(run->report, entity);
}

static bool stop_deriving(void *arg)
{
	const struct run *run = arg;

	return loop_interrupted(run->options->loop) != 0;
}

static void show_derived(struct run *run, const struct sync_type *type)
{
	const struct sync_observer *observer = &run->options->observer;

	if (observer->derived)
		observer->derived(observer->arg, type);
}

/* A type that was not asked for is not in the report. */
static void take_counts(void *arg, const struct model_type *type,
	const struct derive_counts *counts)
{
	struct run *run = arg;

	for (size_t i = 0; i < run->report->type_count; i++) {
		struct sync_type *row = &run->report->types[i];

		if (row->type != type)
			continue;
		row->created = counts->created;
		row->updated = counts->updated;
		row->unchanged = counts->unchanged;
		row->deleted = counts->deleted;
		show_derived(run, row);
	}
}

static void judge_complete(struct run *run, struct sync_type *type)
{
	const struct derive_type *row = derive_find(type->type);

	type->complete = true;
	for (size_t i = 0; row->needs[i]; i++)
		type->complete = type->complete &&
				 stream_done(run->report, row->needs[i]);
	type->without = needs_without(type->type, run->options->scopes);
}

static int derive_all(struct run *run, struct error *err)
{
	struct sync_report *report = run->report;
	const struct derive_options options = {
		.records = run->options->records,
		.region = run->options->region,
		.currency = run->pin.currency,
		.zone = run->pin.zone,
		.types = run->options->types,
		.type_count = run->options->type_count,
		.was_read = was_read,
		.stop = stop_deriving,
		.derived = take_counts,
		.arg = run,
	};
	int fail;

	for (size_t i = 0; i < report->type_count; i++)
		judge_complete(run, &report->types[i]);
	fail = derive_run(&options, err);
	if (!fail)
		fail = records_query_index(run->options->records, err);
	for (size_t i = 0; i < report->type_count; i++) {
		int64_t deleted;
		int counted = records_count(run->options->records,
			report->types[i].type, &report->types[i].records,
			&deleted, fail ? NULL : err);

		fail = fail ? fail : counted;
		show_derived(run, &report->types[i]);
	}
	return fail;
}

/* ---- the run ------------------------------------------------------------- */

static bool may_derive(int fail)
{
	return fail != FAIL_STORE && fail != FAIL_STOP &&
	       fail != FAIL_INTERRUPTED;
}

static int read_all(struct run *run, struct error *err)
{
	int fail = feed_declare(run->options->records, err);

	if (!fail)
		fail = skip_learn(run, err);
	if (!fail)
		fail = division_pin(run, err);
	if (!fail)
		fail = division_zone(run, err);
	if (!fail)
		fail = feed_reconcile(
			run->options->records, run->server_ms, err);
	if (!fail)
		fail = streams_run(run, err);
	return fail;
}

/* The grade of a run in which some streams failed and the others were read. */
static int sum_up(struct sync_report *report)
{
	size_t failed = 0;
	int fail = 0;
	const char *first = NULL;

	for (size_t i = 0; i < report->stream_count; i++) {
		const struct sync_stream *stream = &report->streams[i];

		if (stream->state != SYNC_FAILED)
			continue;
		if (!failed++)
			first = stream->problem;
		if (!fail || stream->fail == FAIL_STREAM)
			fail = stream->fail;
	}
	if (!failed)
		return 0;
	return error_set(&report->err, fail,
		"%zu of %zu streams failed; the others are stored. %.380s",
		failed, report->stream_count, first);
}

int sync_run(const struct sync_options *options, struct sync_report *ret)
{
	struct run run = {
		.options = options,
		.report = ret,
		/* The loop may not have turned for a while. */
		.server_ms = clock_now(loop_clock(options->loop)).wall_ms,
	};
	struct error err = { 0 };
	struct error derive_err = { 0 };
	int fail;

	memset(ret, 0, sizeof(*ret));
	snprintf(ret->run, sizeof(ret->run), "%s", options->run);
	ret->began_wall_ms = run.server_ms;
	plan(&run);
	bool pinned = false;
	fail = pin_load(options->records, &run.pin, &pinned, &err);
	if (!fail)
		fail = read_all(&run, &err);
	pinned = pinned || run.pin.currency[0];
	if (pinned && may_derive(fail)) {
		int d = derive_all(&run, &derive_err);
		if (d && !fail) {
			fail = d;
			err = derive_err;
		}
	}
	ret->fail = fail;
	if (fail)
		ret->err = err;
	else
		ret->fail = sum_up(ret);
	if (fail == FAIL_WAIT)
		ret->resume_wall_ms = gate_counts(options->gate)
					      ->day_resets_wall_ms;
	snprintf(ret->division_name, sizeof(ret->division_name), "%s",
		run.pin.name);
	snprintf(ret->currency, sizeof(ret->currency), "%s", run.pin.currency);
	ret->zone = run.pin.zone;
	/* The loop has not turned since the last page: deriving takes long. */
	ret->ended_wall_ms = clock_now(loop_clock(options->loop)).wall_ms;
	ret->counts = *gate_counts(options->gate);
	return ret->fail;
}
