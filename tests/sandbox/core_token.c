/* Checklist items 3 to 11: the token endpoint. */
#include "core_world.h"

#include <stdio.h>
#include <string.h>

#define OLD_TEXT                                                               \
	"{\"error\":\"unauthorized_client\",\"error_description\":\"Old "      \
	"refresh token used.\"}"
#define EARLY_TEXT                                                             \
	"{\"error\":\"access_denied\",\"error_description\":\"Rate limit "     \
	"exceeded: access_token not expired\"}"
#define CHAIN_TEXT                                                             \
	"{\"error\":\"invalid_grant\",\"error_description\":\"Token is not "   \
	"allowed, because of invalid or empty chainId\"}"
#define ME "/api/v1/current/Me"

START_TEST(test_a_code_lives_until_180_seconds)
{
	struct world world;
	char code[512];

	world_init(&world);
	world_open(&world, 0);
	world_code(&world, world_nl, code);
	world_advance(&world, 179999);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 200);
	world_code(&world, world_nl, code);
	world_advance(&world, 180000);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 400);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "invalid_grant"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_code_works_once_and_its_reuse_harms_nothing)
{
	struct world world;
	struct world_tokens tokens;
	char code[512];

	world_init(&world);
	world_open(&world, 0);
	world_code(&world, world_nl, code);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 200);
	world_tokens(&world, &tokens);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 400);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "invalid_grant"));
	ck_assert_int_eq(world_get(&world, ME, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_code_is_bound_to_its_app_and_its_redirect_uri)
{
	struct world world;
	struct world_tokens uk;
	char code[512];
	char body[2048];

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_uk, &uk);
	world_code(&world, world_nl, code);
	ck_assert_int_eq(world_redeem(&world, world_uk, code), 400);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "not issued to this client"));
	snprintf(body, sizeof(body),
		"grant_type=authorization_code&code=%s&redirect_uri=http%%3A"
		"%%2F%%2Flocalhost%%2F&client_id=%s&client_secret=%s",
		code, world_nl[0], world_nl[1]);
	ck_assert_int_eq(world_form(&world, "/api/oauth2/token", body), 400);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_code_encoded_twice_fails_its_signature)
{
	struct world world;
	char code[512];
	char twice[1024] = "";
	size_t used = 0;

	world_init(&world);
	world_open(&world, 0);
	world_code(&world, world_nl, code);
	for (const char *c = code; *c != '\0'; c++)
		used += (size_t)snprintf(twice + used, sizeof(twice) - used,
			*c == '%' ? "%%25" : "%c", *c);
	ck_assert_int_eq(world_redeem(&world, world_nl, twice), 400);
	ck_assert_ptr_nonnull(strstr(
		world_body(&world), "Signed data extraction has failed"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_wrong_client_is_an_invalid_request)
{
	static const char *const wrong[2][2] = {
		{ "nobody", SANDBOX_NL_CLIENT_SECRET },
		{ SANDBOX_NL_CLIENT_ID, SANDBOX_UK_CLIENT_SECRET }
	};
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(world_refresh(&world, wrong[i], "x"), 400);
		ck_assert_str_eq(
			world_body(&world), "{\"error\":\"invalid_request\"}");
	}
	world_close(&world);
}
END_TEST

START_TEST(test_the_token_endpoint_takes_a_form_body_only)
{
	static const char *const types[] = { "application/json", "text/plain",
		"application/x-www-form-urlencoded; charset=utf-8" };
	struct world world;
	struct world_tokens tokens;
	struct exchange_header header = { .name = "Content-Type" };
	struct exchange_request request = { .method = "POST",
		.target = "/api/oauth2/token",
		.headers = &header,
		.header_count = 1 };
	struct buf body;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 570000);
	buf_init(&body, 8192);
	buf_puts(&body, "grant_type=refresh_token&refresh_token=");
	buf_put_percent(&body, tokens.refresh, strlen(tokens.refresh));
	buf_puts(&body, "&client_id=" SANDBOX_NL_CLIENT_ID
			"&client_secret=" SANDBOX_NL_CLIENT_SECRET);
	request.body = body.data;
	request.body_len = body.len;
	for (size_t i = 0; i < 3; i++) {
		header.value = types[i];
		exchange_reply_free(&world.reply);
		exchange_reply_init(&world.reply, 65536);
		sandbox_handle(
			world.sandbox, &request, world.now, &world.reply);
		ck_assert_int_eq(world.reply.status, i == 2 ? 200 : 400);
		if (i < 2)
			ck_assert_str_eq(world_body(&world),
				"{\"error\":\"invalid_request\"}");
	}
	buf_free(&body);
	ck_assert_int_eq(world_get(&world, "/api/oauth2/token", NULL), 405);
	world_close(&world);
}
END_TEST

