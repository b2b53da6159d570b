#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/http/world.h"

static struct world world;

static void setup(void)
{
	world_open(&world);
}

static void teardown(void)
{
	world_close(&world);
}

static void act_dated(struct world *w, struct exchange_reply *reply)
{
	(void)w;
	exchange_reply_header(reply, "Date", "Sat, 21 Nov 2026 09:00:00 GMT");
	exchange_reply_header(reply, "X-RateLimit-Remaining", "  4999 ");
	exchange_reply_header(reply, "Set-Cookie", "a=b; Path=/");
	buf_puts(&reply->body, "hello");
}

START_TEST(test_a_request_and_its_response_arrive_whole)
{
	static const char *const headers[] = { "Accept: application/json",
		"Content-Type: text/x", NULL };
	struct http_request request = world_get(
		world_url(&world, "/a%20b/../c?x=%21&y='z'"));
	struct http_response response;
	char value[HTTP_HEADER_MAX];

	world.act = act_dated;
	request.method = "POST";
	request.headers = headers;
	request.bearer = "token-1";
	request.body = "a\0b";
	request.body_len = 3;
	world_call(&world, &request, &response);
	ck_assert_str_eq(world.method, "POST");
	ck_assert_str_eq(world.target, "/a%20b/../c?x=%21&y='z'");
	ck_assert_uint_eq(world.body_len, 3);
	ck_assert_mem_eq(world.body, "a\0b", 3);
	ck_assert_ptr_nonnull(strstr(world.heads, "Accept: application/json"));
	ck_assert_ptr_nonnull(strstr(world.heads, "Content-Type: text/x\n"));
	ck_assert_ptr_nonnull(
		strstr(world.heads, "Authorization: Bearer token-1\n"));
	ck_assert_ptr_nonnull(strstr(world.heads, "User-Agent: check/1\n"));
	ck_assert_ptr_nonnull(strstr(world.heads, "Accept-Encoding: gzip\n"));
	ck_assert_ptr_null(strcasestr(world.heads, "Expect"));
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(response.status, 200);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_str_eq(response.body.data, "hello");
	ck_assert_str_eq(response.problem, "");
	ck_assert(http_response_header(
		&response, "x-ratelimit-remaining", value, sizeof(value)));
	ck_assert_str_eq(value, "4999");
	ck_assert(
		http_response_header(&response, "date", value, sizeof(value)));
	ck_assert_str_eq(value, "Sat, 21 Nov 2026 09:00:00 GMT");
	ck_assert(!http_response_header(&response, "Dat", value, 100));
	ck_assert(!http_response_header(&response, "Retry-After", value, 100));
	ck_assert(!http_response_header(&response, "Date", value, 29));
	ck_assert(http_response_header(&response, "Date", value, 30));
	http_response_free(&response);
	/* The cookie is not kept. */
	world_call(&world, &request, &response);
	ck_assert_ptr_null(strcasestr(world.heads, "Cookie"));
	http_response_free(&response);
}
END_TEST

static void act_slow(struct world *w, struct exchange_reply *reply)
{
	reply->delay_ms = atoi(strchr(w->target, '?') + 1);
	buf_puts(&reply->body, "slow");
}

START_TEST(test_latency_passes_in_virtual_time_and_is_measured)
{
	struct http_request request = world_get(world_url(&world, "/?35000"));
	struct http_response response;

	world.act = act_slow;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(response.sent_boot_ms, WORLD_BOOT);
	ck_assert_int_eq(response.first_byte_boot_ms, WORLD_BOOT + 35000);
	ck_assert_int_eq(response.done_boot_ms, WORLD_BOOT + 35000);
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_request_times_out_to_the_millisecond)
{
	struct http_request request = world_get(world_url(&world, "/?60001"));
	struct http_response response;

	world.act = act_slow;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_TIMED_OUT);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_int_eq(response.status, 0);
	ck_assert_int_eq(response.done_boot_ms, WORLD_BOOT + 60000);
	http_response_free(&response);
	/* The answer to the first must not become the answer to the next. */
	request.url = world_url(&world, "/?59999");
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(response.done_boot_ms, WORLD_BOOT + 119999);
	http_response_free(&response);
}
END_TEST

struct collected {
	struct world *world;
	int done;
	enum http_outcome outcome[4];
	int64_t at[4];
	char body[4][8];
};

