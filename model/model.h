/*
 * The normalized data types, each described by ONE table: JSON, SQL, CSV and
 * docs are derived from it. Shapes and names are those of Codat's public
 * accounting API. Knows nothing of Exact Online.
 *
 * A record is an array of values indexed by an enum:
 *
 *	struct model_record *entry = model_record_new(&model_journal_entries);
 *	model_set_text(entry, JOURNAL_ENTRY_ID, "…");
 *	line = model_add_child(entry, JOURNAL_ENTRY_LINES);
 *	model_set_money(line, JOURNAL_LINE_NET_AMOUNT, 125000);  (12.5)
 *
 * A value that was never set is absent: the key is left out of the JSON and
 * the column is NULL.
 *
 * Fields that share the front of a dotted name stand next to each other in
 * their table, so that JSON can be written in one pass.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Money is an integer count of 10^-4 currency units; rates of 10^-9. */
#define MODEL_MONEY_SCALE 4
#define MODEL_RATE_SCALE  9

enum model_kind {
	MODEL_TEXT,
	MODEL_ENUM,   /* text, one of `values` */
	MODEL_MOMENT, /* ISO 8601 text */
	MODEL_MONEY,  /* int64 at MODEL_MONEY_SCALE */
	MODEL_RATE,   /* int64 at MODEL_RATE_SCALE */
	MODEL_INTEGER,
	MODEL_BOOLEAN,
	MODEL_CHILDREN /* an array of child records in `child` */
};

struct model_table;

struct model_field {
	const char *name;   /* JSON path: "journalRef.id" */
	const char *column; /* SQL: "journal_ref_id"; NULL for CHILDREN */
	enum model_kind kind;
	bool nullable;
	const char *const *values; /* MODEL_ENUM: NULL-ended */
	const struct model_table *child;
	const char *note; /* one line for docs */
	bool hidden;      /* kept in SQL, and in no JSON or CSV */
	bool indexed;     /* found and ordered by without reading all records;
			     costs some 60 bytes a record. Top tables only */
};

struct model_table {
	const char *table; /* SQL: "journal_entries" */
	const char *row;   /* one of its rows: "journal_entry"; its key is
			      journal_entry_id, or as a child line_index */
	const struct model_field *fields;
	size_t count;
};

/* A data type: its top table plus the name clients know it by. Field 0 is
 * always the id. The bookkeeping fields metadata.isDeleted, modifiedDate and
 * sourceModifiedDate are ordinary fields. */
struct model_type {
	const char *name; /* "journalEntries" */
	struct model_table table;
	int is_deleted;    /* the field metadata.isDeleted */
	int modified_date; /* the field modifiedDate */
};

struct model_record;

enum account_field {
	ACCOUNT_ID,
	ACCOUNT_NOMINAL_CODE,
	ACCOUNT_NAME,
	ACCOUNT_DESCRIPTION,
	ACCOUNT_FULLY_QUALIFIED_CATEGORY,
	ACCOUNT_FULLY_QUALIFIED_NAME,
	ACCOUNT_CURRENCY,
	ACCOUNT_CURRENT_BALANCE,
	ACCOUNT_TYPE,
	ACCOUNT_STATUS,
	ACCOUNT_IS_BANK_ACCOUNT,
	ACCOUNT_IS_DELETED,
	ACCOUNT_MODIFIED_DATE,
	ACCOUNT_SOURCE_MODIFIED_DATE,
	ACCOUNT_FIELDS
};

enum journal_field {
	JOURNAL_ID,
	JOURNAL_CODE,
	JOURNAL_NAME,
	JOURNAL_TYPE,
	JOURNAL_PARENT_ID,
	JOURNAL_HAS_CHILDREN,
	JOURNAL_CREATED_ON,
	JOURNAL_STATUS,
	JOURNAL_IS_DELETED,
	JOURNAL_MODIFIED_DATE,
	JOURNAL_SOURCE_MODIFIED_DATE,
	JOURNAL_FIELDS
};

