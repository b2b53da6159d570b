/*
 * Invoices, bills, credit notes and journal entries. The rules:
 *
 *	id           the EntryID; of a draft the InvoiceID
 *	total        the receivable or payable line (number 0)
 *	sub total    the net lines: all except VAT accounts; the share of VAT
 *	             that may not be claimed is a net line
 *	tax          total - sub total; so 0 under reverse charge
 *	line's tax   AmountVATFC; 0 when the code is Charged; less that share
 *	             when VAT may be claimed only partly; 0 on the share's line
 *	rate         DC / FC of line 0, nine digits; 1 in the own currency
 *	due          the open amount of line 0
 *	void         reversed by an entry of the same type, whose receivable is
 *	             marked TransactionIsReversal; that entry is no document
 *	unit amount  sub total / quantity; quantity 1 where there is none
 *
 * Credit notes are positive. Without quantity, 200.00 at 21 % with VAT of
 * 42.00:  {"unitAmount":"200.00","quantity":"1","subTotal":"200.00",
 * "taxAmount":"42.00","totalAmount":"242.00"}.
 *
 * In journal entries contactRef is the line's Account: in sales a customer, in
 * purchases a supplier, elsewhere by the control account of the line.
 */
#include <stdio.h>
#include <string.h>

#include "sandbox/truth_record.h"

enum document {
	DOCUMENT_NONE,
	DOCUMENT_INVOICE,
	DOCUMENT_CREDIT_NOTE,
	DOCUMENT_BILL,
	DOCUMENT_BILL_CREDIT_NOTE
};

static const char *const type_names[] = {
	[DOCUMENT_INVOICE] = "invoices",
	[DOCUMENT_CREDIT_NOTE] = "creditNotes",
	[DOCUMENT_BILL] = "bills",
	[DOCUMENT_BILL_CREDIT_NOTE] = "billCreditNotes",
};

/* One line item. Its amounts are positive on an ordinary document. */
struct item {
	const char *text;
	int64_t net;
	int64_t tax;
	int64_t quantity; /* 0: none */
	uint32_t account;
	uint32_t item;
	uint16_t vat;
	uint16_t percent;
	int number;
};

struct totals {
	int64_t total; /* positive */
	int64_t net;
	int64_t due;
	int digits;
	bool is_void;
	bool draft;
};

static enum document document_of(
	const struct truth *t, const struct books_entry *entry)
{
	const struct books_line *lines = t->set->tables[BOOKS_LINES].rows;

	if (entry->fate == BOOKS_FATE_REVERSAL)
		return DOCUMENT_NONE;
	switch (lines[entry->first].type) {
	case 20:
		return DOCUMENT_INVOICE;
	case 21:
		return DOCUMENT_CREDIT_NOTE;
	case 30:
		return DOCUMENT_BILL;
	case 31:
		return DOCUMENT_BILL_CREDIT_NOTE;
	default:
		return DOCUMENT_NONE;
	}
}

static bool is_sale(enum document document)
{
	return document == DOCUMENT_INVOICE || document == DOCUMENT_CREDIT_NOTE;
}

static bool is_credit(enum document document)
{
	return document == DOCUMENT_CREDIT_NOTE ||
	       document == DOCUMENT_BILL_CREDIT_NOTE;
}

/* The sign of the receivable on an ordinary document. */
static int sign_of(enum document document)
{
	return is_sale(document) == is_credit(document) ? -1 : 1;
}

static const struct books_account *account_at(
	const struct truth *t, uint32_t index)
{
	return (const struct books_account *)t->set->tables[BOOKS_ACCOUNTS]
		       .rows +
	       index;
}

static const struct books_vat *vat_at(const struct truth *t, uint16_t index)
{
	return (const struct books_vat *)t->set->tables[BOOKS_VAT].rows + index;
}

static void put_tax_rate(struct truth *t, uint16_t vat, uint16_t percent)
{
	if (vat == 0)
		return;
	truth_record_object(t, "taxRateRef");
	truth_record_id(t, "id", BOOKS_VAT, vat - 1u);
	truth_record_name(
		t, "name", vat_at(t, (uint16_t)(vat - 1))->description);
	truth_record_money(t, "effectiveTaxRate", percent, 2);
	truth_record_close(t, '}');
}

