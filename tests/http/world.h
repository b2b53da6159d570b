/*
 * One process, one loop, one virtual clock: our client, our server, and two
 * rude peers that speak bytes over plain sockets.
 */
#ifndef TESTS_HTTP_WORLD_H
#define TESTS_HTTP_WORLD_H

#include <check.h>

#include "http/client.h"
#include "http/listener.h"

#define WORLD_BOOT 1000000 /* where clock_open_private() begins */

struct world {
	struct clock *clock;
	struct loop *loop;
	struct listener *listener;
	struct http_client *client;
	struct http_transport transport;
	int handled;      /* requests the handler has seen */
	char target[512]; /* the last one's */
	char method[16];  /* … */
	char heads[4096]; /* … "Name: value\n" */
	char body[1024];  /* … */
	size_t body_len;
	struct instant at;                                    /* … */
	void (*act)(struct world *, struct exchange_reply *); /* or NULL */
};

void world_open(struct world *world);
void world_close(struct world *world);
/* listener_url() + path, in a static buffer. */
const char *world_url(const struct world *world, const char *path);
/* A GET with 60 s and 1000 bytes. */
struct http_request world_get(const char *url);
void world_call(struct world *world, const struct http_request *request,
	struct http_response *ret);
/* Turn until this boot time has come. */
void world_pass(struct world *world, int64_t until_boot_ms);

/*
 * A server that answers the n-th request it gets, on whatever connection,
 * with the n-th text of its script: NULL closes without a byte, a text that
 * begins with "!" is sent without the "!" and then the connection is closed.
 */
struct rude {
	struct loop *loop;
	int fd;
	int connections;
	int requests;
	const char *const *script;
	int script_len;
	size_t binary_len; /* of script texts, when not 0 */
	char url[64];
	char last[8192]; /* the last request, whole */
	struct {
		int fd;
		size_t len;
		char bytes[8192];
	} peers[16];
};

void rude_open(struct rude *rude, struct loop *loop, const char *const *script,
	int script_len);
void rude_close(struct rude *rude);

/* A blocking-free raw client: connects to the world's server. */
int raw_connect(const struct world *world);
void raw_send(int fd, const char *text);
/* Turns the loop until the peer closed or `until` is in the answer. */
const char *raw_answer(struct world *world, int fd, const char *until);

TCase *check_loop(void);
TCase *check_client(void);
TCase *check_resend(void);
TCase *check_listener(void);
TCase *check_url(void);
TCase *check_retry(void);
TCase *check_tls(void);

#endif
