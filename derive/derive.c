/*
 * The driver. A feed's dirty groups are the queue, and clearing one commits
 * with the record made from it: a kill between batches repeats nothing and
 * forgets nothing.
 *
 * Passes run in the order of their table. Records refer to others that come
 * from other feeds: a renamed account makes its entries anew (refs.c), a
 * renamed customer its invoices, open items their documents, an invoice makes
 * a prospect a customer. So relations are passed twice: before the ledger,
 * which takes their names, and behind it, which says who was traded with.
 */
#include "derive/derive.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "derive/make_document.h"
#include "derive/derive_refs.h"
#include "derive/open_items.h"

/* Raise it with every change of a mapping, and everything is made anew. */
#define MAPPING_VERSION 5
#define BATCH           500

#define LEDGER_NEEDS                                                           \
	&entity_gl_accounts, &entity_vat_codes, &entity_transaction_lines,     \
		&entity_deleted

const struct derive_type derive_types[] = {
	{ &model_company, { &entity_divisions } },
	{ &model_chart_of_accounts, { &entity_gl_accounts, &entity_deleted } },
	{ &model_journals, { &entity_journals } },
	{ &model_tax_rates, { &entity_vat_codes } },
	{ &model_items,
		{ &entity_items, &entity_gl_accounts, &entity_vat_codes } },
	{ &model_journal_entries, { &entity_journals, &entity_transaction_lines,
					  &entity_deleted } },
	{ &model_invoices,
		{ LEDGER_NEEDS, &entity_sales_invoices, &entity_receivables } },
	{ &model_credit_notes,
		{ LEDGER_NEEDS, &entity_sales_invoices, &entity_receivables } },
	{ &model_bills, { LEDGER_NEEDS, &entity_payables } },
	{ &model_bill_credit_notes, { LEDGER_NEEDS, &entity_payables } },
	{ &model_customers, { &entity_relations, &entity_deleted } },
	{ &model_suppliers, { &entity_relations, &entity_deleted } },
	{ .type = NULL },
};

static_assert(
	sizeof(derive_types) / sizeof(derive_types[0]) <= DERIVE_TYPES_MAX + 1,
	"counts have room for each data type");

#define PASS_TYPES_MAX 8

/* One feed, and the data types that its groups are made into. */
struct pass {
	const struct entity *feed;
	int (*group)(
		struct derive *derive, const char *group, struct error *err);
	const struct model_type *types[PASS_TYPES_MAX + 1]; /* NULL-ended */
};

#define DOCUMENTS                                                              \
	&model_invoices, &model_credit_notes, &model_bills,                    \
		&model_bill_credit_notes

static const struct pass passes[] = {
	{ &entity_divisions, derive_company, { &model_company } },
	{ &entity_gl_accounts, derive_accounts, { &model_chart_of_accounts } },
	{ &entity_journals, derive_journals, { &model_journals } },
	{ &entity_vat_codes, derive_tax_rates, { &model_tax_rates } },
	/* Before the entries, whose pass forgets what was renamed. */
	{ &entity_items, derive_items,
		{ &model_items, &model_journal_entries, DOCUMENTS } },
	{ &entity_relations, derive_relations,
		{ &model_customers, &model_suppliers, &model_journal_entries,
			DOCUMENTS } },
	/* In front of the entries, whoever asks for them. */
	{ &entity_receivables, derive_receivables,
		{ &model_journal_entries, DOCUMENTS } },
	{ &entity_payables, derive_payables,
		{ &model_journal_entries, DOCUMENTS } },
	{ &entity_transaction_lines, derive_entries,
		{ &model_journal_entries, DOCUMENTS } },
	{ &entity_sales_invoices, derive_drafts,
		{ &model_invoices, &model_credit_notes } },
	{ &entity_relations, derive_relations,
		{ &model_customers, &model_suppliers } },
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

const struct derive_type *derive_find(const struct model_type *type)
{
	for (const struct derive_type *t = derive_types; t->type; t++) {
		if (t->type == type)
			return t;
	}
	return NULL;
}

bool derive_was_read(const struct derive *derive, const struct entity *entity)
{
	return !derive->read || derive->read(derive->arg, entity);
}

void derive_free(struct derive *derive)
{
	open_items_free(derive->open);
	derive->open = NULL;
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
	for (size_t i = 0; i < PASSES && !r; i++)
		r = records_dirty_all(
			derive->records, &passes[i].feed->shape, err);
	if (!r)
		r = records_meta_set(derive->records, "mapping", current, err);
	if (!r)
		r = records_commit(derive->records, err);
	if (r)
		records_rollback(derive->records);
	return r;
}

int derive_findings(struct derive *derive, const struct model_type *type,
	const char *id, const struct derive_check *checks,
	char (*found)[DERIVE_FOUND_MAX], size_t count, struct error *err)
{
	struct finding findings[DERIVE_CHECKS_MAX];
	size_t said = 0;

	assert(count <= DERIVE_CHECKS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!found[i][0])
			continue;
		findings[said++] = (struct finding){
			.check = checks[i].id,
			.error = checks[i].error,
			.text = found[i],
		};
	}
	return records_findings_set(
		derive->records, type->name, id, findings, said, err);
}

