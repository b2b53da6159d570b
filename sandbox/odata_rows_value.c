/*
 * From a row and a property to a value.
 *
 * One amount in a hundred, chosen by its row, is the double next to the
 * right one: 19.99 is shown as 19.990000000000002, and 0 as 1E-05.
 */
#include "sandbox/odata_rows.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/ledger_chart.h"

#define DAY_MS 86400000

static const struct {
	enum odata_kind rows;
	enum books_kind kind;
} tables[] = {
	{ ODATA_ROWS_LINES, BOOKS_LINES },
	{ ODATA_ROWS_ACCOUNTS, BOOKS_ACCOUNTS },
	{ ODATA_ROWS_JOURNALS, BOOKS_JOURNALS },
	{ ODATA_ROWS_RELATIONS, BOOKS_RELATIONS },
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

static void set_number(struct render_value *value, int64_t number)
{
	value->null = false;
	value->number = number;
	value->real = (double)number;
}

static void set_guid(const struct odata_rows *rows, enum books_kind kind,
	uint32_t serial, struct render_value *ret)
{
	int division = kind == BOOKS_USER ? 0 : rows->set->division.code;

	ret->null = false;
	ret->guid = books_index_guid(rows->books, division, kind, serial);
}

static void set_name(
	const struct odata_rows *rows, uint32_t text, struct render_value *ret)
{
	if (text != 0)
		render_set_text(ret, books_names_text(rows->books, text));
}

static void set_moment(
	const struct odata_rows *rows, int64_t utc_ms, struct render_value *ret)
{
	set_number(ret, render_local(utc_ms, rows->uk));
}

/* The double next to it, away from zero. */
static double next_double(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	bits++;
	memcpy(&value, &bits, sizeof(bits));
	return value;
}

static void set_amount(
	uint32_t serial, unsigned salt, int64_t cents, struct render_value *ret)
{
	ret->null = false;
	ret->real = (double)cents / 100;
	if (((serial * 2654435761u + salt * 40503u) >> 8) % 100 != 0)
		return;
	ret->real = cents == 0 ? 1E-05 : next_double(ret->real);
}

/* "RENTE    ": eight letters of the name, in capitals, nine wide. */
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

/* What all rows of a division share. */
static void common_value(const struct odata_rows *rows,
	const struct odata_property *property, struct render_value *ret)
{
	const struct books_division *division;

	switch (property->source) {
	case FROM_NUMBER:
		set_number(ret, property->number);
		return;
	case FROM_TEXT:
		render_set_text(ret, property->text);
		return;
	case FROM_USER_ID:
		set_guid(rows, BOOKS_USER, 1, ret);
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
	if (rows->set == NULL)
		return;
	division = &rows->set->division;
	switch (property->source) {
	case FROM_DIVISION:
		set_number(ret, division->code);
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

static void account_value(const struct odata_rows *rows,
	const struct books_account *account, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_ACCOUNT_ID:
		set_guid(rows, BOOKS_ACCOUNTS, account->head.serial, ret);
		return;
	case FROM_ACCOUNT_CODE:
	case FROM_CODE:
		set_name(rows, account->code, ret);
		return;
	case FROM_ACCOUNT_NAME:
	case FROM_DESCRIPTION:
		set_name(rows, account->description, ret);
		return;
	case FROM_ACCOUNT_TYPE:
	case FROM_TYPE:
		set_number(ret, account->type);
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
	default:
		return;
	}
}

static void relation_value(const struct odata_rows *rows,
	const struct books_relation *relation, enum odata_source source,
	struct render_value *ret)
{
	switch (source) {
	case FROM_RELATION_ID:
		set_guid(rows, BOOKS_RELATIONS, relation->head.serial, ret);
		return;
	case FROM_RELATION_CODE:
	case FROM_CODE:
		render_set_padded(ret,
			books_names_text(rows->books, relation->code), 18, 0);
		return;
	case FROM_RELATION_NAME:
	case FROM_DESCRIPTION:
		set_name(rows, relation->name, ret);
		return;
	case FROM_SEARCH_CODE:
		set_search_code(rows, relation->name, ret);
		return;
	case FROM_IS_CUSTOMER:
		set_number(ret, relation->customer);
		return;
	case FROM_IS_SUPPLIER:
		set_number(ret, relation->supplier);
		return;
	case FROM_STATUS:
		render_set_text(ret, relation->customer ? "C" : "A");
		return;
	default:
		return;
	}
}

static void journal_value(const struct odata_rows *rows,
	const struct books_journal *journal, enum odata_source source,
	struct render_value *ret)
{
	const struct books_account *accounts = rows->set->tables[BOOKS_ACCOUNTS]
						       .rows;

	switch (source) {
	case FROM_JOURNAL_CODE:
	case FROM_CODE:
		set_name(rows, journal->code, ret);
		return;
	case FROM_JOURNAL_NAME:
	case FROM_DESCRIPTION:
		set_name(rows, journal->description, ret);
		return;
	case FROM_TYPE:
		set_number(ret, journal->type);
		return;
	default:
		if (journal->account > 0)
			account_value(rows, &accounts[journal->account - 1],
				source, ret);
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
			relation_value(rows, &relations[line->relation - 1],
				source, ret);
		return;
	case FROM_ACCOUNT_ID:
	case FROM_ACCOUNT_CODE:
	case FROM_ACCOUNT_NAME:
		account_value(rows, &accounts[line->account], source, ret);
		return;
	case FROM_JOURNAL_CODE:
	case FROM_JOURNAL_NAME:
		journal_value(rows, &journals[line->journal], source, ret);
		return;
	case FROM_AMOUNT_DC:
		set_amount(line->head.serial, 1, line->amount_dc, ret);
		return;
	case FROM_AMOUNT_FC:
		set_amount(line->head.serial, 2, line->amount_fc, ret);
		return;
	case FROM_RATE:
		ret->null = false;
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
		set_number(ret, (int64_t)line->date * DAY_MS);
		return;
	case FROM_DESCRIPTION:
		set_name(rows, line->description, ret);
		return;
	case FROM_REFERENCE:
		set_name(rows, line->reference, ret);
		return;
	case FROM_ENTRY_ID:
		set_guid(rows, BOOKS_ENTRIES, entry->serial, ret);
		return;
	case FROM_ENTRY_NUMBER:
		set_number(ret, entry->number);
		return;
	case FROM_YEAR:
		set_number(ret, line->year);
		return;
	case FROM_PERIOD:
		set_number(ret, line->period);
		return;
	case FROM_LINE_NUMBER:
		set_number(ret, line->number);
		return;
	case FROM_TYPE:
		set_number(ret, line->type);
		return;
	default:
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
	default:
		return ((const struct books_relation *)row)->created_ms;
	}
}

/* Where the source has a meaning for that table it wins over the division's
 * value of the same name. */
static void table_value(const struct odata_rows *rows, enum books_kind kind,
	size_t index, enum odata_source source, struct render_value *ret)
{
	const struct books_head *head = books_index_head(
		&rows->set->tables[kind], index);

	switch (source) {
	case FROM_TIMESTAMP:
		set_number(ret, (int64_t)head->version);
		return;
	case FROM_ID:
		set_guid(rows, kind, head->serial, ret);
		return;
	case FROM_CREATED:
		set_moment(rows, created_ms(rows, kind, head), ret);
		return;
	case FROM_CREATED_DAY:
		set_number(ret, created_ms(rows, kind, head) / DAY_MS * DAY_MS);
		return;
	case FROM_MODIFIED:
		set_moment(rows, head->modified_ms, ret);
		return;
	default:
		break;
	}
	if (kind == BOOKS_LINES)
		line_value(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_ACCOUNTS)
		account_value(rows, (const void *)head, source, ret);
	else if (kind == BOOKS_JOURNALS)
		journal_value(rows, (const void *)head, source, ret);
	else
		relation_value(rows, (const void *)head, source, ret);
}

static void deleted_value(const struct odata_rows *rows, size_t index,
	enum odata_source source, struct render_value *ret)
{
	static const int entity_types[BOOKS_TABLES] = {
		[BOOKS_LINES] = 1,
		[BOOKS_ACCOUNTS] = 7,
		[BOOKS_RELATIONS] = 2,
	};
	const struct books_deleted *row = &rows->set->deleted[index];

	switch (source) {
	case FROM_TIMESTAMP:
		set_number(ret, (int64_t)row->version);
		return;
	case FROM_ID:
		set_guid(rows, BOOKS_DELETED, row->serial, ret);
		return;
	case FROM_KEY:
		set_guid(rows, row->kind, row->key, ret);
		return;
	case FROM_MODIFIED:
		set_moment(rows, row->deleted_ms, ret);
		return;
	case FROM_ENTITY_TYPE:
		set_number(ret, entity_types[row->kind]);
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
	case FROM_CODE:
		set_number(ret, division->code);
		return;
	case FROM_DESCRIPTION:
	case FROM_RELATION_NAME:
		render_set_text(ret, division->name);
		return;
	case FROM_CREATED:
	case FROM_MODIFIED:
		set_moment(rows, set->created_ms, ret);
		return;
	case FROM_CREATED_DAY:
		set_number(ret, set->created_ms / DAY_MS * DAY_MS);
		return;
	case FROM_BLOCKING:
		set_number(ret, division->blocking_status);
		return;
	case FROM_STATUS:
		set_number(ret, division->status);
		return;
	case FROM_MOVED:
		if (division->moved_ms != 0)
			set_moment(rows, division->moved_ms, ret);
		return;
	case FROM_IS_CURRENT:
		set_number(ret, division->code == rows->request->division);
		return;
	case FROM_HID:
		set_number(ret, (int64_t)index + 1);
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
		set_number(ret, me->current_division);
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
		if (blank != NULL)
			render_set_text(ret, blank + 1);
		return;
	case FROM_SERVER_TIME:
		server_time(rows, ret);
		return;
	case FROM_UTC_OFFSET:
		set_number(ret, render_offset_s(rows->now_wall_ms, rows->uk));
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
			set_number(ret, (int64_t)rows->found);
		else if (known->source == FROM_MODIFIED)
			set_number(ret, rows->asked_ms);
		else if (known->source == FROM_API)
			render_set_text(ret, rows->asked_api);
	} else {
		division_value(rows, row, known->source, ret);
	}
	if (ret->null)
		common_value(rows, known, ret);
}
