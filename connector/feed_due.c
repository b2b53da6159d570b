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

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/feed_facts.h"

#define DAY_MS INT64_C(86400000)

static bool within(int64_t read_ms, int64_t now_ms, int64_t interval_ms)
{
	return read_ms && now_ms - read_ms < interval_ms &&
	       read_ms - now_ms < interval_ms;
}

static bool has_fact(
	struct records *records, const char *what, const struct entity *entity)
{
	char text[48];

	return feed_facts_get(records, what, entity, text, sizeof(text));
}

/* Were all its columns asked for when it was last read? */
static bool same_selection(struct records *records, const struct entity *entity)
{
	char stored[17];
	char current[17];

	entity_selection(entity, current);
	return feed_facts_get(
		       records, "selection", entity, stored, sizeof(stored)) &&
	       !strcmp(stored, current);
}

int feed_last_read(struct records *records, const struct entity *entity,
	int64_t *ret, struct error *err)
{
	struct stream_cursor cursor;
	int fail = records_cursor_get(
		records, entity->shape.name, &cursor, err);

	if (!fail)
		*ret = cursor.finished_wall_ms;
	return fail;
}

int feed_is_recent(struct records *records, const struct entity *entity,
	int64_t interval_ms, int64_t server_ms, bool *ret, struct error *err)
{
	struct stream_cursor cursor;
	int fail = records_cursor_get(
		records, entity->shape.name, &cursor, err);

	if (fail)
		return fail;
	*ret = within(cursor.finished_wall_ms, server_ms, interval_ms) &&
	       !cursor.next[0] && !has_fact(records, "began", entity) &&
	       !has_fact(records, "full", entity) &&
	       !has_fact(records, "wanted", entity) &&
	       same_selection(records, entity);
	return 0;
}

int feed_is_wanted(struct records *records, const struct entity *entity,
	bool *ret, struct error *err)
{
	(void)err;
	*ret = has_fact(records, "wanted", entity);
	return 0;
}

int feed_any_unfinished(struct records *records, bool *ret, struct error *err)
{
	struct stream_cursor cursor;
	bool any = false;

	for (size_t i = 0; entity_table[i] && !any; i++) {
		int fail = records_cursor_get(
			records, entity_table[i]->shape.name, &cursor, err);
		if (fail)
			return fail;
		any = cursor.next[0] != '\0';
	}
	*ret = any;
	return 0;
}

int feed_read_single(struct records *records, const struct entity *entity,
	int64_t server_ms, struct error *err)
{
	const struct stream_cursor cursor = { .finished_wall_ms = server_ms };
	char selection[17];
	int fail = records_begin(records, err);

	if (fail)
		return fail;
	entity_selection(entity, selection);
	fail = records_cursor_set(records, entity->shape.name, &cursor, err);
	if (!fail)
		fail = feed_facts_set(
			records, "selection", entity, selection, err);
	if (!fail)
		fail = records_commit(records, err);
	if (fail)
		records_rollback(records);
	return fail;
}

bool feed_is_fresh(
	struct records *records, const struct entity *entity, int64_t server_ms)
{
	struct feed_followed then;
	struct feed_followed now;
	struct stream_cursor cursor;
	struct error err = { 0 };

	if (!feed_facts_followed_get(records, entity, &then) ||
		feed_facts_followed_now(records, entity, &now, &err) ||
		records_cursor_get(records, entity->shape.name, &cursor, &err))
		return false;
	return then.feed == now.feed && then.deletions == now.deletions &&
	       (then.accounts == now.accounts ||
		       !has_fact(records, "doubt", entity)) &&
	       within(cursor.finished_wall_ms, server_ms, DAY_MS);
}

int feed_doubt(struct records *records, const struct entity *entity, bool doubt,
	struct error *err)
{
	return feed_facts_set(records, "doubt", entity, doubt ? "1" : "", err);
}
