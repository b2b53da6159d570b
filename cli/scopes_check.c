/*
 * `scopes check ID`: which scopes work for a company, by trying them.
 *
 * Three lists are compared:
 *
 *	recommended	what the setup guide recommends
 *	declared	what the configuration says that the app has
 *	seen		what Exact let us read just now
 *
 * A scope is missing when a data type needs it and it was not seen, or when
 * the app lacks it although it is declared (recommended, if nothing is
 * declared). Then the exit code is 1. A scope that the configuration does not
 * declare is not missing, since `sync` does not read its lists; nor is a scope
 * whose list came empty and may well be empty: a company without items has
 * none.
 */
#include "cli/scopes_check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/line.h"
#include "app/session.h"
#include "app/signing.h"
#include "cli/document.h"
#include "cli/progress.h"
#include "cli/scopes_table.h"
#include "connector/probe.h"
#include "run/needs.h"
#include "scopes/explain.h"
#include "store/records.h"

#define WIDTH     78
#define NAMES_MAX 2048

struct check {
	const struct invocation *invocation; /* borrowed */
	struct session session;
	struct company company;
	char division_name[COMPANY_NAME_MAX + 1];
	const struct settings_region *region;
	struct records *records; /* NULL: never synced yet */
	struct line line;
	struct scopes_set recommended;
	struct scopes_set needed;   /* by data types */
	struct scopes_set expected; /* declared; else recommended */
	struct scopes_set shown;
	struct probe_report report;
	int fail; /* what ended the probing */
	struct error err;
};

/* ---- what was found ------------------------------------------------------ */

static enum probe_seen seen(const struct check *check, int scope)
{
	return check->report.scopes[scope].seen;
}

static bool is_missing(const struct check *check, int scope)
{
	/* The operator declares that the app does not have the scope. */
	if (check->region->scopes.declared &&
		check->expected.level[scope] == CATALOGUE_NONE)
		return false;
	if (seen(check, scope) == PROBE_DOUBTFUL && probe_may_be_empty(scope))
		return false;
	if (check->needed.level[scope] != CATALOGUE_NONE)
		return seen(check, scope) != PROBE_SEEN;
	return check->expected.level[scope] != CATALOGUE_NONE &&
	       seen(check, scope) == PROBE_NO_SCOPE;
}

static const char *declared(const struct check *check, int scope)
{
	const struct settings_scopes *scopes = &check->region->scopes;

	if (!scopes->declared)
		return "-";
	return catalogue_level_name(
		(enum catalogue_level)scopes->set.level[scope]);
}

static bool lacks_scope(const struct check *check, int scope)
{
	return seen(check, scope) == PROBE_NO_SCOPE;
}

static bool lacks_rights(const struct check *check, int scope)
{
	return seen(check, scope) == PROBE_NO_RIGHTS;
}

static bool is_doubtful(const struct check *check, int scope)
{
	return seen(check, scope) == PROBE_DOUBTFUL;
}

static bool is_undeclared(const struct check *check, int scope)
{
	return check->region->scopes.declared &&
	       check->region->scopes.set.level[scope] == CATALOGUE_NONE &&
	       seen(check, scope) == PROBE_SEEN;
}

static bool is_not_read(const struct check *check, int scope)
{
	return check->region->scopes.declared &&
	       check->region->scopes.set.level[scope] == CATALOGUE_NONE &&
	       check->needed.level[scope] != CATALOGUE_NONE;
}

/* The shown scopes of which `holds` is true; returns how many. */
static int collect(const struct check *check,
	bool (*holds)(const struct check *check, int scope), struct buf *ret)
{
	int count = 0;

	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (check->shown.level[i] == CATALOGUE_NONE || !holds(check, i))
			continue;
		buf_printf(ret, "%s%s", ret->len == 0 ? "" : ", ",
			catalogue_scopes[i].id);
		count++;
	}
	return count;
}

/* ---- printing it --------------------------------------------------------- */

/* A text, wrapped before the right edge. */
static void put_wrapped(struct buf *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column != 0 && column + 1 + len > WIDTH) {
			buf_puts(out, "\n  ");
			column = 2;
		} else if (column != 0) {
			buf_putc(out, ' ');
			column++;
		}
		buf_append(out, text, len);
		column += len;
		text += len + (text[len] == ' ');
	}
	buf_putc(out, '\n');
}

static void put_note(const struct check *check, struct buf *out,
	bool (*holds)(const struct check *check, int scope), const char *before,
	const char *after)
{
	struct buf names, text;

	buf_init(&names, NAMES_MAX);
	buf_init(&text, 2 * NAMES_MAX);
	if (collect(check, holds, &names) > 0) {
		buf_printf(&text, "%s %s; %s.", before, names.data, after);
		put_wrapped(out, text.data);
	}
	buf_free(&text);
	buf_free(&names);
}

