/*
 * A ledger line carries copies of the names of its account and journal, as
 * they were when the line was sent. Exact does not send the line again when an
 * account is renamed, so those copies grow old. Names are therefore taken from
 * the account's own feed, and a new name there makes dirty what mentions it.
 *
 * In the stored list "journal-ref", the key 70 has the text "ID name": what the
 * records that mention journal code 70 were last made with. New texts are
 * stored in the transaction that makes those records dirty, before any of them
 * is made again: a process that is killed loses neither or both. A text stays
 * when the journal is removed, so that references still resolve.
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
	size_t in_feed; /* those that the feed has, while texts are read */
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

/* A new one at the end of the list; NULL without memory. */
static struct ref *add(struct ref_list *list, const char *key)
{
	struct ref *ref;

	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 64;
		void *refs = realloc(list->refs, room * sizeof(*list->refs));

		if (!refs)
			return NULL;
		list->refs = refs;
		list->room = room;
	}
	ref = &list->refs[list->count];
	memset(ref, 0, sizeof(*ref));
	snprintf(ref->key, sizeof(ref->key), "%s", key);
	ref->arrival = list->count++;
	return ref;
}

static int gather(void *arg, const struct feed_row *row)
{
	struct ref_list *list = arg;
	int column = list->source->key_column;
	char key[REF_LIST_KEY_MAX];
	struct ref *ref;

	if (!trimmed(column < 0 ? row->id : row->values[column], key))
		return 0;
	ref = add(list, key);
	if (ref)
		ref->text = text_of(list, row);
	list->failed = !ref || !ref->text;
	return list->failed ? FAIL_STOP : 0;
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

/* With a stored text, of something in the feed or of something removed. */
static int compare(void *arg, const char *key, const char *text)
{
	struct ref_list *list = arg;
	struct ref wanted = { 0 };
	struct ref *ref = NULL;

	snprintf(wanted.key, sizeof(wanted.key), "%s", key);
	if (list->in_feed)
		ref = bsearch(&wanted, list->refs, list->in_feed,
			sizeof(*list->refs), by_key);
	if (ref) {
		ref->renamed = strcmp(text, ref->text) != 0;
		return 0;
	}
	ref = add(list, key);
	if (ref)
		ref->text = strdup(text);
	list->failed = !ref || !ref->text;
	return list->failed ? FAIL_STOP : 0;
}

static int read_texts(struct ref_list *list, struct error *err)
{
	char text[REF_LIST_TEXT_MAX];
	int fail = records_fact_get(list->records, list->source->name, text,
		sizeof(text), &list->kept, err);

	list->in_feed = list->count;
	for (size_t i = 0; i < list->in_feed; i++)
		list->refs[i].renamed = true; /* unless a text says otherwise */
	if (!fail)
		fail = records_names_each(
			list->records, list->source->name, compare, list, err);
	for (size_t i = 0; i < list->in_feed; i++)
		list->any_renamed = list->any_renamed || list->refs[i].renamed;
	if (!fail && list->count > list->in_feed)
		qsort(list->refs, list->count, sizeof(*list->refs), by_key);
	return fail;
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
	if (!fail) {
		arrange(list);
		fail = read_texts(list, err);
	}
	if (list->failed)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (fail) {
		ref_list_free(list);
		return fail;
	}
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

	if (!ref || !*ref->text)
		return false;
	snprintf(ret, size, "%s", ref->text);
	return true;
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
	int fail = 0;

	for (size_t i = 0; i < list->count && !fail; i++) {
		if (list->refs[i].renamed)
			fail = records_name_set(list->records,
				list->source->name, list->refs[i].key,
				list->refs[i].text, err);
	}
	if (!fail && !list->kept)
		fail = records_fact_set(
			list->records, list->source->name, "1", err);
	return fail;
}
