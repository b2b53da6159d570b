/*
 * Two lists show what is open, each under its own scope:
 *
 *	sales      bulk/Cashflow/Receivables    open and matched parts; a row
 *	                                        names its entry
 *	purchases  read/financial/PayablesList  open ones only; a row has
 *	                                        EntryNumber and JournalCode
 *
 * Both show an amount with the sign opposite to its ledger line: a receivable
 * of 121.00 is 121.00 on the control account and -121.00 in the list. So in
 * each currency
 *
 *	sum of the control accounts' lines + sum of what is open = 0
 *
 * and a list is trusted only while that holds: a list that lost a page, or one
 * that came empty because the user has no rights, would make invoices paid.
 * Amounts are compared in the document's currency, because exchange differences
 * change the control account in the company's currency alone.
 *
 * The ledger's lines are added up again only when a row came after the last
 * time.
 */
#include "derive/open_items.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "connector/feed.h"
#include "derive/convert.h"
#include "derive/mark.h"
#include "derive/open_item_rows.h"
#include "derive/refs.h"

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
	bool known[SIDES]; /* was trusted once, now or before */
	char reason[SIDES][160];
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
	snprintf(rows->currency, sizeof(rows->currency), "%s", currency);
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
		snprintf(sum->accounts[sum->count], RECORDS_KEY_MAX, "%s",
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

static int take_receivable(void *arg, const struct feed_row *row)
{
	struct ledger_sum *sum = arg;
	const char *currency = row->values[RECEIVABLE_CURRENCY];

	if (open_item_rows_is_open(row->values))
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
	int fail = records_feed_each(records, &entity_gl_accounts.shape, NULL,
		take_account, sum, err);

	if (!fail && sum->count)
		fail = records_feed_scan(records,
			&entity_transaction_lines.shape, columns,
			sizeof(columns) / sizeof(*columns), take_line, sum,
			err);
	if (!fail)
		fail = records_feed_each(records, &entity_receivables.shape,
			NULL, take_receivable, sum, err);
	if (!fail)
		fail = records_feed_each(records, &entity_payables.shape, NULL,
			take_payable, sum, err);
	return fail;
}

static bool agrees(const struct totals *totals, char reason[static 160])
{
	char ledger[DECIMAL_TEXT_MAX];
	char list[DECIMAL_TEXT_MAX];

	reason[0] = '\0';
	if (totals->failed) {
		snprintf(reason, 160,
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
		snprintf(reason, 160,
			"the ledger's control accounts stand at %s %s, the "
			"list at %s",
			ledger, total->currency, list);
		return false;
	}
	return true;
}

/* ---- the judgement, kept ------------------------------------------------- */

/* All that the judgement depends on: while this text is the same, the
 * judgement is, too. */
static int basis(struct derive *derive, enum side side, char ret[static 128],
	struct error *err)
{
	struct stream_state lines;
	struct stream_state accounts;
	struct stream_state list;
	int64_t stored = 0;
	int fail = records_stream_get(derive->records,
		entity_transaction_lines.shape.name, &lines, err);

	if (!fail)
		fail = records_stream_get(derive->records,
			entity_gl_accounts.shape.name, &accounts, err);
	if (!fail)
		fail = records_stream_get(derive->records,
			sides[side].list->shape.name, &list, err);
	if (!fail)
		fail = records_feed_count(derive->records,
			&entity_transaction_lines.shape, &stored, err);
	if (fail)
		return fail;
	snprintf(ret, 128, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
		lines.committed, stored, accounts.committed,
		list.finished_wall_ms);
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
	snprintf(ret, 64, "open-items.%s.%s", sides[side].name, what);
}

struct judgement {
	struct derive *derive;
	enum side side;
	const char *made_of;
};

/* The fact "words" is "agrees", or the reason of the disagreement. */
static int keep(struct records *records, void *arg, struct error *err)
{
	const struct judgement *judgement = arg;
	enum side side = judgement->side;
	struct open_items *open = judgement->derive->open_items;
	bool good = open->state[side] == OPEN_ITEMS_AGREES;
	char name[64];
	int fail;

	fact(side, "basis", name);
	fail = records_fact_set(records, name, judgement->made_of, err);
	fact(side, "words", name);
	if (!fail)
		fail = records_fact_set(records, name,
			good ? "agrees" : open->reason[side], err);
	if (!fail)
		fail = feed_doubt(records, sides[side].list, !good, err);
	if (fail || !good || open->known[side])
		return fail;
	open->known[side] = true;
	fact(side, "known", name);
	fail = records_fact_set(records, name, "1", err);
	return fail ? fail
		    : mark_documents(judgement->derive, side == SALES, err);
}

/* Takes the judgement that was kept, if nothing changed since: *ret. */
static int recall(struct derive *derive, enum side side, const char *made_of,
	bool *ret, struct error *err)
{
	struct open_items *open = derive->open_items;
	char basis[128] = "";
	char reason[1024];
	bool known = false;
	char name[64];
	int fail;

	fact(side, "basis", name);
	fail = records_fact_get(
		derive->records, name, basis, sizeof(basis), &known, err);
	fact(side, "words", name);
	if (!fail)
		fail = records_fact_get(derive->records, name, reason,
			sizeof(reason), &known, err);
	if (fail)
		return fail;
	*ret = known && !strcmp(basis, made_of);
	if (!*ret)
		return 0;
	open->state[side] = strcmp(reason, "agrees") ? OPEN_ITEMS_DISAGREES
						     : OPEN_ITEMS_AGREES;
	if (open->state[side] == OPEN_ITEMS_DISAGREES)
		snprintf(open->reason[side], sizeof(open->reason[side]),
			"%.159s", reason);
	return 0;
}

static int judge_sides(struct derive *derive, const bool *asked,
	char made_of[SIDES][128], struct error *err)
{
	struct open_items *open = derive->open_items;
	struct ledger_sum *sum = calloc(1, sizeof(*sum));
	int fail;

	if (!sum)
		return error_set(err, FAIL_STOP, "out of memory");
	sum->derive = derive;
	fail = add_up(sum, err);
	for (size_t i = 0; i < SIDES && !fail; i++) {
		if (!asked[i])
			continue;
		open->state[i] = agrees(&sum->totals[i], open->reason[i])
					 ? OPEN_ITEMS_AGREES
					 : OPEN_ITEMS_DISAGREES;
		struct judgement judgement = { derive, (enum side)i,
			made_of[i] };
		fail = records_transaction(
			derive->records, keep, &judgement, err);
	}
	for (size_t i = 0; i < SIDES; i++)
		free(sum->totals[i].rows);
	free(sum);
	return fail;
}

int open_items_forget(struct derive *derive, bool sales, struct error *err)
{
	char name[64];

	fact(sales ? SALES : PURCHASES, "basis", name);
	return records_fact_set(derive->records, name, NULL, err);
}

int open_items_judge(struct derive *derive, struct error *err)
{
	char made_of[SIDES][128] = { { 0 } };
	bool asked[SIDES] = { false };
	char text[8];
	char name[64];
	int fail = 0;

	if (derive->open_items)
		return 0;
	derive->open_items = calloc(1, sizeof(*derive->open_items));
	if (!derive->open_items)
		return error_set(err, FAIL_STOP, "out of memory");
	for (size_t i = 0; i < SIDES && !fail; i++) {
		bool kept = false;

		fact((enum side)i, "known", name);
		fail = records_fact_get(derive->records, name, text,
			sizeof(text), &derive->open_items->known[i], err);
		if (fail || !ready(derive, (enum side)i))
			continue;
		fail = basis(derive, (enum side)i, made_of[i], err);
		if (!fail)
			fail = recall(
				derive, (enum side)i, made_of[i], &kept, err);
		asked[i] = !fail && made_of[i][0] && !kept;
	}
	if (!fail && (asked[SALES] || asked[PURCHASES]))
		fail = judge_sides(derive, asked, made_of, err);
	if (fail)
		open_items_close(derive);
	return fail;
}

void open_items_close(struct derive *derive)
{
	free(derive->open_items);
	derive->open_items = NULL;
}

enum open_items_state open_items_state(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open_items->state[side_of(kind)];
}

bool open_items_were_known(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open_items->known[side_of(kind)];
}

const char *open_items_reason(
	const struct derive *derive, const struct document_kind *kind)
{
	return derive->open_items->reason[side_of(kind)];
}

const struct entity *open_items_list(const struct document_kind *kind)
{
	return sides[side_of(kind)].list;
}