static void put_item(struct truth *t, const struct item *item, int digits,
	enum document document)
{
	const struct books_item *items = t->set->tables[BOOKS_ITEMS].rows;
	int64_t quantity = item->quantity == 0 ? 1 : item->quantity;

	truth_record_object(t, NULL);
	if (document == DOCUMENT_BILL)
		truth_record_number(t, "lineNumber", item->number);
	truth_record_text(t, "description", item->text);
	truth_record_money(t, "unitAmount", item->net / quantity, digits);
	truth_record_number(t, "quantity", quantity);
	truth_record_money(t, "subTotal", item->net, digits);
	truth_record_money(t, "taxAmount", item->tax, digits);
	truth_record_money(t, "totalAmount", item->net + item->tax, digits);
	truth_record_account(t, "accountRef", item->account);
	put_tax_rate(t, item->vat, item->percent);
	if (item->item > 0) {
		truth_record_object(t, "itemRef");
		truth_record_id(t, "id", BOOKS_ITEMS, item->item - 1);
		truth_record_name(t, "name", items[item->item - 1].description);
		truth_record_close(t, '}');
	}
	truth_record_close(t, '}');
}

/* The part of a line's VAT that may not be claimed: the lines above 9000 of its
 * code that are not on a VAT account. A bill has one such line. */
static int64_t cost_share(const struct truth *t,
	const struct books_entry *entry, const struct books_line *net)
{
	const struct books_line *lines =
		(const struct books_line *)t->set->tables[BOOKS_LINES].rows +
		entry->first;
	int64_t share = 0;

	for (uint32_t i = 1; i < entry->lines; i++)
		if (lines[i].number >= 9000 && lines[i].vat == net->vat &&
			account_at(t, lines[i].account)->type != 24)
			share += lines[i].amount_fc;
	return share;
}

static struct item item_of(const struct truth *t,
	const struct books_entry *entry, const struct books_line *line,
	int sign)
{
	struct item item = {
		.text = books_names_text(t->books, line->description),
		.net = -sign * line->amount_fc,
		.tax = -sign * line->vat_fc,
		.quantity = line->quantity,
		.account = line->account,
		.item = line->item,
		.vat = line->vat,
		.percent = line->percent,
		.number = line->number,
	};
	const struct books_vat *vat;

	if (line->vat == 0 || line->number >= 9000)
		return item;
	vat = vat_at(t, (uint16_t)(line->vat - 1));
	if (vat->charged)
		item.tax = 0;
	else if (vat->ratio != 0)
		item.tax += sign * cost_share(t, entry, line);
	return item;
}

static int64_t put_items(struct truth *t, const struct books_entry *entry,
	enum document document, int digits)
{
	const struct books_line *lines =
		(const struct books_line *)t->set->tables[BOOKS_LINES].rows +
		entry->first;
	int64_t net = 0;

	truth_record_list(t, "lineItems");
	for (uint32_t i = 1; i < entry->lines; i++) {
		struct item item;

		if (account_at(t, lines[i].account)->type == 24)
			continue;
		item = item_of(t, entry, &lines[i], sign_of(document));
		net += item.net;
		put_item(t, &item, digits, document);
	}
	truth_record_close(t, ']');
	return net;
}

static const char *status_of(
	const struct totals *totals, enum document document)
{
	if (totals->draft)
		return "Draft";
	if (totals->is_void)
		return "Void";
	if (totals->due == 0)
		return "Paid";
	if (totals->due < totals->total)
		return "PartiallyPaid";
	return document == DOCUMENT_BILL ? "Open" : "Submitted";
}

static void put_party(
	struct truth *t, enum document document, uint32_t relation)
{
	const struct books_relation *relations = t->set->tables[BOOKS_RELATIONS]
							 .rows;

