/*
 * The shared virtual clock, with real processes: it moves only when all
 * wait, it stands still for a busy process and for a request in flight, and
 * it outlives processes that are killed.
 */
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/clock_virtual.h"

#define WALL 1700000000000

static char path[] = "check_clock.XXXXXX";

static void set_up(void)
{
	struct error err = { 0 };
	int fd;

	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(clock_virtual_create(path, WALL, &err), 0);
	setenv("EXACT_CLOCK", path, 1);
}

static void tear_down(void)
{
	unlink(path);
	unsetenv("EXACT_CLOCK");
}

static struct clock *join(void)
{
	struct clock *clock = NULL;
	struct error err = { 0 };

	ck_assert_msg(clock_open(&clock, &err) == 0, "%s", err.text);
	return clock;
}

/* Wait on the clock as the loop does, at most `turns` real milliseconds. */
static bool wait_until(struct clock *clock, int64_t boot_ms, int turns)
{
	while (clock_now(clock).boot_ms < boot_ms && turns-- > 0) {
		int ms = clock_wait_begin(clock, boot_ms);

		poll(NULL, 0, ms);
		clock_wait_end(clock);
	}
	return clock_now(clock).boot_ms >= boot_ms;
}

/* A child that waits until `boot_ms` and leaves with 0, or 1. */
static pid_t waiting_child(int64_t boot_ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct clock *clock = NULL;
		int code = 1;

		if (clock_open(&clock, NULL) == 0 &&
			wait_until(clock, boot_ms, 20000) &&
			clock_now(clock).boot_ms == boot_ms)
			code = 0;
		clock_free(clock);
		_exit(code);
	}
	return pid;
}

static int ended(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

START_TEST(test_three_processes_wake_each_at_its_own_time_without_waiting)
{
	struct clock *clock = join(); /* busy: holds the time while we fork */
	int64_t start = clock_now(clock).boot_ms;
	pid_t later = waiting_child(start + 86400000);
	pid_t sooner = waiting_child(start + 60000);
	time_t began = time(NULL);

	/* Busy: whatever they do, time stands. */
	poll(NULL, 0, 30);
	ck_assert_int_eq(clock_now(clock).boot_ms, start);
	clock_free(clock);
	ck_assert_int_eq(ended(sooner), 0);
	ck_assert_int_eq(ended(later), 0);
	ck_assert_int_lt(time(NULL) - began, 20);
	clock = join();
	ck_assert_int_eq(clock_now(clock).boot_ms, start + 86400000);
	ck_assert_int_eq(clock_now(clock).wall_ms, WALL + 86400000);
	clock_free(clock);
}
END_TEST

START_TEST(test_a_request_in_flight_holds_the_time_unless_it_is_held_back)
{
	struct clock *client = join();
	struct clock *server = join();
	int64_t start = clock_now(client).boot_ms;

	clock_inflight(client, 1);
	ck_assert_int_eq(clock_wait_begin(server, CLOCK_NEVER), 1);
	ck_assert_int_eq(clock_wait_begin(client, start + 120000), 1);
	ck_assert_int_eq(clock_now(client).boot_ms, start);
	/* The server takes the request and holds it for 35 s. */
	clock_wait_end(server);
	clock_held(server, 1);
	ck_assert_int_eq(clock_wait_begin(server, start + 35000), 0);
	ck_assert_int_eq(clock_now(client).boot_ms, start + 35000);
	/* It answers: in flight again, until the client has seen it. */
	clock_held(server, -1);
	ck_assert_int_eq(clock_wait_begin(server, CLOCK_NEVER), 1);
	ck_assert_int_eq(clock_wait_begin(client, start + 120000), 1);
	ck_assert_int_eq(clock_now(client).boot_ms, start + 35000);
	clock_wait_end(client);
	clock_inflight(client, -1);
	ck_assert_int_eq(clock_wait_begin(client, start + 40000), 0);
	ck_assert_int_eq(clock_now(client).boot_ms, start + 40000);
	clock_free(client);
	clock_free(server);
}
END_TEST

START_TEST(test_a_killed_process_no_longer_holds_the_time)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;
	int ready[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct clock *busy = NULL;

		if (clock_open(&busy, NULL) == 0)
			(void)!write(ready[1], "!", 1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert(!wait_until(clock, start + 1000, 20));
	kill(pid, SIGKILL);
	ck_assert(wait_until(clock, start + 1000, 20000));
	ended(pid);
	close(ready[0]);
	close(ready[1]);
	clock_free(clock);
}
END_TEST

START_TEST(test_time_waits_for_a_child_that_was_only_announced)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;
	char env[32];
	pid_t pid;

	clock_child_prepare(clock, env);
	ck_assert_int_eq(strncmp(env, "EXACT_CLOCK_SLOT=", 17), 0);
	ck_assert(!wait_until(clock, start + 1000, 10));
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 20);
		_exit(0);
	}
	clock_child_started(clock, pid);
	/* It ends without ever joining: noticed, its parent looks first. */
	ck_assert(wait_until(clock, start + 1000, 20000));
	ended(pid);
	clock_free(clock);
}
END_TEST

