/*
 * "overlap.GLAccounts" and so on:
 *
 *	overlap    the row version that the next run starts behind
 *	past       where the last run stood that began a while before
 *	mark       where a run stood that began at mark-ms: the next past
 *	asked      when the last page of an unfinished run was applied; the
 *	           server's time at that run's beginning, as all times here
 *	full       a sweep is owed
 *	selection  the columns that all rows have
 *	began      a whole reading that is under way
 *	swept      the last whole reading that is through
 *	doubt      a list that did not agree with the feed it follows
 *	followed   where that feed, the deletions and the accounts stood when
 *	           the list was read to its end
 *	wanted     a reference list lacks what a stored row names; grows with
 *	           each page that has such a row (feed_refs.c)
 *	heard      when the log of deletions last gave a row
 */
#include "connector/feed_facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void fact_name(
	const char *what, const struct entity *entity, char ret[static 64])
{
	(void)snprintf(ret, 64, "%s.%s", what, entity->shape.name);
}

bool feed_facts_get(struct records *records, const char *what,
	const struct entity *entity, char *ret, size_t size)
{
	char name[64];

	fact_name(what, entity, name);
	return records_meta_get(records, name, ret, size) && *ret;
}

int feed_facts_set(struct records *records, const char *what,
	const struct entity *entity, const char *value, struct error *err)
{
	char name[64];

	fact_name(what, entity, name);
	return records_meta_set(records, name, value, err);
}

int64_t feed_facts_number(struct records *records, const char *what,
	const struct entity *entity, int64_t absent)
{
	char text[32];

	if (!feed_facts_get(records, what, entity, text, sizeof(text)))
		return absent;
	return strtoll(text, NULL, 10);
}

int feed_facts_set_number(struct records *records, const char *what,
	const struct entity *entity, int64_t value, struct error *err)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRId64, value);
	return feed_facts_set(records, what, entity, text, err);
}

int64_t feed_facts_epoch(struct records *records)
{
	char text[32];

	if (!records_meta_get(records, "epoch", text, sizeof(text)))
		return 0;
	return strtoll(text, NULL, 10);
}

int feed_facts_followed_now(struct records *records,
	const struct entity *entity, struct feed_followed *ret,
	struct error *err)
{
	const struct entity *const feeds[] = { entity->follows, &entity_deleted,
		&entity_gl_accounts };
	int64_t at[3];

	for (size_t i = 0; i < 3; i++) {
		struct stream_cursor cursor;
		int fail = records_cursor_get(
			records, feeds[i]->shape.name, &cursor, err);

		if (fail)
			return fail;
		at[i] = cursor.committed;
	}
	*ret = (struct feed_followed){ at[0], at[1], at[2] };
	return 0;
}

bool feed_facts_followed_get(struct records *records,
	const struct entity *entity, struct feed_followed *ret)
{
	struct feed_followed followed = { .accounts = -1 };
	char text[80];

	if (!feed_facts_get(records, "followed", entity, text, sizeof(text)) ||
		sscanf(text, "%" SCNd64 " %" SCNd64 " %" SCNd64, &followed.feed,
			&followed.deletions, &followed.accounts) < 2)
		return false;
	*ret = followed;
	return true;
}

int feed_facts_followed_set(struct records *records,
	const struct entity *entity, const struct feed_followed *followed,
	struct error *err)
{
	char text[80];

	(void)snprintf(text, sizeof(text), "%" PRId64 " %" PRId64 " %" PRId64,
		followed->feed, followed->deletions, followed->accounts);
	return feed_facts_set(records, "followed", entity, text, err);
}
