/*
 * items: what is bought and sold.
 *
 * The half of an item that it is not used for (billItem, invoiceItem) is
 * absent.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const char *const types[] = {
	"Unknown",
	"Inventory",
	"NonInventory",
	"Service",
	NULL,
};

static const struct model_field fields[ITEM_FIELDS] = {
	[ITEM_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the item's id in the source",
	},
	[ITEM_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the description",
		.indexed = true,
	},
	[ITEM_CODE] = {
		.name = "code",
		.column = "code",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "code",
		.indexed = true,
	},
	[ITEM_STATUS] = {
		.name = "itemStatus",
		.column = "item_status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "Archived when it has ended",
	},
	[ITEM_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_ENUM,
		.values = types,
		.note = "Inventory when stock is kept",
	},
	[ITEM_IS_BILL_ITEM] = {
		.name = "isBillItem",
		.column = "is_bill_item",
		.kind = MODEL_BOOLEAN,
		.note = "it is bought",
	},
	[ITEM_BILL_ITEM_DESCRIPTION] = {
		.name = "billItem.description",
		.column = "bill_item_description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its text when bought",
	},
	[ITEM_BILL_ITEM_UNIT_PRICE] = {
		.name = "billItem.unitPrice",
		.column = "bill_item_unit_price",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "per unit, in the company's currency",
	},
	[ITEM_BILL_ITEM_ACCOUNT_REF_ID] = {
		.name = "billItem.accountRef.id",
		.column = "bill_item_account_ref_id",
		.kind = MODEL_TEXT,
		.note = "chartOfAccounts id",
	},
	[ITEM_BILL_ITEM_ACCOUNT_REF_NAME] = {
		.name = "billItem.accountRef.name",
		.column = "bill_item_account_ref_name",
		.kind = MODEL_TEXT,
		.note = "that account's name",
	},
	[ITEM_BILL_ITEM_TAX_RATE_REF_ID] = {
		.name = "billItem.taxRateRef.id",
		.column = "bill_item_tax_rate_ref_id",
		.kind = MODEL_TEXT,
		.note = "taxRates id",
	},
	[ITEM_BILL_ITEM_TAX_RATE_REF_NAME] = {
		.name = "billItem.taxRateRef.name",
		.column = "bill_item_tax_rate_ref_name",
		.kind = MODEL_TEXT,
		.note = "that rate's name",
	},
	[ITEM_BILL_ITEM_TAX_RATE_REF_RATE] = {
		.name = "billItem.taxRateRef.effectiveTaxRate",
		.column = "bill_item_tax_rate_ref_effective_tax_rate",
		.kind = MODEL_RATE,
		.note = "in percent",
	},
	[ITEM_IS_INVOICE_ITEM] = {
		.name = "isInvoiceItem",
		.column = "is_invoice_item",
		.kind = MODEL_BOOLEAN,
		.note = "it is sold",
	},
	[ITEM_INVOICE_ITEM_DESCRIPTION] = {
		.name = "invoiceItem.description",
		.column = "invoice_item_description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its text when sold",
	},
	[ITEM_INVOICE_ITEM_UNIT_PRICE] = {
		.name = "invoiceItem.unitPrice",
		.column = "invoice_item_unit_price",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "per unit, in the company's currency",
	},
	[ITEM_INVOICE_ITEM_ACCOUNT_REF_ID] = {
		.name = "invoiceItem.accountRef.id",
		.column = "invoice_item_account_ref_id",
		.kind = MODEL_TEXT,
		.note = "chartOfAccounts id",
	},
	[ITEM_INVOICE_ITEM_ACCOUNT_REF_NAME] = {
		.name = "invoiceItem.accountRef.name",
		.column = "invoice_item_account_ref_name",
		.kind = MODEL_TEXT,
		.note = "that account's name",
	},
	[ITEM_INVOICE_ITEM_TAX_RATE_REF_ID] = {
		.name = "invoiceItem.taxRateRef.id",
		.column = "invoice_item_tax_rate_ref_id",
		.kind = MODEL_TEXT,
		.note = "taxRates id",
	},
	[ITEM_INVOICE_ITEM_TAX_RATE_REF_NAME] = {
		.name = "invoiceItem.taxRateRef.name",
		.column = "invoice_item_tax_rate_ref_name",
		.kind = MODEL_TEXT,
		.note = "that rate's name",
	},
	[ITEM_INVOICE_ITEM_TAX_RATE_REF_RATE] = {
		.name = "invoiceItem.taxRateRef.effectiveTaxRate",
		.column = "invoice_item_tax_rate_ref_effective_tax_rate",
		.kind = MODEL_RATE,
		.note = "in percent",
	},
	[ITEM_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[ITEM_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[ITEM_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_items = {
	.name = "items",
	.table = {
		.table = "items",
		.row = "item",
		.fields = fields,
		.count = ITEM_FIELDS,
	},
	.is_deleted = ITEM_IS_DELETED,
	.modified_date = ITEM_MODIFIED_DATE,
};
