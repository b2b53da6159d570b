/*
 * What the ledger and the documents refer to: accounts, journals, VAT codes,
 * cost centres and cost units, relations, items. These lists change rarely, and a run may go without
 * reading them (ENTITY_REFERENCE_MS).
 */
#include "connector/entity.h"

static const struct feed_column gl_account_columns[GL_ACCOUNT_COLUMNS] = {
	[GL_ACCOUNT_CODE] = { "Code" },
	[GL_ACCOUNT_DESCRIPTION] = { "Description" },
	[GL_ACCOUNT_TYPE] = { "Type", ENTITY_NUMBER },
	[GL_ACCOUNT_TYPE_DESCRIPTION] = { "TypeDescription" },
	[GL_ACCOUNT_BALANCE_SIDE] = { "BalanceSide" },
	[GL_ACCOUNT_BALANCE_TYPE] = { "BalanceType" },
	[GL_ACCOUNT_IS_BLOCKED] = { "IsBlocked", ENTITY_BOOLEAN },
	[GL_ACCOUNT_VAT_CODE] = { "VATCode" },
	[GL_ACCOUNT_CREATED] = { "Created", ENTITY_MOMENT },
	[GL_ACCOUNT_MODIFIED] = { "Modified", ENTITY_MOMENT },
};

static const struct entity_ref gl_account_refs[] = {
	{ GL_ACCOUNT_VAT_CODE, &entity_vat_codes, VAT_CODE_CODE },
};

const struct entity entity_gl_accounts = {
	.path = "sync/Financial/GLAccounts",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.refs = gl_account_refs,
	.ref_count = sizeof(gl_account_refs) / sizeof(gl_account_refs[0]),
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.guess = { .rows_max = 5000, .list = "financial/GLAccounts" },
	.probe = { .path = "sync/Financial/GLAccounts", .key = "ID", .filter = ENTITY_ALL_VERSIONS, .never_empty = true, .known_rows = true },
	.scope = "financial.generalledgers",
	.deleted_type = 7,
	.shape = {
		.name = "GLAccounts",
		.columns = gl_account_columns,
		.count = GL_ACCOUNT_COLUMNS,
	},
};

static const struct feed_column journal_columns[EXACT_JOURNAL_COLUMNS] = {
	[EXACT_JOURNAL_CODE] = { "Code" },
	[EXACT_JOURNAL_DESCRIPTION] = { "Description" },
	[EXACT_JOURNAL_TYPE] = { "Type", ENTITY_NUMBER },
	[EXACT_JOURNAL_CURRENCY] = { "Currency" },
	[EXACT_JOURNAL_GL_ACCOUNT] = { "GLAccount", ENTITY_GUID },
	[EXACT_JOURNAL_GL_ACCOUNT_CODE] = { "GLAccountCode" },
	[EXACT_JOURNAL_IS_BLOCKED] = { "IsBlocked", ENTITY_BOOLEAN },
	[EXACT_JOURNAL_CREATED] = { "Created", ENTITY_MOMENT },
	[EXACT_JOURNAL_MODIFIED] = { "Modified", ENTITY_MOMENT },
};

static const struct entity_ref journal_refs[] = {
	{ EXACT_JOURNAL_GL_ACCOUNT, &entity_gl_accounts, ENTITY_REF_ID },
};

/* There is no sync or bulk twin; the list is short. */
const struct entity entity_journals = {
	.path = "financial/Journals",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.refs = journal_refs,
	.ref_count = sizeof(journal_refs) / sizeof(journal_refs[0]),
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.guess = { .rows_max = 240, .list = "financial/Journals" },
	.scope = "financial.generalledgers",
	.shape = {
		.name = "Journals",
		.columns = journal_columns,
		.count = EXACT_JOURNAL_COLUMNS,
	},
};

static const struct feed_column vat_code_columns[VAT_CODE_COLUMNS] = {
	[VAT_CODE_CODE] = { "Code" },
	[VAT_CODE_DESCRIPTION] = { "Description" },
	[VAT_CODE_PERCENTAGE] = { "Percentage", ENTITY_NUMBER },
	[VAT_CODE_IS_BLOCKED] = { "IsBlocked", ENTITY_BOOLEAN },
	[VAT_CODE_MODIFIED] = { "Modified", ENTITY_MOMENT },
};

/* There is no sync or bulk twin; the list is short. */
const struct entity entity_vat_codes = {
	.path = "vat/VATCodes",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.guess = { .rows_max = 300 },
	.scope = "financial.accounting",
	.shape = {
		.name = "VATCodes",
		.columns = vat_code_columns,
		.count = VAT_CODE_COLUMNS,
	},
};

static const struct feed_column cost_columns[COST_COLUMNS] = {
	[COST_CODE] = { "Code" },
	[COST_DESCRIPTION] = { "Description" },
	[COST_END_DATE] = { "EndDate", ENTITY_MOMENT },
	[COST_MODIFIED] = { "Modified", ENTITY_MOMENT },
};

