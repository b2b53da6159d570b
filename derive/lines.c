#include "derive/lines.h"

#include <stdlib.h>

#include "base/when.h"
#include "derive/convert.h"

static int by_number(const void *left, const void *right)
{
	const struct line *a = left;
	const struct line *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return (a->arrival > b->arrival) - (a->arrival < b->arrival);
}

struct line *lines_sorted(const struct feed_group *group, int number_column)
{
	struct line *lines = calloc(group->count + 1, sizeof(*lines));

	if (!lines)
		return NULL;
	for (size_t i = 0; i < group->count; i++) {
		lines[i].values = group->rows[i].values;
		lines[i].arrival = i;
		if (!convert_integer(
			    lines[i].values[number_column], &lines[i].number))
			lines[i].number = INT64_MAX;
	}
	qsort(lines, group->count, sizeof(*lines), by_number);
	return lines;
}

int64_t lines_latest_ms(const struct line *lines, size_t count, int column)
{
	int64_t latest = INT64_MIN;
	int64_t ms;

	for (size_t i = 0; i < count; i++) {
		const char *text = lines[i].values[column];

		if (text && !when_parse_exact(text, &ms) && ms > latest)
			latest = ms;
	}
	return latest;
}
