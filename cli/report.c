/* Printing the report of a run. */
#include "cli/report.h"

#include <string.h>

#include "base/when.h"
#include "cli/document.h"
#include "cli/progress.h"

static const char *state_word(int fail)
{
	switch (fail) {
	case 0:
		return "done";
	case FAIL_WAIT:
		return "parked";
	case FAIL_INTERRUPTED:
		return "interrupted";
	default:
		return "failed";
	}
}

static void put_stream(struct buf *out, const struct sync_stream *stream)
{
	document_element(out);
	document_text(out, "stream", stream->name);
	document_text(out, "path", stream->path);
	document_text(out, "state", sync_state_name(stream->state));
	if (stream->problem[0] != '\0') {
		document_text(out, "grade", error_grade(stream->fail));
		document_text(out, "problem", stream->problem);
	}
	document_number(out, "calls", stream->calls);
	document_number(out, "pages", stream->pages);
	document_number(out, "rows", stream->rows);
	document_number(out, "changed", stream->changed);
	document_number(out, "deleted", stream->deleted);
	document_flag(out, "skipped", stream->skipped);
	document_second(out, "lastRead", stream->read_wall_ms);
	document_element_end(out);
}

static void put_type(struct buf *out, const struct sync_type *type)
{
	document_element(out);
	document_text(out, "dataType", type->type->name);
	document_flag(out, "complete", type->complete);
	if (type->without)
		document_text(out, "notDeclared", type->without);
	document_number(out, "new", type->created);
	document_number(out, "updated", type->updated);
	document_number(out, "unchanged", type->unchanged);
	document_number(out, "deleted", type->deleted);
	document_number(out, "records", type->records);
	document_element_end(out);
}

void report_json(const struct invocation *invocation,
	const struct company *company, const struct sync_report *report,
	struct buf *out)
{
	document_begin(out, invocation, exit_code_of(report->fail));
	document_text(out, "company", company->id);
	document_division(out, company->division, report->division_name);
	document_text(out, "run", report->run);
	document_text(out, "state", state_word(report->fail));
	if (report->fail != 0) {
		document_text(out, "grade", error_grade(report->fail));
		document_text(out, "problem", report->err.text);
	}
	document_moment(out, "began", report->began_wall_ms);
	document_moment(out, "ended", report->ended_wall_ms);
	document_moment(out, "resumesAt", report->resume_wall_ms);
	document_text(out, "currency", report->currency);
	document_number(out, "calls", report->counts.calls);
	document_number(out, "uncountedCalls", report->counts.uncounted);
	document_number(out, "refused", report->counts.refused);
	document_number(out, "retried", report->counts.retried);
	document_number(out, "waitedMs", report->counts.waited_ms);
	document_number(out, "bytes", report->counts.bytes);
	document_number(out, "minuteLeft", report->counts.minute_left);
	document_number(out, "dayLeft", report->counts.day_left);
	document_list(out, "streams");
	for (size_t i = 0; i < report->stream_count; i++)
		put_stream(out, &report->streams[i]);
	document_list_end(out);
	document_list(out, "dataTypes");
	for (size_t i = 0; i < report->type_count; i++)
		put_type(out, &report->types[i]);
	document_list_end(out);
	document_end(out);
}

static void put_type_text(struct buf *out, const struct sync_type *type)
{
	char records[32], created[32], updated[32], deleted[32];

	buf_printf(out, "  %-16s %11s %11s %11s %11s%s", type->type->name,
		progress_number(type->records, records),
		progress_number(type->created, created),
		progress_number(type->updated, updated),
		progress_number(type->deleted, deleted),
		type->complete ? "" : "  not complete");
}

/* Skipped lists, those of one reading on a line. */
static void put_skipped(struct buf *out, const struct sync_report *report)
{
	int64_t put_ms[SYNC_STREAMS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < report->stream_count; i++) {
		int64_t ms = report->streams[i].read_wall_ms;
		char moment[WHEN_TEXT_MAX];
		bool put = !report->streams[i].skipped;

		for (size_t k = 0; k < count && !put; k++)
			put = put_ms[k] == ms;
		if (put)
			continue;
		put_ms[count++] = ms;
		when_format_utc(ms - ms % 1000, moment);
		buf_printf(out, "  skipped, last read %s:", moment);
		for (size_t k = i; k < report->stream_count; k++) {
			const struct sync_stream *stream = &report->streams[k];

			if (stream->skipped && stream->read_wall_ms == ms)
				buf_printf(out, " %s", stream->name);
		}
		buf_putc(out, '\n');
	}
}

void report_text(
	const char *company, const struct sync_report *report, struct buf *out)
{
	const struct gate_counts *counts = &report->counts;
	char text[32], calls[32], left[32], moment[WHEN_TEXT_MAX];
	int64_t counted = counts->calls - counts->uncounted;

	progress_duration(report->ended_wall_ms - report->began_wall_ms, text);
	buf_printf(out, "%s: %s in %s; %s call%s, %lld refused", company,
		state_word(report->fail), text, progress_number(counted, calls),
		counted == 1 ? "" : "s", (long long)counts->refused);
	if (counted > 0)
		buf_printf(out, ", %s left today",
			progress_number(counts->day_left, left));
	buf_putc(out, '\n');
	if (report->type_count > 0)
		buf_printf(out, "  %-16s %11s %11s %11s %11s\n", "", "records",
			"new", "updated", "deleted");
	for (size_t i = 0; i < report->type_count; i++) {
		const struct sync_type *type = &report->types[i];

		put_type_text(out, type);
		if (type->without)
			buf_printf(out, ": scope %s is not declared",
				type->without);
		buf_putc(out, '\n');
	}
	put_skipped(out, report);
	for (size_t i = 0; i < report->stream_count; i++)
		if (report->streams[i].problem[0] != '\0')
			buf_printf(out, "  %s: %s\n", report->streams[i].name,
				report->streams[i].problem);
	if (report->resume_wall_ms != 0) {
		when_format_utc(report->resume_wall_ms, moment);
		buf_printf(out, "  run again after %s\n", moment);
	}
}
