/*
 * See token.h. The answers are a table, from exact-api 2.4. Exact has changed
 * which status comes with which words (400 or 401), so a row matches any
 * client error with its words.
 */
#include "oauth/token.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"

#define SECOND   1000LL
#define WORD_MAX 128

/* ---- asking ---------------------------------------------------------- */

static void put_pair(struct buf *body, const char *name, const char *value)
{
	if (body->len > 0)
		buf_putc(body, '&');
	buf_puts(body, name);
	buf_putc(body, '=');
	buf_put_percent(body, value, strlen(value));
}

void token_body(const struct credentials *credentials, enum token_grant grant,
	const char *secret, struct buf *body)
{
	if (grant == TOKEN_GRANT_CODE) {
		put_pair(body, "grant_type", "authorization_code");
		put_pair(body, "code", secret);
		put_pair(body, "redirect_uri", credentials->redirect_uri);
	} else {
		put_pair(body, "grant_type", "refresh_token");
		put_pair(body, "refresh_token", secret);
	}
	put_pair(body, "client_id", credentials->client_id);
	put_pair(body, "client_secret", credentials->client_secret);
}

int token_send(const struct http_transport *transport,
	const struct credentials *credentials, enum token_grant grant,
	const char *secret, http_done_fn done, void *arg, struct error *err)
{
	static const char *const headers[] = {
		"Content-Type: application/x-www-form-urlencoded",
		"Accept: application/json", NULL
	};
	struct buf url, body;
	size_t base = strlen(credentials->base_url);
	int fail;

	while (base > 0 && credentials->base_url[base - 1] == '/')
		base--;
	buf_init(&url, 2048);
	buf_init(&body, 32768);
	buf_append(&url, credentials->base_url, base);
	buf_puts(&url, "/api/oauth2/token");
	token_body(credentials, grant, secret, &body);
	struct http_request request = {
		.method = "POST",
		.url = url.data,
		.headers = headers,
		.body = body.data,
		.body_len = body.len,
		.max_body = TOKEN_REPLY_MAX,
		.timeout_ms = TOKEN_TIMEOUT_MS,
		.fresh_connection = true,
		.arg = arg,
	};
	if (buf_failed(&url) || buf_failed(&body))
		fail = error_set(err, FAIL_CONFIG,
			"the token request for region %s is too long: check "
			"base_url and redirect_uri",
			credentials->region);
	else
		fail = transport->send(transport->ctx, &request, done, err);
	buf_wipe_free(&body);
	buf_free(&url);
	return fail;
}

/* ---- reading a reply ------------------------------------------------- */

