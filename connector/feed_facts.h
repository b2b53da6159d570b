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

/* Where the feeds stand that decide what a following list shows. */
struct feed_followed {
	int64_t feed; /* that it follows */
	int64_t deletions;
	int64_t accounts; /* -1: not known, written by an older version */
};

int feed_facts_followed_now(struct records *records,
	const struct entity *entity, struct feed_followed *ret,
	struct error *err) MUST_CHECK;
/* Where they stood when the list was read to its end. False: never. */
bool feed_facts_followed_get(struct records *records,
	const struct entity *entity, struct feed_followed *ret);
int feed_facts_followed_set(struct records *records,
	const struct entity *entity, const struct feed_followed *followed,
	struct error *err) MUST_CHECK;

/* How often the company was moved to another database. */
int64_t feed_facts_epoch(struct records *records);

#endif
