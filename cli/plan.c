/*
 * `plan`: estimates what a sync of a company would cost.
 *
 * No call is made for a plan, except with --count: then Exact is asked for
 * the row counts, one call for each list that has a count. These calls are
 * counted like all others and reported. A stream serves several data types,
 * so the costs of the data types add up to more than the whole.
 */
#include "cli/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/when.h"
#include "cli/argument.h"
#include "cli/document.h"
#include "app/line.h"
#include "cli/progress.h"
#include "app/session.h"
#include "app/signing.h"
#include "run/needs.h"
#include "run/plan_facts.h"
#include "run/sync.h"
#include "store/ledger.h"

#define TEXT_MAX (256u * 1024)
/* While no call was measured: from a machine near Exact to a slow line. */
#define LATENCY_LEAST_MS 100
#define LATENCY_MOST_MS  2000

struct planning {
	const struct invocation *invocation; /* borrowed */
	struct session session;
	struct company company;
	char division_name[COMPANY_NAME_MAX + 1];
	const struct settings_region *region;
	struct records *records; /* NULL: never synced yet */
	struct line line;
	const struct model_type *types[SYNC_TYPES_MAX];
	size_t type_count; /* 0: all */
	struct plan_facts_set facts;
	struct plan_cost costs[PLAN_STREAMS_MAX];
	struct plan_quota quota;
	enum plan_basis latency_basis;
	struct plan_total total;
	int64_t spent; /* calls that --count made */
	bool json, count, full;
};

/* ---- what is known ------------------------------------------------------- */

static int prepare(struct planning *planning, struct error *err)
{
	const struct invocation *invocation = planning->invocation;
	const char *list = invocation->value[OPTION_DATA_TYPES];
	char path[PATHS_MAX];
	int fail;

	fail = session_company(&planning->session, invocation->positional[0],
		&planning->company, &planning->region, err);
	if (fail == 0)
		signing_finish_earlier(&planning->session, planning->region);
	if (fail == 0 && list)
		fail = argument_data_types(list, planning->types,
			SYNC_TYPES_MAX, &planning->type_count, err);
	if (fail == 0)
		fail = session_linked(&planning->company, err);
	if (fail == 0)
		fail = session_division_name(&planning->session,
			&planning->company, planning->division_name, err);
	if (fail == 0)
		fail = paths_company(&planning->session.paths,
			planning->company.id, path, err);
	if (fail == 0 && access(path, F_OK) == 0)
		fail = records_open(&planning->records, path, RECORDS_READ,
			planning->session.clock, err);
	if (fail == 0)
		fail = line_open(&planning->line, &planning->session,
			planning->region, planning->company.login,
			planning->company.division, progress_log_waiting,
			planning, err);
	return fail;
}

static const struct scopes_set *declared(const struct planning *planning)
{
	const struct settings_scopes *scopes = &planning->region->scopes;

	return scopes->declared ? &scopes->set : NULL;
}

static int read_facts(struct planning *planning, struct error *err)
{
	const struct plan_facts_options options = {
		.records = planning->records,
		.division = planning->company.division,
		.types = planning->type_count == 0 ? NULL : planning->types,
		.type_count = planning->type_count,
		.scopes = declared(planning),
		.full = planning->full,
		.reference_ms = planning->session.settings.reference_ms,
		.now_wall_ms = clock_now(planning->session.clock).wall_ms,
	};
	int fail = plan_facts_read(&options, &planning->facts, err);

	if (fail == 0 && planning->count)
		fail = plan_facts_count(
			&planning->facts, planning->line.gate, err);
	if (fail == FAIL_SIGN_IN || fail == FAIL_COMPANY)
		error_prefix(err, "company '%s'", planning->company.id);
	return fail;
}

static struct plan_range around(int64_t low, int64_t high)
{
	return (struct plan_range){ low / 2, 2 * high };
}

