/*
 * `status`: what is known without a call to Exact: connection, login, each
 * stream's last run, records, findings, quota left. A company that was never
 * synced has no file yet; that is not an error.
 */
#include "cli/status.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/when.h"
#include "cli/document.h"
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
	struct error *err;       /* borrowed */
	struct records *records; /* borrowed; of the company at hand */
	bool json;
	int companies;
	int errors, warnings;
	struct buf out;
};

static bool was_skipped(const struct run_stream *run)
{
	return progress_is_skipped(run->state, run->calls);
}

/* `read_wall_ms`: when the stream was last read to its end; 0: never. */
static void put_run_text(
	struct buf *out, const struct run_stream *run, int64_t read_wall_ms)
{
	char ended[WHEN_TEXT_MAX], rows[32], changed[32];
	char last_read[WHEN_TEXT_MAX];
	bool skipped = was_skipped(run);

	when_format_utc(read_wall_ms - read_wall_ms % 1000, last_read);
	when_format_utc(run->ended_wall_ms - run->ended_wall_ms % 1000, ended);
	buf_printf(out, "  %-17s %-11s %s %11s rows %9s changed%s%s%s%s\n",
		run->stream, skipped ? PROGRESS_SKIPPED : run->state, ended,
		progress_number(run->rows, rows),
		progress_number(run->changed + run->deleted, changed),
		skipped ? ", last read " : "", skipped ? last_read : "",
		run->problem ? "\n    " : "", run->problem ? run->problem : "");
}

static void put_run_json(
	struct buf *out, const struct run_stream *run, int64_t read_wall_ms)
{
	document_element(out);
	document_text(out, "stream", run->stream);
	document_text(out, "state", run->state);
	document_text(out, "run", run->run);
	document_second(out, "ended", run->ended_wall_ms);
	if (run->problem)
		document_text(out, "problem", run->problem);
	document_number(out, "calls", run->calls);
	document_number(out, "pages", run->pages);
	document_number(out, "rows", run->rows);
	document_number(out, "changed", run->changed);
	document_number(out, "deleted", run->deleted);
	document_flag(out, "skipped", was_skipped(run));
	document_second(out, "lastRead", read_wall_ms);
	document_element_end(out);
}

static int put_run(void *arg, const struct run_stream *run)
{
	struct view *view = arg;
	struct stream_state state;
	int fail = records_stream_get(
		view->records, run->stream, &state, view->err);

	if (fail)
		return fail;
	if (view->json)
		put_run_json(&view->out, run, state.finished_wall_ms);
	else
		put_run_text(&view->out, run, state.finished_wall_ms);
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

static int put_counts(struct view *view, struct records *records)
{
	struct buf *out = &view->out;

	for (size_t i = 0; model_types[i]; i++) {
		char live_text[32], gone_text[32];
		int64_t live, gone;
		int fail = records_count(
			records, model_types[i], &live, &gone, view->err);

		if (fail)
			return fail;
		if (view->json) {
			document_element(out);
			document_text(out, "dataType", model_types[i]->name);
			document_number(out, "records", live);
			document_number(out, "deleted", gone);
			document_element_end(out);
			continue;
		}
		buf_printf(out, "  %-17s %11s records %9s deleted\n",
			model_types[i]->name, progress_number(live, live_text),
			progress_number(gone, gone_text));
	}
	return 0;
}

static void put_findings(struct view *view)
{
	struct buf *out = &view->out;

	if (view->json)
		buf_printf(out, ",\"findings\":{\"errors\":%d,\"warnings\":%d}",
			view->errors, view->warnings);
	else if (view->errors + view->warnings > 0)
		buf_printf(out, "  findings: %d errors, %d warnings\n",
			view->errors, view->warnings);
}

static int put_records(struct view *view, struct records *records)
{
	struct buf *out = &view->out;
	int fail;

	view->records = records;
	view->errors = 0;
	view->warnings = 0;
	if (view->json)
		document_list(out, "streams");
	fail = records_run_each(records, put_run, view, view->err);
	if (fail == 0)
		fail = records_findings_each(
			records, put_finding, view, view->err);
	if (fail < 0)
		return fail;
	if (view->json) {
		document_list_end(out);
		document_list(out, "dataTypes");
	}
	fail = put_counts(view, records);
	if (fail)
		return fail;
	if (view->json)
		document_list_end(out);
	put_findings(view);
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
		why = "the login is not in the vault; sign in again";
	} else {
		state = "unreadable";
		why = err.text;
	}
	if (view->json) {
		document_text(&view->out, "login", company->login);
		document_text(&view->out, "loginState", state);
		if (why[0] != '\0')
			document_text(&view->out, "loginCause", why);
	} else {
		buf_printf(&view->out, "  login %s: %s%s%s\n", company->login,
			state, why[0] == '\0' ? "" : ": ", why);
	}
	keeper_free(keeper);
}

