/*
 * The properties of each entity, as the sandbox knows them: a table of its
 * own, so that it can disagree with the connector's.
 *
 * One list serves an entity's regular, bulk and sync endpoints: `where` says
 * which of them show a property, and `marked` which of them may be filtered
 * by it. The lists have the order in which the server writes its JSON.
 */
#ifndef SANDBOX_ODATA_TABLE_H
#define SANDBOX_ODATA_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#define ODATA_PROPERTIES_MAX 192

enum odata_type {
	ODATA_GUID,
	ODATA_STRING,
	ODATA_DATETIME,
	ODATA_INT16,
	ODATA_INT32,
	ODATA_INT64,
	ODATA_DOUBLE,
	ODATA_BOOLEAN,
	ODATA_BYTE,
	ODATA_BINARY,
	ODATA_COMPLEX,    /* shown as null */
	ODATA_NAVIGATION, /* to a list that is always empty here */
	ODATA_NULL        /* the literal, in filters */
};

/* Endpoint variants, as bits. */
enum odata_variant {
	ODATA_REGULAR = 1,
	ODATA_BULK = 2,
	ODATA_SYNC = 4
};

/* Where a value comes from. */
enum odata_source {
	FROM_NOTHING, /* null */
	FROM_NUMBER,  /* the property's `number`: 0, 1, false … */
	FROM_TEXT,    /* the property's `text` */
	FROM_TIMESTAMP,
	FROM_ID,
	FROM_CODE,
	FROM_DESCRIPTION,
	FROM_SEARCH_CODE,
	FROM_TYPE,
	FROM_TYPE_NAME,
	FROM_CREATED,
	FROM_MODIFIED,
	FROM_CREATED_DAY,
	FROM_USER_ID,
	FROM_USER_NAME,
	FROM_DIVISION,
	FROM_CURRENCY,
	FROM_CURRENCY_NAME,
	FROM_COUNTRY,
	FROM_SIDE,
	FROM_SHEET,
	FROM_ACCOUNT_ID,
	FROM_ACCOUNT_CODE,
	FROM_ACCOUNT_NAME,
	FROM_ACCOUNT_TYPE,
	FROM_RELATION_ID,
	FROM_RELATION_CODE,
	FROM_RELATION_NAME,
	FROM_JOURNAL_CODE,
	FROM_JOURNAL_NAME,
	FROM_ENTRY_ID,
	FROM_ENTRY_NUMBER,
	FROM_AMOUNT_DC,
	FROM_AMOUNT_FC,
	FROM_RATE,
	FROM_DATE,
	FROM_YEAR,
	FROM_PERIOD,
	FROM_LINE_NUMBER,
	FROM_REFERENCE,
	FROM_IS_CUSTOMER,
	FROM_IS_SUPPLIER,
	FROM_STATUS,
	FROM_LOGO,
	FROM_BLOCKING,
	FROM_MOVED,
	FROM_IS_CURRENT,
	FROM_HID,
	FROM_KEY,
	FROM_ENTITY_TYPE,
	FROM_API,
	FROM_FULL_NAME,
	FROM_FIRST_NAME,
	FROM_LAST_NAME,
	FROM_EMAIL,
	FROM_SERVER_TIME,
	FROM_UTC_OFFSET,