struct again {
	struct records *records;
	const char *feed;
	struct error *err;
};

static int mark_group(void *arg, const struct feed_row *row)
{
	const struct again *again = arg;

	return records_dirty_add(
		again->records, again->feed, row->group, again->err);
}

int derive_again(struct derive *derive, const struct entity *feed,
	size_t lookup, const char *value, struct error *err)
{
	struct again again = { derive->records, feed->shape.name, err };

	return records_feed_find(derive->records, &feed->shape, lookup, value,
		mark_group, &again, err);
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

/* ---- counting ------------------------------------------------------------ */

static struct derive_counts *counts_of(
	struct derive *derive, const struct model_type *type)
{
	return &derive->counts[derive_find(type) - derive_types];
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

int derive_put(struct derive *derive, const struct model_type *type,
	struct model_record *record, enum record_change *ret, struct error *err)
{
	enum record_change change;
	int r = model_record_failed(record)
			? error_set(err, FAIL_STOP, "out of memory")
			: records_put(
				  derive->records, type, record, &change, err);

	if (r)
		return r;
	count_change(counts_of(derive, type), change);
	if (ret)
		*ret = change;
	return 0;
}

int derive_retire(struct derive *derive, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err)
{
	enum record_change change;
	int r = records_retire(derive->records, type, id, &change, err);

	if (r)
		return r;
	/* Most ids never were a record of that type. */
	if (change == RECORD_DELETED)
		count_change(counts_of(derive, type), change);
	if (ret)
		*ret = change;
	return 0;
}

static void take_counts(struct derive *derive, const struct model_type *type,
	struct derive_counts *ret)
{
	struct derive_counts *counts = counts_of(derive, type);

	ret->created += counts->created;
	ret->updated += counts->updated;
	ret->unchanged += counts->unchanged;
	ret->deleted += counts->deleted;
	memset(counts, 0, sizeof(*counts));
}

/* ---- one pass ------------------------------------------------------------ */

/* One transaction's worth: the dirty queue, or a list from *at on. *ret_more
 * tells whether anything was left to do. */
static int batch(struct derive *derive, const struct pass *pass,
	const struct derive_list *list, size_t *at, bool *ret_more,
	struct error *err)
{
	struct records *records = derive->records;
	const char *feed = pass->feed->shape.name;
	char group[RECORDS_KEY_MAX];

	for (int done = 0; done < BATCH; done++) {
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
		/* First: making it may find that it must be made again. */
		if (!list)
			r = records_dirty_clear(records, feed, group, err);
		if (!r)
			r = pass->group(derive, group, err);
		if (r)
			return r;
	}
	return 0;
}

static int all_batches(struct derive *derive, const struct pass *pass,
	const struct derive_list *list, struct error *err)
{
	size_t at = 0;
	bool more = true;

	while (more) {
		struct derive_counts before[DERIVE_TYPES_MAX];
		int r;

		if (derive->stop && derive->stop(derive->arg))
			return error_set(err, FAIL_INTERRUPTED,
				"interrupted; the rest follows with the next "
				"sync");
		r = records_begin(derive->records, err);
		if (r)
			return r;
		memcpy(before, derive->counts, sizeof(before));
		r = batch(derive, pass, list, &at, &more, err);
		if (!r) {
			fault_point("derive.batch");
			r = records_commit(derive->records, err);
		}
		if (r) {
			records_rollback(derive->records);
			memcpy(derive->counts, before, sizeof(before));
			return r;
		}
	}
	return 0;
}

/* A line that is gone is told by the log of deletions alone. */
static bool caught_up(const struct derive *derive, const struct entity *feed)
{
	return derive_was_read(derive, feed) &&
	       (!feed->deleted_type ||
		       derive_was_read(derive, &entity_deleted));
}

static int run_entries(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	struct derive_list list = { 0 };
	int r = open_items_judge(derive, err);

	if (!r)
		r = all_batches(derive, pass, NULL, err);
	if (!r)
		r = derive_entries_more(derive, &list, err);
	if (!r && list.count)
		r = all_batches(derive, pass, &list, err);
	/* Those that the last ones pointed at. */
	if (!r)
		r = all_batches(derive, pass, NULL, err);
	if (!r)
		r = derive_entries_settled(derive, err);
	if (!r)
		r = derive_refs_keep(derive, err);
	free(list.keys);
	return r;
}

static int run_drafts(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	struct derive_list list = { 0 };
	int r = all_batches(derive, pass, NULL, err);

	if (!r)
		r = derive_drafts_more(derive, &list, err);
	if (!r && list.count)
		r = all_batches(derive, pass, &list, err);
	free(list.keys);
	return r;
}

/* Items name accounts and VAT codes; there are not many. */
static int run_items(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	int r = 0;

	if (derive_refs_any_changed(derive)) {
		r = records_begin(derive->records, err);
		if (!r)
			r = records_dirty_all(
				derive->records, &pass->feed->shape, err);
		if (!r)
			r = records_commit(derive->records, err);
		if (r)
			records_rollback(derive->records);
	}
	return r ? r : all_batches(derive, pass, NULL, err);
}

static int run_pass(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	derive->caught_up = caught_up(derive, pass->feed);
	if (pass->feed == &entity_transaction_lines)
		return run_entries(derive, pass, err);
	if (pass->feed == &entity_sales_invoices)
		return run_drafts(derive, pass, err);
	if (pass->feed == &entity_items)
		return run_items(derive, pass, err);
	return all_batches(derive, pass, NULL, err);
}

static bool makes(const struct pass *pass, const struct model_type *type)
{
	for (size_t i = 0; pass->types[i]; i++) {
		if (pass->types[i] == type)
			return true;
	}
	return false;
}

/* Best after a first load, which they would slow down. */
static int make_indexes(struct derive *derive, struct error *err)
{
	int r = 0;

	if (derive->indexed)
		return 0;
	r = records_feed_index(
		derive->records, &entity_transaction_lines.shape, err);
	if (!r)
		r = records_feed_index(
			derive->records, &entity_sales_invoices.shape, err);
	derive->indexed = !r;
	return r;
}

int derive_run(struct derive *derive, const struct model_type *type,
	struct derive_counts *ret, struct error *err)
{
	int r = make_indexes(derive, err);

	if (!r)
		r = derive_refs_open(derive, err);
	for (size_t i = 0; i < PASSES && !r; i++) {
		if (makes(&passes[i], type))
			r = run_pass(derive, &passes[i], err);
	}
	derive_refs_close(derive);
	take_counts(derive, type, ret);
	return r;
}
