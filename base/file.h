/*
 * Files that must survive: whole or not at all, locked, private.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* mkdir -p, with mode 0700 for new directories. FAIL_STORE with the path.
 * FAIL_CONFIG: a directory on a network file system, whose locks and fsync are
 * not reliable (NFS, SMB, AFS, Coda, Ceph, 9P and cluster file systems; FUSE is
 * accepted, see file.c). */
int file_private_dir(const char *path, struct error *err) MUST_CHECK;

/* Reads a whole file of at most `max` bytes into ret, which is initialised
 * here; the caller frees it. FAIL_STORE. */
int file_read(const char *path, size_t max, struct buf *ret,
	struct error *err) MUST_CHECK;

/* Replaces a file: a temporary file beside it, fsync, rename, fsync of the
 * directory. Fault points "file.temp", "file.rename", "file.dir". */
int file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
	struct error *err) MUST_CHECK;

/* Opens the lock file `path` (made if absent, mode 0600, never unlinked) and
 * takes an exclusive open-file-description lock. The kernel releases the lock
 * when the last descriptor is closed, also by kill -9. The file holds the
 * holder's pid and host. FAIL_BUSY names the holder when another
 * process has the lock and `wait` is false. ret is a descriptor with
 * close-on-exec, for file_unlock(). */
int file_lock(
	const char *path, bool wait, int *ret, struct error *err) MUST_CHECK;
void file_unlock(int fd);

#endif
