/*
 * A process that saves a token reply when the refreshing process is killed.
 *
 * A kill -9 between the arrival of the reply and the write into the vault
 * would lose the only copy of a chain. So the process that refreshes (the
 * refresher) shares a page of memory with a witness, a process that only
 * waits for the refresher's end. The refresher copies the reply to the page
 * before anything else happens with the reply; if the refresher dies before
 * the answer is in the vault, the witness puts the answer there.
 *
 *	refresher   ── reply ─► page ─► judge ─► vault ─► page wiped
 *	                │ killed here or later
 *	witness     ◄───┘ sees the end, reads the page, finishes the work
 *
 * Three gaps remain: a kill between the kernel's handing over of the last
 * byte and the copy (microseconds), a kill of both processes, and a power cut
 * before the fdatasync. The page is anonymous memory: no file, no core.
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

/* In memory that both processes map; all zero: empty. */
struct witness {
	_Atomic int full;                    /* set last, cleared first */
	char name[LOGIN_VAULT_NAME_MAX + 1]; /* the login's, in the vault */
	uint64_t counter;    /* of the intent that the reply answers */
	struct instant left; /* when the request was sent */
	int64_t sent_boot_ms;
	int64_t done_boot_ms;
	size_t len;
	char body[WITNESS_REPLY_MAX]; /* a secret */
};

/* Copies a reply that may hold tokens: status 200, whole or not. `witness` may
 * be NULL: then nothing is copied. */
void witness_take(struct witness *witness, const char *name, uint64_t counter,
	struct instant left, const struct http_response *response);
/* Does the page hold a reply that may not be in the vault yet? */
bool witness_full(const struct witness *witness);
/* The copied reply; the caller frees it with http_response_free(). */
void witness_reply(const struct witness *witness, struct http_response *ret);
/* `witness` may be NULL. */
void witness_wipe(struct witness *witness);

#endif
