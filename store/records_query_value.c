/*
 * A value's text to what the column holds, so that SQL compares like with
 * like:
 *
 *	totalAmount > 12.5              125000 (10^-4 units)
 *	status = paid                   Paid, the enum's own word
 *	id = 81BE41E9-5C2C-…            81be41e9-5c2c-…
 *	name ~ 50%                      %50\%%, a pattern for LIKE
 *	dueDate < 2026-02-01            2026-02-01T00:00:00
 *	modifiedDate >= 2026-02-01T01:00:00.5+01:00
 *	                                2026-02-01T00:00:00.500
 *
 * A moment is compared as text without its Z: a whole second is then the
 * front of its fractions, and comes before them.
 */
#include "store/records_query_parts.h"

#include <string.h>
#include <strings.h>

#include "base/decimal.h"
#include "base/when.h"

#define VALUE_SHOWN 60 /* bytes of a wrong value that an error repeats */

static const char *const operator_texts[QUERY_OPERATORS] = {
	[QUERY_EQUAL] = "=",
	[QUERY_UNEQUAL] = "!=",
	[QUERY_CONTAINS] = "~",
	[QUERY_GREATER] = ">",
	[QUERY_LESS] = "<",
	[QUERY_NOT_LESS] = ">=",
	[QUERY_NOT_GREATER] = "<=",
};

#define BIT(operator) (1u << (operator))
#define EQUALITY      (BIT(QUERY_EQUAL) | BIT(QUERY_UNEQUAL))
#define RANGES                                                                 \
	(EQUALITY | BIT(QUERY_GREATER) | BIT(QUERY_LESS) |                     \
		BIT(QUERY_NOT_LESS) | BIT(QUERY_NOT_GREATER))

static const struct {
	const char *name; /* what the field is, for a sentence */
	unsigned operators;
	const char *list;
} kinds[] = {
	[MODEL_TEXT] = { "a text", EQUALITY | BIT(QUERY_CONTAINS), "=, !=, ~" },
	[MODEL_ENUM] = { "one of a few words", EQUALITY | BIT(QUERY_CONTAINS),
		"=, !=, ~" },
	[MODEL_MOMENT] = { "a date", RANGES, "=, !=, >, <, >=, <=" },
	[MODEL_MONEY] = { "an amount", RANGES, "=, !=, >, <, >=, <=" },
	[MODEL_RATE] = { "a number", RANGES, "=, !=, >, <, >=, <=" },
	[MODEL_INTEGER] = { "a whole number", RANGES, "=, !=, >, <, >=, <=" },
	[MODEL_BOOLEAN] = { "true or false", EQUALITY, "=, !=" },
	[MODEL_CHILDREN] = { "an array", 0, "" },
};

const char *query_operator_text(enum query_operator operator)
{
	return operator_texts[operator];
}

/* ---- numbers -------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many decimals a plain number has, without zeros at its end; -1 when the
 * text is no plain number. */
static int decimals_of(const char *text)
{
	int count = 0;
	int zeros = 0;

	if (*text == '-')
		text++;
	if (!is_digit(*text))
		return -1;
	while (is_digit(*text))
		text++;
	if (*text == '\0')
		return 0;
	if (*text != '.' || !is_digit(text[1]))
		return -1;
	for (text++; is_digit(*text); text++) {
		zeros = *text == '0' ? zeros + 1 : 0;
		count++;
	}
	return *text == '\0' ? count - zeros : -1;
}

static int read_number(const struct model_field *field, const char *text,
	int64_t *ret, struct error *err)
{
	int scale = field->kind == MODEL_MONEY  ? MODEL_MONEY_SCALE
		    : field->kind == MODEL_RATE ? MODEL_RATE_SCALE
						: 0;
	int decimals;

	if (*text == '+')
		text++;
	decimals = decimals_of(text);
	if (decimals > scale)
		return error_set(err, FAIL_USAGE,
			"%s keeps %d decimals, so no record has exactly "
			"%.*s: name fewer decimals",
			field->name, scale, VALUE_SHOWN, text);
	if (decimals < 0)
		return error_set(err, FAIL_USAGE,
			"%s is %s, and '%.*s' is not one such as 12.5",
			field->name, kinds[field->kind].name, VALUE_SHOWN,
			text);
	if (decimal_parse(text, scale, ret) != 0)
		return error_set(err, FAIL_USAGE,
			"%s: '%.*s' is not a number that the field can hold",
			field->name, VALUE_SHOWN, text);
	return 0;
}

