/*
 * Calls. A stream of n rows takes ceil(n / page) calls, and at least one; one
 * more when its books grow meanwhile, when the last page is full, or when an
 * overlap comes back empty and the beginning is looked at. So each range is
 * as wide as what is not known:
 *
 *	from the beginning, counted   50,000 rows         50 to    51 calls
 *	the same, headers uncounted   50,000 rows         50 to   101
 *	the same, known               50,000 stored       50 to    57
 *	behind the cursor, known      50,000 stored        1 to     7
 *	nothing known                 0 to 5,000,000       1 to 5,001
 *
 * A list that follows from another one takes none when that is as it was. A
 * reference list takes none within its interval, unless the ledger brings a
 * name that the list lacks.
 *
 * Behind the cursor a count says how many rows were added, and nothing of
 * those that changed in place: up to a tenth of the stored ones are allowed
 * for, beside what the last run read, which the overlap may read again.
 *
 * Time is the larger of two. The quota: of K calls the first `left` go at
 * once, then `limit` a minute; the first wait may be short. The chain: a
 * stream's calls follow each other. At best all streams run beside the
 * longest one, at worst one after the other.
 *
 *	K = 200, 60 left, 60 a minute:  ceil(140 / 60) = 3
 *	                                2 to 3 minutes
 *	latency 300 ms, longest 150:    45 s to 60 s: the quota it is
 *
 * Days. What exceeds the day's rest waits for midnight UTC, 5,000 at a time.
 */
#include "run/plan.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    INT64_C(86400000)
/* Of the stored rows, one in so many may have changed since. */
#define CHANGED_PART 10

static const char *const basis_names[] = {
	[PLAN_FIXED] = "fixed",
	[PLAN_COUNTED] = "counted",
	[PLAN_KNOWN] = "known",
	[PLAN_ESTIMATED] = "estimated",
};

