/*
 * The token endpoint: one request, and the meaning of its answer.
 *
 *	rotated    a whole new pair arrived
 *	passing    try again later; the login is unchanged
 *	early      refused because Exact issued a token less than 570 s ago:
 *	           nothing is lost, and proof that somebody got that token
 *	final      only a person can help
 *	configured the app's keys or address are wrong; the login is fine
 *
 * A reply with a refresh token is used even if the rest of the reply is odd;
 * a reply that was cut off is searched for a whole pair.
 *
 * A request is sent on a fresh connection and exactly once: libcurl would
 * send again by itself when a reused connection dies without a byte, and a
 * refresh token can be used only once.
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
	char refresh[LOGIN_REFRESH_MAX +
		     1]; /* "": the reply had none; keep the old one */
	char access[LOGIN_ACCESS_MAX + 1]; /* "": no usable token */
	int64_t expires_in_s; /* 1 to 86400; 600 when the reply does not say */
};

struct token_verdict {
	enum token_result result;
	enum login_cause cause; /* for TOKEN_FINAL of a refresh */
	bool untouched; /* Exact rotated nothing for sure; false: it may have */
	/* The first retry comes after again_ms; each further wait doubles, up
	 * to again_max_ms. 0: it is unknown whether Exact saw the request, so
	 * the wait is the age at which a token may be refreshed. */
	int64_t again_ms;
	int64_t again_max_ms;
	char text[LOGIN_TEXT_MAX]; /* one sentence: what happened */
};

/* The form body, each value percent-encoded exactly once ("!" too). Wipe the
 * body after use. `secret` is the code or the refresh token, decoded. */
void token_body(const struct credentials *credentials, enum token_grant grant,
	const char *secret, struct buf *body);

/* Sends POST base_url/api/oauth2/token. Errors are the transport's. */
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

/* Reads the body of a 200 reply, whole or cut off. 0, or FAIL_INPUT when it
 * holds no token. For token_judge(), tests and the fuzzer. */
int token_parse(
	const char *body, size_t len, struct token_pair *ret_pair) MUST_CHECK;

#endif
