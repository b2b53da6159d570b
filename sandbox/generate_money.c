/*
 * Open items and their payment.
 *
 * A term is a part of a receivable or payable line. Matching splits it: the
 * matched part names the entry that matched it, and the rest stays open. An
 * invoice of 121.00 of which 50.00 are paid:
 *
 *	term   amount   paid by
 *	1       71.00   -          Status 20
 *	2       50.00   bank 12    Status 50
 *
 * A payment in another currency is booked at the rate of its own day; the
 * difference is an entry of type 82 between the control account and the
 * exchange account.
 */
#include "sandbox/generate_state.h"

static struct books_term *term_at(const struct generate *g, uint32_t row)
{
	return (struct books_term *)g->set->tables[BOOKS_TERMS].rows + row;
}

/* Matches `fc` of the open term (with its sign) with `entry`. Returns its value
 * in the books, in cents. */
static int64_t settle(
	struct generate *g, uint32_t row, int64_t fc, size_t entry)
{
	struct books_term *term = term_at(g, row);
	int64_t moment = g->set->entries[entry].created_ms;
	int64_t dc = term->amount_dc;

	term->head.modified_ms = moment;
	if (fc == term->amount_fc) {
		term->paid_by = (uint32_t)entry + 1;
		term->paid_on = g->today;
		return dc;
	}
	dc = generate_cents(fc, generate_line(g, term->line)->currency,
		g->set->entries[generate_line(g, term->line)->entry].rate);
	struct books_term *part = generate_row(g, BOOKS_TERMS, NULL);
	term = term_at(g, row);
	struct books_head head = part->head;
	*part = *term;
	part->head = head;
	part->head.modified_ms = moment;
	part->amount_fc = fc;
	part->amount_dc = dc;
	part->paid_by = (uint32_t)entry + 1;
	part->paid_on = g->today;
	term->amount_fc -= fc;
	term->amount_dc -= dc;
	return dc;
}

static enum generate_account control_of(const struct generate *g, uint32_t row)
{
	return term_at(g, row)->payable ? ACCOUNT_PAYABLE : ACCOUNT_RECEIVABLE;
}

/* Moves the control account from the payment's rate to the invoice's. */
static void book_exchange(struct generate *g, uint32_t row, uint32_t relation,
	const char *currency, int64_t difference)
{
	uint32_t text;

	if (difference == 0)
		return;
	text = generate_text(g, "Exchange difference");
	generate_open_entry(g, JOURNAL_GENERAL);
	generate_add_line(g, JOURNAL_GENERAL, control_of(g, row), 82, relation,
		difference, 0, currency, text);
	generate_add_line(g, JOURNAL_GENERAL, ACCOUNT_EXCHANGE, 82, 0,
		-difference, 0, currency, text);
	generate_close_entry(g);
}

struct payment {
	enum generate_journal journal;
	enum generate_account own; /* bank or cash */
	int64_t more;              /* paid beyond the terms */
	int64_t less;              /* kept back as a discount */
};

