/*
 * bills: what a supplier asks to be paid, and its lines.
 *
 *	bills         one row per bill
 *	bill_lines    without VAT lines; what may not be claimed is a line
 *
 * subTotal + taxAmount = totalAmount.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Open",
	"PartiallyPaid",
	"Paid",
	"Void",
	"Draft",
	NULL,
};

static const struct model_table lines = {
	.table = "bill_lines",
	.row = "line",
	.fields = model_document_line_fields,
	.count = DOCUMENT_LINE_FIELDS,
};

static const struct model_field fields[BILL_FIELDS] = {
	[BILL_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the entry's id in the source",
	},
	[BILL_NUMBER] = {
		.name = "reference",
		.column = "reference",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the document's number",
		.indexed = true,
	},
	[BILL_PARTY_ID] = {
		.name = "supplierRef.id",
		.column = "supplier_ref_id",
		.kind = MODEL_TEXT,
		.note = "suppliers id",
		.indexed = true,
	},
	[BILL_PARTY_NAME] = {
		.name = "supplierRef.supplierName",
		.column = "supplier_ref_supplier_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that name",
	},
	[BILL_ISSUE_DATE] = {
		.name = "issueDate",
		.column = "issue_date",
		.kind = MODEL_MOMENT,
		.note = "the accounting date",
		.indexed = true,
	},
	[BILL_DUE_DATE] = {
		.name = "dueDate",
		.column = "due_date",
		.kind = MODEL_MOMENT,
		.note = "when it is to be paid",
		.indexed = true,
	},
	[BILL_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.note = "the document's currency, ISO 4217",
	},
	[BILL_CURRENCY_RATE] = {
		.name = "currencyRate",
		.column = "currency_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "company's currency = amount x rate",
	},
	[BILL_LINES] = {
		.name = "lineItems",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &lines,
		.note = "what was bought",
	},
	[BILL_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Unknown while what is open is not known",
		.indexed = true,
	},
	[BILL_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.note = "the net lines",
	},
	[BILL_TAX_AMOUNT] = {
		.name = "taxAmount",
		.column = "tax_amount",
		.kind = MODEL_MONEY,
		.note = "totalAmount - subTotal",
	},
	[BILL_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.note = "the payable line",
		.indexed = true,
	},
	[BILL_AMOUNT_DUE] = {
		.name = "amountDue",
		.column = "amount_due",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "what is open of it",
		.indexed = true,
	},
	[BILL_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[BILL_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[BILL_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_bills = {
	.name = "bills",
	.table = {
		.table = "bills",
		.row = "bill",
		.fields = fields,
		.count = BILL_FIELDS,
	},
	.is_deleted = BILL_IS_DELETED,
	.modified_date = BILL_MODIFIED_DATE,
};
