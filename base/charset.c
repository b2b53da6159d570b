/*
 * Single-byte Latin is Latin-1 except for eight places (ISO 8859-15) or for
 * the 32 places from 80 to 9F (Windows-1252). Tables hold those places; any
 * other byte is its own code point.
 *
 *	the euro sign is A4 in ISO 8859-15 and 80 in Windows-1252
 */
#include "base/charset.h"

#include <stdint.h>
#include <string.h>

static const uint16_t windows_1252[32] = {
	0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, /* 80 */
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, /* 88 */
	0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, /* 90 */
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178, /* 98 */
};

/* From A0; 0: the same as in Latin-1. */
static const uint16_t iso8859_15[32] = {
	[0xA4 - 0xA0] = 0x20AC,
	[0xA6 - 0xA0] = 0x0160,
	[0xA8 - 0xA0] = 0x0161,
	[0xB4 - 0xA0] = 0x017D,
	[0xB8 - 0xA0] = 0x017E,
	[0xBC - 0xA0] = 0x0152,
	[0xBD - 0xA0] = 0x0153,
	[0xBE - 0xA0] = 0x0178,
};

/* The range of the second byte, for the lead bytes from E0 to F4 that restrict
 * it: no overlong form, no surrogate, nothing above 10FFFF. */
static bool second_byte_fits(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xE0:
		return second >= 0xA0 && second <= 0xBF;
	case 0xED:
		return second >= 0x80 && second <= 0x9F;
	case 0xF0:
		return second >= 0x90 && second <= 0xBF;
	case 0xF4:
		return second >= 0x80 && second <= 0x8F;
	default:
		return second >= 0x80 && second <= 0xBF;
	}
}

/* How many bytes follow this lead byte; -1 when it is no lead byte. */
static int followers(unsigned char lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 1;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 2;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 3;
	return -1;
}

bool charset_is_utf8(const char *bytes, size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;
	const unsigned char *end = at + len;

	while (at < end) {
		int more = followers(*at);
		int i;

		if (more < 0 || end - at <= more)
			return false;
		if (more > 0 && !second_byte_fits(at[0], at[1]))
			return false;
		for (i = 2; i <= more; i++) {
			if (at[i] < 0x80 || at[i] > 0xBF)
				return false;
		}
		at += more + 1;
	}
	return true;
}

bool charset_has_c1(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x80 && byte <= 0x9F)
			return true;
	}
	return false;
}

static unsigned int code_point(enum charset from, unsigned char byte)
{
	if (from == CHARSET_WINDOWS_1252 && byte >= 0x80 && byte <= 0x9F)
		return windows_1252[byte - 0x80];
	if (from == CHARSET_ISO8859_15 && byte >= 0xA0 && byte <= 0xBF &&
		iso8859_15[byte - 0xA0] != 0)
		return iso8859_15[byte - 0xA0];
	return byte;
}

size_t charset_to_utf8(
	enum charset from, const char *bytes, size_t len, char *ret)
{
	char *to = ret;
	size_t i;

	if (from == CHARSET_UTF8) {
		memcpy(ret, bytes, len);
		return len;
	}
	for (i = 0; i < len; i++) {
		unsigned int point = code_point(from, (unsigned char)bytes[i]);

		if (point < 0x80) {
			*to++ = (char)point;
		} else if (point < 0x800) {
			*to++ = (char)(0xC0 | point >> 6);
			*to++ = (char)(0x80 | (point & 63));
		} else {
			*to++ = (char)(0xE0 | point >> 12);
			*to++ = (char)(0x80 | (point >> 6 & 63));
			*to++ = (char)(0x80 | (point & 63));
		}
	}
	return (size_t)(to - ret);
}
