/*
 * What the files of the query share. Nobody else includes this.
 *
 *	records_query_parse.c  text to tree, order and page; no database
 *	records_query_field.c  fields by name, and what they could have meant
 *	records_query_value.c  a value's text to what is stored
 *	records_query_sql.c    tree and order to SQL
 *	records_query_index.c  the indexes, and whether they are there
 *	records_query_key.c    where a page goes on
 *	records_query_plan.c   which index is walked
 *	records_query.c        rows out
 */
#ifndef STORE_RECORDS_QUERY_PARTS_H
#define STORE_RECORDS_QUERY_PARTS_H

#include "store/records_query.h"

enum query_operator {
	QUERY_EQUAL,
	QUERY_UNEQUAL,
	QUERY_CONTAINS,
	QUERY_GREATER,
	QUERY_LESS,
	QUERY_NOT_LESS,
	QUERY_NOT_GREATER,
	QUERY_OPERATORS
};

enum query_node_kind {
	QUERY_TERM, /* a condition */
	QUERY_ALL,  /* its children hold: && */
	QUERY_ANY   /* one of them holds: || */
};

/* A value as it is bound: a text or a number. */
struct query_value {
	bool is_number;
	int64_t number;
	size_t text; /* where it begins in the filter's texts */
};

struct query_node {
	enum query_node_kind kind;
	int field; /* of a condition */
	enum query_operator operator;
	struct query_value value;
	int child; /* the first of a group, or -1 */
	int next;  /* of the same group, or -1 */
};

/* A group is made for two children or more, so groups are fewer than
 * conditions. */
#define QUERY_NODES_MAX (RECORDS_FILTER_TERMS_MAX * 2)

struct records_filter {
	const struct model_type *type;
	struct query_node nodes[QUERY_NODES_MAX];
	int count;
	int root;
	struct buf texts; /* NUL-ended values, one after the other */
};

/* records_query_field.c */
/* The field of that name in any case; FAIL_USAGE with what there is. */
int query_field_find(const struct model_type *type, const char *name,
	size_t len, int *ret, struct error *err) MUST_CHECK;
/* Is it compared byte by byte? */
bool query_field_is_id(const struct model_type *type, int field);

/* Is the condition "metadata.isDeleted = true"? */
bool query_node_is_deleted(
	const struct records_filter *filter, const struct query_node *term);

/* records_query_value.c */
int query_value_read(struct records_filter *filter, struct query_node *term,
	const char *text, struct error *err) MUST_CHECK;
const char *query_operator_text(enum query_operator operator);

#endif
