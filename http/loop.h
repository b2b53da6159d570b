/*
 * The event loop: one thread, descriptors, timers, child processes, signals,
 * and the client's transfers. The loop reads the clock once per turn; all
 * others get that `now`.
 */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/error.h"

struct loop;

/* A timer is a member of the struct that needs it; zero it before first use. */
struct loop_timer {
	int64_t due_boot_ms;
	void (*fire)(struct loop *loop, void *arg);
	void *arg;               /* borrowed */
	struct loop_timer *next; /* for the loop */
	bool armed;              /* for the loop */
};

enum loop_events {
	LOOP_READ = 1, /* readable, or closed by the peer */
	LOOP_WRITE = 2 /* writable */
};

typedef void (*loop_fd_fn)(
	struct loop *loop, int fd, unsigned events, void *arg);
typedef void (*loop_child_fn)(
	struct loop *loop, pid_t pid, int wait_status, void *arg);

/* `clock` is borrowed and must outlive the loop. */
int loop_new(
	struct loop **ret, struct clock *clock, struct error *err) MUST_CHECK;
void loop_free(struct loop *loop);

struct clock *loop_clock(const struct loop *loop);
/* The time when this turn began. */
struct instant loop_now(const struct loop *loop);

/* Arms the timer, or arms it anew: it fires once, not before due_boot_ms. */
void loop_timer_set(struct loop *loop, struct loop_timer *timer,
	int64_t due_boot_ms, void (*fire)(struct loop *, void *), void *arg);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Watches a descriptor (at most 64), or changes the events watched for. */
int loop_fd_watch(struct loop *loop, int fd, unsigned events, loop_fd_fn fn,
	void *arg) MUST_CHECK;
void loop_fd_forget(struct loop *loop, int fd);

/* Calls fn once when this child has ended and has been reaped. */
int loop_child_watch(
	struct loop *loop, pid_t pid, loop_child_fn fn, void *arg) MUST_CHECK;

/* From now on SIGINT and SIGTERM do not kill: loop_interrupted() returns them,
 * and a blocked loop_turn() returns. SIGPIPE is ignored. */
int loop_catch_signals(struct loop *loop, struct error *err) MUST_CHECK;
/* 0, or the first signal that was caught. */
int loop_interrupted(const struct loop *loop);

/* One turn: waits for the nearest event, then dispatches everything that is
 * ready. */
void loop_turn(struct loop *loop);
/* Turns the loop until *done, or until a signal (FAIL_INTERRUPTED). */
int loop_run_until(struct loop *loop, const bool *done) MUST_CHECK;

#endif
