/* Checklist items 13, 14, 18, 37, 44 and 45: what an API call meets. */
#include "core_world.h"

#include <stdio.h>
#include <string.h>

#define ME            "/api/v1/current/Me"
#define DIVISION_TEXT "Forbidden - User division is not within division scope."

START_TEST(test_no_token_is_an_empty_401)
{
	struct world world;

	world_init(&world);
	world_open(&world, 1);
	ck_assert_int_eq(world_get(&world, JOURNALS, NULL), 401);
	ck_assert_uint_eq(world.reply.body.len, 0);
	ck_assert_ptr_nonnull(world_header(&world, "WWW-Authenticate"));
	ck_assert_ptr_null(world_header(&world, "X-RateLimit-Remaining"));
	ck_assert_int_eq(
		world_get(&world, JOURNALS, "stampNL001.00000000."), 401);
	ck_assert_int_eq(world_get(&world, JOURNALS, ""), 401);
	world_close(&world);
}
END_TEST

START_TEST(test_a_refresh_token_opens_no_door)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.refresh), 401);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.access), 400);
	world_close(&world);
}
END_TEST

START_TEST(test_a_division_of_another_user_is_403_and_one_of_nobody_404)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 2);
	world_control(&world, "user?name=anna&divisions=100002");
	world_control(&world, "consent?user=anna");
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 403);
	ck_assert_ptr_nonnull(strstr(world_body(&world), DIVISION_TEXT));
	ck_assert_int_eq(world_get(&world, "/api/v1/999999/financial/Journals",
				 tokens.access),
		404);
	ck_assert_ptr_null(strstr(world_body(&world), DIVISION_TEXT));
	ck_assert_int_eq(world_get(&world, "/api/v1/-1/financial/Journals",
				 tokens.access),
		404);
	ck_assert_int_eq(
		world_get(&world, "/api/v1//financial/Journals", tokens.access),
		404);
	world_close(&world);
}
END_TEST

START_TEST(test_a_scope_that_is_missing_is_named)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, LINES, tokens.access), 200);
	ck_assert_int_eq(world_control(&world,
				 "scopes?app=nl&list=financial.generalledgers"),
		200);
	ck_assert_int_eq(world_get(&world, LINES, tokens.access), 403);
	ck_assert_ptr_nonnull(strstr(world_body(&world),
		"Forbidden - Application Scope Violated. Cannot read "
		"'financial.accounting' scope."));
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_the_entity_has_one_spelling_and_the_service_any)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100001/FINANCIAL/Journals?$top=1",
			tokens.access),
		200);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100001/financial/journals?$top=1",
			tokens.access),
		404);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/Current/Me", tokens.access), 200);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/current/me", tokens.access), 404);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100001", tokens.access), 404);
	ck_assert_int_eq(world_get(&world, "/elsewhere", tokens.access), 404);
	world_close(&world);
}
END_TEST

START_TEST(test_a_wrong_method_is_405_and_says_which_are_right)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_send(&world, "DELETE", LINES, tokens.access,
				 "application/json"),
		405);
	ck_assert_ptr_nonnull(strstr(world_header(&world, "Allow"), "GET"));
	ck_assert_int_eq(world_send(&world, "POST", ME, tokens.access,
				 "application/json"),
		405);
	world_close(&world);
}
END_TEST

START_TEST(test_without_accept_json_the_answer_is_atom_and_xml_is_refused)
{
	static const char *const atom[] = { NULL, "*/*",
		"application/atom+xml" };
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(world_send(&world, "GET", JOURNALS,
					 tokens.access, atom[i]),
			200);
		ck_assert_ptr_nonnull(
			strstr(world_header(&world, "Content-Type"), "xml"));
	}
	ck_assert_int_eq(world_send(&world, "GET", JOURNALS, tokens.access,
				 "application/xml"),
		415);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_ptr_nonnull(
		strstr(world_header(&world, "Content-Type"), "json"));
	world_close(&world);
}
END_TEST

START_TEST(test_every_reply_has_cookies_nosniff_and_a_date)
{
	static const char *const targets[] = { JOURNALS, ME, "/elsewhere",
		"/api/oauth2/auth", "/%zz" };
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (size_t i = 0; i < 5; i++) {
		world_get(&world, targets[i], tokens.access);
		ck_assert_ptr_nonnull(strstr(
			world_header(&world, "Set-Cookie"), "SessionId"));
		ck_assert_str_eq(world_header(&world, "X-Content-Type-Options"),
			"nosniff");
		ck_assert_str_eq(world_header(&world, "Date"),
			"Fri, 12 May 2023 08:18:25 GMT");
	}
	world_close(&world);
}
END_TEST

