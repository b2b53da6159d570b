/*
 * What is open of invoices, bills and their credit notes: two lists, and
 * whether they may be believed.
 */
#ifndef DERIVE_OPEN_ITEMS_H
#define DERIVE_OPEN_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include "derive/derive.h"
#include "derive/document_kind.h"

enum open_items_state {
	OPEN_ITEMS_UNREAD, /* the list or the ledger was not read to its end */
	OPEN_ITEMS_AGREES, /* with the control accounts */
	OPEN_ITEMS_DISAGREES /* nothing of it is taken over */
};

/* What a document's rows say. */
struct open_items_found {
	int64_t due;        /* at MODEL_MONEY_SCALE, with the document's sign */
	int64_t paid_on_ms; /* the last payment's moment, wall clock; INT64_MIN:
			       none is told */
	bool ambiguous;     /* the rows may be another document's, or are in
			   another currency: `due` means nothing */
};

/* Compare the lists with the control accounts, once for each derivation, in
 * transactions of its own. When a list is believed for the first time, all its
 * documents are dirty. The result is derive->open. FAIL_STORE, FAIL_STOP. */
int open_items_judge(struct derive *derive, struct error *err) MUST_CHECK;
void open_items_free(struct open_items *open);

/* The judgement on the list of that kind; open_items_judge() comes first. */
enum open_items_state open_items_state(
	const struct derive *derive, const struct document_kind *kind);
/* Was the list of that kind ever believed? */
bool open_items_were_known(
	const struct derive *derive, const struct document_kind *kind);
/* By how much it disagrees, in words, borrowed; "" when it doesn't. */
const char *open_items_words(
	const struct derive *derive, const struct document_kind *kind);
/* Which list that is: its path and scope, for people. */
const struct entity *open_items_list(const struct document_kind *kind);

/* The rows of the document that entry `id` is. `header` are the values of its
 * line 0, `currency` is the document's. FAIL_STORE. */
int open_items_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, const char *currency,
	struct open_items_found *ret, struct error *err) MUST_CHECK;

/* A purchase came or is another one: those whose rows may be its own. */
int open_items_twins(struct derive *derive, const char *id,
	const char *const *header, struct error *err) MUST_CHECK;

#endif
