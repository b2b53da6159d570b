/*
 * `sync`: one company's run, from its command line to its exit code.
 *
 * The order matters: every error that needs no call (names, configuration,
 * key, file, another run) is found before the first call is made.
 */
#include "cli/sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/log.h"
#include "base/when.h"
#include "cli/argument.h"
#include "app/line.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "app/signing.h"
#include "run/sync.h"

struct syncing {
	const struct invocation *invocation; /* borrowed */
	struct session session;
	struct company company;
	const struct settings_region *region;
	struct records *records;
	struct line line;
	struct progress progress;
	const struct model_type *types[SYNC_TYPES_MAX];
	size_t type_count;
	char id[40];
	struct sync_report report;
};

static int make_run_id(struct syncing *run, struct error *err)
{
	unsigned char random[3];
	char text[2 * sizeof(random) + 1], when[WHEN_TEXT_MAX];
	int64_t now = clock_now(run->session.clock).wall_ms;
	int fail;

	fail = crypto_random(random, sizeof(random), err);
	if (fail < 0)
		return fail;
	crypto_hex(random, sizeof(random), text);
	when_format_utc(now - now % 1000, when);
	snprintf(run->id, sizeof(run->id), "%s-%s", when, text);
	return 0;
}

/* Does what is needed before the first call. */
static int prepare(struct syncing *run, struct error *err)
{
	const struct invocation *invocation = run->invocation;
	const char *list = invocation->value[OPTION_DATA_TYPES];
	char path[PATHS_MAX];
	int fail;

	fail = session_company(&run->session, invocation->positional[0],
		&run->company, &run->region, err);
	if (fail == 0)
		signing_finish_earlier(&run->session, run->region);
	if (fail == 0 && list)
		fail = argument_data_types(list, run->types, SYNC_TYPES_MAX,
			&run->type_count, err);
	if (fail == 0)
		fail = session_linked(&run->company, err);
	if (fail == 0)
		fail = make_run_id(run, err);
	if (fail == 0)
		fail = paths_company(
			&run->session.paths, run->company.id, path, err);
	if (fail == 0)
		fail = records_open(&run->records, path, RECORDS_WRITE,
			run->session.clock, err);
	if (fail == FAIL_BUSY)
		error_prefix(err, "company '%s'", run->company.id);
	if (fail == 0)
		fail = line_open(&run->line, &run->session, run->region,
			run->company.login, run->company.division,
			progress_waiting, &run->progress, err);
	return fail;
}

/* Sets the company's state by how the run ended. */
static void update_state(struct syncing *run)
{
	struct company *company = &run->company;
	enum company_state before = company->state;
	struct error err = { 0 };

	if (run->report.fail == FAIL_SIGN_IN) {
		company->state = COMPANY_DEAUTHORIZED;
		snprintf(company->state_reason, sizeof(company->state_reason),
			"%.255s", run->report.err.text);
	} else if (run->report.fail == 0) {
		company->state = COMPANY_LINKED;
		company->state_reason[0] = '\0';
	}
	if (company->state != before &&
		companies_update(run->session.companies, company, &err) < 0)
		log_line(LOG_LEVEL_WARN, "%s", err.text);
}

static void print_report(struct syncing *run, bool json)
{
	struct buf text;

	buf_init(&text, 1024 * 1024);
	if (json) {
		report_json(
			run->invocation, &run->company, &run->report, &text);
		fputs(text.data, stdout);
	} else {
		report_text(run->company.id, &run->report, &text);
		command_print(stdout, text.data);
	}
	fflush(stdout);
	buf_free(&text);
}

static enum progress_style style(bool json)
{
	if (json)
		return PROGRESS_SILENT;
	return isatty(STDERR_FILENO) == 1 ? PROGRESS_LIVE : PROGRESS_LINES;
}

static int perform(struct syncing *run, bool json, struct error *err)
{
	const struct invocation *invocation = run->invocation;
	struct sync_options options = {
		.loop = run->session.loop,
		.gate = run->line.gate,
		.records = run->records,
		.region = run->company.region,
		.run = run->id,
		.types = run->type_count == 0 ? NULL : run->types,
		.type_count = run->type_count,
		.scopes = run->region->scopes.declared
				  ? &run->region->scopes.set
				  : NULL,
		.full = invocation->value[OPTION_FULL],
		.fresh = invocation->value[OPTION_FRESH],
		.reference_ms = run->session.settings.reference_ms,
		.minute_limit = run->session.settings.limits.minute,
	};
	int fail;

	run->progress = (struct progress){
		.style = style(json),
		.loop = run->session.loop,
		.gate = run->line.gate,
		.records = run->records,
		.full = options.full,
		.report = &run->report,
		.company = run->company.id,
		.minute_limit = options.minute_limit,
		.began_boot_ms = clock_now(run->session.clock).boot_ms,
	};
	options.observer = progress_observer(&run->progress);
	fail = sync_run(&options, &run->report);
	if (fail < 0)
		*err = run->report.err;
	progress_end(&run->progress);
	update_state(run);
	print_report(run, json);
	return fail;
}

enum exit_code sync_command(const struct invocation *invocation)
{
	bool json = invocation->value[OPTION_JSON];
	static struct syncing run; /* large; one a process */
	struct error err = { 0 };
	bool reported = false;
	int fail;

	run.invocation = invocation;
	fail = session_open(&run.session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	run.progress.loop = run.session.loop;
	fail = loop_catch_signals(run.session.loop, &err);
	if (fail == 0)
		fail = prepare(&run, &err);
	if (fail == 0) {
		fail = perform(&run, json, &err);
		reported = true;
	}
	line_close(&run.line);
	records_close(run.records);
	session_close(&run.session);
	if (fail == 0)
		return EXIT_DONE;
	return reported ? command_fail(&err)
			: command_fail_json(invocation, &err);
}