enum journal_entry_field {
	JOURNAL_ENTRY_ID,
	JOURNAL_ENTRY_DESCRIPTION,
	JOURNAL_ENTRY_POSTED_ON,
	JOURNAL_ENTRY_CREATED_ON,
	JOURNAL_ENTRY_UPDATED_ON,
	JOURNAL_ENTRY_JOURNAL_REF_ID,
	JOURNAL_ENTRY_JOURNAL_REF_NAME,
	JOURNAL_ENTRY_LINES, /* children */
	JOURNAL_ENTRY_RECORD_REF_ID,
	JOURNAL_ENTRY_RECORD_REF_TYPE,
	JOURNAL_ENTRY_IS_DELETED,
	JOURNAL_ENTRY_MODIFIED_DATE,
	JOURNAL_ENTRY_SOURCE_MODIFIED_DATE,
	JOURNAL_ENTRY_FIELDS
};

enum journal_line_field {
	JOURNAL_LINE_DESCRIPTION,
	JOURNAL_LINE_NET_AMOUNT,
	JOURNAL_LINE_TRANSACTION_AMOUNT,
	JOURNAL_LINE_CURRENCY,
	JOURNAL_LINE_TRANSACTION_CURRENCY,
	JOURNAL_LINE_ACCOUNT_REF_ID,
	JOURNAL_LINE_ACCOUNT_REF_NAME,
	JOURNAL_LINE_RECORD_REFS, /* children: tracking.recordRefs */
	JOURNAL_LINE_CONTACT_REF_ID,
	JOURNAL_LINE_CONTACT_REF_TYPE,
	JOURNAL_LINE_FIELDS
};

enum record_ref_field {
	RECORD_REF_ID,
	RECORD_REF_TYPE,
	RECORD_REF_FIELDS
};

enum tax_rate_field {
	TAX_RATE_ID,
	TAX_RATE_NAME,
	TAX_RATE_CODE,
	TAX_RATE_STATUS,
	TAX_RATE_EFFECTIVE_TAX_RATE,
	TAX_RATE_TOTAL_TAX_RATE,
	TAX_RATE_COMPONENTS, /* children */
	TAX_RATE_IS_DELETED,
	TAX_RATE_MODIFIED_DATE,
	TAX_RATE_SOURCE_MODIFIED_DATE,
	TAX_RATE_FIELDS
};

enum tax_component_field {
	TAX_COMPONENT_NAME,
	TAX_COMPONENT_RATE,
	TAX_COMPONENT_IS_COMPOUND,
	TAX_COMPONENT_FIELDS
};

enum tracking_category_field {
	TRACKING_CATEGORY_ID,
	TRACKING_CATEGORY_NAME,
	TRACKING_CATEGORY_STATUS,
	TRACKING_CATEGORY_PARENT_ID,
	TRACKING_CATEGORY_HAS_CHILDREN,
	TRACKING_CATEGORY_IS_DELETED,
	TRACKING_CATEGORY_MODIFIED_DATE,
	TRACKING_CATEGORY_SOURCE_MODIFIED_DATE,
	TRACKING_CATEGORY_FIELDS
};

enum address_field {
	ADDRESS_TYPE,
	ADDRESS_LINE1,
	ADDRESS_LINE2,
	ADDRESS_CITY,
	ADDRESS_REGION,
	ADDRESS_COUNTRY,
	ADDRESS_POSTAL_CODE,
	ADDRESS_FIELDS
};

enum customer_field {
	CUSTOMER_ID,
	CUSTOMER_NAME,
	CUSTOMER_EMAIL_ADDRESS,
	CUSTOMER_DEFAULT_CURRENCY,
	CUSTOMER_PHONE,
	CUSTOMER_ADDRESSES, /* children */
	CUSTOMER_REGISTRATION_NUMBER,
	CUSTOMER_TAX_NUMBER,
	CUSTOMER_STATUS,
	CUSTOMER_IS_DELETED,
	CUSTOMER_MODIFIED_DATE,
	CUSTOMER_SOURCE_MODIFIED_DATE,
	CUSTOMER_FIELDS
};

