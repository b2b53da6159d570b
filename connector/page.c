/*
 * A reply is trusted in three steps. json_check() over the whole text, so
 * that nothing of a half-received page is ever used. Then its envelope:
 *
 *	{"d":{"results":[…],"__next":"…"}}   a page of a collection
 *	{"d":[…]}                            a collection cut by $top
 *	{"d":{"__metadata":…,"ID":…}}        one entity
 *
 * Then each row by itself: every value is read by the kind its entity says.
 * A value of another kind is malformed input (the page is asked for again),
 * while a row without its key or of another division means that we aren't
 * reading what we think we are: the stream stops.
 */
#include "connector/page.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/when.h"

static int envelope(struct page *page, struct json_slice d, struct error *err)
{
	struct json_slice results;
	struct json_slice link;
	enum json_kind kind = json_kind(d);

	if (kind == JSON_ARRAY) {
		json_elements(d, &page->rows);
		return 0;
	}
	if (kind != JSON_OBJECT)
		return error_set(err, FAIL_INPUT,
			"the reply's \"d\" is neither a list nor an object");
	if (!json_member(d, "results", &results)) {
		page->single = d;
		page->is_single = true;
		return 0;
	}
	if (json_kind(results) != JSON_ARRAY)
		return error_set(err, FAIL_INPUT,
			"the reply's \"results\" is not a list");
	json_elements(results, &page->rows);
	if (!json_member(d, "__next", &link) || json_kind(link) == JSON_NULL)
		return 0;

	struct cJSON *tree = NULL;
	bool nul = false;
	int r = json_parse(link, &tree, &nul, err);
	if (r)
		return r;
	const char *text = json_string(tree);
	if (!text || nul || !*text || strlen(text) >= sizeof(page->next))
		r = error_set(err, FAIL_INPUT,
			"the reply's link to the next page is unusable");
	else
		memcpy(page->next, text, strlen(text) + 1);
	cJSON_Delete(tree);
	return r;
}

int page_open(struct page *ret, const char *body, size_t len, struct error *err)
{
	struct json_slice top;
	struct json_slice d;
	struct page *page;

	int r = json_check(body, len, &top, err);
	if (r) {
		(void)error_prefix(err, "the reply is not whole JSON");
		return r;
	}
	if (json_kind(top) != JSON_OBJECT || !json_member(top, "d", &d))
		return error_set(
			err, FAIL_INPUT, "the reply is JSON, but has no \"d\"");
	page = calloc(1, sizeof(*page));
	if (!page)
		return error_set(err, FAIL_STOP, "out of memory");
	r = envelope(page, d, err);
	if (!r)
		*ret = *page;
	free(page);
	return r;
}

bool page_next(struct page *page, struct json_slice *ret)
{
	if (page->is_single) {
		*ret = page->single;
		page->is_single = false;
		page->single = (struct json_slice){ 0 };
		return true;
	}
	if (!page->rows.at)
		return false;
	return json_next(&page->rows, ret);
}

static bool is_number(const char *text)
{
	int64_t ignored;

	/* Too large for us is still a number: that is the record's trouble,
	 * found when it is derived. */
	if (!decimal_parse(text, 0, &ignored))
		return true;
	if (*text == '-')
		text++;
	return *text >= '0' && *text <= '9' &&
	       text[strspn(text, "0123456789+-.eE")] == '\0';
}

/* *ret: NULL for null. False when the value is of no acceptable kind. */
static bool value_text(
	const struct cJSON *item, enum entity_kind kind, const char **ret)
{
	const char *text = json_string(item);
	const char *number = json_number(item);
	int64_t ignored;

	*ret = NULL;
	if (!item || cJSON_IsNull(item))
		return true;
	switch (kind) {
	case ENTITY_TEXT:
		*ret = text ? text : number;
		return *ret != NULL;
	case ENTITY_GUID:
		*ret = text;
		return text != NULL;
	case ENTITY_MOMENT:
		*ret = text;
		return text && !when_parse_exact(text, &ignored);
	case ENTITY_NUMBER:
		*ret = number ? number : text;
		return number || (text && is_number(text));
	case ENTITY_BOOLEAN:
		if (cJSON_IsBool(item))
			*ret = cJSON_IsTrue(item) ? "true" : "false";
		else if (number && !strcmp(number, "0"))
			*ret = "false";
		else if (number && !strcmp(number, "1"))
			*ret = "true";
		return *ret != NULL;
	}
	return false;
}

