/*
 * How many calls were made, and how many failed.
 *
 * Calls: fixed windows on the UTC minute and the UTC day, per app and
 * division. At 10:00:40 the 61st call of the minute is refused, and so is
 * every further call until 10:01:00. A refused call is not counted.
 *
 * Errors: per app, user, division and endpoint. After the tenth 400, 401, 403
 * or 404 within an hour, further calls there are refused for an hour.
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
	QUOTA_MINUTE, /* the minute's quota is used up */
	QUOTA_DAY     /* the day's quota is used up */
};

struct quota_row {
	int64_t minute; /* number of the UTC minute that is counted */
	int64_t day;    /* of the UTC day */
	int minute_used;
	int day_used;
};

#define QUOTA_STRIKES    1024 /* endpoints with errors that are remembered */
#define QUOTA_ERRORS_MAX 64

struct quota_strike {
	uint64_t endpoint; /* hash */
	int app, user, division;
	int64_t errors[QUOTA_ERRORS_MAX]; /* a ring of times */
	int next, count;
	int64_t last_ms;
	int64_t blocked_until_ms;
	int blocks; /* in succession; each is an hour longer */
};

struct quota {
	int minute_limit;
	int day_limit;
	int error_limit; /* at most QUOTA_ERRORS_MAX */
	struct quota_row rows[DIRECTORY_APPS][DIRECTORY_DIVISIONS];
	struct quota_strike strikes[QUOTA_STRIKES];
	size_t strike_count;
};

/* `division` is the directory's index. Counts the call unless it is refused. */
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
/* Counts an error reply. division -1: none in the URL. */
void quota_strike(struct quota *quota, int app, int user, int division,
	const char *endpoint, int64_t now_ms);

#endif
