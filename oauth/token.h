/*
 * The token endpoint: one request, and what its answer means.
 *
 *	rotated    a new pair arrived, whole; nothing else matters
 *	passing    try again later; the login is as it was
 *	early      refused because a token was issued less than 570 s ago:
 *	           nothing is lost, and evidence that somebody got one
 *	final      only a person can help
 *	configured the app's keys or address are wrong; the login is not to
 *	           blame
 *
 * A reply that brings a refresh token is never thrown away for what is odd
 * about the rest of it; even a cut-off one is searched for a whole pair.
 *
 * A request goes out on a fresh connection and exactly once: libcurl would
 * send again by itself when a reused connection dies without a byte, and a
 * refresh token can be spent once only.
 */
#ifndef OAUTH_TOKEN_H
#define OAUTH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/client.h"
#include "oauth/credentials.h"
#include "oauth/login.h"

#define TOKEN_REPLY_MAX  65536
#define TOKEN_TIMEOUT_MS 90000 /* replies of 35 s have been seen */

enum token_grant {
	TOKEN_GRANT_CODE,   /* authorization_code */
	TOKEN_GRANT_REFRESH /* refresh_token */
};

enum token_result {
	TOKEN_ROTATED,
	TOKEN_PASSING,
	TOKEN_EARLY,
	TOKEN_FINAL,
	TOKEN_CONFIGURED
};

struct token_pair {
	char refresh[LOGIN_REFRESH_MAX + 1]; /* "" : none came, keep the old */
	char access[LOGIN_ACCESS_MAX + 1];   /* "" : none that can be used */
	int64_t expires_in_s;                /* 1 to 86400; 600 if not told */
};

struct token_verdict {
	enum token_result result;
	enum login_cause cause; /* for TOKEN_FINAL of a refresh */
	bool untouched; /* surely nothing was rotated; else it may have been */
	/* First retry after this much, doubling up to the second; 0: whether
	 * Exact saw it is open, so as long as a fresh token is young. */
	int64_t again_ms;
	int64_t again_max_ms;
	char text[LOGIN_TEXT_MAX]; /* what happened, in a sentence */
};

/* The form body: each value percent-encoded exactly once, "!" too. Wipe it
 * after use. `secret` is the code or the refresh token, decoded. */
void token_body(const struct credentials *credentials, enum token_grant grant,
	const char *secret, struct buf *body);

/* Send it: POST base_url/api/oauth2/token. Errors are the transport's. */
int token_send(const struct http_transport *transport,
	const struct credentials *credentials, enum token_grant grant,
	const char *secret, http_done_fn done, void *arg,
	struct error *err) MUST_CHECK;

/* What the answer means. ret_pair is set for TOKEN_ROTATED; wipe it. Texts
 * quote Exact's own words, made printable, but nothing that was sent. */
void token_judge(const struct http_response *response,
	const struct credentials *credentials, enum token_grant grant,
	const char *secret, struct token_pair *ret_pair,
	struct token_verdict *ret);

/* A 200 reply's body, or as much of it as came. 0, or FAIL_INPUT when there
 * is no token in it. For token_judge(), tests and the fuzzer. */
int token_parse(
	const char *body, size_t len, struct token_pair *ret_pair) MUST_CHECK;

#endif
