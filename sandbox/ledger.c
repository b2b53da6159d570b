/*
 * From FEC lines to books. One line of the file becomes one transaction line:
 * AmountDC = Debit - Credit in cents. So the sum of AmountDC by GLAccountCode
 * is the sum of the file's columns by account.
 */
#include "sandbox/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/fec.h"
#include "sandbox/books_rows.h"
#include "sandbox/ledger_chart.h"
#include "sandbox/ledger_groups.h"

#define JOURNALS_MAX 60000u
#define LINES_MAX    50000000u
#define NONE         UINT32_MAX
#define AMOUNT_MAX   INT64_C(10000000000000) /* cents: sums can't overflow */

/* From a text to an index, by open addressing. */
struct map {
	uint32_t *keys; /* texts */
	uint32_t *values;
	size_t slots;
	size_t used;
};

struct reading {
	struct books *books;
	struct books_set *set;
	const char *name;
	int64_t now;
	bool signed_amounts;
	struct map accounts;
	struct map journals;
	struct map relations;
	uint32_t *numbers; /* per line: EcritureNum as a text */
	size_t number_capacity;
};

static size_t slot(const uint32_t *keys, size_t slots, uint32_t key)
{
	size_t at = ((size_t)key * 2654435761u) & (slots - 1);

	while (keys[at] != NONE && keys[at] != key)
		at = (at + 1) & (slots - 1);
	return at;
}

static int map_grow(struct map *map)
{
	size_t slots = map->slots == 0 ? 256 : map->slots * 2;
	uint32_t *keys = malloc(slots * sizeof(*keys));
	uint32_t *values = malloc(slots * sizeof(*values));

	if (!keys || !values) {
		free(keys);
		free(values);
		return FAIL_STOP;
	}
	memset(keys, 0xFF, slots * sizeof(*keys));
	for (size_t i = 0; i < map->slots; i++) {
		if (map->keys[i] == NONE)
			continue;
		size_t at = slot(keys, slots, map->keys[i]);
		keys[at] = map->keys[i];
		values[at] = map->values[i];
	}
	free(map->keys);
	free(map->values);
	map->keys = keys;
	map->values = values;
	map->slots = slots;
	return 0;
}

/* The value of `key`; NONE when the key is new. */
static int map_at(struct map *map, uint32_t key, uint32_t **ret)
{
	if (map->used * 2 >= map->slots && map_grow(map) < 0)
		return FAIL_STOP;
	size_t at = slot(map->keys, map->slots, key);
	if (map->keys[at] == NONE) {
		map->keys[at] = key;
		map->values[at] = NONE;
		map->used++;
	}
	*ret = &map->values[at];
	return 0;
}

static void map_free(struct map *map)
{
	free(map->keys);
	free(map->values);
}

static int put(struct reading *reading, const char *text, uint32_t *ret)
{
	return books_names_put(reading->books, text, strlen(text), ret);
}

static int find_account(struct reading *reading, const struct fec_line *fields,
	uint32_t *ret_index)
{
	const char *code = fields->field[FEC_ACCOUNT_NUMBER];
	const char *label = fields->field[FEC_ACCOUNT_LABEL];
	struct books_set *set = reading->set;
	uint32_t text;
	uint32_t *index;
	size_t row;

	if (put(reading, code, &text) < 0 ||
		map_at(&reading->accounts, text, &index) < 0)
		return FAIL_STOP;
	if (*index == NONE) {
		if (books_index_add(set, BOOKS_ACCOUNTS, &row) < 0)
			return FAIL_STOP;
		const struct ledger_class *class = ledger_chart_class(code);
		struct books_account *account = (struct books_account *)set
							->tables[BOOKS_ACCOUNTS]
							.rows +
						row;
		account->code = text;
		account->type = class->type;
		account->side = class->side;
		account->sheet = class->sheet;
		account->created_ms = reading->now;
		account->head.modified_ms = reading->now;
		*index = (uint32_t)row;
	}
	struct books_account *account =
		(struct books_account *)set->tables[BOOKS_ACCOUNTS].rows +
		*index;
	if (account->description == 0 && *label != '\0' &&
		put(reading, label, &account->description) < 0)
		return FAIL_STOP;
	account->used++;
	*ret_index = *index;
	return 0;
}

static int find_journal(struct reading *reading, const struct fec_line *fields,
	uint16_t *ret_index)
{
	struct books_set *set = reading->set;
	uint32_t text;
	uint32_t *index;
	size_t row;

	if (put(reading, fields->field[FEC_JOURNAL_CODE], &text) < 0 ||
		map_at(&reading->journals, text, &index) < 0)
		return FAIL_STOP;
	if (*index == NONE) {
		if (set->tables[BOOKS_JOURNALS].count >= JOURNALS_MAX)
			return FAIL_INPUT;
		if (books_index_add(set, BOOKS_JOURNALS, &row) < 0)
			return FAIL_STOP;
		struct books_journal *journal = (struct books_journal *)set
							->tables[BOOKS_JOURNALS]
							.rows +
						row;
		journal->code = text;
		journal->type = 90;
		journal->created_ms = reading->now;
		journal->head.modified_ms = reading->now;
		*index = (uint32_t)row;
	}
	struct books_journal *journal =
		(struct books_journal *)set->tables[BOOKS_JOURNALS].rows +
		*index;
	if (journal->description == 0 &&
		put(reading, fields->field[FEC_JOURNAL_LABEL],
			&journal->description) < 0)
		return FAIL_STOP;
	journal->used++;
	*ret_index = (uint16_t)*index;
	return 0;
}

