/*
 * Open items make no records of their own. When a row of one of their lists
 * changes, the documents that the row may be of become dirty.
 */
#include "derive/make.h"
#include "derive/mark.h"
#include "derive/open_items.h"

int make_receivables(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	int fail = open_items_forget(derive, true, err);

	return fail ? fail : mark_entry(derive, group->key, err);
}

int make_payables(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	int fail = open_items_forget(derive, false, err);

	return fail ? fail : mark_entries_numbered(derive, group->key, err);
}
