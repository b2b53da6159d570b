/*
 * One entry of the ledger feed, read once, from which its records are made:
 * the journal entry, and the bill or credit note that it is.
 */
#ifndef CONNECTOR_DERIVE_LEDGER_H
#define CONNECTOR_DERIVE_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "connector/derive.h"
#include "connector/refs.h"

struct derive_refs {
	struct refs *journals;      /* owned */
	struct refs *accounts;      /* owned */
	struct refs *account_types; /* owned */
};

struct derive_line {
	char *text; /* owned: all values behind one another */
	const char *values[LINE_COLUMNS];
	int64_t number; /* INT64_MAX: none */
	size_t arrival;
};

/* The data type that an entry with these lines is besides a journal entry;
 * NULL when it is none of ours. */
const struct model_type *derive_documents_type(
	const struct derive_line *lines, size_t count);

/* Store what the entry is, and retire what it no longer is. The lines are by
 * number; none when the entry is gone. Inside a transaction. */
int derive_documents(struct derive *derive, const char *group,
	const struct derive_line *lines, size_t count,
	struct error *err) MUST_CHECK;

/* Is this the check of a document whose other lines may be on their way? */
bool derive_documents_waits(const char *check);

#endif
