/*
 * What a run shows while it goes on: on a terminal one live line per stream
 * and a total, elsewhere plain log lines, nothing with --json.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "connector/gate.h"
#include "connector/sync.h"
#include "http/loop.h"

enum progress_style {
	PROGRESS_SILENT,
	PROGRESS_LINES, /* log lines */
	PROGRESS_LIVE   /* redrawn on standard error */
};

struct progress {
	enum progress_style style;
	struct loop *loop;                /* borrowed */
	const struct gate *gate;          /* borrowed; set once it is there */
	const struct sync_report *report; /* borrowed */
	const char *company;              /* borrowed */
	int minute_limit;
	int64_t began_boot_ms;
	int64_t drawn_boot_ms;
	int drawn_lines; /* to go up by before the next drawing */
	enum gate_reason waiting;
	int64_t waiting_until_boot_ms;
	char waiting_what[64];
	int64_t known_rows[SYNC_STREAMS_MAX]; /* of a former run, by stream
						 index; 0: unknown */
};

/* The observer and the gate's `waiting` for this display. */
struct sync_observer progress_observer(struct progress *progress);
void progress_waiting(void *progress, const char *what, enum gate_reason reason,
	int64_t until_boot_ms);
/* A last drawing. */
void progress_end(struct progress *progress);

/* "9 s", "3 min", "2 h 05 min"; for people. */
void progress_duration(int64_t ms, char ret[static 32]);

#endif
