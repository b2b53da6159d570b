/* Log lines on standard error: time, level, text, nothing that controls a
 * terminal. One write a line, so that lines of several processes don't mix. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/when.h"

static enum log_level threshold = LOG_LEVEL_INFO;
static const struct clock *log_clock;

void log_setup(enum log_level least, const struct clock *clock)
{
	threshold = least;
	log_clock = clock;
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char *const names[] = { "debug", "info ", "warn ",
		"error" };
	char text[2048], when[WHEN_TEXT_MAX];
	struct buf line;
	va_list args;
	ssize_t put;

	if (level < threshold)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	buf_init(&line, 4 * sizeof(text) + 64);
	if (log_clock) {
		int64_t ms = clock_now(log_clock).wall_ms;

		when_format_utc(ms - ms % 1000, when);
		buf_printf(&line, "%s ", when);
	}
	buf_printf(&line, "%s ", names[level]);
	for (const char *at = text; *at != '\0'; at++) {
		unsigned char c = (unsigned char)*at;

		if (c < 0x20 || c == 0x7f)
			buf_printf(&line, "\\x%02x", c);
		else
			buf_putc(&line, (char)c);
	}
	buf_putc(&line, '\n');
	put = write(STDERR_FILENO, line.data, line.len);
	(void)put; /* nobody left to tell */
	buf_free(&line);
}
