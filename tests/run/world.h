/*
 * Sandbox core and connector in one process, under one virtual clock that is
 * this test's own. The transport is a function call into the sandbox; replies
 * come back over the loop, `latency_ms` later. Gate, limiter, ledger, store
 * and everything in connector/ are the real ones; the keeper is a double
 * that redeems and refreshes at the sandbox.
 */
#ifndef TESTS_RUN_WORLD_H
#define TESTS_RUN_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "connector/gate.h"
#include "run/sync.h"
#include "sandbox/sandbox.h"
#include "store/records.h"

#define WORLD_START    INT64_C(1795255205000) /* 2026-11-21T10:00:05Z */
#define WORLD_DIVISION SANDBOX_FIRST_DIVISION
/* Of the ledger that world_open() writes. */
#define WORLD_ENTRIES  900
#define WORLD_ACCOUNTS 40

struct world_flight;

struct world {
	char dir[256];
	struct clock *clock;
	struct loop *loop;
	struct sandbox *sandbox;
	struct http_transport transport;
	struct keeper *keeper;
	char ledgers[360]; /* directory */
	struct gate *gate;
	struct records *records;
	struct sync_report report;
	struct sync_observer observer;
	int parallel_max;
	bool fresh; /* reference lists are read in every run */
	int64_t latency_ms;
	int64_t timeout_ms;
	struct buf log; /* the sandbox's lines */
	int refused;    /* answers 429 */
	int in_flight;
	int most_in_flight;
	struct world_flight *flights;
	/* What the ledger says, made while writing it. */
	size_t lines;
	int64_t cents[WORLD_ACCOUNTS];
};

void world_open(struct world *world);
void world_close(struct world *world);

/* One request to /control/…; gives the reply's body, which lives until the
 * next call. */
const char *world_control(struct world *world, const char *format, ...)
	FORMAT_LIKE(2, 3);

/* One run into company file `name`, with a gate of its own. */
int world_sync(struct world *world, const char *name, bool full);
/* The report's row of that stream. */
const struct sync_stream *world_stream(
	const struct world *world, const char *name);
const struct sync_type *world_type(const struct world *world, const char *name);
/* Requests to that path since the log was last forgotten. */
int world_requests(const struct world *world, const char *path);

/* All live records of all data types, without the times of storing. */
void world_dump(struct world *world, const char *name, struct buf *ret);
/* netAmount by account, in cents, of live entries; code 1000 + index. */
void world_balances(struct world *world, const char *name,
	int64_t ret[static WORLD_ACCOUNTS]);
void world_advance(struct world *world, int64_t ms);

#endif
