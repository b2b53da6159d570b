/*
 * The truth about generated books: what a connector should make of them, in
 * the shapes of Codat's data types. It is taken from the generator's own rows,
 * not from any reply. One JSON line per record:
 *
 *	{"division":100001,"dataType":"invoices","record":{"id":"…",…}}
 *
 * Amounts, quantities and rates are strings of exact decimal text, so that no
 * reader turns them into doubles. `modifiedDate` is left out, because it is
 * the connector's own, and so are fields that Exact does not have.
 */
#ifndef SANDBOX_TRUTH_H
#define SANDBOX_TRUTH_H

#include <stddef.h>

#include "base/error.h"

struct books;

/* `put` gets each line with its newline; a negative result stops the writing
 * and is returned. Divisions that were not generated are skipped. FAIL_STOP. */
int truth_write(const struct books *books,
	int (*put)(void *arg, const char *line, size_t len), void *arg,
	struct error *err) MUST_CHECK;

#endif
