/*
 * Sales and purchases: what is sold, its VAT, the invoice made in Exact, the
 * entry, and the open item.
 *
 * A sale of 200.00 at 21 % and 50.00 at 9 %:
 *
 *	0     receivable   246.50+50.00…   total 296.50
 *	1     revenue     -200.00          VAT -42.00 on -200.00
 *	2     revenue low  -50.00          VAT  -4.50 on  -50.00
 *	9001  VAT to pay   -42.00
 *	9002  VAT to pay    -4.50
 *
 * A bill of 100.00, 21 % of which half may be claimed:
 *
 *	0     payable     -121.00
 *	1     meals        100.00          VAT 21.00 on 100.00
 *	9001  VAT to claim  10.50
 *	9002  meals         10.50          the share that stays a cost
 *
 * Under reverse charge the total is 100.00; 9001 claims 21.00 and 9002 owes
 * it. Another currency's lines are each rounded to cents; the first net line
 * takes what is left.
 */
#include <string.h>

#include "sandbox/generate_state.h"

static const struct books_relation *relation_of(
	const struct generate *g, uint32_t index)
{
	const struct books_relation *relations = g->set->tables[BOOKS_RELATIONS]
							 .rows;

	return &relations[index];
}

static const struct books_vat *vat_of(
	const struct generate *g, enum generate_vat vat)
{
	return (const struct books_vat *)g->set->tables[BOOKS_VAT].rows + vat;
}

static enum generate_account revenue_of(
	const struct generate_net *net, uint32_t item_revenue)
{
	switch (net->code) {
	case VAT_EU_SALE:
	case VAT_EXPORT:
		return ACCOUNT_REVENUE_ABROAD;
	case VAT_LOW:
		return ACCOUNT_REVENUE_LOW;
	case VAT_EXEMPT:
	case VAT_CHANGED:
		return ACCOUNT_REVENUE_SERVICE;
	default:
		return item_revenue > 0
			       ? (enum generate_account)(item_revenue - 1)
			       : ACCOUNT_REVENUE;
	}
}

static enum generate_account cost_of(struct generate *g, enum generate_vat code)
{
	static const enum generate_account any[] = { ACCOUNT_GOODS,
		ACCOUNT_OFFICE, ACCOUNT_RENT, ACCOUNT_GOODS };

	if (code == VAT_CHARGED)
		return ACCOUNT_SUBCONTRACT;
	if (code == VAT_EU_BOUGHT)
		return ACCOUNT_GOODS;
	if (code == VAT_PARTLY)
		return generate_below(g, 2) == 0 ? ACCOUNT_MEALS : ACCOUNT_CAR;
	return any[generate_below(g, 4)];
}

static enum generate_item item_kind(struct generate *g,
	const struct generate_scenario *s, enum generate_vat code)
{
	static const enum generate_item any[] = { ITEM_STOCK, ITEM_PLAIN,
		ITEM_SERVICE, ITEM_STOCK };

	if (s->used)
		return ITEM_USED;
	if (code == VAT_CHANGED)
		return ITEM_CHANGED;
	return code == VAT_LOW ? ITEM_STOCK_LOW : any[generate_below(g, 4)];
}

static void choose_item(struct generate *g, const struct generate_document *d,
	struct generate_net *net)
{
	const struct books_item *items = g->set->tables[BOOKS_ITEMS].rows;
	const struct generate_range
		*range = &g->items[item_kind(g, d->scenario, net->code)];
	uint32_t row = range->first + generate_below(g, range->count);

	net->item = row + 1;
	net->price = items[row].price;
	net->quantity = 1 + (int32_t)generate_below(g, 9);
	net->fc = net->price * net->quantity;
	net->text = items[row].description;
	net->account = revenue_of(net, items[row].revenue);
}

static void choose_net(struct generate *g, struct generate_document *d,
	enum generate_vat code, bool with_item)
{
	struct generate_net *net = &d->nets[d->count++];

	*net = (struct generate_net){ .code = code };
	if (with_item) {
		choose_item(g, d, net);
	} else {
		net->fc = 1000 + generate_below(g, 300000);
		net->price = net->fc;
		net->account = d->scenario->purchase ? cost_of(g, code)
						     : revenue_of(net, 0);
		net->text = generate_text(g, "%s %u",
			d->scenario->purchase ? "Purchase" : "Sale",
			generate_below(g, 500) + 1);
	}
	net->percent = generate_vat_percent(g, code);
	net->vat = generate_percent(net->fc, net->percent);
}

