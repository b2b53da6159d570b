/*
 * Slices of checked text, and cJSON trees made of them.
 *
 * As the text was checked, the slice calls need no care: a quote ends a
 * string unless a backslash stands before it, brackets outside strings
 * match, and a value is followed by a comma or a bracket.
 *
 * json_parse() copies a slice for cJSON with two changes. A number gets
 * quotes and the mark FF, so that its digits survive as a string; \u0000
 * becomes \uFFFD, of the same length:
 *
 *	{"a":1,"b":"x\u0000"}  ->  {"a":"<FF>1","b":"x\uFFFD"}
 *
 * The copy is longer by three bytes a number; the worst is [1,1,1,...], where
 * two bytes become five.
 */
#include "base/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#define NUMBER_MARK '\xFF'

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* From an opening quote to behind the closing one: the first quote with an
 * even number of backslashes before it. */
static const char *skip_string(const char *at, const char *end)
{
	const char *quote = at++;
	const char *slashes;

	do {
		quote = memchr(quote + 1, '"', (size_t)(end - quote) - 1);
		slashes = quote;
		while (slashes > at && slashes[-1] == '\\')
			slashes--;
	} while ((quote - slashes) % 2 != 0);
	return quote + 1;
}

static bool ends_scalar(char c)
{
	return c == ',' || c == ']' || c == '}' || is_blank(c);
}

/* From the first byte of a value to behind it. */
static const char *skip_value(const char *at, const char *end)
{
	size_t depth = 0;

	if (*at != '"' && *at != '[' && *at != '{') {
		while (at < end && !ends_scalar(*at))
			at++;
		return at;
	}
	do {
		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (*at == '[' || *at == '{')
			depth++;
		else if (*at == ']' || *at == '}')
			depth--;
		at++;
	} while (depth > 0);
	return at;
}

enum json_kind json_kind(struct json_slice value)
{
	if (value.len == 0)
		return JSON_NONE;
	switch (*value.at) {
	case 'n':
		return JSON_NULL;
	case 'f':
		return JSON_FALSE;
	case 't':
		return JSON_TRUE;
	case '"':
		return JSON_STRING;
	case '[':
		return JSON_ARRAY;
	case '{':
		return JSON_OBJECT;
	default:
		return JSON_NUMBER;
	}
}

static unsigned int hex_value(const char *at)
{
	unsigned int value = 0;
	int i;

	for (i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)at[i];

		value = value * 16 + (c & 15u) + (c > '9' ? 9u : 0u);
	}
	return value;
}

/* One code point as UTF-8; its length. */
static size_t put_utf8(unsigned int point, char ret[4])
{
	if (point < 0x80) {
		ret[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		ret[0] = (char)(0xC0 | point >> 6);
		ret[1] = (char)(0x80 | (point & 63));
		return 2;
	}
	if (point < 0x10000) {
		ret[0] = (char)(0xE0 | point >> 12);
		ret[1] = (char)(0x80 | (point >> 6 & 63));
		ret[2] = (char)(0x80 | (point & 63));
		return 3;
	}
	ret[0] = (char)(0xF0 | point >> 18);
	ret[1] = (char)(0x80 | (point >> 12 & 63));
	ret[2] = (char)(0x80 | (point >> 6 & 63));
	ret[3] = (char)(0x80 | (point & 63));
	return 4;
}

/* What an escape means; *at moves behind it. */
static size_t unescape(const char **at, char ret[4])
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	char letter = (*at)[1];
	unsigned int point;

	if (letter != 'u') {
		ret[0] = meanings[strchr(letters, letter) - letters];
		*at += 2;
		return 1;
	}
	point = hex_value(*at + 2);
	*at += 6;
	if (point >= 0xD800 && point <= 0xDBFF) {
		point = 0x10000 + ((point & 0x3FF) << 10) +
			(hex_value(*at + 2) & 0x3FF);
		*at += 6;
	}
	return put_utf8(point == 0 ? 0xFFFD : point, ret);
}

bool json_means(struct json_slice string, const char *text)
{
	const char *at = string.at + 1;
	const char *end = string.at + string.len - 1;
	size_t left = strlen(text);

	if ((size_t)(end - at) == left && memcmp(at, text, left) == 0)
		return !memchr(text, '\\', left);
	while (at < end) {
		char bytes[4] = { *at };
		size_t len = 1;

		if (*at == '\\')
			len = unescape(&at, bytes);
		else
			at++;
		if (left < len || memcmp(text, bytes, len) != 0)
			return false;
		text += len;
		left -= len;
	}
	return left == 0;
}

