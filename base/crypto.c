/*
 * OpenSSL's EVP behind eight calls, and the only source of randomness.
 *
 * A sealed message is nonce | ciphertext | tag. The nonce is random: with 96
 * bits and at most some millions of seals under one key, a repetition is too
 * unlikely to matter.
 *
 * Randomness is the kernel's own, from getentropy(), so no state in this
 * process could be duplicated by a fork. Test builds may set EXACT_SEED; byte
 * block n is then SHA-256 of "EXACT_SEED value:n", counted from 0 in each
 * process.
 */
#include "base/crypto.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define ENTROPY_AT_ONCE 256 /* the most that getentropy() gives in one call */

#if EXACT_FAULTS
static struct {
	unsigned long long blocks; /* made so far */
	unsigned char block[CRYPTO_SHA256_BYTES];
	size_t used; /* bytes of block given out */
} seeded = { .used = CRYPTO_SHA256_BYTES };

static int seeded_random(
	const char *seed, unsigned char *at, size_t len, struct error *err)
{
	char text[256];
	int text_len;

	for (; len > 0; len--) {
		if (seeded.used == sizeof(seeded.block)) {
			text_len = snprintf(text, sizeof(text), "%.200s:%llu",
				seed, seeded.blocks);
			if (crypto_sha256(
				    text, (size_t)text_len, seeded.block) != 0)
				return error_set(err, FAIL_STOP,
					"making seeded random bytes: OpenSSL "
					"has no SHA-256");
			seeded.blocks++;
			seeded.used = 0;
		}
		*at++ = seeded.block[seeded.used++];
	}
	return 0;
}
#endif

int crypto_random(void *ret, size_t len, struct error *err)
{
	unsigned char *at = ret;
	size_t part;
#if EXACT_FAULTS
	const char *seed = getenv("EXACT_SEED");

	if (seed)
		return seeded_random(seed, at, len, err);
#endif
	for (; len > 0; at += part, len -= part) {
		part = len < ENTROPY_AT_ONCE ? len : ENTROPY_AT_ONCE;
		if (getentropy(at, part) != 0)
			return error_set(err, FAIL_STOP,
				"asking the system for random bytes: %s",
				strerror(errno));
	}
	return 0;
}

static int broken(struct error *err, const char *what)
{
	return error_set(err, FAIL_STOP,
		"%s: OpenSSL refused AES-256-GCM (out of memory, or the "
		"library is broken)",
		what);
}

/* Encrypts to ret (plain_len bytes) and ret_tag. */
static bool encrypt(EVP_CIPHER_CTX *ctx, const unsigned char *key,
	const unsigned char *nonce, const void *bound, size_t bound_len,
	const void *plain, size_t plain_len, unsigned char *ret,
	unsigned char *ret_tag)
{
	int done;

	if (EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, nonce) != 1)
		return false;
	if (bound_len > 0 &&
		EVP_EncryptUpdate(ctx, NULL, &done, bound, (int)bound_len) != 1)
		return false;
	if (plain_len > 0 &&
		EVP_EncryptUpdate(ctx, ret, &done, plain, (int)plain_len) != 1)
		return false;
	if (EVP_EncryptFinal_ex(ctx, ret + plain_len, &done) != 1)
		return false;
	return EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG_BYTES,
		       ret_tag) == 1;
}

int crypto_seal(const unsigned char key[static CRYPTO_KEY_BYTES],
	const void *bound, size_t bound_len, const void *plain,
	size_t plain_len, unsigned char *ret_sealed, struct error *err)
{
	unsigned char nonce[CRYPTO_NONCE_BYTES];
	EVP_CIPHER_CTX *ctx;
	int fail;

	if (bound_len > INT_MAX || plain_len > INT_MAX - CRYPTO_SEAL_EXTRA)
		return error_set(
			err, FAIL_USAGE, "sealing: more than 2 GiB at once");
	fail = crypto_random(nonce, sizeof(nonce), err);
	if (fail)
		return fail;
	ctx = EVP_CIPHER_CTX_new();
	if (!ctx)
		return broken(err, "sealing");
	if (!encrypt(ctx, key, nonce, bound, bound_len, plain, plain_len,
		    ret_sealed + sizeof(nonce),
		    ret_sealed + sizeof(nonce) + plain_len))
		fail = broken(err, "sealing");
	else
		memcpy(ret_sealed, nonce, sizeof(nonce));
	EVP_CIPHER_CTX_free(ctx);
	return fail;
}

