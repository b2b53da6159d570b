/*
 * One turn of the loop:
 *
 *	is anything ready already? then no wait
 *	deadline = the nearest timer
 *	clock_wait_begin(deadline) ── real ms ──► curl_multi_poll
 *	                                          │  curl's own sockets and
 *	                                          │  timeouts, and one epoll
 *	                                          │  descriptor for all others
 *	now = clock_now()          ◄──────────────┘
 *	dispatch descriptors and ended children
 *	turn the transfers, report those that are over
 *	fire the timers that are due by `now`
 *
 * curl_multi_poll is the only blocking call. It reports POLLIN and POLLOUT of
 * foreign descriptors but drops a bare POLLHUP. So foreign descriptors are in
 * an epoll set of ours, whose descriptor is readable when any of them is
 * ready.
 *
 * libcurl's internal timers run in real time, and curl_multi_poll obeys them
 * by itself. The clock does not see them: otherwise a virtual clock would
 * creep forward by libcurl's polling intervals.
 *
 * Transfers are turned before timers fire, so a response that has arrived
 * when its timeout is due still counts.
 *
 * A handler catches signals and writes to an eventfd. signalfd is not used,
 * because the processes that we spawn would inherit its blocked signal mask;
 * handlers end at exec.
 */
#include "http/loop.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/loop_curl.h"

#define LOOP_FDS_MAX 64

struct loop_fd {
	int fd; /* -1: a free row */
	unsigned events;
	bool always; /* a regular file: epoll refuses it, always ready */
	uint32_t serial;
	loop_fd_fn fn;
	void *arg; /* borrowed */
};

struct loop_child {
	struct loop_child *next;
	pid_t pid;
	int pidfd; /* owned; watched by the loop itself */
	loop_child_fn fn;
	void *arg; /* borrowed */
};

struct loop {
	struct clock *clock; /* borrowed */
	CURLM *multi;        /* owned */
	int epoll_fd;        /* owned */
	struct instant now;
	struct loop_timer *timers; /* sorted by due time, then by when they
				      were set */
	struct loop_timer *firing; /* due in this turn and not fired yet */
	struct loop_child *children;
	struct loop_fd fds[LOOP_FDS_MAX];
	uint32_t serial;
	bool catches_signals;
};

/* Signals belong to the process, not to one loop. */
static volatile sig_atomic_t loop_signal_caught;
static int loop_signal_fd = -1;
static struct sigaction loop_old_int, loop_old_term;

int loop_new(struct loop **ret, struct clock *clock, struct error *err)
{
	static bool curl_ready;
	struct sigaction pipe_action;
	struct loop *loop;
	int i;

	if (!curl_ready) {
		if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
			return error_set(err, FAIL_STOP,
				"can't start the event loop: libcurl does "
				"not initialise");
		curl_ready = true;
	}
	/* When a peer hangs up, only that write must fail. libcurl leaves
	 * SIGPIPE to us, because it runs with CURLOPT_NOSIGNAL. */
	if (sigaction(SIGPIPE, NULL, &pipe_action) == 0 &&
		pipe_action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	loop = calloc(1, sizeof(*loop));
	if (!loop)
		return error_set(err, FAIL_STOP,
			"can't start the event loop: out of memory");
	loop->clock = clock;
	for (i = 0; i < LOOP_FDS_MAX; i++)
		loop->fds[i].fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0)
		goto fail_loop;
	loop->multi = curl_multi_init();
	if (!loop->multi)
		goto fail_epoll;
	loop->now = clock_now(clock);
	*ret = loop;
	return 0;

fail_epoll:
	close(loop->epoll_fd);
fail_loop:
	free(loop);
	return error_set(err, FAIL_STOP,
		"can't start the event loop: no memory or descriptors left");
}

static void loop_release_signals(void)
{
	sigaction(SIGINT, &loop_old_int, NULL);
	sigaction(SIGTERM, &loop_old_term, NULL);
	close(loop_signal_fd);
	loop_signal_fd = -1;
	loop_signal_caught = 0;
}

void loop_free(struct loop *loop)
{
	struct loop_child *child;

	if (!loop)
		return;
	while (loop->children) {
		child = loop->children;
		loop->children = child->next;
		close(child->pidfd);
		free(child);
	}
	if (loop->catches_signals)
		loop_release_signals();
	curl_multi_cleanup(loop->multi);
	close(loop->epoll_fd);
	free(loop);
}

struct clock *loop_clock(const struct loop *loop)
{
	return loop->clock;
}

struct instant loop_now(const struct loop *loop)
{
	return loop->now;
}

static bool timer_unlink(struct loop_timer **list, struct loop_timer *timer)
{
	struct loop_timer **at;

	for (at = list; *at; at = &(*at)->next) {
		if (*at == timer) {
			*at = timer->next;
			timer->next = NULL;
			timer->armed = false;
			return true;
		}
	}
	return false;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
	if (!timer->armed)
		return;
	if (!timer_unlink(&loop->timers, timer))
		(void)timer_unlink(&loop->firing, timer);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer,
	int64_t due_boot_ms, void (*fire)(struct loop *, void *), void *arg)
{
	struct loop_timer **at;

	loop_timer_cancel(loop, timer);
	timer->due_boot_ms = due_boot_ms;
	timer->fire = fire;
	timer->arg = arg;
	for (at = &loop->timers; *at; at = &(*at)->next)
		if ((*at)->due_boot_ms > due_boot_ms)
			break;
	timer->next = *at;
	*at = timer;
	timer->armed = true;
}

