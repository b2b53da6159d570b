/*
 * taxRates: what sales tax or VAT is counted with. Percentages are 21, not
 * 0.21.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const struct model_field component_fields[TAX_COMPONENT_FIELDS] = {
	[TAX_COMPONENT_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the component's name",
	},
	[TAX_COMPONENT_RATE] = {
		.name = "rate",
		.column = "rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "its percentage",
	},
	[TAX_COMPONENT_IS_COMPOUND] = {
		.name = "isCompound",
		.column = "is_compound",
		.kind = MODEL_BOOLEAN,
		.note = "counted on top of the other components",
	},
};

static const struct model_table components = {
	.table = "tax_rate_components",
	.row = "component",
	.fields = component_fields,
	.count = TAX_COMPONENT_FIELDS,
};

static const struct model_field fields[TAX_RATE_FIELDS] = {
	[TAX_RATE_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the rate's id in the source",
	},
	[TAX_RATE_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its name",
		.indexed = true,
	},
	[TAX_RATE_CODE] = {
		.name = "code",
		.column = "code",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its code",
		.indexed = true,
	},
	[TAX_RATE_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "in use or not",
	},
	[TAX_RATE_EFFECTIVE_TAX_RATE] = {
		.name = "effectiveTaxRate",
		.column = "effective_tax_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "percentage of the net amount",
	},
	[TAX_RATE_TOTAL_TAX_RATE] = {
		.name = "totalTaxRate",
		.column = "total_tax_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "sum of the components' percentages",
	},
	[TAX_RATE_COMPONENTS] = {
		.name = "components",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &components,
		.note = "what it is made of",
	},
	[TAX_RATE_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[TAX_RATE_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[TAX_RATE_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_tax_rates = {
	.name = "taxRates",
	.table = {
		.table = "tax_rates",
		.row = "tax_rate",
		.fields = fields,
		.count = TAX_RATE_FIELDS,
	},
	.is_deleted = TAX_RATE_IS_DELETED,
	.modified_date = TAX_RATE_MODIFIED_DATE,
};
