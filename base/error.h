/*
 * Errors, graded by what the caller should do next.
 *
 * Every function that can fail returns 0 or one of the negative grades below.
 * Where it gets a struct error, it fills the record with a sentence that a
 * person can act on: what was being done, what went wrong, what to do. A
 * library folder never logs and never prints.
 *
 * A text never holds a token, a code, a secret or personal data.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

enum fail {
	FAIL_RETRY = -1,        /* try again now: the cause will pass */
	FAIL_LATER = -2,        /* try again later: network, 5xx, outage */
	FAIL_WAIT = -3,         /* wait until a known time (quota, token age) */
	FAIL_SIGN_IN = -4,      /* a person must consent again */
	FAIL_RECORD = -5,       /* this record can't be used, others may be */
	FAIL_STREAM = -6,       /* this stream can't go on, others can */
	FAIL_COMPANY = -7,      /* nothing can be read for this company */
	FAIL_BUSY = -8,         /* another process holds the lock */
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

/* Fills `err` (which may be NULL) and returns `fail`, so that a caller can
 * write `return error_set(err, FAIL_STORE, "…")`. Text that is too long is
 * cut. */
int error_set(struct error *err, int fail, const char *format, ...)
	FORMAT_LIKE(3, 4);

/* Puts "prefix: " before the text of `err`. Returns err->fail. */
int error_prefix(struct error *err, const char *format, ...) FORMAT_LIKE(2, 3);

/* The grade's name in logs and JSON: "retry", "sign-in", … */
const char *error_grade(int fail);

#endif
