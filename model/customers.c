/*
 * customers: whom the company sells to.
 *
 *	customers             one row per customer
 *	customer_addresses    where it is
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const struct model_table addresses = {
	.table = "customer_addresses",
	.row = "address",
	.fields = model_address_fields,
	.count = ADDRESS_FIELDS,
};

static const struct model_field fields[CUSTOMER_FIELDS] = {
	[CUSTOMER_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the account's id in the source",
	},
	[CUSTOMER_NAME] = {
		.name = "customerName",
		.column = "customer_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the name",
		.indexed = true,
	},
	[CUSTOMER_EMAIL_ADDRESS] = {
		.name = "emailAddress",
		.column = "email_address",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "e-mail",
	},
	[CUSTOMER_DEFAULT_CURRENCY] = {
		.name = "defaultCurrency",
		.column = "default_currency",
		.kind = MODEL_TEXT,
		.note = "its own, or the company's",
	},
	[CUSTOMER_PHONE] = {
		.name = "phone",
		.column = "phone",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "telephone",
	},
	[CUSTOMER_ADDRESSES] = {
		.name = "addresses",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &addresses,
		.note = "one, Billing",
	},
	[CUSTOMER_REGISTRATION_NUMBER] = {
		.name = "registrationNumber",
		.column = "registration_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "number in the trade register",
	},
	[CUSTOMER_TAX_NUMBER] = {
		.name = "taxNumber",
		.column = "tax_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "VAT number",
	},
	[CUSTOMER_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Archived when blocked",
	},
	[CUSTOMER_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[CUSTOMER_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[CUSTOMER_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_customers = {
	.name = "customers",
	.table = {
		.table = "customers",
		.row = "customer",
		.fields = fields,
		.count = CUSTOMER_FIELDS,
	},
	.is_deleted = CUSTOMER_IS_DELETED,
	.modified_date = CUSTOMER_MODIFIED_DATE,
};
