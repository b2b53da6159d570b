/*
 * One request from its first byte to its log line; state.h shows the way.
 */
#include "sandbox/sandbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sandbox/books.h"
#include "sandbox/form.h"
#include "sandbox/stamp.h"
#include "sandbox/state.h"

void sandbox_options_default(struct sandbox_options *options)
{
	*options = (struct sandbox_options){ .seed = 1,
		.token_life_s = 600,
		.refresh_age_s = -1,
		.refresh_life_s = INT64_C(30) * 86400,
		.minute_limit = 60,
		.day_limit = 5000,
		.control = true,
		.early_status = 400,
		.blocked_status = 429,
		.error_limit = 10 };
}

int sandbox_new(struct sandbox **ret, const struct sandbox_options *options,
	struct error *err)
{
	struct sandbox *sandbox;
	int fail;

	if (options->token_life_s < 1 || options->minute_limit < 1 ||
		options->day_limit < 1 ||
		options->error_limit > QUOTA_ERRORS_MAX)
		return error_set(err, FAIL_USAGE,
			"sandbox: token life and limits must be positive");
	sandbox = calloc(1, sizeof(*sandbox));
	if (!sandbox)
		return error_set(err, FAIL_STOP, "sandbox: out of memory");
	sandbox->options = *options;
	sandbox->next_all = true;
	sandbox->quota.minute_limit = options->minute_limit;
	sandbox->quota.day_limit = options->day_limit;
	sandbox->quota.error_limit = options->error_limit;
	directory_init(&sandbox->directory, options->seed);
	fail = grants_init(
		&sandbox->grants, &sandbox->options, &sandbox->directory);
	if (fail) {
		error_set(err, fail, "sandbox: out of memory");
		goto failed;
	}
	fail = books_new(&sandbox->books, options->seed, err);
	if (fail)
		goto failed;
	books_set_unverified(sandbox->books, options->invoice_is_entry,
		options->deleted_headers);
	sandbox_set_base_url(sandbox, "http://127.0.0.1");
	for (size_t i = 0; options->on_secret && i < DIRECTORY_APPS; i++)
		options->on_secret(
			options->arg, sandbox->directory.apps[i].secret);
	*ret = sandbox;
	return 0;
failed:
	sandbox_free(sandbox);
	return fail;
}

void sandbox_free(struct sandbox *sandbox)
{
	if (!sandbox)
		return;
	books_free(sandbox->books);
	grants_free(&sandbox->grants);
	free(sandbox);
}

int sandbox_add_ledger(struct sandbox *sandbox, const char *path,
	enum sandbox_region region, struct instant now, int *ret_division,
	struct error *err)
{
	struct directory *directory = &sandbox->directory;
	bool uk = region == SANDBOX_UK;
	int code = SANDBOX_FIRST_DIVISION + (int)directory->division_count;
	int index;
	int fail;

	if (directory->division_count == DIRECTORY_DIVISIONS)
		return error_set(err, FAIL_USAGE, "sandbox: at most %d ledgers",
			DIRECTORY_DIVISIONS);
	fail = books_add_ledger(sandbox->books, path, code, uk ? "GBP" : "EUR",
		uk ? "GB " : "NL ", now.wall_ms + sandbox->offset_ms, err);
	if (fail)
		return fail;
	index = directory_add_division(directory, code, region);
	directory_set_add(&directory->users[0].divisions, index);
	if (ret_division)
		*ret_division = code;
	return 0;
}

int sandbox_add_books(struct sandbox *sandbox, enum generate_size size, bool uk,
	int *ret_division, struct error *err)
{
	struct directory *directory = &sandbox->directory;
	int code = SANDBOX_FIRST_DIVISION + (int)directory->division_count;
	int index;
	int fail;

	if (directory->division_count == DIRECTORY_DIVISIONS)
		return error_set(err, FAIL_USAGE,
			"sandbox: at most %d divisions", DIRECTORY_DIVISIONS);
	fail = generate_books(
		sandbox->books, code, size, uk, sandbox->options.tracking, err);
	if (fail)
		return fail;
	index = directory_add_division(
		directory, code, uk ? SANDBOX_UK : SANDBOX_NL);
	directory_set_add(&directory->users[0].divisions, index);
	if (ret_division)
		*ret_division = code;
	return 0;
}

int sandbox_add_fault(
	struct sandbox *sandbox, const char *text, struct error *err)
{
	if (faults_parse(&sandbox->faults, text) < 0)
		return error_set(err, FAIL_USAGE,
			"--fault %.100s: write NAME[:PATH[:COUNT[:AFTER]]] "
			"with a name that --help lists; at most %d faults",
			text, FAULTS_MAX);
	return 0;
}

void sandbox_set_base_url(struct sandbox *sandbox, const char *url)
{
	snprintf(sandbox->base_url, sizeof(sandbox->base_url), "%s", url);
}

struct books *sandbox_books(struct sandbox *sandbox)
{
	return sandbox->books;
}

