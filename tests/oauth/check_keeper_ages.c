/* When a token is handed out, refreshed, and waited for; what a 401 means. */
#include <check.h>

#include "world.h"

START_TEST(test_a_token_is_handed_out_between_receipt_and_570_s)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	ck_assert_str_eq(answer.token, "a!1.1");
	int64_t received = keeper_login(keeper)->received.boot_ms;
	world_pass(&world, received + 569999 - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	world_pass(&world, 1);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_TOKEN);
	ck_assert_str_eq(answer.token, "a!1.2");
	ck_assert_uint_eq(answer.generation, 2);
	ck_assert_int_eq(world.exact.rotations, 2);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_slow_reply_leaves_a_gap_in_which_all_wait)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world.latency = 35000;
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	world_ask(&world, keeper);
	int64_t sent = keeper_login(keeper)->sent.boot_ms;
	ck_assert_int_eq(keeper_login(keeper)->received.boot_ms, sent + 35000);
	world_pass(&world, sent + 589999 - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	world_pass(&world, 1);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(answer.until_boot_ms, sent + 35000 + 570000);
	ck_assert_str_eq(answer.cause, "");
	/* A refresh that is run all the same sends nothing. */
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_WAIT);
	ck_assert_int_eq(world.exact.requests, 1);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_eight_who_want_a_refresh_make_one_token_request)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault *vaults[8];
	struct vault_ops all[8];
	struct outcome outcomes[8];
	struct refresh *refreshes[8];
	struct error err;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 10 * MINUTE);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(
			vault_open(&vaults[i], world.dir, world.key, &err), 0);
		all[i] = vault_adapter_ops(vaults[i]);
		refreshes[i] = world_start_refresh(
			&world, &all[i], name, &outcomes[i]);
	}
	world.latency = 3000;
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(
			loop_run_until(world.loop, &outcomes[i].done), 0);
		ck_assert_int_eq(outcomes[i].fail, 0);
	}
	ck_assert_int_eq(world.exact.requests, 2); /* the code, and one */
	for (int i = 0; i < 8; i++) {
		refresh_free(refreshes[i]);
		vault_free(vaults[i]);
	}
	world_close(&world);
}
END_TEST

START_TEST(test_while_somebody_refreshes_the_others_wait_a_moment)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault *other;
	struct outcome outcome;
	struct error err;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 10 * MINUTE);
	world.latency = 30000;
	ck_assert_int_eq(vault_open(&other, world.dir, world.key, &err), 0);
	struct vault_ops theirs = vault_adapter_ops(other);
	struct refresh *refresh = world_start_refresh(
		&world, &theirs, name, &outcome);
	world_pass(&world, 1000);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(
		answer.until_boot_ms, loop_now(world.loop).boot_ms + 250);
	ck_assert_int_eq(loop_run_until(world.loop, &outcome.done), 0);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	refresh_free(refresh);
	vault_free(other);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_401_of_a_young_token_is_confirmed_once_then_waits)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper *other = world_keeper(&world, name);
	ck_assert_int_eq(world_refused(&world, keeper, 1), KEEPER_YOUNG);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert_int_eq(
		answer.until_boot_ms, loop_now(world.loop).boot_ms + 2000);
	/* Was under way: does not count. */
	ck_assert_int_eq(world_refused(&world, other, 1), KEEPER_YOUNG);
	world_pass(&world, 2000);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(world_refused(&world, keeper, 1), KEEPER_TWICE);
	answer = world_ask(&world, other); /* all share it */
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert(answer.refused);
	ck_assert_str_ne(answer.cause, "");
	ck_assert_int_eq(answer.until_boot_ms,
		keeper_login(other)->received.boot_ms + 570000);
	ck_assert_int_eq(world.exact.requests, 1);
	/* The refresh works; its token is refused too: revoked. */
	world_pass(&world, answer.until_boot_ms - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_REFRESH);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(world_refused(&world, keeper, 2), KEEPER_YOUNG);
	world_pass(&world, 2000);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(world_refused(&world, keeper, 2), KEEPER_RENEWED);
	answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(answer.cause, "taken away"));
	ck_assert_int_eq(keeper_login(keeper)->cause, LOGIN_CAUSE_REVOKED);
	keeper_free(keeper);
	keeper_free(other);
	world_close(&world);
}
END_TEST

START_TEST(test_401s_of_one_moment_confirm_nothing_however_late)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_int_eq(
		world_refused_after(&world, keeper, 1, 1000), KEEPER_YOUNG);
	/* Sent with the first one; the answer took a minute. */
	world_pass(&world, 59000);
	ck_assert_int_eq(
		world_refused_after(&world, keeper, 1, 60000), KEEPER_YOUNG);
	ck_assert_int_eq(
		world_refused_after(&world, keeper, 1, 57001), KEEPER_YOUNG);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(
		world_refused_after(&world, keeper, 1, 57000), KEEPER_TWICE);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_hiccup_of_401_is_forgotten)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	for (uint64_t generation = 1; generation <= 5; generation++) {
		/* Every other token is refused twice while young. */
		if (generation % 2 == 1) {
			world_refused(&world, keeper, generation);
			world_pass(&world, 2000);
			world_refused(&world, keeper, generation);
			ck_assert_int_eq(
				world_ask(&world, keeper).say, KEEPER_WAIT);
		}
		world_pass(&world, 11 * MINUTE);
		ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_REFRESH);
		ck_assert_int_eq(world_refresh(&world, name).fail, 0);
		ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	}
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_401_of_an_old_or_replaced_token_is_no_sign)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world.latency = 35000;
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	world_ask(&world, keeper);
	int64_t sent = keeper_login(keeper)->sent.boot_ms;
	world_pass(&world, sent + 575000 - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_int_eq(world_refused(&world, keeper, 1), KEEPER_OLD);
	/* Not handed out again; too young to refresh: the gap. */
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_int_eq(answer.say, KEEPER_WAIT);
	ck_assert(!answer.refused);
	world_pass(&world, answer.until_boot_ms - loop_now(world.loop).boot_ms);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	ck_assert_int_eq(world_refused(&world, keeper, 1), KEEPER_OLD);
	world_pass(&world, 5000);
	ck_assert_int_eq(world_refused(&world, keeper, 1), KEEPER_OLD);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

TCase *check_keeper_ages(void)
{
	TCase *tests = tcase_create("ages");

	tcase_set_timeout(tests, 120);
	tcase_add_test(
		tests, test_a_token_is_handed_out_between_receipt_and_570_s);
	tcase_add_test(tests, test_a_slow_reply_leaves_a_gap_in_which_all_wait);
	tcase_add_test(
		tests, test_eight_who_want_a_refresh_make_one_token_request);
	tcase_add_test(
		tests, test_while_somebody_refreshes_the_others_wait_a_moment);
	tcase_add_test(tests,
		test_a_401_of_a_young_token_is_confirmed_once_then_waits);
	tcase_add_test(
		tests, test_401s_of_one_moment_confirm_nothing_however_late);
	tcase_add_test(tests, test_a_hiccup_of_401_is_forgotten);
	tcase_add_test(
		tests, test_a_401_of_an_old_or_replaced_token_is_no_sign);
	return tests;
}
