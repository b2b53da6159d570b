/*
 * The rows of the books, for the files that fill them (ledger.c), change them
 * (books.c) and show them (odata_rows*.c).
 *
 * A text is a uint32_t: its offset in one arena that holds every distinct
 * text once; 0 is "". An identity is never stored: it is computed from
 * (seed, division, kind, serial), so a line costs 112 bytes:
 *
 *	1,000,000 lines         112 MB
 *	+ version log            16 MB   (version, row), ascending
 *	+ order by id             4 MB   made when first asked for
 *	+ 300,000 entries        18 MB   + their texts
 *
 * The version log is append-only. A row that is written again gets a new
 * place at the end. Its old place stays and is recognised as stale, because
 * the row's own version differs. Stale places are removed when they outnumber
 * the live ones.
 */
#ifndef SANDBOX_BOOKS_ROWS_H
#define SANDBOX_BOOKS_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sandbox/books.h"

enum books_kind {
	BOOKS_LINES,     /* 1 in sync/Deleted */
	BOOKS_ACCOUNTS,  /* GL accounts, 7 */
	BOOKS_JOURNALS,  /* not in the deleted log */
	BOOKS_RELATIONS, /* 2 */
	BOOKS_VAT,       /* VAT codes; from here on in generated books only */
	BOOKS_RATES,     /* their percentages */
	BOOKS_ITEMS,     /* 9 */
	BOOKS_INVOICES,  /* headers and lines in one list, 13 */
	BOOKS_TERMS,     /* receivables and payables, 10 */
	BOOKS_PERIODS,
	BOOKS_COST_CENTERS, /* in books with tracking only, like the next */
	BOOKS_COST_UNITS,
	BOOKS_TABLES,  /* how many of the above */
	BOOKS_ENTRIES, /* from here on: identities without a table */
	BOOKS_DELETED,
	BOOKS_USER,
	BOOKS_CUSTOMER,
	BOOKS_DOCUMENTS,
	BOOKS_BUDGETS,
	BOOKS_KINDS /* how many of the above */
};

/* Each row of a table begins with this. */
struct books_head {
	uint64_t version;
	int64_t modified_ms; /* UTC */
	uint32_t serial;     /* with the kind, makes the identity */
	bool deleted;
	bool held; /* written but not committed: not shown yet */
};

struct books_line {
	struct books_head head;
	int64_t amount_dc;    /* cents, debit positive */
	int64_t amount_fc;    /* smallest unit of its currency */
	int64_t vat_fc;       /* VAT on this line, with its sign */
	int64_t vat_base_fc;  /* the amount that the VAT is on */
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
	uint16_t vat;     /* VAT code: index + 1, 0: none */
	uint16_t percent; /* that VAT code's percentage then, in hundredths */
	uint32_t item;    /* index + 1, 0: none */
	int32_t quantity; /* 0: none */
	char currency[4];
	uint8_t cost_center; /* index + 1, 0: none */
	uint8_t cost_unit;   /* likewise */
};

/* How an entry's document ended; for the truth, never shown. */
enum books_fate {
	BOOKS_FATE_PLAIN,
	BOOKS_FATE_VOID,    /* reversed by another entry */
	BOOKS_FATE_REVERSAL /* the reversing entry */
};

struct books_entry {
	int64_t created_ms; /* UTC */
	int64_t rate;       /* currency of the division for one of the
			       entry's, in millionths; 0: no rate of its own */
	uint32_t serial;
	int32_t number;     /* EntryNumber */
	int32_t invoice;    /* InvoiceNumber, 0: none */
	int32_t due;        /* days since 1970, 0: none */
	uint32_t document;  /* serial, 0: none */
	uint32_t made_from; /* BOOKS_INVOICES row + 1, 0: only booked */
	uint32_t first;     /* row of its first line */
	uint32_t lines;     /* 0: not from the generator */
	uint8_t fate;       /* enum books_fate */
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
	bool blocked;
};

struct books_journal {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t description;
	uint32_t used;
	uint32_t account; /* index + 1, 0: none */
	uint16_t type;
	bool opening; /* holds the opening balances */
};

