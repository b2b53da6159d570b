/*
 * Requests over libcurl multi. The life of a request:
 *
 *	send() ── next turn ──► started ── prereq ──► sent ── status ──► done
 *	                          │ connect   ▲         │ connection died
 *	                          │ timeout   └─────────┘ without a byte
 *	                          ▼
 *	                    HTTP_UNSENT            HTTP_LOST, HTTP_TIMED_OUT
 *
 * libcurl calls CURLOPT_PREREQFUNCTION when a connection is open (TLS
 * included) and the request is about to be written, and again each time it
 * resends by itself. So `sends == 0` proves that no byte of the request was
 * sent, and no resend is silent.
 *
 * Only HTTP/1.1 is used: its one resend rule (a reused connection that dies
 * without a byte) is known and tested here. HTTP/2 would add retries after
 * REFUSED_STREAM and GOAWAY, and several requests would die with one
 * connection.
 *
 * Timeouts are timers of the loop, in the clock's time, so that they pass in
 * virtual time, too. They start with the turn after send(), because the
 * loop's `now` may be old when send() is called after long work. libcurl's
 * own timeout is far longer and is the last resort.
 */
#include "http/client.h"

#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/loop_curl.h"
#include "http/url.h"

#define CONNECT_TIMEOUT_MS      30000
#define CURL_CONNECT_TIMEOUT_MS 600000L /* the last resort, in real time */
#define BEARER_MAX              16384

struct transfer {
	struct loop_transfer base; /* first: the loop knows this part */
	struct transfer *next;
	struct http_client *client; /* borrowed; may be gone after done() */
	struct loop *loop;          /* borrowed */
	CURL *easy;                 /* owned */
	struct curl_slist *headers; /* owned, wiped */
	char *body;                 /* owned, wiped */
	size_t body_len;
	int (*before_send)(void *arg, int send);
	http_done_fn done;
	void *arg;               /* borrowed */
	struct loop_timer timer; /* first the start, then the timeouts */
	int64_t timeout_ms;
	int64_t due_boot_ms; /* of the whole exchange */
	bool on_loop;        /* the loop has the easy handle */
	bool plain;          /* plain http: loopback addresses only */
	bool refused;
	bool too_large;
	bool in_head; /* between a status line and its empty line */
	size_t head_bytes;
	struct http_response response; /* owned */
	char words[CURL_ERROR_SIZE];   /* libcurl's error text */
};

struct http_client {
	struct loop *loop;          /* borrowed */
	char *ca_file;              /* owned */
	char *user_agent;           /* owned */
	struct transfer *transfers; /* owned */
};

/* ---- the end of a transfer ------------------------------------------- */

