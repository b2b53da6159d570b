/*
 * From a row and a property to a value. The kind of the rows decides which
 * function gives it.
 */
#include "sandbox/odata_rows.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/odata_costs.h"
#include "sandbox/odata_trade.h"
#include "sandbox/odata_value.h"

static const struct {
	enum odata_kind rows;
	enum books_kind kind;
} tables[] = {
	{ ODATA_ROWS_LINES, BOOKS_LINES },
	{ ODATA_ROWS_ACCOUNTS, BOOKS_ACCOUNTS },
	{ ODATA_ROWS_JOURNALS, BOOKS_JOURNALS },
	{ ODATA_ROWS_RELATIONS, BOOKS_RELATIONS },
	{ ODATA_ROWS_VAT, BOOKS_VAT },
	{ ODATA_ROWS_RATES, BOOKS_RATES },
	{ ODATA_ROWS_ITEMS, BOOKS_ITEMS },
	{ ODATA_ROWS_INVOICES, BOOKS_INVOICES },
	{ ODATA_ROWS_INVOICE_LINES, BOOKS_INVOICES },
	{ ODATA_ROWS_INVOICE_STREAM, BOOKS_INVOICES },
	{ ODATA_ROWS_TERMS, BOOKS_TERMS },
	{ ODATA_ROWS_RECEIVABLES, BOOKS_TERMS },
	{ ODATA_ROWS_PAYMENTS, BOOKS_TERMS },
	{ ODATA_ROWS_PERIODS, BOOKS_PERIODS },
	{ ODATA_ROWS_COST_CENTERS, BOOKS_COST_CENTERS },
	{ ODATA_ROWS_COST_UNITS, BOOKS_COST_UNITS },
};

bool odata_rows_table(const struct odata_rows *rows, enum books_kind *ret)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (tables[i].rows == rows->kind) {
			*ret = tables[i].kind;
			return true;
		}
	return false;
}

static const char *currency_name(const char *code)
{
	static const struct {
		const char *code;
		const char *name;
	} currencies[] = {
		{ "EUR", "Euro" },
		{ "GBP", "Pound sterling" },
		{ "USD", "US dollar" },
	};

	for (size_t i = 0; i < sizeof(currencies) / sizeof(*currencies); i++)
		if (strcmp(code, currencies[i].code) == 0)
			return currencies[i].name;
	return code;
}

/* Values that all rows of a division share. */
static void common_value(const struct odata_rows *rows,
	const struct odata_property *property, struct render_value *ret)
{
	const struct books_division *division;

	switch (property->source) {
	case FROM_NUMBER:
		odata_value_number(ret, property->number);
		return;
	case FROM_TEXT:
		render_set_text(ret, property->text);
		return;
	case FROM_USER_ID:
		odata_value_guid(rows, BOOKS_USER, 1, ret);
		return;
	case FROM_USER_NAME:
		render_set_text(ret, "Anna de Vries");
		return;
	case FROM_LOGO:
		render_set_text(ret, rows->logo);
		return;
	default:
		break;
	}
	if (!rows->set)
		return;
	division = &rows->set->division;
	switch (property->source) {
	case FROM_DIVISION:
		odata_value_number(ret, division->code);
		return;
	case FROM_CURRENCY:
		render_set_text(ret, division->currency);
		return;
	case FROM_CURRENCY_NAME:
		render_set_text(ret, currency_name(division->currency));
		return;
	case FROM_COUNTRY:
		render_set_text(ret, division->country);
		return;
	default:
		return;
	}
}

