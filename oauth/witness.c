/* Copies in and out of the shared page; see witness.h. */
#include "oauth/witness.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"

void witness_take(struct witness *witness, const char *name, uint64_t counter,
	struct instant left, const struct http_response *response)
{
	if (!witness || response->status != 200 || response->body.len == 0 ||
		response->body.len > sizeof(witness->body))
		return;
	snprintf(witness->name, sizeof(witness->name), "%s", name);
	witness->counter = counter;
	witness->left = left;
	witness->sent_boot_ms = response->sent_boot_ms;
	witness->done_boot_ms = response->done_boot_ms;
	witness->len = response->body.len;
	memcpy(witness->body, response->body.data, response->body.len);
	atomic_store(&witness->full, response->outcome == HTTP_DONE ? 1 : 2);
}

bool witness_full(const struct witness *witness)
{
	return witness != NULL && atomic_load(&witness->full) != 0;
}

void witness_reply(const struct witness *witness, struct http_response *ret)
{
	http_response_init(ret, WITNESS_REPLY_MAX);
	ret->outcome = atomic_load(&witness->full) == 1 ? HTTP_DONE : HTTP_LOST;
	ret->status = 200;
	ret->sends = 1;
	ret->sent_boot_ms = witness->sent_boot_ms;
	ret->done_boot_ms = witness->done_boot_ms;
	buf_append(&ret->body, witness->body, witness->len);
}

void witness_wipe(struct witness *witness)
{
	if (!witness)
		return;
	atomic_store(&witness->full, 0);
	crypto_wipe(witness->body, sizeof(witness->body));
}
