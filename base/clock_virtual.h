/*
 * The interface of the shared virtual clock, for clock.c and the test tools.
 * See clock_virtual.c for how time moves.
 */
#ifndef BASE_CLOCK_VIRTUAL_H
#define BASE_CLOCK_VIRTUAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct clock_virtual;

/* Creates the file; both times start as given. FAIL_STORE. */
int clock_virtual_create(
	const char *path, int64_t wall_ms, struct error *err) MUST_CHECK;
/* Joins the clock. path NULL: a clock of this process alone. `slot` is the one
 * a parent reserved for us, or -1; with `takes_part` false this process only
 * watches. */
int clock_virtual_open(struct clock_virtual **ret, const char *path, int slot,
	bool takes_part, struct error *err) MUST_CHECK;
void clock_virtual_free(struct clock_virtual *clock);

int64_t clock_virtual_boot_ms(const struct clock_virtual *clock);
int64_t clock_virtual_wall_ms(const struct clock_virtual *clock);
const char *clock_virtual_boot_id(const struct clock_virtual *clock);
void clock_virtual_set(
	struct clock_virtual *clock, int64_t add_boot_ms, int64_t add_wall_ms);

/* As if the machine had been started again a minute ago: another boot id, boot
 * time near 0, a minute later on the wall clock. No process may be waiting. */
void clock_virtual_reboot(struct clock_virtual *clock);

/* 0: something is due, look again; 1: wait a real millisecond. */
int clock_virtual_wait(struct clock_virtual *clock, int64_t deadline_boot_ms);
void clock_virtual_busy(struct clock_virtual *clock);
void clock_virtual_count(struct clock_virtual *clock, int inflight, int held);

/* For tests: how many of the file's processes are waiting now, or -1. */
int clock_virtual_waiting(const char *path);

/* Reserves a slot for a child to come; -1 when none is free. */
int clock_virtual_reserve(struct clock_virtual *clock);
void clock_virtual_reserved(struct clock_virtual *clock, int slot, int pid);

#endif
