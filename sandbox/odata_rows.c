/*
 * Which rows an entity has, and in which order.
 *
 * Sync endpoints use the version log: the first place above a Timestamp is
 * found by bisection, and stale places are skipped. The others use the order
 * by identity. So a row that is written between two pages comes again at the
 * end (sync), or where its key puts it.
 */
#include "sandbox/odata_rows.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/odata_trade.h"

#define DAY_MS 86400000

/* Two calendar months before now: the log of deletions shows no older ones. */
static int64_t oldest_deleted(int64_t now_wall_ms)
{
	int year;
	int month;
	int day;

	render_civil(now_wall_ms / DAY_MS, &year, &month, &day);
	int64_t first = render_days(month > 2 ? year : year - 1,
		month > 2 ? month - 2 : month + 10, 1);
	return (first + day - 1) * DAY_MS + now_wall_ms % DAY_MS;
}

/* Finds the lowest version of the rows that were modified at or after a
 * moment. */
static void find_sync_timestamp(struct odata_rows *rows)
{
	/* Those of SyncTimestamp's 24 names that have rows here. GLAccounts
	 * and Accounts are not among the 24. */
	static const struct {
		const char *api;
		enum books_kind kind;
	} apis[] = {
		{ "TransactionLines", BOOKS_LINES },
	};

	for (size_t i = 0; i < sizeof(apis) / sizeof(*apis); i++) {
		const struct books_table
			*table = &rows->set->tables[apis[i].kind];
		if (!rows->asked_api ||
			strcmp(rows->asked_api, apis[i].api) != 0)
			continue;
		for (size_t place = 0; place < table->log_count; place++) {
			const struct books_head *head = books_index_head(
				table, table->log[place].row);
			if (books_index_live(table, place) &&
				render_local(head->modified_ms, rows->uk) >=
					rows->asked_ms) {
				rows->found = head->version;
				return;
			}
		}
	}
}

int odata_rows_ready(struct odata_rows *rows)
{
	enum books_kind kind;

	rows->key = -1;
	snprintf(rows->logo, sizeof(rows->logo),
		"%s//docs/images/placeholder_account_myeol.png",
		rows->base_url);
	for (size_t i = 0; i < rows->model->count; i++) {
		const char *key = (rows->variant & ODATA_SYNC) != 0
					  ? "Timestamp"
					  : rows->model->key;
		if (strcmp(rows->model->properties[i].name, key) == 0)
			rows->key = (int)i;
	}
	if (rows->kind == ODATA_ROWS_SYNC_TIMESTAMP)
		find_sync_timestamp(rows);
	if (odata_trade_sums(rows->kind))
		return odata_trade_sum_ready(rows);
	if ((rows->variant & ODATA_SYNC) == 0 && odata_rows_table(rows, &kind))
		return books_index_order(rows->books, rows->set, kind);
	return 0;
}

static size_t first_deleted(const struct books_set *set, int64_t version)
{
	size_t low = 0;
	size_t high = set->deleted_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if ((int64_t)set->deleted[middle].version > version)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct odata_place odata_rows_start(const struct odata_rows *rows,
	const struct render_value *after, int64_t version)
{
	struct odata_place place = { 0 };
	enum books_kind kind;

	if ((rows->variant & ODATA_SYNC) != 0 && after &&
		after->number > version)
		version = after->number;
	if (version < 0)
		version = 0;
	if (rows->kind == ODATA_ROWS_DELETED) {
		place.at = first_deleted(rows->set, version);
		place.end = rows->set->deleted_count;
	} else if (odata_rows_table(rows, &kind)) {
		const struct books_table *table = &rows->set->tables[kind];
		bool sync = (rows->variant & ODATA_SYNC) != 0;
		place.end = sync ? table->log_count : table->by_id_count;
		if (sync)
			place.at = books_index_after(table, (uint64_t)version);
		else if (after)
			place.at = books_index_seek(rows->books, rows->set,
				kind, &after->guid, false);
	} else if (odata_trade_sums(rows->kind)) {
		place.end = odata_trade_sum_count(rows);
		/* Key n is row n - 1. */
		if (after && after->type == ODATA_INT64 && after->number > 0)
			place.at = (size_t)after->number;
	} else if (rows->kind == ODATA_ROWS_NONE) {
		place.end = 0;
	} else if (rows->kind == ODATA_ROWS_ME) {
		place.end = 1;
	} else if (rows->kind == ODATA_ROWS_SYNC_TIMESTAMP) {
		place.end = rows->found != 0;
	} else {
		place.end = rows->books->set_count;
	}
	return place;
}

static bool is_visible(const struct odata_rows *rows, size_t index)
{
	const struct odata_request *request = rows->request;

	for (size_t i = 0; i < request->visible_count; i++)
		if (request->visible[i] ==
			rows->books->sets[index]->division.code)
			return true;
	return false;
}

/* Is the row at this place shown? */
static bool shown(const struct odata_rows *rows, struct odata_place *place)
{
	enum books_kind kind;

	if (rows->kind == ODATA_ROWS_DELETED) {
		place->row = place->at;
		return rows->set->deleted[place->at].deleted_ms >=
		       oldest_deleted(rows->now_wall_ms);
	}
	if (odata_rows_table(rows, &kind)) {
		const struct books_table *table = &rows->set->tables[kind];
		if ((rows->variant & ODATA_SYNC) != 0) {
			place->row = table->log[place->at].row;
			return books_index_live(table, place->at) &&
			       odata_trade_shows(rows, place->row);
		}
		place->row = table->by_id[place->at];
		return !books_index_head(table, place->row)->deleted &&
		       odata_trade_shows(rows, place->row);
	}
	place->row = place->at;
	if (odata_trade_sums(rows->kind))
		return odata_trade_shows(rows, place->row);
	if (rows->kind == ODATA_ROWS_ME ||
		rows->kind == ODATA_ROWS_SYNC_TIMESTAMP)
		return true;
	return is_visible(rows, place->at);
}

bool odata_rows_next(const struct odata_rows *rows, struct odata_place *place)
{
	while (place->at < place->end) {
		bool found = shown(rows, place);
		place->at++;
		if (found)
			return true;
	}
	return false;
}

bool odata_rows_find(const struct odata_rows *rows,
	const struct render_value *key, size_t *ret_row)
{
	struct odata_place place = odata_rows_start(rows, NULL, INT64_MIN);
	struct render_value value;
	enum books_kind kind;

	if ((rows->variant & ODATA_SYNC) != 0 && key->number > 0)
		place = odata_rows_start(rows, NULL, key->number - 1);
	else if (odata_rows_table(rows, &kind))
		place.at = books_index_seek(
			rows->books, rows->set, kind, &key->guid, true);
	while (odata_rows_next(rows, &place)) {
		odata_rows_value(rows, place.row, rows->key, &value);
		int order = render_compare(&value, key);
		if (order == 0) {
			*ret_row = place.row;
			return true;
		}
		if (order > 0 && odata_rows_table(rows, &kind))
			return false;
	}
	return false;
}