char *json_copy(struct json_slice value, char *to)
{
	const char *at = value.at;
	const char *end = at + value.len;
	const char *slash;

	if (*at != '"') {
		memcpy(to, at, value.len);
		to += value.len;
		*to = '\0';
		return to + 1;
	}
	for (at++, end--;;) {
		slash = memchr(at, '\\', (size_t)(end - at));
		size_t plain = (size_t)((slash ? slash : end) - at);

		memcpy(to, at, plain);
		to += plain;
		if (!slash)
			break;
		at = slash;
		to += unescape(&at, to);
	}
	*to = '\0';
	return to + 1;
}

void json_members(struct json_slice object, struct json_cursor *cursor)
{
	cursor->at = cursor->end = object.at;
	if (json_kind(object) != JSON_OBJECT)
		return;
	cursor->at = object.at + 1;
	cursor->end = object.at + object.len - 1;
}

bool json_next_member(struct json_cursor *cursor, struct json_slice *ret_name,
	struct json_slice *ret_value)
{
	const char *end = cursor->end;
	const char *name = skip_blanks(cursor->at, end);
	const char *value, *behind;

	if (name < end && *name == ',')
		name = skip_blanks(name + 1, end);
	if (name == end)
		return false;
	behind = skip_string(name, end);
	*ret_name = (struct json_slice){ name, (size_t)(behind - name) };
	value = skip_blanks(behind, end); /* the colon */
	value = skip_blanks(value + 1, end);
	behind = skip_value(value, end);
	*ret_value = (struct json_slice){ value, (size_t)(behind - value) };
	cursor->at = behind;
	return true;
}

bool json_member(
	struct json_slice object, const char *name, struct json_slice *ret)
{
	struct json_cursor members;
	struct json_slice found, value;

	json_members(object, &members);
	while (json_next_member(&members, &found, &value)) {
		if (json_means(found, name)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

void json_elements(struct json_slice array, struct json_cursor *cursor)
{
	cursor->at = cursor->end = array.at;
	if (json_kind(array) != JSON_ARRAY)
		return;
	cursor->at = array.at + 1;
	cursor->end = array.at + array.len - 1;
}

bool json_next(struct json_cursor *cursor, struct json_slice *ret)
{
	const char *at = skip_blanks(cursor->at, cursor->end);
	const char *behind;

	if (at < cursor->end && *at == ',')
		at = skip_blanks(at + 1, cursor->end);
	if (at == cursor->end)
		return false;
	behind = skip_value(at, cursor->end);
	*ret = (struct json_slice){ at, (size_t)(behind - at) };
	cursor->at = behind;
	return true;
}

/* Copies a string, \u0000 as \uFFFD; gives what stands behind it. */
static const char *copy_string(
	const char *at, const char *end, char **to, bool *nul)
{
	const char *behind = skip_string(at, end);
	size_t len = (size_t)(behind - at);
	char *copy = *to;
	char *slash = copy;

	memcpy(copy, at, len);
	*to += len;
	for (;;) {
		slash = memchr(slash, '\\', (size_t)(*to - slash));
		if (!slash)
			return behind;
		if (*to - slash >= 6 && memcmp(slash + 1, "u0000", 5) == 0) {
			memcpy(slash + 1, "uFFFD", 5);
			*nul = true;
		}
		slash += 2;
	}
}

/* The copy for cJSON; its length. */
static size_t copy_marked(struct json_slice value, char *copy, bool *nul)
{
	const char *end = value.at + value.len;
	const char *at = value.at;
	char *to = copy;

	while (at < end) {
		if (*at == '"') {
			at = copy_string(at, end, &to, nul);
		} else if (*at == '-' || (*at >= '0' && *at <= '9')) {
			const char *behind = skip_value(at, end);
			size_t len = (size_t)(behind - at);

			*to++ = '"';
			*to++ = NUMBER_MARK;
			memcpy(to, at, len);
			to += len;
			*to++ = '"';
			at = behind;
		} else {
			*to++ = *at++;
		}
	}
	return (size_t)(to - copy);
}

int json_parse(struct json_slice value, struct cJSON **ret, bool *ret_nul,
	struct error *err)
{
	struct cJSON *item = NULL;
	bool nul = false;
	char *copy = NULL;
	size_t len;

	if (value.len < SIZE_MAX / 3)
		copy = malloc(value.len / 2 * 5 + 8);
	if (copy) {
		len = copy_marked(value, copy, &nul);
		item = cJSON_ParseWithLength(copy, len);
		free(copy);
	}
	if (!item)
		return error_set(err, FAIL_STOP,
			"parsing %zu bytes of JSON: out of memory", value.len);
	*ret = item;
	if (ret_nul)
		*ret_nul = nul;
	return 0;
}

const char *json_number(const struct cJSON *item)
{
	if (!cJSON_IsString(item) || item->valuestring[0] != NUMBER_MARK)
		return NULL;
	return item->valuestring + 1;
}

const char *json_string(const struct cJSON *item)
{
	if (!cJSON_IsString(item) || item->valuestring[0] == NUMBER_MARK)
		return NULL;
	return item->valuestring;
}
