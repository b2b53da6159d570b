/*
 * What the files of derive/ share. Nobody else includes this.
 *
 *	derive.c          the passes in their order, batches, mapping versions
 *	make_*.c          one kind of record each; make_entries.c has the table
 *	                  of those that a ledger entry is offered to
 *	row.c             one row, one record
 *	document.c        what invoices, bills and credit notes have in common
 *	document_amounts.c  what a document's ledger lines come to
 *	open_items.c      may the lists of open items be trusted?
 *	open_item_rows.c  a document's rows in them
 *	reversal.c        entries that undo others
 *	mark.c            every way in which one group makes another dirty
 *	party_names.c     names of relations
 *	refs.c            names of accounts, journals and VAT codes
 *	ref_list.c        one list of such names
 *	lines.c           a group's rows by line number
 *	put.c, findings.c records and findings into the store, and counted
 *	document_kind.c   which field of each kind of document holds what
 *	derive_types.c    the data types, and the streams that each needs
 *	convert.c         texts as received to values
 *
 * Arrows point down: no file calls one above itself.
 */
#ifndef DERIVE_DERIVE_PARTS_H
#define DERIVE_DERIVE_PARTS_H

#include "derive/derive.h"

struct refs;
struct open_items;
struct party_names;

/* One derivation: what every function of the folder is given. */
struct derive {
	struct records *records; /* borrowed, as the next two */
	const char *region;
	const char *currency;
	enum when_zone zone;
	const struct derive_options *options; /* borrowed */
	struct refs *refs;                    /* owned */
	/* Owned; NULL until the ledger's pass. */
	struct open_items *open_items;
	struct party_names *party_names;
	/* Were the pass's feed and the deletions of it read to their end? */
	bool caught_up;
	/* All documents are made with the names that relations have now. */
	bool names_taken;
	/* Some entry was updated or removed, and the documents that depend on
	 * other entries were not made again since. */
	bool entries_changed;
	struct derive_counts counts[DERIVE_TYPES_MAX]; /* as derive_types[] */
};

/* Was that feed read to its end? */
static inline bool derive_was_read(
	const struct derive *derive, const struct entity *entity)
{
	const struct derive_options *options = derive->options;

	return !options->was_read || options->was_read(options->arg, entity);
}

#endif
