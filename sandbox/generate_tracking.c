/*
 * Cost centres and cost units, and which lines have them.
 *
 * They are made after everything else, and a line's choice is taken from the
 * line's identity. So books with them are equal in all other values to books
 * of the same seed without them.
 */
#include "sandbox/generate_state.h"
#include "sandbox/render.h"

#define DAY_MS 86400000

/* Parts of 256: some 60 % of the lines of profit and loss accounts have a
 * cost centre, and 30 % a cost unit. */
#define WITH_CENTER 154
#define WITH_UNIT   77

#define YEAR_END_TYPE 310 /* the entries that close the year's result */

struct cost_row {
	const char *code;
	const char *name[2]; /* NL, UK */
	bool ended;
	bool deleted;
};

#define CENTERS 6 /* and a deleted one after them */
#define UNITS   4

static const struct cost_row centers[CENTERS + 1] = {
	{ "ADM", { "Administratie", "Administration" }, false, false },
	{ "VRK", { "Verkoop", "Sales" }, false, false },
	{ "INK", { "Inkoop", "Purchasing" }, false, false },
	{ "MAG", { "Magazijn", "Warehouse" }, false, false },
	{ "DIR", { "Directie & staf", "Management" }, false, false },
	{ "OUD", { "Filiaal Oost", "East branch" }, true, false },
	{ "WEG", { "Opgeheven filiaal", "Former branch" }, false, true },
};

static const struct cost_row units[UNITS] = {
	{ "001", { "Project Noord", "Project North" }, false, false },
	{ "002", { "Onderhoud", "Maintenance" }, false, false },
	{ "003", { "Beurs 2024", "Trade fair 2024" }, true, false },
	{ "004", { "", "" }, false, false }, /* no description */
};

static int32_t last_day(void)
{
	return (int32_t)render_days(2024, 12, 31);
}

static void make_costs(struct generate *g, enum books_kind kind,
	const struct cost_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct books_cost *cost = generate_row(g, kind, NULL);

		cost->created_ms = (int64_t)(generate_world_first_day() - 1) *
					   DAY_MS +
				   36000 * INT64_C(1000);
		cost->head.modified_ms = cost->created_ms;
		cost->code = generate_text(g, "%s", rows[i].code);
		cost->description = generate_text(g, "%s", rows[i].name[g->uk]);
		cost->ended = rows[i].ended ? last_day() : 0;
		cost->head.deleted = rows[i].deleted;
		if (!g->failed && rows[i].deleted)
			g->set->tables[kind].living--;
	}
}

/* The chosen row's number plus one; 0 when that row had ended by then. */
static uint8_t choose(const struct cost_row *rows, uint8_t index,
	const struct books_line *line)
{
	return rows[index].ended && line->date > last_day()
		       ? 0
		       : (uint8_t)(index + 1);
}

void generate_tracking(struct generate *g)
{
	const struct books_account *accounts = g->set->tables[BOOKS_ACCOUNTS]
						       .rows;
	const struct books_table *table = &g->set->tables[BOOKS_LINES];
	bool given = false; /* a line has the deleted cost centre */

	make_costs(g, BOOKS_COST_CENTERS, centers, CENTERS + 1);
	make_costs(g, BOOKS_COST_UNITS, units, UNITS);
	for (size_t row = 0; row < table->count && !g->failed; row++) {
		struct books_line *line = generate_line(g, row);
		struct books_guid id;

		if (accounts[line->account].sheet != 'W' ||
			line->type == YEAR_END_TYPE)
			continue;
		id = books_index_row_guid(g->books, g->set, BOOKS_LINES, row);
		if (id.bytes[0] < WITH_CENTER)
			line->cost_center = choose(
				centers, id.bytes[1] % CENTERS, line);
		if (id.bytes[2] < WITH_UNIT)
			line->cost_unit = choose(
				units, id.bytes[3] % UNITS, line);
		if (!given)
			line->cost_center = CENTERS + 1;
		given = true;
	}
}
