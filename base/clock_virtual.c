/*
 * The shared virtual clock: one mapped file, a slot per process.
 *
 * The file holds the two times and, for each process on the clock, whether it
 * is busy or waiting, until when, how many requests it has in flight and how
 * many it holds back on purpose. A process that starts to wait looks at all
 * slots under the file's lock. Time moves to the nearest deadline only if
 *
 *	every slot waits, and
 *	requests in flight <= requests held back.
 *
 * Without the second rule, a request that sits in a socket between two
 * waiting processes would time out: its sender waits 120 s for the answer;
 * its receiver waits for ever and has not been scheduled yet.
 *
 * A slot whose process is gone is freed by any process that looks: always
 * before time moves, and in turn while time stands still. We may see a death
 * before other processes have noticed its effects (a parent its child's end,
 * a server the closed connection whose request it holds back). So all slots
 * are then *nudged*: their next wait returns at once, so that they look at
 * their descriptors first. For the same reason a child does not free its slot
 * when it ends.
 *
 *	FREE ──join──────────────────────► BUSY ◄──► WAITING
 *	  └──reserve────► RESERVED ──join──►┘
 *
 * A reserved slot counts as busy. Its pid is the parent's until the spawn and
 * the child's afterwards, so the slot is freed with the right process.
 *
 * The lock is an open-file-description lock: kill -9 releases it. A slot's
 * state is written after its other members, so that a process killed in
 * between leaves a free slot, or a slot whose pid and start time match no
 * process.
 */
#include "base/clock_virtual.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define MAGIC 0x6578637463316b32u /* changes with the layout */
#define SLOTS 64

enum slot_state {
	SLOT_FREE,
	SLOT_RESERVED, /* for a child that has not joined yet; busy */
	SLOT_BUSY,
	SLOT_WAITING
};

struct slot {
	_Atomic int32_t state;
	int32_t pid;
	int64_t started;  /* its start time, in case a pid is used again */
	int64_t deadline; /* of a wait */
	int32_t inflight;
	int32_t held;
	int32_t is_child; /* the parent waits for the child's end */
	int32_t nudged;
};

struct shared {
	uint64_t magic;
	_Atomic int64_t boot_ms;
	_Atomic int64_t wall_offset_ms; /* wall_ms - boot_ms */
	char boot_id[40];
	uint64_t looks; /* waits that found the time unmoved */
	struct slot slots[SLOTS];
};

struct clock_virtual {
	struct shared *shared; /* owned: mapped, or allocated when fd < 0 */
	int fd;
	int slot; /* ours; -1: this process only watches */
};

static void lock(const struct clock_virtual *clock, short type)
{
	struct flock what = { .l_type = type, .l_whence = SEEK_SET };

	if (clock->fd < 0)
		return;
	while (fcntl(clock->fd, F_OFD_SETLKW, &what) < 0 && errno == EINTR)
		;
}

/* A process's start time in clock ticks since boot; -1: it is gone or a
 * zombie. */
static int64_t start_time(int32_t pid)
{
	char path[40], text[1024];
	const char *at;
	long long started = -1;
	char state = 'X';
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return -1;
	text[len] = '\0';
	at = strrchr(text, ')'); /* the name may hold blanks and brackets */
	if (!at)
		return -1;
	if (sscanf(at + 1,
		    " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u "
		    "%*d %*d %*d %*d %*d %*d %lld",
		    &state, &started) != 2)
		return -1;
	return state == 'Z' || state == 'X' ? -1 : started;
}

static void begin(struct shared *shared, int64_t wall_ms)
{
	static const char id[] = "00000000-0000-4000-8000-000000000001";

	shared->boot_ms = 1000000;
	shared->wall_offset_ms = wall_ms - 1000000;
	memcpy(shared->boot_id, id, sizeof(id));
	shared->magic = MAGIC;
}

