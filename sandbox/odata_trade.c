/*
 * From rows of VAT, items, invoices and open items to values.
 */
#include "sandbox/odata_trade.h"

#include <string.h>

#include "sandbox/render.h"

#define DAY_MS 86400000

static void set_real(struct render_value *ret, double value)
{
	ret->null = false;
	ret->real = value;
}

/* 0: none. */
static void set_day(struct render_value *ret, int32_t day)
{
	if (day != 0)
		odata_rows_value_number(ret, (int64_t)day * DAY_MS);
}

static void set_letter(struct render_value *ret, char letter)
{
	if (letter == 0)
		return;
	ret->store[0] = letter;
	ret->store[1] = '\0';
	ret->len = 1;
	ret->null = false;
}

/* `index` is index + 1; 0: none. */
static void set_account(const struct odata_rows *rows, uint32_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_account *accounts = rows->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	if (index > 0)
		odata_rows_value_account(
			rows, &accounts[index - 1], source, ret);
}

static void set_relation(const struct odata_rows *rows, uint32_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_relation
		*relations = rows->set->tables[BOOKS_RELATIONS].rows;

	if (index > 0)
		odata_rows_value_relation(
			rows, &relations[index - 1], source, ret);
}

static void set_journal(const struct odata_rows *rows, uint32_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_journal *journals = rows->set->tables[BOOKS_JOURNALS]
						       .rows;

	if (index < rows->set->tables[BOOKS_JOURNALS].count)
		odata_rows_value_journal(rows, &journals[index], source, ret);
}

static void set_vat(const struct odata_rows *rows, uint16_t index,
	uint16_t percent, enum odata_source source, struct render_value *ret)
{
	const struct books_vat *vats = rows->set->tables[BOOKS_VAT].rows;

	if (index == 0)
		return;
	const struct books_vat *vat = &vats[index - 1];
	if (source == FROM_VAT_CODE)
		render_set_padded(
			ret, books_names_text(rows->books, vat->code), 0, 3);
	else if (source == FROM_VAT_NAME)
		odata_rows_value_name(rows, vat->description, ret);
	else if (source == FROM_VAT_TYPE)
		set_letter(ret, vat->type);
	else
		set_real(ret, (double)percent / 10000);
}

static void set_item(const struct odata_rows *rows, uint32_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_item *items = rows->set->tables[BOOKS_ITEMS].rows;

	if (index == 0)
		return;
	const struct books_item *item = &items[index - 1];
	switch (source) {
	case FROM_ITEM_ID:
		odata_rows_value_guid(
			rows, BOOKS_ITEMS, item->head.serial, ret);
		return;
	case FROM_ITEM_CODE:
		odata_rows_value_name(rows, item->code, ret);
		return;
	case FROM_ITEM_NAME:
		odata_rows_value_name(rows, item->description, ret);
		return;
	case FROM_UNIT:
		render_set_padded(
			ret, books_names_text(rows->books, item->unit), 0, 8);
		return;
	default:
		odata_rows_value_name(rows, item->unit, ret);
		return;
	}
}

static void set_document(const struct odata_rows *rows, uint32_t serial,
	enum odata_source source, struct render_value *ret)
{
	if (serial == 0)
		return;
	if (source == FROM_DOCUMENT_ID)
		odata_rows_value_guid(rows, BOOKS_DOCUMENTS, serial, ret);
	else
		odata_rows_value_number(ret, serial);
}

void odata_trade_line(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret)
{
	const struct books_entry *entry = &rows->set->entries[line->entry];

	switch (source) {
	case FROM_DUE:
		set_day(ret, entry->due);
		return;
	case FROM_INVOICE_NUMBER:
		if (entry->invoice != 0)
			odata_rows_value_number(ret, entry->invoice);
		return;
	case FROM_DOCUMENT_ID:
	case FROM_DOCUMENT_NUMBER:
		set_document(rows, entry->document, source, ret);
		return;
	case FROM_DOCUMENT_SUBJECT:
		if (!rows->set->generated || entry->document != 0)
			odata_rows_value_name(rows, line->reference, ret);
		return;
	case FROM_ITEM_ID:
	case FROM_ITEM_CODE:
	case FROM_ITEM_NAME:
		set_item(rows, line->item, source, ret);
		return;
	case FROM_QUANTITY:
		if (line->quantity != 0)
			set_real(ret, line->quantity);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
	case FROM_VAT_PERCENT:
	case FROM_VAT_TYPE:
		set_vat(rows, line->vat, line->percent, source, ret);
		return;
	default:
		return;
	}
}

