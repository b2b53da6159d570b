/* What can go wrong with a refresh, and what becomes of the login. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

START_TEST(test_passing_failures_never_end_a_login)
{
	struct world world;
	static const enum world_fault faults[] = { FAULT_UNSENT, FAULT_UNSEEN,
		FAULT_BUSY, FAULT_CONFIG, FAULT_ODD };
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		world_pass(&world, 11 * MINUTE);
		world.fault = faults[i];
		for (int again = 0; again < 4; again++) {
			struct outcome outcome = world_refresh(&world, name);
			ck_assert_int_eq(outcome.fail,
				world.fault == FAULT_CONFIG ? FAIL_CONFIG
							    : FAIL_LATER);
			struct keeper_answer answer = world_ask(&world, keeper);
			ck_assert_int_eq(answer.say, KEEPER_WAIT);
			ck_assert_str_ne(answer.cause, "");
			ck_assert(!answer.refused);
			int64_t wait = answer.until_boot_ms -
				       loop_now(world.loop).boot_ms;
			ck_assert_int_ge(wait, 9000);
			ck_assert_int_le(wait, 3600000);
			world_pass(&world, wait);
		}
		world.fault = FAULT_NONE;
		ck_assert_int_eq(world_refresh(&world, name).fail, 0);
		ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
		ck_assert_str_eq(
			login_state_name(keeper_login(keeper)), "alive");
	}
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_an_unseen_refresh_is_sent_again_570_s_later)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	world_pass(&world, 11 * MINUTE);
	world.fault = FAULT_UNSEEN;
	int64_t sent = loop_now(world.loop).boot_ms;
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_LATER);
	world.fault = FAULT_NONE;
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, sent + 570000);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "unknown");
	world_pass(&world, answer.until_boot_ms - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "alive");
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

static void lose_the_answer(
	struct world *world, bool lenient, enum world_fault how, char *name)
{
	world->exact.lenient = lenient;
	world_sign_in(world, &world_jan, name);
	world_pass(world, 11 * MINUTE);
	world->fault = how;
	ck_assert_int_eq(world_refresh(world, name).fail, FAIL_LATER);
	world->fault = FAULT_NONE;
	world_pass(world, 570000);
}

START_TEST(test_a_lost_answer_in_strict_rotation_is_told_truly)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	lose_the_answer(
		&world, false, _i == 0 ? FAULT_LOST : FAULT_EMPTY, name);
	struct outcome outcome = world_refresh(&world, name);
	ck_assert_int_eq(outcome.fail, FAIL_SIGN_IN);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(answer.cause, "our disk"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_LOST);
	ck_assert_int_gt(
		keeper_login(keeper)->cause_at.wall_ms, WORLD_START_WALL);
	/* And no request is wasted on it any more. */
	int requests = world.exact.requests;
	world_pass(&world, 60 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_SIGN_IN);
	ck_assert_int_eq(world.exact.requests, requests);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_lost_answer_in_lenient_rotation_is_made_good)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	lose_the_answer(&world, true, _i == 0 ? FAULT_LOST : FAULT_EMPTY, name);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_an_early_refusal_loses_nothing_and_is_evidence)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	lose_the_answer(&world, true, FAULT_LOST, name);
	world.exact.issued = loop_now(world.loop)
				     .boot_ms; /* its clock is not ours */
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_LATER);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_ptr_nonnull(strstr(answer.cause, "did arrive"));
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "unknown");
	for (int i = 0; i < 10 && world_ask(&world, keeper).say != KEEPER_TOKEN;
		i++) {
		world_pass(&world, world_ask(&world, keeper).until_boot_ms -
					   loop_now(world.loop).boot_ms);
		(void)world_refresh(&world, name);
	}
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_an_old_token_out_of_the_blue_was_spent_elsewhere)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 11 * MINUTE);
	world.exact.number++; /* a copy of the vault world_refreshed */
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_SIGN_IN);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_ptr_nonnull(strstr(
		world_ask(&world, keeper).cause, "a copy of this vault"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_ELSEWHERE);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_restored_file_is_named_as_the_cause)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1], file[256], copy[256];
	static char bytes[65536];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	snprintf(file, sizeof(file), "%s/%s.login", world.dir, name);
	snprintf(copy, sizeof(copy), "%s/copy", world.home);
	int fd = open(file, O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));
	close(fd);
	for (int i = 0; i < 3; i++) {
		world_pass(&world, 11 * MINUTE);
		ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	}
	fd = open(file, O_WRONLY);
	ck_assert_int_eq(write(fd, bytes, (size_t)len), len);
	close(fd);
	world_pass(&world, 11 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_SIGN_IN);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_ptr_nonnull(
		strstr(world_ask(&world, keeper).cause, "older copy"));
	keeper_free(keeper);
	/* A new consent goes on above the highest generation ever. */
	world_sign_in(&world, &world_jan, name);
	keeper = world_keeper(&world, name);
	ck_assert_uint_eq(world_ask(&world, keeper).generation, 5);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_restored_file_whose_token_still_works_goes_on_above)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1], file[256];
	static char bytes[65536];

	world_open(&world);
	world.exact.lenient = true;
	world_sign_in(&world, &world_jan, name);
	snprintf(file, sizeof(file), "%s/%s.login", world.dir, name);
	int fd = open(file, O_RDONLY);
	ssize_t len = read(fd, bytes, sizeof(bytes));
	close(fd);
	world_pass(&world, 11 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	fd = open(file, O_WRONLY);
	ck_assert_int_eq(write(fd, bytes, (size_t)len), len);
	close(fd);
	world_pass(&world, 11 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	/* 2 was another token: whoever holds it must see a new number. */
	ck_assert_uint_eq(answer.generation, 3);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

/* A vault whose disk fails a few times. */
static struct vault_ops real;
static int commits_to_fail;

static int flaky_commit(void *ctx, const char *name, const struct login *login,
	struct error *err)
{
	if (commits_to_fail-- > 0)
		return error_set(err, FAIL_STORE, "the disk is full");
	return real.commit(ctx, name, login, err);
}

START_TEST(test_a_pair_that_can_not_be_kept_is_tried_for_a_minute)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 11 * MINUTE);
	real = world.ops;
	world.ops.commit = flaky_commit;
	commits_to_fail = 30;
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_str_eq(world_ask(&world, keeper).token, "a!1.2");
	world_pass(&world, 11 * MINUTE);
	commits_to_fail = 1000;
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_STORE);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

