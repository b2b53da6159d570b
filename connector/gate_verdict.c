/*
 * One row per kind of answer; the first that fits decides. A row's `marker`
 * must occur in Exact's own words: the error message in the body, or the
 * Reason header. Texts may come in the user's language, so a row without a
 * marker always follows. What a row's failure ends:
 *
 *	FAIL_STREAM    this list alone
 *	FAIL_COMPANY   this company
 *	FAIL_LATER     this list, until the next run
 *
 * The age of the token is the keeper's: a 401 to an old one is answered by a
 * refresh, to a young one by waiting until it may be refreshed, and only then
 * does its row here stand. That a login is dead, the token endpoint alone can
 * say (oauth/refresh.c).
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
	enum gate_next next;
	int fail;
	const char *what;
	const char *remedy;
};

#define USER_LEFT                                                              \
	"the user who signed in is blocked or no longer active",               \
		"sign in as another user of the division; what was read so "   \
		"far is kept"

static const struct row rows[] = {
	{ 201, 299, NULL, GATE_GIVE_UP, FAIL_STREAM,
		"a status that no list has", NULL },
	{ 300, 399, NULL, GATE_AGAIN, FAIL_STREAM,
		"a redirect, as to a sign-in page, which is not followed",
		"try again later; if it stays so, check the region's host in "
		"the configuration" },
	{ 400, 400, NULL, GATE_GIVE_UP, FAIL_STREAM,
		"the request was refused as wrong",
		"report this with the message; it is not tried again" },
	{ 401, 401, NULL, GATE_UNAUTHORIZED, FAIL_COMPANY,
		"a fresh token was refused",
		"check that the user who signed in is still active and may "
		"open this division, then sign in again" },
	{ 403, 403, "division scope", GATE_GIVE_UP, FAIL_COMPANY,
		"the consent does not include this division",
		"ask the user to include the division in the consent (sign "
		"in again and tick it)" },
	{ 403, 403, "Application Scope Violated", GATE_GIVE_UP, FAIL_STREAM,
		"the app lacks a scope",
		"add the scope named to the app's registration in the Exact "
		"App Center, then sign in again" },
	{ 403, 403, "InactiveUser", GATE_GIVE_UP, FAIL_COMPANY, USER_LEFT },
	{ 403, 403, "BlockedUser", GATE_GIVE_UP, FAIL_COMPANY, USER_LEFT },
	{ 403, 403, "NoDivisionAccess", GATE_GIVE_UP, FAIL_COMPANY,
		"the user may not open this division",
		"give the user access to the division, or sign in as one who "
		"has it" },
	{ 403, 403, "DivisionBlocked", GATE_GIVE_UP, FAIL_COMPANY,
		"the division is blocked at Exact",
		"ask its owner or Exact why; it is read again once it is "
		"open" },
	{ 403, 403, NULL, GATE_GIVE_UP, FAIL_STREAM,
		"the user may not read this", explain_rights },
	{ 404, 404, NULL, GATE_GIVE_UP, FAIL_STREAM,
		"there is no such list in this division",
		"check the division and its licence" },
	{ 408, 408, NULL, GATE_AGAIN, FAIL_LATER, "the server ran out of time",
		"try again later" },
	{ 429, 429, NULL, GATE_LIMITED, FAIL_LATER,
		"the server refused for its quota again and again",
		"find what else uses this app's quota for the division, and "
		"try again later" },
	{ 405, 499, NULL, GATE_GIVE_UP, FAIL_STREAM, "the request was refused",
		NULL },
	{ 500, 599, NULL, GATE_AGAIN, FAIL_LATER, "the server failed",
		"try again later" },
	{ 0, 9999, NULL, GATE_AGAIN, FAIL_LATER, "an unheard-of status",
		"try again later" },
};

static const struct row outcomes[] = {
	[HTTP_UNSENT] = { 0, 0, NULL, GATE_AGAIN, FAIL_LATER,
		"the server can't be reached", "check the network" },
	[HTTP_LOST] = { 0, 0, NULL, GATE_AGAIN, FAIL_LATER,
		"the connection was lost before a whole answer came",
		"try again later" },
	[HTTP_TIMED_OUT] = { 0, 0, NULL, GATE_AGAIN, FAIL_LATER,
		"no answer came in time", "try again later" },
	[HTTP_TOO_LARGE] = { 0, 0, NULL, GATE_GIVE_UP, FAIL_STREAM,
		"the answer is larger than any page should be", NULL },
	[HTTP_REFUSED] = { 0, 0, NULL, GATE_AGAIN, FAIL_LATER,
		"a resend had no quota left", "try again later" },
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

struct gate_verdict gate_verdict(const struct http_response *response)
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
			(row->marker && !strstr(verdict.said, row->marker)))
			row++;
	}
	verdict.next = row->next;
	verdict.fail = row->fail;
	verdict.what = row->what;
	verdict.remedy = row->remedy;
	return verdict;
}
