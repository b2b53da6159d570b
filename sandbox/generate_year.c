/*
 * Events of the calendar.
 *
 *	2023-01-01    type 10   opening balance
 *	each 25th     90, 40    wages, and their payment
 *	quarter       90        depreciation; VAT on margins
 *	20th after    50, 40    VAT return, and its payment or refund
 *	12-31         310       period closing: each profit and loss account
 *	                        to the result of the year
 *	12-31         320       year end: each balance sheet account to zero
 *	01-01         321       year start: the same, reversed
 *	01-01         322       the result becomes retained earnings
 *
 * 310 and 322 stay; 320 and 321 cancel each other. So the sum of an account's
 * lines over all time is its balance, and the profit and loss accounts of
 * closed years sum to zero unless 310 is left out.
 */
#include <string.h>

#include "sandbox/generate_state.h"
#include "sandbox/render.h"

static void add(struct generate *g, enum generate_journal journal,
	enum generate_account account, uint16_t type, int64_t cents,
	uint32_t text)
{
	if (cents != 0)
		generate_add_line(
			g, journal, account, type, 0, cents, cents, NULL, text);
}

static void book_two(struct generate *g, enum generate_journal journal,
	uint16_t type, enum generate_account debit,
	enum generate_account credit, int64_t cents, const char *words)
{
	uint32_t text;

	if (cents == 0 || generate_room(g) < 80)
		return;
	text = generate_text(g, "%s", words);
	generate_open_entry(g, journal);
	add(g, journal, debit, type, cents, text);
	add(g, journal, credit, type, -cents, text);
	generate_close_entry(g);
}

static void open_books(struct generate *g)
{
	static const struct {
		enum generate_account account;
		int64_t cents;
	} rows[] = {
		{ ACCOUNT_BANK, 5000000 },
		{ ACCOUNT_STOCK, 3000000 },
		{ ACCOUNT_FIXED, 2400000 },
		{ ACCOUNT_CAPITAL, -4000000 },
		{ ACCOUNT_RETAINED, -4400000 },
		{ ACCOUNT_LOAN, -2000000 },
	};
	uint32_t text = generate_text(g, "Opening balance");

	generate_open_entry(g, JOURNAL_OPENING);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add(g, JOURNAL_OPENING, rows[i].account, 10, rows[i].cents,
			text);
	generate_close_entry(g);
}

static bool on_balance_sheet(const struct generate *g, size_t account)
{
	const struct books_account *accounts = g->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	return accounts[account].sheet == 'B';
}

static void close_result(struct generate *g)
{
	uint32_t text = generate_text(g, "Closing of %d", g->year);
	int64_t result = 0;

	generate_open_entry(g, JOURNAL_GENERAL);
	for (size_t i = 0; i < GENERATE_ACCOUNTS; i++) {
		int64_t balance = g->balance[i];

		if (on_balance_sheet(g, i))
			continue;
		result += balance;
		add(g, JOURNAL_GENERAL, (enum generate_account)i, 310, -balance,
			text);
	}
	add(g, JOURNAL_GENERAL, ACCOUNT_RESULT, 310, result, text);
	generate_close_entry(g);
}

static void turn_sheet(
	struct generate *g, const int64_t *balance, int sign, uint16_t type)
{
	uint32_t text = generate_text(
		g, "%s %d", sign < 0 ? "End of" : "Start of", g->year);

	generate_open_entry(g, JOURNAL_OPENING);
	for (size_t i = 0; i < GENERATE_ACCOUNTS; i++)
		if (on_balance_sheet(g, i))
			add(g, JOURNAL_OPENING, (enum generate_account)i, type,
				sign * balance[i], text);
	generate_close_entry(g);
}

/* On New Year's Day, the entries of the day before come first. */
static void turn_year(struct generate *g, int year)
{
	int64_t balance[GENERATE_ACCOUNTS];

	g->today--;
	g->seconds = 50000;
	close_result(g);
	memcpy(balance, g->balance, sizeof(balance));
	turn_sheet(g, balance, -1, 320);
	g->today++;
	g->seconds = 0;
	g->year = year;
	memset(g->numbers, 0, sizeof(g->numbers));
	turn_sheet(g, balance, 1, 321);
	book_two(g, JOURNAL_OPENING, 322, ACCOUNT_RESULT, ACCOUNT_RETAINED,
		-g->balance[ACCOUNT_RESULT], "Result to reserves");
}

