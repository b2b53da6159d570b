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

/* "financial.accounting=read, crm.accounts=manage", blanks as one likes; a
 * name alone means read. What is read is added to *ret, so that several
 * pieces of one list can be read one after the other. FAIL_CONFIG names the
 * wrong word and the nearest right one; a scope with two levels is refused. */
int scopes_set_parse(
	const char *text, struct scopes_set *ret, struct error *err) MUST_CHECK;

/* At least this level. */
void scopes_set_add(
	struct scopes_set *set, int scope, enum catalogue_level level);
/* The higher level of each. */
void scopes_set_union(struct scopes_set *set, const struct scopes_set *other);
/* What is needed and not had, at the level needed. Returns how many scopes
 * that are. With the two sets changed about: what is had beyond need. */
int scopes_set_missing(const struct scopes_set *have,
	const struct scopes_set *needed, struct scopes_set *ret);
/* The recommended list, as it is or as bank feeds want it. */
void scopes_set_recommended(bool bank_feeds, struct scopes_set *ret);

#endif
