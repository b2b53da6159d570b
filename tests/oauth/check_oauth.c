/*
 * Going out and coming back: keys, the authorise URL, what a browser brings,
 * and every answer of the token endpoint.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "oauth/authorize.h"
#include "oauth/callback.h"
#include "oauth/credentials.h"
#include "oauth/login.h"
#include "oauth/token.h"

#define BOOT  "11111111-1111-1111-1111-111111111111"
#define OTHER "22222222-2222-2222-2222-222222222222"

static const struct credentials good = {
	.region = "nl",
	.base_url = "https://start.exactonline.nl",
	.client_id = "a1b2-c3",
	.client_secret = "s3cr=t!",
	.redirect_uri = "https://me.example/oauth/callback",
};

static char home[64], dir[96];
static struct instant now;

static void set_up(void)
{
	snprintf(home, sizeof(home), "/tmp/oauth-check-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	snprintf(dir, sizeof(dir), "%s/pending", home);
	now = (struct instant){ 5000000, 1795253400000 };
}

static void tear_down(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", home, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
}

/* ---- keys ------------------------------------------------------------ */

START_TEST(test_keys_with_blanks_are_refused_by_region_and_never_shown)
{
	static const char *const bad[] = { "", "a b", "ab ", " ab", "a\tb",
		"ab\n", "a\xc2\xa0", "a\x7f" };
	struct credentials keys = good;
	struct error err;

	ck_assert_int_eq(credentials_check(&keys, &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		keys = good;
		keys.region = "uk";
		keys.client_secret = bad[i];
		ck_assert_int_eq(credentials_check(&keys, &err), FAIL_CONFIG);
		ck_assert_ptr_nonnull(strstr(err.text, "region uk"));
		ck_assert_ptr_nonnull(strstr(err.text, "client secret"));
		ck_assert_ptr_nonnull(strstr(err.text, "App Center"));
		ck_assert(bad[i][0] == '\0' || !strstr(err.text, bad[i]));
		keys = good;
		keys.client_id = bad[i];
		ck_assert_int_eq(credentials_check(&keys, &err), FAIL_CONFIG);
		ck_assert_ptr_nonnull(strstr(err.text, "client id"));
	}
	keys = good;
	keys.client_secret = "two words";
	ck_assert_int_eq(credentials_check(&keys, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "contains a space"));
	keys = good;
	keys.base_url = "start.exactonline.nl";
	ck_assert_int_eq(credentials_check(&keys, &err), FAIL_CONFIG);
	keys = good;
	keys.redirect_uri = "https://me.example/a b";
	ck_assert_int_eq(credentials_check(&keys, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "redirect_uri"));
}
END_TEST

/* ---- the authorise URL and its state --------------------------------- */

/* Begin, and give back the state that was put in the URL. */
static void begin(const char *region, const char *company, char *ret_state)
{
	struct credentials keys = good;
	struct error err = { 0 };
	struct buf url;

	keys.region = region;
	buf_init(&url, 4096);
	ck_assert_msg(authorize_begin(
			      dir, &keys, company, now, BOOT, &url, &err) == 0,
		"%s", err.text);
	const char *at = strstr(url.data, "&state=");
	ck_assert_ptr_nonnull(at);
	snprintf(ret_state, 64, "%s", at + 7);
	buf_free(&url);
}

static enum callback_verdict come_back(const char *state, const char *code,
	const char *region, const char *company)
{
	struct callback callback = { 0 };
	struct authorize_found found;
	enum callback_verdict verdict;
	struct error err = { 0 };

	snprintf(callback.state, sizeof(callback.state), "%s", state);
	snprintf(callback.code, sizeof(callback.code), "%s", code);
	ck_assert_msg(authorize_take(dir, CALLBACK_GOOD, &callback, region,
			      company, now, BOOT, &verdict, &found, &err) == 0,
		"%s", err.text);
	if (verdict == CALLBACK_GOOD) {
		ck_assert(!region || strcmp(found.region, region) == 0);
		ck_assert(!company || strcmp(found.company, company) == 0);
	}
	return verdict;
}

START_TEST(test_the_authorise_url_is_encoded_once)
{
	struct error err;
	struct buf url;

	buf_init(&url, 4096);
	ck_assert_int_eq(
		authorize_begin(dir, &good, "alpha", now, BOOT, &url, &err), 0);
	static const char want[] =
		"https://start.exactonline.nl/api/oauth2/auth?client_id=a1b2-c3"
		"&redirect_uri=https%3A%2F%2Fme.example%2Foauth%2Fcallback"
		"&response_type=code&state=";
	ck_assert_int_eq(strncmp(url.data, want, strlen(want)), 0);
	ck_assert_uint_eq(strlen(url.data + strlen(want)), 43);
	buf_free(&url);
}
END_TEST

START_TEST(test_the_state_itself_is_nowhere_on_the_disk)
{
	char state[64], command[256];
	int status;

	begin("nl", "alpha", state);
	pid_t pid = fork();
	if (pid == 0) {
		snprintf(command, sizeof(command), "%s", state);
		execlp("grep", "grep", "-rqF", "--", command, dir,
			(char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
}
END_TEST

START_TEST(test_a_state_works_once_and_a_second_code_is_told)
{
	char state[64];

	begin("nl", "alpha", state);
	ck_assert_int_eq(
		come_back(state, "code!1", "nl", "alpha"), CALLBACK_GOOD);
	ck_assert_int_eq(
		come_back(state, "code!1", "nl", "alpha"), CALLBACK_REUSED);
	ck_assert_int_eq(come_back(state, "code!2", "nl", "alpha"),
		CALLBACK_SECOND_CODE);
}
END_TEST

START_TEST(test_several_sign_ins_are_pending_at_once)
{
	char first[64], second[64], third[64];

	begin("nl", "alpha", first);
	begin("uk", "beta", second);
	begin("nl", "alpha", third);
	ck_assert_str_ne(first, third);
	ck_assert_int_eq(come_back(third, "c", "nl", "alpha"), CALLBACK_GOOD);
	ck_assert_int_eq(come_back(first, "c", NULL, NULL), CALLBACK_GOOD);
	ck_assert_int_eq(come_back(second, "c", "uk", "beta"), CALLBACK_GOOD);
}
END_TEST

START_TEST(test_a_state_of_another_region_or_company_stays_unused)
{
	char state[64];

	begin("nl", "alpha", state);
	ck_assert_int_eq(
		come_back(state, "c", "uk", "alpha"), CALLBACK_OTHER_REGION);
	ck_assert_int_eq(
		come_back(state, "c", "nl", "beta"), CALLBACK_OTHER_COMPANY);
	ck_assert_int_eq(come_back(state, "c", "nl", "alpha"), CALLBACK_GOOD);
}
END_TEST

START_TEST(test_a_state_lives_ten_minutes)
{
	char state[64], other[64];

	begin("nl", "alpha", state);
	begin("nl", "alpha", other);
	now.boot_ms += 599999;
	now.wall_ms += 599999;
	ck_assert_int_eq(come_back(other, "c", "nl", "alpha"), CALLBACK_GOOD);
	now.boot_ms += 1;
	now.wall_ms += 1;
	ck_assert_int_eq(
		come_back(state, "c", "nl", "alpha"), CALLBACK_EXPIRED);
	/* A wall clock put back does not bring it to life. */
	now.wall_ms -= 3600000;
	ck_assert_int_eq(
		come_back(state, "c", "nl", "alpha"), CALLBACK_EXPIRED);
	/* A day later it is forgotten, at the next beginning. */
	now.boot_ms += 86400000;
	now.wall_ms += 90000000;
	begin("nl", "alpha", other);
	ck_assert_int_eq(
		come_back(state, "c", "nl", "alpha"), CALLBACK_UNKNOWN_STATE);
}
END_TEST

START_TEST(test_states_never_given_out_are_unknown)
{
	char state[64];

	begin("nl", "alpha", state);
	ck_assert_int_eq(
		come_back("short", "c", NULL, NULL), CALLBACK_UNKNOWN_STATE);
	state[3] = state[3] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(
		come_back(state, "c", NULL, NULL), CALLBACK_UNKNOWN_STATE);
	ck_assert_int_eq(
		come_back("../../../../../../etc/passwd/aaaaaaaaaaaaaa", "c",
			NULL, NULL),
		CALLBACK_UNKNOWN_STATE);
}
END_TEST

START_TEST(test_a_denial_uses_the_state_up)
{
	struct callback callback;
	struct authorize_found found;
	enum callback_verdict verdict;
	struct error err;
	char state[64], query[256];

	begin("nl", "alpha", state);
	int len = snprintf(query, sizeof(query),
		"?error=access_denied&error_description=No+%%3Cb%%3E&state=%s",
		state);
	verdict = callback_parse(query, (size_t)len, &callback);
	ck_assert_int_eq(verdict, CALLBACK_DENIED);
	ck_assert_str_eq(callback.words, "No <b>");
	ck_assert_int_eq(authorize_take(dir, verdict, &callback, "nl", "alpha",
				 now, BOOT, &verdict, &found, &err),
		0);
	ck_assert_int_eq(verdict, CALLBACK_DENIED);
	ck_assert_str_eq(found.company, "alpha");
	ck_assert_int_ne(come_back(state, "c", "nl", "alpha"), CALLBACK_GOOD);
}
END_TEST

/* ---- what a browser brings ------------------------------------------- */

START_TEST(test_queries_get_their_own_verdict)
{
	static const struct {
		const char *text;
		enum callback_verdict verdict;
		const char *code;
		const char *state;
	} cases[] = {
		{ "https://a/b?code=st.x%21IA&state=k-_3", CALLBACK_GOOD,
			"st.x!IA", "k-_3" },
		{ "  ?code=a&state=b&extra=1\r\n", CALLBACK_GOOD, "a", "b" },
		{ "code=a%2Bb+c&state=s#frag", CALLBACK_GOOD, "a+b+c", "s" },
		{ "state=s&code=%2521", CALLBACK_GOOD, "%21", "s" },
		{ "code=a&code=b&state=s", CALLBACK_DUPLICATE, "", "" },
		{ "code=a&state=s&state=s", CALLBACK_DUPLICATE, "", "" },
		{ "error=a&error=b&state=s", CALLBACK_DUPLICATE, "", "" },
		{ "code=a%2&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a%&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a%zz&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a%00b&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a%0d%0ab&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a b&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a&error=b&state=s", CALLBACK_MALFORMED, "", "" },
		{ "code=a", CALLBACK_NO_STATE, "", "" },
		{ "code=a&state=", CALLBACK_NO_STATE, "", "" },
		{ "state=s", CALLBACK_NO_CODE, "", "" },
		{ "code=&state=s", CALLBACK_NO_CODE, "", "" },
		{ "code&state=s", CALLBACK_NO_CODE, "", "" },
		{ "", CALLBACK_NO_CODE, "", "" },
		{ "https://me.example/oauth/callback", CALLBACK_NO_CODE, "",
			"" },
		{ "error=server_error&state=s", CALLBACK_ERROR, "", "s" },
	};
	struct callback callback;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum callback_verdict verdict = callback_parse(
			cases[i].text, strlen(cases[i].text), &callback);
		ck_assert_msg(verdict == cases[i].verdict, "%s: %s",
			cases[i].text, callback_name(verdict));
		ck_assert_str_eq(callback.code, cases[i].code);
		ck_assert_str_eq(callback.state, cases[i].state);
	}
}
END_TEST

START_TEST(test_over_long_queries_are_refused)
{
	static char text[2 * CALLBACK_MAX];
	struct callback callback;

	memset(text, 'a', sizeof(text));
	memcpy(text, "code=", 5);
	memcpy(text + CALLBACK_MAX - 8, "&state=s", 8);
	ck_assert_int_eq(callback_parse(text, CALLBACK_MAX, &callback),
		CALLBACK_TOO_LONG); /* the code alone is over its ceiling */
	memcpy(text + 5 + CALLBACK_CODE_MAX, "&state=s", 8);
	ck_assert_int_eq(
		callback_parse(text, 5 + CALLBACK_CODE_MAX + 8, &callback),
		CALLBACK_GOOD);
	ck_assert_uint_eq(strlen(callback.code), CALLBACK_CODE_MAX);
	ck_assert_int_eq(callback_parse(text, CALLBACK_MAX + 1, &callback),
		CALLBACK_TOO_LONG);
}
END_TEST

START_TEST(test_the_page_is_escaped_and_says_what_happened)
{
	struct buf html;

	for (int i = 0; i < CALLBACK_VERDICTS; i++) {
		buf_init(&html, 8192);
		int status = callback_page(
			(enum callback_verdict)i, "a<b", "<script>'\"&", &html);
		ck_assert_int_eq(status, i == CALLBACK_GOOD ? 200 : 400);
		ck_assert(!buf_failed(&html));
		ck_assert_ptr_null(strstr(html.data, "<script"));
		ck_assert_ptr_nonnull(
			strstr(html.data, "&lt;script&gt;&#39;&quot;&amp;"));
		ck_assert_ptr_nonnull(strstr(html.data, "a&lt;b"));
		ck_assert_uint_gt(
			strlen(callback_text((enum callback_verdict)i)), 20);
		ck_assert_uint_gt(
			strlen(callback_name((enum callback_verdict)i)), 3);
		buf_free(&html);
	}
}
END_TEST

/* ---- the token endpoint ---------------------------------------------- */

START_TEST(test_each_value_is_form_encoded_exactly_once)
{
	struct buf body;

	buf_init(&body, 4096);
	token_body(&good, TOKEN_GRANT_CODE, "stamp.a!b%21+c", &body);
	ck_assert_str_eq(body.data,
		"grant_type=authorization_code&code=stamp.a%21b%2521%2Bc"
		"&redirect_uri=https%3A%2F%2Fme.example%2Foauth%2Fcallback"
		"&client_id=a1b2-c3&client_secret=s3cr%3Dt%21");
	buf_free(&body);
	buf_init(&body, 4096);
	token_body(&good, TOKEN_GRANT_REFRESH, "r&t", &body);
	ck_assert_str_eq(body.data,
		"grant_type=refresh_token&refresh_token=r%26t"
		"&client_id=a1b2-c3&client_secret=s3cr%3Dt%21");
	buf_free(&body);
}
END_TEST

static struct token_verdict judge(enum http_outcome outcome, int status,
	const char *body, const char *headers, enum token_grant grant,
	struct token_pair *pair)
{
	struct http_response response;
	struct token_verdict verdict;

	http_response_init(&response, TOKEN_REPLY_MAX);
	response.outcome = outcome;
	response.status = status;
	response.sends = outcome == HTTP_UNSENT ? 0 : 1;
	buf_puts(&response.body, body);
	buf_puts(&response.headers, headers);
	token_judge(&response, &good, grant, "old-refresh", pair, &verdict);
	http_response_free(&response);
	return verdict;
}

START_TEST(test_a_reply_is_taken_in_all_its_spellings)
{
	static const struct {
		const char *body;
		const char *access;
		int64_t expires;
	} cases[] = {
		{ "{\"access_token\":\"a!1\",\"token_type\":\"bearer\","
		  "\"expires_in\":\"600\",\"refresh_token\":\"r!2\"}",
			"a!1", 600 },
		{ "{\"access_token\":\"a!1\",\"token_type\":\"BEARER\","
		  "\"expires_in\":20,\"refresh_token\":\"r!2\",\"x\":[{}]}",
			"a!1", 20 },
		{ "\xef\xbb\xbf {\"refresh_token\":\"r\\u00212\","
		  "\"access_token\":\"a\\u00211\"}",
			"a!1", 600 },
		/* Odd about the rest: the refresh token is kept all the
		 * same. */
		{ "{\"access_token\":\"a!1\",\"token_type\":\"mac\","
		  "\"refresh_token\":\"r!2\"}",
			"", 600 },
		{ "{\"refresh_token\":\"r!2\",\"expires_in\":-5}", "", 600 },
		{ "{\"refresh_token\":\"r!2\",\"access_token\":null,"
		  "\"expires_in\":\"99999999999999999999\"}",
			"", 600 },
		{ "{\"refresh_token\":\"r!2\",\"access_token\":\"a b\"}", "",
			600 },
	};
	struct token_pair pair;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct token_verdict verdict = judge(HTTP_DONE, 200,
			cases[i].body, "", TOKEN_GRANT_REFRESH, &pair);
		ck_assert_int_eq(verdict.result, TOKEN_ROTATED);
		ck_assert_str_eq(pair.refresh, "r!2");
		ck_assert_str_eq(pair.access, cases[i].access);
		ck_assert_int_eq(pair.expires_in_s, cases[i].expires);
	}
}
END_TEST

START_TEST(test_a_whole_pair_in_a_broken_reply_is_not_lost)
{
	static const char body[] =
		"{\"access_token\":\"a1\",\"token_type\":\"bearer\","
		"\"expires_in\":\"600\",\"refresh_token\":\"r2\"}";
	struct token_pair pair;
	char cut[sizeof(body)];

	for (size_t n = 0; n < sizeof(body); n++) {
		memcpy(cut, body, n);
		cut[n] = '\0';
		struct token_verdict verdict = judge(
			HTTP_LOST, 200, cut, "", TOKEN_GRANT_REFRESH, &pair);
		if (n >= sizeof(body) - 2) {
			ck_assert_int_eq(verdict.result, TOKEN_ROTATED);
			ck_assert_str_eq(pair.refresh, "r2");
			ck_assert_str_eq(pair.access, "a1");
		} else {
			ck_assert_int_eq(verdict.result, TOKEN_PASSING);
			ck_assert(!verdict.untouched);
		}
	}
}
END_TEST

START_TEST(test_every_answer_has_its_meaning)
{
	static const struct {
		enum http_outcome outcome;
		int status;
		const char *body, *headers;
		enum token_result result;
		enum login_cause cause;
		bool untouched;
	} cases[] = {
		{ HTTP_DONE, 400,
			"{\"error\":\"access_denied\",\"error_description\":"
			"\"Rate limit exceeded: access_token not expired\"}",
			"", TOKEN_EARLY, 0, true },
		{ HTTP_DONE, 401, "",
			"Reason: TooEarlyToRefreshTokens: Rate limit exceeded: "
			"access_token not expired\n",
			TOKEN_EARLY, 0, true },
		{ HTTP_DONE, 401,
			"{\"error\":\"unauthorized_client\","
			"\"error_description\":\"Old refresh token used.\"}",
			"", TOKEN_FINAL, LOGIN_CAUSE_ELSEWHERE, true },
		{ HTTP_DONE, 400,
			"{\"error\":\"unauthorized_client\","
			"\"error_description\":\"Old refresh token used.\"}",
			"", TOKEN_FINAL, LOGIN_CAUSE_ELSEWHERE, true },
		{ HTTP_DONE, 401,
			"{\"error\":\"invalid_grant\",\"error_description\":"
			"\"Token is not allowed, because of invalid or empty "
			"chainId\"}",
			"", TOKEN_FINAL, LOGIN_CAUSE_CHAIN, true },
		{ HTTP_DONE, 400,
			"{\"error\":\"invalid_request\",\"error_description\":"
			"\"The refresh token expired at 10/11/2022 9:18:20 PM "
			"and it is now 10/28/2022 4:15:50 PM.\"}",
			"", TOKEN_FINAL, LOGIN_CAUSE_EXPIRED, true },
		{ HTTP_DONE, 400, "{\"error\":\"invalid_request\"}", "",
			TOKEN_CONFIGURED, 0, true },
		{ HTTP_DONE, 401, "{\"error\":\"invalid_client\"}", "",
			TOKEN_CONFIGURED, 0, true },
		{ HTTP_DONE, 400,
			"{\"error\":\"invalid_request\",\"error_description\":"
			"\"Signed data extraction has failed\"}",
			"", TOKEN_FINAL, LOGIN_CAUSE_MALFORMED, true },
		{ HTTP_DONE, 403, "<html>no</html>", "", TOKEN_PASSING, 0,
			true },
		{ HTTP_DONE, 400,
			"{\"error\":\"invalid_request\",\"error_description\":"
			"\"something new\"}",
			"", TOKEN_PASSING, 0, true },
		{ HTTP_DONE, 404, "", "", TOKEN_CONFIGURED, 0, true },
		{ HTTP_DONE, 429, "", "", TOKEN_PASSING, 0, true },
		{ HTTP_DONE, 302, "", "", TOKEN_PASSING, 0, true },
		{ HTTP_DONE, 503, "<html>", "", TOKEN_PASSING, 0, false },
		{ HTTP_DONE, 504, "", "", TOKEN_PASSING, 0, false },
		{ HTTP_DONE, 200, "", "", TOKEN_PASSING, 0, false },
		{ HTTP_DONE, 200, "<html>maintenance</html>", "", TOKEN_PASSING,
			0, false },
		{ HTTP_DONE, 200, "[]", "", TOKEN_PASSING, 0, false },
		{ HTTP_UNSENT, 0, "", "", TOKEN_PASSING, 0, true },
		{ HTTP_LOST, 0, "", "", TOKEN_PASSING, 0, false },
		{ HTTP_TIMED_OUT, 0, "", "", TOKEN_PASSING, 0, false },
		{ HTTP_TOO_LARGE, 200, "", "", TOKEN_PASSING, 0, false },
		/* Sent once, the second send was refused: it may have
		 * arrived. */
		{ HTTP_REFUSED, 0, "", "", TOKEN_PASSING, 0, false },
	};
	struct token_pair pair;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct token_verdict verdict = judge(cases[i].outcome,
			cases[i].status, cases[i].body, cases[i].headers,
			TOKEN_GRANT_REFRESH, &pair);
		ck_assert_msg(verdict.result == cases[i].result,
			"case %zu: %d, %s", i, (int)verdict.result,
			verdict.text);
		ck_assert_int_eq(verdict.cause, cases[i].cause);
		ck_assert_msg(verdict.untouched == cases[i].untouched,
			"case %zu: %s", i, verdict.text);
		ck_assert_uint_gt(strlen(verdict.text), 20);
	}
}
END_TEST

START_TEST(test_a_refused_code_is_final_for_the_code)
{
	struct token_pair pair;

	ck_assert_int_eq(judge(HTTP_DONE, 400, "{\"error\":\"what\"}", "",
				 TOKEN_GRANT_CODE, &pair)
				 .result,
		TOKEN_FINAL);
	ck_assert_int_eq(
		judge(HTTP_LOST, 0, "", "", TOKEN_GRANT_CODE, &pair).result,
		TOKEN_FINAL);
	ck_assert_int_eq(judge(HTTP_DONE, 400, "{\"error\":\"invalid_client\"}",
				 "", TOKEN_GRANT_CODE, &pair)
				 .result,
		TOKEN_CONFIGURED);
	/* An access token alone is no login. */
	ck_assert_int_eq(judge(HTTP_DONE, 200, "{\"access_token\":\"a\"}", "",
				 TOKEN_GRANT_CODE, &pair)
				 .result,
		TOKEN_FINAL);
}
END_TEST

START_TEST(test_words_that_repeat_a_secret_are_withheld)
{
	struct token_pair pair;
	struct token_verdict verdict = judge(HTTP_DONE, 400,
		"{\"error\":\"x\",\"error_description\":\"bad old-refresh\"}",
		"", TOKEN_GRANT_REFRESH, &pair);

	ck_assert_ptr_null(strstr(verdict.text, "old-refresh"));
	verdict = judge(HTTP_DONE, 400,
		"{\"error\":\"x\",\"error_description\":\"bad s3cr=t!\"}", "",
		TOKEN_GRANT_REFRESH, &pair);
	ck_assert_ptr_null(strstr(verdict.text, "s3cr=t!"));
	verdict = judge(HTTP_DONE, 400, "", "Reason: bad old-refresh\n",
		TOKEN_GRANT_REFRESH, &pair);
	ck_assert_ptr_null(strstr(verdict.text, "old-refresh"));
}
END_TEST

/* ---- a login's bytes, names and ages --------------------------------- */

START_TEST(test_a_login_survives_its_bytes)
{
	static unsigned char bytes[16336];
	struct login *login = login_new(), *again = login_new();
	struct error err;
	size_t len;

	memset(login->refresh, 'r', LOGIN_REFRESH_MAX);
	memset(login->access, 'a', LOGIN_ACCESS_MAX);
	snprintf(login->id, sizeof(login->id), "nl-jan-3f9c21");
	snprintf(login->full_name, sizeof(login->full_name), "J\xc3\xa9");
	memset(login->cause_text, 'c', sizeof(login->cause_text) - 1);
	memset(login->failure, 'f', sizeof(login->failure) - 1);
	memset(login->host, 'h', sizeof(login->host) - 1);
	memset(login->client_id, 'i', sizeof(login->client_id) - 1);
	memset(login->user, 'u', sizeof(login->user) - 1);
	login->status = LOGIN_ALIVE;
	login->generation = UINT64_MAX;
	login->sent = login_moment(now, BOOT);
	login->chain_refused = true;
	login->doubt = true;
	login->retry_ms = 77;
	ck_assert_int_eq(
		login_encode(login, bytes, sizeof(bytes), &len, &err), 0);
	ck_assert_int_eq(login_decode(bytes, len, again, &err), 0);
	ck_assert_int_eq(memcmp(login, again, sizeof(*login)), 0);
	for (size_t n = 1; n < len; n += 501)
		if (login_decode(bytes, n, again, &err) == 0)
			ck_assert_uint_lt(n, len);
	bytes[0] = 0xff;
	bytes[1] = 0xff; /* a tag of a newer version */
	ck_assert_int_eq(login_decode(bytes, len, again, &err), 0);
	ck_assert_str_eq(again->id, "");
	ck_assert_int_eq(
		login_encode(login, bytes, 12000, &len, &err), FAIL_INPUT);
	login_free(login);
	login_free(again);
}
END_TEST

START_TEST(test_ids_are_for_people_and_stay_legal)
{
	char name[LOGIN_VAULT_NAME_MAX + 1], other[LOGIN_VAULT_NAME_MAX + 1];
	char id[LOGIN_ID_MAX + 1];

	ck_assert_int_eq(login_vault_name("host", "app", "user", name), 0);
	ck_assert_uint_eq(strlen(name), 32);
	ck_assert_int_eq(login_vault_name("host", "appu", "ser", other), 0);
	ck_assert_str_ne(name, other);
	login_make_id("nl", "Jan.de Vries@example.nl", "3f9c21aa", id);
	ck_assert_str_eq(id, "nl-jan.devries-3f9c21");
	login_make_id("uk", "\xe6\x97\xa5", "3f9c21aa", id);
	ck_assert_str_eq(id, "uk-user-3f9c21");
}
END_TEST

START_TEST(test_after_a_reboot_ages_are_judged_with_care)
{
	struct login *login = login_new();
	struct instant then = { 9000000, 1795253400000 };
	char why[LOGIN_TEXT_MAX];

	login->status = LOGIN_ALIVE;
	login->generation = 1;
	login->expires_in_s = 600;
	memcpy(login->access, "a", 2);
	login->sent = login->received = login_moment(then, OTHER);
	/* Up for 30 s, 100 s old by the wall: young enough. */
	now = (struct instant){ 30000, then.wall_ms + 100000 };
	ck_assert(login_usable(login, now, BOOT));
	ck_assert_int_eq(
		login_refresh_from(login, now, BOOT, why), 30000 + 470000);
	/* 540 s: a clock may be a minute off. */
	now.wall_ms = then.wall_ms + 540000;
	ck_assert(!login_usable(login, now, BOOT));
	ck_assert_int_eq(
		login_refresh_from(login, now, BOOT, why), 30000 + 30000);
	/* The wall went back: nothing is known, but the machine is up. */
	now = (struct instant){ 400000, then.wall_ms - 3600000 };
	ck_assert(!login_usable(login, now, BOOT));
	ck_assert_int_eq(
		login_refresh_from(login, now, BOOT, why), 400000 + 170000);
	now.boot_ms = 570000;
	ck_assert_int_le(
		login_refresh_from(login, now, BOOT, why), now.boot_ms);
	/* And a 401 for a token of another boot is no sign of anything. */
	ck_assert(login_old(login, now, BOOT));
	login_free(login);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("oauth");
	TCase *tests = tcase_create("oauth");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests,
		test_keys_with_blanks_are_refused_by_region_and_never_shown);
	tcase_add_test(tests, test_the_authorise_url_is_encoded_once);
	tcase_add_test(tests, test_the_state_itself_is_nowhere_on_the_disk);
	tcase_add_test(
		tests, test_a_state_works_once_and_a_second_code_is_told);
	tcase_add_test(tests, test_several_sign_ins_are_pending_at_once);
	tcase_add_test(
		tests, test_a_state_of_another_region_or_company_stays_unused);
	tcase_add_test(tests, test_a_state_lives_ten_minutes);
	tcase_add_test(tests, test_states_never_given_out_are_unknown);
	tcase_add_test(tests, test_a_denial_uses_the_state_up);
	tcase_add_test(tests, test_queries_get_their_own_verdict);
	tcase_add_test(tests, test_over_long_queries_are_refused);
	tcase_add_test(tests, test_the_page_is_escaped_and_says_what_happened);
	tcase_add_test(tests, test_each_value_is_form_encoded_exactly_once);
	tcase_add_test(tests, test_a_reply_is_taken_in_all_its_spellings);
	tcase_add_test(tests, test_a_whole_pair_in_a_broken_reply_is_not_lost);
	tcase_add_test(tests, test_every_answer_has_its_meaning);
	tcase_add_test(tests, test_a_refused_code_is_final_for_the_code);
	tcase_add_test(tests, test_words_that_repeat_a_secret_are_withheld);
	tcase_add_test(tests, test_a_login_survives_its_bytes);
	tcase_add_test(tests, test_ids_are_for_people_and_stay_legal);
	tcase_add_test(tests, test_after_a_reboot_ages_are_judged_with_care);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
