/*
 * The invoice, bill or credit note that a ledger entry is.
 */
#ifndef DERIVE_MAKE_DOCUMENT_H
#define DERIVE_MAKE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "derive/derive.h"

/* One of an entry's lines; see derive_row_copy(). */
struct derive_line {
	char *text; /* owned */
	const char *values[LINE_COLUMNS];
	int64_t number; /* INT64_MAX: none */
	size_t arrival;
};

struct derive_entry {
	struct derive *derive;
	const char *id;
	const struct derive_line *lines; /* by number; none: it is gone */
	size_t count;
};

/* Store what the entry is, and retire what it no longer is; the data type in
 * *ret, NULL when it is no document. Inside a transaction. FAIL_STORE,
 * FAIL_STOP, FAIL_RECORD. */
int derive_document(const struct derive_entry *entry,
	const struct model_type **ret, struct error *err) MUST_CHECK;

/* Is this the check of a document that may come right by itself? When the
 * ledger was read to its end, when open items are believed again, when the
 * other entry that it names is gone. */
bool derive_document_waits(
	const struct derive *derive, const char *type, const char *check);

/* Lists entries to derive again although they aren't dirty. */
int derive_entries_more(struct derive *derive, struct derive_list *ret,
	struct error *err) MUST_CHECK;
/* They were, with all that they pointed at. */
int derive_entries_settled(struct derive *derive, struct error *err) MUST_CHECK;

#endif
