/*
 * What the files of `records` share. Nobody else includes this.
 *
 * From the top down; a file calls only files below its own:
 *
 *	records_query*.c      which records, and in what order
 *	records_find.c        feed rows found by other values
 *	records.c             open, close, transactions
 *	records_group.c       dirty groups with their rows
 *	records_feed.c        feed rows in and out
 *	records_sweep.c       rows that a whole reading did not contain
 *	records_erase.c       feed rows out
 *	records_raw.c         the rows as received, compressed
 *	records_feed_table.c  a feed's table and statements
 *	records_dirty.c       groups to derive again
 *	records_index.c       a feed's indexes, after its first load
 *	records_put.c         records in
 *	records_each.c        records out
 *	records_plan.c        the statements of one data type
 *	records_runs.c        runs and findings
 *	records_schema.c      tables, versions, bringing a file up to date
 *	records_upgrade.c     files of older schemas
 *	records_streams.c     the state of each stream
 *	records_counts.c      how many rows a table has
 *	records_facts.c       facts about the company, and names
 *	records_db.c          connection and statements
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
	RECORDS_SQL_FACT_GET,
	RECORDS_SQL_FACT_SET,
	RECORDS_SQL_FACT_UNSET,
	RECORDS_SQL_NAME_SET,
	RECORDS_SQL_NAMES,
	RECORDS_SQL_COUNT_GET,
	RECORDS_SQL_COUNT_SET,
	RECORDS_SQL_DIRTY_ADD,
	RECORDS_SQL_DIRTY_NEXT,
	RECORDS_SQL_DIRTY_CLEAR,
	RECORDS_SQL_FRONTIER_GET,
	RECORDS_SQL_FRONTIER_PUT,
	RECORDS_SQL_DELETION_PUT,
	RECORDS_SQL_DELETION_NEWEST,
	RECORDS_SQL_DELETION_ANY,
	RECORDS_SQL_STREAM_GET,
	RECORDS_SQL_STREAM_SET,
	RECORDS_SQL_HISTORY_PUT,
	RECORDS_SQL_HISTORY_NEWEST,
	RECORDS_SQL_HISTORY_PRUNE,
	RECORDS_SQL_RUN_SAVE,
	RECORDS_SQL_RUN_PRUNE,
	RECORDS_SQL_FINDINGS_CLEAR,
	RECORDS_SQL_FINDING_PUT,
	RECORDS_SQL_COUNT
};

/* The statements of one feed, prepared on first use. */
enum records_feed_sql {
	RECORDS_FEED_FIND,  /* a row by its id */
	RECORDS_FEED_GROUP, /* the rows of one group */
	RECORDS_FEED_INSERT,
	RECORDS_FEED_UPDATE,
	RECORDS_FEED_VERSION,  /* a new version for the same content */
	RECORDS_FEED_ERASE,    /* a row by its _seq */
	RECORDS_FEED_WITH_KEY, /* rows that a deletion removes */
	RECORDS_FEED_SEEN,     /* marks a row in a sweep */
	RECORDS_FEED_UNSEEN,   /* rows that a sweep did not mark */
	RECORDS_FEED_PACK_GET,
	RECORDS_FEED_PACK_PUT,
	RECORDS_FEED_PACK_ERASE,
	RECORDS_FEED_SQL_COUNT
};

#define RECORDS_NAME_MAX  64
#define RECORDS_TABLE_MAX (RECORDS_NAME_MAX + sizeof("_feed_"))

static inline void records_feed_table_name(
	const char *feed, char ret[static RECORDS_TABLE_MAX])
{
	(void)sqlite3_snprintf((int)RECORDS_TABLE_MAX, ret, "_feed_%s", feed);
}

/* Rows as received, see records_raw.c. */
#define RECORDS_RAW_ROW_MAX  (32u << 20) /* bytes of one row */
#define RECORDS_RAW_HEAD_MAX 48
#define RECORDS_PACK_ROWS    32
#define RECORDS_PACK_MAX                                                       \
	((size_t)RECORDS_PACK_ROWS *                                           \
		(RECORDS_RAW_ROW_MAX + RECORDS_RAW_HEAD_MAX))
#define RECORDS_NO_PACK INT64_C(-1)
/* printf format for the name of a feed. */
#define RECORDS_RAW_TABLE                                                      \
	"CREATE TABLE \"_raw_%s\" (pack INTEGER PRIMARY KEY, body BLOB NOT "   \
	"NULL);"

