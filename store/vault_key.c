/* See vault_key.h: a secret of 32 bytes, in a file for one user only. */
#include "store/vault_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A sentence for errno, with what can be done about it. */
int vault_key_error(
	struct error *err, const char *doing, const char *path, int number)
{
	const char *remedy = "check the disk";

	if (number == ENOSPC || number == EDQUOT)
		remedy = "the disk is full: make room and run again";
	else if (number == EROFS)
		remedy = "the file system is read-only: mount it writable";
	else if (number == EACCES || number == EPERM)
		remedy = "this user may not: check owner and mode";
	return error_set(err, FAIL_STORE, "%s %s: %s; %s", doing, path,
		strerror(number), remedy);
}

int vault_key_write(int fd, const void *bytes, size_t len, off_t at)
{
	const unsigned char *from = bytes;

	while (len > 0) {
		ssize_t n = pwrite(fd, from, len, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : EIO;
		from += n;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int vault_key_make(const char *path, struct error *err)
{
	unsigned char key[CRYPTO_KEY_BYTES];
	int rc, number = 0;

	rc = crypto_random(key, sizeof(key), err);
	if (rc != 0)
		return rc;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) {
		rc = error_set(err, FAIL_CONFIG,
			"there is a key file already, and it is kept: %s",
			path);
		goto out;
	}
	if (fd < 0) {
		rc = vault_key_error(err, "making the key file", path, errno);
		goto out;
	}
	number = vault_key_write(fd, key, sizeof(key), 0);
	if (number == 0 && fsync(fd) != 0)
		number = errno;
	if (close(fd) != 0 && number == 0)
		number = errno;
	if (number != 0) {
		unlink(path);
		rc = vault_key_error(err, "writing the key file", path, number);
	}
out:
	crypto_wipe(key, sizeof(key));
	return rc;
}

static int check_key_file(int fd, const char *path, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return vault_key_error(
			err, "reading the key file", path, errno);
	if (!S_ISREG(st.st_mode))
		return error_set(
			err, FAIL_CONFIG, "the key file %s is no file", path);
	if ((st.st_mode & 077) != 0)
		return error_set(err, FAIL_CONFIG,
			"the key file %s may be read by others (mode %03o): "
			"chmod 600 it",
			path, (unsigned)st.st_mode & 0777);
	if (st.st_size != CRYPTO_KEY_BYTES)
		return error_set(err, FAIL_CONFIG,
			"the key file %s has %lld bytes instead of %d: it is "
			"not the file that `init` made, put that one back",
			path, (long long)st.st_size, CRYPTO_KEY_BYTES);
	return 0;
}

int vault_key_read(const char *path, unsigned char ret[static CRYPTO_KEY_BYTES],
	struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, FAIL_CONFIG,
			"the key file %s is missing: `init` makes one; if "
			"there are logins already, put theirs back",
			path);
	if (fd < 0)
		return vault_key_error(
			err, "opening the key file", path, errno);
	int rc = check_key_file(fd, path, err);
	if (rc == 0 && pread(fd, ret, CRYPTO_KEY_BYTES, 0) != CRYPTO_KEY_BYTES)
		rc = vault_key_error(err, "reading the key file", path,
			errno != 0 ? errno : EIO);
	close(fd);
	return rc;
}
