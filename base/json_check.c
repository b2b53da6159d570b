/*
 * Is this text JSON (RFC 8259), all of it, and nothing else?
 *
 * A loop over the bytes with three things in hand: where we are, how deep,
 * and one bit for each open bracket (1: object). No recursion, so no input
 * can exhaust the stack; each byte is looked at once, plain ASCII inside
 * strings eight at a time.
 *
 *	        value ──► AFTER ──','──► value (array), name ':' value (object)
 *	          ▲         │
 *	'[' '{' ──┘         └──']' '}'──► AFTER of the enclosing one
 *
 * Stricter than the RFC in what receivers are free to refuse: nesting beyond
 * JSON_DEPTH_MAX, \uD800 to \uDFFF that are no pair, text that is not UTF-8.
 */
#include "base/json.h"

#include <stdint.h>
#include <string.h>

_Static_assert(JSON_DEPTH_MAX <= 64, "one bit for each open bracket");

struct scan {
	const unsigned char *start;
	const unsigned char *at;
	const unsigned char *end;
	const char *wrong; /* what is wrong at `at`, when a call fails */
	uint64_t objects;  /* bit 0: the innermost bracket is an object */
	int depth;
};

static bool refuse(struct scan *scan, const char *wrong)
{
	scan->wrong = scan->at == scan->end ? "the text ends too early" : wrong;
	return false;
}

/* The byte here, or -1 at the end. */
static int peek(const struct scan *scan)
{
	return scan->at < scan->end ? *scan->at : -1;
}

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end &&
		(*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' ||
			*scan->at == '\t'))
		scan->at++;
}

static bool is_digit(int byte)
{
	return byte >= '0' && byte <= '9';
}

static bool digits(struct scan *scan, const char *wrong)
{
	if (!is_digit(peek(scan)))
		return refuse(scan, wrong);
	while (is_digit(peek(scan)))
		scan->at++;
	return true;
}

static bool scan_number(struct scan *scan)
{
	if (*scan->at == '-')
		scan->at++;
	if (peek(scan) == '0') {
		scan->at++;
		if (is_digit(peek(scan)))
			return refuse(scan, "a number with a leading zero");
	} else if (!digits(scan, "a number without digits")) {
		return false;
	}
	if (peek(scan) == '.') {
		scan->at++;
		if (!digits(scan, "no digit after the decimal point"))
			return false;
	}
	if (peek(scan) == 'e' || peek(scan) == 'E') {
		scan->at++;
		if (peek(scan) == '+' || peek(scan) == '-')
			scan->at++;
		if (!digits(scan, "no digit in the exponent"))
			return false;
	}
	return true;
}

static bool scan_word(struct scan *scan, const char *expected)
{
	size_t len = strlen(expected);

	if ((size_t)(scan->end - scan->at) < len ||
		memcmp(scan->at, expected, len) != 0) {
		scan->wrong = "neither null, true nor false";
		return false;
	}
	scan->at += len;
	return true;
}

/* The length of the UTF-8 sequence that begins at `at` with a byte of 80 or
 * more, or 0 when it is none (RFC 3629: no overlong form, no surrogate,
 * nothing above 10FFFF). */
static int utf8_len(const unsigned char *at, const unsigned char *end)
{
	unsigned char least = 0x80, most = 0xBF;
	int len, i;

	if (*at >= 0xC2 && *at <= 0xDF)
		len = 2;
	else if (*at >= 0xE0 && *at <= 0xEF)
		len = 3;
	else if (*at >= 0xF0 && *at <= 0xF4)
		len = 4;
	else
		return 0;
	if (end - at < len)
		return 0;
	if (*at == 0xE0)
		least = 0xA0;
	else if (*at == 0xED)
		most = 0x9F;
	else if (*at == 0xF0)
		least = 0x90;
	else if (*at == 0xF4)
		most = 0x8F;
	if (at[1] < least || at[1] > most)
		return 0;
	for (i = 2; i < len; i++) {
		if (at[i] < 0x80 || at[i] > 0xBF)
			return 0;
	}
	return len;
}

static bool four_hex(struct scan *scan, unsigned int *ret)
{
	const unsigned char *start = scan->at;
	unsigned int value = 0;
	int byte;

	for (; scan->at < start + 4; scan->at++) {
		byte = peek(scan);
		if (is_digit(byte))
			value = value * 16 + (unsigned int)(byte - '0');
		else if (byte >= 'a' && byte <= 'f')
			value = value * 16 + (unsigned int)(byte - 'a') + 10;
		else if (byte >= 'A' && byte <= 'F')
			value = value * 16 + (unsigned int)(byte - 'A') + 10;
		else
			return refuse(scan, "\\u without four hex digits");
	}
	*ret = value;
	return true;
}

/* Behind the u of a \u escape. */
static bool unicode_escape(struct scan *scan)
{
	static const char lone[] = "half of a surrogate pair";
	unsigned int unit;

	if (!four_hex(scan, &unit))
		return false;
	if (unit < 0xD800 || unit > 0xDFFF)
		return true;
	if (unit >= 0xDC00 || peek(scan) != '\\')
		return refuse(scan, lone);
	scan->at++;
	if (peek(scan) != 'u')
		return refuse(scan, lone);
	scan->at++;
	if (!four_hex(scan, &unit))
		return false;
	if (unit < 0xDC00 || unit > 0xDFFF)
		return refuse(scan, lone);
	return true;
}

