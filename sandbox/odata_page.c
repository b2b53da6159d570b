/*
 * From a plan to a page, and to the link to the next page.
 *
 *	default order   walk from the token's key until the page is full
 *	$orderby        one walk over all rows through a heap of the page's
 *	                size, so that a page of a million rows never sorts a
 *	                million
 *	link            $filter, $expand, $orderby, $inlinecount, $select, $top
 *	                less the rows given, $skiptoken of the page's last row
 */
#include "sandbox/odata_page.h"

#include <stdlib.h>
#include <string.h>

#define HEAP_MAX 1000000u

static size_t page_limit(const struct odata_plan *plan)
{
	size_t size = (size_t)plan->rows->request->entity->page_size;
	int64_t top = plan->options.top;

	return top >= 0 && (size_t)top < size ? (size_t)top : size;
}

struct row {
	const struct odata_plan *plan;
	size_t index;
};

static void get(void *context, int property, struct render_value *ret)
{
	const struct row *row = context;

	odata_rows_value(row->plan->rows, row->index, property, ret);
}

static bool wanted(const struct odata_plan *plan, size_t index)
{
	struct row row = { .plan = plan, .index = index };

	return !plan->filter || filter_matches(plan->filter, get, &row);
}

/* Column `i` of the order; the last column is the key. */
static int order_column(const struct odata_plan *plan, size_t i)
{
	return i < plan->order_count ? plan->order[i].property
				     : plan->rows->key;
}

static int compare_to_token(const struct odata_plan *plan, size_t index)
{
	struct render_value value;

	for (size_t i = 0; i <= plan->order_count; i++) {
		odata_rows_value(
			plan->rows, index, order_column(plan, i), &value);
		int order = render_compare(&value, &plan->token[i]);
		if (order != 0)
			return i < plan->order_count &&
					       plan->order[i].descending
				       ? -order
				       : order;
	}
	return 0;
}

static int compare_rows(
	const struct odata_plan *plan, size_t left, size_t right)
{
	struct render_value a;
	struct render_value b;

	for (size_t i = 0; i <= plan->order_count; i++) {
		int column = order_column(plan, i);
		odata_rows_value(plan->rows, left, column, &a);
		odata_rows_value(plan->rows, right, column, &b);
		int order = render_compare(&a, &b);
		if (order != 0)
			return i < plan->order_count &&
					       plan->order[i].descending
				       ? -order
				       : order;
	}
	return 0;
}

/* A heap of the first rows; its top is the last of them. */
static void sift_up(const struct odata_plan *plan, size_t *heap, size_t at)
{
	while (at > 0 && compare_rows(plan, heap[at], heap[(at - 1) / 2]) > 0) {
		size_t kept = heap[at];
		heap[at] = heap[(at - 1) / 2];
		heap[(at - 1) / 2] = kept;
		at = (at - 1) / 2;
	}
}

static void sift_down(const struct odata_plan *plan, size_t *heap, size_t count)
{
	size_t at = 0;

	for (;;) {
		size_t child = at * 2 + 1;
		if (child >= count)
			return;
		if (child + 1 < count &&
			compare_rows(plan, heap[child + 1], heap[child]) > 0)
			child++;
		if (compare_rows(plan, heap[child], heap[at]) <= 0)
			return;
		size_t kept = heap[at];
		heap[at] = heap[child];
		heap[child] = kept;
		at = child;
	}
}

/* Keeps the first `limit` rows, then sorts them by emptying the heap. */
static size_t pick_ordered(
	struct odata_plan *plan, size_t *heap, size_t limit, size_t *ret_total)
{
	struct odata_place place = odata_rows_start(
		plan->rows, NULL, INT64_MIN);
	size_t count = 0;

	while (odata_rows_next(plan->rows, &place)) {
		if (!wanted(plan, place.row))
			continue;
		++*ret_total;
		if (plan->has_token && compare_to_token(plan, place.row) <= 0)
			continue;
		if (count < limit) {
			heap[count] = place.row;
			sift_up(plan, heap, count++);
		} else if (limit > 0 &&
			   compare_rows(plan, place.row, heap[0]) < 0) {
			heap[0] = place.row;
			sift_down(plan, heap, count);
		}
	}
	for (size_t left = count; left > 1; left--) {
		size_t last = heap[0];
		heap[0] = heap[left - 1];
		heap[left - 1] = last;
		sift_down(plan, heap, left - 1);
	}
	return count;
}

