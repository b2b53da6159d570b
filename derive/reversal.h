/*
 * Entries that undo others.
 */
#ifndef DERIVE_REVERSAL_H
#define DERIVE_REVERSAL_H

#include "derive/derive.h"
#include "derive/document_kind.h"

enum reversal {
	REVERSAL_NONE,
	REVERSAL_OF_ANOTHER, /* this one undoes the other: it is no document */
	REVERSAL_BY_ANOTHER, /* the other undoes this one: it is void */
	REVERSAL_AMBIGUOUS   /* several fit: nothing is concluded */
};

struct reversal_found {
	enum reversal what;
	char other[RECORDS_KEY_MAX]; /* the entry; "" */
	char number[32];             /* its EntryNumber; "" */
};

/* Does entry `id` undo another, or another it? `header` are the values of its
 * line 0, `total` what the document comes to (MODEL_MONEY_SCALE). When the
 * other one was made without knowing of this, it is made dirty. Inside a
 * transaction. FAIL_STORE. */
int reversal_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, int64_t total,
	struct reversal_found *ret, struct error *err) MUST_CHECK;

/* That document was void, by the number it had, and is so no longer, or gone:
 * what undid it may be a document itself. */
int reversal_end(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *number, struct error *err) MUST_CHECK;

#endif
