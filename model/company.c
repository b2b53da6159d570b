/*
 * company: who keeps these books. One record, under the division's number;
 * the shape has no id, so accountingPlatformRef is its key here.
 *
 *	company               one row
 *	company_addresses, company_phone_numbers, company_web_links
 */
#include "model/model.h"

static const char *const phone_types[] = {
	"Primary",
	"Landline",
	"Mobile",
	"Fax",
	"Unknown",
	NULL,
};

static const char *const link_types[] = {
	"Website",
	"Social",
	"Unknown",
	NULL,
};

static const struct model_field phone_fields[COMPANY_PHONE_FIELDS] = {
	[COMPANY_PHONE_NUMBER] = {
		.name = "number",
		.column = "number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "telephone",
	},
	[COMPANY_PHONE_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_ENUM,
		.values = phone_types,
		.note = "Primary",
	},
};

static const struct model_field link_fields[COMPANY_LINK_FIELDS] = {
	[COMPANY_LINK_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_ENUM,
		.values = link_types,
		.note = "Website",
	},
	[COMPANY_LINK_URL] = {
		.name = "url",
		.column = "url",
		.kind = MODEL_TEXT,
		.note = "address",
	},
};

static const struct model_table addresses = {
	.table = "company_addresses",
	.row = "address",
	.fields = model_address_fields,
	.count = ADDRESS_FIELDS,
};

static const struct model_table phones = {
	.table = "company_phone_numbers",
	.row = "phone_number",
	.fields = phone_fields,
	.count = COMPANY_PHONE_FIELDS,
};

static const struct model_table links = {
	.table = "company_web_links",
	.row = "web_link",
	.fields = link_fields,
	.count = COMPANY_LINK_FIELDS,
};

static const struct model_field fields[COMPANY_FIELDS] = {
	[COMPANY_REF] = {
		.name = "accountingPlatformRef",
		.column = "id",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the division's number",
	},
	[COMPANY_NAME] = {
		.name = "companyName",
		.column = "company_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the division's name",
	},
	[COMPANY_ADDRESSES] = {
		.name = "addresses",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &addresses,
		.note = "one, Billing",
	},
	[COMPANY_PHONE_NUMBERS] = {
		.name = "phoneNumbers",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &phones,
		.note = "one, Primary",
	},
	[COMPANY_WEB_LINKS] = {
		.name = "webLinks",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &links,
		.note = "the website",
	},
	[COMPANY_REGISTRATION_NUMBER] = {
		.name = "registrationNumber",
		.column = "registration_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "number in the trade register",
	},
	[COMPANY_TAX_NUMBER] = {
		.name = "taxNumber",
		.column = "tax_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "VAT number",
	},
	[COMPANY_BASE_CURRENCY] = {
		.name = "baseCurrency",
		.column = "base_currency",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "ISO 4217",
	},
	[COMPANY_CREATED_DATE] = {
		.name = "createdDate",
		.column = "created_date",
		.kind = MODEL_MOMENT,
		.note = "when the division was made",
	},
	[COMPANY_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.hidden = true,
		.note = "in SQL alone",
	},
	[COMPANY_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.hidden = true,
		.note = "in SQL alone",
	},
};

const struct model_type model_company = {
	.name = "company",
	.table = {
		.table = "company",
		.row = "company",
		.fields = fields,
		.count = COMPANY_FIELDS,
	},
	.is_deleted = COMPANY_IS_DELETED,
	.modified_date = COMPANY_MODIFIED_DATE,
};
