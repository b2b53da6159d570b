/* The control endpoint, the faults, the log and the list of secrets. */
#include "core_world.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/directory.h"

#define ME "/api/v1/current/Me"

START_TEST(test_advancing_moves_the_servers_clock)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world_control(&world, "advance?ms=600000"), 200);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"now\":1683880105000"));
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 401);
	ck_assert_str_eq(
		world_header(&world, "Date"), "Fri, 12 May 2023 08:28:25 GMT");
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_the_servers_clock_can_be_wrong_by_any_amount)
{
	struct world world;

	world_init(&world);
	world_open(&world, 0);
	ck_assert_int_eq(world_control(&world, "skew?ms=-120000"), 200);
	ck_assert_int_eq(world_get(&world, "/x", NULL), 404);
	ck_assert_str_eq(
		world_header(&world, "Date"), "Fri, 12 May 2023 08:16:25 GMT");
	ck_assert_int_eq(world_control(&world, "skew?ms=60000"), 200);
	ck_assert_int_eq(world_get(&world, "/x", NULL), 404);
	ck_assert_str_eq(
		world_header(&world, "Date"), "Fri, 12 May 2023 08:19:25 GMT");
	ck_assert_int_eq(world_control(&world, "skew"), 400);
	world_close(&world);
}
END_TEST

START_TEST(test_headers_can_lie_or_be_missing)
{
	static const struct {
		const char *name;
		const char *header;
		const char *value; /* NULL: absent */
	} rows[] = {
		{ "reset-past", "X-RateLimit-Minutely-Reset", "1683875940000" },
		{ "reset-seconds", "X-RateLimit-Minutely-Reset", "1683879540" },
		{ "reset-far", "X-RateLimit-Reset", "1770336000000" },
		{ "no-rates", "X-RateLimit-Limit", NULL },
		{ "no-date", "Date", NULL },
		{ "date-garbage", "Date", "Yesterday, half past 9" },
	};
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(
			world_control(&world, "fault?name=%s&path=Journals",
				rows[i].name),
			200);
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 200);
		const char *value = world_header(&world, rows[i].header);
		if (!rows[i].value)
			ck_assert_ptr_null(value);
		else
			ck_assert_str_eq(value, rows[i].value);
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 200);
		ck_assert_ptr_nonnull(world_header(&world, rows[i].header));
	}
	world_close(&world);
}
END_TEST

static int take_time(void *arg, int64_t ms)
{
	world_advance(arg, ms);
	return 0;
}

START_TEST(test_a_clock_that_can_be_moved_is_moved_instead)
{
	struct world world;

	world_init(&world);
	world.options.on_advance = take_time;
	world_open(&world, 0);
	ck_assert_int_eq(world_control(&world, "advance?ms=60000"), 200);
	ck_assert_int_eq(world.now.wall_ms, WORLD_START + 60000);
	ck_assert_int_eq(world_get(&world, "/x", NULL), 404);
	ck_assert_str_eq(
		world_header(&world, "Date"), "Fri, 12 May 2023 08:19:25 GMT");
	world_close(&world);
}
END_TEST

START_TEST(test_limits_can_be_set_while_calls_are_on_the_books)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (int i = 0; i < 5; i++)
		world_get(&world, JOURNALS, tokens.access);
	ck_assert_int_eq(world_control(&world, "limits?minute=3"), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 429);
	ck_assert_int_eq(
		world_number(&world, "X-RateLimit-Minutely-Remaining"), 0);
	ck_assert_int_eq(world_control(&world, "limits?minute=6"), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 429);
	world_close(&world);
}
END_TEST

