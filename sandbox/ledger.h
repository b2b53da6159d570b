/*
 * From a general ledger in the French FEC text format to a division's books.
 */
#ifndef SANDBOX_LEDGER_H
#define SANDBOX_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct books;
struct books_set;

/* Reads `bytes` into the empty `set`. `name` is the name of the file, for
 * errors and for the closing date in it. */
int ledger_read(struct books *books, struct books_set *set, const char *name,
	const char *bytes, size_t len, int64_t now_wall_ms,
	struct error *err) MUST_CHECK;

#endif