/* The path is decoded before it is taken apart; `+` is a plus there. */
static bool decode_path(const char *target, char *out, size_t out_size)
{
	size_t len = strcspn(target, "?#");
	char escaped[4096];
	size_t used = 0;
	char none[1];
	struct form form;

	for (size_t i = 0; i < len; i++) {
		bool special = target[i] == '+' || target[i] == '&' ||
			       target[i] == '=';

		if (used + 4 > sizeof(escaped))
			return false;
		if (special)
			used += (size_t)snprintf(escaped + used, 4, "%%%02X",
				(unsigned)(unsigned char)target[i]);
		else
			escaped[used++] = target[i];
	}
	form_begin(&form, escaped, used);
	return form_next(&form, out, out_size, none, sizeof(none)) >= 0;
}

static void route(struct sandbox *sandbox, struct turn *turn)
{
	if (strcasecmp(turn->path, "/api/oauth2/auth") == 0)
		login_handle(sandbox, turn);
	else if (strcasecmp(turn->path, "/api/oauth2/token") == 0)
		token_handle(sandbox, turn);
	else if (strncasecmp(turn->path, "/api/v1/", 8) == 0)
		api_handle(sandbox, turn);
	else
		turn_page(turn, 404, "Not found", "There is nothing here.");
}

static bool is_token_path(const char *path)
{
	return strcasecmp(path, "/api/oauth2/token") == 0;
}

static void act(
	struct sandbox *sandbox, struct turn *turn, enum faults_stage stage)
{
	const struct faults_set *set = turn->set;

	if (set && set->row->stage == stage)
		set->row->act(sandbox, turn, set);
}

static void route_with_faults(struct sandbox *sandbox, struct turn *turn)
{
	const struct directory *directory = &sandbox->directory;
	bool token_request = is_token_path(turn->path);
	int app;
	int user = turn_find_user(sandbox, turn, &app);

	turn->set = faults_take(&sandbox->faults, turn->request->target,
		user < 0 ? NULL : directory->users[user].name, token_request);
	act(sandbox, turn, FAULTS_BEFORE);
	/* An API call is processed in any case, so that it is counted. */
	if (!turn->set || !turn->set->row->unprocessed || !token_request)
		route(sandbox, turn);
	act(sandbox, turn, FAULTS_REPLY);
}

static bool is_error(int status)
{
	return status == 400 || status == 401 || status == 403 || status == 404;
}

static void count(struct sandbox *sandbox, const struct turn *turn)
{
	sandbox->requests++;
	if (turn->reply->status == 429)
		sandbox->refused++;
	if (!is_error(turn->reply->status))
		return;
	sandbox->api_errors++;
	if (turn->strike)
		quota_strike(&sandbox->quota, turn->app, turn->user,
			turn->division, turn->endpoint, turn->now_ms);
}

static void put_rates(const struct sandbox *sandbox, struct turn *turn)
{
	if (turn->rate == TURN_RATE_BOTH || turn->rate == TURN_RATE_DAY)
		quota_day_headers(&sandbox->quota, turn->app, turn->division,
			turn->now_ms, turn->reply);
	if (turn->rate == TURN_RATE_BOTH || turn->rate == TURN_RATE_MINUTE)
		quota_minute_headers(&sandbox->quota, turn->app, turn->division,
			turn->now_ms, turn->reply);
}

/* Headers that a client must ignore, and the server's time. */
static void put_common(const struct sandbox *sandbox, struct turn *turn)
{
	struct exchange_reply *reply = turn->reply;
	char text[80];

	stamp_http(turn->now_ms, text);
	exchange_reply_header(reply, "Date", text);
	snprintf(text, sizeof(text),
		"ASP.NET_SessionId=sandbox%016" PRIx64 "; path=/; HttpOnly",
		sandbox->options.seed);
	exchange_reply_header(reply, "Set-Cookie", text);
	exchange_reply_header(
		reply, "Set-Cookie", "ExactServer{sandbox}=1; path=/");
	exchange_reply_header(reply, "X-Content-Type-Options", "nosniff");
	exchange_reply_header(
		reply, "Referrer-Policy", "strict-origin-when-cross-origin");
	reply->delay_ms += sandbox->options.latency_ms;
}

void sandbox_handle(struct sandbox *sandbox,
	const struct exchange_request *request, struct instant now,
	struct exchange_reply *reply)
{
	struct turn turn = { .request = request,
		.reply = reply,
		.now = now,
		.now_ms = now.wall_ms + sandbox->offset_ms,
		.app = -1,
		.user = -1,
		.division = -1 };
	const char *query = strchr(request->target, '?');
	bool control;

	turn.query = query ? query + 1 : "";
	if (!decode_path(request->target, turn.path, sizeof(turn.path))) {
		turn_page(&turn, 400, "Bad request", "The path is malformed.");
		put_common(sandbox, &turn);
		turn_log(sandbox, &turn);
		return;
	}
	control = strncmp(turn.path, "/control/", 9) == 0;
	if (control && sandbox->options.control)
		control_handle(sandbox, &turn);
	else
		route_with_faults(sandbox, &turn);
	if (!control)
		count(sandbox, &turn);
	if (buf_failed(&reply->body)) {
		/* No answer is better than one that was cut without a sign. */
		buf_reset(&reply->body);
		reply->status = 500;
	}
	put_rates(sandbox, &turn);
	put_common(sandbox, &turn);
	act(sandbox, &turn, FAULTS_HEADERS);
	if (control)
		reply->delay_ms = 0;
	turn_log(sandbox, &turn);
}
