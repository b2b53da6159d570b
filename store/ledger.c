/*
 * The file, of fixed size, its space taken at birth so that a disk that
 * fills up later can't stop a count:
 *
 *	page 0   head: whose file it is, and how far the day is reserved
 *	then     two places for the state, each with a number and a checksum
 *
 * A save writes the place that holds the older state, so that a process
 * killed within its write leaves the newer one whole: the spend it was
 * writing has not gone out.
 *
 * Between syncs the page cache is the truth: a kill loses nothing of it. For
 * the power cut, the head says ahead of time how many calls of the day may
 * have gone out, and is synced before the first of them goes:
 *
 *	used 0   -> head says 16, fdatasync;  calls 1 to 16 need no sync
 *	used 17  -> head says 33, fdatasync;  …
 *	power cut at 20, the disk kept 17: the new boot starts from 33
 *
 * so the day is over-counted by at most 16, and never under-counted. The
 * minute needs none of this: it counts as full for a window in a new boot.
 */
#include "store/ledger.h"

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
#include "ratelimit/state.h"

#define LEDGER_VERSION 1
#define LEDGER_RESERVE 16
#define LEDGER_PAGE    4096
#define LEDGER_KEY     1024

static const char ledger_magic[8] = "exquota";

struct head {
	char magic[8];
	uint32_t version;
	uint32_t state_version;
	int64_t day;      /* the UTC day that is reserved … */
	int64_t reserved; /* … up to this many calls */
	char key[LEDGER_KEY];
	uint64_t sum;
};

struct place {
	uint64_t number; /* the higher of the two is the newer */
	char boot_id[40];
	struct ratelimit_state state;
	uint64_t sum;
};

struct ledger {
	const struct clock *clock; /* borrowed */
	int fd;
	bool locked;
	char *path; /* owned */
	char key[LEDGER_KEY];
	struct head head;
	struct place place; /* the newest, as read or as to be saved */
	char warning[256];
	bool warned;
};

static uint64_t checksum(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static off_t place_offset(uint64_t number)
{
	return LEDGER_PAGE + (off_t)(number % 2 * sizeof(struct place));
}

static int system_error(const struct ledger *ledger, const char *doing,
	int cause, struct error *err)
{
	return error_set(err, FAIL_STORE,
		"can't %s the quota ledger %s: %s; nothing is sent while calls "
		"can't be counted",
		doing, ledger->path, strerror(cause));
}

static int make_path(struct ledger *ledger, const char *dir, struct error *err)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char hex[2 * CRYPTO_SHA256_BYTES + 1];
	int fail = crypto_sha256(ledger->key, strlen(ledger->key), hash);
	if (fail)
		return error_set(err, fail, "can't hash a ledger's key");
	crypto_hex(hash, sizeof(hash), hex);
	if (asprintf(&ledger->path, "%s/%.32s.ledger", dir, hex) < 0) {
		ledger->path = NULL;
		return error_set(err, FAIL_STOP, "out of memory");
	}
	return 0;
}

static int lock_file(const struct ledger *ledger, struct error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	while (fcntl(ledger->fd, F_OFD_SETLKW, &whole) != 0)
		if (errno != EINTR)
			return system_error(ledger, "lock", errno, err);
	return 0;
}

static void unlock_file(const struct ledger *ledger)
{
	struct flock whole = { .l_type = F_UNLCK, .l_whence = SEEK_SET };
	(void)fcntl(ledger->fd, F_OFD_SETLK, &whole);
}

/* A new file gets all the space it will ever need, durably. */
static int make_room(
	const struct ledger *ledger, const char *dir, struct error *err)
{
	struct stat info;
	if (fstat(ledger->fd, &info) != 0)
		return system_error(ledger, "read", errno, err);
	off_t size = place_offset(1) + (off_t)sizeof(struct place);
	if (info.st_size >= size)
		return 0;
	int cause = posix_fallocate(ledger->fd, 0, size);
	if (cause != 0)
		return system_error(ledger, "make room for", cause, err);
	int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return system_error(ledger, "sync", errno, err);
	int done = fsync(ledger->fd) | fsync(dir_fd);
	cause = errno;
	close(dir_fd);
	return done == 0 ? 0 : system_error(ledger, "sync", cause, err);
}