static int hex4(const char *at, const char *end)
{
	int value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit;
		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			digit = c - 'A' + 10;
		else
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* One character of a JSON string; 0 at the end of the string, -1 when the
 * character is not allowed. Tokens and Exact's words are ASCII; anything else
 * becomes '?'. */
static int json_char(const char **at, const char *end)
{
	static const char plain[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	unsigned char c = *at < end ? (unsigned char)**at : 0;

	if (*at >= end || c < 0x20)
		return -1;
	(*at)++;
	if (c == '"')
		return 0;
	if (c >= 0x80)
		return '?';
	if (c != '\\')
		return c;
	if (*at >= end || **at == '\0')
		return -1;
	c = (unsigned char)*(*at)++;
	if (c == 'u') {
		int value = hex4(*at, end);
		if (value < 0)
			return -1;
		*at += 4;
		return value > 0 && value < 0x80 ? value : '?';
	}
	const char *found = strchr(plain, c);
	return found ? means[found - plain] : -1;
}

/* Decodes the string that begins at `at` (its opening quote). A library would
 * leave a copy of the token on the heap. False: the string is not whole, or
 * longer than size - 1. */
static bool take_string(const char *at, const char *end, char *ret, size_t size)
{
	size_t n = 0;

	if (at >= end || *at != '"')
		return false;
	at++;
	for (;;) {
		int c = json_char(&at, end);
		if (c == 0)
			break;
		if (c < 0 || n + 1 >= size) {
			crypto_wipe(ret, size);
			return false;
		}
		ret[n++] = (char)c;
	}
	ret[n] = '\0';
	return true;
}

/* Tokens are printable ASCII without blanks; anything else can't be sent. */
static bool is_sendable(const char *token)
{
	if (token[0] == '\0')
		return false;
	for (const char *c = token; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7f)
			return false;
	return true;
}

static int64_t seconds_of(const char *text)
{
	int64_t value = 0;

	/* "600", 600, 600.0: the digits before a point. */
	for (; *text >= '0' && *text <= '9'; text++) {
		value = value * 10 + (*text - '0');
		if (value > 86400)
			return 600;
	}
	if ((*text != '\0' && *text != '.') || value < 1)
		return 600;
	return value;
}

static bool member_text(
	struct json_slice object, const char *name, char *ret, size_t size)
{
	struct json_slice value;

	if (!json_member(object, name, &value))
		return false;
	if (json_kind(value) == JSON_STRING)
		return take_string(value.at, value.at + value.len, ret, size);
	if (json_kind(value) != JSON_NUMBER || value.len >= size)
		return false;
	memcpy(ret, value.at, value.len);
	ret[value.len] = '\0';
	return true;
}

/* Finds `"name" : "…"` in text that may have been cut anywhere. A name and a
 * value are whole when both have their quotes; TLS guards the bytes. */
static bool find_text(
	const char *body, size_t len, const char *name, char *ret, size_t size)
{
	char quoted[32];
	const char *end = body + len;
	int quoted_len = snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	const char *at = memmem(body, len, quoted, (size_t)quoted_len);

	if (!at)
		return false;
	at += quoted_len;
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' ||
				   *at == '\r' || *at == ':'))
		at++;
	return take_string(at, end, ret, size);
}

static bool bearer_type(const char *type)
{
	return type[0] == '\0' || strcasecmp(type, "bearer") == 0;
}

int token_parse(const char *body, size_t len, struct token_pair *ret_pair)
{
	struct token_pair pair = { .expires_in_s = 600 };
	struct json_slice top;
	char expires[32] = "", type[32] = "";
	bool sound = json_check(body, len, &top, NULL) == 0 &&
		     json_kind(top) == JSON_OBJECT;
	bool has_refresh, has_access;
	int fail = 0;

	if (sound) {
		has_refresh = member_text(top, "refresh_token", pair.refresh,
			sizeof(pair.refresh));
		has_access = member_text(
			top, "access_token", pair.access, sizeof(pair.access));
		if (member_text(top, "expires_in", expires, sizeof(expires)))
			pair.expires_in_s = seconds_of(expires);
		if (!member_text(top, "token_type", type, sizeof(type)))
			type[0] = '\0';
	} else {
		has_refresh = find_text(body, len, "refresh_token",
			pair.refresh, sizeof(pair.refresh));
		has_access = find_text(body, len, "access_token", pair.access,
			sizeof(pair.access));
	}
	if (!has_refresh || !is_sendable(pair.refresh))
		crypto_wipe(pair.refresh, sizeof(pair.refresh));
	/* A token of another type can't be used as a bearer token, but the
	 * refresh token beside it continues the chain. */
	if (!has_access || !is_sendable(pair.access) || !bearer_type(type))
		crypto_wipe(pair.access, sizeof(pair.access));
	if (pair.refresh[0] == '\0' && (pair.access[0] == '\0' || !sound))
		fail = FAIL_INPUT;
	else
		*ret_pair = pair;
	crypto_wipe(&pair, sizeof(pair));
	return fail;
}

/* ---- judging --------------------------------------------------------- */

struct answer {
	const char *error; /* NULL: any */
	const char *words; /* in the description or Reason; NULL: any, "": none
		          at all */
	enum token_result result;
	enum login_cause cause;
	int64_t again_s, again_max_s;
	const char *text;
};

