/*
 * The passes, in their order. A feed's dirty groups are a queue, and taking a
 * group off it commits with the records made from it: a process that is killed
 * between batches repeats nothing and forgets nothing.
 *
 * Records refer to records that come from other feeds. So a pass that changes
 * something makes groups of other feeds dirty (mark.c), and the passes run in
 * such an order that those are met later in the same run: names before what
 * mentions them, open items before their documents. Relations come twice:
 * before the ledger, which takes their names, and after it, since an invoice
 * makes a prospect a customer.
 *
 * What records were made with is kept for each pass and each of its data types,
 * as "VERSION REGION CURRENCY ZONE". When that is another text now, all groups
 * of the pass's feed become dirty; records whose content stays the same are not
 * written.
 *
 *	the version of the pass is raised      what that pass makes
 *	a data type is new in this release     what that pass makes; the other
 *	                                       types come out unchanged
 *	the division's currency is another     everything
 */
#include "derive/derive.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/fault.h"
#include "derive/derive_parts.h"
#include "derive/make.h"
#include "derive/mark.h"
#include "derive/open_items.h"
#include "derive/party_names.h"
#include "derive/refs.h"

#define BATCH 500

/* Relations have two rows. */
#define RELATIONS_VERSION 5

/* One feed, and the data types that its groups are made into. */
struct pass {
	const struct entity *feed;
	/* Raise it with every change of what the pass makes. */
	int version;
	int (*make)(struct derive *derive, const struct feed_group *group,
		struct error *err);
	const struct model_type *const *types;
	/* Other types that need what this pass makes dirty; may be NULL. */
	const struct model_type *const *before;
	/* A later row does the same: this one is skipped while all documents
	 * are to be made anyway, and take the names that are there. */
	bool for_names;
	/* Before the queue; may be NULL. In transactions of its own. */
	int (*begin)(struct derive *derive, struct error *err);
	/* After the queue: makes groups dirty that may come right now. Then
	 * the queue is worked off again, and `done` called. Each in one
	 * transaction; may be NULL. */
	int (*again)(struct derive *derive, struct error *err);
	int (*done)(struct derive *derive, struct error *err);
};

#define TYPES(...) ((const struct model_type *const[]){ __VA_ARGS__, NULL })

#define LEDGER_TYPES                                                           \
	TYPES(&model_journal_entries, &model_invoices, &model_credit_notes,    \
		&model_bills, &model_bill_credit_notes)

static const struct pass passes[] = {
	{
		.feed = &entity_divisions,
		.version = 5,
		.make = make_company,
		.types = TYPES(&model_company),
	},
	{
		.feed = &entity_gl_accounts,
		.version = 5,
		.make = make_accounts,
		.types = TYPES(&model_chart_of_accounts),
	},
	{
		.feed = &entity_journals,
		.version = 5,
		.make = make_journals,
		.types = TYPES(&model_journals),
	},
	{
		.feed = &entity_vat_codes,
		.version = 5,
		.make = make_tax_rates,
		.types = TYPES(&model_tax_rates),
	},
	{
		.feed = &entity_cost_centers,
		.version = 1,
		.make = make_cost_centers,
		.types = TYPES(&model_tracking_categories),
	},
	{
		.feed = &entity_cost_units,
		.version = 1,
		.make = make_cost_units,
		.types = TYPES(&model_tracking_categories),
	},
	{
		.feed = &entity_items,
		.version = 5,
		.make = make_items,
		.types = TYPES(&model_items),
	},
	{
		.feed = &entity_relations,
		.version = RELATIONS_VERSION,
		.make = make_relations,
		.types = TYPES(&model_customers, &model_suppliers),
		.before = LEDGER_TYPES,
		.for_names = true,
	},
	{
		.feed = &entity_receivables,
		.version = 5,
		.make = make_receivables,
		.types = TYPES(NULL),
		.before = LEDGER_TYPES,
	},
	{
		.feed = &entity_payables,
		.version = 5,
		.make = make_payables,
		.types = TYPES(NULL),
		.before = LEDGER_TYPES,
	},
	{
		.feed = &entity_transaction_lines,
		.version = 5,
		.make = make_entries,
		.types = LEDGER_TYPES,
		.begin = open_items_judge,
		.again = make_entries_again,
		.done = make_entries_done,
	},
	{
		.feed = &entity_sales_invoices,
		.version = 5,
		.make = make_drafts,
		.types = TYPES(&model_invoices, &model_credit_notes),
		.again = make_drafts_again,
	},
	{
		.feed = &entity_relations,
		.version = RELATIONS_VERSION,
		.make = make_relations,
		.types = TYPES(&model_customers, &model_suppliers),
	},
};

#define PASSES (sizeof(passes) / sizeof(passes[0]))

/* ---- what records were made with ------------------------------------------- */

