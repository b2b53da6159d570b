/*
 * The terms of receivable and payable lines, and the calendar of their
 * payment. generate_trade.c fills both; generate_money.c acts on them.
 */
#include <string.h>

#include "sandbox/generate_state.h"

uint32_t generate_terms_add(struct generate *g, uint32_t line, int32_t due,
	bool payable, bool reversal)
{
	size_t row;
	struct books_term *term = generate_row(g, BOOKS_TERMS, &row);
	const struct books_line *source = generate_line(g, line);

	term->line = line;
	term->amount_dc = source->amount_dc;
	term->amount_fc = source->amount_fc;
	term->due = due;
	term->payable = payable;
	term->reversal = reversal;
	term->created_ms = source->head.modified_ms;
	term->head.modified_ms = source->head.modified_ms;
	return (uint32_t)row;
}

void generate_terms_plan(struct generate *g, int32_t day, enum generate_end end,
	enum generate_made made, bool second, const uint32_t terms[3])
{
	void *events = g->events;

	if (day > generate_world_last_day() || g->failed)
		return;
	if (books_index_grow(&events, g->event_count, &g->event_capacity,
		    sizeof(*g->events)) < 0) {
		g->failed = true;
		return;
	}
	g->events = events;
	uint32_t *first = &g->by_day[day - generate_world_first_day()];
	struct generate_event *event = &g->events[g->event_count++];
	*event = (struct generate_event){ .day = day,
		.next = *first,
		.end = end,
		.made = made,
		.second = second };
	memcpy(event->terms, terms, sizeof(event->terms));
	*first = (uint32_t)g->event_count;
}
