/*
 * The regions: one row a country host of Exact Online. A row's name is what
 * the command line, the configuration and the registry call the region. All
 * else that is known of a region stands in its row, so adding a region is
 * adding a row.
 */
#ifndef CONNECTOR_REGION_H
#define CONNECTOR_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/when.h"

#define REGION_MAX       8 /* rows; checked against the table */
#define REGION_ZONES_MAX 2

struct region {
	const char *name;     /* "nl"; at most 7 bytes */
	const char *country;  /* "the Netherlands" */
	const char *base_url; /* "https://start.exactonline.nl" */
	/* The zones in which the host may write local times;
	 * WHEN_ZONE_UNKNOWN: none. */
	enum when_zone zones[REGION_ZONES_MAX];
	/* An account's description is filled from Exact's, as well as its
	 * name. */
	bool accounts_described;
};

extern const struct region region_table[];
extern const size_t region_count;

/* NULL when there is no region of this name. */
const struct region *region_find(const char *name);

/* The names as a person reads them, before the last one `last` instead of
 * `between`: "nl, uk and be" with ", " and " and ". Cut to `size`. */
void region_names(
	const char *between, const char *last, char *ret, size_t size);

#endif
