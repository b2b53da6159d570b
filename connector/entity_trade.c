/*
 * Whom the company trades with and in what, the invoices that are no entries
 * yet, and what is open.
 */
#include "connector/entity.h"

static const char *const relation_columns[RELATION_COLUMNS] = {
	[RELATION_ADDRESS_LINE1] = "AddressLine1",
	[RELATION_ADDRESS_LINE2] = "AddressLine2",
	[RELATION_BLOCKED] = "Blocked",
	[RELATION_CHAMBER_OF_COMMERCE] = "ChamberOfCommerce",
	[RELATION_CITY] = "City",
	[RELATION_CODE] = "Code",
	[RELATION_COUNTRY] = "Country",
	[RELATION_EMAIL] = "Email",
	[RELATION_IS_SUPPLIER] = "IsSupplier",
	[RELATION_MODIFIED] = "Modified",
	[RELATION_NAME] = "Name",
	[RELATION_PHONE] = "Phone",
	[RELATION_POSTCODE] = "Postcode",
	[RELATION_PURCHASE_CURRENCY] = "PurchaseCurrency",
	[RELATION_SALES_CURRENCY] = "SalesCurrency",
	[RELATION_STATE] = "State",
	[RELATION_STATUS] = "Status",
	[RELATION_VAT_NUMBER] = "VATNumber",
};

static const enum entity_kind relation_kinds[RELATION_COLUMNS] = {
	[RELATION_BLOCKED] = ENTITY_BOOLEAN,
	[RELATION_IS_SUPPLIER] = ENTITY_BOOLEAN,
	[RELATION_MODIFIED] = ENTITY_MOMENT,
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
	.kinds = relation_kinds,
};

static const char *const item_columns[EXACT_ITEM_COLUMNS] = {
	[EXACT_ITEM_CODE] = "Code",
	[EXACT_ITEM_COST_PRICE_STANDARD] = "CostPriceStandard",
	[EXACT_ITEM_DESCRIPTION] = "Description",
	[EXACT_ITEM_END_DATE] = "EndDate",
	[EXACT_ITEM_GL_COSTS] = "GLCosts",
	[EXACT_ITEM_GL_REVENUE] = "GLRevenue",
	[EXACT_ITEM_IS_PURCHASE_ITEM] = "IsPurchaseItem",
	[EXACT_ITEM_IS_SALES_ITEM] = "IsSalesItem",
	[EXACT_ITEM_IS_STOCK_ITEM] = "IsStockItem",
	[EXACT_ITEM_MODIFIED] = "Modified",
	[EXACT_ITEM_SALES_VAT_CODE] = "SalesVatCode",
	[EXACT_ITEM_STANDARD_SALES_PRICE] = "StandardSalesPrice",
};

static const enum entity_kind item_kinds[EXACT_ITEM_COLUMNS] = {
	[EXACT_ITEM_COST_PRICE_STANDARD] = ENTITY_NUMBER,
	[EXACT_ITEM_END_DATE] = ENTITY_MOMENT,
	[EXACT_ITEM_GL_COSTS] = ENTITY_GUID,
	[EXACT_ITEM_GL_REVENUE] = ENTITY_GUID,
	[EXACT_ITEM_IS_PURCHASE_ITEM] = ENTITY_BOOLEAN,
	[EXACT_ITEM_IS_SALES_ITEM] = ENTITY_BOOLEAN,
	[EXACT_ITEM_IS_STOCK_ITEM] = ENTITY_BOOLEAN,
	[EXACT_ITEM_MODIFIED] = ENTITY_MOMENT,
	[EXACT_ITEM_STANDARD_SALES_PRICE] = ENTITY_NUMBER,
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
	.kinds = item_kinds,
};

