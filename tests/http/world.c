#include "tests/http/world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void copy(char *to, size_t size, const char *from)
{
	ck_assert_uint_lt(strlen(from), size);
	memcpy(to, from, strlen(from) + 1);
}

static void handle(void *arg, const struct exchange_request *request,
	struct instant now, struct exchange_reply *reply)
{
	struct world *world = arg;
	struct buf heads;
	size_t i;

	world->handled++;
	world->at = now;
	copy(world->target, sizeof(world->target), request->target);
	copy(world->method, sizeof(world->method), request->method);
	buf_init(&heads, sizeof(world->heads) - 1);
	for (i = 0; i < request->header_count; i++)
		buf_printf(&heads, "%s: %s\n", request->headers[i].name,
			request->headers[i].value);
	copy(world->heads, sizeof(world->heads), heads.data);
	buf_free(&heads);
	world->body_len = request->body_len;
	if (request->body_len > 0 && request->body_len < sizeof(world->body)) {
		memcpy(world->body, request->body, request->body_len);
		world->body[request->body_len] = '\0';
	}
	if (world->act)
		world->act(world, reply);
	else
		buf_puts(&reply->body, "hello");
}

void world_open(struct world *world)
{
	struct listener_options options = { .address = "127.0.0.1:0",
		.max_body = 100,
		.max_target = 200,
		.handler = handle,
		.arg = world };
	struct http_client_options client = { .user_agent = "check/1" };
	struct error err;

	memset(world, 0, sizeof(*world));
	ck_assert_int_eq(clock_open_private(&world->clock, 1763719200000), 0);
	ck_assert_int_eq(loop_new(&world->loop, world->clock, &err), 0);
	ck_assert_int_eq(
		listener_open(&world->listener, world->loop, &options, &err),
		0);
	ck_assert_int_eq(
		http_client_new(&world->client, world->loop, &client, &err), 0);
	world->transport = http_client_transport(world->client);
}

void world_close(struct world *world)
{
	http_client_free(world->client);
	listener_free(world->listener);
	loop_free(world->loop);
	clock_free(world->clock);
}

const char *world_url(const struct world *world, const char *path)
{
	static char url[1024];

	snprintf(url, sizeof(url), "%s%s", listener_url(world->listener), path);
	return url;
}

struct http_request world_get(const char *url)
{
	return (struct http_request){ .method = "GET",
		.url = url,
		.max_body = 1000,
		.timeout_ms = 60000 };
}

void world_call(struct world *world, const struct http_request *request,
	struct http_response *ret)
{
	struct error err = { 0 };

	ck_assert_int_eq(
		http_call(&world->transport, world->loop, request, ret, &err),
		0);
}

static void flag_set(struct loop *loop, void *arg)
{
	(void)loop;
	*(bool *)arg = true;
}

void world_pass(struct world *world, int64_t until_boot_ms)
{
	struct loop_timer timer = { 0 };
	bool done = false;

	loop_timer_set(world->loop, &timer, until_boot_ms, flag_set, &done);
	ck_assert_int_eq(loop_run_until(world->loop, &done), 0);
}

/* ---- the rude server ------------------------------------------------------ */

static void send_all(int fd, const char *bytes, size_t len)
{
	ssize_t sent;

	while (len > 0) {
		sent = send(fd, bytes, len, MSG_NOSIGNAL);
		if (sent < 0)
			return; /* the client had enough */
		bytes += sent;
		len -= (size_t)sent;
	}
}

static void rude_answer(struct rude *rude, int peer)
{
	const char *text;
	bool close_after;
	size_t len;

	ck_assert_int_lt(rude->requests, rude->script_len);
	text = rude->script[rude->requests++];
	copy(rude->last, sizeof(rude->last), rude->peers[peer].bytes);
	rude->peers[peer].len = 0;
	close_after = !text || text[0] == '!';
	if (text) {
		text += close_after;
		len = rude->binary_len != 0 ? rude->binary_len : strlen(text);
		send_all(rude->peers[peer].fd, text, len);
	}
	if (close_after) {
		loop_fd_forget(rude->loop, rude->peers[peer].fd);
		close(rude->peers[peer].fd);
		rude->peers[peer].fd = -1;
	}
}

