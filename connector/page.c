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

static int read_link(
	struct page *page, struct json_slice link, struct error *err)
{
	struct cJSON *tree = NULL;
	bool nul = false;
	int fail = json_parse(link, &tree, &nul, err);
	if (fail)
		return fail;
	const char *text = json_string(tree);
	if (!text || nul || !*text || strlen(text) >= sizeof(page->next))
		fail = error_set(err, FAIL_INPUT,
			"the reply's link to the next page is unusable");
	else
		memcpy(page->next, text, strlen(text) + 1);
	cJSON_Delete(tree);
	return fail;
}

static int envelope(struct page *page, struct json_slice d, struct error *err)
{
	struct json_slice results = { 0 };
	struct json_slice link = { 0 };
	struct json_slice name;
	struct json_slice value;
	struct json_cursor members;
	enum json_kind kind = json_kind(d);

	if (kind == JSON_ARRAY) {
		json_elements(d, &page->rows);
		return 0;
	}
	if (kind != JSON_OBJECT)
		return error_set(err, FAIL_INPUT,
			"the reply's \"d\" is neither a list nor an object");
	/* Once over a megabyte, for both. */
	json_members(d, &members);
	while (json_next_member(&members, &name, &value)) {
		if (!results.len && json_means(name, "results"))
			results = value;
		else if (!link.len && json_means(name, "__next"))
			link = value;
	}
	if (!results.len) {
		page->single = d;
		page->is_single = true;
		return 0;
	}
	if (json_kind(results) != JSON_ARRAY)
		return error_set(err, FAIL_INPUT,
			"the reply's \"results\" is not a list");
	json_elements(results, &page->rows);
	if (!link.len || json_kind(link) == JSON_NULL)
		return 0;
	return read_link(page, link, err);
}

