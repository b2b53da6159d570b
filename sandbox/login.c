/*
 * GET /api/oauth2/auth: a user's consent, which may cover a part of the
 * user's divisions.
 *
 *	client id unknown, redirect URI not registered   page, 401
 *	response_type other than code                    302 error=…
 *	--auto-consent                                   302 code=…&state=…
 *	otherwise                                        page with a form
 *	   the form: allow                               302 code=…&state=…
 *	   the form: deny                                302 error=access_denied
 *	   the form: allow, with no company that the
 *	   user opens                                    the page again, 400
 *
 * Nothing is ever sent to a redirect URI that is not registered.
 */
#include "sandbox/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books.h"
#include "sandbox/form.h"

struct login_request {
	char client_id[64];
	char redirect_uri[400];
	char response_type[32];
	char state[400];
	bool has_state;
};

/* The most a reply's header can hold, less the NUL. */
#define LOCATION_MAX 1023

static void put_html(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			buf_puts(out, "&amp;");
			break;
		case '<':
			buf_puts(out, "&lt;");
			break;
		case '>':
			buf_puts(out, "&gt;");
			break;
		case '"':
			buf_puts(out, "&quot;");
			break;
		default:
			buf_putc(out, *text);
		}
	}
}

static bool read_login(const struct turn *turn, struct login_request *login)
{
	int got_state;

	memset(login, 0, sizeof(*login));
	got_state = turn_parameter(
		turn, "state", login->state, sizeof(login->state));
	login->has_state = got_state > 0;
	return got_state >= 0 &&
	       turn_parameter(turn, "client_id", login->client_id,
		       sizeof(login->client_id)) >= 0 &&
	       turn_parameter(turn, "redirect_uri", login->redirect_uri,
		       sizeof(login->redirect_uri)) >= 0 &&
	       turn_parameter(turn, "response_type", login->response_type,
		       sizeof(login->response_type)) >= 0;
}

static void redirect(struct turn *turn, const struct login_request *login,
	const char *name, const char *value)
{
	struct buf location;

	buf_init(&location, LOCATION_MAX);
	buf_puts(&location, login->redirect_uri);
	buf_putc(&location, strchr(login->redirect_uri, '?') ? '&' : '?');
	buf_printf(&location, "%s=", name);
	buf_put_percent(&location, value, strlen(value));
	if (login->has_state) {
		buf_puts(&location, "&state=");
		buf_put_percent(&location, login->state, strlen(login->state));
	}
	if (buf_failed(&location)) {
		turn_page(turn, 400, "Bad request",
			"redirect_uri and state are too long together.");
	} else {
		turn->reply->status = 302;
		exchange_reply_header(turn->reply, "Location", location.data);
		exchange_reply_header(turn->reply, "Cache-Control", "no-store");
	}
	buf_wipe_free(&location);
}

/* The consent replaces the user's earlier consent to this app. */
static void allow(struct sandbox *sandbox, struct turn *turn,
	const struct login_request *login, int user,
	const struct directory_set *chosen)
{
	struct directory_consent *consent = &sandbox->directory.users[user]
						     .consents[turn->app];
	char code[GRANTS_TEXT_MAX];

	turn->user = user;
	if (!sandbox->directory.users[user].active) {
		turn_page(turn, 403, "Inactive user",
			"This user is not active any more.");
		return;
	}
	consent->given = true;
	consent->divisions = *chosen;
	grants_issue_code(&sandbox->grants, turn->app, user,
		login->redirect_uri, turn->now_ms, code);
	redirect(turn, login, "code", code);
}

static void auto_consent(struct sandbox *sandbox, struct turn *turn,
	const struct login_request *login)
{
	const struct directory_user *user = &sandbox->directory
						     .users[sandbox->next_user];

	if (sandbox->next_denies)
		redirect(turn, login, "error", "access_denied");
	else
		allow(sandbox, turn, login, sandbox->next_user,
			sandbox->next_all ? &user->divisions
					  : &sandbox->next_divisions);
}

static void put_hidden(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	put_html(out, value);
	buf_puts(out, "\">\n");
}

static bool anyone_opens(const struct directory *directory, int app, int index)
{
	for (size_t user = 0; user < directory->user_count; user++)
		if (directory_user_opens(directory, (int)user, app, index))
			return true;
	return false;
}

static void put_division(
	struct sandbox *sandbox, int app, int index, struct buf *out)
{
	int code = sandbox->directory.divisions[index];
	const struct books_division *division = books_division_find(
		sandbox->books, code);

	if (!anyone_opens(&sandbox->directory, app, index))
		return;
	buf_printf(out,
		"<p><label><input type=\"checkbox\" name=\"division\" "
		"value=\"%d\" checked> %d ",
		code, code);
	put_html(out, division ? division->name : "");
	buf_puts(out, " <small>");
	for (size_t i = 0; i < sandbox->directory.user_count; i++) {
		if (directory_user_opens(
			    &sandbox->directory, (int)i, app, index)) {
			buf_putc(out, ' ');
			put_html(out, sandbox->directory.users[i].name);
		}
	}
	buf_puts(out, "</small></label></p>\n");
}