	truth_record_object(
		t, is_sale(document) ? "customerRef" : "supplierRef");
	truth_record_id(t, "id", BOOKS_RELATIONS, relation - 1);
	truth_record_name(t, is_sale(document) ? "companyName" : "supplierName",
		relations[relation - 1].name);
	truth_record_close(t, '}');
}

static void put_totals(
	struct truth *t, enum document document, const struct totals *totals)
{
	int digits = totals->digits;
	int64_t tax = totals->total - totals->net;

	truth_record_money(t, "subTotal", totals->net, digits);
	truth_record_money(t,
		document == DOCUMENT_BILL ? "taxAmount" : "totalTaxAmount", tax,
		digits);
	truth_record_money(t, "totalAmount", totals->total, digits);
	if (is_credit(document)) {
		truth_record_money(t, "totalDiscount", 0, digits);
		truth_record_money(t, "discountPercentage", 0, 0);
		truth_record_money(t, "remainingCredit", totals->due, digits);
	} else {
		truth_record_money(t, "amountDue", totals->due, digits);
	}
	truth_record_text(t, "status", status_of(totals, document));
}

static void put_currency(struct truth *t, const char *currency, int64_t dc,
	int64_t fc, int digits)
{
	truth_record_text(t, "currency", currency);
	if (strcmp(currency, t->set->division.currency) == 0)
		truth_record_number(t, "currencyRate", 1);
	else
		truth_record_rate(t, "currencyRate", dc, fc, digits);
}

static void put_document(struct truth *t, size_t index, enum document document)
{
	static const char *const number_names[] = {
		[DOCUMENT_INVOICE] = "invoiceNumber",
		[DOCUMENT_CREDIT_NOTE] = "creditNoteNumber",
		[DOCUMENT_BILL] = "reference",
		[DOCUMENT_BILL_CREDIT_NOTE] = "billCreditNoteNumber",
	};
	const struct books_entry *entry = &t->set->entries[index];
	const struct books_line *header =
		(const struct books_line *)t->set->tables[BOOKS_LINES].rows +
		entry->first;
	int sign = sign_of(document);
	struct totals totals = {
		.total = sign * header->amount_fc,
		.due = sign * t->open[index].open,
		.digits = books_digits(header->currency),
		.is_void = entry->fate == BOOKS_FATE_VOID,
	};
	char number[16];

	truth_record_begin(t, type_names[document]);
	truth_record_entry(t, "id", index);
	snprintf(number, sizeof(number), "%d", entry->invoice);
	truth_record_text(t, number_names[document], number);
	put_party(t, document, header->relation);
	truth_record_date(t, "issueDate", header->date);
	if (!is_credit(document))
		truth_record_date(t, "dueDate", entry->due);
	if (document == DOCUMENT_INVOICE && totals.due == 0 && !totals.is_void)
		truth_record_date(t, "paidOnDate", t->open[index].last);
	put_currency(t, header->currency, header->amount_dc, header->amount_fc,
		totals.digits);
	totals.net = put_items(t, entry, document, totals.digits);
	put_totals(t, document, &totals);
	truth_record_not_deleted(t);
	truth_record_utc(t, "sourceModifiedDate", header->head.modified_ms);
	truth_record_end(t);
}

static void put_draft(struct truth *t, size_t row)
{
	const struct books_invoice *header = (const struct books_invoice *)t
						     ->set
						     ->tables[BOOKS_INVOICES]
						     .rows +
					     row;
	struct totals totals = {
		.total = header->amount_fc,
		.due = header->amount_fc,
		.digits = books_digits(header->currency),
		.draft = true,
	};

	truth_record_begin(t, "invoices");
	truth_record_id(t, "id", BOOKS_INVOICES, row);
	put_party(t, DOCUMENT_INVOICE, header->relation);
	truth_record_date(t, "issueDate", header->date);
	truth_record_date(t, "dueDate", header->due);
	put_currency(t, header->currency, header->amount_dc, header->amount_fc,
		totals.digits);
	truth_record_list(t, "lineItems");
	for (size_t i = 1; i <= header->lines; i++) {
		const struct books_invoice *line = header + i;
		struct item item = {
			.text = books_names_text(t->books, line->description),
			.net = line->amount_fc,
			.tax = line->vat_fc,
			.quantity = line->quantity,
			.account = line->account - 1,
			.item = line->item,
			.vat = line->vat,
			.percent = line->percent,
		};

		totals.net += item.net;
		put_item(t, &item, totals.digits, DOCUMENT_INVOICE);
	}
	truth_record_close(t, ']');
	put_totals(t, DOCUMENT_INVOICE, &totals);
	truth_record_not_deleted(t);
	truth_record_utc(t, "sourceModifiedDate", header->head.modified_ms);
	truth_record_end(t);
}