static void find_latency(struct planning *planning)
{
	const struct gate_counts *counts = gate_counts(planning->line.gate);

	planning->spent = counts->calls;
	if (counts->calls > 0) {
		int64_t average = counts->latency_ms_sum / counts->calls;

		planning->latency_basis = PLAN_COUNTED;
		planning->quota.latency_ms = around(average, average);
	} else if (planning->facts.latency_ms.low >= 0) {
		planning->latency_basis = PLAN_KNOWN;
		planning->quota.latency_ms = around(
			planning->facts.latency_ms.low,
			planning->facts.latency_ms.high);
	} else {
		planning->latency_basis = PLAN_ESTIMATED;
		planning->quota.latency_ms = (struct plan_range){
			LATENCY_LEAST_MS, LATENCY_MOST_MS
		};
	}
}

/* Reads the ledger; no call is made. */
static int find_quota(struct planning *planning, struct error *err)
{
	const struct ratelimit_limits limits = planning->session.settings
						       .limits;
	struct instant now = clock_now(planning->session.clock);
	struct ratelimit_state *state = NULL;
	struct ratelimit_verdict verdict;
	int fail = ledger_lock(
		gate_ledger(planning->line.gate), &limits, now, &state, err);

	if (fail < 0)
		return fail;
	verdict = ratelimit_ask(state, &limits, now);
	ledger_unlock(gate_ledger(planning->line.gate));
	planning->quota.minute_limit = limits.minute;
	planning->quota.minute_left = verdict.minute_left;
	planning->quota.day_limit = limits.day;
	planning->quota.day_left = verdict.day_left;
	planning->quota.now_wall_ms = now.wall_ms;
	return 0;
}

static void calculate(struct planning *planning)
{
	const struct plan_facts_set *facts = &planning->facts;

	for (size_t i = 0; i < facts->count; i++)
		planning->costs[i] = plan_stream(&facts->streams[i].facts);
	planning->total = plan_sum(
		planning->costs, facts->count, &planning->quota);
}

/* The cost of one data type's streams; their weakest basis is the type's. */
static struct plan_total type_total(const struct planning *planning,
	const struct model_type *type, enum plan_basis *ret_basis)
{
	struct plan_cost costs[PLAN_STREAMS_MAX];
	size_t count = 0;

	*ret_basis = PLAN_FIXED;
	for (size_t i = 0; i < planning->facts.count; i++) {
		if (!plan_facts_needs(type, planning->facts.streams[i].entity))
			continue;
		costs[count] = planning->costs[i];
		if (costs[count].basis > *ret_basis)
			*ret_basis = costs[count].basis;
		count++;
	}
	return plan_sum(costs, count, &planning->quota);
}

static bool is_wanted(
	const struct planning *planning, const struct model_type *type)
{
	for (size_t i = 0; i < planning->type_count; i++)
		if (planning->types[i] == type)
			return true;
	return planning->type_count == 0;
}

/* ---- printing it --------------------------------------------------------- */

static void put_range(
	struct buf *out, const char *name, struct plan_range range)
{
	buf_printf(out, ",\"%s\":{\"low\":%" PRId64 ",\"high\":%" PRId64 "}",
		name, range.low, range.high);
}

/* Tenths, the low end rounded down, the high end up. */
static void put_tenths(struct buf *out, const char *name,
	struct plan_range range, int64_t tenth)
{
	int64_t low = range.low / tenth;
	int64_t high = (range.high + tenth - 1) / tenth;

	buf_printf(out,
		",\"%s\":{\"low\":%" PRId64 ".%d,\"high\":%" PRId64 ".%d}",
		name, low / 10, (int)(low % 10), high / 10, (int)(high % 10));
}

static void put_total(struct buf *out, const struct plan_total *total)
{
	char low[WHEN_TEXT_MAX], high[WHEN_TEXT_MAX];
	int64_t last = total->end_wall_ms.high;

	put_range(out, "calls", total->calls);
	put_tenths(out, "minutes", total->ms, 6000);
	put_tenths(out, "percentOfDay", total->share, 1);
	put_range(out, "daysWaited", total->days);
	when_format_utc(
		total->end_wall_ms.low - total->end_wall_ms.low % 1000, low);
	when_format_utc(last + (1000 - last % 1000) % 1000, high);
	buf_printf(
		out, ",\"ends\":{\"low\":\"%s\",\"high\":\"%s\"}", low, high);
}

