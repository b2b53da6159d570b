/*
 * Records that match a condition, in an order, page after page. The condition
 * is a text in the query language of Codat's public API:
 *
 *	{status = Submitted || status = PartiallyPaid} && amountDue > 100
 *	customerRef.id = 61, dueDate < 2026-02-01, metadata.isDeleted != true
 *
 *	operators   = !=       every field
 *	            ~          "contains": texts and words of an enum
 *	            > < >= <=  numbers and moments
 *	&& binds tighter than ||; { } groups; blanks around words are ignored
 *
 * Names, words of an enum, true and false may be written in any case. A dot
 * leads into an object; nothing leads into an array. A value ends before &&,
 * ||, { or } unless it stands in double quotes, where \" and \\ are a quote
 * and a backslash.
 *
 *	text     compared without regard to the case of A to Z
 *	id       compared byte by byte; a GUID may be written in capitals
 *	moment   2026-02-01, or with a time, with or without Z or an offset. A
 *	         date is its midnight; an offset is converted to UTC; a moment
 *	         without zone is compared as it is written
 *	number   no exponent, and no more decimals than the field keeps
 *
 * A field that a record lacks equals nothing, so != holds for it and every
 * other operator fails. Nothing else asks whether a field is absent.
 *
 * Order: by any scalar field, ties by id. A record that lacks the field comes
 * before all others, and in descending order after them. Descending is the
 * exact reverse of ascending. Without an order, records come by id.
 */
#ifndef STORE_RECORDS_QUERY_H
#define STORE_RECORDS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/model.h"

struct records;
struct records_filter;

/* What a condition may be: bytes, conditions, groups inside groups. Codat's
 * limit is "under 2048 characters". */
#define RECORDS_FILTER_MAX       2047
#define RECORDS_FILTER_TERMS_MAX 100
#define RECORDS_FILTER_DEPTH_MAX 16

/* FAIL_USAGE names the position (bytes, from 1), the word and what would have
 * been right there. */
int records_filter_parse(struct records_filter **ret,
	const struct model_type *type, const char *text,
	struct error *err) MUST_CHECK;
void records_filter_free(struct records_filter *filter);
/* Does any condition name this field of the type? */
bool records_filter_names(const struct records_filter *filter, int field);

struct records_query {
	const struct model_type *type;
	const struct records_filter *filter; /* borrowed; NULL: everything */
	bool live_only;                      /* without deleted records */
	bool changed; /* only what has a change number above this one; without
			 an order, by change number */
	int64_t changed_since;
	int order; /* a field; RECORDS_ORDER_DEFAULT: by id, or by change */
	bool descending;
	const char *after; /* the key of the record before; NULL: from the
			      first */
	int64_t skip;      /* pass over so many first */
	int64_t limit;     /* 0: no limit */
};

#define RECORDS_ORDER_DEFAULT (-1)
#define RECORDS_PAGE_SIZE     100
#define RECORDS_PAGE_SIZE_MAX 5000

/* A query for all records of the type, by id. */
void records_query_init(
	struct records_query *query, const struct model_type *type);
/* "issueDate" or "-issueDate", into order and descending. FAIL_USAGE. */
int records_query_order(struct records_query *query, const char *text,
	struct error *err) MUST_CHECK;
/* Codat's "page" (from 1) and "pageSize", into skip and limit; NULL: 1 and
 * RECORDS_PAGE_SIZE. A page by number passes over all before it, and a record
 * may be missed or come twice when others come and go between two pages; a
 * page by key (after) does neither. FAIL_USAGE. */
int records_query_page(struct records_query *query, const char *page,
	const char *size, struct error *err) MUST_CHECK;

/* One record found. Borrowed for the call. */
struct records_found {
	struct model_record *record; /* with all its children */
	int64_t change_number;
};

/* Calls fn for each record found, from one state of the file, whatever is
 * written meanwhile; fn returns 0 to go on, else that is returned. fn may
 * read. FAIL_USAGE: `after` is no key of this order; changed_since is beyond
 * the file's change number (the file was made anew). *ret_change: the change
 * number to go on from with changed_since; untouched on failure. */
int records_query_each(struct records *records,
	const struct records_query *query,
	int (*fn)(void *arg, const struct records_found *found), void *arg,
	int64_t *ret_change, struct error *err) MUST_CHECK;
/* How many records match, whatever after, skip and limit say. May take long:
 * everything that the filter's index leaves over is read. */
int records_query_total(struct records *records,
	const struct records_query *query, int64_t *ret,
	struct error *err) MUST_CHECK;
/* A found record's key, for `after`: a text of any bytes but NUL. */
void records_query_key(const struct records_query *query,
	const struct records_found *found, struct buf *ret);

/* Make the indexes of the model's `indexed` fields, for each data type that
 * has records; each in a transaction of its own, and none when it is there.
 * For the end of a run: sorted after a first load, they are written once. */
int records_query_index(struct records *records, struct error *err) MUST_CHECK;
/* The statements that a query runs and SQLite's plan for each, a line each,
 * for tests and measurements. */
int records_query_explain(struct records *records,
	const struct records_query *query, struct buf *ret,
	struct error *err) MUST_CHECK;

#endif
