/*
 * A query's tree, order and key as SQL. Every value is bound; the text holds
 * the model's own names and nothing that a user wrote.
 */
#ifndef STORE_RECORDS_QUERY_SQL_H
#define STORE_RECORDS_QUERY_SQL_H

#include "store/records_query_parts.h"

struct sqlite3_stmt;

/* Conditions, and besides them change number, key, skip and limit. */
#define QUERY_BINDS_MAX (RECORDS_FILTER_TERMS_MAX + 8)

struct query_bind {
	bool is_number;
	int64_t number;
	const char *text; /* borrowed */
};

/* A statement, or the part of one that its owner completes. */
struct query_sql {
	struct buf text;
	struct query_bind binds[QUERY_BINDS_MAX];
	int count;
};

/* A statement's parts may look for an index or must not. A plus before a
 * column changes nothing but that: SQLite uses no index for +column. */
enum query_use {
	QUERY_BY_INDEX,
	QUERY_WITHOUT_INDEX
};

void query_sql_init(struct query_sql *sql);
void query_sql_free(struct query_sql *sql);
void query_sql_bind(const struct query_sql *sql, struct sqlite3_stmt *ret);
/* "?7", and the value that goes there. */
void query_sql_number(struct query_sql *sql, int64_t value);
void query_sql_text(struct query_sql *sql, const char *value);

/* What a field is compared and ordered by: its index is made of the same
 * words, or SQLite would not know it. */
void query_sql_field(const struct model_type *type, int field,
	enum query_use use, struct buf *ret);
/* records_query_index.c: has the file an index of that name? */
struct records;
int query_index_there(struct records *records, const char *name, bool *ret,
	struct error *err) MUST_CHECK;
/* The index of a field: "invoices_by_issue_date". */
void query_sql_index_name(
	const struct model_type *type, int field, struct buf *ret);
/* One node and all below it; `by_index[node]` tells which conditions may use
 * an index (NULL: all may). */
void query_sql_node(const struct records_filter *filter, int node,
	const bool *by_index, struct query_sql *ret);

#endif
