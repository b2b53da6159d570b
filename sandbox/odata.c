/*
 * One GET: find the entity, read the plan, pick the page, write it.
 *
 *	path + query -> entity -> plan (400) -> page -> reply
 *	                  404        key: 404 when not found
 */
#include "sandbox/odata.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/odata_page.h"
#include "sandbox/odata_plan.h"
#include "sandbox/odata_rows.h"
#include "sandbox/odata_table.h"
#include "sandbox/odata_write.h"

#define SYNTAX "Bad Request - Error in query syntax."

/* Careful clients send %27 for '; nothing else needs decoding. */
static bool decode_path(const char *path, char *ret, size_t size)
{
	size_t to = 0;

	for (; *path != '\0'; path++) {
		char c = *path;
		if (c == '%') {
			char pair[3] = { 0 };
			unsigned value;
			if (path[1] == '\0' || path[2] == '\0')
				return false;
			memcpy(pair, path + 1, 2);
			if (sscanf(pair, "%2x", &value) != 1 || value == 0)
				return false;
			c = (char)value;
			path += 2;
		}
		if (to + 1 >= size)
			return false;
		ret[to++] = c;
	}
	ret[to] = '\0';
	return true;
}

/* Compares folders without case, and the last segment exactly. */
static bool same_path(const char *asked, size_t len, const char *known)
{
	const char *slash = strrchr(known, '/');
	size_t folders = (size_t)(slash - known);

	return strlen(known) == len &&
	       strncasecmp(asked, known, folders) == 0 &&
	       strncmp(asked + folders, slash, len - folders) == 0;
}

const struct odata_entity *odata_find(
	const char *path_after_division, char *ret_key_text, size_t key_size)
{
	char path[256];
	const char *key = "";
	size_t key_len = 0;

	if (!decode_path(path_after_division, path, sizeof(path)))
		return NULL;
	size_t len = strcspn(path, "(");
	const char *rest = path + len;
	if (*rest == '(') {
		const char *end = strrchr(rest, ')');
		if (!end || end == rest + 1 ||
			(end[1] != '\0' && end[1] != '/'))
			return NULL;
		key = rest + 1;
		key_len = end[1] == '/' ? strlen(key) : (size_t)(end - key);
	} else if (len > 7 && strcmp(path + len - 7, "/$count") == 0) {
		key = path + len - 6;
		key_len = 6;
		len -= 7;
	}
	if (key_len + 1 > key_size)
		return NULL;
	for (const struct odata_entity *entity = odata_entities; entity->path;
		entity++) {
		if (entity->rows == ODATA_ROWS_ME ||
			!same_path(path, len, entity->path))
			continue;
		memcpy(ret_key_text, key, key_len);
		ret_key_text[key_len] = '\0';
		return entity;
	}
	return NULL;
}

void odata_error(
	struct exchange_reply *reply, int status, const char *text, bool json)
{
	odata_write_error(reply, status, text, json);
}

/* Follows a __deferred link. No row here has any. */
static void get_navigation(const struct odata_plan *plan, const char *name,
	struct exchange_reply *reply, bool json)
{
	const struct odata_rows *rows = plan->rows;
	int property = odata_table_find(
		rows->model, rows->variant, name, strlen(name));
	char text[160];

	if (property >= 0 &&
		rows->model->properties[property].type == ODATA_NAVIGATION) {
		odata_write_nothing(reply, json);
		return;
	}
	snprintf(text, sizeof(text),
		"Resource not found for the segment '%.80s'.", name);
	odata_write_error(reply, 404, text, json);
}

static void get_by_key(const struct odata_request *request,
	struct odata_plan *plan, const char *path, struct exchange_reply *reply)
{
	const struct odata_rows *rows = plan->rows;
	struct odata_page page = { .count = 1 };
	struct render_value key = { 0 };
	char copy[128];
	char text[160];
	char *at = copy;
	size_t row;

