/*
 * What the tables of `scopes list` and `scopes check` have in common: the
 * columns "recommended" and "data types that need it", the same two in JSON,
 * and how a table is printed.
 */
#ifndef CLI_SCOPES_TABLE_H
#define CLI_SCOPES_TABLE_H

#include <stddef.h>

#include "base/buf.h"
#include "cli/command.h"

#define SCOPES_TABLE_MAX (256u * 1024)

/* Explains the star in the column "recommended". */
extern const char scopes_table_note[];

/* "read", "read *", "manage", or "" for what is not recommended. */
const char *scopes_table_recommended(int scope);
/* The last column of a row, and the row's end. `indent` is where the column
 * begins. */
void scopes_table_types(struct buf *out, int scope, size_t indent);

/* "recommended" and "bankFeeds" */
void scopes_table_recommended_json(struct buf *out, int scope);
/* "dataTypes" */
void scopes_table_types_json(struct buf *out, int scope);

/* Prints and frees it. */
enum exit_code scopes_table_print(
	struct buf *out, const struct invocation *invocation);

#endif
