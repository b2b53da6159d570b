/* Error records: a grade and one sentence, which is cut when it is too long. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int fail, const char *format, ...)
{
	va_list args;

	if (!err)
		return fail;
	err->fail = fail;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return fail;
}

int error_prefix(struct error *err, const char *format, ...)
{
	char before[sizeof(err->text)];
	char after[sizeof(err->text)];
	va_list args;
	size_t used;

	if (!err)
		return FAIL_STOP;
	va_start(args, format);
	vsnprintf(before, sizeof(before), format, args);
	va_end(args);
	memcpy(after, err->text, sizeof(after));
	snprintf(err->text, sizeof(err->text), "%s", before);
	used = strlen(err->text);
	snprintf(err->text + used, sizeof(err->text) - used, ": %s", after);
	return err->fail;
}

const char *error_grade(int fail)
{
	static const char *const names[] = {
		[0] = "ok",
		[-FAIL_RETRY] = "retry",
		[-FAIL_LATER] = "later",
		[-FAIL_WAIT] = "wait",
		[-FAIL_SIGN_IN] = "sign-in",
		[-FAIL_RECORD] = "record",
		[-FAIL_STREAM] = "stream",
		[-FAIL_COMPANY] = "company",
		[-FAIL_BUSY] = "busy",
		[-FAIL_STORE] = "store",
		[-FAIL_CONFIG] = "configuration",
		[-FAIL_USAGE] = "usage",
		[-FAIL_INPUT] = "input",
		[-FAIL_INTERRUPTED] = "interrupted",
		[-FAIL_STOP] = "stop",
	};

	if (fail > 0 || fail < FAIL_STOP)
		return "unknown";
	return names[-fail];
}