static void collect(void *arg, struct http_response *response)
{
	struct collected *all = arg;

	all->outcome[all->done] = response->outcome;
	all->at[all->done] = response->done_boot_ms;
	snprintf(all->body[all->done], 8, "%s", response->body.data);
	all->done++;
}

START_TEST(test_two_requests_run_at_once)
{
	struct collected all = { .world = &world };
	struct http_request request = world_get(world_url(&world, "/?20000"));
	struct http_transport *to = &world.transport;

	world.act = act_slow;
	request.arg = &all;
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	request.url = world_url(&world, "/?10000");
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	ck_assert_int_eq(all.done, 0);
	while (all.done < 2)
		loop_turn(world.loop);
	ck_assert_int_eq(all.at[0], WORLD_BOOT + 10000);
	ck_assert_int_eq(all.at[1], WORLD_BOOT + 20000);
	ck_assert_int_eq(all.outcome[0], HTTP_DONE);
	ck_assert_int_eq(all.outcome[1], HTTP_DONE);
}
END_TEST

START_TEST(test_a_cancelled_request_is_never_heard_of_again)
{
	struct collected all = { .world = &world }, other = { 0 };
	struct http_request request = world_get(world_url(&world, "/?20000"));
	struct http_transport *to = &world.transport;

	world.act = act_slow;
	request.arg = &all;
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	request.arg = &other;
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	while (world.handled < 2)
		loop_turn(world.loop);
	to->cancel(to->ctx, &all);
	/* Were it still counted as in flight, time would stand still here. */
	world_pass(&world, WORLD_BOOT + 86400000);
	ck_assert_int_eq(all.done, 0);
	ck_assert_int_eq(other.done, 1);
}
END_TEST

START_TEST(test_a_client_may_go_with_requests_under_way)
{
	struct collected all = { .world = &world };
	struct http_request request = world_get(world_url(&world, "/?20000"));
	struct http_transport *to = &world.transport;

	world.act = act_slow;
	request.arg = &all;
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	while (world.handled < 1)
		loop_turn(world.loop);
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	http_client_free(world.client);
	world.client = NULL;
	world_pass(&world, WORLD_BOOT + 86400000);
	ck_assert_int_eq(all.done, 0);
}
END_TEST

static void collect_and_free(void *arg, struct http_response *response)
{
	struct collected *all = arg;

	collect(arg, response);
	http_client_free(all->world->client);
	all->world->client = NULL;
}

START_TEST(test_a_client_may_go_inside_done)
{
	struct collected all = { .world = &world };
	struct http_request request = world_get(world_url(&world, "/?0"));
	struct http_transport *to = &world.transport;

	world.act = act_slow;
	request.arg = &all;
	ck_assert_int_eq(
		to->send(to->ctx, &request, collect_and_free, NULL), 0);
	request.url = world_url(&world, "/?9");
	ck_assert_int_eq(to->send(to->ctx, &request, collect, NULL), 0);
	world_pass(&world, WORLD_BOOT + 1000);
	ck_assert_int_eq(all.done, 1);
}
END_TEST

static void act_truncated(struct world *w, struct exchange_reply *reply)
{
	reply->cut = EXCHANGE_TRUNCATED;
	reply->cut_after = (size_t)atoi(strchr(w->target, '?') + 1);
	buf_puts(&reply->body, "hello");
}

START_TEST(test_a_body_cut_short_is_lost_and_not_a_response)
{
	static const char *const paths[] = { "/?0", "/?1", "/?4" };
	struct http_request request = world_get(world_url(&world, paths[_i]));
	struct http_response response;
	char value[16];

	world.act = act_truncated;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_LOST);
	ck_assert_int_eq(response.status, 200);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_uint_eq(response.body.len, strtoul(paths[_i] + 2, NULL, 10));
	ck_assert(http_response_header(
		&response, "Content-Length", value, sizeof(value)));
	ck_assert_str_eq(value, "5");
	http_response_free(&response);
}
END_TEST

static void act_no_reply(struct world *w, struct exchange_reply *reply)
{
	reply->cut = EXCHANGE_NO_REPLY;
	reply->delay_ms = strcmp(w->target, "/late") == 0 ? 100 : 0;
}

START_TEST(test_no_reply_at_all_is_lost)
{
	static const char *const paths[] = { "/now", "/late" };
	struct http_request request = world_get(world_url(&world, paths[_i]));
	struct http_response response;

	world.act = act_no_reply;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_LOST);
	ck_assert_int_eq(response.status, 0);
	ck_assert_int_eq(response.done_boot_ms, WORLD_BOOT + 100 * _i);
	ck_assert_int_eq(world.handled, 1);
	http_response_free(&response);
}
END_TEST

