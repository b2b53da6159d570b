/*
 * Kills at every step of a refresh and of a consent. A step runs in a child,
 *
 *	check_keeper child DIR KEY WALL/BOOT EXACT NAME
 *
 * which does one refresh of the login NAME (or a sign-in, when NAME is
 * "consent") against an Exact that lives in a file.
 */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "world.h"

static int sign_in(struct world *world)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], id[LOGIN_ID_MAX + 1];
	struct outcome outcome = world_exchange(world, "c!1");
	struct error err;

	if (outcome.fail)
		return outcome.fail;
	return consent_join(&world->ops, outcome.name, &world_jan,
		clock_boot_id(world->clock), name, id, &err);
}

int check_keeper_child(char **args)
{
	struct world world = { 0 };
	struct instant now = { 0 };
	int fail;

	snprintf(world.dir, sizeof(world.dir), "%s", args[2]);
	snprintf(world.key, sizeof(world.key), "%s", args[3]);
	snprintf(world.exact_path, sizeof(world.exact_path), "%s", args[5]);
	world_load_exact(&world);
	/* The parent's boot: its clock, not one that begins anew. */
	must(sscanf(args[4], "%" SCNd64 "/%" SCNd64, &now.wall_ms,
		     &now.boot_ms) == 2);
	int64_t up = now.boot_ms - 1000000;
	world_reopen(&world, now.wall_ms - up);
	must(clock_advance(world.clock, up) == 0);
	world.exact.issued = INT64_MIN / 2; /* long ago, by its own clock */
	fail = strcmp(args[6], "consent") == 0
		       ? sign_in(&world)
		       : world_refresh(&world, args[6]).fail;
	world_leave(&world);
	return -fail;
}

static int run_child(
	const struct world *world, const char *kill_at, const char *name)
{
	struct instant now = loop_now(world->loop);
	char at[64];
	int status;

	snprintf(at, sizeof(at), "%" PRId64 "/%" PRId64, now.wall_ms,
		now.boot_ms);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("EXACT_FAULT", kill_at, 1);
		execl("/proc/self/exe", "check_keeper", "child", world->dir,
			world->key, at, world->exact_path, name, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* Killed at the n-th step of a refresh, in strict and lenient rotation: the
 * login is alive afterwards, or it is told truly that the token never got
 * to the disk; and it is alive whenever it did. */
START_TEST(test_a_refresh_killed_at_every_step_is_made_good_or_told_truly)
{
	struct world world;
	int kills = 0, lost = 0;

	world_open(&world);
	for (int n = 1; n < 20; n++) {
		char name[LOGIN_VAULT_NAME_MAX + 1], kill_at[32];

		memset(&world.exact, 0, sizeof(world.exact));
		world.exact.lenient = _i == 1;
		world.exact_path[0] = '\0';
		world_sign_in(&world, &world_jan, name);
		struct keeper *keeper = world_keeper(&world, name);
		world_ask(&world, keeper);
		uint64_t before = keeper_login(keeper)->generation;
		world_pass(&world, 11 * MINUTE);
		snprintf(world.exact_path, sizeof(world.exact_path), "%s/exact",
			world.home);
		world_save_exact(&world);
		snprintf(kill_at, sizeof(kill_at), "kill@%d", n);
		int status = run_child(&world, kill_at, name);
		world_load_exact(&world);
		world.exact_path[0] = '\0';
		world.exact.issued = loop_now(world.loop).boot_ms;
		world_ask(&world, keeper);
		bool kept = keeper_login(keeper)->generation == before + 1;
		bool rotated = world.exact.number == 2;
		ck_assert(!kept || rotated);
		world_pass(&world, 11 * MINUTE); /* over the intent's 570 s */
		int fail = world_refresh(&world, name).fail;
		if (rotated && !kept && !world.exact.lenient) {
			ck_assert_int_eq(fail, FAIL_SIGN_IN);
			world_ask(&world, keeper);
			ck_assert_int_eq(
				keeper_login(keeper)->cause, LOGIN_CAUSE_LOST);
			lost++;
		} else {
			ck_assert_int_eq(fail, 0);
			ck_assert_int_eq(
				world_ask(&world, keeper).say, KEEPER_TOKEN);
		}
		keeper_free(keeper);
		if (WIFEXITED(status)) {
			ck_assert_int_eq(WEXITSTATUS(status), 0);
			break;
		}
		kills++;
	}
	ck_assert_int_ge(kills, 8);
	ck_assert_int_eq(lost, _i == 1 ? 0 : 3);
	world_close(&world);
}
END_TEST

/* A second consent, killed at the n-th step: the pair that got to the disk
 * is the login's afterwards, joined once; one that did not left nothing. */
START_TEST(test_a_consent_killed_at_every_step_is_resumed_or_gone)
{
	struct world world;
	int kills = 0, resumed = 0;

	world_open(&world);
	for (int n = 1; n < 30; n++) {
		char name[65], waiting[65] = "", kill_at[32], to[65], id[65];
		struct error err;

		memset(&world.exact, 0, sizeof(world.exact));
		world.exact_path[0] = '\0';
		world_sign_in(&world, &world_jan, name);
		struct keeper *keeper = world_keeper(&world, name);
		uint64_t before = world_ask(&world, keeper).generation;
		world_pass(&world, MINUTE);
		snprintf(world.exact_path, sizeof(world.exact_path), "%s/exact",
			world.home);
		world_save_exact(&world);
		snprintf(kill_at, sizeof(kill_at), "kill@%d", n);
		int status = run_child(&world, kill_at, "consent");
		world_load_exact(&world);
		world.exact_path[0] = '\0';
		ck_assert_int_eq(consent_each(&world.ops, loop_now(world.loop),
					 clock_boot_id(world.clock),
					 world_take_name, waiting, &err),
			0);
		if (waiting[0] != '\0') {
			ck_assert_int_eq(
				consent_join(&world.ops, waiting, &world_jan,
					clock_boot_id(world.clock), to, id,
					&err),
				0);
			ck_assert_str_eq(to, name);
			resumed++;
		}
		struct keeper_answer answer = world_ask(&world, keeper);
		bool joined = answer.generation == before + 1;
		ck_assert(joined || answer.generation == before);
		ck_assert(!joined || world.exact.chain == 2);
		if (joined)
			ck_assert_str_eq(keeper_login(keeper)->access, "a!2.1");
		ck_assert(waiting[0] == '\0' || joined);
		keeper_free(keeper);
		if (WIFEXITED(status)) {
			ck_assert_int_eq(WEXITSTATUS(status), 0);
			ck_assert(joined);
			break;
		}
		kills++;
		/* One hour on, nothing half-made is left. */
		world_pass(&world, 61 * MINUTE);
		waiting[0] = '\0';
		ck_assert_int_eq(consent_each(&world.ops, loop_now(world.loop),
					 clock_boot_id(world.clock),
					 world_take_name, waiting, &err),
			0);
		ck_assert_str_eq(waiting, "");
	}
	ck_assert_int_ge(kills, 12);
	ck_assert_int_ge(resumed, 4);
	world_close(&world);
}
END_TEST

TCase *check_keeper_kills(void)
{
	TCase *tests = tcase_create("kills");

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests,
		test_a_refresh_killed_at_every_step_is_made_good_or_told_truly,
		0, 2);
	tcase_add_test(
		tests, test_a_consent_killed_at_every_step_is_resumed_or_gone);
	return tests;
}
