/*
 * From options to a page.
 *
 *	checks   $select required? names known? filter allowed? token readable?
 *	rows     default order: walk from the token's key until the page is full
 *	         $orderby: one walk over all rows through a heap of the page's
 *	         size, so that a page of a million rows never sorts a million
 *	link     $filter, $expand, $orderby, $inlinecount, $select, $top less
 *	         what was given, $skiptoken of the page's last row
 */
#include "sandbox/odata_plan.h"

#include <stdlib.h>
#include <string.h>

#define SYNTAX "Bad Request - Error in query syntax."
#define NEEDS_SELECT                                                           \
	"Please add a $select or a $top=1 statement to the query string."
#define HEAP_MAX 1000000u

static int refuse(struct buf *problem, const char *text)
{
	buf_puts(problem, text);
	return FAIL_INPUT;
}

static int find(const struct odata_plan *plan, const char *name, size_t len)
{
	return odata_table_find(
		plan->rows->model, plan->rows->variant, name, len);
}

static void show_all(struct odata_plan *plan)
{
	for (size_t i = 0; i < plan->rows->model->count; i++)
		plan->shown[i] = (plan->rows->model->properties[i].where &
					 plan->rows->variant) != 0;
}

/* The next part of a comma list, without blanks around it. */
static bool next_part(const char **list, const char **ret_part, size_t *ret_len)
{
	const char *part = *list;

	if (part == NULL)
		return false;
	size_t len = strcspn(part, ",");
	*list = part[len] == ',' ? part + len + 1 : NULL;
	while (len > 0 && *part == ' ') {
		part++;
		len--;
	}
	while (len > 0 && part[len - 1] == ' ')
		len--;
	*ret_part = part;
	*ret_len = len;
	return true;
}

static bool is_navigation(const struct odata_plan *plan, int property)
{
	return property >= 0 &&
	       plan->rows->model->properties[property].type == ODATA_NAVIGATION;
}

static int unknown_property(const struct odata_plan *plan, const char *name,
	size_t len, struct buf *problem)
{
	buf_printf(problem,
		"Could not find a property named '%.*s' on type "
		"'%s'.",
		(int)len, name, plan->rows->model->type_name);
	return FAIL_INPUT;
}

static int read_expand(struct odata_plan *plan, struct buf *problem)
{
	const char *list = plan->options.text[OPTION_EXPAND];
	const char *part;
	size_t len;

	while (next_part(&list, &part, &len)) {
		int property = find(plan, part, len);
		if (!is_navigation(plan, property))
			return unknown_property(plan, part, len, problem);
		plan->expanded[property] = true;
	}
	return 0;
}

static int read_select(struct odata_plan *plan,
	const struct odata_entity *entity, struct buf *problem)
{
	const char *list = plan->options.text[OPTION_SELECT];
	const char *part;
	size_t len;

	if (list == NULL) {
		if (entity->select_required && plan->options.top != 1)
			return refuse(problem, NEEDS_SELECT);
		show_all(plan);
		return 0;
	}
	while (next_part(&list, &part, &len)) {
		if (len == 1 && *part == '*') {
			if (entity->variant == ODATA_SYNC)
				return refuse(problem, NEEDS_SELECT);
			show_all(plan);
			continue;
		}
		size_t name_len = 0;
		while (name_len < len && part[name_len] != '/')
			name_len++;
		int property = find(plan, part, name_len);
		if (property < 0)
			return unknown_property(plan, part, name_len, problem);
		/* Lines/Name needs the $expand of Lines. */
		if (name_len < len && !(is_navigation(plan, property) &&
					      plan->expanded[property]))
			return refuse(problem, SYNTAX);
		plan->shown[property] = true;
	}
	return 0;
}

/* Names of the filter's properties that may not be filtered on, or that are
 * marked. Returns how many. */
static size_t list_names(const struct odata_plan *plan, bool marked,
	bool only_in_filter, struct buf *ret)
{
	const struct odata_model *model = plan->rows->model;
	size_t count = 0;

	for (size_t i = 0; i < model->count; i++) {
		const struct odata_property *property = &model->properties[i];
		bool is_marked = (property->marked & plan->rows->variant) != 0;
		if (is_marked != marked ||
			(only_in_filter &&
				!(plan->filter != NULL &&
					filter_names(plan->filter, (int)i))))
			continue;
		buf_printf(ret, "%s%s", count > 0 ? "," : "", property->name);
		count++;
	}
	return count;
}

