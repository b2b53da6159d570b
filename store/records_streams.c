/*
 * The state of each stream: one row of _streams, read and written whole. The
 * columns that a row version may be missing from are null in the file and
 * STREAM_NOT_SET in the struct.
 */
#include "store/records_parts.h"

#include <string.h>

const struct stream_state stream_state_new = {
	.overlap = STREAM_NOT_SET,
	.past = STREAM_NOT_SET,
	.mark = STREAM_NOT_SET,
	.followed_feed = STREAM_NOT_SET,
	.followed_deletions = STREAM_NOT_SET,
	.followed_accounts = STREAM_NOT_SET,
};

static int64_t version_at(sqlite3_stmt *row, int column)
{
	return sqlite3_column_type(row, column) == SQLITE_NULL
		       ? STREAM_NOT_SET
		       : sqlite3_column_int64(row, column);
}

static int text_at(struct records *records, sqlite3_stmt *row, int column,
	char *ret, size_t size, struct error *err)
{
	const char *text = sql_text(row, column);

	if (strlen(text) >= size)
		return records_trouble(records, SQLITE_CORRUPT, err);
	memcpy(ret, text, strlen(text) + 1);
	return 0;
}

int records_stream_get(struct records *records, const char *stream,
	struct stream_state *ret, struct error *err)
{
	struct stream_state state = stream_state_new;
	sqlite3_stmt *get;
	bool row = false;
	int fail;

	fail = records_injected_read(records, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_STREAM_GET, &get, err);
	if (fail)
		return fail;
	sql_bind_text(get, 1, stream);
	fail = records_step(records, get, &row, err);
	if (fail)
		return fail;
	if (row) {
		state.committed = sqlite3_column_int64(get, 0);
		state.run_high = sqlite3_column_int64(get, 1);
		fail = text_at(
			records, get, 2, state.next, sizeof(state.next), err);
		state.finished_wall_ms = sqlite3_column_int64(get, 3);
		state.overlap = version_at(get, 4);
		state.past = version_at(get, 5);
		state.mark = version_at(get, 6);
		state.mark_wall_ms = sqlite3_column_int64(get, 7);
		state.asked_wall_ms = sqlite3_column_int64(get, 8);
		state.owes_sweep = sqlite3_column_int(get, 9) != 0;
		if (!fail)
			fail = text_at(records, get, 10, state.selection,
				sizeof(state.selection), err);
		state.began_wall_ms = sqlite3_column_int64(get, 11);
		state.swept_wall_ms = sqlite3_column_int64(get, 12);
		state.doubt = sqlite3_column_int(get, 13) != 0;
		state.followed_feed = version_at(get, 14);
		state.followed_deletions = version_at(get, 15);
		state.followed_accounts = version_at(get, 16);
		state.wanted = sqlite3_column_int64(get, 17);
		state.heard_wall_ms = sqlite3_column_int64(get, 18);
		(void)sqlite3_reset(get);
	}
	if (!fail)
		*ret = state;
	return fail;
}

static void bind_version(sqlite3_stmt *set, int at, int64_t version)
{
	if (version == STREAM_NOT_SET)
		sql_bind_text(set, at, NULL);
	else
		sql_bind_integer(set, at, version);
}

int records_stream_set(struct records *records, const char *stream,
	const struct stream_state *state, struct error *err)
{
	sqlite3_stmt *set;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_fixed(
			records, RECORDS_SQL_STREAM_SET, &set, err);
	if (fail)
		return fail;
	sql_bind_integer(set, 1, state->committed);
	sql_bind_integer(set, 2, state->run_high);
	sql_bind_text(set, 3, state->next);
	sql_bind_integer(set, 4, state->finished_wall_ms);
	bind_version(set, 5, state->overlap);
	bind_version(set, 6, state->past);
	bind_version(set, 7, state->mark);
	sql_bind_integer(set, 8, state->mark_wall_ms);
	sql_bind_integer(set, 9, state->asked_wall_ms);
	sql_bind_integer(set, 10, state->owes_sweep);
	sql_bind_text(set, 11, state->selection);
	sql_bind_integer(set, 12, state->began_wall_ms);
	sql_bind_integer(set, 13, state->swept_wall_ms);
	sql_bind_integer(set, 14, state->doubt);
	bind_version(set, 15, state->followed_feed);
	bind_version(set, 16, state->followed_deletions);
	bind_version(set, 17, state->followed_accounts);
	sql_bind_integer(set, 18, state->wanted);
	sql_bind_integer(set, 19, state->heard_wall_ms);
	sql_bind_text(set, 20, stream);
	return records_done(records, set, err);
}
