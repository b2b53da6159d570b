/*
 * Two lists tell what is open, each under its own scope:
 *
 *	sales      bulk/Cashflow/Receivables    open and matched parts; a row
 *	                                        names its entry
 *	purchases  read/financial/PayablesList  open ones only; a row has
 *	                                        EntryNumber and JournalCode
 *
 * Both show an amount with the sign opposite to its ledger line: a receivable
 * of 121.00 stands as 121.00 on the control account and as -121.00 in the
 * list. So per currency
 *
 *	sum of the control accounts' lines + sum of what is open = 0
 *
 * and a list is believed only while that holds: one that lost a page, or that
 * a user without rights was given empty, would turn invoices into paid ones.
 * In the document's currency, since exchange differences move the control
 * account in the company's currency alone.
 *
 * The ledger's lines are added up anew only when something came since.
 */
#include "derive/open_items.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/derive_refs.h"
#include "connector/feed.h"

enum side {
	SALES,
	PURCHASES,
	SIDES
};

static const struct {
	const char *name;
	const struct entity *list;
	const char *account_type;
} sides[SIDES] = {
	[SALES] = { "sales", &entity_receivables, ACCOUNT_TYPE_RECEIVABLE },
	[PURCHASES] = { "purchases", &entity_payables, ACCOUNT_TYPE_PAYABLE },
};

struct total {
	char currency[4];
	int64_t ledger;
	int64_t list;
};

struct totals {
	struct total *rows; /* owned */
	size_t count;
	bool failed; /* an amount that can't be read or added, no memory */
};

struct open_items {
	enum open_items_state state[SIDES];
	bool known[SIDES]; /* believed once, now or before */
	char words[SIDES][160];
};

static enum side side_of(const struct document_kind *kind)
{
	return kind->sale ? SALES : PURCHASES;
}

/* ---- adding up ----------------------------------------------------------- */

static struct total *total_of(struct totals *totals, const char *currency)
{
	struct total *rows;

	for (size_t i = 0; i < totals->count; i++) {
		if (!strcmp(totals->rows[i].currency, currency))
			return &totals->rows[i];
	}
	rows = realloc(totals->rows, (totals->count + 1) * sizeof(*rows));
	if (!rows)
		return NULL;
	totals->rows = rows;
	rows += totals->count++;
	*rows = (struct total){ 0 };
	(void)snprintf(rows->currency, sizeof(rows->currency), "%s", currency);
	return rows;
}

static void add(struct totals *totals, const char *currency, const char *text,
	bool in_ledger)
{
	struct total *total;
	int64_t amount;

	if (strlen(currency) != 3 ||
		convert_money(text, convert_minor_unit(currency), &amount) ==
			CONVERT_MONEY_NONE)
		total = NULL;
	else
		total = total_of(totals, currency);
	if (!total ||
		decimal_add(in_ledger ? total->ledger : total->list, amount,
			in_ledger ? &total->ledger : &total->list))
		totals->failed = true;
}

#define CONTROLS_MAX 64

struct ledger_sum {
	const struct derive *derive;
	/* The control accounts, and whose they are. */
	char accounts[CONTROLS_MAX][RECORDS_KEY_MAX];
	enum side of[CONTROLS_MAX];
	size_t count;
	struct totals totals[SIDES];
};

static int take_account(void *arg, const struct feed_row *row)
{
	struct ledger_sum *sum = arg;
	const char *type = row->values[GL_ACCOUNT_TYPE];

	for (size_t side = 0; type && side < SIDES; side++) {
		if (strcmp(type, sides[side].account_type) != 0)
			continue;
		if (sum->count == CONTROLS_MAX) {
			sum->totals[side].failed = true;
			return 0;
		}
		(void)snprintf(sum->accounts[sum->count], RECORDS_KEY_MAX, "%s",
			row->id);
		sum->of[sum->count++] = (enum side)side;
	}
	return 0;
}

static int take_line(void *arg, const struct feed_row *row)
{
	struct ledger_sum *sum = arg;
	const char *account = row->values[LINE_GL_ACCOUNT];
	const char *currency = row->values[LINE_CURRENCY];
	const char *amount = row->values[LINE_AMOUNT_FC];

	for (size_t i = 0; account && i < sum->count; i++) {
		if (strcmp(account, sum->accounts[i]) != 0)
			continue;
		if (convert_same(row->values[LINE_TYPE], LINE_TYPE_BUDGET))
			return 0;
		if (!currency || !*currency)
			currency = sum->derive->currency;
		if (!amount && !strcmp(currency, sum->derive->currency))
			amount = row->values[LINE_AMOUNT_DC];
		add(&sum->totals[sum->of[i]], currency, amount, true);
		return 0;
	}
	return 0;
}

