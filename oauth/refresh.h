/*
 * One refresh of one login: the body of `exact-connector refresh LOGIN`.
 *
 *	lock ─► load ─► still due? ─► intent (durable) ─► send, once
 *	                    │ no                             │
 *	                    ▼                                ▼ answer
 *	                 unlock ◄──── commit (durable) ◄── judge
 *
 * However many processes want it, the lock lets one in at a time, and those
 * who come later find a fresh token and send nothing.
 *
 * When the lock is taken this waits with a timer (every 0.25 s, at most
 * 100 s) and looks again; the kernel is never waited for.
 *
 * The answer's new pair is committed before anyone is told. A disk that
 * refuses is tried again every second for a minute: this process then holds
 * the only copy of the chain in the world.
 *
 * Kills, by fault point, and what the next start finds:
 *
 *	vault.intent         nothing happened
 *	vault.intended       unknown; retried 570 s later; the token is unspent
 *	token.sent           unknown; spent if the request arrived
 *	token.received       alive if a witness watches (oauth/witness.h) and
 *	                     the kernel lives on; else unknown, and spent: the
 *	                     gap from the answer's arrival to the fdatasync
 *	vault.slot           the same
 *	vault.slot.written   alive when the kernel lives on, else the same
 *	vault.slot.synced    alive
 *	vault.unlocked       alive
 */
#ifndef OAUTH_REFRESH_H
#define OAUTH_REFRESH_H

#include <stdbool.h>

#include "base/error.h"
#include "http/client.h"
#include "http/loop.h"
#include "oauth/credentials.h"
#include "oauth/vault_ops.h"
#include "oauth/witness.h"

struct refresh;

struct refresh_options {
	struct loop *loop; /* borrowed, like the rest */
	const struct http_transport *transport;
	const struct vault_ops *ops;
	const struct credentials *credentials; /* of the login's region */
	const char *name;                      /* in the vault; copied */
	struct witness *witness; /* gets the reply first; may be NULL */
	bool resume; /* put the witness's reply into the vault; send nothing */
	/* Comes from the loop, exactly once unless freed first. fail:
	 *	0             there is a young token now
	 *	FAIL_WAIT     not allowed before a time that err names
	 *	FAIL_LATER    a passing failure; the time of the next try is in
	 *	              the vault
	 *	FAIL_SIGN_IN  the chain has ended; the cause is in the vault
	 *	FAIL_CONFIG   keys, address, or another app's login
	 *	FAIL_BUSY     the lock was not to be had
	 *	FAIL_STORE    nothing was sent; or what came could not be kept
	 */
	void (*done)(void *arg, int fail, const struct error *err);
	void *arg;
};

/* FAIL_STOP without memory. Everything else is told by done(). */
int refresh_start(struct refresh **ret, const struct refresh_options *options,
	struct error *err) MUST_CHECK;
/* Has a request gone out whose answer isn't in the vault yet? Then don't
 * leave if it can be helped. */
bool refresh_at_stake(const struct refresh *refresh);
/* Gives the lock back. A request under way is abandoned: its intent stays. */
void refresh_free(struct refresh *refresh);

#endif
