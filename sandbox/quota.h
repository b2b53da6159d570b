/*
 * How many calls were made, and how many went wrong.
 *
 * Calls: fixed windows on the UTC minute and the UTC day, per app and
 * division. At 10:00:40 the 61st call of the minute is refused, and so is
 * every other until 10:01:00. A refused call is not counted.
 *
 * Errors: per app, user, division and endpoint. When the tenth 400, 401, 403
 * or 404 within an hour was answered, the next call there is refused, for an
 * hour.
 */
#ifndef SANDBOX_QUOTA_H
#define SANDBOX_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "http/exchange.h"
#include "sandbox/directory.h"

enum quota_verdict {
	QUOTA_GO,
	QUOTA_MINUTE, /* the minute's calls are used up */
	QUOTA_DAY     /* the day's are */
};

struct quota_row {
	int64_t minute; /* number of the UTC minute that is counted */
	int64_t day;    /* of the UTC day */
	int minute_used;
	int day_used;
};

#define QUOTA_STRIKES    1024 /* endpoints in trouble that are remembered */
#define QUOTA_ERRORS_MAX 64

struct quota_strike {
	uint64_t endpoint; /* hash */
	int app, user, division;
	int64_t errors[QUOTA_ERRORS_MAX]; /* when; a ring */
	int next, count;
	int64_t last_ms;
	int64_t blocked_until_ms;
	int blocks; /* in a row: the next one is an hour longer */
};

struct quota {
	int minute_limit;
	int day_limit;
	int error_limit; /* at most QUOTA_ERRORS_MAX */
	struct quota_row rows[DIRECTORY_APPS][DIRECTORY_DIVISIONS];
	struct quota_strike strikes[QUOTA_STRIKES];
	size_t strike_count;
};

/* `division` is the directory's index. Counts the call unless refused. */
enum quota_verdict quota_take(
	struct quota *quota, int app, int division, int64_t now_ms);
int quota_minute_left(
	const struct quota *quota, int app, int division, int64_t now_ms);
int quota_day_left(
	const struct quota *quota, int app, int division, int64_t now_ms);
/* The three X-RateLimit-Minutely-… headers, and the day's three. */
void quota_minute_headers(const struct quota *quota, int app, int division,
	int64_t now_ms, struct exchange_reply *reply);
void quota_day_headers(const struct quota *quota, int app, int division,
	int64_t now_ms, struct exchange_reply *reply);

/* Is this endpoint blocked for this caller? */
bool quota_blocked(struct quota *quota, int app, int user, int division,
	const char *endpoint, int64_t now_ms);
/* An error reply went out. division -1: none in the URL. */
void quota_strike(struct quota *quota, int app, int user, int division,
	const char *endpoint, int64_t now_ms);

#endif