int ledger_open(struct ledger **ret, const char *dir, const char *host,
	const char *client_id, int64_t division, const struct clock *clock,
	struct error *err)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	if (!ledger)
		return error_set(err, FAIL_STOP, "out of memory");
	ledger->clock = clock;
	ledger->fd = -1;
	int len = snprintf(ledger->key, sizeof(ledger->key), "%s %s %lld", host,
		client_id, (long long)division);
	int fail = FAIL_CONFIG;
	if (len < 0 || (size_t)len >= sizeof(ledger->key)) {
		error_set(err, fail,
			"the host or client id is too long for a ledger");
		goto failed;
	}
	fail = file_private_dir(dir, err);
	if (fail)
		goto failed;
	fail = make_path(ledger, dir, err);
	if (fail)
		goto failed;
	ledger->fd = open(
		ledger->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (ledger->fd < 0) {
		fail = system_error(ledger, "open", errno, err);
		goto failed;
	}
	fail = lock_file(ledger, err);
	if (fail)
		goto failed;
	fail = make_room(ledger, dir, err);
	unlock_file(ledger);
	if (fail)
		goto failed;
	*ret = ledger;
	return 0;
failed:
	ledger_free(ledger);
	return fail;
}

void ledger_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	if (ledger->fd >= 0)
		close(ledger->fd);
	free(ledger->path);
	free(ledger);
}

static int read_at(const struct ledger *ledger, void *ret, size_t size,
	off_t offset, struct error *err)
{
	char *at = ret;
	size_t had = 0;
	while (had < size) {
		ssize_t got = pread(
			ledger->fd, at + had, size - had, offset + (off_t)had);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return system_error(ledger, "read", errno, err);
		if (got == 0)
			break; /* cut short: zeros fail their checksum */
		had += (size_t)got;
	}
	memset(at + had, 0, size - had);
	return 0;
}

static int write_at(const struct ledger *ledger, const void *bytes, size_t size,
	off_t offset, struct error *err)
{
	const char *at = bytes;
	int cause = fault_fails("ledger.write");
	if (cause)
		return system_error(ledger, "write", cause, err);
	while (size > 0) {
		ssize_t put = pwrite(ledger->fd, at, size, offset);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return system_error(ledger, "write", errno, err);
		at += put;
		size -= (size_t)put;
		offset += put;
	}
	return 0;
}

static bool head_is_whole(const struct ledger *ledger)
{
	const struct head *head = &ledger->head;
	return memcmp(head->magic, ledger_magic, sizeof(ledger_magic)) == 0 &&
	       head->sum == checksum(head, offsetof(struct head, sum)) &&
	       strncmp(head->key, ledger->key, sizeof(head->key)) == 0;
}

static bool place_is_whole(const struct place *place)
{
	return place->number > 0 &&
	       place->state.version == RATELIMIT_STATE_VERSION &&
	       place->sum == checksum(place, offsetof(struct place, sum));
}

static bool all_zero(const void *bytes, size_t size)
{
	const char *at = bytes;
	return size == 0 || (at[0] == 0 && memcmp(at, at + 1, size - 1) == 0);
}

/* The newer whole place into ledger->place. *ret_blank: neither was ever
 * written. */
static int read_places(struct ledger *ledger, bool *ret_whole, bool *ret_blank,
	struct error *err)
{
	uint64_t numbers[2];
	for (uint64_t i = 0; i < 2; i++) {
		int fail = read_at(ledger, &numbers[i], sizeof(numbers[i]),
			place_offset(i), err);
		if (fail)
			return fail;
	}
	uint64_t newer = numbers[1] > numbers[0];
	bool blank = true;
	bool whole = false;
	for (uint64_t i = 0; i < 2 && !whole; i++) {
		int fail = read_at(ledger, &ledger->place,
			sizeof(ledger->place), place_offset(newer ^ i), err);
		if (fail)
			return fail;
		blank = blank &&
			all_zero(&ledger->place, sizeof(ledger->place));
		whole = place_is_whole(&ledger->place);
	}
	*ret_whole = whole;
	*ret_blank = blank;
	return 0;
}

static void start_empty(struct ledger *ledger)
{
	memset(&ledger->head, 0, sizeof(ledger->head));
	memset(&ledger->place, 0, sizeof(ledger->place));
	ratelimit_init(&ledger->place.state);
}

/* Whatever was spent of the day, it was not more than was reserved. */
static void count_reserve(struct ledger *ledger)
{
	struct ratelimit_state *state = &ledger->place.state;
	if (ledger->head.day < state->day)
		return;
	if (ledger->head.day > state->day ||
		state->day_used < ledger->head.reserved)
		state->day_used = (int32_t)ledger->head.reserved;
	state->day = ledger->head.day;
}

