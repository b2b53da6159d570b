/*
 * /api/v1/…: who calls, is the call allowed, is there quota left; then the
 * entity answers.
 *
 *	1. is there a path like this?                    404
 *	   and an address of at most 6,000 characters?   414
 *	2. is the bearer token one of ours?              401, not counted
 *	3. the company's quota                           429, own headers only
 *	4. too many errors on this endpoint              429 (or 403)
 *	5. is the token alive, the user active           401, 403
 *	6. is there such a division                      404
 *	   is it in the consent                          403
 *	7. is there such an endpoint and method          404, 405
 *	8. is it in the app's scopes                     403
 *	9. has the user the right, the company the module 403 (or 200, empty)
 *	10. odata_get()                                  200, 400, 404
 *
 * From 3 on a call is counted for its company, whatever the answer (also the
 * 401 of an expired token, because the app is known). Calls without a
 * division, or with a division that does not exist, are not counted.
 */
#include "sandbox/state.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/books.h"
#include "sandbox/odata.h"
#include "sandbox/odata_table.h"

#define DIVISION_SCOPE_TEXT                                                    \
	"Forbidden - User division is not within division scope."

#define URL_MAX 6000

struct call {
	bool me;         /* current/Me */
	int code;        /* the division in the URL */
	bool json;       /* the reply's form */
	bool refused;    /* the caller accepts no form of ours */
	char rest[2048]; /* after the division */
};

