/*
 * What the parts of the generator share. The functions that add rows cannot
 * fail: when memory runs out they set `failed`, which is checked once a day.
 */
#ifndef SANDBOX_GENERATE_STATE_H
#define SANDBOX_GENERATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/books_rows.h"
#include "sandbox/generate.h"

/* GL accounts by their role; the value is the account's row. */
enum generate_account {
	ACCOUNT_BANK,
	ACCOUNT_CASH,
	ACCOUNT_RECEIVABLE,
	ACCOUNT_PAYABLE,
	ACCOUNT_VAT_TO_PAY,
	ACCOUNT_VAT_TO_CLAIM,
	ACCOUNT_VAT_SETTLED,
	ACCOUNT_STOCK,
	ACCOUNT_FIXED,
	ACCOUNT_WORN, /* accumulated depreciation */
	ACCOUNT_CAPITAL,
	ACCOUNT_RETAINED,
	ACCOUNT_RESULT,
	ACCOUNT_LOAN,
	ACCOUNT_WAGES_DUE,
	ACCOUNT_YEAR_END,
	ACCOUNT_REVENUE,
	ACCOUNT_REVENUE_LOW,
	ACCOUNT_REVENUE_SERVICE,
	ACCOUNT_REVENUE_ABROAD,
	ACCOUNT_REVENUE_MARGIN,
	ACCOUNT_GOODS,
	ACCOUNT_OFFICE,
	ACCOUNT_CAR,
	ACCOUNT_MEALS,
	ACCOUNT_RENT,
	ACCOUNT_SUBCONTRACT,
	ACCOUNT_WAGES,
	ACCOUNT_WEAR,
	ACCOUNT_BANK_COSTS,
	ACCOUNT_INTEREST,
	ACCOUNT_EXCHANGE,
	ACCOUNT_DISCOUNT_GIVEN,
	ACCOUNT_DISCOUNT_TAKEN,
	ACCOUNT_DIFFERENCE, /* payment differences */
	ACCOUNT_OLD,        /* blocked, never used */
	GENERATE_ACCOUNTS
};

enum generate_journal {
	JOURNAL_SALES,
	JOURNAL_PURCHASE,
	JOURNAL_BANK,
	JOURNAL_CASH,
	JOURNAL_GENERAL,
	JOURNAL_OPENING,
	GENERATE_JOURNALS
};

/* VAT codes by their role; the value is the code's row. */
enum generate_vat {
	VAT_NONE,
	VAT_HIGH,
	VAT_LOW,
	VAT_ZERO,
	VAT_EXEMPT,
	VAT_SHIFTED, /* sale, the customer owes the VAT */
	VAT_EU_SALE, /* intra-Community supply */
	VAT_EXPORT,
	VAT_BOUGHT, /* standard rate, to be claimed */
	VAT_BOUGHT_LOW,
	VAT_CHARGED,   /* purchase under reverse charge */
	VAT_EU_BOUGHT, /* intra-Community acquisition */
	VAT_PARTLY,    /* half of it may be claimed */
	VAT_MARGIN,    /* second-hand goods: no VAT on the invoice */
	VAT_CHANGED,   /* its rate changed */
	VAT_OLD,       /* blocked, never used */
	GENERATE_VATS
};

enum generate_item {
	ITEM_STOCK,
	ITEM_STOCK_LOW,
	ITEM_PLAIN, /* goods without stock */
	ITEM_SERVICE,
	ITEM_USED, /* margin */
	ITEM_CHANGED,
	ITEM_ENDED,
	GENERATE_ITEM_KINDS
};

/* Kinds of customers and suppliers. */
enum generate_party {
	PARTY_HOME, /* customer of the country */
	PARTY_EU,
	PARTY_USD,
	PARTY_JPY,
	PARTY_KWD,
	PARTY_PROSPECT, /* invoiced, but never made a customer */
	PARTY_BOTH,     /* customer and supplier */
	PARTY_SUPPLIER,
	PARTY_SUPPLIER_EU,
	PARTY_SUPPLIER_USD,
	PARTY_IDLE, /* without a document: suspects and others */
	GENERATE_PARTIES
};

/* How a document ends. */
enum generate_end {
	END_OPEN, /* nobody pays */
	END_FULL,
	END_PARTIAL,  /* a part, the rest stays open */
	END_TWICE,    /* a part, later the rest */
	END_OVER,     /* too much */
	END_THREE,    /* three of them with one payment */
	END_DISCOUNT, /* less 2 % */
	END_CENTS,    /* three cents less, written off */
	END_CASH,
	END_SET_OFF,  /* against a bill of the same relation */
	END_CREDITED, /* a credit note takes a part */
	END_CREDITED_ALL,
	END_VOID /* reversed */
};

enum generate_made {
	MADE_ENTRY,   /* booked, without an invoice in Exact */
	MADE_INVOICE, /* sales invoice made in Exact, printed and booked */
	MADE_DRAFT,   /* status 10: no entry */
	MADE_OPEN     /* status 20: no entry yet either */
};

