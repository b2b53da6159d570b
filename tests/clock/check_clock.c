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

START_TEST(test_a_process_killed_while_it_waits_no_longer_holds_the_time)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;
	pid_t pid = waiting_child(start + 1000);
	bool waits = false;

	/* The child waits for a second that we, busy, hold back. */
	for (int i = 0; i < 5000 && !waits; i++) {
		poll(NULL, 0, 1);
		waits = clock_virtual_waiting(path) == 1;
	}
	ck_assert(waits);
	kill(pid, SIGKILL);
	ended(pid);
	ck_assert(wait_until(clock, start + 1000, 2000));
	ck_assert(wait_until(clock, start + 5000, 2000));
	clock_free(clock);
}
END_TEST

/* The slot named in the environment of a process is its parent's word; it
 * may be old, or someone else's by now. */
START_TEST(test_a_slot_that_was_not_set_aside_for_us_is_not_taken)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;
	struct clock *other;

	setenv("EXACT_CLOCK_SLOT", "0", 1); /* that is `clock` */
	other = join();
	unsetenv("EXACT_CLOCK_SLOT");
	/* Had it taken our slot, its waiting would be ours. */
	ck_assert_int_eq(clock_wait_begin(other, start + 1000), 1);
	ck_assert_int_eq(clock_now(clock).boot_ms, start);
	clock_free(other);
	clock_free(clock);
}
END_TEST

START_TEST(test_a_slot_set_aside_by_a_process_that_died_is_given_back)
{
	struct clock *clock = join();
	struct clock *first = join();
	int64_t start = clock_now(clock).boot_ms;
	struct clock *heir;
	int joined[2], go[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(joined), 0);
	ck_assert_int_eq(pipe(go), 0);
	pid = fork();
	if (pid == 0) {
		struct clock *dying = NULL;
		char env[32];

		(void)!clock_open(&dying, NULL);
		(void)!write(joined[1], "!", 1);
		(void)!read(go[0], &byte, 1);
		clock_child_prepare(dying, env);
		kill(getpid(), SIGKILL);
	}
	/* What it sets aside is the lower slot, looked at before its own. */
	ck_assert_int_eq(read(joined[0], &byte, 1), 1);
	clock_free(first);
	ck_assert_int_eq(write(go[1], "!", 1), 1);
	ended(pid);
	/* Its own slot is buried, then somebody else sits in it. */
	(void)clock_wait_begin(clock, start + 1000);
	clock_wait_end(clock);
	heir = join();
	ck_assert_int_ge(clock_wait_begin(heir, CLOCK_NEVER), 0);
	for (int i = 0; i < 100 && clock_now(clock).boot_ms == start; i++) {
		(void)clock_wait_begin(clock, start + 1000);
		clock_wait_end(clock);
		(void)clock_wait_begin(heir, CLOCK_NEVER);
	}
	ck_assert_int_eq(clock_now(clock).boot_ms, start + 1000);
	clock_free(heir);
	clock_free(clock);
	for (int i = 0; i < 2; i++) {
		close(joined[i]);
		close(go[i]);
	}
}
END_TEST

START_TEST(test_slots_of_dead_processes_are_used_again)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;

	for (int i = 0; i < 200; i++) {
		char env[32];
		pid_t pid;

		clock_child_prepare(clock, env);
		ck_assert_msg(env[0] != '\0', "no slot for child %d", i);
		pid = fork();
		if (pid == 0)
			_exit(0);
		clock_child_started(clock, pid);
		ended(pid);
	}
	for (int i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			struct clock *mine = NULL;

			_exit(clock_open(&mine, NULL) == 0 ? 0 : 1);
		}
		ck_assert_int_eq(ended(pid), 0);
	}
	ck_assert(wait_until(clock, start + 1000, 2000));
	clock_free(clock);
}
END_TEST

START_TEST(test_the_sixty_fifth_living_process_is_refused)
{
	struct clock *clocks[64];
	struct clock *more = NULL;
	struct error err = { 0 };

	for (int i = 0; i < 64; i++)
		clocks[i] = join();
	ck_assert_int_eq(clock_open(&more, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "more than 64 processes"));
	for (int i = 0; i < 64; i++)
		clock_free(clocks[i]);
}
END_TEST