static void line_value(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret)
{
	const struct books_set *set = rows->set;
	const struct books_relation *relations = set->tables[BOOKS_RELATIONS]
							 .rows;
	const struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	const struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	const struct books_entry *entry = &set->entries[line->entry];

	switch (source) {
	case FROM_RELATION_ID:
	case FROM_RELATION_CODE:
	case FROM_RELATION_NAME:
		if (line->relation > 0)
			odata_value_relation(rows,
				&relations[line->relation - 1], source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		odata_value_account(
			rows, &accounts[line->account], source, ret);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		odata_value_journal(
			rows, &journals[line->journal], source, ret);
		return;
	case FROM_AMOUNT_DC:
		odata_value_amount(
			line->head.serial, 1, line->amount_dc, 2, ret);
		return;
	case FROM_AMOUNT_FC:
		odata_value_amount(line->head.serial, 2, line->amount_fc,
			books_digits(line->currency), ret);
		return;
	case FROM_VAT_FC:
		odata_value_amount(line->head.serial, 3, line->vat_fc,
			books_digits(line->currency), ret);
		return;
	case FROM_VAT_BASE_FC:
		odata_value_amount(line->head.serial, 4, line->vat_base_fc,
			books_digits(line->currency), ret);
		return;
	case FROM_RATE:
		ret->null = false;
		if (entry->rate != 0) {
			ret->real = (double)entry->rate / 1000000;
			return;
		}
		ret->real = line->amount_fc == 0 ||
					    line->amount_fc == line->amount_dc
				    ? 1
				    : (double)line->amount_dc /
					      (double)line->amount_fc;
		return;
	case FROM_CURRENCY:
		render_set_text(ret, line->currency);
		return;
	case FROM_DATE:
		odata_value_number(ret, (int64_t)line->date * ODATA_DAY_MS);
		return;
	case FROM_DESCRIPTION:
		odata_value_name(rows, line->description, ret);
		return;
	case FROM_REFERENCE:
		odata_value_name(rows, line->reference, ret);
		return;
	case FROM_ENTRY_ID:
		odata_value_guid(rows, BOOKS_ENTRIES, entry->serial, ret);
		return;
	case FROM_ENTRY_NUMBER:
		odata_value_number(ret, entry->number);
		return;
	case FROM_YEAR:
		odata_value_number(ret, line->year);
		return;
	case FROM_PERIOD:
		odata_value_number(ret, line->period);
		return;
	case FROM_LINE_NUMBER:
		odata_value_number(ret, line->number);
		return;
	case FROM_TYPE:
		odata_value_number(ret, line->type);
		return;
	case FROM_COST_CENTER_CODE:
	case FROM_COST_CENTER_NAME:
	case FROM_COST_UNIT_CODE:
	case FROM_COST_UNIT_NAME:
		odata_costs_line(rows, line, source, ret);
		return;
	default:
		odata_trade_line(rows, line, source, ret);
		return;
	}
}

static int64_t created_ms(
	const struct odata_rows *rows, enum books_kind kind, const void *row)
{
	switch (kind) {
	case BOOKS_LINES:
		return rows->set
			->entries[((const struct books_line *)row)->entry]
			.created_ms;
	case BOOKS_ACCOUNTS:
		return ((const struct books_account *)row)->created_ms;
	case BOOKS_JOURNALS:
		return ((const struct books_journal *)row)->created_ms;
	case BOOKS_RELATIONS:
		return ((const struct books_relation *)row)->created_ms;
	case BOOKS_COST_CENTERS:
	case BOOKS_COST_UNITS:
		return ((const struct books_cost *)row)->created_ms;
	default:
		return odata_trade_created(kind, row);
	}
}

/* When the table has a value for the source, it comes before the division's
 * value of the same name. */
static void table_value(const struct odata_rows *rows, enum books_kind kind,
	size_t index, enum odata_source source, struct render_value *ret)
{
	const struct books_head *head = books_index_head(
		&rows->set->tables[kind], index);

	switch (source) {
	case FROM_TIMESTAMP:
		odata_value_number(ret, (int64_t)head->version);
		return;
	case FROM_ID:
		ret->null = false;
		ret->guid = books_index_row_guid(
			rows->books, rows->set, kind, index);
		return;
	case FROM_CREATED:
		odata_value_moment(rows, created_ms(rows, kind, head), ret);
		return;
	case FROM_CREATED_DAY:
		odata_value_number(ret, created_ms(rows, kind, head) /
						ODATA_DAY_MS * ODATA_DAY_MS);
		return;
	case FROM_MODIFIED:
		odata_value_moment(rows, head->modified_ms, ret);
		return;
	default:
		break;
	}
	if (kind == BOOKS_LINES)
		line_value(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_ACCOUNTS)
		odata_value_account(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_JOURNALS)
		odata_value_journal(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_RELATIONS)
		odata_value_relation(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_COST_CENTERS || kind == BOOKS_COST_UNITS)
		odata_costs_value(rows, (const void *)head, source, ret);
	else
		odata_trade_value(rows, kind, index, source, ret);
}

static void deleted_value(const struct odata_rows *rows, size_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_deleted *row = &rows->set->deleted[index];

	switch (source) {
	case FROM_TIMESTAMP:
		odata_value_number(ret, (int64_t)row->version);
		return;
	case FROM_ID:
		odata_value_guid(rows, BOOKS_DELETED, row->serial, ret);
		return;
	case FROM_KEY:
		odata_value_guid(rows, row->kind, row->key, ret);
		return;
	case FROM_MODIFIED:
		odata_value_moment(rows, row->deleted_ms, ret);
		return;
	case FROM_ENTITY_TYPE:
		odata_value_number(ret, row->type);
		return;
	default:
		return;
	}
}

static void division_value(const struct odata_rows *rows, size_t index,
	enum odata_source source, struct render_value *ret)
{
	const struct books_set *set = rows->books->sets[index];
	const struct books_division *division = &set->division;

	switch (source) {
	case FROM_ADDRESS:
	case FROM_POSTCODE:
	case FROM_CITY:
	case FROM_PHONE:
	case FROM_EMAIL:
	case FROM_WEBSITE:
	case FROM_VAT_NUMBER:
	case FROM_CHAMBER:
		odata_trade_company(rows, set, source, ret);
		return;
	case FROM_CODE:
		odata_value_number(ret, division->code);
		return;
	case FROM_DESCRIPTION:
	case FROM_RELATION_NAME:
		render_set_text(ret, division->name);
		return;
	case FROM_CREATED:
	case FROM_MODIFIED:
		odata_value_moment(rows, set->created_ms, ret);
		return;
	case FROM_CREATED_DAY:
		odata_value_number(
			ret, set->created_ms / ODATA_DAY_MS * ODATA_DAY_MS);
		return;
	case FROM_BLOCKING:
		odata_value_number(ret, division->blocking_status);
		return;
	case FROM_STATUS:
		odata_value_number(ret, division->status);
		return;
	case FROM_MOVED:
		if (division->moved_ms != 0)
			odata_value_moment(rows, division->moved_ms, ret);
		return;
	case FROM_IS_CURRENT:
		odata_value_number(
			ret, division->code == rows->request->division);
		return;
	case FROM_HID:
		odata_value_number(ret, (int64_t)index + 1);
		return;
	case FROM_RELATION_ID:
		ret->null = false;
		ret->guid = books_index_guid(
			rows->books, division->code, BOOKS_CUSTOMER, 1);
		return;
	case FROM_RELATION_CODE:
		snprintf(
			ret->store, sizeof(ret->store), "%18d", division->code);
		ret->text = NULL;
		ret->len = 18;
		ret->null = false;
		return;
	case FROM_CURRENCY:
		render_set_text(ret, division->currency);
		return;
	case FROM_CURRENCY_NAME:
		render_set_text(ret, currency_name(division->currency));
		return;
	case FROM_COUNTRY:
		render_set_text(ret, division->country);
		return;
	default:
		return;
	}
}

static void copy_part(const char *text, size_t len, struct render_value *ret)
{
	if (len >= sizeof(ret->store))
		len = sizeof(ret->store) - 1;
	memcpy(ret->store, text, len);
	ret->store[len] = '\0';
	ret->len = len;
	ret->text = NULL;
	ret->null = false;
}

static void server_time(const struct odata_rows *rows, struct render_value *ret)
{
	struct buf text;

	buf_init(&text, 64);
	render_datetime(&text, render_local(rows->now_wall_ms, rows->uk));
	copy_part(text.data, text.len, ret);
	buf_free(&text);
}

static void me_value(const struct odata_rows *rows,
	const struct odata_property *property, struct render_value *ret)
{
	const struct odata_me *me = rows->me;
	const char *blank = strchr(me->full_name, ' ');

	switch (property->source) {
	case FROM_ID:
		ret->null = !books_index_parse(
			me->user_id, strlen(me->user_id), &ret->guid);
		return;
	case FROM_DIVISION:
		odata_value_number(ret, me->current_division);
		ret->null = me->current_division == 0;
		return;
	case FROM_EMAIL:
		render_set_text(ret, me->email);
		return;
	case FROM_USER_NAME:
		render_set_text(ret, me->user_name);
		return;
	case FROM_FULL_NAME:
		render_set_text(ret, me->full_name);
		return;
	case FROM_FIRST_NAME:
		copy_part(me->full_name, strcspn(me->full_name, " "), ret);
		return;
	case FROM_LAST_NAME:
		if (blank)
			render_set_text(ret, blank + 1);
		return;
	case FROM_SERVER_TIME:
		server_time(rows, ret);
		return;
	case FROM_UTC_OFFSET:
		odata_value_number(
			ret, render_offset_s(rows->now_wall_ms, rows->uk));
		return;
	default:
		common_value(rows, property, ret);
		return;
	}
}

void odata_rows_value(const struct odata_rows *rows, size_t row, int property,
	struct render_value *ret)
{
	const struct odata_property *known = &rows->model->properties[property];
	enum books_kind kind;

	ret->type = known->type;
	ret->null = true;
	ret->number = 0;
	ret->len = 0;
	ret->text = NULL;
	if (known->source == FROM_NOTHING)
		return;
	if (rows->kind == ODATA_ROWS_ME) {
		me_value(rows, known, ret);
		return;
	}
	if (odata_rows_table(rows, &kind))
		table_value(rows, kind, row, known->source, ret);
	else if (rows->kind == ODATA_ROWS_DELETED)
		deleted_value(rows, row, known->source, ret);
	else if (rows->kind == ODATA_ROWS_SYNC_TIMESTAMP) {
		if (known->source == FROM_TIMESTAMP)
			odata_value_number(ret, (int64_t)rows->found);
		else if (known->source == FROM_MODIFIED)
			odata_value_number(ret, rows->asked_ms);
		else if (known->source == FROM_API)
			render_set_text(ret, rows->asked_api);
	} else if (odata_trade_sums(rows->kind)) {
		odata_trade_sum_value(rows, row, known->source, ret);
	} else {
		division_value(rows, row, known->source, ret);
	}
	if (ret->null)
		common_value(rows, known, ret);
}
