/*
 * What a company has before the first event: chart of accounts, journals, VAT
 * codes with their rates, periods, relations, items.
 *
 * One rate changes by law: for Dutch lodging from 9 to 21 % on 2026-01-01, for
 * British private school fees from nothing to 20 % on 2025-01-01.
 */
#include <stdio.h>
#include <string.h>

#include "sandbox/generate_state.h"
#include "sandbox/render.h"

#define DAY_MS 86400000

struct account_row {
	const char *code[2]; /* NL, UK */
	const char *name[2];
	uint16_t type;
	char side;
	char sheet;
};

static const struct account_row accounts[GENERATE_ACCOUNTS] = {
	[ACCOUNT_BANK] = { { "1100", "1200" }, { "Rabobank", "Barclays" }, 12,
		'D', 'B' },
	[ACCOUNT_CASH] = { { "1000", "1230" }, { "Kas", "Petty cash" }, 10, 'D',
		'B' },
	[ACCOUNT_RECEIVABLE] = { { "1300", "1100" },
		{ "Debiteuren", "Debtors control" }, 20, 'D', 'B' },
	[ACCOUNT_PAYABLE] = { { "1600", "2100" },
		{ "Crediteuren", "Creditors control" }, 22, 'C', 'B' },
	[ACCOUNT_VAT_TO_PAY] = { { "1500", "2200" },
		{ "Af te dragen btw", "Sales tax control" }, 24, 'C', 'B' },
	[ACCOUNT_VAT_TO_CLAIM] = { { "1520", "2201" },
		{ "Te vorderen btw", "Purchase tax control" }, 24, 'C', 'B' },
	[ACCOUNT_VAT_SETTLED] = { { "1560", "2202" },
		{ "Btw-afdracht", "VAT liability" }, 24, 'C', 'B' },
	[ACCOUNT_STOCK] = { { "3000", "1001" }, { "Voorraad", "Stock" }, 40,
		'D', 'B' },
	[ACCOUNT_FIXED] = { { "0100", "0030" },
		{ "Inventaris", "Office equipment" }, 30, 'D', 'B' },
	[ACCOUNT_WORN] = { { "0150", "0031" },
		{ "Afschrijving inventaris", "Office equipment depreciation" },
		35, 'C', 'B' },
	[ACCOUNT_CAPITAL] = { { "0500", "3000" },
		{ "Aandelenkapitaal", "Ordinary shares" }, 50, 'C', 'B' },
	[ACCOUNT_RETAINED] = { { "0510", "3200" },
		{ "Winstreserve", "Profit and loss account" }, 52, 'C', 'B' },
	[ACCOUNT_RESULT] = { { "0599", "3210" },
		{ "Resultaat boekjaar", "Result for the year" }, 52, 'C', 'B' },
	[ACCOUNT_LOAN] = { { "0700", "2300" }, { "Lening", "Loans" }, 55, 'C',
		'B' },
	[ACCOUNT_WAGES_DUE] = { { "1700", "2220" },
		{ "Te betalen lonen", "Net wages" }, 25, 'C', 'B' },
	[ACCOUNT_YEAR_END] = { { "0999", "9998" },
		{ "Jaarafsluiting", "Year-end reflection" }, 300, 'C', 'B' },
	[ACCOUNT_REVENUE] = { { "8000", "4000" },
		{ "Omzet hoog tarief", "Sales standard rate" }, 110, 'C', 'W' },
	[ACCOUNT_REVENUE_LOW] = { { "8010", "4010" },
		{ "Omzet laag tarief", "Sales reduced rate" }, 110, 'C', 'W' },
	[ACCOUNT_REVENUE_SERVICE] = { { "8100", "4100" },
		{ "Omzet diensten", "Sales of services" }, 110, 'C', 'W' },
	[ACCOUNT_REVENUE_ABROAD] = { { "8200", "4200" },
		{ "Omzet buitenland", "Sales abroad" }, 110, 'C', 'W' },
	[ACCOUNT_REVENUE_MARGIN] = { { "8300", "4300" },
		{ "Omzet margegoederen", "Sales under the margin scheme" }, 110,
		'C', 'W' },
	[ACCOUNT_GOODS] = { { "7000", "5000" },
		{ "Inkoopwaarde", "Materials purchased" }, 111, 'D', 'W' },
	[ACCOUNT_OFFICE] = { { "4500", "7500" },
		{ "Kantoorkosten", "Office costs" }, 121, 'D', 'W' },
	[ACCOUNT_CAR] = { { "4600", "7300" },
		{ "Autokosten", "Vehicle expenses" }, 120, 'D', 'W' },
	[ACCOUNT_MEALS] = { { "4410", "7400" },
		{ "Eten en drinken", "Travel and subsistence" }, 121, 'D',
		'W' },
	[ACCOUNT_RENT] = { { "4200", "7100" }, { "Huur", "Rent" }, 121, 'D',
		'W' },
	[ACCOUNT_SUBCONTRACT] = { { "7100", "5100" },
		{ "Uitbesteed werk", "Subcontractors" }, 111, 'D', 'W' },
	[ACCOUNT_WAGES] = { { "4000", "7000" }, { "Lonen", "Gross wages" }, 125,
		'D', 'W' },
	[ACCOUNT_WEAR] = { { "4300", "8000" },
		{ "Afschrijvingen", "Depreciation" }, 122, 'D', 'W' },
	[ACCOUNT_BANK_COSTS] = { { "4900", "7901" },
		{ "Bankkosten", "Bank charges" }, 121, 'D', 'W' },
	[ACCOUNT_INTEREST] = { { "9100", "4900" },
		{ "Rentebaten", "Interest received" }, 160, 'C', 'W' },
	[ACCOUNT_EXCHANGE] = { { "9200", "7902" },
		{ "Koersverschillen", "Exchange differences" }, 120, 'D', 'W' },
	[ACCOUNT_DISCOUNT_GIVEN] = { { "8900", "4905" },
		{ "Verleende betalingskorting", "Discounts allowed" }, 110, 'C',
		'W' },
	[ACCOUNT_DISCOUNT_TAKEN] = { { "7900", "5009" },
		{ "Ontvangen betalingskorting", "Discounts taken" }, 111, 'D',
		'W' },
	[ACCOUNT_DIFFERENCE] = { { "4910", "7903" },
		{ "Betalingsverschillen", "Payment differences" }, 120, 'D',
		'W' },
	[ACCOUNT_OLD] = { { "4999", "7999" },
		{ "Oude rekening", "Old account" }, 120, 'D', 'W' },
};

