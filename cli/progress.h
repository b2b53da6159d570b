/*
 * What a run shows while it runs: on a terminal one live line per stream and
 * a total, elsewhere plain log lines, and nothing with --json.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "connector/gate.h"
#include "run/sync.h"
#include "http/loop.h"
#include "store/records.h"

enum progress_style {
	PROGRESS_SILENT,
	PROGRESS_LINES, /* log lines */
	PROGRESS_LIVE   /* redrawn on standard error */
};

struct progress {
	enum progress_style style;
	struct loop *loop;                /* borrowed */
	const struct gate *gate;          /* borrowed; NULL until it is open */
	struct records *records;          /* borrowed; for known_rows */
	const struct sync_report *report; /* borrowed */
	const char *company;              /* borrowed */
	bool full;                        /* with --full */
	int minute_limit;
	int64_t began_boot_ms;
	int64_t drawn_boot_ms;
	int drawn_lines; /* lines of the last drawing */
	enum gate_reason waiting;
	int64_t waiting_until_boot_ms;
	struct loop_timer tick; /* redraws while nothing else happens */
	bool known;             /* known_rows was filled */
	/* How many rows a stream is expected to bring, by stream index: as
	 * many as are stored; -1: unknown. */
	int64_t known_rows[SYNC_STREAMS_MAX];
	int page_rows[SYNC_STREAMS_MAX]; /* a full page of it */
};

/* The observer and the gate's `waiting` for this display. */
struct sync_observer progress_observer(struct progress *progress);
void progress_waiting(void *progress, const char *what, enum gate_reason reason,
	int64_t until_boot_ms);
/* The gate's `waiting` for commands without a display: a log line. */
void progress_log_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms);
/* Draws for the last time and stops the tick. */
void progress_end(struct progress *progress);

/* "0.3 s", "12 s", "3 min 05 s", "47 min", "2 h 05 min" */
void progress_duration(int64_t ms, char ret[static 32]);

/* 1234567 as "1,234,567". */
const char *progress_number(int64_t value, char ret[static 32]);

/* The state of a stream that made no call, since nothing that its list
 * depends on has changed. */
#define PROGRESS_SKIPPED "skipped"
bool progress_is_skipped(const char *state, int64_t calls);

/* The time that so many pages take: with what is left of this minute's calls,
 * then whole minutes of the limit; or one after the other at their latency,
 * if that is longer. */
int64_t progress_eta_ms(int64_t pages, int minute_left, int minute_limit,
	int64_t next_minute_ms, int64_t latency_ms);

#endif
