#include "sandbox/quota.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MINUTE_MS 60000
#define HOUR_MS   INT64_C(3600000)
#define DAY_MS    86400000

static int minute_used(const struct quota_row *row, int64_t now_ms)
{
	return row->minute == now_ms / MINUTE_MS ? row->minute_used : 0;
}

static int day_used(const struct quota_row *row, int64_t now_ms)
{
	return row->day == now_ms / DAY_MS ? row->day_used : 0;
}

enum quota_verdict quota_take(
	struct quota *quota, int app, int division, int64_t now_ms)
{
	struct quota_row *row = &quota->rows[app][division];

	if (day_used(row, now_ms) >= quota->day_limit)
		return QUOTA_DAY;
	if (minute_used(row, now_ms) >= quota->minute_limit)
		return QUOTA_MINUTE;
	row->minute_used = minute_used(row, now_ms) + 1;
	row->minute = now_ms / MINUTE_MS;
	row->day_used = day_used(row, now_ms) + 1;
	row->day = now_ms / DAY_MS;
	return QUOTA_GO;
}

/* Never negative: a limit may be lowered below the calls already made. */
static int left(int limit, int used)
{
	return used > limit ? 0 : limit - used;
}

int quota_minute_left(
	const struct quota *quota, int app, int division, int64_t now_ms)
{
	return left(quota->minute_limit,
		minute_used(&quota->rows[app][division], now_ms));
}

int quota_day_left(
	const struct quota *quota, int app, int division, int64_t now_ms)
{
	return left(quota->day_limit,
		day_used(&quota->rows[app][division], now_ms));
}

static void put_number(
	struct exchange_reply *reply, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	exchange_reply_header(reply, name, text);
}

void quota_minute_headers(const struct quota *quota, int app, int division,
	int64_t now_ms, struct exchange_reply *reply)
{
	put_number(reply, "X-RateLimit-Minutely-Limit", quota->minute_limit);
	put_number(reply, "X-RateLimit-Minutely-Remaining",
		quota_minute_left(quota, app, division, now_ms));
	put_number(reply, "X-RateLimit-Minutely-Reset",
		(now_ms / MINUTE_MS + 1) * MINUTE_MS);
}

void quota_day_headers(const struct quota *quota, int app, int division,
	int64_t now_ms, struct exchange_reply *reply)
{
	put_number(reply, "X-RateLimit-Limit", quota->day_limit);
	put_number(reply, "X-RateLimit-Remaining",
		quota_day_left(quota, app, division, now_ms));
	put_number(reply, "X-RateLimit-Reset", (now_ms / DAY_MS + 1) * DAY_MS);
}

static uint64_t hash(const char *text)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		value = (value ^ (unsigned char)*text) *
			UINT64_C(0x100000001b3);
	return value;
}

static struct quota_strike *find(
	struct quota *quota, int app, int user, int division, uint64_t endpoint)
{
	for (size_t i = 0; i < quota->strike_count; i++) {
		struct quota_strike *strike = &quota->strikes[i];

		if (strike->endpoint == endpoint && strike->app == app &&
			strike->user == user && strike->division == division)
			return strike;
	}
	return NULL;
}

bool quota_blocked(struct quota *quota, int app, int user, int division,
	const char *endpoint, int64_t now_ms)
{
	const struct quota_strike *strike = find(
		quota, app, user, division, hash(endpoint));

	return strike != NULL && now_ms < strike->blocked_until_ms;
}

/* A free row, or the row that has been quiet for the longest time. */
static struct quota_strike *make(struct quota *quota)
{
	struct quota_strike *oldest = &quota->strikes[0];

	if (quota->strike_count < QUOTA_STRIKES)
		return &quota->strikes[quota->strike_count++];
	for (size_t i = 1; i < QUOTA_STRIKES; i++)
		if (quota->strikes[i].last_ms < oldest->last_ms)
			oldest = &quota->strikes[i];
	return oldest;
}

/*
 * "The block time grows gradually with repetition", says Exact; by how much is
 * not known. Here: one hour, then two, three … up to 24; after a day without a
 * block it is one hour again.
 */
static void block(struct quota_strike *strike, int64_t now_ms)
{
	if (now_ms - strike->blocked_until_ms >= DAY_MS)
		strike->blocks = 0;
	if (strike->blocks < 24)
		strike->blocks++;
	strike->blocked_until_ms = now_ms + strike->blocks * HOUR_MS;
	strike->count = 0;
	strike->next = 0;
}

void quota_strike(struct quota *quota, int app, int user, int division,
	const char *endpoint, int64_t now_ms)
{
	uint64_t key = hash(endpoint);
	struct quota_strike *strike = find(quota, app, user, division, key);
	int limit = quota->error_limit;

	if (limit < 1)
		return;
	if (!strike) {
		strike = make(quota);
		memset(strike, 0, sizeof(*strike));
		strike->endpoint = key;
		strike->app = app;
		strike->user = user;
		strike->division = division;
	}
	strike->last_ms = now_ms;
	strike->errors[strike->next] = now_ms;
	strike->next = (strike->next + 1) % limit;
	if (strike->count < limit)
		strike->count++;
	/* The ring is full: `next` is the oldest of the last `limit` errors. */
	if (strike->count == limit &&
		now_ms - strike->errors[strike->next] < HOUR_MS)
		block(strike, now_ms);
}
