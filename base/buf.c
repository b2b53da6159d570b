/* The growable buffer: doubles up to its limit; an append beyond it fails for
 * good. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char empty[1]; /* where data points before the first append */

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){ .data = empty, .max = max };
}

void buf_free(struct buf *buf)
{
	if (buf->cap > 0)
		free(buf->data);
	buf_init(buf, buf->max);
}

void buf_wipe_free(struct buf *buf)
{
	if (buf->cap > 0)
		explicit_bzero(buf->data, buf->cap);
	buf_free(buf);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->cap > 0)
		buf->data[0] = '\0';
}

/* Makes room for `more` bytes and a NUL. Old memory is wiped, because a buffer
 * may hold a secret and realloc() would leave a copy behind. */
static bool grow(struct buf *buf, size_t more)
{
	size_t need, cap;
	char *data;

	if (buf->failed)
		return false;
	if (more > buf->max || buf->len > buf->max - more)
		goto refused;
	need = buf->len + more + 1;
	if (need <= buf->cap)
		return true;
	cap = buf->cap < 128 ? 128 : buf->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	data = malloc(cap);
	if (!data)
		goto refused;
	memcpy(data, buf->data, buf->len);
	data[buf->len] = '\0';
	if (buf->cap > 0) {
		explicit_bzero(buf->data, buf->cap);
		free(buf->data);
	}
	buf->data = data;
	buf->cap = cap;
	return true;
refused:
	buf->failed = true;
	return false;
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !grow(buf, len))
		return;
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
	if (!grow(buf, 1))
		return;
	buf->data[buf->len++] = c;
	buf->data[buf->len] = '\0';
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0) {
		buf->failed = true;
		return;
	}
	if (!grow(buf, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
	va_end(args);
	buf->len += (size_t)len;
}

static bool unreserved(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void buf_put_percent(struct buf *buf, const char *text, size_t len)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (unreserved(c)) {
			buf_putc(buf, (char)c);
		} else {
			buf_putc(buf, '%');
			buf_putc(buf, hex[c >> 4]);
			buf_putc(buf, hex[c & 15]);
		}
	}
}

/* U+0085, U+2028 or U+2029: many readers of lines take these for a line end. */
static bool ends_line(const char *text, size_t len)
{
	return (len >= 2 && !memcmp(text, "\xC2\x85", 2)) ||
	       (len >= 3 && (!memcmp(text, "\xE2\x80\xA8", 3) ||
				    !memcmp(text, "\xE2\x80\xA9", 3)));
}

void buf_put_json(struct buf *buf, const char *text, size_t len)
{
	static const char names[] = "btn?fr"; /* 8, 9, 10, -, 12, 13 */
	size_t from = 0;

	buf_putc(buf, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		/* Most characters stand for themselves. */
		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			continue;
		if (c >= 0x80 && ends_line(text + i, len - i)) {
			buf_append(buf, text + from, i - from);
			buf_printf(buf, "\\u%04x",
				c == 0xc2
					? 0x85u
					: 0x2000u +
						  ((unsigned char)text[i + 2] &
							  0x3fu));
			i += c == 0xc2 ? 1 : 2;
			from = i + 1;
			continue;
		}
		if (c >= 0x80)
			continue;
		buf_append(buf, text + from, i - from);
		from = i + 1;
		if (c == '"' || c == '\\')
			buf_printf(buf, "\\%c", c);
		else if (c >= 8 && c <= 13 && c != 11)
			buf_printf(buf, "\\%c", names[c - 8]);
		else
			buf_printf(buf, "\\u%04x", c);
	}
	buf_append(buf, text + from, len - from);
	buf_putc(buf, '"');
}

bool buf_failed(const struct buf *buf)
{
	return buf->failed;
}
