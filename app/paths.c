/* Finding the state directory, and naming the files in it. */
#include "app/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SQLite opens no file whose absolute path has more than 511 bytes:
 * "/companies/", an id of 64, ".db-journal". */
#define PATHS_STATE_MAX 420

static int below(const struct paths *paths, const char *name,
	char ret[static PATHS_MAX], struct error *err)
{
	/* Room for a company's id and SQLite's own endings. */
	if (snprintf(ret, PATHS_MAX, "%s/%s", paths->state, name) >=
		PATHS_MAX - 128)
		return error_set(err, FAIL_USAGE,
			"the state directory's path is too long");
	return 0;
}

/* How many bytes a relative path grows by when it is made absolute. */
static int from_root(const char *path)
{
	char here[PATHS_MAX];

	if (path[0] == '/')
		return 0;
	return getcwd(here, sizeof(here)) ? (int)strlen(here) + 1 : PATHS_MAX;
}

/* SQLite is told to follow no symbolic links. A link on the way to the state
 * directory (a home on another disk) is the operator's choice, so it is
 * resolved here. */
static void resolve(struct paths *paths)
{
	char *real = realpath(paths->state, NULL);

	if (real && strlen(real) < PATHS_MAX - 256)
		memcpy(paths->state, real, strlen(real) + 1);
	free(real);
}

int paths_find(
	const struct paths_chosen *chosen, struct paths *ret, struct error *err)
{
	struct paths found = { 0 };
	const char *xdg = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	const struct {
		const char *name;
		char *path;
	} parts[] = { { "exact-connector.conf", found.config },
		{ "vault.key", found.key }, { "connector.db", found.registry },
		{ "logins", found.logins }, { "ledgers", found.ledgers },
		{ "companies", found.companies } };
	int len;

	/* SQLite takes "file:x" for a URI, and "./file:x" for a path. */
	if (chosen->state_dir)
		len = snprintf(found.state, PATHS_MAX, "%s%s",
			strncmp(chosen->state_dir, "file:", 5) == 0 ? "./" : "",
			chosen->state_dir);
	else if (xdg && xdg[0] == '/')
		len = snprintf(
			found.state, PATHS_MAX, "%s/exact-connector", xdg);
	else if (home && home[0] == '/')
		len = snprintf(found.state, PATHS_MAX,
			"%s/.local/state/exact-connector", home);
	else
		return error_set(err, FAIL_USAGE,
			"there is no state directory: give --state DIR, or "
			"set HOME");
	if (len <= 0 || len + from_root(found.state) > PATHS_STATE_MAX)
		return error_set(err, FAIL_USAGE,
			"the state directory's path must have 1 to %d bytes, "
			"or SQLite cannot open the files in it",
			PATHS_STATE_MAX);
	resolve(&found);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int fail = below(&found, parts[i].name, parts[i].path, err);

		if (fail < 0)
			return fail;
	}
	if (chosen->config_path && snprintf(found.config, PATHS_MAX, "%s",
					   chosen->config_path) >= PATHS_MAX)
		return error_set(err, FAIL_USAGE,
			"the configuration's path is too long");
	*ret = found;
	return 0;
}

int paths_company(const struct paths *paths, const char *id,
	char ret[static PATHS_MAX], struct error *err)
{
	if (snprintf(ret, PATHS_MAX, "%s/%s.db", paths->companies, id) >=
		PATHS_MAX)
		return error_set(
			err, FAIL_USAGE, "the company file's path is too long");
	return 0;
}
