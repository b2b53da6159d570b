/*
 * Time, read in one file.
 *
 * An instant holds two times. `boot_ms` never jumps and is the same for all
 * processes of one boot (CLOCK_BOOTTIME); every wait is counted in it.
 * `wall_ms` is UTC epoch milliseconds and may jump; it is only for people,
 * for calendar days, and for comparing with a server's times.
 *
 * Test builds (--enable-faults) may run on a *shared virtual clock*: one
 * mapped file named by EXACT_CLOCK, which all processes that name it obey,
 * the sandbox too. Nothing waits in real time there. When every process on
 * the clock is waiting, and the sandbox is holding back every request in
 * flight on purpose, the first process that notices moves the time to the
 * nearest deadline.
 *
 *	process A: waits until 60000     \   all waiting, nothing in flight:
 *	process B: waits until 45000      >  now becomes 45000, B wakes
 *	sandbox:   waits, no deadline    /
 *
 * A killed process is recognised by its pid and start time, and no longer
 * counts. See clock_virtual.c for the layout of the file.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

#define CLOCK_NEVER INT64_MAX

struct clock;

struct instant {
	int64_t boot_ms; /* since boot, never jumps */
	int64_t wall_ms; /* UTC epoch, may jump */
};

/* The real clock, or the virtual one when this is a test build and
 * EXACT_CLOCK names a file. FAIL_CONFIG when that file can't be used. */
int clock_open(struct clock **ret, struct error *err) MUST_CHECK;

/* Test builds: a virtual clock of this process alone, starting at wall_ms
 * with boot_ms = 1000000. FAIL_STOP without memory. */
int clock_open_private(struct clock **ret, int64_t wall_ms) MUST_CHECK;

void clock_free(struct clock *clock);

struct instant clock_now(const struct clock *clock);

/* This boot's id, 36 characters and NUL. boot_ms values of different boots
 * can't be compared. Borrowed. */
const char *clock_boot_id(const struct clock *clock);

/*
 * Waiting, for the loop alone. clock_wait_begin() says how many real
 * milliseconds (-1: for ever) to block for descriptors when nothing is due
 * before deadline_boot_ms (CLOCK_NEVER: nothing at all). On the virtual clock
 * it returns 0 or 1, and it may move the time. Always followed by
 * clock_wait_end().
 */
int clock_wait_begin(struct clock *clock, int64_t deadline_boot_ms);
void clock_wait_end(struct clock *clock);

/* Changes the number of requests that this process has sent without having seen
 * their end (client), or that it holds back on purpose (server). Does nothing
 * on the real clock. */
void clock_inflight(struct clock *clock, int change);
void clock_held(struct clock *clock, int change);

/*
 * A child counts as busy from before the fork, so that time can't run past
 * it. clock_child_prepare() writes "EXACT_CLOCK_SLOT=n" (or "" on the real
 * clock) into env, for the child's environment; clock_child_started() gets
 * the child's pid, or -1 when the spawn failed.
 */
void clock_child_prepare(struct clock *clock, char env[static 32]);
void clock_child_started(struct clock *clock, pid_t pid);

/* Move both times, or let the wall clock alone jump. Virtual clocks only; an
 * error on the real one. */
int clock_advance(struct clock *clock, int64_t ms) MUST_CHECK;
int clock_jump_wall(struct clock *clock, int64_t ms) MUST_CHECK;

#endif
