/*
 * Chance, money, texts, and the writing of entries.
 *
 * An entry is opened, gets its lines, and is closed; closing asserts that its
 * lines sum to zero in the division's currency. The header line is number 0;
 * net lines count from 1; VAT lines, and the share of VAT that may not be
 * claimed, count from 9001.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/generate_state.h"

#define DAY_MS 86400000

uint64_t generate_random(struct generate *g)
{
	uint64_t value = g->random += 0x9E3779B97F4A7C15u;

	value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
	value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
	return value ^ (value >> 31);
}

uint32_t generate_below(struct generate *g, uint32_t below)
{
	return (uint32_t)(generate_random(g) % below);
}

uint32_t generate_text(struct generate *g, const char *format, ...)
{
	char text[200];
	uint32_t made = 0;
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0 || books_names_put(g->books, text, strlen(text), &made) < 0)
		g->failed = true;
	return made;
}

/* Rows are written here when there is no memory; nothing reads them. */
static union {
	struct books_line line;
	struct books_invoice invoice;
	struct books_relation relation;
	struct books_item item;
	struct books_vat vat;
	struct books_term term;
	struct books_cost cost;
	struct books_entry entry;
} nowhere;

void *generate_row(struct generate *g, enum books_kind kind, size_t *ret_row)
{
	size_t row = 0;

	if (g->failed || books_index_add(g->set, kind, &row) < 0) {
		g->failed = true;
		memset(&nowhere, 0, sizeof(nowhere));
		if (ret_row)
			*ret_row = 0;
		return &nowhere;
	}
	struct books_head *head = books_index_head(&g->set->tables[kind], row);
	head->modified_ms = (int64_t)g->today * DAY_MS +
			    (32400 + g->seconds) * INT64_C(1000);
	if (ret_row)
		*ret_row = row;
	return head;
}

int generate_digits(const char *currency)
{
	return books_digits(currency);
}

static int64_t half_away(int64_t value, int64_t by)
{
	return value < 0 ? -((-value + by / 2) / by) : (value + by / 2) / by;
}

int64_t generate_cents(int64_t fc, const char *currency, int64_t rate)
{
	static const int64_t per_cent[] = { 10000, 100000, 1000000, 10000000 };

	if (rate == 0)
		return fc;
	return half_away(fc * rate, per_cent[generate_digits(currency)]);
}

int64_t generate_percent(int64_t amount, int64_t hundredths)
{
	return half_away(amount * hundredths, 10000);
}

/* A slow wave about a centre, by month: 12 steps up, 12 down. */
int64_t generate_rate(const struct generate *g, const char *currency)
{
	static const struct {
		const char *currency;
		int64_t euro;
		int64_t pound;
	} rates[] = {
		{ "USD", 921347, 789213 },
		{ "JPY", 6183, 5291 },
		{ "KWD", 3004519, 2573906 },
		{ "EUR", 0, 857421 },
		{ "GBP", 1166290, 0 },
	};
	int64_t step = (g->today / 30) % 24;
	int64_t wave = step < 12 ? step : 24 - step;

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++)
		if (strcmp(rates[i].currency, currency) == 0) {
			int64_t rate = g->uk ? rates[i].pound : rates[i].euro;
			return rate + rate * (wave - 6) / 200;
		}
	return 0;
}

uint16_t generate_vat_percent(const struct generate *g, enum generate_vat vat)
{
	const struct books_table *table = &g->set->tables[BOOKS_RATES];
	const struct books_rate *rates = table->rows;

	for (size_t i = 0; i < table->count; i++)
		if (rates[i].vat == (uint32_t)vat &&
			rates[i].from <= g->today &&
			(rates[i].to == 0 || g->today <= rates[i].to))
			return rates[i].percent;
	return 0;
}

struct books_line *generate_line(struct generate *g, size_t row)
{
	const struct books_table *table = &g->set->tables[BOOKS_LINES];

	return g->failed ? &nowhere.line
			 : (struct books_line *)table->rows + row;
}

size_t generate_room(const struct generate *g)
{
	return g->target - g->set->tables[BOOKS_LINES].count;
}

struct books_entry *generate_open_entry(
	struct generate *g, enum generate_journal journal)
{
	struct books_set *set = g->set;
	void *entries = set->entries;

	g->sum_dc = 0;
	g->next_line = 0;
	g->seconds += 7;
	if (g->failed ||
		books_index_grow(&entries, set->entry_count,
			&set->entry_capacity, sizeof(*set->entries)) < 0) {
		g->failed = true;
		memset(&nowhere, 0, sizeof(nowhere));
		return &nowhere.entry;
	}
	set->entries = entries;
	g->entry = set->entry_count++;
	struct books_entry *entry = &set->entries[g->entry];
	*entry = (struct books_entry){
		.created_ms = (int64_t)g->today * DAY_MS +
			      (32400 + g->seconds) * INT64_C(1000),
		.serial = set->next_serial++,
		.number = (g->year % 100) * 10000000 + (int)journal * 1000000 +
			  ++g->numbers[journal],
		.first = (uint32_t)set->tables[BOOKS_LINES].count,
	};
	set->last_entry_number = entry->number;
	return entry;
}

uint32_t generate_add_line(struct generate *g, enum generate_journal journal,
	enum generate_account account, uint16_t type, uint32_t relation,
	int64_t dc, int64_t fc, const char *currency, uint32_t text)
{
	struct books_set *set = g->set;
	struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	struct books_relation *relations = set->tables[BOOKS_RELATIONS].rows;
	size_t row;
	struct books_line *line = generate_row(g, BOOKS_LINES, &row);

	if (g->failed)
		return 0;
	line->head.modified_ms = set->entries[g->entry].created_ms;
	line->amount_dc = dc;
	line->amount_fc = fc;
	line->entry = (uint32_t)g->entry;
	line->account = (uint32_t)account;
	line->relation = relation;
	line->description = text;
	line->date = g->today;
	line->number = g->next_line++;
	line->type = type;
	line->journal = (uint16_t)journal;
	books_period(set, g->today, &line->year, &line->period);
	memcpy(line->currency, currency ? currency : set->division.currency, 4);
	accounts[account].used++;
	journals[journal].used++;
	if (relation > 0)
		relations[relation - 1].used++;
	set->entries[g->entry].lines++;
	g->balance[account] += dc;
	g->sum_dc += dc;
	return (uint32_t)row;
}

void generate_close_entry(struct generate *g)
{
	assert(g->failed || g->sum_dc == 0);
}
