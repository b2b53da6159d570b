/*
 * One row per kind of answer; the first that fits decides. A row's `marker`
 * must occur in Exact's own words: the error message in the body, or the
 * Reason header. Texts may come in the user's language, so a row without a
 * marker always follows. What a row's failure ends:
 *
 *	FAIL_SIGN_IN   the login: a person must sign in
 *	FAIL_COMPANY   this company
 *	FAIL_STREAM    this list alone
 *	FAIL_LATER     this list, until the next run
 *
 * A 401 has a row for each age of the token; oauth/keeper.h has the times. In
 * short: an old token expired and is refreshed; a young one may not be, so it
 * is tried once more; refused again, a right was taken away, and this company
 * is left until the keeper has got another; when that one is refused, too,
 * the login is dead. (That it is dead the token endpoint can say as well:
 * oauth/refresh.c.) What the keeper knows before a call leaves has rows of
 * its own.
 */
#include "connector/gate_verdict.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "scopes/explain.h"

/* Error bodies longer than this aren't Exact's own. */
#define ERROR_BODY_MAX (64 * 1024)

struct row {
	int from, to;       /* status, inclusive */
	const char *marker; /* or NULL */
	enum keeper_age age;
	enum gate_next next;
	int fail;
	const char *what;
	const char *remedy;
};

#define TOKEN_REFUSED                                                          \
	FAIL_COMPANY, "Exact Online refuses the token of this login",          \
		"check that its user is still active and may open this "       \
		"division"

#define USER_LEFT                                                              \
	"the user who signed in is blocked or no longer active",               \
		"sign in as another user of the division; what was read so "   \
		"far is kept"

static const struct row rows[] = {
	{ 201, 299, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"a status that no list has", NULL },
	{ 300, 399, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_STREAM,
		"a redirect, as to a sign-in page, which is not followed",
		"try again later; if it stays so, check the region's host in "
		"the configuration" },
	{ 400, 400, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"the request was refused as wrong",
		"report this with the message; it is not tried again" },
	{ 401, 401, NULL, KEEPER_OLD, GATE_TOKEN, FAIL_COMPANY,
		"one token after the other expired",
		"check this machine's clock and speed, and try again later" },
	{ 401, 401, NULL, KEEPER_YOUNG, GATE_TOKEN, TOKEN_REFUSED },
	{ 401, 401, NULL, KEEPER_TWICE, GATE_GIVE_UP, TOKEN_REFUSED },
	{ 401, 401, NULL, KEEPER_RENEWED, GATE_GIVE_UP, FAIL_SIGN_IN,
		"Exact Online refuses even a token that was just refreshed",
		"a person must sign in again, perhaps as another user" },
	{ 403, 403, "division scope", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		"the consent does not include this division",
		"ask the user to include the division in the consent (sign "
		"in again and tick it)" },
	{ 403, 403, "Application Scope Violated", KEEPER_ANY, GATE_GIVE_UP,
		FAIL_STREAM, "the app lacks a scope",
		"add the scope named to the app's registration in the Exact "
		"App Center, then sign in again" },
	{ 403, 403, "InactiveUser", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		USER_LEFT },
	{ 403, 403, "BlockedUser", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		USER_LEFT },
	{ 403, 403, "NoDivisionAccess", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		"the user may not open this division",
		"give the user access to the division, or sign in as one who "
		"has it" },
	{ 403, 403, "DivisionBlocked", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		"the division is blocked at Exact",
		"ask its owner or Exact why; it is read again once it is "
		"open" },
	{ 403, 403, "BlockedCustomer", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		"Exact has blocked the customer whose division this is",
		"the customer settles that with Exact; it is read again once "
		"it is open" },
	{ 403, 403, "LicenseExpired", KEEPER_ANY, GATE_GIVE_UP, FAIL_COMPANY,
		"the licence of Exact Online has expired",
		"the customer renews it with Exact; what was read so far is "
		"kept" },
	{ 403, 403, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"the user may not read this", explain_rights },
	{ 404, 404, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"there is no such list in this division",
		"check the division and its licence" },
	{ 408, 408, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"the server ran out of time", "try again later" },
	{ 429, 429, NULL, KEEPER_ANY, GATE_LIMITED, FAIL_LATER,
		"the server refused for its quota again and again",
		"find what else uses this app's quota for the division, and "
		"try again later" },
	{ 405, 499, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"the request was refused", NULL },
	{ 500, 599, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"the server failed", "try again later" },
	{ 0, 9999, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"an unheard-of status", "try again later" },
};

