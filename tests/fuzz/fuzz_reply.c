/*
 * Whatever bytes a server answers with, on a real socket: no crash, done()
 * comes exactly once, and within the ceilings.
 *
 * sources: http/ base/
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define BODY_MAX 4096

struct peer {
	const uint8_t *bytes;
	size_t len;
};

static void hold(bool promise)
{
	if (!promise)
		abort();
}

static void on_request(struct loop *loop, int fd, unsigned events, void *arg)
{
	const struct peer *peer = arg;
	char request[4096];
	ssize_t got;

	(void)events;
	got = recv(fd, request, sizeof(request), 0);
	if (got > 0 && peer->len > 0)
		(void)!send(fd, peer->bytes, peer->len,
			MSG_NOSIGNAL | MSG_DONTWAIT);
	loop_fd_forget(loop, fd);
	close(fd);
}

static void on_connect(struct loop *loop, int fd, unsigned events, void *arg)
{
	int peer = accept(fd, NULL, NULL);

	(void)events;
	hold(peer >= 0);
	hold(loop_fd_watch(loop, peer, LOOP_READ, on_request, arg) == 0);
}

static int server(struct loop *loop, struct peer *peer, char url[static 64])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	hold(fd >= 0);
	hold(bind(fd, (struct sockaddr *)&address, size) == 0);
	hold(listen(fd, 4) == 0);
	hold(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
	hold(loop_fd_watch(loop, fd, LOOP_READ, on_connect, peer) == 0);
	snprintf(url, 64, "http://127.0.0.1:%d/", ntohs(address.sin_port));
	return fd;
}

static void look(const struct http_response *response)
{
	char value[HTTP_HEADER_MAX];

	hold(response->sends == 1);
	hold(response->body.len <= BODY_MAX);
	hold(response->headers.len <= HTTP_HEADERS_MAX);
	hold(response->outcome == HTTP_DONE || response->outcome == HTTP_LOST ||
		response->outcome == HTTP_TOO_LARGE);
	if (response->outcome == HTTP_DONE)
		hold(response->status >= 200 && response->status <= 999);
	(void)http_response_header(response, "Date", value, sizeof(value));
	(void)http_response_header(response, "X", value, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct http_client_options options = { 0 };
	struct peer peer = { bytes, len };
	struct http_transport transport;
	struct http_response response;
	struct http_request request;
	struct http_client *client;
	struct clock *clock;
	struct loop *loop;
	char url[64];
	int fd;

	hold(clock_open_private(&clock, 0) == 0);
	hold(loop_new(&loop, clock, NULL) == 0);
	hold(http_client_new(&client, loop, &options, NULL) == 0);
	fd = server(loop, &peer, url);
	transport = http_client_transport(client);
	request = (struct http_request){ .method = "GET",
		.url = url,
		.max_body = BODY_MAX,
		.timeout_ms = 1000,
		.fresh_connection = true };
	hold(http_call(&transport, loop, &request, &response, NULL) == 0);
	look(&response);
	http_response_free(&response);
	http_client_free(client);
	loop_free(loop);
	clock_free(clock);
	close(fd);
	return 0;
}
