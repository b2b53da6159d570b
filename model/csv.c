/*
 * Records as CSV (RFC 4180: CR LF, a cell is quoted when it holds a comma, a
 * quote, CR or LF, or begins or ends with a blank).
 *
 * A table has two dimensions and a record may have more, so there are two
 * kinds of table:
 *
 * - Records: one row a record, without its lines. Any other array (addresses,
 *   tax components) is folded: one cell a field, the elements' values joined
 *   by "; ".
 * - Lines: one row a line, with the record's id and whether it is deleted. No
 *   other value of the record is there, since a total that stands on each
 *   line would be added up once a line. An array inside a line is folded. A
 *   record without lines has no row.
 *
 * An array inside a folded one is left out.
 *
 *	id,metadata.isDeleted,journalLines.netAmount,journalLines.tracking…
 *	e1,false,12.5,c1; c2
 *	e1,false,-12.5,
 *
 * Lines are the array whose table calls a row "line"; a type has one at most.
 * An absent value is an empty cell, an empty text is "".
 */
#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "model/model.h"

/* What a folded cell of one line may grow to. */
#define CELL_MAX (1u << 20)

int model_lines(const struct model_type *type)
{
	const struct model_table *table = &type->table;

	for (size_t i = 0; i < table->count; i++) {
		if (table->fields[i].kind == MODEL_CHILDREN &&
			strcmp(table->fields[i].child->row, "line") == 0)
			return (int)i;
	}
	return -1;
}

static void comma(bool *first, struct buf *ret)
{
	if (!*first)
		buf_putc(ret, ',');
	*first = false;
}

/* The fields that a folded array has a cell for. */
static bool is_folded(const struct model_field *field)
{
	return field->kind != MODEL_CHILDREN && !field->hidden;
}

static void put_folded_names(const struct model_field *array, const char *front,
	bool *first, struct buf *ret)
{
	for (size_t i = 0; i < array->child->count; i++) {
		if (!is_folded(&array->child->fields[i]))
			continue;
		comma(first, ret);
		buf_printf(ret, "%s%s.%s", front, array->name,
			array->child->fields[i].name);
	}
}

/* All fields of a table, but `skipped`. */
static void put_names(const struct model_table *table, const char *front,
	int skipped, bool *first, struct buf *ret)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct model_field *field = &table->fields[i];

		if ((int)i == skipped || field->hidden)
			continue;
		if (field->kind == MODEL_CHILDREN) {
			put_folded_names(field, front, first, ret);
			continue;
		}
		comma(first, ret);
		buf_printf(ret, "%s%s", front, field->name);
	}
}

void model_csv_header(
	const struct model_type *type, enum model_rows rows, struct buf *ret)
{
	const struct model_field *fields = type->table.fields;
	int lines = model_lines(type);
	bool first = true;
	struct buf front;

	if (rows == MODEL_RECORDS) {
		put_names(&type->table, "", lines, &first, ret);
	} else {
		assert(lines >= 0);
		buf_init(&front, CELL_MAX);
		buf_printf(&front, "%s.", fields[lines].name);
		buf_printf(ret, "%s,%s", fields[0].name,
			fields[type->is_deleted].name);
		first = false;
		put_names(fields[lines].child, front.data, -1, &first, ret);
		ret->failed |= buf_failed(&front);
		buf_free(&front);
	}
	buf_puts(ret, "\r\n");
}

static void put_text(const char *text, struct buf *ret)
{
	size_t len = strlen(text);

	if (len > 0 && strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' &&
		text[len - 1] != ' ') {
		buf_append(ret, text, len);
		return;
	}
	buf_putc(ret, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_putc(ret, '"');
		buf_putc(ret, *text);
	}
	buf_putc(ret, '"');
}

/* The value's plain text, appended. */
static void put_plain(
	const struct model_record *record, int field, struct buf *ret)
{
	char text[DECIMAL_TEXT_MAX];
	int scale = 0;

	switch (model_record_table(record)->fields[field].kind) {
	case MODEL_TEXT:
	case MODEL_ENUM:
	case MODEL_MOMENT:
		buf_puts(ret, model_text(record, field));
		return;
	case MODEL_BOOLEAN:
		buf_puts(ret, model_number(record, field) ? "true" : "false");
		return;
	case MODEL_CHILDREN:
		return;
	case MODEL_MONEY:
		scale = MODEL_MONEY_SCALE;
		break;
	case MODEL_RATE:
		scale = MODEL_RATE_SCALE;
		break;
	case MODEL_INTEGER:
		break;
	}
	decimal_format(model_number(record, field), scale, text);
	buf_puts(ret, text);
}

/* One cell per field of the children's table. */
static void put_folded(const struct model_record *parent, int children,
	bool *first, struct buf *ret)
{
	const struct model_table
		*table = model_record_table(parent)->fields[children].child;
	const struct model_record *child;
	struct buf cell;
	size_t count = model_child_count(parent, children);
	size_t i, j;

	buf_init(&cell, CELL_MAX);
	for (i = 0; i < table->count; i++) {
		if (!is_folded(&table->fields[i]))
			continue;
		comma(first, ret);
		buf_reset(&cell);
		for (j = 0; j < count; j++) {
			child = model_child(parent, children, j);
			if (j > 0)
				buf_puts(&cell, "; ");
			if (model_is_set(child, (int)i))
				put_plain(child, (int)i, &cell);
		}
		if (count > 0)
			put_text(cell.data, ret);
		ret->failed |= buf_failed(&cell);
	}
	buf_free(&cell);
}

static void put_cell(
	const struct model_record *record, int field, struct buf *ret)
{
	struct buf cell;

	if (!model_is_set(record, field))
		return;
	buf_init(&cell, MODEL_RECORD_MAX);
	put_plain(record, field, &cell);
	put_text(cell.data, ret);
	ret->failed |= buf_failed(&cell);
	buf_free(&cell);
}

static void put_cells(const struct model_record *record, int skipped,
	bool *first, struct buf *ret)
{
	const struct model_table *table = model_record_table(record);

	for (size_t i = 0; i < table->count; i++) {
		if ((int)i == skipped || table->fields[i].hidden)
			continue;
		if (table->fields[i].kind == MODEL_CHILDREN) {
			put_folded(record, (int)i, first, ret);
			continue;
		}
		comma(first, ret);
		put_cell(record, (int)i, ret);
	}
}

void model_csv(const struct model_type *type, const struct model_record *record,
	enum model_rows rows, struct buf *ret)
{
	int lines = model_lines(type);
	bool first = true;
	size_t count;

	if (rows == MODEL_RECORDS) {
		put_cells(record, lines, &first, ret);
		buf_puts(ret, "\r\n");
		return;
	}
	assert(lines >= 0);
	count = model_child_count(record, lines);
	for (size_t i = 0; i < count; i++) {
		put_cell(record, 0, ret);
		buf_putc(ret, ',');
		put_cell(record, type->is_deleted, ret);
		first = false;
		put_cells(model_child(record, lines, i), -1, &first, ret);
		buf_puts(ret, "\r\n");
	}
}
