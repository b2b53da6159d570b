/*
 * The scopes that each data type needs: those of the lists it is made from, and
 * that of the list of divisions, by which a company is pinned.
 */
#ifndef RUN_NEEDS_H
#define RUN_NEEDS_H

#include <stdbool.h>

#include "connector/entity.h"
#include "model/model.h"
#include "scopes/scopes_set.h"

/* Does the data type need this scope? */
bool needs_scope(const struct model_type *type, int scope);
/* Is this list's scope declared as none? `declared` NULL: nothing is
 * declared. */
bool needs_done_without(
	const struct scopes_set *declared, const struct entity *entity);
/* The scope of a list that the data type is made without, since the scope is
 * declared as none; NULL: there is no such list. */
const char *needs_without(
	const struct model_type *type, const struct scopes_set *declared);
/* All scopes that any data type needs, at Read. */
void needs_all(struct scopes_set *ret);

#endif
