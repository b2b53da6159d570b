/*
 * What the files of a run share. Nobody outside this folder includes this.
 *
 *	sync.c        the run from top to bottom, and its report
 *	sync_state.c  the names of a stream's states
 *	division.c    the calls before the streams: the division, the zone
 *	streams.c     which streams are read, in what order, how many at once
 *	chain.c       one stream, page after page
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/pin.h"
#include "http/loop.h"
#include "run/sync.h"

struct entity;
struct feed;
struct run;

/* A malformed reply is asked for again; after so many the stream fails. */
#define RUN_TRIES 4

/* One stream that is read page after page. */
struct chain {
	struct run *run; /* borrowed */
	const struct entity *entity;
	struct sync_stream *stream; /* the report's */
	struct feed *feed;          /* owned; NULL unless running */
	int tries;                  /* malformed replies to this page */
	bool brief;                 /* its first page is probably its last */
	bool second; /* read once more, for what the list lacked */
	struct loop_timer retry;
};

struct run {
	const struct sync_options *options; /* borrowed */
	struct sync_report *report;         /* borrowed */
	struct pin pin;
	int64_t server_ms;    /* the server's time when this run began, UTC */
	bool server_ms_known; /* from a reply; until then our own clock's */
	/* Of report->streams: did the last run that met it read it whole? */
	bool failed_before[SYNC_STREAMS_MAX];

	/* streams.c */
	struct chain chains[SYNC_STREAMS_MAX];
	size_t chain_count;
	int running; /* chains that have a call or a timer */
	int fail;    /* what ends the run; 0: nothing yet */
	struct error err;
	bool finished;
	void (*chain_moved)(struct run *run); /* after each reply and timer */
};

/* skip.c */
/* Learns how the last run of each stream ended, and when the stream was last
 * read to its end. FAIL_STORE. */
int skip_learn(struct run *run, struct error *err) MUST_CHECK;
/* Was the reference list read within its interval? `reference_ms` 0: the
 * entity's own. False for what is no reference list. FAIL_STORE. */
int skip_is_recent(struct records *records, const struct entity *entity,
	int64_t reference_ms, int64_t now_wall_ms, bool *ret,
	struct error *err) MUST_CHECK;
/* May this run leave the reference list as it was last read? FAIL_STORE. */
int skip_reference(struct run *run, const struct entity *entity,
	const struct sync_stream *stream, bool *ret,
	struct error *err) MUST_CHECK;

/* division.c */
/* Reads the division's row and pins the company by it, unless the row was
 * read within its interval. A list of divisions that may not be read does not
 * stop a company that was pinned before. */
int division_pin(struct run *run, struct error *err) MUST_CHECK;
/* Asks current/Me for the zone when it is time to. A zone that cannot be
 * found ends no run; what would end any call comes back. */
int division_zone(struct run *run, struct error *err) MUST_CHECK;

/* chain.c */
void chain_begin(struct chain *chain);
/* Ends a running chain. 0: read to its end. */
void chain_end(struct chain *chain, int fail, const struct error *err);
/* What ends the run; the first failure counts. */
void chain_end_run(struct run *run, int fail, const struct error *err);
/* Writes the stream's row down for `status`. FAIL_STORE. */
int chain_save(struct run *run, const struct sync_stream *stream,
	struct error *err) MUST_CHECK;

/* streams.c */
/* Reads each stream of the report that is SYNC_PENDING and belongs to a
 * feed. A stream that fails is written down in its row, and the others go
 * on. Returns 0 then, too; otherwise what ended the run: FAIL_WAIT,
 * FAIL_SIGN_IN, FAIL_COMPANY, FAIL_STORE, FAIL_CONFIG, FAIL_BUSY, FAIL_STOP,
 * FAIL_INTERRUPTED. */
int streams_run(struct run *run, struct error *err) MUST_CHECK;

#endif
