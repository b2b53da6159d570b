/*
 * `scopes list`: the catalogue, what is recommended, what hangs on it.
 * `scopes check ID`: the same against one company, by trying.
 *
 * Three things are set side by side, and each says something else:
 *
 *	recommended	what the setup guide says
 *	declared	what the configuration says the app has
 *	seen		what Exact let us read just now
 *
 * A scope is missing when a data type hangs on it and it wasn't seen, or when
 * the app lacks it although it is declared (recommended, if nothing is
 * declared). Then the exit code is 1. One that the configuration does not
 * declare is done without, and not missing. Nor is one whose list may well be
 * empty, and is: a company without items has none.
 */
#include "cli/scopes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "app/line.h"
#include "cli/progress.h"
#include "app/session.h"
#include "app/signing.h"
#include "run/needs.h"
#include "connector/probe.h"
#include "scopes/explain.h"
#include "store/records.h"

#define WIDTH       78
#define TABLE_WIDTH 100
#define TEXT_MAX    (256u * 1024)
#define NAMES_MAX   2048

struct check {
	struct session session;
	struct company company;
	const struct settings_region *region;
	struct records *records; /* NULL: never read yet */
	struct line line;
	struct scopes_set recommended;
	struct scopes_set needed;   /* by data types */
	struct scopes_set expected; /* declared; else recommended */
	struct scopes_set shown;
	struct probe_report report;
	int fail; /* what ended the probing */
	struct error err;
};

/* ---- lists of names ------------------------------------------------------ */

static void put_name(struct buf *out, const char *name)
{
	buf_printf(out, "%s%s", out->len == 0 ? "" : ", ", name);
}

static void put_types_json(struct buf *out, int scope)
{
	const char *comma = "";

	buf_puts(out, ",\"dataTypes\":[");
	for (size_t i = 0; model_types[i] != NULL; i++) {
		if (!needs_scope(model_types[i], scope))
			continue;
		buf_printf(out, "%s\"%s\"", comma, model_types[i]->name);
		comma = ",";
	}
	buf_putc(out, ']');
}

/* The last column: broken before the right edge, and "all" for all. */
static void put_types(struct buf *out, int scope, size_t indent)
{
	size_t column = indent;
	int have = 0;
	int all = 0;

	for (; model_types[all] != NULL; all++)
		have += needs_scope(model_types[all], scope);
	if (have == all) {
		buf_puts(out, "all");
		return;
	}
	for (size_t i = 0; model_types[i] != NULL; i++) {
		const char *name = model_types[i]->name;

		if (!needs_scope(model_types[i], scope))
			continue;
		have--;
		/* With its comma. */
		if (column != indent &&
			column + strlen(name) + 1 > TABLE_WIDTH) {
			out->data[--out->len] = '\0'; /* the blank */
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		buf_printf(out, "%s%s", name, have > 0 ? ", " : "");
		column += strlen(name) + 2;
	}
}

/* Words, broken before the right edge. */
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

/* No blanks at the end of a line. */
static void end_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}

static void put_pair(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, ",\"%s\":", name);
	buf_put_json(out, text, strlen(text));
}

static const char *advised(int scope)
{
	const struct catalogue_advice *row = catalogue_advice(scope);

	if (row == NULL)
		return "";
	if (row->bank_feeds != row->level)
		return "read *";
	return catalogue_level_name(row->level);
}

static const char bank_feeds_note[] = "* manage when bank feeds are used";

static void put_advice_json(struct buf *out, int scope)
{
	const struct catalogue_advice *row = catalogue_advice(scope);
	enum catalogue_level none = CATALOGUE_NONE;

	put_pair(out, "recommended",
		catalogue_level_name(row == NULL ? none : row->level));
	put_pair(out, "bankFeeds",
		catalogue_level_name(row == NULL ? none : row->bank_feeds));
}

/* ---- scopes list --------------------------------------------------------- */

static void list_text(struct buf *out)
{
	buf_printf(out, "%-31s  %-11s  %s\n", "scope", "recommended",
		"data types that need it");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		buf_printf(out, "%-31s  %-11s  ", catalogue_scopes[i].id,
			advised(i));
		put_types(out, i, 46);
		end_line(out);
	}
	buf_printf(out, "\n%s\n", bank_feeds_note);
	buf_puts(out,
		"Levels: none, read, manage. What is not recommended stays at "
		"none.\n");
}

static void list_json(struct buf *out)
{
	buf_putc(out, '[');
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		const char *endpoint = probe_endpoint(i);

		buf_puts(out, i == 0 ? "\n{\"scope\":" : ",\n{\"scope\":");
		buf_put_json(out, catalogue_scopes[i].id,
			strlen(catalogue_scopes[i].id));
		put_pair(out, "name", catalogue_scopes[i].printed);
		put_advice_json(out, i);
		if (endpoint != NULL)
			put_pair(out, "endpoint", endpoint);
		put_types_json(out, i);
		buf_putc(out, '}');
	}
	buf_puts(out, "\n]\n");
}

static enum exit_code print(struct buf *out)
{
	struct error err = { 0 };
	bool whole = !buf_failed(out);

	if (whole)
		command_print(stdout, out->data);
	buf_free(out);
	if (whole)
		return EXIT_DONE;
	(void)error_set(&err, FAIL_STOP, "no memory for the table");
	return command_fail(&err);
}

enum exit_code scopes_list_command(const struct invocation *invocation)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	if (invocation->value[OPTION_JSON] != NULL)
		list_json(&out);
	else
		list_text(&out);
	return print(&out);
}

/* ---- scopes check: what came of it --------------------------------------- */

