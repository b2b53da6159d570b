#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/http/world.h"

static struct clock *test_clock;
static struct loop *test_loop;
static char trace[64]; /* a letter for each thing that happened */

static void note(char letter)
{
	size_t len = strlen(trace);

	ck_assert_uint_lt(len + 1, sizeof(trace));
	trace[len] = letter;
	trace[len + 1] = '\0';
}

static void setup(void)
{
	trace[0] = '\0';
	ck_assert_int_eq(clock_open_private(&test_clock, 1763719200000), 0);
	ck_assert_int_eq(loop_new(&test_loop, test_clock, NULL), 0);
}

static void teardown(void)
{
	loop_free(test_loop);
	clock_free(test_clock);
}

struct ticker {
	struct loop_timer timer;
	struct ticker *victim; /* cancelled when this one fires */
	int again;             /* set itself for now so often */
	char letter;
};

static void tick(struct loop *loop, void *arg)
{
	struct ticker *ticker = arg;

	note(ticker->letter);
	ck_assert_int_ge(loop_now(loop).boot_ms, ticker->timer.due_boot_ms);
	if (ticker->victim)
		loop_timer_cancel(loop, &ticker->victim->timer);
	if (ticker->again-- > 0)
		loop_timer_set(loop, &ticker->timer, loop_now(loop).boot_ms,
			tick, ticker);
}

static void set(struct ticker *ticker, char letter, int64_t due)
{
	ticker->letter = letter;
	loop_timer_set(test_loop, &ticker->timer, due, tick, ticker);
}

START_TEST(test_timers_fire_by_due_time_then_in_the_order_they_were_set)
{
	struct ticker t[5] = { 0 };
	int i;

	set(&t[0], 'c', WORLD_BOOT + 300);
	set(&t[1], 'a', WORLD_BOOT + 100);
	set(&t[2], 'd', WORLD_BOOT + 300);
	set(&t[3], 'b', WORLD_BOOT + 200);
	set(&t[4], 'e', WORLD_BOOT + 100);
	loop_timer_set(test_loop, &t[4].timer, WORLD_BOOT + 300, tick, &t[4]);
	for (i = 0; i < 10; i++)
		loop_turn(test_loop);
	ck_assert_str_eq(trace, "abcde");
	ck_assert_int_eq(loop_now(test_loop).boot_ms, WORLD_BOOT + 300);
}
END_TEST

START_TEST(test_a_year_passes_in_one_turn_of_a_virtual_clock)
{
	struct ticker t = { 0 };
	int64_t year = INT64_C(365) * 86400 * 1000;

	set(&t, 'y', WORLD_BOOT + year);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "y");
	ck_assert_int_eq(loop_now(test_loop).boot_ms, WORLD_BOOT + year);
	ck_assert_int_eq(loop_now(test_loop).wall_ms, 1763719200000 + year);
}
END_TEST

START_TEST(test_a_timer_cancelled_by_another_of_the_same_turn_stays_silent)
{
	struct ticker t[3] = { 0 };

	set(&t[0], 'a', WORLD_BOOT);
	set(&t[1], 'b', WORLD_BOOT);
	set(&t[2], 'c', WORLD_BOOT);
	t[0].victim = &t[1];
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "ac");
	ck_assert(!t[1].timer.armed);
	loop_timer_cancel(test_loop, &t[1].timer); /* twice is no harm */
}
END_TEST

START_TEST(test_a_timer_that_sets_itself_for_now_fires_once_a_turn)
{
	struct ticker t = { .again = 2 };

	set(&t, 'x', WORLD_BOOT);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "x");
	loop_turn(test_loop);
	loop_turn(test_loop);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "xxx");
}
END_TEST

static void on_fd(struct loop *loop, int fd, unsigned events, void *arg)
{
	char letter;

	(void)arg;
	if (events & LOOP_WRITE)
		note('w');
	if (!(events & LOOP_READ))
		return;
	if (read(fd, &letter, 1) == 1) {
		note(letter);
		return;
	}
	note('$');
	loop_fd_forget(loop, fd);
}

