/*
 * Refusals in words: which scope is missing, and where it is set. The same
 * words serve `scopes check`, `sync` and `status`.
 */
#ifndef SCOPES_EXPLAIN_H
#define SCOPES_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#define EXPLAIN_MAX   384
#define EXPLAIN_SCOPE 64

/* Is that Exact's refusal for want of a scope, and of which? A scope's id as
 * Exact wrote it (it may be newer than the catalogue), "" when it named
 * none. */
bool explain_refused(const char *said, char ret_scope[static EXPLAIN_SCOPE]);

/* "the app has no scope financial.receivables …; its owner sets it …" */
void explain_missing(const char *scope, char ret[static EXPLAIN_MAX]);

/* The app may, but the user or the licence may not: one sentence. */
extern const char explain_rights[];

/* Where an app's scopes are set, and what must follow: one clause. */
const char *explain_where(void);

#endif
