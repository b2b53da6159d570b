/*
 * Rights below the app's scopes: what a user's role does not allow, and what a
 * company's licence has no module for. Everything is allowed until it is taken
 * away.
 *
 *	may read = app's scope AND user's right AND company's module
 *
 * Exact answers the last two in the same way: 403 "Forbidden" or, with
 * `empty`, 200 with an empty list.
 */
#ifndef SANDBOX_RIGHTS_H
#define SANDBOX_RIGHTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define RIGHTS_MAX       256
#define RIGHTS_SCOPE_MAX 64

struct rights_taken {
	int user;     /* index, -1: every user */
	int division; /* index, -1: every division */
	char scope[RIGHTS_SCOPE_MAX];
};

struct rights {
	bool empty; /* a missing right answers 200 with no rows */
	struct rights_taken taken[RIGHTS_MAX];
	size_t count;
};

/* Takes rights away or gives them back. `scopes` is a list with commas.
 * FAIL_USAGE: too many, or a name that is too long; nothing changes then. */
int rights_set(struct rights *rights, int user, int division,
	const char *scopes, bool take, struct error *err) MUST_CHECK;
/* `scopes` of an endpoint: NULL, one, or several separated by `|`, any of which
 * is enough. */
bool rights_allow(const struct rights *rights, int user, int division,
	const char *scopes);

#endif
