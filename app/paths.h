/* Where files are kept: the layout of the state directory, in one place. */
#ifndef APP_PATHS_H
#define APP_PATHS_H

#include "base/error.h"

#define PATHS_MAX 4096

/* What a person chose; NULL: nothing. Borrowed. */
struct paths_chosen {
	const char *state_dir;
	const char *config_path;
};

struct paths {
	char state[PATHS_MAX];
	char config[PATHS_MAX];
	char key[PATHS_MAX];      /* vault.key */
	char registry[PATHS_MAX]; /* connector.db */
	char logins[PATHS_MAX];
	char ledgers[PATHS_MAX];
	char companies[PATHS_MAX];
};

/* FAIL_USAGE: no directory is chosen and HOME is not set, or a path is too
 * long. */
int paths_find(const struct paths_chosen *chosen, struct paths *ret,
	struct error *err) MUST_CHECK;
/* companies/ID.db */
int paths_company(const struct paths *paths, const char *id,
	char ret[static PATHS_MAX], struct error *err) MUST_CHECK;

#endif