START_TEST(test_what_finds_nobody_is_unsent)
{
	struct rude nobody;
	struct http_request request;
	struct http_response response;

	rude_open(&nobody, world.loop, NULL, 0);
	rude_close(&nobody);
	request = world_get(nobody.url);
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_UNSENT);
	ck_assert_int_eq(response.sends, 0);
	ck_assert_str_ne(response.problem, "");
	ck_assert_ptr_null(strstr(response.problem, "secret"));
	http_response_free(&response);
}
END_TEST

static void act_thousand(struct world *w, struct exchange_reply *reply)
{
	int i;

	(void)w;
	for (i = 0; i < 1000; i++)
		buf_putc(&reply->body, 'a');
}

START_TEST(test_a_body_over_the_ceiling_is_refused_and_one_at_it_is_not)
{
	struct http_request request = world_get(world_url(&world, "/"));
	struct http_response response;

	world.act = act_thousand;
	request.max_body = 1000;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_uint_eq(response.body.len, 1000);
	http_response_free(&response);
	request.max_body = 999;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_TOO_LARGE);
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_reply_without_a_body_is_a_reply)
{
	static const char *const script[] = {
		"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\n\r\n", "!HTTP/1.1 200 OK\r\n\r\n"
	};
	static const int status[] = { 429, 204, 200 };
	struct http_response response;
	struct http_request request;
	struct rude rude;
	int i;

	rude_open(&rude, world.loop, script, 3);
	for (i = 0; i < 3; i++) {
		request = world_get(rude.url);
		world_call(&world, &request, &response);
		ck_assert_int_eq(response.outcome, HTTP_DONE);
		ck_assert_int_eq(response.status, status[i]);
		ck_assert_uint_eq(response.body.len, 0);
		http_response_free(&response);
	}
	rude_close(&rude);
}
END_TEST

/* 1000 times 'a' in 29 bytes: the ceiling is for what comes out. */
START_TEST(test_the_ceiling_counts_decoded_bytes)
{
	static const char gzip[] =
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
		"Content-Length: 29\r\n\r\n"
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x05"
		"\xa3\x60\x14\x0c\x77\x00\x00\x03\xda\x38\x9a\xe8\x03\x00"
		"\x00";
	static const char *const script[] = { gzip, gzip };
	struct http_response response;
	struct http_request request;
	struct rude rude;

	rude_open(&rude, world.loop, script, 2);
	rude.binary_len = sizeof(gzip) - 1;
	request = world_get(rude.url);
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_uint_eq(response.body.len, 1000);
	ck_assert_int_eq(response.body.data[999], 'a');
	http_response_free(&response);
	request.max_body = 500;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_TOO_LARGE);
	http_response_free(&response);
	rude_close(&rude);
}
END_TEST

START_TEST(test_endless_headers_are_refused)
{
	struct http_response response;
	struct http_request request;
	const char *script[2];
	struct rude rude;
	struct buf text;
	int i;

	buf_init(&text, 200000);
	buf_puts(&text, "!HTTP/1.1 200 OK\r\n");
	for (i = 0; i < 2000; i++)
		buf_printf(&text, "X-Filler-%06d: 0123456789012345678\r\n", i);
	buf_puts(&text, "\r\n");
	ck_assert_uint_gt(text.len, HTTP_HEADERS_MAX);
	script[0] = text.data;
	rude_open(&rude, world.loop, script, 1);
	request = world_get(rude.url);
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_TOO_LARGE);
	http_response_free(&response);
	rude_close(&rude);
	buf_free(&text);
}
END_TEST

START_TEST(test_only_the_final_headers_are_kept)
{
	static const char *const script[] = {
		"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"
		"HTTP/1.1 200 OK\r\nX-Late: 2\r\n"
		"Transfer-Encoding: chunked\r\n\r\n"
		"2\r\nok\r\n0\r\nHTTP/9: x\r\nX-Trailer: 3\r\n\r\n"
	};
	struct http_response response;
	struct http_request request;
	struct rude rude;
	char value[16];

	rude_open(&rude, world.loop, script, 1);
	request = world_get(rude.url);
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(response.status, 200);
	ck_assert_str_eq(response.body.data, "ok");
	ck_assert(http_response_header(&response, "X-Late", value, 16));
	ck_assert_str_eq(value, "2");
	ck_assert(!http_response_header(&response, "X-Early", value, 16));
	ck_assert(!http_response_header(&response, "X-Trailer", value, 16));
	http_response_free(&response);
	rude_close(&rude);
}
END_TEST

