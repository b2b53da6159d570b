/*
 * A document that was made void is undone by a second entry of the same type
 * and InvoiceNumber, with the amounts turned round. The ledger's lines do not
 * say so; the two entries are recognized by what they share:
 *
 *	entry  Type  InvoiceNumber  Account  line 0
 *	A      20    23700012       C1        121.00   void
 *	B      20    23700012       C1       -121.00   no document
 *
 * When more than one entry fits on either side, nothing is concluded: both
 * stay documents, with a finding.
 */
#include "derive/reversal.h"

#include <stdio.h>
#include <string.h>

#include "derive/convert.h"
#include "derive/mark.h"

struct search {
	const struct document_kind *kind;
	const char *id;
	const char *const *header;
	const char *currency;
	const char *own_currency;
	int64_t total;
	size_t like;     /* others that are the same as this one */
	size_t opposite; /* others that turn this one round */
	struct reversal_found found;
	struct derive *derive;
	struct error *err;
};

static const char *currency_of(
	const struct search *search, const char *const *value)
{
	return convert_has(value[LINE_CURRENCY]) ? value[LINE_CURRENCY]
						 : search->own_currency;
}

/* 1: the row's entry turns this one round; -1: it is the same as this one; 0:
 * it has nothing to do with this one. */
static int compare(const struct search *search, const struct feed_row *row)
{
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
	return total == search->total ? -1 : total == -search->total;
}

static int look_at(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	const char *const *value = row->values;
	int is = compare(search, row);

	if (is < 0)
		search->like++;
	if (is <= 0)
		return 0;
	search->opposite++;
	snprintf(search->found.other, sizeof(search->found.other), "%s",
		row->group);
	snprintf(search->found.number, sizeof(search->found.number), "%.31s",
		value[LINE_ENTRY_NUMBER] ? value[LINE_ENTRY_NUMBER]
					 : "without number");
	return 0;
}

static int mark_fitting(void *arg, const struct feed_row *row)
{
	const struct search *search = arg;

	return compare(search, row)
		       ? mark_entry_unless(search->derive, search->kind,
				 row->group, MARK_UNLESS_NOT_VOID, search->err)
		       : 0;
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
		.derive = derive,
		.err = err,
	};
	int fail;

	*ret = (struct reversal_found){ .what = REVERSAL_NONE };
	if (!convert_has(number) || !strcmp(number, "0") || !total)
		return 0;
	search.currency = currency_of(&search, header);
	fail = records_feed_find(derive->records,
		&entity_transaction_lines.shape, LINE_BY_INVOICE_NUMBER, number,
		look_at, &search, err);
	if (fail || !search.opposite)
		return fail;
	if (search.like || search.opposite > 1)
		search.found.what = REVERSAL_AMBIGUOUS;
	else
		search.found.what = total < 0 ? REVERSAL_OF_ANOTHER
					      : REVERSAL_BY_ANOTHER;
	if (search.found.what == REVERSAL_AMBIGUOUS)
		fail = records_feed_find(derive->records,
			&entity_transaction_lines.shape, LINE_BY_INVOICE_NUMBER,
			number, mark_fitting, &search, err);
	else
		fail = mark_entry_unless(derive, kind, search.found.other,
			search.found.what == REVERSAL_BY_ANOTHER
				? MARK_UNLESS_NO_RECORD
				: MARK_UNLESS_VOID,
			err);
	if (!fail)
		*ret = search.found;
	return fail;
}