/* Neither list has a sync or bulk twin; both are short. */
const struct entity entity_cost_centers = {
	.path = "hrm/Costcenters",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.guess = { .rows_max = 1000 },
	.probe = { .path = "hrm/Costcenters", .key = "ID", .known_rows = true },
	.scope = "financial.costcenters",
	.shape = {
		.name = "Costcenters",
		.columns = cost_columns,
		.count = COST_COLUMNS,
	},
};

const struct entity entity_cost_units = {
	.path = "hrm/Costunits",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.guess = { .rows_max = 1000 },
	.scope = "financial.costcenters",
	.shape = {
		.name = "Costunits",
		.columns = cost_columns,
		.count = COST_COLUMNS,
	},
};

static const struct feed_column relation_columns[RELATION_COLUMNS] = {
	[RELATION_ADDRESS_LINE1] = { "AddressLine1" },
	[RELATION_ADDRESS_LINE2] = { "AddressLine2" },
	[RELATION_BLOCKED] = { "Blocked", ENTITY_BOOLEAN },
	[RELATION_CHAMBER_OF_COMMERCE] = { "ChamberOfCommerce" },
	[RELATION_CITY] = { "City" },
	[RELATION_CODE] = { "Code" },
	[RELATION_COUNTRY] = { "Country" },
	[RELATION_EMAIL] = { "Email" },
	[RELATION_IS_SUPPLIER] = { "IsSupplier", ENTITY_BOOLEAN },
	[RELATION_MODIFIED] = { "Modified", ENTITY_MOMENT },
	[RELATION_NAME] = { "Name" },
	[RELATION_PHONE] = { "Phone" },
	[RELATION_POSTCODE] = { "Postcode" },
	[RELATION_PURCHASE_CURRENCY] = { "PurchaseCurrency" },
	[RELATION_SALES_CURRENCY] = { "SalesCurrency" },
	[RELATION_STATE] = { "State" },
	[RELATION_STATUS] = { "Status" },
	[RELATION_VAT_NUMBER] = { "VATNumber" },
};

const struct entity entity_relations = {
	.path = "sync/CRM/Accounts",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.guess = { .rows_max = 300000, .list = "crm/Accounts" },
	.probe = { .path = "crm/Accounts", .key = "ID", .filter = ENTITY_SINCE_EVER, .known_rows = true },
	.scope = "crm.accounts",
	.deleted_type = 2,
	.shape = {
		.name = "Accounts",
		.columns = relation_columns,
		.count = RELATION_COLUMNS,
	},
};

static const struct feed_column item_columns[EXACT_ITEM_COLUMNS] = {
	[EXACT_ITEM_CODE] = { "Code" },
	[EXACT_ITEM_COST_PRICE_STANDARD] = { "CostPriceStandard",
		ENTITY_NUMBER },
	[EXACT_ITEM_DESCRIPTION] = { "Description" },
	[EXACT_ITEM_END_DATE] = { "EndDate", ENTITY_MOMENT },
	[EXACT_ITEM_GL_COSTS] = { "GLCosts", ENTITY_GUID },
	[EXACT_ITEM_GL_REVENUE] = { "GLRevenue", ENTITY_GUID },
	[EXACT_ITEM_IS_PURCHASE_ITEM] = { "IsPurchaseItem", ENTITY_BOOLEAN },
	[EXACT_ITEM_IS_SALES_ITEM] = { "IsSalesItem", ENTITY_BOOLEAN },
	[EXACT_ITEM_IS_STOCK_ITEM] = { "IsStockItem", ENTITY_BOOLEAN },
	[EXACT_ITEM_MODIFIED] = { "Modified", ENTITY_MOMENT },
	[EXACT_ITEM_SALES_VAT_CODE] = { "SalesVatCode" },
	[EXACT_ITEM_STANDARD_SALES_PRICE] = { "StandardSalesPrice",
		ENTITY_NUMBER },
};

static const struct entity_ref item_refs[] = {
	{ EXACT_ITEM_GL_COSTS, &entity_gl_accounts, ENTITY_REF_ID },
	{ EXACT_ITEM_GL_REVENUE, &entity_gl_accounts, ENTITY_REF_ID },
	{ EXACT_ITEM_SALES_VAT_CODE, &entity_vat_codes, VAT_CODE_CODE },
};

/* The sync twin does not have the sales price. */
const struct entity entity_items = {
	.path = "bulk/Logistics/Items",
	.key = "ID",
	.has_division = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.refs = item_refs,
	.ref_count = sizeof(item_refs) / sizeof(item_refs[0]),
	.cursor = ENTITY_WHOLE,
	.page_size = 1000,
	.guess = { .rows_max = 200000, .list = "logistics/Items" },
	.probe = { .path = "logistics/Items", .key = "ID", .filter = ENTITY_SINCE_EVER, .known_rows = true },
	.scope = "logistics.items",
	.shape = {
		.name = "Items",
		.columns = item_columns,
		.count = EXACT_ITEM_COLUMNS,
	},
};