/* ---- moments -------------------------------------------------------------- */

struct moment {
	int year, month, day, hour, minute, second;
	char fraction[8]; /* 3 to 7 digits as they are stored, or none */
};

/* Reads exactly `count` digits; NULL when they are not there. */
static const char *digits(const char *at, int count, int *ret)
{
	int value = 0;

	for (int i = 0; at && i < count; i++) {
		if (!is_digit(at[i]))
			return NULL;
		value = value * 10 + (at[i] - '0');
	}
	*ret = value;
	return at ? at + count : NULL;
}

static const char *expect(const char *at, char c)
{
	return at && *at == c ? at + 1 : NULL;
}

static const char *read_date(const char *at, struct moment *ret)
{
	struct when_civil there, back;

	at = digits(at, 4, &ret->year);
	at = digits(expect(at, '-'), 2, &ret->month);
	at = digits(expect(at, '-'), 2, &ret->day);
	if (!at || ret->year < 1 || ret->month < 1 || ret->month > 12 ||
		ret->day < 1 || ret->day > 31)
		return NULL;
	there = (struct when_civil){ ret->year, ret->month, ret->day };
	back = when_civil(when_days(there));
	return back.month == ret->month && back.day == ret->day ? at : NULL;
}

static const char *read_fraction(const char *at, struct moment *ret)
{
	size_t len = strspn(at, "0123456789");

	if (len == 0 || len >= sizeof(ret->fraction))
		return NULL;
	memcpy(ret->fraction, at, len);
	at += len;
	while (len > 0 && ret->fraction[len - 1] == '0')
		ret->fraction[--len] = '\0';
	while (len > 0 && len < 3)
		ret->fraction[len++] = '0';
	return at;
}

/* "T06:00", with seconds and a fraction when they are there. */
static const char *read_time(const char *at, struct moment *ret)
{
	at = digits(at + 1, 2, &ret->hour);
	at = digits(expect(at, ':'), 2, &ret->minute);
	if (at && *at == ':')
		at = digits(at + 1, 2, &ret->second);
	if (!at || ret->hour > 23 || ret->minute > 59 || ret->second > 59)
		return NULL;
	return *at == '.' ? read_fraction(at + 1, ret) : at;
}

/* "+01:00" or "-0500"; in seconds. */
static const char *read_offset(const char *at, int64_t *ret)
{
	int sign = *at == '-' ? -1 : 1;
	int hours = 0, minutes = 0;

	at = digits(at + 1, 2, &hours);
	if (at && *at == ':')
		at++;
	at = digits(at, 2, &minutes);
	if (!at || hours > 14 || minutes > 59)
		return NULL;
	*ret = sign * (hours * 3600 + minutes * 60);
	return at;
}

static bool put_moment(const char *at, struct buf *ret)
{
	struct moment moment = { 0 };
	char whole[WHEN_TEXT_MAX];
	int64_t offset = 0;
	int64_t ms;

	at = read_date(at, &moment);
	if (at && *at != '\0' && strchr("Tt ", *at)) {
		at = read_time(at, &moment);
		if (at && (*at == 'Z' || *at == 'z'))
			at++;
		else if (at && (*at == '+' || *at == '-'))
			at = read_offset(at, &offset);
	}
	if (!at || *at != '\0')
		return false;
	ms = when_days((struct when_civil){
		     moment.year, moment.month, moment.day }) *
		     INT64_C(86400000) +
	     (moment.hour * 3600 + moment.minute * 60 + moment.second -
		     offset) *
		     INT64_C(1000);
	/* An offset may lead out of the years that four digits hold. */
	if (ms < when_days((struct when_civil){ 1, 1, 1 }) *
				INT64_C(86400000) ||
		ms >= (when_days((struct when_civil){ 9999, 12, 31 }) + 1) *
				INT64_C(86400000))
		return false;
	when_format_local(ms, whole);
	buf_puts(ret, whole);
	if (moment.fraction[0] != '\0')
		buf_printf(ret, ".%s", moment.fraction);
	return true;
}

