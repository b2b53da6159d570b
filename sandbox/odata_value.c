/*
 * Values of properties, and of the rows that a row refers to: its account,
 * relation, journal, item, VAT code and document.
 *
 * One amount in a hundred, chosen by its row, is the double next to the
 * right one: 19.99 is shown as 19.990000000000002, and 0 as 1E-05.
 */
#include "sandbox/odata_value.h"

#include <string.h>

#include "sandbox/ledger_chart.h"

void odata_value_number(struct render_value *ret, int64_t number)
{
	ret->null = false;
	ret->number = number;
	ret->real = (double)number;
}

void odata_value_guid(const struct odata_rows *rows, enum books_kind kind,
	uint32_t serial, struct render_value *ret)
{
	int division = kind == BOOKS_USER ? 0 : rows->set->division.code;

	ret->null = false;
	ret->guid = books_index_guid(rows->books, division, kind, serial);
}

void odata_value_name(
	const struct odata_rows *rows, uint32_t text, struct render_value *ret)
{
	if (text != 0)
		render_set_text(ret, books_names_text(rows->books, text));
}

void odata_value_moment(
	const struct odata_rows *rows, int64_t utc_ms, struct render_value *ret)
{
	odata_value_number(ret, render_local(utc_ms, rows->uk));
}

/* The next double, away from zero. */
static double next_double(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bits++;
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

void odata_value_amount(uint32_t serial, unsigned salt, int64_t cents,
	int digits, struct render_value *ret)
{
	static const double units[] = { 1, 10, 100, 1000 };

	ret->null = false;
	ret->real = (double)cents / units[digits];
	if (((serial * 2654435761u + salt * 40503u) >> 8) % 100 != 0)
		return;
	ret->real = cents == 0 ? 1E-05 : next_double(ret->real);
}

/* "RENTE    ": eight letters of the name, in capitals, padded to nine. */
static void set_search_code(
	const struct odata_rows *rows, uint32_t text, struct render_value *ret)
{
	const char *name = books_names_text(rows->books, text);
	char code[9];
	size_t len = 0;

	for (; *name != '\0' && len < 8; name++) {
		if (*name >= 'a' && *name <= 'z')
			code[len++] = (char)(*name - 'a' + 'A');
		else if ((*name >= 'A' && *name <= 'Z') ||
			 (*name >= '0' && *name <= '9'))
			code[len++] = *name;
	}
	code[len] = '\0';
	if (len > 0)
		render_set_padded(ret, code, 0, 9);
}

void odata_value_real(struct render_value *ret, double value)
{
	ret->null = false;
	ret->real = value;
}

/* 0: none. */
void odata_value_day(struct render_value *ret, int32_t day)
{
	if (day != 0)
		odata_value_number(ret, (int64_t)day * ODATA_DAY_MS);
}

void odata_value_letter(struct render_value *ret, char letter)
{
	if (letter == 0)
		return;
	ret->store[0] = letter;
	ret->store[1] = '\0';
	ret->len = 1;
	ret->null = false;
}

void odata_value_account(const struct odata_rows *rows,
	const struct books_account *account, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_ACCOUNT_ID:
		odata_value_guid(
			rows, BOOKS_ACCOUNTS, account->head.serial, ret);
		return;
	case FROM_ACCOUNT_CODE:
	case FROM_CODE:
		odata_value_name(rows, account->code, ret);
		return;
	case FROM_ACCOUNT_NAME:
	case FROM_DESCRIPTION:
		odata_value_name(rows, account->description, ret);
		return;
	case FROM_ACCOUNT_TYPE:
	case FROM_TYPE:
		odata_value_number(ret, account->type);
		return;
	case FROM_TYPE_NAME:
		render_set_text(ret, ledger_chart_type_name(account->type));
		return;
	case FROM_SEARCH_CODE:
		set_search_code(rows, account->description, ret);
		return;
	case FROM_SIDE:
		render_set_text(ret, account->side == 'D' ? "D" : "C");
		return;
	case FROM_SHEET:
		render_set_text(ret, account->sheet == 'B' ? "B" : "W");
		return;
	case FROM_BLOCKED:
		odata_value_number(ret, account->blocked);
		return;
	default:
		return;
	}
}

/* Details of a relation that only generated books have. */
static void relation_details(const struct odata_rows *rows,
	const struct books_relation *relation, enum odata_source source,
	struct render_value *ret)
{
	const struct books_division *division = &rows->set->division;