/* What is recommended and not declared. */
static void put_comparison(const struct check *check, struct buf *out)
{
	struct scopes_set lacking;
	struct buf text;

	if (!check->region->scopes.declared ||
		scopes_set_missing(&check->region->scopes.set,
			&check->recommended, &lacking) == 0)
		return;
	buf_init(&text, NAMES_MAX);
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (lacking.level[i] == CATALOGUE_NONE)
			continue;
		buf_printf(&text, "%s %s=%s",
			text.len == 0 ? "Recommended beyond what is declared:"
				      : ",",
			catalogue_scopes[i].id,
			catalogue_level_name(
				(enum catalogue_level)lacking.level[i]));
	}
	buf_putc(&text, '.');
	put_wrapped(out, text.data);
	buf_free(&text);
}

/* Scopes about which the answer said nothing, each with the reason. */
static void put_unanswered(const struct check *check, struct buf *out)
{
	for (int i = 0; i < CATALOGUE_SCOPES && check->fail == 0; i++) {
		struct buf text;

		if (check->shown.level[i] == CATALOGUE_NONE ||
			seen(check, i) != PROBE_NOT_PROBED)
			continue;
		buf_init(&text, NAMES_MAX);
		buf_printf(&text, "Not probed: %s; %s.", catalogue_scopes[i].id,
			check->report.scopes[i].why);
		put_wrapped(out, text.data);
		buf_free(&text);
	}
}

static void put_notes(const struct check *check, struct buf *out)
{
	char setting[64];

	put_note(check, out, lacks_scope, "The app lacks:", explain_where());
	put_note(check, out, lacks_rights, "Refused:", explain_rights);
	put_note(check, out, is_doubtful, "Doubtful:",
		"the list of each came empty: there may be nothing in it, or a "
		"right is missing; Exact may answer both alike");
	put_unanswered(check, out);
	snprintf(setting, sizeof(setting), "add them to 'regions.%s.scopes'",
		check->region->name);
	put_note(check, out, is_undeclared, "Seen but not declared:", setting);
	put_note(check, out, is_not_read, "Needed but not declared:",
		"'sync' does not read their lists, so the data types that need "
		"them are incomplete");
	put_comparison(check, out);
}

static void check_text(const struct check *check, struct buf *out)
{
	static const char *const words[] = {
		[PROBE_NOT_PROBED] = "not probed",
		[PROBE_SEEN] = "yes",
		[PROBE_NO_SCOPE] = "no: scope",
		[PROBE_NO_RIGHTS] = "no: rights",
		[PROBE_DOUBTFUL] = "doubtful",
	};
	const struct gate_counts *counts = gate_counts(check->line.gate);
	char left[32];
	int width = 0;

	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		int len = (int)strlen(catalogue_scopes[i].id);

		if (check->shown.level[i] != CATALOGUE_NONE && len > width)
			width = len;
	}
	buf_printf(out, "%-*s  %-11s  %-8s  %-10s  %s\n", width, "scope",
		"recommended", "declared", "seen", "data types that need it");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (check->shown.level[i] == CATALOGUE_NONE)
			continue;
		buf_printf(out, "%-*s  %-11s  %-8s  %-10s  ", width,
			catalogue_scopes[i].id, scopes_table_recommended(i),
			declared(check, i), words[seen(check, i)]);
		scopes_table_types(out, i, (size_t)width + 37);
	}
	buf_printf(out, "\n%s; manage can't be seen, only declared\n",
		scopes_table_note);
	put_notes(check, out);
	buf_printf(out, "%s: %lld call%s, %d refused", check->company.id,
		(long long)counts->calls, counts->calls == 1 ? "" : "s",
		check->report.errors);
	if (counts->calls > 0)
		buf_printf(out, ", %s left today",
			progress_number(counts->day_left, left));
	buf_putc(out, '\n');
}

static void put_list(const struct check *check, struct buf *out,
	const char *name, bool (*holds)(const struct check *check, int scope))
{
	document_list(out, name);
	for (int i = 0; i < CATALOGUE_SCOPES; i++)
		if (check->shown.level[i] != CATALOGUE_NONE && holds(check, i))
			document_element_text(out, catalogue_scopes[i].id);
	document_list_end(out);
}