static bool scan_escape(struct scan *scan)
{
	int byte;

	scan->at++;
	byte = peek(scan);
	if (byte <= 0 || !strchr("\"\\/bfnrtu", byte))
		return refuse(scan, "an unknown escape");
	scan->at++;
	return byte == 'u' ? unicode_escape(scan) : true;
}

/* Moves on over bytes that need no look: 20 to 7F but " and \. A byte of the
 * word is zero where (word - 01...) & ~word has its top bit set, wherever no
 * lower byte was zero; so any hit at all is told truly. */
static void skip_plain(struct scan *scan)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);
	uint64_t bytes, quote, slash, control;

	while (scan->end - scan->at >= 8) {
		memcpy(&bytes, scan->at, 8);
		quote = bytes ^ ones * '"';
		slash = bytes ^ ones * '\\';
		control = bytes & ones * 0xE0; /* zero below 20 */
		quote = (quote - ones) & ~quote;
		slash = (slash - ones) & ~slash;
		control = (control - ones) & ~control;
		if (((bytes | quote | slash | control) & tops) != 0)
			return;
		scan->at += 8;
	}
}

static bool scan_string(struct scan *scan)
{
	int byte, len;

	scan->at++;
	for (;;) {
		skip_plain(scan);
		byte = peek(scan);
		if (byte == '"') {
			scan->at++;
			return true;
		}
		if (byte < 0x20)
			return refuse(
				scan, "a control character inside a string");
		if (byte == '\\') {
			if (!scan_escape(scan))
				return false;
		} else if (byte < 0x80) {
			scan->at++;
		} else {
			len = utf8_len(scan->at, scan->end);
			if (len == 0) {
				scan->wrong = "not valid UTF-8";
				return false;
			}
			scan->at += len;
		}
	}
}

/* A member's name and its colon. */
static bool scan_name(struct scan *scan)
{
	skip_blanks(scan);
	if (peek(scan) != '"')
		return refuse(scan, "no member name in double quotes");
	if (!scan_string(scan))
		return false;
	skip_blanks(scan);
	if (peek(scan) != ':')
		return refuse(scan, "no colon after a member name");
	scan->at++;
	return true;
}

static bool scan_scalar(struct scan *scan)
{
	switch (peek(scan)) {
	case '"':
		return scan_string(scan);
	case 'n':
		return scan_word(scan, "null");
	case 't':
		return scan_word(scan, "true");
	case 'f':
		return scan_word(scan, "false");
	default:
		if (peek(scan) == '-' || is_digit(peek(scan)))
			return scan_number(scan);
		return refuse(scan, "no JSON value");
	}
}

/* Opens brackets down to the first scalar, or to an empty pair, which it
 * closes. */
static bool open_value(struct scan *scan)
{
	for (;;) {
		bool object;

		skip_blanks(scan);
		if (peek(scan) != '[' && peek(scan) != '{')
			return scan_scalar(scan);
		if (scan->depth == JSON_DEPTH_MAX)
			return refuse(scan, "nested too deeply");
		object = *scan->at == '{';
		scan->at++;
		skip_blanks(scan);
		if (peek(scan) == (object ? '}' : ']')) {
			scan->at++;
			return true;
		}
		scan->depth++;
		scan->objects = scan->objects << 1 | object;
		if (object && !scan_name(scan))
			return false;
	}
}

/* Behind a value: closes what closes, and stands before the next value, or
 * at depth 0 behind the last. */
static bool close_value(struct scan *scan)
{
	while (scan->depth > 0) {
		bool object = scan->objects & 1;

		skip_blanks(scan);
		if (peek(scan) == ',') {
			scan->at++;
			return object ? scan_name(scan) : true;
		}
		if (peek(scan) != (object ? '}' : ']'))
			return refuse(scan,
				object ? "neither a comma nor a closing brace"
				       : "neither a comma nor a closing "
					 "bracket");
		scan->at++;
		scan->depth--;
		scan->objects >>= 1;
	}
	return true;
}

static bool scan_document(struct scan *scan, struct json_slice *ret)
{
	const unsigned char *top;

	skip_blanks(scan);
	top = scan->at;
	do {
		if (!open_value(scan) || !close_value(scan))
			return false;
	} while (scan->depth > 0);
	*ret = (struct json_slice){ (const char *)top,
		(size_t)(scan->at - top) };
	skip_blanks(scan);
	if (scan->at < scan->end) {
		scan->wrong = "something behind the end of the document";
		return false;
	}
	return true;
}

int json_check(
	const char *text, size_t len, struct json_slice *ret, struct error *err)
{
	const unsigned char *start = (const unsigned char *)(len > 0 ? text
								     : "");
	struct scan scan = { .start = start, .at = start, .end = start + len };
	struct json_slice top;

	if (len >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0)
		scan.at += 3;
	if (!scan_document(&scan, &top))
		return error_set(err, FAIL_INPUT,
			"invalid JSON at byte %zu: %s",
			(size_t)(scan.at - scan.start), scan.wrong);
	*ret = top;
	return 0;
}
