/*
 * How values look. SQL Server's datetime counts three-hundredths of a second,
 * which read back as milliseconds that end in 0, 3 and 7:
 *
 *	wanted   .110  .111  .112  .114  .116
 *	stored   .110  .110  .113  .113  .117
 */
#include "sandbox/render.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books_rows.h"

#define DAY_MS 86400000

const char *render_text(const struct render_value *value)
{
	return value->text ? value->text : value->store;
}

void render_set_text(struct render_value *value, const char *text)
{
	value->null = false;
	value->text = text;
	value->len = strlen(text);
}

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

void render_set_padded(
	struct render_value *value, const char *text, size_t left, size_t right)
{
	size_t width = characters(text);
	size_t len = strlen(text);
	size_t before = width < left ? left - width : 0;
	size_t after = width < right ? right - width : 0;

	if (before + len + after >= sizeof(value->store)) {
		render_set_text(value, text);
		return;
	}
	memset(value->store, ' ', before);
	memcpy(value->store + before, text, len);
	memset(value->store + before + len, ' ', after);
	value->len = before + len + after;
	value->store[value->len] = '\0';
	value->text = NULL;
	value->null = false;
}

/* Decodes one UTF-8 character; the caller knows that a byte is left. A byte
 * that is no character becomes U+FFFD. Returns the length. */
static size_t decode(const unsigned char *at, size_t left, uint32_t *ret)
{
	size_t len = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
	uint32_t value = at[0] & (0x7Fu >> len);

	*ret = 0xFFFD;
	if (at[0] < 0xC2 || at[0] > 0xF4 || len > left)
		return 1;
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 1;
		value = value << 6 | (at[i] & 0x3Fu);
	}
	*ret = value;
	return len;
}

static void json_escape(
	struct buf *buf, const unsigned char *at, size_t left, size_t *ret_used)
{
	uint32_t c = at[0];

	*ret_used = 1;
	switch (c) {
	case '"':
		buf_append(buf, "\\\"", 2);
		return;
	case '\\':
		buf_append(buf, "\\\\", 2);
		return;
	case '\n':
		buf_append(buf, "\\n", 2);
		return;
	case '\r':
		buf_append(buf, "\\r", 2);
		return;
	case '\t':
		buf_append(buf, "\\t", 2);
		return;
	default:
		break;
	}
	if (c >= 0x80)
		*ret_used = decode(at, left, &c);
	if (c >= 0x10000)
		buf_printf(buf, "\\u%04x\\u%04x",
			0xD800 + ((c - 0x10000) >> 10),
			0xDC00 + ((c - 0x10000) & 0x3FF));
	else
		buf_printf(buf, "\\u%04x", c);
}

void render_json_text(struct buf *buf, const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t plain = 0;
	size_t used;

	buf_putc(buf, '"');
	for (size_t i = 0; i < len; i += used) {
		used = 1;
		if (bytes[i] >= 0x20 && bytes[i] < 0x7F && bytes[i] != '"' &&
			bytes[i] != '\\')
			continue;
		buf_append(buf, text + plain, i - plain);
		json_escape(buf, bytes + i, len - i, &used);
		plain = i + used;
	}
	buf_append(buf, text + plain, len - plain);
	buf_putc(buf, '"');
}

static void put_integer(struct buf *buf, int64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		digits[--at] = '-';
	buf_append(buf, digits + at, sizeof(digits) - at);
}

/* Prints without printf when the double holds whole cents exactly enough. */
static bool put_cents(struct buf *buf, double value)
{
	if (!(value > -1e12 && value < 1e12))
		return false;
	int64_t cents = (int64_t)(value * 100 + (value < 0 ? -0.5 : 0.5));
	if ((double)cents / 100 != value)
		return false;
	if (cents < 0) {
		buf_putc(buf, '-');
		cents = -cents;
	}
	put_integer(buf, cents / 100);
	cents %= 100;
	if (cents > 0) {
		char decimals[3] = { '.', (char)('0' + cents / 10),
			(char)('0' + cents % 10) };
		buf_append(buf, decimals, cents % 10 == 0 ? 2 : 3);
	}
	return true;
}

