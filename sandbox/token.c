/*
 * POST /api/oauth2/token: from a code or a refresh token to a new pair. Its
 * answers are described in doc/exact-online-facts.md, "Signing in".
 */
#include "sandbox/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sandbox/form.h"
#include "sandbox/stamp.h"

#define ENDPOINT "oauth2/token"

struct token_request {
	char grant_type[32];
	char client_id[64];
	char client_secret[128];
	char code[GRANTS_TEXT_MAX];
	char redirect_uri[400];
	char refresh_token[GRANTS_TEXT_MAX];
};

struct refusal {
	int status;
	const char *error;
	const char *description; /* NULL: none */
};

/* The answers to a bad code or refresh token. */
static const struct refusal refusals[] = {
	[GRANTS_MALFORMED] = { 400, "invalid_request",
		"Signed data extraction has failed" },
	[GRANTS_FOREIGN] = { 400, "invalid_grant",
		"The token was not issued to this client." },
	[GRANTS_USED] = { 400, "invalid_grant",
		"The authorization code has already been used." },
	[GRANTS_OLD] = { 401, "unauthorized_client",
		"Old refresh token used." },
	[GRANTS_EXPIRED] = { 400, "invalid_grant",
		"The authorization code has expired." },
	[GRANTS_EARLY] = { 400, "access_denied",
		"Rate limit exceeded: access_token not expired" },
	[GRANTS_BROKEN] = { 400, "invalid_grant",
		"Token is not allowed, because of invalid or empty chainId" },
	[GRANTS_MISMATCHED] = { 400, "invalid_grant",
		"The redirect_uri does not match." },
	[GRANTS_INACTIVE] = { 400, "invalid_grant", "The user is not active." },
};

static void refuse(struct turn *turn, int status, const char *error,
	const char *description)
{
	struct buf *out = &turn->reply->body;

	turn->reply->status = status;
	exchange_reply_header(
		turn->reply, "Content-Type", "application/json; charset=utf-8");
	exchange_reply_header(turn->reply, "Cache-Control", "no-store");
	buf_puts(out, "{\"error\":");
	buf_put_json(out, error, strlen(error));
	if (description) {
		buf_puts(out, ",\"error_description\":");
		buf_put_json(out, description, strlen(description));
	}
	buf_putc(out, '}');
}

static void refuse_verdict(struct sandbox *sandbox, struct turn *turn,
	enum grants_verdict verdict, int64_t end_ms)
{
	const struct refusal *row = &refusals[verdict];
	char text[160];
	char expired[40];
	char current[40];

	turn->strike = turn->user >= 0;
	if (verdict == GRANTS_EARLY) {
		snprintf(text, sizeof(text), "TooEarlyToRefreshTokens: %s",
			row->description);
		exchange_reply_header(turn->reply, "Reason", text);
		refuse(turn, sandbox->options.early_status, row->error,
			row->description);
	} else if (verdict == GRANTS_EXPIRED && end_ms != 0) {
		stamp_american(end_ms, expired);
		stamp_american(turn->now_ms, current);
		snprintf(text, sizeof(text),
			"The refresh token expired at %s and it is now %s.",
			expired, current);
		refuse(turn, 400, "invalid_request", text);
	} else {
		refuse(turn, row->status, row->error, row->description);
	}
}

/* 415 would be clearer, but the endpoint only sees that fields are missing. */
static bool read_form(const struct turn *turn, struct token_request *ret)
{
	const struct {
		const char *name;
		char *out;
		size_t size;
	} fields[] = {
		{ "grant_type", ret->grant_type, sizeof(ret->grant_type) },
		{ "client_id", ret->client_id, sizeof(ret->client_id) },
		{ "client_secret", ret->client_secret,
			sizeof(ret->client_secret) },
		{ "code", ret->code, sizeof(ret->code) },
		{ "redirect_uri", ret->redirect_uri,
			sizeof(ret->redirect_uri) },
		{ "refresh_token", ret->refresh_token,
			sizeof(ret->refresh_token) },
	};

	if (!turn_has_form(turn))
		return false;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (form_get(turn->request->body, turn->request->body_len,
			    fields[i].name, fields[i].out, fields[i].size) < 0)
			return false;
	return true;
}

static void grant(struct sandbox *sandbox, struct turn *turn,
	const struct grants_pair *pair)
{
	struct buf *out = &turn->reply->body;

	exchange_reply_header(
		turn->reply, "Content-Type", "application/json; charset=utf-8");
	exchange_reply_header(turn->reply, "Cache-Control", "no-store");
	buf_puts(out, "{\"access_token\":");
	buf_put_json(out, pair->access, strlen(pair->access));
	buf_printf(out,
		",\"token_type\":\"bearer\",\"expires_in\":\"%" PRId64
		"\",\"refresh_token\":",
		sandbox->options.token_life_s);
	buf_put_json(out, pair->refresh, strlen(pair->refresh));
	buf_putc(out, '}');
}

/* True: refused before the request is read, because of too many errors or too
 * many token requests today. */
static bool throttled(struct sandbox *sandbox, struct turn *turn, int user)
{
	if (quota_blocked(&sandbox->quota, turn->app, user, -1, ENDPOINT,
		    turn->now_ms)) {
		turn->reply->status = sandbox->options.blocked_status;
		return true;
	}
	if (!grants_count_request(
		    &sandbox->grants, turn->app, user, turn->now_ms)) {
		turn->reply->status = 429;
		return true;
	}
	return false;
}

static void handle_form(
	struct sandbox *sandbox, struct turn *turn, struct token_request *form)
{
	struct grants *grants = &sandbox->grants;
	enum grants_verdict verdict;
	struct grants_pair pair;
	int64_t end_ms = 0;
	bool is_code = strcmp(form->grant_type, "authorization_code") == 0;

	turn->app = directory_find_client(&sandbox->directory, form->client_id);
	if (turn->app < 0 || strcmp(sandbox->directory.apps[turn->app].secret,
				     form->client_secret) != 0) {
		refuse(turn, 400, "invalid_request", NULL);
		return;
	}
	if (!is_code && strcmp(form->grant_type, "refresh_token") != 0) {
		refuse(turn, 400, "unsupported_grant_type", NULL);
		return;
	}
	turn->grant = is_code ? "authorization_code" : "refresh_token";
	turn->user = grants_user_of(
		grants, is_code ? form->code : form->refresh_token, is_code);
	if (turn->user >= 0 && throttled(sandbox, turn, turn->user))
		return;
	if (is_code)
		verdict = grants_redeem_code(grants, turn->app, form->code,
			form->redirect_uri, turn->now_ms, &turn->user, &pair);
	else
		verdict = grants_refresh(grants, turn->app, form->refresh_token,
			turn->now_ms, &turn->user, &end_ms, &pair);
	if (verdict == GRANTS_GOOD)
		grant(sandbox, turn, &pair);
	else
		refuse_verdict(sandbox, turn, verdict, end_ms);
}

void token_handle(struct sandbox *sandbox, struct turn *turn)
{
	struct token_request form = { 0 };

	sandbox->token_requests++;
	snprintf(turn->endpoint, sizeof(turn->endpoint), "%s", ENDPOINT);
	if (strcmp(turn->request->method, "POST") != 0) {
		exchange_reply_header(turn->reply, "Allow", "POST");
		turn_page(turn, 405, "Method not allowed", "Use POST.");
		return;
	}
	if (!read_form(turn, &form))
		refuse(turn, 400, "invalid_request", NULL);
	else
		handle_form(sandbox, turn, &form);
}