	snprintf(copy, sizeof(copy), "%s", request->key_text);
	enum odata_type wanted = rows->model->properties[rows->key].type;
	bool whole = wanted == ODATA_INT32 || wanted == ODATA_INT64;
	if (!filter_literal(&at, &key) ||
		(*at != '\0' && strncmp(at, ")/", 2) != 0) ||
		!(key.type == wanted ||
			(whole && (key.type == ODATA_INT32 ||
					  key.type == ODATA_INT64))) ||
		plan->filter || plan->order_count > 0) {
		odata_write_error(reply, 400, SYNTAX, request->json);
		return;
	}
	key.type = wanted;
	if (!odata_rows_find(rows, &key, &row)) {
		snprintf(text, sizeof(text),
			"Resource not found for the segment '%s'.",
			strrchr(request->entity->path, '/') + 1);
		odata_write_error(reply, 404, text, request->json);
		return;
	}
	if (*at != '\0') {
		get_navigation(plan, at + strlen(")/"), reply, request->json);
		return;
	}
	page.rows = &row;
	odata_write_page(reply, plan, &page, SHAPE_ENTITY, path, request->json);
}

static void get_collection(const struct odata_request *request,
	struct odata_plan *plan, const char *path, struct exchange_reply *reply)
{
	struct odata_page page;
	bool count = request->key_text[0] == '$';
	enum odata_shape shape = SHAPE_RESULTS;

	if (count && request->json) {
		odata_write_error(
			reply, 415, "Unsupported media type requested.", true);
		return;
	}
	plan->options.count |= count;
	if (odata_page_pick(plan, &page) < 0) {
		odata_write_error(reply, 500, "Out of memory.", request->json);
		return;
	}
	if (plan->options.top >= 0 &&
		plan->options.top <= request->entity->page_size &&
		!plan->has_token && !plan->options.count)
		shape = SHAPE_ARRAY;
	if (count)
		odata_write_text(reply, page.total);
	else
		odata_write_page(
			reply, plan, &page, shape, path, request->json);
	free(page.rows);
}

/* Reads the plan and answers with a page, an entity, a number or a refusal. */
static void answer(struct odata_rows *rows, const struct odata_request *request,
	const char *path, struct exchange_reply *reply)
{
	struct odata_plan plan;
	struct buf problem;
	int fail;

	buf_init(&problem, 65536);
	fail = odata_plan_read(&plan, rows, request, &problem);
	if (fail == FAIL_INPUT)
		odata_write_error(reply, 400, problem.data, request->json);
	else if (fail)
		odata_write_error(reply, 500, "Out of memory.", request->json);
	else if (request->key_text[0] != '\0' && request->key_text[0] != '$')
		get_by_key(request, &plan, path, reply);
	else
		get_collection(request, &plan, path, reply);
	odata_plan_free(&plan);
	buf_free(&problem);
}

void odata_get(
	const struct odata_request *request, struct exchange_reply *reply)
{
	char path[320];
	struct odata_rows rows = {
		.request = request,
		.model = request->entity->model,
		.variant = request->entity->variant,
		.kind = (enum odata_kind)request->entity->rows,
		.books = request->books,
		.set = books_set(request->books, request->division),
		.base_url = request->base_url,
		.now_wall_ms = request->now_wall_ms,
		.uk = request->uk,
	};

	if (!rows.set || rows.kind == ODATA_ROWS_ME) {
		odata_write_error(
			reply, 404, "Resource not found.", request->json);
		return;
	}
	snprintf(path, sizeof(path), "/api/v1/%d/%s", request->division,
		request->entity->path);
	answer(&rows, request, path, reply);
}

void odata_get_me(const struct odata_me *me,
	const struct odata_request *request, struct exchange_reply *reply)
{
	const struct odata_entity *entity = odata_entities;
	struct odata_request mine = *request;
	struct odata_rows rows = {
		.request = &mine,
		.model = &odata_table_me,
		.variant = ODATA_REGULAR,
		.kind = ODATA_ROWS_ME,
		.me = me,
		.base_url = request->base_url,
		.now_wall_ms = request->now_wall_ms,
		.uk = request->uk,
	};

	while (entity->rows != ODATA_ROWS_ME)
		entity++;
	mine.entity = entity;
	mine.key_text = "";
	answer(&rows, &mine, "/api/v1/current/Me", reply);
}