static void count_as_full(struct ledger *ledger,
	const struct ratelimit_limits *limits, struct instant now)
{
	start_empty(ledger);
	ratelimit_new_boot(&ledger->place.state, limits, now);
	ledger->place.state.day = now.wall_ms / RATELIMIT_DAY_MS;
	ledger->place.state.day_used = limits->day;
	snprintf(ledger->warning, sizeof(ledger->warning),
		"the quota ledger %.120s is damaged; until 00:00 UTC its day "
		"counts as used up",
		ledger->path);
	ledger->warned = false;
}

/* *ret_changed: what was read had to be changed and must be saved, or the
 * waiting that it starts would start again with every look. */
static int load(struct ledger *ledger, const struct ratelimit_limits *limits,
	struct instant now, bool *ret_changed, struct error *err)
{
	bool whole, blank;
	int fail = read_at(ledger, &ledger->head, sizeof(ledger->head), 0, err);
	if (fail)
		return fail;
	fail = read_places(ledger, &whole, &blank, err);
	if (fail)
		return fail;
	*ret_changed = true;
	if (blank && all_zero(&ledger->head, sizeof(ledger->head))) {
		start_empty(ledger);
		*ret_changed = false;
		return 0;
	}
	if (!head_is_whole(ledger)) {
		count_as_full(ledger, limits, now);
		return 0;
	}
	if (ledger->head.version > LEDGER_VERSION ||
		ledger->head.state_version > RATELIMIT_STATE_VERSION)
		return error_set(err, FAIL_STORE,
			"the quota ledger %s was made by a newer version of "
			"this program; use that one",
			ledger->path);
	const char *boot_id = clock_boot_id(ledger->clock);
	if (whole && strncmp(ledger->place.boot_id, boot_id,
			     sizeof(ledger->place.boot_id)) == 0) {
		*ret_changed = false;
		return 0;
	}
	if (!whole) {
		memset(&ledger->place, 0, sizeof(ledger->place));
		ratelimit_init(&ledger->place.state);
	}
	count_reserve(ledger);
	ratelimit_new_boot(&ledger->place.state, limits, now);
	return 0;
}

int ledger_lock(struct ledger *ledger, const struct ratelimit_limits *limits,
	struct instant now, struct ratelimit_state **ret, struct error *err)
{
	int fail = lock_file(ledger, err);
	if (fail)
		return fail;
	ledger->locked = true;
	bool changed = false;
	fail = load(ledger, limits, now, &changed, err);
	if (!fail && changed)
		fail = ledger_save(ledger, err);
	if (fail) {
		ledger_unlock(ledger);
		return fail;
	}
	*ret = &ledger->place.state;
	return 0;
}

static int reserve(struct ledger *ledger, struct error *err)
{
	const struct ratelimit_state *state = &ledger->place.state;
	struct head *head = &ledger->head;
	memset(head, 0, sizeof(*head));
	memcpy(head->magic, ledger_magic, sizeof(ledger_magic));
	head->version = LEDGER_VERSION;
	head->state_version = RATELIMIT_STATE_VERSION;
	head->day = state->day;
	head->reserved = state->day_used + LEDGER_RESERVE;
	memcpy(head->key, ledger->key, sizeof(head->key));
	head->sum = checksum(head, offsetof(struct head, sum));
	int fail = write_at(ledger, head, sizeof(*head), 0, err);
	if (fail)
		return fail;
	int cause = fault_fails("ledger.sync");
	if (cause == 0 && fdatasync(ledger->fd) != 0)
		cause = errno;
	return cause ? system_error(ledger, "sync", cause, err) : 0;
}

int ledger_save(struct ledger *ledger, struct error *err)
{
	struct place *place = &ledger->place;
	place->number++;
	memset(place->boot_id, 0, sizeof(place->boot_id));
	snprintf(place->boot_id, sizeof(place->boot_id), "%s",
		clock_boot_id(ledger->clock));
	place->sum = checksum(place, offsetof(struct place, sum));
	int fail = write_at(ledger, place, sizeof(*place),
		place_offset(place->number), err);
	if (fail)
		return fail;
	if (ledger->head.version == LEDGER_VERSION &&
		ledger->head.day == place->state.day &&
		place->state.day_used <= ledger->head.reserved)
		return 0;
	return reserve(ledger, err);
}

void ledger_unlock(struct ledger *ledger)
{
	if (!ledger->locked)
		return;
	ledger->locked = false;
	unlock_file(ledger);
}

const char *ledger_warning(struct ledger *ledger)
{
	if (ledger->warned || !ledger->warning[0])
		return NULL;
	ledger->warned = true;
	return ledger->warning;
}