enum supplier_field {
	SUPPLIER_ID,
	SUPPLIER_NAME,
	SUPPLIER_EMAIL_ADDRESS,
	SUPPLIER_DEFAULT_CURRENCY,
	SUPPLIER_PHONE,
	SUPPLIER_ADDRESSES, /* children */
	SUPPLIER_REGISTRATION_NUMBER,
	SUPPLIER_TAX_NUMBER,
	SUPPLIER_STATUS,
	SUPPLIER_IS_DELETED,
	SUPPLIER_MODIFIED_DATE,
	SUPPLIER_SOURCE_MODIFIED_DATE,
	SUPPLIER_FIELDS
};

enum item_field {
	ITEM_ID,
	ITEM_NAME,
	ITEM_CODE,
	ITEM_STATUS,
	ITEM_TYPE,
	ITEM_IS_BILL_ITEM,
	ITEM_BILL_ITEM_DESCRIPTION,
	ITEM_BILL_ITEM_UNIT_PRICE,
	ITEM_BILL_ITEM_ACCOUNT_REF_ID,
	ITEM_BILL_ITEM_ACCOUNT_REF_NAME,
	ITEM_BILL_ITEM_TAX_RATE_REF_ID,
	ITEM_BILL_ITEM_TAX_RATE_REF_NAME,
	ITEM_BILL_ITEM_TAX_RATE_REF_RATE,
	ITEM_IS_INVOICE_ITEM,
	ITEM_INVOICE_ITEM_DESCRIPTION,
	ITEM_INVOICE_ITEM_UNIT_PRICE,
	ITEM_INVOICE_ITEM_ACCOUNT_REF_ID,
	ITEM_INVOICE_ITEM_ACCOUNT_REF_NAME,
	ITEM_INVOICE_ITEM_TAX_RATE_REF_ID,
	ITEM_INVOICE_ITEM_TAX_RATE_REF_NAME,
	ITEM_INVOICE_ITEM_TAX_RATE_REF_RATE,
	ITEM_IS_DELETED,
	ITEM_MODIFIED_DATE,
	ITEM_SOURCE_MODIFIED_DATE,
	ITEM_FIELDS
};

enum company_field {
	COMPANY_REF,
	COMPANY_NAME,
	COMPANY_ADDRESSES,     /* children */
	COMPANY_PHONE_NUMBERS, /* children */
	COMPANY_WEB_LINKS,     /* children */
	COMPANY_REGISTRATION_NUMBER,
	COMPANY_TAX_NUMBER,
	COMPANY_BASE_CURRENCY,
	COMPANY_CREATED_DATE,
	COMPANY_IS_DELETED,
	COMPANY_MODIFIED_DATE,
	COMPANY_FIELDS
};

enum company_phone_field {
	COMPANY_PHONE_NUMBER,
	COMPANY_PHONE_TYPE,
	COMPANY_PHONE_FIELDS
};

enum company_link_field {
	COMPANY_LINK_TYPE,
	COMPANY_LINK_URL,
	COMPANY_LINK_FIELDS
};

enum document_line_field {
	DOCUMENT_LINE_DESCRIPTION,
	DOCUMENT_LINE_UNIT_AMOUNT,
	DOCUMENT_LINE_QUANTITY,
	DOCUMENT_LINE_SUB_TOTAL,
	DOCUMENT_LINE_TAX_AMOUNT,
	DOCUMENT_LINE_TOTAL_AMOUNT,
	DOCUMENT_LINE_ACCOUNT_REF_ID,
	DOCUMENT_LINE_ACCOUNT_REF_NAME,
	DOCUMENT_LINE_TAX_RATE_REF_ID,
	DOCUMENT_LINE_TAX_RATE_REF_NAME,
	DOCUMENT_LINE_TAX_RATE_REF_RATE,
	DOCUMENT_LINE_ITEM_REF_ID,
	DOCUMENT_LINE_ITEM_REF_NAME,
	/* So many of them all documents have. */
	DOCUMENT_LINE_SHARED,
	DOCUMENT_LINE_LINE_NUMBER = DOCUMENT_LINE_SHARED,
	DOCUMENT_LINE_FIELDS
};