/* The first match wins. Only answers that are known to be final are final. */
static const struct answer refused[] = {
	{ NULL, "not expired", TOKEN_EARLY, LOGIN_CAUSE_NONE, 60, 570,
		"Exact accepts no refresh yet: it issued a token less than "
		"570 s ago" },
	{ NULL, "Old refresh token", TOKEN_FINAL, LOGIN_CAUSE_ELSEWHERE, 0, 0,
		"Exact says the refresh token was used before" },
	{ NULL, "refresh token expired", TOKEN_FINAL, LOGIN_CAUSE_EXPIRED, 0, 0,
		"Exact says the refresh token has expired" },
	{ NULL, "chainId", TOKEN_FINAL, LOGIN_CAUSE_CHAIN, 0, 0,
		"Exact says the chain of tokens is broken" },
	{ "invalid_grant", NULL, TOKEN_FINAL, LOGIN_CAUSE_CHAIN, 0, 0,
		"Exact says the grant is no longer valid" },
	{ NULL, "Signed data extraction", TOKEN_FINAL, LOGIN_CAUSE_MALFORMED, 0,
		0, "Exact can't read the code or token" },
	{ "invalid_client", NULL, TOKEN_CONFIGURED, LOGIN_CAUSE_NONE, 60, 600,
		"Exact does not accept the app's client id or secret" },
	{ "invalid_request", "", TOKEN_CONFIGURED, LOGIN_CAUSE_NONE, 60, 600,
		"Exact does not accept the request: most likely the client id "
		"or secret is wrong" },
	{ NULL, NULL, TOKEN_PASSING, LOGIN_CAUSE_NONE, 120, 3600,
		"Exact refused the token request in words that are not known "
		"here" },
};

/* Do these words hold nothing that was sent? */
static bool holds_no_secret(const char *words,
	const struct credentials *credentials, const char *secret)
{
	return !strstr(words, secret) &&
	       !strstr(words, credentials->client_secret);
}

static void make_printable(char *text)
{
	for (char *c = text; *c != '\0'; c++)
		if (*c < 0x20 || *c >= 0x7f)
			*c = '?';
}

static void describe(struct token_verdict *verdict, const char *text,
	int status, const char *words)
{
	if (words[0] != '\0')
		snprintf(verdict->text, sizeof(verdict->text), "%s (%d: %.90s)",
			text, status, words);
	else
		snprintf(verdict->text, sizeof(verdict->text), "%s (%d)", text,
			status);
}

static bool matches(const struct answer *answer, const char *error,
	const char *description, const char *reason)
{
	if (answer->error && strcmp(answer->error, error) != 0)
		return false;
	if (!answer->words)
		return true;
	if (answer->words[0] == '\0')
		return description[0] == '\0' && reason[0] == '\0';
	return strcasestr(description, answer->words) != NULL ||
	       strcasestr(reason, answer->words) != NULL;
}

/* 400, 401, 403 and their like: the words decide. */
static void judge_refusal(const struct http_response *response,
	const struct credentials *credentials, const char *secret,
	struct token_verdict *verdict)
{
	char error[WORD_MAX] = "", reason[WORD_MAX] = "", words[512] = "";
	struct json_slice top;
	const struct answer *answer = refused;

	if (json_check(response->body.data, response->body.len, &top, NULL) ==
			0 &&
		json_kind(top) == JSON_OBJECT) {
		if (!member_text(top, "error", error, sizeof(error)))
			error[0] = '\0';
		if (!member_text(
			    top, "error_description", words, sizeof(words)))
			words[0] = '\0';
	}
	if (!http_response_header(response, "Reason", reason, sizeof(reason)))
		reason[0] = '\0';
	while (!matches(answer, error, words, reason))
		answer++;
	verdict->result = answer->result;
	verdict->cause = answer->cause;
	verdict->untouched = true;
	verdict->again_ms = answer->again_s * SECOND;
	verdict->again_max_ms = answer->again_max_s * SECOND;
	if (words[0] == '\0')
		snprintf(words, sizeof(words), "%s",
			error[0] != '\0' ? error : reason);
	if (!holds_no_secret(words, credentials, secret))
		snprintf(words, sizeof(words), "Exact's words repeat a secret");
	make_printable(words);
	describe(verdict, answer->text, response->status, words);
}

static void set_passing(struct token_verdict *verdict, bool untouched,
	int64_t again_s, int64_t max_s, int status, const char *text)
{
	verdict->result = TOKEN_PASSING;
	verdict->untouched = untouched;
	verdict->again_ms = again_s * SECOND;
	verdict->again_max_ms = max_s * SECOND;
	if (status != 0)
		describe(verdict, text, status, "");
	else
		snprintf(verdict->text, sizeof(verdict->text), "%s", text);
}

