/*
 * billCreditNotes: what a supplier gives back, in positive amounts.
 *
 *	bill_credit_notes         one row per credit note
 *	bill_credit_note_lines    as those of bills
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

static const struct model_field line_fields[BILL_CREDIT_NOTE_LINE_FIELDS] = {
	[BILL_CREDIT_NOTE_LINE_DESCRIPTION] = {
		.name = "description",
		.column = "description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the line's text",
	},
	[BILL_CREDIT_NOTE_LINE_UNIT_AMOUNT] = {
		.name = "unitAmount",
		.column = "unit_amount",
		.kind = MODEL_MONEY,
		.note = "subTotal / quantity",
	},
	[BILL_CREDIT_NOTE_LINE_QUANTITY] = {
		.name = "quantity",
		.column = "quantity",
		.kind = MODEL_RATE,
		.note = "1 where the source has none",
	},
	[BILL_CREDIT_NOTE_LINE_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "without VAT",
	},
	[BILL_CREDIT_NOTE_LINE_TAX_AMOUNT] = {
		.name = "taxAmount",
		.column = "tax_amount",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "VAT that is paid and claimed",
	},
	[BILL_CREDIT_NOTE_LINE_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "subTotal + taxAmount",
	},
	[BILL_CREDIT_NOTE_LINE_ACCOUNT_REF_ID] = {
		.name = "accountRef.id",
		.column = "account_ref_id",
		.kind = MODEL_TEXT,
		.note = "chartOfAccounts id",
	},
	[BILL_CREDIT_NOTE_LINE_ACCOUNT_REF_NAME] = {
		.name = "accountRef.name",
		.column = "account_ref_name",
		.kind = MODEL_TEXT,
		.note = "that account's name",
	},
	[BILL_CREDIT_NOTE_LINE_ITEM_REF_ID] = {
		.name = "itemRef.id",
		.column = "item_ref_id",
		.kind = MODEL_TEXT,
		.note = "the item",
	},
	[BILL_CREDIT_NOTE_LINE_ITEM_REF_NAME] = {
		.name = "itemRef.name",
		.column = "item_ref_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that item's name",
	},
};

static const struct model_table lines = {
	.table = "bill_credit_note_lines",
	.row = "line",
	.fields = line_fields,
	.count = BILL_CREDIT_NOTE_LINE_FIELDS,
};

static const struct model_field fields[BILL_CREDIT_NOTE_FIELDS] = {
	[BILL_CREDIT_NOTE_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the entry's id in the source",
	},
	[BILL_CREDIT_NOTE_NUMBER] = {
		.name = "billCreditNoteNumber",
		.column = "bill_credit_note_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the document's number",
	},
	[BILL_CREDIT_NOTE_SUPPLIER_REF_ID] = {
		.name = "supplierRef.id",
		.column = "supplier_ref_id",
		.kind = MODEL_TEXT,
		.note = "the supplier",
	},
	[BILL_CREDIT_NOTE_SUPPLIER_REF_NAME] = {
		.name = "supplierRef.supplierName",
		.column = "supplier_ref_supplier_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the supplier's name",
	},
	[BILL_CREDIT_NOTE_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.note = "the payable line",
	},
	[BILL_CREDIT_NOTE_TOTAL_DISCOUNT] = {
		.name = "totalDiscount",
		.column = "total_discount",
		.kind = MODEL_MONEY,
		.note = "0: discounts are in the lines",
	},
	[BILL_CREDIT_NOTE_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.note = "the net lines",
	},
	[BILL_CREDIT_NOTE_TAX_AMOUNT] = {
		.name = "totalTaxAmount",
		.column = "total_tax_amount",
		.kind = MODEL_MONEY,
		.note = "totalAmount - subTotal",
	},
	[BILL_CREDIT_NOTE_DISCOUNT_PERCENTAGE] = {
		.name = "discountPercentage",
		.column = "discount_percentage",
		.kind = MODEL_RATE,
		.note = "0, as above",
	},
	[BILL_CREDIT_NOTE_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Unknown without open items",
	},
	[BILL_CREDIT_NOTE_ISSUE_DATE] = {
		.name = "issueDate",
		.column = "issue_date",
		.kind = MODEL_MOMENT,
		.note = "the accounting date",
	},
	[BILL_CREDIT_NOTE_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.note = "the document's currency, ISO 4217",
	},
	[BILL_CREDIT_NOTE_CURRENCY_RATE] = {
		.name = "currencyRate",
		.column = "currency_rate",
		.kind = MODEL_RATE,
		.nullable = true,
		.note = "company's currency = amount x rate",
	},
	[BILL_CREDIT_NOTE_LINES] = {
		.name = "lineItems",
		.kind = MODEL_CHILDREN,
		.nullable = true,
		.child = &lines,
		.note = "what was bought",
	},
	[BILL_CREDIT_NOTE_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[BILL_CREDIT_NOTE_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
	},
	[BILL_CREDIT_NOTE_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_bill_credit_notes = {
	.name = "billCreditNotes",
	.table = {
		.table = "bill_credit_notes",
		.row = "bill_credit_note",
		.fields = fields,
		.count = BILL_CREDIT_NOTE_FIELDS,
	},
	.is_deleted = BILL_CREDIT_NOTE_IS_DELETED,
	.modified_date = BILL_CREDIT_NOTE_MODIFIED_DATE,
};
