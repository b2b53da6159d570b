/* Consents: joined, dropped, and found again; the list of logins. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "world.h"

START_TEST(test_a_second_consent_joins_the_same_chain)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1], again[LOGIN_VAULT_NAME_MAX + 1];
	char found[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	char id[LOGIN_ID_MAX + 1];
	snprintf(id, sizeof(id), "%s", keeper_login(keeper)->id);
	ck_assert_int_eq(strncmp(id, "nl-jan-", 7), 0);
	world_pass(&world, MINUTE);
	struct consent_user renamed = world_jan;
	renamed.user = "Johannes";
	world_sign_in(&world, &renamed, again);
	ck_assert_str_eq(name, again);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_uint_eq(answer.generation, 2);
	ck_assert_str_eq(answer.token, "a!2.1");
	ck_assert_str_eq(keeper_login(keeper)->id, id);
	ck_assert_int_eq(keeper_find(&world.ops, id, found, &err), 0);
	ck_assert_str_eq(found, name);
	ck_assert_int_eq(keeper_find(&world.ops, "nl-piet-000000", found, &err),
		FAIL_INPUT);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_consent_brings_a_dead_login_back)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_pass(&world, 11 * MINUTE);
	world.exact.number++;
	ck_assert_int_eq(world_refresh(&world, name).fail, FAIL_SIGN_IN);
	world_sign_in(&world, &world_jan, name);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_int_eq(world_ask(&world, keeper).say, KEEPER_TOKEN);
	ck_assert_str_eq(login_state_name(keeper_login(keeper)), "alive");
	world_pass(&world, 11 * MINUTE);
	ck_assert_int_eq(world_refresh(&world, name).fail, 0);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_two_users_are_two_logins)
{
	struct world world;
	const struct consent_user piet = {
		.id = "bbbb-piet", .user = "Piet", .full_name = ""
	};
	char name[LOGIN_VAULT_NAME_MAX + 1], other[LOGIN_VAULT_NAME_MAX + 1];

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	world_sign_in(&world, &piet, other);
	ck_assert_str_ne(name, other);
	world_close(&world);
}
END_TEST

START_TEST(test_an_orphaned_consent_is_found_and_joined_once)
{
	struct world world;
	char waiting[LOGIN_VAULT_NAME_MAX + 1] = "", name[65], id[65], kept[65];
	struct error err;

	world_open(&world);
	struct outcome outcome = world_exchange(&world, "c!1");
	ck_assert_int_eq(outcome.fail, 0);
	/* Killed here. Hours later its token is old, and can be world_refreshed. */
	world_pass(&world, 100 * MINUTE);
	ck_assert_int_eq(consent_each(&world.ops, loop_now(world.loop),
				 clock_boot_id(world.clock), world_take_name,
				 waiting, &err),
		0);
	ck_assert_str_eq(waiting, outcome.name);
	ck_assert_int_eq(keeper_find(&world.ops, waiting, name, &err), 0);
	ck_assert_str_eq(name, waiting);
	ck_assert_int_eq(world_refresh(&world, waiting).fail, 0);
	/* Killed between the join and the removal: the file is still there. */
	struct login *copy = login_new();
	ck_assert_int_eq(world.ops.load(world.ops.ctx, waiting, copy, &err), 0);
	ck_assert_int_eq(consent_join(&world.ops, waiting, &world_jan,
				 clock_boot_id(world.clock), name, id, &err),
		0);
	ck_assert_int_eq(world.ops.lock(world.ops.ctx, waiting, &err), 0);
	ck_assert_int_eq(
		world.ops.commit(world.ops.ctx, waiting, copy, &err), 0);
	world.ops.unlock(world.ops.ctx, waiting);
	ck_assert_int_eq(consent_join(&world.ops, waiting, &world_jan,
				 clock_boot_id(world.clock), kept, id, &err),
		0);
	ck_assert_str_eq(kept, name);
	struct keeper *keeper = world_keeper(&world, name);
	struct keeper_answer answer = world_ask(&world, keeper);
	ck_assert_uint_eq(answer.generation, 1);
	ck_assert_str_eq(answer.token, "a!1.2");
	waiting[0] = '\0';
	ck_assert_int_eq(consent_each(&world.ops, loop_now(world.loop),
				 clock_boot_id(world.clock), world_take_name,
				 waiting, &err),
		0);
	ck_assert_str_eq(waiting, "");
	keeper_free(keeper);
	login_free(copy);
	world_close(&world);
}
END_TEST

