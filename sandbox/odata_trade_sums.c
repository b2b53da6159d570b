/*
 * Lists that no table holds: open items, currencies, balances and budgets.
 *
 * ReportingBalance sums the ledger by account, year, period and type:
 *
 *	8000 2026 3 type 20   Amount -12345.67, AmountCredit 12345.67, Count 9
 *
 * The sums are computed when asked for and kept until the books change.
 *
 * A budget has a row for each profit and loss account and period, ordered by
 * period first; revenue is negative, as in the ledger. Only generated books
 * have periods, and so budgets. Whether Exact also shows budgets among the
 * TransactionLines (Type 3000) is not known; here it does not.
 */
#include <stdlib.h>
#include <string.h>

#include "sandbox/odata_trade.h"
#include "sandbox/odata_value.h"

static const struct {
	const char *code;
	const char *name;
} currencies[] = {
	{ "EUR", "Euro" },
	{ "GBP", "Pound sterling" },
	{ "JPY", "Yen" },
	{ "KWD", "Kuwaiti dinar" },
	{ "USD", "US dollar" },
};

#define CURRENCIES (sizeof(currencies) / sizeof(*currencies))

bool odata_trade_sums(enum odata_kind kind)
{
	return kind == ODATA_ROWS_RECEIVABLES_LIST ||
	       kind == ODATA_ROWS_PAYABLES_LIST ||
	       kind == ODATA_ROWS_CURRENCIES || kind == ODATA_ROWS_BALANCE ||
	       kind == ODATA_ROWS_BUDGETS;
}

/* The nth profit and loss account. When there is none, NULL and the number of
 * such accounts. */
static const struct books_account *planned(
	const struct books_set *set, size_t nth, size_t *ret_count)
{
	const struct books_table *table = &set->tables[BOOKS_ACCOUNTS];
	const struct books_account *accounts = table->rows;
	size_t seen = 0;

	for (size_t i = 0; i < table->count; i++)
		if (accounts[i].sheet == 'W' && !accounts[i].head.deleted &&
			seen++ == nth)
			return &accounts[i];
	if (ret_count)
		*ret_count = seen;
	return NULL;
}

static int compare(const struct books_sum *a, const struct books_sum *b)
{
	if (a->year != b->year)
		return a->year < b->year ? -1 : 1;
	if (a->period != b->period)
		return a->period < b->period ? -1 : 1;
	if (a->account != b->account)
		return a->account < b->account ? -1 : 1;
	return a->type < b->type ? -1 : a->type > b->type;
}

static int by_place(const void *left, const void *right)
{
	return compare(left, right);
}

struct map {
	struct books_sum *slots;
	size_t size;
	size_t used;
};

static struct books_sum *find(struct map *map, const struct books_sum *key)
{
	size_t at = (key->account * 2654435761u + key->year * 40503u +
			    key->period * 9973u + key->type * 131u) &
		    (map->size - 1);

	while (map->slots[at].count > 0 && compare(&map->slots[at], key) != 0)
		at = (at + 1) & (map->size - 1);
	return &map->slots[at];
}

static int grow(struct map *map)
{
	struct map larger = { .size = map->size == 0 ? 1024 : map->size * 2 };

	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return FAIL_STOP;
	for (size_t i = 0; i < map->size; i++)
		if (map->slots[i].count > 0)
			*find(&larger, &map->slots[i]) = map->slots[i];
	larger.used = map->used;
	free(map->slots);
	*map = larger;
	return 0;
}

static int add(struct map *map, const struct books_line *line)
{
	struct books_sum key = { .account = line->account,
		.year = line->year,
		.period = line->period,
		.type = line->type };

	if (map->used * 2 >= map->size && grow(map) < 0)
		return FAIL_STOP;
	struct books_sum *sum = find(map, &key);
	if (sum->count == 0) {
		*sum = key;
		map->used++;
	}
	sum->count++;
	if (line->amount_dc > 0)
		sum->debit += line->amount_dc;
	else
		sum->credit -= line->amount_dc;
	return 0;
}

int odata_trade_sum_ready(struct odata_rows *rows)
{
	struct books_set *set = rows->set;
	const struct books_table *table = &set->tables[BOOKS_LINES];
	struct map map = { 0 };
	size_t kept = 0;

	if (rows->kind != ODATA_ROWS_BALANCE ||
		(set->sums && set->sums_version == rows->books->version))
		return 0;
	if (grow(&map) < 0)
		return FAIL_STOP;
	for (size_t row = 0; row < table->count; row++) {
		const struct books_line *line = (const struct books_line *)
							table->rows +
						row;
		if (!line->head.deleted && add(&map, line) < 0) {
			free(map.slots);
			return FAIL_STOP;
		}
	}
	for (size_t i = 0; i < map.size; i++)
		if (map.slots[i].count > 0)
			map.slots[kept++] = map.slots[i];
	qsort(map.slots, kept, sizeof(*map.slots), by_place);
	free(set->sums);
	set->sums = map.slots;
	set->sum_count = kept;
	set->sums_version = rows->books->version;
	return 0;
}

