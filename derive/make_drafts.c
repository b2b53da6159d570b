/*
 * What sync/SalesInvoice/SalesInvoices adds to the ledger: invoices that are
 * made in Exact Online and not booked yet. Header (LineNumber 0) and lines
 * come in one row set, grouped by InvoiceID.
 *
 * Exact shows a booked invoice twice, as document and as entry. It becomes one
 * record: the entry has everything, so the document is left out when its entry
 * is found. The keys, the strongest first:
 *
 *	InvoiceID = EntryID          (as some read Exact's documentation)
 *	Document, customer, type     both hang on the same document
 *	InvoiceNumber, customer,
 *	type, currency and total
 *
 * When several entries fit, none is chosen, and a finding says so. A booked
 * invoice without an entry gets a finding, too. Once the ledger was read to its
 * end it is stored as Exact sent it, since no other record has it.
 *
 *	Status 10, 20  no entry yet: Draft, its total due
 *	Status 50      booked
 *
 *	id             InvoiceID
 *	party          InvoiceTo
 *	issueDate      InvoiceDate, otherwise OrderDate
 *	total          AmountFC of the header
 *	lines          AmountFC net, VATAmountFC; unit = net / Quantity
 */
#include "derive/make.h"

#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/document.h"
#include "derive/findings.h"
#include "derive/lines.h"
#include "derive/mark.h"
#include "derive/put.h"

#define STATUS_BOOKED "50"

enum join {
	JOIN_NONE,
	JOIN_FOUND,
	JOIN_AMBIGUOUS
};

enum check {
	CHECK_WAITING,
	CHECK_AMBIGUOUS,
	CHECKS
};

static const struct findings_check checks[CHECKS] = {
	[CHECK_WAITING] = { "invoice-without-entry", false },
	[CHECK_AMBIGUOUS] = { "invoice-ambiguous", true },
};

struct invoice {
	struct derive *derive;
	const char *id;
	const struct document_kind *kind;
	struct line *lines; /* owned; the header first */
	size_t count;
	bool failed;               /* out of memory */
	const char *const *header; /* values; NULL: no row came */
	bool headless; /* no row 0: its lines repeat what the header says */
	const char *currency;
	int sign; /* credit notes are turned positive */
	int64_t total;
	bool total_known;
	struct findings findings;
	/* Looking for its entry. */
	bool by_total;
	size_t fitting;
};

/* ---- reading --------------------------------------------------------------- */

static int64_t money_of(const struct invoice *invoice, const char *text)
{
	int64_t value = 0;

	(void)convert_money(
		text, convert_minor_unit(invoice->currency), &value);
	return value;
}

/* The header's; without one, what its lines come to with their VAT. */
static void read_total(struct invoice *invoice)
{
	int64_t more;

	invoice->total = 0;
	invoice->total_known = true;
	if (!invoice->headless) {
		invoice->total_known =
			convert_money(invoice->header[SALES_INVOICE_AMOUNT_FC],
				convert_minor_unit(invoice->currency),
				&invoice->total) != CONVERT_MONEY_NONE;
		return;
	}
	for (size_t i = 0; i < invoice->count; i++) {
		const char *const *value = invoice->lines[i].values;

		if (decimal_add(
			    money_of(invoice, value[SALES_INVOICE_AMOUNT_FC]),
			    money_of(invoice,
				    value[SALES_INVOICE_VAT_AMOUNT_FC]),
			    &more) ||
			decimal_add(invoice->total, more, &invoice->total))
			invoice->total_known = false;
	}
}

static int read_lines(struct invoice *invoice, const struct feed_group *group,
	struct error *err)
{
	const char *type;

