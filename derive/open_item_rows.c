/*
 * How a document finds its rows:
 *
 *	sales      by the entry's id
 *	purchases  by EntryNumber, JournalCode and AccountId. Entry numbers
 *	           begin anew each year: when two entries share all three, the
 *	           row's InvoiceDate decides; when they share that, too, the
 *	           rows may be either's, and nothing is concluded.
 */
#include "derive/open_item_rows.h"

#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"

bool open_item_rows_is_open(const char *const *receivable)
{
	const char *status = receivable[RECEIVABLE_STATUS];

	return status && (!strcmp(status, "20") || !strcmp(status, "30")) &&
	       !convert_true(receivable[RECEIVABLE_IS_FULLY_PAID]);
}

struct search {
	const struct document_kind *kind;
	const char *const *header;
	const char *currency;
	bool by_date; /* purchases: only rows of the header's day */
	size_t rows;
	size_t twins; /* other headers that the rows fit as well */
	size_t twins_that_day;
	struct open_item_rows_found found;
};

static void count_in(
	struct search *search, const char *currency, const char *amount)
{
	int64_t value;

	if ((currency && !convert_same(currency, search->currency)) ||
		convert_money(amount, convert_minor_unit(search->currency),
			&value) == CONVERT_MONEY_NONE ||
		decimal_add(search->found.due, search->kind->sign * value,
			&search->found.due))
		search->found.ambiguous = true;
}

static int match_receivable(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	const char *paid = row->values[RECEIVABLE_LAST_PAYMENT_DATE];
	int64_t ms;

	if (open_item_rows_is_open(row->values))
		count_in(search, row->values[RECEIVABLE_CURRENCY],
			row->values[RECEIVABLE_AMOUNT_FC]);
	else if (paid && !when_parse_exact(paid, &ms) &&
		 ms > search->found.paid_on_ms)
		search->found.paid_on_ms = ms;
	return 0;
}

static int match_payable(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	const char *const *value = row->values;

	if (!convert_same(value[PAYABLE_JOURNAL_CODE],
		    search->header[LINE_JOURNAL_CODE]) ||
		!convert_same(value[PAYABLE_ACCOUNT_ID],
			search->header[LINE_ACCOUNT]))
		return 0;
	if (search->by_date && !convert_same(value[PAYABLE_INVOICE_DATE],
				       search->header[LINE_DATE]))
		return 0;
	search->rows++;
	count_in(search, value[PAYABLE_CURRENCY_CODE], value[PAYABLE_AMOUNT]);
	return 0;
}

/* Entry numbers begin anew, in another journal or another year. */
static int count_twin(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	const char *const *value = row->values;

	if (!convert_same(value[LINE_JOURNAL_CODE],
		    search->header[LINE_JOURNAL_CODE]) ||
		!convert_same(
			value[LINE_ACCOUNT], search->header[LINE_ACCOUNT]))
		return 0;
	search->twins++;
	if (convert_same(value[LINE_DATE], search->header[LINE_DATE]))
		search->twins_that_day++;
	return 0;
}

static int find_payables(
	struct derive *derive, struct search *search, struct error *err)
{
	const char *number = search->header[LINE_ENTRY_NUMBER];
	struct search narrow = *search;
	int fail;

	if (!number)
		return 0;
	fail = records_feed_each(derive->records, &entity_payables.shape,
		number, match_payable, search, err);
	if (fail || !search->rows)
		return fail;
	fail = records_feed_find(derive->records,
		&entity_transaction_lines.shape, LINE_BY_ENTRY_NUMBER, number,
		count_twin, search, err);
	if (fail || search->twins <= 1)
		return fail;
	narrow.by_date = true;
	narrow.found.ambiguous = search->twins_that_day > 1;
	fail = records_feed_each(derive->records, &entity_payables.shape,
		number, match_payable, &narrow, err);
	search->found = narrow.found;
	return fail;
}

int open_item_rows_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, const char *currency,
	struct open_item_rows_found *ret, struct error *err)
{
	struct search search = {
		.kind = kind,
		.header = header,
		.currency = currency,
		.found = { .paid_on_ms = INT64_MIN },
	};
	int fail = kind->sale ? records_feed_each(derive->records,
					&entity_receivables.shape, id,
					match_receivable, &search, err)
			      : find_payables(derive, &search, err);

	if (!fail)
		*ret = search.found;
	return fail;
}
