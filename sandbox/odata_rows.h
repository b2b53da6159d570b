/*
 * The books as rows of an entity: how many, in which order, and the value of
 * each property of a row.
 */
#ifndef SANDBOX_ODATA_ROWS_H
#define SANDBOX_ODATA_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/books_rows.h"
#include "sandbox/odata.h"
#include "sandbox/odata_table.h"
#include "sandbox/render.h"

struct odata_rows {
	const struct odata_request *request; /* borrowed; NULL for current/Me */
	const struct odata_model *model;
	unsigned variant;
	enum odata_kind kind;
	const struct books *books; /* NULL for current/Me */
	struct books_set *set;
	const struct odata_me *me;
	const char *base_url;
	int64_t now_wall_ms;
	bool uk;
	int key;               /* property index */
	int64_t asked_ms;      /* SyncTimestamp: modified */
	const char *asked_api; /* and endPoint */
	uint64_t found;        /* 0: no row is that young */
	char logo[256];        /* the address of the picture */
};

/* A place in the default order of the entity. */
struct odata_place {
	size_t at;
	size_t end;
	size_t row; /* valid after odata_rows_next() said true */
};

/* Prepares the orders. FAIL_STOP. */
int odata_rows_ready(struct odata_rows *rows) MUST_CHECK;
/* Starts at the first row after `after` (a key; NULL: all) whose Timestamp is
 * above `version`, in default order. */
struct odata_place odata_rows_start(const struct odata_rows *rows,
	const struct render_value *after, int64_t version);
bool odata_rows_next(const struct odata_rows *rows, struct odata_place *place);
/* Is this one of the books' tables, and which? (odata_rows_value.c) */
bool odata_rows_table(const struct odata_rows *rows, enum books_kind *ret);
void odata_rows_value(const struct odata_rows *rows, size_t row, int property,
	struct render_value *ret);
/* Finds the row of that key. */
bool odata_rows_find(const struct odata_rows *rows,
	const struct render_value *key, size_t *ret_row);

#endif
