#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
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

START_TEST(test_the_target_arrives_as_it_was_sent)
{
	static const char *const target =
		"/api/v1/%20x/..//?code=ab%21c&x=a+b&y&=&$filter=a%27b'(c)";
	char request[512];
	int fd = raw_connect(&world);

	snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n", target);
	raw_send(fd, request);
	raw_answer(&world, fd, "hello");
	ck_assert_str_eq(world.target, target);
	ck_assert_str_eq(world.method, "GET");
	ck_assert_ptr_nonnull(strstr(world.heads, "Cookie: a=b\n"));
	close(fd);
}
END_TEST

START_TEST(test_one_connection_serves_many_requests)
{
	int fd = raw_connect(&world);
	const char *answer;

	raw_send(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, "hello"), " 200 "));
	raw_send(fd, "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
		     "a=b");
	answer = raw_answer(&world, fd, "hello");
	ck_assert_ptr_nonnull(strstr(answer, " 200 "));
	ck_assert_int_eq(world.handled, 2);
	ck_assert_uint_eq(world.body_len, 3);
	ck_assert_str_eq(world.body, "a=b");
	/* No Date that is not the handler's: it would be the real clock's. */
	ck_assert_ptr_null(strcasestr(answer, "\r\nDate:"));
	close(fd);
}
END_TEST

START_TEST(test_a_body_over_the_ceiling_gets_413_and_no_handler)
{
	int fd = raw_connect(&world);
	char request[512];

	/* announced */
	raw_send(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n"
		     "\r\n");
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, NULL), " 413 "));
	close(fd);
	/* not announced: 0x65 = 101 bytes in a chunk */
	fd = raw_connect(&world);
	snprintf(request, sizeof(request),
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		"\r\n65\r\n%0101d\r\n0\r\n\r\n",
		0);
	raw_send(fd, request);
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, NULL), " 413 "));
	close(fd);
	ck_assert_int_eq(world.handled, 0);
	/* just within */
	fd = raw_connect(&world);
	snprintf(request, sizeof(request),
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		"\r\n64\r\n%0100d\r\n0\r\n\r\n",
		0);
	raw_send(fd, request);
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, "hello"), " 200 "));
	ck_assert_uint_eq(world.body_len, 100);
	close(fd);
}
END_TEST

START_TEST(test_a_target_over_the_ceiling_gets_414_and_no_handler)
{
	char request[512];
	int fd = raw_connect(&world);

	snprintf(request, sizeof(request),
		"GET /%0200d HTTP/1.1\r\nHost: x\r\n\r\n", 0);
	raw_send(fd, request);
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, NULL), " 414 "));
	close(fd);
	ck_assert_int_eq(world.handled, 0);
	fd = raw_connect(&world);
	snprintf(request, sizeof(request),
		"GET /%0199d HTTP/1.1\r\nHost: x\r\n\r\n", 0);
	raw_send(fd, request);
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, "hello"), " 200 "));
	close(fd);
}
END_TEST

START_TEST(test_a_flood_of_headers_is_refused)
{
	int fd = raw_connect(&world);
	char line[64];
	int i;

	raw_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n");
	for (i = 0; i < 200; i++) {
		snprintf(line, sizeof(line), "X-%d: y\r\n", i);
		raw_send(fd, line);
	}
	raw_send(fd, "\r\n");
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, NULL), " 431 "));
	ck_assert_int_eq(world.handled, 0);
	close(fd);
}
END_TEST

START_TEST(test_rubbish_does_no_harm)
{
	static const char *const rubbish[] = { "\r\n\r\n\r\n", "GET\r\n\r\n",
		"\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03\r\n\r\n",
		"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"GET / HTTP/1.1\r\n: \r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: "
		"99999999999999999999999\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
		"\r\nzz\r\n\r\n" };
	int fd, turn;
	size_t i;

	for (i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		fd = raw_connect(&world);
		raw_send(fd, rubbish[i]);
		shutdown(fd, SHUT_WR);
		for (turn = 0; turn < 10; turn++)
			loop_turn(world.loop);
		close(fd);
	}
	fd = raw_connect(&world);
	raw_send(fd, "GET /still HTTP/1.1\r\nHost: x\r\n\r\n");
	raw_answer(&world, fd, "hello");
	ck_assert_str_eq(world.target, "/still");
	close(fd);
}
END_TEST

static void act_never(struct world *w, struct exchange_reply *reply)
{
	(void)w;
	reply->cut = EXCHANGE_NEVER;
}

static void act_slow(struct world *w, struct exchange_reply *reply)
{
	(void)w;
	reply->delay_ms = 5000;
	buf_puts(&reply->body, "slow");
}

static void fired(struct loop *loop, void *arg)
{
	(void)loop;
	*(bool *)arg = true;
}

