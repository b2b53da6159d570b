/*
 * A small HTTP server on one address, driven by the loop; the only owner of
 * libmicrohttpd. Used by the sandbox, and by `login --listen` for the OAuth
 * callback.
 */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "base/error.h"
#include "http/exchange.h"
#include "http/loop.h"

struct listen;

/* Fill `reply` (already initialised). Called once per request. */
typedef void (*listen_handler)(void *arg, const struct exchange_request *req,
	struct instant now, struct exchange_reply *reply);

struct listen_options {
	const char *address; /* "127.0.0.1:0", "[::1]:8080"; 0 picks a port */
	size_t max_body;     /* larger requests get 413 */
	size_t max_target;   /* longer targets get 414 */
	unsigned idle_s;     /* silent connections are closed; 0: 600 */
	listen_handler handler;
	void *arg; /* borrowed */
};

int listen_open(struct listen **ret, struct loop *loop,
	const struct listen_options *options, struct error *err) MUST_CHECK;
void listen_free(struct listen *listen);
/* "http://127.0.0.1:41233", without a trailing slash. Borrowed. */
const char *listen_url(const struct listen *listen);

#endif