size_t odata_trade_sum_count(const struct odata_rows *rows)
{
	if (rows->kind == ODATA_ROWS_CURRENCIES)
		return CURRENCIES;
	if (rows->kind == ODATA_ROWS_BALANCE)
		return rows->set->sum_count;
	if (rows->kind == ODATA_ROWS_BUDGETS) {
		size_t accounts = 0;

		(void)planned(rows->set, SIZE_MAX, &accounts);
		return accounts * rows->set->tables[BOOKS_PERIODS].count;
	}
	return rows->set->tables[BOOKS_TERMS].count;
}

/* Ids ascend with the rows, because a page begins after the id of the last
 * row. */
static void budget_id(
	const struct odata_rows *rows, size_t row, struct render_value *ret)
{
	odata_value_guid(rows, BOOKS_BUDGETS, 1, ret);
	for (size_t i = 0; i < 6; i++)
		ret->guid.bytes[15 - i] = (unsigned char)((row + 1) >> (8 * i));
}

static void budget_value(const struct odata_rows *rows, size_t row,
	enum odata_source source, struct render_value *ret)
{
	const struct books_fiscal_period
		*periods = rows->set->tables[BOOKS_PERIODS].rows;
	size_t accounts = 0;

	(void)planned(rows->set, SIZE_MAX, &accounts);
	const struct books_fiscal_period *period = &periods[row / accounts];
	const struct books_account *account = planned(
		rows->set, row % accounts, NULL);
	int64_t cents = 100000 + (int64_t)(row % accounts) * 25000 +
			period->period * 500;

	switch (source) {
	case FROM_ID:
		budget_id(rows, row, ret);
		return;
	case FROM_AMOUNT_DC:
		odata_value_amount((uint32_t)row, 4,
			account->side == 'D' ? cents : -cents, 2, ret);
		return;
	case FROM_PARENT_ID:
		odata_value_guid(rows, BOOKS_BUDGETS, 2, ret);
		return;
	case FROM_CODE:
		render_set_text(ret, "1");
		return;
	case FROM_DESCRIPTION:
		render_set_text(ret, "Budget");
		return;
	case FROM_CREATED:
	case FROM_MODIFIED:
		odata_value_moment(rows, rows->set->created_ms, ret);
		return;
	case FROM_YEAR:
		odata_value_number(ret, period->year);
		return;
	case FROM_PERIOD:
		odata_value_number(ret, period->period);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		odata_value_account(rows, account, source, ret);
		return;
	default:
		return;
	}
}

static void currency_value(const struct odata_rows *rows, size_t row,
	enum odata_source source, struct render_value *ret)
{
	static const double precisions[] = { 1, 0.1, 0.01, 0.001 };

	switch (source) {
	case FROM_CODE:
		render_set_text(ret, currencies[row].code);
		return;
	case FROM_DESCRIPTION:
		render_set_text(ret, currencies[row].name);
		return;
	case FROM_PRECISION:
		ret->null = false;
		ret->real = precisions[books_digits(currencies[row].code)];
		return;
	case FROM_CREATED:
	case FROM_MODIFIED:
		odata_value_moment(rows, rows->set->created_ms, ret);
		return;
	default:
		return;
	}
}

static void balance_value(const struct odata_rows *rows, size_t row,
	enum odata_source source, struct render_value *ret)
{
	const struct books_sum *sum = &rows->set->sums[row];
	const struct books_account *accounts = rows->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	switch (source) {
	case FROM_AMOUNT_DC:
		odata_value_amount(
			(uint32_t)row, 1, sum->debit - sum->credit, 2, ret);
		return;
	case FROM_DEBIT:
		odata_value_amount((uint32_t)row, 2, sum->debit, 2, ret);
		return;
	case FROM_CREDIT:
		odata_value_amount((uint32_t)row, 3, sum->credit, 2, ret);
		return;
	case FROM_COUNT:
		odata_value_number(ret, sum->count);
		return;
	case FROM_YEAR:
		odata_value_number(ret, sum->year);
		return;
	case FROM_PERIOD:
		odata_value_number(ret, sum->period);
		return;
	case FROM_TYPE:
		odata_value_number(ret, sum->type);
		return;
	default:
		odata_value_account(rows, &accounts[sum->account], source, ret);
		return;
	}
}

void odata_trade_sum_value(const struct odata_rows *rows, size_t row,
	enum odata_source source, struct render_value *ret)
{
	if (source == FROM_HID)
		odata_value_number(ret, (int64_t)row + 1);
	else if (rows->kind == ODATA_ROWS_CURRENCIES)
		currency_value(rows, row, source, ret);
	else if (rows->kind == ODATA_ROWS_BALANCE)
		balance_value(rows, row, source, ret);
	else if (rows->kind == ODATA_ROWS_BUDGETS)
		budget_value(rows, row, source, ret);
	else if (source == FROM_ID)
		odata_value_guid(rows, BOOKS_TERMS,
			books_index_head(&rows->set->tables[BOOKS_TERMS], row)
				->serial,
			ret);
	else
		odata_trade_value(rows, BOOKS_TERMS, row, source, ret);
}