static void transfer_free(struct transfer *transfer)
{
	struct curl_slist *line;

	loop_timer_cancel(transfer->loop, &transfer->timer);
	if (transfer->on_loop)
		loop_transfer_remove(transfer->loop, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	for (line = transfer->headers; line; line = line->next)
		explicit_bzero(line->data, strlen(line->data));
	curl_slist_free_all(transfer->headers);
	if (transfer->body)
		explicit_bzero(transfer->body, transfer->body_len);
	free(transfer->body);
	http_response_free(&transfer->response);
	free(transfer);
}

/* Removes the transfer from the client's list; the clock no longer waits for
 * its response. */
static void transfer_unlink(struct transfer *transfer)
{
	struct transfer **at;

	for (at = &transfer->client->transfers; *at != transfer;
		at = &(*at)->next)
		;
	*at = transfer->next;
	clock_inflight(loop_clock(transfer->loop), -1);
}

static void transfer_finish(struct transfer *transfer,
	enum http_outcome outcome, const char *problem)
{
	struct http_response *response = &transfer->response;
	size_t i, len;

	response->outcome = outcome;
	response->done_boot_ms = loop_now(transfer->loop).boot_ms;
	if (outcome == HTTP_DONE)
		problem = "";
	/* A URL in the error text is cut before its query. */
	len = strcspn(problem, "?");
	if (len >= sizeof(response->problem))
		len = sizeof(response->problem) - 1;
	for (i = 0; i < len; i++)
		response->problem[i] = (char)(problem[i] < ' ' ? ' '
							       : problem[i]);
	response->problem[len] = '\0';
	/* Everything that done() might free is released first. */
	loop_timer_cancel(transfer->loop, &transfer->timer);
	if (transfer->on_loop) {
		loop_transfer_remove(transfer->loop, transfer->easy);
		transfer->on_loop = false;
	}
	transfer_unlink(transfer);
	transfer->done(transfer->arg, response);
	/* done() may have freed the client, but not the loop. */
	transfer_free(transfer);
}

static void transfer_over(struct loop_transfer *base, int code)
{
	struct transfer *transfer = (struct transfer *)base;
	const char *words = transfer->words;
	enum http_outcome outcome;
	long status = 0;

	transfer->on_loop = false;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (words[0] == '\0')
		words = curl_easy_strerror((CURLcode)code);
	if (transfer->refused) {
		outcome = HTTP_REFUSED;
		words = transfer->response.sends == 0
				? "not sent: the caller refused"
				: "the connection closed without a reply; the "
				  "request is not sent again";
	} else if (transfer->too_large) {
		outcome = HTTP_TOO_LARGE;
		words = "the response is larger than allowed";
	} else if (code != CURLE_OK) {
		outcome = transfer->response.sends == 0 ? HTTP_UNSENT
							: HTTP_LOST;
	} else if (status < 200 || status > 999) {
		outcome = HTTP_LOST;
		words = "no final status line came";
	} else {
		outcome = HTTP_DONE;
		transfer->response.status = (int)status;
	}
	transfer_finish(transfer, outcome, words);
}

static void transfer_timed_out(struct loop *loop, void *arg)
{
	struct transfer *transfer = arg;

	(void)loop;
	if (transfer->response.sends == 0)
		transfer_finish(transfer, HTTP_UNSENT,
			"no connection in the time allowed");
	else
		transfer_finish(transfer, HTTP_TIMED_OUT,
			"no whole response in the time allowed");
}

static void transfer_start(struct loop *loop, void *arg)
{
	struct transfer *transfer = arg;
	int64_t now = loop_now(loop).boot_ms;
	int64_t connect_ms = transfer->timeout_ms;

	if (loop_transfer_add(loop, transfer->easy) != 0) {
		transfer_finish(
			transfer, HTTP_UNSENT, "libcurl refused the request");
		return;
	}
	transfer->on_loop = true;
	if (connect_ms > CONNECT_TIMEOUT_MS)
		connect_ms = CONNECT_TIMEOUT_MS;
	transfer->due_boot_ms = now + transfer->timeout_ms;
	loop_timer_set(loop, &transfer->timer, now + connect_ms,
		transfer_timed_out, transfer);
}

/* ---- what libcurl calls ---------------------------------------------- */

static int on_prereq(
	void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *transfer = arg;
	struct http_response *response = &transfer->response;
	struct loop *loop = transfer->loop;
	int send = response->sends + 1;
	int verdict;

	(void)ip;
	(void)local_ip;
	(void)port;
	(void)local_port;
	if (transfer->before_send)
		verdict = transfer->before_send(transfer->arg, send);
	else
		verdict = send == 1 ? 0 : -1;
	if (verdict != 0) {
		transfer->refused = true;
		return CURL_PREREQFUNC_ABORT;
	}
	response->sends = send;
	response->sent_boot_ms = loop_now(loop).boot_ms;
	loop_timer_set(loop, &transfer->timer, transfer->due_boot_ms,
		transfer_timed_out, transfer);
	return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	struct buf *body = &transfer->response.body;

	buf_append(body, bytes, size * count);
	if (buf_failed(body)) {
		transfer->too_large = true;
		return 0;
	}
	return size * count;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;
	struct http_response *response = &transfer->response;
	size_t len = size * count;
	size_t whole = len;
	size_t i;
	long status = 0;

	transfer->head_bytes += len;
	if (transfer->head_bytes > HTTP_HEADERS_MAX || len > HTTP_HEADER_MAX) {
		transfer->too_large = true;
		return 0;
	}
	while (len > 0 && (bytes[len - 1] == '\n' || bytes[len - 1] == '\r'))
		len--;
	/* The first line of each block is its status line. After the block of a
	 * final status only trailers come, which are ignored. */
	if (!transfer->in_head) {
		if (response->status >= 200)
			return whole;
		curl_easy_getinfo(
			transfer->easy, CURLINFO_RESPONSE_CODE, &status);
		response->status = (int)status;
		transfer->in_head = true;
		buf_reset(&response->headers);
		if (response->first_byte_boot_ms == 0)
			response->first_byte_boot_ms = loop_now(transfer->loop)
							       .boot_ms;
		return whole;
	}
	/* libcurl takes any line that begins with CR for the empty line. */
	if (len == 0 || bytes[0] == '\r') {
		transfer->in_head = false;
		return whole;
	}
	if (bytes[0] == ' ' || bytes[0] == '\t' || !memchr(bytes, ':', len))
		return whole;
	for (i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' && bytes[i] != '\t')
			return whole;
	buf_append(&response->headers, bytes, len);
	buf_putc(&response->headers, '\n');
	return whole;
}

static bool address_is_loopback(const struct curl_sockaddr *address)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (address->family == AF_INET &&
		address->addrlen >= sizeof(struct sockaddr_in)) {
		memcpy(&four, &address->addr, sizeof(four));
		return ntohl(four.sin_addr.s_addr) >> 24 == 127;
	}
	if (address->family == AF_INET6 &&
		address->addrlen >= sizeof(struct sockaddr_in6)) {
		memcpy(&six, &address->addr, sizeof(six));
		return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
	}
	return false;
}

/* No socket of ours is inherited by a child after exec. Plain http stays on
 * this machine, whatever address a name resolves to. */
static curl_socket_t on_socket(
	void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;

	if (purpose == CURLSOCKTYPE_IPCXN && transfer->plain &&
		!address_is_loopback(address))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
		address->protocol);
}

