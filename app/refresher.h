/*
 * Starting the refresh of a login as a process of its own
 * (`exact-connector refresh LOGIN`): own session, signals ignored, so that
 * neither Ctrl-C nor a killed run cuts the refresh short between Exact's
 * rotation and our disk. How that process works is in cli/refresh.c.
 */
#ifndef APP_REFRESHER_H
#define APP_REFRESHER_H

#include "app/session.h"
#include "base/error.h"

/* Starts the process for this login (an id, or a name in the vault); the loop
 * calls done() when the process has ended. One at a time in a session. */
int refresher_spawn(struct session *session, const char *login,
	void (*done)(void *arg, int fail), void *arg,
	struct error *err) MUST_CHECK;
/* done() is not called any more; the process goes on. */
void refresher_forget(struct session *session);

#endif
