/*
 * A second pair of eyes on a token reply.
 *
 * Between the reply's arrival and the vault's write a kill -9 would lose the
 * only copy of a chain in the world. So the process that refreshes shares a
 * page with a witness, a process that only waits for its end. The reply is
 * copied there before anything else is done with it; if the refresher dies
 * before its answer is in the vault, the witness puts it there.
 *
 *	refresher   ── reply ─► page ─► judge ─► vault ─► page wiped
 *	                │ killed here or later
 *	witness     ◄───┘ sees its end, reads the page, finishes the work
 *
 * What is left open: a kill between the kernel's handing over of the last
 * byte and the copy (microseconds), a kill of both, and a power cut before
 * the fdatasync. The page is anonymous memory: no file, no core.
 */
#ifndef OAUTH_WITNESS_H
#define OAUTH_WITNESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "http/client.h"
#include "oauth/login.h"

#define WITNESS_REPLY_MAX 65536

/* Lives in memory that both processes map; zero is empty. */
struct witness {
	_Atomic int full;                    /* set last, cleared first */
	char name[LOGIN_VAULT_NAME_MAX + 1]; /* the login's, in the vault */
	uint64_t counter;                    /* of the intent that it answers */
	struct instant left; /* when the request was handed over */
	int64_t sent_boot_ms;
	int64_t done_boot_ms;
	size_t len;
	char body[WITNESS_REPLY_MAX]; /* a secret */
};

/* Copy a reply that may hold tokens: status 200, whole or not. witness may
 * be NULL: nobody watches. */
void witness_take(struct witness *witness, const char *name, uint64_t counter,
	struct instant left, const struct http_response *response);
/* Is there a reply whose answer isn't known to be in the vault? */
bool witness_full(const struct witness *witness);
/* The reply again; the caller's to http_response_free(). */
void witness_reply(const struct witness *witness, struct http_response *ret);
/* NULL is fine. */
void witness_wipe(struct witness *witness);

#endif
