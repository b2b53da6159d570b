/* Checklist items 2 and 3, consent, and what a consent covers. */
#include "core_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLBACK "https%3A%2F%2Fexact.codat.io%2Foauth%2Fcallback"

static int ask(struct world *world, const char *client_id,
	const char *redirect_uri, const char *response_type)
{
	char target[1024];

	snprintf(target, sizeof(target),
		"/api/oauth2/auth?client_id=%s&redirect_uri=%s&"
		"response_type=%s&state=a%%22%%26%%3Cb",
		client_id, redirect_uri, response_type);
	return world_get(world, target, NULL);
}

START_TEST(test_an_unknown_client_gets_a_page_and_no_redirect)
{
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	ck_assert_int_eq(ask(&world, "nobody", CALLBACK, "code"), 401);
	ck_assert_ptr_null(world_header(&world, "Location"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_redirect_uri_that_is_not_registered_is_refused)
{
	static const char *const wrong[] = {
		"https%3A%2F%2Fexact.codat.io%2Foauth%2Fcallback%2F",
		"https%3A%2F%2Fexact.codat.io%2Foauth",
		"https%3A%2F%2Fevil.example%2Foauth%2Fcallback",
		"http%3A%2F%2F127.0.0.1.evil.example%2F",
		"http%3A%2F%2Flocalhost%40evil.example%2F",
		"http%3A%2F%2F127.0.0.1%3A80%40evil.example%2F",
		"http%3A%2F%2F127.0.0.1%3A8080",
		"http%3A%2F%2F127.0.0.1%2Fa%0D%0AX%3A1",
		"",
	};
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_eq(
			ask(&world, world_nl[0], wrong[i], "code"), 401);
		ck_assert_ptr_null(world_header(&world, "Location"));
	}
	ck_assert_int_eq(ask(&world, world_nl[0],
				 "http%3A%2F%2F127.0.0.1%3A8080%2Fcb", "code"),
		302);
	ck_assert_int_eq(
		ask(&world, world_nl[0], "http%3A%2F%2Flocalhost%2F", "code"),
		302);
	world_close(&world);
}
END_TEST

START_TEST(test_a_response_type_other_than_code_is_an_error_at_the_receiver)
{
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	ck_assert_int_eq(ask(&world, world_nl[0], CALLBACK, "token"), 302);
	ck_assert_str_eq(world_header(&world, "Location"), SANDBOX_REDIRECT_URI
		"?error=unsupported_response_type&state=a%22%26%3Cb");
	world_close(&world);
}
END_TEST

START_TEST(test_a_code_holds_an_exclamation_mark_that_travels_encoded)
{
	struct world world;
	char code[512];

	world_init(&world);
	world_open(&world, 0);
	world_code(&world, world_nl, code);
	ck_assert_ptr_nonnull(strstr(code, "%21"));
	ck_assert_ptr_null(strchr(code, '!'));
	ck_assert_ptr_nonnull(
		strstr(world_header(&world, "Location"), "&state=st%20ate"));
	world_close(&world);
}
END_TEST

START_TEST(test_a_target_that_would_not_fit_in_the_reply_is_refused)
{
	struct world world;
	char state[1200];

	world_init(&world);
	world_open(&world, 0);
	memset(state, 0, sizeof(state));
	memset(state, '%', 3);
	for (size_t i = 0; i < 390; i++)
		memcpy(state + i * 3, "%20", 3);
	char target[2048];

	snprintf(target, sizeof(target),
		"/api/oauth2/auth?client_id=%s&redirect_uri=%s"
		"&response_type=code&state=%s",
		world_nl[0], CALLBACK, state);
	ck_assert_int_eq(world_get(&world, target, NULL), 400);
	ck_assert_ptr_null(world_header(&world, "Location"));
	world_close(&world);
}
END_TEST

START_TEST(test_without_auto_consent_a_page_asks_and_escapes_what_it_shows)
{
	struct world world;

	world_init(&world);
	world.options.auto_consent = false;
	world_open(&world, 2);
	ck_assert_int_eq(ask(&world, world_nl[0], CALLBACK, "code"), 200);
	ck_assert_ptr_nonnull(
		strstr(world_header(&world, "Content-Type"), "text/html"));
	ck_assert_ptr_nonnull(strstr(world_body(&world), "a&quot;&amp;&lt;b"));
	ck_assert_ptr_null(strstr(world_body(&world), "<b\""));
	ck_assert_ptr_nonnull(strstr(world_body(&world), "value=\"100002\""));
	ck_assert_ptr_nonnull(strstr(world_body(&world), "value=\"jan\""));
	world_close(&world);
}
END_TEST

static int answer_page(struct world *world, const char *rest)
{
	char body[1024];

	snprintf(body, sizeof(body),
		"client_id=%s&redirect_uri=%s"
		"&response_type=code&state=s%s",
		world_nl[0], CALLBACK, rest);
	return world_form(world, "/api/oauth2/auth", body);
}

START_TEST(test_the_page_consents_to_the_divisions_that_are_ticked)
{
	struct world world;
	struct world_tokens tokens;
	char code[512];
	const char *location;

	world_init(&world);
	world.options.auto_consent = false;
	world_open(&world, 3);
	ck_assert_int_eq(
		answer_page(&world, "&user=jan&answer=allow&division=100001&"
				    "division=100003"),
		302);
	location = world_header(&world, "Location");
	snprintf(code, sizeof(code), "%.*s",
		(int)strcspn(strstr(location, "code=") + 5, "&"),
		strstr(location, "code=") + 5);
	ck_assert_int_eq(world_redeem(&world, world_nl, code), 200);
	world_tokens(&world, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100002/financial/Journals?$top=1",
			tokens.access),
		403);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100003/financial/Journals?$top=1",
			tokens.access),
		200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_consent_to_nothing_brings_the_page_again)
{
	struct world world;

	world_init(&world);
	world.options.auto_consent = false;
	world_open(&world, 2);
	world_control(&world, "user?name=anna&divisions=100002");
	world_control(&world, "user?name=jan&divisions=100002");
	ck_assert_int_eq(answer_page(&world, "&user=anna&answer=allow"), 400);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "Tick at least one"));
	ck_assert_ptr_nonnull(strstr(world_body(&world), "value=\"100002\""));
	/* Nobody opens this one. */
	ck_assert_ptr_null(strstr(world_body(&world), "value=\"100001\""));
	ck_assert_int_eq(
		answer_page(&world, "&user=anna&answer=allow&division=100001"),
		400);
	ck_assert_int_eq(
		answer_page(&world, "&user=anna&answer=allow&division=100002"),
		302);
	world_close(&world);
}
END_TEST

