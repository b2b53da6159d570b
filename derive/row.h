/*
 * One row of a feed, one record.
 */
#ifndef DERIVE_ROW_H
#define DERIVE_ROW_H

#include "derive/derive_parts.h"

/* Fill the record in from its row. */
typedef void (*row_build)(const struct derive *derive,
	const struct feed_row *row, struct model_record *record);

/* The record of that type that the group's row makes; without a row the record
 * is retired. Inside a transaction. FAIL_STORE, FAIL_STOP, FAIL_RECORD. */
int row_make(struct derive *derive, const struct model_type *type,
	const struct feed_group *group, row_build build,
	struct error *err) MUST_CHECK;

#endif
