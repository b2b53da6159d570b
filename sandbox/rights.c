/*
 * A short list of rights that were taken away; nearly always empty.
 */
#include "sandbox/rights.h"

#include <string.h>

static bool same(const struct rights_taken *row, int user, int division,
	const char *scope, size_t len)
{
	return row->user == user && row->division == division &&
	       strlen(row->scope) == len && memcmp(row->scope, scope, len) == 0;
}

static bool is_row(const struct rights *rights, int user, int division,
	const char *scope, size_t len)
{
	for (size_t i = 0; i < rights->count; i++)
		if (same(&rights->taken[i], user, division, scope, len))
			return true;
	return false;
}

static void give(struct rights *rights, int user, int division,
	const char *scope, size_t len)
{
	for (size_t i = 0; i < rights->count; i++)
		if (same(&rights->taken[i], user, division, scope, len))
			rights->taken[i--] = rights->taken[--rights->count];
}

static void take_away(struct rights *rights, int user, int division,
	const char *scope, size_t len)
{
	struct rights_taken *row;

	if (is_row(rights, user, division, scope, len))
		return;
	row = &rights->taken[rights->count++];
	*row = (struct rights_taken){ .user = user, .division = division };
	memcpy(row->scope, scope, len);
}

int rights_set(struct rights *rights, int user, int division,
	const char *scopes, bool take, struct error *err)
{
	size_t names = 0;

	for (const char *at = scopes; *at != '\0';) {
		size_t len = strcspn(at, ",");

		if (len == 0 || len >= RIGHTS_SCOPE_MAX)
			return error_set(err, FAIL_USAGE,
				"scope must be names of scopes with commas "
				"between them");
		names += !is_row(rights, user, division, at, len);
		at += len + (at[len] == ',');
	}
	if (take && rights->count + names > RIGHTS_MAX)
		return error_set(err, FAIL_USAGE,
			"at most %d rights can be taken away", RIGHTS_MAX);
	for (const char *at = scopes; *at != '\0';) {
		size_t len = strcspn(at, ",");

		if (take)
			take_away(rights, user, division, at, len);
		else
			give(rights, user, division, at, len);
		at += len + (at[len] == ',');
	}
	return 0;
}

static bool is_taken(const struct rights *rights, int user, int division,
	const char *scope, size_t len)
{
	for (size_t i = 0; i < rights->count; i++) {
		const struct rights_taken *row = &rights->taken[i];

		if ((row->user < 0 || row->user == user) &&
			(row->division < 0 || row->division == division) &&
			strlen(row->scope) == len &&
			memcmp(row->scope, scope, len) == 0)
			return true;
	}
	return false;
}

bool rights_allow(
	const struct rights *rights, int user, int division, const char *scopes)
{
	if (!scopes)
		return true;
	while (*scopes != '\0') {
		size_t len = strcspn(scopes, "|");

		if (!is_taken(rights, user, division, scopes, len))
			return true;
		scopes += len + (scopes[len] == '|');
	}
	return false;
}