struct records_raw {
	struct buf pack; /* of the pack `number`, uncompressed */
	int64_t number;  /* or RECORDS_NO_PACK */
	bool changed;    /* not stored yet */
	struct buf history;
	int64_t history_rows;
};

/* One feed table and its statements. */
struct records_feed {
	struct records_feed *next;
	char *name; /* owned */
	char table[RECORDS_TABLE_MAX];
	char **columns; /* owned, `count` */
	size_t count;
	const struct feed_column *given; /* borrowed: the shape's columns */
	bool declared_here;              /* by the transaction that is open */
	bool sweeping;
	bool sweeping_before; /* when the transaction began */
	bool deletions;       /* some deletion of this feed is known */
	bool indexed;
	bool indexed_before;           /* when the transaction began */
	struct records_filter *filter; /* owned; NULL unless loading */
	struct records_raw raw;
	sqlite3_stmt *statements[RECORDS_FEED_SQL_COUNT]; /* NULL until used */
	sqlite3_stmt *found[RECORDS_LOOKUPS_MAX];         /* NULL until used */
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
	const struct model_type *type;
	char *table; /* owned: the name of the top table */
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
	int64_t derived_by; /* records_derived_by() */
	int64_t change_number;
	int64_t change_number_before;
	sqlite3_stmt *fixed[RECORDS_SQL_COUNT];
	struct records_feed *feeds;
	struct records_plan *plans;
	struct records_queue *queues;
	struct records_count *counts;
	struct records_packer *packer; /* owned, NULL until used */
	struct buf text;               /* scratch for content hashes */
};

/* The columns of a table or view; none when there is no such table. */
struct records_columns {
	struct buf names; /* each with its NUL */
	size_t count;
};

/* ---- records_db.c ------------------------------------------------------- */

/* The error that a result code of SQLite means; breaks a transaction that is
 * open. */
int records_trouble(struct records *records, int code, struct error *err);
int records_no_memory(struct records *records, struct error *err);
/* Prepared on first use; reset and free of old bindings. */
int records_fixed(struct records *records, enum records_sql which,
	sqlite3_stmt **ret, struct error *err) MUST_CHECK;
/* Step a statement that gives no row, and reset it. */
int records_done(struct records *records, sqlite3_stmt *statement,
	struct error *err) MUST_CHECK;
/* Step to the next row; at the end (*ret_row false) the statement is reset. */
int records_step(struct records *records, sqlite3_stmt *statement,
	bool *ret_row, struct error *err) MUST_CHECK;
/* Run statements without parameters; breaks a transaction when one fails. */
int records_execute(struct records *records, const struct buf *text,
	struct error *err) MUST_CHECK;
/* The number in the first row of a query, or 0 when there is no row. */
int records_number(struct records *records, const char *text, int64_t *ret,
	struct error *err) MUST_CHECK;
/* FAIL_STOP unless a write transaction is open. */
int records_writable(struct records *records, struct error *err) MUST_CHECK;
int records_prepare(struct records *records, const struct buf *text, bool again,
	sqlite3_stmt **ret, struct error *err) MUST_CHECK;
/* In test builds the error that EXACT_FAULT names for "records.commit" or
 * "records.read"; otherwise 0. */
int records_injected_commit(
	struct records *records, struct error *err) MUST_CHECK;
int records_injected_read(
	struct records *records, struct error *err) MUST_CHECK;
/* ret: records_columns_free() after success. */
int records_columns_read(struct records *records, const char *table,
	struct records_columns *ret, struct error *err) MUST_CHECK;
bool records_columns_have(
	const struct records_columns *columns, const char *name);
void records_columns_free(struct records_columns *columns);

/* ---- records_counts.c --------------------------------------------------- */

/* A table that is empty, unless its count is known already. */
int records_counts_start(struct records *records, const char *table,
	struct error *err) MUST_CHECK;
int records_counts_add(struct records *records, const char *table, int64_t live,
	int64_t gone, struct error *err) MUST_CHECK;
/* gone_column: the column that is true in rows that are gone, or NULL. */
int records_counts_get(struct records *records, const char *table,
	const char *gone_column, int64_t *ret_live, int64_t *ret_gone,
	struct error *err) MUST_CHECK;
int records_counts_flush(struct records *records, struct error *err) MUST_CHECK;
void records_counts_rolled_back(struct records *records);
void records_counts_free(struct records *records);

/* ---- records_upgrade.c -------------------------------------------------- */

/* Inside the transaction: the tables of an older schema become those of
 * schema 3. */
int records_upgrade(
	struct records *records, int64_t version, struct error *err) MUST_CHECK;
