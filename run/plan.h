/*
 * What a run will cost, before it is made: calls, time, share of the day, the
 * day it ends. Pure arithmetic: facts in, ranges out.
 */
#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it. */
struct plan_range {
	int64_t low;
	int64_t high;
};

/* Where a number comes from. */
enum plan_basis {
	PLAN_FIXED,    /* always so many */
	PLAN_COUNTED,  /* Exact was asked just now how many rows there are */
	PLAN_KNOWN,    /* from what earlier runs stored */
	PLAN_ESTIMATED /* from what books of any size have */
};

/* "fixed", "counted", "known", "estimated" */
const char *plan_basis_name(enum plan_basis basis);

enum plan_start {
	PLAN_SINGLE,  /* one call, one row */
	PLAN_WHOLE,   /* from the beginning */
	PLAN_GOES_ON, /* behind what a run that did not end has stored */
	PLAN_OVERLAP  /* behind the cursor */
};

struct plan_facts {
	enum plan_start start;
	int page_size;
	bool may_skip;     /* may take no call at all */
	int64_t stored;    /* rows; -1: never read to the end */
	int64_t counted;   /* rows there are at Exact; -1: not asked */
	int64_t uncounted; /* rows there may be beside those */
	int64_t last_rows; /* received by the last run; -1: there was none */
	int64_t overlap;   /* rows that are read again */
	struct plan_range rows; /* what books of any size have */
};

struct plan_cost {
	enum plan_basis basis;
	struct plan_range rows;
	struct plan_range calls; /* without tries again after a failure */
};

struct plan_cost plan_stream(const struct plan_facts *facts);

struct plan_quota {
	int minute_limit, minute_left;
	int day_limit, day_left;
	int64_t now_wall_ms;
	struct plan_range latency_ms; /* of one call */
};

struct plan_total {
	struct plan_range calls;
	struct plan_range ms;          /* of work, without days of waiting */
	struct plan_range share;       /* of a day's quota, in thousandths */
	struct plan_range days;        /* waited for: runs that are parked */
	struct plan_range end_wall_ms; /* when the last run ends */
};

/* The streams of one run, or of one data type. */
struct plan_total plan_sum(const struct plan_cost *costs, size_t count,
	const struct plan_quota *quota);

#endif
