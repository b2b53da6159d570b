/*
 * The display. It only reads the report, the gate's counts and the time, and
 * draws at most five times a second.
 *
 *	TransactionLines    12 pages   11,240 rows   2 changed
 *	GLAccounts           1 page       212 rows   done
 *	14 calls, 46 left this minute, 4,986 today; 1,204 rows/s; 9 s to go
 *
 * Time to go is known only where a former run tells how many rows there are:
 * pages left, by what the minute quota lets through, waits included.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define ROWS_A_PAGE 1000
#define REDRAW_MS   200

static const char *const reasons[] = {
	[GATE_GOES] = "",
	[GATE_FOR_MINUTE] = "the minute's calls are used",
	[GATE_FOR_DAY] = "the day's calls are used",
	[GATE_FOR_TOKEN] = "the access token is being renewed",
	[GATE_FOR_RETRY] = "Exact did not answer as it should, trying again",
};

void progress_duration(int64_t ms, char ret[static 32])
{
	int64_t s = (ms + 999) / 1000;

	if (s < 100)
		snprintf(ret, 32, "%lld s", (long long)s);
	else if (s < 7200)
		snprintf(ret, 32, "%lld min", (long long)(s + 59) / 60);
	else
		snprintf(ret, 32, "%lld h %02lld min", (long long)s / 3600,
			(long long)s % 3600 / 60);
}

/* 1234567 as "1,234,567". */
static const char *grouped(int64_t value, char ret[static 32])
{
	char digits[24];
	size_t len, out = 0;

	snprintf(digits, sizeof(digits), "%lld",
		(long long)(value < 0 ? -value : value));
	len = strlen(digits);
	if (value < 0)
		ret[out++] = '-';
	for (size_t i = 0; i < len; i++) {
		ret[out++] = digits[i];
		if ((len - 1 - i) % 3 == 0 && i + 1 < len)
			ret[out++] = ',';
	}
	ret[out] = '\0';
	return ret;
}

/* Milliseconds still needed, or -1 when nothing tells. */
static int64_t to_go_ms(const struct progress *progress)
{
	const struct sync_report *report = progress->report;
	int64_t now = loop_now(progress->loop).boot_ms;
	const struct gate_counts *counts = gate_counts(progress->gate);
	int64_t pages = 0;
	int64_t by_quota, by_speed, wait;
	int64_t latency = counts->calls == 0
				  ? 0
				  : counts->latency_ms_sum / counts->calls;

	for (size_t i = 0; i < report->stream_count; i++) {
		const struct sync_stream *stream = &report->streams[i];

		if (stream->state > SYNC_RUNNING)
			continue;
		if (progress->known_rows[i] == 0)
			return -1;
		if (stream->rows < progress->known_rows[i])
			pages += (progress->known_rows[i] - stream->rows +
					 ROWS_A_PAGE - 1) /
				 ROWS_A_PAGE;
	}
	if (pages == 0)
		return 0;
	by_speed = pages * latency;
	by_quota = pages <= counts->minute_left
			   ? 0
			   : (pages - counts->minute_left) * 60000 /
				     progress->minute_limit;
	wait = progress->waiting == GATE_GOES
		       ? 0
		       : progress->waiting_until_boot_ms - now;
	by_quota = by_quota > wait ? by_quota : wait;
	return by_quota > by_speed ? by_quota : by_speed;
}

static void draw_total(struct progress *progress, int64_t now)
{
	const struct gate_counts *counts = gate_counts(progress->gate);
	int64_t ms = now - progress->began_boot_ms;
	char calls[32], left[32], day[32], speed[32], text[32];
	int64_t rows = 0;
	int64_t left_ms = to_go_ms(progress);

	for (size_t i = 0; i < progress->report->stream_count; i++)
		rows += progress->report->streams[i].rows;
	fprintf(stderr,
		"\r\033[K%s calls, %s left this minute, %s today; %s rows/s",
		grouped(counts->calls, calls),
		grouped(counts->minute_left, left),
		grouped(counts->day_left, day),
		grouped(ms <= 0 ? rows : rows * 1000 / ms, speed));
	if (progress->waiting_until_boot_ms == CLOCK_NEVER) {
		fprintf(stderr, "; waits: %s", reasons[progress->waiting]);
	} else if (progress->waiting != GATE_GOES) {
		progress_duration(progress->waiting_until_boot_ms - now, text);
		fprintf(stderr, "; waits %s: %s", text,
			reasons[progress->waiting]);
	} else if (left_ms > 0) {
		progress_duration(left_ms, text);
		fprintf(stderr, "; %s to go", text);
	} else if (left_ms < 0) {
		fputs("; first load, time to go not known", stderr);
	}
	fputc('\n', stderr);
}

