/*
 * Sales invoices, and what is open of invoices and bills.
 */
#include "connector/entity.h"

static const struct feed_column sales_invoice_columns[SALES_INVOICE_COLUMNS] = {
	[SALES_INVOICE_AMOUNT_DC] = { "AmountDC", ENTITY_NUMBER },
	[SALES_INVOICE_AMOUNT_FC] = { "AmountFC", ENTITY_NUMBER },
	[SALES_INVOICE_CURRENCY] = { "Currency" },
	[SALES_INVOICE_DESCRIPTION] = { "Description" },
	[SALES_INVOICE_DOCUMENT] = { "Document", ENTITY_GUID },
	[SALES_INVOICE_DUE_DATE] = { "DueDate", ENTITY_MOMENT },
	[SALES_INVOICE_GL_ACCOUNT] = { "GLAccount", ENTITY_GUID },
	[SALES_INVOICE_GL_ACCOUNT_DESCRIPTION] = { "GLAccountDescription" },
	[SALES_INVOICE_INVOICE_DATE] = { "InvoiceDate", ENTITY_MOMENT },
	[SALES_INVOICE_INVOICE_NUMBER] = { "InvoiceNumber", ENTITY_NUMBER },
	[SALES_INVOICE_INVOICE_TO] = { "InvoiceTo", ENTITY_GUID },
	[SALES_INVOICE_INVOICE_TO_NAME] = { "InvoiceToName" },
	[SALES_INVOICE_ITEM] = { "Item", ENTITY_GUID },
	[SALES_INVOICE_ITEM_DESCRIPTION] = { "ItemDescription" },
	[SALES_INVOICE_LINE_NUMBER] = { "LineNumber", ENTITY_NUMBER },
	[SALES_INVOICE_MODIFIED] = { "Modified", ENTITY_MOMENT },
	[SALES_INVOICE_ORDER_DATE] = { "OrderDate", ENTITY_MOMENT },
	[SALES_INVOICE_QUANTITY] = { "Quantity", ENTITY_NUMBER },
	[SALES_INVOICE_STATUS] = { "Status", ENTITY_NUMBER },
	[SALES_INVOICE_TYPE] = { "Type", ENTITY_NUMBER },
	[SALES_INVOICE_VAT_AMOUNT_FC] = { "VATAmountFC", ENTITY_NUMBER },
	[SALES_INVOICE_VAT_CODE] = { "VATCode" },
	[SALES_INVOICE_VAT_PERCENTAGE] = { "VATPercentage", ENTITY_NUMBER },
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
};

static const struct feed_column receivable_columns[RECEIVABLE_COLUMNS] = {
	[RECEIVABLE_ACCOUNT] = { "Account", ENTITY_GUID },
	[RECEIVABLE_AMOUNT_FC] = { "AmountFC", ENTITY_NUMBER },
	[RECEIVABLE_CURRENCY] = { "Currency" },
	[RECEIVABLE_IS_FULLY_PAID] = { "IsFullyPaid", ENTITY_BOOLEAN },
	[RECEIVABLE_LAST_PAYMENT_DATE] = { "LastPaymentDate", ENTITY_MOMENT },
	[RECEIVABLE_STATUS] = { "Status", ENTITY_NUMBER },
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
};

static const struct feed_column payable_columns[PAYABLE_COLUMNS] = {
	[PAYABLE_ACCOUNT_ID] = { "AccountId", ENTITY_GUID },
	[PAYABLE_AMOUNT] = { "Amount", ENTITY_NUMBER },
	[PAYABLE_CURRENCY_CODE] = { "CurrencyCode" },
	[PAYABLE_INVOICE_DATE] = { "InvoiceDate", ENTITY_MOMENT },
	[PAYABLE_JOURNAL_CODE] = { "JournalCode" },
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
};