START_TEST(test_a_pipe_tells_its_bytes_and_its_end)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(
		loop_fd_watch(test_loop, ends[0], LOOP_READ, on_fd, NULL), 0);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "");
	ck_assert_int_eq(write(ends[1], "ab", 2), 2);
	loop_turn(test_loop);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "ab");
	close(ends[1]); /* POLLHUP alone: libcurl's poll would not tell */
	loop_turn(test_loop);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "ab$");
	close(ends[0]);
}
END_TEST

START_TEST(test_a_watch_may_change_what_it_waits_for)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(
		loop_fd_watch(test_loop, ends[1], LOOP_WRITE, on_fd, NULL), 0);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "w");
	ck_assert_int_eq(loop_fd_watch(test_loop, ends[1], 0, on_fd, NULL), 0);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "w");
	loop_fd_forget(test_loop, ends[1]);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

START_TEST(test_a_regular_file_can_be_watched)
{
	char name[] = "/tmp/check_loop_XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_int_eq(write(fd, "z", 1), 1);
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(
		loop_fd_watch(test_loop, fd, LOOP_READ, on_fd, NULL), 0);
	loop_turn(test_loop);
	loop_turn(test_loop);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "z$");
	close(fd);
}
END_TEST

static int rivals[2];

static void on_rival(struct loop *loop, int fd, unsigned events, void *arg)
{
	(void)events;
	(void)arg;
	note('r');
	loop_fd_forget(loop, fd == rivals[0] ? rivals[1] : rivals[0]);
}

START_TEST(test_a_descriptor_forgotten_in_the_same_turn_is_not_called)
{
	int a[2], b[2];

	ck_assert_int_eq(pipe(a), 0);
	ck_assert_int_eq(pipe(b), 0);
	rivals[0] = a[0];
	rivals[1] = b[0];
	ck_assert_int_eq(
		loop_fd_watch(test_loop, a[0], LOOP_READ, on_rival, NULL), 0);
	ck_assert_int_eq(
		loop_fd_watch(test_loop, b[0], LOOP_READ, on_rival, NULL), 0);
	ck_assert_int_eq(write(a[1], "x", 1), 1);
	ck_assert_int_eq(write(b[1], "x", 1), 1);
	loop_turn(test_loop);
	ck_assert_str_eq(trace, "r");
	loop_fd_forget(test_loop, a[0]);
	loop_fd_forget(test_loop, b[0]);
	close(a[0]);
	close(a[1]);
	close(b[0]);
	close(b[1]);
}
END_TEST

struct ending {
	bool done;
	pid_t pid;
	int status;
};

static void on_child(struct loop *loop, pid_t pid, int status, void *arg)
{
	struct ending *ending = arg;

	(void)loop;
	ending->done = true;
	ending->pid = pid;
	ending->status = status;
}

/* valgrind 3.19 does not know pidfd_open(2). */
static bool pidfd_is_missing(void)
{
	int fd = pidfd_open(getpid(), 0);

	if (fd >= 0) {
		close(fd);
		return false;
	}
	fprintf(stderr, "SKIPPED: no pidfd_open(2) here\n");
	return true;
}

START_TEST(test_a_childs_end_is_told_once_with_its_status)
{
	struct ending ending = { 0 };
	int gate[2];
	char byte;
	pid_t pid;

	if (pidfd_is_missing())
		return;

	ck_assert_int_eq(pipe(gate), 0);
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) == 0 ? 7 : 8);
	}
	ck_assert_int_eq(
		loop_child_watch(test_loop, pid, on_child, &ending), 0);
	loop_turn(test_loop);
	ck_assert(!ending.done);
	close(gate[1]);
	ck_assert_int_eq(loop_run_until(test_loop, &ending.done), 0);
	ck_assert_int_eq(ending.pid, pid);
	ck_assert_int_eq(WEXITSTATUS(ending.status), 7);
	/* reaped */
	ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), -1);
	close(gate[0]);
}
END_TEST