	invoice->lines = lines_sorted(group, SALES_INVOICE_LINE_NUMBER);
	if (!invoice->lines)
		return error_set(err, FAIL_STOP, "out of memory");
	invoice->count = group->count;
	if (!invoice->count)
		return 0;
	invoice->header = invoice->lines[0].values;
	invoice->headless = invoice->lines[0].number != 0;
	/* 8021 and 8024 are credit notes, 8020 and 8023 invoices. */
	type = invoice->header[SALES_INVOICE_TYPE];
	invoice->kind = document_kind_of(
		type && (!strcmp(type, "8021") || !strcmp(type, "8024"))
			? &model_credit_notes
			: &model_invoices);
	invoice->currency = invoice->header[SALES_INVOICE_CURRENCY];
	if (!convert_has(invoice->currency))
		invoice->currency = invoice->derive->currency;
	read_total(invoice);
	invoice->sign = invoice->kind->discount >= 0 && invoice->total < 0 ? -1
									   : 1;
	invoice->total *= invoice->sign;
	return 0;
}

/* ---- its entry -------------------------------------------------------------- */

static int count_row(void *arg, const struct feed_row *row)
{
	size_t *count = arg;

	(void)row;
	(*count)++;
	return 1;
}

static int count_entry(void *arg, const struct feed_row *row)
{
	struct invoice *invoice = arg;
	const char *const *value = row->values;
	int64_t total = money_of(invoice, value[LINE_AMOUNT_FC]);

	if (!convert_same(value[LINE_TYPE], invoice->kind->entry_type) ||
		!convert_same(value[LINE_ACCOUNT],
			invoice->header[SALES_INVOICE_INVOICE_TO]))
		return 0;
	if (invoice->by_total &&
		(-invoice->kind->sign * total != invoice->total ||
			!convert_same(value[LINE_CURRENCY], invoice->currency)))
		return 0;
	invoice->fitting++;
	return 0;
}

static enum join joined(const struct invoice *invoice)
{
	return invoice->fitting == 0   ? JOIN_NONE
	       : invoice->fitting == 1 ? JOIN_FOUND
				       : JOIN_AMBIGUOUS;
}

static int find_by(struct invoice *invoice, enum line_lookup lookup,
	const char *value, enum join *ret, struct error *err)
{
	int fail;

	invoice->fitting = 0;
	if (!convert_has(value) || !strcmp(value, "0"))
		return 0;
	fail = records_feed_find(invoice->derive->records,
		&entity_transaction_lines.shape, lookup, value, count_entry,
		invoice, err);
	if (!fail && invoice->fitting)
		*ret = joined(invoice);
	return fail;
}

static int find_entry(
	struct invoice *invoice, enum join *ret, struct error *err)
{
	size_t rows = 0;
	int fail = records_feed_each(invoice->derive->records,
		&entity_transaction_lines.shape, invoice->id, count_row, &rows,
		err);

	*ret = rows ? JOIN_FOUND : JOIN_NONE;
	if (fail < 0 || rows || !invoice->header)
		return fail < 0 ? fail : 0;
	fail = find_by(invoice, LINE_BY_DOCUMENT,
		invoice->header[SALES_INVOICE_DOCUMENT], ret, err);
	if (fail || *ret == JOIN_FOUND)
		return fail;
	invoice->by_total = true;
	return find_by(invoice, LINE_BY_INVOICE_NUMBER,
		invoice->header[SALES_INVOICE_INVOICE_NUMBER], ret, err);
}

/* ---- building the record ----------------------------------------------------- */

static int64_t set_lines(struct invoice *invoice, struct model_record *record)
{
	int64_t net = 0;

	model_set_no_children(record, invoice->kind->lines);
	for (size_t i = invoice->headless ? 0 : 1; i < invoice->count; i++) {
		const char *const *value = invoice->lines[i].values;
		const struct document_item item = {
			.text = value[SALES_INVOICE_DESCRIPTION],
			.quantity = value[SALES_INVOICE_QUANTITY],
			.account = value[SALES_INVOICE_GL_ACCOUNT],
			.account_copy =
				value[SALES_INVOICE_GL_ACCOUNT_DESCRIPTION],
			.item = value[SALES_INVOICE_ITEM],
			.item_name = value[SALES_INVOICE_ITEM_DESCRIPTION],
			.vat_code = value[SALES_INVOICE_VAT_CODE],
			.vat_fraction = value[SALES_INVOICE_VAT_PERCENTAGE],
			.net = invoice->sign *
			       money_of(
				       invoice, value[SALES_INVOICE_AMOUNT_FC]),
			.tax = invoice->sign *
			       money_of(invoice,
				       value[SALES_INVOICE_VAT_AMOUNT_FC]),
			.amounts_known = true,
			.tax_known = true,
		};

		if (decimal_add(net, item.net, &net))
			invoice->total_known = false;
		if (!document_add_item(
			    invoice->derive, invoice->kind, record, &item))
			invoice->failed = true;
	}
	return net;
}