enum bill_field {
	BILL_ID,
	BILL_NUMBER,
	BILL_PARTY_ID,
	BILL_PARTY_NAME,
	BILL_ISSUE_DATE,
	BILL_DUE_DATE,
	BILL_CURRENCY,
	BILL_CURRENCY_RATE,
	BILL_LINES, /* children */
	BILL_STATUS,
	BILL_SUB_TOTAL,
	BILL_TAX_AMOUNT,
	BILL_TOTAL_AMOUNT,
	BILL_AMOUNT_DUE,
	BILL_IS_DELETED,
	BILL_MODIFIED_DATE,
	BILL_SOURCE_MODIFIED_DATE,
	BILL_FIELDS
};

enum bill_credit_note_field {
	BILL_CREDIT_NOTE_ID,
	BILL_CREDIT_NOTE_NUMBER,
	BILL_CREDIT_NOTE_PARTY_ID,
	BILL_CREDIT_NOTE_PARTY_NAME,
	BILL_CREDIT_NOTE_TOTAL_AMOUNT,
	BILL_CREDIT_NOTE_TOTAL_DISCOUNT,
	BILL_CREDIT_NOTE_SUB_TOTAL,
	BILL_CREDIT_NOTE_TAX_AMOUNT,
	BILL_CREDIT_NOTE_DISCOUNT_PERCENTAGE,
	BILL_CREDIT_NOTE_REMAINING_CREDIT,
	BILL_CREDIT_NOTE_STATUS,
	BILL_CREDIT_NOTE_ISSUE_DATE,
	BILL_CREDIT_NOTE_CURRENCY,
	BILL_CREDIT_NOTE_CURRENCY_RATE,
	BILL_CREDIT_NOTE_LINES, /* children */
	BILL_CREDIT_NOTE_IS_DELETED,
	BILL_CREDIT_NOTE_MODIFIED_DATE,
	BILL_CREDIT_NOTE_SOURCE_MODIFIED_DATE,
	BILL_CREDIT_NOTE_FIELDS
};

enum invoice_field {
	INVOICE_ID,
	INVOICE_NUMBER,
	INVOICE_PARTY_ID,
	INVOICE_PARTY_NAME,
	INVOICE_ISSUE_DATE,
	INVOICE_DUE_DATE,
	INVOICE_PAID_ON_DATE,
	INVOICE_CURRENCY,
	INVOICE_CURRENCY_RATE,
	INVOICE_LINES, /* children */
	INVOICE_SUB_TOTAL,
	INVOICE_TAX_AMOUNT,
	INVOICE_TOTAL_AMOUNT,
	INVOICE_AMOUNT_DUE,
	INVOICE_STATUS,
	INVOICE_IS_DELETED,
	INVOICE_MODIFIED_DATE,
	INVOICE_SOURCE_MODIFIED_DATE,
	INVOICE_FIELDS
};

enum credit_note_field {
	CREDIT_NOTE_ID,
	CREDIT_NOTE_NUMBER,
	CREDIT_NOTE_PARTY_ID,
	CREDIT_NOTE_PARTY_NAME,
	CREDIT_NOTE_TOTAL_AMOUNT,
	CREDIT_NOTE_TOTAL_DISCOUNT,
	CREDIT_NOTE_SUB_TOTAL,
	CREDIT_NOTE_TAX_AMOUNT,
	CREDIT_NOTE_DISCOUNT_PERCENTAGE,
	CREDIT_NOTE_REMAINING_CREDIT,
	CREDIT_NOTE_STATUS,
	CREDIT_NOTE_ISSUE_DATE,
	CREDIT_NOTE_CURRENCY,
	CREDIT_NOTE_CURRENCY_RATE,
	CREDIT_NOTE_LINES, /* children */
	CREDIT_NOTE_IS_DELETED,
	CREDIT_NOTE_MODIFIED_DATE,
	CREDIT_NOTE_SOURCE_MODIFIED_DATE,
	CREDIT_NOTE_FIELDS
};

/* Child tables of more than one data type. */
extern const struct model_field model_address_fields[];
extern const struct model_field model_document_line_fields[];

extern const struct model_type model_chart_of_accounts;
extern const struct model_type model_journals;
extern const struct model_type model_journal_entries;
extern const struct model_type model_tax_rates;
extern const struct model_type model_tracking_categories;
extern const struct model_type model_bills;
extern const struct model_type model_bill_credit_notes;
extern const struct model_type model_company;
extern const struct model_type model_customers;
extern const struct model_type model_suppliers;
extern const struct model_type model_items;
extern const struct model_type model_invoices;
extern const struct model_type model_credit_notes;

