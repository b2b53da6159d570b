/*
 * The books of all divisions of one sandbox: GL accounts, journals,
 * relations, transaction lines, and the log of deletions. Rows are compact,
 * and JSON is made on demand, so that a million lines stay small.
 *
 * One row-version counter serves the whole database, as SQL Server's does:
 * each write takes the next value and moves its row to the end.
 */
#ifndef SANDBOX_BOOKS_H
#define SANDBOX_BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct books;

struct books_guid {
	unsigned char bytes[16]; /* in the order of the text form */
};

struct books_division {
	int code;         /* 100001 … */
	char name[128];   /* UTF-8 */
	char currency[4]; /* "EUR" */
	char country[4];  /* "NL " */
	int64_t moved_ms; /* DivisionMoveDate, UTC ms, 0: null */
	int status;       /* 0 inactive, 1 active, 2 archived */
	int blocking_status;
};

/* The same seed gives the same GUIDs, times and row versions. */
int books_new(struct books **ret, uint64_t seed, struct error *err) MUST_CHECK;
void books_free(struct books *books);

/* Reads a ledger in the FEC text format into a new division. `now_wall_ms`
 * (UTC) becomes the rows' Created and Modified; entries are 10 ms apart, the
 * last one at now_wall_ms. FAIL_INPUT names file and line. */
int books_add_ledger(struct books *books, const char *path, int division,
	const char *currency, const char *country, int64_t now_wall_ms,
	struct error *err) MUST_CHECK;

/* Two facts of Exact that nobody has verified: whether an invoice's ID is its
 * entry's, and whether the log of deletions names entries and invoices instead
 * of their lines. */
void books_set_unverified(
	struct books *books, bool invoice_is_entry, bool deleted_headers);

size_t books_division_count(const struct books *books);
struct books_division *books_division(struct books *books, size_t index);
struct books_division *books_division_find(struct books *books, int code);

/* For the control endpoint. `which` is an entity name ("TransactionLines",
 * "GLAccounts", "Journals", "Accounts"). books_change() edits `count` rows
 * that the seed chooses: their description and Modified change, and they get
 * a new row version; amounts stay, so that entries keep summing to zero.
 * books_delete() deletes whole entries for TransactionLines (`count` of them,
 * one Deleted row per line), otherwise unused rows first. ret_ids (may be
 * NULL) gets the ids of the rows, with commas. FAIL_INPUT: there are not that
 * many. */
int books_change(struct books *books, int division, const char *which,
	int count, int64_t now_wall_ms, struct buf *ret_ids,
	struct error *err) MUST_CHECK;
int books_delete(struct books *books, int division, const char *which,
	int count, int64_t now_wall_ms, struct buf *ret_ids,
	struct error *err) MUST_CHECK;
/* Adds balanced entries of two lines each, on accounts that the seed chooses
 * or all on a new GL account. */
int books_insert(struct books *books, int division, int entries,
	bool new_account, int64_t now_wall_ms, struct buf *ret_ids,
	struct error *err) MUST_CHECK;
/* The same, but the entries are not shown before books_show(), although their
 * row versions are given now. */
int books_hold(struct books *books, int division, int entries,
	int64_t now_wall_ms, struct buf *ret_ids, struct error *err) MUST_CHECK;
int books_show(struct books *books, int division, struct error *err) MUST_CHECK;
/* Sets DivisionMoveDate to now and gives every row a new version. */
int books_move_division(struct books *books, int division, int64_t now_wall_ms,
	struct error *err) MUST_CHECK;

#endif
