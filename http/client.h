/*
 * One request, one response, over libcurl multi, driven by the loop.
 *
 * These rules hold for every request: TLS is always verified; plain http goes
 * only to loopback; redirects are not followed; the size of a response is
 * limited; before_send() must allow each sending.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/loop.h"

/* What became of a request; the retry table begins with it. */
enum http_outcome {
	HTTP_DONE,      /* a whole response with a status */
	HTTP_UNSENT,    /* not sent: name, connection, TLS, or timeout */
	HTTP_LOST,      /* sent (perhaps in part), no whole response came */
	HTTP_TIMED_OUT, /* sent, then the time was up */
	HTTP_TOO_LARGE, /* more than max_body, or than HTTP_HEADERS_MAX */
	HTTP_REFUSED    /* before_send() refused: not sent or, when `sends`
			   is not 0, not sent again after the connection died */
};

struct http_request {
	const char *method;         /* "GET" or "POST"; borrowed for the call */
	const char *url;            /* absolute; borrowed for the call */
	const char *const *headers; /* "Name: value", NULL-ended; copied */
	const char *bearer; /* access token or NULL; copied, wiped after */
	const char *body;   /* copied, wiped after; NULL for none */
	size_t body_len;
	size_t max_body;       /* limit of the response's body */
	int64_t timeout_ms;    /* for the whole exchange */
	bool fresh_connection; /* never on a reused connection, on which
			          libcurl could silently send the request
			          again */
	/* Called by libcurl before bytes go out on a connection: the first
	 * time, and each time libcurl sends again because a reused connection
	 * died without a byte. `send` counts from 1. Anything but 0 refuses.
	 * It must not send, cancel or free. NULL: the first send is allowed, a
	 * second is refused. */
	int (*before_send)(void *arg, int send);
	void *arg; /* borrowed; for before_send and done */
};

#define HTTP_HEADER_MAX 8192 /* any header's value fits in such a buffer */
/* The most bytes of all header lines together; more is HTTP_TOO_LARGE. */
#define HTTP_HEADERS_MAX 65536
#define HTTP_URL_MAX     8192

struct http_response {
	enum http_outcome outcome;
	int status;           /* 0 when there was no status line */
	int sends;            /* how often the request was sent */
	struct buf body;      /* owned; decoded; whole only when HTTP_DONE */
	struct buf headers;   /* owned; "Name: value\n" lines, as received */
	int64_t sent_boot_ms; /* when it was last sent */
	int64_t first_byte_boot_ms; /* status line seen; 0 if never */
	int64_t done_boot_ms;
	char problem[160]; /* libcurl's error text, without a URL's query */
};

/* The response is borrowed until the callback returns. */
typedef void (*http_done_fn)(void *arg, struct http_response *response);

/* Where requests go: the real client or, in tests, a function that calls the
 * sandbox. Made by the program's main part and passed down. */
struct http_transport {
	/* 0, or FAIL_CONFIG (a URL this client never sends to), FAIL_INPUT
	 * (a header or a bearer with characters that can't be sent),
	 * FAIL_STOP. When 0 is returned, done() is called exactly once, after
	 * send() has returned; otherwise never. */
	int (*send)(void *ctx, const struct http_request *request,
		http_done_fn done, struct error *err) MUST_CHECK;
	/* Drops every request with this `arg` that is still under way,
	 * without calling its done(). NULL: this transport can't cancel. */
	void (*cancel)(void *ctx, const void *arg);
	void *ctx;
};

struct http_client;

struct http_client_options {
	const char *ca_file;    /* a PEM file instead of the system's; NULL:
				   the system's */
	const char *user_agent; /* or NULL */
};

int http_client_new(struct http_client **ret, struct loop *loop,
	const struct http_client_options *options,
	struct error *err) MUST_CHECK;
/* Drops transfers that are under way without calling their done(). Free the
 * client before its loop. */
void http_client_free(struct http_client *client);
struct http_transport http_client_transport(struct http_client *client);

/* Turns the loop until this request is done. When 0 is returned, the caller
 * frees `ret` with http_response_free(); otherwise `ret` is untouched.
 * FAIL_INTERRUPTED: a signal came first and the request was cancelled; the
 * server may have received it. */
int http_call(const struct http_transport *transport, struct loop *loop,
	const struct http_request *request, struct http_response *ret,
	struct error *err) MUST_CHECK;
void http_response_init(struct http_response *response, size_t max_body);
void http_response_free(struct http_response *response);

/* Copies a header's value, trimmed; false when absent or too long. */
bool http_response_header(const struct http_response *response,
	const char *name, char *ret_value, size_t size);

/* 0 when a request may go to this URL: https to any host, http to loopback only
 * (127.0.0.0/8, ::1, localhost); printable ASCII, no user name, and the host
 * written plainly: no %-escapes, no decimal or short IPv4, no zone.
 * FAIL_CONFIG says why not, and never repeats the URL's query. ret_host is
 * the host in lower case, without port or brackets. */
int http_url_check(const char *url, char ret_host[static 256],
	struct error *err) MUST_CHECK;
/* The name under which a login, its quota and its app's secret are stored: the
 * host as http_url_check() gives it, and the port unless it is 443.
 * "[::1]:8080", "start.exactonline.nl": two servers on one host are two
 * places. */
int http_url_place(const char *url, char ret_place[static 256],
	struct error *err) MUST_CHECK;
/* Same scheme, host and port? For __next links and redirect receivers. */
bool http_url_same_origin(const char *a, const char *b);

#endif
