/*
 * journalEntries: an entry, its lines, and what each line is tracked by.
 *
 *	journal_entries                  one row per entry
 *	journal_entry_lines              netAmount: debit +, credit -
 *	journal_entry_line_record_refs   customers, suppliers, categories
 *
 * An entry's lines add up to zero.
 */
#include "model/model.h"

static const char *const record_ref_types[] = {
	"bankTransactions",
	"billCreditNotes",
	"billPayments",
	"bills",
	"creditNotes",
	"directCosts",
	"directIncomes",
	"invoices",
	"journalEntries",
	"payments",
	"transfers",
	NULL,
};

static const char *const tracking_types[] = {
	"customers",
	"suppliers",
	"trackingCategories",
	NULL,
};

static const char *const contact_types[] = {
	"customers",
	"suppliers",
	NULL,
};

static const struct model_field record_ref_fields[RECORD_REF_FIELDS] = {
	[RECORD_REF_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "what the line is tracked by",
	},
	[RECORD_REF_TYPE] = {
		.name = "dataType",
		.column = "data_type",
		.kind = MODEL_ENUM,
		.values = tracking_types,
		.note = "its data type",
	},
};

static const struct model_table record_refs = {
	.table = "journal_entry_line_record_refs",
	.row = "record_ref",
	.fields = record_ref_fields,
	.count = RECORD_REF_FIELDS,
};

static const struct model_field line_fields[JOURNAL_LINE_FIELDS] = {
	[JOURNAL_LINE_DESCRIPTION] = {
		.name = "description",
		.column = "description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the line's text",
	},
	[JOURNAL_LINE_NET_AMOUNT] = {
		.name = "netAmount",
		.column = "net_amount",
		.kind = MODEL_MONEY,
		.note = "in the company's currency: debit +, credit -",
	},
	[JOURNAL_LINE_TRANSACTION_AMOUNT] = {
		.name = "transactionAmount",
		.column = "transaction_amount",
		.kind = MODEL_MONEY,
		.note = "in the transaction's currency",
	},
	[JOURNAL_LINE_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the company's currency, ISO 4217",
	},
	[JOURNAL_LINE_TRANSACTION_CURRENCY] = {
		.name = "transactionCurrency",
		.column = "transaction_currency",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the transaction's currency, ISO 4217",
	},
	[JOURNAL_LINE_ACCOUNT_REF_ID] = {
		.name = "accountRef.id",
		.column = "account_ref_id",
		.kind = MODEL_TEXT,
		.note = "chartOfAccounts id",
	},
	[JOURNAL_LINE_ACCOUNT_REF_NAME] = {
		.name = "accountRef.name",
		.column = "account_ref_name",
		.kind = MODEL_TEXT,
		.note = "that account's name",
	},
	[JOURNAL_LINE_RECORD_REFS] = {
		.name = "tracking.recordRefs",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &record_refs,
		.note = "what the line is tracked by",
	},
	[JOURNAL_LINE_CONTACT_REF_ID] = {
		.name = "contactRef.id",
		.column = "contact_ref_id",
		.kind = MODEL_TEXT,
		.note = "customer or supplier",
	},
	[JOURNAL_LINE_CONTACT_REF_TYPE] = {
		.name = "contactRef.dataType",
		.column = "contact_ref_data_type",
		.kind = MODEL_ENUM,
		.nullable = true,
		.values = contact_types,
		.note = "which of the two",
	},
};

static const struct model_table lines = {
	.table = "journal_entry_lines",
	.row = "line",
	.fields = line_fields,
	.count = JOURNAL_LINE_FIELDS,
};

static const struct model_field fields[JOURNAL_ENTRY_FIELDS] = {
	[JOURNAL_ENTRY_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the entry's id in the source",
	},
	[JOURNAL_ENTRY_DESCRIPTION] = {
		.name = "description",
		.column = "description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the entry's text",
	},
	[JOURNAL_ENTRY_POSTED_ON] = {
		.name = "postedOn",
		.column = "posted_on",
		.kind = MODEL_MOMENT,
		.note = "when it was posted to the ledger",
		.indexed = true,
	},
	[JOURNAL_ENTRY_CREATED_ON] = {
		.name = "createdOn",
		.column = "created_on",
		.kind = MODEL_MOMENT,
		.note = "when it was made in the source",
	},
	[JOURNAL_ENTRY_UPDATED_ON] = {
		.name = "updatedOn",
		.column = "updated_on",
		.kind = MODEL_MOMENT,
		.note = "when it was last changed in the source",
	},
	[JOURNAL_ENTRY_JOURNAL_REF_ID] = {
		.name = "journalRef.id",
		.column = "journal_ref_id",
		.kind = MODEL_TEXT,
		.note = "journals id",
	},
	[JOURNAL_ENTRY_JOURNAL_REF_NAME] = {
		.name = "journalRef.name",
		.column = "journal_ref_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that journal's name",
	},
	[JOURNAL_ENTRY_LINES] = {
		.name = "journalLines",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &lines,
		.note = "the entry's lines, which add up to zero",
	},
	[JOURNAL_ENTRY_RECORD_REF_ID] = {
		.name = "recordRef.id",
		.column = "record_ref_id",
		.kind = MODEL_TEXT,
		.note = "the document that made the entry",
	},
	[JOURNAL_ENTRY_RECORD_REF_TYPE] = {
		.name = "recordRef.dataType",
		.column = "record_ref_data_type",
		.kind = MODEL_ENUM,
		.values = record_ref_types,
		.note = "its data type",
	},
	[JOURNAL_ENTRY_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[JOURNAL_ENTRY_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[JOURNAL_ENTRY_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_journal_entries = {
	.name = "journalEntries",
	.table = {
		.table = "journal_entries",
		.row = "journal_entry",
		.fields = fields,
		.count = JOURNAL_ENTRY_FIELDS,
	},
	.is_deleted = JOURNAL_ENTRY_IS_DELETED,
	.modified_date = JOURNAL_ENTRY_MODIFIED_DATE,
};
