/*
 * Which index a query walks; records_query_plan.c tells how it is chosen.
 */
#ifndef STORE_RECORDS_QUERY_PLAN_H
#define STORE_RECORDS_QUERY_PLAN_H

#include "store/records_query_sql.h"

#define QUERY_PARTS_MAX 3

struct query_plan {
	/* What follows "SELECT … FROM table": where, order, limit. Each goes
	 * on where the one before has ended. */
	struct query_sql parts[QUERY_PARTS_MAX];
	int count;
	bool sorted;    /* no index has this order: ids are sorted first, and
			each record is then looked up */
	char *key_text; /* owned; bound by the parts */
};

/* FAIL_USAGE: `after` is no key of this order. The query outlives the plan. */
int query_plan_make(struct records *records, const struct records_query *query,
	struct query_plan *ret, struct error *err) MUST_CHECK;
void query_plan_free(struct query_plan *plan);
/* " WHERE …" of all that the query asks for but its order and pages. */
void query_plan_where(const struct records_query *query, struct query_sql *ret);

#endif