static int check_filter(struct odata_plan *plan,
	const struct odata_request *request, struct buf *problem)
{
	struct buf names;
	int fail = 0;

	if (!request->entity->marked_only)
		return 0;
	buf_init(&names, 16384);
	if (list_names(plan, false, true, &names) > 0) {
		buf_printf(problem,
			"Filtering on these fields is not supported: %s",
			names.data);
		fail = FAIL_INPUT;
	} else if (request->mandatory_filter &&
		   request->entity->variant != ODATA_SYNC &&
		   list_names(plan, true, true, &names) == 0) {
		buf_reset(&names);
		if (list_names(plan, true, false, &names) > 0) {
			buf_printf(problem,
				"This endpoint has mandatory filtering "
				"applied. "
				"A GET request for this endpoint must have a "
				"$filter parameter with one of the following "
				"fields in the url:%s.",
				names.data);
			fail = FAIL_INPUT;
		}
	}
	buf_free(&names);
	return fail;
}

static int read_filter(struct odata_plan *plan,
	const struct odata_request *request, struct buf *problem)
{
	const char *text = plan->options.text[OPTION_FILTER];
	int fail;

	if (text != NULL) {
		fail = filter_parse(&plan->filter, text, plan->rows->model,
			plan->rows->variant, problem);
		if (fail < 0)
			return fail;
	}
	if (request->key_text[0] != '\0' && request->key_text[0] != '$')
		return 0;
	return check_filter(plan, request, problem);
}

static int read_order(struct odata_plan *plan, struct buf *problem)
{
	const char *list = plan->options.text[OPTION_ORDERBY];
	const char *part;
	size_t len;

	while (next_part(&list, &part, &len)) {
		size_t name_len = 0;
		while (name_len < len && part[name_len] != ' ')
			name_len++;
		const char *way = part + name_len;
		size_t way_len = len - name_len;
		while (way_len > 0 && *way == ' ') {
			way++;
			way_len--;
		}
		bool descending = way_len == 4 && memcmp(way, "desc", 4) == 0;
		if ((way_len > 0 && !descending &&
			    !(way_len == 3 && memcmp(way, "asc", 3) == 0)) ||
			plan->order_count >= ODATA_ORDER_MAX)
			return refuse(problem, SYNTAX);
		int property = find(plan, part, name_len);
		if (property < 0 || is_navigation(plan, property)) {
			buf_printf(problem,
				"No property '%.*s' exists in type '%s' at "
				"position %d.",
				(int)name_len, part,
				plan->rows->model->type_name,
				(int)(part -
					plan->options.text[OPTION_ORDERBY]));
			return FAIL_INPUT;
		}
		plan->order[plan->order_count].property = property;
		plan->order[plan->order_count].descending = descending;
		plan->order_count++;
	}
	return 0;
}

static bool whole(enum odata_type type)
{
	return type == ODATA_INT16 || type == ODATA_INT32 ||
	       type == ODATA_INT64 || type == ODATA_BYTE;
}

static bool fits(enum odata_type wanted, const struct render_value *value)
{
	return value->null || value->type == wanted ||
	       (whole(wanted) && whole(value->type)) ||
	       (wanted == ODATA_DOUBLE && whole(value->type));
}

static int read_token(struct odata_plan *plan, struct buf *problem)
{
	char *at = plan->options.text[OPTION_SKIPTOKEN];
	const struct odata_property *properties = plan->rows->model->properties;

	if (at == NULL)
		return 0;
	for (size_t i = 0; i <= plan->order_count; i++) {
		int property = i < plan->order_count ? plan->order[i].property
						     : plan->rows->key;
		if (i > 0 && *at++ != ',')
			return refuse(problem, SYNTAX);
		if (!filter_literal(&at, &plan->token[i]) ||
			!fits(properties[property].type, &plan->token[i]) ||
			(i == plan->order_count && plan->token[i].null))
			return refuse(problem, SYNTAX);
		if (plan->token[i].type != ODATA_DOUBLE)
			plan->token[i].real = (double)plan->token[i].number;
		if (!plan->token[i].null)
			plan->token[i].type = properties[property].type;
	}
	if (*at != '\0')
		return refuse(problem, SYNTAX);
	plan->has_token = true;
	return 0;
}