/* Decrypts to ret (len bytes); false: ret holds nothing of use. */
static bool decrypt(EVP_CIPHER_CTX *ctx, const unsigned char *key,
	const void *bound, size_t bound_len, const unsigned char *sealed,
	size_t len, unsigned char *ret)
{
	unsigned char tag[CRYPTO_TAG_BYTES];
	int done;

	memcpy(tag, sealed + CRYPTO_NONCE_BYTES + len, sizeof(tag));
	if (EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, sealed) != 1)
		return false;
	if (bound_len > 0 &&
		EVP_DecryptUpdate(ctx, NULL, &done, bound, (int)bound_len) != 1)
		return false;
	if (len > 0 && EVP_DecryptUpdate(ctx, ret, &done,
			       sealed + CRYPTO_NONCE_BYTES, (int)len) != 1)
		return false;
	if (EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) !=
		1)
		return false;
	return EVP_DecryptFinal_ex(ctx, ret + len, &done) == 1;
}

int crypto_open(const unsigned char key[static CRYPTO_KEY_BYTES],
	const void *bound, size_t bound_len, const unsigned char *sealed,
	size_t sealed_len, void *ret_plain, struct error *err)
{
	unsigned char *plain;
	EVP_CIPHER_CTX *ctx;
	size_t len;
	int fail = 0;

	if (sealed_len < CRYPTO_SEAL_EXTRA || sealed_len > INT_MAX ||
		bound_len > INT_MAX)
		return error_set(err, FAIL_INPUT,
			"opening sealed data: %zu bytes can't be a sealed "
			"message",
			sealed_len);
	len = sealed_len - CRYPTO_SEAL_EXTRA;
	ctx = EVP_CIPHER_CTX_new();
	if (!ctx)
		return broken(err, "opening sealed data");
	/* The caller's memory gets nothing before the tag is checked. */
	plain = malloc(len + 1);
	if (!plain) {
		fail = broken(err, "opening sealed data");
		goto free_ctx;
	}
	if (decrypt(ctx, key, bound, bound_len, sealed, len, plain))
		memcpy(ret_plain, plain, len);
	else
		fail = error_set(err, FAIL_INPUT,
			"opening sealed data: the key is wrong, or the data "
			"was changed");
	crypto_wipe(plain, len);
	free(plain);
free_ctx:
	EVP_CIPHER_CTX_free(ctx);
	return fail;
}

int crypto_sha256(const void *bytes, size_t len,
	unsigned char ret[static CRYPTO_SHA256_BYTES])
{
	unsigned char digest[CRYPTO_SHA256_BYTES];

	if (EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL) != 1)
		return FAIL_STOP;
	memcpy(ret, digest, sizeof(digest));
	crypto_wipe(digest, sizeof(digest));
	return 0;
}

void crypto_base64url(const void *bytes, size_t len, char *ret)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz"
				     "0123456789-_";
	const unsigned char *at = bytes;
	unsigned int group;

	for (; len >= 3; at += 3, len -= 3) {
		group = (unsigned int)at[0] << 16 | (unsigned int)at[1] << 8 |
			at[2];
		*ret++ = digits[group >> 18];
		*ret++ = digits[group >> 12 & 63];
		*ret++ = digits[group >> 6 & 63];
		*ret++ = digits[group & 63];
	}
	if (len > 0) {
		group = (unsigned int)at[0] << 16;
		if (len == 2)
			group |= (unsigned int)at[1] << 8;
		*ret++ = digits[group >> 18];
		*ret++ = digits[group >> 12 & 63];
		if (len == 2)
			*ret++ = digits[group >> 6 & 63];
	}
	*ret = '\0';
}

void crypto_hex(const void *bytes, size_t len, char *ret)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;

	for (; len > 0; at++, len--) {
		*ret++ = digits[*at >> 4];
		*ret++ = digits[*at & 15];
	}
	*ret = '\0';
}

bool crypto_same(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void crypto_wipe(void *bytes, size_t len)
{
	if (len > 0)
		explicit_bzero(bytes, len);
}
