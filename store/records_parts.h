/*
 * What the files of `records` share. Nobody else includes this.
 *
 *	records.c         open, close, meta, transactions
 *	records_schema.c  tables, versions, bringing a file up to date
 *	records_feed.c    feed rows and deletions
 *	records_feed_table.c  a feed's table and statements
 *	records_find.c    feed rows by other values
 *	records_index.c   a feed's indexes, after its first load
 *	records_raw.c     the rows' bytes, compressed
 *	records_sweep.c   what a whole reading didn't see
 *	records_state.c   cursors, runs, findings
 *	records_dirty.c   groups to derive again
 *	records_group.c   those groups with their rows
 *	records_plan.c    the statements of one data type
 *	records_put.c     records in
 *	records_each.c    records out, children and all
 *	records_query*.c  which records, and in what order
 *
 * A write that fails half-way marks the transaction broken: its commit then
 * rolls back and fails, whatever the caller did with the first error.
 */
#ifndef STORE_RECORDS_PARTS_H
#define STORE_RECORDS_PARTS_H

#include <sqlite3.h>

#include "store/records.h"
#include "store/sql.h"

/* PRAGMA cache_size: KiB, negative; while indexes are made, less. */
#define RECORDS_CACHE         "-16000"
#define RECORDS_CACHE_SORTING "-4000"
#define RECORDS_DEPTH_MAX     8
#define RECORDS_TABLES_MAX    16
#define RECORDS_LOOKUPS_MAX   8

/* Statements that don't depend on a shape or a type. */
enum records_sql {
	RECORDS_SQL_META_GET,
	RECORDS_SQL_META_SET,
	RECORDS_SQL_DIRTY_ADD,
	RECORDS_SQL_DIRTY_NEXT,
	RECORDS_SQL_DIRTY_CLEAR,
	RECORDS_SQL_FRONTIER_GET,
	RECORDS_SQL_FRONTIER_PUT,
	RECORDS_SQL_DELETION_PUT,
	RECORDS_SQL_DELETION_NEWEST,
	RECORDS_SQL_DELETION_ANY,
	RECORDS_SQL_CURSOR_GET,
	RECORDS_SQL_CURSOR_SET,
	RECORDS_SQL_RAW_PUT,
	RECORDS_SQL_RUN_SAVE,
	RECORDS_SQL_RUN_PRUNE,
	RECORDS_SQL_FINDINGS_CLEAR,
	RECORDS_SQL_FINDING_PUT,
	RECORDS_SQL_COUNT
};

/* One feed table and its statements, cached by name and columns. */
struct records_feed {
	struct records_feed *next;
	char *name;     /* owned */
	char **columns; /* owned, `count` */
	size_t count;
	const char *const *given; /* borrowed: where they came from */
	bool declared_here;       /* by the transaction that is open */
	bool sweeping;
	bool sweeping_before; /* when the transaction began */
	bool deletions;       /* some deletion of this feed is known */
	bool indexed;
	bool indexed_before;              /* when the transaction began */
	unsigned char *filter;            /* owned; NULL unless loading */
	char last_dirty[RECORDS_KEY_MAX]; /* spares a lookup a row */
	struct buf raw;                   /* "[row,row", not yet written */
	int64_t raw_rows;
	sqlite3_stmt *find;
	sqlite3_stmt *insert;
	sqlite3_stmt *update;
	sqlite3_stmt *version;
	sqlite3_stmt *group;                      /* the rows of one group */
	sqlite3_stmt *seen;                       /* marks a row in a sweep */
	sqlite3_stmt *found[RECORDS_LOOKUPS_MAX]; /* NULL until used */
};

/* One table of a data type. */
struct records_table {
	const struct model_table *path[RECORDS_DEPTH_MAX]; /* top first */
	size_t depth;                                      /* 0: the top */
	int steps[RECORDS_DEPTH_MAX]; /* children fields from the top down */
	sqlite3_stmt *insert;
	sqlite3_stmt *erase;
};

struct records_plan {
	const struct model_type *type; /* NULL: not made yet */
	struct records_table tables[RECORDS_TABLES_MAX];
	size_t count;
	sqlite3_stmt *find;
	sqlite3_stmt *retire;
	sqlite3_stmt *head; /* one record's own fields; NULL until used */
	struct records_plan *next;
};

struct records {
	sqlite3 *db;
	char *path; /* owned */
	const struct clock *clock;
	int lock_fd; /* -1: reading */
	bool writing;
	bool in_transaction;
	bool broken;
	int64_t run;        /* this opening's number */
	int64_t derived_by; /* records_derived_by() */
	int64_t change_number;
	int64_t change_number_before;
	sqlite3_stmt *fixed[RECORDS_SQL_COUNT];
	struct records_feed *feeds;
	struct records_plan *plans;
	struct records_queue *queues;
	struct buf text; /* scratch for content hashes */
};

/* records.c */
int records_trouble(struct records *records, int code, struct error *err);
/* Prepared on first use; reset and free of old bindings. */
int records_fixed(struct records *records, enum records_sql which,
	sqlite3_stmt **ret, struct error *err) MUST_CHECK;
/* Step a statement that gives no row, and reset it. */
int records_done(struct records *records, sqlite3_stmt *statement,
	struct error *err) MUST_CHECK;
