/*
 * The entity table: one row for each thing we read from Exact Online. A row
 * gives the fetching, the $select, the cursor, the scope and the feed table.
 *
 * The columns enums index the values of a feed row (struct feed_row), in the
 * order of the entity's shape.
 */
#ifndef CONNECTOR_ENTITY_H
#define CONNECTOR_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "store/records.h"

/* Exact Online refuses URLs over 6,000 bytes. */
#define ENTITY_QUERY_MAX   5800
#define ENTITY_COLUMNS_MAX 64
/* Rows of entity_table[] at most. */
#define ENTITY_MAX 64

/* What a property's JSON value must look like. */
enum entity_kind {
	ENTITY_TEXT = 0, /* string, or number where codes are numeric */
	ENTITY_GUID,     /* string */
	ENTITY_MOMENT,   /* "/Date(ms)/" */
	ENTITY_NUMBER,   /* number, or a string that is a number (Int64) */
	ENTITY_BOOLEAN   /* true, false, or the bytes 0 and 1 */
};

enum entity_cursor {
	ENTITY_SINGLE,    /* one row looked up when needed */
	ENTITY_WHOLE,     /* the whole list each time */
	ENTITY_TIMESTAMP, /* row versions: read what is newer */
	ENTITY_DELETIONS  /* row versions; each row deletes one elsewhere */
};

/* How long a reference list is believed before it is read again. */
#define ENTITY_REFERENCE_MS INT64_C(21600000)

/* A column that names a row of a reference list. */
struct entity_ref {
	int column;
	const struct entity *list;
	int list_column; /* that holds the name; ENTITY_REF_ID: its key */
};

#define ENTITY_REF_ID   (-1)
#define ENTITY_REFS_MAX 8

/* What a plan assumes of a stream that was neither read nor counted yet. */
struct entity_guess {
	int64_t rows_max; /* books of any size have at most so many */
	const char *list; /* a list that counts its rows; NULL: none */
	bool headers;     /* the stream has headers that the list leaves out */
};

/* The list that shows whether the entity's scope works: the cheapest list of
 * that scope, asked for its first row. */
struct entity_probe {
	const char *path; /* NULL: another entity of the scope has it */
	const char *key;
	const char *filter; /* encoded; NULL: none */
	bool never_empty;   /* each company has some */
	/* Rows of the entity that are stored prove that an empty answer is
	 * for lack of rights. */
	bool known_rows;
};

/* Filters for lists that insist on one. */
#define ENTITY_ALL_VERSIONS "Timestamp%20gt%200L"
#define ENTITY_SINCE_EVER   "Modified%20ge%20datetime'1900-01-01T00:00:00'"

struct entity {
	const char *path;    /* behind "/api/v1/N/" */
	const char *key;     /* identifies a row */
	const char *group;   /* its record's key; NULL: the key itself */
	bool group_optional; /* a row without one stands alone */
	bool has_division;   /* rows tell their Division, to be checked */
	bool uncounted;      /* no division in the URL, no quota */
	bool kept;           /* ENTITY_SINGLE whose row is stored after all */
	/* What it shows changes only when this one does: need not be read
	 * again until then. NULL: may change at any time. */
	const struct entity *follows;
	/* A reference list: a run skips the list when its last reading is
	 * younger, unless a stored row names something that the list lacks.
	 * 0: read in every run. */
	int64_t interval_ms;
	const struct entity_ref *refs; /* or NULL */
	size_t ref_count;
	enum entity_cursor cursor;
	int page_size;
	struct entity_guess guess;
	struct entity_probe probe;
	const char *scope;       /* "financial.accounting"; NULL: none */
	int deleted_type;        /* EntityType in sync/Deleted; 0: none */
	struct feed_shape shape; /* name of the feed and stream; columns */
};

enum gl_account_column {
	GL_ACCOUNT_CODE,
	GL_ACCOUNT_DESCRIPTION,
	GL_ACCOUNT_TYPE,
	GL_ACCOUNT_TYPE_DESCRIPTION,
	GL_ACCOUNT_BALANCE_SIDE,
	GL_ACCOUNT_BALANCE_TYPE,
	GL_ACCOUNT_IS_BLOCKED,
	GL_ACCOUNT_VAT_CODE,
	GL_ACCOUNT_CREATED,
	GL_ACCOUNT_MODIFIED,
	GL_ACCOUNT_COLUMNS
};

enum exact_journal_column {
	EXACT_JOURNAL_CODE,
	EXACT_JOURNAL_DESCRIPTION,
	EXACT_JOURNAL_TYPE,
	EXACT_JOURNAL_CURRENCY,
	EXACT_JOURNAL_GL_ACCOUNT,
	EXACT_JOURNAL_GL_ACCOUNT_CODE,
	EXACT_JOURNAL_IS_BLOCKED,
	EXACT_JOURNAL_CREATED,
	EXACT_JOURNAL_MODIFIED,
	EXACT_JOURNAL_COLUMNS
};

