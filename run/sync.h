/*
 * One company's run: check the division, read the streams, derive the records,
 * report the result. Everything happens on the loop; nothing here sleeps.
 */
#ifndef RUN_SYNC_H
#define RUN_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/when.h"
#include "connector/entity.h"
#include "connector/gate.h"
#include "http/loop.h"
#include "model/model.h"
#include "scopes/scopes_set.h"
#include "store/records.h"

/* Room for the streams and data types of one run. */
#define SYNC_STREAMS_MAX ENTITY_MAX
#define SYNC_TYPES_MAX   48

enum sync_state {
	SYNC_PENDING,    /* not begun */
	SYNC_RUNNING,    /* a page is under way */
	SYNC_DONE,       /* read to its end */
	SYNC_FAILED,     /* see fail and problem */
	SYNC_PARKED,     /* the day's quota is used; goes on by itself */
	SYNC_INTERRUPTED /* a signal came; goes on with the next run */
};

/* "pending", "running", "done", "failed", "parked", "interrupted" */
const char *sync_state_name(enum sync_state state);

struct sync_stream {
	const char *name; /* "TransactionLines"; static */
	const char *path; /* "sync/Financial/TransactionLines"; static */
	enum sync_state state;
	int fail;          /* 0, or an enum fail */
	char problem[512]; /* why, and the remedy; "" */
	int64_t calls;     /* went out for it, tries again too */
	int64_t pages;
	int64_t rows;    /* received */
	int64_t changed; /* new or changed in the feed */
	int64_t deleted; /* removed from the feed */
	int64_t ignored; /* deletions of entities that aren't kept */
	bool full;       /* asked to read everything again */
	/* Not read in this run: a reference list within its interval, or a
	 * list that follows a ledger which stayed as it was. Its state is
	 * SYNC_DONE. */
	bool skipped;
	int64_t read_wall_ms;  /* last read to its end; 0: never */
	int64_t began_wall_ms; /* 0: never */
	int64_t ended_wall_ms;
};

struct sync_type {
	const struct model_type *type;
	bool complete;       /* all streams it needs were read to their end */
	const char *without; /* a scope it needs that is declared as none, or
				NULL; static */
	int64_t created;
	int64_t updated;
	int64_t unchanged; /* rebuilt without a change */
	int64_t deleted;
	int64_t records; /* live, after the run */
};

struct sync_report {
	char run[40];     /* id of this run */
	int fail;         /* 0: done; FAIL_STREAM or FAIL_LATER: some streams
	                 failed, the rest is there; FAIL_WAIT: parked until
	                 resume_wall_ms; else what ended the run */
	struct error err; /* says fail in words */
	struct sync_stream streams[SYNC_STREAMS_MAX];
	size_t stream_count;
	struct sync_type types[SYNC_TYPES_MAX];
	size_t type_count;
	char division_name[256];
	char currency[4];
	enum when_zone zone;
	int64_t began_wall_ms;
	int64_t ended_wall_ms;
	int64_t resume_wall_ms;    /* FAIL_WAIT: when the day's quota is back;
	                           0 when unknown */
	struct gate_counts counts; /* of this run's gate */
};

/* Functions that a run calls as it goes on; each may be NULL. Streams and types
 * are members of the report that sync_run() fills; read them, don't keep them. */
struct sync_observer {
	void (*began)(void *arg, const struct sync_stream *stream);
	/* A page was committed; rows, changed, … are up to date. */
	void (*page)(void *arg, const struct sync_stream *stream);
	/* The stream is done, failed, parked or interrupted. */
	void (*ended)(void *arg, const struct sync_stream *stream);
	/* A batch of records was committed. */
	void (*derived)(void *arg, const struct sync_type *type);
	void *arg;
};

struct sync_options {
	struct loop *loop;       /* borrowed */
	struct gate *gate;       /* borrowed; its division is read */
	struct records *records; /* borrowed; open for writing */
	const char *region;      /* "nl", "uk"; borrowed */
	const char *run;         /* id of this run; at most 39 characters */
	/* Data types asked for; NULL: all. */
	const struct model_type *const *types;
	size_t type_count;
	/* The scopes that the configuration declares; lists of other scopes are
	 * not read. NULL: nothing is declared. Borrowed. */
	const struct scopes_set *scopes;
	bool full;  /* read everything again, remove what is gone */
	bool fresh; /* reference lists are read whatever their age */
	/* Interval of the reference lists; 0: each one's own. */
	int64_t reference_ms;
	int minute_limit; /* calls a minute that one chain should use; more
	                     streams are read at once while it can't */
	int parallel_max; /* streams at once; 0: 4 */
	struct sync_observer observer;
};

/* Returns ret->fail; ret is filled in any case. What was committed stays,
 * whatever happens. After FAIL_INTERRUPTED free the gate before the loop is
 * turned again. */
int sync_run(
	const struct sync_options *options, struct sync_report *ret) MUST_CHECK;

#endif
