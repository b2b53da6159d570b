/*
 * A company file that is open for writing, and what its tests do with it. Each
 * test of world_case() gets a new file. Kills and pretended full disks happen
 * in children: this program again, with a first argument, as a process reads
 * EXACT_FAULT once.
 */
#ifndef TESTS_STORE_RECORDS_WORLD_H
#define TESTS_STORE_RECORDS_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/records.h"

#define WALL 1795255200000 /* 2026-11-21T10:00:00Z */

struct world {
	char dir[64];
	char path[96];
	struct clock *clock;
	struct records *db;
	struct error err;
};

extern struct world world;

/* AmountDC and Description. */
extern const struct feed_column world_columns[2];
extern const struct feed_shape world_lines;

TCase *world_case(const char *name);
void world_open(void);
void world_begin(void);
void world_commit(void);

enum feed_change world_put_text(const char *id, const char *group,
	int64_t version, const char *amount, const char *text);
/* A row without a Description. */
enum feed_change world_put(
	const char *id, const char *group, int64_t version, const char *amount);
/* A row of no group, as received. */
void world_put_bytes(const char *id, int64_t version, const char *raw);
int64_t world_count(void);

/* An entry with two lines, the second with a customer. */
struct model_record *world_entry(const char *id, int64_t cents);
/* Frees the record. */
enum record_change world_store(struct model_record *record);
int64_t world_live_in(
	struct records *in, const struct model_type *type, bool deleted);
int64_t world_live(const struct model_type *type, bool deleted);

/* Is it set? */
bool world_fact(const char *name, char *ret, size_t size);

/* The dirty groups, as they come: "E1,E2". Outside of a transaction. */
const char *world_dirty(void);
/* Derived, so to speak. Inside a transaction. */
void world_clear(const char *group);

/* One value, asked of the file as its owner would, on another connection. */
const char *world_ask(const char *sql);
void world_execute(const char *sql);
/* The bodies that the query gives, uncompressed. */
const char *world_bodies(const char *sql);

#define NEWEST   "SELECT body FROM _raw_TransactionLines ORDER BY pack"
#define REPLACED "SELECT body FROM _raw_history ORDER BY batch"

/* What the child does: --read, --hold, or --page. */
int world_child_main(const char *what, const char *at);
#if EXACT_FAULTS
/* Run a child with that fault; its wait status. */
int world_child_doing(const char *what, const char *fault);
/* ... that writes one page. Its first commit is that of opening the file. */
int world_child_with(const char *fault);
#endif

TCase *check_records_facts(void);
TCase *check_records_feed(void);
TCase *check_records_file(void);
TCase *check_records_load(void);
TCase *check_records_old(void);
TCase *check_records_put(void);

#endif
