/*
 * The calls before the streams: whose books these are, and in which zone
 * their moments are written.
 */
#include "run/run.h"

#include <stdio.h>

#include "connector/entity.h"
#include "connector/feed.h"

#define SINGLE_MAX (1024 * 1024)

/* One call and its reply, asked again while `read` finds it malformed. */
struct single {
	const struct entity *entity;
	const char *filter;         /* or NULL */
	struct sync_stream *stream; /* NULL: not counted as one */
	/* FAIL_INPUT: ask again, at most RUN_TRIES times in all. */
	int (*read)(void *arg, const struct gate_reply *reply, const char *body,
		size_t len, struct error *err);
	void *arg;
};

static int single_once(const struct sync_options *options,
	const struct single *single, const char *query, struct error *err)
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
	int fail;

	buf_init(&body, SINGLE_MAX);
	fail = gate_perform(options->gate, &call, &reply, &body, err);
	if (single->stream)
		single->stream->calls += gate_counts(options->gate)->calls -
					 before;
	if (!fail)
		fail = single->read(
			single->arg, &reply, body.data, body.len, err);
	buf_free(&body);
	return fail;
}

static int single_call(const struct sync_options *options,
	const struct single *single, struct error *err)
{
	struct buf query;
	int fail = FAIL_INPUT;

	buf_init(&query, ENTITY_QUERY_MAX);
	entity_query(single->entity, single->filter, &query);
	for (int i = 0; i < RUN_TRIES && fail == FAIL_INPUT; i++)
		fail = single_once(options, single, query.data, err);
	buf_free(&query);
	if (fail == FAIL_INPUT) {
		error_prefix(err, "%s: %d malformed replies",
			single->entity->path, RUN_TRIES);
		fail = FAIL_STREAM;
		if (err)
			err->fail = FAIL_STREAM;
	}
	return fail;
}

static int read_division(void *arg, const struct gate_reply *reply,
	const char *body, size_t len, struct error *err)
{
	struct run *run = arg;

	if (reply->server_date_ms >= 0) {
		run->server_ms = reply->server_date_ms;
		run->server_ms_known = true;
	}
	return pin_division(run->options->records,
		gate_division(run->options->gate), body, len, &run->pin, err);
}

static int read_now(
	struct run *run, struct sync_stream *stream, struct error *err)
{
	struct records *records = run->options->records;
	char filter[40];
	const struct single single = {
		.entity = &entity_divisions,
		.filter = filter,
		.stream = stream,
		.read = read_division,
		.arg = run,
	};
	int fail;

	pin_filter(gate_division(run->options->gate), filter);
	fail = single_call(run->options, &single, err);
	if (!fail)
		fail = feed_read_single(
			records, &entity_divisions, run->server_ms, err);
	if (fail)
		return fail;
	stream->pages = 1;
	stream->rows = 1;
	stream->read_wall_ms = run->server_ms;
	return 0;
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

/* What an unfinished run left may be older than the division's last move, and
 * goes on only after a look. */
static int may_skip(struct run *run, const struct sync_stream *stream,
	bool *ret, struct error *err)
{
	bool unfinished = true;
	bool pinned = false;
	int fail = skip_reference(run, &entity_divisions, stream, ret, err);

	if (!fail && *ret)
		fail = feed_any_unfinished(
			run->options->records, &unfinished, err);
	if (!fail && *ret && !unfinished)
		fail = pin_load(run->options->records, &run->pin, &pinned, err);
	if (!fail)
		*ret = pinned;
	return fail;
}

int division_pin(struct run *run, struct error *err)
{
	const struct sync_observer *observer = &run->options->observer;
	struct sync_stream *stream = &run->report->streams[0];
	struct error save_err = { 0 };
	int fail;

	stream->state = SYNC_RUNNING;
	stream->began_wall_ms = loop_now(run->options->loop).wall_ms;
	if (observer->began)
		observer->began(observer->arg, stream);
	fail = may_skip(run, stream, &stream->skipped, err);
	if (!fail && !stream->skipped)
		fail = read_now(run, stream, err);
	stream->ended_wall_ms = loop_now(run->options->loop).wall_ms;
	stream->fail = fail;
	stream->state = state_for(fail);
	if (fail)
		snprintf(stream->problem, sizeof(stream->problem), "%s",
			err->text);
	if (fail != FAIL_STORE) {
		int saved = chain_save(run, stream, &save_err);
		if (saved && !fail) {
			*err = save_err;
			fail = saved;
		}
	}
	if (observer->ended)
		observer->ended(observer->arg, stream);
	if (fail != FAIL_STREAM)
		return fail;
	bool pinned = false;
	int loaded = pin_load(
		run->options->records, &run->pin, &pinned, &save_err);
	if (loaded) {
		*err = save_err;
		return loaded;
	}
	return pinned ? 0 : fail;
}

static int read_me(void *arg, const struct gate_reply *reply, const char *body,
	size_t len, struct error *err)
{
	struct run *run = arg;
	int64_t server_ms = reply->server_date_ms >= 0
				    ? reply->server_date_ms
				    : loop_now(run->options->loop).wall_ms;

	return pin_zone(run->options->records, run->options->region, server_ms,
		body, len, &run->pin.zone, err);
}

int division_zone(struct run *run, struct error *err)
{
	const struct single single = {
		.entity = &entity_me,
		.read = read_me,
		.arg = run,
	};

	bool wanted = false;
	int fail = pin_wants_zone(
		run->options->records, run->server_ms, &wanted, err);
	if (fail || !wanted)
		return fail;
	fail = single_call(run->options, &single, err);
	if (fail == FAIL_SIGN_IN || fail == FAIL_STORE || fail == FAIL_STOP ||
		fail == FAIL_INTERRUPTED)
		return fail;
	return 0;
}
