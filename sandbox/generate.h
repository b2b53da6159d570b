/*
 * Books of a company that never existed: a seeded generator of coherent years.
 *
 *	size     lines       documents, about
 *	small    1,000       250
 *	medium   50,000      13,000
 *	large    1,000,000   260,000
 *
 * From 2023-01-01 to 2026-09-30, three closed years and a running one. Each
 * day has its share of the lines. Events are drawn from a table of scenarios
 * (generate_scenario.c): first each one once, then by weight, so that even
 * the smallest books hold every hard case. The same seed, division, size and
 * country give the same books anywhere and at any time: integers only, no
 * clock.
 *
 * Every entry balances in the division's currency to the cent. An invoice and
 * its entry agree: total = the receivable line, tax = total less the net
 * lines.
 *
 * Where no source says how Exact does it, the generator chooses:
 *
 *	void          a reversing entry of the same type and InvoiceNumber; its
 *	              receivable is marked TransactionIsReversal
 *	partly        the net line carries the whole VAT; the share that may
 *	deductible    not be claimed is a line of its own from 9001 on, on the
 *	              cost account, with the VAT code and no VAT
 *	open items    an item that is matched in parts is several rows of Status
 *	              50, and its rest is one more row of Status 20; EntryID and
 *	              TransactionEntryID are both the document's entry
 *	numbers       InvoiceNumber is the EntryNumber; a draft has none
 *	documents     seven of eight invoices made in Exact share a Document
 *	              with their entry, the eighth only the number
 *	discounts     a line of the payment's entry, without VAT
 */
#ifndef SANDBOX_GENERATE_H
#define SANDBOX_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

struct books;

enum generate_size {
	GENERATE_SMALL,
	GENERATE_MEDIUM,
	GENERATE_LARGE
};

/* False: the name is not small, medium or large. */
bool generate_size_named(const char *name, enum generate_size *ret);
/* The exact number of transaction lines. */
size_t generate_lines(enum generate_size size);

/* Generates a new division: in EUR for NL, or in GBP for the UK; with
 * `tracking` it has cost centres and cost units, also on its lines. FAIL_USAGE
 * when the division exists already. */
int generate_books(struct books *books, int division, enum generate_size size,
	bool uk, bool tracking, struct error *err) MUST_CHECK;

#endif