/* .NET's "R": 15 digits when they read back as the same double, otherwise
 * 17. */
void render_double(struct buf *buf, double value)
{
	char text[40];

	if (put_cents(buf, value))
		return;
	snprintf(text, sizeof(text), "%.15g", value);
	if (strtod(text, NULL) != value)
		snprintf(text, sizeof(text), "%.17g", value);
	char *exponent = strchr(text, 'e');
	if (exponent)
		*exponent = 'E';
	buf_puts(buf, text);
}

void render_json(struct buf *buf, const struct render_value *value)
{
	char guid[37];

	if (value->null) {
		buf_append(buf, "null", 4);
		return;
	}
	switch (value->type) {
	case ODATA_GUID:
		books_index_text(&value->guid, guid);
		buf_putc(buf, '"');
		buf_append(buf, guid, 36);
		buf_putc(buf, '"');
		return;
	case ODATA_STRING:
		render_json_text(buf, render_text(value), value->len);
		return;
	case ODATA_DATETIME:
		buf_append(buf, "\"/Date(", 7);
		put_integer(buf, value->number);
		buf_append(buf, ")/\"", 3);
		return;
	case ODATA_INT64:
		buf_putc(buf, '"');
		put_integer(buf, value->number);
		buf_putc(buf, '"');
		return;
	case ODATA_DOUBLE:
		render_double(buf, value->real);
		return;
	case ODATA_BOOLEAN:
		buf_puts(buf, value->number != 0 ? "true" : "false");
		return;
	case ODATA_INT16:
	case ODATA_INT32:
	case ODATA_BYTE:
		put_integer(buf, value->number);
		return;
	case ODATA_BINARY:
	case ODATA_COMPLEX:
	case ODATA_NAVIGATION:
	case ODATA_NULL:
	default:
		buf_append(buf, "null", 4);
		return;
	}
}

void render_xml_text(struct buf *buf, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == '&')
			buf_puts(buf, "&amp;");
		else if (c == '<')
			buf_puts(buf, "&lt;");
		else if (c == '>')
			buf_puts(buf, "&gt;");
		else if (c == '"')
			buf_puts(buf, "&quot;");
		else if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			buf_putc(buf, '?');
		else
			buf_putc(buf, (char)c);
	}
}

void render_xml(struct buf *buf, const struct render_value *value)
{
	char guid[37];

	switch (value->type) {
	case ODATA_STRING:
		render_xml_text(buf, render_text(value), value->len);
		return;
	case ODATA_GUID:
		books_index_text(&value->guid, guid);
		buf_puts(buf, guid);
		return;
	case ODATA_DATETIME:
		render_datetime(buf, value->number);
		return;
	case ODATA_INT64:
		put_integer(buf, value->number);
		return;
	default:
		render_json(buf, value);
		return;
	}
}

void render_literal(struct buf *buf, const struct render_value *value)
{
	char guid[37];

	if (value->null) {
		buf_puts(buf, "null");
		return;
	}
	switch (value->type) {
	case ODATA_STRING:
		buf_putc(buf, '\'');
		for (size_t i = 0; i < value->len; i++) {
			char c = render_text(value)[i];
			if (c == '\'')
				buf_putc(buf, c);
			buf_putc(buf, c);
		}
		buf_putc(buf, '\'');
		return;
	case ODATA_GUID:
		books_index_text(&value->guid, guid);
		buf_printf(buf, "guid'%s'", guid);
		return;
	case ODATA_DATETIME:
		buf_puts(buf, "datetime'");
		render_datetime(buf, value->number);
		buf_putc(buf, '\'');
		return;
	case ODATA_INT64:
		put_integer(buf, value->number);
		buf_putc(buf, 'L');
		return;
	case ODATA_DOUBLE:
		render_double(buf, value->real);
		buf_putc(buf, 'D');
		return;
	default:
		render_json(buf, value);
		return;
	}
}

