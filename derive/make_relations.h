/*
 * Customers and suppliers, for those whose records name them.
 */
#ifndef DERIVE_MAKE_RELATIONS_H
#define DERIVE_MAKE_RELATIONS_H

#include <stddef.h>

#include "derive/derive.h"
#include "derive/document_kind.h"

/* The name that account has now, or `copy` ("" for NULL) while it isn't
 * known, cut to `size`. FAIL_STORE. */
int derive_relation_name(struct derive *derive, const char *id,
	const char *copy, char *ret, size_t size, struct error *err) MUST_CHECK;

/* A document of that account came or went: it may be a customer or supplier
 * because of it. Inside a transaction. FAIL_STORE. */
int derive_relation_traded(
	struct derive *derive, const char *id, struct error *err) MUST_CHECK;
/* The document was as in `old`, and is of `party` now, or gone (NULL): whose
 * it was may be a customer or supplier no longer. */
int derive_relation_parted(struct derive *derive,
	const struct document_kind *kind, const struct model_record *old,
	const char *party, struct error *err) MUST_CHECK;

#endif
