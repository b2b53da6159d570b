/*
 * Every distinct text is stored once: an arena of NUL-terminated texts, and an
 * open addressing hash of their offsets. Offset 0 is "", so 0 means "no text".
 */
#include "sandbox/books_rows.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_MAX (1024u * 1024u * 1024u)

static uint64_t hash(const char *text, size_t len)
{
	uint64_t value = 1469598103934665603u;

	for (size_t i = 0; i < len; i++) {
		value ^= (unsigned char)text[i];
		value *= 1099511628211u;
	}
	return value ^ (value >> 29);
}

static int rehash(struct books *books)
{
	size_t count = books->slot_count == 0 ? 1024 : books->slot_count * 2;
	uint32_t *slots = calloc(count, sizeof(*slots));

	if (!slots)
		return FAIL_STOP;
	for (size_t i = 0; i < books->slot_count; i++) {
		uint32_t text = books->slots[i];
		if (text == 0)
			continue;
		const char *bytes = books->arena + text;
		size_t at = hash(bytes, strlen(bytes)) & (count - 1);
		while (slots[at] != 0)
			at = (at + 1) & (count - 1);
		slots[at] = text;
	}
	free(books->slots);
	books->slots = slots;
	books->slot_count = count;
	return 0;
}

static int store(
	struct books *books, const char *text, size_t len, uint32_t *ret)
{
	size_t need = books->arena_len + len + 1;

	if (need > ARENA_MAX)
		return FAIL_STOP;
	if (need > books->arena_cap) {
		size_t cap = books->arena_cap == 0 ? 65536 : books->arena_cap;
		while (cap < need)
			cap += cap / 2;
		char *arena = realloc(books->arena, cap);
		if (!arena)
			return FAIL_STOP;
		books->arena = arena;
		books->arena_cap = cap;
	}
	*ret = (uint32_t)books->arena_len;
	memcpy(books->arena + books->arena_len, text, len);
	books->arena[books->arena_len + len] = '\0';
	books->arena_len = need;
	return 0;
}

int books_names_put(
	struct books *books, const char *text, size_t len, uint32_t *ret)
{
	uint32_t made = 0;

	len = strnlen(text, len);
	if (books->arena_len == 0 && store(books, "", 0, &made) < 0)
		return FAIL_STOP;
	if (len == 0) {
		*ret = 0;
		return 0;
	}
	if (books->slot_used * 4 >= books->slot_count * 3 && rehash(books) < 0)
		return FAIL_STOP;

	size_t at = hash(text, len) & (books->slot_count - 1);
	while (books->slots[at] != 0) {
		const char *there = books->arena + books->slots[at];
		if (strncmp(there, text, len) == 0 && there[len] == '\0') {
			*ret = books->slots[at];
			return 0;
		}
		at = (at + 1) & (books->slot_count - 1);
	}
	if (store(books, text, len, &made) < 0)
		return FAIL_STOP;
	books->slots[at] = made;
	books->slot_used++;
	*ret = made;
	return 0;
}

const char *books_names_text(const struct books *books, uint32_t text)
{
	return text == 0 ? "" : books->arena + text;
}

void books_names_free(struct books *books)
{
	free(books->arena);
	free(books->slots);
	books->arena = NULL;
	books->slots = NULL;
}
