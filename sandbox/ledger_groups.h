/*
 * Which lines of a ledger make one entry, and the numbers of entries.
 */
#ifndef SANDBOX_LEDGER_GROUPS_H
#define SANDBOX_LEDGER_GROUPS_H

#include <stdint.h>

#include "base/error.h"

struct books;
struct books_set;

struct ledger_groups_input {
	const struct books *books;
	struct books_set *set;   /* has its lines, but no entries yet */
	const uint32_t *numbers; /* per line: EcritureNum as a text */
	int64_t now;
};

/* Chooses the grouping, makes the entries, and gives each line its entry.
 * FAIL_STOP. */
int ledger_groups_make(const struct ledger_groups_input *reading) MUST_CHECK;

#endif