static void judge_status(const struct http_response *response,
	const struct credentials *credentials, const char *secret,
	struct token_verdict *verdict)
{
	int status = response->status;

	if (status >= 200 && status < 300)
		set_passing(verdict, false, 0, 0, status,
			response->body.len == 0
				? "Exact's answer to the token request is "
				  "empty; whether Exact rotated the token is "
				  "unknown"
				: "Exact's answer holds no token (it is a web "
				  "page, or was cut off)");
	else if (status == 429)
		set_passing(verdict, true, 60, 570, status,
			"Exact asks for fewer token requests");
	else if (status == 502 || status == 504 || status == 408)
		set_passing(verdict, false, 0, 0, status,
			"a gateway gave up on the token request; whether Exact "
			"received it is unknown");
	else if (status >= 500)
		set_passing(verdict, false, 30, 570, status,
			"Exact can't answer token requests at the moment");
	else if (status == 404 || status == 405) {
		set_passing(verdict, true, 60, 600, status,
			"there is no token endpoint at this base_url: check "
			"the region's address");
		verdict->result = TOKEN_CONFIGURED;
	} else if (status >= 400)
		judge_refusal(response, credentials, secret, verdict);
	else
		set_passing(verdict, true, 120, 3600, status,
			"Exact answered the token request with a redirect");
}

static const char broken[] =
	"the connection broke before Exact's answer arrived; whether Exact "
	"rotated the token is unknown";

static void set_unsent(
	const struct http_response *response, struct token_verdict *verdict)
{
	set_passing(verdict, true, 10, 300, 0, "");
	snprintf(verdict->text, sizeof(verdict->text),
		"the token request was not sent: %.120s", response->problem);
}

static void judge_network(
	const struct http_response *response, struct token_verdict *verdict)
{
	switch (response->outcome) {
	case HTTP_UNSENT:
		set_unsent(response, verdict);
		break;
	case HTTP_REFUSED:
		if (response->sends == 0) {
			set_unsent(response, verdict);
			break;
		}
		/* The first attempt was sent; only the second was stopped. */
		set_passing(verdict, false, 0, 0, 0, broken);
		break;
	case HTTP_TIMED_OUT:
		set_passing(verdict, false, 0, 0, 0,
			"the token request was not answered in time; whether "
			"Exact rotated the token is unknown");
		break;
	case HTTP_TOO_LARGE:
		set_passing(verdict, false, 0, 0, 0,
			"the answer to the token request is larger than "
			"64 KiB");
		break;
	case HTTP_LOST:
	case HTTP_DONE:
		set_passing(verdict, false, 0, 0, 0, broken);
		break;
	}
}

/* A code can't be tried again: any failure is final for the code, though not
 * for the login. */
static void judge_code(struct token_verdict *verdict)
{
	if (verdict->result == TOKEN_PASSING || verdict->result == TOKEN_EARLY)
		verdict->result = TOKEN_FINAL;
	verdict->cause = LOGIN_CAUSE_NONE;
}

void token_judge(const struct http_response *response,
	const struct credentials *credentials, enum token_grant grant,
	const char *secret, struct token_pair *ret_pair,
	struct token_verdict *ret)
{
	struct token_verdict verdict = { .untouched = false };
	bool whole = response->outcome == HTTP_DONE;

	*ret_pair = (struct token_pair){ .expires_in_s = 600 };
	if (response->status >= 200 && response->status < 300 &&
		token_parse(response->body.data, response->body.len,
			ret_pair) == 0 &&
		(grant == TOKEN_GRANT_REFRESH || ret_pair->refresh[0] != 0)) {
		verdict.result = TOKEN_ROTATED;
		*ret = verdict;
		return;
	}
	crypto_wipe(ret_pair, sizeof(*ret_pair));
	if (whole)
		judge_status(response, credentials, secret, &verdict);
	else
		judge_network(response, &verdict);
	if (grant == TOKEN_GRANT_CODE)
		judge_code(&verdict);
	*ret = verdict;
}