/* Without CompAuxNum the line has no relation, even if it has a CompAuxLib. */
static int find_relation(struct reading *reading, const struct fec_line *fields,
	uint32_t *ret_index)
{
	const char *code = fields->field[FEC_RELATION_NUMBER];
	const char *account = fields->field[FEC_ACCOUNT_NUMBER];
	struct books_set *set = reading->set;
	uint32_t text;
	uint32_t *index;
	size_t row;

	*ret_index = 0;
	if (*code == '\0')
		return 0;
	if (put(reading, code, &text) < 0 ||
		map_at(&reading->relations, text, &index) < 0)
		return FAIL_STOP;
	if (*index == NONE) {
		if (books_index_add(set, BOOKS_RELATIONS, &row) < 0)
			return FAIL_STOP;
		struct books_relation *made = (struct books_relation *)set
						      ->tables[BOOKS_RELATIONS]
						      .rows +
					      row;
		made->code = text;
		made->created_ms = reading->now;
		made->head.modified_ms = reading->now;
		*index = (uint32_t)row;
	}
	struct books_relation *relation =
		(struct books_relation *)set->tables[BOOKS_RELATIONS].rows +
		*index;
	if (relation->name == 0 &&
		put(reading, fields->field[FEC_RELATION_LABEL],
			&relation->name) < 0)
		return FAIL_STOP;
	relation->used++;
	relation->customer |= strncmp(account, "41", 2) == 0;
	relation->supplier |= strncmp(account, "40", 2) == 0;
	*ret_index = *index + 1;
	return 0;
}

/* Montant and Sens. Sens is D, C, +1 or -1. */
static int apply_direction(const char *direction, int64_t *cents)
{
	if (strcasecmp(direction, "D") == 0 || strcmp(direction, "+1") == 0)
		return 0;
	if (strcasecmp(direction, "C") == 0 || strcmp(direction, "-1") == 0) {
		*cents = -*cents;
		return 0;
	}
	return FAIL_INPUT;
}

static int read_amount(struct reading *reading, const struct fec_line *fields,
	int64_t *ret_cents, struct error *err)
{
	const char *debit = fields->field[FEC_DEBIT];
	const char *credit = fields->field[FEC_CREDIT];
	int64_t plus;
	int64_t minus = 0;

	if (fec_amount(debit, &plus) < 0 ||
		(reading->signed_amounts ? apply_direction(credit, &plus)
					 : fec_amount(credit, &minus)) < 0 ||
		__builtin_sub_overflow(plus, minus, &plus))
		return error_set(err, FAIL_INPUT,
			"reading ledger %s, line %zu: the amounts '%.40s' and "
			"'%.40s' are not usable",
			reading->name, fields->number, debit, credit);
	if (plus > AMOUNT_MAX || plus < -AMOUNT_MAX)
		return error_set(err, FAIL_INPUT,
			"reading ledger %s, line %zu: an amount of more than "
			"100 billion; is the decimal comma missing?",
			reading->name, fields->number);
	*ret_cents = plus;
	return 0;
}

/* Montantdevise often has no sign; it then has the sign of the line. */
static void read_currency(const struct fec_line *fields,
	const struct books_set *set, struct books_line *line)
{
	const char *code = fields->field[FEC_CURRENCY];
	const char *amount = fields->field[FEC_CURRENCY_AMOUNT];
	int64_t cents;

	line->amount_fc = line->amount_dc;
	memcpy(line->currency, set->division.currency, sizeof(line->currency));
	if (strlen(code) != 3 || *amount == '\0' ||
		fec_amount(amount, &cents) < 0)
		return;
	if (line->amount_dc != 0 && (cents < 0) != (line->amount_dc < 0))
		cents = -cents;
	line->amount_fc = cents;
	memcpy(line->currency, code, 4);
}

static int add_line(struct reading *reading, const struct fec_line *fields,
	struct error *err)
{
	struct books_set *set = reading->set;
	struct books_line made = { 0 };
	void *numbers = reading->numbers;
	int64_t days;
	size_t row;
	int fail;

