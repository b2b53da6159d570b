/*
 * One company's data: feed rows as received, the state of each stream, the
 * records derived from the rows, and their history; in one SQLite file that
 * its owner may open, copy, lock or restore. Rows and the cursor that follows
 * them commit together.
 *
 * Two levels. A *feed row* is one row of one entity as Exact Online sent it,
 * with its id, the key of the record that it belongs to (its group: a ledger
 * line's entry), and its row version. Putting, changing or deleting a feed
 * row marks its group dirty. A *record* is rebuilt whole from the feed rows
 * of its group, by code above this folder. This folder knows neither Exact
 * Online nor how records are made.
 *
 * A function that can fail returns FAIL_STORE (the disk, a damaged file) or
 * FAIL_STOP (no memory, a write outside of a transaction); other grades are
 * named at the function. "Not set" is never an error, and an error is never
 * "not set".
 */
#ifndef STORE_RECORDS_H
#define STORE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/error.h"
#include "model/model.h"

#define RECORDS_KEY_MAX 64

struct records;

enum records_mode {
	RECORDS_READ, /* must exist; never writes */
	RECORDS_WRITE /* made if absent, mode 0600, schema brought up to date;
			  FAIL_BUSY when another process writes it */
};

/* FAIL_STORE: unreadable, damaged, made by a newer version (all named). */
int records_open(struct records **ret, const char *path, enum records_mode mode,
	const struct clock *clock, struct error *err) MUST_CHECK;
void records_close(struct records *records);

/* Write transactions don't nest; every write below needs one. Fault points
 * "records.commit" before and "records.committed" after. */
int records_begin(struct records *records, struct error *err) MUST_CHECK;
int records_commit(struct records *records, struct error *err) MUST_CHECK;
void records_rollback(struct records *records);
/* Begin, `work`, and commit; or rollback, when one of them fails. */
int records_transaction(struct records *records,
	int (*work)(struct records *records, void *arg, struct error *err),
	void *arg, struct error *err) MUST_CHECK;

/* ---- facts ----------------------------------------------------------- */

/* Facts about the company ("division", "currency", "zone", …): texts of up to
 * 1 KiB, or whole numbers. get: *ret_set is false, and *ret untouched, when
 * the fact is not set; a text that does not fit is FAIL_STORE. A value of NULL
 * makes a fact not set. "change_number", "model", "opens" and
 * "written_by" are this folder's own. Test builds: each read passes the fault
 * point "records.read", and so does each read of names, streams and counts. */
int records_fact_get(struct records *records, const char *name, char *ret,
	size_t size, bool *ret_set, struct error *err) MUST_CHECK;
int records_fact_set(struct records *records, const char *name,
	const char *value, struct error *err) MUST_CHECK;
int records_fact_number(struct records *records, const char *name, int64_t *ret,
	bool *ret_set, struct error *err) MUST_CHECK;
int records_fact_set_number(struct records *records, const char *name,
	int64_t value, struct error *err) MUST_CHECK;

/* Lists of names that records were last made with: the text for each key.
 * each: fn returns 0 to go on, otherwise its value is returned. */
int records_name_set(struct records *records, const char *list, const char *key,
	const char *text, struct error *err) MUST_CHECK;
int records_names_each(struct records *records, const char *list,
	int (*fn)(void *arg, const char *key, const char *text), void *arg,
	struct error *err) MUST_CHECK;

/* ---- feed rows ------------------------------------------------------- */

/* How rows may be found besides by id and group (records_feed_find()).
 * Columns by number in the shape. */
struct feed_lookup {
	int column;        /* whose value is looked for */
	int only_column;   /* among rows that hold … */
	const char *value; /* … this there */
};

struct feed_column {
	const char *name; /* "AmountDC" */
	int kind;         /* the caller's own; this folder ignores it */
};

/* One feed table per entity; `name` and columns are SQL identifiers and also
 * Exact's own property names. All columns are TEXT, numbers as received. A
 * shape's columns stay as they are while the file is open. */
struct feed_shape {
	const char *name;                  /* "TransactionLines" */
	const struct feed_column *columns; /* without id, group, version */
	size_t count;
	const struct feed_lookup *lookups; /* or NULL */
	size_t lookup_count;
};

struct feed_row {
	const char *id;
	const char *group;         /* NULL: the id itself */
	int64_t version;           /* row version; 0 when the entity has none */
	const char *const *values; /* shape->count, NULL for null */
	const char *raw;           /* the row's bytes as received */
	size_t raw_len;
};

enum feed_change {
	FEED_NEW,
	FEED_CHANGED,
	FEED_SAME,  /* nothing written but a newer version */
	FEED_STALE, /* older than what is stored: ignored */
	FEED_GONE   /* a deletion not older than this row is known: ignored */
};

/* Makes the table when it isn't there, adds columns that are new. */
int records_feed_declare(struct records *records,
	const struct feed_shape *shape, struct error *err) MUST_CHECK;
