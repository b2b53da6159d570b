/*
 * TLS against `openssl s_server` with a certificate made for the moment, on
 * the real clock (that server knows no other). Skipped, and says so, where
 * there is no openssl(1).
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/http/world.h"

extern char **environ;

static char folder[64], key[96], cert[96], port[8];
static pid_t server;
static struct clock *real_clock;
static struct loop *real_loop;

static pid_t start(char *const argv[], int output)
{
	posix_spawn_file_actions_t files;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_RDWR, 0);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&files, output, 1);
	if (posix_spawnp(&pid, argv[0], &files, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static bool make_certificate(void)
{
	char *const argv[] = { "openssl", "req", "-x509", "-newkey", "rsa:2048",
		"-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj",
		"/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
		NULL };
	pid_t pid = start(argv, -1);
	int status = -1;

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void pick_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	snprintf(port, sizeof(port), "%d", ntohs(address.sin_port));
}

static bool serve(void)
{
	char where[32];
	char *argv[] = { "openssl", "s_server", "-accept", where, "-key", key,
		"-cert", cert, "-www", NULL };
	char text[4096];
	size_t len = 0;
	ssize_t got;
	int ends[2];

	pick_port();
	snprintf(where, sizeof(where), "127.0.0.1:%s", port);
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	server = start(argv, ends[1]);
	close(ends[1]);
	do {
		got = read(ends[0], text + len, sizeof(text) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
		text[len] = '\0';
	} while (got > 0 && !strstr(text, "ACCEPT"));
	close(ends[0]);
	return got > 0;
}

static bool tls_begin(void)
{
	snprintf(folder, sizeof(folder), "/tmp/check_tls_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(key, sizeof(key), "%s/key.pem", folder);
	snprintf(cert, sizeof(cert), "%s/cert.pem", folder);
	unsetenv("EXACT_CLOCK");
	ck_assert_int_eq(clock_open(&real_clock, NULL), 0);
	ck_assert_int_eq(loop_new(&real_loop, real_clock, NULL), 0);
	server = -1;
	if (make_certificate() && serve())
		return true;
	fprintf(stderr, "SKIPPED: openssl(1) is not here, or can't serve\n");
	return false;
}

static void tls_end(void)
{
	if (server > 0) {
		kill(server, SIGKILL);
		waitpid(server, NULL, 0);
	}
	unlink(key);
	unlink(cert);
	rmdir(folder);
	loop_free(real_loop);
	clock_free(real_clock);
}

static void fetch(
	const char *host, const char *ca_file, struct http_response *ret)
{
	struct http_client_options options = { .ca_file = ca_file };
	struct http_transport transport;
	struct http_request request;
	struct http_client *client;
	char url[128];

	snprintf(url, sizeof(url), "https://%s:%s/?secret", host, port);
	ck_assert_int_eq(
		http_client_new(&client, real_loop, &options, NULL), 0);
	transport = http_client_transport(client);
	request = world_get(url);
	request.max_body = 100000;
	request.bearer = "secret";
	ck_assert_int_eq(
		http_call(&transport, real_loop, &request, ret, NULL), 0);
	http_client_free(client);
}

static void assert_unsent(struct http_response *response)
{
	ck_assert_int_eq(response->outcome, HTTP_UNSENT);
	ck_assert_int_eq(response->sends, 0);
	ck_assert_str_ne(response->problem, "");
	ck_assert_ptr_null(strstr(response->problem, "secret"));
	http_response_free(response);
}

START_TEST(test_a_certificate_must_be_trusted_and_for_this_host)
{
	struct http_response response;

	if (tls_begin()) {
		fetch("localhost", NULL, &response); /* nobody signed it */
		assert_unsent(&response);
		fetch("127.0.0.1", cert, &response); /* for another name */
		assert_unsent(&response);
		fetch("localhost", cert, &response);
		ck_assert_int_eq(response.outcome, HTTP_DONE);
		ck_assert_int_eq(response.status, 200);
		ck_assert_uint_gt(response.body.len, 0);
		http_response_free(&response);
	}
	tls_end();
}
END_TEST

TCase *check_tls(void)
{
	TCase *tests = tcase_create("tls");

	tcase_set_timeout(tests, 60);
	tcase_add_test(
		tests, test_a_certificate_must_be_trusted_and_for_this_host);
	return tests;
}
