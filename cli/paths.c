/* The state directory's layout, in one place. */
#include "cli/paths.h"

#include <stdio.h>
#include <stdlib.h>

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

int paths_find(const struct invocation *invocation, struct paths *ret,
	struct error *err)
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

	if (invocation->state_dir != NULL)
		len = snprintf(
			found.state, PATHS_MAX, "%s", invocation->state_dir);
	else if (xdg != NULL && xdg[0] == '/')
		len = snprintf(
			found.state, PATHS_MAX, "%s/exact-connector", xdg);
	else if (home != NULL && home[0] == '/')
		len = snprintf(found.state, PATHS_MAX,
			"%s/.local/state/exact-connector", home);
	else
		return error_set(err, FAIL_USAGE,
			"no state directory: give --state DIR, or set HOME");
	if (len <= 0 || len >= PATHS_MAX - 256)
		return error_set(err, FAIL_USAGE,
			"the state directory's path is empty or too long");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		int fail = below(&found, parts[i].name, parts[i].path, err);

		if (fail < 0)
			return fail;
	}
	if (invocation->config_path != NULL &&
		snprintf(found.config, PATHS_MAX, "%s",
			invocation->config_path) >= PATHS_MAX)
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