	if (set->tables[BOOKS_LINES].count >= LINES_MAX)
		return error_set(err, FAIL_INPUT,
			"reading ledger %s: more than %u lines", reading->name,
			LINES_MAX);
	fail = read_amount(reading, fields, &made.amount_dc, err);
	if (fail)
		return fail;
	if (fec_date(fields->field[FEC_ENTRY_DATE], &days) < 0)
		return error_set(err, FAIL_INPUT,
			"reading ledger %s, line %zu: EcritureDate '%.40s' is "
			"not a date of the form 20220831",
			reading->name, fields->number,
			fields->field[FEC_ENTRY_DATE]);
	made.date = (int32_t)days;
	books_period(set, days, &made.year, &made.period);
	read_currency(fields, set, &made);
	if (books_index_grow(&numbers, set->tables[BOOKS_LINES].count,
		    &reading->number_capacity, sizeof(*reading->numbers)) < 0)
		goto memory;
	reading->numbers = numbers;
	if (find_account(reading, fields, &made.account) < 0 ||
		find_relation(reading, fields, &made.relation) < 0 ||
		put(reading, fields->field[FEC_ENTRY_LABEL],
			&made.description) < 0 ||
		put(reading, fields->field[FEC_PIECE_REF], &made.reference) <
			0 ||
		put(reading, fields->field[FEC_ENTRY_NUMBER],
			&reading->numbers[set->tables[BOOKS_LINES].count]) < 0)
		goto memory;
	fail = find_journal(reading, fields, &made.journal);
	if (fail == FAIL_INPUT)
		return error_set(err, FAIL_INPUT,
			"reading ledger %s, line %zu: more than %u journals",
			reading->name, fields->number, JOURNALS_MAX);
	if (fail || books_index_add(set, BOOKS_LINES, &row) < 0)
		goto memory;
	struct books_line *line = (struct books_line *)set->tables[BOOKS_LINES]
					  .rows +
				  row;
	made.head = line->head;
	*line = made;
	return 0;
memory:
	return error_set(err, FAIL_STOP, "reading ledger %s: out of memory",
		reading->name);
}

static int read_lines(struct reading *reading, const char *bytes, size_t len,
	struct error *err)
{
	struct fec *fec = NULL;
	struct fec_line fields;
	int got = fec_open(&fec, bytes, len, err);

	if (got < 0)
		return error_prefix(err, "reading ledger %s", reading->name);
	reading->signed_amounts = fec_signed_amounts(fec) != 0;
	do {
		got = fec_next(fec, &fields, err);
		if (got < 0)
			error_prefix(err, "reading ledger %s", reading->name);
		else if (got > 0 && add_line(reading, &fields, err) < 0)
			got = err ? err->fail : FAIL_INPUT;
	} while (got > 0);
	fec_close(fec);
	return got;
}

/* A blank label becomes the code. */
static void fill_labels(struct books_set *set)
{
	struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	struct books_relation *relations = set->tables[BOOKS_RELATIONS].rows;

	for (size_t i = 0; i < set->tables[BOOKS_ACCOUNTS].count; i++)
		if (accounts[i].description == 0)
			accounts[i].description = accounts[i].code;
	for (size_t i = 0; i < set->tables[BOOKS_JOURNALS].count; i++)
		if (journals[i].description == 0)
			journals[i].description = journals[i].code;
	for (size_t i = 0; i < set->tables[BOOKS_RELATIONS].count; i++)
		if (relations[i].name == 0)
			relations[i].name = relations[i].code;
}

static int give_versions(struct books *books, struct books_set *set)
{
	static const enum books_kind order[] = { BOOKS_ACCOUNTS, BOOKS_JOURNALS,
		BOOKS_RELATIONS, BOOKS_LINES };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (size_t row = 0; row < set->tables[order[i]].count; row++)
			if (books_index_write(books, set, order[i], row) < 0)
				return FAIL_STOP;
	return 0;
}

/* "…FEC20220831.txt": the book year closes in August. */
static int closing_month(const char *name)
{
	const char *slash = strrchr(name, '/');
	const char *at = slash ? slash + 1 : name;
	int64_t days;

	for (; *at != '\0'; at++) {
		char date[9] = { 0 };
		if (strncasecmp(at, "FEC", 3) != 0)
			continue;
		strncpy(date, at + 3, 8);
		if (strlen(date) == 8 && fec_date(date, &days) == 0)
			return (date[4] - '0') * 10 + (date[5] - '0');
	}
	return 12;
}

int ledger_read(struct books *books, struct books_set *set, const char *name,
	const char *bytes, size_t len, int64_t now_wall_ms, struct error *err)
{
	struct reading reading = {
		.books = books, .set = set, .name = name, .now = now_wall_ms
	};
	struct ledger_groups_input lines = { .books = books, .set = set };
	int fail;

	set->closing_month = closing_month(name);
	set->created_ms = now_wall_ms;
	fail = read_lines(&reading, bytes, len, err);
	lines.numbers = reading.numbers;
	lines.now = now_wall_ms;
	if (!fail && (ledger_groups_make(&lines) < 0 ||
			     ledger_chart_apply(books, set) < 0 ||
			     give_versions(books, set) < 0))
		fail = error_set(err, FAIL_STOP,
			"reading ledger %s: out of memory", name);
	fill_labels(set);
	map_free(&reading.accounts);
	map_free(&reading.journals);
	map_free(&reading.relations);
	free(reading.numbers);
	return fail;
}