START_TEST(test_bad_orders_are_refused_and_change_nothing)
{
	static const char *const wrong[] = { "advance", "advance?ms=-1",
		"advance?ms=1x", "change?division=100001&count=0",
		"change?division=1", "user", "user?name=a%20b",
		"user?name=b&divisions=5", "consent?user=eve", "revoke",
		"revoke?user=jan&app=de", "limits?minute=0", "fault",
		"fault?name=nonsense", "fault?name=status-99",
		"fault?name=status-1000", "fault?name=reason-",
		"fault?name=reason-a%20b", "deactivate?user=", "move",
		"current?user=jan" };
	struct world world;

	world_init(&world);
	world_open(&world, 1);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(world_control(&world, "%s", wrong[i]) == 400,
			"%s: %d", wrong[i], world.reply.status);
		ck_assert_ptr_nonnull(
			strstr(world_body(&world), "{\"error\":\""));
	}
	ck_assert_int_eq(world_control(&world, "nothing"), 404);
	ck_assert_int_eq(world_get(&world, "/control/advance?ms=1", NULL), 405);
	ck_assert_int_eq(world_get(&world, "/control/clock", NULL), 200);
	ck_assert_ptr_nonnull(
		strstr(world_body(&world), "\"now\":1683879505000"));
	world_close(&world);
}
END_TEST

START_TEST(test_control_can_be_shut)
{
	struct world world;

	world_init(&world);
	world.options.control = false;
	world_open(&world, 1);
	ck_assert_int_eq(world_control(&world, "advance?ms=1"), 404);
	world_close(&world);
}
END_TEST

START_TEST(test_rows_can_change_between_two_pages)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(
		world_control(&world, "insert?division=100001&count=2"), 200);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "\"ids\":[\""));
	ck_assert_int_eq(
		world_control(&world,
			"change?division=100001&entity=TransactionLines&"
			"count=2"),
		200);
	ck_assert_int_eq(
		world_control(&world,
			"delete?division=100001&entity=TransactionLines&"
			"count=2"),
		200);
	ck_assert_int_eq(world_control(&world, "move?division=100001"), 200);
	ck_assert_int_eq(world_get(&world, LINES, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_no_reply_has_processed_the_request)
{
	struct world world;
	struct world_tokens tokens;
	struct world_tokens lost;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_control(&world, "fault?name=no-reply&path=/Journals");
	world_get(&world, LINES, tokens.access);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_WHOLE);
	world_get(&world, JOURNALS, tokens.access);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_NO_REPLY);
	world_get(&world, JOURNALS, tokens.access);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_WHOLE);
	ck_assert_int_eq(world_number(&world, "X-RateLimit-Remaining"), 4997);
	world_control(&world, "fault?name=token-lost");
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_NO_REPLY);
	world_tokens(&world, &lost);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 401);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_WHOLE);
	world_advance(&world, 570000);
	ck_assert_int_eq(world_refresh(&world, world_nl, lost.refresh), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_an_empty_token_reply_has_issued_nothing)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 570000);
	world_control(&world, "fault?name=empty-token");
	ck_assert_int_eq(world_get(&world, ME, tokens.access), 200);
	ck_assert_uint_gt(world.reply.body.len, 0);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	ck_assert_uint_eq(world.reply.body.len, 0);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	ck_assert_uint_gt(world.reply.body.len, 0);
	world_tokens(&world, &tokens);
	world_advance(&world, 570000);
	world_control(&world, "fault?name=empty-token-lost");
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	ck_assert_uint_eq(world.reply.body.len, 0);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 401);
	world_close(&world);
}
END_TEST

START_TEST(test_a_slow_token_takes_35_seconds)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.latency_ms = 200;
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	ck_assert_int_eq(world.reply.delay_ms, 200);
	world_advance(&world, 570000);
	world_control(&world, "fault?name=slow-token");
	ck_assert_int_eq(world.reply.delay_ms, 0);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	ck_assert_int_eq(world.reply.delay_ms, 35200);
	world_close(&world);
}
END_TEST

START_TEST(test_bodies_are_cut_emptied_replaced_or_held)
{
	struct world world;
	struct world_tokens tokens;
	size_t whole;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_get(&world, JOURNALS, tokens.access);
	whole = world.reply.body.len;
	world_control(&world, "fault?name=truncate&path=Journals");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_TRUNCATED);
	ck_assert_uint_eq(world.reply.cut_after, whole / 2);
	world_control(&world, "fault?name=short-body");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_uint_eq(world.reply.body.len, whole / 2);
	world_control(&world, "fault?name=empty");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_uint_eq(world.reply.body.len, 0);
	world_control(&world, "fault?name=html-200");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	ck_assert_ptr_nonnull(
		strstr(world_header(&world, "Content-Type"), "text/html"));
	world_control(&world, "fault?name=hold");
	world_get(&world, JOURNALS, tokens.access);
	ck_assert_int_eq(world.reply.cut, EXCHANGE_NEVER);
	world_close(&world);
}
END_TEST

