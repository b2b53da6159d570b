/*
 * Decimals are counted digit by digit, so that no digit is ever lost.
 *
 * A number is a row of digits with a point in it; the exponent moves the
 * point, and the scale moves it again. The digits left of the moved point are
 * the units; the first digit right of it decides the rounding:
 *
 *	19.990000000000002 at scale 2
 *	digits 19990000000000002, point after 2 + 0 + 2 = 4 of them
 *	units 1999, next digit 0: 1999
 *
 *	1E-05 at scale 2: digits 1, point after 1 - 5 + 2 = -2: 0
 *
 * Units are gathered as a negative number, because -INT64_MIN does not fit.
 */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/decimal.h"

/* An exponent beyond this means "far too large" or "zero" for any row of digits
 * that fits in memory. */
#define EXPONENT_MAX (INT64_C(1) << 60)

struct number {
	const char *integer;  /* its digits, at least one */
	const char *fraction; /* its digits, perhaps none */
	int64_t integer_len;
	int64_t fraction_len;
	int64_t exponent;
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at)
{
	while (is_digit(*at))
		at++;
	return at;
}

/* Reads "E-05"; returns where it ends, or NULL. */
static const char *read_exponent(const char *at, int64_t *ret)
{
	int64_t exponent = 0;
	bool negative;

	at++;
	negative = *at == '-';
	if (*at == '-' || *at == '+')
		at++;
	if (!is_digit(*at))
		return NULL;
	for (; is_digit(*at); at++) {
		if (exponent < EXPONENT_MAX / 10)
			exponent = exponent * 10 + (*at - '0');
	}
	*ret = negative ? -exponent : exponent;
	return at;
}

static bool read_number(const char *text, struct number *ret)
{
	const char *at = text;

	*ret = (struct number){ .negative = *at == '-' };
	if (ret->negative)
		at++;
	ret->integer = at;
	at = skip_digits(at);
	ret->integer_len = at - ret->integer;
	if (ret->integer_len == 0)
		return false;
	if (ret->integer_len > 1 && ret->integer[0] == '0')
		return false;
	if (*at == '.') {
		at++;
		ret->fraction = at;
		at = skip_digits(at);
		ret->fraction_len = at - ret->fraction;
		if (ret->fraction_len == 0)
			return false;
	}
	if (*at == 'e' || *at == 'E') {
		at = read_exponent(at, &ret->exponent);
		if (!at)
			return false;
	}
	return *at == '\0';
}

static int digit_at(const struct number *number, int64_t index)
{
	if (index < number->integer_len)
		return number->integer[index] - '0';
	index -= number->integer_len;
	return index < number->fraction_len ? number->fraction[index] - '0' : 0;
}

/* The units, as a number that is 0 or negative. */
static int gather_units(
	const struct number *number, int64_t point, int64_t *ret)
{
	int64_t digits = number->integer_len + number->fraction_len;
	int64_t units = 0;
	int64_t i;

	for (i = 0; i < point; i++) {
		if (i >= digits && units == 0)
			break;
		if (__builtin_mul_overflow(units, 10, &units) ||
			__builtin_sub_overflow(
				units, digit_at(number, i), &units))
			return FAIL_INPUT;
	}
	if (point >= 0 && digit_at(number, point) >= 5 &&
		__builtin_sub_overflow(units, 1, &units))
		return FAIL_INPUT;
	*ret = units;
	return 0;
}

int decimal_parse(const char *text, int scale, int64_t *ret)
{
	struct number number;
	int64_t units;

	assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
	if (!read_number(text, &number))
		return FAIL_INPUT;
	if (gather_units(&number, number.integer_len + number.exponent + scale,
		    &units) != 0)
		return FAIL_INPUT;
	if (!number.negative && __builtin_sub_overflow(0, units, &units))
		return FAIL_INPUT;
	*ret = units;
	return 0;
}

void decimal_format(int64_t value, int scale, char ret[static DECIMAL_TEXT_MAX])
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char text[DECIMAL_TEXT_MAX];
	char *at = text + sizeof(text);
	bool wanted = false;
	int i;

	assert(scale >= 0 && scale <= DECIMAL_SCALE_MAX);
	*--at = '\0';
	for (i = 0; i < scale; i++) {
		char digit = (char)('0' + rest % 10);

		wanted = wanted || digit != '0';
		if (wanted)
			*--at = digit;
		rest /= 10;
	}
	if (wanted)
		*--at = '.';
	do {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest != 0);
	if (value < 0)
		*--at = '-';
	memcpy(ret, at, (size_t)(text + sizeof(text) - at));
}

int decimal_add(int64_t a, int64_t b, int64_t *ret)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return FAIL_INPUT;
	*ret = sum;
	return 0;
}