static void put_row(const struct check *check, struct buf *out, int scope)
{
	const struct probe_result *result = &check->report.scopes[scope];

	document_element(out);
	document_text(out, "scope", catalogue_scopes[scope].id);
	document_text(out, "name", catalogue_scopes[scope].printed);
	scopes_table_recommended_json(out, scope);
	if (check->region->scopes.declared)
		document_text(out, "declared", declared(check, scope));
	document_text(out, "seen", probe_seen_name(result->seen));
	if (result->endpoint)
		document_text(out, "endpoint", result->endpoint);
	if (result->why[0] != '\0')
		document_text(out, "problem", result->why);
	scopes_table_types_json(out, scope);
	document_flag(out, "missing", is_missing(check, scope));
	document_element_end(out);
}

static void check_json(
	const struct check *check, enum exit_code code, struct buf *out)
{
	const struct gate_counts *counts = gate_counts(check->line.gate);

	document_begin(out, check->invocation, code);
	document_text(out, "company", check->company.id);
	document_division(out, check->company.division, check->division_name);
	if (check->fail != 0) {
		document_text(out, "grade", error_grade(check->fail));
		document_text(out, "problem", check->err.text);
	}
	document_list(out, "scopes");
	for (int i = 0; i < CATALOGUE_SCOPES; i++)
		if (check->shown.level[i] != CATALOGUE_NONE)
			put_row(check, out, i);
	document_list_end(out);
	put_list(check, out, "missing", is_missing);
	put_list(check, out, "doubtful", is_doubtful);
	document_number(out, "calls", counts->calls);
	document_number(out, "errors", check->report.errors);
	document_flag(out, "stopped", check->report.stopped);
	document_end(out);
}

/* ---- the run ------------------------------------------------------------- */

static int prepare(struct check *check, struct error *err)
{
	char path[PATHS_MAX];
	int fail;

	fail = session_company(&check->session,
		check->invocation->positional[0], &check->company,
		&check->region, err);
	if (fail == 0) {
		signing_finish_earlier(&check->session, check->region);
		fail = session_linked(&check->company, err);
	}
	if (fail == 0)
		fail = session_division_name(&check->session, &check->company,
			check->division_name, err);
	if (fail == 0)
		fail = paths_company(
			&check->session.paths, check->company.id, path, err);
	if (fail == 0 && access(path, F_OK) == 0)
		fail = records_open(&check->records, path, RECORDS_READ,
			check->session.clock, err);
	if (fail == 0)
		fail = line_open(&check->line, &check->session, check->region,
			check->company.login, check->company.division,
			progress_log_waiting, check, err);
	return fail;
}

static void choose(struct check *check)
{
	const struct settings_scopes *scopes = &check->region->scopes;

	scopes_set_recommended(false, &check->recommended);
	needs_all(&check->needed);
	check->expected = scopes->declared ? scopes->set : check->recommended;
	check->shown = check->recommended;
	scopes_set_union(&check->shown, &check->needed);
	scopes_set_union(&check->shown, &scopes->set);
}

static void probe(struct check *check)
{
	const struct probe_options options = {
		.gate = check->line.gate,
		.records = check->records,
	};

	check->fail = probe_run(
		&options, &check->shown, &check->report, &check->err);
	if (check->fail < 0)
		error_prefix(&check->err, "company '%s'", check->company.id);
}

/* 0, or why the exit code is not 0. */
static int verdict(const struct check *check, struct error *err)
{
	struct buf names;
	int count;
	int fail = 0;

	if (check->fail < 0) {
		*err = check->err;
		return check->fail;
	}
	buf_init(&names, NAMES_MAX);
	count = collect(check, is_missing, &names);
	if (count > 0)
		fail = error_set(err, FAIL_STREAM,
			"company '%s': %d of the needed scopes did not work: "
			"%.300s",
			check->company.id, count, names.data);
	buf_free(&names);
	return fail;
}

enum exit_code scopes_check_command(const struct invocation *invocation)
{
	static struct check check; /* large; one a process */
	struct error err = { 0 };
	bool reported = false;
	struct buf out;
	int fail;

	check.invocation = invocation;
	fail = session_open(&check.session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	fail = loop_catch_signals(check.session.loop, &err);
	if (fail == 0)
		fail = prepare(&check, &err);
	if (fail == 0) {
		choose(&check);
		probe(&check);
		fail = verdict(&check, &err);
		buf_init(&out, SCOPES_TABLE_MAX);
		if (invocation->value[OPTION_JSON])
			check_json(&check, exit_code_of(fail), &out);
		else
			check_text(&check, &out);
		reported = scopes_table_print(&out, invocation) == EXIT_DONE;
	}
	line_close(&check.line);
	records_close(check.records);
	session_close(&check.session);
	if (fail == 0)
		return EXIT_DONE;
	return reported ? command_fail(&err)
			: command_fail_json(invocation, &err);
}
