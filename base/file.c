/*
 * Durable, locked, private files.
 *
 * Replacing NAME. The order matters, because a kill may come after each step:
 *
 *	1. open and lock NAME.tmp   one writer at a time; the rest of a killed
 *	                            writer is truncated, so there is never
 *	                            more than one such file
 *	2. write, fsync             the new bytes are on disk before ...
 *	3. rename                   ... the name points at them
 *	4. fsync the directory      the name itself is on disk
 *
 * A kill before 3 leaves the whole old file; after 3, the whole new one.
 *
 * Locks belong to the open file description (F_OFD_SETLK): the kernel releases
 * them when the last descriptor is closed. Closing another descriptor of the
 * same file does not release them, as it would with the older POSIX locks.
 *
 * Network file systems are refused, because their locks or their fsync may
 * mean nothing to another machine. FUSE is accepted: its magic number is the
 * same for sshfs and for an encrypted local folder, and the kernel itself
 * holds the locks of one machine there.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/fault.h"

#define READ_AT_ONCE 16384
#define HOLDER_MAX   160

/* From statfs(2), linux/magic.h, and the sources of the file systems. */
static const struct {
	unsigned long magic;
	const char *name;
} network_file_systems[] = {
	{ 0x6969UL, "NFS" },
	{ 0x517BUL, "SMB" },
	{ 0xFF534D42UL, "CIFS" },
	{ 0xFE534D42UL, "SMB2" },
	{ 0x5346414FUL, "AFS" },
	{ 0x6B414653UL, "AFS" },
	{ 0x73757245UL, "Coda" },
	{ 0x00C36400UL, "Ceph" },
	{ 0x01161970UL, "GFS2" },
	{ 0x7461636FUL, "OCFS2" },
	{ 0x01021997UL, "9P" },
	{ 0x0BD00BD0UL, "Lustre" },
	{ 0x47504653UL, "GPFS" },
};

/* The name of the network file system with that statfs type; NULL: it is not a
 * network file system. */
static const char *network_name(unsigned long magic)
{
	size_t i;

	magic &= 0xFFFFFFFFUL;
	for (i = 0; i < sizeof(network_file_systems) /
				sizeof(network_file_systems[0]);
		i++) {
		if (network_file_systems[i].magic == magic)
			return network_file_systems[i].name;
	}
	return NULL;
}

static int check_directory(const char *path, struct error *err)
{
	const char *network;
	struct stat about;
	struct statfs system;

	if (stat(path, &about) != 0)
		return error_set(err, FAIL_STORE, "looking at %s: %s", path,
			strerror(errno));
	if (!S_ISDIR(about.st_mode))
		return error_set(err, FAIL_STORE,
			"%s is not a directory; move it away or choose another "
			"path",
			path);
	if (statfs(path, &system) != 0)
		return error_set(err, FAIL_STORE,
			"asking for the file system of %s: %s", path,
			strerror(errno));
	network = network_name((unsigned long)system.f_type);
	if (network)
		return error_set(err, FAIL_CONFIG,
			"%s is on a network file system (%s), whose locks are "
			"not reliable; choose a directory on a local disk",
			path, network);
	return 0;
}

int file_private_dir(const char *path, struct error *err)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	size_t i;
	int why;

	if (len == 0 || len >= sizeof(part))
		return error_set(err, FAIL_STORE,
			"making a directory: its path is %s",
			len == 0 ? "empty" : "too long");
	memcpy(part, path, len + 1);
	for (i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		why = mkdir(part, 0700) == 0 ? 0 : errno;
		/* A parent that can't be written to may exist already. */
		if (why != 0 && why != EEXIST && access(part, F_OK) != 0)
			return error_set(err, FAIL_STORE,
				"making the directory %s: %s", part,
				strerror(why));
		part[i] = path[i];
	}
	return check_directory(path, err);
}

int file_read(const char *path, size_t max, struct buf *ret, struct error *err)
{
	char part[READ_AT_ONCE];
	struct buf buf;
	ssize_t got;
	int fail = 0;
	int fd;

	buf_init(&buf, max);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, FAIL_STORE, "opening %s: %s", path,
			strerror(errno));
	do {
		got = read(fd, part, sizeof(part));
		if (got > 0)
			buf_append(&buf, part, (size_t)got);
	} while ((got > 0 && !buf_failed(&buf)) || (got < 0 && errno == EINTR));
	if (got < 0)
		fail = error_set(err, FAIL_STORE, "reading %s: %s", path,
			strerror(errno));
	else if (buf_failed(&buf))
		fail = error_set(err, FAIL_STORE,
			"reading %s: larger than the %zu bytes allowed", path,
			max);
	crypto_wipe(part, sizeof(part));
	close(fd);
	if (fail)
		buf_wipe_free(&buf);
	else
		*ret = buf;
	return fail;
}