START_TEST(test_a_pair_is_shaped_as_the_real_one)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens second;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &first);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"expires_in\":\"600\""));
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"token_type\":\"bearer\""));
	ck_assert_uint_ge(strlen(first.access), 600);
	ck_assert_uint_lt(strlen(first.access), 1300);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 200);
	world_tokens(&world, &second);
	ck_assert_str_ne(first.refresh, second.refresh);
	ck_assert_str_ne(first.access, second.access);
	world_close(&world);
}
END_TEST

START_TEST(test_every_refresh_token_needs_encoding)
{
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct world world;
		struct world_tokens tokens;

		world_init(&world);
		world.options.seed = seed;
		world_open(&world, 0);
		world_login(&world, world_nl, &tokens);
		ck_assert_ptr_nonnull(strchr(tokens.refresh, '!'));
		ck_assert_ptr_nonnull(strchr(tokens.refresh, '+'));
		ck_assert_ptr_nonnull(strchr(tokens.refresh, '/'));
		world_close(&world);
	}
}
END_TEST

START_TEST(test_a_plus_sign_sent_bare_fails_the_signature)
{
	struct world world;
	struct world_tokens tokens;
	char body[4096];

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 570000);
	snprintf(body, sizeof(body),
		"grant_type=refresh_token&refresh_token=%s&client_id=%s&"
		"client_secret=%s",
		tokens.refresh, world_nl[0], world_nl[1]);
	ck_assert_int_eq(world_form(&world, "/api/oauth2/token", body), 400);
	ck_assert_ptr_nonnull(strstr(
		world_body(&world), "Signed data extraction has failed"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_malformed_form_is_an_invalid_request)
{
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	ck_assert_int_eq(world_form(&world, "/api/oauth2/token",
				 "grant_type=refresh_token&refresh_token=%zz&"
				 "client_id=" SANDBOX_NL_CLIENT_ID
				 "&client_secret=" SANDBOX_NL_CLIENT_SECRET),
		400);
	ck_assert_str_eq(world_body(&world), "{\"error\":\"invalid_request\"}");
	world_close(&world);
}
END_TEST

START_TEST(test_a_refresh_before_570_seconds_is_refused_and_harms_nothing)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 569999);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 400);
	ck_assert_str_eq(world_body(&world), EARLY_TEXT);
	ck_assert_str_eq(world_header(&world, "Reason"),
		"TooEarlyToRefreshTokens: Rate limit exceeded: access_token "
		"not expired");
	ck_assert_int_eq(world_get(&world, ME, tokens.access), 200);
	world_advance(&world, 1);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_an_early_refresh_can_be_told_401)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.early_status = 401;
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 401);
	ck_assert_str_eq(world_body(&world), EARLY_TEXT);
	world_close(&world);
}
END_TEST

START_TEST(test_the_refresh_age_follows_the_token_life)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.token_life_s = 45;
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"expires_in\":\"45\""));
	world_advance(&world, 14999);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 400);
	world_advance(&world, 1);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

