/*
 * Cost centres and cost units, as lists and on transaction lines.
 */
#ifndef SANDBOX_ODATA_COSTS_H
#define SANDBOX_ODATA_COSTS_H

#include "sandbox/odata_rows.h"

extern const struct odata_model odata_costs_centers;
extern const struct odata_model odata_costs_units;

void odata_costs_value(const struct odata_rows *rows,
	const struct books_cost *cost, enum odata_source source,
	struct render_value *ret);
/* A line shows the code and the description of a deleted cost centre, too. */
void odata_costs_line(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret);

#endif
