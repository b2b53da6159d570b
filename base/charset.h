/*
 * The text encodings that ledger files come in, to UTF-8.
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

enum charset {
	CHARSET_UTF8,
	CHARSET_ISO8859_15,
	CHARSET_WINDOWS_1252
};

/* The most bytes of UTF-8 that one byte of any of them becomes. */
#define CHARSET_GROWTH 3

/* Is it UTF-8 by RFC 3629? */
bool charset_is_utf8(const char *bytes, size_t len);

/* Does a byte of 80 to 9F occur? */
bool charset_has_c1(const char *bytes, size_t len);

/* Writes len bytes as UTF-8, at most CHARSET_GROWTH * len of them, and gives
 * their number. UTF-8 is copied unchecked. What Windows-1252 leaves undefined
 * becomes U+FFFD. */
size_t charset_to_utf8(
	enum charset from, const char *bytes, size_t len, char *ret);

#endif