START_TEST(test_what_is_not_http_is_lost)
{
	static const char *const script[] = { "!rubbish\r\n\r\n", "!\x16\x03",
		"!HTTP/1.1 200 OK\r\nContent-Length: x2\r\n\r\nok",
		"!HTTP/1.1 200 OK\r\nContent-Encoding: own\r\n\r\nok",
		"!HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip",
		("!HTTP/1.1 200 OK\r\n"
		 "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
		"!HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
		"!HTTP/1.1 100 Continue\r\n\r\n", "!HTTP/2 2000\r\n\r\n" };
	struct http_response response;
	struct http_request request;
	struct rude rude;
	int i;

	rude_open(&rude, world.loop, script, 9);
	for (i = 0; i < 9; i++) {
		request = world_get(rude.url);
		world_call(&world, &request, &response);
		ck_assert_msg(response.outcome == HTTP_LOST,
			"text %d gave outcome %d", i, response.outcome);
		ck_assert_int_eq(response.sends, 1);
		ck_assert_str_ne(response.problem, "");
		ck_assert_ptr_null(strstr(response.problem, "secret"));
		http_response_free(&response);
	}
	rude_close(&rude);
}
END_TEST

START_TEST(test_a_redirect_is_not_followed)
{
	static const char *const script[] = {
		"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
		"Content-Length: 0\r\n\r\n"
	};
	struct http_response response;
	struct http_request request;
	struct rude rude;

	rude_open(&rude, world.loop, script, 1);
	request = world_get(rude.url);
	request.bearer = "t";
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(response.status, 302);
	ck_assert_int_eq(rude.requests, 1);
	http_response_free(&response);
	rude_close(&rude);
}
END_TEST

START_TEST(test_a_proxy_is_not_asked_for_this_machine)
{
	struct http_request request = world_get(world_url(&world, "/direct"));
	struct http_response response;

	setenv("http_proxy", "http://127.0.0.1:9", 1);
	setenv("all_proxy", "http://127.0.0.1:9", 1);
	world_call(&world, &request, &response);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_str_eq(world.target, "/direct");
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_proxy_of_the_environment_is_asked_for_other_hosts)
{
	static const char *const script[] = {
		"!HTTP/1.1 403 Forbidden\r\nX-Proxy: 1\r\n"
		"Content-Length: 0\r\n\r\n"
	};
	struct http_request request;
	struct http_response response;
	struct rude proxy;
	char setting[64];

	rude_open(&proxy, world.loop, script, 1);
	*strchr(proxy.url, 'q') = '\0';
	snprintf(setting, sizeof(setting), "%s", proxy.url);
	setenv("https_proxy", setting, 1);
	request = world_get("https://far.invalid/?secret");
	request.bearer = "bearer-secret";
	world_call(&world, &request, &response);
	unsetenv("https_proxy");
	ck_assert_int_eq(proxy.requests, 1);
	ck_assert_ptr_nonnull(strstr(proxy.last, "CONNECT far.invalid:443"));
	ck_assert_ptr_null(strstr(proxy.last, "secret"));
	/* The request itself was for the far end, and never left. */
	ck_assert_int_eq(response.outcome, HTTP_UNSENT);
	ck_assert_int_eq(response.sends, 0);
	ck_assert_int_eq(response.status, 0);
	ck_assert_uint_eq(response.headers.len, 0);
	http_response_free(&response);
	rude_close(&proxy);
}
END_TEST

START_TEST(test_a_url_that_is_not_allowed_is_not_sent_to)
{
	static const char *const urls[] = { "http://example.com/",
		"ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/",
		"http://127.0.0.1@evil.nl/", "" };
	struct http_transport *to = &world.transport;
	struct collected all = { 0 };
	struct http_request request;
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		request = world_get(urls[i]);
		request.arg = &all;
		ck_assert_int_eq(to->send(to->ctx, &request, collect, &err),
			FAIL_CONFIG);
	}
	world_pass(&world, WORLD_BOOT + 120000);
	ck_assert_int_eq(all.done, 0);
}
END_TEST

