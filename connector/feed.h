/*
 * One stream's run: which page to ask for, and how a page is applied with
 * its cursor in one transaction. No I/O but the store's.
 */
#ifndef CONNECTOR_FEED_H
#define CONNECTOR_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/entity.h"
#include "store/records.h"

/* Rows of ours that each run reads again; half a page, so it costs no call. */
#define FEED_OVERLAP_ROWS 500
/* sync/Deleted keeps two months; after this long we read all keys instead. */
#define FEED_DELETED_DAYS 55

struct feed;

struct feed_options {
	struct records *records; /* borrowed */
	const struct entity *entity;
	int64_t division;
	bool full;         /* read everything again, and sweep */
	int64_t server_ms; /* the server's time when this run began, UTC */
};

struct feed_page {
	int64_t rows;    /* on the page */
	int64_t changed; /* new or changed in the store */
	int64_t deleted; /* removed from the store */
	int64_t ignored; /* deletions of entities that we don't keep */
	bool last;       /* the run of this stream is through */
};

/* Make or widen the feed tables. FAIL_STORE. */
int feed_declare(struct records *records, struct error *err) MUST_CHECK;

/* The company's books were moved to another database: all row versions are
 * new. Every stream starts over with a sweep; versions count from now on in
 * a new epoch, so that a row's new version is always above its old one. To
 * be called inside a transaction. */
int feed_moved(struct records *records, struct error *err) MUST_CHECK;

/* Ask for a sweep of each feed whose deletions the log can't tell any more,
 * or never told, when its last whole reading is too long ago. */
int feed_reconcile(struct records *records, int64_t server_ms,
	struct error *err) MUST_CHECK;

/* Would feed_reconcile() ask for a sweep of this feed? FAIL_STORE. */
int feed_sweep_due(struct records *records, const struct entity *entity,
	int64_t server_ms, bool *ret, struct error *err) MUST_CHECK;

/* How often the company was moved to another database. FAIL_STORE. */
int feed_epoch(
	struct records *records, int64_t *ret, struct error *err) MUST_CHECK;

/* Must a list be read in this run? (feed_due.c) */

/* When the list was last read to its end; 0: never. FAIL_STORE. */
int feed_last_read(struct records *records, const struct entity *entity,
	int64_t *ret, struct error *err) MUST_CHECK;
/* Was a reference list read to its end within the interval, with all its
 * columns, and does it have all that stored rows name? FAIL_STORE. */
int feed_is_recent(struct records *records, const struct entity *entity,
	int64_t interval_ms, int64_t server_ms, bool *ret,
	struct error *err) MUST_CHECK;
/* Does a stored row name something that this list lacks? FAIL_STORE. */
int feed_is_wanted(struct records *records, const struct entity *entity,
	bool *ret, struct error *err) MUST_CHECK;
/* Did an earlier run leave a link behind, to go on from? FAIL_STORE. */
int feed_any_unfinished(
	struct records *records, bool *ret, struct error *err) MUST_CHECK;
/* An ENTITY_SINGLE was read just now. FAIL_STORE. */
int feed_read_single(struct records *records, const struct entity *entity,
	int64_t server_ms, struct error *err) MUST_CHECK;

/* Where the feed that this list follows stands, the log of deletions, and the
 * accounts: the followed_ members of ret. FAIL_STORE. */
int feed_followed(struct records *records, const struct entity *entity,
	struct stream_state *ret, struct error *err) MUST_CHECK;

/* A list that follows another feed: was it read to its end within a day, and
 * has nothing moved since that could change it? FAIL_STORE. */
int feed_is_fresh(struct records *records, const struct entity *entity,
	int64_t server_ms, bool *ret, struct error *err) MUST_CHECK;
/* Does the list disagree with the feed it follows? Inside a transaction. */
int feed_doubt(struct records *records, const struct entity *entity, bool doubt,
	struct error *err) MUST_CHECK;

/* Where this stream goes on: at an unfinished run's link, or behind its
 * cursor. FAIL_STORE, FAIL_STOP. */
int feed_open(struct feed **ret, const struct feed_options *options,
	struct error *err) MUST_CHECK;
void feed_close(struct feed *feed);

/* How an opened feed begins: from the start, at a link, behind its cursor. */
enum feed_start {
	FEED_FROM_START,
	FEED_AT_LINK,
	FEED_BEHIND
};
enum feed_start feed_begins(const struct feed *feed);

/* The next page to ask for is either a query that the feed made or a link
 * that the server gave; the other one is NULL. Borrowed until the next call. */
const char *feed_query(const struct feed *feed);
const char *feed_link(const struct feed *feed);

/* The server's time when the run began, learnt after feed_open(). */
void feed_set_server_ms(struct feed *feed, int64_t server_ms);

/* All of the page and its cursor, or nothing. FAIL_INPUT: the reply is not
 * what it should be, ask again; FAIL_STREAM; FAIL_STORE. */
int feed_apply(struct feed *feed, const char *body, size_t len,
	struct feed_page *ret, struct error *err) MUST_CHECK;

/* The server refused the link of feed_link(): go on behind the cursor.
 * False when that was no link, or was tried already in this run. */
bool feed_restart(struct feed *feed);

#endif