static const struct {
	const char *code;
	const char *name[2];
	uint16_t type;
	int account; /* -1: none */
} journals[GENERATE_JOURNALS] = {
	[JOURNAL_SALES] = { "70", { "Verkoopboek", "Sales journal" }, 20,
		ACCOUNT_RECEIVABLE },
	[JOURNAL_PURCHASE] = { "60", { "Inkoopboek", "Purchase journal" }, 22,
		ACCOUNT_PAYABLE },
	[JOURNAL_BANK] = { "20", { "Bankboek", "Bank journal" }, 12,
		ACCOUNT_BANK },
	[JOURNAL_CASH] = { "10", { "Kasboek", "Cash journal" }, 10,
		ACCOUNT_CASH },
	[JOURNAL_GENERAL] = { "90", { "Memoriaal", "General journal" }, 90,
		-1 },
	[JOURNAL_OPENING] = { "91", { "Openingsbalans", "Opening balance" }, 90,
		-1 },
};

struct vat_row {
	const char *code[2];
	const char *name[2];
	uint16_t percent[2]; /* in hundredths */
	char type;
	char listing;
	char transaction;
	bool charged;
	bool margin;
	uint8_t ratio;
};

static const struct vat_row vats[GENERATE_VATS] = {
	[VAT_NONE] = { { "0", "T9" }, { "Geen btw", "No VAT" }, { 0, 0 }, 'N',
		0, 'B', false, false, 0 },
	[VAT_HIGH] = { { "2", "T1" }, { "Btw hoog, exclusief", "Standard" },
		{ 2100, 2000 }, 'E', 0, 'S', false, false, 0 },
	[VAT_LOW] = { { "1", "T5" }, { "Btw laag, exclusief", "Reduced" },
		{ 900, 500 }, 'E', 0, 'S', false, false, 0 },
	[VAT_ZERO] = { { "3", "T0" }, { "Btw nul", "Zero rated" }, { 0, 0 },
		'E', 0, 'S', false, false, 0 },
	[VAT_EXEMPT] = { { "4", "T2" }, { "Vrijgesteld", "Exempt" }, { 0, 0 },
		'N', 0, 'S', false, false, 0 },
	[VAT_SHIFTED] = { { "6", "T21" },
		{ "Verlegd, verkoop", "Reverse charge sales" }, { 0, 0 }, 'E',
		0, 'S', false, false, 0 },
	[VAT_EU_SALE] = { { "7", "T4" },
		{ "Leveringen binnen de EU", "Sales to the EU" }, { 0, 0 }, 'E',
		'L', 'S', false, false, 0 },
	[VAT_EXPORT] = { { "8", "T6" }, { "Export", "Export" }, { 0, 0 }, 'E',
		0, 'S', false, false, 0 },
	[VAT_BOUGHT] = { { "5", "T11" },
		{ "Btw hoog, inkoop", "Standard, purchases" }, { 2100, 2000 },
		'E', 0, 'P', false, false, 0 },
	[VAT_BOUGHT_LOW] = { { "5L", "T15" },
		{ "Btw laag, inkoop", "Reduced, purchases" }, { 900, 500 }, 'E',
		0, 'P', false, false, 0 },
	[VAT_CHARGED] = { { "VV", "T20" },
		{ "Verlegd, inkoop", "Reverse charge purchases" },
		{ 2100, 2000 }, 'E', 0, 'P', true, false, 0 },
	[VAT_EU_BOUGHT] = { { "EU", "T8" },
		{ "Verwerving binnen de EU", "Purchases from the EU" },
		{ 2100, 2000 }, 'E', 0, 'P', true, false, 0 },
	[VAT_PARTLY] = { { "50", "T50" },
		{ "Btw hoog, half aftrekbaar", "Standard, half deductible" },
		{ 2100, 2000 }, 'E', 0, 'P', false, false, 50 },
	[VAT_MARGIN] = { { "MG", "TM" }, { "Marge", "Margin scheme" }, { 0, 0 },
		'E', 0, 'S', false, true, 0 },
	[VAT_CHANGED] = { { "LG", "TS" }, { "Logies", "School fees" },
		{ 900, 0 }, 'E', 0, 'S', false, false, 0 },
	[VAT_OLD] = { { "9", "T99" }, { "Btw hoog tot 2012", "Until 2011" },
		{ 1900, 1750 }, 'E', 0, 'S', false, false, 0 },
};

