#include "derive/document_kind.h"

#include <string.h>

static const struct document_kind kinds[] = {
	{
		.type = &model_invoices,
		.entry_type = "20",
		.sale = true,
		.sign = -1,
		.number = INVOICE_NUMBER,
		.party_id = INVOICE_PARTY_ID,
		.party_name = INVOICE_PARTY_NAME,
		.issued = INVOICE_ISSUE_DATE,
		.due_date = INVOICE_DUE_DATE,
		.paid_on = INVOICE_PAID_ON_DATE,
		.currency = INVOICE_CURRENCY,
		.rate = INVOICE_CURRENCY_RATE,
		.lines = INVOICE_LINES,
		.status = INVOICE_STATUS,
		.net = INVOICE_SUB_TOTAL,
		.tax = INVOICE_TAX_AMOUNT,
		.total = INVOICE_TOTAL_AMOUNT,
		.due = INVOICE_AMOUNT_DUE,
		.discount = -1,
		.discount_percentage = -1,
		.modified = INVOICE_SOURCE_MODIFIED_DATE,
		.untouched = "Submitted",
	},
	{
		.type = &model_credit_notes,
		.entry_type = "21",
		.sale = true,
		.sign = 1,
		.number = CREDIT_NOTE_NUMBER,
		.party_id = CREDIT_NOTE_PARTY_ID,
		.party_name = CREDIT_NOTE_PARTY_NAME,
		.issued = CREDIT_NOTE_ISSUE_DATE,
		.due_date = -1,
		.paid_on = -1,
		.currency = CREDIT_NOTE_CURRENCY,
		.rate = CREDIT_NOTE_CURRENCY_RATE,
		.lines = CREDIT_NOTE_LINES,
		.status = CREDIT_NOTE_STATUS,
		.net = CREDIT_NOTE_SUB_TOTAL,
		.tax = CREDIT_NOTE_TAX_AMOUNT,
		.total = CREDIT_NOTE_TOTAL_AMOUNT,
		.due = CREDIT_NOTE_REMAINING_CREDIT,
		.discount = CREDIT_NOTE_TOTAL_DISCOUNT,
		.discount_percentage = CREDIT_NOTE_DISCOUNT_PERCENTAGE,
		.modified = CREDIT_NOTE_SOURCE_MODIFIED_DATE,
		.untouched = "Submitted",
	},
	{
		.type = &model_bills,
		.entry_type = "30",
		.numbered = true,
		.sign = 1,
		.number = BILL_NUMBER,
		.party_id = BILL_PARTY_ID,
		.party_name = BILL_PARTY_NAME,
		.issued = BILL_ISSUE_DATE,
		.due_date = BILL_DUE_DATE,
		.paid_on = -1,
		.currency = BILL_CURRENCY,
		.rate = BILL_CURRENCY_RATE,
		.lines = BILL_LINES,
		.status = BILL_STATUS,
		.net = BILL_SUB_TOTAL,
		.tax = BILL_TAX_AMOUNT,
		.total = BILL_TOTAL_AMOUNT,
		.due = BILL_AMOUNT_DUE,
		.discount = -1,
		.discount_percentage = -1,
		.modified = BILL_SOURCE_MODIFIED_DATE,
		.untouched = "Open",
	},
	{
		.type = &model_bill_credit_notes,
		.entry_type = "31",
		.sign = -1,
		.number = BILL_CREDIT_NOTE_NUMBER,
		.party_id = BILL_CREDIT_NOTE_PARTY_ID,
		.party_name = BILL_CREDIT_NOTE_PARTY_NAME,
		.issued = BILL_CREDIT_NOTE_ISSUE_DATE,
		.due_date = -1,
		.paid_on = -1,
		.currency = BILL_CREDIT_NOTE_CURRENCY,
		.rate = BILL_CREDIT_NOTE_CURRENCY_RATE,
		.lines = BILL_CREDIT_NOTE_LINES,
		.status = BILL_CREDIT_NOTE_STATUS,
		.net = BILL_CREDIT_NOTE_SUB_TOTAL,
		.tax = BILL_CREDIT_NOTE_TAX_AMOUNT,
		.total = BILL_CREDIT_NOTE_TOTAL_AMOUNT,
		.due = BILL_CREDIT_NOTE_REMAINING_CREDIT,
		.discount = BILL_CREDIT_NOTE_TOTAL_DISCOUNT,
		.discount_percentage = BILL_CREDIT_NOTE_DISCOUNT_PERCENTAGE,
		.modified = BILL_CREDIT_NOTE_SOURCE_MODIFIED_DATE,
		.untouched = "Submitted",
	},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const struct document_kind *document_kind_of_entry(const char *entry_type)
{
	for (size_t i = 0; entry_type && i < KINDS; i++) {
		if (!strcmp(entry_type, kinds[i].entry_type))
			return &kinds[i];
	}
	return NULL;
}

const struct document_kind *document_kind_of(const struct model_type *type)
{
	for (size_t i = 0; i < KINDS; i++) {
		if (kinds[i].type == type)
			return &kinds[i];
	}
	return NULL;
}

const struct document_kind *document_kind_at(size_t index)
{
	return index < KINDS ? &kinds[index] : NULL;
}
