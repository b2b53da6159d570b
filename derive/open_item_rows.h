/*
 * The rows of one document in the lists of open items.
 */
#ifndef DERIVE_OPEN_ITEM_ROWS_H
#define DERIVE_OPEN_ITEM_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "derive/derive_parts.h"
#include "derive/document_kind.h"

/* What a document's rows say. */
struct open_item_rows_found {
	int64_t due;        /* at MODEL_MONEY_SCALE, with the document's sign */
	int64_t paid_on_ms; /* the last payment's moment, wall clock; INT64_MIN:
			       no row has one */
	bool ambiguous;     /* the rows may be another document's, or are in
			   another currency: `due` means nothing */
};

/* The rows of the document that entry `id` is. `header` are the values of its
 * line 0, `currency` is the document's. FAIL_STORE. */
int open_item_rows_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, const char *currency,
	struct open_item_rows_found *ret, struct error *err) MUST_CHECK;

/* Is that row of Receivables open, in whole or in part? */
bool open_item_rows_is_open(const char *const *receivable);

#endif
