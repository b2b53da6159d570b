/*
 * A company is pinned by its division. CurrentDivision is the last company
 * the user opened in a browser and is never looked at; the division in the
 * URL of system/Divisions isn't checked by the server, so the Code of the
 * row is.
 *
 * The zone. Moments arrive as local wall clock. One offset does not name a
 * zone (3600 is Amsterdam in winter or London in summer), but an offset at a
 * known moment does, among the few zones a region's host can stand in: on a
 * July day London says 3600 and Amsterdam 7200. The reply's own ServerTime
 * must agree with the offset, else nothing is concluded.
 */
#include "connector/pin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "connector/feed.h"
#include "connector/page.h"
#include "connector/region.h"

#define DAY_MS            INT64_C(86400000)
#define SERVER_TIME_SLACK INT64_C(900000) /* clocks that are a bit off */

static const char *const zone_names[] = {
	[WHEN_ZONE_UNKNOWN] = "",
	[WHEN_ZONE_UTC] = "utc",
	[WHEN_ZONE_WESTERN] = "western",
	[WHEN_ZONE_CENTRAL] = "central",
};

/* Archived books can still be opened, and are still not ours to sync. */
static const struct {
	const char *status;
	const char *words;
} division_states[] = {
	{ "2", "is archived in Exact Online; take it out of the archive there, "
	       "or remove the company here" },
};

static const struct {
	const char *status;
	const char *words;
} blocking_states[] = {
	{ "1", "is blocked in Exact Online by a backup or restore; sync again "
	       "when that is over" },
	{ "2", "is blocked in Exact Online by a conversion; sync again when "
	       "that is over" },
	{ "3", "is blocked in Exact Online by a conversion; sync again when "
	       "that is over" },
	{ "4", "is blocked in Exact Online by a conversion; sync again when "
	       "that is over" },
	{ "5", "is blocked in Exact Online by a copy of the company; sync "
	       "again when that is over" },
	{ "6", "is blocked in Exact Online by a copy of the company; sync "
	       "again when that is over" },
};

