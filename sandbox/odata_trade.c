/*
 * From rows of VAT codes, VAT percentages, items and periods to values; also
 * which rows a list shows, and which rows $expand adds to a row.
 */
#include "sandbox/odata_trade.h"

#include <string.h>

#include "sandbox/odata_value.h"

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
	odata_value_name(rows, text, ret);
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
		odata_value_account_at(rows, pay, FROM_ACCOUNT_ID, ret);
		return;
	case FROM_PAY_CODE:
		odata_value_account_at(rows, pay, FROM_ACCOUNT_CODE, ret);
		return;
	case FROM_PAY_NAME:
		odata_value_account_at(rows, pay, FROM_ACCOUNT_NAME, ret);
		return;
	case FROM_CLAIM_ID:
		odata_value_account_at(rows, claim, FROM_ACCOUNT_ID, ret);
		return;
	case FROM_CLAIM_CODE:
		odata_value_account_at(rows, claim, FROM_ACCOUNT_CODE, ret);
		return;
	case FROM_CLAIM_NAME:
		odata_value_account_at(rows, claim, FROM_ACCOUNT_NAME, ret);
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
		odata_value_name(rows, vat->description, ret);
		return;
	case FROM_VAT_PERCENT:
		odata_value_real(ret, (double)vat->percent / 10000);
		return;
	case FROM_RATIO:
		odata_value_number(ret, vat->ratio);
		return;
	case FROM_CHARGED:
		odata_value_number(ret, vat->charged);
		return;
	case FROM_MARGIN:
		odata_value_number(ret, vat->margin);
		return;
	case FROM_BLOCKED:
		odata_value_number(ret, vat->blocked);
		return;
	case FROM_TYPE:
		odata_value_letter(ret, vat->type);
		return;
	case FROM_LISTING:
		odata_value_letter(ret, vat->listing);
		return;
	case FROM_TRANSACTION:
		odata_value_letter(ret, vat->transaction);
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
		odata_value_day(ret, rate->from);
		return;
	case FROM_DUE:
		odata_value_day(ret, rate->to);
		return;
	case FROM_LINE_NUMBER:
		odata_value_number(ret, rate->number);
		return;
	case FROM_VAT_PERCENT:
		odata_value_real(ret, (double)rate->percent / 10000);
		return;
	case FROM_PARENT_ID:
		odata_value_guid(
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
		odata_value_name(rows, item->code, ret);
		return;
	case FROM_DESCRIPTION:
		odata_value_name(rows, item->description, ret);
		return;
	case FROM_SEARCH_CODE:
	case FROM_GROUP:
		odata_value_name(rows, item->group, ret);
		return;
	case FROM_GROUP_ID:
		odata_value_guid(rows, BOOKS_CUSTOMER, item->group, ret);
		return;
	case FROM_PRICE:
		odata_value_amount(item->head.serial, 1, item->price, 2, ret);
		return;
	case FROM_COST:
		odata_value_amount(item->head.serial, 2, item->cost, 2, ret);
		return;
	case FROM_DUE:
		odata_value_day(ret, item->ended);
		return;
	case FROM_IS_STOCK:
		odata_value_number(ret, item->is_stock);
		return;
	case FROM_IS_SOLD:
		odata_value_number(ret, item->is_sold);
		return;
	case FROM_IS_BOUGHT:
		odata_value_number(ret, item->is_bought);
		return;
	case FROM_UNIT:
		render_set_padded(
			ret, books_names_text(rows->books, item->unit), 0, 8);
		return;
	case FROM_UNIT_NAME:
		odata_value_name(rows, item->unit, ret);
		return;
	case FROM_VAT_CODE:
	case FROM_VAT_NAME:
		odata_value_vat_at(rows, item->vat, 0, source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		odata_value_account_at(rows, item->stock, source, ret);
		return;
	default:
		set_pair(rows, item->revenue, item->costs, source, ret);
		return;
	}
}

static void period_value(const struct books_fiscal_period *period,
	enum odata_source source, struct render_value *ret)
{
	if (source == FROM_DATE)
		odata_value_day(ret, period->from);
	else if (source == FROM_DUE)
		odata_value_day(ret, period->to);
	else if (source == FROM_YEAR)
		odata_value_number(ret, period->year);
	else if (source == FROM_PERIOD)
		odata_value_number(ret, period->period);
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
		odata_trade_invoice(rows, data, source, ret);
	else if (kind == BOOKS_TERMS)
		odata_trade_term(rows, data, source, ret);
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
