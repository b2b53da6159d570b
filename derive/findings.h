/*
 * What the checks of one record find.
 */
#ifndef DERIVE_FINDINGS_H
#define DERIVE_FINDINGS_H

#include "derive/derive_parts.h"

#define FINDINGS_MAX      16
#define FINDINGS_TEXT_MAX 160

struct findings_check {
	const char *id; /* "entry-unbalanced" */
	bool error;     /* otherwise a warning */
};

/* Begin with zeros but for the checks. */
struct findings {
	const struct findings_check
		*checks; /* borrowed; FINDINGS_MAX at most */
	size_t count;    /* of checks */
	char text[FINDINGS_MAX][FINDINGS_TEXT_MAX]; /* "": found nothing */
};

/* checks[check] found something. The first finding of a check is kept: the
 * others would say the same. */
void findings_add(struct findings *findings, int check, const char *format, ...)
	FORMAT_LIKE(3, 4);

/* In place of what the record's checks found before. Inside a transaction.
 * FAIL_STORE. */
int findings_store(struct derive *derive, const struct findings *findings,
	const struct model_type *type, const char *id,
	struct error *err) MUST_CHECK;

#endif