/* Pays the whole of each term, or `part` of a single term. */
static void pay(struct generate *g, const uint32_t *terms, size_t count,
	int64_t part, struct payment payment)
{
	struct books_line header = *generate_line(
		g, term_at(g, terms[0])->line);
	int64_t rate = g->set->entries[header.entry].rate == 0
			       ? 0
			       : generate_rate(g, header.currency);
	int64_t worth[3] = { 0, 0, 0 };
	int64_t paid_dc[3] = { 0, 0, 0 };
	int64_t sum = 0;
	int64_t sum_dc = 0;
	uint32_t text;
	uint32_t own;

	for (size_t i = 0; i < count; i++)
		sum += part != 0 ? part : term_at(g, terms[i])->amount_fc;
	sum += payment.more - payment.less;
	struct books_entry *entry = generate_open_entry(g, payment.journal);
	size_t index = g->entry;
	entry->rate = rate;
	text = generate_text(g, "Payment %d", entry->number);
	own = generate_add_line(g, payment.journal, payment.own, 40, 0, 0, sum,
		header.currency, text);
	for (size_t i = 0; i < count; i++) {
		int64_t fc = part != 0 ? part : term_at(g, terms[i])->amount_fc;

		paid_dc[i] = generate_cents(fc, header.currency, rate);
		sum_dc += paid_dc[i];
		generate_add_line(g, payment.journal, control_of(g, terms[i]),
			40, header.relation, -paid_dc[i], -fc, header.currency,
			text);
		worth[i] = settle(g, terms[i], fc, index);
	}
	if (payment.more != 0) {
		uint32_t line = generate_add_line(g, payment.journal,
			control_of(g, terms[0]), 40, header.relation,
			-payment.more, -payment.more, header.currency, text);
		generate_terms_add(g, line, g->today,
			term_at(g, terms[0])->payable, false);
		sum_dc += payment.more;
	}
	if (payment.less != 0) {
		generate_add_line(g, payment.journal,
			term_at(g, terms[0])->payable ? ACCOUNT_DISCOUNT_TAKEN
						      : ACCOUNT_DISCOUNT_GIVEN,
			40, header.relation, payment.less, payment.less,
			header.currency, text);
		sum_dc -= payment.less;
	}
	generate_line(g, own)->amount_dc = sum_dc;
	g->balance[payment.own] += sum_dc;
	g->sum_dc += sum_dc;
	generate_close_entry(g);
	for (size_t i = 0; i < count; i++)
		book_exchange(g, terms[i], header.relation, header.currency,
			paid_dc[i] - worth[i]);
}

static void write_off(struct generate *g, uint32_t row)
{
	int64_t rest = term_at(g, row)->amount_fc;
	uint32_t relation = generate_line(g, term_at(g, row)->line)->relation;
	uint32_t text = generate_text(g, "Payment difference");

	generate_open_entry(g, JOURNAL_GENERAL);
	size_t entry = g->entry;
	generate_add_line(g, JOURNAL_GENERAL, control_of(g, row), 83, relation,
		-rest, -rest, NULL, text);
	generate_add_line(g, JOURNAL_GENERAL, ACCOUNT_DIFFERENCE, 83, 0, rest,
		rest, NULL, text);
	generate_close_entry(g);
	settle(g, row, rest, entry);
}

/* Sets off what both sides owe each other, up to the smaller amount. */
static void set_off(struct generate *g, uint32_t sale, uint32_t bill)
{
	int64_t ours = term_at(g, sale)->amount_fc;
	int64_t theirs = -term_at(g, bill)->amount_fc;
	int64_t least = ours < theirs ? ours : theirs;
	uint32_t relation = generate_line(g, term_at(g, sale)->line)->relation;
	uint32_t text = generate_text(g, "Set-off");

	generate_open_entry(g, JOURNAL_GENERAL);
	size_t entry = g->entry;
	generate_add_line(g, JOURNAL_GENERAL, ACCOUNT_RECEIVABLE, 90, relation,
		-least, -least, NULL, text);
	generate_add_line(g, JOURNAL_GENERAL, ACCOUNT_PAYABLE, 90, relation,
		least, least, NULL, text);
	generate_close_entry(g);
	settle(g, sale, least, entry);
	settle(g, bill, -least, entry);
}

static void credit(struct generate *g, const struct generate_event *event)
{
	uint32_t term = event->terms[0];
	bool payable = term_at(g, term)->payable;
	size_t invoice = generate_line(g, term_at(g, term)->line)->entry;
	uint32_t note = generate_trade_credit(g, term,
		event->end == END_CREDITED_ALL,
		!payable && event->made == MADE_INVOICE);

	if (g->failed)
		return;
	size_t entry = g->entry;
	int64_t fc = term_at(g, note)->amount_fc;
	settle(g, note, fc, invoice);
	settle(g, term, -fc, entry);
}