static void draw(struct progress *progress, bool last)
{
	const struct sync_report *report = progress->report;
	int64_t now = loop_now(progress->loop).boot_ms;

	if (progress->style != PROGRESS_LIVE || progress->gate == NULL)
		return;
	if (!last && now - progress->drawn_boot_ms < REDRAW_MS &&
		progress->drawn_lines > 0)
		return;
	if (progress->drawn_lines > 0)
		fprintf(stderr, "\033[%dA", progress->drawn_lines);
	progress->drawn_lines = 1;
	for (size_t i = 0; i < report->stream_count; i++) {
		const struct sync_stream *stream = &report->streams[i];
		char pages[32], rows[32], changed[32];

		if (stream->state == SYNC_PENDING)
			continue;
		fprintf(stderr,
			"\r\033[K%-18s %6s page%s %10s rows %9s changed  %s\n",
			stream->name, grouped(stream->pages, pages),
			stream->pages == 1 ? " " : "s",
			grouped(stream->rows, rows),
			grouped(stream->changed + stream->deleted, changed),
			sync_state_name(stream->state));
		progress->drawn_lines++;
	}
	draw_total(progress, now);
	progress->drawn_boot_ms = now;
}

static void began(void *arg, const struct sync_stream *stream)
{
	(void)stream;
	draw(arg, false);
}

static void page(void *arg, const struct sync_stream *stream)
{
	struct progress *progress = arg;
	char rows[32];

	if (progress->style == PROGRESS_LINES && stream->pages % 10 == 0)
		log_line(LOG_LEVEL_INFO, "%s: %s %lld pages, %s rows",
			progress->company, stream->name,
			(long long)stream->pages, grouped(stream->rows, rows));
	draw(progress, false);
}

static void ended(void *arg, const struct sync_stream *stream)
{
	struct progress *progress = arg;
	char rows[32], changed[32];

	if (progress->style == PROGRESS_LINES)
		log_line(stream->fail == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
			"%s: %s %s: %lld pages, %s rows, %s changed%s%s",
			progress->company, stream->name,
			sync_state_name(stream->state),
			(long long)stream->pages, grouped(stream->rows, rows),
			grouped(stream->changed + stream->deleted, changed),
			stream->problem[0] == '\0' ? "" : ": ",
			stream->problem);
	draw(progress, true);
}

struct sync_observer progress_observer(struct progress *progress)
{
	return (struct sync_observer){
		.began = began,
		.page = page,
		.ended = ended,
		.arg = progress,
	};
}

void progress_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	struct progress *progress = arg;
	int64_t now = loop_now(progress->loop).boot_ms;
	char text[32];

	progress->waiting = until_boot_ms == 0 ? GATE_GOES : reason;
	progress->waiting_until_boot_ms = until_boot_ms;
	snprintf(progress->waiting_what, sizeof(progress->waiting_what), "%s",
		what);
	if (progress->style == PROGRESS_LINES && until_boot_ms == CLOCK_NEVER) {
		log_line(LOG_LEVEL_INFO, "%s: %s waits: %s", progress->company,
			what, reasons[reason]);
	} else if (progress->style == PROGRESS_LINES && until_boot_ms > now) {
		progress_duration(until_boot_ms - now, text);
		log_line(LOG_LEVEL_INFO, "%s: %s waits %s: %s",
			progress->company, what, text, reasons[reason]);
	}
	draw(progress, true);
}

void progress_end(struct progress *progress)
{
	draw(progress, true);
}