START_TEST(test_a_consent_older_than_the_last_one_is_dropped)
{
	struct world world;
	char name[65], again[65], id[65];
	struct error err;

	world_open(&world);
	struct outcome old = world_exchange(&world, "c!1");
	world_pass(&world, MINUTE);
	world_sign_in(&world, &world_jan, name);
	ck_assert_int_eq(consent_join(&world.ops, old.name, &world_jan,
				 clock_boot_id(world.clock), again, id, &err),
		0);
	ck_assert_str_eq(again, name);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_str_eq(id, keeper_login(keeper)->id);
	ck_assert_str_eq(world_ask(&world, keeper).token, "a!2.1");
	ck_assert_uint_eq(world_ask(&world, keeper).generation, 1);
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

/* The same consents, as if the machine had been started again between. */
static void move_to_boot(
	struct world *world, const char *name, const char *boot_id)
{
	struct login *login = login_new();
	struct error err;

	ck_assert_int_eq(world->ops.lock(world->ops.ctx, name, &err), 0);
	ck_assert_int_eq(world->ops.load(world->ops.ctx, name, login, &err), 0);
	snprintf(login->consented.boot_id, sizeof(login->consented.boot_id),
		"%s", boot_id);
	ck_assert_int_eq(
		world->ops.commit(world->ops.ctx, name, login, &err), 0);
	world->ops.unlock(world->ops.ctx, name);
	login_free(login);
}

START_TEST(test_the_later_consent_wins_whatever_the_wall_clock_does)
{
	struct world world;
	char name[65], again[65];
	struct keeper *keeper;

	world_open(&world);
	/* Set back by a day between two sign-ins: the second one is the one
	 * that lives at Exact. */
	world_sign_in(&world, &world_jan, name);
	ck_assert_int_eq(clock_jump_wall(world.clock, -86400000), 0);
	world_pass(&world, MINUTE);
	world_sign_in(&world, &world_jan, again);
	keeper = world_keeper(&world, name);
	ck_assert_str_eq(world_ask(&world, keeper).token, "a!2.1");
	/* Set back and started again. */
	move_to_boot(&world, name, "an-earlier-boot");
	ck_assert_int_eq(clock_jump_wall(world.clock, -86400000), 0);
	world_pass(&world, MINUTE);
	world_sign_in(&world, &world_jan, again);
	ck_assert_str_eq(world_ask(&world, keeper).token, "a!3.1");
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_an_earlier_boots_consent_never_replaces_this_boots)
{
	struct world world;
	char name[65], again[65], id[65];
	struct error err;

	world_open(&world);
	struct outcome old = world_exchange(&world, "c!1");
	ck_assert_int_eq(old.fail, 0);
	move_to_boot(&world, old.name, "an-earlier-boot");
	ck_assert_int_eq(clock_jump_wall(world.clock, -86400000), 0);
	world_pass(&world, MINUTE);
	world_sign_in(&world, &world_jan, name);
	ck_assert_int_eq(consent_join(&world.ops, old.name, &world_jan,
				 clock_boot_id(world.clock), again, id, &err),
		0);
	struct keeper *keeper = world_keeper(&world, name);
	ck_assert_str_eq(world_ask(&world, keeper).token, "a!2.1");
	keeper_free(keeper);
	world_close(&world);
}
END_TEST

START_TEST(test_a_bad_code_leaves_nothing_behind)
{
	struct world world;
	char waiting[LOGIN_VAULT_NAME_MAX + 1] = "";
	struct error err;

	world_open(&world);
	struct outcome outcome = world_exchange(&world, "c!bad");
	ck_assert_int_eq(outcome.fail, FAIL_SIGN_IN);
	ck_assert_ptr_nonnull(strstr(outcome.err.text, "180 s"));
	ck_assert_ptr_null(strstr(outcome.err.text, "c!bad"));
	ck_assert_int_eq(consent_each(&world.ops, loop_now(world.loop),
				 clock_boot_id(world.clock), world_take_name,
				 waiting, &err),
		0);
	ck_assert_str_eq(waiting, "");
	world.fault = FAULT_LOST;
	ck_assert_int_eq(world_exchange(&world, "c!1").fail, FAIL_SIGN_IN);
	world_close(&world);
}
END_TEST

static int count_idle(void *arg, const char *name, const struct login *login)
{
	(void)name;
	(void)login;
	(*(int *)arg)++;
	return 0;
}

START_TEST(test_idle_logins_are_due_well_before_30_days)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct error err;
	int count = 0;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	struct instant now = loop_now(world.loop);
	now.boot_ms += INT64_C(6) * 86400000;
	now.wall_ms += INT64_C(6) * 86400000;
	ck_assert_int_eq(
		keeper_each_idle(&world.ops, now, clock_boot_id(world.clock),
			count_idle, &count, &err),
		0);
	ck_assert_int_eq(count, 0);
	now.boot_ms += INT64_C(2) * 86400000;
	now.wall_ms += INT64_C(2) * 86400000;
	ck_assert_int_eq(
		keeper_each_idle(&world.ops, now, clock_boot_id(world.clock),
			count_idle, &count, &err),
		0);
	ck_assert_int_eq(count, 1);
	world_close(&world);
}
END_TEST