int records_feed_put(struct records *records, const struct feed_shape *shape,
	const struct feed_row *row, enum feed_change *ret,
	struct error *err) MUST_CHECK;
/* The feed was read to its end: its indexes are made now, unless a lookup
 * has needed them before. Without this call the feed's next rows are stored
 * more slowly; nothing else depends on it. */
int records_feed_loaded(struct records *records, const struct feed_shape *shape,
	struct error *err) MUST_CHECK;
/* A deletion of that version, whose key may be a row's id or a group's.
 * Removes what matches and is not newer; remembers the deletion in any case,
 * so that a row arriving late stays gone. *ret_rows: feed rows removed. */
int records_feed_delete(struct records *records, const struct feed_shape *shape,
	const char *key, int64_t version, int *ret_rows,
	struct error *err) MUST_CHECK;
/* For entities read whole each time, and reconciling: begin marks, every
 * put unmarks its row, end deletes what is still marked. The mark is the
 * run's number, so a run that died deletes nothing. */
int records_feed_sweep_begin(struct records *records,
	const struct feed_shape *shape, struct error *err) MUST_CHECK;
int records_feed_sweep_end(struct records *records,
	const struct feed_shape *shape, int *ret_rows,
	struct error *err) MUST_CHECK;
/* Calls fn for each row of a group (NULL: all rows), ordered by id's first
 * arrival. Values are borrowed for the call; raw is NULL (a row's bytes are
 * in _raw_NAME, compressed). fn returns 0 to go on; else that is returned.
 * No rows when the feed was never declared. fn may read, but only put, clear
 * or delete when it then returns non-zero. */
int records_feed_each(struct records *records, const struct feed_shape *shape,
	const char *group, int (*fn)(void *arg, const struct feed_row *row),
	void *arg, struct error *err) MUST_CHECK;
/* Does the feed have a row with that value in a column, blanks around it not
 * counted? Column -1: with that id, found by its index. Otherwise the whole
 * table is looked through: for short lists. */
int records_feed_has(struct records *records, const struct feed_shape *shape,
	int column, const char *value, bool *ret, struct error *err) MUST_CHECK;
/* Make the indexes that the shape's lookups need; a transaction of its own.
 * Best after a first load, which they would slow down. */
int records_feed_index(struct records *records, const struct feed_shape *shape,
	struct error *err) MUST_CHECK;
/* As records_feed_each(), for the rows that shape->lookups[lookup] finds by
 * that value; slow until records_feed_index(). */
int records_feed_find(struct records *records, const struct feed_shape *shape,
	size_t lookup, const char *value,
	int (*fn)(void *arg, const struct feed_row *row), void *arg,
	struct error *err) MUST_CHECK;
/* As records_feed_each(), all rows, with no values but those columns'. */
int records_feed_scan(struct records *records, const struct feed_shape *shape,
	const int *columns, size_t count,
	int (*fn)(void *arg, const struct feed_row *row), void *arg,
	struct error *err) MUST_CHECK;
/* In a time that does not grow with the table. */
int records_feed_count(struct records *records, const struct feed_shape *shape,
	int64_t *ret, struct error *err) MUST_CHECK;

/* ---- streams --------------------------------------------------------- */

#define STREAM_NOT_SET INT64_C(-1)

/* Where the reading of one entity stands, and what its next run must know.
 * Times are wall clock in ms, 0: never. Row versions are STREAM_NOT_SET when
 * there is none. */
struct stream_state {
	int64_t committed; /* highest row version wholly applied, 0: none */
	int64_t run_high;  /* highest seen in a run that isn't through yet */
	char next[2048];   /* where an unfinished run goes on, or "" */
	int64_t finished_wall_ms; /* when a run last ended whole */
	int64_t overlap;          /* the next run reads versions above this */
	int64_t past; /* where the last run stood that began a while before */
	int64_t mark; /* where the run stood that began at mark_wall_ms */
	int64_t mark_wall_ms;
	int64_t asked_wall_ms; /* last page of an unfinished run was applied */
	bool owes_sweep;       /* the next run must read everything */
	char selection[24];    /* print of the columns that all rows have */
	int64_t began_wall_ms; /* a whole reading that is under way */
	int64_t swept_wall_ms; /* the last whole reading that is through */
	bool doubt; /* this list did not agree with the feed it follows */
	/* Where that feed, the log of deletions and the accounts stood when
	 * this list was read to its end. */
	int64_t followed_feed;
	int64_t followed_deletions;
	int64_t followed_accounts;
	int64_t wanted; /* pages whose rows name what this list lacks, 0: none */
	int64_t heard_wall_ms; /* when the log of deletions last gave a row */
};
/* The state of a stream that was never read. */
extern const struct stream_state stream_state_new;

/* stream_state_new when the stream has no state yet. */
int records_stream_get(struct records *records, const char *stream,
	struct stream_state *ret, struct error *err) MUST_CHECK;