/* The death of a client closes its connection; whoever else holds a request
 * back must look at that before time moves. */
START_TEST(test_everybody_looks_once_before_time_moves_past_a_death)
{
	struct clock *one = join();
	struct clock *two = join();
	int64_t start = clock_now(one).boot_ms;
	pid_t pid = fork();
	int ms;

	if (pid == 0) {
		struct clock *dying = NULL;

		(void)!clock_open(&dying, NULL);
		kill(getpid(), SIGKILL);
	}
	ended(pid);
	ck_assert_int_eq(clock_wait_begin(two, CLOCK_NEVER), 1);
	for (int i = 0; i < 100; i++) {
		ms = clock_wait_begin(one, start + 1000);
		clock_wait_end(one);
		if (ms == 0)
			break; /* the news: look at the descriptors */
	}
	ck_assert_int_eq(ms, 0);
	ck_assert_int_eq(clock_now(one).boot_ms, start);
	/* `two` has not looked since: time stands. */
	ck_assert_int_eq(clock_wait_begin(one, start + 1000), 1);
	ck_assert_int_eq(clock_now(one).boot_ms, start);
	ck_assert_int_eq(clock_wait_begin(two, CLOCK_NEVER), 0);
	clock_wait_end(two);
	ck_assert_int_eq(clock_wait_begin(two, CLOCK_NEVER), 1);
	ck_assert_int_eq(clock_now(two).boot_ms, start + 1000);
	clock_free(one);
	clock_free(two);
}
END_TEST

/* Sixty processes, each with deadlines of its own; some are killed wherever
 * they are. The others arrive, each exactly at its times. */
START_TEST(test_sixty_processes_arrive_though_a_third_of_them_is_killed)
{
	struct clock *clock = join();
	int64_t start = clock_now(clock).boot_ms;
	unsigned int seed = (unsigned int)getpid();
	pid_t pids[60];
	int arrived = 0;

	printf("seed %u\n", seed);
	for (int i = 0; i < 60; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct clock *mine = NULL;
			int64_t at = start;

			if (clock_open(&mine, NULL) != 0)
				_exit(2);
			for (int step = 0; step < 20; step++) {
				at += 1000 + i;
				if (!wait_until(mine, at, 60000))
					_exit(1);
			}
			clock_free(mine);
			_exit(0);
		}
	}
	poll(NULL, 0, 50); /* some have joined, some have not: both are well */
	clock_free(clock);
	for (int i = 0; i < 60; i += 3) {
		poll(NULL, 0, (int)(rand_r(&seed) % 4));
		kill(pids[i], SIGKILL);
	}
	for (int i = 0; i < 60; i++) {
		int status = ended(pids[i]);

		if (i % 3 != 0)
			ck_assert_int_eq(status, 0);
		arrived += status == 0;
	}
	ck_assert_int_ge(arrived, 40);
}
END_TEST

START_TEST(test_a_cut_off_file_is_refused)
{
	struct clock *clock = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(truncate(path, 100), 0);
	ck_assert_int_eq(clock_open(&clock, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "not a clock file"));
	ck_assert_ptr_null(clock);
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
	tcase_add_test(cases,
		test_a_process_killed_while_it_waits_no_longer_holds_the_time);
	tcase_add_test(
		cases, test_a_slot_that_was_not_set_aside_for_us_is_not_taken);
	tcase_add_test(cases,
		test_a_slot_set_aside_by_a_process_that_died_is_given_back);
	tcase_add_test(cases, test_slots_of_dead_processes_are_used_again);
	tcase_add_test(cases, test_the_sixty_fifth_living_process_is_refused);
	tcase_add_test(cases,
		test_everybody_looks_once_before_time_moves_past_a_death);
	tcase_add_test(cases,
		test_sixty_processes_arrive_though_a_third_of_them_is_killed);
	tcase_add_test(cases, test_a_cut_off_file_is_refused);
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
