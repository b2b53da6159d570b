/*
 * Every way in which one group makes another dirty. All run inside a
 * transaction; FAIL_STORE. Marking a group that is dirty already changes
 * nothing.
 */
#ifndef DERIVE_MARK_H
#define DERIVE_MARK_H

#include <stdbool.h>

#include "derive/derive_parts.h"
#include "derive/document_kind.h"

/* ---- names ---- */

/* refs_any_renamed(): the entries that mention what was renamed, and all items
 * and drafts. */
int mark_renamed_refs(struct derive *derive, struct error *err) MUST_CHECK;
/* The relation's name is `name` now (NULL: unknown): its documents that have
 * another one. */
int mark_renamed_relation(struct derive *derive, const char *id,
	const char *name, struct error *err) MUST_CHECK;

/* ---- relations ---- */

/* A document of that relation (may be NULL) came or changed: the relation may
 * be a customer or supplier because of it. */
int mark_relation(
	struct derive *derive, const char *id, struct error *err) MUST_CHECK;
/* The document was as in `old`, and is of `party` now, or gone (NULL): the
 * former party may be a customer or supplier no longer. */
int mark_former_party(struct derive *derive, const struct document_kind *kind,
	const struct model_record *old, const char *party,
	struct error *err) MUST_CHECK;

/* ---- drafts ---- */

/* The document of entry `id` came, changed or went; its number and Document,
 * now or before, may be NULL. Invoices made in Exact Online that are, or were,
 * the same document. */
int mark_drafts(struct derive *derive, const char *id, const char *number,
	const char *document, struct error *err) MUST_CHECK;

/* ---- entries ---- */

int mark_entry(
	struct derive *derive, const char *id, struct error *err) MUST_CHECK;
/* All entries of that EntryNumber. */
int mark_entries_numbered(struct derive *derive, const char *number,
	struct error *err) MUST_CHECK;
/* All entries that are sales documents, or purchase documents. */
int mark_documents(
	struct derive *derive, bool sales, struct error *err) MUST_CHECK;
/* A purchase came or changed; `header` are the values of its line 0. Other
 * purchases that the rows of its EntryNumber in PayablesList may belong to. */
int mark_payable_twins(struct derive *derive, const char *id,
	const char *const *header, struct error *err) MUST_CHECK;

enum mark_unless {
	MARK_UNLESS_NO_RECORD,
	MARK_UNLESS_VOID, /* or not made yet */
	MARK_UNLESS_NOT_VOID
};

/* The entry, unless its document of that kind is so already. */
int mark_entry_unless(struct derive *derive, const struct document_kind *kind,
	const char *id, enum mark_unless unless, struct error *err) MUST_CHECK;
/* The document of that number was void and is so no longer, or is gone: the
 * entry that undid it may be a document itself. `number` may be NULL. */
int mark_reversals(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *number, struct error *err) MUST_CHECK;

/* ---- findings ---- */

/* The feed's groups with a finding that may no longer hold. */
int mark_findings(struct derive *derive, const struct entity *feed,
	bool (*may_be_settled)(const struct derive *derive, const char *type,
		const char *check),
	struct error *err) MUST_CHECK;

#endif