/* Until passes had versions of their own, the fact "mapping" held what all
 * records were made with; of these types. */
#define OLD_MAPPING "mapping"

static const struct model_type *const old_types[] = { &model_company,
	&model_chart_of_accounts, &model_journals, &model_tax_rates,
	&model_items, &model_journal_entries, &model_invoices,
	&model_credit_notes, &model_bills, &model_bill_credit_notes,
	&model_customers, &model_suppliers, NULL };

#define MADE_WITH_MAX 64

static bool contains(
	const struct model_type *const *types, const struct model_type *type)
{
	for (size_t i = 0; types && types[i]; i++) {
		if (types[i] == type)
			return true;
	}
	return false;
}

/* A pass without types has one fact, too. */
static void fact_name(const struct pass *pass, const struct model_type *type,
	char ret[static 128])
{
	snprintf(ret, 128, "made-with.%s.%s", pass->feed->shape.name,
		type ? type->name : "");
}

static void made_with_now(const struct derive *derive, const struct pass *pass,
	char ret[static MADE_WITH_MAX])
{
	snprintf(ret, MADE_WITH_MAX, "%d %.8s %.8s %d", pass->version,
		derive->region, derive->currency, (int)derive->zone);
}

/* "" when the pass never made that type. */
static int made_with_before(const struct derive *derive,
	const struct pass *pass, const struct model_type *type,
	const char *old_mapping, char ret[static MADE_WITH_MAX],
	struct error *err)
{
	char name[128];
	bool set = false;
	int fail;

	fact_name(pass, type, name);
	fail = records_fact_get(
		derive->records, name, ret, MADE_WITH_MAX, &set, err);
	if (fail || set)
		return fail;
	if (type && !contains(old_types, type))
		old_mapping = "";
	snprintf(ret, MADE_WITH_MAX, "%s", old_mapping);
	return 0;
}

static int is_stale(const struct derive *derive, const struct pass *pass,
	const char *old_mapping, bool *ret, struct error *err)
{
	char now[MADE_WITH_MAX];
	char before[MADE_WITH_MAX];
	bool stale = false;
	size_t i = 0;
	int fail;

	made_with_now(derive, pass, now);
	do {
		fail = made_with_before(
			derive, pass, pass->types[i], old_mapping, before, err);
		stale = stale || (!fail && strcmp(before, now) != 0);
	} while (!fail && !stale && pass->types[i] && pass->types[++i]);
	if (!fail)
		*ret = stale;
	return fail;
}

static int keep_made_with(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	char now[MADE_WITH_MAX];
	char name[128];
	size_t i = 0;
	int fail;

	made_with_now(derive, pass, now);
	do {
		fact_name(pass, pass->types[i], name);
		fail = records_fact_set(derive->records, name, now, err);
	} while (!fail && pass->types[i] && pass->types[++i]);
	return fail;
}

struct renewal {
	struct derive *derive;
	const char *old_mapping;
	bool stale[PASSES];
};

static int renew(struct records *records, void *arg, struct error *err)
{
	const struct renewal *renewal = arg;
	bool old = renewal->old_mapping[0];
	int fail = 0;

	for (size_t i = 0; i < PASSES && !fail; i++) {
		if (renewal->stale[i])
			fail = records_dirty_all(
				records, &passes[i].feed->shape, err);
		if (!fail && (renewal->stale[i] || old))
			fail = keep_made_with(renewal->derive, &passes[i], err);
	}
	if (!fail && old)
		fail = records_fact_set(records, OLD_MAPPING, NULL, err);
	return fail;
}

/* Makes dirty what was made with something else than now. */
static int renew_stale(struct derive *derive, struct error *err)
{
	char old_mapping[MADE_WITH_MAX] = "";
	struct renewal renewal = { .derive = derive,
		.old_mapping = old_mapping };
	bool any = false;
	int fail = records_fact_get(derive->records, OLD_MAPPING, old_mapping,
		sizeof(old_mapping), &any, err);

	for (size_t i = 0; i < PASSES && !fail; i++) {
		fail = is_stale(derive, &passes[i], old_mapping,
			&renewal.stale[i], err);
		any = any || renewal.stale[i];
	}
	if (fail || !any)
		return fail;
	return records_transaction(derive->records, renew, &renewal, err);
}

/* ---- before the first pass -------------------------------------------------- */

/* Best after a first load, which they would slow down. */
static int make_indexes(struct derive *derive, struct error *err)
{
	int fail = records_feed_index(
		derive->records, &entity_transaction_lines.shape, err);

	return fail ? fail
		    : records_feed_index(derive->records,
			      &entity_sales_invoices.shape, err);
}

struct step {
	struct derive *derive;
	int (*fn)(struct derive *derive, struct error *err);
};

static int take_step(struct records *records, void *arg, struct error *err)
{
	const struct step *step = arg;

	(void)records;
	return step->fn(step->derive, err);
}

