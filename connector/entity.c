/*
 * One row an entity. Only what a data type needs is selected: the ledger
 * lines carry columns that invoices and bills are derived from without one
 * more call, and payments will be; names of users, bank numbers, free notes and other
 * personal data that no data type needs are never asked for.
 *
 * Adding a column changes entity_selection(), and the next run reads that
 * feed again from its beginning. (The facts: doc/exact-online-facts.md.)
 */
#include "connector/entity.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static const char *const deleted_columns[DELETED_COLUMNS] = {
	[DELETED_ENTITY_KEY] = "EntityKey",
	[DELETED_ENTITY_TYPE] = "EntityType",
};

static const enum entity_kind deleted_kinds[DELETED_COLUMNS] = {
	[DELETED_ENTITY_KEY] = ENTITY_GUID,
	[DELETED_ENTITY_TYPE] = ENTITY_NUMBER,
};

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

static const char *const division_columns[DIVISION_COLUMNS] = {
	[DIVISION_ADDRESS_LINE1] = "AddressLine1",
	[DIVISION_ADDRESS_LINE2] = "AddressLine2",
	[DIVISION_BLOCKING_STATUS] = "BlockingStatus",
	[DIVISION_CHAMBER_OF_COMMERCE_NUMBER] = "ChamberOfCommerceNumber",
	[DIVISION_CITY] = "City",
	[DIVISION_COUNTRY] = "Country",
	[DIVISION_CREATED] = "Created",
	[DIVISION_CURRENCY] = "Currency",
	[DIVISION_DESCRIPTION] = "Description",
	[DIVISION_MOVE_DATE] = "DivisionMoveDate",
	[DIVISION_PHONE] = "Phone",
	[DIVISION_POSTCODE] = "Postcode",
	[DIVISION_STATE] = "State",
	[DIVISION_STATUS] = "Status",
	[DIVISION_VAT_NUMBER] = "VATNumber",
	[DIVISION_WEBSITE] = "Website",
};

static const enum entity_kind division_kinds[DIVISION_COLUMNS] = {
	[DIVISION_BLOCKING_STATUS] = ENTITY_NUMBER,
	[DIVISION_CREATED] = ENTITY_MOMENT,
	[DIVISION_MOVE_DATE] = ENTITY_MOMENT,
	[DIVISION_STATUS] = ENTITY_NUMBER,
};

static const char *const me_columns[ME_COLUMNS] = {
	[ME_SERVER_TIME] = "ServerTime",
	[ME_SERVER_UTC_OFFSET] = "ServerUtcOffset",
};

static const enum entity_kind me_kinds[ME_COLUMNS] = {
	[ME_SERVER_UTC_OFFSET] = ENTITY_NUMBER,
};

const struct entity entity_gl_accounts = {
	.path = "sync/Financial/GLAccounts",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.scope = "financial.generalledgers",
	.deleted_type = 7,
	.shape = { "GLAccounts", gl_account_columns, GL_ACCOUNT_COLUMNS },
	.kinds = gl_account_kinds,
};