int clock_virtual_create(const char *path, int64_t wall_ms, struct error *err)
{
	struct shared first = { 0 };
	int fd;

	begin(&first, wall_ms);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, FAIL_STORE,
			"cannot make the clock file %s: %s", path,
			strerror(errno));
	if (write(fd, &first, sizeof(first)) != (ssize_t)sizeof(first)) {
		close(fd);
		return error_set(err, FAIL_STORE,
			"cannot write the clock file %s", path);
	}
	close(fd);
	return 0;
}

static int map_file(
	struct clock_virtual *clock, const char *path, struct error *err)
{
	struct stat status;
	void *map;

	clock->fd = open(path, O_RDWR | O_CLOEXEC);
	if (clock->fd < 0)
		return error_set(err, FAIL_CONFIG,
			"EXACT_CLOCK names %s, which cannot be opened: %s",
			path, strerror(errno));
	if (fstat(clock->fd, &status) < 0 ||
		status.st_size != (off_t)sizeof(struct shared))
		return error_set(err, FAIL_CONFIG,
			"EXACT_CLOCK names %s, which is not a clock file",
			path);
	map = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE,
		MAP_SHARED, clock->fd, 0);
	if (map == MAP_FAILED)
		return error_set(err, FAIL_CONFIG,
			"EXACT_CLOCK names %s, which cannot be mapped: %s",
			path, strerror(errno));
	clock->shared = map;
	if (clock->shared->magic != MAGIC)
		return error_set(err, FAIL_CONFIG,
			"EXACT_CLOCK names %s, which is not a clock file",
			path);
	return 0;
}

static bool lives(const struct slot *slot)
{
	int64_t started = start_time(slot->pid);

	return started >= 0 && started == slot->started;
}

/* Frees the slots of processes that are gone, and nudges the others. True:
 * there were some. */
static bool free_dead_slots(struct shared *shared)
{
	bool any = false;

	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &shared->slots[i];

		if (slot->state == SLOT_FREE || lives(slot))
			continue;
		slot->state = SLOT_FREE;
		any = true;
	}
	for (int i = 0; any && i < SLOTS; i++)
		shared->slots[i].nudged = 1;
	return any;
}

/* Gives this process a free slot in that state; -1: there is none. */
static int take_slot(
	struct clock_virtual *clock, enum slot_state state, bool is_child)
{
	struct shared *shared = clock->shared;
	int found = -1;

	for (int tries = 0; found < 0 && tries < 2; tries++) {
		if (tries == 1 && (clock->fd < 0 || !free_dead_slots(shared)))
			break;
		for (int i = 0; found < 0 && i < SLOTS; i++)
			if (shared->slots[i].state == SLOT_FREE)
				found = i;
	}
	if (found < 0)
		return -1;
	shared->slots[found] = (struct slot){ .state = SLOT_FREE,
		.pid = getpid(),
		.started = start_time(getpid()),
		.is_child = is_child };
	shared->slots[found].state = state;
	return found;
}

/* The parent of a process; -1: the process is gone. */
static int32_t parent_of(int32_t pid)
{
	char path[40], text[512];
	const char *at;
	int parent = -1;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len <= 0)
		return -1;
	text[len] = '\0';
	at = strrchr(text, ')');
	if (!at || sscanf(at + 1, " %*c %d", &parent) != 1)
		return -1;
	return parent;
}

/* Takes the slot that our parent reserved, if it is still ours: its pid is our
 * own; or our parent's, when the parent has not seen the spawn return yet; or
 * the pid of the process that spawned our parent, when the parent only watches
 * over us (oauth/witness.h). */
static bool take_reserved(struct shared *shared, int wanted)
{
	struct slot *slot;

	if (wanted < 0 || wanted >= SLOTS)
		return false;
	slot = &shared->slots[wanted];
	if (slot->state != SLOT_RESERVED ||
		(slot->pid != getpid() && slot->pid != getppid() &&
			slot->pid != parent_of(getppid())))
		return false;
	slot->pid = getpid();
	slot->started = start_time(getpid());
	slot->state = SLOT_BUSY;
	return true;
}

