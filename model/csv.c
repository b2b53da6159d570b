/*
 * Records as CSV (RFC 4180: CR LF, a cell is quoted when it holds a comma, a
 * quote, CR or LF, or begins or ends with a blank).
 *
 * A table has two dimensions and a record may have more. So:
 *
 * - The first children field of the type is unfolded: one line per child,
 *   the record's own cells repeated on each. A record without children gives
 *   one line with those cells empty.
 * - Any other children are folded into one cell per field, joined by "; ".
 *
 *	id,journalLines.netAmount,journalLines.tracking.recordRefs.id
 *	e1,12.5,c1; c2
 *	e1,-12.5,
 *
 * An absent value is an empty cell, an empty text is "".
 */
#include <string.h>

#include "base/decimal.h"
#include "model/model.h"

/* What a folded cell of one line may grow to. */
#define CELL_MAX (1u << 20)

static int unfolded(const struct model_table *table)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind == MODEL_CHILDREN)
			return (int)i;
	}
	return -1;
}

static void put_header(const struct model_table *table, const char *front,
	bool *first, struct buf *ret)
{
	struct buf deeper;
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind == MODEL_CHILDREN) {
			buf_init(&deeper, CELL_MAX);
			buf_printf(
				&deeper, "%s%s.", front, table->fields[i].name);
			put_header(table->fields[i].child, deeper.data, first,
				ret);
			ret->failed |= buf_failed(&deeper);
			buf_free(&deeper);
			continue;
		}
		if (table->fields[i].hidden)
			continue;
		if (!*first)
			buf_putc(ret, ',');
		*first = false;
		buf_puts(ret, front);
		buf_puts(ret, table->fields[i].name);
	}
}

void model_csv_header(const struct model_type *type, struct buf *ret)
{
	bool first = true;

	put_header(&type->table, "", &first, ret);
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

static void comma(bool *first, struct buf *ret)
{
	if (!*first)
		buf_putc(ret, ',');
	*first = false;
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

/* Cells for a table without a record. */
static void put_nothing(
	const struct model_table *table, bool *first, struct buf *ret)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		if (table->fields[i].kind == MODEL_CHILDREN)
			put_nothing(table->fields[i].child, first, ret);
		else
			comma(first, ret);
	}
}

static void put_cells(const struct model_record *record, int unfold,
	const struct model_record *child, bool *first, struct buf *ret)
{
	const struct model_table *table = model_record_table(record);
	struct buf cell;
	size_t i;

	buf_init(&cell, MODEL_RECORD_MAX);
	for (i = 0; i < table->count; i++) {
		if ((int)i == unfold) {
			if (child == NULL)
				put_nothing(table->fields[i].child, first, ret);
			else
				put_cells(child, -1, NULL, first, ret);
			continue;
		}
		if (table->fields[i].kind == MODEL_CHILDREN) {
			put_folded(record, (int)i, first, ret);
			continue;
		}
		if (table->fields[i].hidden)
			continue;
		comma(first, ret);
		if (!model_is_set(record, (int)i))
			continue;
		buf_reset(&cell);
		put_plain(record, (int)i, &cell);
		put_text(cell.data, ret);
		ret->failed |= buf_failed(&cell);
	}
	buf_free(&cell);
}

void model_csv(const struct model_record *record, struct buf *ret)
{
	int unfold = unfolded(model_record_table(record));
	size_t count = unfold < 0 ? 0 : model_child_count(record, unfold);
	size_t i = 0;
	bool first;

	do {
		first = true;
		put_cells(record, unfold,
			count == 0 ? NULL : model_child(record, unfold, i),
			&first, ret);
		buf_puts(ret, "\r\n");
		i++;
	} while (i < count);
}