START_TEST(test_a_killed_child_is_told_as_killed)
{
	struct ending ending = { 0 };
	pid_t pid;

	if (pidfd_is_missing())
		return;
	pid = fork();
	if (pid == 0) {
		for (;;)
			pause();
	}
	ck_assert_int_eq(
		loop_child_watch(test_loop, pid, on_child, &ending), 0);
	kill(pid, SIGKILL);
	ck_assert_int_eq(loop_run_until(test_loop, &ending.done), 0);
	ck_assert(WIFSIGNALED(ending.status));
	ck_assert_int_eq(WTERMSIG(ending.status), SIGKILL);
}
END_TEST

START_TEST(test_what_is_no_child_can_not_be_watched)
{
	struct ending ending = { 0 };

	ck_assert_int_eq(
		loop_child_watch(test_loop, 0x3fffffff, on_child, &ending),
		FAIL_STOP);
}
END_TEST

START_TEST(test_a_signal_ends_the_run_and_not_the_process)
{
	struct sigaction before, after;
	bool never = false;

	sigaction(SIGTERM, NULL, &before);
	ck_assert_int_eq(loop_catch_signals(test_loop, NULL), 0);
	ck_assert_int_eq(loop_interrupted(test_loop), 0);
	raise(SIGTERM);
	raise(SIGINT);
	ck_assert_int_eq(loop_interrupted(test_loop), SIGTERM);
	ck_assert_int_eq(loop_run_until(test_loop, &never), FAIL_INTERRUPTED);
	loop_free(test_loop);
	test_loop = NULL;
	sigaction(SIGTERM, NULL, &after);
	ck_assert(after.sa_handler == before.sa_handler);
	sigaction(SIGPIPE, NULL, &after);
	ck_assert(after.sa_handler == SIG_IGN);
	ck_assert_int_eq(loop_new(&test_loop, test_clock, NULL), 0);
}
END_TEST

/* On the real clock, where the loop really blocks: with nothing to wait for
 * but the signal, a turn that did not wake would hang the test. */
START_TEST(test_a_signal_wakes_a_blocked_turn)
{
	struct clock *real;
	struct loop *loop;
	bool never = false;
	pid_t pid;

	unsetenv("EXACT_CLOCK");
	ck_assert_int_eq(clock_open(&real, NULL), 0);
	ck_assert_int_eq(loop_new(&loop, real, NULL), 0);
	ck_assert_int_eq(loop_catch_signals(loop, NULL), 0);
	pid = fork();
	if (pid == 0) {
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	ck_assert_int_eq(loop_run_until(loop, &never), FAIL_INTERRUPTED);
	ck_assert_int_eq(loop_interrupted(loop), SIGTERM);
	waitpid(pid, NULL, 0);
	loop_free(loop);
	clock_free(real);
}
END_TEST

TCase *check_loop(void)
{
	TCase *tests = tcase_create("loop");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests,
		test_timers_fire_by_due_time_then_in_the_order_they_were_set);
	tcase_add_test(
		tests, test_a_year_passes_in_one_turn_of_a_virtual_clock);
	tcase_add_test(tests,
		test_a_timer_cancelled_by_another_of_the_same_turn_stays_silent);
	tcase_add_test(
		tests, test_a_timer_that_sets_itself_for_now_fires_once_a_turn);
	tcase_add_test(tests, test_a_pipe_tells_its_bytes_and_its_end);
	tcase_add_test(tests, test_a_watch_may_change_what_it_waits_for);
	tcase_add_test(tests, test_a_regular_file_can_be_watched);
	tcase_add_test(tests,
		test_a_descriptor_forgotten_in_the_same_turn_is_not_called);
	tcase_add_test(tests, test_a_childs_end_is_told_once_with_its_status);
	tcase_add_test(tests, test_a_killed_child_is_told_as_killed);
	tcase_add_test(tests, test_what_is_no_child_can_not_be_watched);
	tcase_add_test(tests, test_a_signal_ends_the_run_and_not_the_process);
	tcase_add_test(tests, test_a_signal_wakes_a_blocked_turn);
	return tests;
}
