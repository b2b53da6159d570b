/*
 * The books as a whole: divisions, and the writes that a user of Exact Online
 * would make: change, delete, insert, move.
 *
 * Every write takes the next row version of the one counter and goes to the
 * end of its table's log. A deleted row stays in memory without being shown,
 * because other rows may still refer to it.
 */
#include "sandbox/books.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "sandbox/books_rows.h"
#include "sandbox/ledger.h"
#include "sandbox/render.h"

#define LEDGER_FILE_MAX (512u * 1024u * 1024u)
#define FIRST_VERSION   11386558735u /* a real one; any would do */
#define DIVISIONS_MAX   10000u

static const size_t row_size[BOOKS_TABLES] = {
	[BOOKS_LINES] = sizeof(struct books_line),
	[BOOKS_ACCOUNTS] = sizeof(struct books_account),
	[BOOKS_JOURNALS] = sizeof(struct books_journal),
	[BOOKS_RELATIONS] = sizeof(struct books_relation),
	[BOOKS_VAT] = sizeof(struct books_vat),
	[BOOKS_RATES] = sizeof(struct books_rate),
	[BOOKS_ITEMS] = sizeof(struct books_item),
	[BOOKS_INVOICES] = sizeof(struct books_invoice),
	[BOOKS_TERMS] = sizeof(struct books_term),
	[BOOKS_PERIODS] = sizeof(struct books_fiscal_period),
	[BOOKS_COST_CENTERS] = sizeof(struct books_cost),
	[BOOKS_COST_UNITS] = sizeof(struct books_cost),
};

static const char *const table_names[BOOKS_TABLES] = {
	[BOOKS_LINES] = "TransactionLines",
	[BOOKS_ACCOUNTS] = "GLAccounts",
	[BOOKS_JOURNALS] = "Journals",
	[BOOKS_RELATIONS] = "Accounts",
	[BOOKS_VAT] = "VATCodes",
	[BOOKS_RATES] = "VatPercentages",
	[BOOKS_ITEMS] = "Items",
	[BOOKS_INVOICES] = "SalesInvoices",
	[BOOKS_TERMS] = "PaymentTerms",
	[BOOKS_PERIODS] = "FinancialPeriods",
	[BOOKS_COST_CENTERS] = "Costcenters",
	[BOOKS_COST_UNITS] = "Costunits",
};

int books_new(struct books **ret, uint64_t seed, struct error *err)
{
	struct books *books = calloc(1, sizeof(*books));

	if (!books)
		return error_set(err, FAIL_STOP, "out of memory for the books");
	books->seed = seed;
	books->random = seed ^ 0x5DEECE66Du;
	books->version = FIRST_VERSION;
	*ret = books;
	return 0;
}

static void set_free(struct books_set *set)
{
	if (!set)
		return;
	for (size_t kind = 0; kind < BOOKS_TABLES; kind++)
		books_index_free(&set->tables[kind]);
	free(set->entries);
	free(set->deleted);
	free(set->sums);
	free(set);
}

void books_free(struct books *books)
{
	if (!books)
		return;
	for (size_t i = 0; i < books->set_count; i++)
		set_free(books->sets[i]);
	free(books->sets);
	books_names_free(books);
	free(books);
}

struct books_set *books_set(const struct books *books, int division)
{
	for (size_t i = 0; i < books->set_count; i++)
		if (books->sets[i]->division.code == division)
			return books->sets[i];
	return NULL;
}

void books_set_unverified(
	struct books *books, bool invoice_is_entry, bool deleted_headers)
{
	books->invoice_is_entry = invoice_is_entry;
	books->deleted_headers = deleted_headers;
}

size_t books_division_count(const struct books *books)
{
	return books->set_count;
}

struct books_division *books_division(struct books *books, size_t index)
{
	return index < books->set_count ? &books->sets[index]->division : NULL;
}

struct books_division *books_division_find(struct books *books, int code)
{
	struct books_set *set = books_set(books, code);

	return set ? &set->division : NULL;
}