static bool receivable_is_open(const char *const *value)
{
	const char *status = value[RECEIVABLE_STATUS];

	return status && (!strcmp(status, "20") || !strcmp(status, "30")) &&
	       !convert_true(value[RECEIVABLE_IS_FULLY_PAID]);
}

static int take_receivable(void *arg, const struct feed_row *row)
{
	struct ledger_sum *sum = arg;
	const char *currency = row->values[RECEIVABLE_CURRENCY];

	if (receivable_is_open(row->values))
		add(&sum->totals[SALES],
			currency ? currency : sum->derive->currency,
			row->values[RECEIVABLE_AMOUNT_FC], false);
	return 0;
}

static int take_payable(void *arg, const struct feed_row *row)
{
	struct ledger_sum *sum = arg;
	const char *currency = row->values[PAYABLE_CURRENCY_CODE];

	add(&sum->totals[PURCHASES],
		currency ? currency : sum->derive->currency,
		row->values[PAYABLE_AMOUNT], false);
	return 0;
}

static int add_up(struct ledger_sum *sum, struct error *err)
{
	static const int columns[] = { LINE_GL_ACCOUNT, LINE_CURRENCY,
		LINE_AMOUNT_FC, LINE_AMOUNT_DC, LINE_TYPE };
	struct records *records = sum->derive->records;
	int r = records_feed_each(records, &entity_gl_accounts.shape, NULL,
		take_account, sum, err);

	if (!r && sum->count)
		r = records_feed_scan(records, &entity_transaction_lines.shape,
			columns, sizeof(columns) / sizeof(*columns), take_line,
			sum, err);
	if (!r)
		r = records_feed_each(records, &entity_receivables.shape, NULL,
			take_receivable, sum, err);
	if (!r)
		r = records_feed_each(records, &entity_payables.shape, NULL,
			take_payable, sum, err);
	return r;
}

static bool agrees(const struct totals *totals, char words[static 160])
{
	char ledger[DECIMAL_TEXT_MAX];
	char list[DECIMAL_TEXT_MAX];

	words[0] = '\0';
	if (totals->failed) {
		(void)snprintf(words, 160,
			"an amount in it, or on a control account, can't be "
			"read");
		return false;
	}
	for (size_t i = 0; i < totals->count; i++) {
		const struct total *total = &totals->rows[i];

		if (total->ledger == -total->list)
			continue;
		decimal_format(total->ledger, MODEL_MONEY_SCALE, ledger);
		decimal_format(-total->list, MODEL_MONEY_SCALE, list);
		(void)snprintf(words, 160,
			"the ledger's control accounts stand at %s %s, the "
			"list at %s",
			ledger, total->currency, list);
		return false;
	}
	return true;
}

/* ---- the judgement, kept ------------------------------------------------- */

/* Everything the judgement is made of: while this is the same, so is it. */
static int basis(struct derive *derive, enum side side, char ret[static 128],
	struct error *err)
{
	struct stream_cursor lines;
	struct stream_cursor accounts;
	struct stream_cursor list;
	int r = records_cursor_get(derive->records,
		entity_transaction_lines.shape.name, &lines, err);

	if (!r)
		r = records_cursor_get(derive->records,
			entity_gl_accounts.shape.name, &accounts, err);
	if (!r)
		r = records_cursor_get(derive->records,
			sides[side].list->shape.name, &list, err);
	if (r)
		return r;
	(void)snprintf(ret, 128, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		lines.committed,
		records_feed_count(
			derive->records, &entity_transaction_lines.shape),
		accounts.committed, list.finished_wall_ms);
	/* Never read to its end. */
	if (!list.finished_wall_ms)
		ret[0] = '\0';
	return 0;
}

static bool ready(const struct derive *derive, enum side side)
{
	return derive_was_read(derive, &entity_transaction_lines) &&
	       derive_was_read(derive, &entity_deleted) &&
	       derive_was_read(derive, &entity_gl_accounts) &&
	       derive_was_read(derive, sides[side].list);
}

static void fact(enum side side, const char *what, char ret[static 64])
{
	(void)snprintf(ret, 64, "open-items.%s.%s", sides[side].name, what);
}