/* The same for a reader: temporary views show an old file as a new one. */
int records_upgrade_views(
	struct records *records, struct error *err) MUST_CHECK;

/* ---- records_schema.c --------------------------------------------------- */

/* *ret_version: 0 for a new file. */
int records_schema_check(struct records *records, int64_t *ret_version,
	struct error *err) MUST_CHECK;
/* Inside a transaction: all tables are there, as this release has them. */
int records_schema_update(
	struct records *records, int64_t version, struct error *err) MUST_CHECK;
/* A reader met `fail`: when an older release wrote the file, the error says
 * that instead. */
int records_schema_is_older(
	struct records *records, int fail, struct error *err) MUST_CHECK;

/* ---- records_index.c ---------------------------------------------------- */

/* Surely the first row of that id? Never, once there are indexes. */
int records_index_is_new(struct records *records, struct records_feed *feed,
	const char *id, bool *ret, struct error *err) MUST_CHECK;
/* Make the indexes, before a lookup by id or group. */
int records_index_need(struct records *records, struct records_feed *feed,
	struct error *err) MUST_CHECK;
/* Execute statements that make indexes, in little memory. */
int records_index_make(struct records *records, const char *text,
	struct error *err) MUST_CHECK;
int records_index_look(struct records *records, struct records_feed *feed,
	struct error *err) MUST_CHECK;
void records_index_rolled_back(struct records_feed *feed);
void records_index_drop_filter(struct records_feed *feed);

/* ---- records_dirty.c ---------------------------------------------------- */

/* By name, whether or not the group has rows. */
int records_dirty_named(struct records *records, const char *feed,
	const char *group, struct error *err) MUST_CHECK;
/* A group that has just got a row. */
int records_dirty_with_row(struct records *records, const char *feed,
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
/* Before a commit: stores frontiers that moved. */
int records_dirty_flush(struct records *records, struct error *err) MUST_CHECK;
void records_dirty_rolled_back(struct records *records);
void records_dirty_free(struct records *records);

/* ---- records_feed_table.c ----------------------------------------------- */

/* How a statement that reads whole feed rows begins. */
#define RECORDS_FEED_FRONT "SELECT _id, _group, _version"
/* `front`, the feed's columns, its table, `where`. */
int records_feed_select(struct records *records, struct records_feed *feed,
	const char *front, const char *where, bool again, sqlite3_stmt **ret,
	struct error *err) MUST_CHECK;
int records_feed_statement(struct records *records, struct records_feed *feed,
	enum records_feed_sql which, sqlite3_stmt **ret,
	struct error *err) MUST_CHECK;
/* *ret is NULL when there is no such table. */
int records_feed_open(struct records *records, const struct feed_shape *shape,
	struct records_feed **ret, struct error *err) MUST_CHECK;
void records_feed_rolled_back(struct records *records);
void records_feed_committed(struct records *records);
void records_feed_free(struct records *records);

/* ---- records_raw.c ------------------------------------------------------ */

int records_raw_put(struct records *records, struct records_feed *feed,
	int64_t seq, const struct feed_row *row, struct error *err) MUST_CHECK;
int records_raw_forget(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err) MUST_CHECK;
/* Before a commit: stores what changed. */
int records_raw_flush(struct records *records, struct error *err) MUST_CHECK;
void records_raw_close(struct records *records);

/* ---- records_erase.c ---------------------------------------------------- */

int records_erase(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err) MUST_CHECK;
/* All rows of a statement that gives _seq and _group; their groups become
 * dirty. */
int records_erase_each(struct records *records, struct records_feed *feed,
	sqlite3_stmt *rows, int *ret_rows, struct error *err) MUST_CHECK;

/* ---- records_sweep.c ---------------------------------------------------- */

int records_sweep_saw(struct records *records, struct records_feed *feed,
	int64_t seq, struct error *err) MUST_CHECK;

/* ---- records_feed.c ----------------------------------------------------- */

/* Each row of a prepared statement that begins with RECORDS_FEED_FRONT and
 * goes on with the feed's columns; reset at the end. */
int records_feed_walk(struct records *records, struct records_feed *feed,
	sqlite3_stmt *rows, int (*fn)(void *arg, const struct feed_row *row),
	void *arg, struct error *err) MUST_CHECK;

/* ---- records_each.c ----------------------------------------------------- */

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

/* ---- records_plan.c ----------------------------------------------------- */

int records_plan_get(struct records *records, const struct model_type *type,
	struct records_plan **ret, struct error *err) MUST_CHECK;
void records_plan_free(struct records *records);

#endif
