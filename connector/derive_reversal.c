/*
 * A document that was made void is undone by a second entry of the same type
 * and InvoiceNumber, with the amounts turned round. The ledger's lines do not
 * say so; they are told by what they share:
 *
 *	entry  Type  InvoiceNumber  Account  line 0
 *	A      20    23700012       C1        121.00   void
 *	B      20    23700012       C1       -121.00   no document
 *
 * When more than one entry fits on either side, nothing is concluded: both
 * stay documents, with a finding.
 */
#include "connector/derive_reversal.h"

#include <stdio.h>
#include <string.h>

#include "connector/convert.h"

struct search {
	const struct document_kind *kind;
	const char *id;
	const char *const *header;
	const char *currency;
	const char *own_currency;
	int64_t total;
	size_t like;     /* others that are as this one */
	size_t opposite; /* that turn it round */
	struct reversal_found found;
};

static const char *currency_of(
	const struct search *search, const char *const *value)
{
	return convert_has(value[LINE_CURRENCY]) ? value[LINE_CURRENCY]
						 : search->own_currency;
}

static int look_at(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	const char *const *value = row->values;
	const char *amount = value[LINE_AMOUNT_FC] ? value[LINE_AMOUNT_FC]
						   : value[LINE_AMOUNT_DC];
	int64_t total;

	if (!strcmp(row->group, search->id) ||
		!convert_same(value[LINE_TYPE], search->kind->entry_type) ||
		!convert_same(
			value[LINE_ACCOUNT], search->header[LINE_ACCOUNT]) ||
		!convert_same(currency_of(search, value), search->currency) ||
		convert_money(amount, convert_minor_unit(search->currency),
			&total) == CONVERT_MONEY_NONE)
		return 0;
	total *= -search->kind->sign;
	if (total == search->total)
		search->like++;
	if (total != -search->total)
		return 0;
	search->opposite++;
	(void)snprintf(search->found.other, sizeof(search->found.other), "%s",
		row->group);
	(void)snprintf(search->found.number, sizeof(search->found.number),
		"%.31s",
		value[LINE_ENTRY_NUMBER] ? value[LINE_ENTRY_NUMBER]
					 : "without number");
	return 0;
}

/* What the other one's record should be, and is not yet. */
static int tell_other(
	struct derive *derive, const struct search *search, struct error *err)
{
	const struct document_kind *kind = search->kind;
	struct model_record *record = NULL;
	bool wrong;
	int r = records_get(
		derive->records, kind->type, search->found.other, &record, err);

	if (r)
		return r;
	if (search->found.what == REVERSAL_BY_ANOTHER)
		wrong = record != NULL;
	else
		wrong = record != NULL &&
			strcmp(model_text(record, kind->status), "Void") != 0;
	model_record_free(record);
	if (!wrong)
		return 0;
	return records_dirty_add(derive->records,
		entity_transaction_lines.shape.name, search->found.other, err);
}

int reversal_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, int64_t total,
	struct reversal_found *ret, struct error *err)
{
	const char *number = header[LINE_INVOICE_NUMBER];
	struct search search = {
		.kind = kind,
		.id = id,
		.header = header,
		.own_currency = derive->currency,
		.total = total,
	};
	int r;

	*ret = (struct reversal_found){ .what = REVERSAL_NONE };
	if (!convert_has(number) || !strcmp(number, "0") || !total)
		return 0;
	search.currency = currency_of(&search, header);
	r = records_feed_find(derive->records, &entity_transaction_lines.shape,
		LINE_BY_INVOICE_NUMBER, number, look_at, &search, err);
	if (r || !search.opposite)
		return r;
	if (search.like || search.opposite > 1)
		search.found.what = REVERSAL_AMBIGUOUS;
	else
		search.found.what = total < 0 ? REVERSAL_OF_ANOTHER
					      : REVERSAL_BY_ANOTHER;
	if (search.found.what != REVERSAL_AMBIGUOUS)
		r = tell_other(derive, &search, err);
	if (!r)
		*ret = search.found;
	return r;
}
