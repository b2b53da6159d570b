/*
 * The driver. A feed's dirty groups are the queue, and clearing one commits
 * with the record made from it: a kill between batches repeats nothing and
 * forgets nothing.
 *
 * Entries refer to journals and accounts, which come from other feeds. When
 * one arrives late or is renamed, the entries that mention it are derived
 * again; see refs.c.
 */
#include "connector/derive.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

/* Raise it with every change of a mapping, and everything is made anew. */
#define MAPPING_VERSION 3
#define BATCH           500

const struct derive_type derive_types[] = {
	{
		.type = &model_chart_of_accounts,
		.feed = &entity_gl_accounts,
		.needs = { &entity_gl_accounts, &entity_deleted },
		.group = derive_accounts,
	},
	{
		.type = &model_journals,
		.feed = &entity_journals,
		.needs = { &entity_journals },
		.group = derive_journals,
	},
	{
		.type = &model_journal_entries,
		.feed = &entity_transaction_lines,
		.needs = { &entity_journals, &entity_transaction_lines,
			&entity_deleted },
		.group = derive_entries,
	},
	{
		.type = &model_tax_rates,
		.feed = &entity_vat_codes,
		.needs = { &entity_vat_codes },
		.group = derive_tax_rates,
	},
	/* Made with the journal entries, from the same lines. */
	{
		.type = &model_bills,
		.feed = &entity_transaction_lines,
		.needs = { &entity_gl_accounts, &entity_transaction_lines,
			&entity_deleted },
		.group = derive_entries,
	},
	{
		.type = &model_bill_credit_notes,
		.feed = &entity_transaction_lines,
		.needs = { &entity_gl_accounts, &entity_transaction_lines,
			&entity_deleted },
		.group = derive_entries,
	},
	{ .type = NULL },
};

static_assert(
	sizeof(derive_types) / sizeof(derive_types[0]) <= DERIVE_TYPES_MAX + 1,
	"counts have room for each data type");

const struct derive_type *derive_find(const struct model_type *type)
{
	for (const struct derive_type *t = derive_types; t->type; t++) {
		if (t->type == type)
			return t;
	}
	return NULL;
}

int derive_mapping(struct derive *derive, struct error *err)
{
	char current[64];
	char stored[64];
	int r;

	(void)snprintf(current, sizeof(current), "%d %s %s %d", MAPPING_VERSION,
		derive->region, derive->currency, (int)derive->zone);
	if (records_meta_get(
		    derive->records, "mapping", stored, sizeof(stored)) &&
		!strcmp(stored, current))
		return 0;
	r = records_begin(derive->records, err);
	if (r)
		return r;
	for (const struct derive_type *t = derive_types; t->type && !r; t++)
		r = records_dirty_all(derive->records, &t->feed->shape, err);
	if (!r)
		r = records_meta_set(derive->records, "mapping", current, err);
	if (!r)
		r = records_commit(derive->records, err);
	if (r)
		records_rollback(derive->records);
	return r;
}

int derive_list_add(
	struct derive_list *list, const char *key, struct error *err)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 64;
		void *keys = realloc(list->keys, room * sizeof(*list->keys));

		if (!keys)
			return error_set(err, FAIL_STOP, "out of memory");
		list->keys = keys;
		list->room = room;
	}
	(void)snprintf(
		list->keys[list->count++], sizeof(*list->keys), "%s", key);
	return 0;
}

static void count_change(
	struct derive_counts *counts, enum record_change change)
{
	switch (change) {
	case RECORD_NEW:
		counts->created++;
		break;
	case RECORD_UPDATED:
	case RECORD_REVIVED:
		counts->updated++;
		break;
	case RECORD_UNCHANGED:
		counts->unchanged++;
		break;
	case RECORD_DELETED:
		counts->deleted++;
		break;
	}
}

static void add_counts(
	struct derive_counts *sum, const struct derive_counts *more)
{
	sum->created += more->created;
	sum->updated += more->updated;
	sum->unchanged += more->unchanged;
	sum->deleted += more->deleted;
}

void derive_count(struct derive *derive, const struct model_type *type,
	enum record_change change)
{
	count_change(&derive->beside[derive_find(type) - derive_types], change);
}

/* One transaction's worth: the dirty queue, or a list from *at on. *ret_more
 * tells whether anything was left to do. */
static int batch(struct derive *derive, const struct derive_type *type,
	const struct derive_list *list, size_t *at,
	struct derive_counts *counts, bool *ret_more, struct error *err)
{
	struct records *records = derive->records;
	const char *feed = type->feed->shape.name;
	char group[RECORDS_KEY_MAX];

	for (int done = 0; done < BATCH; done++) {
		enum record_change change;
		bool found = list && *at < list->count;
		int r = 0;

		if (list && found)
			(void)snprintf(group, sizeof(group), "%s",
				list->keys[(*at)++]);
		else if (!list)
			r = records_dirty_next(
				records, feed, group, &found, err);
		if (r)
			return r;
		*ret_more = found;
		if (!found)
			return 0;
		r = type->group(derive, group, &change, err);
		if (!r && !list)
			r = records_dirty_clear(records, feed, group, err);
		if (r)
			return r;
		count_change(counts, change);
	}
	return 0;
}

static int all_batches(struct derive *derive, const struct derive_type *type,
	const struct derive_list *list, struct derive_counts *ret,
	struct error *err)
{
	size_t at = 0;
	bool more = true;

	while (more) {
		struct derive_counts counts = { 0 };
		int r;

		if (derive->stop && derive->stop(derive->arg))
			return error_set(err, FAIL_INTERRUPTED,
				"interrupted; the rest follows with the next "
				"sync");
		r = records_begin(derive->records, err);
		if (r)
			return r;
		r = batch(derive, type, list, &at, &counts, &more, err);
		if (!r) {
			fault_point("derive.batch");
			r = records_commit(derive->records, err);
		}
		if (r) {
			records_rollback(derive->records);
			return r;
		}
		add_counts(ret, &counts);
	}
	return 0;
}

static int run_entries(struct derive *derive, const struct derive_type *type,
	struct derive_counts *ret, struct error *err)
{
	struct derive_list list = { 0 };
	struct derive_counts entries = { 0 };
	struct derive_counts *beside = &derive->beside[type - derive_types];
	bool first = type->type == &model_journal_entries;
	int r = derive_entries_open(derive, err);

	if (r)
		return r;
	r = all_batches(derive, type, NULL, first ? ret : &entries, err);
	if (!r)
		r = derive_entries_more(derive, &list, err);
	if (!r && list.count)
		r = all_batches(
			derive, type, &list, first ? ret : &entries, err);
	if (!r)
		r = derive_entries_keep(derive, err);
	add_counts(ret, beside);
	memset(beside, 0, sizeof(*beside));
	free(list.keys);
	derive_entries_close(derive);
	return r;
}

int derive_run(struct derive *derive, const struct derive_type *type,
	struct derive_counts *ret, struct error *err)
{
	if (type->feed == &entity_transaction_lines)
		return run_entries(derive, type, ret, err);
	return all_batches(derive, type, NULL, ret, err);
}
