/*
 * The line to one division: its login's keeper, and the gate over it.
 */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include <stdint.h>

#include "cli/session.h"
#include "connector/gate.h"
#include "oauth/login.h"

struct line {
	struct session *session; /* borrowed */
	struct keeper *keeper;   /* owned, like all below */
	struct gate *gate;
	char login[LOGIN_VAULT_NAME_MAX + 1]; /* in the vault */
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms); /* or NULL */
	void *waiting_arg;
};

/* `login` is an id or a vault name. division 0: uncounted calls only.
 * waiting may be NULL. FAIL_SIGN_IN when there is no such login. */
int line_open(struct line *ret, struct session *session,
	const struct settings_region *region, const char *login,
	int64_t division,
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms),
	void *arg, struct error *err) MUST_CHECK;
void line_close(struct line *line);

#endif
