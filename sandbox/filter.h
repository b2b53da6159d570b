/*
 * $filter: the part of OData v2's grammar that Exact Online accepts.
 *
 *	expression := and { "or" and }
 *	and        := compare { "and" compare }
 *	compare    := unary [ (eq|ne|gt|ge|lt|le) unary ]
 *	unary      := "not" unary | primary
 *	primary    := "(" expression ")" | function "(" … ")" | property | literal
 *	function   := trim tolower toupper substringof startswith endswith
 *
 * Types are checked while reading: "ID eq 12" is refused because a Guid
 * can't be compared with an Int32, whatever the rows hold.
 */
#ifndef SANDBOX_FILTER_H
#define SANDBOX_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/odata_table.h"
#include "sandbox/render.h"

#define FILTER_TEXT_MAX  16384
#define FILTER_DEPTH_MAX 100
#define FILTER_NODES_MAX 2000

struct filter;

typedef void filter_get(void *context, int property, struct render_value *ret);

/* FAIL_INPUT: `problem` gets the text of the 400. FAIL_STOP: no memory. */
int filter_parse(struct filter **ret, const char *text,
	const struct odata_model *model, unsigned variant,
	struct buf *problem) MUST_CHECK;
void filter_free(struct filter *filter);
/* Does the row that `get` reads match? */
bool filter_matches(
	const struct filter *filter, filter_get *get, void *context);
/* Does the filter name this property? */
bool filter_names(const struct filter *filter, int property);
/* The value that `property` must exceed in every matching row ("Timestamp gt
 * 12L and …"); INT64_MIN when the filter sets no such bound. */
int64_t filter_above(const struct filter *filter, int property);
/* Reads one literal from *text and moves *text behind it. A String is decoded
 * in place and borrowed from there. */
bool filter_literal(char **text, struct render_value *ret);

#endif
