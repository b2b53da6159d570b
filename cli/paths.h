/* Where things are kept, all below the state directory. */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

#include "base/error.h"
#include "cli/command.h"

#define PATHS_MAX 4096

struct paths {
	char state[PATHS_MAX];
	char config[PATHS_MAX];
	char key[PATHS_MAX];      /* vault.key */
	char registry[PATHS_MAX]; /* connector.db */
	char logins[PATHS_MAX];
	char ledgers[PATHS_MAX];
	char companies[PATHS_MAX];
};

/* FAIL_USAGE when no directory is named and HOME isn't set. */
int paths_find(const struct invocation *invocation, struct paths *ret,
	struct error *err) MUST_CHECK;
/* companies/ID.db */
int paths_company(const struct paths *paths, const char *id,
	char ret[static PATHS_MAX], struct error *err) MUST_CHECK;

#endif