static void ask(struct sandbox *sandbox, struct turn *turn,
	const struct login_request *login, const char *problem)
{
	struct directory *directory = &sandbox->directory;
	struct buf *out = &turn->reply->body;

	exchange_reply_header(
		turn->reply, "Content-Type", "text/html; charset=utf-8");
	exchange_reply_header(turn->reply, "Cache-Control", "no-store");
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Exact "
		      "Online sandbox</title></head><body>\n<h1>Exact Online "
		      "sandbox</h1>\n<p>An app asks for access to the books. "
		      "Who are you, and which companies may it read? Each "
		      "company shows the users who can open it.</p>\n");
	if (problem[0] != '\0')
		buf_printf(out, "<p><strong>%s</strong></p>\n", problem);
	buf_puts(out, "<form method=\"post\" action=\"/api/oauth2/auth\">\n");
	put_hidden(out, "client_id", login->client_id);
	put_hidden(out, "redirect_uri", login->redirect_uri);
	put_hidden(out, "response_type", login->response_type);
	if (login->has_state)
		put_hidden(out, "state", login->state);
	buf_puts(out, "<p><label>User <select name=\"user\">\n");
	for (size_t i = 0; i < directory->user_count; i++) {
		buf_puts(out, "<option value=\"");
		put_html(out, directory->users[i].name);
		buf_puts(out, "\">");
		put_html(out, directory->users[i].name);
		buf_puts(out, "</option>\n");
	}
	buf_puts(out, "</select></label></p>\n");
	for (int i = 0; i < (int)directory->division_count; i++)
		put_division(sandbox, turn->app, i, out);
	buf_puts(out,
		"<p><button name=\"answer\" value=\"allow\">Allow</button> "
		"<button name=\"answer\" value=\"deny\">Deny</button></p>\n"
		"</form></body></html>\n");
}

/* Reads the ticked boxes; -1: malformed. */
static int ticked(const struct sandbox *sandbox, const struct turn *turn,
	struct directory_set *ret)
{
	struct form form;
	char name[64];
	char value[512];
	int got;

	form_begin(&form, turn->request->body, turn->request->body_len);
	for (;;) {
		struct directory_set one;

		got = form_next(
			&form, name, sizeof(name), value, sizeof(value));
		if (got <= 0)
			return got;
		if (strcmp(name, "division") != 0)
			continue;
		if (!directory_set_parse(&sandbox->directory, value, &one))
			return -1;
		for (size_t i = 0; i < DIRECTORY_DIVISIONS / 64; i++)
			ret->bits[i] |= one.bits[i];
	}
}

static bool opens_one(const struct directory *directory, int user, int app,
	const struct directory_set *chosen)
{
	for (int i = 0; i < (int)directory->division_count; i++)
		if (directory_set_has(chosen, i) &&
			directory_user_opens(directory, user, app, i))
			return true;
	return false;
}

static void ask_again(struct sandbox *sandbox, struct turn *turn,
	const struct login_request *login)
{
	ask(sandbox, turn, login,
		"Tick at least one company that this user can open.");
	turn->reply->status = 400;
}

static void answer(struct sandbox *sandbox, struct turn *turn,
	const struct login_request *login)
{
	struct directory_set chosen = { 0 };
	char text[64];
	int user;

	if (turn_parameter(turn, "answer", text, sizeof(text)) < 1 ||
		strcmp(text, "allow") != 0) {
		redirect(turn, login, "error", "access_denied");
		return;
	}
	user = turn_parameter(turn, "user", text, sizeof(text)) < 1
		       ? -1
		       : directory_find_user(&sandbox->directory, text);
	if (user < 0 || ticked(sandbox, turn, &chosen) < 0)
		turn_page(turn, 400, "Bad request", "The form is malformed.");
	else if (!opens_one(&sandbox->directory, user, turn->app, &chosen))
		ask_again(sandbox, turn, login);
	else
		allow(sandbox, turn, login, user, &chosen);
}

void login_handle(struct sandbox *sandbox, struct turn *turn)
{
	struct login_request login;
	bool post = strcmp(turn->request->method, "POST") == 0;

	if (!post && strcmp(turn->request->method, "GET") != 0) {
		exchange_reply_header(turn->reply, "Allow", "GET, POST");
		turn_page(turn, 405, "Method not allowed", "Use GET.");
		return;
	}
	if (!read_login(turn, &login)) {
		turn_page(turn, 400, "Bad request",
			"A parameter is malformed or too long.");
		return;
	}
	turn->app = directory_find_client(&sandbox->directory, login.client_id);
	if (turn->app < 0) {
		turn_page(turn, 401, "Unauthorized",
			"This client_id is not registered.");
		return;
	}
	if (!directory_redirect_allowed(login.redirect_uri)) {
		turn_page(turn, 401, "Unauthorized",
			"This redirect_uri is not registered for the app.");
		return;
	}
	if (strcmp(login.response_type, "code") != 0)
		redirect(turn, &login, "error", "unsupported_response_type");
	else if (post)
		answer(sandbox, turn, &login);
	else if (sandbox->options.auto_consent)
		auto_consent(sandbox, turn, &login);
	else
		ask(sandbox, turn, &login, "");
}
