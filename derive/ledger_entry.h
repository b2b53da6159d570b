/*
 * A ledger entry, and what makes records of it.
 */
#ifndef DERIVE_LEDGER_ENTRY_H
#define DERIVE_LEDGER_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "derive/derive_parts.h"
#include "derive/lines.h"

struct ledger_entry {
	const char *id;
	const struct line *lines; /* by number; borrowed */
	size_t count;             /* 0: the entry is gone, or no posting */
	/* Set by the maker whose record the entry is beside being a journal
	 * entry; NULL: nobody's. That record has the entry's id. */
	const struct model_type *recorded_as;
	/* The journal entry was updated or retired. */
	bool changed;
};

/* A row of the table in make_entries.c. */
struct ledger_maker {
	/* Stores what the entry is, and retires what it no longer is. Inside a
	 * transaction. FAIL_STORE, FAIL_STOP, FAIL_RECORD. */
	int (*make)(struct derive *derive, struct ledger_entry *entry,
		struct error *err);
	/* May that finding, about a record of that type, no longer hold though
	 * no row of its entry changed? */
	bool (*may_be_settled)(const struct derive *derive, const char *type,
		const char *check);
};

extern const struct ledger_maker make_document;
extern const struct ledger_maker make_journal_entry;

#endif
