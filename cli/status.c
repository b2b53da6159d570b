/*
 * `status`: what is known without asking Exact anything: connection, login,
 * each stream's last run, records, findings, quota left. A company that was
 * never read has no file yet, and that is no error.
 */
#include "cli/status.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/when.h"
#include "cli/progress.h"
#include "app/session.h"
#include "app/vault_adapter.h"
#include "model/model.h"
#include "oauth/keeper.h"
#include "ratelimit/ratelimit.h"
#include "ratelimit/state.h"
#include "store/ledger.h"
#include "store/records.h"

struct view {
	struct session *session;
	struct error *err; /* borrowed */
	bool json;
	int companies;
	int items; /* in the list being printed */
	int errors, warnings;
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

	when_format_utc(wall_ms - wall_ms % 1000, text);
	put_pair(view, name, text);
}

static int put_run(void *arg, const struct run_stream *run)
{
	struct view *view = arg;
	struct buf *out = &view->out;
	char ended[WHEN_TEXT_MAX], rows[32], changed[32];

	when_format_utc(run->ended_wall_ms - run->ended_wall_ms % 1000, ended);
	if (!view->json) {
		buf_printf(out, "  %-17s %-11s %s %11s rows %9s changed%s%s\n",
			run->stream,
			progress_is_skipped(run->state, run->calls)
				? PROGRESS_SKIPPED
				: run->state,
			ended, progress_number(run->rows, rows),
			progress_number(run->changed + run->deleted, changed),
			run->problem == NULL ? "" : "\n    ",
			run->problem == NULL ? "" : run->problem);
		return 0;
	}
	buf_puts(out,
		view->items++ == 0 ? "\n  {\"stream\":" : ",\n  {\"stream\":");
	buf_put_json(out, run->stream, strlen(run->stream));
	put_pair(view, "state", run->state);
	put_pair(view, "run", run->run);
	put_pair(view, "ended", ended);
	if (run->problem != NULL)
		put_pair(view, "problem", run->problem);
	buf_printf(out,
		",\"calls\":%lld,\"pages\":%lld,\"rows\":%lld,\"changed\":%lld,"
		"\"deleted\":%lld}",
		(long long)run->calls, (long long)run->pages,
		(long long)run->rows, (long long)run->changed,
		(long long)run->deleted);
	return 0;
}

static int put_finding(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	struct view *view = arg;

	(void)type;
	(void)id;
	if (finding->error)
		view->errors++;
	else
		view->warnings++;
	return 0;
}

static int put_records(struct view *view, struct records *records)
{
	struct buf *out = &view->out;
	int fail;

	view->items = 0;
	view->errors = 0;
	view->warnings = 0;
	if (view->json)
		buf_puts(out, ",\"streams\":[");
	fail = records_run_each(records, put_run, view, view->err);
	if (fail == 0)
		fail = records_findings_each(
			records, put_finding, view, view->err);
	if (fail < 0)
		return fail;
	if (view->json)
		buf_puts(out, "],\"dataTypes\":[");
	for (size_t i = 0; model_types[i] != NULL; i++) {
		long long live = records_count(records, model_types[i], false);
		long long gone = records_count(records, model_types[i], true);
		char live_text[32], gone_text[32];

		if (view->json)
			buf_printf(out,
				"%s{\"dataType\":\"%s\",\"records\":%lld,"
				"\"deleted\":%lld}",
				i == 0 ? "" : ",", model_types[i]->name, live,
				gone);
		else
			buf_printf(out, "  %-17s %11s records %9s deleted\n",
				model_types[i]->name,
				progress_number(live, live_text),
				progress_number(gone, gone_text));
	}
	if (view->json)
		buf_printf(out,
			"],\"findings\":{\"errors\":%d,\"warnings\":%d}",
			view->errors, view->warnings);
	else if (view->errors + view->warnings > 0)
		buf_printf(out, "  findings: %d errors, %d warnings\n",
			view->errors, view->warnings);
	return 0;
}