	/* Of sales, purchases, VAT and open items: odata_trade.c. */
	FROM_BLOCKED,
	FROM_CHARGED,
	FROM_CLAIM_CODE,
	FROM_CLAIM_ID,
	FROM_CLAIM_NAME,
	FROM_COST,
	FROM_COUNT,
	FROM_CREDIT,
	FROM_DEBIT,
	FROM_DOCUMENT_ID,
	FROM_DOCUMENT_NUMBER,
	FROM_DOCUMENT_SUBJECT,
	FROM_DUE,
	FROM_GROUP,
	FROM_GROUP_ID,
	FROM_HEADER_ID,
	FROM_INVOICE_NUMBER,
	FROM_IS_BOUGHT,
	FROM_IS_PAID,
	FROM_IS_SOLD,
	FROM_IS_STOCK,
	FROM_ITEM_CODE,
	FROM_ITEM_ID,
	FROM_ITEM_NAME,
	FROM_LINE_ID,
	FROM_LINE_TYPE,
	FROM_LISTING,
	FROM_LIST_AMOUNT,
	FROM_MARGIN,
	FROM_NET_FC,
	FROM_ORDER_NUMBER,
	FROM_PAID_ON,
	FROM_PAID_PERIOD,
	FROM_PAID_YEAR,
	FROM_PARENT_ID,
	FROM_PAY_CODE,
	FROM_PAY_ID,
	FROM_PAY_NAME,
	FROM_PRECISION,
	FROM_PRICE,
	FROM_QUANTITY,
	FROM_RATIO,
	FROM_REVERSAL,
	FROM_STATUS_NAME,
	FROM_TOTAL_DC,
	FROM_TOTAL_DUE,
	FROM_TOTAL_FC,
	FROM_TRANSACTION,
	FROM_UNIT,
	FROM_UNIT_NAME,
	FROM_VAT_CODE,
	FROM_VAT_DC,
	FROM_VAT_FC,
	FROM_VAT_BASE_FC,
	FROM_VAT_NAME,
	FROM_VAT_PERCENT,
	FROM_VAT_TYPE,
	FROM_ADDRESS,
	FROM_POSTCODE,
	FROM_CITY,
	FROM_PHONE,
	FROM_WEBSITE,
	FROM_VAT_NUMBER,
	FROM_CHAMBER,
	FROM_RELATION_CURRENCY,
	FROM_RELATION_COUNTRY,

	/* Of cost centres and cost units: odata_costs.c. */
	FROM_ACTIVE,
	FROM_COST_CENTER_CODE,
	FROM_COST_CENTER_NAME,
	FROM_COST_UNIT_CODE,
	FROM_COST_UNIT_NAME
};

struct odata_property {
	const char *name;
	enum odata_type type;
	enum odata_source source;
	unsigned where;  /* enum odata_variant bits */
	unsigned marked; /* enum odata_variant bits */
	int number;
	const char *text;
};

enum odata_kind {
	ODATA_ROWS_LINES,
	ODATA_ROWS_ACCOUNTS,
	ODATA_ROWS_JOURNALS,
	ODATA_ROWS_RELATIONS,
	ODATA_ROWS_VAT,
	ODATA_ROWS_RATES,
	ODATA_ROWS_ITEMS,
	ODATA_ROWS_INVOICES, /* the headers */
	ODATA_ROWS_INVOICE_LINES,
	ODATA_ROWS_INVOICE_STREAM, /* both */
	ODATA_ROWS_TERMS,
	ODATA_ROWS_RECEIVABLES,
	ODATA_ROWS_PAYMENTS,
	ODATA_ROWS_PERIODS,
	ODATA_ROWS_COST_CENTERS,
	ODATA_ROWS_COST_UNITS,
	ODATA_ROWS_RECEIVABLES_LIST, /* only open items */
	ODATA_ROWS_PAYABLES_LIST,
	ODATA_ROWS_CURRENCIES,
	ODATA_ROWS_BALANCE,
	ODATA_ROWS_BUDGETS,
	ODATA_ROWS_DIVISIONS, /* visible to the caller */
	ODATA_ROWS_DELETED,
	ODATA_ROWS_SYNC_TIMESTAMP,
	ODATA_ROWS_ME,
	ODATA_ROWS_NONE /* a list that holds nothing */
};

struct odata_model {
	const char *type_name;
	const char *key; /* the sync variant's is Timestamp */
	const struct odata_property *properties;
	size_t count;
};

extern const struct odata_model odata_table_lines;
extern const struct odata_model odata_table_accounts;
extern const struct odata_model odata_table_journals;
extern const struct odata_model odata_table_relations;
extern const struct odata_model odata_table_divisions;
extern const struct odata_model odata_table_hrm_divisions;
extern const struct odata_model odata_table_deleted;
extern const struct odata_model odata_table_sync_timestamp;
extern const struct odata_model odata_table_me;

/* The index of the property; -1: that variant has no property of this name. */
int odata_table_find(const struct odata_model *model, unsigned variant,
	const char *name, size_t len);
/* "System.Int32" */
const char *odata_table_system_name(enum odata_type type);
/* "Edm.Int32" */
const char *odata_table_edm_name(enum odata_type type);

#endif
