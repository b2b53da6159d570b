/*
 * The vault on a disk: see vault.h for what is promised.
 *
 * Order is important:
 *
 *	create  write NAME.new whole (zeros too, so that nothing is left to
 *	        allocate), fsync, rename to NAME.login, fsync the directory
 *	intend  pwrite the older intent record, fdatasync
 *	commit  pwrite the older slot, fdatasync, then the mark
 *	load    read all; a record not seen before is fdatasync'd by the
 *	        reader too, since its writer may not have got there yet
 *
 * The mark comes last and its failure is no failure: it is evidence for
 * telling a restored file, not part of the record.
 */
#include "store/vault.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "base/file.h"
#include "store/vault_key.h"
#include "store/vault_slots.h"

#define HELD_MAX  4
#define PATH_ROOM 4096

struct vault {
	char *dir; /* owned */
	unsigned char key[CRYPTO_KEY_BYTES];
	unsigned char check[VAULT_SLOTS_CHECK];
	struct {
		char name[VAULT_NAME_MAX + 1]; /* "" : free */
		int fd;
	} held[HELD_MAX];
	char synced_name[VAULT_NAME_MAX + 1]; /* last record known durable */
	uint64_t synced;
};

/* ---- small things ---------------------------------------------------- */

static bool name_ok(const char *name)
{
	static const char legal[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t len = strlen(name);

	return len > 0 && len <= VAULT_NAME_MAX && strspn(name, legal) == len;
}

static int path_of(const struct vault *vault, const char *name,
	const char *suffix, char ret[static PATH_ROOM], struct error *err)
{
	if (!name_ok(name))
		return error_set(err, FAIL_USAGE,
			"'%.80s' is no name of a login in the vault", name);
	int len = snprintf(ret, PATH_ROOM, "%s/%s%s", vault->dir, name, suffix);
	if (len < 0 || len >= PATH_ROOM)
		return error_set(err, FAIL_CONFIG,
			"the path of the vault is too long: %.200s",
			vault->dir);
	return 0;
}

static int sync_dir(const struct vault *vault, struct error *err)
{
	int fd = open(vault->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return vault_key_error(err, "opening", vault->dir, errno);
	int rc = fsync(fd) == 0 ? 0 : errno;
	close(fd);
	return rc == 0 ? 0 : vault_key_error(err, "syncing", vault->dir, rc);
}

/* ---- the key --------------------------------------------------------- */

int vault_make_key(const char *path, struct error *err)
{
	return vault_key_make(path, err);
}

static int wrong_key(const struct vault *vault, struct error *err)
{
	return error_set(err, FAIL_CONFIG,
		"this key file does not open this vault (%s): put back the "
		"key file that was used when its logins were made",
		vault->dir);
}

/* key.check is written once and compared ever after. */
static int check_key(struct vault *vault, struct error *err)
{
	char path[PATH_ROOM], hex[2 * VAULT_SLOTS_CHECK + 2];
	struct stat st;

	int len = snprintf(path, sizeof(path), "%s/key.check", vault->dir);
	if (len < 0 || len >= (int)sizeof(path))
		return error_set(
			err, FAIL_CONFIG, "the path of the vault is too long");
	crypto_hex(vault->check, sizeof(vault->check), hex);
	hex[2 * VAULT_SLOTS_CHECK] = '\n';
	if (stat(path, &st) != 0) {
		if (errno != ENOENT)
			return vault_key_error(err, "reading", path, errno);
		return file_replace(
			path, hex, 2 * VAULT_SLOTS_CHECK + 1, 0600, err);
	}
	struct buf text;
	buf_init(&text, 1024);
	int rc = file_read(path, 1024, &text, err);
	/* A damaged check value says nothing; each file's header does. */
	if (rc == 0 && text.len == 2 * VAULT_SLOTS_CHECK + 1 &&
		strspn(text.data, "0123456789abcdef") ==
			2 * VAULT_SLOTS_CHECK &&
		!crypto_same(text.data, hex, 2 * VAULT_SLOTS_CHECK))
		rc = wrong_key(vault, err);
	buf_free(&text);
	return rc;
}

int vault_open(struct vault **ret, const char *dir, const char *key_path,
	struct error *err)
{
	struct vault *vault = calloc(1, sizeof(*vault));
	int rc = FAIL_STOP;

	if (vault)
		vault->dir = strdup(dir);
	if (!vault || !vault->dir) {
		rc = error_set(err, FAIL_STOP, "out of memory");
		goto fail;
	}
	rc = vault_key_read(key_path, vault->key, err);
	if (rc != 0)
		goto fail;
	rc = file_private_dir(dir, err);
	if (rc != 0)
		goto fail;
	rc = vault_slots_key_check(vault->key, vault->check);
	if (rc != 0) {
		error_set(err, rc, "the cryptography library refused");
		goto fail;
	}
	rc = check_key(vault, err);
	if (rc != 0)
		goto fail;
	*ret = vault;
	return 0;
fail:
	vault_free(vault);
	return rc;
}

void vault_free(struct vault *vault)
{
	if (!vault)
		return;
	for (int i = 0; i < HELD_MAX; i++)
		if (vault->held[i].name[0] != '\0')
			file_unlock(vault->held[i].fd);
	free(vault->dir);
	crypto_wipe(vault, sizeof(*vault));
	free(vault);
}

/* ---- names and locks ------------------------------------------------- */

static int is_login(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	char name[VAULT_NAME_MAX + 1];

	if (len <= 6 || len - 6 > VAULT_NAME_MAX ||
		strcmp(entry->d_name + len - 6, ".login") != 0)
		return 0;
	memcpy(name, entry->d_name, len - 6);
	name[len - 6] = '\0';
	return name_ok(name);
}

int vault_each(struct vault *vault, int (*fn)(void *arg, const char *name),
	void *arg, struct error *err)
{
	struct dirent **entries = NULL;
	int rc = 0;
	int count = scandir(vault->dir, &entries, is_login, alphasort);

	if (count < 0)
		return vault_key_error(err, "listing", vault->dir, errno);
	for (int i = 0; i < count; i++) {
		char *name = entries[i]->d_name;
		name[strlen(name) - 6] = '\0';
		if (rc == 0)
			rc = fn(arg, name);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static int held_index(const struct vault *vault, const char *name)
{
	for (int i = 0; i < HELD_MAX; i++)
		if (strcmp(vault->held[i].name, name) == 0)
			return i;
	return -1;
}

static int must_hold(
	const struct vault *vault, const char *name, struct error *err)
{
	if (name[0] != '\0' && held_index(vault, name) >= 0)
		return 0;
	return error_set(err, FAIL_STOP,
		"our own bug: login %s is written without its lock", name);
}

int vault_lock(struct vault *vault, const char *name, struct error *err)
{
	char path[PATH_ROOM];
	int fd, rc = path_of(vault, name, ".lock", path, err);

	if (rc != 0)
		return rc;
	if (held_index(vault, name) >= 0)
		return error_set(err, FAIL_BUSY,
			"login %s is in use by this very process", name);
	int index = held_index(vault, "");
	if (index < 0)
		return error_set(err, FAIL_STOP,
			"our own bug: more than %d logins locked", HELD_MAX);
	rc = file_lock(path, false, &fd, err);
	if (rc != 0)
		return rc;
	memcpy(vault->held[index].name, name, strlen(name) + 1);
	vault->held[index].fd = fd;
	return 0;
}

void vault_unlock(struct vault *vault, const char *name)
{
	int index = held_index(vault, name);

	if (name[0] == '\0' || index < 0)
		return;
	file_unlock(vault->held[index].fd);
	vault->held[index].name[0] = '\0';
	fault_point("vault.unlocked");
}

/* ---- reading --------------------------------------------------------- */

/* The whole file; a short one reads as zeros behind its end. */
static int read_file(
	int fd, const char *path, unsigned char *ret, struct error *err)
{
	size_t have = 0;

	memset(ret, 0, VAULT_SLOTS_FILE);
	while (have < VAULT_SLOTS_FILE) {
		ssize_t n = pread(
			fd, ret + have, VAULT_SLOTS_FILE - have, (off_t)have);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return vault_key_error(err, "reading", path, errno);
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return 0;
}

static int damage(const struct vault *vault, const char *path,
	const struct vault_slots_view *view, struct error *err)
{
	if (view->foreign_key)
		return wrong_key(vault, err);
	if (view->foreign_format)
		return error_set(err, FAIL_STORE,
			"%s is no login file of this version: it is damaged "
			"or was made by a newer one; sign in again if nothing "
			"else helps",
			path);
	return error_set(err, FAIL_STORE,
		"%s is damaged: neither of its two records opens; remove the "
		"login and sign in again",
		path);
}

/* Read and open; a writer who overtakes us twice between two pages would
 * leave us with nothing, so try again before calling it damage. */
static int read_view(struct vault *vault, int fd, const char *path,
	const char *name, struct vault_slots_view *view,
	struct vault_record *record, struct error *err)
{
	unsigned char *file = malloc(VAULT_SLOTS_FILE);
	int rc = 0;

	if (!file)
		return error_set(err, FAIL_STOP, "out of memory");
	for (int attempt = 0; attempt < 3; attempt++) {
		rc = read_file(fd, path, file, err);
		if (rc == 0)
			rc = vault_slots_read(
				file, name, vault->key, view, record, err);
		if (rc != 0 || view->slot >= 0)
			break;
	}
	free(file);
	if (rc == 0 && view->slot < 0)
		rc = damage(vault, path, view, err);
	return rc;
}

static uint64_t read_mark(const struct vault *vault, const char *name)
{
	unsigned char mark[VAULT_SLOTS_MARK];
	char path[PATH_ROOM];

	if (path_of(vault, name, ".mark", path, NULL) != 0)
		return 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = pread(fd, mark, sizeof(mark), 0);
	close(fd);
	if (n != (ssize_t)sizeof(mark))
		return 0;
	return vault_slots_open_mark(name, vault->key, mark);
}

/* Is this record known to be on the disk? If not, see to it. */
static int make_durable(struct vault *vault, int fd, const char *path,
	const char *name, uint64_t sequence, struct error *err)
{
	if (vault->synced == sequence && strcmp(vault->synced_name, name) == 0)
		return 0;
	if (fdatasync(fd) != 0 && errno != EROFS && errno != EINVAL)
		return vault_key_error(err, "syncing", path, errno);
	vault->synced = sequence;
	memcpy(vault->synced_name, name, strlen(name) + 1);
	return 0;
}

int vault_load(struct vault *vault, const char *name, struct vault_record *ret,
	struct error *err)
{
	struct vault_record record = { 0 };
	struct vault_slots_view view;
	char path[PATH_ROOM];
	int rc = path_of(vault, name, ".login", path, err);

	if (rc != 0)
		return rc;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return error_set(err, FAIL_INPUT,
			"there is no login %s in the vault %s", name,
			vault->dir);
	if (fd < 0)
		return vault_key_error(err, "opening", path, errno);
	rc = read_view(vault, fd, path, name, &view, &record, err);
	if (rc == 0)
		rc = make_durable(vault, fd, path, name, record.sequence, err);
	close(fd);
	if (rc != 0) {
		vault_record_free(&record);
		return rc;
	}
	record.high_generation = read_mark(vault, name);
	*ret = record;
	return 0;
}

void vault_record_free(struct vault_record *record)
{
	if (record->payload)
		crypto_wipe(record->payload, record->len);
	free(record->payload);
	*record = (struct vault_record){ 0 };
}

/* ---- writing --------------------------------------------------------- */

static int open_for_writing(const char *path, int *ret, struct error *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT
			       ? FAIL_INPUT
			       : vault_key_error(err, "opening for writing",
					 path, errno);
	*ret = fd;
	return 0;
}

int vault_intend(struct vault *vault, const char *name,
	const struct vault_intent *intent, uint64_t *ret_counter,
	struct error *err)
{
	unsigned char sealed[VAULT_SLOTS_INTENT];
	struct vault_record record = { 0 };
	struct vault_slots_view view;
	struct vault_intent next = *intent;
	char path[PATH_ROOM];
	int fd = -1, number;

	int rc = must_hold(vault, name, err);
	if (rc == 0)
		rc = path_of(vault, name, ".login", path, err);
	if (rc != 0)
		return rc;
	rc = open_for_writing(path, &fd, err);
	if (rc != 0)
		return rc == FAIL_INPUT ? error_set(err, FAIL_INPUT,
						  "there is no login %s", name)
					: rc;
	rc = read_view(vault, fd, path, name, &view, &record, err);
	if (rc != 0)
		goto out;
	int index = view.intent == 0 ? 1 : 0;
	next.counter = record.has_intent ? record.intent.counter + 1 : 1;
	rc = vault_slots_seal_intent(
		name, index, &next, vault->key, sealed, err);
	if (rc != 0)
		goto out;
	number = fault_fails("vault.intent");
	if (number == 0)
		number = vault_key_write(fd, sealed, sizeof(sealed),
			(off_t)vault_slots_intent_at(index));
	if (number == 0 && fdatasync(fd) != 0)
		number = errno;
	if (number != 0) {
		rc = vault_key_error(
			err, "recording the intent in", path, number);
		goto out;
	}
	fault_point("vault.intended");
	*ret_counter = next.counter;
out:
	vault_record_free(&record);
	close(fd);
	return rc;
}

/* The mark says how far this machine has come; see vault.h. */
static void write_mark(
	struct vault *vault, const char *name, uint64_t generation)
{
	unsigned char mark[VAULT_SLOTS_MARK];
	char path[PATH_ROOM];

	fault_point("vault.mark");
	if (read_mark(vault, name) >= generation ||
		path_of(vault, name, ".mark", path, NULL) != 0 ||
		vault_slots_seal_mark(
			name, generation, vault->key, mark, NULL) != 0)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	if (vault_key_write(fd, mark, sizeof(mark), 0) == 0)
		(void)fdatasync(fd);
	close(fd);
}

/* A whole file with one record, under its own name at once or not at all. */
static int create(struct vault *vault, const char *name, const char *path,
	uint64_t generation, const void *payload, size_t len, struct error *err)
{
	char temp[PATH_ROOM];
	unsigned char *file = NULL;
	int fd = -1, number = 0;

	int rc = path_of(vault, name, ".new", temp, err);
	if (rc != 0)
		return rc;
	file = calloc(1, VAULT_SLOTS_FILE);
	if (!file)
		return error_set(err, FAIL_STOP, "out of memory");
	vault_slots_header(vault->check, file);
	rc = vault_slots_seal_slot(name, 0, 1, generation, payload, len,
		vault->key, file + vault_slots_slot_at(0), err);
	if (rc != 0)
		goto out;
	number = fault_fails("vault.create");
	if (number == 0) {
		fd = open(temp, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		number = fd < 0 ? errno : 0;
	}
	if (number == 0)
		number = posix_fallocate(fd, 0, VAULT_SLOTS_FILE);
	if (number == 0)
		number = vault_key_write(fd, file, VAULT_SLOTS_FILE, 0);
	if (number == 0 && fsync(fd) != 0)
		number = errno;
	if (number == 0 && rename(temp, path) != 0)
		number = errno;
	if (number != 0) {
		rc = vault_key_error(
			err, "making the login file", path, number);
		unlink(temp);
		goto out;
	}
	rc = sync_dir(vault, err);
	fault_point("vault.slot.synced");
out:
	if (fd >= 0)
		close(fd);
	free(file);
	return rc;
}

static int overwrite(struct vault *vault, int fd, const char *name,
	const char *path, uint64_t generation, const void *payload, size_t len,
	struct error *err)
{
	struct vault_record record = { 0 };
	struct vault_slots_view view;
	unsigned char *slot = malloc(VAULT_SLOTS_SLOT);
	int number;

	if (!slot)
		return error_set(err, FAIL_STOP, "out of memory");
	int rc = read_view(vault, fd, path, name, &view, &record, err);
	vault_record_free(&record);
	if (rc != 0)
		goto out;
	rc = vault_slots_seal_slot(name, !view.slot, view.sequence + 1,
		generation, payload, len, vault->key, slot, err);
	if (rc != 0)
		goto out;
	number = fault_fails("vault.slot");
	if (number == 0)
		number = vault_key_write(fd, slot, VAULT_SLOTS_SLOT,
			(off_t)vault_slots_slot_at(!view.slot));
	fault_point("vault.slot.written");
	if (number == 0 && fdatasync(fd) != 0)
		number = errno;
	fault_point("vault.slot.synced");
	if (number != 0)
		rc = vault_key_error(err, "saving the login in", path, number);
out:
	free(slot);
	return rc;
}

int vault_commit(struct vault *vault, const char *name, uint64_t generation,
	const void *payload, size_t len, struct error *err)
{
	char path[PATH_ROOM];
	int fd = -1;
	int rc;

	rc = must_hold(vault, name, err);
	if (rc == 0)
		rc = path_of(vault, name, ".login", path, err);
	if (rc != 0)
		return rc;
	rc = open_for_writing(path, &fd, err);
	if (rc == FAIL_INPUT) {
		rc = create(vault, name, path, generation, payload, len, err);
	} else if (rc == 0) {
		rc = overwrite(
			vault, fd, name, path, generation, payload, len, err);
		close(fd);
	}
	if (rc == 0)
		write_mark(vault, name, generation);
	return rc;
}

/* Old file systems overwrite in place; where they don't, the key protects. */
static void blank(const char *path)
{
	unsigned char *zeros = calloc(1, VAULT_SLOTS_FILE);
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && zeros &&
		vault_key_write(fd, zeros, VAULT_SLOTS_FILE, 0) == 0)
		(void)fdatasync(fd);
	if (fd >= 0)
		close(fd);
	free(zeros);
}

int vault_remove(struct vault *vault, const char *name, struct error *err)
{
	char path[PATH_ROOM], mark[PATH_ROOM], gone[PATH_ROOM];

	int rc = must_hold(vault, name, err);
	if (rc == 0)
		rc = path_of(vault, name, ".login", path, err);
	if (rc == 0)
		rc = path_of(vault, name, ".mark", mark, err);
	if (rc == 0)
		rc = path_of(vault, name, ".new", gone, err);
	if (rc != 0)
		return rc;
	/* Renamed first, so that a kill in between leaves no login that is
	 * there but does not open. */
	if (rename(path, gone) != 0) {
		if (errno != ENOENT)
			return vault_key_error(err, "removing", path, errno);
	}
	blank(gone);
	unlink(gone);
	unlink(mark);
	return sync_dir(vault, err);
}
