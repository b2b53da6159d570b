/*
 * The tree that filter.c reads and filter_match.c evaluates.
 */
#ifndef SANDBOX_FILTER_NODES_H
#define SANDBOX_FILTER_NODES_H

#include <stddef.h>

#include "sandbox/filter.h"

enum filter_kind {
	NODE_LITERAL,
	NODE_PROPERTY,
	NODE_FUNCTION,
	NODE_NOT,
	NODE_AND,
	NODE_OR,
	NODE_EQ,
	NODE_NE,
	NODE_GT,
	NODE_GE,
	NODE_LT,
	NODE_LE
};

enum filter_function {
	FUNCTION_TRIM,
	FUNCTION_TOLOWER,
	FUNCTION_TOUPPER,
	FUNCTION_SUBSTRINGOF,
	FUNCTION_STARTSWITH,
	FUNCTION_ENDSWITH
};

struct filter_node {
	enum filter_kind kind;
	enum odata_type type;
	enum filter_function function;
	int property;
	int left;
	int right;
	struct render_value value;
};

struct filter {
	struct filter_node *nodes; /* owned */
	char *text;                /* owned; literals point into it */
	size_t count;
	size_t capacity;
	int root;
};
/* Reads guid'…' or datetime'…'; the type is set even when the content is
 * wrong. */
bool filter_literal_prefixed(
	char **text, struct render_value *ret, enum odata_type *ret_type);
bool filter_literal_is_prefixed(const char *text);
/* true, false or null. */
bool filter_literal_constant(char **text, struct render_value *ret);

#endif
