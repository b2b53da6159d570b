/*
 * The names that relations have now, for the documents that mention them.
 */
#ifndef DERIVE_PARTY_NAMES_H
#define DERIVE_PARTY_NAMES_H

#include "derive/derive_parts.h"

/* The relation's name, borrowed until the next call; NULL when the relation
 * isn't known, or has no name. FAIL_STORE, FAIL_STOP. */
int party_names_get(struct derive *derive, const char *id, const char **ret,
	struct error *err) MUST_CHECK;
/* Names are remembered until then. */
void party_names_close(struct derive *derive);

#endif
