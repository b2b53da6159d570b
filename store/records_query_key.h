/* Where a page goes on: the key of the record before, read back. */
#ifndef STORE_RECORDS_QUERY_KEY_H
#define STORE_RECORDS_QUERY_KEY_H

#include "store/records_query.h"

struct query_key {
	bool given;     /* else the first page */
	bool absent;    /* the record lacks the field of the order */
	bool is_number; /* what the field held: a number, else a text */
	int64_t number;
	char *text;     /* owned; NULL when there is none */
	const char *id; /* borrowed of the query */
};

/* FAIL_USAGE: query->after is no key of the query's order. */
int query_key_read(const struct records_query *query, struct query_key *ret,
	struct error *err) MUST_CHECK;

#endif