struct books_relation {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t name;
	uint32_t used;
	uint32_t address; /* texts */
	uint32_t postcode;
	uint32_t city;
	uint32_t phone;
	uint32_t email;
	uint32_t website;
	uint32_t vat_number;
	uint32_t chamber;
	char country[4];
	char currency[4]; /* "": the division's */
	char status;      /* C, P, S, A; 0: by `customer` */
	bool blocked;
	bool customer;
	bool supplier;
	bool invoiced; /* has a sales invoice or credit note */
	bool billed;   /* has a bill or its credit note */
};

/* The law changes rates: each has its own period. */
struct books_rate {
	struct books_head head;
	uint32_t vat;     /* index */
	int32_t from;     /* days since 1970 */
	int32_t to;       /* 0: still in force */
	uint16_t percent; /* in hundredths: 2100 is 21 % */
	uint16_t number;  /* LineNumber */
};

struct books_vat {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t description;
	uint32_t to_pay; /* GL account: index + 1, 0: none */
	uint32_t to_claim;
	uint16_t percent; /* the last rate's */
	uint16_t ratio;   /* VATPartialRatio: deductible %, 0: all */
	char type;        /* B, E, I, N */
	char listing;     /* EUSalesListing L N S T, 0: null */
	char transaction; /* S sales, P purchase, B both */
	bool charged;     /* reverse charge: owed and claimed at once */
	bool margin;
	bool blocked;
};

struct books_item {
	struct books_head head;
	int64_t created_ms;
	int64_t price; /* smallest unit of the division's currency */
	int64_t cost;
	uint32_t code;
	uint32_t description;
	uint32_t group;   /* text: code of its group */
	uint32_t unit;    /* text */
	uint32_t revenue; /* GL accounts: index + 1, 0: none */
	uint32_t costs;
	uint32_t stock;
	uint16_t vat;  /* index + 1 */
	int32_t ended; /* EndDate, 0: none */
	bool is_stock;
	bool is_sold;
	bool is_bought;
	bool is_service;
};

/* A sales invoice made in Exact: one row for the header (number 0), followed by
 * one row for each line. */
struct books_invoice {
	struct books_head head;
	int64_t created_ms;
	int64_t amount_fc; /* header: with VAT; line: without */
	int64_t amount_dc;
	int64_t vat_fc;
	int64_t vat_dc;
	int64_t price;        /* unit price, line */
	uint32_t header;      /* row of the header */
	uint32_t entry;       /* index + 1, 0: none yet */
	uint32_t relation;    /* index + 1 */
	uint32_t description; /* text */
	uint32_t reference;   /* YourRef, text */
	uint32_t item;        /* index + 1 */
	uint32_t account;     /* revenue, index + 1 */
	uint32_t document;    /* serial, 0: none */
	int32_t number;       /* LineNumber, 0: header */
	int32_t order;        /* OrderNumber */
	int32_t date;
	int32_t due;
	int32_t quantity;
	uint16_t vat; /* index + 1 */
	uint16_t percent;
	uint16_t type;   /* 8020, 8021 */
	uint16_t status; /* 10, 20, 50 */
	uint16_t lines;  /* header: the number of lines */
	char currency[4];
};

/* An open item, or a matched part of one. An item that is paid in two parts is
 * two rows: each matched part names the entry that paid it. */
struct books_term {
	struct books_head head;
	int64_t created_ms;
	int64_t amount_dc; /* of this part, as on the ledger line: debit + */
	int64_t amount_fc;
	uint32_t line;    /* the receivable or payable line, row */
	uint32_t paid_by; /* entry index + 1, 0: open */
	int32_t due;
	int32_t paid_on; /* day */
	bool payable;    /* LineType 22, otherwise 20 */
	bool reversal;   /* TransactionIsReversal */
};

/* A cost centre or a cost unit. */
struct books_cost {
	struct books_head head;
	int64_t created_ms;
	uint32_t code;
	uint32_t description;
	int32_t ended; /* EndDate, days since 1970; 0: none */
};

struct books_fiscal_period {
	struct books_head head;
	int32_t from;
	int32_t to;
	uint16_t year;
	uint16_t period;
};

