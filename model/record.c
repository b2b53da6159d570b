/*
 * A record: values indexed by the fields of its table, and children below.
 *
 * The whole tree lives in one arena, a list of blocks that double in size:
 * an entry of three lines takes one malloc of 4 KiB, and freeing it is one
 * walk over the blocks. Nothing is ever given back before that, so setting a
 * text twice keeps both.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#define FIRST_BLOCK 4000u
#define LARGE_BLOCK (1u << 20)

struct block {
	struct block *next;
	size_t used;
	size_t size;
	max_align_t bytes[];
};

struct arena {
	struct block *blocks; /* owned, the newest first */
	size_t total;
	bool failed;
};

struct value {
	bool set;
	union {
		const char *text;
		int64_t number;
		struct {
			struct model_record **list;
			size_t count;
			size_t room;
		} children;
	} is;
};

struct model_record {
	const struct model_table *table;
	struct arena *arena; /* the root's */
	struct value values[];
};

static void *arena_get(struct arena *arena, size_t size)
{
	struct block *block = arena->blocks;
	size_t want;
	void *at;

	size = (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) *
	       sizeof(max_align_t);
	if (block == NULL || block->size - block->used < size) {
		want = block == NULL ? FIRST_BLOCK : block->size * 2;
		if (want > LARGE_BLOCK)
			want = LARGE_BLOCK;
		if (want < size)
			want = size;
		if (want > MODEL_RECORD_MAX - arena->total)
			goto fail;
		block = malloc(sizeof(*block) + want);
		if (block == NULL)
			goto fail;
		block->next = arena->blocks;
		block->used = 0;
		block->size = want;
		arena->blocks = block;
		arena->total += want;
	}
	at = (char *)block->bytes + block->used;
	block->used += size;
	return at;
fail:
	arena->failed = true;
	return NULL;
}

static void arena_free(struct arena *arena)
{
	struct block *block = arena->blocks;
	struct block *next;

	for (; block != NULL; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct model_record *make(
	struct arena *arena, const struct model_table *table)
{
	size_t size = sizeof(struct model_record) +
		      table->count * sizeof(struct value);
	struct model_record *record = arena_get(arena, size);

	if (record == NULL)
		return NULL;
	memset(record, 0, size);
	record->table = table;
	record->arena = arena;
	return record;
}

struct model_record *model_record_new(const struct model_type *type)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	struct model_record *record;

	if (arena == NULL)
		return NULL;
	record = make(arena, &type->table);
	if (record == NULL)
		arena_free(arena);
	return record;
}

void model_record_free(struct model_record *record)
{
	if (record != NULL)
		arena_free(record->arena);
}

const struct model_table *model_record_table(const struct model_record *record)
{
	return record->table;
}

bool model_record_failed(const struct model_record *record)
{
	return record->arena->failed;
}

static enum model_kind kind(const struct model_record *record, int field)
{
	assert(field >= 0 && (size_t)field < record->table->count);
	return record->table->fields[field].kind;
}

static bool is_text(enum model_kind k)
{
	return k == MODEL_TEXT || k == MODEL_ENUM || k == MODEL_MOMENT;
}

void model_set_text(struct model_record *record, int field, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy;

	assert(is_text(kind(record, field)));
	if (size > MODEL_RECORD_MAX) {
		record->arena->failed = true;
		return;
	}
	copy = arena_get(record->arena, size);
	if (copy == NULL)
		return;
	memcpy(copy, text, size);
	record->values[field].is.text = copy;
	record->values[field].set = true;
}

static void set_number(struct model_record *record, int field, int64_t value)
{
	record->values[field].is.number = value;
	record->values[field].set = true;
}

void model_set_money(struct model_record *record, int field, int64_t value)
{
	assert(kind(record, field) == MODEL_MONEY);
	set_number(record, field, value);
}

void model_set_rate(struct model_record *record, int field, int64_t value)
{
	assert(kind(record, field) == MODEL_RATE);
	set_number(record, field, value);
}

void model_set_integer(struct model_record *record, int field, int64_t value)
{
	assert(kind(record, field) == MODEL_INTEGER);
	set_number(record, field, value);
}

void model_set_boolean(struct model_record *record, int field, bool value)
{
	assert(kind(record, field) == MODEL_BOOLEAN);
	set_number(record, field, value);
}

void model_set_no_children(struct model_record *record, int field)
{
	assert(kind(record, field) == MODEL_CHILDREN);
	record->values[field].set = true;
}

void model_unset(struct model_record *record, int field)
{
	assert(field >= 0 && (size_t)field < record->table->count);
	memset(&record->values[field], 0, sizeof(record->values[field]));
}

struct model_record *model_add_child(struct model_record *record, int field)
{
	struct value *value = &record->values[field];
	struct model_record **list;
	struct model_record *child;
	size_t room;

	assert(kind(record, field) == MODEL_CHILDREN);
	if (value->is.children.count == value->is.children.room) {
		room = value->is.children.room * 2 + 4;
		if (room > MODEL_RECORD_MAX / sizeof(*list)) {
			record->arena->failed = true;
			return NULL;
		}
		list = arena_get(record->arena, room * sizeof(*list));
		if (list == NULL)
			return NULL;
		if (value->is.children.count > 0)
			memcpy(list, value->is.children.list,
				value->is.children.count * sizeof(*list));
		value->is.children.list = list;
		value->is.children.room = room;
	}
	child = make(record->arena, record->table->fields[field].child);
	if (child == NULL)
		return NULL;
	value->is.children.list[value->is.children.count++] = child;
	value->set = true;
	return child;
}

bool model_is_set(const struct model_record *record, int field)
{
	assert(field >= 0 && (size_t)field < record->table->count);
	return record->values[field].set;
}

const char *model_text(const struct model_record *record, int field)
{
	assert(is_text(kind(record, field)));
	return record->values[field].is.text;
}

int64_t model_number(const struct model_record *record, int field)
{
	assert(!is_text(kind(record, field)) &&
		kind(record, field) != MODEL_CHILDREN);
	return record->values[field].is.number;
}

size_t model_child_count(const struct model_record *record, int field)
{
	assert(kind(record, field) == MODEL_CHILDREN);
	return record->values[field].is.children.count;
}

struct model_record *model_child(
	const struct model_record *record, int field, size_t index)
{
	assert(index < model_child_count(record, field));
	return record->values[field].is.children.list[index];
}

static bool allowed(const char *const *values, const char *text)
{
	for (; *values != NULL; values++) {
		if (strcmp(*values, text) == 0)
			return true;
	}
	return false;
}

const struct model_field *model_bad_enum(
	const struct model_record *record, const char **ret_value)
{
	const struct model_table *table = record->table;
	const struct model_field *bad;
	const struct value *value;
	size_t i, j;

	for (i = 0; i < table->count; i++) {
		value = &record->values[i];
		if (!value->set)
			continue;
		if (table->fields[i].kind == MODEL_ENUM &&
			!allowed(table->fields[i].values, value->is.text)) {
			*ret_value = value->is.text;
			return &table->fields[i];
		}
		if (table->fields[i].kind != MODEL_CHILDREN)
			continue;
		for (j = 0; j < value->is.children.count; j++) {
			bad = model_bad_enum(
				value->is.children.list[j], ret_value);
			if (bad != NULL)
				return bad;
		}
	}
	return NULL;
}
