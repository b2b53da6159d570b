/*
 * What ledger entries say about other records (the name of an account, the
 * id and name of a journal), and which entries must say it anew.
 */
#ifndef DERIVE_REFS_H
#define DERIVE_REFS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "connector/entity.h"
#include "store/records.h"

#define REFS_KEY_MAX  64
#define REFS_TEXT_MAX 1000 /* facts of a company hold 1 KiB */

struct refs;

struct refs_source {
	const char *name;            /* prefix of the facts: "journal-ref" */
	const struct entity *entity; /* the feed that is referred to */
	int key_column;              /* -1: the row's id */
	int name_column;
	bool with_id; /* the text is "ID name", else "name" */
};

/* Reads the feed and compares it with what entries were last made with.
 * FAIL_STORE, FAIL_STOP. */
int refs_open(struct refs **ret, struct records *records,
	const struct refs_source *source, struct error *err) MUST_CHECK;
void refs_close(struct refs *refs);

/* The text for that key (blanks around it don't count), also when its row
 * was removed since; false when it was never known. */
bool refs_get(struct refs *refs, const char *key, char *ret, size_t size);

/* Has no entry been made yet? Then refs_keep() comes first. */
bool refs_first(const struct refs *refs);

/* Must entries with that key be made again, since something changed after
 * they were made? False for all while none has been made. */
bool refs_any_changed(const struct refs *refs);
bool refs_changed(const struct refs *refs, const char *key);

/* All entries are made with these now, or will be. Inside a transaction. */
int refs_keep(struct refs *refs, struct error *err) MUST_CHECK;

#endif
