/*
 * The bytes of one login's file: where they stand, how they are sealed.
 *
 *	0      header: magic, version, slot size, the key's check value
 *	4096   intent 0      counter | sealed, 4 KiB apart so that a torn
 *	8192   intent 1      sector hurts one thing only
 *	12288  slot 0        sequence | sealed (generation, length, payload)
 *	28672  slot 1
 *	45056  end
 *
 * Pure: bytes in, bytes out; store/vault.c does the I/O.
 */
#ifndef STORE_VAULT_SLOTS_H
#define STORE_VAULT_SLOTS_H

#include "base/crypto.h"
#include "store/vault.h"

#define VAULT_SLOTS_HEADER 4096
#define VAULT_SLOTS_INTENT 4096
#define VAULT_SLOTS_SLOT   16384
#define VAULT_SLOTS_FILE                                                       \
	(VAULT_SLOTS_HEADER + 2 * VAULT_SLOTS_INTENT + 2 * VAULT_SLOTS_SLOT)
#define VAULT_SLOTS_CHECK 16

/* Where things are; index 0 or 1. */
size_t vault_slots_intent_at(int index);
size_t vault_slots_slot_at(int index);

/* The key's check value: from 256 random bits, it tells nothing of them. */
int vault_slots_key_check(const unsigned char key[static CRYPTO_KEY_BYTES],
	unsigned char ret[static VAULT_SLOTS_CHECK]) MUST_CHECK;

void vault_slots_header(const unsigned char check[static VAULT_SLOTS_CHECK],
	unsigned char ret[static VAULT_SLOTS_HEADER]);

/* What a file's bytes hold. */
struct vault_slots_view {
	int slot;            /* newest that opens: 0, 1; -1: none */
	int other_blank;     /* the other slot was never written */
	uint64_t sequence;   /* of `slot` */
	int intent;          /* newest that opens, or -1 */
	bool foreign_key;    /* the header names another key */
	bool foreign_format; /* the header is not ours */
};

/* `file` is VAULT_SLOTS_FILE bytes. ret_record's payload is allocated when a
 * slot opens. FAIL_STOP without memory; damage is told in the view. */
int vault_slots_read(const unsigned char *file, const char *name,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	struct vault_slots_view *ret_view, struct vault_record *ret_record,
	struct error *err) MUST_CHECK;

/* Seal into VAULT_SLOTS_SLOT or VAULT_SLOTS_INTENT bytes. */
int vault_slots_seal_slot(const char *name, int index, uint64_t sequence,
	uint64_t generation, const void *payload, size_t len,
	const unsigned char key[static CRYPTO_KEY_BYTES], unsigned char *ret,
	struct error *err) MUST_CHECK;
int vault_slots_seal_intent(const char *name, int index,
	const struct vault_intent *intent,
	const unsigned char key[static CRYPTO_KEY_BYTES], unsigned char *ret,
	struct error *err) MUST_CHECK;

/* The mark is one number, sealed. */
#define VAULT_SLOTS_MARK (8 + CRYPTO_SEAL_EXTRA)
int vault_slots_seal_mark(const char *name, uint64_t generation,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	unsigned char ret[static VAULT_SLOTS_MARK],
	struct error *err) MUST_CHECK;
/* 0 when the mark does not open: no evidence. */
uint64_t vault_slots_open_mark(const char *name,
	const unsigned char key[static CRYPTO_KEY_BYTES],
	const unsigned char mark[static VAULT_SLOTS_MARK]);

#endif
