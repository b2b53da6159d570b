/*
 * Reading the streams of one run over the loop, one or a few at a time.
 */
#ifndef RUN_STREAMS_H
#define RUN_STREAMS_H

#include <stdint.h>

#include "base/error.h"
#include "run/sync.h"

/* Reads each stream of the report that is SYNC_PENDING and belongs to a
 * feed. A stream that fails is written down in its row, and the others go
 * on. Returns 0 then, too; otherwise what ended the run: FAIL_WAIT,
 * FAIL_SIGN_IN, FAIL_COMPANY, FAIL_STORE, FAIL_CONFIG, FAIL_BUSY, FAIL_STOP,
 * FAIL_INTERRUPTED. */
int streams_run(const struct sync_options *options, struct sync_report *report,
	int64_t server_ms, struct error *err) MUST_CHECK;

/* One call before the streams (pin, zone), under the stream's row: asked
 * again when `read` finds the reply malformed. */
struct streams_single {
	const struct entity *entity;
	const char *filter;         /* or NULL */
	struct sync_stream *stream; /* NULL: not counted as one */
	/* FAIL_INPUT: ask again, at most STREAMS_TRIES times in all. */
	int (*read)(void *arg, const struct gate_reply *reply, const char *body,
		size_t len, struct error *err);
	void *arg;
};

#define STREAMS_TRIES 4

int streams_single(const struct sync_options *options,
	const struct streams_single *single, struct error *err) MUST_CHECK;

/* Write the stream's row down for `status`. FAIL_STORE. */
int streams_save(const struct sync_options *options,
	const struct sync_stream *stream, struct error *err) MUST_CHECK;

#endif
