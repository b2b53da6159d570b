/*
 * Books for the tests: our own ledger as division 100001, or one of many
 * lines made on the spot, and a GET straight into the OData dialect. Seed 7,
 * 2025-11-21 10:00:00 UTC.
 */
#ifndef TESTS_SANDBOX_BOOKS_WORLD_H
#define TESTS_SANDBOX_BOOKS_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"
#include "sandbox/books.h"
#include "sandbox/books_rows.h"
#include "sandbox/ledger.h"
#include "sandbox/odata.h"

#define BOOKS_NOW INT64_C(1763719200000)
#define BASE_URL  "http://127.0.0.1:4711"

struct books_world {
	struct books *books;
	struct exchange_reply reply;
	bool open; /* reply is in use */
	bool xml;
	bool mandatory_filter;
	bool uk;
	int64_t now;
};

#define OWN_LEDGER "852963701FEC20251231.txt"

void books_world_own(struct books_world *world);
/* `entries` sales entries of three lines each. */
void books_world_many(struct books_world *world, int entries);
/* A ledger of this text: header added; one line "journal number date account
 * piece cents" each, blank-separated, '_' for an empty number. */
void books_world_lines(struct books_world *world, const char *lines);
void books_world_close(struct books_world *world);
/* GET of what stands behind /api/v1/100001/; the body. */
const char *books_world_get(struct books_world *world, const char *target);
/* The same, and it must be this status. */
const char *books_world_want(
	struct books_world *world, int status, const char *target);
/* Find `name` in the body: the text behind `"name":` up to , or }. */
void books_world_field(
	const char *body, const char *name, char *ret, size_t size);
/* Does `body` begin with `prefix`? */
bool books_world_begins(const char *body, const char *prefix);
/* How often `piece` stands in `body`. */
size_t books_world_count(const char *body, const char *piece);
/* The link in "__next" without the part before the entity; false: none. */
bool books_world_next(const char *body, char *ret, size_t size);
/* Path of a sample; false (and a line on standard error) when absent. */
bool books_world_sample(const char *name, char *ret, size_t size);

TCase *books_ledger_case(void);
TCase *books_changes_case(void);
TCase *odata_shape_case(void);
TCase *odata_query_case(void);
TCase *odata_recorded_case(void);

#endif