static int in_transaction(struct derive *derive,
	int (*fn)(struct derive *derive, struct error *err), struct error *err)
{
	struct step step = { derive, fn };

	return records_transaction(derive->records, take_step, &step, err);
}

/* New names are kept in the transaction that makes dirty what mentions them. */
static int renew_names(struct derive *derive, struct error *err)
{
	int fail = mark_renamed_refs(derive, err);

	return fail ? fail : refs_keep(derive, err);
}

static int open_names(struct derive *derive, struct error *err)
{
	int fail = refs_open(derive, err);

	if (!fail && refs_to_be_kept(derive))
		fail = in_transaction(derive, renew_names, err);
	return fail;
}

/* ---- one pass ---------------------------------------------------------------- */

struct batch {
	struct derive *derive;
	const struct pass *pass;
	bool any; /* there was a group */
	struct error *err;
};

static int make_group(void *arg, const struct feed_group *group)
{
	const struct batch *batch = arg;

	return batch->pass->make(batch->derive, group, batch->err);
}

static int run_batch(struct records *records, void *arg, struct error *err)
{
	struct batch *batch = arg;
	int fail = records_dirty_each(records, &batch->pass->feed->shape, BATCH,
		make_group, batch, &batch->any, err);

	if (!fail)
		fault_point("derive.batch");
	return fail;
}

static void report(
	const struct derive *derive, const struct derive_counts *before)
{
	const struct derive_options *options = derive->options;

	for (size_t i = 0; options->derived && derive_types[i].type; i++) {
		if (memcmp(&before[i], &derive->counts[i], sizeof(before[i])))
			options->derived(options->arg, derive_types[i].type,
				&derive->counts[i]);
	}
}

static int work_off(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	const struct derive_options *options = derive->options;
	struct batch batch = { .derive = derive, .pass = pass, .err = err };

	do {
		struct derive_counts before[DERIVE_TYPES_MAX];
		int fail;

		if (options->stop && options->stop(options->arg))
			return error_set(err, FAIL_INTERRUPTED,
				"interrupted; the rest follows with the next "
				"sync");
		memcpy(before, derive->counts, sizeof(before));
		fail = records_transaction(
			derive->records, run_batch, &batch, err);
		if (fail)
			return fail;
		report(derive, before);
	} while (batch.any);
	return 0;
}

/* Only the log of deletions shows that a line is gone. */
static bool caught_up(const struct derive *derive, const struct entity *feed)
{
	return derive_was_read(derive, feed) &&
	       (!feed->deleted_type ||
		       derive_was_read(derive, &entity_deleted));
}

/* Are all documents to be made anyway? */
static int names_are_taken(struct derive *derive, bool *ret, struct error *err)
{
	bool entries = false;
	bool drafts = false;
	int fail = records_dirty_is_all(derive->records,
		entity_transaction_lines.shape.name, &entries, err);

	if (!fail)
		fail = records_dirty_is_all(derive->records,
			entity_sales_invoices.shape.name, &drafts, err);
	*ret = entries && drafts;
	return fail;
}

static int run_pass(
	struct derive *derive, const struct pass *pass, struct error *err)
{
	int fail = 0;

	if (pass->for_names)
		fail = names_are_taken(derive, &derive->names_taken, err);
	if (fail || (pass->for_names && derive->names_taken))
		return fail;
	derive->caught_up = caught_up(derive, pass->feed);
	records_derived_by(derive->records, pass->version);
	if (pass->begin)
		fail = pass->begin(derive, err);
	if (!fail)
		fail = work_off(derive, pass, err);
	if (fail || !pass->again)
		return fail;
	fail = in_transaction(derive, pass->again, err);
	if (!fail)
		fail = work_off(derive, pass, err);
	if (!fail && pass->done)
		fail = in_transaction(derive, pass->done, err);
	return fail;
}

static bool is_asked(
	const struct derive_options *options, const struct pass *pass)
{
	if (!options->types)
		return true;
	for (size_t i = 0; i < options->type_count; i++) {
		if (contains(pass->types, options->types[i]) ||
			contains(pass->before, options->types[i]))
			return true;
	}
	return false;
}

int derive_run(const struct derive_options *options, struct error *err)
{
	struct derive derive = {
		.records = options->records,
		.region = options->region,
		.currency = options->currency,
		.zone = options->zone,
		.options = options,
	};
	int fail = make_indexes(&derive, err);

	if (!fail)
		fail = renew_stale(&derive, err);
	if (!fail)
		fail = open_names(&derive, err);
	for (size_t i = 0; i < PASSES && !fail; i++) {
		if (is_asked(options, &passes[i]))
			fail = run_pass(&derive, &passes[i], err);
	}
	open_items_close(&derive);
	party_names_close(&derive);
	refs_close(&derive);
	return fail;
}