static void set_totals(
	struct invoice *invoice, struct model_record *record, bool draft)
{
	const struct document_kind *kind = invoice->kind;
	int64_t net = set_lines(invoice, record);
	int64_t own = 0;
	int64_t tax;

	(void)convert_money(invoice->header[SALES_INVOICE_AMOUNT_DC],
		convert_minor_unit(invoice->derive->currency), &own);
	document_set_rate(invoice->derive, kind, record, invoice->currency, own,
		money_of(invoice, invoice->header[SALES_INVOICE_AMOUNT_FC]));
	if (!invoice->total_known || decimal_add(invoice->total, -net, &tax))
		return;
	model_set_money(record, kind->total, invoice->total);
	model_set_money(record, kind->net, net);
	model_set_money(record, kind->tax, tax);
	if (draft)
		model_set_money(record, kind->due, invoice->total);
}

static void set_modified(struct invoice *invoice, struct model_record *record)
{
	int64_t latest = lines_latest_ms(
		invoice->lines, invoice->count, SALES_INVOICE_MODIFIED);

	if (latest != INT64_MIN)
		convert_utc_ms(record, invoice->kind->modified,
			invoice->derive->zone, latest);
}

static int build(struct invoice *invoice, struct model_record *record,
	bool draft, struct error *err)
{
	const struct document_kind *kind = invoice->kind;
	const char *const *value = invoice->header;
	const char *number = value[SALES_INVOICE_INVOICE_NUMBER];

	model_set_text(record, 0, invoice->id);
	if (convert_has(number) && strcmp(number, "0") != 0)
		convert_text(record, kind->number, number, 0);
	if (!convert_date(
		    record, kind->issued, value[SALES_INVOICE_INVOICE_DATE]))
		(void)convert_date(
			record, kind->issued, value[SALES_INVOICE_ORDER_DATE]);
	if (kind->due_date >= 0)
		(void)convert_date(
			record, kind->due_date, value[SALES_INVOICE_DUE_DATE]);
	model_set_text(record, kind->currency, invoice->currency);
	model_set_text(record, kind->status, draft ? "Draft" : "Unknown");
	if (kind->discount >= 0) {
		model_set_money(record, kind->discount, 0);
		model_set_rate(record, kind->discount_percentage, 0);
	}
	set_totals(invoice, record, draft);
	set_modified(invoice, record);
	model_set_boolean(record, kind->type->is_deleted, false);
	return document_set_party(invoice->derive, kind, record,
		value[SALES_INVOICE_INVOICE_TO],
		value[SALES_INVOICE_INVOICE_TO_NAME], err);
}

/* ---- storing it ---------------------------------------------------------------- */

static const struct model_type *const made[] = { &model_invoices,
	&model_credit_notes };

#define MADE (sizeof(made) / sizeof(made[0]))

static int retire_one(struct derive *derive, const struct document_kind *kind,
	const char *id, struct error *err)
{
	struct model_record *old = NULL;
	int fail = records_get(derive->records, kind->type, id, &old, err);

	if (fail || !old)
		return fail;
	fail = mark_former_party(derive, kind, old, NULL, err);
	if (!fail)
		fail = put_retired(derive, kind->type, id, NULL, err);
	model_record_free(old);
	return fail;
}

static int retire_all(struct invoice *invoice, const struct document_kind *but,
	struct error *err)
{
	int fail = 0;

