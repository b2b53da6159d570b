/*
 * A group's rows in the order of their line numbers.
 */
#ifndef DERIVE_LINES_H
#define DERIVE_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "store/records.h"

struct line {
	const char *const *values; /* the row's; borrowed */
	int64_t number;            /* INT64_MAX: none */
	size_t arrival;
};

/* By the number in that column; lines of one number by arrival. The caller
 * frees the list; NULL without memory. */
struct line *lines_sorted(const struct feed_group *group, int number_column);

/* The latest moment of that column, as Exact sends them; INT64_MIN when no
 * line has one. */
int64_t lines_latest_ms(const struct line *lines, size_t count, int column);

#endif