/* The part of the VAT that may be claimed. */
static int64_t claimed(const struct generate *g, const struct generate_net *net)
{
	const struct books_vat *vat = vat_of(g, net->code);

	return vat->ratio == 0 ? net->vat
			       : generate_percent(net->vat, vat->ratio * 100);
}

static int64_t total_of(
	const struct generate *g, const struct generate_document *d)
{
	int64_t total = 0;

	for (size_t i = 0; i < d->count; i++) {
		total += d->nets[i].fc;
		if (!vat_of(g, d->nets[i].code)->charged)
			total += d->nets[i].vat;
	}
	return total;
}

static uint32_t add(struct generate *g, const struct generate_document *d,
	enum generate_account account, int64_t fc, uint32_t text)
{
	bool purchase = d->type >= 30;

	return generate_add_line(g, purchase ? JOURNAL_PURCHASE : JOURNAL_SALES,
		account, d->type, d->relation + 1,
		generate_cents(fc, d->currency, d->rate), fc, d->currency,
		text);
}

static void add_net(struct generate *g, const struct generate_document *d,
	const struct generate_net *net)
{
	uint32_t row = add(g, d, net->account, -d->factor * net->fc, net->text);
	struct books_line *line = generate_line(g, row);

	line->vat = (uint16_t)(net->code + 1);
	line->percent = net->percent;
	line->vat_fc = -d->factor * net->vat;
	line->vat_base_fc = -d->factor * net->fc;
	line->item = net->item;
	line->quantity = net->quantity;
}

/* One VAT line per code and side. */
static void add_vat(struct generate *g, const struct generate_document *d,
	enum generate_vat code)
{
	const struct books_vat *vat = vat_of(g, code);
	int64_t claim = 0;
	int64_t whole = 0;
	int sign = -d->factor;

	for (size_t i = 0; i < d->count; i++) {
		const struct generate_net *net = &d->nets[i];
		if (net->code != code)
			continue;
		whole += net->vat;
		claim += claimed(g, net);
	}
	if (whole == 0)
		return;
	if (d->type < 30) {
		add(g, d, ACCOUNT_VAT_TO_PAY, sign * whole, vat->description);
		return;
	}
	add(g, d, ACCOUNT_VAT_TO_CLAIM, sign * claim, vat->description);
	if (vat->charged)
		add(g, d, ACCOUNT_VAT_TO_PAY, -sign * whole, vat->description);
}

static void add_cost_shares(
	struct generate *g, const struct generate_document *d)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct generate_net *net = &d->nets[i];
		int64_t share = net->vat - claimed(g, net);

		if (share == 0)
			continue;
		struct books_line *line = generate_line(g,
			add(g, d, net->account, -d->factor * share, net->text));
		line->vat = (uint16_t)(net->code + 1);
		line->percent = net->percent;
	}
}

/* Adds the cents that rounding left over to the first net line. */
static void take_rest(struct generate *g, uint32_t header)
{
	struct books_line *line = generate_line(g, header + 1);
	int64_t rest = -g->sum_dc;

	line->amount_dc += rest;
	g->balance[line->account] += rest;
	g->sum_dc = 0;
}

static void set_reference(struct generate *g, uint32_t header, uint32_t text)
{
	size_t end = g->set->tables[BOOKS_LINES].count;

	for (size_t row = header; row < end; row++)
		generate_line(g, row)->reference = text;
}

static uint32_t write_entry(struct generate *g,
	const struct generate_document *d, uint32_t reference)
{
	bool purchase = d->type >= 30;
	struct books_entry *entry = generate_open_entry(
		g, purchase ? JOURNAL_PURCHASE : JOURNAL_SALES);
	bool seen[GENERATE_VATS] = { false };
	uint32_t header;

	entry->invoice = entry->number;
	entry->due = d->day + 14 + (int32_t)(d->relation % 2) * 16;
	entry->rate = d->rate;
	header = add(g, d, purchase ? ACCOUNT_PAYABLE : ACCOUNT_RECEIVABLE,
		d->factor * total_of(g, d),
		generate_text(g, "%s %d", purchase ? "Bill" : "Invoice",
			entry->number));
	for (size_t i = 0; i < d->count; i++)
		add_net(g, d, &d->nets[i]);
	g->next_line = 9001;
	for (size_t i = 0; i < d->count; i++) {
		if (!seen[d->nets[i].code])
			add_vat(g, d, d->nets[i].code);
		seen[d->nets[i].code] = true;
	}
	add_cost_shares(g, d);
	take_rest(g, header);
	set_reference(g, header, reference);
	generate_close_entry(g);
	return header;
}

