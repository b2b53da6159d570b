/*
 * A small HTTP server on one address, driven by the loop; the only owner of
 * libmicrohttpd. The sandbox uses it, and `login --listen` for the OAuth
 * callback.
 */
#ifndef HTTP_LISTENER_H
#define HTTP_LISTENER_H

#include "base/error.h"
#include "http/exchange.h"
#include "http/loop.h"

struct listener;

/* Fills `reply`, which is initialised. Called once per request. */
typedef void (*listener_handler)(void *arg, const struct exchange_request *req,
	struct instant now, struct exchange_reply *reply);

struct listener_options {
	const char *address; /* "127.0.0.1:0", "[::1]:8080"; 0 picks a port */
	size_t max_body;     /* larger requests get 413 */
	size_t max_target;   /* longer targets get 414 */
	unsigned idle_s;     /* silent connections are closed; 0: 600 */
	listener_handler handler;
	void *arg; /* borrowed */
};

int listener_open(struct listener **ret, struct loop *loop,
	const struct listener_options *options, struct error *err) MUST_CHECK;
void listener_free(struct listener *listener);
/* "http://127.0.0.1:41233", without a trailing slash. Borrowed. */
const char *listener_url(const struct listener *listener);

#endif
