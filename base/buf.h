/*
 * A growable byte buffer with a limit given at its start.
 *
 * A failure (limit exceeded, no memory) is kept: later appends do nothing,
 * and buf_failed() reports it at the end, so that forty appends need one
 * check. `data` is always NUL-terminated; `len` does not count the NUL.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct buf {
	char *data;  /* owned; "" before the first append */
	size_t len;  /* bytes in use */
	size_t cap;  /* bytes allocated, 0 while data is static */
	size_t max;  /* limit for len */
	bool failed; /* an append was refused */
};

void buf_init(struct buf *buf, size_t max);
void buf_free(struct buf *buf);
/* Overwrites the bytes in a way the compiler can't remove, then frees. */
void buf_wipe_free(struct buf *buf);
/* Empties the buffer, keeps its memory, clears `failed`. */
void buf_reset(struct buf *buf);
void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) FORMAT_LIKE(2, 3);
/* Percent-encodes everything but RFC 3986 unreserved characters. */
void buf_put_percent(struct buf *buf, const char *text, size_t len);
/* Appends text as a JSON string with its quotes. `text` is UTF-8. */
void buf_put_json(struct buf *buf, const char *text, size_t len);
bool buf_failed(const struct buf *buf);

#endif