static void make_invoice_line(struct generate *g,
	const struct generate_document *d, size_t i, uint32_t header)
{
	const struct generate_net *net = &d->nets[i];
	struct books_invoice *line = generate_row(g, BOOKS_INVOICES, NULL);
	int sign = d->type == 21 ? -1 : 1;

	line->header = header;
	line->number = (int32_t)i + 1;
	line->item = net->item;
	line->account = net->account + 1u;
	line->description = net->text;
	line->quantity = sign * net->quantity;
	line->price = net->price;
	line->amount_fc = sign * net->fc;
	line->amount_dc = generate_cents(sign * net->fc, d->currency, d->rate);
	line->vat_fc = sign * net->vat;
	line->vat_dc = generate_cents(sign * net->vat, d->currency, d->rate);
	line->vat = (uint16_t)(net->code + 1);
	line->percent = net->percent;
	line->date = d->day;
	line->created_ms = line->head.modified_ms;
	memcpy(line->currency, d->currency, sizeof(line->currency));
}

/* Returns the invoice's row. Its amounts are those of the entry's header
 * line. */
static uint32_t make_invoice(struct generate *g,
	const struct generate_document *d, enum generate_made made,
	uint32_t reference)
{
	size_t row;
	struct books_invoice *invoice = generate_row(g, BOOKS_INVOICES, &row);
	int sign = d->type == 21 ? -1 : 1;

	invoice->header = (uint32_t)row;
	invoice->relation = d->relation + 1;
	invoice->reference = reference;
	invoice->type = d->type == 21 ? 8021 : 8020;
	invoice->status = made == MADE_DRAFT ? 10 : made == MADE_OPEN ? 20 : 50;
	invoice->order = ++g->orders;
	invoice->date = d->day;
	invoice->due = d->day + 14 + (int32_t)(d->relation % 2) * 16;
	invoice->lines = (uint16_t)d->count;
	invoice->created_ms = invoice->head.modified_ms;
	invoice->amount_fc = sign * total_of(g, d);
	invoice->amount_dc = generate_cents(
		invoice->amount_fc, d->currency, d->rate);
	for (size_t i = 0; i < d->count; i++)
		invoice->vat_fc += sign * d->nets[i].vat;
	invoice->vat_dc = generate_cents(invoice->vat_fc, d->currency, d->rate);
	memcpy(invoice->currency, d->currency, sizeof(invoice->currency));
	for (size_t i = 0; i < d->count; i++)
		make_invoice_line(g, d, i, (uint32_t)row);
	return (uint32_t)row;
}

/* Seven of eight entries carry the Document of their invoice; the eighth must
 * be found by its number. Most bills have a scan. */
static void link_document(struct generate *g, struct books_entry *entry,
	uint32_t invoice_row, bool made)
{
	struct books_invoice *invoices;

	if (g->failed)
		return;
	if (generate_below(g, 8) > 0)
		entry->document = ++g->documents;
	if (!made)
		return;
	invoices = g->set->tables[BOOKS_INVOICES].rows;
	invoices[invoice_row].entry = (uint32_t)g->entry + 1;
	invoices[invoice_row].document = entry->document;
	entry->made_from = invoice_row + 1;
}

static void mark_relation(struct generate *g, const struct generate_document *d)
{
	struct books_relation *relations = g->set->tables[BOOKS_RELATIONS].rows;

	if (d->type >= 30)
		relations[d->relation].billed = true;
	else
		relations[d->relation].invoiced = true;
}

/* Returns the term's row; UINT32_MAX for a draft. */
static uint32_t make(struct generate *g, const struct generate_document *d,
	enum generate_made made)
{
	bool purchase = d->type >= 30;
	uint32_t reference = 0;
	uint32_t invoice = 0;
	uint32_t header;

	if (g->failed)
		return UINT32_MAX;
	if (purchase || generate_below(g, 2) == 0)
		reference = generate_text(g, "%s-%u", purchase ? "F" : "PO",
			10000 + generate_below(g, 90000));
	mark_relation(g, d);
	if (made != MADE_ENTRY) {
		g->seconds += 5;
		invoice = make_invoice(g, d, made, reference);
		if (made != MADE_INVOICE)
			return UINT32_MAX;
	}
	header = write_entry(g, d, reference);
	if (g->failed)
		return UINT32_MAX;
	if (made == MADE_INVOICE || (purchase && generate_below(g, 4) > 0))
		link_document(g, &g->set->entries[g->entry], invoice,
			made == MADE_INVOICE);
	return generate_terms_add(
		g, header, g->set->entries[g->entry].due, purchase, false);
}

