/*
 * The vault's key file, 32 random bytes that only their owner may read; and
 * the two small things that everything written beside it shares.
 */
#ifndef STORE_VAULT_KEY_H
#define STORE_VAULT_KEY_H

#include <stddef.h>
#include <sys/types.h>

#include "base/crypto.h"
#include "base/error.h"

/* FAIL_CONFIG when there is one already. */
int vault_key_make(const char *path, struct error *err) MUST_CHECK;
/* FAIL_CONFIG: missing, readable by others, not 32 bytes. */
int vault_key_read(const char *path, unsigned char ret[static CRYPTO_KEY_BYTES],
	struct error *err) MUST_CHECK;

/* FAIL_STORE, as a sentence for an errno with what can be done about it. */
int vault_key_error(
	struct error *err, const char *doing, const char *path, int number);
/* 0, or an errno. */
int vault_key_write(int fd, const void *bytes, size_t len, off_t at) MUST_CHECK;

#endif