void odata_trade_relation(const struct odata_rows *rows,
	const struct books_relation *relation, enum odata_source source,
	struct render_value *ret)
{
	const struct books_division *division = &rows->set->division;

	switch (source) {
	case FROM_ADDRESS:
		odata_rows_value_name(rows, relation->address, ret);
		return;
	case FROM_POSTCODE:
		odata_rows_value_name(rows, relation->postcode, ret);
		return;
	case FROM_CITY:
		odata_rows_value_name(rows, relation->city, ret);
		return;
	case FROM_PHONE:
		odata_rows_value_name(rows, relation->phone, ret);
		return;
	case FROM_EMAIL:
		odata_rows_value_name(rows, relation->email, ret);
		return;
	case FROM_WEBSITE:
		odata_rows_value_name(rows, relation->website, ret);
		return;
	case FROM_VAT_NUMBER:
		odata_rows_value_name(rows, relation->vat_number, ret);
		return;
	case FROM_CHAMBER:
		odata_rows_value_name(rows, relation->chamber, ret);
		return;
	case FROM_BLOCKED:
		odata_rows_value_number(ret, relation->blocked);
		return;
	case FROM_RELATION_CURRENCY:
		render_set_text(ret, relation->currency[0] != '\0'
					     ? relation->currency
					     : division->currency);
		return;
	case FROM_COUNTRY:
	case FROM_RELATION_COUNTRY:
		render_set_text(ret, relation->country[0] != '\0'
					     ? relation->country
					     : division->country);
		return;
	default:
		return;
	}
}

void odata_trade_company(const struct odata_rows *rows,
	const struct books_set *set, enum odata_source source,
	struct render_value *ret)
{
	uint32_t text = 0;

	if (source == FROM_ADDRESS)
		text = set->address;
	else if (source == FROM_POSTCODE)
		text = set->postcode;
	else if (source == FROM_CITY)
		text = set->city;
	else if (source == FROM_PHONE)
		text = set->phone;
	else if (source == FROM_EMAIL)
		text = set->email;
	else if (source == FROM_WEBSITE)
		text = set->website;
	else if (source == FROM_VAT_NUMBER)
		text = set->vat_number;
	else if (source == FROM_CHAMBER)
		text = set->chamber;
	odata_rows_value_name(rows, text, ret);
}

int64_t odata_trade_created(enum books_kind kind, const void *row)
{
	switch (kind) {
	case BOOKS_VAT:
		return ((const struct books_vat *)row)->created_ms;
	case BOOKS_ITEMS:
		return ((const struct books_item *)row)->created_ms;
	case BOOKS_INVOICES:
		return ((const struct books_invoice *)row)->created_ms;
	case BOOKS_TERMS:
		return ((const struct books_term *)row)->created_ms;
	default:
		return ((const struct books_head *)row)->modified_ms;
	}
}

/* GLToPay and GLToClaim of a VAT code; GLRevenue and GLCosts of an item. */
static void set_pair(const struct odata_rows *rows, uint32_t pay,
	uint32_t claim, enum odata_source source, struct render_value *ret)
{
	switch (source) {
	case FROM_PAY_ID:
		set_account(rows, pay, FROM_ACCOUNT_ID, ret);
		return;
	case FROM_PAY_CODE:
		set_account(rows, pay, FROM_ACCOUNT_CODE, ret);
		return;
	case FROM_PAY_NAME:
		set_account(rows, pay, FROM_ACCOUNT_NAME, ret);
		return;
	case FROM_CLAIM_ID:
		set_account(rows, claim, FROM_ACCOUNT_ID, ret);
		return;
	case FROM_CLAIM_CODE:
		set_account(rows, claim, FROM_ACCOUNT_CODE, ret);
		return;
	case FROM_CLAIM_NAME:
		set_account(rows, claim, FROM_ACCOUNT_NAME, ret);
		return;
	default:
		return;
	}
}

