/*
 * The file, of fixed size, its space taken when it is made, so that a disk
 * that fills up later can't stop a count:
 *
 *	page 0   head: whose file it is, and how far the day is reserved
 *	then     two places for the state, each with a number and a checksum
 *
 * A save writes the place that holds the older state, so that a process
 * killed within its write leaves the newer state whole: the call that it was
 * about to write has not gone out. Only what is in use of a state is written,
 * some 2 KB at 60 calls a minute.
 *
 * As long as the machine runs, the page cache is the truth: a kill loses
 * nothing of it. For the power cut, the head says ahead of time how many calls
 * of the day may have gone out, and is synced before the first of them goes:
 *
 *	call 1    head says 60, fdatasync;   calls 2 to 60 need no sync
 *	call 61   head says 120, fdatasync;  …
 *	power cut at 80, the disk kept 61: the new boot starts from 120
 *
 * so the day is over-counted by a minute's calls at most, and never
 * under-counted. Each place repeats what the synced head says, and only a
 * place is believed: it was written after the sync, so a process killed
 * between writing a head and syncing it has promised nothing. The minute needs
 * no sync: after a new boot it counts as full for a window.
 *
 * In a file of version 1 (ledger_v1.h) the first save writes a head of this
 * version, then a place; until then, or when a kill comes between, the newer
 * old place is converted as it is read.
 */
#include "store/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/fault.h"
#include "base/file.h"
#include "ratelimit/state.h"
#include "store/ledger_v1.h"

#define LEDGER_VERSION 2
#define LEDGER_RESERVE 60
#define LEDGER_PAGE    4096
#define LEDGER_KEY     1024
#define LEDGER_PLACE   LEDGER_V1_PLACE_BYTES

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

/* A place begins with this; a packed state and a checksum follow. */
struct place {
	uint64_t number;  /* the higher of the two is the newer */
	uint64_t len;     /* of the whole place, a multiple of 8 */
	int64_t day;      /* as a head says that was synced … */
	int64_t reserved; /* … before this place was written */
	char boot_id[LEDGER_BOOT_ID];
};

#define SUM_BYTES sizeof(uint64_t)

static_assert(
	sizeof(struct place) + RATELIMIT_PACKED_MAX + SUM_BYTES <= LEDGER_PLACE,
	"the largest state fits into its place");

struct ledger {
	const struct clock *clock; /* borrowed */
	int fd;
	bool locked;
	char *path; /* owned */
	char key[LEDGER_KEY];
	struct head head; /* as last read or written … */
	bool head_whole;  /* … and whether it is whole and ours */
	/* The newest place, as read or as to be saved, and its state. */
	struct place place;
	struct ratelimit_state state;
	alignas(uint64_t) unsigned char bytes[LEDGER_PLACE];
	char warning[256];
	bool warned;
};

/* Word by word. Each step maps different sums, and different words, to
 * different sums: a change within one word is always found, and any other
 * change is missed once in 2^64. */
static uint64_t checksum(const unsigned char *bytes, size_t len)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	uint64_t word;
	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, bytes + i, sizeof(word));
		sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 32;
	}
	return sum;
}

static uint64_t head_sum(const struct head *head)
{
	return ledger_v1_checksum(head, offsetof(struct head, sum));
}

