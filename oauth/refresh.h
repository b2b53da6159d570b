/*
 * One refresh of one login: the body of `exact-connector refresh LOGIN`.
 *
 *	lock ─► load ─► still due? ─► intent (durable) ─► send, once
 *	                    │ no                             │
 *	                    ▼                                ▼ answer
 *	                 unlock ◄──── commit (durable) ◄── judge
 *
 * Many processes may want a refresh: the lock lets in one at a time, and the
 * later ones find a fresh token and send nothing.
 *
 * While another process has the lock, a timer tries again (every 0.25 s, at
 * most 100 s); nothing ever blocks in the kernel.
 *
 * The new pair is committed before done() is called. A disk that refuses is
 * tried again every second for a minute, because this process then holds the
 * only copy of the chain.
 *
 * Kills, by fault point, and what the next start finds:
 *
 *	vault.intent         nothing happened
 *	vault.intended       unknown; retried 570 s later; the token is unspent
 *	token.sent           unknown; spent if the request arrived
 *	token.received       alive if there is a witness (oauth/witness.h) and
 *	                     the kernel survives; otherwise unknown, and spent:
 *	                     the gap from the answer's arrival to the fdatasync
 *	vault.slot           the same
 *	vault.slot.written   alive if the kernel survives, otherwise the same
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
	/* Called by the loop, exactly once unless freed first. fail:
	 *	0             there is a young token now
	 *	FAIL_WAIT     no refresh before a time that err names
	 *	FAIL_LATER    a passing failure; the time of the next try is in
	 *	              the vault
	 *	FAIL_SIGN_IN  the chain has ended; the cause is in the vault
	 *	FAIL_CONFIG   keys, address, or another app's login
	 *	FAIL_BUSY     another process kept the lock
	 *	FAIL_STORE    nothing was sent, or the answer was not stored
	 */
	void (*done)(void *arg, int fail, const struct error *err);
	void *arg;
};

/* FAIL_STOP without memory. done() reports everything else. */
int refresh_start(struct refresh **ret, const struct refresh_options *options,
	struct error *err) MUST_CHECK;
/* Was a request sent whose answer isn't in the vault yet? Then the caller
 * should not exit if it can avoid that. */
bool refresh_at_stake(const struct refresh *refresh);
/* Releases the lock. A request under way is abandoned; its intent stays. */
void refresh_free(struct refresh *refresh);

#endif