static int full_intent(void *ctx, const char *name,
	const struct login_intent *intent, uint64_t *ret_counter,
	struct error *err)
{
	(void)ctx;
	(void)name;
	(void)intent;
	(void)ret_counter;
	return error_set(err, FAIL_STORE, "the disk is full");
}

START_TEST(test_an_intent_that_can_not_be_kept_means_nothing_is_sent)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 11 * MINUTE);
	world.ops.intent = full_intent;
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_STORE);
	ck_assert_int_eq(world.exact.requests, 1);
	world_close(&world);
}
END_TEST

START_TEST(test_another_apps_login_is_never_refreshed)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct credentials other = world_app;
	struct refresh *refresh;
	struct outcome outcome = { .done = false };
	struct error err;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 11 * MINUTE);
	other.client_id = "another";
	const struct refresh_options options = { .loop = world.loop,
		.transport = &world.transport,
		.ops = &world.ops,
		.credentials = &other,
		.name = name,
		.done = world_refreshed,
		.arg = &outcome };
	ck_assert_int_eq(refresh_start(&refresh, &options, &err), 0);
	ck_assert_int_eq(loop_run_until(world.loop, &outcome.done), 0);
	ck_assert_int_eq(outcome.fail, FAIL_CONFIG);
	ck_assert_int_eq(world.exact.requests, 1);
	refresh_free(refresh);
	world_close(&world);
}
END_TEST

START_TEST(test_200_token_requests_a_day_are_the_most_we_make)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct login *login = login_new();
	ck_assert_int_eq(world.ops.load(world.ops.ctx, name, login, &err), 0);
	login->day_requests = 199;
	ck_assert_int_eq(world.ops.lock(world.ops.ctx, name, &err), 0);
	ck_assert_int_eq(world.ops.commit(world.ops.ctx, name, login, &err), 0);
	world.ops.unlock(world.ops.ctx, name);
	world_pass(&world, 11 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	world_pass(&world, 11 * MINUTE);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_ptr_nonnull(strstr(answer.cause, "200 token requests"));
	struct instant now = loop_now(world.loop);
	ck_assert_int_eq(
		(now.wall_ms + answer.until_boot_ms - now.boot_ms) % 86400000,
		0);
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_WAIT);
	world_pass(&world, answer.until_boot_ms - now.boot_ms);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	login_free(login);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

TCase *check_keeper_failures(void)
{
	TCase *tests = tcase_create("failures");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, test_passing_failures_never_end_a_login);
	tcase_add_test(tests, test_an_unseen_refresh_is_sent_again_570_s_later);
	tcase_add_loop_test(tests,
		test_a_lost_answer_in_strict_rotation_is_told_truly, 0, 2);
	tcase_add_loop_test(tests,
		test_a_lost_answer_in_lenient_rotation_is_made_good, 0, 2);
	tcase_add_test(
		tests, test_an_early_refusal_loses_nothing_and_is_evidence);
	tcase_add_test(
		tests, test_an_old_token_out_of_the_blue_was_spent_elsewhere);
	tcase_add_test(tests, test_a_restored_file_is_named_as_the_cause);
	tcase_add_test(tests,
		test_a_restored_file_whose_token_still_works_goes_on_above);
	tcase_add_test(
		tests, test_a_pair_that_can_not_be_kept_is_tried_for_a_minute);
	tcase_add_test(tests,
		test_an_intent_that_can_not_be_kept_means_nothing_is_sent);
	tcase_add_test(tests, test_another_apps_login_is_never_refreshed);
	tcase_add_test(
		tests, test_200_token_requests_a_day_are_the_most_we_make);
	return tests;
}