	switch (source) {
	case FROM_ADDRESS:
		odata_value_name(rows, relation->address, ret);
		return;
	case FROM_POSTCODE:
		odata_value_name(rows, relation->postcode, ret);
		return;
	case FROM_CITY:
		odata_value_name(rows, relation->city, ret);
		return;
	case FROM_PHONE:
		odata_value_name(rows, relation->phone, ret);
		return;
	case FROM_EMAIL:
		odata_value_name(rows, relation->email, ret);
		return;
	case FROM_WEBSITE:
		odata_value_name(rows, relation->website, ret);
		return;
	case FROM_VAT_NUMBER:
		odata_value_name(rows, relation->vat_number, ret);
		return;
	case FROM_CHAMBER:
		odata_value_name(rows, relation->chamber, ret);
		return;
	case FROM_BLOCKED:
		odata_value_number(ret, relation->blocked);
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

void odata_value_relation(const struct odata_rows *rows,
	const struct books_relation *relation, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_RELATION_ID:
		odata_value_guid(
			rows, BOOKS_RELATIONS, relation->head.serial, ret);
		return;
	case FROM_RELATION_CODE:
	case FROM_CODE:
		render_set_padded(ret,
			books_names_text(rows->books, relation->code), 18, 0);
		return;
	case FROM_RELATION_NAME:
	case FROM_DESCRIPTION:
		odata_value_name(rows, relation->name, ret);
		return;
	case FROM_SEARCH_CODE:
		set_search_code(rows, relation->name, ret);
		return;
	case FROM_IS_CUSTOMER:
		odata_value_number(ret, relation->customer);
		return;
	case FROM_IS_SUPPLIER:
		odata_value_number(ret, relation->supplier);
		return;
	case FROM_STATUS:
		ret->store[0] = relation->status != 0 ? relation->status
				: relation->customer  ? 'C'
						      : 'A';
		ret->null = false;
		ret->len = 1;
		return;
	default:
		relation_details(rows, relation, source, ret);
		return;
	}
}

void odata_value_journal(const struct odata_rows *rows,
	const struct books_journal *journal, enum odata_source source,
	struct render_value *ret)
{
	const struct books_account *accounts = rows->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	switch (source) {
	case FROM_JOURNAL_CODE:
	case FROM_CODE:
		odata_value_name(rows, journal->code, ret);
		return;
	case FROM_JOURNAL_NAME:
	case FROM_DESCRIPTION:
		odata_value_name(rows, journal->description, ret);
		return;
	case FROM_TYPE:
		odata_value_number(ret, journal->type);
		return;
	default:
		if (journal->account > 0)
			odata_value_account(rows,
				&accounts[journal->account - 1], source, ret);
		return;
	}
}

void odata_value_account_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret)
{
	const struct books_account *accounts = rows->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	if (plus_one > 0)
		odata_value_account(rows, &accounts[plus_one - 1], source, ret);
}

void odata_value_relation_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret)
{
	const struct books_relation
		*relations = rows->set->tables[BOOKS_RELATIONS].rows;

	if (plus_one > 0)
		odata_value_relation(
			rows, &relations[plus_one - 1], source, ret);
}

void odata_value_journal_at(const struct odata_rows *rows, uint32_t journal,
	enum odata_source source, struct render_value *ret)
{
	const struct books_journal *journals = rows->set->tables[BOOKS_JOURNALS]
						       .rows;

	if (journal < rows->set->tables[BOOKS_JOURNALS].count)
		odata_value_journal(rows, &journals[journal], source, ret);
}

void odata_value_vat_at(const struct odata_rows *rows, uint16_t plus_one,
	uint16_t percent, enum odata_source source, struct render_value *ret)
{
	const struct books_vat *vats = rows->set->tables[BOOKS_VAT].rows;

	if (plus_one == 0)
		return;
	const struct books_vat *vat = &vats[plus_one - 1];
	if (source == FROM_VAT_CODE)
		render_set_padded(
			ret, books_names_text(rows->books, vat->code), 0, 3);
	else if (source == FROM_VAT_NAME)
		odata_value_name(rows, vat->description, ret);
	else if (source == FROM_VAT_TYPE)
		odata_value_letter(ret, vat->type);
	else
		odata_value_real(ret, (double)percent / 10000);
}

void odata_value_item_at(const struct odata_rows *rows, uint32_t plus_one,
	enum odata_source source, struct render_value *ret)
{
	const struct books_item *items = rows->set->tables[BOOKS_ITEMS].rows;

	if (plus_one == 0)
		return;
	const struct books_item *item = &items[plus_one - 1];
	switch (source) {
	case FROM_ITEM_ID:
		odata_value_guid(rows, BOOKS_ITEMS, item->head.serial, ret);
		return;
	case FROM_ITEM_CODE:
		odata_value_name(rows, item->code, ret);
		return;
	case FROM_ITEM_NAME:
		odata_value_name(rows, item->description, ret);
		return;
	case FROM_UNIT:
		render_set_padded(
			ret, books_names_text(rows->books, item->unit), 0, 8);
		return;
	default:
		odata_value_name(rows, item->unit, ret);
		return;
	}
}

void odata_value_document(const struct odata_rows *rows, uint32_t serial,
	enum odata_source source, struct render_value *ret)
{
	if (serial == 0)
		return;
	if (source == FROM_DOCUMENT_ID)
		odata_value_guid(rows, BOOKS_DOCUMENTS, serial, ret);
	else
		odata_value_number(ret, serial);
}