static int see_listing(void *arg, const struct vault_adapter_listing *listing,
	const struct error *problem)
{
	ck_assert_ptr_null(problem);
	ck_assert_str_eq(listing->user, "Jan");
	ck_assert_str_eq(listing->state, "alive");
	ck_assert_str_eq(listing->region, "nl");
	ck_assert_uint_eq(listing->requests_today, 1);
	(*(int *)arg)++;
	return 0;
}

START_TEST(test_the_list_shows_logins_and_no_consents)
{
	struct world world;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct vault_adapter_listing listing;
	struct error err;
	int count = 0;

	world_open(&world);
	world_sign_in(&world, &world_jan, name);
	ck_assert_int_eq(world_exchange(&world, "c!2").fail, 0);
	ck_assert_int_eq(vault_adapter_each(world.vault, loop_now(world.loop),
				 see_listing, &count, &err),
		0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(vault_adapter_find(world.vault, name,
				 loop_now(world.loop), &listing, &err),
		0);
	ck_assert_int_eq(
		vault_adapter_remove(world.vault, listing.id, &err), 0);
	ck_assert_int_eq(vault_adapter_find(world.vault, listing.id,
				 loop_now(world.loop), &listing, &err),
		FAIL_INPUT);
	world_close(&world);
}
END_TEST

TCase *check_keeper_consent(void)
{
	TCase *tests = tcase_create("consent");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, test_a_second_consent_joins_the_same_chain);
	tcase_add_test(tests, test_a_consent_brings_a_dead_login_back);
	tcase_add_test(tests, test_two_users_are_two_logins);
	tcase_add_test(
		tests, test_an_orphaned_consent_is_found_and_joined_once);
	tcase_add_test(
		tests, test_a_consent_older_than_the_last_one_is_dropped);
	tcase_add_test(tests,
		test_the_later_consent_wins_whatever_the_wall_clock_does);
	tcase_add_test(
		tests, test_an_earlier_boots_consent_never_replaces_this_boots);
	tcase_add_test(tests, test_a_bad_code_leaves_nothing_behind);
	tcase_add_test(tests, test_idle_logins_are_due_well_before_30_days);
	tcase_add_test(tests, test_the_list_shows_logins_and_no_consents);
	return tests;
}