int records_stream_set(struct records *records, const char *stream,
	const struct stream_state *state, struct error *err) MUST_CHECK;

/* ---- dirty groups and records ---------------------------------------- */

/* The next dirty group of a feed, by name; false when none is left. */
int records_dirty_next(struct records *records, const char *feed,
	char ret[static RECORDS_KEY_MAX], bool *ret_found,
	struct error *err) MUST_CHECK;
/* The group that was given last is derived. One that is made dirty after this
 * comes again. */
int records_dirty_clear(struct records *records, const char *feed,
	const char *group, struct error *err) MUST_CHECK;
/* So that it is derived again, though none of its rows changed. */
int records_dirty_add(struct records *records, const char *feed,
	const char *group, struct error *err) MUST_CHECK;
/* Are all groups of the feed dirty anyway, present and future ones? */
int records_dirty_is_all(struct records *records, const char *feed, bool *ret,
	struct error *err) MUST_CHECK;
/* A dirty group with its rows, by id's first arrival; borrowed for the call.
 * No rows: it has none any more. */
struct feed_group {
	const char *key;
	const struct feed_row *rows; /* without raw */
	size_t count;
};

/* Takes up to `most` groups off the queue and calls fn with each, read in one
 * scan where all groups are dirty. A group is off the queue before fn sees it,
 * so that one that fn makes dirty comes again. *ret_any: there was one. fn
 * returns 0 to go on; otherwise that is returned. fn must not write rows of
 * this feed. Inside a transaction. */
int records_dirty_each(struct records *records, const struct feed_shape *shape,
	size_t most, int (*fn)(void *arg, const struct feed_group *group),
	void *arg, bool *ret_any, struct error *err) MUST_CHECK;
/* Everything is dirty: the mapping changed. Takes no longer for many. */
int records_dirty_all(struct records *records, const struct feed_shape *shape,
	struct error *err) MUST_CHECK;

enum record_change {
	RECORD_NEW,
	RECORD_UPDATED,
	RECORD_UNCHANGED, /* same content: nothing is written */
	RECORD_DELETED,
	RECORD_REVIVED
};

/* The mapping version that records_put() notes from now on with each record
 * it writes (derived_by). 0 before the first call. */
void records_derived_by(struct records *records, int64_t version);
/* Store a record whole with its children. Sets modifiedDate and a new change
 * number when, and only when, its content (without modifiedDate) changed.
 * isDeleted counts as false when it isn't set. `record` keeps what was set.
 * FAIL_RECORD, nothing written: no id, or a word that its enum hasn't. */
int records_put(struct records *records, const struct model_type *type,
	struct model_record *record, enum record_change *ret,
	struct error *err) MUST_CHECK;
/* metadata.isDeleted becomes true, everything else stays as last seen.
 * RECORD_UNCHANGED when there is none, or it is deleted already. */
int records_retire(struct records *records, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err) MUST_CHECK;
/* The live record of that id without its children, or NULL; the caller's to
 * model_record_free(). */
int records_get(struct records *records, const struct model_type *type,
	const char *id, struct model_record **ret,
	struct error *err) MUST_CHECK;
/* Calls fn for each record in id order, deleted ones included. The record is
 * borrowed for the call. An array that was absent comes back empty. */
int records_each(struct records *records, const struct model_type *type,
	int (*fn)(void *arg, struct model_record *record), void *arg,
	struct error *err) MUST_CHECK;
/* In a time that does not grow with the table. */
int records_count(struct records *records, const struct model_type *type,
	int64_t *ret_live, int64_t *ret_deleted, struct error *err) MUST_CHECK;

/* ---- runs and findings ----------------------------------------------- */

/* A run's summary, one row per stream, shown by `status`. */
struct run_stream {
	const char *run; /* run id */
	const char *stream;
	const char *state;   /* "done", "failed", "parked", "interrupted" */
	const char *problem; /* or NULL */
	int64_t calls, pages, rows, changed, deleted;
	int64_t began_wall_ms, ended_wall_ms;
};
int records_run_save(struct records *records, const struct run_stream *run,
	struct error *err) MUST_CHECK;
/* The newest run of each stream. */
int records_run_each(struct records *records,
	int (*fn)(void *arg, const struct run_stream *run), void *arg,
	struct error *err) MUST_CHECK;

/* A finding about a record: stable id ("entry-unbalanced"), replaced as a
 * whole each time the record is derived (count 0 clears). */
struct finding {
	const char *check;
	bool error; /* else a warning */
	const char *text;
};
int records_findings_set(struct records *records, const char *type,
	const char *id, const struct finding *findings, size_t count,
	struct error *err) MUST_CHECK;
int records_findings_each(struct records *records,
	int (*fn)(void *arg, const char *type, const char *id,
		const struct finding *finding),
	void *arg, struct error *err) MUST_CHECK;

#endif
