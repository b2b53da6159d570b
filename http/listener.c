/*
 * libmicrohttpd without threads: the loop watches its epoll descriptor, and
 * MHD_run() does what is ready. The life of a request:
 *
 *	request line ──► headers ──► body ──► handler ──► reply
 *	    on_line       on_request              │         ▲
 *	                                          ▼         │ timer
 *	                                        held ───────┘
 *	                                          │ peer gone, or an hour
 *	                                          ▼
 *	                                        closed
 *
 * A delayed reply is *held*: its connection is suspended. That takes the
 * connection out of libmicrohttpd's epoll set, so a second epoll descriptor of
 * ours notices when the peer hangs up. The clock knows of each held reply, so
 * that virtual time may move past the delay; from the release on, the time
 * stands still until the client has seen the reply.
 *
 * libmicrohttpd's own Date header shows the real clock and is suppressed. Its
 * unescaping is switched off, and the target is taken from the request line
 * as it was sent.
 */
#include "http/listener.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define IDLE_SECONDS    600u /* real time; checked when anything happens */
#define REQUEST_HEADERS 96
#define HEAD_MEMORY     65536 /* for the request's headers and the reply's */
#define NEVER_MS        3600000
#define CROWDED_MS      1000
#define RUNS_AT_ONCE    64
#define ERROR_BODY_MAX  256

enum exchange_state {
	STATE_READING,
	STATE_HELD,
	STATE_READY, /* its reply may be sent */
	STATE_GONE   /* to be closed without a byte */
};

struct held_exchange {
	struct held_exchange *next, *prev; /* while held */
	struct listener *listener;         /* borrowed */
	struct MHD_Connection *connection; /* foreign */
	char *target;                      /* owned; NULL when there was no
					      memory */
	size_t target_len;
	struct buf body; /* owned, wiped */
	struct exchange_reply reply;
	struct loop_timer timer;
	enum exchange_state state;
	bool begun; /* the headers have been checked */
	bool has_reply;
	int fd; /* of the connection, while held */
};

struct listener {
	struct loop *loop; /* borrowed */
	struct MHD_Daemon *daemon;
	int epoll_fd;   /* libmicrohttpd's */
	int gone_fd;    /* ours: an epoll set of the held connections */
	bool inside;    /* MHD_run() is running */
	bool run_again; /* … and must run again afterwards */
	bool was_crowded;
	struct loop_timer timer;
	struct held_exchange *held;
	size_t max_body;
	size_t max_target;
	listener_handler handler;
	void *arg; /* borrowed */
	char url[80];
};

static void listener_run(struct listener *listener);

/* ---- holding ------------------------------------------------------------ */

static void release(struct held_exchange *exchange, enum exchange_state state)
{
	struct listener *listener = exchange->listener;

	assert(exchange->state == STATE_HELD);
	exchange->state = state;
	loop_timer_cancel(listener->loop, &exchange->timer);
	(void)epoll_ctl(listener->gone_fd, EPOLL_CTL_DEL, exchange->fd, NULL);
	if (exchange->prev)
		exchange->prev->next = exchange->next;
	else
		listener->held = exchange->next;
	if (exchange->next)
		exchange->next->prev = exchange->prev;
	clock_held(loop_clock(listener->loop), -1);
	MHD_resume_connection(exchange->connection);
}

static void on_due(struct loop *loop, void *arg)
{
	struct held_exchange *exchange = arg;
	struct listener *listener = exchange->listener;

	(void)loop;
	release(exchange, exchange->reply.cut == EXCHANGE_NEVER ? STATE_GONE
								: STATE_READY);
	listener_run(listener);
}

static void on_gone(struct loop *loop, int fd, unsigned events, void *arg)
{
	struct listener *listener = arg;
	struct epoll_event seen[16];
	int count, i;

	(void)loop;
	(void)events;
	count = epoll_wait(fd, seen, 16, 0);
	for (i = 0; i < count; i++)
		release(seen[i].data.ptr, STATE_GONE);
	listener_run(listener);
}