struct books_deleted {
	uint64_t version;
	int64_t deleted_ms;   /* UTC */
	uint32_t serial;      /* of the log row */
	uint32_t key;         /* serial of what was deleted */
	enum books_kind kind; /* the kind of the key */
	uint8_t type;         /* EntityType */
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

/* How lines were grouped into entries; see ledger_groups.c. */
enum books_grouping {
	BOOKS_BY_JOURNAL_AND_NUMBER,
	BOOKS_BY_NUMBER,
	BOOKS_BY_JOURNAL_DATE_PIECE,
	BOOKS_BY_RUNNING_ZERO,
	BOOKS_UNBALANCED /* (journal, number), some groups don't balance */
};

/* A sum over the ledger by account, year, period and type. */
struct books_sum {
	int64_t debit;
	int64_t credit;
	uint32_t account; /* index */
	uint32_t count;
	uint16_t year;
	uint16_t period;
	uint16_t type;
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
	struct books_sum *sums; /* owned; NULL: not computed yet */
	size_t sum_count;
	uint64_t sums_version; /* the books' version at that time */
	bool generated;
	uint32_t address; /* texts */
	uint32_t postcode;
	uint32_t city;
	uint32_t phone;
	uint32_t email;
	uint32_t website;
	uint32_t vat_number;
	uint32_t chamber;
};

struct books {
	uint64_t seed;
	uint64_t random;
	uint64_t version; /* the last version given */
	struct books_set **sets;
	size_t set_count;
	char *arena;
	size_t arena_len;
	size_t arena_cap;
	uint32_t *slots; /* hash of the arena's texts */
	size_t slot_count;
	size_t slot_used;
	bool invoice_is_entry; /* an invoice's ID is its entry's */
	bool deleted_headers;  /* the log of deletions names entries and
			          invoices, not their lines */
};

/* For the files that write to the books as a user would (books.c). */
uint64_t books_random(struct books *books);
/* FAIL_INPUT: no such division or table. */
int books_find_table(const struct books *books, int division, const char *which,
	struct books_set **ret_set, enum books_kind *ret_kind,
	struct error *err) MUST_CHECK;
/* Appends the row's id; ret_ids may be NULL. */
void books_append_id(const struct books *books, const struct books_set *set,
	enum books_kind kind, size_t row, struct buf *ret_ids);
/* The number of live lines that use the row. */
uint32_t books_use_count(
	const struct books_set *set, enum books_kind kind, size_t row);

/* Texts. FAIL_STOP without memory, or when the arena exceeds 1 GiB. */
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
/* Adds an empty division at the end of the books. FAIL_USAGE, FAIL_STOP. */
int books_add_division(struct books *books, int division, const char *name,
	const char *currency, const char *country, struct books_set **ret,
	struct error *err) MUST_CHECK;
/* The number of decimals of that currency. */
int books_digits(const char *currency);
void books_period(const struct books_set *set, int64_t days, uint16_t *ret_year,
	uint16_t *ret_period);
struct books_head *books_index_head(
	const struct books_table *table, size_t row);
struct books_guid books_index_row_guid(const struct books *books,
	const struct books_set *set, enum books_kind kind, size_t row);
/* Adds a zeroed row at the end, with a serial of its own. */
int books_index_add(struct books_set *set, enum books_kind kind,
	size_t *ret_row) MUST_CHECK;
/* Gives the row the next version and a place at the end of the log. */
int books_index_write(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row) MUST_CHECK;
/* The first place in the log with a version above `version`. */
size_t books_index_after(const struct books_table *table, uint64_t version);
/* Is this place of the log the row's present one? */
bool books_index_live(const struct books_table *table, size_t place);
/* Brings by_id up to date. */
int books_index_order(const struct books *books, struct books_set *set,
	enum books_kind kind) MUST_CHECK;
/* The first position in by_id whose identity is above `guid`; with `or_equal`,
 * not below it. The order must be up to date. */
size_t books_index_seek(const struct books *books, const struct books_set *set,
	enum books_kind kind, const struct books_guid *guid, bool or_equal);
/* Makes room for one more element of this size. */
int books_index_grow(
	void **array, size_t count, size_t *capacity, size_t size) MUST_CHECK;
void books_index_free(struct books_table *table);

#endif