START_TEST(test_a_header_can_not_be_split)
{
	static const char *const bad[][2] = { { "A: b\r\nX: y", NULL },
		{ "A: b\nX: y", NULL }, { "no colon", NULL },
		{ ": no name", NULL } };
	struct http_transport *to = &world.transport;
	struct http_request request = world_get(world_url(&world, "/"));
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.headers = bad[i];
		ck_assert_int_eq(
			to->send(to->ctx, &request, collect, &err), FAIL_INPUT);
	}
	request.headers = NULL;
	request.bearer = "secret\r\nX: y";
	ck_assert_int_eq(
		to->send(to->ctx, &request, collect, &err), FAIL_INPUT);
	ck_assert_ptr_null(strstr(err.text, "secret"));
	ck_assert_int_eq(world.handled, 0);
}
END_TEST

static void act_raise(struct world *w, struct exchange_reply *reply)
{
	(void)w;
	reply->cut = EXCHANGE_NEVER;
	raise(SIGTERM);
}

START_TEST(test_a_call_ends_when_a_signal_comes)
{
	struct http_request request = world_get(world_url(&world, "/"));
	struct http_response response = { .status = -1 };
	struct error err = { 0 };

	world.act = act_raise;
	if (_i == 1) /* a transport that can't cancel */
		world.transport.cancel = NULL;
	ck_assert_int_eq(loop_catch_signals(world.loop, NULL), 0);
	ck_assert_int_eq(http_call(&world.transport, world.loop, &request,
				 &response, &err),
		FAIL_INTERRUPTED);
	ck_assert_int_eq(err.fail, FAIL_INTERRUPTED);
	ck_assert_int_eq(response.status, -1);
	if (_i == 1) /* its done() comes late and must hurt nobody */
		while (loop_now(world.loop).boot_ms < WORLD_BOOT + 60000)
			loop_turn(world.loop);
}
END_TEST

START_TEST(test_a_ca_file_that_is_not_there_is_a_configuration_error)
{
	struct http_client_options options = { .ca_file = "/nonexistent.pem" };
	struct http_client *client = NULL;
	struct error err;

	ck_assert_int_eq(http_client_new(&client, world.loop, &options, &err),
		FAIL_CONFIG);
	ck_assert_ptr_null(client);
	ck_assert_ptr_nonnull(strstr(err.text, "/nonexistent.pem"));
}
END_TEST

TCase *check_client(void)
{
	TCase *tests = tcase_create("client");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_a_request_and_its_response_arrive_whole);
	tcase_add_test(
		tests, test_latency_passes_in_virtual_time_and_is_measured);
	tcase_add_test(tests, test_a_request_times_out_to_the_millisecond);
	tcase_add_test(tests, test_two_requests_run_at_once);
	tcase_add_test(tests, test_a_cancelled_request_is_never_heard_of_again);
	tcase_add_test(tests, test_a_client_may_go_with_requests_under_way);
	tcase_add_test(tests, test_a_client_may_go_inside_done);
	tcase_add_loop_test(
		tests, test_a_body_cut_short_is_lost_and_not_a_response, 0, 3);
	tcase_add_loop_test(tests, test_no_reply_at_all_is_lost, 0, 2);
	tcase_add_test(tests, test_what_finds_nobody_is_unsent);
	tcase_add_test(tests,
		test_a_body_over_the_ceiling_is_refused_and_one_at_it_is_not);
	tcase_add_test(tests, test_a_reply_without_a_body_is_a_reply);
	tcase_add_test(tests, test_the_ceiling_counts_decoded_bytes);
	tcase_add_test(tests, test_endless_headers_are_refused);
	tcase_add_test(tests, test_only_the_final_headers_are_kept);
	tcase_add_test(tests, test_what_is_not_http_is_lost);
	tcase_add_test(tests, test_a_redirect_is_not_followed);
	tcase_add_test(tests, test_a_proxy_is_not_asked_for_this_machine);
	tcase_add_test(tests,
		test_a_proxy_of_the_environment_is_asked_for_other_hosts);
	tcase_add_test(tests, test_a_url_that_is_not_allowed_is_not_sent_to);
	tcase_add_test(tests, test_a_header_can_not_be_split);
	tcase_add_loop_test(tests, test_a_call_ends_when_a_signal_comes, 0, 2);
	tcase_add_test(tests,
		test_a_ca_file_that_is_not_there_is_a_configuration_error);
	return tests;
}