static const char *const sales_invoice_columns[SALES_INVOICE_COLUMNS] = {
	[SALES_INVOICE_AMOUNT_DC] = "AmountDC",
	[SALES_INVOICE_AMOUNT_FC] = "AmountFC",
	[SALES_INVOICE_CURRENCY] = "Currency",
	[SALES_INVOICE_DESCRIPTION] = "Description",
	[SALES_INVOICE_DOCUMENT] = "Document",
	[SALES_INVOICE_DUE_DATE] = "DueDate",
	[SALES_INVOICE_GL_ACCOUNT] = "GLAccount",
	[SALES_INVOICE_GL_ACCOUNT_DESCRIPTION] = "GLAccountDescription",
	[SALES_INVOICE_INVOICE_DATE] = "InvoiceDate",
	[SALES_INVOICE_INVOICE_NUMBER] = "InvoiceNumber",
	[SALES_INVOICE_INVOICE_TO] = "InvoiceTo",
	[SALES_INVOICE_INVOICE_TO_NAME] = "InvoiceToName",
	[SALES_INVOICE_ITEM] = "Item",
	[SALES_INVOICE_ITEM_DESCRIPTION] = "ItemDescription",
	[SALES_INVOICE_LINE_NUMBER] = "LineNumber",
	[SALES_INVOICE_MODIFIED] = "Modified",
	[SALES_INVOICE_ORDER_DATE] = "OrderDate",
	[SALES_INVOICE_QUANTITY] = "Quantity",
	[SALES_INVOICE_STATUS] = "Status",
	[SALES_INVOICE_TYPE] = "Type",
	[SALES_INVOICE_VAT_AMOUNT_FC] = "VATAmountFC",
	[SALES_INVOICE_VAT_CODE] = "VATCode",
	[SALES_INVOICE_VAT_PERCENTAGE] = "VATPercentage",
};

static const enum entity_kind sales_invoice_kinds[SALES_INVOICE_COLUMNS] = {
	[SALES_INVOICE_AMOUNT_DC] = ENTITY_NUMBER,
	[SALES_INVOICE_AMOUNT_FC] = ENTITY_NUMBER,
	[SALES_INVOICE_DOCUMENT] = ENTITY_GUID,
	[SALES_INVOICE_DUE_DATE] = ENTITY_MOMENT,
	[SALES_INVOICE_GL_ACCOUNT] = ENTITY_GUID,
	[SALES_INVOICE_INVOICE_DATE] = ENTITY_MOMENT,
	[SALES_INVOICE_INVOICE_NUMBER] = ENTITY_NUMBER,
	[SALES_INVOICE_INVOICE_TO] = ENTITY_GUID,
	[SALES_INVOICE_ITEM] = ENTITY_GUID,
	[SALES_INVOICE_LINE_NUMBER] = ENTITY_NUMBER,
	[SALES_INVOICE_MODIFIED] = ENTITY_MOMENT,
	[SALES_INVOICE_ORDER_DATE] = ENTITY_MOMENT,
	[SALES_INVOICE_QUANTITY] = ENTITY_NUMBER,
	[SALES_INVOICE_STATUS] = ENTITY_NUMBER,
	[SALES_INVOICE_TYPE] = ENTITY_NUMBER,
	[SALES_INVOICE_VAT_AMOUNT_FC] = ENTITY_NUMBER,
	[SALES_INVOICE_VAT_PERCENTAGE] = ENTITY_NUMBER,
};

#define OF_INVOICES(name)                                                      \
	{                                                                      \
		.column = (name), .only_column = SALES_INVOICE_LINE_NUMBER,    \
		.value = "0"                                                   \
	}

static const struct feed_lookup sales_invoice_lookups[SALES_INVOICE_LOOKUPS] = {
	[SALES_INVOICE_BY_CUSTOMER] = OF_INVOICES(SALES_INVOICE_INVOICE_TO),
	[SALES_INVOICE_BY_DOCUMENT] = OF_INVOICES(SALES_INVOICE_DOCUMENT),
	[SALES_INVOICE_BY_NUMBER] = OF_INVOICES(SALES_INVOICE_INVOICE_NUMBER),
};

static const struct entity_ref sales_invoice_refs[] = {
	{ SALES_INVOICE_GL_ACCOUNT, &entity_gl_accounts, ENTITY_REF_ID },
	{ SALES_INVOICE_INVOICE_TO, &entity_relations, ENTITY_REF_ID },
	{ SALES_INVOICE_ITEM, &entity_items, ENTITY_REF_ID },
	{ SALES_INVOICE_VAT_CODE, &entity_vat_codes, VAT_CODE_CODE },
};

