/*
 * The ledger's lines. They carry columns that invoices and bills are derived
 * from without one more call, and that payments will be derived from.
 */
#include "connector/entity.h"

static const struct feed_column line_columns[LINE_COLUMNS] = {
	[LINE_ACCOUNT] = { "Account", ENTITY_GUID },
	[LINE_ACCOUNT_CODE] = { "AccountCode" },
	[LINE_ACCOUNT_NAME] = { "AccountName" },
	[LINE_AMOUNT_DC] = { "AmountDC", ENTITY_NUMBER },
	[LINE_AMOUNT_FC] = { "AmountFC", ENTITY_NUMBER },
	[LINE_AMOUNT_VAT_BASE_FC] = { "AmountVATBaseFC", ENTITY_NUMBER },
	[LINE_AMOUNT_VAT_FC] = { "AmountVATFC", ENTITY_NUMBER },
	[LINE_COST_CENTER] = { "CostCenter" },
	[LINE_COST_CENTER_DESCRIPTION] = { "CostCenterDescription" },
	[LINE_COST_UNIT] = { "CostUnit" },
	[LINE_COST_UNIT_DESCRIPTION] = { "CostUnitDescription" },
	[LINE_CREATED] = { "Created", ENTITY_MOMENT },
	[LINE_CURRENCY] = { "Currency" },
	[LINE_DATE] = { "Date", ENTITY_MOMENT },
	[LINE_DESCRIPTION] = { "Description" },
	[LINE_DOCUMENT] = { "Document", ENTITY_GUID },
	[LINE_DOCUMENT_NUMBER] = { "DocumentNumber", ENTITY_NUMBER },
	[LINE_DOCUMENT_SUBJECT] = { "DocumentSubject" },
	[LINE_DUE_DATE] = { "DueDate", ENTITY_MOMENT },
	[LINE_ENTRY_NUMBER] = { "EntryNumber", ENTITY_NUMBER },
	[LINE_EXCHANGE_RATE] = { "ExchangeRate", ENTITY_NUMBER },
	[LINE_FINANCIAL_PERIOD] = { "FinancialPeriod", ENTITY_NUMBER },
	[LINE_FINANCIAL_YEAR] = { "FinancialYear", ENTITY_NUMBER },
	[LINE_GL_ACCOUNT] = { "GLAccount", ENTITY_GUID },
	[LINE_GL_ACCOUNT_CODE] = { "GLAccountCode" },
	[LINE_GL_ACCOUNT_DESCRIPTION] = { "GLAccountDescription" },
	[LINE_INVOICE_NUMBER] = { "InvoiceNumber", ENTITY_NUMBER },
	[LINE_ITEM] = { "Item", ENTITY_GUID },
	[LINE_ITEM_CODE] = { "ItemCode" },
	[LINE_ITEM_DESCRIPTION] = { "ItemDescription" },
	[LINE_JOURNAL_CODE] = { "JournalCode" },
	[LINE_JOURNAL_DESCRIPTION] = { "JournalDescription" },
	[LINE_LINE_NUMBER] = { "LineNumber", ENTITY_NUMBER },
	[LINE_LINE_TYPE] = { "LineType", ENTITY_NUMBER },
	[LINE_MODIFIED] = { "Modified", ENTITY_MOMENT },
	[LINE_OFFSET_ID] = { "OffsetID", ENTITY_GUID },
	[LINE_ORDER_NUMBER] = { "OrderNumber", ENTITY_NUMBER },
	[LINE_PAYMENT_DISCOUNT_AMOUNT] = { "PaymentDiscountAmount",
		ENTITY_NUMBER },
	[LINE_PAYMENT_REFERENCE] = { "PaymentReference" },
	[LINE_QUANTITY] = { "Quantity", ENTITY_NUMBER },
	[LINE_STATUS] = { "Status", ENTITY_NUMBER },
	[LINE_TYPE] = { "Type", ENTITY_NUMBER },
	[LINE_VAT_CODE] = { "VATCode" },
	[LINE_VAT_PERCENTAGE] = { "VATPercentage", ENTITY_NUMBER },
	[LINE_VAT_TYPE] = { "VATType" },
	[LINE_YOUR_REF] = { "YourRef" },
};

#define OF_HEADERS(name)                                                       \
	{                                                                      \
		.column = (name), .only_column = LINE_LINE_NUMBER,             \
		.value = "0"                                                   \
	}

static const struct feed_lookup line_lookups[LINE_LOOKUPS] = {
	[LINE_BY_ACCOUNT] = OF_HEADERS(LINE_ACCOUNT),
	[LINE_BY_DOCUMENT] = OF_HEADERS(LINE_DOCUMENT),
	[LINE_BY_ENTRY_NUMBER] = OF_HEADERS(LINE_ENTRY_NUMBER),
	[LINE_BY_INVOICE_NUMBER] = OF_HEADERS(LINE_INVOICE_NUMBER),
};

static const struct entity_ref line_refs[] = {
	{ LINE_ACCOUNT, &entity_relations, ENTITY_REF_ID },
	{ LINE_GL_ACCOUNT, &entity_gl_accounts, ENTITY_REF_ID },
	{ LINE_ITEM, &entity_items, ENTITY_REF_ID },
	{ LINE_JOURNAL_CODE, &entity_journals, EXACT_JOURNAL_CODE },
	{ LINE_VAT_CODE, &entity_vat_codes, VAT_CODE_CODE },
};

/* Headers and lines in one row set; EntryID groups them. */
const struct entity entity_transaction_lines = {
	.path = "sync/Financial/TransactionLines",
	.key = "ID",
	.group = "EntryID",
	.has_division = true,
	.refs = line_refs,
	.ref_count = sizeof(line_refs) / sizeof(line_refs[0]),
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.guess = { .rows_max = 5000000, .list = "financialtransaction/TransactionLines" },
	.probe = { .path = "sync/Financial/TransactionLines", .key = "ID", .filter = ENTITY_ALL_VERSIONS, .never_empty = true, .known_rows = true },
	.scope = "financial.accounting",
	.deleted_type = 1,
	.shape = {
		.name = "TransactionLines",
		.columns = line_columns,
		.count = LINE_COLUMNS,
		.lookups = line_lookups,
		.lookup_count = LINE_LOOKUPS,
	},
};
