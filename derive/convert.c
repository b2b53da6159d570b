/*
 * Money. Exact Online's amounts are doubles: 19.99 may arrive as
 * 19.990000000000002 and 0.00001 as 1E-05. The digits are rounded to the
 * currency's minor unit, which takes the noise away. More than 0.0001 is no
 * noise; when so much is rounded away, the caller learns of it:
 *
 *	"19.990000000000002" EUR  19.99  exact
 *	"19.995"             EUR  20.00  rounded
 *	"19.995"             KWD  19.995 exact
 */
#include "derive/convert.h"

#include <string.h>

#include "base/decimal.h"

#define DAY_MS INT64_C(86400000)

static const struct {
	const char code[4];
	int digits;
} minor_units[] = {
	{ "BIF", 0 },
	{ "CLP", 0 },
	{ "DJF", 0 },
	{ "GNF", 0 },
	{ "ISK", 0 },
	{ "JPY", 0 },
	{ "KMF", 0 },
	{ "KRW", 0 },
	{ "PYG", 0 },
	{ "RWF", 0 },
	{ "UGX", 0 },
	{ "UYI", 0 },
	{ "VND", 0 },
	{ "VUV", 0 },
	{ "XAF", 0 },
	{ "XOF", 0 },
	{ "XPF", 0 },
	{ "BHD", 3 },
	{ "IQD", 3 },
	{ "JOD", 3 },
	{ "KWD", 3 },
	{ "LYD", 3 },
	{ "OMR", 3 },
	{ "TND", 3 },
	{ "CLF", 4 },
	{ "UYW", 4 },
	{ "XXX", MODEL_MONEY_SCALE },
};

int convert_minor_unit(const char *currency)
{
	if (!currency || strlen(currency) != 3)
		return MODEL_MONEY_SCALE;
	for (size_t i = 0; i < sizeof(minor_units) / sizeof(*minor_units);
		i++) {
		if (!strcmp(minor_units[i].code, currency))
			return minor_units[i].digits;
	}
	return 2;
}

/* The length in bytes of the first `most` characters. */
static size_t characters(const char *text, size_t len, size_t most)
{
	size_t seen = 0;

	for (size_t i = 0; i < len; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80 && seen++ == most)
			return i;
	}
	return len;
}

void convert_text(
	struct model_record *record, int field, const char *text, size_t most)
{
	char copy[4096];
	size_t len;

	if (!text)
		return;
	text += strspn(text, " ");
	len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	if (most)
		len = characters(text, len, most);
	if (!len)
		return;
	/* A text that long keeps the blanks at its end rather than a part. */
	if (!text[len] || len >= sizeof(copy)) {
		model_set_text(record, field, text);
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	model_set_text(record, field, copy);
}

void convert_local_ms(struct model_record *record, int field, int64_t ms)
{
	char text[WHEN_TEXT_MAX];

	when_format_local(ms, text);
	model_set_text(record, field, text);
}

void convert_local(struct model_record *record, int field, const char *moment)
{
	int64_t ms;

	if (moment && !when_parse_exact(moment, &ms))
		convert_local_ms(record, field, ms);
}

void convert_utc_ms(
	struct model_record *record, int field, enum when_zone zone, int64_t ms)
{
	char text[WHEN_TEXT_MAX];
	bool doubtful;

	if (zone == WHEN_ZONE_UNKNOWN) {
		convert_local_ms(record, field, ms);
		return;
	}
	when_format_utc(when_local_to_utc(zone, ms, &doubtful), text);
	model_set_text(record, field, text);
}

void convert_utc(struct model_record *record, int field, enum when_zone zone,
	const char *moment)
{
	int64_t ms;

	if (moment && !when_parse_exact(moment, &ms))
		convert_utc_ms(record, field, zone, ms);
}

bool convert_date(struct model_record *record, int field, const char *date)
{
	int64_t ms;

	if (!date || when_parse_exact(date, &ms))
		return false;
	int64_t in_day = ms % DAY_MS;
	if (in_day < 0)
		in_day += DAY_MS;
	convert_local_ms(record, field, ms - in_day);
	return true;
}

/* Is the text more than 0.0001 away from value, which is at `minor`? Looked
 * at as finely as fits into 64 bits, at most to 10^-6. */
static bool far_from(const char *text, int minor, int64_t value)
{
	for (int scale = 6; scale > minor && scale >= 4; scale--) {
		int64_t fine;
		int64_t same = value;
		int64_t noise = scale == 6 ? 100 : scale == 5 ? 10 : 1;
		int64_t apart;
		bool over = decimal_parse(text, scale, &fine) != 0;

		for (int i = minor; i < scale && !over; i++)
			over = __builtin_mul_overflow(same, 10, &same);
		if (over || __builtin_sub_overflow(fine, same, &apart))
			continue;
		return apart > noise || apart < -noise;
	}
	return false;
}

enum convert_money convert_money(const char *text, int minor, int64_t *ret)
{
	int64_t value;
	int64_t scaled;

	if (!text || decimal_parse(text, minor, &value))
		return CONVERT_MONEY_NONE;
	scaled = value;
	for (int i = minor; i < MODEL_MONEY_SCALE; i++) {
		if (__builtin_mul_overflow(scaled, 10, &scaled))
			return CONVERT_MONEY_NONE;
	}
	*ret = scaled;
	return far_from(text, minor, value) ? CONVERT_MONEY_ROUNDED
					    : CONVERT_MONEY_EXACT;
}

bool convert_percent(const char *fraction, int64_t *ret)
{
	int64_t value;

	if (!fraction || decimal_parse(fraction, MODEL_RATE_SCALE, &value) ||
		__builtin_mul_overflow(value, 100, &value))
		return false;
	*ret = value;
	return true;
}

void convert_address(struct model_record *record, int field,
	const struct convert_address *address)
{
	struct model_record *child = model_add_child(record, field);

	if (!child)
		return;
	model_set_text(child, ADDRESS_TYPE, "Billing");
	convert_text(child, ADDRESS_LINE1, address->line1, 0);
	convert_text(child, ADDRESS_LINE2, address->line2, 0);
	convert_text(child, ADDRESS_CITY, address->city, 0);
	convert_text(child, ADDRESS_REGION, address->region, 0);
	convert_text(child, ADDRESS_COUNTRY, address->country, 0);
	convert_text(child, ADDRESS_POSTAL_CODE, address->postal_code, 0);
}

bool convert_has(const char *text)
{
	return text && text[strspn(text, " ")];
}

static const char *trimmed(const char *text, size_t *ret_len)
{
	size_t len;

	text = text ? text + strspn(text, " ") : "";
	len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	*ret_len = len;
	return text;
}

bool convert_same(const char *a, const char *b)
{
	size_t left, right;

	a = trimmed(a, &left);
	b = trimmed(b, &right);
	return left == right && !memcmp(a, b, left);
}

bool convert_true(const char *text)
{
	return text && !strcmp(text, "true");
}

bool convert_integer(const char *text, int64_t *ret)
{
	return text && !decimal_parse(text, 0, ret);
}
