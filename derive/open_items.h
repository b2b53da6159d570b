/*
 * Two lists show what is open of invoices, bills and their credit notes: may
 * they be trusted?
 */
#ifndef DERIVE_OPEN_ITEMS_H
#define DERIVE_OPEN_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include "derive/derive_parts.h"
#include "derive/document_kind.h"

enum open_items_state {
	OPEN_ITEMS_UNREAD, /* the list or the ledger was not read to its end */
	OPEN_ITEMS_AGREES, /* the list agrees with the control accounts */
	OPEN_ITEMS_DISAGREES /* nothing is taken over from the list */
};

/* Compares the lists with the control accounts, in transactions of its own.
 * When a list is trusted for the first time, all its documents become dirty.
 * The result is derive->open_items, until open_items_close(). FAIL_STORE,
 * FAIL_STOP. */
int open_items_judge(struct derive *derive, struct error *err) MUST_CHECK;
void open_items_close(struct derive *derive);
/* A row of the list of sales, or of purchases, changed: what was concluded
 * about the list no longer counts. Inside a transaction. FAIL_STORE. */
int open_items_forget(
	struct derive *derive, bool sales, struct error *err) MUST_CHECK;

/* What open_items_judge() concluded about the list of that kind. */
enum open_items_state open_items_state(
	const struct derive *derive, const struct document_kind *kind);
/* Was the list of that kind ever trusted? */
bool open_items_were_known(
	const struct derive *derive, const struct document_kind *kind);
/* Why the list is not trusted, borrowed; "" when it is. */
const char *open_items_reason(
	const struct derive *derive, const struct document_kind *kind);
/* The list of that kind. */
const struct entity *open_items_list(const struct document_kind *kind);

#endif
