/*
 * Levels are ordered, None < Read < Manage, so a union takes the higher of two
 * levels, and "enough" is a comparison:
 *
 *	have    accounting=read
 *	needed  accounting=manage, payables=read
 *	missing accounting=manage, payables=read
 */
#include "scopes/scopes_set.h"

#include <string.h>

#define WORD_MAX 64

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The part between two ends, without blanks around it. */
static const char *trim(const char *from, const char *to, size_t *ret_len)
{
	while (from < to && is_blank(*from))
		from++;
	while (to > from && is_blank(to[-1]))
		to--;
	*ret_len = (size_t)(to - from);
	return from;
}

/* Reads one "name" or "name=level". */
static int read_one(const char *from, const char *to, struct scopes_set *ret,
	struct error *err)
{
	const char *equals = memchr(from, '=', (size_t)(to - from));
	int level = CATALOGUE_READ;
	size_t len;
	const char *name = trim(from, equals ? equals : to, &len);
	int scope = catalogue_find(name, len);
	int shown = len > WORD_MAX ? WORD_MAX : (int)len;

	if (scope < 0)
		return error_set(err, FAIL_CONFIG,
			"there is no scope '%.*s'; did you mean '%s'? List the "
			"scopes: exact-connector scopes list",
			shown, name,
			catalogue_scopes[catalogue_nearest(name, len)].id);
	if (equals) {
		const char *word = trim(equals + 1, to, &len);

		shown = len > WORD_MAX ? WORD_MAX : (int)len;
		level = catalogue_level_find(word, len);
		if (level < 0)
			return error_set(err, FAIL_CONFIG,
				"'%.*s' is no level of the scope '%s'; the "
				"levels are none, read and manage",
				shown, word, catalogue_scopes[scope].id);
	}
	if (ret->level[scope] != CATALOGUE_NONE && ret->level[scope] != level)
		return error_set(err, FAIL_CONFIG,
			"the scope '%s' is given two levels, %s and %s",
			catalogue_scopes[scope].id,
			catalogue_level_name(ret->level[scope]),
			catalogue_level_name((enum catalogue_level)level));
	ret->level[scope] = (unsigned char)level;
	return 0;
}

int scopes_set_parse(
	const char *text, struct scopes_set *ret, struct error *err)
{
	struct scopes_set set = *ret;

	while (*text != '\0') {
		const char *end = text + strcspn(text, ",");
		size_t len;

		(void)trim(text, end, &len);
		if (len > 0) {
			int fail = read_one(text, end, &set, err);

			if (fail)
				return fail;
		}
		text = end + (*end == ',');
	}
	*ret = set;
	return 0;
}

void scopes_set_add(
	struct scopes_set *set, int scope, enum catalogue_level level)
{
	if (set->level[scope] < level)
		set->level[scope] = (unsigned char)level;
}

void scopes_set_union(struct scopes_set *set, const struct scopes_set *other)
{
	for (int i = 0; i < CATALOGUE_SCOPES; i++)
		scopes_set_add(set, i, (enum catalogue_level)other->level[i]);
}

int scopes_set_missing(const struct scopes_set *have,
	const struct scopes_set *needed, struct scopes_set *ret)
{
	struct scopes_set missing = { 0 };
	int count = 0;

	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (needed->level[i] <= have->level[i])
			continue;
		missing.level[i] = needed->level[i];
		count++;
	}
	*ret = missing;
	return count;
}

void scopes_set_recommended(bool bank_feeds, struct scopes_set *ret)
{
	struct scopes_set set = { 0 };

	for (int i = 0; i < CATALOGUE_RECOMMENDED; i++) {
		const struct catalogue_advice *row = &catalogue_recommended[i];
		int scope = catalogue_find(row->id, strlen(row->id));

		scopes_set_add(
			&set, scope, bank_feeds ? row->bank_feeds : row->level);
	}
	*ret = set;
}
