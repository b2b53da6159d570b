/*
 * The ledger and what it names: accounts, journals, VAT codes. Its lines carry
 * columns that invoices and bills are derived from without one more call, and
 * payments will be.
 */
#include "connector/entity.h"

static const char *const gl_account_columns[GL_ACCOUNT_COLUMNS] = {
	[GL_ACCOUNT_CODE] = "Code",
	[GL_ACCOUNT_DESCRIPTION] = "Description",
	[GL_ACCOUNT_TYPE] = "Type",
	[GL_ACCOUNT_TYPE_DESCRIPTION] = "TypeDescription",
	[GL_ACCOUNT_BALANCE_SIDE] = "BalanceSide",
	[GL_ACCOUNT_BALANCE_TYPE] = "BalanceType",
	[GL_ACCOUNT_IS_BLOCKED] = "IsBlocked",
	[GL_ACCOUNT_VAT_CODE] = "VATCode",
	[GL_ACCOUNT_CREATED] = "Created",
	[GL_ACCOUNT_MODIFIED] = "Modified",
};

static const enum entity_kind gl_account_kinds[GL_ACCOUNT_COLUMNS] = {
	[GL_ACCOUNT_TYPE] = ENTITY_NUMBER,
	[GL_ACCOUNT_IS_BLOCKED] = ENTITY_BOOLEAN,
	[GL_ACCOUNT_CREATED] = ENTITY_MOMENT,
	[GL_ACCOUNT_MODIFIED] = ENTITY_MOMENT,
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
	.kinds = gl_account_kinds,
};

static const char *const journal_columns[EXACT_JOURNAL_COLUMNS] = {
	[EXACT_JOURNAL_CODE] = "Code",
	[EXACT_JOURNAL_DESCRIPTION] = "Description",
	[EXACT_JOURNAL_TYPE] = "Type",
	[EXACT_JOURNAL_CURRENCY] = "Currency",
	[EXACT_JOURNAL_GL_ACCOUNT] = "GLAccount",
	[EXACT_JOURNAL_GL_ACCOUNT_CODE] = "GLAccountCode",
	[EXACT_JOURNAL_IS_BLOCKED] = "IsBlocked",
	[EXACT_JOURNAL_CREATED] = "Created",
	[EXACT_JOURNAL_MODIFIED] = "Modified",
};

static const enum entity_kind journal_kinds[EXACT_JOURNAL_COLUMNS] = {
	[EXACT_JOURNAL_TYPE] = ENTITY_NUMBER,
	[EXACT_JOURNAL_GL_ACCOUNT] = ENTITY_GUID,
	[EXACT_JOURNAL_IS_BLOCKED] = ENTITY_BOOLEAN,
	[EXACT_JOURNAL_CREATED] = ENTITY_MOMENT,
	[EXACT_JOURNAL_MODIFIED] = ENTITY_MOMENT,
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
	.kinds = journal_kinds,
};

static const char *const vat_code_columns[VAT_CODE_COLUMNS] = {
	[VAT_CODE_CODE] = "Code",
	[VAT_CODE_DESCRIPTION] = "Description",
	[VAT_CODE_PERCENTAGE] = "Percentage",
	[VAT_CODE_IS_BLOCKED] = "IsBlocked",
	[VAT_CODE_MODIFIED] = "Modified",
};

static const enum entity_kind vat_code_kinds[VAT_CODE_COLUMNS] = {
	[VAT_CODE_PERCENTAGE] = ENTITY_NUMBER,
	[VAT_CODE_IS_BLOCKED] = ENTITY_BOOLEAN,
	[VAT_CODE_MODIFIED] = ENTITY_MOMENT,
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
	.kinds = vat_code_kinds,
};

