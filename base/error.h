/*
 * Errors, graded by what the caller should do next.
 *
 * Every fallible function returns 0 or one of the negative grades below and,
 * where it is given one, fills a struct error with a sentence a person can
 * act on: what was being done, what went wrong, what to do. A library folder
 * never logs and never prints; it fills this record.
 *
 * A text never holds a token, a code, a secret or personal data.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum fail {
	FAIL_RETRY = -1,        /* try again now, the cause is passing */
	FAIL_LATER = -2,        /* try again later: network, 5xx, outage */
	FAIL_WAIT = -3,         /* wait until a known time (quota, token age) */
	FAIL_SIGN_IN = -4,      /* a person must consent again */
	FAIL_RECORD = -5,       /* this record can't be used, the next may */
	FAIL_STREAM = -6,       /* this stream can't go on, others may */
	FAIL_COMPANY = -7,      /* nothing can be read for this company */
	FAIL_BUSY = -8,         /* another process holds it */
	FAIL_STORE = -9,        /* the disk or the database refused */
	FAIL_CONFIG = -10,      /* the configuration must be changed */
	FAIL_USAGE = -11,       /* the call or command line is wrong */
	FAIL_INPUT = -12,       /* outside data is malformed */
	FAIL_INTERRUPTED = -13, /* a signal asked us to stop */
	FAIL_STOP = -14         /* out of memory or our own bug: stop */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define FORMAT_LIKE(string, first)                                             \
	__attribute__((format(printf, string, first)))

struct error {
	int fail;       /* 0 or an enum fail */
	char text[512]; /* one sentence, no trailing newline */
};

/* Fill `err` (which may be NULL) and return `fail`, so that a caller can
 * write `return error_set(err, FAIL_STORE, "…")`. Over-long text is cut. */
int error_set(struct error *err, int fail, const char *format, ...)
	FORMAT_LIKE(3, 4);

/* Put "what: " before the text that is there. Returns err->fail. */
int error_prefix(struct error *err, const char *format, ...) FORMAT_LIKE(2, 3);

/* The grade's name as used in logs and JSON: "retry", "sign-in", … */
const char *error_grade(int fail);

#endif
