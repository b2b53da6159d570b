/*
 * What the French chart of accounts says about an account's number, and what
 * a journal's content says about the journal's type.
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

/* The class with the longest matching prefix, which may be empty. Never
 * NULL. */
const struct ledger_class *ledger_chart_class(const char *code);
/* "Accounts receivable"; "" for an unknown type. */
const char *ledger_chart_type_name(uint16_t type);
/* Sets the types of journals, their GL accounts, and the lines' Type and
 * LineNumber. */
int ledger_chart_apply(struct books *books, struct books_set *set) MUST_CHECK;

#endif