enum line_column {
	LINE_ACCOUNT,
	LINE_ACCOUNT_CODE,
	LINE_ACCOUNT_NAME,
	LINE_AMOUNT_DC,
	LINE_AMOUNT_FC,
	LINE_AMOUNT_VAT_BASE_FC,
	LINE_AMOUNT_VAT_FC,
	LINE_COST_CENTER,
	LINE_COST_CENTER_DESCRIPTION,
	LINE_COST_UNIT,
	LINE_COST_UNIT_DESCRIPTION,
	LINE_CREATED,
	LINE_CURRENCY,
	LINE_DATE,
	LINE_DESCRIPTION,
	LINE_DOCUMENT,
	LINE_DOCUMENT_NUMBER,
	LINE_DOCUMENT_SUBJECT,
	LINE_DUE_DATE,
	LINE_ENTRY_NUMBER,
	LINE_EXCHANGE_RATE,
	LINE_FINANCIAL_PERIOD,
	LINE_FINANCIAL_YEAR,
	LINE_GL_ACCOUNT,
	LINE_GL_ACCOUNT_CODE,
	LINE_GL_ACCOUNT_DESCRIPTION,
	LINE_INVOICE_NUMBER,
	LINE_ITEM,
	LINE_ITEM_CODE,
	LINE_ITEM_DESCRIPTION,
	LINE_JOURNAL_CODE,
	LINE_JOURNAL_DESCRIPTION,
	LINE_LINE_NUMBER,
	LINE_LINE_TYPE,
	LINE_MODIFIED,
	LINE_OFFSET_ID,
	LINE_ORDER_NUMBER,
	LINE_PAYMENT_DISCOUNT_AMOUNT,
	LINE_PAYMENT_REFERENCE,
	LINE_QUANTITY,
	LINE_STATUS,
	LINE_TYPE,
	LINE_VAT_CODE,
	LINE_VAT_PERCENTAGE,
	LINE_VAT_TYPE,
	LINE_YOUR_REF,
	LINE_COLUMNS
};

/* TransactionLines.Type of budgets, which are no postings. */
#define LINE_TYPE_BUDGET "3000"

/* How header lines (number 0) are found. */
enum line_lookup {
	LINE_BY_ACCOUNT,
	LINE_BY_DOCUMENT,
	LINE_BY_ENTRY_NUMBER,
	LINE_BY_INVOICE_NUMBER,
	LINE_LOOKUPS
};

enum relation_column {
	RELATION_ADDRESS_LINE1,
	RELATION_ADDRESS_LINE2,
	RELATION_BLOCKED,
	RELATION_CHAMBER_OF_COMMERCE,
	RELATION_CITY,
	RELATION_CODE,
	RELATION_COUNTRY,
	RELATION_EMAIL,
	RELATION_IS_SUPPLIER,
	RELATION_MODIFIED,
	RELATION_NAME,
	RELATION_PHONE,
	RELATION_POSTCODE,
	RELATION_PURCHASE_CURRENCY,
	RELATION_SALES_CURRENCY,
	RELATION_STATE,
	RELATION_STATUS,
	RELATION_VAT_NUMBER,
	RELATION_COLUMNS
};

enum exact_item_column {
	EXACT_ITEM_CODE,
	EXACT_ITEM_COST_PRICE_STANDARD,
	EXACT_ITEM_DESCRIPTION,
	EXACT_ITEM_END_DATE,
	EXACT_ITEM_GL_COSTS,
	EXACT_ITEM_GL_REVENUE,
	EXACT_ITEM_IS_PURCHASE_ITEM,
	EXACT_ITEM_IS_SALES_ITEM,
	EXACT_ITEM_IS_STOCK_ITEM,
	EXACT_ITEM_MODIFIED,
	EXACT_ITEM_SALES_VAT_CODE,
	EXACT_ITEM_STANDARD_SALES_PRICE,
	EXACT_ITEM_COLUMNS
};