static void put_contact(struct truth *t, const struct books_line *line)
{
	uint16_t account = account_at(t, line->account)->type;
	bool customer = line->type == 20 || line->type == 21;
	bool supplier = line->type == 30 || line->type == 31;

	if (line->relation == 0)
		return;
	if (!customer && !supplier) {
		customer = account == 20;
		supplier = account == 22;
	}
	if (!customer && !supplier)
		return;
	truth_record_object(t, "contactRef");
	truth_record_id(t, "id", BOOKS_RELATIONS, line->relation - 1);
	truth_record_text(t, "dataType", customer ? "customers" : "suppliers");
	truth_record_close(t, '}');
}

static void put_entry_line(struct truth *t, const struct books_line *line)
{
	truth_record_object(t, NULL);
	truth_record_name(t, "description", line->description);
	truth_record_money(t, "netAmount", line->amount_dc, 2);
	truth_record_text(t, "currency", t->set->division.currency);
	truth_record_money(t, "transactionAmount", line->amount_fc,
		books_digits(line->currency));
	truth_record_text(t, "transactionCurrency", line->currency);
	truth_record_account(t, "accountRef", line->account);
	put_contact(t, line);
	truth_record_close(t, '}');
}

static void put_entry(struct truth *t, size_t index)
{
	const struct books_entry *entry = &t->set->entries[index];
	const struct books_line *lines =
		(const struct books_line *)t->set->tables[BOOKS_LINES].rows +
		entry->first;
	const struct books_journal *journals = t->set->tables[BOOKS_JOURNALS]
						       .rows;
	enum document document = document_of(t, entry);

	truth_record_begin(t, "journalEntries");
	truth_record_entry(t, "id", index);
	truth_record_name(t, "description", lines[0].description);
	truth_record_date(t, "postedOn", lines[0].date);
	truth_record_local(t, "createdOn", entry->created_ms);
	truth_record_local(t, "updatedOn", lines[0].head.modified_ms);
	truth_record_object(t, "journalRef");
	truth_record_id(t, "id", BOOKS_JOURNALS, lines[0].journal);
	truth_record_name(t, "name", journals[lines[0].journal].description);
	truth_record_close(t, '}');
	truth_record_list(t, "journalLines");
	for (uint32_t i = 0; i < entry->lines; i++)
		put_entry_line(t, &lines[i]);
	truth_record_close(t, ']');
	if (document != DOCUMENT_NONE) {
		truth_record_object(t, "recordRef");
		truth_record_entry(t, "id", index);
		truth_record_text(t, "dataType", type_names[document]);
		truth_record_close(t, '}');
	}
	truth_record_not_deleted(t);
	truth_record_utc(t, "sourceModifiedDate", lines[0].head.modified_ms);
	truth_record_end(t);
}

void truth_documents(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_INVOICES];
	const struct books_invoice *invoices = table->rows;

	for (size_t i = 0; i < t->set->entry_count && t->fail == 0; i++) {
		enum document document = document_of(t, &t->set->entries[i]);

		if (document != DOCUMENT_NONE)
			put_document(t, i, document);
	}
	for (size_t row = 0; row < table->count && t->fail == 0; row++)
		if (invoices[row].number == 0 && invoices[row].entry == 0)
			put_draft(t, row);
	for (size_t i = 0; i < t->set->entry_count && t->fail == 0; i++)
		put_entry(t, i);
}