static const struct row outcomes[] = {
	[HTTP_UNSENT] = { 0, 0, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"the server can't be reached", "check the network" },
	[HTTP_LOST] = { 0, 0, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"the connection was lost before a whole answer came",
		"try again later" },
	[HTTP_TIMED_OUT] = { 0, 0, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"no answer came in time", "try again later" },
	[HTTP_TOO_LARGE] = { 0, 0, NULL, KEEPER_ANY, GATE_GIVE_UP, FAIL_STREAM,
		"the answer is larger than any page should be", NULL },
	[HTTP_REFUSED] = { 0, 0, NULL, KEEPER_ANY, GATE_AGAIN, FAIL_LATER,
		"a resend had no quota left", "try again later" },
};

static const struct row unsent[] = {
	[GATE_LOGIN_ENDED] = { 0, 0, NULL, KEEPER_ANY, GATE_GIVE_UP,
		FAIL_SIGN_IN, "a person must sign in again", NULL },
	[GATE_LOGIN_REFUSED] = { 0, 0, NULL, KEEPER_TWICE, GATE_GIVE_UP,
		TOKEN_REFUSED },
	[GATE_LOGIN_FAR] = { 0, 0, NULL, KEEPER_OLD, GATE_GIVE_UP, FAIL_LATER,
		"there is no token", "try again later" },
	[GATE_LOGIN_STUCK] = { 0, 0, NULL, KEEPER_OLD, GATE_GIVE_UP, FAIL_LATER,
		"the login's token could not be refreshed in 3 tries",
		"try again later" },
	[GATE_LOGIN_UNSAVED] = { 0, 0, NULL, KEEPER_OLD, GATE_GIVE_UP,
		FAIL_STORE,
		"the login's token could not be refreshed: its vault can't be "
		"written",
		"what is wrong stands above" },
	[GATE_LOGIN_UNSET] = { 0, 0, NULL, KEEPER_OLD, GATE_GIVE_UP,
		FAIL_CONFIG,
		"the login's token could not be refreshed: the configuration "
		"is wrong",
		"what is wrong stands above" },
};

/* Printable, one line, at most 200 bytes, never half a character. */
static void clean(char said[static 201], const char *text, size_t len)
{
	size_t out = 0;
	bool blank = true;
	for (size_t i = 0; i < len && out < 200; i++) {
		unsigned char c = (unsigned char)text[i];
		bool space = c <= ' ' || c == 0x7f;
		if (space && blank)
			continue;
		said[out++] = space ? ' ' : (char)c;
		blank = space;
	}
	/* Step back over a character that was cut, or a last blank. */
	size_t lead = out;
	while (lead > 0 && ((unsigned char)said[lead - 1] & 0xc0) == 0x80)
		lead--;
	if (lead > 0 && out == 200) {
		unsigned char c = (unsigned char)said[lead - 1];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
		if (out - (lead - 1) < need)
			out = lead - 1;
	}
	if (out > 0 && said[out - 1] == ' ')
		out--;
	said[out] = '\0';
}