START_TEST(test_a_status_comes_after_so_many_requests_so_often)
{
	static const int expected[] = { 200, 200, 503, 503, 200 };
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_control(&world,
		"fault?name=status-503&path=financial/&after=2&count=2");
	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access),
			expected[i]);
	ck_assert_int_eq(world_number(&world, "X-RateLimit-Remaining"), 4995);
	world_get(&world, "/control/faults", NULL);
	ck_assert_ptr_nonnull(strstr(world_body(&world), "\"happened\":2"));
	world_control(&world, "fault?name=status-429&count=-1");
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(
			world_get(&world, JOURNALS, tokens.access), 429);
		ck_assert_uint_eq(world.reply.body.len, 0);
		ck_assert_ptr_null(
			world_header(&world, "X-RateLimit-Remaining"));
		ck_assert_ptr_null(
			world_header(&world, "X-RateLimit-Minutely-Remaining"));
	}
	world_control(&world, "fault?name=status-429&count=0");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

START_TEST(test_a_status_at_the_token_endpoint_has_issued_nothing)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	world_advance(&world, 570000);
	world_control(&world, "fault?name=status-500");
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 500);
	ck_assert_int_eq(world_refresh(&world, world_nl, tokens.refresh), 200);
	world_close(&world);
}
END_TEST

static int64_t number_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	ck_assert_msg(cJSON_IsNumber(item), "no number %s", name);
	return (int64_t)item->valuedouble;
}

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	ck_assert_msg(cJSON_IsString(item), "no text %s", name);
	return item->valuestring;
}

static bool is_null(const cJSON *object, const char *name)
{
	return cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* The log line of the first request to this path; the caller deletes it. */
static cJSON *log_line(const struct world *world, const char *path)
{
	const char *at = world->lines.data;

	for (; *at != '\0'; at += strcspn(at, "\n") + 1) {
		cJSON *line = cJSON_ParseWithLength(at, strcspn(at, "\n"));

		ck_assert_ptr_nonnull(line);
		if (strcmp(text_of(line, "path"), path) == 0)
			return line;
		cJSON_Delete(line);
	}
	ck_abort_msg("no log line for %s", path);
	return NULL;
}

START_TEST(test_the_log_tells_every_request_and_no_secret)
{
	struct world world;
	struct world_tokens tokens;
	char code[512];

	world_init(&world);
	world_open(&world, 1);
	world_code(&world, world_nl, code);
	world_redeem(&world, world_nl, code);
	world_tokens(&world, &tokens);
	world_get(&world, LINES, tokens.access);
	world_get(&world, "/x?a=1&CODE=se&b=2&state=cret&client_secret=z", "");
	world_get(&world, "/y?c%6Fde=sesame&x%zz=sesame&d=1", "");
	ck_assert_ptr_nonnull(
		strstr(world.lines.data, "\"/y?c%6Fde=&x%zz=&d=1\""));
	ck_assert_ptr_null(strstr(world.lines.data, "sesame"));
	ck_assert_ptr_nonnull(strstr(world.lines.data, "state=\""));
	ck_assert_ptr_null(strstr(world.lines.data, "st%20ate"));
	ck_assert_ptr_nonnull(strstr(world.lines.data,
		"\"/x?a=1&CODE=&b=2&state=&client_secret=\""));
	cJSON *line = log_line(&world, "/api/oauth2/token");
	ck_assert_int_eq(number_of(line, "t"), WORLD_START);
	ck_assert_str_eq(text_of(line, "method"), "POST");
	ck_assert_int_eq(number_of(line, "status"), 200);
	ck_assert(is_null(line, "division"));
	ck_assert(is_null(line, "minute_left"));
	ck_assert(is_null(line, "day_left"));
	ck_assert_str_eq(text_of(line, "app"), "nl");
	ck_assert_str_eq(text_of(line, "user"), "jan");
	ck_assert_str_eq(text_of(line, "grant"), "authorization_code");
	cJSON_Delete(line);
	line = log_line(&world, LINES);
	ck_assert_str_eq(text_of(line, "method"), "GET");
	ck_assert_int_eq(number_of(line, "status"), 200);
	ck_assert_int_eq(number_of(line, "division"), 100001);
	ck_assert_int_eq(number_of(line, "minute_left"), 59);
	ck_assert_int_eq(number_of(line, "day_left"), 4999);
	cJSON_Delete(line);
	ck_assert_ptr_null(strstr(world.lines.data, tokens.access));
	ck_assert_ptr_null(strstr(world.lines.data, tokens.refresh));
	world_close(&world);
}
END_TEST

START_TEST(test_every_secret_is_listed)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 0);
	world_login(&world, world_nl, &tokens);
	ck_assert_ptr_nonnull(
		strstr(world.secrets.data, SANDBOX_NL_CLIENT_SECRET "\n"));
	ck_assert_ptr_nonnull(
		strstr(world.secrets.data, SANDBOX_UK_CLIENT_SECRET "\n"));
	ck_assert_ptr_nonnull(strstr(world.secrets.data, tokens.access));
	ck_assert_ptr_nonnull(strstr(world.secrets.data, tokens.refresh));
	/* Two client secrets, a code and a pair. */
	size_t lines = 0;

	for (size_t i = 0; i < world.secrets.len; i++)
		lines += world.secrets.data[i] == '\n';
	ck_assert_uint_eq(lines, 5);
	world_close(&world);
}
END_TEST

