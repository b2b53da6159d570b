/*
 * invoices: what a customer is asked to pay, and its lines.
 *
 *	invoices         one row per invoice, booked or draft
 *	invoice_lines    without VAT lines
 *
 * subTotal + totalTaxAmount = totalAmount.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Draft",
	"Submitted",
	"PartiallyPaid",
	"Paid",
	"Void",
	NULL,
};

static const struct model_table lines = {
	.table = "invoice_lines",
	.row = "line",
	.fields = model_document_line_fields,
	.count = DOCUMENT_LINE_SHARED,
};

static const struct model_field fields[INVOICE_FIELDS] = {
	[INVOICE_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the entry's id in the source; a draft's own",
	},
	[INVOICE_NUMBER] = {
		.name = "invoiceNumber",
		.column = "invoice_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the document's number",
		.indexed = true,
	},
	[INVOICE_PARTY_ID] = {
		.name = "customerRef.id",
		.column = "customer_ref_id",
		.kind = MODEL_TEXT,
		.note = "customers id",
		.indexed = true,
	},
	[INVOICE_PARTY_NAME] = {
		.name = "customerRef.companyName",
		.column = "customer_ref_company_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that name",
	},
	[INVOICE_ISSUE_DATE] = {
		.name = "issueDate",
		.column = "issue_date",
		.kind = MODEL_MOMENT,
		.note = "the accounting date",
		.indexed = true,
	},
	[INVOICE_DUE_DATE] = {
		.name = "dueDate",
		.column = "due_date",
		.kind = MODEL_MOMENT,
		.note = "when it is to be paid",
		.indexed = true,
	},
	[INVOICE_PAID_ON_DATE] = {
		.name = "paidOnDate",
		.column = "paid_on_date",
		.kind = MODEL_MOMENT,
		.note = "when the last of it was paid",
	},
	[INVOICE_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.note = "the document's currency, ISO 4217",
	},
	[INVOICE_CURRENCY_RATE] = {
		.name = "currencyRate",
		.column = "currency_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "company's currency = amount x rate",
	},
	[INVOICE_LINES] = {
		.name = "lineItems",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &lines,
		.note = "what was sold",
	},
	[INVOICE_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "the net lines",
	},
	[INVOICE_TAX_AMOUNT] = {
		.name = "totalTaxAmount",
		.column = "total_tax_amount",
		.kind = MODEL_MONEY,
		.note = "totalAmount - subTotal",
	},
	[INVOICE_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.note = "the receivable line",
		.indexed = true,
	},
	[INVOICE_AMOUNT_DUE] = {
		.name = "amountDue",
		.column = "amount_due",
		.kind = MODEL_MONEY,
		.note = "what is open of it",
		.indexed = true,
	},
	[INVOICE_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Unknown while what is open is not known",
		.indexed = true,
	},
	[INVOICE_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[INVOICE_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[INVOICE_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_invoices = {
	.name = "invoices",
	.table = {
		.table = "invoices",
		.row = "invoice",
		.fields = fields,
		.count = INVOICE_FIELDS,
	},
	.is_deleted = INVOICE_IS_DELETED,
	.modified_date = INVOICE_MODIFIED_DATE,
};