const char *plan_basis_name(enum plan_basis basis)
{
	return basis_names[basis];
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* How many of `part` hold `whole`; 0 for 0. */
static int64_t parts(int64_t whole, int64_t part)
{
	return whole <= 0 ? 0 : (whole - 1) / part + 1;
}

static struct plan_range counted_rows(const struct plan_facts *facts)
{
	return (struct plan_range){ facts->counted,
		facts->counted + facts->uncounted };
}

static struct plan_range whole_rows(
	const struct plan_facts *facts, enum plan_basis *ret_basis)
{
	if (facts->counted >= 0) {
		*ret_basis = PLAN_COUNTED;
		return counted_rows(facts);
	}
	if (facts->stored >= 0) {
		/* Of short pages one more, not all that fill the overlap. */
		int64_t more = smaller(facts->overlap, facts->page_size);

		*ret_basis = PLAN_KNOWN;
		return (struct plan_range){ facts->stored,
			facts->stored + facts->stored / CHANGED_PART + more };
	}
	*ret_basis = PLAN_ESTIMATED;
	return facts->rows;
}

static struct plan_range rest_rows(
	const struct plan_facts *facts, enum plan_basis *ret_basis)
{
	int64_t stored = larger(facts->stored, 0);
	struct plan_range rows = facts->rows;

	*ret_basis = PLAN_ESTIMATED;
	if (facts->counted >= 0) {
		*ret_basis = PLAN_COUNTED;
		rows = counted_rows(facts);
	}
	rows.low = larger(rows.low - stored, 0);
	/* Unless it goes on soon, it begins with an overlap. */
	rows.high = larger(rows.high - stored, 0) + facts->overlap;
	return rows;
}

static struct plan_range new_rows(
	const struct plan_facts *facts, enum plan_basis *ret_basis)
{
	int64_t stored = larger(facts->stored, 0);
	struct plan_range rows = { 0, facts->overlap + stored / CHANGED_PART };

	*ret_basis = PLAN_KNOWN;
	/* A last run that read everything says nothing of the next one. */
	if (facts->last_rows > 0 &&
		(facts->stored < 0 || facts->last_rows < stored))
		rows.high += facts->last_rows;
	if (facts->counted >= 0) {
		struct plan_range counted = counted_rows(facts);

		*ret_basis = PLAN_COUNTED;
		rows.low = larger(counted.low - stored, 0);
		rows.high += larger(counted.high - stored, 0);
	}
	return rows;
}

struct plan_cost plan_stream(const struct plan_facts *facts)
{
	struct plan_cost cost = {
		.basis = PLAN_FIXED,
		.rows = { 1, 1 },
		.calls = { 1, 1 },
	};

	switch (facts->start) {
	case PLAN_SINGLE:
		if (facts->may_skip)
			cost.rows.low = cost.calls.low = 0;
		return cost;
	case PLAN_WHOLE:
		cost.rows = whole_rows(facts, &cost.basis);
		break;
	case PLAN_GOES_ON:
		cost.rows = rest_rows(facts, &cost.basis);
		break;
	case PLAN_OVERLAP:
		cost.rows = new_rows(facts, &cost.basis);
		break;
	}
	cost.calls.low = larger(parts(cost.rows.low, facts->page_size), 1);
	cost.calls.high = larger(parts(cost.rows.high, facts->page_size), 1) +
			  1;
	if (facts->may_skip && facts->stored >= 0)
		cost.rows.low = cost.calls.low = 0;
	return cost;
}

/* Of waits for the minute's quota: at most, and less the first one. */
static struct plan_range quota_ms(
	struct plan_range calls, const struct plan_quota *quota)
{
	int64_t low = parts(
		calls.low - quota->minute_left, quota->minute_limit);
	int64_t high = parts(
		calls.high - quota->minute_left, quota->minute_limit);

	return (struct plan_range){ larger(low - 1, 0) * MINUTE_MS,
		high * MINUTE_MS };
}

static int64_t days_for(int64_t calls, const struct plan_quota *quota)
{
	return parts(calls - quota->day_left, quota->day_limit);
}

/* A run that is parked goes on at midnight with what is left of it. */
static int64_t end_of(int64_t calls, int64_t ms, const struct plan_quota *quota)
{
	int64_t days = days_for(calls, quota);
	int64_t now = quota->now_wall_ms;

	if (days == 0)
		return now + ms;
	calls -= quota->day_left + (days - 1) * quota->day_limit;
	/* The last day's part of the work, in proportion to the minute. */
	return now - now % DAY_MS + days * DAY_MS +
	       smaller(ms, parts(calls, quota->minute_limit) * MINUTE_MS);
}

struct plan_total plan_sum(const struct plan_cost *costs, size_t count,
	const struct plan_quota *quota)
{
	struct plan_total total = { 0 };
	int64_t singles = 0, longest = 0;
	struct plan_range wait;

	for (size_t i = 0; i < count; i++) {
		total.calls.low += costs[i].calls.low;
		total.calls.high += costs[i].calls.high;
		if (costs[i].basis == PLAN_FIXED)
			singles += costs[i].calls.low;
		else
			longest = larger(longest, costs[i].calls.low);
	}
	wait = quota_ms(total.calls, quota);
	total.ms.low = larger(
		wait.low, (singles + longest) * quota->latency_ms.low);
	/* The last call behind the last wait takes its time, too. */
	total.ms.high = larger(wait.high,
				total.calls.high * quota->latency_ms.high) +
			quota->latency_ms.high;
	total.share.low = total.calls.low * 1000 / quota->day_limit;
	total.share.high = parts(total.calls.high * 1000, quota->day_limit);
	total.days.low = days_for(total.calls.low, quota);
	total.days.high = days_for(total.calls.high, quota);
	total.end_wall_ms.low = end_of(total.calls.low, total.ms.low, quota);
	total.end_wall_ms.high = end_of(total.calls.high, total.ms.high, quota);
	return total;
}