/* {"error":{"code":"","message":{"lang":"","value":"text"}}} */
static bool said_in_body(
	const struct http_response *response, char said[static 201])
{
	static const char *const path[] = { "error", "message", "value" };
	struct json_slice at;
	struct error ignored;
	if (response->body.len == 0 || response->body.len > ERROR_BODY_MAX ||
		json_check(response->body.data, response->body.len, &at,
			&ignored) != 0)
		return false;
	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		struct json_slice member;
		if (json_kind(at) != JSON_OBJECT ||
			!json_member(at, path[i], &member))
			return false;
		at = member;
	}
	struct cJSON *item = NULL;
	if (json_kind(at) != JSON_STRING ||
		json_parse(at, &item, NULL, &ignored) != 0)
		return false;
	const char *text = json_string(item);
	if (text)
		clean(said, text, strlen(text));
	cJSON_Delete(item);
	return text != NULL;
}

/* "InactiveUser: Forbidden": the Reason header tells more than the body. */
static void find_said(
	const struct http_response *response, char said[static 201])
{
	char reason[400] = "", body[201] = "", both[604];
	bool told = said_in_body(response, body) && body[0];
	said[0] = '\0';
	if (!http_response_header(response, "Reason", reason, sizeof(reason)))
		reason[0] = '\0';
	int len = snprintf(both, sizeof(both), "%s%s%s", reason,
		reason[0] && told ? ": " : "", body);
	if (len > 0)
		clean(said, both, (size_t)len);
	else if (http_response_header(
			 response, "Content-Type", reason, sizeof(reason)) &&
		 strncasecmp(reason, "text/plain", 10) == 0)
		clean(said, response->body.data, response->body.len);
}

static bool is_json(const struct http_response *response)
{
	static const char json[] = "application/json";
	char type[128];
	return http_response_header(
		       response, "Content-Type", type, sizeof(type)) &&
	       strncasecmp(type, json, sizeof(json) - 1) == 0 &&
	       strchr("; \t", type[sizeof(json) - 1]) != NULL;
}

static bool ends_like_json(const struct buf *body)
{
	size_t len = body->len;
	while (len > 0 && strchr(" \t\r\n", body->data[len - 1]) &&
		body->data[len - 1])
		len--;
	return len > 0 &&
	       (body->data[len - 1] == '}' || body->data[len - 1] == ']');
}

static struct gate_verdict verdict_200(const struct http_response *response)
{
	struct gate_verdict verdict = { .next = GATE_AGAIN,
		.fail = FAIL_STREAM,
		.remedy = "the server may be in maintenance; try again later" };
	if (response->body.len == 0)
		verdict.what = "an empty answer with status 200";
	else if (!is_json(response))
		verdict.what = "status 200 with something that is not JSON";
	else if (!ends_like_json(&response->body))
		verdict.what = "an answer that is cut off";
	else
		return (struct gate_verdict){ .next = GATE_DONE };
	return verdict;
}

static void take(const struct row *row, struct gate_verdict *verdict)
{
	verdict->next = row->next;
	verdict->fail = row->fail;
	verdict->what = row->what;
	verdict->remedy = row->remedy;
}

struct gate_verdict gate_verdict(
	const struct http_response *response, enum keeper_age age)
{
	struct gate_verdict verdict = { 0 };
	const struct row *row = rows;
	if (response->outcome != HTTP_DONE) {
		row = &outcomes[response->outcome];
		clean(verdict.said, response->problem,
			strnlen(response->problem, sizeof(response->problem)));
	} else if (response->status == 200) {
		return verdict_200(response);
	} else {
		find_said(response, verdict.said);
		while (response->status < row->from ||
			response->status > row->to ||
			(row->marker && !strstr(verdict.said, row->marker)) ||
			(row->age != KEEPER_ANY && row->age != age))
			row++;
	}
	take(row, &verdict);
	return verdict;
}

struct gate_verdict gate_verdict_unsent(enum gate_login login)
{
	struct gate_verdict verdict = { 0 };

	take(&unsent[login], &verdict);
	return verdict;
}