static const char *skip_prefix(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncasecmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* Reads what follows the version. False: this is not a path of the API. */
static bool read_path(const char *path, struct call *ret)
{
	const char *at = skip_prefix(path, "/api/v1/");
	const char *inner;
	const char *beta = "";
	char *end;
	long code;

	if (!at)
		return false;
	inner = skip_prefix(at, "current/");
	if (inner) {
		ret->me = true;
		return strcmp(inner, "Me") == 0;
	}
	inner = skip_prefix(at, "beta/");
	if (inner) {
		at = inner;
		beta = "beta/";
	}
	if (!isdigit((unsigned char)*at))
		return false;
	code = strtol(at, &end, 10);
	if (*end != '/' || code <= 0 || code > INT32_MAX)
		return false;
	ret->code = (int)code;
	snprintf(ret->rest, sizeof(ret->rest), "%s%s", beta, end + 1);
	return true;
}

static bool contains(const char *text, const char *word)
{
	return strcasestr(text, word) != NULL;
}

/* An Accept header without JSON gets Atom; plain XML is refused. A $count is
 * plain text. */
static void read_accept(const struct turn *turn, struct call *ret)
{
	static const char *const known[] = { "application/json",
		"application/atom+xml", "application/*", "*/*" };
	const char *accept = exchange_request_header(turn->request, "Accept");

	if (!accept)
		return;
	ret->json = contains(accept, "application/json");
	ret->refused = !(contains(accept, "text/plain") &&
			 contains(turn->path, "/$count"));
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (contains(accept, known[i]))
			ret->refused = false;
}

/* Errors are counted per endpoint: the path without the key, in small
 * letters. */
static void name_endpoint(struct turn *turn, const char *path)
{
	size_t len = strcspn(path, "(");

	if (len >= sizeof(turn->endpoint))
		len = sizeof(turn->endpoint) - 1;
	for (size_t i = 0; i < len; i++)
		turn->endpoint[i] = (char)tolower((unsigned char)path[i]);
	turn->endpoint[len] = '\0';
}

static void unauthorized(struct turn *turn, enum grants_verdict verdict)
{
	const char *why = verdict == GRANTS_EXPIRED
				  ? "Bearer error=\"invalid_token\", "
				    "error_description=\"access token expired\""
				  : "Bearer error=\"invalid_token\", "
				    "error_description=\"Unauthorized\"";

	turn->reply->status = 401;
	exchange_reply_header(turn->reply, "WWW-Authenticate", why);
}

static enum grants_verdict check_bearer(
	struct sandbox *sandbox, struct turn *turn)
{
	const char *header = exchange_request_header(
		turn->request, "Authorization");
	const char *token = header ? skip_prefix(header, "Bearer ") : NULL;

	if (!token)
		return GRANTS_MALFORMED;
	token += strspn(token, " ");
	return grants_check_access(
		&sandbox->grants, token, turn->now_ms, &turn->app, &turn->user);
}

static bool over_quota(struct sandbox *sandbox, struct turn *turn)
{
	if (turn->division < 0)
		return false;
	switch (quota_take(
		&sandbox->quota, turn->app, turn->division, turn->now_ms)) {
	case QUOTA_MINUTE:
		turn->rate = TURN_RATE_MINUTE;
		break;
	case QUOTA_DAY:
		turn->rate = TURN_RATE_DAY;
		break;
	case QUOTA_GO:
		turn->rate = TURN_RATE_BOTH;
		return false;
	}
	turn->reply->status = 429;
	return true;
}

static bool blocked(struct sandbox *sandbox, struct turn *turn)
{
	if (!quota_blocked(&sandbox->quota, turn->app, turn->user,
		    turn->division, turn->endpoint, turn->now_ms))
		return false;
	turn->reply->status = sandbox->options.blocked_status;
	turn->rate = sandbox->options.blocked_rates ? TURN_RATE_BOTH
						    : TURN_RATE_NONE;
	return true;
}

static bool method_listed(const char *methods, const char *method)
{
	size_t len = strlen(method);

	for (const char *at = methods; *at != '\0';) {
		size_t have = strcspn(at, " ");

		if (have == len && strncmp(at, method, len) == 0)
			return true;
		at += have + strspn(at + have, " ");
	}
	return false;
}

static void wrong_method(
	struct turn *turn, const char *methods, const struct call *call)
{
	if (method_listed(methods, turn->request->method)) {
		odata_error(turn->reply, 501,
			"This sandbox reads; it does not write.", call->json);
		return;
	}
	exchange_reply_header(turn->reply, "Allow", methods);
	odata_error(turn->reply, 405, "Method Not Allowed", call->json);
}

static void get_me(
	struct sandbox *sandbox, struct turn *turn, const struct call *call)
{
	const struct directory_user *user = &sandbox->directory
						     .users[turn->user];
	const struct directory_app *app = &sandbox->directory.apps[turn->app];
	char full_name[80];
	char email[100];
	struct odata_me me = { .user_id = user->id[app->region],
		.user_name = user->name,
		.full_name = full_name,
		.email = email,
		.current_division = directory_current_division(
			&sandbox->directory, turn->user, turn->app) };
	struct odata_request request = { .query = turn->query,
		.base_url = sandbox->base_url,
		.json = call->json,
		.now_wall_ms = turn->now_ms,
		.uk = app->region == SANDBOX_UK };

	snprintf(full_name, sizeof(full_name), "%s", user->name);
	full_name[0] = (char)toupper((unsigned char)full_name[0]);
	snprintf(email, sizeof(email), "%s@example.com", user->name);
	odata_get_me(&me, &request, turn->reply);
}

static void get_entity(struct sandbox *sandbox, struct turn *turn,
	const struct call *call, const struct odata_entity *entity,
	const char *key_text, bool allowed)
{
	const struct directory *directory = &sandbox->directory;
	struct odata_entity paged = *entity;
	size_t count = 0;

	if (!allowed)
		paged.rows = ODATA_ROWS_NONE;
	for (int i = 0; i < (int)directory->division_count; i++)
		if (entity->of_licence
				? directory_in_region(directory, turn->app, i)
				: directory_user_opens(
					  directory, turn->user, turn->app, i))
			sandbox->visible[count++] = directory->divisions[i];
	if (sandbox->options.page_size > 0 &&
		sandbox->options.page_size < paged.page_size)
		paged.page_size = sandbox->options.page_size;
	struct odata_request request = { .books = sandbox->books,
		.division = call->code,
		.entity = &paged,
		.key_text = key_text,
		.query = turn->query,
		.base_url = sandbox->base_url,
		.json = call->json,
		.mandatory_filter = sandbox->options.mandatory_filter,
		.visible = sandbox->visible,
		.visible_count = count,
		.now_wall_ms = turn->now_ms,
		.uk = directory->apps[turn->app].region == SANDBOX_UK };

	odata_get(&request, turn->reply);
}

/* Does the call ask for the whole ledger in one query? */
static bool too_broad(const struct turn *turn,
	const struct odata_entity *entity, const char *key_text)
{
	static const char *const narrow[] = { "FinancialYear",
		"FinancialPeriod", "EntryNumber", "Date", "ID" };
	char filter[2048];

	if (entity->rows != ODATA_ROWS_LINES || entity->variant == ODATA_SYNC ||
		key_text[0] != '\0')
		return false;
	if (turn_parameter(turn, "$filter", filter, sizeof(filter)) <= 0)
		return true;
	for (size_t i = 0; i < sizeof(narrow) / sizeof(narrow[0]); i++)
		if (strstr(filter, narrow[i]))
			return false;
	return true;
}

/* Does system/Divisions check the division in its URL? Sources disagree, so
 * there is an option. */
static bool checks_division(
	const struct sandbox *sandbox, const struct call *call)
{
	const char *rest = skip_prefix(call->rest, "system/Divisions");

	return !sandbox->options.open_division_list || !rest ||
	       (*rest != '\0' && *rest != '(' && *rest != '/');
}

/* Steps 6 to 10, with a division in the URL. */
static void call_entity(
	struct sandbox *sandbox, struct turn *turn, const struct call *call)
{
	const struct directory_app *app = &sandbox->directory.apps[turn->app];
	const struct odata_entity *entity;
	char key_text[128];
	char text[160];
	bool allowed;

	/* A division that does not exist is a wrong path. */
	if (turn->division < 0) {
		odata_error(
			turn->reply, 404, "Division not found.", call->json);
		return;
	}
	if (checks_division(sandbox, call) &&
		!directory_consented(&sandbox->directory, turn->user, turn->app,
			turn->division)) {
		odata_error(turn->reply, 403, DIVISION_SCOPE_TEXT, call->json);
		return;
	}
	entity = odata_find(call->rest, key_text, sizeof(key_text));
	if (!entity) {
		odata_error(turn->reply, 404,
			"Resource not found for the segment.", call->json);
		return;
	}
	if (strcmp(turn->request->method, "GET") != 0) {
		wrong_method(turn, entity->methods, call);
		return;
	}
	if (!directory_scope_granted(app, entity->scope)) {
		snprintf(text, sizeof(text),
			"Forbidden - Application Scope Violated. Cannot read "
			"'%s' scope.",
			entity->scope);
		odata_error(turn->reply, 403, text, call->json);
		return;
	}
	allowed = rights_allow(
		&sandbox->rights, turn->user, turn->division, entity->scope);
	if (!allowed && !sandbox->rights.empty) {
		odata_error(turn->reply, 403, "Forbidden", call->json);
		return;
	}
	if (sandbox->options.broad_408 && too_broad(turn, entity, key_text)) {
		turn_page(turn, 408, "Request Timeout",
			"The request took too long.");
		return;
	}
	get_entity(sandbox, turn, call, entity, key_text, allowed);
}

static void call_me(
	struct sandbox *sandbox, struct turn *turn, const struct call *call)
{
	if (strcmp(turn->request->method, "GET") != 0)
		wrong_method(turn, "GET", call);
	else
		get_me(sandbox, turn, call);
}

void api_handle(struct sandbox *sandbox, struct turn *turn)
{
	struct call call = { 0 };
	enum grants_verdict verdict;

	sandbox->api_calls++;
	read_accept(turn, &call);
	if (!read_path(turn->path, &call)) {
		odata_error(turn->reply, 404,
			"Resource not found for the segment.", call.json);
		return;
	}
	/* The limit is Exact's (6,000); Exact's status is not known. */
	if (strlen(sandbox->base_url) + strlen(turn->request->target) >
		URL_MAX) {
		turn_page(turn, 414, "URI Too Long",
			"The request URL is longer than 6000 characters.");
		return;
	}
	name_endpoint(turn, call.me ? "current/me" : call.rest);
	verdict = check_bearer(sandbox, turn);
	if (turn->app < 0) {
		unauthorized(turn, verdict);
		return;
	}
	if (!call.me)
		turn->division = directory_find_division(
			&sandbox->directory, call.code);
	if (over_quota(sandbox, turn) || blocked(sandbox, turn))
		return;
	turn->strike = true;
	if (verdict == GRANTS_INACTIVE) {
		exchange_reply_header(turn->reply, "Reason", "InactiveUser");
		odata_error(turn->reply, 403, "Forbidden", call.json);
	} else if (verdict != GRANTS_GOOD) {
		unauthorized(turn, verdict);
	} else if (call.refused) {
		odata_error(turn->reply, 415,
			"Unsupported media type requested.", false);
	} else if (call.me) {
		call_me(sandbox, turn, &call);
	} else {
		call_entity(sandbox, turn, &call);
	}
}
