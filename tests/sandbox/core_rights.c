/* Rights below the app's scopes, and lists that hold nothing. */
#include "core_world.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/odata.h"

#define ITEMS "/api/v1/100001/logistics/Items?$select=ID&$top=1"

static struct world world;
static struct world_tokens tokens;

static void open_two(void)
{
	world_init(&world);
	world_open(&world, 2);
	world_login(&world, world_nl, &tokens);
}

static void close_both(void)
{
	world_close(&world);
}

static int get(const char *target)
{
	return world_get(&world, target, tokens.access);
}

START_TEST(test_a_right_taken_from_a_user_is_a_plain_403_there_alone)
{
	ck_assert_int_eq(
		world_control(&world, "rights?user=jan&scope=financial."
				      "generalledgers&take=1"),
		200);
	ck_assert_int_eq(get(JOURNALS), 403);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"value\":\"Forbidden\""));
	ck_assert_int_eq(get(LINES), 200);
	ck_assert_int_eq(
		world_control(&world, "rights?user=jan&scope=financial."
				      "generalledgers&take=0"),
		200);
	ck_assert_int_eq(get(JOURNALS), 200);
}
END_TEST

START_TEST(test_a_module_is_missing_in_one_company_and_for_all_users)
{
	ck_assert_int_eq(
		world_control(&world, "rights?division=100001&scope=logistics."
				      "items,sales.orders"),
		200);
	ck_assert_int_eq(get(ITEMS), 403);
	ck_assert_int_eq(
		get("/api/v1/100001/salesorder/SalesOrders?$top=1"), 403);
	ck_assert_int_eq(get("/api/v1/100002/logistics/Items?$top=1"), 200);
}
END_TEST

START_TEST(test_a_missing_right_can_answer_200_with_nothing)
{
	world_control(&world,
		"rights?user=jan&scope=financial.accounting,financial."
		"generalledgers&empty=1");
	ck_assert_int_eq(get(LINES), 200);
	ck_assert_str_eq(world_body(&world), "{\"d\":{\"results\":[]}}");
	ck_assert_int_eq(get(JOURNALS), 200);
	ck_assert_str_eq(world_body(&world), "{\"d\":{\"results\":[]}}");
	ck_assert_int_eq(world_control(&world, "rights?empty=0"), 200);
	ck_assert_int_eq(get(LINES), 403);
}
END_TEST

START_TEST(test_the_scope_is_judged_before_the_right)
{
	world_control(&world, "scopes?app=nl&list=crm.accounts");
	world_control(&world, "rights?user=jan&scope=logistics.items");
	ck_assert_int_eq(get(ITEMS), 403);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "Cannot read 'logistics.items'"));
}
END_TEST

START_TEST(test_rights_of_nobody_or_without_end_are_refused)
{
	char many[900] = "";

	ck_assert_int_eq(
		world_control(&world, "rights?scope=logistics.items"), 400);
	ck_assert_int_eq(
		world_control(&world, "rights?user=nobody&scope=x"), 400);
	ck_assert_int_eq(
		world_control(&world, "rights?user=jan&scope=x,,y"), 400);
	for (int i = 0; i < 200; i++)
		snprintf(many + strlen(many), sizeof(many) - strlen(many),
			"%03d,", i);
	ck_assert_int_eq(
		world_control(&world, "rights?user=jan&scope=%s", many), 200);
	ck_assert_int_eq(
		world_control(&world, "rights?division=100001&scope=%s", many),
		400);
	ck_assert_int_eq(
		world_control(&world, "rights?user=jan&scope=%s", many), 200);
}
END_TEST

START_TEST(test_a_list_that_holds_nothing_still_knows_its_properties)
{
	char target[256];
	int lists = 0;

	ck_assert_int_eq(world_control(&world, "limits?minute=1000"), 200);
	for (const struct odata_entity *entity = odata_entities; entity->path;
		entity++) {
		snprintf(target, sizeof(target), "/api/v1/100001/%s?$top=60",
			entity->path);
		if (get(target) != 200 ||
			strcmp(world_body(&world), "{\"d\":[]}") != 0)
			continue;
		lists++;
		snprintf(target, sizeof(target),
			"/api/v1/100001/%s?$select=Nonesuch", entity->path);
		ck_assert_int_eq(get(target), 400);
	}
	ck_assert_int_ge(lists, 1);
	ck_assert_int_eq(get("/api/v1/100001/read/financial/ReceivablesList?"
			     "$select=HID,Amount,DueDate"),
		200);
	ck_assert_int_eq(get(ITEMS), 200);
}
END_TEST

TCase *core_rights_case(void)
{
	TCase *tcase = tcase_create("rights");

	tcase_add_checked_fixture(tcase, open_two, close_both);
	tcase_add_test(tcase,
		test_a_right_taken_from_a_user_is_a_plain_403_there_alone);
	tcase_add_test(tcase,
		test_a_module_is_missing_in_one_company_and_for_all_users);
	tcase_add_test(tcase, test_a_missing_right_can_answer_200_with_nothing);
	tcase_add_test(tcase, test_the_scope_is_judged_before_the_right);
	tcase_add_test(tcase, test_rights_of_nobody_or_without_end_are_refused);
	tcase_add_test(tcase,
		test_a_list_that_holds_nothing_still_knows_its_properties);
	return tcase;
}
