/*
 * From rows of invoices and terms (open items) to values, and what generated
 * books add to a transaction line.
 */
#include "sandbox/odata_trade.h"
#include "sandbox/odata_value.h"

void odata_trade_line(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret)
{
	const struct books_entry *entry = &rows->set->entries[line->entry];

	switch (source) {
	case FROM_DUE:
		odata_value_day(ret, entry->due);
		return;
	case FROM_INVOICE_NUMBER:
		if (entry->invoice != 0)
			odata_value_number(ret, entry->invoice);
		return;
	case FROM_DOCUMENT_ID:
	case FROM_DOCUMENT_NUMBER:
		odata_value_document(rows, entry->document, source, ret);
		return;
	case FROM_DOCUMENT_SUBJECT:
		if (!rows->set->generated || entry->document != 0)
			odata_value_name(rows, line->reference, ret);
		return;
	case FROM_ITEM_ID:
	case FROM_ITEM_CODE:
	case FROM_ITEM_NAME:
		odata_value_item_at(rows, line->item, source, ret);
		return;
	case FROM_QUANTITY:
		if (line->quantity != 0)
			odata_value_real(ret, line->quantity);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
	case FROM_VAT_PERCENT:
	case FROM_VAT_TYPE:
		odata_value_vat_at(rows, line->vat, line->percent, source, ret);
		return;
	default:
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
		odata_value_amount(serial, 1, invoice->amount_dc, 2, ret);
		return;
	case FROM_AMOUNT_FC:
		odata_value_amount(serial, 2, invoice->amount_fc, digits, ret);
		return;
	case FROM_NET_FC:
		odata_value_amount(serial, 3,
			invoice->amount_fc - invoice->vat_fc, digits, ret);
		return;
	case FROM_VAT_DC:
		odata_value_amount(serial, 4, invoice->vat_dc, 2, ret);
		return;
	case FROM_VAT_FC:
		odata_value_amount(serial, 5, invoice->vat_fc, digits, ret);
		return;
	default:
		odata_value_amount(serial, 6, invoice->price, digits, ret);
		return;
	}
}

static void status_name(uint16_t status, struct render_value *ret)
{
	render_set_text(ret, status == 10   ? "Draft"
			     : status == 20 ? "Open"
					    : "Processed");
}

/* Values of a header. */
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
		odata_value_relation_at(rows, header->relation, source, ret);
		return;
	case FROM_CURRENCY:
		render_set_text(ret, header->currency);
		return;
	case FROM_DOCUMENT_ID:
	case FROM_DOCUMENT_NUMBER:
		odata_value_document(rows, header->document, source, ret);
		return;
	case FROM_DATE:
		odata_value_day(ret, header->date);
		return;
	case FROM_DUE:
		odata_value_day(ret, header->due);
		return;
	case FROM_INVOICE_NUMBER:
		if (header->entry != 0)
			odata_value_number(ret,
				rows->set->entries[header->entry - 1].invoice);
		return;
	case FROM_ORDER_NUMBER:
		odata_value_number(ret, header->order);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		odata_value_journal_at(rows, 0, source, ret);
		return;
	case FROM_STATUS:
		odata_value_number(ret, header->status);
		return;
	case FROM_STATUS_NAME:
		status_name(header->status, ret);
		return;
	case FROM_TYPE:
		odata_value_number(ret, header->type);
		return;
	case FROM_TYPE_NAME:
		render_set_text(
			ret, header->type == 8021 ? "Credit note" : "Normal");
		return;
	case FROM_REFERENCE:
		odata_value_name(rows, header->reference, ret);
		return;
	default:
		return;
	}
}

/* In the stream a line repeats the values of its header. */
void odata_trade_invoice(const struct odata_rows *rows,
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
		odata_value_number(ret, row->number);
		return;
	case FROM_DESCRIPTION:
		odata_value_name(rows, row->description, ret);
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
		odata_value_real(ret, row->quantity == 0
					      ? (row->amount_fc < 0 ? -1 : 1)
					      : row->quantity);
		return;
	case FROM_ITEM_ID:
	case FROM_ITEM_CODE:
	case FROM_ITEM_NAME:
	case FROM_UNIT:
	case FROM_UNIT_NAME:
		odata_value_item_at(rows, row->item, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_NAME:
		odata_value_account_at(rows, row->account, source, ret);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
	case FROM_VAT_PERCENT:
		odata_value_vat_at(rows, row->vat, row->percent, source, ret);
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
		odata_value_day(ret, term->paid_on);
	else
		odata_value_number(
			ret, source == FROM_PAID_YEAR ? year : period);
}

void odata_trade_term(const struct odata_rows *rows,
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
		odata_value_amount(serial, 1, -term->amount_dc, 2, ret);
		return;
	case FROM_AMOUNT_FC:
		odata_value_amount(serial, 2, -term->amount_fc, digits, ret);
		return;
	case FROM_LIST_AMOUNT:
		odata_value_amount(serial, 2,
			term->payable ? -term->amount_fc : term->amount_fc,
			digits, ret);
		return;
	case FROM_TOTAL_DC:
		odata_value_amount(serial, 3, line->amount_dc, 2, ret);
		return;
	case FROM_TOTAL_FC:
		odata_value_amount(serial, 4, line->amount_fc, digits, ret);
		return;
	case FROM_DUE:
		odata_value_day(ret, term->due);
		return;
	case FROM_TOTAL_DUE:
		odata_value_day(ret, entry->due);
		return;
	case FROM_PAID_ON:
	case FROM_PAID_YEAR:
	case FROM_PAID_PERIOD:
		paid_value(rows, term, source, ret);
		return;
	case FROM_IS_PAID:
		odata_value_number(ret, term->paid_by != 0);
		return;
	case FROM_STATUS:
		odata_value_number(ret, term->paid_by != 0 ? 50 : 20);
		return;
	case FROM_LINE_TYPE:
		odata_value_number(ret, term->payable ? 22 : 20);
		return;
	case FROM_REVERSAL:
		odata_value_number(ret, term->reversal);
		return;
	case FROM_LINE_ID:
		odata_value_guid(rows, BOOKS_LINES, line->head.serial, ret);
		return;
	case FROM_ENTRY_ID:
		odata_value_guid(rows, BOOKS_ENTRIES, entry->serial, ret);
		return;
	case FROM_ENTRY_NUMBER:
		odata_value_number(ret, entry->number);
		return;
	case FROM_DATE:
		odata_value_day(ret, line->date);
		return;
	case FROM_YEAR:
		odata_value_number(ret, line->year);
		return;
	case FROM_PERIOD:
		odata_value_number(ret, line->period);
		return;
	case FROM_TYPE:
		odata_value_number(ret, line->type);
		return;
	case FROM_CURRENCY:
		render_set_text(ret, line->currency);
		return;
	case FROM_RATE:
		odata_value_real(ret,
			entry->rate == 0 ? 1 : (double)entry->rate / 1000000);
		return;
	case FROM_DESCRIPTION:
		odata_value_name(rows, line->description, ret);
		return;
	case FROM_REFERENCE:
		odata_value_name(rows, line->reference, ret);
		return;
	case FROM_RELATION_ID:
	case FROM_RELATION_CODE:
	case FROM_RELATION_NAME:
	case FROM_COUNTRY:
		odata_value_relation_at(rows, line->relation, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		odata_value_account_at(rows, line->account + 1, source, ret);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		odata_value_journal_at(rows, line->journal, source, ret);
		return;
	default:
		odata_trade_line(rows, line, source, ret);
		return;
	}
}
