/*
 * The vault: one file per login that never rolls back.
 *
 *	logins/NAME.login   header | intent | intent | slot | slot
 *	logins/NAME.lock    the login's lock, never unlinked
 *	logins/NAME.mark    the highest generation this machine has reached
 *	logins/key.check    tells a wrong key from damage
 *
 * A record (any bytes; this folder doesn't know what is in them) is sealed
 * with AES-256-GCM into a slot of fixed size. There are two: the older one
 * is overwritten in place and fdatasync'd, so at every moment one whole
 * record is on the disk, and nothing has to be allocated when it matters.
 *
 *	slot 0: sequence 7 (gen 3)   ┐ commit writes sequence 9 into slot 0;
 *	slot 1: sequence 8 (gen 4)   ┘ torn there, sequence 8 still opens
 *
 * The sequence counts writes and is the vault's; the generation counts token
 * pairs and is the caller's. An intent ("generation 4 is about to be spent")
 * lives in an area of its own, two records again, so that writing it can't
 * damage a slot.
 *
 * Everything is bound to the file's name, its place in the file and its
 * sequence: a slot copied to another place or another login does not open.
 *
 * What a restored backup looks like: if only NAME.login was put back, the
 * mark is ahead of it, and vault_load() says so in `high_generation`. If the
 * whole directory was put back, or copied to another machine, nothing here
 * can tell; Exact Online then says "Old refresh token used.", and the text
 * that follows names the copy as a possible cause.
 *
 * Readers take no lock. A reader who is first to see a record syncs it
 * before using it: a token is never used before it is durable.
 */
#ifndef STORE_VAULT_H
#define STORE_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Names are [a-z0-9-]{1,VAULT_NAME_MAX}, chosen by the caller. */
#define VAULT_NAME_MAX    64
#define VAULT_PAYLOAD_MAX 16336 /* what a slot holds */

struct vault;

struct vault_intent {
	uint64_t counter;    /* 1, 2, 3, … given by vault_intend() */
	uint64_t generation; /* about to be spent */
	int64_t boot_ms;
	int64_t wall_ms;
	char boot_id[40];
	int64_t day;           /* days since 1970, UTC */
	uint32_t day_requests; /* token requests of that day, this one too */
};

struct vault_record {
	uint64_t sequence;
	uint64_t generation;
	unsigned char *payload; /* owned; vault_record_free() wipes it */
	size_t len;
	bool torn;                  /* the other slot was cut short */
	bool has_intent;            /* is `intent` set? */
	struct vault_intent intent; /* the newest one */
	uint64_t high_generation;   /* above `generation`: a restored file */
};

/* Write a new key file: 32 random bytes, mode 0600. FAIL_CONFIG when there
 * is one already, FAIL_STORE. */
int vault_make_key(const char *path, struct error *err) MUST_CHECK;

/* `dir` is made if absent (0700). FAIL_CONFIG: the key file is missing,
 * readable by others, not 32 bytes, or of another vault; a network file
 * system. FAIL_STORE. */
int vault_open(struct vault **ret, const char *dir, const char *key_path,
	struct error *err) MUST_CHECK;
void vault_free(struct vault *vault);

/* Calls fn with each login's name, in order; fn returns 0 to go on. */
int vault_each(struct vault *vault, int (*fn)(void *arg, const char *name),
	void *arg, struct error *err) MUST_CHECK;

/* Take the login's lock without waiting. FAIL_BUSY names the holder. */
int vault_lock(
	struct vault *vault, const char *name, struct error *err) MUST_CHECK;
void vault_unlock(struct vault *vault, const char *name);

/* FAIL_INPUT: there is no such login. FAIL_CONFIG: another key sealed it.
 * FAIL_STORE: unreadable, or both slots are damaged. No lock is needed. */
int vault_load(struct vault *vault, const char *name, struct vault_record *ret,
	struct error *err) MUST_CHECK;
void vault_record_free(struct vault_record *record);

/* Under the lock: record the intent durably, and count on from the newest
 * one. The counter is given back. Fault points "vault.intent" (before, may
 * fail) and "vault.intended". */
int vault_intend(struct vault *vault, const char *name,
	const struct vault_intent *intent, uint64_t *ret_counter,
	struct error *err) MUST_CHECK;

/* Under the lock: seal the payload as the newest record, durably. Makes the
 * file, whole and preallocated, when there is none. Fault points
 * "vault.create", "vault.slot" (before, may fail), "vault.slot.written",
 * "vault.slot.synced", "vault.mark". */
int vault_commit(struct vault *vault, const char *name, uint64_t generation,
	const void *payload, size_t len, struct error *err) MUST_CHECK;

/* Under the lock: overwrite and unlink. Removing what isn't there is fine. */
int vault_remove(
	struct vault *vault, const char *name, struct error *err) MUST_CHECK;

#endif
