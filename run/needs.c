/*
 * Nothing is listed here: the derivations name their feeds, and the entity
 * table names each feed's scope.
 */
#include "run/needs.h"

#include <string.h>

#include "derive/derive.h"
#include "connector/entity.h"

static bool is_of(const struct entity *entity, int scope)
{
	return entity->scope &&
	       strcmp(entity->scope, catalogue_scopes[scope].id) == 0;
}

bool needs_scope(const struct model_type *type, int scope)
{
	const struct derive_type *row = derive_find(type);

	if (!row)
		return false;
	for (size_t i = 0; row->needs[i]; i++)
		if (is_of(row->needs[i], scope))
			return true;
	return is_of(&entity_divisions, scope);
}

bool needs_done_without(
	const struct scopes_set *declared, const struct entity *entity)
{
	for (int i = 0; declared && i < CATALOGUE_SCOPES; i++)
		if (is_of(entity, i))
			return declared->level[i] == CATALOGUE_NONE;
	return false;
}

const char *needs_without(
	const struct model_type *type, const struct scopes_set *declared)
{
	const struct derive_type *row = derive_find(type);

	for (size_t i = 0; row && row->needs[i]; i++)
		if (needs_done_without(declared, row->needs[i]))
			return row->needs[i]->scope;
	return NULL;
}

void needs_all(struct scopes_set *ret)
{
	struct scopes_set set = { 0 };

	for (const struct derive_type *row = derive_types; row->type; row++)
		for (int i = 0; i < CATALOGUE_SCOPES; i++)
			if (needs_scope(row->type, i))
				scopes_set_add(&set, i, CATALOGUE_READ);
	*ret = set;
}
