/*
 * /control/ACTION?name=value&…: what a test does to the sandbox. Actions that
 * change something need POST; the others accept GET, too. Each answer is JSON:
 * {"ok":true,…}, or {"error":"what is wrong"} with status 400, 404 or 405.
 */
#include "sandbox/control.h"

#include <string.h>

#include "sandbox/control_acts.h"
#include "sandbox/state.h"

struct control_action {
	const char *name;
	bool looks; /* only reads: GET is accepted */
	/* Puts the members after "ok" into out, or fills err. */
	int (*run)(struct sandbox *sandbox, struct turn *turn, struct buf *out,
		struct error *err);
	const char *parameters; /* for --help */
	const char *help;
};

static const struct control_action actions[] = {
	{ .name = "clock",
		.looks = true,
		.run = control_acts_clock,
		.parameters = "",
		.help = "the server's time" },
	{ .name = "advance",
		.run = control_acts_advance,
		.parameters = "ms=N",
		.help = "moves the time forward by N ms" },
	{ .name = "skew",
		.run = control_acts_skew,
		.parameters = "ms=N",
		.help = "the server's clock is N ms ahead (negative: behind)" },
	{ .name = "change",
		.run = control_acts_change,
		.parameters = "division=D&entity=E&count=N",
		.help = "change N rows; returns their ids" },
	{ .name = "delete",
		.run = control_acts_delete,
		.parameters = "division=D&entity=E&count=N",
		.help = "delete N rows (of lines: whole entries)" },
	{ .name = "insert",
		.run = control_acts_insert,
		.parameters = "division=D&count=N&account=0|1",
		.help = "insert N entries of two lines (1: new GL account)" },
	{ .name = "hold",
		.run = control_acts_hold,
		.parameters = "division=D&count=N",
		.help = "insert N entries that are hidden until show" },
	{ .name = "show",
		.run = control_acts_show,
		.parameters = "division=D",
		.help = "show held entries, at their old versions" },
	{ .name = "move",
		.run = control_acts_move,
		.parameters = "division=D",
		.help = "set DivisionMoveDate to now, renew all versions" },
	{ .name = "user",
		.run = control_acts_user,
		.parameters = "name=U&divisions=D,D",
		.help = "add a user, or set the user's divisions" },
	{ .name = "deactivate",
		.run = control_acts_deactivate,
		.parameters = "user=U",
		.help = "the user has left" },
	{ .name = "activate",
		.run = control_acts_activate,
		.parameters = "user=U",
		.help = "the user is back" },
	{ .name = "current",
		.run = control_acts_current,
		.parameters = "user=U&division=D",
		.help = "what current/Me says (0: the first)" },
	{ .name = "consent",
		.run = control_acts_consent,
		.parameters = "user=U&divisions=D,D&deny=0|1",
		.help = "who consents from now on, and to what (default: "
			"all)" },
	{ .name = "revoke",
		.run = control_acts_revoke,
		.parameters = "user=U&app=nl|uk",
		.help = "the user takes the consent back" },
	{ .name = "scopes",
		.run = control_acts_scopes,
		.parameters = "app=nl|uk&list=S,S",
		.help = "set the app's scopes" },
	{ .name = "rights",
		.run = control_acts_rights,
		.parameters = "user=U&division=D&scope=S,S&take=1|0&empty=0|1",
		.help = "a role or module lacks S (empty=1: answer 200)" },
	{ .name = "limits",
		.run = control_acts_limits,
		.parameters = "minute=N&day=N",
		.help = "set the quota" },
	{ .name = "fault",
		.run = control_acts_fault,
		.parameters = "name=F&path=P&user=U&count=N&after=N",
		.help = "set a fault; count -1: always, 0: remove" },
	{ .name = "faults",
		.looks = true,
		.run = control_acts_faults,
		.parameters = "",
		.help = "the faults that are set" },
	{ .name = "counters",
		.looks = true,
		.run = control_acts_counters,
		.parameters = "",
		.help = "requests, refusals, tokens, quota" },
	{ .name = "apps",
		.looks = true,
		.run = control_acts_apps,
		.parameters = "",
		.help = "ids and secrets, for init --sandbox" },
};

#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

void control_help(struct buf *out)
{
	for (size_t i = 0; i < ACTIONS; i++)
		buf_printf(out, "  %-10s %-30s %s\n", actions[i].name,
			actions[i].parameters, actions[i].help);
}

static const struct control_action *find_action(const char *name)
{
	for (size_t i = 0; i < ACTIONS; i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static void refuse(struct turn *turn, int status, const char *text)
{
	turn->reply->status = status;
	buf_reset(&turn->reply->body);
	buf_puts(&turn->reply->body, "{\"error\":");
	buf_put_json(&turn->reply->body, text, strlen(text));
	buf_puts(&turn->reply->body, "}\n");
}

void control_handle(struct sandbox *sandbox, struct turn *turn)
{
	const struct control_action *action = find_action(
		turn->path + strlen("/control/"));
	struct error err = { 0 };

	exchange_reply_header(turn->reply, "Content-Type", "application/json");
	if (!action) {
		refuse(turn, 404,
			"there is no such action; see exact-sandbox --help");
		return;
	}
	if (strcmp(turn->request->method, "POST") != 0 &&
		!(action->looks && strcmp(turn->request->method, "GET") == 0)) {
		refuse(turn, 405, "use POST");
		return;
	}
	buf_puts(&turn->reply->body, "{\"ok\":true");
	if (action->run(sandbox, turn, &turn->reply->body, &err) < 0)
		refuse(turn, 400, err.text);
	else
		buf_puts(&turn->reply->body, "}\n");
}
