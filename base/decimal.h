/*
 * Exact decimals: an int64 count of 10^-scale units, never a double.
 *
 * Exact Online sends doubles with noise (19.990000000000002, 1E-05). Money is
 * rounded half away from zero to the scale that the caller gives, by the
 * digits of the text: 12345678901234.56 at scale 2 is 1234567890123456 to the
 * last digit.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include <stdint.h>

#include "base/error.h"

#define DECIMAL_SCALE_MAX 9
#define DECIMAL_TEXT_MAX  24 /* "-9223372036854775808" with a point, NUL */

/* Reads JSON number syntax (sign, digits, fraction, exponent). FAIL_INPUT when
 * the text is no number or does not fit. */
int decimal_parse(const char *text, int scale, int64_t *ret) MUST_CHECK;

/* The shortest text with that value: 1250 at scale 2 is "12.5", 0 is "0". */
void decimal_format(
	int64_t value, int scale, char ret[static DECIMAL_TEXT_MAX]);

/* 0, or FAIL_INPUT on overflow. */
int decimal_add(int64_t a, int64_t b, int64_t *ret) MUST_CHECK;

#endif