const struct entity entity_sales_invoices = {
	.path = "sync/SalesInvoice/SalesInvoices",
	.key = "ID",
	.group = "InvoiceID",
	.has_division = true,
	.refs = sales_invoice_refs,
	.ref_count = sizeof(sales_invoice_refs) / sizeof(sales_invoice_refs[0]),
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.guess = { .rows_max = 3000000, .list = "salesinvoice/SalesInvoiceLines", .headers = true },
	.probe = { .path = "salesinvoice/SalesInvoices", .key = "InvoiceID", .filter = ENTITY_SINCE_EVER, .known_rows = true },
	.scope = "sales.invoices",
	.deleted_type = 13,
	.shape = {
		.name = "SalesInvoices",
		.columns = sales_invoice_columns,
		.count = SALES_INVOICE_COLUMNS,
		.lookups = sales_invoice_lookups,
		.lookup_count = SALES_INVOICE_LOOKUPS,
	},
	.kinds = sales_invoice_kinds,
};

static const char *const receivable_columns[RECEIVABLE_COLUMNS] = {
	[RECEIVABLE_ACCOUNT] = "Account",
	[RECEIVABLE_AMOUNT_FC] = "AmountFC",
	[RECEIVABLE_CURRENCY] = "Currency",
	[RECEIVABLE_IS_FULLY_PAID] = "IsFullyPaid",
	[RECEIVABLE_LAST_PAYMENT_DATE] = "LastPaymentDate",
	[RECEIVABLE_STATUS] = "Status",
};

static const enum entity_kind receivable_kinds[RECEIVABLE_COLUMNS] = {
	[RECEIVABLE_ACCOUNT] = ENTITY_GUID,
	[RECEIVABLE_AMOUNT_FC] = ENTITY_NUMBER,
	[RECEIVABLE_IS_FULLY_PAID] = ENTITY_BOOLEAN,
	[RECEIVABLE_LAST_PAYMENT_DATE] = ENTITY_MOMENT,
	[RECEIVABLE_STATUS] = ENTITY_NUMBER,
};

static const struct entity_ref receivable_refs[] = {
	{ RECEIVABLE_ACCOUNT, &entity_relations, ENTITY_REF_ID },
};

/* The sync twin, which has both sides, takes financial.cashflow: a scope
 * that is not on the recommended list. */
const struct entity entity_receivables = {
	.path = "bulk/Cashflow/Receivables",
	.key = "ID",
	.group = "TransactionEntryID",
	.group_optional = true,
	.has_division = true,
	.follows = &entity_transaction_lines,
	.refs = receivable_refs,
	.ref_count = sizeof(receivable_refs) / sizeof(receivable_refs[0]),
	.cursor = ENTITY_WHOLE,
	.page_size = 1000,
	.guess = { .rows_max = 1000000, .list = "cashflow/Receivables" },
	.probe = { .path = "read/financial/ReceivablesList", .key = "HID" },
	.scope = "financial.receivables",
	.shape = {
		.name = "Receivables",
		.columns = receivable_columns,
		.count = RECEIVABLE_COLUMNS,
	},
	.kinds = receivable_kinds,
};

static const char *const payable_columns[PAYABLE_COLUMNS] = {
	[PAYABLE_ACCOUNT_ID] = "AccountId",
	[PAYABLE_AMOUNT] = "Amount",
	[PAYABLE_CURRENCY_CODE] = "CurrencyCode",
	[PAYABLE_INVOICE_DATE] = "InvoiceDate",
	[PAYABLE_JOURNAL_CODE] = "JournalCode",
};

static const enum entity_kind payable_kinds[PAYABLE_COLUMNS] = {
	[PAYABLE_ACCOUNT_ID] = ENTITY_GUID,
	[PAYABLE_AMOUNT] = ENTITY_NUMBER,
	[PAYABLE_INVOICE_DATE] = ENTITY_MOMENT,
};

static const struct entity_ref payable_refs[] = {
	{ PAYABLE_ACCOUNT_ID, &entity_relations, ENTITY_REF_ID },
};

/* What is open, and nothing else; its rows don't tell their division. */
const struct entity entity_payables = {
	.path = "read/financial/PayablesList",
	.key = "HID",
	.group = "EntryNumber",
	.group_optional = true,
	.follows = &entity_transaction_lines,
	.refs = payable_refs,
	.ref_count = sizeof(payable_refs) / sizeof(payable_refs[0]),
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.guess = { .rows_max = 20000, .list = "read/financial/PayablesList" },
	.probe = { .path = "read/financial/PayablesList", .key = "HID" },
	.scope = "financial.payables",
	.shape = {
		.name = "PayablesList",
		.columns = payable_columns,
		.count = PAYABLE_COLUMNS,
	},
	.kinds = payable_kinds,
};