static int timestamp_column(const struct odata_plan *plan)
{
	return odata_table_find(
		plan->rows->model, plan->rows->variant, "Timestamp", 9);
}

static size_t pick(struct odata_plan *plan, size_t *list, size_t limit)
{
	int timestamp = timestamp_column(plan);
	int64_t above = !plan->filter || timestamp < 0
				? INT64_MIN
				: filter_above(plan->filter, timestamp);
	struct odata_place place = odata_rows_start(
		plan->rows, plan->has_token ? &plan->token[0] : NULL, above);
	size_t count = 0;

	while (count < limit && odata_rows_next(plan->rows, &place)) {
		if (plan->has_token && compare_to_token(plan, place.row) <= 0)
			continue;
		if (wanted(plan, place.row))
			list[count++] = place.row;
	}
	return count;
}

static size_t count_all(struct odata_plan *plan)
{
	struct odata_place place = odata_rows_start(
		plan->rows, NULL, INT64_MIN);
	size_t count = 0;

	while (odata_rows_next(plan->rows, &place))
		count += wanted(plan, place.row);
	return count;
}

int odata_page_pick(struct odata_plan *plan, struct odata_page *ret)
{
	struct odata_page page = { 0 };
	size_t limit = page_limit(plan);
	size_t skip = plan->has_token ? 0 : (size_t)plan->options.skip;
	size_t room;

	if (skip > HEAP_MAX)
		skip = HEAP_MAX;
	room = skip + limit + 1;
	page.rows = malloc(room * sizeof(*page.rows));
	if (!page.rows)
		return FAIL_STOP;
	if (plan->order_count > 0) {
		page.count = pick_ordered(plan, page.rows, room, &page.total);
	} else {
		page.count = pick(plan, page.rows, room);
		if (plan->options.count)
			page.total = count_all(plan);
	}
	page.count = page.count > skip ? page.count - skip : 0;
	memmove(page.rows, page.rows + skip, page.count * sizeof(*page.rows));
	page.more = page.count > limit;
	if (page.more)
		page.count = limit;
	/* $top is reached: nothing follows. */
	if (plan->options.top >= 0 && (size_t)plan->options.top <= page.count)
		page.more = false;
	*ret = page;
	return 0;
}

/* As the server writes its links: blanks and colons are encoded; quotes, commas
 * and parentheses are not. */
static void put_option(struct buf *ret, const char *name, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	if (ret->len > 0)
		buf_putc(ret, '&');
	buf_puts(ret, name);
	buf_putc(ret, '=');
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z') || strchr("-_.~'(),*!$/", c)) {
			buf_putc(ret, (char)c);
		} else {
			buf_putc(ret, '%');
			buf_putc(ret, hex[c >> 4]);
			buf_putc(ret, hex[c & 15]);
		}
	}
}

void odata_page_next(const struct odata_plan *plan,
	const struct odata_page *page, struct buf *ret)
{
	static const enum odata_option kept[] = { OPTION_FILTER, OPTION_EXPAND,
		OPTION_ORDERBY, OPTION_INLINECOUNT, OPTION_SELECT };
	size_t last = page->rows[page->count - 1];
	struct render_value value;
	struct buf token;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (plan->options.text[kept[i]])
			put_option(ret, odata_options_name(kept[i]),
				plan->options.text[kept[i]]);
	buf_init(&token, 65536);
	if (plan->options.top >= 0) {
		buf_printf(&token, "%lld",
			(long long)plan->options.top - (long long)page->count);
		put_option(ret, "$top", token.data);
		buf_reset(&token);
	}
	for (size_t i = 0; i <= plan->order_count; i++) {
		odata_rows_value(
			plan->rows, last, order_column(plan, i), &value);
		if (i > 0)
			buf_putc(&token, ',');
		render_literal(&token, &value);
	}
	put_option(ret, "$skiptoken", token.data);
	buf_free(&token);
}