/* ---- texts ---------------------------------------------------------------- */

static void put_pattern(const char *text, struct buf *ret)
{
	buf_putc(ret, '%');
	for (; *text != '\0'; text++) {
		if (strchr("%_\\", *text))
			buf_putc(ret, '\\');
		buf_putc(ret, *text);
	}
	buf_putc(ret, '%');
}

static bool is_guid(const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		if (shape[i] == '-' ? text[i] != '-'
				    : text[i] == '\0' ||
					      !strchr("0123456789abcdefABCDEF",
						      text[i]))
			return false;
	}
	return text[sizeof(shape) - 1] == '\0';
}

static void put_id(const char *text, struct buf *ret)
{
	bool lower = is_guid(text);

	for (; *text != '\0'; text++)
		buf_putc(ret, lower && *text >= 'A' && *text <= 'F'
				      ? (char)(*text - 'A' + 'a')
				      : *text);
}

/* The enum's own word for one in any case; NULL when it has none. */
static const char *enum_word(const struct model_field *field, const char *text)
{
	for (size_t i = 0; field->values[i]; i++) {
		if (strcasecmp(field->values[i], text) == 0)
			return field->values[i];
	}
	return NULL;
}

static int refuse_word(
	const struct model_field *field, const char *text, struct error *err)
{
	struct buf words;

	buf_init(&words, 300);
	for (size_t i = 0; field->values[i]; i++)
		buf_printf(
			&words, "%s%s", i == 0 ? "" : ", ", field->values[i]);
	error_set(err, FAIL_USAGE, "%s is never '%.*s'; it is one of %s",
		field->name, VALUE_SHOWN, text, words.data);
	buf_free(&words);
	return FAIL_USAGE;
}

/* ---- all kinds ------------------------------------------------------------ */

static int read_text(struct records_filter *filter, struct query_node *term,
	const struct model_field *field, const char *text, struct error *err)
{
	const char *word;

	term->value.text = filter->texts.len;
	if (term->operator== QUERY_CONTAINS) {
		put_pattern(text, &filter->texts);
	} else if (field->kind == MODEL_ENUM) {
		word = enum_word(field, text);
		if (!word)
			return refuse_word(field, text, err);
		buf_puts(&filter->texts, word);
	} else if (field->kind == MODEL_MOMENT) {
		if (!put_moment(text, &filter->texts))
			return error_set(err, FAIL_USAGE,
				"%s is a date, and '%.*s' is not one such as "
				"2026-02-01 or 2026-02-01T06:00:00Z",
				field->name, VALUE_SHOWN, text);
	} else if (query_field_is_id(filter->type, term->field)) {
		put_id(text, &filter->texts);
	} else {
		buf_puts(&filter->texts, text);
	}
	buf_putc(&filter->texts, '\0');
	return 0;
}

int query_value_read(struct records_filter *filter, struct query_node *term,
	const char *text, struct error *err)
{
	const struct model_field *field = &filter->type->table
						   .fields[term->field];

	if ((kinds[field->kind].operators & BIT(term->operator)) == 0)
		return error_set(err, FAIL_USAGE,
			"%s is %s and cannot be compared by %s; use one of %s",
			field->name, kinds[field->kind].name,
			operator_texts[term->operator], kinds[field->kind].list);
	switch (field->kind) {
	case MODEL_MONEY:
	case MODEL_RATE:
	case MODEL_INTEGER:
		term->value.is_number = true;
		return read_number(field, text, &term->value.number, err);
	case MODEL_BOOLEAN:
		term->value.is_number = true;
		term->value.number = strcasecmp(text, "true") == 0;
		if (!term->value.number && strcasecmp(text, "false") != 0)
			return error_set(err, FAIL_USAGE,
				"%s is true or false, not '%.*s'", field->name,
				VALUE_SHOWN, text);
		return 0;
	case MODEL_TEXT:
	case MODEL_ENUM:
	case MODEL_MOMENT:
	case MODEL_CHILDREN:
		break;
	}
	return read_text(filter, term, field, text, err);
}