static void vat_value(const struct odata_rows *rows,
	const struct books_vat *vat, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_CODE:
		render_set_padded(
			ret, books_names_text(rows->books, vat->code), 0, 3);
		return;
	case FROM_DESCRIPTION:
		odata_rows_value_name(rows, vat->description, ret);
		return;
	case FROM_VAT_PERCENT:
		set_real(ret, (double)vat->percent / 10000);
		return;
	case FROM_RATIO:
		odata_rows_value_number(ret, vat->ratio);
		return;
	case FROM_CHARGED:
		odata_rows_value_number(ret, vat->charged);
		return;
	case FROM_MARGIN:
		odata_rows_value_number(ret, vat->margin);
		return;
	case FROM_BLOCKED:
		odata_rows_value_number(ret, vat->blocked);
		return;
	case FROM_TYPE:
		set_letter(ret, vat->type);
		return;
	case FROM_LISTING:
		set_letter(ret, vat->listing);
		return;
	case FROM_TRANSACTION:
		set_letter(ret, vat->transaction);
		return;
	default:
		set_pair(rows, vat->to_pay, vat->to_claim, source, ret);
		return;
	}
}

static void rate_value(const struct odata_rows *rows,
	const struct books_rate *rate, enum odata_source source,
	struct render_value *ret)
{
	const struct books_vat *vats = rows->set->tables[BOOKS_VAT].rows;

	switch (source) {
	case FROM_DATE:
		set_day(ret, rate->from);
		return;
	case FROM_DUE:
		set_day(ret, rate->to);
		return;
	case FROM_LINE_NUMBER:
		odata_rows_value_number(ret, rate->number);
		return;
	case FROM_VAT_PERCENT:
		set_real(ret, (double)rate->percent / 10000);
		return;
	case FROM_PARENT_ID:
		odata_rows_value_guid(
			rows, BOOKS_VAT, vats[rate->vat].head.serial, ret);
		return;
	default:
		return;
	}
}

static void item_value(const struct odata_rows *rows,
	const struct books_item *item, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_CODE:
		odata_rows_value_name(rows, item->code, ret);
		return;
	case FROM_DESCRIPTION:
		odata_rows_value_name(rows, item->description, ret);
		return;
	case FROM_SEARCH_CODE:
	case FROM_GROUP:
		odata_rows_value_name(rows, item->group, ret);
		return;
	case FROM_GROUP_ID:
		odata_rows_value_guid(rows, BOOKS_CUSTOMER, item->group, ret);
		return;
	case FROM_PRICE:
		odata_rows_value_amount(
			item->head.serial, 1, item->price, 2, ret);
		return;
	case FROM_COST:
		odata_rows_value_amount(
			item->head.serial, 2, item->cost, 2, ret);
		return;
	case FROM_DUE:
		set_day(ret, item->ended);
		return;
	case FROM_IS_STOCK:
		odata_rows_value_number(ret, item->is_stock);
		return;
	case FROM_IS_SOLD:
		odata_rows_value_number(ret, item->is_sold);
		return;
	case FROM_IS_BOUGHT:
		odata_rows_value_number(ret, item->is_bought);
		return;
	case FROM_UNIT:
		render_set_padded(
			ret, books_names_text(rows->books, item->unit), 0, 8);
		return;
	case FROM_UNIT_NAME:
		odata_rows_value_name(rows, item->unit, ret);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
		set_vat(rows, item->vat, 0, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		set_account(rows, item->stock, source, ret);
		return;
	default:
		set_pair(rows, item->revenue, item->costs, source, ret);
		return;
	}
}

static const struct books_invoice *header_of(
	const struct odata_rows *rows, const struct books_invoice *row)
{
	const struct books_invoice *invoices = rows->set->tables[BOOKS_INVOICES]
						       .rows;

	return &invoices[row->header];
}

