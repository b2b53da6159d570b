/*
 * One request, one response, over libcurl multi, driven by the loop.
 *
 * The rules that hold for every request: TLS is verified, always; plain
 * http only to loopback; redirects are not followed; a response has a
 * ceiling; nothing is sent without before_send() saying so, each time.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/loop.h"

/* What became of a request; the retry table starts from it. */
enum http_outcome {
	HTTP_DONE,      /* a whole response with a status */
	HTTP_UNSENT,    /* it never left: resolve, connect, TLS, time up */
	HTTP_LOST,      /* sent (perhaps in part), no whole response came */
	HTTP_TIMED_OUT, /* sent, and the time was up */
	HTTP_TOO_LARGE, /* more than max_body, or than HTTP_HEADERS_MAX */
	HTTP_REFUSED    /* before_send() said no: not sent, or when `sends` is
			   not 0, not sent again after the connection died */
};

struct http_request {
	const char *method;         /* "GET" or "POST"; borrowed for the call */
	const char *url;            /* absolute; borrowed for the call */
	const char *const *headers; /* "Name: value", NULL-ended; copied */
	const char *bearer; /* access token or NULL; copied, wiped after */
	const char *body;   /* copied, wiped after; NULL for none */
	size_t body_len;
	size_t max_body;       /* ceiling for the response's body */
	int64_t timeout_ms;    /* for the whole exchange */
	bool fresh_connection; /* never on a reused connection, so that
				  libcurl can't silently send it again */
	/* Called from inside libcurl: it must not send, cancel or free.
	 * Called each time bytes are about to go out on a connection, the
	 * first time and when libcurl sends again because a reused
	 * connection died without a byte; `send` counts from 1. Anything
	 * but 0 stops it. NULL: the first send goes, a second is refused. */
	int (*before_send)(void *arg, int send);
	void *arg; /* borrowed; for before_send and done */
};

#define HTTP_HEADER_MAX 8192 /* a buffer that any header's value fits in */
/* All header lines of a response together; beyond it: HTTP_TOO_LARGE. */
#define HTTP_HEADERS_MAX 65536
#define HTTP_URL_MAX     8192

struct http_response {
	enum http_outcome outcome;
	int status;           /* 0 when there was no status line */
	int sends;            /* how often it went out */
	struct buf body;      /* owned; decoded; whole only when HTTP_DONE */
	struct buf headers;   /* owned; "Name: value\n" lines, as received */
	int64_t sent_boot_ms; /* when it (last) went out */
	int64_t first_byte_boot_ms; /* status line seen; 0 if never */
	int64_t done_boot_ms;
	char problem[160]; /* libcurl's words, without the URL's query */
};

/* The response is borrowed for the callback's length. */
typedef void (*http_done_fn)(void *arg, struct http_response *response);

/* Where requests go: the real client, or in tests a function call into the
 * sandbox. Handed down by the composition root. */
struct http_transport {
	/* 0, or FAIL_CONFIG (a URL this client never sends to), FAIL_INPUT
	 * (a header or a bearer with characters that can't be sent),
	 * FAIL_STOP. done() is called exactly once iff 0 was returned, never
	 * before send() returns. */
	int (*send)(void *ctx, const struct http_request *request,
		http_done_fn done, struct error *err) MUST_CHECK;
	/* Drop every request with this `arg` that is still under way,
	 * without its done(). May be NULL: this transport can't. */
	void (*cancel)(void *ctx, const void *arg);
	void *ctx;
};

struct http_client;

struct http_client_options {
	const char *ca_file;    /* PEM bundle, instead of the system's; NULL:
				   the system's */
	const char *user_agent; /* or NULL */
};

int http_client_new(struct http_client **ret, struct loop *loop,
	const struct http_client_options *options,
	struct error *err) MUST_CHECK;
/* Transfers still under way are dropped without their done(). Free the
 * client before its loop. */
void http_client_free(struct http_client *client);
struct http_transport http_client_transport(struct http_client *client);

/* Turn the loop until this one request is through. When 0 is returned, `ret`
 * is the caller's to http_response_free(); else it is untouched.
 * FAIL_INTERRUPTED when a signal came first: the request is cancelled, and
 * may or may not have been received. */
int http_call(const struct http_transport *transport, struct loop *loop,
	const struct http_request *request, struct http_response *ret,
	struct error *err) MUST_CHECK;
void http_response_init(struct http_response *response, size_t max_body);
void http_response_free(struct http_response *response);

/* Copies a header's value, trimmed; false when absent or too long. */
bool http_response_header(const struct http_response *response,
	const char *name, char *ret_value, size_t size);

/* 0 when a request may go there: https anywhere, http to loopback only
 * (127.0.0.0/8, ::1, localhost), printable ASCII, no user, and the host
 * written plainly: no %-escapes, no decimal or short IPv4, no zone.
 * FAIL_CONFIG says why not. Also splits: host in lower case, without port or
 * brackets; the text never repeats the URL's query. */
int http_url_check(const char *url, char ret_host[static 256],
	struct error *err) MUST_CHECK;
/* What a login, its quota and its app's secret are kept under: the host as
 * http_url_check() gives it, and the port unless it is 443. "[::1]:8080",
 * "start.exactonline.nl": two servers on one host are two places. */
int http_url_place(const char *url, char ret_place[static 256],
	struct error *err) MUST_CHECK;
/* Same scheme, host and port? For __next links and redirect receivers. */
bool http_url_same_origin(const char *a, const char *b);

#endif
