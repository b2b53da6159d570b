#include "derive/document.h"

#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/party_names.h"
#include "derive/refs.h"

#define RATE_ONE INT64_C(1000000000)

/* a * 10^9 / b, rounded half away from zero; false when that doesn't fit. */
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
	/* A credit note's amounts are turned positive, and so are its
	 * quantities. */
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
	refs_set_account(derive, child, DOCUMENT_LINE_ACCOUNT_REF_ID,
		item->account, item->account_copy);
	refs_set_tax_rate(derive, child, DOCUMENT_LINE_TAX_RATE_REF_ID,
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
	const char *name;
	int fail;

	convert_text(record, kind->party_id, id, 0);
	if (!model_is_set(record, kind->party_id))
		return 0;
	fail = party_names_get(derive, id, &name, err);
	if (!fail)
		convert_text(record, kind->party_name, name ? name : copy, 0);
	return fail;
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
