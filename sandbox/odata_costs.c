/*
 * Cost centres and cost units: the properties of the two lists, the values of
 * their rows, and what a transaction line shows of them. The order of the
 * properties as in odata_table.c.
 */
#include "sandbox/odata_costs.h"

#include "sandbox/odata_value.h"

#define R ODATA_REGULAR

/* clang-format off */
static const struct odata_property centers[] = {
	{ "ID", ODATA_GUID, FROM_ID, .where = R },
	{ "Active", ODATA_BOOLEAN, FROM_ACTIVE, .where = R },
	{ "Code", ODATA_STRING, FROM_CODE, .where = R },
	{ "Created", ODATA_DATETIME, FROM_CREATED, .where = R },
	{ "Creator", ODATA_GUID, FROM_USER_ID, .where = R },
	{ "CreatorFullName", ODATA_STRING, FROM_USER_NAME, .where = R },
	{ "CustomField", ODATA_STRING, FROM_NOTHING, .where = R },
	{ "Description", ODATA_STRING, FROM_DESCRIPTION, .where = R },
	{ "Division", ODATA_INT32, FROM_DIVISION, .where = R },
	{ "EndDate", ODATA_DATETIME, FROM_DUE, .where = R },
	{ "Modified", ODATA_DATETIME, FROM_MODIFIED, .where = R },
	{ "Modifier", ODATA_GUID, FROM_USER_ID, .where = R },
	{ "ModifierFullName", ODATA_STRING, FROM_USER_NAME, .where = R },
};

static const struct odata_property units[] = {
	{ "ID", ODATA_GUID, FROM_ID, .where = R },
	{ "Code", ODATA_STRING, FROM_CODE, .where = R },
	{ "Created", ODATA_DATETIME, FROM_CREATED, .where = R },
	{ "Creator", ODATA_GUID, FROM_USER_ID, .where = R },
	{ "CreatorFullName", ODATA_STRING, FROM_USER_NAME, .where = R },
	{ "CustomField", ODATA_STRING, FROM_NOTHING, .where = R },
	{ "Description", ODATA_STRING, FROM_DESCRIPTION, .where = R },
	{ "Division", ODATA_INT32, FROM_DIVISION, .where = R },
	{ "EndDate", ODATA_DATETIME, FROM_DUE, .where = R },
	{ "Modified", ODATA_DATETIME, FROM_MODIFIED, .where = R },
	{ "Modifier", ODATA_GUID, FROM_USER_ID, .where = R },
	{ "ModifierFullName", ODATA_STRING, FROM_USER_NAME, .where = R },
};
/* clang-format on */

const struct odata_model odata_costs_centers = {
	.type_name = "Exact.Web.Api.Models.Costcenter",
	.key = "ID",
	.properties = centers,
	.count = sizeof(centers) / sizeof(*centers),
};

const struct odata_model odata_costs_units = {
	.type_name = "Exact.Web.Api.Models.Costunit",
	.key = "ID",
	.properties = units,
	.count = sizeof(units) / sizeof(*units),
};

void odata_costs_value(const struct odata_rows *rows,
	const struct books_cost *cost, enum odata_source source,
	struct render_value *ret)
{
	if (source == FROM_CODE)
		odata_value_name(rows, cost->code, ret);
	else if (source == FROM_DESCRIPTION)
		odata_value_name(rows, cost->description, ret);
	else if (source == FROM_ACTIVE)
		odata_value_number(ret, cost->ended == 0);
	else if (source == FROM_DUE)
		odata_value_day(ret, cost->ended);
}

void odata_costs_line(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret)
{
	bool center = source == FROM_COST_CENTER_CODE ||
		      source == FROM_COST_CENTER_NAME;
	bool code = source == FROM_COST_CENTER_CODE ||
		    source == FROM_COST_UNIT_CODE;
	uint8_t plus_one = center ? line->cost_center : line->cost_unit;
	const struct books_cost *costs =
		rows->set
			->tables[center ? BOOKS_COST_CENTERS : BOOKS_COST_UNITS]
			.rows;

	if (plus_one > 0)
		odata_costs_value(rows, &costs[plus_one - 1],
			code ? FROM_CODE : FROM_DESCRIPTION, ret);
}
