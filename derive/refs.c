/*
 * A ledger line carries names of what it refers to, as they were when it was
 * sent. A renamed account leaves its lines' row versions alone, so those
 * copies grow old. Names are therefore taken from the feed of the thing
 * itself, and a change there makes the entries anew that mention it.
 *
 * "journal-ref.70" = "ID name" is what the entries with journal code 70 were
 * last made with. It is written after they were: a kill in between only
 * means that they are looked at once more. Only the very first facts are
 * written before any entry is made: a first run that is killed would leave
 * entries behind that nobody knows the names of. A fact stays when the
 * journal is removed, so that references still resolve.
 *
 * Of two journals of one code the one that arrived last counts.
 */
#include "derive/refs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ref {
	char key[REFS_KEY_MAX];
	char *text; /* owned */
	size_t arrival;
	bool changed;
};

struct refs {
	struct records *records; /* borrowed */
	const struct refs_source *source;
	struct ref *list; /* owned; by key once opened */
	size_t count;
	size_t room;
	bool failed; /* out of memory */
	bool used;   /* entries have been made with refs before */
	bool any_changed;
};

static bool trimmed(const char *text, char ret[static REFS_KEY_MAX])
{
	text = text ? text : "";
	text += strspn(text, " ");
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	if (!len || len >= REFS_KEY_MAX)
		return false;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

static void fact_name(
	const struct refs *refs, const char *key, char ret[static 128])
{
	(void)snprintf(ret, 128, "%s.%s", refs->source->name, key);
}

/* Not in the middle of a character. */
static int cut(const char *name, size_t most)
{
	size_t len = strlen(name);

	if (len <= most)
		return (int)len;
	while (most && ((unsigned char)name[most] & 0xc0) == 0x80)
		most--;
	return (int)most;
}

static char *text_of(const struct refs *refs, const struct feed_row *row)
{
	const char *name = row->values[refs->source->name_column];
	char text[REFS_TEXT_MAX];

	name = name ? name : "";
	(void)snprintf(text, sizeof(text), "%s%s%.*s",
		refs->source->with_id ? row->id : "",
		refs->source->with_id ? " " : "",
		cut(name, REFS_TEXT_MAX - RECORDS_KEY_MAX - 2), name);
	return strdup(text);
}

static int gather(void *arg, const struct feed_row *row)
{
	struct refs *refs = arg;
	int column = refs->source->key_column;
	struct ref *ref;

	if (refs->count == refs->room) {
		size_t room = refs->room ? refs->room * 2 : 64;
		void *list = realloc(refs->list, room * sizeof(*refs->list));

		if (!list)
			goto failed;
		refs->list = list;
		refs->room = room;
	}
	ref = &refs->list[refs->count];
	memset(ref, 0, sizeof(*ref));
	if (!trimmed(column < 0 ? row->id : row->values[column], ref->key))
		return 0;
	ref->arrival = refs->count;
	ref->text = text_of(refs, row);
	if (!ref->text)
		goto failed;
	refs->count++;
	return 0;
failed:
	refs->failed = true;
	return FAIL_STOP;
}

static int by_key(const void *left, const void *right)
{
	const struct ref *a = left;
	const struct ref *b = right;

	return strcmp(a->key, b->key);
}

static int by_key_and_arrival(const void *left, const void *right)
{
	const struct ref *a = left;
	const struct ref *b = right;
	int order = by_key(a, b);

	if (order)
		return order;
	return a->arrival < b->arrival ? -1 : 1;
}

/* Sorted, and the last of each key kept. */
static void arrange(struct refs *refs)
{
	size_t kept = 0;

	if (!refs->count)
		return;
	qsort(refs->list, refs->count, sizeof(*refs->list), by_key_and_arrival);
	for (size_t i = 1; i < refs->count; i++) {
		if (by_key(&refs->list[kept], &refs->list[i]))
			kept++;
		else
			free(refs->list[kept].text);
		if (kept != i)
			refs->list[kept] = refs->list[i];
	}
	refs->count = kept + 1;
}

static const struct ref *find(const struct refs *refs, const char *key)
{
	struct ref wanted;

	if (!refs->count || !trimmed(key, wanted.key))
		return NULL;
	return bsearch(
		&wanted, refs->list, refs->count, sizeof(*refs->list), by_key);
}

static void compare(struct refs *refs)
{
	char name[128];
	char before[REFS_TEXT_MAX];

	refs->used = records_meta_get(
		refs->records, refs->source->name, before, sizeof(before));
	for (size_t i = 0; i < refs->count; i++) {
		struct ref *ref = &refs->list[i];

		fact_name(refs, ref->key, name);
		ref->changed = !records_meta_get(refs->records, name, before,
				       sizeof(before)) ||
			       strcmp(before, ref->text) != 0;
		refs->any_changed = refs->any_changed || ref->changed;
	}
}

int refs_open(struct refs **ret, struct records *records,
	const struct refs_source *source, struct error *err)
{
	struct refs *refs = calloc(1, sizeof(*refs));
	int r;

	if (!refs)
		return error_set(err, FAIL_STOP, "out of memory");
	refs->records = records;
	refs->source = source;
	r = records_feed_each(
		records, &source->entity->shape, NULL, gather, refs, err);
	if (refs->failed)
		r = error_set(err, FAIL_STOP, "out of memory");
	if (r) {
		refs_close(refs);
		return r;
	}
	arrange(refs);
	compare(refs);
	*ret = refs;
	return 0;
}

void refs_close(struct refs *refs)
{
	if (!refs)
		return;
	for (size_t i = 0; i < refs->count; i++)
		free(refs->list[i].text);
	free(refs->list);
	free(refs);
}

bool refs_get(struct refs *refs, const char *key, char *ret, size_t size)
{
	const struct ref *ref = find(refs, key);
	char bare[REFS_KEY_MAX];
	char name[128];

	if (ref) {
		(void)snprintf(ret, size, "%s", ref->text);
		return true;
	}
	if (!trimmed(key, bare))
		return false;
	fact_name(refs, bare, name);
	return records_meta_get(refs->records, name, ret, size) && *ret;
}

bool refs_first(const struct refs *refs)
{
	return !refs->used;
}

bool refs_any_changed(const struct refs *refs)
{
	return refs->used && refs->any_changed;
}

bool refs_changed(const struct refs *refs, const char *key)
{
	const struct ref *ref = refs_any_changed(refs) ? find(refs, key) : NULL;

	return ref && ref->changed;
}

int refs_keep(struct refs *refs, struct error *err)
{
	char name[128];
	int r = 0;

	for (size_t i = 0; i < refs->count && !r; i++) {
		if (!refs->list[i].changed)
			continue;
		fact_name(refs, refs->list[i].key, name);
		r = records_meta_set(
			refs->records, name, refs->list[i].text, err);
	}
	if (!r && !refs->used)
		r = records_meta_set(
			refs->records, refs->source->name, "1", err);
	return r;
}
