/*
 * Day by day: first what the calendar brings and what falls due, then new
 * documents until the day's share of the lines is written.
 */
#include "sandbox/generate.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/generate_state.h"

static const struct {
	const char *name;
	size_t lines;
} sizes[] = {
	[GENERATE_SMALL] = { "small", 1000 },
	[GENERATE_MEDIUM] = { "medium", 50000 },
	[GENERATE_LARGE] = { "large", 1000000 },
};

bool generate_size_named(const char *name, enum generate_size *ret)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (strcmp(name, sizes[i].name) == 0) {
			*ret = (enum generate_size)i;
			return true;
		}
	return false;
}

size_t generate_lines(enum generate_size size)
{
	return sizes[size].lines;
}

static const struct generate_scenario *choose(struct generate *g)
{
	uint32_t total = 0;
	uint32_t drawn;
	size_t i;

	if (g->scenario < generate_scenario_count)
		return &generate_scenarios[g->scenario++];
	for (i = 0; i < generate_scenario_count; i++)
		total += generate_scenarios[i].weight;
	drawn = generate_below(g, total);
	for (i = 0; drawn >= generate_scenarios[i].weight; i++)
		drawn -= generate_scenarios[i].weight;
	return &generate_scenarios[i];
}

static void live(struct generate *g)
{
	int32_t first = generate_world_first_day();
	int32_t last = generate_world_last_day();
	const struct books_table *lines = &g->set->tables[BOOKS_LINES];

	for (g->today = first; g->today <= last && !g->failed; g->today++) {
		size_t share = g->target * (size_t)(g->today - first + 1) /
			       (size_t)(last - first + 1);

		g->seconds = 0;
		generate_year_day(g);
		generate_money_day(g);
		/* A document and what belongs to it: at most 80 lines. */
		while (lines->count < share && generate_room(g) > 80 &&
			!g->failed)
			generate_trade(g, choose(g));
	}
	g->today = last;
	generate_year_rest(g);
}

/* In the order in which a company would have written the rows. */
static int give_versions(struct books *books, struct books_set *set)
{
	static const enum books_kind order[] = { BOOKS_ACCOUNTS, BOOKS_JOURNALS,
		BOOKS_VAT, BOOKS_RATES, BOOKS_PERIODS, BOOKS_RELATIONS,
		BOOKS_ITEMS, BOOKS_INVOICES, BOOKS_LINES, BOOKS_TERMS,
		BOOKS_COST_CENTERS, BOOKS_COST_UNITS };

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		for (size_t row = 0; row < set->tables[order[i]].count; row++)
			if (books_index_write(books, set, order[i], row) < 0)
				return FAIL_STOP;
	return 0;
}

/* Allocates all lines at once: growing step by step would waste half as much
 * memory again. */
static bool reserve(struct books_table *table, size_t count)
{
	table->rows = malloc(count * table->size);
	table->log = malloc(count * sizeof(*table->log));
	table->capacity = count;
	table->log_capacity = count;
	return table->rows != NULL && table->log != NULL;
}

int generate_books(struct books *books, int division, enum generate_size size,
	bool uk, bool tracking, struct error *err)
{
	static const char *const names[2] = { "Voorbeeld Handel BV",
		"Example Trading Ltd" };
	int32_t days = generate_world_last_day() - generate_world_first_day();
	struct generate g = {
		.books = books, .uk = uk, .target = generate_lines(size)
	};
	int fail = books_add_division(books, division, names[uk],
		uk ? "GBP" : "EUR", uk ? "GB" : "NL", &g.set, err);

	if (fail)
		return fail;
	g.random = books->seed ^ ((uint64_t)(unsigned)division << 32) ^
		   (uint64_t)size << 8 ^ (uint64_t)uk;
	g.by_day = calloc((size_t)days + 1, sizeof(*g.by_day));
	g.set->generated = true;
	if (!g.by_day || !reserve(&g.set->tables[BOOKS_LINES], g.target))
		g.failed = true;
	if (!g.failed)
		generate_world(&g);
	if (!g.failed)
		live(&g);
	if (!g.failed && tracking)
		generate_tracking(&g);
	if (g.failed || give_versions(books, g.set) < 0)
		fail = error_set(err, FAIL_STOP,
			"generating books of %zu lines: out of memory",
			g.target);
	free(g.by_day);
	free(g.events);
	return fail;
}
