/*
 * A ledger line carries copies of the names of its account and journal, as
 * they were when the line was sent. Exact does not send the line again when an
 * account is renamed, so those copies grow old. Names are therefore taken from
 * the account's own feed, and a new name there makes dirty what mentions it.
 *
 * The fact "journal-ref.70" = "ID name" is what the records that mention
 * journal code 70 were last made with. New facts are kept in the transaction
 * that makes those records dirty, before any of them is made again: a process
 * that is killed loses neither or both. A fact stays when the journal is
 * removed, so that references still resolve.
 *
 * When two journals have the same code, the one that arrived last counts.
 */
#include "derive/ref_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ref {
	char key[REF_LIST_KEY_MAX];
	char *text; /* owned */
	size_t arrival;
	bool renamed;
};

struct ref_list {
	struct records *records; /* borrowed */
	const struct ref_list_source *source;
	struct ref *refs; /* owned; by key once opened */
	size_t count;
	size_t room;
	bool failed; /* out of memory */
	bool kept;   /* a list was kept before */
	bool any_renamed;
};

static bool trimmed(const char *text, char ret[static REF_LIST_KEY_MAX])
{
	text = text ? text : "";
	text += strspn(text, " ");
	size_t len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	if (!len || len >= REF_LIST_KEY_MAX)
		return false;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return true;
}

static void fact_name(
	const struct ref_list *list, const char *key, char ret[static 128])
{
	snprintf(ret, 128, "%s.%s", list->source->name, key);
}

/* The length of the name, cut to `most` bytes between two characters. */
static int cut(const char *name, size_t most)
{
	size_t len = strlen(name);

	if (len <= most)
		return (int)len;
	while (most && ((unsigned char)name[most] & 0xc0) == 0x80)
		most--;
	return (int)most;
}

static char *text_of(const struct ref_list *list, const struct feed_row *row)
{
	const char *name = row->values[list->source->name_column];
	char text[REF_LIST_TEXT_MAX];

	name = name ? name : "";
	snprintf(text, sizeof(text), "%s%s%.*s",
		list->source->with_id ? row->id : "",
		list->source->with_id ? " " : "",
		cut(name, REF_LIST_TEXT_MAX - RECORDS_KEY_MAX - 2), name);
	return strdup(text);
}

static int gather(void *arg, const struct feed_row *row)
{
	struct ref_list *list = arg;
	int column = list->source->key_column;
	struct ref *ref;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 64;
		void *refs = realloc(list->refs, room * sizeof(*list->refs));

		if (!refs)
			goto failed;
		list->refs = refs;
		list->room = room;
	}
	ref = &list->refs[list->count];
	memset(ref, 0, sizeof(*ref));
	if (!trimmed(column < 0 ? row->id : row->values[column], ref->key))
		return 0;
	ref->arrival = list->count;
	ref->text = text_of(list, row);
	if (!ref->text)
		goto failed;
	list->count++;
	return 0;
failed:
	list->failed = true;
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

/* Sorts the list and keeps the last ref of each key. */
static void arrange(struct ref_list *list)
{
	size_t kept = 0;

	if (!list->count)
		return;
	qsort(list->refs, list->count, sizeof(*list->refs), by_key_and_arrival);
	for (size_t i = 1; i < list->count; i++) {
		if (by_key(&list->refs[kept], &list->refs[i]))
			kept++;
		else
			free(list->refs[kept].text);
		if (kept != i)
			list->refs[kept] = list->refs[i];
	}
	list->count = kept + 1;
}

static const struct ref *find(const struct ref_list *list, const char *key)
{
	struct ref wanted;

	if (!list->count || !trimmed(key, wanted.key))
		return NULL;
	return bsearch(
		&wanted, list->refs, list->count, sizeof(*list->refs), by_key);
}

static void compare(struct ref_list *list)
{
	char name[128];
	char before[REF_LIST_TEXT_MAX];

	list->kept = records_meta_get(
		list->records, list->source->name, before, sizeof(before));
	for (size_t i = 0; i < list->count; i++) {
		struct ref *ref = &list->refs[i];

		fact_name(list, ref->key, name);
		ref->renamed = !records_meta_get(list->records, name, before,
				       sizeof(before)) ||
			       strcmp(before, ref->text) != 0;
		list->any_renamed = list->any_renamed || ref->renamed;
	}
}

int ref_list_open(struct ref_list **ret, struct records *records,
	const struct ref_list_source *source, struct error *err)
{
	struct ref_list *list = calloc(1, sizeof(*list));
	int fail;

	if (!list)
		return error_set(err, FAIL_STOP, "out of memory");
	list->records = records;
	list->source = source;
	fail = records_feed_each(
		records, &source->entity->shape, NULL, gather, list, err);
	if (list->failed)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (fail) {
		ref_list_free(list);
		return fail;
	}
	arrange(list);
	compare(list);
	*ret = list;
	return 0;
}

void ref_list_free(struct ref_list *list)
{
	if (!list)
		return;
	for (size_t i = 0; i < list->count; i++)
		free(list->refs[i].text);
	free(list->refs);
	free(list);
}

bool ref_list_get(
	struct ref_list *list, const char *key, char *ret, size_t size)
{
	const struct ref *ref = find(list, key);
	char bare[REF_LIST_KEY_MAX];
	char name[128];

	if (ref) {
		snprintf(ret, size, "%s", ref->text);
		return true;
	}
	if (!trimmed(key, bare))
		return false;
	fact_name(list, bare, name);
	return records_meta_get(list->records, name, ret, size) && *ret;
}

bool ref_list_is_first(const struct ref_list *list)
{
	return !list->kept;
}

bool ref_list_any_renamed(const struct ref_list *list)
{
	return list->kept && list->any_renamed;
}

bool ref_list_renamed(const struct ref_list *list, const char *key)
{
	const struct ref *ref = ref_list_any_renamed(list) ? find(list, key)
							   : NULL;

	return ref && ref->renamed;
}

int ref_list_keep(struct ref_list *list, struct error *err)
{
	char name[128];
	int fail = 0;

	for (size_t i = 0; i < list->count && !fail; i++) {
		if (!list->refs[i].renamed)
			continue;
		fact_name(list, list->refs[i].key, name);
		fail = records_meta_set(
			list->records, name, list->refs[i].text, err);
	}
	if (!fail && !list->kept)
		fail = records_meta_set(
			list->records, list->source->name, "1", err);
	return fail;
}
