/*
 * The French chart of accounts, and conclusions from it.
 *
 * A journal's type is the type of most of its entries: it is a bank journal
 * when more than half of its entries touch 512; 411 with 70 makes sales, 401
 * with 6 or 2 makes purchases. Journals of opening balances are recognised by
 * name (AN, RAN, "nouveau"), because their entries look like all types.
 *
 * The line that balances a sales, purchase, bank or cash entry is number 0, as
 * in the combined feed of Exact Online:
 *
 *	sales    411000  120.00   line 0
 *	         706000 -100.00   line 1
 *	         445710  -20.00   line 2
 */
#include "sandbox/ledger_chart.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/books_rows.h"

/* The longest prefix first, within a class. */
static const struct ledger_class classes[] = {
	{ "10", 50, 'C', 'B' },
	{ "11", 52, 'C', 'B' },
	{ "12", 52, 'C', 'B' },
	{ "16", 55, 'C', 'B' },
	{ "1", 50, 'C', 'B' },
	{ "28", 35, 'C', 'B' },
	{ "29", 35, 'C', 'B' },
	{ "2", 30, 'D', 'B' },
	{ "3", 40, 'D', 'B' },
	{ "40", 22, 'C', 'B' },
	{ "41", 20, 'D', 'B' },
	{ "42", 25, 'C', 'B' },
	{ "43", 25, 'C', 'B' },
	{ "444", 29, 'C', 'B' },
	{ "445", 24, 'C', 'B' },
	{ "44", 100, 'C', 'B' },
	{ "486", 26, 'D', 'B' },
	{ "487", 27, 'C', 'B' },
	{ "4", 90, 'D', 'B' },
	{ "51", 12, 'D', 'B' },
	{ "53", 10, 'D', 'B' },
	{ "5", 90, 'D', 'B' },
	{ "60", 111, 'D', 'W' },
	{ "61", 121, 'D', 'W' },
	{ "62", 121, 'D', 'W' },
	{ "64", 125, 'D', 'W' },
	{ "67", 130, 'D', 'W' },
	{ "68", 122, 'D', 'W' },
	{ "69", 150, 'D', 'W' },
	{ "6", 120, 'D', 'W' },
	{ "76", 160, 'C', 'W' },
	{ "77", 140, 'C', 'W' },
	{ "7", 110, 'C', 'W' },
	{ "", 90, 'D', 'B' },
};

static const struct {
	uint16_t type;
	const char *name;
} type_names[] = {
	{ 10, "Cash" },
	{ 12, "Bank" },
	{ 14, "Credit card" },
	{ 16, "Payment services" },
	{ 20, "Accounts receivable" },
	{ 21, "Prepayment accounts receivable" },
	{ 22, "Accounts payable" },
	{ 24, "VAT" },
	{ 25, "Employees payable" },
	{ 26, "Prepaid expenses" },
	{ 27, "Accrued expenses" },
	{ 29, "Income taxes payable" },
	{ 30, "Fixed assets" },
	{ 32, "Other assets" },
	{ 35, "Accumulated depreciation" },
	{ 40, "Inventory" },
	{ 50, "Capital stock" },
	{ 52, "Retained earnings" },
	{ 55, "Long-term debt" },
	{ 60, "Current portion of debt" },
	{ 90, "General" },
	{ 100, "Tax payable" },
	{ 110, "Revenue" },
	{ 111, "Cost of goods" },
	{ 120, "Other costs" },
	{ 121, "Sales, general and administrative expenses" },
	{ 122, "Depreciation costs" },
	{ 123, "Research and development" },
	{ 125, "Employee costs" },
	{ 126, "Employment costs" },
	{ 130, "Exceptional costs" },
	{ 140, "Exceptional income" },
	{ 150, "Income taxes" },
	{ 160, "Interest income" },
};

/* The kinds of accounts that an entry touches. */
enum touch {
	TOUCH_BANK = 1,
	TOUCH_CASH = 2,
	TOUCH_RECEIVABLE = 4,
	TOUCH_PAYABLE = 8,
	TOUCH_REVENUE = 16,
	TOUCH_COST = 32
};

struct seen {
	unsigned touches;
	uint16_t journal;
	int64_t receivable; /* cents */
	int64_t payable;
	int32_t last_number;
	bool has_zero;
};

struct tally {
	size_t entries;
	size_t bank;
	size_t cash;
	size_t sales;
	size_t purchase;
};

const struct ledger_class *ledger_chart_class(const char *code)
{
	const struct ledger_class *class = classes;

	while (strncmp(code, class->prefix, strlen(class->prefix)) != 0)
		class ++;
	return class;
}

const char *ledger_chart_type_name(uint16_t type)
{
	for (size_t i = 0; i < sizeof(type_names) / sizeof(*type_names); i++)
		if (type_names[i].type == type)
			return type_names[i].name;
	return "";
}

