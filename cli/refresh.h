/*
 * The refresh of a login as a process of its own: own session, signals
 * ignored, so that neither Ctrl-C nor a killed run cuts it short between
 * Exact's rotation and our disk. `refresh LOGIN` is its command;
 * `refresh --due` is for a timer.
 */
#ifndef CLI_REFRESH_H
#define CLI_REFRESH_H

#include "base/error.h"
#include "cli/session.h"

enum exit_code refresh_command(const struct invocation *invocation);

/* Start it for this login (an id, or a name in the vault); done() comes from
 * the loop when it has ended. One at a time in a session. */
int refresh_spawn(struct session *session, const char *login,
	void (*done)(void *arg, int fail), void *arg,
	struct error *err) MUST_CHECK;
/* Whoever waits for it goes away; the process goes on. */
void refresh_forget(struct session *session);

#endif
