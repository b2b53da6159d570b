/*
 * What every handler needs for its turn: parameters, a page as an answer, and
 * the line in the log. The line holds the target as sent, but never the value
 * of a secret:
 *
 *	/oauth/callback?code=…&state=…  becomes  /oauth/callback?code=&state=
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sandbox/form.h"
#include "sandbox/state.h"

bool turn_has_form(const struct turn *turn)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = exchange_request_header(
		turn->request, "Content-Type");

	return type != NULL && strncasecmp(type, form, strlen(form)) == 0;
}

int turn_find_user(
	struct sandbox *sandbox, const struct turn *turn, int *ret_app)
{
	const char *header = exchange_request_header(
		turn->request, "Authorization");
	char text[GRANTS_TEXT_MAX] = "";
	int user = -1;

	*ret_app = -1;
	if (header && strncmp(header, "Bearer ", 7) == 0) {
		grants_check_access(&sandbox->grants,
			header + 7 + strspn(header + 7, " "), turn->now_ms,
			ret_app, &user);
		return user;
	}
	if (!turn_has_form(turn))
		return -1;
	if (form_get(turn->request->body, turn->request->body_len,
		    "refresh_token", text, sizeof(text)) == 1)
		return grants_user_of(&sandbox->grants, text, false);
	if (form_get(turn->request->body, turn->request->body_len, "code", text,
		    sizeof(text)) == 1)
		return grants_user_of(&sandbox->grants, text, true);
	return -1;
}

int turn_parameter(
	const struct turn *turn, const char *name, char *ret, size_t size)
{
	int got = form_get(turn->query, strlen(turn->query), name, ret, size);

	if (got == 0 && turn_has_form(turn))
		got = form_get(turn->request->body, turn->request->body_len,
			name, ret, size);
	return got;
}

void turn_page(
	struct turn *turn, int status, const char *title, const char *text)
{
	turn->reply->status = status;
	exchange_reply_header(
		turn->reply, "Content-Type", "text/html; charset=utf-8");
	buf_printf(&turn->reply->body,
		"<!DOCTYPE html>\n<html><head><title>%s</title></head>"
		"<body><h1>%s</h1><p>%s</p></body></html>\n",
		title, title, text);
}

/* In any spelling that the server understands: `c%6Fde` is `code`. A name that
 * can't be decoded counts as secret. */
static bool is_secret_name(const char *text, size_t text_len)
{
	static const char *const secret[] = { "code", "state", "access_token",
		"refresh_token", "client_secret" };
	struct form form;
	char name[64];
	char none[1];

	form_begin(&form, text, text_len);
	if (form_next(&form, name, sizeof(name), none, sizeof(none)) < 0)
		return true;
	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (strcasecmp(secret[i], name) == 0)
			return true;
	return false;
}

/* Writes the target as sent, in ASCII, without the values of secrets. */
static void put_target(struct buf *out, const char *target)
{
	struct buf clean;
	bool in_query = false;
	bool hide = false;

	buf_init(&clean, 65536);
	for (size_t i = 0; target[i] != '\0'; i++) {
		unsigned char c = (unsigned char)target[i];

		if ((c == '?' && !in_query) || (c == '&' && in_query)) {
			size_t len = strcspn(target + i + 1, "=&");

			in_query = true;
			hide = is_secret_name(target + i + 1, len);
		}
		if (c < 0x21 || c > 0x7e)
			buf_printf(&clean, "%%%02X", c);
		else
			buf_putc(&clean, (char)c);
		if (hide && c == '=') {
			i += strcspn(target + i + 1, "&");
			hide = false;
		}
	}
	buf_put_json(out, clean.data, clean.len);
	buf_free(&clean);
}

static void put_text(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(out, ",\"%s\":", name);
	buf_put_json(out, value, strlen(value));
}

void turn_log(const struct sandbox *sandbox, const struct turn *turn)
{
	static const char *const cuts[] = { [EXCHANGE_WHOLE] = NULL,
		[EXCHANGE_NO_REPLY] = "no-reply",
		[EXCHANGE_TRUNCATED] = "truncated",
		[EXCHANGE_NEVER] = "never" };
	const struct directory *directory = &sandbox->directory;
	struct buf line;

	if (!sandbox->options.on_line)
		return;
	buf_init(&line, 262144);
	buf_printf(&line, "{\"t\":%" PRId64 ",\"method\":", turn->now_ms);
	buf_put_json(
		&line, turn->request->method, strlen(turn->request->method));
	buf_puts(&line, ",\"path\":");
	put_target(&line, turn->request->target);
	buf_printf(&line, ",\"status\":%d", turn->reply->status);
	if (turn->division >= 0 && turn->app >= 0)
		buf_printf(&line,
			",\"division\":%d,\"minute_left\":%d,\"day_left\":%d",
			directory->divisions[turn->division],
			quota_minute_left(&sandbox->quota, turn->app,
				turn->division, turn->now_ms),
			quota_day_left(&sandbox->quota, turn->app,
				turn->division, turn->now_ms));
	else
		buf_puts(&line, ",\"division\":null,\"minute_left\":null,"
				"\"day_left\":null");
	if (turn->app >= 0)
		put_text(&line, "app", directory->apps[turn->app].name);
	if (turn->user >= 0)
		put_text(&line, "user", directory->users[turn->user].name);
	put_text(&line, "grant", turn->grant);
	put_text(&line, "fault", turn->set ? turn->set->name : NULL);
	put_text(&line, "cut", cuts[turn->reply->cut]);
	buf_putc(&line, '}');
	if (!buf_failed(&line))
		sandbox->options.on_line(sandbox->options.arg, line.data);
	buf_free(&line);
}