static void hold(struct held_exchange *exchange, int64_t now_boot_ms)
{
	struct listener *listener = exchange->listener;
	const union MHD_ConnectionInfo *info;
	struct epoll_event event;
	int64_t delay = exchange->reply.delay_ms;

	if (exchange->reply.cut == EXCHANGE_NEVER)
		delay = NEVER_MS;
	info = MHD_get_connection_info(
		exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	exchange->fd = info ? info->connect_fd : -1;
	memset(&event, 0, sizeof(event));
	event.events = EPOLLRDHUP; /* HUP and ERR are always reported */
	event.data.ptr = exchange;
	(void)epoll_ctl(listener->gone_fd, EPOLL_CTL_ADD, exchange->fd, &event);
	exchange->state = STATE_HELD;
	exchange->prev = NULL;
	exchange->next = listener->held;
	if (listener->held)
		listener->held->prev = exchange;
	listener->held = exchange;
	clock_held(loop_clock(listener->loop), 1);
	MHD_suspend_connection(exchange->connection);
	loop_timer_set(listener->loop, &exchange->timer, now_boot_ms + delay,
		on_due, exchange);
}

/* ---- replying ------------------------------------------------------------ */

static ssize_t cut_body(void *arg, uint64_t at, char *bytes, size_t max)
{
	const struct held_exchange *exchange = arg;
	const struct buf *body = &exchange->reply.body;
	size_t end = exchange->reply.cut_after;
	size_t len;

	if (end > body->len)
		end = body->len;
	if (at >= end)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	len = end - (size_t)at;
	if (len > max)
		len = max;
	memcpy(bytes, body->data + at, len);
	return (ssize_t)len;
}

static enum MHD_Result send_reply(struct held_exchange *exchange)
{
	struct exchange_reply *reply = &exchange->reply;
	struct MHD_Response *response;
	enum MHD_Result result;
	size_t i;

	if (reply->cut == EXCHANGE_NO_REPLY || buf_failed(&reply->body))
		return MHD_NO;
	if (reply->cut == EXCHANGE_TRUNCATED)
		response = MHD_create_response_from_callback(
			reply->body.len, 4096, cut_body, exchange, NULL);
	else /* the exchange outlives its sending */
		response = MHD_create_response_from_buffer(reply->body.len,
			reply->body.data, MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	/* Length, framing and connection are libmicrohttpd's own headers; it
	 * refuses them here. */
	for (i = 0; i < reply->header_count; i++)
		(void)MHD_add_response_header(response, reply->headers[i].name,
			reply->headers[i].value);
	result = MHD_queue_response(
		exchange->connection, (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result send_error(
	struct held_exchange *exchange, int status, const char *text)
{
	if (exchange->has_reply)
		exchange_reply_free(&exchange->reply);
	exchange_reply_init(&exchange->reply, ERROR_BODY_MAX);
	exchange->has_reply = true;
	exchange->reply.status = status;
	exchange_reply_header(&exchange->reply, "Content-Type", "text/plain");
	exchange_reply_header(&exchange->reply, "Connection", "close");
	buf_puts(&exchange->reply.body, text);
	exchange->state = STATE_READY;
	return send_reply(exchange);
}

struct header_list {
	struct exchange_header rows[REQUEST_HEADERS];
	size_t count;
	bool overflow;
};

static enum MHD_Result add_header(
	void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct header_list *list = arg;

	(void)kind;
	if (list->count == REQUEST_HEADERS) {
		list->overflow = true;
		return MHD_NO;
	}
	list->rows[list->count].name = name;
	list->rows[list->count].value = value ? value : "";
	list->count++;
	return MHD_YES;
}

static enum MHD_Result answer(
	struct held_exchange *exchange, const char *method)
{
	struct listener *listener = exchange->listener;
	struct instant now = loop_now(listener->loop);
	struct header_list list = { .count = 0 };
	struct exchange_request request;

	(void)MHD_get_connection_values(
		exchange->connection, MHD_HEADER_KIND, add_header, &list);
	if (list.overflow)
		return send_error(exchange, 431, "too many headers\n");
	request = (struct exchange_request){
		.method = method,
		.target = exchange->target,
		.headers = list.rows,
		.header_count = list.count,
		.body = exchange->body.data,
		.body_len = exchange->body.len,
	};
	exchange_reply_init(&exchange->reply, SIZE_MAX / 4);
	exchange->has_reply = true;
	listener->handler(listener->arg, &request, now, &exchange->reply);
	if (exchange->reply.cut == EXCHANGE_NEVER ||
		exchange->reply.delay_ms > 0) {
		hold(exchange, now.boot_ms);
		return MHD_YES;
	}
	exchange->state = STATE_READY;
	return send_reply(exchange);
}

/* ---- what libmicrohttpd calls -------------------------------------------- */

static void *on_line(
	void *arg, const char *uri, struct MHD_Connection *connection)
{
	struct listener *listener = arg;
	struct held_exchange *exchange;

	exchange = calloc(1, sizeof(*exchange));
	if (!exchange)
		return NULL;
	exchange->listener = listener;
	exchange->connection = connection;
	exchange->target_len = strlen(uri);
	exchange->target = strdup(uri);
	buf_init(&exchange->body, listener->max_body);
	return exchange;
}

static bool announces_too_much(const struct held_exchange *exchange)
{
	const char *text;
	char *end;
	unsigned long long announced;

	text = MHD_lookup_connection_value(
		exchange->connection, MHD_HEADER_KIND, "Content-Length");
	if (!text)
		return false;
	errno = 0;
	announced = strtoull(text, &end, 10);
	return errno != 0 || announced > exchange->listener->max_body;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
	const char *url, const char *method, const char *version,
	const char *upload, size_t *upload_size, void **slot)
{
	struct held_exchange *exchange = *slot;

	(void)arg;
	(void)connection;
	(void)url;
	(void)version;
	if (!exchange || !exchange->target)
		return MHD_NO;
	if (exchange->state == STATE_GONE)
		return MHD_NO;
	if (exchange->state == STATE_READY)
		return send_reply(exchange);
	if (!exchange->begun) {
		exchange->begun = true;
		if (exchange->target_len > exchange->listener->max_target)
			return send_error(exchange, 414, "URL too long\n");
		if (announces_too_much(exchange))
			return send_error(exchange, 413, "body too large\n");
		return MHD_YES;
	}
	if (*upload_size > 0) {
		/* Beyond the limit the rest is read and dropped, so that the
		 * client can read its 413. */
		buf_append(&exchange->body, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (buf_failed(&exchange->body))
		return send_error(exchange, 413, "body too large\n");
	return answer(exchange, method);
}

static void on_completed(void *arg, struct MHD_Connection *connection,
	void **slot, enum MHD_RequestTerminationCode code)
{
	struct held_exchange *exchange = *slot;

	(void)arg;
	(void)connection;
	(void)code;
	if (!exchange)
		return;
	*slot = NULL;
	assert(exchange->state != STATE_HELD);
	if (exchange->has_reply)
		exchange_reply_free(&exchange->reply);
	buf_wipe_free(&exchange->body);
	if (exchange->target)
		explicit_bzero(exchange->target, exchange->target_len);
	free(exchange->target);
	free(exchange);
}

static size_t keep_escaped(
	void *arg, struct MHD_Connection *connection, char *text)
{
	(void)arg;
	(void)connection;
	return strlen(text);
}

/* ---- running ------------------------------------------------------------- */

static void on_timer(struct loop *loop, void *arg)
{
	(void)loop;
	listener_run(arg);
}

static void listener_run(struct listener *listener)
{
	const union MHD_DaemonInfo *info;
	struct instant now = loop_now(listener->loop);
	MHD_UNSIGNED_LONG_LONG timeout;
	bool again = true;
	int runs;

	if (listener->inside) { /* a handler turned the loop */
		listener->run_again = true;
		return;
	}
	listener->inside = true;
	for (runs = 0; again && runs < RUNS_AT_ONCE; runs++) {
		listener->run_again = false;
		(void)MHD_run(listener->daemon);
		again = listener->run_again ||
			(MHD_get_timeout(listener->daemon, &timeout) ==
					MHD_YES &&
				timeout == 0);
	}
	listener->inside = false;
	if (again) {
		loop_timer_set(listener->loop, &listener->timer, now.boot_ms,
			on_timer, listener);
		return;
	}
	/* libmicrohttpd closes idle connections only when something happens. At
	 * the limit it accepts no new connection, so nothing would happen: a
	 * timer looks every second. Below the limit there is no timer, because
	 * a timer that returns for ever would move a virtual clock. */
	info = MHD_get_daemon_info(
		listener->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
	/* One more look after the limit: only then does it accept again. */
	bool crowded = info != NULL && info->num_connections >= CONNECTIONS_MAX;
	if (crowded || listener->was_crowded)
		loop_timer_set(listener->loop, &listener->timer,
			now.boot_ms + CROWDED_MS, on_timer, listener);
	listener->was_crowded = crowded;
}

static void on_ready(struct loop *loop, int fd, unsigned events, void *arg)
{
	(void)loop;
	(void)fd;
	(void)events;
	listener_run(arg);
}

/* ---- opening ------------------------------------------------------------- */

static int address_split(const char *address, char *host, size_t host_size,
	char *port, size_t port_size)
{
	const char *begin = address;
	const char *colon = strrchr(address, ':');
	size_t host_len, port_len;

	if (!colon)
		return FAIL_CONFIG;
	host_len = (size_t)(colon - begin);
	port_len = strlen(colon + 1);
	if (host_len >= 2 && begin[0] == '[' && begin[host_len - 1] == ']') {
		begin++;
		host_len -= 2;
	} else if (memchr(begin, ':', host_len)) {
		return FAIL_CONFIG;
	}
	if (host_len == 0 || host_len >= host_size || port_len == 0 ||
		port_len >= port_size ||
		strspn(colon + 1, "0123456789") != port_len ||
		strtoul(colon + 1, NULL, 10) > 65535)
		return FAIL_CONFIG;
	memcpy(host, begin, host_len);
	host[host_len] = '\0';
	memcpy(port, colon + 1, port_len + 1);
	return 0;
}

static int socket_bind(const struct addrinfo *where, int *ret_fd)
{
	int one = 1;
	int fd, saved;

	fd = socket(where->ai_family,
		SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return FAIL_CONFIG;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, where->ai_addr, where->ai_addrlen) != 0 ||
		listen(fd, 128) != 0) {
		saved = errno;
		close(fd);
		errno = saved;
		return FAIL_CONFIG;
	}
	*ret_fd = fd;
	return 0;
}

static int socket_open(const char *address, int *ret_fd, struct error *err)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char host[64], port[8];
	int fail;

	if (address_split(address, host, sizeof(host), port, sizeof(port)) !=
			0 ||
		getaddrinfo(host, port, &hints, &found) != 0)
		return error_set(err, FAIL_CONFIG,
			"can't listen on '%s': write ADDRESS:PORT with a "
			"literal address, such as 127.0.0.1:8080 or "
			"[::1]:8080; port 0 picks one",
			address);
	fail = socket_bind(found, ret_fd);
	if (fail)
		error_set(err, fail,
			"can't listen on %s: %s; choose another address or "
			"port",
			address, strerror(errno));
	freeaddrinfo(found);
	return fail;
}

static int url_write(struct listener *listener, int fd)
{
	struct sockaddr_storage bound = { 0 };
	socklen_t len = sizeof(bound);
	char host[64], port[8];

	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0 ||
		getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host),
			port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return FAIL_STOP;
	snprintf(listener->url, sizeof(listener->url),
		bound.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s",
		host, port);
	return 0;
}

static struct MHD_Daemon *daemon_start(struct listener *listener, int fd,
	const struct listener_options *options)
{
	size_t max_target = options->max_target;
	unsigned idle_s = options->idle_s == 0 ? IDLE_SECONDS : options->idle_s;

	return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
					MHD_USE_SUPPRESS_DATE_NO_CLOCK,
		0, NULL, NULL, on_request, listener, /* options: */
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK,
		on_line, listener, MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped,
		NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, idle_s,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, max_target + HEAD_MEMORY,
		MHD_OPTION_END);
}

static int daemon_watch(struct listener *listener)
{
	const union MHD_DaemonInfo *info;

	info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info)
		return FAIL_STOP;
	listener->epoll_fd = info->epoll_fd;
	if (loop_fd_watch(listener->loop, listener->epoll_fd, LOOP_READ,
		    on_ready, listener) != 0)
		return FAIL_STOP;
	if (loop_fd_watch(listener->loop, listener->gone_fd, LOOP_READ, on_gone,
		    listener) != 0) {
		loop_fd_forget(listener->loop, listener->epoll_fd);
		return FAIL_STOP;
	}
	return 0;
}

int listener_open(struct listener **ret, struct loop *loop,
	const struct listener_options *options, struct error *err)
{
	struct listener *listener;
	int fd = -1;
	int fail;

	fail = socket_open(options->address, &fd, err);
	if (fail)
		return fail;
	listener = calloc(1, sizeof(*listener));
	if (!listener)
		goto fail_socket;
	listener->loop = loop;
	listener->max_body = options->max_body;
	listener->max_target = options->max_target;
	listener->handler = options->handler;
	listener->arg = options->arg;
	listener->gone_fd = epoll_create1(EPOLL_CLOEXEC);
	if (listener->gone_fd < 0)
		goto fail_listener;
	if (url_write(listener, fd) != 0)
		goto fail_gone;
	listener->daemon = daemon_start(listener, fd, options);
	if (!listener->daemon)
		goto fail_gone;
	fd = -1; /* the daemon owns it now */
	if (daemon_watch(listener) != 0)
		goto fail_daemon;
	*ret = listener;
	return 0;

fail_daemon:
	MHD_stop_daemon(listener->daemon);
fail_gone:
	close(listener->gone_fd);
fail_listener:
	free(listener);
fail_socket:
	if (fd >= 0)
		close(fd);
	return error_set(err, FAIL_STOP,
		"can't listen on %s: no memory or descriptors left",
		options->address);
}

void listener_free(struct listener *listener)
{
	if (!listener)
		return;
	while (listener->held)
		release(listener->held, STATE_GONE);
	loop_timer_cancel(listener->loop, &listener->timer);
	loop_fd_forget(listener->loop, listener->epoll_fd);
	loop_fd_forget(listener->loop, listener->gone_fd);
	MHD_stop_daemon(listener->daemon);
	close(listener->gone_fd);
	free(listener);
}

const char *listener_url(const struct listener *listener)
{
	return listener->url;
}