static void put_login(struct view *view, const struct company *company)
{
	struct vault_ops ops = vault_adapter_ops(view->session->vault);
	const char *boot_id = clock_boot_id(view->session->clock);
	struct keeper *keeper = NULL;
	const struct login *login;
	const char *state = "missing";
	const char *why = "";
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct error err = { 0 };
	int fail;

	if (company->login[0] == '\0')
		return;
	fail = keeper_find(&ops, company->login, name, &err);
	if (fail == 0)
		fail = keeper_open(&keeper, &ops, name, boot_id, &err);
	if (fail == 0) {
		login = keeper_login(keeper);
		state = login_state_name(login);
		why = login->status == LOGIN_ALIVE ? login->failure
						   : login->cause_text;
	} else if (fail == FAIL_INPUT) {
		why = "it is not in the vault; sign in again";
	} else {
		state = "unreadable";
		why = err.text;
	}
	if (view->json) {
		put_pair(view, "login", company->login);
		put_pair(view, "loginState", state);
		if (why[0] != '\0')
			put_pair(view, "loginCause", why);
	} else {
		buf_printf(&view->out, "  login %s: %s%s%s\n", company->login,
			state, why[0] == '\0' ? "" : ": ", why);
	}
	keeper_free(keeper);
}

/* A look at the ledger; nothing is spent. */
static int put_quota(struct view *view, const struct company *company)
{
	const struct settings *settings = &view->session->settings;
	const struct settings_region *region = settings_region(
		settings, company->region);
	struct instant now = clock_now(view->session->clock);
	struct ratelimit_state *state = NULL;
	struct ratelimit_verdict verdict;
	struct ledger *ledger = NULL;
	char host[256], day[32];
	int fail;

	if (company->division == 0 || region == NULL ||
		http_url_place(region->base_url, host, NULL) < 0)
		return 0;
	fail = ledger_open(&ledger, view->session->paths.ledgers, host,
		region->client_id, company->division, view->session->clock,
		view->err);
	if (fail == 0)
		fail = ledger_lock(
			ledger, &settings->limits, now, &state, view->err);
	if (fail == 0) {
		verdict = ratelimit_ask(state, &settings->limits, now);
		ledger_unlock(ledger);
		if (view->json)
			buf_printf(&view->out,
				",\"minuteLeft\":%d,\"dayLeft\":%d",
				verdict.minute_left, verdict.day_left);
		else
			buf_printf(&view->out,
				"  quota left: %d this minute, %s today\n",
				verdict.minute_left,
				progress_number(verdict.day_left, day));
	}
	ledger_free(ledger);
	return fail;
}

static int put_company(void *arg, const struct company *company)
{
	struct view *view = arg;
	struct buf *out = &view->out;
	struct records *records = NULL;
	char path[PATHS_MAX];
	int fail;

	if (view->json) {
		buf_puts(out,
			view->companies++ == 0 ? "\n{\"id\":" : ",\n{\"id\":");
		buf_put_json(out, company->id, strlen(company->id));
		put_pair(view, "name", company->name);
		put_pair(view, "region", company->region);
		put_pair(view, "state", company_state_name(company->state));
		put_moment(view, "created", company->created_wall_ms);
		if (company->division != 0)
			buf_printf(out, ",\"division\":%lld",
				(long long)company->division);
	} else {
		view->companies++;
		buf_printf(out, "%s (%s, %s", company->id, company->name,
			company->region);
		if (company->division != 0)
			buf_printf(out, ", division %lld",
				(long long)company->division);
		buf_printf(out, "): %s%s%s\n",
			company_state_name(company->state),
			company->state_reason[0] == '\0' ? "" : ": ",
			company->state_reason);
	}
	put_login(view, company);
	fail = put_quota(view, company);
	if (fail == 0)
		fail = paths_company(
			&view->session->paths, company->id, path, view->err);
	if (fail == 0 && access(path, F_OK) == 0)
		fail = records_open(&records, path, RECORDS_READ,
			view->session->clock, view->err);
	if (fail == 0 && records != NULL)
		fail = put_records(view, records);
	else if (fail == 0 && !view->json)
		buf_puts(out, "  never read yet\n");
	records_close(records);
	if (view->json)
		buf_putc(out, '}');
	return fail;
}

enum exit_code status_command(const struct invocation *invocation)
{
	const char *id = invocation->positional[0];
	struct error err = { 0 };
	struct session session;
	struct view view = { .session = &session,
		.err = &err,
		.json = invocation->value[OPTION_JSON] != NULL };
	struct company company;
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	buf_init(&view.out, 256u * 1024 * 1024);
	if (id == NULL) {
		fail = companies_each(
			session.companies, put_company, &view, &err);
	} else {
		fail = companies_get(session.companies, id, &company, &err);
		if (fail == 0)
			fail = put_company(&view, &company);
	}
	if (fail == 0 && view.json)
		printf(id == NULL ? "[%s\n]\n" : "%s\n", view.out.data);
	else if (fail == 0)
		command_print(stdout,
			view.companies == 0
				? "there are no companies yet; 'company add' "
				  "adds one\n"
				: view.out.data);
	buf_free(&view.out);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}