/* A timer that is set while others fire waits for the next turn: a timer that
 * sets itself again for "now" must not starve the descriptors. */
static void timers_fire(struct loop *loop)
{
	struct loop_timer **end = &loop->timers;
	struct loop_timer *timer;

	while (*end && (*end)->due_boot_ms <= loop->now.boot_ms)
		end = &(*end)->next;
	if (end == &loop->timers)
		return;
	loop->firing = loop->timers;
	loop->timers = *end;
	*end = NULL;
	while (loop->firing) {
		timer = loop->firing;
		loop->firing = timer->next;
		timer->next = NULL;
		timer->armed = false;
		timer->fire(loop, timer->arg);
	}
}

static struct loop_fd *fd_row(struct loop *loop, int fd)
{
	int i;

	for (i = 0; i < LOOP_FDS_MAX; i++)
		if (loop->fds[i].fd == fd)
			return &loop->fds[i];
	return NULL;
}

/* A row's number and serial. An event for a descriptor that was forgotten in
 * this same turn (and perhaps watched anew) is dropped. */
static uint64_t fd_ticket(const struct loop *loop, const struct loop_fd *row)
{
	return (uint64_t)(row - loop->fds) << 32 | row->serial;
}

int loop_fd_watch(
	struct loop *loop, int fd, unsigned events, loop_fd_fn fn, void *arg)
{
	struct loop_fd *row = fd_row(loop, fd);
	struct epoll_event event;
	bool fresh = !row;
	bool always = false;
	uint32_t serial;

	assert(fd >= 0);
	if (fresh)
		row = fd_row(loop, -1);
	if (!row)
		return FAIL_STOP;
	serial = fresh ? ++loop->serial : row->serial;
	memset(&event, 0, sizeof(event));
	event.events = ((events & LOOP_READ) ? EPOLLIN | EPOLLRDHUP : 0U) |
		       ((events & LOOP_WRITE) ? EPOLLOUT : 0U);
	event.data.u64 = (uint64_t)(row - loop->fds) << 32 | serial;
	if (!fresh && row->always) {
		always = true;
	} else if (epoll_ctl(loop->epoll_fd,
			   fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd,
			   &event) != 0) {
		if (errno != EPERM)
			return FAIL_STOP;
		always = true;
	}
	row->fd = fd;
	row->events = events;
	row->always = always;
	row->serial = serial;
	row->fn = fn;
	row->arg = arg;
	return 0;
}

