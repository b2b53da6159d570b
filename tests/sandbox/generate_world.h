/*
 * Generated books as division 100001, for the tests.
 */
#ifndef TESTS_SANDBOX_GENERATE_WORLD_H
#define TESTS_SANDBOX_GENERATE_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"
#include "sandbox/books_rows.h"
#include "sandbox/generate.h"

#define GENERATE_KNOWN_HASH UINT64_C(0x57fe4ab55eb614d5)

struct generate_world {
	struct books *books;
	struct books_set *set;
	struct exchange_reply reply;
	bool replied; /* reply is in use */
};

void generate_world_make(struct generate_world *world, enum generate_size size,
	bool uk, uint64_t seed);
/* Small books with cost centres and cost units. */
void generate_world_make_tracking(
	struct generate_world *world, bool uk, uint64_t seed);
void generate_world_close(struct generate_world *world);

/* GET of what stands behind /api/v1/100001/, which must give that status. */
const char *generate_world_get(
	struct generate_world *world, const char *target, int status);
/* Is there such an endpoint? */
bool generate_world_known(const char *path);

TCase *generate_books_case(void);
TCase *generate_cases_case(void);
TCase *generate_costs_case(void);
TCase *generate_odata_case(void);

#endif