struct mark {
	struct derive *derive;
	enum side side;
	struct error *err;
};

/* Entries of that side that are documents. */
static int mark_header(void *arg, const struct feed_row *row)
{
	struct mark *mark = arg;
	const struct document_kind *kind = document_kind_of_entry(
		row->values[LINE_TYPE]);
	const char *number = row->values[LINE_LINE_NUMBER];

	if (!kind || side_of(kind) != mark->side || !number ||
		strcmp(number, "0") != 0)
		return 0;
	return records_dirty_add(mark->derive->records,
		entity_transaction_lines.shape.name, row->group, mark->err);
}

static int mark_all(struct derive *derive, enum side side, struct error *err)
{
	static const int columns[] = { LINE_TYPE, LINE_LINE_NUMBER };
	struct mark mark = { derive, side, err };

	return records_feed_scan(derive->records,
		&entity_transaction_lines.shape, columns,
		sizeof(columns) / sizeof(*columns), mark_header, &mark, err);
}

/* "agrees", or the words of the disagreement. */
static int keep(struct derive *derive, enum side side, const char *made_of,
	struct error *err)
{
	struct open_items *open = derive->open;
	bool good = open->state[side] == OPEN_ITEMS_AGREES;
	char name[64];
	int r = records_begin(derive->records, err);

	if (r)
		return r;
	fact(side, "basis", name);
	r = records_meta_set(derive->records, name, made_of, err);
	fact(side, "words", name);
	if (!r)
		r = records_meta_set(derive->records, name,
			good ? "agrees" : open->words[side], err);
	if (!r)
		r = feed_doubt(derive->records, sides[side].list, !good, err);
	if (!r && good && !open->known[side]) {
		fact(side, "known", name);
		r = records_meta_set(derive->records, name, "1", err);
		if (!r)
			r = mark_all(derive, side, err);
		open->known[side] = true;
	}
	if (!r)
		r = records_commit(derive->records, err);
	if (r)
		records_rollback(derive->records);
	return r;
}

/* Is the kept judgement still good? Then it is taken. */
static bool recall(struct derive *derive, enum side side, const char *made_of)
{
	struct open_items *open = derive->open;
	char name[64];
	char text[1024];

	fact(side, "basis", name);
	if (!records_meta_get(derive->records, name, text, sizeof(text)) ||
		strcmp(text, made_of) != 0)
		return false;
	fact(side, "words", name);
	if (!records_meta_get(derive->records, name, text, sizeof(text)))
		return false;
	open->state[side] = strcmp(text, "agrees") ? OPEN_ITEMS_DISAGREES
						   : OPEN_ITEMS_AGREES;
	if (open->state[side] == OPEN_ITEMS_DISAGREES)
		(void)snprintf(open->words[side], sizeof(open->words[side]),
			"%.159s", text);
	return true;
}

static int judge_sides(struct derive *derive, const bool *asked,
	char made_of[SIDES][128], struct error *err)
{
	struct open_items *open = derive->open;
	struct ledger_sum *sum = calloc(1, sizeof(*sum));
	int r;

	if (!sum)
		return error_set(err, FAIL_STOP, "out of memory");
	sum->derive = derive;
	r = add_up(sum, err);
	for (size_t i = 0; i < SIDES && !r; i++) {
		if (!asked[i])
			continue;
		open->state[i] = agrees(&sum->totals[i], open->words[i])
					 ? OPEN_ITEMS_AGREES
					 : OPEN_ITEMS_DISAGREES;
		r = keep(derive, (enum side)i, made_of[i], err);
	}
	for (size_t i = 0; i < SIDES; i++)
		free(sum->totals[i].rows);
	free(sum);
	return r;
}

int open_items_judge(struct derive *derive, struct error *err)
{
	char made_of[SIDES][128] = { { 0 } };
	bool asked[SIDES] = { false };
	char text[8];
	char name[64];
	int r = 0;

	if (derive->open)
		return 0;
	derive->open = calloc(1, sizeof(*derive->open));
	if (!derive->open)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < SIDES && !r; i++) {
		fact((enum side)i, "known", name);
		derive->open->known[i] = records_meta_get(
			derive->records, name, text, sizeof(text));
		if (!ready(derive, (enum side)i))
			continue;
		r = basis(derive, (enum side)i, made_of[i], err);
		asked[i] = !r && made_of[i][0] &&
			   !recall(derive, (enum side)i, made_of[i]);
	}
	if (!r && (asked[SALES] || asked[PURCHASES]))
		r = judge_sides(derive, asked, made_of, err);
	if (r)
		derive_free(derive);
	return r;
}