void loop_fd_forget(struct loop *loop, int fd)
{
	struct loop_fd *row = fd < 0 ? NULL : fd_row(loop, fd);

	if (!row)
		return;
	if (!row->always)
		(void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	row->fd = -1;
}

static bool fds_always(const struct loop *loop)
{
	int i;

	for (i = 0; i < LOOP_FDS_MAX; i++)
		if (loop->fds[i].fd >= 0 && loop->fds[i].always)
			return true;
	return false;
}

static void fd_fire(struct loop *loop, uint64_t ticket, unsigned ready)
{
	struct loop_fd *row = &loop->fds[ticket >> 32];

	if (row->fd >= 0 && fd_ticket(loop, row) == ticket)
		row->fn(loop, row->fd, ready & row->events, row->arg);
}

static void fds_dispatch(struct loop *loop)
{
	struct epoll_event events[LOOP_FDS_MAX];
	uint64_t always[LOOP_FDS_MAX];
	int always_count = 0;
	int count, i;

	for (i = 0; i < LOOP_FDS_MAX; i++)
		if (loop->fds[i].fd >= 0 && loop->fds[i].always)
			always[always_count++] = fd_ticket(loop, &loop->fds[i]);
	count = epoll_wait(loop->epoll_fd, events, LOOP_FDS_MAX, 0);
	for (i = 0; i < count; i++) {
		uint32_t seen = events[i].events;
		unsigned ready = 0;

		/* An error or a hang-up wakes readers and writers: their next
		 * call reports it. */
		if (seen & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
			ready |= LOOP_READ;
		if (seen & (EPOLLOUT | EPOLLHUP | EPOLLERR))
			ready |= LOOP_WRITE;
		fd_fire(loop, events[i].data.u64, ready);
	}
	for (i = 0; i < always_count; i++)
		fd_fire(loop, always[i], LOOP_READ | LOOP_WRITE);
}

static void child_ended(
	struct loop *loop, int pidfd, unsigned events, void *arg)
{
	struct loop_child *child = arg;
	struct loop_child **at;
	int status = 0;
	pid_t got;

	(void)events;
	do {
		got = waitpid(child->pid, &status, WNOHANG);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return;
	loop_fd_forget(loop, pidfd);
	close(pidfd);
	for (at = &loop->children; *at != child; at = &(*at)->next)
		;
	*at = child->next;
	child->fn(loop, child->pid, status, child->arg);
	free(child);
}

int loop_child_watch(struct loop *loop, pid_t pid, loop_child_fn fn, void *arg)
{
	struct loop_child *child;

	child = calloc(1, sizeof(*child));
	if (!child)
		return FAIL_STOP;
	child->pid = pid;
	child->fn = fn;
	child->arg = arg;
	child->pidfd = pidfd_open(pid, 0);
	if (child->pidfd < 0)
		goto fail_child;
	if (loop_fd_watch(loop, child->pidfd, LOOP_READ, child_ended, child) !=
		0)
		goto fail_pidfd;
	child->next = loop->children;
	loop->children = child;
	return 0;

fail_pidfd:
	close(child->pidfd);
fail_child:
	free(child);
	return FAIL_STOP;
}

static void signal_handler(int number)
{
	uint64_t one = 1;
	int saved = errno;

	if (loop_signal_caught == 0)
		loop_signal_caught = number;
	if (write(loop_signal_fd, &one, sizeof(one)) < 0) {
		/* The counter is full: the loop wakes anyway. */
	}
	errno = saved;
}

static void signal_drain(struct loop *loop, int fd, unsigned events, void *arg)
{
	uint64_t count;

	(void)loop;
	(void)events;
	(void)arg;
	if (read(fd, &count, sizeof(count)) < 0) {
		/* Another turn has drained it. */
	}
}

int loop_catch_signals(struct loop *loop, struct error *err)
{
	struct sigaction action;

	if (loop->catches_signals)
		return 0;
	assert(loop_signal_fd < 0); /* one such loop per process */
	loop_signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop_signal_fd < 0)
		return error_set(err, FAIL_STOP,
			"can't catch signals: no descriptors left");
	if (loop_fd_watch(
		    loop, loop_signal_fd, LOOP_READ, signal_drain, NULL) != 0) {
		close(loop_signal_fd);
		loop_signal_fd = -1;
		return error_set(err, FAIL_STOP,
			"can't catch signals: too many descriptors are "
			"watched");
	}
	loop->catches_signals = true;
	memset(&action, 0, sizeof(action));
	action.sa_handler = signal_handler;
	action.sa_flags = SA_RESTART;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &loop_old_int);
	sigaction(SIGTERM, &action, &loop_old_term);
	return 0;
}

int loop_interrupted(const struct loop *loop)
{
	return loop->catches_signals ? (int)loop_signal_caught : 0;
}

int loop_transfer_add(struct loop *loop, void *easy)
{
	return curl_multi_add_handle(loop->multi, easy) == CURLM_OK ? 0
								    : FAIL_STOP;
}

void loop_transfer_remove(struct loop *loop, void *easy)
{
	(void)curl_multi_remove_handle(loop->multi, easy);
}

static void transfers_turn(struct loop *loop)
{
	struct loop_transfer *transfer;
	struct CURLMsg *message;
	char *private;
	CURLcode code;
	CURL *easy;
	int running, left;

	/* A failure here belongs to one transfer and comes as its message. */
	(void)curl_multi_perform(loop->multi, &running);
	for (;;) {
		message = curl_multi_info_read(loop->multi, &left);
		if (!message)
			break;
		if (message->msg != CURLMSG_DONE)
			continue;
		/* Removing the handle frees the message. */
		easy = message->easy_handle;
		code = message->data.result;
		private = NULL;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
		curl_multi_remove_handle(loop->multi, easy);
		transfer = (struct loop_transfer *)(void *)private;
		transfer->done(transfer, (int)code);
	}
}

/* A virtual clock may move once it knows that we wait. So first look for events
 * that have happened already, such as a peer's hang-up: they happened before
 * the time moved. */
static void wait_for_anything(struct loop *loop)
{
	struct curl_waitfd rest = { .fd = loop->epoll_fd,
		.events = CURL_WAIT_POLLIN };
	int64_t deadline = CLOCK_NEVER;
	int ready = 0;
	int wait_ms;

	(void)curl_multi_poll(loop->multi, &rest, 1, 0, &ready);
	if (ready > 0)
		return;
	if (loop->timers)
		deadline = loop->timers->due_boot_ms;
	if (fds_always(loop))
		deadline = 0;
	wait_ms = clock_wait_begin(loop->clock, deadline);
	/* curl has no "for ever"; one empty turn a day does no harm. */
	if (wait_ms < 0)
		wait_ms = 86400000;
	(void)curl_multi_poll(loop->multi, &rest, 1, wait_ms, &ready);
	clock_wait_end(loop->clock);
}

void loop_turn(struct loop *loop)
{
	wait_for_anything(loop);
	loop->now = clock_now(loop->clock);
	fds_dispatch(loop);
	transfers_turn(loop);
	timers_fire(loop);
}

int loop_run_until(struct loop *loop, const bool *done)
{
	while (!*done) {
		if (loop_interrupted(loop) != 0)
			return FAIL_INTERRUPTED;
		loop_turn(loop);
	}
	return 0;
}