START_TEST(test_current_division_follows_the_user)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 2);
	world_login(&world, world_nl, &tokens);
	world_get(&world, ME, tokens.access);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"CurrentDivision\":100001"));
	world_control(&world, "current?user=jan&division=100002");
	world_get(&world, ME, tokens.access);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"CurrentDivision\":100002"));
	world_close(&world);
}
END_TEST

START_TEST(test_pages_can_be_made_smaller)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.page_size = 2;
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, LINES, tokens.access), 200);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "\"__next\""));
	world_close(&world);
	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, LINES, tokens.access), 200);
	ck_assert_ptr_null(strstr(world_body(&world), "\"__next\""));
	world_close(&world);
}
END_TEST

START_TEST(test_the_division_list_can_answer_through_a_closed_division)
{
	static const char list[] = "/api/v1/100001/system/Divisions?$select="
				   "Code";

	for (int open = 0; open < 2; open++) {
		struct world world;
		struct world_tokens tokens;

		world_init(&world);
		world.options.open_division_list = open == 1;
		world_open(&world, 2);
		world_control(&world, "consent?user=jan&divisions=100002");
		world_login(&world, world_nl, &tokens);
		ck_assert_int_eq(world_get(&world, list, tokens.access),
			open == 1 ? 200 : 403);
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 403);
		ck_assert_int_eq(world_get(&world, "/api/v1/7/system/Divisions",
					 tokens.access),
			404);
		world_close(&world);
	}
}
END_TEST

START_TEST(test_an_address_over_6000_characters_is_refused)
{
	char target[8192];
	struct world world;
	struct world_tokens tokens;
	size_t room;

	world_init(&world);
	world_open(&world, 1);
	sandbox_set_base_url(world.sandbox, "http://127.0.0.1:4711");
	world_login(&world, world_nl, &tokens);
	snprintf(target, sizeof(target), "%s&x=", JOURNALS);
	room = 6000 - strlen("http://127.0.0.1:4711") - strlen(target);
	memset(target + strlen(target), 'y', room + 1);
	target[6000 - strlen("http://127.0.0.1:4711")] = '\0';
	ck_assert_int_eq(world_get(&world, target, tokens.access), 200);
	strncat(target, "y", 2);
	ck_assert_int_eq(world_get(&world, target, tokens.access), 414);
	world_close(&world);
}
END_TEST

START_TEST(test_a_count_is_plain_text_for_who_accepts_that)
{
	static const char count[] = "/api/v1/100001/financial/Journals/$count";
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(
		world_send(&world, "GET", count, tokens.access, "text/plain"),
		200);
	ck_assert_ptr_nonnull(
		strstr(world_header(&world, "Content-Type"), "text/plain"));
	ck_assert_int_eq(world_send(&world, "GET", JOURNALS, tokens.access,
				 "text/plain"),
		415);
	world_close(&world);
}
END_TEST

START_TEST(test_current_me_heeds_its_options)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(
		world_get(&world, ME "?$select=CurrentDivision", tokens.access),
		200);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "},\"CurrentDivision\""
							 ":100001}]}}"));
	ck_assert_int_eq(
		world_get(&world, ME "?$select=Nonsense", tokens.access), 400);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "{\"error\":"));
	world_close(&world);
}
END_TEST

START_TEST(test_all_divisions_are_those_of_the_region)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 2);
	world_control(&world, "user?name=anna&divisions=100002");
	world_control(&world, "consent?user=anna");
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world,
				 "/api/v1/100002/system/AllDivisions?$select="
				 "Code",
				 tokens.access),
		200);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "\"Code\":100001"));
	ck_assert_int_eq(world_get(&world,
				 "/api/v1/100002/system/Divisions?$select=Code",
				 tokens.access),
		200);
	ck_assert_ptr_null(strstr(world_body(&world), "\"Code\":100001"));
	world_close(&world);
}
END_TEST