static int set_lock(int fd, int command)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, command, &lock);
}

/* Does path still name the file behind fd? */
static bool still_named(int fd, const char *path)
{
	struct stat ours, named;

	return fstat(fd, &ours) == 0 && lstat(path, &named) == 0 &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* Opens the temporary file, locked and empty; -1 with errno. While we wait for
 * the lock another writer may rename the file: then we open a new one. */
static int open_temp(const char *path, mode_t mode)
{
	int saved, fd;

	for (;;) {
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			0600);
		if (fd < 0)
			return -1;
		while (set_lock(fd, F_OFD_SETLKW) != 0) {
			if (errno != EINTR)
				goto failed;
		}
		if (still_named(fd, path))
			break;
		close(fd);
	}
	if (ftruncate(fd, 0) == 0 && fchmod(fd, mode) == 0)
		return fd;
failed:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int write_all(int fd, const char *at, size_t len)
{
	ssize_t put;

	while (len > 0) {
		put = write(fd, at, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno;
		at += put;
		len -= (size_t)put;
	}
	return 0;
}

/* 0 or an errno. */
static int sync_directory_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	int fd, number = 0;

	memcpy(dir, path, len);
	if (!slash)
		dir[len++] = '.';
	else if (len == 0)
		dir[len++] = '/';
	dir[len] = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (fsync(fd) != 0)
		number = errno;
	close(fd);
	return number;
}

static int not_replaced(
	struct error *err, const char *doing, const char *path, int number)
{
	return error_set(
		err, FAIL_STORE, "%s %s: %s", doing, path, strerror(number));
}

int file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
	struct error *err)
{
	char temp[PATH_MAX];
	int fd, number;
	int fail = 0;

	if (strlen(path) + sizeof(".tmp") > sizeof(temp))
		return not_replaced(err, "writing", path, ENAMETOOLONG);
	snprintf(temp, sizeof(temp), "%s.tmp", path);
	fd = open_temp(temp, mode);
	if (fd < 0)
		return not_replaced(err, "making", temp, errno);
	number = write_all(fd, bytes, len);
	if (number == 0)
		number = fault_fails("file.temp");
	if (number == 0 && fsync(fd) != 0)
		number = errno;
	if (number != 0) {
		fail = not_replaced(err, "writing", temp, number);
		goto remove_temp;
	}
	number = fault_fails("file.rename");
	if (number == 0 && rename(temp, path) != 0)
		number = errno;
	if (number != 0) {
		fail = not_replaced(err, "renaming to", path, number);
		goto remove_temp;
	}
	number = fault_fails("file.dir");
	if (number == 0)
		number = sync_directory_of(path);
	if (number != 0)
		fail = not_replaced(
			err, "syncing the directory of", path, number);
	close(fd);
	return fail;
remove_temp:
	unlink(temp);
	close(fd);
	return fail;
}

/* Writes who holds the lock, for people. The lock holds even if this fails. */
static void write_holder(int fd)
{
	char host[65] = "";
	char text[HOLDER_MAX];
	int len;

	if (gethostname(host, sizeof(host) - 1) != 0)
		host[0] = '\0';
	len = snprintf(text, sizeof(text), "process %ld on %s\n",
		(long)getpid(), host);
	if (ftruncate(fd, 0) != 0 ||
		pwrite(fd, text, (size_t)len, 0) != (ssize_t)len)
		return;
}

static int held_by_other(const char *path, int fd, struct error *err)
{
	char text[HOLDER_MAX];
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	ssize_t i;

	for (i = 0; i < got && text[i] != '\n'; i++) {
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
	text[i] = '\0';
	return error_set(err, FAIL_BUSY,
		"%s is locked by %s; try again when that process has ended",
		path, i > 0 ? text : "another process");
}

int file_lock(const char *path, bool wait, int *ret, struct error *err)
{
	int fail, fd;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, FAIL_STORE,
			"opening the lock file %s: %s", path, strerror(errno));
	if (set_lock(fd, wait ? F_OFD_SETLKW : F_OFD_SETLK) == 0) {
		write_holder(fd);
		*ret = fd;
		return 0;
	}
	if (errno == EAGAIN || errno == EACCES)
		fail = held_by_other(path, fd, err);
	else if (errno == EINTR)
		fail = error_set(err, FAIL_INTERRUPTED,
			"waiting for the lock %s: interrupted by a signal",
			path);
	else
		fail = error_set(err, FAIL_STORE, "locking %s: %s", path,
			strerror(errno));
	close(fd);
	return fail;
}

void file_unlock(int fd)
{
	/* A holder who has gone must not be named. */
	if (ftruncate(fd, 0) != 0)
		(void)fd;
	close(fd);
}
