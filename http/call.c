/*
 * A response as a value, and a call that waits for its response.
 *
 * A signal may interrupt http_call() while its request is under way. The
 * request is then cancelled. When the transport can't cancel, the call's
 * state stays on the heap until its done() comes and a resend is refused, so
 * that nothing of the caller is touched after the return.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/client.h"

struct call {
	const struct http_request *request; /* borrowed; NULL: abandoned */
	struct http_response *ret;          /* borrowed */
	bool done;
};

void http_response_init(struct http_response *response, size_t max_body)
{
	memset(response, 0, sizeof(*response));
	response->outcome = HTTP_UNSENT;
	buf_init(&response->body, max_body);
	buf_init(&response->headers, HTTP_HEADERS_MAX);
}

void http_response_free(struct http_response *response)
{
	if (!response)
		return;
	/* Replies of the token endpoint hold secrets. */
	buf_wipe_free(&response->body);
	buf_wipe_free(&response->headers);
}

bool http_response_header(const struct http_response *response,
	const char *name, char *ret_value, size_t size)
{
	const char *line = response->headers.data;
	size_t name_len = strlen(name);
	const char *end, *value;

	for (; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (!end)
			return false;
		if (strncasecmp(line, name, name_len) != 0 ||
			line[name_len] != ':')
			continue;
		value = line + name_len + 1;
		while (value < end && (*value == ' ' || *value == '\t'))
			value++;
		while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		if ((size_t)(end - value) >= size)
			return false;
		memcpy(ret_value, value, (size_t)(end - value));
		ret_value[end - value] = '\0';
		return true;
	}
	return false;
}

static int call_before_send(void *arg, int send)
{
	struct call *call = arg;

	if (!call->request)
		return -1;
	if (!call->request->before_send)
		return send == 1 ? 0 : -1;
	return call->request->before_send(call->request->arg, send);
}

static void call_done(void *arg, struct http_response *response)
{
	struct call *call = arg;

	if (!call->request) {
		free(call);
		return;
	}
	*call->ret = *response;
	buf_init(&response->body, 0);
	buf_init(&response->headers, 0);
	call->done = true;
}

int http_call(const struct http_transport *transport, struct loop *loop,
	const struct http_request *request, struct http_response *ret,
	struct error *err)
{
	struct http_request inner = *request;
	struct call *call;
	int fail;

	call = calloc(1, sizeof(*call));
	if (!call)
		return error_set(
			err, FAIL_STOP, "can't send a request: out of memory");
	call->request = request;
	call->ret = ret;
	inner.before_send = call_before_send;
	inner.arg = call;
	fail = transport->send(transport->ctx, &inner, call_done, err);
	if (fail) {
		free(call);
		return fail;
	}
	fail = loop_run_until(loop, &call->done);
	if (!fail) {
		free(call);
		return 0;
	}
	if (transport->cancel) {
		transport->cancel(transport->ctx, call);
		free(call);
	} else {
		call->request = NULL;
	}
	return error_set(err, fail,
		"stopped by a signal while a request was "
		"under way");
}
