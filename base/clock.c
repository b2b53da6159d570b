/* The one source of time: the system's clocks, or the virtual clock. */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock_virtual.h"

struct clock {
	struct clock_virtual *shared; /* owned; NULL: the real clock */
	char boot_id[40];
	int child_slot; /* reserved until the child has started */
};

static int64_t read_ms(clockid_t which)
{
	struct timespec now;

	if (clock_gettime(which, &now) != 0)
		abort(); /* both clocks exist on every Linux we run on */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int read_boot_id(char ret[static 40], struct error *err)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	size_t len;

	if (!file)
		return error_set(err, FAIL_CONFIG,
			"cannot read the kernel's boot id; is /proc mounted?");
	len = fread(ret, 1, 36, file);
	fclose(file);
	ret[len] = '\0';
	if (len != 36)
		return error_set(err, FAIL_CONFIG,
			"the kernel's boot id is not 36 characters long");
	return 0;
}

int clock_open(struct clock **ret, struct error *err)
{
	struct clock *clock = calloc(1, sizeof(*clock));
	int fail;

	if (!clock)
		return error_set(err, FAIL_STOP, "no memory for the clock");
	clock->child_slot = -1;
#if EXACT_FAULTS
	if (getenv("EXACT_CLOCK")) {
		const char *slot = getenv("EXACT_CLOCK_SLOT");

		fail = clock_virtual_open(&clock->shared, getenv("EXACT_CLOCK"),
			slot ? (int)strtol(slot, NULL, 10) : -1, true, err);
		if (fail)
			goto failed;
		*ret = clock;
		return 0;
	}
#endif
	fail = read_boot_id(clock->boot_id, err);
	if (fail)
		goto failed;
	*ret = clock;
	return 0;
failed:
	free(clock);
	return fail;
}

int clock_open_private(struct clock **ret, int64_t wall_ms)
{
	struct clock *clock = calloc(1, sizeof(*clock));
	int fail;

	if (!clock)
		return FAIL_STOP;
	clock->child_slot = -1;
	fail = clock_virtual_open(&clock->shared, NULL, -1, true, NULL);
	if (fail) {
		free(clock);
		return fail;
	}
	clock_virtual_set(clock->shared, 0,
		wall_ms - clock_virtual_wall_ms(clock->shared));
	*ret = clock;
	return 0;
}

void clock_free(struct clock *clock)
{
	if (!clock)
		return;
	clock_virtual_free(clock->shared);
	free(clock);
}

struct instant clock_now(const struct clock *clock)
{
	if (clock->shared)
		return (struct instant){
			.boot_ms = clock_virtual_boot_ms(clock->shared),
			.wall_ms = clock_virtual_wall_ms(clock->shared),
		};
	return (struct instant){
		.boot_ms = read_ms(CLOCK_BOOTTIME),
		.wall_ms = read_ms(CLOCK_REALTIME),
	};
}

const char *clock_boot_id(const struct clock *clock)
{
	if (clock->shared)
		return clock_virtual_boot_id(clock->shared);
	return clock->boot_id;
}

int clock_wait_begin(struct clock *clock, int64_t deadline_boot_ms)
{
	int64_t left;

	if (clock->shared)
		return clock_virtual_wait(clock->shared, deadline_boot_ms);
	if (deadline_boot_ms == CLOCK_NEVER)
		return -1;
	left = deadline_boot_ms - read_ms(CLOCK_BOOTTIME);
	if (left <= 0)
		return 0;
	/* One more millisecond: the clock was cut to whole milliseconds. */
	return left >= INT_MAX ? INT_MAX : (int)left + 1;
}

void clock_wait_end(struct clock *clock)
{
	if (clock->shared)
		clock_virtual_busy(clock->shared);
}

void clock_inflight(struct clock *clock, int change)
{
	if (clock->shared)
		clock_virtual_count(clock->shared, change, 0);
}

void clock_held(struct clock *clock, int change)
{
	if (clock->shared)
		clock_virtual_count(clock->shared, 0, change);
}

void clock_child_prepare(struct clock *clock, char env[static 32])
{
	env[0] = '\0';
	if (!clock->shared)
		return;
	clock->child_slot = clock_virtual_reserve(clock->shared);
	if (clock->child_slot >= 0)
		snprintf(env, 32, "EXACT_CLOCK_SLOT=%d", clock->child_slot);
}

void clock_child_started(struct clock *clock, pid_t pid)
{
	if (!clock->shared || clock->child_slot < 0)
		return;
	clock_virtual_reserved(clock->shared, clock->child_slot, (int)pid);
	clock->child_slot = -1;
}

int clock_advance(struct clock *clock, int64_t ms)
{
	if (!clock->shared)
		return FAIL_USAGE;
	clock_virtual_set(clock->shared, ms, 0);
	return 0;
}

int clock_jump_wall(struct clock *clock, int64_t ms)
{
	if (!clock->shared)
		return FAIL_USAGE;
	clock_virtual_set(clock->shared, 0, ms);
	return 0;
}