static void invoice_amount(const struct books_invoice *invoice,
	enum odata_source source, struct render_value *ret)
{
	int digits = books_digits(invoice->currency);
	uint32_t serial = invoice->head.serial;

	switch (source) {
	case FROM_AMOUNT_DC:
		odata_rows_value_amount(serial, 1, invoice->amount_dc, 2, ret);
		return;
	case FROM_AMOUNT_FC:
		odata_rows_value_amount(
			serial, 2, invoice->amount_fc, digits, ret);
		return;
	case FROM_NET_FC:
		odata_rows_value_amount(serial, 3,
			invoice->amount_fc - invoice->vat_fc, digits, ret);
		return;
	case FROM_VAT_DC:
		odata_rows_value_amount(serial, 4, invoice->vat_dc, 2, ret);
		return;
	case FROM_VAT_FC:
		odata_rows_value_amount(
			serial, 5, invoice->vat_fc, digits, ret);
		return;
	default:
		odata_rows_value_amount(serial, 6, invoice->price, digits, ret);
		return;
	}
}

static void status_name(uint16_t status, struct render_value *ret)
{
	render_set_text(ret, status == 10   ? "Draft"
			     : status == 20 ? "Open"
					    : "Processed");
}

/* What a header alone has. */
static void header_value(const struct odata_rows *rows,
	const struct books_invoice *header, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_HEADER_ID:
		ret->null = false;
		ret->guid = books_index_row_guid(
			rows->books, rows->set, BOOKS_INVOICES, header->header);
		return;
	case FROM_RELATION_ID:
	case FROM_RELATION_NAME:
		set_relation(rows, header->relation, source, ret);
		return;
	case FROM_CURRENCY:
		render_set_text(ret, header->currency);
		return;
	case FROM_DOCUMENT_ID:
	case FROM_DOCUMENT_NUMBER:
		set_document(rows, header->document, source, ret);
		return;
	case FROM_DATE:
		set_day(ret, header->date);
		return;
	case FROM_DUE:
		set_day(ret, header->due);
		return;
	case FROM_INVOICE_NUMBER:
		if (header->entry != 0)
			odata_rows_value_number(ret,
				rows->set->entries[header->entry - 1].invoice);
		return;
	case FROM_ORDER_NUMBER:
		odata_rows_value_number(ret, header->order);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		set_journal(rows, 0, source, ret);
		return;
	case FROM_STATUS:
		odata_rows_value_number(ret, header->status);
		return;
	case FROM_STATUS_NAME:
		status_name(header->status, ret);
		return;
	case FROM_TYPE:
		odata_rows_value_number(ret, header->type);
		return;
	case FROM_TYPE_NAME:
		render_set_text(
			ret, header->type == 8021 ? "Credit note" : "Normal");
		return;
	case FROM_REFERENCE:
		odata_rows_value_name(rows, header->reference, ret);
		return;
	default:
		return;
	}
}

/* In the stream a line repeats its header's data. */
static void invoice_value(const struct odata_rows *rows,
	const struct books_invoice *row, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_AMOUNT_DC:
	case FROM_AMOUNT_FC:
	case FROM_NET_FC:
	case FROM_VAT_DC:
	case FROM_VAT_FC:
		invoice_amount(row, source, ret);
		return;
	case FROM_LINE_NUMBER:
		odata_rows_value_number(ret, row->number);
		return;
	case FROM_DESCRIPTION:
		odata_rows_value_name(rows, row->description, ret);
		return;
	default:
		break;
	}
	if (row->number == 0) {
		header_value(rows, row, source, ret);
		return;
	}
	switch (source) {
	case FROM_PRICE:
		invoice_amount(row, source, ret);
		return;
	case FROM_QUANTITY:
		set_real(ret, row->quantity == 0 ? (row->amount_fc < 0 ? -1 : 1)
						 : row->quantity);
		return;
	case FROM_ITEM_ID:
	case FROM_ITEM_CODE:
	case FROM_ITEM_NAME:
	case FROM_UNIT:
	case FROM_UNIT_NAME:
		set_item(rows, row->item, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_NAME:
		set_account(rows, row->account, source, ret);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
	case FROM_VAT_PERCENT:
		set_vat(rows, row->vat, row->percent, source, ret);
		return;
	default:
		header_value(rows, header_of(rows, row), source, ret);
		return;
	}
}