static void copy_text(char *to, size_t size, const char *from, size_t len)
{
	size_t kept = len < size ? len : size - 1;

	/* Don't cut inside a UTF-8 character. */
	while (kept < len && kept > 0 &&
		((unsigned char)from[kept] & 0xC0) == 0x80)
		kept--;
	memcpy(to, from, kept);
	to[kept] = '\0';
	/* A file's name may hold a newline; a line of output may not. */
	for (char *at = to; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
}

static struct books_set *set_new(int division, const char *path,
	const char *currency, const char *country)
{
	struct books_set *set = calloc(1, sizeof(*set));
	const char *name = strrchr(path, '/');

	if (!set)
		return NULL;
	name = name ? name + 1 : path;
	set->division.code = division;
	set->division.status = 1;
	copy_text(set->division.name, sizeof(set->division.name), name,
		strcspn(name, "."));
	copy_text(set->division.currency, sizeof(set->division.currency),
		currency, strlen(currency));
	copy_text(set->division.country, sizeof(set->division.country), country,
		strlen(country));
	for (size_t at = strlen(set->division.country);
		at + 1 < sizeof(set->division.country); at++)
		set->division.country[at] = ' ';
	for (size_t kind = 0; kind < BOOKS_TABLES; kind++)
		set->tables[kind].size = row_size[kind];
	set->next_serial = 1;
	set->closing_month = 12;
	return set;
}

int books_add_division(struct books *books, int division, const char *name,
	const char *currency, const char *country, struct books_set **ret,
	struct error *err)
{
	struct books_set **sets;
	struct books_set *set;

	if (books_set(books, division))
		return error_set(err, FAIL_USAGE,
			"division %d exists already; choose another number",
			division);
	if (books->set_count >= DIVISIONS_MAX)
		return error_set(
			err, FAIL_USAGE, "at most %u divisions", DIVISIONS_MAX);
	set = set_new(division, name, currency, country);
	sets = realloc(
		books->sets, (books->set_count + 1) * sizeof(*books->sets));
	if (sets)
		books->sets = sets;
	if (!set || !sets) {
		set_free(set);
		return error_set(err, FAIL_STOP, "out of memory");
	}
	books->sets[books->set_count++] = set;
	*ret = set;
	return 0;
}

int books_digits(const char *currency)
{
	if (strcmp(currency, "JPY") == 0)
		return 0;
	return strcmp(currency, "KWD") == 0 ? 3 : 2;
}

int books_add_ledger(struct books *books, const char *path, int division,
	const char *currency, const char *country, int64_t now_wall_ms,
	struct error *err)
{
	struct books_set *set;
	struct buf bytes;
	int fail = books_add_division(
		books, division, path, currency, country, &set, err);

	if (fail)
		return error_prefix(err, "adding ledger %s", path);
	buf_init(&bytes, LEDGER_FILE_MAX);
	fail = file_read(path, LEDGER_FILE_MAX, &bytes, err);
	if (!fail)
		fail = ledger_read(books, set, path, bytes.data, bytes.len,
			now_wall_ms, err);
	if (fail)
		set_free(books->sets[--books->set_count]);
	buf_free(&bytes);
	return fail;
}

uint64_t books_random(struct books *books)
{
	uint64_t value = books->random += 0x9E3779B97F4A7C15u;

	value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
	value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
	return value ^ (value >> 31);
}

int books_find_table(const struct books *books, int division, const char *which,
	struct books_set **ret_set, enum books_kind *ret_kind,
	struct error *err)
{
	struct books_set *set = books_set(books, division);

	if (!set)
		return error_set(err, FAIL_INPUT,
			"there is no division %d in these books", division);
	for (size_t kind = 0; kind < BOOKS_TABLES; kind++) {
		if (strcmp(which, table_names[kind]) != 0)
			continue;
		*ret_set = set;
		*ret_kind = (enum books_kind)kind;
		return 0;
	}
	return error_set(err, FAIL_INPUT,
		"there is no table '%s'; use TransactionLines, GLAccounts, "
		"Journals or Accounts",
		which);
}

void books_append_id(const struct books *books, const struct books_set *set,
	enum books_kind kind, size_t row, struct buf *ret_ids)
{
	struct books_guid guid;
	char text[37];

	if (!ret_ids)
		return;
	guid = books_index_row_guid(books, set, kind, row);
	books_index_text(&guid, text);
	if (ret_ids->len > 0)
		buf_putc(ret_ids, ',');
	buf_puts(ret_ids, text);
}

/* The text that a user's edit changes; NULL: the row has none. */
static uint32_t *edited_text(
	const struct books_set *set, enum books_kind kind, size_t row)
{
	struct books_head *head = books_index_head(&set->tables[kind], row);

	switch (kind) {
	case BOOKS_LINES:
		return &((struct books_line *)(void *)head)->description;
	case BOOKS_ACCOUNTS:
		return &((struct books_account *)(void *)head)->description;
	case BOOKS_JOURNALS:
		return &((struct books_journal *)(void *)head)->description;
	case BOOKS_VAT:
		return &((struct books_vat *)(void *)head)->description;
	case BOOKS_ITEMS:
		return &((struct books_item *)(void *)head)->description;
	case BOOKS_INVOICES:
		return &((struct books_invoice *)(void *)head)->description;
	case BOOKS_COST_CENTERS:
	case BOOKS_COST_UNITS:
		return &((struct books_cost *)(void *)head)->description;
	case BOOKS_RELATIONS:
		return &((struct books_relation *)(void *)head)->name;
	default: /* no column is text */
		return NULL;
	}
}

uint32_t books_use_count(
	const struct books_set *set, enum books_kind kind, size_t row)
{
	const struct books_head *head = books_index_head(
		&set->tables[kind], row);

	switch (kind) {
	case BOOKS_ACCOUNTS:
		return ((const struct books_account *)(const void *)head)->used;
	case BOOKS_JOURNALS:
		return ((const struct books_journal *)(const void *)head)->used;
	case BOOKS_RELATIONS:
		return ((const struct books_relation *)(const void *)head)
			->used;
	default:
		return 1;
	}
}

/* A live row chosen by the seed: the first live row from a random place on that
 * `chosen` (may be NULL) does not hold yet. The caller knows that there is
 * one. */
static size_t choose(struct books *books, const struct books_table *table,
	const unsigned char *chosen)
{
	size_t row = (size_t)(books_random(books) % table->count);

	while (books_index_head(table, row)->deleted ||
		(chosen && chosen[row] != 0))
		row = (row + 1) % table->count;
	return row;
}

static int edit_row(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row, int64_t now_wall_ms)
{
	uint32_t *text = edited_text(set, kind, row);
	const char *old = text ? books_names_text(books, *text) : "";
	const char *mark = strstr(old, " (edit ");
	size_t kept = mark ? (size_t)(mark - old) : strlen(old);
	uint32_t unused;
	struct buf made;
	int fail;

	if (!text)
		text = &unused;
	buf_init(&made, 4096);
	buf_append(&made, old, kept);
	buf_printf(&made, " (edit %llu)", (unsigned long long)books->version);
	fail = buf_failed(&made)
		       ? FAIL_STOP
		       : books_names_put(books, made.data, made.len, text);
	buf_free(&made);
	if (fail)
		return fail;
	books_index_head(&set->tables[kind], row)->modified_ms = now_wall_ms;
	return books_index_write(books, set, kind, row);
}

int books_change(struct books *books, int division, const char *which,
	int count, int64_t now_wall_ms, struct buf *ret_ids, struct error *err)
{
	struct books_set *set;
	enum books_kind kind;
	unsigned char *chosen;
	int fail = books_find_table(books, division, which, &set, &kind, err);

	if (fail)
		return fail;
	if (count < 0 || (size_t)count > set->tables[kind].living)
		return error_set(err, FAIL_INPUT,
			"changing %d %s of division %d: it has %zu", count,
			which, division, set->tables[kind].living);
	chosen = calloc(set->tables[kind].count + 1, 1);
	if (!chosen)
		return error_set(err, FAIL_STOP, "out of memory");
	for (int i = 0; i < count; i++) {
		size_t row = choose(books, &set->tables[kind], chosen);
		chosen[row] = 1;
		fail = edit_row(books, set, kind, row, now_wall_ms);
		if (fail) {
			fail = error_set(err, fail, "out of memory");
			break;
		}
		books_append_id(books, set, kind, row, ret_ids);
	}
	free(chosen);
	return fail;
}

/* Adds a GL account of costs, which no line refers to yet. */
static int insert_account(struct books *books, struct books_set *set,
	int64_t now_wall_ms, size_t *ret_row)
{
	struct books_account *account;
	char code[24];
	size_t row;

	if (books_index_add(set, BOOKS_ACCOUNTS, &row) < 0)
		return FAIL_STOP;
	account = (struct books_account *)set->tables[BOOKS_ACCOUNTS].rows +
		  row;
	account->type = 110;
	account->side = 'D';
	account->sheet = 'W';
	account->created_ms = now_wall_ms;
	account->head.modified_ms = now_wall_ms;
	snprintf(code, sizeof(code), "N%zu", row);
	if (books_names_put(books, code, strlen(code), &account->code) < 0 ||
		books_names_put(
			books, "New account", 11, &account->description) < 0)
		return FAIL_STOP;
	*ret_row = row;
	return books_index_write(books, set, BOOKS_ACCOUNTS, row);
}

/* Adds one side of an entry. `account` is the row of a GL account. */
static int insert_line(struct books *books, struct books_set *set,
	size_t journal, size_t account, int32_t number, int64_t cents,
	int64_t now_wall_ms, size_t *ret_row)
{
	struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	size_t row;

	if (books_index_add(set, BOOKS_LINES, &row) < 0)
		return FAIL_STOP;
	struct books_line *line = (struct books_line *)set->tables[BOOKS_LINES]
					  .rows +
				  row;
	line->head.modified_ms = now_wall_ms;
	line->amount_dc = cents;
	line->amount_fc = cents;
	line->entry = (uint32_t)(set->entry_count - 1);
	line->journal = (uint16_t)journal;
	line->account = (uint32_t)account;
	line->date = (int32_t)(now_wall_ms / 86400000);
	line->number = number;
	line->type = 90;
	books_period(set, line->date, &line->year, &line->period);
	memcpy(line->currency, set->division.currency, sizeof(line->currency));
	accounts[account].used++;
	journals[journal].used++;
	if (books_names_put(books, "Inserted", 8, &line->description) < 0)
		return FAIL_STOP;
	*ret_row = row;
	return books_index_write(books, set, BOOKS_LINES, row);
}

int books_insert(struct books *books, int division, int entries,
	bool new_account, int64_t now_wall_ms, struct buf *ret_ids,
	struct error *err)
{
	struct books_set *set = books_set(books, division);
	size_t account = 0;

	if (!set || entries < 0 || set->tables[BOOKS_ACCOUNTS].living == 0 ||
		set->tables[BOOKS_JOURNALS].living == 0)
		return error_set(err, FAIL_INPUT,
			"inserting %d entries: division %d does not exist or "
			"has no GL account and journal",
			entries, division);
	if (new_account &&
		insert_account(books, set, now_wall_ms, &account) < 0)
		return error_set(err, FAIL_STOP, "out of memory");
	for (int i = 0; i < entries; i++) {
		void *array = set->entries;
		int64_t cents = 1 + (int64_t)(books_random(books) % 1000000);
		size_t row;
		if (books_index_grow(&array, set->entry_count,
			    &set->entry_capacity, sizeof(*set->entries)) < 0)
			return error_set(err, FAIL_STOP, "out of memory");
		set->entries = array;
		size_t journal = choose(
			books, &set->tables[BOOKS_JOURNALS], NULL);
		set->entries[set->entry_count++] = (struct books_entry){
			.created_ms = now_wall_ms,
			.serial = set->next_serial++,
			.number = ++set->last_entry_number,
		};
		for (int side = 0; side < 2; side++) {
			/* Debit one account, credit another. */
			if (!new_account)
				account = choose(books,
					&set->tables[BOOKS_ACCOUNTS], NULL);
			if (insert_line(books, set, journal, account, side + 1,
				    side == 0 ? cents : -cents, now_wall_ms,
				    &row) < 0)
				return error_set(
					err, FAIL_STOP, "out of memory");
			books_append_id(books, set, BOOKS_LINES, row, ret_ids);
		}
	}
	return 0;
}

int books_move_division(struct books *books, int division, int64_t now_wall_ms,
	struct error *err)
{
	struct books_set *set = books_set(books, division);

	if (!set)
		return error_set(err, FAIL_INPUT,
			"there is no division %d in these books", division);
	set->division.moved_ms = now_wall_ms;
	for (size_t kind = 0; kind < BOOKS_TABLES; kind++) {
		set->tables[kind].log_count = 0;
		for (size_t row = 0; row < set->tables[kind].count; row++) {
			if (books_index_head(&set->tables[kind], row)->deleted)
				continue;
			if (books_index_write(
				    books, set, (enum books_kind)kind, row) < 0)
				return error_set(
					err, FAIL_STOP, "out of memory");
		}
	}
	return 0;
}