/* There is no sync or bulk twin; the list is short. */
const struct entity entity_journals = {
	.path = "financial/Journals",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.scope = "financial.generalledgers",
	.shape = { "Journals", journal_columns, EXACT_JOURNAL_COLUMNS },
	.kinds = journal_kinds,
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

/* Headers and lines in one row set; EntryID groups them. */
const struct entity entity_transaction_lines = {
	.path = "sync/Financial/TransactionLines",
	.key = "ID",
	.group = "EntryID",
	.has_division = true,
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.scope = "financial.accounting",
	.deleted_type = 1,
	.shape = { "TransactionLines", line_columns, LINE_COLUMNS, line_lookups,
		LINE_LOOKUPS },
	.kinds = line_kinds,
};

/* There is no sync or bulk twin; the list is short. */
const struct entity entity_vat_codes = {
	.path = "vat/VATCodes",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.scope = "financial.accounting",
	.shape = { "VATCodes", vat_code_columns, VAT_CODE_COLUMNS },
	.kinds = vat_code_kinds,
};

const struct entity entity_relations = {
	.path = "sync/CRM/Accounts",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.scope = "crm.accounts",
	.deleted_type = 2,
	.shape = { "Accounts", relation_columns, RELATION_COLUMNS },
	.kinds = relation_kinds,
};

/* The sync twin does not have the sales price. */
const struct entity entity_items = {
	.path = "bulk/Logistics/Items",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_WHOLE,
	.page_size = 1000,
	.scope = "logistics.items",
	.shape = { "Items", item_columns, EXACT_ITEM_COLUMNS },
	.kinds = item_kinds,
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

const struct entity entity_sales_invoices = {
	.path = "sync/SalesInvoice/SalesInvoices",
	.key = "ID",
	.group = "InvoiceID",
	.has_division = true,
	.cursor = ENTITY_TIMESTAMP,
	.page_size = 1000,
	.scope = "sales.invoices",
	.deleted_type = 13,
	.shape = { "SalesInvoices", sales_invoice_columns,
		SALES_INVOICE_COLUMNS, sales_invoice_lookups,
		SALES_INVOICE_LOOKUPS },
	.kinds = sales_invoice_kinds,
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
	.cursor = ENTITY_WHOLE,
	.page_size = 1000,
	.scope = "financial.receivables",
	.shape = { "Receivables", receivable_columns, RECEIVABLE_COLUMNS },
	.kinds = receivable_kinds,
};

/* What is open, and nothing else; its rows don't tell their division. */
const struct entity entity_payables = {
	.path = "read/financial/PayablesList",
	.key = "HID",
	.group = "EntryNumber",
	.group_optional = true,
	.follows = &entity_transaction_lines,
	.cursor = ENTITY_WHOLE,
	.page_size = 60,
	.scope = "financial.payables",
	.shape = { "PayablesList", payable_columns, PAYABLE_COLUMNS },
	.kinds = payable_kinds,
};

const struct entity entity_deleted = {
	.path = "sync/Deleted",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_DELETIONS,
	.page_size = 1000,
	.scope = "organization.administration",
	.shape = { "Deleted", deleted_columns, DELETED_COLUMNS },
	.kinds = deleted_kinds,
};

/* The division in this URL isn't checked by the server; Code is. */
const struct entity entity_divisions = {
	.path = "system/Divisions",
	.key = "Code",
	.kept = true,
	.cursor = ENTITY_SINGLE,
	.page_size = 60,
	.scope = "organization.administration",
	.shape = { "Divisions", division_columns, DIVISION_COLUMNS },
	.kinds = division_kinds,
};

const struct entity entity_me = {
	.path = "current/Me",
	.key = "UserID",
	.uncounted = true,
	.cursor = ENTITY_SINGLE,
	.page_size = 60,
	.shape = { "Me", me_columns, ME_COLUMNS },
	.kinds = me_kinds,
};

const struct entity *const entity_table[] = {
	&entity_divisions,
	&entity_me,
	&entity_gl_accounts,
	&entity_journals,
	&entity_vat_codes,
	&entity_items,
	&entity_relations,
	&entity_sales_invoices,
	&entity_transaction_lines,
	&entity_deleted,
	/* Behind the ledger, which they must agree with. */
	&entity_receivables,
	&entity_payables,
	NULL,
};

const struct entity *entity_by_deleted_type(const char *type)
{
	char *end;
	long number = strtol(type, &end, 10);

	if (end == type || *end || number <= 0)
		return NULL;
	for (size_t i = 0; entity_table[i]; i++) {
		if (entity_table[i]->deleted_type == number)
			return entity_table[i];
	}
	return NULL;
}

static bool versioned(const struct entity *entity)
{
	return entity->cursor == ENTITY_TIMESTAMP ||
	       entity->cursor == ENTITY_DELETIONS;
}

static void select_list(const struct entity *entity, struct buf *ret)
{
	buf_puts(ret, entity->key);
	if (entity->group) {
		buf_putc(ret, ',');
		buf_puts(ret, entity->group);
	}
	if (entity->has_division)
		buf_puts(ret, ",Division");
	if (versioned(entity))
		buf_puts(ret, ",Timestamp");
	for (size_t i = 0; i < entity->shape.count; i++) {
		buf_putc(ret, ',');
		buf_puts(ret, entity->shape.columns[i]);
	}
}

void entity_target(const struct entity *entity, int64_t division,
	const char *filter, struct buf *ret)
{
	size_t before = ret->len;

	buf_puts(ret, "/api/v1/");
	if (!entity->uncounted)
		buf_printf(ret, "%" PRId64 "/", division);
	buf_puts(ret, entity->path);
	buf_putc(ret, '?');
	if (filter) {
		buf_puts(ret, "$filter=");
		for (const char *c = filter; *c; c++) {
			if (*c == ' ')
				buf_puts(ret, "%20");
			else
				buf_putc(ret, *c);
		}
		buf_putc(ret, '&');
	}
	buf_puts(ret, "$select=");
	select_list(entity, ret);
	assert(ret->len - before < ENTITY_URL_MAX);
}

/* FNV-1a: only ever compared with its own earlier value. */
void entity_selection(const struct entity *entity, char ret[static 17])
{
	struct buf list;
	uint64_t hash = 0xcbf29ce484222325u;

	buf_init(&list, ENTITY_URL_MAX);
	select_list(entity, &list);
	for (size_t i = 0; i < list.len; i++) {
		hash ^= (unsigned char)list.data[i];
		hash *= 0x100000001b3u;
	}
	buf_free(&list);
	for (int i = 15; i >= 0; i--) {
		ret[i] = "0123456789abcdef"[hash & 15];
		hash >>= 4;
	}
	ret[16] = '\0';
}