static void put_streams_json(const struct planning *planning, struct buf *out)
{
	document_list(out, "streams");
	for (size_t i = 0; i < planning->facts.count; i++) {
		const struct plan_facts_stream *stream = &planning->facts
								  .streams[i];
		const struct plan_cost *cost = &planning->costs[i];

		document_element(out);
		document_text(out, "stream", stream->entity->shape.name);
		document_text(out, "path", stream->entity->path);
		document_text(out, "basis", plan_basis_name(cost->basis));
		put_range(out, "calls", cost->calls);
		put_range(out, "rows", cost->rows);
		if (stream->problem[0] != '\0')
			document_text(out, "problem", stream->problem);
		document_element_end(out);
	}
	document_list_end(out);
}

static void put_types_json(const struct planning *planning, struct buf *out)
{
	document_list(out, "dataTypes");
	for (size_t i = 0; model_types[i]; i++) {
		enum plan_basis basis;
		struct plan_total total;
		const char *without;

		if (!is_wanted(planning, model_types[i]))
			continue;
		total = type_total(planning, model_types[i], &basis);
		without = needs_without(model_types[i], declared(planning));
		document_element(out);
		document_text(out, "dataType", model_types[i]->name);
		document_text(out, "basis", plan_basis_name(basis));
		if (without)
			document_text(out, "notDeclared", without);
		put_total(out, &total);
		document_element_end(out);
	}
	document_list_end(out);
}

static void put_json(const struct planning *planning, struct buf *out)
{
	const struct plan_quota *quota = &planning->quota;
	bool measured = planning->latency_basis == PLAN_COUNTED;

	document_begin(out, planning->invocation, EXIT_DONE);
	document_text(out, "company", planning->company.id);
	document_division(
		out, planning->company.division, planning->division_name);
	document_flag(out, "full", planning->full);
	put_total(out, &planning->total);
	put_range(out, "latencyMs", quota->latency_ms);
	document_text(out, "latencyBasis",
		measured ? "measured"
			 : plan_basis_name(planning->latency_basis));
	document_number(out, "minuteLimit", quota->minute_limit);
	document_number(out, "minuteLeft", quota->minute_left);
	document_number(out, "dayLimit", quota->day_limit);
	document_number(out, "dayLeft", quota->day_left);
	document_number(out, "callsSpent", planning->spent);
	put_streams_json(planning, out);
	put_types_json(planning, out);
	document_end(out);
}

static void range_text(struct plan_range range, size_t size, char *ret)
{
	char low[32], high[32];

	if (range.low == range.high)
		snprintf(ret, size, "%s", progress_number(range.low, low));
	else
		snprintf(ret, size, "%s to %s", progress_number(range.low, low),
			progress_number(range.high, high));
}

static struct plan_range minutes(struct plan_range ms)
{
	return (struct plan_range){ ms.low / 60000, (ms.high + 59999) / 60000 };
}

static struct plan_range percent(struct plan_range share)
{
	return (struct plan_range){ share.low / 10, (share.high + 9) / 10 };
}

static void put_row(struct buf *out, const char *name,
	const struct plan_total *total, enum plan_basis basis,
	const char *without)
{
	char calls[72], time[72], share[72];

	range_text(total->calls, sizeof(calls), calls);
	range_text(minutes(total->ms), sizeof(time), time);
	range_text(percent(total->share), sizeof(share), share);
	buf_printf(out, "%-20s  %-12s  %-10s  %-10s  %s", name, calls, time,
		share, plan_basis_name(basis));
	if (without)
		buf_printf(out, "; not complete: scope %s is not declared",
			without);
	buf_putc(out, '\n');
}

static void put_streams(const struct planning *planning, struct buf *out)
{
	char calls[72], rows[72];

	buf_printf(out, "%-20s  %-12s  %-22s  %s\n", "stream", "calls", "rows",
		"basis");
	for (size_t i = 0; i < planning->facts.count; i++) {
		const struct plan_facts_stream *stream = &planning->facts
								  .streams[i];

		range_text(planning->costs[i].calls, sizeof(calls), calls);
		range_text(planning->costs[i].rows, sizeof(rows), rows);
		buf_printf(out, "%-20s  %-12s  %-22s  %s",
			stream->entity->shape.name, calls, rows,
			plan_basis_name(planning->costs[i].basis));
		if (planning->costs[i].calls.low == 0)
			buf_puts(out, stream->entity->follows
					      ? "; 0 if the ledger is unchanged"
					      : "; 0 if no new row names it");
		buf_putc(out, '\n');
		if (stream->problem[0] != '\0')
			buf_printf(out, "  not counted: %s\n", stream->problem);
	}
}