static unsigned touch_of(const char *code)
{
	static const struct {
		const char *prefix;
		unsigned touch;
	} touches[] = {
		{ "51", TOUCH_BANK },
		{ "53", TOUCH_CASH },
		{ "41", TOUCH_RECEIVABLE },
		{ "40", TOUCH_PAYABLE },
		{ "70", TOUCH_REVENUE },
		{ "6", TOUCH_COST },
		{ "2", TOUCH_COST },
	};

	for (size_t i = 0; i < sizeof(touches) / sizeof(*touches); i++)
		if (strncmp(code, touches[i].prefix,
			    strlen(touches[i].prefix)) == 0)
			return touches[i].touch;
	return 0;
}

static const char *line_account(const struct books *books,
	const struct books_set *set, const struct books_line *line)
{
	const struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;

	return books_names_text(books, accounts[line->account].code);
}

static void look_at_entries(const struct books *books,
	const struct books_set *set, struct seen *seen)
{
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;

	for (size_t row = set->tables[BOOKS_LINES].count; row-- > 0;) {
		const struct books_line *line = &lines[row];
		unsigned touch = touch_of(line_account(books, set, line));
		struct seen *entry = &seen[line->entry];
		entry->touches |= touch;
		entry->journal = line->journal;
		if (touch == TOUCH_RECEIVABLE)
			entry->receivable += line->amount_dc;
		if (touch == TOUCH_PAYABLE)
			entry->payable += line->amount_dc;
	}
}

static bool brings_forward(
	const struct books *books, const struct books_journal *journal)
{
	const char *code = books_names_text(books, journal->code);

	return strncasecmp(code, "AN", 2) == 0 ||
	       strncasecmp(code, "RAN", 3) == 0 ||
	       strcasestr(books_names_text(books, journal->description),
		       "nouveau") != NULL;
}

static uint16_t journal_type(const struct tally *tally)
{
	size_t half = tally->entries / 2;

	if (tally->bank > half)
		return 12;
	if (tally->cash > half)
		return 10;
	if (tally->sales > half)
		return 20;
	if (tally->purchase > half)
		return 22;
	return 90;
}

static int decide_journals(
	struct books *books, struct books_set *set, const struct seen *seen)
{
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	size_t count = set->tables[BOOKS_JOURNALS].count;
	struct tally *tallies = calloc(count + 1, sizeof(*tallies));

	if (!tallies)
		return FAIL_STOP;
	for (size_t i = 0; i < set->entry_count; i++) {
		unsigned touches = seen[i].touches;
		struct tally *tally = &tallies[seen[i].journal];
		tally->entries++;
		tally->bank += (touches & TOUCH_BANK) != 0;
		tally->cash += (touches & TOUCH_CASH) != 0;
		tally->sales += (touches & TOUCH_REVENUE) != 0 &&
				(touches & TOUCH_RECEIVABLE) != 0;
		tally->purchase += (touches & TOUCH_COST) != 0 &&
				   (touches & TOUCH_PAYABLE) != 0;
	}
	for (size_t i = 0; i < count; i++) {
		journals[i].opening = brings_forward(books, &journals[i]);
		if (!journals[i].opening)
			journals[i].type = journal_type(&tallies[i]);
	}
	free(tallies);
	return 0;
}

/* What the line touches that balances an entry of such a journal. */
static unsigned balancing_touch(uint16_t journal_type_of)
{
	switch (journal_type_of) {
	case 10:
		return TOUCH_CASH;
	case 12:
		return TOUCH_BANK;
	case 20:
		return TOUCH_RECEIVABLE;
	case 22:
		return TOUCH_PAYABLE;
	default:
		return 0;
	}
}

static uint16_t line_type(
	const struct books_journal *journal, const struct seen *entry)
{
	if (journal->opening)
		return 10;
	switch (journal->type) {
	case 10:
	case 12:
		return 40;
	case 20:
		return entry->receivable < 0 ? 21 : 20;
	case 22:
		return entry->payable > 0 ? 31 : 30;
	default:
		return 90;
	}
}

int ledger_chart_apply(struct books *books, struct books_set *set)
{
	struct seen *seen = calloc(set->entry_count + 1, sizeof(*seen));
	struct books_line *lines = set->tables[BOOKS_LINES].rows;
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;

	if (!seen)
		return FAIL_STOP;
	look_at_entries(books, set, seen);
	if (decide_journals(books, set, seen) < 0) {
		free(seen);
		return FAIL_STOP;
	}
	for (size_t row = 0; row < set->tables[BOOKS_LINES].count; row++) {
		struct books_line *line = &lines[row];
		struct seen *entry = &seen[line->entry];
		struct books_journal *journal = &journals[line->journal];
		unsigned touch = touch_of(line_account(books, set, line));
		unsigned balancing = balancing_touch(journal->type);
		line->type = line_type(journal, entry);
		if (balancing != 0 && touch == balancing) {
			if (journal->account == 0)
				journal->account = line->account + 1;
			line->number = entry->has_zero ? ++entry->last_number
						       : 0;
			entry->has_zero = true;
		} else {
			line->number = ++entry->last_number;
		}
	}
	free(seen);
	return 0;
}
