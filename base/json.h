/*
 * JSON as it arrives: validated once, sliced and read without copying, and
 * where a tree is wanted parsed with cJSON without losing a digit.
 *
 * cJSON turns numbers into doubles and cuts strings at \u0000, so it is
 * never given text as received. json_check() validates the whole document
 * first (UTF-8, depth, control characters, escapes and surrogates, number
 * syntax, nothing behind the end). json_parse() then hands cJSON a copy of
 * one slice in which each number 12.50 stands as the string "<FF>12.50": the
 * byte FF occurs in no valid UTF-8 and no escape can make it, so no input
 * can forge the mark.
 *
 *	{"AmountDC":12345678901234.56,"Timestamp":"9007199254740993"}
 *	json_number(AmountDC)  -> "12345678901234.56"   (bytes as received)
 *	json_number(Timestamp) -> NULL, json_string() -> "9007199254740993"
 *
 * \u0000 inside a string is legal JSON that C strings and SQL text can't
 * carry: json_parse() puts U+FFFD in its place and says so.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct cJSON;

struct json_slice {
	const char *at; /* borrowed from the checked text */
	size_t len;
};

enum json_kind {
	JSON_NONE,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* Deepest nesting json_check() accepts: {"a":[1]} is two deep. */
#define JSON_DEPTH_MAX 64

/* Is text[0..len) one valid JSON document? A leading UTF-8 byte order mark
 * is skipped. ret is the top value without surrounding blanks. FAIL_INPUT
 * with the byte offset and what is wrong there. */
int json_check(const char *text, size_t len, struct json_slice *ret,
	struct error *err) MUST_CHECK;

/* The calls below take slices of checked text only. */

enum json_kind json_kind(struct json_slice value);
/* The first member of that name (names compared after unescaping). */
bool json_member(
	struct json_slice object, const char *name, struct json_slice *ret);

struct json_cursor {
	const char *at;
	const char *end;
};
void json_elements(struct json_slice array, struct json_cursor *cursor);
bool json_next(struct json_cursor *cursor, struct json_slice *ret);

/* Each member in order, its name as the string it stands in. */
void json_members(struct json_slice object, struct json_cursor *cursor);
bool json_next_member(struct json_cursor *cursor, struct json_slice *ret_name,
	struct json_slice *ret_value);
/* Does the string, unescaped, say that text? */
bool json_means(struct json_slice string, const char *text);
/* The text of a string, unescaped and with U+FFFD for each \u0000, or the
 * bytes of another value; NUL-ended. Returns where it ends, at most
 * value.len + 1 bytes behind `to`. */
char *json_copy(struct json_slice value, char *to);

/* Parse one value. ret is the caller's to cJSON_Delete(). *ret_nul (may be
 * NULL) tells whether a \u0000 was replaced. FAIL_STOP without memory. */
int json_parse(struct json_slice value, struct cJSON **ret, bool *ret_nul,
	struct error *err) MUST_CHECK;

/* The text of a number as received, or NULL when item is none. */
const char *json_number(const struct cJSON *item);
/* A string's UTF-8, or NULL when item is no string. */
const char *json_string(const struct cJSON *item);

#endif
