/*
 * Plain log lines on standard error, for cli/, platform/, server/ and the
 * sandbox alone:
 *
 *	2026-11-21T09:30:00Z info  alpha: TransactionLines 3 pages, 2,412 rows
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/clock.h"
#include "base/error.h"

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR
};

/* Lines below `least` are dropped. `clock` is borrowed; NULL: no times. */
void log_setup(enum log_level least, const struct clock *clock);
/* Control characters in the text are written as \xNN. */
void log_line(enum log_level level, const char *format, ...) FORMAT_LIKE(2, 3);

#endif