int32_t generate_world_first_day(void)
{
	return (int32_t)render_days(2023, 1, 1);
}

int32_t generate_world_last_day(void)
{
	return (int32_t)render_days(2026, 9, 30);
}

/* All master data was entered on the day before the first day. */
static int64_t created(const struct generate *g)
{
	return (int64_t)g->today * DAY_MS +
	       (36000 + g->seconds) * INT64_C(1000);
}

static void make_accounts(struct generate *g)
{
	for (size_t i = 0; i < GENERATE_ACCOUNTS; i++) {
		const struct account_row *row = &accounts[i];
		struct books_account *account = generate_row(
			g, BOOKS_ACCOUNTS, NULL);

		account->code = generate_text(g, "%s", row->code[g->uk]);
		account->description = generate_text(g, "%s", row->name[g->uk]);
		account->type = row->type;
		account->side = row->side;
		account->sheet = row->sheet;
		account->blocked = i == ACCOUNT_OLD;
		account->created_ms = created(g);
	}
	for (size_t i = 0; i < GENERATE_JOURNALS; i++) {
		struct books_journal *journal = generate_row(
			g, BOOKS_JOURNALS, NULL);

		journal->code = generate_text(g, "%s", journals[i].code);
		journal->description = generate_text(
			g, "%s", journals[i].name[g->uk]);
		journal->type = journals[i].type;
		journal->account = (uint32_t)(journals[i].account + 1);
		journal->opening = i == JOURNAL_OPENING;
		journal->created_ms = created(g);
	}
}

