/*
 * What each data type needs: the scopes of the lists it is made from, and
 * that of the list of divisions, by which a company is pinned.
 */
#ifndef RUN_NEEDS_H
#define RUN_NEEDS_H

#include <stdbool.h>

#include "connector/entity.h"
#include "model/model.h"
#include "scopes/scopes_set.h"

/* Does the data type hang on this scope? */
bool needs_scope(const struct model_type *type, int scope);
/* Does the configuration say that the app does without this list's scope?
 * `declared` NULL: it says nothing. */
bool needs_done_without(
	const struct scopes_set *declared, const struct entity *entity);
/* The scope of a list that the data type is made without for that; NULL: of
 * none. */
const char *needs_without(
	const struct model_type *type, const struct scopes_set *declared);
/* All that any data type hangs on, at Read. */
void needs_all(struct scopes_set *ret);

#endif
