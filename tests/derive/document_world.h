/*
 * A company whose ledger has documents: rows as Exact Online sends them, put
 * together one by one and then received.
 */
#ifndef TESTS_DERIVE_DOCUMENT_WORLD_H
#define TESTS_DERIVE_DOCUMENT_WORLD_H

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "tests/derive/feed_world.h"

/* Accounts: ar receivable, ap payable, vat VAT, rev revenue, cost a cost. */
void begin(void);
void end(void);

/* The rows of the next reply. */
extern struct buf rows;
/* One more, with its Division and a new Timestamp. */
void row(const char *format, ...) FORMAT_LIKE(1, 2);
/* The reply comes. */
void come(const struct entity *entity);

struct entry {
	const char *id;
	int type;
	int number; /* EntryNumber */
	int invoice;
	const char *account; /* whose it is */
	const char *date;    /* milliseconds */
	const char *currency;
	const char *document;
};

/* Entry 5 of number 5, and one that undoes it. */
extern const struct entry sale1;
extern const struct entry undoing;

/* One line of the entry. */
void line(const struct entry *entry, int number, const char *gl,
	const char *amount, const char *vat);
/* 100.00 and 21.00 VAT: a receivable of 121.00. */
void sale(const struct entry *entry);
/* The same turned round. */
void undone(const struct entry *entry);
/* 100.00 and 21.00 VAT: a payable of 121.00. */
void purchase(const struct entry *entry);
/* Money on the bank against a control account. */
void payment(const char *id, const char *control, const char *bank,
	const char *other);
/* A row of each list of open items. */
void receivable(const char *id, const char *entry, const char *amount,
	int status, const char *currency);
void payable(const char *hid, int number, const char *account,
	const char *amount, const char *date);

struct invoice {
	const char *id;
	int status;
	int type;
	int number; /* 0: none */
	const char *document;
};

/* 3 x 33.33 = 99.99 and 21.00 VAT: 120.99; credit notes are negative. */
void invoice(const struct invoice *invoice, const char *total, const char *net,
	const char *vat);
/* A relation, a VAT code, the revenue account under that name. */
void account(
	const char *id, const char *status, bool supplier, const char *name);
void code(const char *name);
void revenue(const char *name);
/* The log of deletions has that key. */
void gone(const struct entity *entity, const char *key);

#define HAS(type, id, text)                                                    \
	ck_assert_msg(strstr(json_of(type, id), text) != NULL,                 \
		"%s is not in %s", text, json_of(type, id))
#define HASNT(type, id, text)                                                  \
	ck_assert_msg(strstr(json_of(type, id), text) == NULL, "%s is in %s",  \
		text, json_of(type, id))
#define FOUND(type, id, text) ck_assert_str_eq(findings_of(type, id), text)

#endif
