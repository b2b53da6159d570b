/*
 * The lines of invoices, bills and their credit notes: the same fields for
 * each, in a table of its own. Bills have one more, which stands last.
 */
#include "model/model.h"

const struct model_field model_document_line_fields[DOCUMENT_LINE_FIELDS] = {
	[DOCUMENT_LINE_DESCRIPTION] = {
		.name = "description",
		.column = "description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the line's text",
	},
	[DOCUMENT_LINE_UNIT_AMOUNT] = {
		.name = "unitAmount",
		.column = "unit_amount",
		.kind = MODEL_MONEY,
		.note = "subTotal / quantity",
	},
	[DOCUMENT_LINE_QUANTITY] = {
		.name = "quantity",
		.column = "quantity",
		.kind = MODEL_RATE,
		.note = "1 where the source has none",
	},
	[DOCUMENT_LINE_SUB_TOTAL] = {
		.name = "subTotal",
		.column = "sub_total",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "without VAT",
	},
	[DOCUMENT_LINE_TAX_AMOUNT] = {
		.name = "taxAmount",
		.column = "tax_amount",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "VAT that is in the document's total",
	},
	[DOCUMENT_LINE_TOTAL_AMOUNT] = {
		.name = "totalAmount",
		.column = "total_amount",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "subTotal + taxAmount",
	},
	[DOCUMENT_LINE_ACCOUNT_REF_ID] = {
		.name = "accountRef.id",
		.column = "account_ref_id",
		.kind = MODEL_TEXT,
		.note = "chartOfAccounts id",
	},
	[DOCUMENT_LINE_ACCOUNT_REF_NAME] = {
		.name = "accountRef.name",
		.column = "account_ref_name",
		.kind = MODEL_TEXT,
		.note = "that account's name",
	},
	[DOCUMENT_LINE_TAX_RATE_REF_ID] = {
		.name = "taxRateRef.id",
		.column = "tax_rate_ref_id",
		.kind = MODEL_TEXT,
		.note = "taxRates id",
	},
	[DOCUMENT_LINE_TAX_RATE_REF_NAME] = {
		.name = "taxRateRef.name",
		.column = "tax_rate_ref_name",
		.kind = MODEL_TEXT,
		.note = "that rate's name",
	},
	[DOCUMENT_LINE_TAX_RATE_REF_RATE] = {
		.name = "taxRateRef.effectiveTaxRate",
		.column = "tax_rate_ref_effective_tax_rate",
		.kind = MODEL_RATE,
		.note = "in percent, on the document's day",
	},
	[DOCUMENT_LINE_ITEM_REF_ID] = {
		.name = "itemRef.id",
		.column = "item_ref_id",
		.kind = MODEL_TEXT,
		.note = "items id",
	},
	[DOCUMENT_LINE_ITEM_REF_NAME] = {
		.name = "itemRef.name",
		.column = "item_ref_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "that item's name",
	},
	[DOCUMENT_LINE_LINE_NUMBER] = {
		.name = "lineNumber",
		.column = "line_number",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "bills only: the line's number in the entry",
	},
};