/* One kind of event; the rows are in generate_scenario.c. */
struct generate_scenario {
	const char *name;
	enum generate_party party;
	enum generate_made made;
	enum generate_vat vat;
	enum generate_vat vat_second; /* on the last of several lines;
					 VAT_NONE: as `vat` */
	enum generate_end end;
	uint8_t lines; /* net lines at most */
	bool purchase;
	bool credit; /* a credit note of its own */
	bool used;   /* the item is a second-hand one */
	uint16_t weight;
};

struct generate_event {
	int32_t day;
	uint32_t next; /* index + 1 */
	uint32_t terms[3];
	enum generate_end end;
	enum generate_made made;
	bool second; /* of END_TWICE */
};

/* A net line of a document about to be made. */
struct generate_net {
	int64_t fc; /* positive */
	int64_t vat;
	int64_t price;
	uint32_t item; /* index + 1 */
	uint32_t text;
	enum generate_account account;
	enum generate_vat code;
	uint16_t percent;
	int32_t quantity;
};

#define GENERATE_NETS 8

struct generate_document {
	const struct generate_scenario *scenario;
	uint32_t relation; /* index */
	int32_t day;
	const char *currency;
	int64_t rate; /* millionths */
	int factor;   /* sale +1, sale's credit note -1, bill -1 … */
	uint16_t type;
	struct generate_net nets[GENERATE_NETS];
	size_t count;
};

struct generate_range {
	uint32_t first;
	uint32_t count;
};

struct generate {
	struct books *books;
	struct books_set *set;
	uint64_t random;
	bool uk;
	bool failed;
	size_t target; /* lines */
	int32_t today;
	int32_t seconds; /* of the day, for Created */
	int year;
	struct generate_range parties[GENERATE_PARTIES];
	struct generate_range items[GENERATE_ITEM_KINDS];
	int32_t numbers[GENERATE_JOURNALS]; /* of this year */
	int32_t orders;
	uint32_t documents;
	int64_t balance[GENERATE_ACCOUNTS];
	int64_t margin;  /* VAT on margins of this quarter */
	size_t scenario; /* the next row while each is used once */
	/* The entry being written. */
	size_t entry;
	int32_t next_line;
	int64_t sum_dc;
	/* Planned events by day. */
	struct generate_event *events; /* owned */
	size_t event_count;
	size_t event_capacity;
	uint32_t *by_day; /* owned: the day's first event, index + 1 */
};

extern const struct generate_scenario generate_scenarios[];
extern const size_t generate_scenario_count;

/* generate_world.c: accounts, journals, VAT codes, relations, items,
 * periods. */
void generate_world(struct generate *g);
int32_t generate_world_first_day(void);
int32_t generate_world_last_day(void);

/* generate_entry.c */
uint64_t generate_random(struct generate *g);
/* From 0 to below - 1. */
uint32_t generate_below(struct generate *g, uint32_t below);
uint32_t generate_text(struct generate *g, const char *format, ...)
	FORMAT_LIKE(2, 3);
void *generate_row(struct generate *g, enum books_kind kind, size_t *ret_row);
/* The number of decimals. */
int generate_digits(const char *currency);
/* An amount in the currency's smallest unit to cents, rounded half away from
 * zero. */
int64_t generate_cents(int64_t fc, const char *currency, int64_t rate);
int64_t generate_rate(const struct generate *g, const char *currency);
int64_t generate_percent(int64_t amount, int64_t hundredths);
uint16_t generate_vat_percent(const struct generate *g, enum generate_vat vat);
struct books_line *generate_line(struct generate *g, size_t row);
struct books_entry *generate_open_entry(
	struct generate *g, enum generate_journal journal);
/* Returns the new line's row. `relation` is index + 1, or 0; currency NULL: the
 * division's. */
uint32_t generate_add_line(struct generate *g, enum generate_journal journal,
	enum generate_account account, uint16_t type, uint32_t relation,
	int64_t dc, int64_t fc, const char *currency, uint32_t text);
/* Asserts that the entry balances. */
void generate_close_entry(struct generate *g);
size_t generate_room(const struct generate *g);

/* generate_tracking.c: cost centres and cost units, after everything else. */
void generate_tracking(struct generate *g);

/* generate_trade.c: makes one scenario's documents, today. */
void generate_trade(struct generate *g, const struct generate_scenario *chosen);
/* Makes the credit note for an invoice, or for half of its first net line;
 * returns the row of its term. */
uint32_t generate_trade_credit(
	struct generate *g, uint32_t term, bool whole, bool as_document);

/* generate_terms.c: the new term's row, and what happens to terms on a later
 * day. */
uint32_t generate_terms_add(struct generate *g, uint32_t line, int32_t due,
	bool payable, bool reversal);
void generate_terms_plan(struct generate *g, int32_t day, enum generate_end end,
	enum generate_made made, bool second, const uint32_t terms[3]);

/* generate_money.c: the payments, set-offs, credit notes and reversals that
 * are planned for today. */
void generate_money_day(struct generate *g);

/* generate_year.c: events of the calendar. */
void generate_year_day(struct generate *g);
/* Fills the books up to the last line. */
void generate_year_rest(struct generate *g);

#endif