/* One request in flight (counted by hand, as another process's client would)
 * and one held: time may move. Once the peer has hung up nothing is held,
 * and what is in flight must not be overtaken. */
START_TEST(test_a_held_reply_is_let_go_when_its_peer_hangs_up)
{
	struct loop_timer timer = { 0 };
	bool moved = false;
	int fd = raw_connect(&world);
	int i;

	world.act = act_never;
	clock_inflight(world.clock, 1);
	raw_send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	while (world.handled == 0)
		loop_turn(world.loop);
	loop_timer_set(world.loop, &timer, WORLD_BOOT + 1000, fired, &moved);
	ck_assert_int_eq(loop_run_until(world.loop, &moved), 0);
	moved = false;
	close(fd);
	loop_turn(world.loop);
	loop_timer_set(world.loop, &timer, WORLD_BOOT + 2000, fired, &moved);
	for (i = 0; i < 20; i++)
		loop_turn(world.loop);
	ck_assert(!moved);
	clock_inflight(world.clock, -1);
	ck_assert_int_eq(loop_run_until(world.loop, &moved), 0);
}
END_TEST

START_TEST(test_a_connection_never_answered_is_closed_after_an_hour)
{
	struct http_request request = world_get(world_url(&world, "/"));
	struct http_response response;

	world.act = act_never;
	request.timeout_ms = INT64_C(2) * 3600 * 1000;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_LOST);
	ck_assert_int_eq(response.done_boot_ms, WORLD_BOOT + 3600 * 1000);
	http_response_free(&response);
}
END_TEST

START_TEST(test_the_server_may_go_while_replies_are_held)
{
	int a = raw_connect(&world);
	int b = raw_connect(&world);

	world.act = act_slow;
	raw_send(a, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	while (world.handled < 1)
		loop_turn(world.loop);
	world.act = act_never;
	raw_send(b, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
	while (world.handled < 2)
		loop_turn(world.loop);
	/* teardown frees it; the sanitizer looks on */
	close(a);
	close(b);
}
END_TEST

START_TEST(test_a_delayed_reply_arrives_whole_and_the_connection_goes_on)
{
	int fd = raw_connect(&world);

	world.act = act_slow;
	raw_send(fd, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, "slow"), " 200 "));
	ck_assert_int_eq(loop_now(world.loop).boot_ms, WORLD_BOOT + 5000);
	raw_send(fd, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_ptr_nonnull(strstr(raw_answer(&world, fd, "slow"), " 200 "));
	ck_assert_int_eq(loop_now(world.loop).boot_ms, WORLD_BOOT + 10000);
	close(fd);
}
END_TEST

START_TEST(test_addresses_are_literal)
{
	static const char *const bad[] = { "", "127.0.0.1", "localhost:80",
		":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
		"127.0.0.1:-1", "::1:80", "[::1]", "[]:80", "256.0.0.1:80",
		"evil.nl:80" };
	struct listener_options options = { .max_body = 1, .max_target = 1 };
	struct listener *listener = NULL;
	struct error err;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		options.address = bad[i];
		ck_assert_msg(listener_open(&listener, world.loop, &options,
				      &err) == FAIL_CONFIG,
			"taken: %s", bad[i]);
		ck_assert_ptr_null(listener);
	}
	options.address = "[::1]:0";
	if (listener_open(&listener, world.loop, &options, &err) == 0) {
		ck_assert_int_eq(
			strncmp(listener_url(listener), "http://[::1]:", 13),
			0);
		listener_free(listener);
	}
	/* taken already */
	options.address = listener_url(world.listener) + strlen("http://");
	ck_assert_int_eq(listener_open(&listener, world.loop, &options, &err),
		FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "in use"));
}
END_TEST

TCase *check_listener(void)
{
	TCase *tests = tcase_create("listen");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_the_target_arrives_as_it_was_sent);
	tcase_add_test(tests, test_one_connection_serves_many_requests);
	tcase_add_test(
		tests, test_a_body_over_the_ceiling_gets_413_and_no_handler);
	tcase_add_test(
		tests, test_a_target_over_the_ceiling_gets_414_and_no_handler);
	tcase_add_test(tests, test_a_flood_of_headers_is_refused);
	tcase_add_test(tests, test_rubbish_does_no_harm);
	tcase_add_test(
		tests, test_a_held_reply_is_let_go_when_its_peer_hangs_up);
	tcase_add_test(tests,
		test_a_connection_never_answered_is_closed_after_an_hour);
	tcase_add_test(tests, test_the_server_may_go_while_replies_are_held);
	tcase_add_test(tests,
		test_a_delayed_reply_arrives_whole_and_the_connection_goes_on);
	tcase_add_test(tests, test_addresses_are_literal);
	return tests;
}
