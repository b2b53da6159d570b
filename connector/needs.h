/*
 * What each data type needs: the scopes of the lists it is made from, and
 * that of the list of divisions, by which a company is pinned.
 */
#ifndef CONNECTOR_NEEDS_H
#define CONNECTOR_NEEDS_H

#include <stdbool.h>

#include "model/model.h"
#include "scopes/scopes_set.h"

/* Does the data type hang on this scope? */
bool needs_scope(const struct model_type *type, int scope);
/* All that any data type hangs on, at Read. */
void needs_all(struct scopes_set *ret);

#endif