int page_open(struct page *ret, const char *body, size_t len, struct error *err)
{
	struct json_slice top;
	struct json_slice d;
	struct page *page;

	int fail = json_check(body, len, &top, err);
	if (fail) {
		error_prefix(err, "the reply is not whole JSON");
		return fail;
	}
	if (json_kind(top) != JSON_OBJECT || !json_member(top, "d", &d))
		return error_set(
			err, FAIL_INPUT, "the reply is JSON, but has no \"d\"");
	page = calloc(1, sizeof(*page));
	if (!page)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = envelope(page, d, err);
	if (!fail)
		*ret = *page;
	free(page);
	return fail;
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

/* ---- rows ---------------------------------------------------------------- */

/* What is read of a row: its bookkeeping, then the entity's columns. */
enum slot {
	SLOT_KEY,
	SLOT_GROUP,
	SLOT_DIVISION,
	SLOT_TIMESTAMP,
	SLOT_COLUMN
};

#define SLOTS_MAX (SLOT_COLUMN + ENTITY_COLUMNS_MAX)

struct slots {
	const struct entity *entity;
	size_t count;
	struct json_slice values[SLOTS_MAX]; /* no bytes: absent */
	char *room;                          /* for the next text */
};

static const char *slot_name(const struct entity *entity, size_t slot)
{
	switch (slot) {
	case SLOT_KEY:
		return entity->key;
	case SLOT_GROUP:
		return entity->group;
	case SLOT_DIVISION:
		return "Division";
	case SLOT_TIMESTAMP:
		return "Timestamp";
	default:
		return entity->shape.columns[slot - SLOT_COLUMN].name;
	}
}

static bool is_slot(
	const struct slots *slots, size_t slot, struct json_slice name)
{
	const char *wanted = slot_name(slots->entity, slot);

	return wanted && json_means(name, wanted);
}

/* `next` is where the columns would go on: members mostly stand in the order
 * that they were asked for. Gives count when the name is none of ours. */
static size_t find_slot(
	const struct slots *slots, size_t next, struct json_slice name)
{
	size_t slot = 0;

	if (next < slots->count && is_slot(slots, next, name))
		return next;
	while (slot < slots->count && !is_slot(slots, slot, name))
		slot++;
	return slot;
}

/* A column may be the key, too. */
static void share_values(struct slots *slots)
{
	for (size_t i = 0; i < SLOT_COLUMN; i++) {
		const char *name = slot_name(slots->entity, i);

		for (size_t k = SLOT_COLUMN; name && k < slots->count; k++) {
			if (strcmp(name, slot_name(slots->entity, k)) != 0)
				continue;
			if (!slots->values[i].len)
				slots->values[i] = slots->values[k];
			else if (!slots->values[k].len)
				slots->values[k] = slots->values[i];
		}
	}
}

static void take_members(struct slots *slots, struct json_slice row)
{
	struct json_cursor members;
	struct json_slice name;
	struct json_slice value;
	size_t next = SLOT_COLUMN;
	bool all = true;

	json_members(row, &members);
	while (json_next_member(&members, &name, &value)) {
		size_t slot = find_slot(slots, next, name);

		if (slot == slots->count)
			continue;
		if (!slots->values[slot].len) /* the first of a name counts */
			slots->values[slot] = value;
		if (slot >= SLOT_COLUMN)
			next = slot + 1;
	}
	for (size_t i = 0; i < slots->count; i++)
		all = all && slots->values[i].len;
	if (!all)
		share_values(slots);
}

/* Strings and numbers: what they say. */
static const char *slot_text(struct slots *slots, size_t slot)
{
	const char *text = slots->room;

	slots->room = json_copy(slots->values[slot], slots->room);
	return text;
}

/* *ret: NULL for null. False when the value is of no acceptable kind. */
static bool value_text(struct slots *slots, size_t slot, enum entity_kind kind,
	const char **ret)
{
	enum json_kind json = json_kind(slots->values[slot]);
	const char *text = NULL;
	int64_t ignored;

	*ret = NULL;
	if (json == JSON_NONE || json == JSON_NULL)
		return true;
	if (json == JSON_STRING || json == JSON_NUMBER)
		text = slot_text(slots, slot);
	switch (kind) {
	case ENTITY_TEXT:
		*ret = text;
		return text;
	case ENTITY_GUID:
		*ret = text;
		return json == JSON_STRING;
	case ENTITY_MOMENT:
		*ret = text;
		return json == JSON_STRING && !when_parse_exact(text, &ignored);
	case ENTITY_NUMBER:
		*ret = text;
		return json == JSON_NUMBER || (text && is_number(text));
	case ENTITY_BOOLEAN:
		if (json == JSON_TRUE || json == JSON_FALSE)
			*ret = json == JSON_TRUE ? "true" : "false";
		else if (json == JSON_NUMBER && !strcmp(text, "0"))
			*ret = "false";
		else if (json == JSON_NUMBER && !strcmp(text, "1"))
			*ret = "true";
		return *ret;
	}
	return false;
}

static int wrong_kind(struct error *err, const char *name)
{
	return error_set(err, FAIL_INPUT,
		"a row's %s is not of the kind it always was", name);
}

/* A whole number, sent as number or (Int64) as string. */
static bool whole_number(struct slots *slots, size_t slot, int64_t *ret)
{
	const char *text;

	return value_text(slots, slot, ENTITY_NUMBER, &text) && text &&
	       !decimal_parse(text, 0, ret);
}

static int read_key(
	struct slots *slots, size_t slot, const char **ret, struct error *err)
{
	const struct entity *entity = slots->entity;

	if (value_text(slots, slot, ENTITY_TEXT, ret) && *ret && **ret &&
		strlen(*ret) < RECORDS_KEY_MAX)
		return 0;
	return error_set(err, FAIL_STREAM,
		"%s sent a row without a usable %s; nothing of that page was "
		"stored",
		entity->path, slot_name(entity, slot));
}

/* Of an entity whose rows need not belong to a group; it is its own. */
static bool stands_alone(const struct slots *slots)
{
	enum json_kind kind = json_kind(slots->values[SLOT_GROUP]);

	return slots->entity->group_optional &&
	       (kind == JSON_NONE || kind == JSON_NULL);
}

static int read_identity(struct page_row *row, struct slots *slots,
	int64_t division, struct error *err)
{
	const struct entity *entity = slots->entity;
	int64_t seen;
	int fail = read_key(slots, SLOT_KEY, &row->feed.id, err);

	if (!fail && entity->group && !stands_alone(slots))
		fail = read_key(slots, SLOT_GROUP, &row->feed.group, err);
	if (fail || !entity->has_division)
		return fail;
	if (!whole_number(slots, SLOT_DIVISION, &seen))
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
	struct page_row *row, struct slots *slots, struct error *err)
{
	const struct entity *entity = slots->entity;

	for (size_t i = 0; i < entity->shape.count; i++) {
		if (!value_text(slots, SLOT_COLUMN + i,
			    (enum entity_kind)entity->shape.columns[i].kind,
			    &row->values[i]))
			return wrong_kind(err, entity->shape.columns[i].name);
	}
	if (entity->cursor != ENTITY_TIMESTAMP &&
		entity->cursor != ENTITY_DELETIONS)
		return 0;
	if (!whole_number(slots, SLOT_TIMESTAMP, &row->timestamp) ||
		row->timestamp < 0)
		return wrong_kind(err, "Timestamp");
	return 0;
}

/* Room for the text of every slot. */
static int make_room(
	struct page_row *row, struct slots *slots, struct error *err)
{
	size_t size = 1;

	for (size_t i = 0; i < slots->count; i++)
		size += slots->values[i].len + 1;
	row->text = malloc(size);
	if (!row->text)
		return error_set(err, FAIL_STOP, "out of memory");
	slots->room = row->text;
	return 0;
}

int page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice slice, struct error *err)
{
	struct slots slots = {
		.entity = entity,
		.count = SLOT_COLUMN + entity->shape.count,
	};
	struct page_row row = { 0 };
	int fail;

	if (json_kind(slice) != JSON_OBJECT)
		return error_set(err, FAIL_INPUT, "a row is no object");
	take_members(&slots, slice);
	fail = make_room(&row, &slots, err);
	if (!fail)
		fail = read_identity(&row, &slots, division, err);
	if (!fail)
		fail = read_values(&row, &slots, err);
	if (fail) {
		page_row_free(&row);
		return fail;
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
	free(row->text);
	row->text = NULL;
}
