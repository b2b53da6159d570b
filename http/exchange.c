/*
 * The two halves of an exchange as plain data, without sockets. A handler is
 * a function from exchange_request to exchange_reply, so the same handler
 * answers over http/listener and, in tests, by a call.
 */
#include "http/exchange.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

void exchange_reply_init(struct exchange_reply *reply, size_t max_body)
{
	memset(reply, 0, sizeof(*reply));
	reply->status = 200;
	buf_init(&reply->body, max_body);
}

void exchange_reply_free(struct exchange_reply *reply)
{
	if (!reply)
		return;
	/* Replies of the token endpoint hold secrets. */
	buf_wipe_free(&reply->body);
	explicit_bzero(reply->headers, sizeof(reply->headers));
	reply->header_count = 0;
}

void exchange_reply_header(
	struct exchange_reply *reply, const char *name, const char *value)
{
	size_t name_len = strlen(name);
	size_t value_len = strlen(value);
	size_t i = reply->header_count;

	assert(i < EXCHANGE_HEADERS_MAX);
	assert(name_len < sizeof(reply->headers[i].name));
	assert(value_len < sizeof(reply->headers[i].value));
	memcpy(reply->headers[i].name, name, name_len + 1);
	memcpy(reply->headers[i].value, value, value_len + 1);
	reply->header_count = i + 1;
}

const char *exchange_request_header(
	const struct exchange_request *request, const char *name)
{
	size_t i;

	for (i = 0; i < request->header_count; i++)
		if (strcasecmp(request->headers[i].name, name) == 0)
			return request->headers[i].value;
	return NULL;
}