static const struct cJSON *member(const struct cJSON *tree, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(tree, name);
}

/* Members mostly stand in the order that they were asked for: look behind the
 * last one found, then in front of it. */
static const struct cJSON *member_behind(
	const struct cJSON *tree, const struct cJSON *last, const char *name)
{
	const struct cJSON *item = last ? last->next : NULL;

	for (; item; item = item->next) {
		if (!strcmp(item->string, name))
			return item;
	}
	return member(tree, name);
}

static int wrong_kind(struct error *err, const char *name)
{
	return error_set(err, FAIL_INPUT,
		"a row's %s is not of the kind it always was", name);
}

/* A whole number, sent as number or (Int64) as string. */
static bool whole_number(const struct cJSON *item, int64_t *ret)
{
	const char *text = json_number(item);

	if (!text)
		text = json_string(item);
	return text && is_number(text) && !decimal_parse(text, 0, ret);
}

static int read_identity(struct page_row *row, const struct entity *entity,
	int64_t division, struct error *err)
{
	const char *key;
	int64_t seen;

	if (!value_text(member(row->tree, entity->key), ENTITY_TEXT, &key) ||
		!key || !*key || strlen(key) >= RECORDS_KEY_MAX)
		return error_set(err, FAIL_STREAM,
			"%s sent a row without a usable %s; nothing of that "
			"page was stored",
			entity->path, entity->key);
	row->feed.id = key;
	if (entity->group) {
		const struct cJSON *item = member(row->tree, entity->group);
		if (entity->group_optional && (!item || cJSON_IsNull(item)))
			key = row->feed.id;
		else if (!value_text(item, ENTITY_TEXT, &key) || !key ||
			 !*key || strlen(key) >= RECORDS_KEY_MAX)
			return error_set(err, FAIL_STREAM,
				"%s sent a row without a usable %s; nothing "
				"of that page was stored",
				entity->path, entity->group);
		row->feed.group = key;
	}
	if (!entity->has_division)
		return 0;
	if (!whole_number(member(row->tree, "Division"), &seen))
		return error_set(err, FAIL_STREAM,
			"%s sent a row that doesn't say its division; nothing "
			"of that page was stored",
			entity->path);
	if (seen != division)
		return error_set(err, FAIL_STREAM,
			"%s sent a row of division %" PRId64 " where %" PRId64
			" was asked for; nothing of that page was stored",
			entity->path, seen, division);
	return 0;
}

static int read_values(
	struct page_row *row, const struct entity *entity, struct error *err)
{
	const struct cJSON *last = NULL;

	for (size_t i = 0; i < entity->shape.count; i++) {
		const char *name = entity->shape.columns[i];
		const struct cJSON *item = member_behind(row->tree, last, name);

		last = item ? item : last;
		if (!value_text(item, entity->kinds[i], &row->values[i]))
			return wrong_kind(err, name);
	}
	if (entity->cursor != ENTITY_TIMESTAMP &&
		entity->cursor != ENTITY_DELETIONS)
		return 0;
	if (!whole_number(member(row->tree, "Timestamp"), &row->timestamp) ||
		row->timestamp < 0)
		return wrong_kind(err, "Timestamp");
	return 0;
}

int page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice slice, struct error *err)
{
	struct page_row row = { 0 };
	int r;

	if (json_kind(slice) != JSON_OBJECT)
		return error_set(err, FAIL_INPUT, "a row is no object");
	r = json_parse(slice, &row.tree, NULL, err);
	if (r)
		return r;
	r = read_identity(&row, entity, division, err);
	if (!r)
		r = read_values(&row, entity, err);
	if (r) {
		cJSON_Delete(row.tree);
		return r;
	}
	row.feed.version = row.timestamp;
	row.feed.raw = slice.at;
	row.feed.raw_len = slice.len;
	*ret = row;
	ret->feed.values = ret->values;
	return 0;
}

void page_row_free(struct page_row *row)
{
	cJSON_Delete(row->tree);
	row->tree = NULL;
}
