#include "derive/document_kind.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/derive_refs.h"
#include "derive/make_relations.h"

#define RATE_ONE INT64_C(1000000000)

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

/* a * 10^9 / b, half away from zero; false when it doesn't fit. */
static bool divide(int64_t a, int64_t b, int64_t *ret)
{
	bool negative = (a < 0) != (b < 0);
	uint64_t rest = a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
	uint64_t by = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
	uint64_t result;

	if (!by || by > UINT64_MAX / 10)
		return false;
	result = rest / by;
	rest %= by;
	for (int i = 0; i < 9; i++) {
		if (result > (uint64_t)INT64_MAX / 10 - 1)
			return false;
		rest *= 10;
		result = result * 10 + rest / by;
		rest %= by;
	}
	if (rest * 2 >= by)
		result++;
	*ret = negative ? -(int64_t)result : (int64_t)result;
	return true;
}

static void set_amounts(const struct document_kind *kind,
	const struct document_item *item, struct model_record *child)
{
	int64_t quantity = 0;
	int64_t value;

	if (!item->quantity ||
		decimal_parse(item->quantity, MODEL_RATE_SCALE, &quantity) ||
		!quantity)
		quantity = RATE_ONE;
	/* Amounts of credit notes are turned positive: so are quantities. */
	if (kind->discount >= 0 && quantity < 0 && quantity != INT64_MIN)
		quantity = -quantity;
	model_set_rate(child, DOCUMENT_LINE_QUANTITY, quantity);
	if (!item->amounts_known)
		return;
	if (divide(item->net, quantity, &value))
		model_set_money(child, DOCUMENT_LINE_UNIT_AMOUNT, value);
	model_set_money(child, DOCUMENT_LINE_SUB_TOTAL, item->net);
	if (!item->tax_known)
		return;
	model_set_money(child, DOCUMENT_LINE_TAX_AMOUNT, item->tax);
	if (!decimal_add(item->net, item->tax, &value))
		model_set_money(child, DOCUMENT_LINE_TOTAL_AMOUNT, value);
}

bool document_add_item(const struct derive *derive,
	const struct document_kind *kind, struct model_record *record,
	const struct document_item *item)
{
	struct model_record *child = model_add_child(record, kind->lines);

	if (!child)
		return false;
	if (kind->numbered)
		convert_text(child, DOCUMENT_LINE_LINE_NUMBER, item->number, 0);
	convert_text(child, DOCUMENT_LINE_DESCRIPTION, item->text, 0);
	set_amounts(kind, item, child);
	derive_refs_account(derive, child, DOCUMENT_LINE_ACCOUNT_REF_ID,
		item->account, item->account_copy);
	derive_refs_tax_rate(derive, child, DOCUMENT_LINE_TAX_RATE_REF_ID,
		item->vat_code, item->vat_fraction);
	convert_text(child, DOCUMENT_LINE_ITEM_REF_ID, item->item, 0);
	if (model_is_set(child, DOCUMENT_LINE_ITEM_REF_ID))
		convert_text(
			child, DOCUMENT_LINE_ITEM_REF_NAME, item->item_name, 0);
	return true;
}

int document_set_party(struct derive *derive, const struct document_kind *kind,
	struct model_record *record, const char *id, const char *copy,
	struct error *err)
{
	char name[REFS_TEXT_MAX];
	int r;

	convert_text(record, kind->party_id, id, 0);
	if (!model_is_set(record, kind->party_id))
		return 0;
	r = derive_relation_name(derive, id, copy, name, sizeof(name), err);
	if (!r)
		convert_text(record, kind->party_name, name, 0);
	return r;
}

void document_set_rate(const struct derive *derive,
	const struct document_kind *kind, struct model_record *record,
	const char *currency, int64_t own, int64_t foreign)
{
	int64_t rate;

	if (!strcmp(currency, derive->currency))
		model_set_rate(record, kind->rate, RATE_ONE);
	else if (own && divide(own, foreign, &rate))
		model_set_rate(record, kind->rate, rate);
}

void document_set_due(const struct document_kind *kind,
	struct model_record *record, int64_t total, int64_t due)
{
	const char *status = kind->untouched;

	if (due == 0)
		status = "Paid";
	else if ((due < 0) == (total < 0) && imaxabs(due) < imaxabs(total))
		status = "PartiallyPaid";
	model_set_money(record, kind->due, due);
	model_set_text(record, kind->status, status);
}
