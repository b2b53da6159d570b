/*
 * Must a list be read in this run?
 *
 * Feeds with row versions are: a call tells whether anything is new. Two
 * kinds of lists need not be:
 *
 *	reference lists   accounts, journals, items, …: read when their last
 *	                  reading is older than their interval, and when a
 *	                  stored row names what the list lacks
 *	lists that follow the ledger (what is open): read when the ledger or
 *	                  the deletions have moved since, and once a day. A
 *	                  list that disagrees with the ledger is in doubt; it
 *	                  is also read when the accounts have moved, which
 *	                  decide what it is compared with
 */
#include "connector/feed.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

static bool within(int64_t read_ms, int64_t now_ms, int64_t interval_ms)
{
	return read_ms && now_ms - read_ms < interval_ms &&
	       read_ms - now_ms < interval_ms;
}

static int state_of(struct records *records, const struct entity *entity,
	struct stream_state *ret, struct error *err)
{
	return records_stream_get(records, entity->shape.name, ret, err);
}

/* Were all its columns asked for when it was last read? */
static bool same_selection(
	const struct stream_state *state, const struct entity *entity)
{
	char current[17];

	entity_selection(entity, current);
	return !strcmp(state->selection, current);
}

int feed_last_read(struct records *records, const struct entity *entity,
	int64_t *ret, struct error *err)
{
	struct stream_state state;
	int fail = state_of(records, entity, &state, err);

	if (!fail)
		*ret = state.finished_wall_ms;
	return fail;
}

int feed_is_recent(struct records *records, const struct entity *entity,
	int64_t interval_ms, int64_t server_ms, bool *ret, struct error *err)
{
	struct stream_state state;
	int fail = state_of(records, entity, &state, err);

	if (fail)
		return fail;
	*ret = within(state.finished_wall_ms, server_ms, interval_ms) &&
	       !state.next[0] && !state.began_wall_ms && !state.owes_sweep &&
	       !state.wanted && same_selection(&state, entity);
	return 0;
}

int feed_is_wanted(struct records *records, const struct entity *entity,
	bool *ret, struct error *err)
{
	struct stream_state state;
	int fail = state_of(records, entity, &state, err);

	if (!fail)
		*ret = state.wanted > 0;
	return fail;
}

int feed_any_unfinished(struct records *records, bool *ret, struct error *err)
{
	struct stream_state state;
	bool any = false;

	for (size_t i = 0; entity_table[i] && !any; i++) {
		int fail = state_of(records, entity_table[i], &state, err);
		if (fail)
			return fail;
		any = state.next[0] != '\0';
	}
	*ret = any;
	return 0;
}

struct single_reading {
	const struct entity *entity;
	int64_t server_ms;
};

static int keep_reading(struct records *records, void *arg, struct error *err)
{
	const struct single_reading *reading = arg;
	struct stream_state state;
	int fail = state_of(records, reading->entity, &state, err);

	if (fail)
		return fail;
	state.finished_wall_ms = reading->server_ms;
	entity_selection(reading->entity, state.selection);
	return records_stream_set(
		records, reading->entity->shape.name, &state, err);
}

int feed_read_single(struct records *records, const struct entity *entity,
	int64_t server_ms, struct error *err)
{
	struct single_reading reading = { entity, server_ms };

	return records_transaction(records, keep_reading, &reading, err);
}

int feed_followed(struct records *records, const struct entity *entity,
	struct stream_state *ret, struct error *err)
{
	struct stream_state feed, deletions, accounts;
	int fail = state_of(records, entity->follows, &feed, err);

	if (!fail)
		fail = state_of(records, &entity_deleted, &deletions, err);
	if (!fail)
		fail = state_of(records, &entity_gl_accounts, &accounts, err);
	if (fail)
		return fail;
	ret->followed_feed = feed.committed;
	ret->followed_deletions = deletions.committed;
	ret->followed_accounts = accounts.committed;
	return 0;
}

int feed_is_fresh(struct records *records, const struct entity *entity,
	int64_t server_ms, bool *ret, struct error *err)
{
	struct stream_state then, now;
	int fail = state_of(records, entity, &then, err);

	if (!fail)
		fail = feed_followed(records, entity, &now, err);
	if (fail)
		return fail;
	*ret = then.followed_feed == now.followed_feed &&
	       then.followed_deletions == now.followed_deletions &&
	       (then.followed_accounts == now.followed_accounts ||
		       !then.doubt) &&
	       within(then.finished_wall_ms, server_ms, DAY_MS);
	return 0;
}

int feed_doubt(struct records *records, const struct entity *entity, bool doubt,
	struct error *err)
{
	struct stream_state state;
	int fail = state_of(records, entity, &state, err);

	if (fail)
		return fail;
	state.doubt = doubt;
	return records_stream_set(records, entity->shape.name, &state, err);
}