static void make_rate(struct generate *g, size_t vat, int number, int32_t from,
	int32_t to, uint16_t percent)
{
	struct books_rate *rate = generate_row(g, BOOKS_RATES, NULL);

	rate->vat = (uint32_t)vat;
	rate->number = (uint16_t)number;
	rate->from = from;
	rate->to = to;
	rate->percent = percent;
}

static void make_vats(struct generate *g)
{
	int32_t begin = (int32_t)render_days(2012, 10, 1);
	int32_t change = (int32_t)(g->uk ? render_days(2025, 1, 1)
					 : render_days(2026, 1, 1));

	for (size_t i = 0; i < GENERATE_VATS; i++) {
		const struct vat_row *row = &vats[i];
		struct books_vat *vat = generate_row(g, BOOKS_VAT, NULL);
		uint16_t percent = row->percent[g->uk];

		vat->code = generate_text(g, "%s", row->code[g->uk]);
		vat->description = generate_text(g, "%s", row->name[g->uk]);
		vat->type = row->type;
		vat->listing = row->listing;
		vat->transaction = row->transaction;
		vat->charged = row->charged;
		vat->margin = row->margin;
		vat->ratio = row->ratio;
		vat->blocked = i == VAT_OLD;
		vat->created_ms = created(g);
		if (row->transaction != 'P' || row->charged)
			vat->to_pay = ACCOUNT_VAT_TO_PAY + 1;
		if (row->transaction != 'S')
			vat->to_claim = ACCOUNT_VAT_TO_CLAIM + 1;
		vat->percent = i == VAT_CHANGED ? (g->uk ? 2000 : 2100)
						: percent;
		make_rate(g, i, 1, begin, i == VAT_CHANGED ? change - 1 : 0,
			percent);
		if (i == VAT_CHANGED)
			make_rate(g, i, 2, change, 0, g->uk ? 2000 : 2100);
	}
}

static void make_periods(struct generate *g)
{
	for (int year = 2023; year <= 2026; year++)
		for (int month = 1; month <= 12; month++) {
			struct books_fiscal_period *period = generate_row(
				g, BOOKS_PERIODS, NULL);

			period->year = (uint16_t)year;
			period->period = (uint16_t)month;
			period->from = (int32_t)render_days(year, month, 1);
			period->to = (int32_t)(month < 12
						       ? render_days(year,
								 month + 1, 1)
						       : render_days(year + 1,
								 1, 1)) -
				     1;
		}
}

struct party_row {
	const char *currency; /* NULL: the division's */
	const char *country;  /* NULL: the division's */
	char status;
	bool supplier;
	uint8_t percent; /* of all relations */
};

static const struct party_row parties[GENERATE_PARTIES] = {
	[PARTY_HOME] = { NULL, NULL, 'C', false, 42 },
	[PARTY_EU] = { NULL, "DE", 'C', false, 8 },
	[PARTY_USD] = { "USD", "US", 'C', false, 5 },
	[PARTY_JPY] = { "JPY", "JP", 'C', false, 3 },
	[PARTY_KWD] = { "KWD", "KW", 'C', false, 2 },
	[PARTY_PROSPECT] = { NULL, NULL, 'P', false, 4 },
	[PARTY_BOTH] = { NULL, NULL, 'C', true, 5 },
	[PARTY_SUPPLIER] = { NULL, NULL, 'A', true, 18 },
	[PARTY_SUPPLIER_EU] = { NULL, "BE", 'A', true, 5 },
	[PARTY_SUPPLIER_USD] = { "USD", "US", 'A', true, 3 },
	[PARTY_IDLE] = { NULL, NULL, 'S', false, 5 },
};

static const char *const first_words[] = { "Van Dijk", "Bakker", "Noord",
	"Café Zürich", "De Gouden Leeuw", "Smit & Zonen", "Ångström", "Hafen",
	"O'Neill", "Müller", "Zuid", "Van den Berg", "Kuwait Gulf", "Nippon",
	"Pacific", "Albion", "Red Lion", "Thames", "Garçon", "\"Quoted\"" };