/* The helper's two parameters; both are mandatory. */
static int read_sync_timestamp(struct odata_plan *plan, struct buf *problem)
{
	char *modified = plan->options.text[OPTION_MODIFIED];
	char *api = plan->options.text[OPTION_ENDPOINT];
	struct render_value asked;

	if (plan->rows->kind != ODATA_ROWS_SYNC_TIMESTAMP)
		return 0;
	if (modified == NULL || api == NULL ||
		!filter_literal(&modified, &asked) || *modified != '\0' ||
		asked.type != ODATA_DATETIME)
		return refuse(problem, SYNTAX);
	plan->rows->asked_ms = asked.number;
	if (!filter_literal(&api, &asked) || *api != '\0' ||
		asked.type != ODATA_STRING)
		return refuse(problem, SYNTAX);
	plan->options.text[OPTION_ENDPOINT][asked.len + 1] = '\0';
	plan->rows->asked_api = asked.text;
	return 0;
}

int odata_plan_read(struct odata_plan *plan, struct odata_rows *rows,
	const struct odata_request *request, struct buf *problem)
{
	int fail;

	*plan = (struct odata_plan){ .rows = rows };
	fail = odata_options_read(&plan->options, request->query);
	if (fail < 0) {
		plan->options = (struct odata_options){ .top = -1 };
		return fail == FAIL_INPUT ? refuse(problem, SYNTAX) : fail;
	}
	/* These came after $skip was given up. */
	if (plan->options.text[OPTION_SKIP] != NULL &&
		request->entity->variant != ODATA_REGULAR)
		return refuse(problem, SYNTAX);
	fail = read_sync_timestamp(plan, problem);
	if (fail == 0)
		fail = odata_rows_ready(rows);
	if (fail == 0)
		fail = read_expand(plan, problem);
	if (fail == 0)
		fail = read_select(plan, request->entity, problem);
	if (fail == 0)
		fail = read_filter(plan, request, problem);
	if (fail == 0)
		fail = read_order(plan, problem);
	if (fail == 0)
		fail = read_token(plan, problem);
	return fail;
}

void odata_plan_free(struct odata_plan *plan)
{
	odata_options_free(&plan->options);
	filter_free(plan->filter);
}

size_t odata_plan_limit(const struct odata_plan *plan)
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

	return plan->filter == NULL || filter_matches(plan->filter, get, &row);
}

/* Column `i` of the order; the last one is the key. */
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

/* A heap whose top is the last of the rows it keeps. */
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

/* Keep the `limit` first rows; then sort them by emptying the heap. */
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
	int64_t above = plan->filter == NULL || timestamp < 0
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

int odata_plan_page(struct odata_plan *plan, struct odata_page *ret)
{
	struct odata_page page = { 0 };
	size_t limit = odata_plan_limit(plan);
	size_t skip = plan->has_token ? 0 : (size_t)plan->options.skip;
	size_t room;

	if (skip > HEAP_MAX)
		skip = HEAP_MAX;
	room = skip + limit + 1;
	page.rows = malloc(room * sizeof(*page.rows));
	if (page.rows == NULL)
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
	/* $top is fulfilled: nothing follows. */
	if (plan->options.top >= 0 && (size_t)plan->options.top <= page.count)
		page.more = false;
	*ret = page;
	return 0;
}

/* As the server writes its links: blanks and colons encoded; quotes,
 * commas and parentheses plain. */
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
			(c >= 'a' && c <= 'z') ||
			strchr("-_.~'(),*!$/", c) != NULL) {
			buf_putc(ret, (char)c);
		} else {
			buf_putc(ret, '%');
			buf_putc(ret, hex[c >> 4]);
			buf_putc(ret, hex[c & 15]);
		}
	}
}

void odata_plan_next(const struct odata_plan *plan,
	const struct odata_page *page, struct buf *ret)
{
	static const enum odata_option kept[] = { OPTION_FILTER, OPTION_EXPAND,
		OPTION_ORDERBY, OPTION_INLINECOUNT, OPTION_SELECT };
	size_t last = page->rows[page->count - 1];
	struct render_value value;
	struct buf token;

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		if (plan->options.text[kept[i]] != NULL)
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
