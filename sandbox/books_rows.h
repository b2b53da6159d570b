/*
 * What the books are made of, for those who fill them (ledger.c), change
 * them (books.c) and show them (odata_rows*.c).
 *
 * A text is a uint32_t: its offset in one arena that holds every distinct
 * text once; 0 is "". An identity is never stored: it is computed from
 * (seed, division, kind, serial), so a line costs 80 bytes:
 *
 *	1,000,000 lines          80 MB
 *	+ version log            16 MB   (version, row), ascending
 *	+ order by id             4 MB   made when first asked for
 *	+ 300,000 entries         7 MB   + their texts
 *
 * The version log is append-only. A row that is written again gets a new
 * place at the end; its old place stays and is known to be stale because the
 * row's own version differs. Stale places are swept when they outnumber the
 * live ones.
 */
#ifndef SANDBOX_BOOKS_ROWS_H
#define SANDBOX_BOOKS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sandbox/books.h"

enum books_kind {
	BOOKS_LINES,     /* sync/Deleted calls these 1 */
	BOOKS_ACCOUNTS,  /* GL accounts, 7 */
	BOOKS_JOURNALS,  /* not in the deleted log */
	BOOKS_RELATIONS, /* 2 */
	BOOKS_TABLES,    /* how many of the above */
	BOOKS_ENTRIES,   /* further kinds of identity, without a table */
	BOOKS_DELETED,
	BOOKS_USER,
	BOOKS_CUSTOMER
};

/* What each row of a table begins with. */
struct books_head {
	uint64_t version;
	int64_t modified_ms; /* UTC */
	uint32_t serial;     /* with the kind: its identity */
	bool deleted;
	bool held; /* written, not committed: seen by nobody yet */
};

struct books_line {
	struct books_head head;
	int64_t amount_dc;    /* cents, debit positive */
	int64_t amount_fc;    /* cents */
	uint32_t entry;       /* index */
	uint32_t account;     /* index */
	uint32_t relation;    /* index + 1, 0: none */
	uint32_t description; /* text */
	uint32_t reference;   /* text */
	int32_t date;         /* days since 1970 */
	int32_t number;       /* LineNumber */
	uint16_t type;        /* Type: 10, 20 … 90 */
	uint16_t period;
	uint16_t year;
	uint16_t journal; /* index */
	char currency[4];
};

struct books_entry {
	int64_t created_ms; /* UTC */
	uint32_t serial;
	int32_t number; /* EntryNumber */
	bool deleted;
};

struct books_account {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t description;
	uint32_t used; /* live lines */
	uint16_t type;
	char side;  /* D or C */
	char sheet; /* B balance, W profit and loss */
};

struct books_journal {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t description;
	uint32_t used;
	uint32_t account; /* index + 1, 0: none */
	uint16_t type;
	bool opening; /* holds the balances brought forward */
};

struct books_relation {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t name;
	uint32_t used;
	bool customer;
	bool supplier;
};

struct books_deleted {
	uint64_t version;
	int64_t deleted_ms; /* UTC */
	uint32_t serial;    /* of the log row */
	uint32_t key;       /* serial of what was deleted */
	enum books_kind kind;
};

struct books_place {
	uint64_t version;
	uint32_t row;
};

/* One table of a division. */
struct books_table {
	void *rows; /* owned */
	size_t count;
	size_t capacity;
	size_t size;   /* of one row */
	size_t living; /* not deleted */
	struct books_place *log;
	size_t log_count;
	size_t log_capacity;
	uint32_t *by_id; /* rows in SQL Server's uniqueidentifier order */
	size_t by_id_count;
};

/* How the lines were put together into entries; see ledger.c. */
enum books_grouping {
	BOOKS_BY_JOURNAL_AND_NUMBER,
	BOOKS_BY_NUMBER,
	BOOKS_BY_JOURNAL_DATE_PIECE,
	BOOKS_BY_RUNNING_ZERO,
	BOOKS_UNBALANCED /* (journal, number), some groups don't balance */
};

struct books_set {
	struct books_division division;
	struct books_table tables[BOOKS_TABLES];
	struct books_entry *entries;
	size_t entry_count;
	size_t entry_capacity;
	struct books_deleted *deleted;
	size_t deleted_count;
	size_t deleted_capacity;
	int32_t last_entry_number;
	int closing_month; /* 1 to 12 */
	int64_t created_ms;
	enum books_grouping grouping;
	size_t unbalanced; /* groups */
	uint32_t next_serial;
};

struct books {
	uint64_t seed;
	uint64_t random;
	uint64_t version; /* the last one given */
	struct books_set **sets;
	size_t set_count;
	char *arena;
	size_t arena_len;
	size_t arena_cap;
	uint32_t *slots; /* hash of the arena's texts */
	size_t slot_count;
	size_t slot_used;
};

/* Texts. FAIL_STOP without memory or when the arena passes 1 GiB. */
int books_names_put(struct books *books, const char *text, size_t len,
	uint32_t *ret) MUST_CHECK;
const char *books_names_text(const struct books *books, uint32_t text);
void books_names_free(struct books *books);

/* Identities. */
struct books_guid books_index_guid(const struct books *books, int division,
	enum books_kind kind, uint32_t serial);
/* <0, 0, >0 as SQL Server compares uniqueidentifier. */
int books_index_compare(
	const struct books_guid *left, const struct books_guid *right);
/* 36 characters, lowercase, and NUL. */
void books_index_text(const struct books_guid *guid, char ret[static 37]);
/* Exactly 36 characters, any case. */
bool books_index_parse(const char *text, size_t len, struct books_guid *ret);

struct books_set *books_set(const struct books *books, int division);
void books_period(const struct books_set *set, int64_t days, uint16_t *ret_year,
	uint16_t *ret_period);
struct books_head *books_index_head(
	const struct books_table *table, size_t row);
struct books_guid books_index_row_guid(const struct books *books,
	const struct books_set *set, enum books_kind kind, size_t row);
/* A zeroed row at the end, with a serial of its own. */
int books_index_add(struct books_set *set, enum books_kind kind,
	size_t *ret_row) MUST_CHECK;
/* Give the row the next version and its place at the log's end. */
int books_index_write(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row) MUST_CHECK;
/* First place in the log with a version above `version`. */
size_t books_index_after(const struct books_table *table, uint64_t version);
/* Is this place of the log still the row's own? */
bool books_index_live(const struct books_table *table, size_t place);
/* Bring by_id up to date. */
int books_index_order(const struct books *books, struct books_set *set,
	enum books_kind kind) MUST_CHECK;
/* First position in by_id whose identity is above `guid`; with `or_equal`
 * not below it. The order must be up to date. */
size_t books_index_seek(const struct books *books, const struct books_set *set,
	enum books_kind kind, const struct books_guid *guid, bool or_equal);
/* Room for one more of `size`d elements. */
int books_index_grow(
	void **array, size_t count, size_t *capacity, size_t size) MUST_CHECK;
void books_index_free(struct books_table *table);

#endif