int clock_virtual_open(struct clock_virtual **ret, const char *path, int slot,
	bool takes_part, struct error *err)
{
	struct clock_virtual *clock = calloc(1, sizeof(*clock));
	int fail;

	if (!clock)
		return error_set(err, FAIL_STOP, "no memory for the clock");
	clock->fd = -1;
	clock->slot = -1;
	if (!path) {
		clock->shared = calloc(1, sizeof(*clock->shared));
		if (!clock->shared) {
			fail = error_set(
				err, FAIL_STOP, "no memory for the clock");
			goto failed;
		}
		begin(clock->shared, 0);
	} else {
		if (start_time(getpid()) < 0) {
			fail = error_set(err, FAIL_CONFIG,
				"cannot read /proc/%d/stat; is /proc mounted?",
				(int)getpid());
			goto failed;
		}
		fail = map_file(clock, path, err);
		if (fail)
			goto failed;
	}
	if (takes_part) {
		lock(clock, F_WRLCK);
		clock->slot = take_reserved(clock->shared, slot)
				      ? slot
				      : take_slot(clock, SLOT_BUSY, false);
		lock(clock, F_UNLCK);
		if (clock->slot < 0) {
			fail = error_set(err, FAIL_CONFIG,
				"more than %d processes on one clock", SLOTS);
			goto failed;
		}
	}
	*ret = clock;
	return 0;
failed:
	clock_virtual_free(clock);
	return fail;
}

void clock_virtual_free(struct clock_virtual *clock)
{
	if (!clock)
		return;
	if (clock->slot >= 0) {
		struct slot *mine = &clock->shared->slots[clock->slot];

		lock(clock, F_WRLCK);
		if (!mine->is_child)
			mine->state = SLOT_FREE;
		lock(clock, F_UNLCK);
	}
	if (clock->fd < 0)
		free(clock->shared);
	else if (clock->shared)
		munmap(clock->shared, sizeof(*clock->shared));
	if (clock->fd >= 0)
		close(clock->fd);
	free(clock);
}

int64_t clock_virtual_boot_ms(const struct clock_virtual *clock)
{
	return atomic_load(&clock->shared->boot_ms);
}

int64_t clock_virtual_wall_ms(const struct clock_virtual *clock)
{
	return atomic_load(&clock->shared->boot_ms) +
	       atomic_load(&clock->shared->wall_offset_ms);
}

const char *clock_virtual_boot_id(const struct clock_virtual *clock)
{
	return clock->shared->boot_id;
}

void clock_virtual_set(
	struct clock_virtual *clock, int64_t add_boot_ms, int64_t add_wall_ms)
{
	lock(clock, F_WRLCK);
	atomic_fetch_add(&clock->shared->boot_ms, add_boot_ms);
	atomic_fetch_add(&clock->shared->wall_offset_ms, add_wall_ms);
	lock(clock, F_UNLCK);
}

void clock_virtual_reboot(struct clock_virtual *clock)
{
	struct shared *shared = clock->shared;
	char *digit = &shared->boot_id[strlen(shared->boot_id) - 1];
	int64_t wall;

	lock(clock, F_WRLCK);
	wall = clock_virtual_wall_ms(clock) + 60000;
	*digit = *digit == '9' ? '0' : (char)(*digit + 1);
	shared->boot_ms = 60000;
	shared->wall_offset_ms = wall - 60000;
	lock(clock, F_UNLCK);
}

