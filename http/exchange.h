/*
 * One HTTP exchange as a server sees it, without any I/O: the request that a
 * handler gets, and the reply that it makes. `http/listener` carries both over
 * a socket; tests call a handler directly.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct exchange_header {
	const char *name;  /* borrowed */
	const char *value; /* borrowed */
};

struct exchange_request {
	const char *method; /* "GET"; borrowed */
	const char *target; /* path and query as sent, not decoded */
	const struct exchange_header *headers; /* borrowed */
	size_t header_count;
	const char *body; /* borrowed, may be NULL when body_len is 0 */
	size_t body_len;
};

#define EXCHANGE_HEADERS_MAX 24

/* How the sending of a reply may go wrong, for the sandbox. */
enum exchange_cut {
	EXCHANGE_WHOLE = 0, /* the whole reply is sent */
	EXCHANGE_NO_REPLY,  /* connection closed without a byte */
	EXCHANGE_TRUNCATED, /* headers, cut_after body bytes, then closed */
	EXCHANGE_NEVER      /* nothing is sent, the connection stays open */
};

struct exchange_reply {
	int status;
	struct {
		char name[40];
		char value[1024];
	} headers[EXCHANGE_HEADERS_MAX];
	size_t header_count;
	struct buf body;  /* owned by the reply */
	int64_t delay_ms; /* the reply is sent this much later (boot time) */
	enum exchange_cut cut;
	size_t cut_after; /* for EXCHANGE_TRUNCATED */
};

/* A reply with status 200, no headers and an empty body of at most max_body
 * bytes. */
void exchange_reply_init(struct exchange_reply *reply, size_t max_body);
void exchange_reply_free(struct exchange_reply *reply);
/* Adds a header. More than EXCHANGE_HEADERS_MAX, or a value that does not fit,
 * is a bug of ours and asserts. */
void exchange_reply_header(
	struct exchange_reply *reply, const char *name, const char *value);
/* Names are compared without case; NULL when there is no such header. */
const char *exchange_request_header(
	const struct exchange_request *request, const char *name);

#endif
