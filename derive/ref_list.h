/*
 * One list of names that records of other feeds mention: the names now, and
 * those that the records were last made with.
 */
#ifndef DERIVE_REF_LIST_H
#define DERIVE_REF_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "connector/entity.h"
#include "store/records.h"

#define REF_LIST_KEY_MAX  64
#define REF_LIST_TEXT_MAX 1000 /* facts of a company hold 1 KiB */

struct ref_list;

struct ref_list_source {
	const char *name;            /* prefix of the facts: "journal-ref" */
	const struct entity *entity; /* the feed that is referred to */
	int key_column;              /* -1: the row's id */
	int name_column;
	bool with_id; /* the text is "ID name", otherwise "name" */
};

/* Reads the feed and compares its names with those that were kept.
 * FAIL_STORE, FAIL_STOP. */
int ref_list_open(struct ref_list **ret, struct records *records,
	const struct ref_list_source *source, struct error *err) MUST_CHECK;
void ref_list_free(struct ref_list *list);

/* The text for that key (blanks around the key don't count), also when its row
 * was removed since; false when the key was never known. */
bool ref_list_get(
	struct ref_list *list, const char *key, char *ret, size_t size);

/* Was no list of names kept so far? */
bool ref_list_is_first(const struct ref_list *list);

/* Has the key another name than the one that was kept? A name that is new
 * counts, too. False for all keys while no list was kept. */
bool ref_list_any_renamed(const struct ref_list *list);
bool ref_list_renamed(const struct ref_list *list, const char *key);

/* Keeps the names: all records are made with these now, or are dirty. Inside a
 * transaction. FAIL_STORE, FAIL_STOP. */
int ref_list_keep(struct ref_list *list, struct error *err) MUST_CHECK;

#endif
