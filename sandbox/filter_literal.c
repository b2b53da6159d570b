/*
 * Literals of filters, keys and skip tokens:
 *
 *	guid'…'  datetime'2024-01-31T10:20:30.123'  'it''s'  12  12L  -1.5e3d
 *	true  false  null
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books_rows.h"
#include "sandbox/filter_nodes.h"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The content of guid'…' or datetime'…'. */
static bool quoted(char **text, struct buf *ret)
{
	char *at = *text;

	if (*at != '\'')
		return false;
	for (at++; *at != '\0'; at++) {
		if (*at == '\'' && *++at != '\'') {
			*text = at;
			return true;
		}
		buf_putc(ret, *at);
	}
	return false;
}

static bool two_digits(const char **at, int *ret)
{
	if (!isdigit((unsigned char)(*at)[0]) ||
		!isdigit((unsigned char)(*at)[1]))
		return false;
	*ret = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
	*at += 2;
	return true;
}

static bool clock_part(const char **at, int64_t *ret_ms)
{
	int hour;
	int minute;
	int second = 0;
	int64_t fraction = 0;

	++*at;
	if (!two_digits(at, &hour) || *(*at)++ != ':' ||
		!two_digits(at, &minute))
		return false;
	if (**at == ':') {
		++*at;
		if (!two_digits(at, &second))
			return false;
		if (**at == '.') {
			int64_t unit = 100;
			if (!isdigit((unsigned char)*++*at))
				return false;
			for (; isdigit((unsigned char)**at); ++*at) {
				fraction += (**at - '0') * unit;
				unit /= 10;
			}
		}
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_ms = ((hour * 60 + minute) * 60 + second) * 1000LL + fraction;
	return true;
}

/* 2024-01-31, 2024-01-31T10:20, …:30, …:30.123, with or without Z. */
static bool moment(const char *text, int64_t *ret_ms)
{
	const char *at = text;
	int century;
	int year;
	int month;
	int day;
	int64_t ms = 0;

	if (!two_digits(&at, &century) || !two_digits(&at, &year) ||
		*at++ != '-' || !two_digits(&at, &month) || *at++ != '-' ||
		!two_digits(&at, &day))
		return false;
	year += century * 100;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	int64_t days = render_days(year, month, day);
	int back[3];
	render_civil(days, &back[0], &back[1], &back[2]);
	if (back[1] != month)
		return false;
	if (*at == 'T' && !clock_part(&at, &ms))
		return false;
	if (*at == 'Z')
		at++;
	*ret_ms = days * 86400000 + ms;
	return *at == '\0';
}

static bool number(char **text, struct render_value *ret)
{
	char *at = *text;
	size_t len = 0;
	bool real = false;
	char copy[48];

	if (*at == '-' || *at == '+')
		at++;
	if (!isdigit((unsigned char)*at))
		return false;
	while (isdigit((unsigned char)*at))
		at++;
	if (*at == '.') {
		real = true;
		at++;
		if (!isdigit((unsigned char)*at))
			return false;
		while (isdigit((unsigned char)*at))
			at++;
	}
	if (*at == 'e' || *at == 'E') {
		real = true;
		at++;
		if (*at == '-' || *at == '+')
			at++;
		if (!isdigit((unsigned char)*at))
			return false;
		while (isdigit((unsigned char)*at))
			at++;
	}
	len = (size_t)(at - *text);
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, *text, len);
	copy[len] = '\0';
	ret->type = ODATA_INT32;
	if (*at == 'd' || *at == 'D' || *at == 'f' || *at == 'F' ||
		*at == 'm' || *at == 'M') {
		real = true;
		at++;
	}
	if (real) {
		ret->type = ODATA_DOUBLE;
		ret->real = strtod(copy, NULL);
	} else {
		int64_t value = 0;
		for (const char *c = copy; *c != '\0'; c++) {
			int64_t digit = *c - '0';
			if (*c == '-' || *c == '+')
				continue;
			if (__builtin_mul_overflow(value, 10, &value) ||
				__builtin_sub_overflow(value, digit, &value))
				return false;
		}
		if (copy[0] != '-' && __builtin_sub_overflow(0, value, &value))
			return false;
		ret->number = value;
		if (value < INT32_MIN || value > INT32_MAX)
			ret->type = ODATA_INT64;
		if (*at == 'L' || *at == 'l') {
			ret->type = ODATA_INT64;
			at++;
		}
	}
	*text = at;
	return !is_word(*at);
}

bool filter_literal_constant(char **text, struct render_value *ret)
{
	static const struct {
		const char *word;
		enum odata_type type;
		int number;
	} constants[] = {
		{ "true", ODATA_BOOLEAN, 1 },
		{ "false", ODATA_BOOLEAN, 0 },
		{ "null", ODATA_NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++) {
		size_t len = strlen(constants[i].word);
		if (strncmp(*text, constants[i].word, len) != 0 ||
			is_word((*text)[len]))
			continue;
		ret->type = constants[i].type;
		ret->number = constants[i].number;
		ret->null = ret->type == ODATA_NULL;
		*text += len;
		return true;
	}
	return false;
}

/* Reads guid'…' or datetime'…'. ret_type is set even when the content is
 * wrong. */
bool filter_literal_prefixed(
	char **text, struct render_value *ret, enum odata_type *ret_type)
{
	struct buf content;
	char *at = *text;
	bool good;

	*ret_type = strncmp(at, "guid'", 5) == 0 ? ODATA_GUID : ODATA_DATETIME;
	at += *ret_type == ODATA_GUID ? 4 : 8;
	buf_init(&content, FILTER_TEXT_MAX);
	good = quoted(&at, &content) && !buf_failed(&content);
	if (good && *ret_type == ODATA_GUID)
		good = books_index_parse(content.data, content.len, &ret->guid);
	else if (good)
		good = strlen(content.data) == content.len &&
		       moment(content.data, &ret->number);
	buf_free(&content);
	if (good) {
		ret->type = *ret_type;
		*text = at;
	}
	return good;
}

bool filter_literal_is_prefixed(const char *text)
{
	return strncmp(text, "guid'", 5) == 0 ||
	       strncmp(text, "datetime'", 9) == 0;
}

/* Decoded in place: '' becomes ', so the text only gets shorter. */
static bool read_string(char **text, struct render_value *ret)
{
	char *at = *text + 1;
	char *to = at;

	ret->type = ODATA_STRING;
	ret->text = to;
	for (; *at != '\0'; at++) {
		if (*at == '\'' && *++at != '\'') {
			ret->len = (size_t)(to - ret->text);
			*text = at;
			return true;
		}
		*to++ = *at;
	}
	return false;
}

bool filter_literal(char **text, struct render_value *ret)
{
	enum odata_type type;
	struct render_value value = { 0 };
	bool good;

	if (filter_literal_is_prefixed(*text))
		good = filter_literal_prefixed(text, &value, &type);
	else if (**text == '\'')
		good = read_string(text, &value);
	else
		good = filter_literal_constant(text, &value) ||
		       number(text, &value);
	if (good)
		*ret = value;
	return good;
}