static off_t place_offset(uint64_t number)
{
	return LEDGER_PAGE + (off_t)(number % 2 * LEDGER_PLACE);
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
	off_t size = place_offset(1) + LEDGER_PLACE;
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
			break; /* the file was cut short: zeros */
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

/* The head into ledger->head. Most often it is as it was last time. */
static int read_head(struct ledger *ledger, struct error *err)
{
	struct head head;
	int fail = read_at(ledger, &head, sizeof(head), 0, err);
	if (fail)
		return fail;
	if (ledger->head_whole &&
		memcmp(&head, &ledger->head, sizeof(head)) == 0)
		return 0;
	ledger->head = head;
	ledger->head_whole = memcmp(head.magic, ledger_magic,
				     sizeof(ledger_magic)) == 0 &&
			     head.sum == head_sum(&head) &&
			     strncmp(head.key, ledger->key, sizeof(head.key)) ==
				     0;
	return 0;
}

/* The place at this offset into ledger->place and ledger->state. */
static int read_place(
	struct ledger *ledger, off_t offset, bool *ret_whole, struct error *err)
{
	unsigned char *bytes = ledger->bytes;
	struct place place;
	uint64_t sum;
	*ret_whole = false;
	int fail = read_at(ledger, bytes, LEDGER_PAGE, offset, err);
	if (fail)
		return fail;
	memcpy(&place, bytes, sizeof(place));
	if (place.number == 0 || place.len % sizeof(sum) != 0 ||
		place.len < sizeof(place) + SUM_BYTES ||
		place.len > LEDGER_PLACE)
		return 0;
	if (place.len > LEDGER_PAGE)
		fail = read_at(ledger, bytes + LEDGER_PAGE,
			place.len - LEDGER_PAGE, offset + LEDGER_PAGE, err);
	if (fail)
		return fail;
	size_t len = place.len - SUM_BYTES;
	memcpy(&sum, bytes + len, SUM_BYTES);
	if (sum != checksum(bytes, len) ||
		!ratelimit_unpack(bytes + sizeof(place), len - sizeof(place),
			&ledger->state))
		return 0;
	ledger->place = place;
	*ret_whole = true;
	return 0;
}

/* The same, of version 1: converted. */
static int read_old_place(
	struct ledger *ledger, off_t offset, bool *ret_whole, struct error *err)
{
	struct place place = { 0 };
	int fail = read_at(ledger, ledger->bytes, LEDGER_PLACE, offset, err);
	if (fail)
		return fail;
	memcpy(&place.number, ledger->bytes, sizeof(place.number));
	*ret_whole = ledger_v1_read(
		ledger->bytes, place.boot_id, &ledger->state);
	if (*ret_whole)
		ledger->place = place;
	return 0;
}

/* The newer of the places if that is whole, otherwise the other one. */
static int read_places(
	struct ledger *ledger, bool *ret_whole, struct error *err)
{
	uint64_t numbers[2];
	for (uint64_t i = 0; i < 2; i++) {
		int fail = read_at(ledger, &numbers[i], sizeof(numbers[i]),
			place_offset(i), err);
		if (fail)
			return fail;
	}
	uint64_t newer = numbers[1] > numbers[0];
	*ret_whole = false;
	for (uint64_t i = 0; i < 2 && !*ret_whole; i++) {
		off_t offset = place_offset(newer ^ i);
		int fail = read_place(ledger, offset, ret_whole, err);
		if (!fail && !*ret_whole)
			fail = read_old_place(ledger, offset, ret_whole, err);
		if (fail)
			return fail;
	}
	return 0;
}

/* Was nothing ever written to this file? */
static int read_blank(struct ledger *ledger, bool *ret_blank, struct error *err)
{
	static const unsigned char zeros[LEDGER_PAGE];
	off_t end = place_offset(1) + LEDGER_PLACE;
	*ret_blank = true;
	for (off_t at = 0; at < end && *ret_blank; at += LEDGER_PAGE) {
		int fail = read_at(ledger, ledger->bytes, LEDGER_PAGE, at, err);
		if (fail)
			return fail;
		*ret_blank = memcmp(ledger->bytes, zeros, LEDGER_PAGE) == 0;
	}
	return 0;
}

/* No more calls of the day went out than were reserved. */
static void count_reserve(struct ledger *ledger)
{
	struct ratelimit_state *state = &ledger->state;
	if (ledger->head.day < state->day)
		return;
	if (ledger->head.day > state->day ||
		state->day_used < ledger->head.reserved)
		state->day_used = (int32_t)ledger->head.reserved;
	state->day = ledger->head.day;
}

/* The number of the newest place is kept: the save must be newer. */
static void count_as_full(struct ledger *ledger,
	const struct ratelimit_limits *limits, struct instant now)
{
	ratelimit_init(&ledger->state);
	ratelimit_new_boot(&ledger->state, limits, now);
	ledger->state.day = now.wall_ms / RATELIMIT_DAY_MS;
	ledger->state.day_used = limits->day;
	snprintf(ledger->warning, sizeof(ledger->warning),
		"the quota ledger %.120s is damaged; until 00:00 UTC its day "
		"counts as used up",
		ledger->path);
	ledger->warned = false;
}

/* *ret_changed: the state is not as it was read, and must be saved; or a wait
 * that begins now would begin again at the next look. */
static int load(struct ledger *ledger, const struct ratelimit_limits *limits,
	struct instant now, bool *ret_changed, struct error *err)
{
	bool whole, blank;
	int fail = read_head(ledger, err);
	if (fail)
		return fail;
	if (ledger->head_whole &&
		(ledger->head.version > LEDGER_VERSION ||
			ledger->head.state_version > RATELIMIT_STATE_VERSION))
		return error_set(err, FAIL_STORE,
			"the quota ledger %s was made by a newer version of "
			"this program; use that one",
			ledger->path);
	fail = read_places(ledger, &whole, err);
	if (fail)
		return fail;
	if (!whole) {
		memset(&ledger->place, 0, sizeof(ledger->place));
		ratelimit_init(&ledger->state);
	}
	if (!ledger->head_whole) {
		fail = read_blank(ledger, &blank, err);
		if (fail)
			return fail;
		if (!blank)
			count_as_full(ledger, limits, now);
		*ret_changed = !blank;
		return 0;
	}
	const char *boot_id = clock_boot_id(ledger->clock);
	*ret_changed = !whole || strncmp(ledger->place.boot_id, boot_id,
					 sizeof(ledger->place.boot_id)) != 0;
	if (*ret_changed) {
		count_reserve(ledger);
		ratelimit_new_boot(&ledger->state, limits, now);
	}
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
	*ret = &ledger->state;
	return 0;
}

/* Has the head on the disk room for the calls of the day? */
static bool is_reserved(const struct ledger *ledger)
{
	return ledger->head_whole && ledger->head.version == LEDGER_VERSION &&
	       ledger->place.day == ledger->state.day &&
	       ledger->place.reserved >= ledger->state.day_used;
}

static int reserve(struct ledger *ledger, struct error *err)
{
	struct head head = { .version = LEDGER_VERSION,
		.state_version = RATELIMIT_STATE_VERSION,
		.day = ledger->state.day,
		.reserved = ledger->state.day_used + LEDGER_RESERVE - 1 };
	memcpy(head.magic, ledger_magic, sizeof(ledger_magic));
	memcpy(head.key, ledger->key, sizeof(head.key));
	head.sum = head_sum(&head);
	int fail = write_at(ledger, &head, sizeof(head), 0, err);
	if (fail)
		return fail;
	int cause = fault_fails("ledger.sync");
	if (cause == 0 && fdatasync(ledger->fd) != 0)
		cause = errno;
	if (cause)
		return system_error(ledger, "sync", cause, err);
	ledger->head = head;
	ledger->head_whole = true;
	ledger->place.day = head.day;
	ledger->place.reserved = head.reserved;
	return 0;
}

/* The order counts: a place is written after the sync of what it says. */
int ledger_save(struct ledger *ledger, struct error *err)
{
	struct place *place = &ledger->place;
	unsigned char *bytes = ledger->bytes;
	if (!is_reserved(ledger)) {
		int fail = reserve(ledger, err);
		if (fail)
			return fail;
	}
	size_t len = sizeof(*place) +
		     ratelimit_pack(&ledger->state, bytes + sizeof(*place));
	place->number++;
	place->len = len + SUM_BYTES;
	memset(place->boot_id, 0, sizeof(place->boot_id));
	snprintf(place->boot_id, sizeof(place->boot_id), "%s",
		clock_boot_id(ledger->clock));
	memcpy(bytes, place, sizeof(*place));
	uint64_t sum = checksum(bytes, len);
	memcpy(bytes + len, &sum, SUM_BYTES);
	return write_at(
		ledger, bytes, place->len, place_offset(place->number), err);
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