/* Step to the next row; at the end (*ret_row false) it is reset. */
int records_step(struct records *records, sqlite3_stmt *statement,
	bool *ret_row, struct error *err) MUST_CHECK;
/* FAIL_STOP unless a write transaction is open. */
int records_writable(struct records *records, struct error *err) MUST_CHECK;
int records_prepare(struct records *records, const struct buf *text, bool again,
	sqlite3_stmt **ret, struct error *err) MUST_CHECK;
int64_t records_meta_number(struct records *records, const char *name);

/* records_schema.c */
int records_schema_check(
	struct records *records, bool *ret_fresh, struct error *err) MUST_CHECK;
int records_schema_update(
	struct records *records, struct error *err) MUST_CHECK;
/* A reader met `fail`: when the file is one of an older release, that is told
 * instead. */
int records_schema_is_older(
	struct records *records, int fail, struct error *err) MUST_CHECK;
int records_schema_has(struct records *records, const char *table,
	const char *column, bool *ret, struct error *err) MUST_CHECK;

/* records_feed_table.c */
/* How a statement that reads whole feed rows begins. */
#define RECORDS_FEED_FRONT "SELECT _id, _group, _version"
/* What is kept of rows' bytes until they are written. */
#define RECORDS_RAW_MAX (64u << 20)
/* `front`, the feed's columns, its table, `where`. */
int records_feed_select(struct records *records, struct records_feed *feed,
	const char *front, const char *where, bool again, sqlite3_stmt **ret,
	struct error *err) MUST_CHECK;
/* The feed's statements; *ret is NULL when there is no such table. */
int records_feed_open(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err) MUST_CHECK;
void records_feed_rolled_back(struct records *records);
void records_feed_committed(struct records *records);
void records_feed_free(struct records *records);

/* records_feed.c */
/* Each row of a prepared statement that begins with RECORDS_FEED_FRONT and
 * goes on with the feed's columns; reset at the end. */
int records_feed_walk(struct records *records, struct records_feed *feed,
	sqlite3_stmt *rows, int (*fn)(void *arg, const struct feed_row *row),
	void *arg, struct error *err) MUST_CHECK;

/* records_dirty.c */
/* By name, whether or not it has rows. */
int records_dirty_named(struct records *records, struct records_feed *feed,
	const char *group, struct error *err) MUST_CHECK;
/* A group that has just got a row. */
int records_dirty_with_row(struct records *records, struct records_feed *feed,
	const char *group, struct error *err) MUST_CHECK;
/* All groups of a feed, present and future. */
int records_dirty_everything(struct records *records, const char *feed,
	struct error *err) MUST_CHECK;
/* The next group that is dirty by name. */
int records_dirty_next_named(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_found,
	struct error *err) MUST_CHECK;
/* The feed's frontier; *ret_has is false when there is none. */
int records_dirty_frontier(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_has,
	struct error *err) MUST_CHECK;
/* Moves the frontier on to this group: those before it are derived, or dirty
 * by name. */
int records_dirty_advance(struct records *records, const char *feed,
	const char *group, struct error *err) MUST_CHECK;
/* Before a commit: frontiers that moved. */
int records_dirty_flush(struct records *records, struct error *err) MUST_CHECK;
void records_dirty_rolled_back(struct records *records);
void records_dirty_free(struct records *records);

/* records_index.c */
/* Surely the first row of that id? Never, once there are indexes. */
int records_index_is_new(struct records *records, struct records_feed *feed,
	const char *id, bool *ret, struct error *err) MUST_CHECK;
/* Make them, before a lookup by id or group. */
int records_index_need(struct records *records, struct records_feed *feed,
	struct error *err) MUST_CHECK;
/* Execute statements that make indexes, in little memory. */
int records_index_make(struct records *records, const char *text,
	struct error *err) MUST_CHECK;
int records_index_look(struct records *records, struct records_feed *feed,
	struct error *err) MUST_CHECK;
void records_index_rolled_back(struct records_feed *feed);

/* records_raw.c */
int records_raw_add(struct records *records, struct records_feed *feed,
	const struct feed_row *row, struct error *err) MUST_CHECK;
int records_raw_flush(struct records *records, struct error *err) MUST_CHECK;

/* records_sweep.c */
int records_sweep_saw(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err) MUST_CHECK;

/* records_each.c */
/* Records of one data type, read from a statement over its top table. */
struct records_rows {
	struct records *records;
	struct records_plan *plan;
	sqlite3_stmt *children[RECORDS_TABLES_MAX]; /* by table; 0: unused */
};
int records_rows_open(struct records *records, const struct model_type *type,
	struct records_rows *ret, struct error *err) MUST_CHECK;
/* A statement whose rows are records; `tail` follows the table's name. */
int records_rows_select(struct records_rows *rows, const char *tail,
	sqlite3_stmt **ret, struct error *err) MUST_CHECK;
/* The record that the statement stands on; the caller's to
 * model_record_free(). */
int records_rows_read(struct records_rows *rows, sqlite3_stmt *top,
	struct model_record **ret, int64_t *ret_change,
	struct error *err) MUST_CHECK;
void records_rows_close(struct records_rows *rows);

/* records_plan.c */
int records_plan_get(struct records *records, const struct model_type *type,
	struct records_plan **ret, struct error *err) MUST_CHECK;
void records_plan_free(struct records *records);

#endif
