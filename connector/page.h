/*
 * One OData reply: rows as byte slices, and the link to the next page.
 */
#ifndef CONNECTOR_PAGE_H
#define CONNECTOR_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/json.h"
#include "connector/entity.h"

#define PAGE_NEXT_MAX 6144

struct page {
	struct json_cursor rows; /* over the reply's text */
	struct json_slice single;
	bool is_single;           /* `d` was one entity */
	char next[PAGE_NEXT_MAX]; /* absolute link, or "" */
};

struct page_row {
	char *text; /* owned; the values point into it */
	struct feed_row feed;
	const char *values[ENTITY_COLUMNS_MAX];
	int64_t timestamp; /* 0 when the entity has none */
};

/* The whole text is checked before the first row is given: a reply that was
 * cut, is HTML, or has bytes behind its end gives FAIL_INPUT and no row.
 * `body` is borrowed as long as the page is used. */
int page_open(struct page *ret, const char *body, size_t len,
	struct error *err) MUST_CHECK;
bool page_next(struct page *page, struct json_slice *ret);

/* Read one row. ret is the caller's to page_row_free(), untouched on
 * failure. FAIL_INPUT: not an object, or a value of a wrong kind;
 * FAIL_STREAM: no key, or a row of another division. */
int page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice row, struct error *err) MUST_CHECK;
void page_row_free(struct page_row *row);

#endif
