/*
 * What is done to all feeds before a run reads them.
 *
 * When deletions can't be heard of, feeds are swept:
 *
 *	day  0  first load                  swept = 0
 *	day 20  the log gives rows          heard = 20
 *	day 70  heard is 50 days ago        go on
 *	day 76  heard is 56 days ago, and   sweep; swept = 76
 *	        the whole reading 76
 */
#include "connector/feed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/feed_facts.h"

#define EPOCH_MAX 511
#define DAY_MS    INT64_C(86400000)

static bool is_feed(const struct entity *entity)
{
	return entity->cursor == ENTITY_WHOLE ||
	       entity->cursor == ENTITY_TIMESTAMP || entity->kept;
}

int feed_declare(struct records *records, struct error *err)
{
	int r = records_begin(records, err);

	if (r)
		return r;
	for (size_t i = 0; entity_table[i] && !r; i++) {
		if (is_feed(entity_table[i]))
			r = records_feed_declare(
				records, &entity_table[i]->shape, err);
	}
	if (!r)
		r = records_commit(records, err);
	if (r)
		records_rollback(records);
	return r;
}

int feed_moved(struct records *records, struct error *err)
{
	/* Facts that hold row versions, or go with one. */
	static const char *const places[] = { "overlap", "past", "mark",
		"mark-ms" };
	static const struct stream_cursor none;
	int64_t epoch = feed_facts_epoch(records) + 1;
	char text[32];
	int r;

	if (epoch > EPOCH_MAX)
		return error_set(err, FAIL_COMPANY,
			"the company was moved more than %d times; remove its "
			"data file and sync again",
			EPOCH_MAX);
	(void)snprintf(text, sizeof(text), "%" PRId64, epoch);
	r = records_meta_set(records, "epoch", text, err);
	for (size_t i = 0; entity_table[i] && !r; i++) {
		const struct entity *entity = entity_table[i];

		if (entity->cursor == ENTITY_SINGLE)
			continue;
		r = records_cursor_set(records, entity->shape.name, &none, err);
		if (!r && entity->cursor == ENTITY_TIMESTAMP)
			r = feed_facts_set(records, "full", entity, "1", err);
		for (size_t k = 0; k < sizeof(places) / sizeof(*places) && !r;
			k++)
			r = feed_facts_set(records, places[k], entity, "", err);
	}
	return r;
}

static bool heard_lately(struct records *records, int64_t limit)
{
	return feed_facts_number(records, "heard", &entity_deleted, 0) >= limit;
}

bool feed_sweep_due(
	struct records *records, const struct entity *entity, int64_t server_ms)
{
	int64_t limit = server_ms - FEED_DELETED_DAYS * DAY_MS;
	int64_t swept = feed_facts_number(records, "swept", entity, 0);

	/* Never read whole yet: its first run is under way. */
	return entity->deleted_type && swept && swept < limit &&
	       !heard_lately(records, limit);
}

int feed_reconcile(
	struct records *records, int64_t server_ms, struct error *err)
{
	int r;

	if (heard_lately(records, server_ms - FEED_DELETED_DAYS * DAY_MS))
		return 0;
	r = records_begin(records, err);
	if (r)
		return r;
	for (size_t i = 0; entity_table[i] && !r; i++) {
		const struct entity *entity = entity_table[i];

		if (feed_sweep_due(records, entity, server_ms))
			r = feed_facts_set(records, "full", entity, "1", err);
	}
	if (!r)
		r = records_commit(records, err);
	if (r)
		records_rollback(records);
	return r;
}
