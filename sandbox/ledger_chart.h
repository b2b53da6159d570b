/*
 * What the French chart of accounts says about an account's number, and what
 * a journal's content says about its kind.
 */
#ifndef SANDBOX_LEDGER_CHART_H
#define SANDBOX_LEDGER_CHART_H

#include <stdint.h>

#include "base/error.h"

struct books;
struct books_set;

struct ledger_class {
	const char *prefix;
	uint16_t type; /* GLAccounts.Type */
	char side;     /* D, C */
	char sheet;    /* B balance sheet, W profit and loss */
};

/* Never NULL: the longest prefix, at worst the empty one. */
const struct ledger_class *ledger_chart_class(const char *code);
/* "Accounts receivable"; "" for an unknown type. */
const char *ledger_chart_type_name(uint16_t type);
/* Journal types, their GL accounts, and the lines' Type and LineNumber. */
int ledger_chart_apply(struct books *books, struct books_set *set) MUST_CHECK;

#endif
