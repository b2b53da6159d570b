/*
 * The client secrets of the apps, sealed with the vault's key, one small
 * file per (host, client id) beside the logins. A configuration file can be
 * shown to a colleague; these can't be read without the key.
 */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/error.h"

#define SECRET_MAX 512

/* `dir` is made if absent. FAIL_STORE. */
int secret_save(const char *dir,
	const unsigned char key[static CRYPTO_KEY_BYTES], const char *host,
	const char *client_id, const char *secret,
	struct error *err) MUST_CHECK;
/* ret_secret: the caller's to buf_wipe_free(). FAIL_CONFIG: none is stored,
 * or the key is another. */
int secret_load(const char *dir,
	const unsigned char key[static CRYPTO_KEY_BYTES], const char *host,
	const char *client_id, struct buf *ret_secret,
	struct error *err) MUST_CHECK;

#endif
