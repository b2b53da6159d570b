/* `logins`: who has signed in, what they reach, and how they are. Nothing
 * here shows a token. */
#include "cli/logins.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "app/session.h"
#include "app/vault_adapter.h"

struct view {
	struct session *session;
	struct error *err; /* borrowed */
	bool json;
	int logins;
	int items;
	struct buf out;
};

static void put_pair(struct view *view, const char *name, const char *text)
{
	buf_printf(&view->out, ",\"%s\":", name);
	buf_put_json(&view->out, text, strlen(text));
}

static void put_moment(struct view *view, const char *name, int64_t wall_ms)
{
	char text[WHEN_TEXT_MAX];

	if (wall_ms == 0)
		return;
	when_format_utc(wall_ms - wall_ms % 1000, text);
	put_pair(view, name, text);
}

static int put_division(void *arg, const struct company_reach *reach)
{
	struct view *view = arg;

	if (view->json)
		buf_printf(&view->out, "%s%lld", view->items++ == 0 ? "" : ",",
			(long long)reach->division);
	else
		buf_printf(&view->out, "    division %lld %s\n",
			(long long)reach->division, reach->name);
	return 0;
}

/* A passing failure, or what is the matter with a file that does not open. */
static const char *trouble(
	const struct vault_adapter_listing *login, const struct error *problem)
{
	if (problem != NULL)
		return problem->text;
	return login->cause_text[0] != '\0' ? login->cause_text
					    : login->failure;
}

static int put_text(struct view *view,
	const struct vault_adapter_listing *login, const struct error *problem)
{
	const char *why = trouble(login, problem);

	buf_puts(&view->out, login->id);
	if (problem == NULL)
		buf_printf(&view->out, "  region %s, user %s", login->region,
			login->user);
	buf_printf(&view->out, ": %s%s%s\n", login->state,
		why[0] == '\0' ? "" : ": ", why);
	view->logins++;
	return companies_reach_each(view->session->companies, login->id,
		put_division, view, view->err);
}

static int put_json(struct view *view,
	const struct vault_adapter_listing *login, const struct error *problem)
{
	struct buf *out = &view->out;
	int fail;

	buf_puts(out, view->logins++ == 0 ? "\n{\"id\":" : ",\n{\"id\":");
	buf_put_json(out, login->id, strlen(login->id));
	put_pair(view, "region", login->region);
	put_pair(view, "user", login->user);
	put_pair(view, "fullName", login->full_name);
	put_pair(view, "host", login->host);
	put_pair(view, "clientId", login->client_id);
	put_pair(view, "state", login->state);
	if (login->cause[0] != '\0') {
		put_pair(view, "cause", login->cause);
		put_pair(view, "causeText", login->cause_text);
		put_moment(view, "causeAt", login->cause_wall_ms);
	}
	if (problem != NULL)
		put_pair(view, "problem", problem->text);
	else if (login->cause[0] == '\0' && login->failure[0] != '\0')
		put_pair(view, "problem", login->failure);
	put_moment(view, "signedIn", login->consented_wall_ms);
	put_moment(view, "refreshed", login->refreshed_wall_ms);
	buf_printf(out, ",\"generation\":%llu,\"divisions\":[",
		(unsigned long long)login->generation);
	view->items = 0;
	fail = companies_reach_each(view->session->companies, login->id,
		put_division, view, view->err);
	buf_puts(out, "]}");
	return fail;
}

/* One that can't be read is listed by its name in the vault: it must not
 * hide the others. */
static int put_one(void *arg, const struct vault_adapter_listing *login,
	const struct error *problem)
{
	struct vault_adapter_listing named = *login;
	struct view *view = arg;

	if (problem != NULL)
		snprintf(named.id, sizeof(named.id), "%s", login->name);
	return view->json ? put_json(view, &named, problem)
			  : put_text(view, &named, problem);
}

enum exit_code logins_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct session session;
	struct view view = { .session = &session,
		.err = &err,
		.json = invocation->value[OPTION_JSON] != NULL };
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	buf_init(&view.out, 64u * 1024 * 1024);
	fail = vault_adapter_each(
		session.vault, clock_now(session.clock), put_one, &view, &err);
	if (fail == 0 && view.json)
		printf("[%s\n]\n", view.out.data);
	else if (fail == 0)
		command_print(stdout,
			view.logins == 0
				? "nobody has signed in yet; 'login' does it\n"
				: view.out.data);
	buf_free(&view.out);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}