/* The deadline that time may move to, or CLOCK_NEVER when it must not move. */
static int64_t next_deadline(const struct shared *shared)
{
	int64_t nearest = CLOCK_NEVER;
	int inflight = 0;
	int held = 0;

	for (int i = 0; i < SLOTS; i++) {
		const struct slot *slot = &shared->slots[i];

		if (slot->state == SLOT_FREE)
			continue;
		if (slot->state != SLOT_WAITING || slot->nudged)
			return CLOCK_NEVER;
		inflight += slot->inflight;
		held += slot->held;
		if (slot->deadline < nearest)
			nearest = slot->deadline;
	}
	return inflight > held ? CLOCK_NEVER : nearest;
}

/* Time is not moving: perhaps because a process has died. Each waiting process
 * asks every millisecond; it is enough that one of them looks. */
static bool is_our_turn_to_look(struct shared *shared)
{
	uint64_t taken = 0;

	for (int i = 0; i < SLOTS; i++)
		taken += shared->slots[i].state != SLOT_FREE;
	return ++shared->looks % taken == 0;
}

int clock_virtual_wait(struct clock_virtual *clock, int64_t deadline_boot_ms)
{
	struct shared *shared = clock->shared;
	struct slot *mine;
	int64_t next;
	bool due, moves;

	if (clock->slot < 0)
		return 1;
	lock(clock, F_WRLCK);
	mine = &shared->slots[clock->slot];
	due = deadline_boot_ms <= shared->boot_ms;
	if (mine->nudged) {
		mine->nudged = 0;
		due = true;
	}
	if (due) {
		lock(clock, F_UNLCK);
		return 0;
	}
	mine->state = SLOT_WAITING;
	mine->deadline = deadline_boot_ms;
	next = next_deadline(shared);
	moves = next != CLOCK_NEVER && next > shared->boot_ms;
	if (clock->fd >= 0 && (moves || is_our_turn_to_look(shared)) &&
		free_dead_slots(shared))
		moves = false; /* the others look at their descriptors first */
	if (moves)
		shared->boot_ms = next;
	due = deadline_boot_ms <= shared->boot_ms;
	lock(clock, F_UNLCK);
	return due ? 0 : 1;
}

void clock_virtual_busy(struct clock_virtual *clock)
{
	if (clock->slot < 0)
		return;
	lock(clock, F_WRLCK);
	clock->shared->slots[clock->slot].state = SLOT_BUSY;
	lock(clock, F_UNLCK);
}

void clock_virtual_count(struct clock_virtual *clock, int inflight, int held)
{
	if (clock->slot < 0)
		return;
	lock(clock, F_WRLCK);
	clock->shared->slots[clock->slot].inflight += inflight;
	clock->shared->slots[clock->slot].held += held;
	lock(clock, F_UNLCK);
}

int clock_virtual_reserve(struct clock_virtual *clock)
{
	int found;

	if (clock->fd < 0 || clock->slot < 0)
		return -1;
	lock(clock, F_WRLCK);
	found = take_slot(clock, SLOT_RESERVED, true);
	lock(clock, F_UNLCK);
	return found;
}

void clock_virtual_reserved(struct clock_virtual *clock, int slot, int pid)
{
	struct slot *child;

	if (slot < 0)
		return;
	child = &clock->shared->slots[slot];
	lock(clock, F_WRLCK);
	/* Unless the child has joined by itself already, and perhaps ended. */
	if (child->state == SLOT_RESERVED && child->pid == getpid()) {
		if (pid < 0) {
			child->state = SLOT_FREE;
		} else {
			child->pid = pid;
			child->started = start_time(pid);
		}
	}
	lock(clock, F_UNLCK);
}

int clock_virtual_waiting(const char *path)
{
	struct clock_virtual *clock = NULL;
	int waiting = 0;

	if (clock_virtual_open(&clock, path, -1, false, NULL) < 0)
		return -1;
	lock(clock, F_WRLCK);
	for (int i = 0; i < SLOTS; i++)
		waiting += clock->shared->slots[i].state == SLOT_WAITING;
	lock(clock, F_UNLCK);
	clock_virtual_free(clock);
	return waiting;
}