START_TEST(test_a_denial_reaches_the_receiver_as_access_denied)
{
	struct world world;

	world_init(&world);
	world.options.auto_consent = false;
	world_open(&world, 1);
	ck_assert_int_eq(answer_page(&world, "&user=jan&answer=deny"), 302);
	ck_assert_str_eq(world_header(&world, "Location"),
		SANDBOX_REDIRECT_URI "?error=access_denied&state=s");
	ck_assert_int_eq(answer_page(&world, "&user=eve&answer=allow"), 400);
	world_close(&world);
}
END_TEST

START_TEST(test_the_control_endpoint_says_who_consents_to_what)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 2);
	ck_assert_int_eq(
		world_control(&world, "user?name=anna&divisions=100002"), 200);
	ck_assert_int_eq(world_control(&world, "consent?user=anna"), 200);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/current/Me", tokens.access), 200);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "anna"));
	ck_assert_ptr_nonnull(strstr(world_body(&world), "100002"));
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 403);
	ck_assert_int_eq(
		world_control(&world, "consent?user=jan&divisions=100001"),
		200);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/100002/financial/Journals?$top=1",
			tokens.access),
		403);
	ck_assert_int_eq(world_control(&world, "consent?user=jan&deny=1"), 200);
	ck_assert_int_eq(ask(&world, world_nl[0], CALLBACK, "code"), 302);
	ck_assert_ptr_nonnull(strstr(
		world_header(&world, "Location"), "error=access_denied"));
	world_close(&world);
}
END_TEST

START_TEST(test_one_user_has_another_id_in_each_region)
{
	struct world world;
	struct world_tokens nl;
	struct world_tokens uk;
	char id[2][64];

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &nl);
	world_login(&world, world_uk, &uk);
	ck_assert_int_eq(
		world_get(&world, "/api/v1/current/Me", nl.access), 200);
	world_member(&world, "UserID", id[0], sizeof(id[0]));
	ck_assert_int_eq(
		world_get(&world, "/api/v1/current/Me", uk.access), 200);
	world_member(&world, "UserID", id[1], sizeof(id[1]));
	ck_assert_str_ne(id[0], id[1]);
	ck_assert_uint_eq(strlen(id[0]), 36);
	world_close(&world);
}
END_TEST

START_TEST(test_a_division_pinned_to_one_region_is_closed_to_the_other_app)
{
	struct world world;
	struct world_tokens nl;
	struct world_tokens uk;
	struct error err;
	char path[512];

	world_init(&world);
	world_open(&world, 0);
	snprintf(path, sizeof(path), "%s/tests/sandbox/core_ledger.txt",
		getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	ck_assert_int_eq(sandbox_add_ledger(world.sandbox, path, SANDBOX_UK,
				 world.now, NULL, &err),
		0);
	world_login(&world, world_nl, &nl);
	world_login(&world, world_uk, &uk);
	ck_assert_int_eq(world_get(&world, JOURNALS, nl.access), 403);
	ck_assert_int_eq(world_get(&world, JOURNALS, uk.access), 200);
	world_close(&world);
}
END_TEST

TCase *core_login_case(void)
{
	TCase *tcase = tcase_create("login");

	tcase_add_test(
		tcase, test_an_unknown_client_gets_a_page_and_no_redirect);
	tcase_add_test(
		tcase, test_a_redirect_uri_that_is_not_registered_is_refused);
	tcase_add_test(tcase,
		test_a_response_type_other_than_code_is_an_error_at_the_receiver);
	tcase_add_test(tcase,
		test_a_code_holds_an_exclamation_mark_that_travels_encoded);
	tcase_add_test(tcase,
		test_a_target_that_would_not_fit_in_the_reply_is_refused);
	tcase_add_test(tcase,
		test_without_auto_consent_a_page_asks_and_escapes_what_it_shows);
	tcase_add_test(
		tcase, test_the_page_consents_to_the_divisions_that_are_ticked);
	tcase_add_test(tcase, test_a_consent_to_nothing_brings_the_page_again);
	tcase_add_test(
		tcase, test_a_denial_reaches_the_receiver_as_access_denied);
	tcase_add_test(
		tcase, test_the_control_endpoint_says_who_consents_to_what);
	tcase_add_test(tcase, test_one_user_has_another_id_in_each_region);
	tcase_add_test(tcase,
		test_a_division_pinned_to_one_region_is_closed_to_the_other_app);
	return tcase;
}
