/*
 * What a GET asks for, checked against the entity.
 */
#ifndef SANDBOX_ODATA_PLAN_H
#define SANDBOX_ODATA_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sandbox/filter.h"
#include "sandbox/odata_options.h"
#include "sandbox/odata_rows.h"

#define ODATA_ORDER_MAX 8

struct odata_plan {
	struct odata_rows *rows; /* borrowed */
	struct odata_options options;
	struct filter *filter; /* NULL: none */
	bool shown[ODATA_PROPERTIES_MAX];
	bool expanded[ODATA_PROPERTIES_MAX];
	struct {
		int property;
		bool descending;
	} order[ODATA_ORDER_MAX];
	size_t order_count;
	/* The skip token: order values, then the key. */
	struct render_value token[ODATA_ORDER_MAX + 1];
	bool has_token;
};

/* FAIL_INPUT: `problem` is the text of the 400. FAIL_STOP. Free the plan in any
 * case. */
int odata_plan_read(struct odata_plan *plan, struct odata_rows *rows,
	const struct odata_request *request, struct buf *problem) MUST_CHECK;
void odata_plan_free(struct odata_plan *plan);

#endif