/* A request is whole when its head is and Content-Length bytes follow. */
static bool whole_request(const char *bytes)
{
	const char *end = strstr(bytes, "\r\n\r\n");
	const char *length = strcasestr(bytes, "\r\nContent-Length:");

	if (!end)
		return false;
	if (!length || length > end)
		return true;
	return strlen(end + 4) >= strtoul(length + 17, NULL, 10);
}

static void rude_read(struct loop *loop, int fd, unsigned events, void *arg)
{
	struct rude *rude = arg;
	ssize_t got;
	int i;

	(void)events;
	for (i = 0; i < 16 && rude->peers[i].fd != fd; i++)
		;
	ck_assert_int_lt(i, 16);
	got = recv(fd, rude->peers[i].bytes + rude->peers[i].len,
		sizeof(rude->peers[i].bytes) - 1 - rude->peers[i].len, 0);
	if (got <= 0) {
		loop_fd_forget(loop, fd);
		close(fd);
		rude->peers[i].fd = -1;
		return;
	}
	rude->peers[i].len += (size_t)got;
	rude->peers[i].bytes[rude->peers[i].len] = '\0';
	if (whole_request(rude->peers[i].bytes))
		rude_answer(rude, i);
}

static void rude_accept(struct loop *loop, int fd, unsigned events, void *arg)
{
	struct rude *rude = arg;
	int peer = accept(fd, NULL, NULL);
	int i;

	(void)events;
	ck_assert_int_ge(peer, 0);
	for (i = 0; i < 16 && rude->peers[i].fd >= 0; i++)
		;
	ck_assert_int_lt(i, 16);
	rude->connections++;
	rude->peers[i].fd = peer;
	rude->peers[i].len = 0;
	ck_assert_int_eq(
		loop_fd_watch(loop, peer, LOOP_READ, rude_read, rude), 0);
}

static int listening(char *ret_url, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 16), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(ret_url, size, "http://127.0.0.1:%d/q?secret=in-the-query",
		ntohs(address.sin_port));
	return fd;
}

void rude_open(struct rude *rude, struct loop *loop, const char *const *script,
	int script_len)
{
	int i;

	memset(rude, 0, sizeof(*rude));
	rude->loop = loop;
	rude->script = script;
	rude->script_len = script_len;
	for (i = 0; i < 16; i++)
		rude->peers[i].fd = -1;
	rude->fd = listening(rude->url, sizeof(rude->url));
	ck_assert_int_eq(
		loop_fd_watch(loop, rude->fd, LOOP_READ, rude_accept, rude), 0);
}

void rude_close(struct rude *rude)
{
	int i;

	for (i = 0; i < 16; i++) {
		if (rude->peers[i].fd < 0)
			continue;
		loop_fd_forget(rude->loop, rude->peers[i].fd);
		close(rude->peers[i].fd);
	}
	loop_fd_forget(rude->loop, rude->fd);
	close(rude->fd);
}

/* ---- the raw client ------------------------------------------------------- */

int raw_connect(const struct world *world)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const char *colon = strrchr(listener_url(world->listener), ':');
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

void raw_send(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

const char *raw_answer(struct world *world, int fd, const char *until)
{
	static char answer[16384];
	size_t len = 0;
	ssize_t got;
	int turns = 0;

	answer[0] = '\0';
	while (!until || !strstr(answer, until)) {
		ck_assert_int_lt(turns++, 20000);
		loop_turn(world->loop);
		got = recv(fd, answer + len, sizeof(answer) - 1 - len,
			MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
		answer[len] = '\0';
	}
	return answer;
}