/* All data types, NULL-ended, in the order they are shown. */
extern const struct model_type *const model_types[];
/* By client name; NULL when there is none. */
const struct model_type *model_type_find(const char *name);

/* A record and all below it take at most this much memory; a setter beyond it
 * marks the record as one without memory does. */
#define MODEL_RECORD_MAX (256u << 20)

/* NULL without memory. The whole tree is freed at once. */
struct model_record *model_record_new(const struct model_type *type);
void model_record_free(struct model_record *record);
const struct model_table *model_record_table(const struct model_record *record);

/* Setters copy. Without memory they mark the record (model_record_failed()).
 * A wrong kind for the field is our own bug and asserts. */
void model_set_text(struct model_record *record, int field, const char *text);
void model_set_money(struct model_record *record, int field, int64_t value);
void model_set_rate(struct model_record *record, int field, int64_t value);
void model_set_integer(struct model_record *record, int field, int64_t value);
void model_set_boolean(struct model_record *record, int field, bool value);
/* Make a children field present though empty ("recordRefs":[]). */
void model_set_no_children(struct model_record *record, int field);
/* As if it had never been set. */
void model_unset(struct model_record *record, int field);
/* The new child belongs to the record; NULL without memory. */
struct model_record *model_add_child(struct model_record *record, int field);
bool model_record_failed(const struct model_record *record);

/* Getters; is_set first. Borrowed. */
bool model_is_set(const struct model_record *record, int field);
const char *model_text(const struct model_record *record, int field);
int64_t model_number(const struct model_record *record, int field);
size_t model_child_count(const struct model_record *record, int field);
struct model_record *model_child(
	const struct model_record *record, int field, size_t index);

/* The first value in the tree that is no word of its enum: its field and,
 * borrowed, the value. NULL when all are allowed. */
const struct model_field *model_bad_enum(
	const struct model_record *record, const char **ret_value);

/* One JSON object on one line, dotted names nested, money as exact JSON
 * numbers ("12.5"). */
void model_json(const struct model_record *record, struct buf *ret);

/* A table's rows. */
enum model_rows {
	MODEL_RECORDS, /* one a record, without its lines */
	MODEL_LINES    /* one a line, with the record's id */
};

/* The array that holds a record's lines; -1 when the type has none. */
int model_lines(const struct model_type *type);
/* RFC 4180 lines, ended by CR LF; csv.c tells what becomes of arrays. Lines
 * only for a type that has them. */
void model_csv_header(
	const struct model_type *type, enum model_rows rows, struct buf *ret);
void model_csv(const struct model_type *type, const struct model_record *record,
	enum model_rows rows, struct buf *ret);

/* ---- SQL; see ddl.c -------------------------------------------------- */

enum model_dialect {
	MODEL_SQLITE
};

/* A field is up to two columns: part 0 holds the value, part 1 (money and
 * rates) shows it as a number, computed. False when there is no such part.
 * `ret_name` is not quoted; either may be NULL. */
bool model_column(const struct model_field *field, enum model_dialect dialect,
	int part, struct buf *ret_name, struct buf *ret_definition);
/* `"total_amount_e4" INTEGER` and so on: CREATE TABLE for the type's table
 * and all below it, each followed by ";\n". `extra` are column definitions
 * of the caller's own for the top table ("" or ", …"). */
void model_ddl_tables(const struct model_type *type, enum model_dialect dialect,
	const char *extra, struct buf *ret);
/* CREATE VIEW for each of these tables, live records only. `extra` are
 * names of the caller's columns to show in the top view ("" or ", …"). */
void model_ddl_views(const struct model_type *type, enum model_dialect dialect,
	const char *extra, struct buf *ret);
/* The key columns of the table reached by `path` (top first, `depth` tables
 * below it), as `"journal_entry_id", "line_index"`. For the top: `"id"`. */
void model_ddl_key(
	const struct model_table *const *path, size_t depth, struct buf *ret);
/* The table's name with the suffix that tells it from its view. */
void model_ddl_name(const struct model_table *table, struct buf *ret);

#endif