START_TEST(test_counters_tell_what_happened)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world.options.minute_limit = 2;
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	for (int i = 0; i < 3; i++)
		world_get(&world, JOURNALS, tokens.access);
	world_get(&world, "/control/counters", NULL);
	cJSON *counters = cJSON_Parse(world_body(&world));
	ck_assert_int_eq(number_of(counters, "requests"), 5);
	ck_assert_int_eq(number_of(counters, "api_calls"), 3);
	ck_assert_int_eq(number_of(counters, "token_requests"), 1);
	ck_assert_int_eq(number_of(counters, "refused"), 1);
	ck_assert_int_eq(number_of(counters, "errors"), 0);
	const cJSON *login = cJSON_GetArrayItem(
		cJSON_GetObjectItem(counters, "logins"), 0);
	ck_assert_str_eq(text_of(login, "user"), "jan");
	ck_assert_str_eq(text_of(login, "app"), "nl");
	ck_assert_int_eq(number_of(login, "issued"), 1);
	ck_assert_int_eq(number_of(login, "requests"), 1);
	const cJSON *division = cJSON_GetArrayItem(
		cJSON_GetObjectItem(counters, "divisions"), 0);
	ck_assert_int_eq(number_of(division, "division"), 100001);
	ck_assert_str_eq(text_of(division, "app"), "nl");
	ck_assert_int_eq(number_of(division, "minute_left"), 0);
	ck_assert_int_eq(number_of(division, "day_left"), 4998);
	cJSON_Delete(counters);
	world_close(&world);
}
END_TEST

START_TEST(test_a_refusal_may_name_any_reason)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_control(&world, "fault?name=reason-BlockedCustomer");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 403);
	ck_assert_str_eq(world_header(&world, "Reason"), "BlockedCustomer");
	ck_assert_int_eq(world_get(&world, JOURNALS, tokens.access), 200);
	world_close(&world);
}
END_TEST

static int rows_of(const struct world *world)
{
	const char *at = world_body(world);
	int rows = 0;

	while ((at = strstr(at, "\"__metadata\""))) {
		rows++;
		at++;
	}
	return rows;
}

