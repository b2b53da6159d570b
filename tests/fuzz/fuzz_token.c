/*
 * The token endpoint's replies, whole and cut, as success and as refusal:
 * no input may crash the reader, give out a token that can't be sent, or
 * put unprintable or secret text into an error.
 *
 * sources: oauth/token.c http/ base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "oauth/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct credentials keys = {
	.region = "nl",
	.base_url = "https://start.exactonline.nl",
	.client_id = "id",
	.client_secret = "SECRET",
	.redirect_uri = "https://me.example/",
};

static void must_be_token(const char *text, size_t room)
{
	size_t len = strnlen(text, room);

	if (len == room)
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] <= 0x20 || text[i] >= 0x7f)
			abort();
}

static void judge(
	const char *text, size_t size, enum http_outcome outcome, int status)
{
	static struct token_pair pair;
	struct token_verdict verdict;
	struct http_response response;

	http_response_init(&response, TOKEN_REPLY_MAX);
	response.outcome = outcome;
	response.status = status;
	buf_append(&response.body, text, size);
	token_judge(&response, &keys, TOKEN_GRANT_REFRESH, "OLDTOKEN", &pair,
		&verdict);
	http_response_free(&response);
	if (verdict.result == TOKEN_ROTATED) {
		must_be_token(pair.refresh, sizeof(pair.refresh));
		must_be_token(pair.access, sizeof(pair.access));
		if (pair.refresh[0] == '\0' && pair.access[0] == '\0')
			abort();
		if (pair.expires_in_s < 1 || pair.expires_in_s > 86400)
			abort();
		return;
	}
	for (const char *c = verdict.text; *c != '\0'; c++)
		if (*c < 0x20 || *c >= 0x7f)
			abort();
	if (strstr(verdict.text, "SECRET") != NULL ||
		strstr(verdict.text, "OLDTOKEN") != NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size == 0 ? 1 : size); /* exact: ASan sees */
	static struct token_pair pair;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	if (token_parse(text, size, &pair) == 0) {
		must_be_token(pair.refresh, sizeof(pair.refresh));
		must_be_token(pair.access, sizeof(pair.access));
	}
	judge(text, size, HTTP_DONE, 200);
	judge(text, size, HTTP_LOST, 200);
	judge(text, size, HTTP_DONE, 400);
	free(text);
	return 0;
}
