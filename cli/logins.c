/* `logins`: who has signed in, which divisions they reach, and the state of
 * each login. Nothing here shows a token. */
#include "cli/logins.h"

#include <stdio.h>
#include <string.h>

#include "app/session.h"
#include "app/vault_adapter.h"
#include "cli/document.h"

struct view {
	struct session *session;
	struct error *err; /* borrowed */
	bool json;
	int logins;
	struct buf out;
};

static int put_division(void *arg, const struct company_reach *reach)
{
	struct view *view = arg;

	if (view->json)
		document_element_number(&view->out, reach->division);
	else
		buf_printf(&view->out, "    division %lld %s\n",
			(long long)reach->division, reach->name);
	return 0;
}

/* Why the login does not work, or why it cannot be read; "" otherwise. */
static const char *reason(
	const struct vault_adapter_listing *login, const struct error *problem)
{
	if (problem)
		return problem->text;
	return login->cause_text[0] != '\0' ? login->cause_text
					    : login->failure;
}

static int put_text(struct view *view,
	const struct vault_adapter_listing *login, const struct error *problem)
{
	const char *why = reason(login, problem);

	buf_puts(&view->out, login->id);
	if (!problem)
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

	view->logins++;
	document_element(out);
	document_text(out, "id", login->id);
	document_text(out, "region", login->region);
	document_text(out, "user", login->user);
	document_text(out, "fullName", login->full_name);
	document_text(out, "host", login->host);
	document_text(out, "clientId", login->client_id);
	document_text(out, "state", login->state);
	if (login->cause[0] != '\0') {
		document_text(out, "cause", login->cause);
		document_text(out, "causeText", login->cause_text);
		document_second(out, "causeAt", login->cause_wall_ms);
	}
	if (problem)
		document_text(out, "problem", problem->text);
	else if (login->cause[0] == '\0' && login->failure[0] != '\0')
		document_text(out, "problem", login->failure);
	document_second(out, "signedIn", login->consented_wall_ms);
	document_second(out, "refreshed", login->refreshed_wall_ms);
	document_number(out, "generation", (int64_t)login->generation);
	document_list(out, "divisions");
	fail = companies_reach_each(view->session->companies, login->id,
		put_division, view, view->err);
	document_list_end(out);
	document_element_end(out);
	return fail;
}

/* A login that cannot be read is listed by its name in the vault, so that the
 * others are still listed. */
static int put_one(void *arg, const struct vault_adapter_listing *login,
	const struct error *problem)
{
	struct vault_adapter_listing named = *login;
	struct view *view = arg;

	if (problem)
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
		.json = invocation->value[OPTION_JSON] };
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	buf_init(&view.out, 64u * 1024 * 1024);
	if (view.json) {
		document_begin(&view.out, invocation, EXIT_DONE);
		document_list(&view.out, "logins");
	}
	fail = vault_adapter_each(
		session.vault, clock_now(session.clock), put_one, &view, &err);
	if (fail == 0 && view.json) {
		document_list_end(&view.out);
		document_end(&view.out);
		fputs(view.out.data, stdout);
	} else if (fail == 0) {
		command_print(stdout,
			view.logins == 0 ? "nobody has signed in yet; sign in "
					   "with 'login ID'\n"
					 : view.out.data);
	}
	buf_free(&view.out);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}