static void return_vat(struct generate *g)
{
	uint32_t text = generate_text(g, "VAT return");
	int64_t owed = g->balance[ACCOUNT_VAT_TO_PAY];
	int64_t claim = g->balance[ACCOUNT_VAT_TO_CLAIM];

	if (generate_room(g) < 80 || (owed == 0 && claim == 0))
		return;
	generate_open_entry(g, JOURNAL_GENERAL);
	add(g, JOURNAL_GENERAL, ACCOUNT_VAT_TO_PAY, 50, -owed, text);
	add(g, JOURNAL_GENERAL, ACCOUNT_VAT_TO_CLAIM, 50, -claim, text);
	add(g, JOURNAL_GENERAL, ACCOUNT_VAT_SETTLED, 50, owed + claim, text);
	generate_close_entry(g);
	book_two(g, JOURNAL_BANK, 40, ACCOUNT_BANK, ACCOUNT_VAT_SETTLED,
		g->balance[ACCOUNT_VAT_SETTLED], "Tax office");
}

/* Wages grow with the size of the books. */
static int64_t wages(struct generate *g)
{
	int64_t scale = (int64_t)(g->target / 1000);

	return 320000 * scale + generate_below(g, 20000);
}

static void month(struct generate *g, int number)
{
	if (number % 3 != 1)
		return;
	book_two(g, JOURNAL_GENERAL, 90, ACCOUNT_REVENUE_MARGIN,
		ACCOUNT_VAT_TO_PAY, g->margin, "VAT on margins");
	g->margin = 0;
	book_two(g, JOURNAL_GENERAL, 90, ACCOUNT_WEAR, ACCOUNT_WORN, 30000,
		"Depreciation");
	book_two(g, JOURNAL_BANK, 40, ACCOUNT_BANK_COSTS, ACCOUNT_BANK, 2995,
		"Bank charges");
	book_two(g, JOURNAL_BANK, 40, ACCOUNT_BANK, ACCOUNT_INTEREST, 1207,
		"Interest");
}

static const struct generate_scenario *changed_rate(void)
{
	const struct generate_scenario *scenario = generate_scenarios;

	while (scenario->vat != VAT_CHANGED)
		scenario++;
	return scenario;
}

void generate_year_day(struct generate *g)
{
	int year;
	int number;
	int day;

	render_civil(g->today, &year, &number, &day);
	if (g->year == 0) {
		g->year = year;
		open_books(g);
	} else if (year != g->year) {
		turn_year(g, year);
	}
	if (day == 1 && g->today > generate_world_first_day())
		month(g, number);
	if (day == 20 && number % 3 == 1)
		return_vat(g);
	if (day == 25) {
		int64_t cents = wages(g);

		book_two(g, JOURNAL_GENERAL, 90, ACCOUNT_WAGES,
			ACCOUNT_WAGES_DUE, cents, "Wages");
		book_two(g, JOURNAL_BANK, 40, ACCOUNT_WAGES_DUE, ACCOUNT_BANK,
			cents, "Wages paid");
	}
	/* A sale on each side of the rate's change, even in the smallest
	 * books. */
	if (day == 10 && number == 2 && generate_room(g) > 80)
		generate_trade(g, changed_rate());
}

void generate_year_rest(struct generate *g)
{
	while (generate_room(g) > 0 && !g->failed) {
		uint32_t text = generate_text(g, "Correction");
		int64_t cents = 100 + generate_below(g, 9900);
		bool three = generate_room(g) == 3;

		generate_open_entry(g, JOURNAL_GENERAL);
		add(g, JOURNAL_GENERAL, ACCOUNT_OFFICE, 90, cents, text);
		if (three)
			add(g, JOURNAL_GENERAL, ACCOUNT_GOODS, 90, -50, text);
		add(g, JOURNAL_GENERAL, ACCOUNT_RENT, 90,
			three ? 50 - cents : -cents, text);
		generate_close_entry(g);
	}
}