START_TEST(test_the_wall_clock_jumps_and_the_boot_clock_does_not)
{
	struct clock *clock = join();
	struct instant before = clock_now(clock);

	ck_assert_int_eq(clock_jump_wall(clock, -3600000), 0);
	ck_assert_int_eq(clock_now(clock).boot_ms, before.boot_ms);
	ck_assert_int_eq(clock_now(clock).wall_ms, before.wall_ms - 3600000);
	clock_free(clock);
}
END_TEST

START_TEST(test_a_file_that_is_no_clock_is_refused_by_name)
{
	struct clock *clock = NULL;
	struct error err = { 0 };

	setenv("EXACT_CLOCK", "/dev/null", 1);
	ck_assert_int_eq(clock_open(&clock, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "/dev/null"));
	ck_assert_ptr_null(clock);
}
END_TEST

START_TEST(test_the_real_clock_moves_and_cannot_be_moved)
{
	struct clock *clock = NULL;
	struct error err = { 0 };
	struct instant one, two;

	unsetenv("EXACT_CLOCK");
	ck_assert_int_eq(clock_open(&clock, &err), 0);
	one = clock_now(clock);
	two = clock_now(clock);
	ck_assert_int_ge(two.boot_ms, one.boot_ms);
	ck_assert_int_gt(one.wall_ms, WALL);
	ck_assert_uint_eq(strlen(clock_boot_id(clock)), 36);
	ck_assert_int_eq(clock_advance(clock, 1), FAIL_USAGE);
	ck_assert_int_eq(clock_wait_begin(clock, CLOCK_NEVER), -1);
	ck_assert_int_eq(clock_wait_begin(clock, one.boot_ms - 5), 0);
	ck_assert_int_ge(clock_wait_begin(clock, two.boot_ms + 5000), 4000);
	clock_free(clock);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock");
	TCase *cases = tcase_create("clock");
	SRunner *runner;
	int failed;

	tcase_set_timeout(cases, 60);
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases,
		test_three_processes_wake_each_at_its_own_time_without_waiting);
	tcase_add_test(cases,
		test_a_request_in_flight_holds_the_time_unless_it_is_held_back);
	tcase_add_test(cases, test_a_killed_process_no_longer_holds_the_time);
	tcase_add_test(
		cases, test_time_waits_for_a_child_that_was_only_announced);
	tcase_add_test(
		cases, test_the_wall_clock_jumps_and_the_boot_clock_does_not);
	tcase_add_test(cases, test_a_file_that_is_no_clock_is_refused_by_name);
	tcase_add_test(cases, test_the_real_clock_moves_and_cannot_be_moved);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