/* Of a sales invoice, headers (LineNumber 0) and lines. */
enum sales_invoice_column {
	SALES_INVOICE_AMOUNT_DC,
	SALES_INVOICE_AMOUNT_FC,
	SALES_INVOICE_CURRENCY,
	SALES_INVOICE_DESCRIPTION,
	SALES_INVOICE_DOCUMENT,
	SALES_INVOICE_DUE_DATE,
	SALES_INVOICE_GL_ACCOUNT,
	SALES_INVOICE_GL_ACCOUNT_DESCRIPTION,
	SALES_INVOICE_INVOICE_DATE,
	SALES_INVOICE_INVOICE_NUMBER,
	SALES_INVOICE_INVOICE_TO,
	SALES_INVOICE_INVOICE_TO_NAME,
	SALES_INVOICE_ITEM,
	SALES_INVOICE_ITEM_DESCRIPTION,
	SALES_INVOICE_LINE_NUMBER,
	SALES_INVOICE_MODIFIED,
	SALES_INVOICE_ORDER_DATE,
	SALES_INVOICE_QUANTITY,
	SALES_INVOICE_STATUS,
	SALES_INVOICE_TYPE,
	SALES_INVOICE_VAT_AMOUNT_FC,
	SALES_INVOICE_VAT_CODE,
	SALES_INVOICE_VAT_PERCENTAGE,
	SALES_INVOICE_COLUMNS
};

/* How headers are found. */
enum sales_invoice_lookup {
	SALES_INVOICE_BY_CUSTOMER, /* InvoiceTo */
	SALES_INVOICE_BY_DOCUMENT,
	SALES_INVOICE_BY_NUMBER, /* InvoiceNumber */
	SALES_INVOICE_LOOKUPS
};

enum receivable_column {
	RECEIVABLE_ACCOUNT,
	RECEIVABLE_AMOUNT_FC,
	RECEIVABLE_CURRENCY,
	RECEIVABLE_IS_FULLY_PAID,
	RECEIVABLE_LAST_PAYMENT_DATE,
	RECEIVABLE_STATUS,
	RECEIVABLE_COLUMNS
};

enum payable_column {
	PAYABLE_ACCOUNT_ID,
	PAYABLE_AMOUNT,
	PAYABLE_CURRENCY_CODE,
	PAYABLE_INVOICE_DATE,
	PAYABLE_JOURNAL_CODE,
	PAYABLE_COLUMNS
};

enum vat_code_column {
	VAT_CODE_CODE,
	VAT_CODE_DESCRIPTION,
	VAT_CODE_PERCENTAGE,
	VAT_CODE_IS_BLOCKED,
	VAT_CODE_MODIFIED,
	VAT_CODE_COLUMNS
};

/* Of cost centres and of cost units. */
enum cost_column {
	COST_CODE,
	COST_DESCRIPTION,
	COST_END_DATE,
	COST_MODIFIED,
	COST_COLUMNS
};

enum deleted_column {
	DELETED_ENTITY_KEY,
	DELETED_ENTITY_TYPE,
	DELETED_COLUMNS
};

enum division_column {
	DIVISION_ADDRESS_LINE1,
	DIVISION_ADDRESS_LINE2,
	DIVISION_BLOCKING_STATUS,
	DIVISION_CHAMBER_OF_COMMERCE_NUMBER,
	DIVISION_CITY,
	DIVISION_COUNTRY,
	DIVISION_CREATED,
	DIVISION_CURRENCY,
	DIVISION_DESCRIPTION,
	DIVISION_MOVE_DATE,
	DIVISION_PHONE,
	DIVISION_POSTCODE,
	DIVISION_STATE,
	DIVISION_STATUS,
	DIVISION_VAT_NUMBER,
	DIVISION_WEBSITE,
	DIVISION_COLUMNS
};

enum me_column {
	ME_SERVER_TIME,
	ME_SERVER_UTC_OFFSET,
	ME_COLUMNS
};

extern const struct entity entity_gl_accounts;
extern const struct entity entity_journals;
extern const struct entity entity_transaction_lines;
extern const struct entity entity_vat_codes;
extern const struct entity entity_cost_centers;
extern const struct entity entity_cost_units;
extern const struct entity entity_relations;
extern const struct entity entity_items;
extern const struct entity entity_sales_invoices;
extern const struct entity entity_receivables;
extern const struct entity entity_payables;
extern const struct entity entity_deleted;
extern const struct entity entity_divisions;
extern const struct entity entity_me;

/* All of them, NULL-ended; those that are streams in the order they run. */
extern const struct entity *const entity_table[];

/* By the name of its feed and stream, which is one of the table's. */
const struct entity *entity_named(const char *name);
/* By EntityType of sync/Deleted; NULL when we don't keep that entity. */
const struct entity *entity_by_deleted_type(const char *type);

/* Appends the query of a call, "$filter=…&$select=…". Blanks in `filter` are
 * encoded; `filter` may be NULL. A query over ENTITY_QUERY_MAX is our own bug
 * and asserts. */
void entity_query(
	const struct entity *entity, const char *filter, struct buf *ret);

/* Tells apart two selections: other columns were never read for rows that
 * are stored already. 16 hex digits and NUL. */
void entity_selection(const struct entity *entity, char ret[static 17]);

#endif
