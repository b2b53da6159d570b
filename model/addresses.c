/*
 * Where a company, a customer or a supplier is: the same fields for each, in
 * a table of its own.
 */
#include "model/model.h"

static const char *const types[] = {
	"Unknown",
	"Billing",
	"Delivery",
	NULL,
};

const struct model_field model_address_fields[ADDRESS_FIELDS] = {
	[ADDRESS_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_ENUM,
		.values = types,
		.note = "Billing: the source has one address",
	},
	[ADDRESS_LINE1] = {
		.name = "line1",
		.column = "line1",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "street and number",
	},
	[ADDRESS_LINE2] = {
		.name = "line2",
		.column = "line2",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "second line",
	},
	[ADDRESS_CITY] = {
		.name = "city",
		.column = "city",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "town",
	},
	[ADDRESS_REGION] = {
		.name = "region",
		.column = "region",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "state or county",
	},
	[ADDRESS_COUNTRY] = {
		.name = "country",
		.column = "country",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "two letters, as in the source",
	},
	[ADDRESS_POSTAL_CODE] = {
		.name = "postalCode",
		.column = "postal_code",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "post code",
	},
};