static void trim_copy(char *ret, size_t size, const char *text)
{
	size_t len;

	text = text ? text : "";
	text += strspn(text, " ");
	len = strlen(text);
	while (len && text[len - 1] == ' ')
		len--;
	if (len >= size)
		len = size - 1;
	/* Not in the middle of a UTF-8 sequence. */
	while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

static enum when_zone zone_named(const char *name)
{
	for (size_t i = 0; i < sizeof(zone_names) / sizeof(*zone_names); i++) {
		if (!strcmp(zone_names[i], name))
			return (enum when_zone)i;
	}
	return WHEN_ZONE_UNKNOWN;
}

int pin_load(struct records *records, struct pin *ret, bool *ret_pinned,
	struct error *err)
{
	struct pin pin = { .currency = "XXX" };
	char zone[16] = "";
	bool pinned = false;
	bool set;
	int r = records_fact_get(records, "currency", pin.currency,
		sizeof(pin.currency), &pinned, err);

	if (!r)
		r = records_fact_get(
			records, "name", pin.name, sizeof(pin.name), &set, err);
	if (!r)
		r = records_fact_get(records, "country", pin.country,
			sizeof(pin.country), &set, err);
	if (!r)
		r = records_fact_get(
			records, "zone", zone, sizeof(zone), &set, err);
	if (r)
		return r;
	pin.zone = zone_named(zone);
	if (pinned)
		*ret = pin;
	*ret_pinned = pinned;
	return 0;
}

void pin_filter(int64_t division, char ret[static 40])
{
	(void)snprintf(ret, 40, "Code eq %" PRId64, division);
}

static int check_states(
	int64_t division, const struct page_row *row, struct error *err)
{
	const char *status = row->values[DIVISION_STATUS];
	const char *blocking = row->values[DIVISION_BLOCKING_STATUS];

	for (size_t i = 0; status && i < sizeof(division_states) /
						     sizeof(*division_states);
		i++) {
		if (!strcmp(status, division_states[i].status))
			return error_set(err, FAIL_COMPANY,
				"division %" PRId64 " %s", division,
				division_states[i].words);
	}
	for (size_t i = 0; blocking && i < sizeof(blocking_states) /
						       sizeof(*blocking_states);
		i++) {
		if (!strcmp(blocking, blocking_states[i].status))
			return error_set(err, FAIL_COMPANY,
				"division %" PRId64 " %s", division,
				blocking_states[i].words);
	}
	return 0;
}

struct keeping {
	int64_t division;
	const struct page_row *row;
};

static int check_division(
	struct records *records, int64_t division, struct error *err)
{
	int64_t known = 0;
	bool set = false;
	int r = records_fact_number(records, "division", &known, &set, err);

	if (r || !set || known == division)
		return r;
	return error_set(err, FAIL_COMPANY,
		"this data file holds division %" PRId64 ", not %" PRId64
		"; give the other division a company of its own",
		known, division);
}

static int check_currency(struct records *records, int64_t division,
	const char *currency, struct error *err)
{
	char known[16];
	bool set = false;
	int r = records_fact_get(
		records, "currency", known, sizeof(known), &set, err);

	if (r || !set || !strcmp(known, currency))
		return r;
	return error_set(err, FAIL_COMPANY,
		"division %" PRId64 " keeps its books in %s now, and in %s "
		"when it was first read; remove its data file and sync again",
		division, currency, known);
}

static int keep_move(
	struct records *records, const char *move, struct error *err)
{
	char known[64];
	bool set = false;
	int r = records_fact_get(
		records, "moved", known, sizeof(known), &set, err);

	if (!r && set && strcmp(known, move) != 0)
		r = feed_moved(records, err);
	return r ? r : records_fact_set(records, "moved", move, err);
}

/* Inside a transaction. */
static int keep_division(struct records *records, void *arg, struct error *err)
{
	const struct keeping *keeping = arg;
	const char *const *values = keeping->row->values;
	const char *move = values[DIVISION_MOVE_DATE];
	enum feed_change change;
	char currency[4];
	char country[4];
	char name[256];
	int r;

	trim_copy(currency, sizeof(currency), values[DIVISION_CURRENCY]);
	if (strlen(currency) != 3)
		(void)snprintf(currency, sizeof(currency), "XXX");
	trim_copy(name, sizeof(name), values[DIVISION_DESCRIPTION]);
	trim_copy(country, sizeof(country), values[DIVISION_COUNTRY]);
	r = check_division(records, keeping->division, err);
	if (!r)
		r = check_currency(records, keeping->division, currency, err);
	if (!r)
		r = records_fact_set(records, "currency", currency, err);
	if (!r)
		r = records_fact_set_number(
			records, "division", keeping->division, err);
	if (!r)
		r = records_fact_set(records, "name", name, err);
	if (!r)
		r = records_fact_set(records, "country", country, err);
	if (!r)
		r = keep_move(records, move ? move : "never", err);
	/* The company's own record is made from it. */
	return r ? r
		 : records_feed_put(records, &entity_divisions.shape,
			   &keeping->row->feed, &change, err);
}

/* The one row of this division. */
static int find_division(struct page *page, int64_t division,
	struct page_row *ret, struct error *err)
{
	char number[24];
	struct json_slice slice;

	(void)snprintf(number, sizeof(number), "%" PRId64, division);
	while (page_next(page, &slice)) {
		int r = page_row_read(
			ret, &entity_divisions, division, slice, err);
		if (r)
			return r;
		if (!strcmp(ret->feed.id, number))
			return 0;
		page_row_free(ret);
	}
	return error_set(err, FAIL_COMPANY,
		"division %s is not among those this login can open; ask its "
		"user for access to the company in Exact Online, or sign in "
		"as another user",
		number);
}

int pin_division(struct records *records, int64_t division, const char *body,
	size_t len, struct pin *ret, struct error *err)
{
	struct page *page = malloc(sizeof(*page));
	struct page_row row;
	struct keeping keeping = { division, &row };
	bool pinned = false;
	int r;

	if (!page)
		return error_set(err, FAIL_STOP, "out of memory");
	r = page_open(page, body, len, err);
	if (!r)
		r = find_division(page, division, &row, err);
	free(page);
	if (r)
		return r;
	r = check_states(division, &row, err);
	if (!r)
		r = records_transaction(records, keep_division, &keeping, err);
	if (!r)
		r = pin_load(records, ret, &pinned, err);
	page_row_free(&row);
	return r;
}

/* ---- the zone ----------------------------------------------------------- */

int pin_wants_zone(struct records *records, int64_t now_wall_ms, bool *ret,
	struct error *err)
{
	char zone[16];
	int64_t asked = 0;
	bool certain = false;
	bool was_asked = false;
	int r = records_fact_get(
		records, "zone", zone, sizeof(zone), &certain, err);

	if (!r)
		r = records_fact_number(
			records, "zone.asked", &asked, &was_asked, err);
	if (r)
		return r;
	*ret = !certain && (!was_asked || now_wall_ms < asked ||
				   now_wall_ms - asked >= DAY_MS);
	return 0;
}

/* "2026-06-25T16:16:40…", local without a zone, or "/Date(ms)/". */
static bool server_time(const char *text, int64_t *ret_local_ms)
{
	int year, month, day, hour, minute, second;

	if (!when_parse_exact(text, ret_local_ms))
		return true;
	if (strlen(text) < 19 || strlen(text) > 40 ||
		sscanf(text, "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d", &year, &month,
			&day, &hour, &minute, &second) != 6)
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
		second < 0 || second > 60)
		return false;
	*ret_local_ms = when_days((struct when_civil){ year, month, day }) *
			DAY_MS;
	*ret_local_ms += ((hour * INT64_C(60) + minute) * 60 + second) *
			 INT64_C(1000);
	return true;
}