START_TEST(test_a_late_row_is_missing_from_the_middle_of_a_page)
{
	struct world world;
	struct world_tokens tokens;

	world_init(&world);
	world_open(&world, 1);
	world_login(&world, world_nl, &tokens);
	world_get(&world, LINES, tokens.access);
	int rows = rows_of(&world);
	ck_assert_int_gt(rows, 2);
	world_control(&world, "fault?name=late-row&path=TransactionLines");
	world_get(&world, LINES, tokens.access);
	ck_assert_int_eq(rows_of(&world), rows - 1);
	ck_assert_ptr_null(strstr(world_body(&world), ",,"));
	world_get(&world, LINES, tokens.access);
	ck_assert_int_eq(rows_of(&world), rows);
	world_close(&world);
}
END_TEST

/* The status of a call to the link of the last reply; its division. */
static int follow_next(
	struct world *world, const char *access, int *ret_division)
{
	char link[1024];
	const char *path;

	world_member(world, "__next", link, sizeof(link));
	path = strstr(link, "/api/v1/");
	ck_assert_ptr_nonnull(path);
	*ret_division = atoi(path + strlen("/api/v1/"));
	ck_assert_ptr_nonnull(
		strstr(path, "/sync/Financial/TransactionLines?"));
	ck_assert_ptr_nonnull(strstr(path, "$skiptoken="));
	return world_get(world, path, access);
}

START_TEST(test_a_next_link_may_lead_to_another_division)
{
	struct world world;
	struct world_tokens tokens;
	int division;

	for (int divisions = 1; divisions <= 2; divisions++) {
		world_init(&world);
		world.options.page_size = 2;
		world_open(&world, divisions);
		world_login(&world, world_nl, &tokens);
		world_control(&world, "fault?name=next-division");
		world_get(&world, LINES, tokens.access);
		ck_assert_int_eq(rows_of(&world), 2);
		ck_assert_int_eq(follow_next(&world, tokens.access, &division),
			divisions == 1 ? 404 : 200);
		ck_assert_int_eq(division,
			divisions == 1
				? SANDBOX_FIRST_DIVISION + DIRECTORY_DIVISIONS
				: SANDBOX_FIRST_DIVISION + 1);
		world_get(&world, LINES, tokens.access);
		ck_assert_int_eq(
			follow_next(&world, tokens.access, &division), 200);
		ck_assert_int_eq(division, SANDBOX_FIRST_DIVISION);
		world_close(&world);
	}
}
END_TEST

TCase *core_control_case(void)
{
	TCase *tcase = tcase_create("control");

	tcase_add_test(tcase, test_advancing_moves_the_servers_clock);
	tcase_add_test(tcase, test_a_clock_that_can_be_moved_is_moved_instead);
	tcase_add_test(
		tcase, test_the_servers_clock_can_be_wrong_by_any_amount);
	tcase_add_test(tcase, test_headers_can_lie_or_be_missing);
	tcase_add_test(
		tcase, test_limits_can_be_set_while_calls_are_on_the_books);
	tcase_add_test(tcase, test_bad_orders_are_refused_and_change_nothing);
	tcase_add_test(tcase, test_control_can_be_shut);
	tcase_add_test(tcase, test_rows_can_change_between_two_pages);
	tcase_add_test(tcase, test_no_reply_has_processed_the_request);
	tcase_add_test(tcase, test_an_empty_token_reply_has_issued_nothing);
	tcase_add_test(tcase, test_a_slow_token_takes_35_seconds);
	tcase_add_test(tcase, test_bodies_are_cut_emptied_replaced_or_held);
	tcase_add_test(
		tcase, test_a_status_comes_after_so_many_requests_so_often);
	tcase_add_test(
		tcase, test_a_status_at_the_token_endpoint_has_issued_nothing);
	tcase_add_test(tcase, test_the_log_tells_every_request_and_no_secret);
	tcase_add_test(tcase, test_every_secret_is_listed);
	tcase_add_test(tcase, test_counters_tell_what_happened);
	tcase_add_test(tcase, test_a_refusal_may_name_any_reason);
	tcase_add_test(
		tcase, test_a_late_row_is_missing_from_the_middle_of_a_page);
	tcase_add_test(tcase, test_a_next_link_may_lead_to_another_division);
	return tcase;
}
