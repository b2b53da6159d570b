/*
 * suppliers: whom the company buys from.
 *
 *	suppliers             one row per supplier
 *	supplier_addresses    where it is
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const struct model_table addresses = {
	.table = "supplier_addresses",
	.row = "address",
	.fields = model_address_fields,
	.count = ADDRESS_FIELDS,
};

static const struct model_field fields[SUPPLIER_FIELDS] = {
	[SUPPLIER_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the account's id in the source",
	},
	[SUPPLIER_NAME] = {
		.name = "supplierName",
		.column = "supplier_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the name",
		.indexed = true,
	},
	[SUPPLIER_EMAIL_ADDRESS] = {
		.name = "emailAddress",
		.column = "email_address",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "e-mail",
	},
	[SUPPLIER_DEFAULT_CURRENCY] = {
		.name = "defaultCurrency",
		.column = "default_currency",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its own, or the company's",
	},
	[SUPPLIER_PHONE] = {
		.name = "phone",
		.column = "phone",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "telephone",
	},
	[SUPPLIER_ADDRESSES] = {
		.name = "addresses",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &addresses,
		.note = "one, Billing",
	},
	[SUPPLIER_REGISTRATION_NUMBER] = {
		.name = "registrationNumber",
		.column = "registration_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "number in the trade register",
	},
	[SUPPLIER_TAX_NUMBER] = {
		.name = "taxNumber",
		.column = "tax_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "VAT number",
	},
	[SUPPLIER_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Archived when blocked",
	},
	[SUPPLIER_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[SUPPLIER_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[SUPPLIER_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_suppliers = {
	.name = "suppliers",
	.table = {
		.table = "suppliers",
		.row = "supplier",
		.fields = fields,
		.count = SUPPLIER_FIELDS,
	},
	.is_deleted = SUPPLIER_IS_DELETED,
	.modified_date = SUPPLIER_MODIFIED_DATE,
};
