/*
 * Refusals in words: which scope is missing, and where scopes are set.
 * `scopes check`, `sync` and `status` use the same words.
 */
#ifndef SCOPES_EXPLAIN_H
#define SCOPES_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#define EXPLAIN_MAX   384
#define EXPLAIN_SCOPE 64

/* Does Exact refuse because a scope is missing? ret_scope gets the scope's id
 * as Exact wrote it (it may be newer than the catalogue), or "" when Exact
 * named none. */
bool explain_refused(const char *said, char ret_scope[static EXPLAIN_SCOPE]);

/* "the app has no scope financial.receivables …; its owner sets it …" */
void explain_missing(const char *scope, char ret[static EXPLAIN_MAX]);

/* One sentence for a refusal because of the user or the licence. */
extern const char explain_rights[];

/* One clause: where an app's scopes are set, and what must follow. */
const char *explain_where(void);

#endif
