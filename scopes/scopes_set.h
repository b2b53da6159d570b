/*
 * A level for every scope of the catalogue, and arithmetic with such sets.
 */
#ifndef SCOPES_SCOPES_SET_H
#define SCOPES_SCOPES_SET_H

#include <stdbool.h>

#include "base/error.h"
#include "scopes/catalogue.h"

/* All zero is the empty set. */
struct scopes_set {
	unsigned char level[CATALOGUE_SCOPES]; /* enum catalogue_level */
};

/* Reads "financial.accounting=read, crm.accounts=manage", with any blanks; a
 * name alone means read. The scopes are added to *ret, so that a list can be
 * read in pieces. FAIL_CONFIG names the wrong word and the nearest right one,
 * or a scope with two levels. */
int scopes_set_parse(
	const char *text, struct scopes_set *ret, struct error *err) MUST_CHECK;

/* Raises the scope to at least this level. */
void scopes_set_add(
	struct scopes_set *set, int scope, enum catalogue_level level);
/* Raises each scope to the higher of the two levels. */
void scopes_set_union(struct scopes_set *set, const struct scopes_set *other);
/* The scopes that are needed and not had, at the needed level. Returns their
 * number. With the two sets exchanged: the scopes that are had and not
 * needed. */
int scopes_set_missing(const struct scopes_set *have,
	const struct scopes_set *needed, struct scopes_set *ret);
/* The recommended list, without or with bank feeds. */
void scopes_set_recommended(bool bank_feeds, struct scopes_set *ret);

#endif