/* ---- sending ---------------------------------------------------------- */

static bool header_is_clean(const char *line)
{
	const char *colon = strchr(line, ':');

	if (!colon || colon == line)
		return false;
	for (; *line != '\0'; line++)
		if (((unsigned char)*line < ' ' && *line != '\t') ||
			(unsigned char)*line == 0x7f)
			return false;
	return true;
}

static int header_add(struct transfer *transfer, const char *line)
{
	struct curl_slist *longer = curl_slist_append(transfer->headers, line);

	if (!longer)
		return FAIL_STOP;
	transfer->headers = longer;
	return 0;
}

static int bearer_add(struct transfer *transfer, const char *bearer)
{
	struct buf line;
	const char *at;
	int fail;

	for (at = bearer; *at != '\0'; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return FAIL_INPUT;
	buf_init(&line, BEARER_MAX);
	buf_puts(&line, "Authorization: Bearer ");
	buf_puts(&line, bearer);
	fail = buf_failed(&line) ? FAIL_INPUT : header_add(transfer, line.data);
	buf_wipe_free(&line);
	return fail;
}

static int headers_copy(struct transfer *transfer,
	const struct http_request *request, struct error *err)
{
	const char *const *line;
	int fail;

	/* Bodies are small: no waiting for "100 Continue". */
	fail = header_add(transfer, "Expect:");
	for (line = request->headers; !fail && line && *line; line++)
		fail = header_is_clean(*line) ? header_add(transfer, *line)
					      : FAIL_INPUT;
	if (!fail && request->bearer)
		fail = bearer_add(transfer, request->bearer);
	if (fail == FAIL_INPUT)
		return error_set(err, FAIL_INPUT,
			"a request's header or access token holds characters "
			"that can't be sent, or is too long");
	if (fail)
		return error_set(
			err, FAIL_STOP, "can't send a request: out of memory");
	return 0;
}

static int body_copy(
	struct transfer *transfer, const struct http_request *request)
{
	transfer->body = malloc(request->body_len + 1);
	if (!transfer->body)
		return FAIL_STOP;
	if (request->body_len > 0)
		memcpy(transfer->body, request->body, request->body_len);
	transfer->body_len = request->body_len;
	return 0;
}

/* Each of these options carries one of the promises in client.h, so an option
 * that libcurl refuses is an error. */
static CURLcode options_set(struct transfer *transfer,
	const struct http_request *request, const struct url_origin *origin)
{
	const struct http_client *client = transfer->client;
	CURL *easy = transfer->easy;
	CURLcode bad = 0;
	bool post = strcmp(request->method, "POST") == 0;

	bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->words);
	bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_URL, request->url);
	bad |= curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	bad |= curl_easy_setopt(
		easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
		transfer->plain ? "http" : "https");
	bad |= curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(
		easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* Replaces the system's file; the system's directory is switched off,
	 * too. */
	if (client->ca_file) {
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
		bad |= curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
		bad |= curl_easy_setopt(
			easy, CURLOPT_PROXY_CAINFO, client->ca_file);
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL);
	}
	if (origin->loopback)
		bad |= curl_easy_setopt(easy, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	bad |= curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	bad |= curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (client->user_agent)
		bad |= curl_easy_setopt(
			easy, CURLOPT_USERAGENT, client->user_agent);
	bad |= curl_easy_setopt(
		easy, CURLOPT_CONNECTTIMEOUT_MS, CURL_CONNECT_TIMEOUT_MS);
	bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
	if (post) {
		bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)transfer->body_len);
		bad |= curl_easy_setopt(
			easy, CURLOPT_POSTFIELDS, transfer->body);
	}
	if (request->fresh_connection) {
		bad |= curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		bad |= curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	}
	bad |= curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_prereq);
	bad |= curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	bad |= curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	return bad;
}

