/*
 * A reference list is not read in every run. A row that names something the
 * list lacks makes the list wanted: `wanted` in the list's stream state grows by
 * one in the transaction of that row, and the list is read again.
 *
 *	09:00  GLAccounts read                         wanted: none
 *	10:00  list skipped; a line names account X    wanted = 1
 *	       list read after the ledger, X comes     wanted: none
 *
 * A reading settles only what was wanted when the reading began; a row that
 * arrives meanwhile may name what the reply no longer held:
 *
 *	list asked for (wanted = 1) ─► line names Y, wanted = 2 ─► list read
 *	to its end: 2 is not 1, and the list stays wanted
 *
 * What the list lacks after that reading, too, was deleted at Exact Online,
 * and waits for the next regular reading.
 *
 * Most rows of a page name the same few things, so the last names found are
 * kept, and a ledger's line costs no statement.
 */
#include "connector/feed_refs.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Names kept for each column; a power of two. */
#define KNOWN 256

struct known {
	char names[KNOWN][RECORDS_KEY_MAX];
};

struct feed_refs {
	const struct entity *entity;
	bool wanted[ENTITY_REFS_MAX]; /* by an earlier row of this page */
	struct known known[];         /* one for each ref */
};

int feed_refs_new(
	struct feed_refs **ret, const struct entity *entity, struct error *err)
{
	struct feed_refs *refs;

	assert(entity->ref_count <= ENTITY_REFS_MAX);
	if (!entity->ref_count) {
		*ret = NULL;
		return 0;
	}
	refs = calloc(
		1, sizeof(*refs) + entity->ref_count * sizeof(refs->known[0]));
	if (!refs)
		return error_set(err, FAIL_STOP, "out of memory");
	refs->entity = entity;
	*ret = refs;
	return 0;
}

void feed_refs_free(struct feed_refs *refs)
{
	free(refs);
}

void feed_refs_page(struct feed_refs *refs)
{
	if (refs)
		memset(refs->wanted, 0, sizeof(refs->wanted));
}

/* The place of a name: ids are random in their first bytes. */
static char *place_of(struct known *known, const char *name, size_t len)
{
	uint64_t bytes = 0;

	memcpy(&bytes, name, len < sizeof(bytes) ? len : sizeof(bytes));
	bytes *= 0x9e3779b97f4a7c15u;
	return known->names[bytes >> 32 & (KNOWN - 1)];
}

/* A list that was never read to its end is wanted without a look: its first
 * reading is under way, and may have passed that name already. */
static int is_in_list(struct records *records, const struct entity_ref *ref,
	const char *name, bool *ret, struct error *err)
{
	const struct feed_shape *shape = &ref->list->shape;
	struct stream_state state;
	int fail = records_stream_get(records, shape->name, &state, err);

	if (!fail && !state.finished_wall_ms)
		*ret = false;
	else if (!fail)
		fail = records_feed_has(
			records, shape, ref->list_column, name, ret, err);
	return fail;
}

static int want(
	struct records *records, const struct entity *list, struct error *err)
{
	struct stream_state state;
	int fail = records_stream_get(records, list->shape.name, &state, err);

	if (fail)
		return fail;
	state.wanted++;
	return records_stream_set(records, list->shape.name, &state, err);
}

static int check_one(struct feed_refs *refs, size_t i, struct records *records,
	const char *name, struct error *err)
{
	const struct entity_ref *ref = &refs->entity->refs[i];
	size_t len = name ? strlen(name) : 0;
	bool found = false;
	char *kept;
	int fail;

	if (!len || len >= RECORDS_KEY_MAX || name[strspn(name, " ")] == '\0')
		return 0;
	kept = place_of(&refs->known[i], name, len);
	if (!strcmp(kept, name))
		return 0;
	fail = is_in_list(records, ref, name, &found, err);
	if (!fail && found)
		memcpy(kept, name, len + 1);
	if (fail || found)
		return fail;
	refs->wanted[i] = true;
	return want(records, ref->list, err);
}

int feed_refs_check(struct feed_refs *refs, struct records *records,
	const char *const *values, struct error *err)
{
	int fail = 0;

	for (size_t i = 0; refs && i < refs->entity->ref_count && !fail; i++) {
		if (!refs->wanted[i])
			fail = check_one(refs, i, records,
				values[refs->entity->refs[i].column], err);
	}
	return fail;
}