void open_items_free(struct open_items *open)
{
	free(open);
}

enum open_items_state open_items_state(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open->state[side_of(kind)];
}

bool open_items_were_known(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open->known[side_of(kind)];
}

const char *open_items_words(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open->words[side_of(kind)];
}

const struct entity *open_items_list(const struct document_kind *kind)
{
	return sides[side_of(kind)].list;
}

/* ---- a document's rows --------------------------------------------------- */

struct search {
	const struct document_kind *kind;
	const char *const *header;
	const char *currency;
	bool by_date; /* purchases: only rows of the header's day */
	size_t rows;
	size_t twins; /* other headers that the rows fit as well */
	size_t twins_that_day;
	struct open_items_found found;
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

	if (receivable_is_open(row->values))
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
	int r;

	if (!number)
		return 0;
	r = records_feed_each(derive->records, &entity_payables.shape, number,
		match_payable, search, err);
	if (r || !search->rows)
		return r;
	r = records_feed_find(derive->records, &entity_transaction_lines.shape,
		LINE_BY_ENTRY_NUMBER, number, count_twin, search, err);
	if (r || search->twins <= 1)
		return r;
	narrow.by_date = true;
	narrow.found.ambiguous = search->twins_that_day > 1;
	r = records_feed_each(derive->records, &entity_payables.shape, number,
		match_payable, &narrow, err);
	search->found = narrow.found;
	return r;
}

static int note_row(void *arg, const struct feed_row *row)
{
	size_t *count = arg;

	(void)row;
	(*count)++;
	return 1;
}

struct twins {
	struct derive *derive;
	const char *id;
	const char *const *header;
	struct error *err;
};

static int mark_twin(void *arg, const struct feed_row *row)
{
	struct twins *twins = arg;

	if (!strcmp(row->group, twins->id) ||
		!convert_same(row->values[LINE_JOURNAL_CODE],
			twins->header[LINE_JOURNAL_CODE]) ||
		!convert_same(
			row->values[LINE_ACCOUNT], twins->header[LINE_ACCOUNT]))
		return 0;
	return records_dirty_add(twins->derive->records,
		entity_transaction_lines.shape.name, row->group, twins->err);
}

int open_items_twins(struct derive *derive, const char *id,
	const char *const *header, struct error *err)
{
	const char *number = header[LINE_ENTRY_NUMBER];
	struct twins twins = { derive, id, header, err };
	size_t rows = 0;
	int r;

	if (!number)
		return 0;
	r = records_feed_each(derive->records, &entity_payables.shape, number,
		note_row, &rows, err);
	if (r < 0 || !rows)
		return r < 0 ? r : 0;
	return records_feed_find(derive->records,
		&entity_transaction_lines.shape, LINE_BY_ENTRY_NUMBER, number,
		mark_twin, &twins, err);
}

int open_items_find(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *const *header, const char *currency,
	struct open_items_found *ret, struct error *err)
{
	struct search search = {
		.kind = kind,
		.header = header,
		.currency = currency,
		.found = { .paid_on_ms = INT64_MIN },
	};
	int r = kind->sale ? records_feed_each(derive->records,
				     &entity_receivables.shape, id,
				     match_receivable, &search, err)
			   : find_payables(derive, &search, err);

	if (!r)
		*ret = search.found;
	return r;
}

/* ---- what changed in the lists ------------------------------------------- */

/* The judgement was on another list. Inside a transaction. */
static int forget(struct derive *derive, enum side side, struct error *err)
{
	char name[64];
	char text[128];

	fact(side, "basis", name);
	if (!records_meta_get(derive->records, name, text, sizeof(text)) ||
		!*text)
		return 0;
	return records_meta_set(derive->records, name, "", err);
}

int derive_receivables(
	struct derive *derive, const char *group, struct error *err)
{
	int r = forget(derive, SALES, err);

	return r ? r
		 : records_dirty_add(derive->records,
			   entity_transaction_lines.shape.name, group, err);
}

int derive_payables(struct derive *derive, const char *group, struct error *err)
{
	int r = forget(derive, PURCHASES, err);

	return r ? r
		 : derive_again(derive, &entity_transaction_lines,
			   LINE_BY_ENTRY_NUMBER, group, err);
}