/* Books the same entry again with its signs reversed. */
static void reverse(struct generate *g, uint32_t term)
{
	uint32_t first = term_at(g, term)->line;
	size_t old = generate_line(g, first)->entry;
	struct books_entry voided = g->set->entries[old];
	enum generate_journal journal = term_at(g, term)->payable
						? JOURNAL_PURCHASE
						: JOURNAL_SALES;
	struct books_entry *made = generate_open_entry(g, journal);
	size_t entry = g->entry;
	uint32_t header = UINT32_MAX;

	made->invoice = voided.invoice;
	made->rate = voided.rate;
	made->due = voided.due;
	made->fate = BOOKS_FATE_REVERSAL;
	g->set->entries[old].fate = BOOKS_FATE_VOID;
	for (uint32_t i = 0; i < voided.lines; i++) {
		struct books_line line = *generate_line(g, first + i);

		g->next_line = line.number;
		uint32_t row = generate_add_line(g, journal,
			(enum generate_account)line.account, line.type,
			line.relation, -line.amount_dc, -line.amount_fc,
			line.currency, line.description);
		struct books_line *turned = generate_line(g, row);
		turned->reference = line.reference;
		turned->vat = line.vat;
		turned->percent = line.percent;
		turned->vat_fc = -line.vat_fc;
		turned->vat_base_fc = -line.vat_base_fc;
		turned->item = line.item;
		turned->quantity = -line.quantity;
		if (i == 0)
			header = row;
	}
	generate_close_entry(g);
	if (g->failed)
		return;
	uint32_t back = generate_terms_add(
		g, header, voided.due, term_at(g, term)->payable, true);
	int64_t fc = term_at(g, term)->amount_fc;
	settle(g, term, fc, entry);
	settle(g, back, -fc, old);
}

static int64_t share(int64_t amount, int64_t percent)
{
	return amount * percent / 100;
}

static void happen(struct generate *g, const struct generate_event *event)
{
	static const struct payment by_bank = { .journal = JOURNAL_BANK,
		.own = ACCOUNT_BANK };
	const uint32_t *terms = event->terms;
	int64_t amount = term_at(g, terms[0])->amount_fc;
	struct payment payment = by_bank;

	switch (event->end) {
	case END_THREE:
		pay(g, terms, 3, 0, payment);
		return;
	case END_PARTIAL:
		pay(g, terms, 1, share(amount, 40), payment);
		return;
	case END_TWICE:
		pay(g, terms, 1, event->second ? 0 : share(amount, 50),
			payment);
		if (!event->second)
			generate_terms_plan(g, g->today + 20, END_TWICE,
				event->made, true, terms);
		return;
	case END_OVER:
		payment.more = 1000 + generate_below(g, 4000);
		pay(g, terms, 1, 0, payment);
		return;
	case END_DISCOUNT:
		payment.less = share(amount, 2);
		pay(g, terms, 1, 0, payment);
		return;
	case END_CENTS:
		pay(g, terms, 1, amount - 3, payment);
		write_off(g, terms[0]);
		return;
	case END_CASH:
		payment.journal = JOURNAL_CASH;
		payment.own = ACCOUNT_CASH;
		pay(g, terms, 1, 0, payment);
		return;
	case END_SET_OFF:
		set_off(g, terms[0], terms[1]);
		return;
	case END_CREDITED:
	case END_CREDITED_ALL:
		credit(g, event);
		return;
	case END_VOID:
		reverse(g, terms[0]);
		return;
	case END_FULL:
	case END_OPEN:
	default:
		pay(g, terms, 1, 0, payment);
		return;
	}
}

/* The last 80 lines are kept free; what falls due after that stays open. */
void generate_money_day(struct generate *g)
{
	uint32_t *first = &g->by_day[g->today - generate_world_first_day()];

	while (*first != 0 && !g->failed && generate_room(g) > 80) {
		struct generate_event event = g->events[*first - 1];

		*first = event.next;
		happen(g, &event);
	}
}