/* Reads the ledger; no call is made. */
static int put_quota(struct view *view, const struct company *company)
{
	const struct settings *settings = &view->session->settings;
	const struct settings_region *region = settings_region(
		settings, company->region);
	struct instant now = clock_now(view->session->clock);
	struct ratelimit_state *state = NULL;
	struct ratelimit_verdict verdict = { 0 };
	struct ledger *ledger = NULL;
	char host[256], day[32];
	int fail;

	if (company->division == 0 || !region ||
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
	}
	if (fail == 0 && view->json) {
		document_number(&view->out, "minuteLeft", verdict.minute_left);
		document_number(&view->out, "dayLeft", verdict.day_left);
	} else if (fail == 0) {
		buf_printf(&view->out,
			"  quota left: %d this minute, %s today\n",
			verdict.minute_left,
			progress_number(verdict.day_left, day));
	}
	ledger_free(ledger);
	return fail;
}

static int put_company_json(struct view *view, const struct company *company)
{
	struct buf *out = &view->out;
	char name[COMPANY_NAME_MAX + 1];
	int fail = session_division_name(
		view->session, company, name, view->err);

	if (fail < 0)
		return fail;
	document_text(out, "id", company->id);
	document_text(out, "name", company->name);
	document_text(out, "region", company->region);
	document_text(out, "state", company_state_name(company->state));
	document_second(out, "created", company->created_wall_ms);
	document_division(out, company->division, name);
	return 0;
}

static void put_company_text(struct view *view, const struct company *company)
{
	struct buf *out = &view->out;

	buf_printf(
		out, "%s (%s, %s", company->id, company->name, company->region);
	if (company->division != 0)
		buf_printf(
			out, ", division %lld", (long long)company->division);
	buf_printf(out, "): %s%s%s\n", company_state_name(company->state),
		company->state_reason[0] == '\0' ? "" : ": ",
		company->state_reason);
}

/* The company's lines, or the members of its object. */
static int put_company(struct view *view, const struct company *company)
{
	struct records *records = NULL;
	char path[PATHS_MAX];
	int fail = 0;

	view->companies++;
	if (view->json)
		fail = put_company_json(view, company);
	else
		put_company_text(view, company);
	if (fail == 0) {
		put_login(view, company);
		fail = put_quota(view, company);
	}
	if (fail == 0)
		fail = paths_company(
			&view->session->paths, company->id, path, view->err);
	if (fail == 0 && access(path, F_OK) == 0)
		fail = records_open(&records, path, RECORDS_READ,
			view->session->clock, view->err);
	if (fail == 0 && records)
		fail = put_records(view, records);
	else if (fail == 0 && !view->json)
		buf_puts(&view->out, "  never synced yet\n");
	records_close(records);
	return fail;
}

static int put_one_of_all(void *arg, const struct company *company)
{
	struct view *view = arg;
	int fail;

	if (view->json)
		document_element(&view->out);
	fail = put_company(view, company);
	if (view->json)
		document_element_end(&view->out);
	return fail;
}

static int put_all(struct view *view)
{
	int fail;

	if (view->json)
		document_list(&view->out, "companies");
	fail = companies_each(
		view->session->companies, put_one_of_all, view, view->err);
	if (view->json)
		document_list_end(&view->out);
	return fail;
}

static int put_named(struct view *view, const char *id)
{
	struct company company;
	int fail = companies_get(
		view->session->companies, id, &company, view->err);

	return fail < 0 ? fail : put_company(view, &company);
}

enum exit_code status_command(const struct invocation *invocation)
{
	const char *id = invocation->positional[0];
	struct error err = { 0 };
	struct session session;
	struct view view = { .session = &session,
		.err = &err,
		.json = invocation->value[OPTION_JSON] };
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	buf_init(&view.out, 256u * 1024 * 1024);
	if (view.json)
		document_begin(&view.out, invocation, EXIT_DONE);
	fail = id ? put_named(&view, id) : put_all(&view);
	if (fail == 0 && buf_failed(&view.out))
		fail = error_set(
			&err, FAIL_STOP, "out of memory for the status");
	if (fail == 0 && view.json) {
		document_end(&view.out);
		fputs(view.out.data, stdout);
	} else if (fail == 0) {
		command_print(stdout,
			view.companies == 0 ? "there are no companies yet; add "
					      "one with 'company add'\n"
					    : view.out.data);
	}
	buf_free(&view.out);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}
