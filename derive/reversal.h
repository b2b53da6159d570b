/*
 * Entries that undo others.
 */
#ifndef DERIVE_REVERSAL_H
#define DERIVE_REVERSAL_H

#include "derive/derive_parts.h"
#include "derive/document_kind.h"

enum reversal {
	REVERSAL_NONE,
	REVERSAL_OF_ANOTHER, /* this entry undoes the other, and is no
				document */
	REVERSAL_BY_ANOTHER, /* the other entry undoes this one, which is void */
	REVERSAL_AMBIGUOUS   /* several fit: nothing is concluded */
};

struct reversal_found {
	enum reversal what;
	char other[RECORDS_KEY_MAX]; /* the entry; "" */
	char number[32];             /* its EntryNumber; "" */
};

/* Does entry `id` undo another entry, or does another undo this one? `header`
 * are the values of its line 0, `total` the document's (MODEL_MONEY_SCALE).
 * The other entry becomes dirty when its record does not fit the answer. Inside
 * a transaction. FAIL_STORE. */
int reversal_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, int64_t total,
	struct reversal_found *ret, struct error *err) MUST_CHECK;

#endif
