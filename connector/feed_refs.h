/*
 * Do a feed's rows name things that the reference lists lack?
 */
#ifndef CONNECTOR_FEED_REFS_H
#define CONNECTOR_FEED_REFS_H

#include "base/error.h"
#include "connector/entity.h"
#include "store/records.h"

struct feed_refs;

/* *ret is NULL when the entity's rows name nothing. FAIL_STOP. */
int feed_refs_new(struct feed_refs **ret, const struct entity *entity,
	struct error *err) MUST_CHECK;
void feed_refs_free(struct feed_refs *refs);

/* Before the first row of a page. */
void feed_refs_page(struct feed_refs *refs);
/* A new or changed row, inside the page's transaction: each list that lacks
 * what the row names is wanted from then on (struct stream_state). FAIL_STORE. */
int feed_refs_check(struct feed_refs *refs, struct records *records,
	const char *const *values, struct error *err) MUST_CHECK;

#endif