static struct generate_document begin(struct generate *g,
	const struct generate_scenario *s, uint32_t relation, bool purchase,
	bool credit)
{
	const char *currency = relation_of(g, relation)->currency;
	struct generate_document d = {
		.scenario = s,
		.relation = relation,
		.day = g->today,
		.currency = g->set->division.currency,
		.type = (uint16_t)((purchase ? 30 : 20) + (credit ? 1 : 0)),
		.factor = purchase == credit ? 1 : -1,
	};

	if (currency[0] != '\0') {
		d.currency = currency;
		d.rate = generate_rate(g, currency);
	}
	return d;
}

static uint32_t make_one(struct generate *g, const struct generate_scenario *s,
	uint32_t relation)
{
	bool round_one = g->scenario < generate_scenario_count;
	struct generate_document d = begin(
		g, s, relation, s->purchase, s->credit);
	size_t count = round_one ? s->lines : 1 + generate_below(g, s->lines);

	for (size_t i = 0; i < count; i++) {
		bool last = i + 1 == count && count > 1;
		choose_net(g, &d,
			last && s->vat_second != VAT_NONE ? s->vat_second
							  : s->vat,
			s->made != MADE_ENTRY);
	}
	if (s->used)
		g->margin += generate_percent(
			d.nets[0].fc * 4 / 10, g->uk ? 1667 : 1736);
	return make(g, &d, s->made);
}

static uint32_t set_off_bill(struct generate *g,
	const struct generate_scenario *s, uint32_t relation)
{
	struct generate_scenario bill = *s;

	bill.purchase = true;
	bill.made = MADE_ENTRY;
	struct generate_document d = begin(g, &bill, relation, true, false);
	choose_net(g, &d, VAT_BOUGHT, false);
	return make(g, &d, MADE_ENTRY);
}

void generate_trade(struct generate *g, const struct generate_scenario *s)
{
	const struct generate_range *party = &g->parties[s->party];
	uint32_t relation = party->first + generate_below(g, party->count);
	uint32_t terms[3] = { UINT32_MAX, UINT32_MAX, UINT32_MAX };

	terms[0] = make_one(g, s, relation);
	if (s->end == END_THREE) {
		terms[1] = make_one(g, s, relation);
		terms[2] = make_one(g, s, relation);
	} else if (s->end == END_SET_OFF) {
		terms[1] = set_off_bill(g, s, relation);
	}
	if (s->end == END_OPEN || terms[0] == UINT32_MAX)
		return;
	/* Today's payments are made already. */
	int32_t wait = s->end == END_CASH ? 1
					  : 5 + (int32_t)generate_below(g, 40);
	generate_terms_plan(g, g->today + wait, s->end, s->made, false, terms);
}

/* Credits the invoice's net lines, or half of the first one. */
uint32_t generate_trade_credit(
	struct generate *g, uint32_t term, bool whole, bool as_document)
{
	const struct books_term *terms = g->set->tables[BOOKS_TERMS].rows;
	const struct books_line *header = generate_line(g, terms[term].line);
	const struct books_entry *entry = &g->set->entries[header->entry];
	bool purchase = terms[term].payable;
	struct generate_document d = begin(g, &generate_scenarios[0],
		header->relation - 1, purchase, true);
	char currency[4];

	memcpy(currency, header->currency, sizeof(currency));
	d.currency = currency;
	d.rate = entry->rate;
	for (size_t i = 1; i < entry->lines; i++) {
		const struct books_line *line = header + i;
		int64_t fc = line->amount_fc < 0 ? -line->amount_fc
						 : line->amount_fc;

		if (line->number >= 9000 || d.count == GENERATE_NETS ||
			(!whole && d.count > 0))
			break;
		struct generate_net *net = &d.nets[d.count++];
		*net = (struct generate_net){
			.fc = whole ? fc : fc / 2,
			.item = whole ? line->item : 0,
			.quantity = whole ? line->quantity : 0,
			.text = line->description,
			.account = (enum generate_account)line->account,
			.code = (enum generate_vat)(line->vat - 1),
			.percent = line->percent,
		};
		net->price = net->quantity > 0 ? fc / net->quantity : net->fc;
		net->vat = generate_percent(net->fc, net->percent);
	}
	return make(g, &d, as_document ? MADE_INVOICE : MADE_ENTRY);
}
