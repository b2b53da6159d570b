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

#include <string.h>

#define EPOCH_MAX 511
#define DAY_MS    INT64_C(86400000)

static bool is_feed(const struct entity *entity)
{
	return entity->cursor == ENTITY_WHOLE ||
	       entity->cursor == ENTITY_TIMESTAMP || entity->kept;
}

static int declare(struct records *records, void *arg, struct error *err)
{
	int fail = 0;

	(void)arg; /* none */
	for (size_t i = 0; entity_table[i] && !fail; i++) {
		if (is_feed(entity_table[i]))
			fail = records_feed_declare(
				records, &entity_table[i]->shape, err);
	}
	return fail;
}

int feed_declare(struct records *records, struct error *err)
{
	return records_transaction(records, declare, NULL, err);
}

/* ---- epochs -------------------------------------------------------------- */

int feed_epoch(struct records *records, int64_t *ret, struct error *err)
{
	int64_t epoch = 0;
	bool set;
	int fail = records_fact_number(records, "epoch", &epoch, &set, err);

	if (!fail)
		*ret = epoch;
	return fail;
}

/* What is not a row version, and does not go with one, stays. */
static int start_over(
	struct records *records, const struct entity *entity, struct error *err)
{
	struct stream_state state;
	int fail = records_stream_get(records, entity->shape.name, &state, err);

	if (fail)
		return fail;
	state.committed = 0;
	state.run_high = 0;
	state.next[0] = '\0';
	state.finished_wall_ms = 0;
	state.overlap = STREAM_NOT_SET;
	state.past = STREAM_NOT_SET;
	state.mark = STREAM_NOT_SET;
	state.mark_wall_ms = 0;
	if (entity->cursor == ENTITY_TIMESTAMP)
		state.owes_sweep = true;
	return records_stream_set(records, entity->shape.name, &state, err);
}

int feed_moved(struct records *records, struct error *err)
{
	int64_t epoch = 0;
	int fail = feed_epoch(records, &epoch, err);

	if (fail)
		return fail;
	epoch++;
	if (epoch > EPOCH_MAX)
		return error_set(err, FAIL_COMPANY,
			"the company was moved more than %d times; remove its "
			"data file and sync again",
			EPOCH_MAX);
	fail = records_fact_set_number(records, "epoch", epoch, err);
	for (size_t i = 0; entity_table[i] && !fail; i++) {
		if (entity_table[i]->cursor != ENTITY_SINGLE)
			fail = start_over(records, entity_table[i], err);
	}
	return fail;
}

/* ---- sweeps -------------------------------------------------------------- */

static int heard_lately(
	struct records *records, int64_t limit, bool *ret, struct error *err)
{
	struct stream_state deletions;
	int fail = records_stream_get(
		records, entity_deleted.shape.name, &deletions, err);

	if (!fail)
		*ret = deletions.heard_wall_ms >= limit;
	return fail;
}

int feed_sweep_due(struct records *records, const struct entity *entity,
	int64_t server_ms, bool *ret, struct error *err)
{
	int64_t limit = server_ms - FEED_DELETED_DAYS * DAY_MS;
	struct stream_state state;
	bool heard = false;
	int fail;

	if (!entity->deleted_type) {
		*ret = false;
		return 0;
	}
	fail = records_stream_get(records, entity->shape.name, &state, err);
	if (!fail)
		fail = heard_lately(records, limit, &heard, err);
	/* Never read whole yet: its first run is under way. */
	if (!fail)
		*ret = state.swept_wall_ms && state.swept_wall_ms < limit &&
		       !heard;
	return fail;
}

static int owe_sweep(
	struct records *records, const struct entity *entity, struct error *err)
{
	struct stream_state state;
	int fail = records_stream_get(records, entity->shape.name, &state, err);

	if (fail)
		return fail;
	state.owes_sweep = true;
	return records_stream_set(records, entity->shape.name, &state, err);
}

static int owe_sweeps(struct records *records, void *arg, struct error *err)
{
	const int64_t *server_ms = arg;
	int fail = 0;

	for (size_t i = 0; entity_table[i] && !fail; i++) {
		bool due = false;

		fail = feed_sweep_due(
			records, entity_table[i], *server_ms, &due, err);
		if (!fail && due)
			fail = owe_sweep(records, entity_table[i], err);
	}
	return fail;
}

int feed_reconcile(
	struct records *records, int64_t server_ms, struct error *err)
{
	bool heard = false;
	int fail = heard_lately(
		records, server_ms - FEED_DELETED_DAYS * DAY_MS, &heard, err);

	if (fail || heard)
		return fail;
	return records_transaction(records, owe_sweeps, &server_ms, err);
}
