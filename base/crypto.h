/*
 * The few cryptographic functions that we need, all from OpenSSL's EVP, and
 * the only source of randomness.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define CRYPTO_KEY_BYTES    32
#define CRYPTO_NONCE_BYTES  12
#define CRYPTO_TAG_BYTES    16
#define CRYPTO_SEAL_EXTRA   (CRYPTO_NONCE_BYTES + CRYPTO_TAG_BYTES)
#define CRYPTO_SHA256_BYTES 32

/* Fills ret from the system's generator. Test builds: EXACT_SEED makes a
 * deterministic stream (never for keys in production builds). */
int crypto_random(void *ret, size_t len, struct error *err) MUST_CHECK;

/* AES-256-GCM. sealed = nonce | ciphertext | tag, plain_len +
 * CRYPTO_SEAL_EXTRA bytes; `bound` is authenticated, not stored. */
int crypto_seal(const unsigned char key[static CRYPTO_KEY_BYTES],
	const void *bound, size_t bound_len, const void *plain,
	size_t plain_len, unsigned char *ret_sealed,
	struct error *err) MUST_CHECK;
/* FAIL_INPUT: another key, other bound data, or a changed byte. */
int crypto_open(const unsigned char key[static CRYPTO_KEY_BYTES],
	const void *bound, size_t bound_len, const unsigned char *sealed,
	size_t sealed_len, void *ret_plain, struct error *err) MUST_CHECK;

int crypto_sha256(const void *bytes, size_t len,
	unsigned char ret[static CRYPTO_SHA256_BYTES]) MUST_CHECK;

/* Base64url without padding; ret needs 4*len/3 + 4 bytes. */
void crypto_base64url(const void *bytes, size_t len, char *ret);
/* Lower-case hex; ret needs 2*len + 1 bytes. */
void crypto_hex(const void *bytes, size_t len, char *ret);
/* Compares in constant time. */
bool crypto_same(const void *a, const void *b, size_t len);
/* Overwrites in a way the compiler can't remove. */
void crypto_wipe(void *bytes, size_t len);

#endif
