/*
 * One function a pass: make the records of one group, from its rows. All run
 * inside a transaction. FAIL_STORE, FAIL_STOP, FAIL_RECORD.
 */
#ifndef DERIVE_MAKE_H
#define DERIVE_MAKE_H

#include "derive/derive_parts.h"

int make_accounts(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_company(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_cost_centers(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_cost_units(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_drafts(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_entries(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_items(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_journals(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_relations(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_tax_rates(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
/* No records: the documents that the open items are of become dirty. */
int make_receivables(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;
int make_payables(struct derive *derive, const struct feed_group *group,
	struct error *err) MUST_CHECK;

/* Marks the groups whose findings may no longer hold. */
int make_drafts_again(struct derive *derive, struct error *err) MUST_CHECK;
int make_entries_again(struct derive *derive, struct error *err) MUST_CHECK;
/* Those are made again, too. */
int make_entries_done(struct derive *derive, struct error *err) MUST_CHECK;

#endif
