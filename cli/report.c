/* The summary of a run, from its report. */
#include "cli/report.h"

#include <string.h>

#include "base/when.h"
#include "cli/progress.h"

static void put_text(struct buf *out, const char *name, const char *text)
{
	buf_printf(out, ",\"%s\":", name);
	buf_put_json(out, text, strlen(text));
}

static void put_number(struct buf *out, const char *name, int64_t value)
{
	buf_printf(out, ",\"%s\":%lld", name, (long long)value);
}

static void put_moment(struct buf *out, const char *name, int64_t wall_ms)
{
	char text[WHEN_TEXT_MAX];

	if (wall_ms == 0)
		return;
	when_format_utc(wall_ms, text);
	put_text(out, name, text);
}

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
	buf_puts(out, "{\"stream\":");
	buf_put_json(out, stream->name, strlen(stream->name));
	put_text(out, "path", stream->path);
	put_text(out, "state", sync_state_name(stream->state));
	if (stream->problem[0] != '\0') {
		put_text(out, "grade", error_grade(stream->fail));
		put_text(out, "problem", stream->problem);
	}
	put_number(out, "calls", stream->calls);
	put_number(out, "pages", stream->pages);
	put_number(out, "rows", stream->rows);
	put_number(out, "changed", stream->changed);
	put_number(out, "deleted", stream->deleted);
	buf_putc(out, '}');
}

static void put_type(struct buf *out, const struct sync_type *type)
{
	buf_puts(out, "{\"dataType\":");
	buf_put_json(out, type->type->name, strlen(type->type->name));
	buf_printf(out, ",\"complete\":%s", type->complete ? "true" : "false");
	if (type->without != NULL)
		put_text(out, "notDeclared", type->without);
	put_number(out, "new", type->created);
	put_number(out, "updated", type->updated);
	put_number(out, "unchanged", type->unchanged);
	put_number(out, "deleted", type->deleted);
	put_number(out, "records", type->records);
	buf_putc(out, '}');
}

void report_json(
	const char *company, const struct sync_report *report, struct buf *out)
{
	buf_puts(out, "{\"company\":");
	buf_put_json(out, company, strlen(company));
	put_text(out, "run", report->run);
	put_text(out, "state", state_word(report->fail));
	if (report->fail != 0) {
		put_text(out, "grade", error_grade(report->fail));
		put_text(out, "problem", report->err.text);
	}
	put_moment(out, "began", report->began_wall_ms);
	put_moment(out, "ended", report->ended_wall_ms);
	put_moment(out, "resumesAt", report->resume_wall_ms);
	put_text(out, "division", report->division_name);
	put_text(out, "currency", report->currency);
	put_number(out, "calls", report->counts.calls);
	put_number(out, "uncountedCalls", report->counts.uncounted);
	put_number(out, "refused", report->counts.refused);
	put_number(out, "retried", report->counts.retried);
	put_number(out, "waitedMs", report->counts.waited_ms);
	put_number(out, "bytes", report->counts.bytes);
	put_number(out, "minuteLeft", report->counts.minute_left);
	put_number(out, "dayLeft", report->counts.day_left);
	buf_puts(out, ",\"streams\":[");
	for (size_t i = 0; i < report->stream_count; i++) {
		buf_puts(out, i == 0 ? "\n" : ",\n");
		put_stream(out, &report->streams[i]);
	}
	buf_puts(out, "],\"dataTypes\":[");
	for (size_t i = 0; i < report->type_count; i++) {
		buf_puts(out, i == 0 ? "\n" : ",\n");
		put_type(out, &report->types[i]);
	}
	buf_puts(out, "]}\n");
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
		if (type->without != NULL)
			buf_printf(out, ": scope %s is not declared",
				type->without);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < report->stream_count; i++)
		if (report->streams[i].problem[0] != '\0')
			buf_printf(out, "  %s: %s\n", report->streams[i].name,
				report->streams[i].problem);
	if (report->resume_wall_ms != 0) {
		when_format_utc(report->resume_wall_ms, moment);
		buf_printf(out, "  come back after %s\n", moment);
	}
}
