/*
 * From the text encodings of ledger files to UTF-8.
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

/* One byte of any of these encodings becomes at most this many bytes. */
#define CHARSET_GROWTH 3

/* Are the bytes UTF-8 by RFC 3629? */
bool charset_is_utf8(const char *bytes, size_t len);

/* Is there a byte from 80 to 9F? */
bool charset_has_c1(const char *bytes, size_t len);

/* Writes len bytes as UTF-8, at most CHARSET_GROWTH * len bytes, and returns
 * how many. UTF-8 is copied unchecked. A byte that Windows-1252 leaves
 * undefined becomes U+FFFD. */
size_t charset_to_utf8(
	enum charset from, const char *bytes, size_t len, char *ret);

#endif
