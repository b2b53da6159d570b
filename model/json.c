/*
 * A record as one JSON object on one line.
 *
 * Fields are walked in the order of their table. Dotted names open and close
 * objects as their front changes:
 *
 *	id, journalRef.id, journalRef.name, recordRef.id
 *	{"id":"1","journalRef":{"id":"2","name":"Sales"},"recordRef":{"id":"3"}}
 *
 * Absent fields leave nothing behind, not even the object around them.
 */
#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "model/model.h"

static void put_object(const struct model_record *record, struct buf *ret);

static void put_decimal(int64_t value, int scale, struct buf *ret)
{
	char text[DECIMAL_TEXT_MAX];

	decimal_format(value, scale, text);
	buf_puts(ret, text);
}

static void put_children(
	const struct model_record *record, int field, struct buf *ret)
{
	size_t count = model_child_count(record, field);
	size_t i;

	buf_putc(ret, '[');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_putc(ret, ',');
		put_object(model_child(record, field, i), ret);
	}
	buf_putc(ret, ']');
}

static void put_value(
	const struct model_record *record, int field, struct buf *ret)
{
	const char *text;

	switch (model_record_table(record)->fields[field].kind) {
	case MODEL_TEXT:
	case MODEL_ENUM:
	case MODEL_MOMENT:
		text = model_text(record, field);
		buf_put_json(ret, text, strlen(text));
		return;
	case MODEL_MONEY:
		put_decimal(
			model_number(record, field), MODEL_MONEY_SCALE, ret);
		return;
	case MODEL_RATE:
		put_decimal(model_number(record, field), MODEL_RATE_SCALE, ret);
		return;
	case MODEL_INTEGER:
		put_decimal(model_number(record, field), 0, ret);
		return;
	case MODEL_BOOLEAN:
		buf_puts(ret, model_number(record, field) ? "true" : "false");
		return;
	case MODEL_CHILDREN:
		put_children(record, field, ret);
		return;
	}
	assert(0 && "a kind that json.c doesn't know");
}

/* How much of `front` ("a.b.", objects now open) also fronts `name`. */
static size_t shared_front(const char *front, size_t len, const char *name)
{
	size_t shared = 0;
	size_t i;

	for (i = 0; i < len && front[i] == name[i]; i++) {
		if (front[i] == '.')
			shared = i + 1;
	}
	return shared;
}

static void close_objects(const char *front, size_t len, struct buf *ret)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (front[i] == '.')
			buf_putc(ret, '}');
	}
}

static void put_object(const struct model_record *record, struct buf *ret)
{
	const struct model_table *table = model_record_table(record);
	const char
		*open = ""; /* the name whose first open_len bytes are open */
	const char *name;
	const char *dot;
	size_t open_len = 0;
	size_t shared;
	bool comma = false;
	size_t i;

	buf_putc(ret, '{');
	for (i = 0; i < table->count; i++) {
		if (!model_is_set(record, (int)i) || table->fields[i].hidden)
			continue;
		name = table->fields[i].name;
		shared = shared_front(open, open_len, name);
		close_objects(open + shared, open_len - shared, ret);
		if (comma)
			buf_putc(ret, ',');
		open = name;
		open_len = shared;
		for (;;) {
			dot = strchr(name + open_len, '.');
			if (dot == NULL)
				break;
			buf_put_json(ret, name + open_len,
				(size_t)(dot - name) - open_len);
			buf_puts(ret, ":{");
			open_len = (size_t)(dot - name) + 1;
		}
		buf_put_json(ret, name + open_len, strlen(name + open_len));
		buf_putc(ret, ':');
		put_value(record, (int)i, ret);
		comma = true;
	}
	close_objects(open, open_len, ret);
	buf_putc(ret, '}');
}

void model_json(const struct model_record *record, struct buf *ret)
{
	put_object(record, ret);
}
