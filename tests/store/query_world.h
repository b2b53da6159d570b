/*
 * A company file with invoices, and queries of it: the letters of the ids
 * found are compared.
 */
#ifndef TESTS_STORE_QUERY_WORLD_H
#define TESTS_STORE_QUERY_WORLD_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/records.h"
#include "store/records_query.h"

#define GUID "81be41e9-5c2c-4064-829c-bca43b5e6f59"

struct world {
	char dir[64];
	char path[96];
	struct clock *clock;
	struct records *db;
	struct error err;
};

extern struct world world;

TCase *world_case(const char *name);
void world_begin(void);
void world_commit(void);

/* NULL: the invoice lacks it. Amounts in cents. */
struct sample {
	const char *id;
	const char *number;
	const char *party;
	const char *due;
	const char *status;
	int64_t total;
};

#define WORLD_SAMPLES 5

/* Invoices "a" to "e". */
extern const struct sample world_samples[WORLD_SAMPLES];

/* Frees the record. */
void world_put(const struct model_type *type, struct model_record *record);
void world_put_invoice(const struct sample *sample);
void world_put_samples(void);

struct answer {
	char ids[1 << 17]; /* joined by blanks */
	size_t used;
	const struct records_query *query;
	struct buf key; /* of the last one */
	int64_t change;
};

/* Adds a record to the `struct answer`. */
int world_note(void *arg, const struct records_found *found);
void world_run_query(const struct records_query *query, struct answer *ret);
/* The ids that a condition finds in an order ("": none), and that the total
 * says the same. */
const char *world_ask_type(
	const struct model_type *type, const char *text, const char *order);
const char *world_ask(const char *text);
/* Each test of what is found runs before and after the indexes are made. */
void world_both(void (*test)(void));

/* Every operator and every order, whoever reads the file. */
void check_query_operators(void);
void check_query_orders(void);

TCase *check_query_filter(void);
TCase *check_query_pages(void);

#endif