	for (size_t i = 0; i < MADE && !fail; i++) {
		const struct document_kind *kind = document_kind_of(made[i]);

		if (kind != but)
			fail = retire_one(
				invoice->derive, kind, invoice->id, err);
	}
	return fail;
}

/* Under the data type that the invoice is; the other has none. */
static int store_findings(struct invoice *invoice, struct error *err)
{
	const struct findings none = { 0 };
	int fail = 0;

	for (size_t i = 0; i < MADE && !fail; i++)
		fail = findings_store(invoice->derive,
			invoice->kind && made[i] == invoice->kind->type
				? &invoice->findings
				: &none,
			made[i], invoice->id, err);
	return fail;
}

static int store(struct invoice *invoice, bool draft, struct error *err)
{
	const struct document_kind *kind = invoice->kind;
	const char *party = invoice->header[SALES_INVOICE_INVOICE_TO];
	struct model_record *record = model_record_new(kind->type);
	struct model_record *old = NULL;
	enum record_change change = RECORD_UNCHANGED;
	int fail;

	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = build(invoice, record, draft, err);
	if (!fail && invoice->failed)
		fail = error_set(err, FAIL_STOP, "out of memory");
	if (!fail)
		fail = records_get(invoice->derive->records, kind->type,
			invoice->id, &old, err);
	if (!fail && old)
		fail = mark_former_party(
			invoice->derive, kind, old, party, err);
	if (!fail)
		fail = put_record(
			invoice->derive, kind->type, record, &change, err);
	if (!fail && change != RECORD_UNCHANGED)
		fail = mark_relation(invoice->derive, party, err);
	if (!fail)
		fail = retire_all(invoice, kind, err);
	model_record_free(old);
	model_record_free(record);
	return fail;
}

/* Booked, and no entry is there. */
static int store_waiting(struct invoice *invoice, struct error *err)
{
	bool read = derive_was_read(
			    invoice->derive, &entity_transaction_lines) &&
		    derive_was_read(invoice->derive, &entity_deleted);
	int fail;

	findings_add(&invoice->findings, CHECK_WAITING,
		"it is booked in Exact Online, and no entry of the ledger "
		"fits it by document or number");
	fail = store_findings(invoice, err);
	return fail || !read ? fail : store(invoice, false, err);
}

static int settle(struct invoice *invoice, struct error *err)
{
	const char *status;
	enum join join;
	int fail = find_entry(invoice, &join, err);

	if (fail)
		return fail;
	/* Entry and invoice have the same id: the record is the entry's. */
	if (join == JOIN_FOUND && !invoice->fitting)
		return 0;
	if (join != JOIN_NONE || !invoice->header) {
		fail = retire_all(invoice, NULL, err);
		if (fail)
			return fail;
		if (join == JOIN_AMBIGUOUS)
			findings_add(&invoice->findings, CHECK_AMBIGUOUS,
				"several entries of the ledger fit it by "
				"document or number; none was chosen, and it "
				"is in no record of its own");
		return store_findings(invoice, err);
	}
	status = invoice->header[SALES_INVOICE_STATUS];
	if (status && !strcmp(status, STATUS_BOOKED))
		return store_waiting(invoice, err);
	fail = store_findings(invoice, err);
	return fail ? fail : store(invoice, true, err);
}

int make_drafts(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	struct invoice invoice = {
		.derive = derive,
		.id = group->key,
		.findings = { .checks = checks, .count = CHECKS },
	};
	int fail = read_lines(&invoice, group, err);

	if (!fail)
		fail = settle(&invoice, err);
	free(invoice.lines);
	return fail;
}

static bool may_be_settled(
	const struct derive *derive, const char *type, const char *check)
{
	(void)derive;
	(void)type;
	return !strcmp(check, checks[CHECK_WAITING].id) ||
	       !strcmp(check, checks[CHECK_AMBIGUOUS].id);
}

int make_drafts_again(struct derive *derive, struct error *err)
{
	return mark_findings(
		derive, &entity_sales_invoices, may_be_settled, err);
}
