/* `logins`: who has signed in, what they reach, and how they are. Nothing
 * here shows a token. */
#include "cli/logins.h"

#include <stdio.h>
#include <string.h>

#include "base/when.h"
#include "cli/session.h"
#include "cli/vault_adapter.h"
#include "oauth/keeper.h"

struct view {
	struct session *session;
	struct vault_ops ops;
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

static int put_login(struct view *view, const struct login *login)
{
	struct buf *out = &view->out;
	int fail;

	if (!view->json) {
		buf_printf(out, "%s  region %s, user %s: %s%s%s\n", login->id,
			login->region, login->user, login_state_name(login),
			login->cause_text[0] == '\0' ? "" : ": ",
			login->cause_text);
		view->logins++;
		return companies_reach_each(view->session->companies, login->id,
			put_division, view, view->err);
	}
	buf_puts(out, view->logins++ == 0 ? "\n{\"id\":" : ",\n{\"id\":");
	buf_put_json(out, login->id, strlen(login->id));
	put_pair(view, "region", login->region);
	put_pair(view, "user", login->user);
	put_pair(view, "fullName", login->full_name);
	put_pair(view, "clientId", login->client_id);
	put_pair(view, "state", login_state_name(login));
	if (login->cause != LOGIN_CAUSE_NONE) {
		put_pair(view, "cause", login_cause_name(login->cause));
		put_pair(view, "causeText", login->cause_text);
		put_moment(view, "causeAt", login->cause_at.wall_ms);
	}
	put_moment(view, "signedIn", login->consented.wall_ms);
	put_moment(view, "refreshed", login->received.wall_ms);
	buf_printf(out, ",\"generation\":%llu,\"divisions\":[",
		(unsigned long long)login->generation);
	view->items = 0;
	fail = companies_reach_each(view->session->companies, login->id,
		put_division, view, view->err);
	buf_puts(out, "]}");
	return fail;
}

static int put_one(void *arg, const char *name)
{
	struct view *view = arg;
	struct keeper *keeper = NULL;
	int fail;

	if (!keeper_is_login(name))
		return 0;
	fail = keeper_open(&keeper, &view->ops, name,
		clock_boot_id(view->session->clock), view->err);
	if (fail == 0)
		fail = put_login(view, keeper_login(keeper));
	keeper_free(keeper);
	return fail;
}

enum exit_code logins_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct session session;
	struct view view = { .session = &session,
		.err = &err,
		.json = invocation->value[OPTION_JSON] != NULL };
	int fail;

	fail = session_open(&session, invocation, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	view.ops = vault_adapter_ops(session.vault);
	buf_init(&view.out, 64u * 1024 * 1024);
	fail = view.ops.each(view.ops.ctx, put_one, &view, &err);
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