static enum probe_seen seen(const struct check *check, int scope)
{
	return check->report.scopes[scope].seen;
}

static bool is_missing(const struct check *check, int scope)
{
	/* The operator says that the app does without. */
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

static bool is_done_without(const struct check *check, int scope)
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
		put_name(ret, catalogue_scopes[i].id);
		count++;
	}
	return count;
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

/* What the setup guide has and the configuration's list has not. */
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

/* Answers that told nothing of the scope: each says why. */
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
		"right is missing, and Exact may answer both alike");
	put_unanswered(check, out);
	snprintf(setting, sizeof(setting), "'regions.%s.scopes' is out of date",
		check->region->name);
	put_note(check, out, is_undeclared, "Seen but not declared:", setting);
	put_note(check, out, is_done_without, "Needed but not declared:",
		"'sync' does without, and the data types that need them are "
		"incomplete");
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
			catalogue_scopes[i].id, advised(i), declared(check, i),
			words[seen(check, i)]);
		put_types(out, i, (size_t)width + 37);
		end_line(out);
	}
	buf_printf(out, "\n%s; manage can't be seen, only declared\n",
		bank_feeds_note);
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
	const char *comma = "";

	buf_printf(out, ",\"%s\":[", name);
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (check->shown.level[i] == CATALOGUE_NONE || !holds(check, i))
			continue;
		buf_printf(out, "%s\"%s\"", comma, catalogue_scopes[i].id);
		comma = ",";
	}
	buf_putc(out, ']');
}

static void put_row(const struct check *check, struct buf *out, int scope)
{
	const struct probe_result *result = &check->report.scopes[scope];

	buf_puts(out, "\n{\"scope\":");
	buf_put_json(out, catalogue_scopes[scope].id,
		strlen(catalogue_scopes[scope].id));
	put_pair(out, "name", catalogue_scopes[scope].printed);
	put_advice_json(out, scope);
	if (check->region->scopes.declared)
		put_pair(out, "declared", declared(check, scope));
	put_pair(out, "seen", probe_seen_name(result->seen));
	if (result->endpoint != NULL)
		put_pair(out, "endpoint", result->endpoint);
	if (result->why[0] != '\0')
		put_pair(out, "problem", result->why);
	put_types_json(out, scope);
	buf_printf(out, ",\"missing\":%s}",
		is_missing(check, scope) ? "true" : "false");
}

static void check_json(const struct check *check, struct buf *out)
{
	const struct gate_counts *counts = gate_counts(check->line.gate);
	bool first = true;

	buf_puts(out, "{\"company\":");
	buf_put_json(out, check->company.id, strlen(check->company.id));
	buf_printf(
		out, ",\"division\":%lld", (long long)check->company.division);
	if (check->fail != 0) {
		put_pair(out, "grade", error_grade(check->fail));
		put_pair(out, "problem", check->err.text);
	}
	buf_puts(out, ",\"scopes\":[");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		if (check->shown.level[i] == CATALOGUE_NONE)
			continue;
		if (!first)
			buf_putc(out, ',');
		first = false;
		put_row(check, out, i);
	}
	buf_putc(out, ']');
	put_list(check, out, "missing", is_missing);
	put_list(check, out, "doubtful", is_doubtful);
	buf_printf(out, ",\"calls\":%lld,\"errors\":%d,\"stopped\":%s}\n",
		(long long)counts->calls, check->report.errors,
		check->report.stopped ? "true" : "false");
}

/* ---- scopes check: the run ----------------------------------------------- */

static void tell_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	(void)arg;
	(void)until_boot_ms;
	if (reason != GATE_GOES)
		log_line(LOG_LEVEL_INFO, "%s waits for %s", what,
			reason == GATE_FOR_TOKEN   ? "its token"
			: reason == GATE_FOR_RETRY ? "another try"
						   : "quota");
}

static int prepare(struct check *check, const struct invocation *invocation,
	struct error *err)
{
	char path[PATHS_MAX];
	int fail;

	fail = session_company(&check->session, invocation->positional[0],
		&check->company, &check->region, err);
	if (fail == 0) {
		signing_finish_earlier(&check->session, check->region);
		fail = session_linked(&check->company, err);
	}
	if (fail == 0)
		fail = paths_company(
			&check->session.paths, check->company.id, path, err);
	if (fail == 0 && access(path, F_OK) == 0)
		fail = records_open(&check->records, path, RECORDS_READ,
			check->session.clock, err);
	if (fail == 0)
		fail = line_open(&check->line, &check->session, check->region,
			check->company.login, check->company.division,
			tell_waiting, check, err);
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

/* In words, when the exit code is to be other than 0. */
static int sum_up(const struct check *check, struct error *err)
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
			"company '%s': %d of the scopes needed %s not seen to "
			"work: %.300s",
			check->company.id, count, count == 1 ? "was" : "were",
			names.data);
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

	fail = session_open(&check.session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	fail = loop_catch_signals(check.session.loop, &err);
	if (fail == 0)
		fail = prepare(&check, invocation, &err);
	if (fail == 0) {
		choose(&check);
		probe(&check);
		buf_init(&out, TEXT_MAX);
		if (invocation->value[OPTION_JSON] != NULL)
			check_json(&check, &out);
		else
			check_text(&check, &out);
		reported = print(&out) == EXIT_DONE;
		fail = sum_up(&check, &err);
	}
	line_close(&check.line);
	records_close(check.records);
	session_close(&check.session);
	if (fail == 0)
		return EXIT_DONE;
	return reported ? command_fail(&err)
			: command_fail_json(invocation, &err);
}