/* One login, refreshed once: two pairs. */
static void rotate(struct world *world, struct world_tokens *first,
	struct world_tokens *second)
{
	world_login(world, world_nl, first);
	world_advance(world, 570000);
	ck_assert_int_eq(world_refresh(world, world_nl, first->refresh), 200);
	world_tokens(world, second);
}

START_TEST(test_an_old_refresh_token_is_refused_and_the_chain_stays)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens second;

	world_init(&world);
	world_open(&world, 0);
	rotate(&world, &first, &second);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 401);
	ck_assert_str_eq(world_body(&world), OLD_TEXT);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 401);
	ck_assert_int_eq(world_refresh(&world, world_nl, second.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_reuse_can_be_made_to_end_the_chain)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens second;

	world_init(&world);
	world.options.reuse_kills_chain = true;
	world_open(&world, 0);
	rotate(&world, &first, &second);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 401);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, second.refresh), 400);
	ck_assert_str_eq(world_body(&world), CHAIN_TEXT);
	world_close(&world);
}
END_TEST

START_TEST(test_lenient_rotation_keeps_the_old_token_until_the_new_is_used)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens lost;
	struct world_tokens third;

	world_init(&world);
	world.options.lenient_rotation = true;
	world_open(&world, 0);
	rotate(&world, &first, &lost);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 400);
	ck_assert_str_eq(world_body(&world), EARLY_TEXT);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 200);
	world_tokens(&world, &third);
	ck_assert_int_eq(world_get(&world, ME, third.access), 200);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 401);
	ck_assert_int_eq(world_refresh(&world, world_nl, lost.refresh), 401);
	ck_assert_int_eq(world_refresh(&world, world_nl, third.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_lenient_rotation_ends_the_old_token_by_a_refresh_too)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens second;

	world_init(&world);
	world.options.lenient_rotation = true;
	world_open(&world, 0);
	rotate(&world, &first, &second);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, second.refresh), 200);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 401);
	ck_assert_str_eq(world_body(&world), OLD_TEXT);
	world_close(&world);
}
END_TEST

START_TEST(test_a_refresh_token_dies_after_30_days_with_both_dates)
{
	struct world world;
	struct world_tokens tokens;
	char text[128];

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, INT64_C(30) * 86400000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 400);
	world_member(&world, "error", text, sizeof(text));
	ck_assert_str_eq(text, "invalid_request");
	world_member(&world, "error_description", text, sizeof(text));
	ck_assert_str_eq(text, "The refresh token expired at 6/11/2023 "
			       "8:18:25 AM and it is now 6/11/2023 8:18:25 "
			       "AM.");
	world_close(&world);
}
END_TEST

START_TEST(test_a_new_login_ends_the_earlier_chain_of_that_user_and_app)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens other;
	struct world_tokens second;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &first);
	world_login(&world, world_uk, &other);
	world_login(&world, world_nl, &second);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, first.refresh), 400);
	ck_assert_str_eq(world_body(&world), CHAIN_TEXT);
	ck_assert_int_eq(world_get(&world, ME, first.access), 200);
	ck_assert_int_eq(world_refresh(&world, world_nl, second.refresh), 200);
	ck_assert_int_eq(world_refresh(&world, world_uk, other.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_new_login_can_be_made_to_end_old_access_tokens)
{
	struct world world;
	struct world_tokens first;
	struct world_tokens second;

	world_init(&world);
	world.options.login_kills_access = true;
	world_open(&world, 0);
	world_login(&world, world_nl, &first);
	world_login(&world, world_nl, &second);
	ck_assert_int_eq(world_get(&world, ME, first.access), 401);
	ck_assert_int_eq(world_get(&world, ME, second.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_an_access_token_dies_at_600_seconds_with_an_empty_401)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 599999);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_advance(&world, 1);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 401);
	ck_assert_str_eq(world_body(&world), "");
	ck_assert_ptr_nonnull(strstr(world_header(&world, "WWW-Authenticate"),
		"access token expired"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_revoked_consent_ends_access_and_refresh_until_a_new_one)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_control(&world, "revoke?user=jan&app=nl"), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 401);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 400);
	ck_assert_str_eq(world_body(&world), CHAIN_TEXT);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_deactivated_user_is_inactive_everywhere)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_control(&world, "deactivate?user=jan"), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 403);
	ck_assert_str_eq(world_header(&world, "Reason"), "InactiveUser");
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 400);
	ck_assert_int_eq(world_control(&world, "activate?user=jan"), 200);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_token_requests_of_a_day_can_be_limited)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.token_day_limit = 2;
	world.options.refresh_age_s = 0;
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_tokens(&world, &tokens);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 429);
	world_advance(&world, 86400000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_the_same_seed_gives_the_same_tokens)
{
	struct world worlds[3];
	struct world_tokens tokens[3];

	for (size_t i = 0; i < 3; i++) {
		world_init(&worlds[i]);
		worlds[i].options.seed = i == 2 ? 8 : 7;
		world_open(&worlds[i], 0);
		world_login(&worlds[i], world_nl, &tokens[i]);
	}
	ck_assert_str_eq(tokens[0].refresh, tokens[1].refresh);
	ck_assert_str_eq(tokens[0].access, tokens[1].access);
	ck_assert_str_ne(tokens[0].refresh, tokens[2].refresh);
	ck_assert_int_eq(world_get(&worlds[2], ME, tokens[0].access), 401);
	for (size_t i = 0; i < 3; i++)
		world_close(&worlds[i]);
}
END_TEST

