/*
 * From options to a plan: is there a $select where one is required? Are the
 * names known, is the filter allowed, is the token readable? The first "no" is
 * the text of the 400. odata_page.c then finds the rows.
 */
#include "sandbox/odata_plan.h"

#include <stdlib.h>
#include <string.h>

#define SYNTAX "Bad Request - Error in query syntax."
#define NEEDS_SELECT                                                           \
	"Please add a $select or a $top=1 statement to the query string."

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

/* Takes the next part of a list with commas, without blanks around it. */
static bool next_part(const char **list, const char **ret_part, size_t *ret_len)
{
	const char *part = *list;

	if (!part)
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

	if (!list) {
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

/* Appends the names of the filter's properties that may not be filtered on or,
 * with `marked`, of those that are marked. Returns how many. */
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
				!(plan->filter &&
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

	if (text) {
		fail = filter_parse(&plan->filter, text, plan->rows->model,
			plan->rows->variant, problem);
		if (fail)
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

	if (!at)
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

/* Reads the two parameters of SyncTimestamp; both are mandatory. */
static int read_sync_timestamp(struct odata_plan *plan, struct buf *problem)
{
	char *modified = plan->options.text[OPTION_MODIFIED];
	char *api = plan->options.text[OPTION_ENDPOINT];
	struct render_value asked;

	if (plan->rows->kind != ODATA_ROWS_SYNC_TIMESTAMP)
		return 0;
	if (!modified || !api || !filter_literal(&modified, &asked) ||
		*modified != '\0' || asked.type != ODATA_DATETIME)
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
	if (fail) {
		plan->options = (struct odata_options){ .top = -1 };
		return fail == FAIL_INPUT ? refuse(problem, SYNTAX) : fail;
	}
	/* These endpoints came after Exact had given up $skip. */
	if (plan->options.text[OPTION_SKIP] &&
		request->entity->variant != ODATA_REGULAR)
		return refuse(problem, SYNTAX);
	fail = read_sync_timestamp(plan, problem);
	if (!fail)
		fail = odata_rows_ready(rows);
	if (!fail)
		fail = read_expand(plan, problem);
	if (!fail)
		fail = read_select(plan, request->entity, problem);
	if (!fail)
		fail = read_filter(plan, request, problem);
	if (!fail)
		fail = read_order(plan, problem);
	if (!fail)
		fail = read_token(plan, problem);
	return fail;
}

void odata_plan_free(struct odata_plan *plan)
{
	odata_options_free(&plan->options);
	filter_free(plan->filter);
}
