/*
 * The calls before the streams: whose books these are, and in which zone
 * their moments are written.
 */
#include "run/run.h"

#include <stdio.h>

#include "connector/entity.h"

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

static int single_call(const struct sync_options *options,
	const struct single *single, struct error *err)
{
	struct buf query;
	int r = FAIL_INPUT;

	buf_init(&query, ENTITY_QUERY_MAX);
	entity_query(single->entity, single->filter, &query);
	for (int i = 0; i < RUN_TRIES && r == FAIL_INPUT; i++)
		r = single_once(options, single, query.data, err);
	buf_free(&query);
	if (r == FAIL_INPUT) {
		(void)error_prefix(err, "%s: %d malformed replies",
			single->entity->path, RUN_TRIES);
		r = FAIL_STREAM;
		if (err)
			err->fail = FAIL_STREAM;
	}
	return r;
}

static int read_division(void *arg, const struct gate_reply *reply,
	const char *body, size_t len, struct error *err)
{
	struct run *run = arg;

	if (reply->server_date_ms >= 0)
		run->server_ms = reply->server_date_ms;
	return pin_division(run->options->records,
		gate_division(run->options->gate), body, len, &run->pin, err);
}

int division_pin(struct run *run, struct error *err)
{
	const struct sync_observer *observer = &run->options->observer;
	struct sync_stream *stream = &run->report->streams[0];
	struct error save_err = { 0 };
	char filter[40];
	const struct single single = {
		.entity = &entity_divisions,
		.filter = filter,
		.stream = stream,
		.read = read_division,
		.arg = run,
	};

	pin_filter(gate_division(run->options->gate), filter);
	stream->state = SYNC_RUNNING;
	stream->began_wall_ms = loop_now(run->options->loop).wall_ms;
	if (observer->began)
		observer->began(observer->arg, stream);
	int r = single_call(run->options, &single, err);
	stream->ended_wall_ms = loop_now(run->options->loop).wall_ms;
	stream->fail = r;
	if (r) {
		stream->state = r == FAIL_WAIT          ? SYNC_PARKED
				: r == FAIL_INTERRUPTED ? SYNC_INTERRUPTED
							: SYNC_FAILED;
		(void)snprintf(stream->problem, sizeof(stream->problem), "%s",
			err->text);
	} else {
		stream->state = SYNC_DONE;
		stream->pages = 1;
		stream->rows = 1;
	}
	if (r != FAIL_STORE) {
		int saved = chain_save(run, stream, &save_err);
		if (saved && !r) {
			*err = save_err;
			r = saved;
		}
	}
	if (observer->ended)
		observer->ended(observer->arg, stream);
	if (r == FAIL_STREAM && pin_load(run->options->records, &run->pin))
		return 0;
	return r;
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

	if (!pin_wants_zone(run->options->records, run->server_ms))
		return 0;
	int r = single_call(run->options, &single, err);
	if (r == FAIL_SIGN_IN || r == FAIL_STORE || r == FAIL_STOP ||
		r == FAIL_INTERRUPTED)
		return r;
	return 0;
}