static void put_end(const struct planning *planning, struct buf *out)
{
	char text[72], low[WHEN_TEXT_MAX], high[WHEN_TEXT_MAX];
	const struct plan_total *total = &planning->total;

	range_text(minutes(total->ms), sizeof(text), text);
	buf_printf(out, "%s: %s minutes of work", planning->company.id, text);
	if (total->days.high > 0) {
		range_text(total->days, sizeof(text), text);
		buf_printf(out,
			", parked %s times until midnight UTC (%d calls left "
			"today, %d a day)",
			text, planning->quota.day_left,
			planning->quota.day_limit);
	}
	when_format_utc(
		total->end_wall_ms.low - total->end_wall_ms.low % 1000, low);
	when_format_utc(
		total->end_wall_ms.high - total->end_wall_ms.high % 1000, high);
	/* Only the days are printed. */
	low[10] = '\0';
	high[10] = '\0';
	buf_printf(out, "; ends on %s%s%s\n", low,
		strcmp(low, high) == 0 ? "" : " to ",
		strcmp(low, high) == 0 ? "" : high);
}

static void put_text(const struct planning *planning, struct buf *out)
{
	static const char *const latencies[] = {
		[PLAN_COUNTED] = "measured now",
		[PLAN_KNOWN] = "known from the last run",
		[PLAN_ESTIMATED] = "estimated",
	};
	char text[72];

	put_streams(planning, out);
	buf_printf(out, "\n%-20s  %-12s  %-10s  %-10s  %s\n", "data type",
		"calls", "minutes", "% of a day", "basis");
	for (size_t i = 0; model_types[i]; i++) {
		enum plan_basis basis;
		struct plan_total total;

		if (!is_wanted(planning, model_types[i]))
			continue;
		total = type_total(planning, model_types[i], &basis);
		put_row(out, model_types[i]->name, &total, basis,
			needs_without(model_types[i], declared(planning)));
	}
	buf_puts(out, "Data types share streams: together they cost less than "
		      "the sum.\n\n");
	put_end(planning, out);
	range_text(planning->quota.latency_ms, sizeof(text), text);
	buf_printf(out, "A call takes %s ms (%s).", text,
		latencies[planning->latency_basis]);
	if (planning->count)
		buf_printf(out, " Counting the rows took %" PRId64 " calls.\n",
			planning->spent);
	else
		buf_puts(out, " No call was made; --count asks Exact for row "
			      "counts.\n");
}

static int print(const struct planning *planning, struct error *err)
{
	struct buf out;
	int fail = 0;

	buf_init(&out, TEXT_MAX);
	if (planning->json)
		put_json(planning, &out);
	else
		put_text(planning, &out);
	if (buf_failed(&out))
		fail = error_set(err, FAIL_STOP, "out of memory for the plan");
	else
		command_print(stdout, out.data);
	buf_free(&out);
	return fail;
}

enum exit_code plan_command(const struct invocation *invocation)
{
	static struct planning planning; /* large; one a process */
	struct error err = { 0 };
	int fail;

	planning.invocation = invocation;
	fail = session_open(&planning.session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	planning.json = invocation->value[OPTION_JSON];
	planning.count = invocation->value[OPTION_COUNT];
	planning.full = invocation->value[OPTION_FULL];
	fail = loop_catch_signals(planning.session.loop, &err);
	if (fail == 0)
		fail = prepare(&planning, &err);
	if (fail == 0)
		fail = read_facts(&planning, &err);
	if (fail == 0)
		fail = find_quota(&planning, &err);
	if (fail == 0) {
		find_latency(&planning);
		calculate(&planning);
		fail = print(&planning, &err);
	}
	line_close(&planning.line);
	records_close(planning.records);
	session_close(&planning.session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}