static const char *const second_words[] = { "Bouw", "Trading", "Transport",
	"Advies", "Foods", "Techniek", "Media", "Logistics", "Supplies",
	"Import", "Energy", "Textiles" };
static const char *const cities[] = { "Utrecht", "Rotterdam", "Zwolle", "Breda",
	"Leiden", "London", "Leeds", "Bristol", "York", "Bath" };

#define COUNT(list) ((uint32_t)(sizeof(list) / sizeof((list)[0])))

static void make_contact(
	struct generate *g, struct books_relation *relation, uint32_t number)
{
	uint32_t house = generate_below(g, 240) + 1;
	const char *city = cities[generate_below(g, 5) + (g->uk ? 5 : 0)];

	relation->address = g->uk ? generate_text(g, "%u High Street", house)
				  : generate_text(g, "Dorpsstraat %u", house);
	relation->postcode = g->uk ? generate_text(g, "AB%u %uCD", house % 90,
					     house % 9)
				   : generate_text(g, "%u AB", 1000 + house);
	relation->city = generate_text(g, "%s", city);
	if (generate_below(g, 4) > 0)
		relation->email = generate_text(
			g, "info@relation%u.example", number);
	if (generate_below(g, 4) > 0)
		relation->phone = generate_text(g, "+%s %u %06u",
			g->uk ? "44" : "31", 20 + house % 50, number * 37u);
	if (generate_below(g, 3) == 0)
		relation->website = generate_text(
			g, "https://relation%u.example", number);
	if (generate_below(g, 5) > 0) {
		relation->vat_number = generate_text(g, "%.2s%09u%s",
			relation->country, 100000000 + number * 7u,
			relation->country[0] == 'N' ? "B01" : "");
		relation->chamber = generate_text(
			g, "%08u", 30000000 + number * 13u);
	}
}

static void make_relation(
	struct generate *g, enum generate_party party, uint32_t number)
{
	const struct party_row *row = &parties[party];
	struct books_relation *relation = generate_row(
		g, BOOKS_RELATIONS, NULL);
	const char *country = row->country;

	if (!country)
		country = g->uk ? "GB" : "NL";
	relation->code = generate_text(g, "%u", number);
	relation->name = generate_text(g, "%s %s %u",
		first_words[generate_below(g, COUNT(first_words))],
		second_words[generate_below(g, COUNT(second_words))], number);
	snprintf(relation->country, sizeof(relation->country), "%-3s", country);
	if (row->currency)
		snprintf(relation->currency, sizeof(relation->currency), "%s",
			row->currency);
	/* For a UK company the EU's currency is foreign. */
	if (g->uk && (party == PARTY_EU || party == PARTY_SUPPLIER_EU))
		snprintf(relation->currency, sizeof(relation->currency), "EUR");
	relation->status = row->status;
	relation->customer = row->status == 'C';
	relation->supplier = row->supplier;
	relation->blocked = party == PARTY_IDLE && number % 3 == 0;
	relation->created_ms = created(g);
	make_contact(g, relation, number);
}

/* About 60, 360 or 2,600 relations. */
static uint32_t scale(const struct generate *g)
{
	if (g->target <= 1000)
		return 1;
	return g->target <= 50000 ? 4 : 26;
}

static void make_relations(struct generate *g)
{
	uint32_t number = 0;

	for (size_t party = 0; party < GENERATE_PARTIES; party++) {
		uint32_t count = parties[party].percent * scale(g);

		g->parties[party].first = number;
		g->parties[party].count = count;
		for (uint32_t i = 0; i < count; i++)
			make_relation(g, (enum generate_party)party, ++number);
	}
}

