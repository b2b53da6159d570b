/*
 * The page of rows that answers a plan.
 */
#ifndef SANDBOX_ODATA_PAGE_H
#define SANDBOX_ODATA_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/odata_plan.h"

struct odata_page {
	size_t *rows; /* owned */
	size_t count;
	bool more;
	size_t total; /* for $inlinecount and $count */
};

/* FAIL_STOP: no memory. The caller frees `rows`. */
int odata_page_pick(struct odata_plan *plan, struct odata_page *ret) MUST_CHECK;
/* The query of the link to the next page, after the '?'. */
void odata_page_next(const struct odata_plan *plan,
	const struct odata_page *page, struct buf *ret);

#endif
