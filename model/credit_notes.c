/*
 * creditNotes: what a customer gets back, in positive amounts.
 *
 *	credit_notes         one row per credit note
 *	credit_note_lines    as those of invoices
 *
 * subTotal + totalTaxAmount = totalAmount.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Draft",
	"Submitted",
	"Paid",
	"Void",
	"PartiallyPaid",
	NULL,
};

static const struct model_table lines = {
	.table = "credit_note_lines",
	.row = "line",
	.fields = model_document_line_fields,
	.count = DOCUMENT_LINE_SHARED,
};

static const struct model_field fields[CREDIT_NOTE_FIELDS] = {
	[CREDIT_NOTE_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the entry's id in the source",
	},
	[CREDIT_NOTE_NUMBER] = {
		.name = "creditNoteNumber",
		.column = "credit_note_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the document's number",
		.indexed = true,
	},
	[CREDIT_NOTE_PARTY_ID] = {
		.name = "customerRef.id",
		.column = "customer_ref_id",
		.kind = MODEL_TEXT,
		.note = "customers id",
		.indexed = true,
	},
	[CREDIT_NOTE_PARTY_NAME] = {
		.name = "customerRef.companyName",
		.column = "customer_ref_company_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that name",
	},
	[CREDIT_NOTE_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.note = "the receivable line",
		.indexed = true,
	},
	[CREDIT_NOTE_TOTAL_DISCOUNT] = {
		.name = "totalDiscount",
		.column = "total_discount",
		.kind = MODEL_MONEY,
		.note = "0: discounts are in the lines' amounts",
	},
	[CREDIT_NOTE_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.note = "the net lines",
	},
	[CREDIT_NOTE_TAX_AMOUNT] = {
		.name = "totalTaxAmount",
		.column = "total_tax_amount",
		.kind = MODEL_MONEY,
		.note = "totalAmount - subTotal",
	},
	[CREDIT_NOTE_DISCOUNT_PERCENTAGE] = {
		.name = "discountPercentage",
		.column = "discount_percentage",
		.kind = MODEL_RATE,
		.note = "0, as above",
	},
	[CREDIT_NOTE_REMAINING_CREDIT] = {
		.name = "remainingCredit",
		.column = "remaining_credit",
		.kind = MODEL_MONEY,
		.note = "what of it is not used",
		.indexed = true,
	},
	[CREDIT_NOTE_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Unknown while what is open is not known",
		.indexed = true,
	},
	[CREDIT_NOTE_ISSUE_DATE] = {
		.name = "issueDate",
		.column = "issue_date",
		.kind = MODEL_MOMENT,
		.note = "the accounting date",
		.indexed = true,
	},
	[CREDIT_NOTE_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.note = "the document's currency, ISO 4217",
	},
	[CREDIT_NOTE_CURRENCY_RATE] = {
		.name = "currencyRate",
		.column = "currency_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "company's currency = amount x rate",
	},
	[CREDIT_NOTE_LINES] = {
		.name = "lineItems",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &lines,
		.note = "what was credited",
	},
	[CREDIT_NOTE_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[CREDIT_NOTE_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[CREDIT_NOTE_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_credit_notes = {
	.name = "creditNotes",
	.table = {
		.table = "credit_notes",
		.row = "credit_note",
		.fields = fields,
		.count = CREDIT_NOTE_FIELDS,
	},
	.is_deleted = CREDIT_NOTE_IS_DELETED,
	.modified_date = CREDIT_NOTE_MODIFIED_DATE,
};