static enum when_zone choose(const char *region, int64_t server_ms,
	int64_t offset_s, const char *local)
{
	const struct region *row = region_find(region);
	enum when_zone found = WHEN_ZONE_UNKNOWN;
	int64_t local_ms;

	if (!local || !server_time(local, &local_ms))
		return WHEN_ZONE_UNKNOWN;
	int64_t apart = local_ms - (server_ms + offset_s * 1000);
	if (apart > SERVER_TIME_SLACK || apart < -SERVER_TIME_SLACK)
		return WHEN_ZONE_UNKNOWN;
	for (size_t i = 0; row && i < REGION_ZONES_MAX; i++) {
		enum when_zone zone = row->zones[i];

		if (zone == WHEN_ZONE_UNKNOWN ||
			when_offset_s(zone, server_ms) != offset_s)
			continue;
		if (found != WHEN_ZONE_UNKNOWN)
			return WHEN_ZONE_UNKNOWN;
		found = zone;
	}
	return found;
}

struct zone_answer {
	enum when_zone zone;
	int64_t server_ms;
};

static int keep_zone(struct records *records, void *arg, struct error *err)
{
	const struct zone_answer *answer = arg;
	int r = records_fact_set_number(
		records, "zone.asked", answer->server_ms, err);

	if (r || answer->zone == WHEN_ZONE_UNKNOWN)
		return r;
	return records_fact_set(records, "zone", zone_names[answer->zone], err);
}

int pin_zone(struct records *records, const char *region, int64_t server_ms,
	const char *body, size_t len, enum when_zone *ret, struct error *err)
{
	struct page *page = malloc(sizeof(*page));
	struct zone_answer answer = { WHEN_ZONE_UNKNOWN, server_ms };
	struct json_slice slice;
	struct page_row row;
	int64_t offset_s;
	int r;

	if (!page)
		return error_set(err, FAIL_STOP, "out of memory");
	r = page_open(page, body, len, err);
	if (r)
		goto out;
	if (!page_next(page, &slice)) {
		r = error_set(err, FAIL_INPUT, "current/Me gave no user");
		goto out;
	}
	r = page_row_read(&row, &entity_me, 0, slice, err);
	if (r)
		goto out;
	if (row.values[ME_SERVER_UTC_OFFSET] &&
		!decimal_parse(
			row.values[ME_SERVER_UTC_OFFSET], 0, &offset_s) &&
		offset_s >= -86400 && offset_s <= 86400)
		answer.zone = choose(region, server_ms, offset_s,
			row.values[ME_SERVER_TIME]);
	page_row_free(&row);
	r = records_transaction(records, keep_zone, &answer, err);
	if (!r)
		*ret = answer.zone;
out:
	free(page);
	return r;
}
