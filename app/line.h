/*
 * The line to one division: the keeper of its login, and the gate that uses
 * that keeper and the division's quota ledger.
 */
#ifndef APP_LINE_H
#define APP_LINE_H

#include <stdint.h>

#include "app/session.h"
#include "connector/gate.h"
#include "oauth/login.h"

struct line {
	struct session *session; /* borrowed */
	struct keeper *keeper;   /* owned, like all below */
	struct gate *gate;
	char login[LOGIN_VAULT_NAME_MAX + 1]; /* its name in the vault */
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms); /* or NULL */
	void *waiting_arg;
};

/* `login` is an id or a name in the vault. With division 0 the line carries
 * only calls that no quota counts. FAIL_SIGN_IN: there is no such login. */
int line_open(struct line *ret, struct session *session,
	const struct settings_region *region, const char *login,
	int64_t division,
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms),
	void *arg, struct error *err) MUST_CHECK;
void line_close(struct line *line);

#endif
