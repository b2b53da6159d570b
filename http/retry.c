/*
 * The first row that matches decides. Waits double from try to try up to the
 * row's ceiling, and are spread by a quarter to either side, so that many
 * companies that met the same outage don't return at the same moment:
 *
 *	503:  try 1 fails ─ 2 s (1.5…2.5) ─► try 2 ─ 4 s (3…5) ─►
 *	      try 3 ─ 8 s (6…10) ─► try 4 fails: give up in this run
 *
 * Every one of these replies counts against the quota (they carry decreased
 * counters), so there are few tries. What still fails after them is an
 * outage; a later run tries again.
 *
 * 400, 401, 403, 404 and 405 are never sent again: the second answer would be
 * the same, and more than ten an hour block the endpoint for an hour.
 */
#include "http/retry.h"

#include <assert.h>
#include <stddef.h>

struct retry_row {
	enum http_outcome outcome;
	int status_from, status_to; /* for HTTP_DONE */
	bool unusable;              /* only for a reply that can't be used */
	bool even_once;             /* also when receiving the request twice
				       does harm */
	int tries;                  /* in all; 1: no second try */
	int64_t first_ms;
	int64_t ceiling_ms;
	const char *reason;
};

static const struct retry_row rows[] = {
	{ .outcome = HTTP_UNSENT,
		.even_once = true, /* the server received nothing */
		.tries = 4,
		.first_ms = 1000,
		.ceiling_ms = 15000,
		.reason = "the server could not be reached" },
	{ .outcome = HTTP_LOST,
		.tries = 4,
		.first_ms = 1000,
		.ceiling_ms = 15000,
		.reason = "the connection broke before the whole reply came" },
	{ .outcome = HTTP_TIMED_OUT,
		.tries = 3, /* each cost a whole timeout */
		.first_ms = 2000,
		.ceiling_ms = 15000,
		.reason = "no whole reply came in the time allowed" },
	{ .outcome = HTTP_TOO_LARGE,
		.tries = 1,
		.reason = "the reply is larger than allowed" },
	{ .outcome = HTTP_REFUSED,
		.tries = 1,
		.reason = "this program refused to send the request" },
	{ .outcome = HTTP_DONE,
		.status_from = 200,
		.status_to = 299,
		.unusable = true,
		.tries = 4,
		.first_ms = 2000,
		.ceiling_ms = 30000,
		.reason = "the reply is not the data asked for (maintenance "
			  "page or cut off)" },
	{ .outcome = HTTP_DONE,
		.status_from = 200,
		.status_to = 299,
		.tries = 1,
		.reason = "the request was answered" },
	{ .outcome = HTTP_DONE,
		.status_from = 408,
		.status_to = 408,
		.tries = 2, /* the same query stays too broad */
		.first_ms = 5000,
		.ceiling_ms = 5000,
		.reason = "the query took the server too long (408)" },
	{ .outcome = HTTP_DONE,
		.status_from = 429,
		.status_to = 429,
		.tries = 1,
		.reason = "the quota is used up (429); the limiter says when" },
	{ .outcome = HTTP_DONE,
		.status_from = 500,
		.status_to = 500,
		.tries = 3,
		.first_ms = 2000,
		.ceiling_ms = 30000,
		.reason = "the server failed (500)" },
	{ .outcome = HTTP_DONE,
		.status_from = 502,
		.status_to = 502,
		.tries = 4,
		.first_ms = 2000,
		.ceiling_ms = 30000,
		.reason = "the gateway failed (502)" },
	{ .outcome = HTTP_DONE,
		.status_from = 503,
		.status_to = 503,
		.tries = 4,
		.first_ms = 2000,
		.ceiling_ms = 30000,
		.reason = "the server is unavailable (503)" },
	{ .outcome = HTTP_DONE,
		.status_from = 504,
		.status_to = 504,
		.tries = 3,
		.first_ms = 5000,
		.ceiling_ms = 30000,
		.reason = "the gateway waited too long (504)" },
	{ .outcome = HTTP_DONE,
		.status_from = 0,
		.status_to = 999,
		.tries = 1,
		.reason = "the same request would get the same answer" },
};

static bool row_fits(const struct retry_row *row, const struct retry_case *what)
{
	if (row->outcome != what->outcome)
		return false;
	if (row->outcome != HTTP_DONE)
		return true;
	return what->status >= row->status_from &&
	       what->status <= row->status_to &&
	       (what->unusable || !row->unusable);
}

/* The last step of SplitMix64: neighbouring seeds give unrelated numbers. */
static uint64_t scramble(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static int64_t wait_ms(const struct retry_row *row, int tries, uint64_t seed)
{
	int64_t wait = row->first_ms;
	int64_t spread;
	int i;

	for (i = 1; i < tries && wait < row->ceiling_ms; i++)
		wait *= 2;
	if (wait > row->ceiling_ms)
		wait = row->ceiling_ms;
	spread = wait / 2 + 1;
	seed = scramble(seed ^ (uint64_t)tries);
	return wait - wait / 4 + (int64_t)(seed % (uint64_t)spread);
}

struct retry_advice retry_advise(const struct retry_case *what, uint64_t seed)
{
	struct retry_advice advice = { .reason = "the outcome is unknown" };
	size_t i;

	assert(what->tries >= 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!row_fits(&rows[i], what))
			continue;
		assert(rows[i].tries <= RETRY_TRIES_MAX);
		advice.reason = rows[i].reason;
		advice.again = what->tries < rows[i].tries &&
			       (what->repeatable || rows[i].even_once);
		if (advice.again)
			advice.after_ms = wait_ms(&rows[i], what->tries, seed);
		break;
	}
	return advice;
}
