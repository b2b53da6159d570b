/*
 * libcurl sends a request again by itself when a reused connection dies
 * without a byte. These hold what we make of it: no resend is silent.
 */
#include <string.h>

#include "tests/http/world.h"

#define OK                                                                     \
	"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: "               \
	"text/plain\r\n\r\nok"

static struct world world;
static struct rude rude;
static int asked[8]; /* the `send` numbers before_send() got */
static int asked_count;
static int refuse_from; /* this send and later ones; 0: none */

static int ask(void *arg, int send)
{
	(void)arg;
	asked[asked_count++] = send;
	return refuse_from != 0 && send >= refuse_from ? -1 : 0;
}

/* The first request is answered and leaves a connection to reuse; on the
 * second the server hangs up; a third would be answered. */
static const char *const script[] = { OK, NULL, OK };

static void setup(void)
{
	struct http_response response;
	struct http_request request;

	world_open(&world);
	rude_open(&rude, world.loop, script, 3);
	asked_count = 0;
	refuse_from = 0;
	request = world_get(rude.url);
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_int_eq(rude.connections, 1);
	http_response_free(&response);
}

static void teardown(void)
{
	rude_close(&rude);
	world_close(&world);
}

START_TEST(test_a_resend_asks_again_with_the_next_number)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;

	request.before_send = ask;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	ck_assert_str_eq(response.body.data, "ok");
	ck_assert_int_eq(response.sends, 2);
	ck_assert_int_eq(asked_count, 2);
	ck_assert_int_eq(asked[0], 1);
	ck_assert_int_eq(asked[1], 2);
	ck_assert_int_eq(rude.requests, 3);
	ck_assert_int_eq(rude.connections, 2);
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_refused_resend_does_not_go_out)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;

	request.before_send = ask;
	refuse_from = 2;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_REFUSED);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_int_eq(asked_count, 2);
	ck_assert_int_eq(rude.requests, 2);
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_resend_is_refused_when_nobody_is_asked)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;

	request.method = "POST";
	request.body = "grant_type=refresh_token";
	request.body_len = 24;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_REFUSED);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_int_eq(rude.requests, 2);
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_post_on_a_fresh_connection_goes_out_exactly_once)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;

	request.method = "POST";
	request.body = "grant_type=refresh_token";
	request.body_len = 24;
	request.fresh_connection = true;
	request.before_send = ask;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_LOST);
	ck_assert_int_eq(response.sends, 1);
	ck_assert_int_eq(asked_count, 1);
	ck_assert_int_eq(rude.requests, 2);
	ck_assert_int_eq(rude.connections, 2);
	ck_assert_ptr_nonnull(strstr(rude.last, "POST /q?secret"));
	http_response_free(&response);
}
END_TEST

START_TEST(test_a_fresh_connection_is_not_kept)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;
	static const char *const fine[] = { OK, OK, OK };
	int open_peers = 0;
	int i;

	rude.script = fine;
	request.fresh_connection = true;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_DONE);
	http_response_free(&response);
	ck_assert_int_eq(rude.connections, 2);
	for (i = 0; i < 5; i++)
		loop_turn(world.loop);
	for (i = 0; i < 16; i++)
		open_peers += rude.peers[i].fd >= 0;
	ck_assert_int_eq(open_peers, 1);
}
END_TEST

START_TEST(test_what_is_refused_at_first_never_leaves)
{
	struct http_request request = world_get(rude.url);
	struct http_response response;

	request.before_send = ask;
	refuse_from = 1;
	world_call(&world, &request, &response);
	ck_assert_int_eq(response.outcome, HTTP_REFUSED);
	ck_assert_int_eq(response.sends, 0);
	ck_assert_int_eq(response.sent_boot_ms, 0);
	ck_assert_int_eq(rude.requests, 1);
	http_response_free(&response);
}
END_TEST

TCase *check_resend(void)
{
	TCase *tests = tcase_create("resend");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_a_resend_asks_again_with_the_next_number);
	tcase_add_test(tests, test_a_refused_resend_does_not_go_out);
	tcase_add_test(tests, test_a_resend_is_refused_when_nobody_is_asked);
	tcase_add_test(
		tests, test_a_post_on_a_fresh_connection_goes_out_exactly_once);
	tcase_add_test(tests, test_a_fresh_connection_is_not_kept);
	tcase_add_test(tests, test_what_is_refused_at_first_never_leaves);
	return tests;
}
