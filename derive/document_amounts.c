/*
 *	total      the receivable or payable line, number 0
 *	net lines  all others that are not on a VAT account (type 24)
 *	tax        total - net lines
 *
 * A bill of 200.00 at 21 %, of which half may be claimed, and 200.00 under
 * reverse charge, in the feed's signs (credit negative):
 *
 *	number  account  code  AmountFC  AmountVATFC
 *	0       payable         -442.00
 *	1       costs     V50    200.00        42.00
 *	2       costs     REV    200.00        42.00
 *	9001    VAT       V50     21.00
 *	9002    costs     V50     21.00
 *	9003    VAT       REV     42.00
 *	9004    VAT       REV    -42.00
 *
 * has total 442.00, net 200 + 200 + 21 = 421.00, tax 21.00; the line items
 * have taxes 21.00, 0 and 0: what may not be claimed stays a cost.
 *
 * A line's AmountVATFC is what the code's percentage gives. What is really
 * paid and claimed of it is on VAT accounts under that code. When both amounts
 * agree, each line has its own; when nothing is on VAT accounts (reverse
 * charge), each line has 0; when the amounts differ and one line has the code,
 * the line has what is on VAT accounts. When some VAT line names no code, all
 * codes are taken as one. Otherwise the lines' taxes are unknown: an amount is
 * not shared out by guess.
 */
#include "derive/document_amounts.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/refs.h"

/* Lines from this number on are made by Exact: VAT, differences. */
#define SPECIAL_NUMBER 9000

static bool same_code(const struct line *a, const struct line *b)
{
	const char *left = a->values[LINE_VAT_CODE];
	const char *right = b->values[LINE_VAT_CODE];

	return convert_has(left) && convert_has(right) && !strcmp(left, right);
}

static void add(struct document_amounts *amounts, int64_t amount, int64_t *sum)
{
	if (decimal_add(*sum, amount, sum))
		amounts->too_large = true;
}

static bool is_vat(const struct derive *derive,
	struct document_amounts *amounts, const struct line *line)
{
	char type[REFS_TEXT_MAX];

	if (refs_get(derive, REFS_ACCOUNT_TYPES, line->values[LINE_GL_ACCOUNT],
		    type))
		return !strcmp(type, ACCOUNT_TYPE_VAT);
	amounts->account_unknown = true;
	return false;
}

static void read_line(const struct derive *derive,
	const struct document_kind *kind, const char *currency,
	struct document_amounts *amounts, size_t at)
{
	const struct line *line = &amounts->lines[at];
	struct document_line_amounts *of = &amounts->of[at];
	const char *text = line->values[LINE_AMOUNT_FC];
	int minor = convert_minor_unit(currency);
	int64_t value = 0;

	/* In the company's own currency the two amounts are the same. */
	if (!text && !strcmp(currency, derive->currency))
		text = line->values[LINE_AMOUNT_DC];
	if (convert_money(text, minor, &value) == CONVERT_MONEY_NONE)
		amounts->unreadable = true;
	if (line == amounts->header) {
		amounts->total = -kind->sign * value;
		return;
	}
	of->net = kind->sign * value;
	if (convert_money(line->values[LINE_AMOUNT_VAT_FC], minor, &value) !=
		CONVERT_MONEY_NONE)
		of->stated = kind->sign * value;
	of->vat = is_vat(derive, amounts, line);
	if (of->vat && !convert_has(line->values[LINE_VAT_CODE]))
		amounts->codes_named = false;
	add(amounts, of->net, of->vat ? &amounts->vat : &amounts->net);
}

int document_amounts_read(const struct derive *derive,
	const struct document_kind *kind, const char *currency,
	const struct line *lines, size_t count, struct document_amounts *ret,
	struct error *err)
{
	*ret = (struct document_amounts){
		.lines = lines,
		.count = count,
		.of = calloc(count, sizeof(*ret->of)),
		.header = lines[0].number == 0 ? &lines[0] : NULL,
		.codes_named = true,
	};
	if (!ret->of)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < count; i++)
		read_line(derive, kind, currency, ret, i);
	return 0;
}

void document_amounts_free(struct document_amounts *amounts)
{
	free(amounts->of);
	amounts->of = NULL;
}

bool document_amounts_known(const struct document_amounts *amounts)
{
	return !amounts->unreadable && !amounts->too_large &&
	       !amounts->account_unknown;
}

bool document_amounts_is_item(const struct document_amounts *amounts, size_t at)
{
	return &amounts->lines[at] != amounts->header && !amounts->of[at].vat;
}

/* Does lines[other] count when the VAT of `line` is looked for? */
static bool shares_code(const struct document_amounts *amounts, size_t other,
	const struct line *line)
{
	const struct line *that = &amounts->lines[other];

	if (that == amounts->header)
		return false;
	if (amounts->codes_named)
		return same_code(that, line);
	return amounts->of[other].vat ||
	       convert_has(that->values[LINE_VAT_CODE]);
}

bool document_amounts_tax(
	const struct document_amounts *amounts, size_t at, int64_t *ret)
{
	const struct line *line = &amounts->lines[at];
	int64_t stated = 0;
	int64_t booked = 0;
	size_t sharing = 0;

	if (line->number >= SPECIAL_NUMBER ||
		!convert_has(line->values[LINE_VAT_CODE])) {
		*ret = 0;
		return true;
	}
	for (size_t i = 0; i < amounts->count; i++) {
		if (!shares_code(amounts, i, line))
			continue;
		if (amounts->of[i].vat) {
			booked += amounts->of[i].net;
		} else if (amounts->lines[i].number < SPECIAL_NUMBER) {
			stated += amounts->of[i].stated;
			sharing++;
		}
	}
	if (booked != stated && booked != 0 && sharing > 1)
		return false;
	*ret = booked == stated ? amounts->of[at].stated : booked;
	return true;
}