/* All that one world says: each reply's status, headers and body. */
static void tell(uint64_t seed, struct buf *ret)
{
	static const char *const targets[] = { JOURNALS, LINES, ME,
		"/api/v1/100001/system/Divisions", "/api/v1/9/x/Y",
		"/api/v1/100001/crm/Accounts?$top=2&$orderby=Name",
		"/api/v1/100001/sync/Deleted?$filter=Timestamp+gt+1L",
		"/api/v1/100001/crm/Accounts?$select=Nonsense" };
	static const char *const acts[] = { "change?division=100001&count=2",
		"delete?division=100001&count=1",
		"insert?division=100001&count=2", "move?division=100001" };
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.seed = seed;
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (size_t act = 0; act < 4; act++) {
		for (size_t i = 0; i < 8; i++) {
			world_get(&world, targets[i], tokens.access);
			buf_printf(ret, "%d\n", world.reply.status);
			for (size_t j = 0; j < world.reply.header_count; j++)
				buf_printf(ret, "%s: %s\n",
					world.reply.headers[j].name,
					world.reply.headers[j].value);
			buf_append(ret, world.reply.body.data,
				world.reply.body.len);
		}
		world_control(&world, "%s", acts[act]);
		buf_append(ret, world.reply.body.data, world.reply.body.len);
		world_advance(&world, 61000);
	}
	buf_append(ret, world.lines.data, world.lines.len);
	buf_append(ret, world.secrets.data, world.secrets.len);
	world_close(&world);
}

START_TEST(test_the_same_seed_and_requests_give_the_same_bytes)
{
	static const uint64_t seeds[3] = { 7, 7, 8 };
	struct buf told[3];

	for (size_t i = 0; i < 3; i++) {
		buf_init(&told[i], 1 << 20);
		tell(seeds[i], &told[i]);
		ck_assert(!buf_failed(&told[i]));
		ck_assert_uint_gt(told[i].len, 20000);
	}
	ck_assert_uint_eq(told[0].len, told[1].len);
	ck_assert_int_eq(memcmp(told[0].data, told[1].data, told[0].len), 0);
	ck_assert_str_ne(told[0].data, told[2].data);
	for (size_t i = 0; i < 3; i++)
		buf_free(&told[i]);
}
END_TEST

START_TEST(test_the_whole_ledger_at_once_takes_too_long_where_that_is_set)
{
	static const struct {
		const char *target;
		int status;
	} rows[] = {
		{ "financialtransaction/TransactionLines?$select=ID", 408 },
		{ "bulk/Financial/TransactionLines?$select=ID", 408 },
		{ "bulk/Financial/TransactionLines?$select=ID&$filter="
		  "FinancialYear%20eq%202025",
			200 },
		{ "sync/Financial/TransactionLines?$select=ID", 200 },
	};
	struct world world;
	struct world_tokens tokens;

	for (int on = 0; on < 2; on++) {
		world_init(&world);
		world.options.broad_408 = on == 1;
		world_open(&world, 1);
		world_login(&world, world_nl, &tokens);
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			char target[128];
			snprintf(target, sizeof(target), "/api/v1/100001/%s",
				rows[i].target);
			ck_assert_int_eq(
				world_get(&world, target, tokens.access),
				on == 1 ? rows[i].status : 200);
		}
		world_close(&world);
	}
}
END_TEST

TCase *core_api_case(void)
{
	TCase *tcase = tcase_create("api");

	tcase_add_test(tcase, test_no_token_is_an_empty_401);
	tcase_add_test(tcase, test_a_refresh_token_opens_no_door);
	tcase_add_test(tcase,
		test_a_division_of_another_user_is_403_and_one_of_nobody_404);
	tcase_add_test(tcase, test_a_scope_that_is_missing_is_named);
	tcase_add_test(
		tcase, test_the_entity_has_one_spelling_and_the_service_any);
	tcase_add_test(
		tcase, test_a_wrong_method_is_405_and_says_which_are_right);
	tcase_add_test(tcase,
		test_without_accept_json_the_answer_is_atom_and_xml_is_refused);
	tcase_add_test(tcase, test_every_reply_has_cookies_nosniff_and_a_date);
	tcase_add_test(tcase, test_current_division_follows_the_user);
	tcase_add_test(tcase, test_pages_can_be_made_smaller);
	tcase_add_test(tcase,
		test_the_division_list_can_answer_through_a_closed_division);
	tcase_add_test(tcase, test_an_address_over_6000_characters_is_refused);
	tcase_add_test(tcase, test_a_count_is_plain_text_for_who_accepts_that);
	tcase_add_test(tcase, test_current_me_heeds_its_options);
	tcase_add_test(tcase, test_all_divisions_are_those_of_the_region);
	tcase_add_test(
		tcase, test_the_same_seed_and_requests_give_the_same_bytes);
	tcase_add_test(tcase,
		test_the_whole_ledger_at_once_takes_too_long_where_that_is_set);
	return tcase;
}