static int64_t floor_div(int64_t value, int64_t by)
{
	return value / by - (value % by < 0);
}

void render_datetime(struct buf *buf, int64_t ms)
{
	int64_t days = floor_div(ms, DAY_MS);
	int rest = (int)(ms - days * DAY_MS);
	int year;
	int month;
	int day;

	render_civil(days, &year, &month, &day);
	buf_printf(buf, "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
		rest / 3600000, rest / 60000 % 60, rest / 1000 % 60);
	rest %= 1000;
	if (rest == 0)
		return;
	char fraction[5] = { '.', (char)('0' + rest / 100),
		(char)('0' + rest / 10 % 10), (char)('0' + rest % 10) };
	size_t len = rest % 100 == 0 ? 2 : rest % 10 == 0 ? 3 : 4;
	buf_append(buf, fraction, len);
}

static int compare_text(
	const struct render_value *left, const struct render_value *right)
{
	const char *a = render_text(left);
	const char *b = render_text(right);
	size_t a_len = left->len;
	size_t b_len = right->len;

	while (a_len > 0 && a[a_len - 1] == ' ')
		a_len--;
	while (b_len > 0 && b[b_len - 1] == ' ')
		b_len--;
	for (size_t i = 0; i < a_len && i < b_len; i++) {
		int x = tolower((unsigned char)a[i]);
		int y = tolower((unsigned char)b[i]);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a_len > b_len) - (a_len < b_len);
}

static double as_real(const struct render_value *value)
{
	return value->type == ODATA_DOUBLE ? value->real
					   : (double)value->number;
}

int render_compare(
	const struct render_value *left, const struct render_value *right)
{
	if (left->null || right->null)
		return (int)right->null - (int)left->null;
	if (left->type == ODATA_STRING)
		return compare_text(left, right);
	if (left->type == ODATA_GUID)
		return books_index_compare(&left->guid, &right->guid);
	if (left->type == ODATA_DOUBLE || right->type == ODATA_DOUBLE) {
		double a = as_real(left);
		double b = as_real(right);
		return (a > b) - (a < b);
	}
	return (left->number > right->number) - (left->number < right->number);
}

/* Howard Hinnant's civil calendar arithmetic. */
int64_t render_days(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = floor_div(y, 400);
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day -
			  1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

void render_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = days + 719468;
	int64_t era = floor_div(shifted, 146097);
	int64_t of_era = shifted - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 -
				of_era / 146096) /
			365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t moon = (5 * of_year + 2) / 153;

	*ret_day = (int)(of_year - (153 * moon + 2) / 5 + 1);
	*ret_month = (int)(moon < 10 ? moon + 3 : moon - 9);
	*ret_year = (int)(years + era * 400 + (*ret_month <= 2));
}

/* 01:00 UTC on the last Sunday of a month of 31 days. */
static int64_t last_sunday_ms(int year, int month)
{
	int64_t last = render_days(year, month, 31);
	int64_t weekday = (last + 4) % 7; /* 1970-01-01 was a Thursday */

	return (last - weekday) * DAY_MS + 3600000;
}

int render_offset_s(int64_t utc_ms, bool uk)
{
	int year;
	int month;
	int day;

	render_civil(floor_div(utc_ms, DAY_MS), &year, &month, &day);
	bool summer = utc_ms >= last_sunday_ms(year, 3) &&
		      utc_ms < last_sunday_ms(year, 10);
	return (uk ? 0 : 3600) + (summer ? 3600 : 0);
}

int64_t render_local(int64_t utc_ms, bool uk)
{
	int64_t local = utc_ms + render_offset_s(utc_ms, uk) * 1000;
	int64_t second = floor_div(local, 1000);
	int64_t ticks = ((local - second * 1000) * 3 + 5) / 10;

	return second * 1000 + (ticks * 20 + 3) / 6;
}
