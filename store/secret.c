/* A sealed file per app; its name is a hash, its owner is authenticated. */
#include "store/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

/* The file's path, and "host\nclient id" that the seal is bound to. */
static int locate(const char *dir, const char *host, const char *client_id,
	char *ret_path, size_t size, struct buf *ret_bound, struct error *err)
{
	unsigned char digest[CRYPTO_SHA256_BYTES];
	char name[2 * CRYPTO_SHA256_BYTES + 1];

	buf_printf(ret_bound, "app secret\n%s\n%s", host, client_id);
	if (buf_failed(ret_bound))
		return error_set(err, FAIL_STOP, "no memory");
	if (crypto_sha256(ret_bound->data, ret_bound->len, digest) < 0)
		return error_set(err, FAIL_STOP, "SHA-256 is not available");
	crypto_hex(digest, sizeof(digest), name);
	if (snprintf(ret_path, size, "%s/app-%.16s.sealed", dir, name) >=
		(int)size)
		return error_set(err, FAIL_CONFIG,
			"the state directory's path is too long");
	return 0;
}

int secret_save(const char *dir,
	const unsigned char key[static CRYPTO_KEY_BYTES], const char *host,
	const char *client_id, const char *secret, struct error *err)
{
	unsigned char sealed[SECRET_MAX + CRYPTO_SEAL_EXTRA];
	size_t len = strlen(secret);
	char path[4096];
	struct buf bound;
	int fail;

	buf_init(&bound, 4096);
	if (len == 0 || len > SECRET_MAX) {
		fail = error_set(err, FAIL_CONFIG,
			"a client secret is 1 to %d characters long",
			SECRET_MAX);
		goto done;
	}
	fail = file_private_dir(dir, err);
	if (!fail)
		fail = locate(
			dir, host, client_id, path, sizeof(path), &bound, err);
	if (!fail)
		fail = crypto_seal(
			key, bound.data, bound.len, secret, len, sealed, err);
	if (!fail)
		fail = file_replace(
			path, sealed, len + CRYPTO_SEAL_EXTRA, 0600, err);
done:
	buf_free(&bound);
	return fail;
}

int secret_load(const char *dir,
	const unsigned char key[static CRYPTO_KEY_BYTES], const char *host,
	const char *client_id, struct buf *ret_secret, struct error *err)
{
	struct buf bound, sealed;
	char plain[SECRET_MAX];
	char path[4096];
	size_t len;
	int fail;

	buf_init(&bound, 4096);
	buf_init(&sealed, SECRET_MAX + CRYPTO_SEAL_EXTRA);
	fail = locate(dir, host, client_id, path, sizeof(path), &bound, err);
	if (fail)
		goto done;
	if (access(path, F_OK) != 0 && errno == ENOENT) {
		fail = error_set(err, FAIL_CONFIG,
			"no client secret is stored for client id %s; give it "
			"with 'exact-connector secret REGION'",
			client_id);
		goto done;
	}
	fail = file_read(path, SECRET_MAX + CRYPTO_SEAL_EXTRA, &sealed, err);
	if (fail)
		goto done;
	if (sealed.len <= CRYPTO_SEAL_EXTRA ||
		crypto_open(key, bound.data, bound.len,
			(const unsigned char *)sealed.data, sealed.len, plain,
			NULL) < 0) {
		fail = error_set(err, FAIL_CONFIG,
			"the stored client secret of %s does not open with "
			"this key file; restore the key it was sealed with, "
			"or give the secret again with 'exact-connector "
			"secret REGION'",
			client_id);
		goto done;
	}
	len = sealed.len - CRYPTO_SEAL_EXTRA;
	buf_append(ret_secret, plain, len);
	crypto_wipe(plain, sizeof(plain));
	if (buf_failed(ret_secret))
		fail = error_set(err, FAIL_STOP, "no memory");
done:
	buf_free(&bound);
	buf_free(&sealed);
	return fail;
}