static const char *const line_columns[LINE_COLUMNS] = {
	[LINE_ACCOUNT] = "Account",
	[LINE_ACCOUNT_CODE] = "AccountCode",
	[LINE_ACCOUNT_NAME] = "AccountName",
	[LINE_AMOUNT_DC] = "AmountDC",
	[LINE_AMOUNT_FC] = "AmountFC",
	[LINE_AMOUNT_VAT_BASE_FC] = "AmountVATBaseFC",
	[LINE_AMOUNT_VAT_FC] = "AmountVATFC",
	[LINE_COST_CENTER] = "CostCenter",
	[LINE_COST_CENTER_DESCRIPTION] = "CostCenterDescription",
	[LINE_COST_UNIT] = "CostUnit",
	[LINE_COST_UNIT_DESCRIPTION] = "CostUnitDescription",
	[LINE_CREATED] = "Created",
	[LINE_CURRENCY] = "Currency",
	[LINE_DATE] = "Date",
	[LINE_DESCRIPTION] = "Description",
	[LINE_DOCUMENT] = "Document",
	[LINE_DOCUMENT_NUMBER] = "DocumentNumber",
	[LINE_DOCUMENT_SUBJECT] = "DocumentSubject",
	[LINE_DUE_DATE] = "DueDate",
	[LINE_ENTRY_NUMBER] = "EntryNumber",
	[LINE_EXCHANGE_RATE] = "ExchangeRate",
	[LINE_FINANCIAL_PERIOD] = "FinancialPeriod",
	[LINE_FINANCIAL_YEAR] = "FinancialYear",
	[LINE_GL_ACCOUNT] = "GLAccount",
	[LINE_GL_ACCOUNT_CODE] = "GLAccountCode",
	[LINE_GL_ACCOUNT_DESCRIPTION] = "GLAccountDescription",
	[LINE_INVOICE_NUMBER] = "InvoiceNumber",
	[LINE_ITEM] = "Item",
	[LINE_ITEM_CODE] = "ItemCode",
	[LINE_ITEM_DESCRIPTION] = "ItemDescription",
	[LINE_JOURNAL_CODE] = "JournalCode",
	[LINE_JOURNAL_DESCRIPTION] = "JournalDescription",
	[LINE_LINE_NUMBER] = "LineNumber",
	[LINE_LINE_TYPE] = "LineType",
	[LINE_MODIFIED] = "Modified",
	[LINE_OFFSET_ID] = "OffsetID",
	[LINE_ORDER_NUMBER] = "OrderNumber",
	[LINE_PAYMENT_DISCOUNT_AMOUNT] = "PaymentDiscountAmount",
	[LINE_PAYMENT_REFERENCE] = "PaymentReference",
	[LINE_QUANTITY] = "Quantity",
	[LINE_STATUS] = "Status",
	[LINE_TYPE] = "Type",
	[LINE_VAT_CODE] = "VATCode",
	[LINE_VAT_PERCENTAGE] = "VATPercentage",
	[LINE_VAT_TYPE] = "VATType",
	[LINE_YOUR_REF] = "YourRef",
};

static const enum entity_kind line_kinds[LINE_COLUMNS] = {
	[LINE_ACCOUNT] = ENTITY_GUID,
	[LINE_AMOUNT_DC] = ENTITY_NUMBER,
	[LINE_AMOUNT_FC] = ENTITY_NUMBER,
	[LINE_AMOUNT_VAT_BASE_FC] = ENTITY_NUMBER,
	[LINE_AMOUNT_VAT_FC] = ENTITY_NUMBER,
	[LINE_CREATED] = ENTITY_MOMENT,
	[LINE_DATE] = ENTITY_MOMENT,
	[LINE_DOCUMENT] = ENTITY_GUID,
	[LINE_DOCUMENT_NUMBER] = ENTITY_NUMBER,
	[LINE_DUE_DATE] = ENTITY_MOMENT,
	[LINE_ENTRY_NUMBER] = ENTITY_NUMBER,
	[LINE_EXCHANGE_RATE] = ENTITY_NUMBER,
	[LINE_FINANCIAL_PERIOD] = ENTITY_NUMBER,
	[LINE_FINANCIAL_YEAR] = ENTITY_NUMBER,
	[LINE_GL_ACCOUNT] = ENTITY_GUID,
	[LINE_INVOICE_NUMBER] = ENTITY_NUMBER,
	[LINE_ITEM] = ENTITY_GUID,
	[LINE_LINE_NUMBER] = ENTITY_NUMBER,
	[LINE_LINE_TYPE] = ENTITY_NUMBER,
	[LINE_MODIFIED] = ENTITY_MOMENT,
	[LINE_OFFSET_ID] = ENTITY_GUID,
	[LINE_ORDER_NUMBER] = ENTITY_NUMBER,
	[LINE_PAYMENT_DISCOUNT_AMOUNT] = ENTITY_NUMBER,
	[LINE_QUANTITY] = ENTITY_NUMBER,
	[LINE_STATUS] = ENTITY_NUMBER,
	[LINE_TYPE] = ENTITY_NUMBER,
	[LINE_VAT_PERCENTAGE] = ENTITY_NUMBER,
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
	.kinds = line_kinds,
};
