/*
 * Records into the store, counted for the data type they are of.
 */
#ifndef DERIVE_PUT_H
#define DERIVE_PUT_H

#include "derive/derive_parts.h"

/* Both run inside a transaction; ret may be NULL. */

/* Store the record. FAIL_STORE, FAIL_STOP, FAIL_RECORD. */
int put_record(struct derive *derive, const struct model_type *type,
	struct model_record *record, enum record_change *ret,
	struct error *err) MUST_CHECK;
/* Mark the record of that id as deleted, if there is one. FAIL_STORE,
 * FAIL_STOP. */
int put_retired(struct derive *derive, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err) MUST_CHECK;

#endif