TCase *core_token_case(void)
{
	TCase *tcase = tcase_create("token");

	tcase_add_test(tcase, test_a_code_lives_until_180_seconds);
	tcase_add_test(
		tcase, test_a_code_works_once_and_its_reuse_harms_nothing);
	tcase_add_test(
		tcase, test_a_code_is_bound_to_its_app_and_its_redirect_uri);
	tcase_add_test(tcase, test_a_code_encoded_twice_fails_its_signature);
	tcase_add_test(tcase, test_a_wrong_client_is_an_invalid_request);
	tcase_add_test(tcase, test_the_token_endpoint_takes_a_form_body_only);
	tcase_add_test(tcase, test_a_pair_is_shaped_as_the_real_one);
	tcase_add_test(tcase, test_every_refresh_token_needs_encoding);
	tcase_add_test(tcase, test_a_plus_sign_sent_bare_fails_the_signature);
	tcase_add_test(tcase,
		test_a_refresh_before_570_seconds_is_refused_and_harms_nothing);
	tcase_add_test(tcase, test_a_malformed_form_is_an_invalid_request);
	tcase_add_test(tcase, test_an_early_refresh_can_be_told_401);
	tcase_add_test(tcase, test_the_refresh_age_follows_the_token_life);
	tcase_add_test(tcase,
		test_an_old_refresh_token_is_refused_and_the_chain_stays);
	tcase_add_test(tcase, test_reuse_can_be_made_to_end_the_chain);
	tcase_add_test(tcase,
		test_lenient_rotation_keeps_the_old_token_until_the_new_is_used);
	tcase_add_test(tcase,
		test_lenient_rotation_ends_the_old_token_by_a_refresh_too);
	tcase_add_test(
		tcase, test_a_refresh_token_dies_after_30_days_with_both_dates);
	tcase_add_test(tcase,
		test_a_new_login_ends_the_earlier_chain_of_that_user_and_app);
	tcase_add_test(
		tcase, test_a_new_login_can_be_made_to_end_old_access_tokens);
	tcase_add_test(tcase,
		test_an_access_token_dies_at_600_seconds_with_an_empty_401);
	tcase_add_test(tcase,
		test_a_revoked_consent_ends_access_and_refresh_until_a_new_one);
	tcase_add_test(tcase, test_a_deactivated_user_is_inactive_everywhere);
	tcase_add_test(tcase, test_token_requests_of_a_day_can_be_limited);
	tcase_add_test(tcase, test_the_same_seed_gives_the_same_tokens);
	return tcase;
}
