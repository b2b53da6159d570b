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

/* mkdir -p with mode 0700 for what is made; FAIL_STORE with the path. Also
 * refuses (FAIL_CONFIG) a directory on a network file system, whose locks
 * and fsync can't be relied on (NFS, SMB, AFS, Coda, Ceph, 9P and cluster
 * file systems; FUSE passes, see file.c). */
int file_private_dir(const char *path, struct error *err) MUST_CHECK;

/* Read a whole file of at most `max` bytes. ret is made here; the caller frees
 * it. FAIL_STORE. */
int file_read(const char *path, size_t max, struct buf *ret,
	struct error *err) MUST_CHECK;

/* Replace a file: temp beside it, fsync, rename, fsync the directory. Fault
 * points "file.temp", "file.rename", "file.dir". */
int file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
	struct error *err) MUST_CHECK;

/* Open the lock file `path` (made if absent, mode 0600, never unlinked) and
 * take an exclusive open-file-description lock; the kernel gives it back when
 * the last descriptor goes, by kill -9 too. The holder's pid, host and start
 * time stand inside. FAIL_BUSY names the holder, if `wait` is false and
 * somebody has it. ret is a descriptor with close-on-exec: file_unlock(). */
int file_lock(
	const char *path, bool wait, int *ret, struct error *err) MUST_CHECK;
void file_unlock(int fd);

#endif