static const struct {
	const char *prefix;
	const char *name[2];
	const char *unit;
	uint8_t percent;
	uint16_t vat;
	uint16_t revenue;
	bool stock;
	bool service;
	bool bought;
} items[GENERATE_ITEM_KINDS] = {
	[ITEM_STOCK] = { "ST", { "Stoel model", "Chair model" }, "stuk", 40,
		VAT_HIGH, ACCOUNT_REVENUE, true, false, true },
	[ITEM_STOCK_LOW] = { "BK", { "Boek deel", "Book volume" }, "stuk", 20,
		VAT_LOW, ACCOUNT_REVENUE_LOW, true, false, true },
	[ITEM_PLAIN] = { "VB", { "Verpakking", "Packaging" }, "doos", 12,
		VAT_HIGH, ACCOUNT_REVENUE, false, false, true },
	[ITEM_SERVICE] = { "DV", { "Advies soort", "Consulting kind" }, "uur",
		16, VAT_HIGH, ACCOUNT_REVENUE_SERVICE, false, true, false },
	[ITEM_USED] = { "MG", { "Tweedehands kast", "Used cabinet" }, "stuk", 4,
		VAT_MARGIN, ACCOUNT_REVENUE_MARGIN, false, false, true },
	[ITEM_CHANGED] = { "LG", { "Overnachting", "School term" }, "stuk", 4,
		VAT_CHANGED, ACCOUNT_REVENUE_SERVICE, false, true, false },
	[ITEM_ENDED] = { "OUD", { "Uit de handel", "Discontinued" }, "stuk", 4,
		VAT_HIGH, ACCOUNT_REVENUE, true, false, true },
};

static void make_items(struct generate *g)
{
	uint32_t number = 0;

	for (size_t kind = 0; kind < GENERATE_ITEM_KINDS; kind++) {
		uint32_t count = items[kind].percent * scale(g) / 2;

		g->items[kind].first = number;
		g->items[kind].count = count;
		for (uint32_t i = 0; i < count; i++, number++) {
			struct books_item *item = generate_row(
				g, BOOKS_ITEMS, NULL);

			item->code = generate_text(
				g, "%s-%04u", items[kind].prefix, i + 1);
			item->description = generate_text(
				g, "%s %u", items[kind].name[g->uk], i + 1);
			item->group = generate_text(
				g, "%s", items[kind].prefix);
			item->unit = generate_text(g, "%s", items[kind].unit);
			item->price = 250 + generate_below(g, 40000);
			item->cost = item->price * 6 / 10;
			item->vat = (uint16_t)(items[kind].vat + 1);
			item->revenue = items[kind].revenue + 1u;
			item->costs = ACCOUNT_GOODS + 1;
			item->stock = items[kind].stock ? ACCOUNT_STOCK + 1 : 0;
			item->is_stock = items[kind].stock;
			item->is_service = items[kind].service;
			item->is_sold = true;
			item->is_bought = items[kind].bought;
			item->ended = kind == ITEM_ENDED ? (int32_t)render_days(
								   2024, 12, 31)
							 : 0;
			item->created_ms = created(g);
		}
	}
}

static void make_company(struct generate *g)
{
	struct books_set *set = g->set;

	set->address = generate_text(
		g, "%s", g->uk ? "1 Exchange Square" : "Keizersgracht 1");
	set->postcode = generate_text(g, "%s", g->uk ? "EC2A 2BR" : "1015 AA");
	set->city = generate_text(g, "%s", g->uk ? "London" : "Amsterdam");
	set->phone = generate_text(
		g, "%s", g->uk ? "+44 20 7946 0001" : "+31 20 555 0001");
	set->email = generate_text(g, "%s",
		g->uk ? "books@example.co.uk" : "boeken@voorbeeld.example");
	set->website = generate_text(g, "%s",
		g->uk ? "https://www.example.co.uk"
		      : "https://www.voorbeeld.example");
	set->vat_number = generate_text(
		g, "%s", g->uk ? "GB123456789" : "NL123456789B01");
	set->chamber = generate_text(g, "%s", g->uk ? "01234567" : "33012345");
	set->created_ms = created(g);
}

void generate_world(struct generate *g)
{
	g->today = generate_world_first_day() - 1;
	make_company(g);
	make_accounts(g);
	make_vats(g);
	make_periods(g);
	make_relations(g);
	make_items(g);
}