static void paid_value(const struct odata_rows *rows,
	const struct books_term *term, enum odata_source source,
	struct render_value *ret)
{
	uint16_t year;
	uint16_t period;

	if (term->paid_by == 0)
		return;
	books_period(rows->set, term->paid_on, &year, &period);
	if (source == FROM_PAID_ON)
		set_day(ret, term->paid_on);
	else
		odata_rows_value_number(
			ret, source == FROM_PAID_YEAR ? year : period);
}

static void term_value(const struct odata_rows *rows,
	const struct books_term *term, enum odata_source source,
	struct render_value *ret)
{
	const struct books_line *line =
		(const struct books_line *)rows->set->tables[BOOKS_LINES].rows +
		term->line;
	const struct books_entry *entry = &rows->set->entries[line->entry];
	int digits = books_digits(line->currency);
	uint32_t serial = term->head.serial;

	switch (source) {
	case FROM_AMOUNT_DC:
		odata_rows_value_amount(serial, 1, -term->amount_dc, 2, ret);
		return;
	case FROM_AMOUNT_FC:
		odata_rows_value_amount(
			serial, 2, -term->amount_fc, digits, ret);
		return;
	case FROM_LIST_AMOUNT:
		odata_rows_value_amount(serial, 2,
			term->payable ? -term->amount_fc : term->amount_fc,
			digits, ret);
		return;
	case FROM_TOTAL_DC:
		odata_rows_value_amount(serial, 3, line->amount_dc, 2, ret);
		return;
	case FROM_TOTAL_FC:
		odata_rows_value_amount(
			serial, 4, line->amount_fc, digits, ret);
		return;
	case FROM_DUE:
		set_day(ret, term->due);
		return;
	case FROM_TOTAL_DUE:
		set_day(ret, entry->due);
		return;
	case FROM_PAID_ON:
	case FROM_PAID_YEAR:
	case FROM_PAID_PERIOD:
		paid_value(rows, term, source, ret);
		return;
	case FROM_IS_PAID:
		odata_rows_value_number(ret, term->paid_by != 0);
		return;
	case FROM_STATUS:
		odata_rows_value_number(ret, term->paid_by != 0 ? 50 : 20);
		return;
	case FROM_LINE_TYPE:
		odata_rows_value_number(ret, term->payable ? 22 : 20);
		return;
	case FROM_REVERSAL:
		odata_rows_value_number(ret, term->reversal);
		return;
	case FROM_LINE_ID:
		odata_rows_value_guid(
			rows, BOOKS_LINES, line->head.serial, ret);
		return;
	case FROM_ENTRY_ID:
		odata_rows_value_guid(rows, BOOKS_ENTRIES, entry->serial, ret);
		return;
	case FROM_ENTRY_NUMBER:
		odata_rows_value_number(ret, entry->number);
		return;
	case FROM_DATE:
		set_day(ret, line->date);
		return;
	case FROM_YEAR:
		odata_rows_value_number(ret, line->year);
		return;
	case FROM_PERIOD:
		odata_rows_value_number(ret, line->period);
		return;
	case FROM_TYPE:
		odata_rows_value_number(ret, line->type);
		return;
	case FROM_CURRENCY:
		render_set_text(ret, line->currency);
		return;
	case FROM_RATE:
		set_real(ret,
			entry->rate == 0 ? 1 : (double)entry->rate / 1000000);
		return;
	case FROM_DESCRIPTION:
		odata_rows_value_name(rows, line->description, ret);
		return;
	case FROM_REFERENCE:
		odata_rows_value_name(rows, line->reference, ret);
		return;
	case FROM_RELATION_ID:
	case FROM_RELATION_CODE:
	case FROM_RELATION_NAME:
	case FROM_COUNTRY:
		set_relation(rows, line->relation, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		set_account(rows, line->account + 1, source, ret);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		set_journal(rows, line->journal, source, ret);
		return;
	default:
		odata_trade_line(rows, line, source, ret);
		return;
	}
}

static void period_value(const struct books_fiscal_period *period,
	enum odata_source source, struct render_value *ret)
{
	if (source == FROM_DATE)
		set_day(ret, period->from);
	else if (source == FROM_DUE)
		set_day(ret, period->to);
	else if (source == FROM_YEAR)
		odata_rows_value_number(ret, period->year);
	else if (source == FROM_PERIOD)
		odata_rows_value_number(ret, period->period);
}

void odata_trade_value(const struct odata_rows *rows, enum books_kind kind,
	size_t row, enum odata_source source, struct render_value *ret)
{
	const void *data = books_index_head(&rows->set->tables[kind], row);

	if (kind == BOOKS_VAT)
		vat_value(rows, data, source, ret);
	else if (kind == BOOKS_RATES)
		rate_value(rows, data, source, ret);
	else if (kind == BOOKS_ITEMS)
		item_value(rows, data, source, ret);
	else if (kind == BOOKS_INVOICES)
		invoice_value(rows, data, source, ret);
	else if (kind == BOOKS_TERMS)
		term_value(rows, data, source, ret);
	else
		period_value(data, source, ret);
}

static const void *row_of(
	const struct odata_rows *rows, enum books_kind kind, size_t row)
{
	return books_index_head(&rows->set->tables[kind], row);
}

bool odata_trade_shows(const struct odata_rows *rows, size_t row)
{
	const struct books_term *term;
	const struct books_invoice *invoice;

	switch (rows->kind) {
	case ODATA_ROWS_INVOICES:
	case ODATA_ROWS_INVOICE_LINES:
		invoice = row_of(rows, BOOKS_INVOICES, row);
		return (invoice->number == 0) ==
		       (rows->kind == ODATA_ROWS_INVOICES);
	case ODATA_ROWS_RECEIVABLES:
	case ODATA_ROWS_PAYMENTS:
		term = row_of(rows, BOOKS_TERMS, row);
		return term->payable == (rows->kind == ODATA_ROWS_PAYMENTS);
	case ODATA_ROWS_RECEIVABLES_LIST:
	case ODATA_ROWS_PAYABLES_LIST:
		term = row_of(rows, BOOKS_TERMS, row);
		return term->payable ==
			       (rows->kind == ODATA_ROWS_PAYABLES_LIST) &&
		       term->paid_by == 0 && !term->head.deleted;
	default:
		return true;
	}
}

bool odata_trade_children(const struct odata_rows *rows, size_t row,
	const char *name, struct odata_rows *ret_child, size_t *ret_first,
	size_t *ret_end, const char **ret_path)
{
	struct odata_rows child = *rows;

	child.variant = ODATA_REGULAR;
	if (rows->kind == ODATA_ROWS_VAT &&
		strcmp(name, "VATPercentages") == 0) {
		const struct books_table
			*table = &rows->set->tables[BOOKS_RATES];
		const struct books_rate *rates = table->rows;
		size_t first = 0;
		size_t end;

		while (first < table->count && rates[first].vat != row)
			first++;
		for (end = first; end < table->count && rates[end].vat == row;)
			end++;
		child.kind = ODATA_ROWS_RATES;
		child.model = &odata_trade_vat_percentages;
		*ret_first = first;
		*ret_end = end;
		*ret_path = "vat/VatPercentages";
	} else if (rows->kind == ODATA_ROWS_INVOICES &&
		   strcmp(name, "SalesInvoiceLines") == 0) {
		const struct books_invoice *header = row_of(
			rows, BOOKS_INVOICES, row);

		child.kind = ODATA_ROWS_INVOICE_LINES;
		child.model = &odata_trade_sales_invoice_lines;
		*ret_first = row + 1;
		*ret_end = row + 1 + header->lines;
		*ret_path = "salesinvoice/SalesInvoiceLines";
	} else {
		return false;
	}
	for (size_t i = 0; i < child.model->count; i++)
		if (strcmp(child.model->properties[i].name, child.model->key) ==
			0)
			child.key = (int)i;
	*ret_child = child;
	return true;
}
