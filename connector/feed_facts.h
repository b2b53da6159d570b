/*
 * What a feed remembers beside its cursor, in the company's facts.
 */
#ifndef CONNECTOR_FEED_FACTS_H
#define CONNECTOR_FEED_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/entity.h"
#include "store/records.h"

/* False when it was never set, or set to "". */
bool feed_facts_get(struct records *records, const char *what,
	const struct entity *entity, char *ret, size_t size);
int64_t feed_facts_number(struct records *records, const char *what,
	const struct entity *entity, int64_t absent);
/* "" is as if never set. */
int feed_facts_set(struct records *records, const char *what,
	const struct entity *entity, const char *value,
	struct error *err) MUST_CHECK;
int feed_facts_set_number(struct records *records, const char *what,
	const struct entity *entity, int64_t value,
	struct error *err) MUST_CHECK;

/* Where the feed that this one follows stands, with the deletions. */
int feed_facts_followed(struct records *records, const struct entity *entity,
	char ret[static 48], struct error *err) MUST_CHECK;

/* How often the company was moved to another database. */
int64_t feed_facts_epoch(struct records *records);

#endif
