/*
 * What is open of invoices, bills and their credit notes: two lists, and
 * whether they may be believed.
 */
#ifndef CONNECTOR_OPEN_ITEMS_H
#define CONNECTOR_OPEN_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include "connector/derive.h"
#include "connector/document_kind.h"

enum open_items_state {
	OPEN_ITEMS_UNREAD, /* the list or the ledger was not read to its end */
	OPEN_ITEMS_AGREES, /* with the control accounts */
	OPEN_ITEMS_DISAGREES /* nothing of it is taken over */
};

/* What a document's rows say; amounts with the document's sign. */
struct open_items_found {
	int64_t due;
	int64_t paid_on_ms; /* of the last payment; INT64_MIN: none told */
	bool ambiguous;     /* the rows may be another document's */
};

/* Compare the lists with the control accounts, once for each derivation.
 * When a list is believed for the first time, all its documents are dirty. */
int open_items_judge(struct derive *derive, struct error *err) MUST_CHECK;
void open_items_free(struct open_items *open);

enum open_items_state open_items_state(
	const struct derive *derive, const struct document_kind *kind);
/* Was the list of that kind ever believed? */
bool open_items_were_known(
	const struct derive *derive, const struct document_kind *kind);
/* By how much it disagrees, in words; "" when it doesn't. */
const char *open_items_words(
	const struct derive *derive, const struct document_kind *kind);
/* Its path and scope, for people. */
const struct entity *open_items_list(const struct document_kind *kind);

/* The document's rows. `header` are the values of its line 0. */
int open_items_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, const char *currency,
	struct open_items_found *ret, struct error *err) MUST_CHECK;

/* A purchase came or is another one: those whose rows may be its own. */
int open_items_twins(struct derive *derive, const char *id,
	const char *const *header, struct error *err) MUST_CHECK;

#endif