static int client_send(void *ctx, const struct http_request *request,
	http_done_fn done, struct error *err)
{
	struct http_client *client = ctx;
	struct transfer *transfer;
	struct url_origin origin;
	int fail;

	assert(strcmp(request->method, "POST") == 0 ||
		(strcmp(request->method, "GET") == 0 && !request->body));
	assert(request->timeout_ms > 0);
	fail = url_origin_sendable(request->url, &origin, err);
	if (fail)
		return fail;
	transfer = calloc(1, sizeof(*transfer));
	if (!transfer)
		return error_set(
			err, FAIL_STOP, "can't send a request: out of memory");
	transfer->base.done = transfer_over;
	transfer->client = client;
	transfer->loop = client->loop;
	transfer->before_send = request->before_send;
	transfer->done = done;
	transfer->arg = request->arg;
	transfer->timeout_ms = request->timeout_ms;
	transfer->plain = strcmp(origin.scheme, "http") == 0;
	http_response_init(&transfer->response, request->max_body);
	transfer->easy = curl_easy_init();
	fail = headers_copy(transfer, request, err);
	if (fail)
		goto fail_transfer;
	if (!transfer->easy || body_copy(transfer, request) != 0 ||
		options_set(transfer, request, &origin) != CURLE_OK) {
		fail = error_set(err, FAIL_STOP,
			"can't send a request: libcurl refused it");
		goto fail_transfer;
	}
	transfer->next = client->transfers;
	client->transfers = transfer;
	clock_inflight(loop_clock(client->loop), 1);
	loop_timer_set(client->loop, &transfer->timer,
		loop_now(client->loop).boot_ms, transfer_start, transfer);
	return 0;

fail_transfer:
	transfer_free(transfer);
	return fail;
}

static void client_cancel(void *ctx, const void *arg)
{
	struct http_client *client = ctx;
	struct transfer *transfer, *next;

	for (transfer = client->transfers; transfer; transfer = next) {
		next = transfer->next;
		if (transfer->arg != arg)
			continue;
		transfer_unlink(transfer);
		transfer_free(transfer);
	}
}

int http_client_new(struct http_client **ret, struct loop *loop,
	const struct http_client_options *options, struct error *err)
{
	struct http_client *client;

	if (options->ca_file && access(options->ca_file, R_OK) != 0)
		return error_set(err, FAIL_CONFIG,
			"the file of trusted certificates, %s, can't be read",
			options->ca_file);
	client = calloc(1, sizeof(*client));
	if (!client)
		goto fail_memory;
	client->loop = loop;
	if (options->ca_file) {
		client->ca_file = strdup(options->ca_file);
		if (!client->ca_file)
			goto fail_client;
	}
	if (options->user_agent) {
		client->user_agent = strdup(options->user_agent);
		if (!client->user_agent)
			goto fail_client;
	}
	*ret = client;
	return 0;

fail_client:
	http_client_free(client);
fail_memory:
	return error_set(
		err, FAIL_STOP, "can't make an HTTP client: out of memory");
}

void http_client_free(struct http_client *client)
{
	struct transfer *transfer;

	if (!client)
		return;
	while (client->transfers) {
		transfer = client->transfers;
		transfer_unlink(transfer);
		transfer_free(transfer);
	}
	free(client->ca_file);
	free(client->user_agent);
	free(client);
}

struct http_transport http_client_transport(struct http_client *client)
{
	return (struct http_transport){
		.send = client_send,
		.cancel = client_cancel,
		.ctx = client,
	};
}
