/*
 * The display. It reads only the report, the gate's counts and the time. It
 * is drawn at most five times a second; while a call waits and nothing else
 * happens, a tick draws it once a second.
 *
 *	GLAccounts        done             1 page         212 rows  212 changed
 *	TransactionLines  running         12 pages     11,240 rows    2 changed
 *	14 calls, 46 left this minute, 4,986 today; 1,204 rows/s; ETA 9.0 s
 *	waits 34 s: the minute's calls are used
 *
 * A drawing is one write: the cursor goes up over the lines of the drawing
 * before, the rest of each line is erased, and so is everything below. A line
 * is cut at the terminal's width, since with a wrapped line the cursor would
 * not go up far enough.
 *
 * The ETA is known only where the number of rows is known: for lists that are
 * read whole each time, and for all stored rows with --full. It is the time
 * in which the minute's quota lets the remaining pages through, waits
 * included: 130 pages with 10 calls left at 60 a minute, 34 s before the next
 * minute, take 34 s and one more minute.
 */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "connector/entity.h"

#define REDRAW_MS 200
#define TICK_MS   1000
#define MINUTE_MS 60000

static const char *const reasons[] = {
	[GATE_GOES] = "",
	[GATE_FOR_MINUTE] = "the minute's calls are used",
	[GATE_FOR_DAY] = "the day's calls are used",
	[GATE_FOR_TOKEN] = "the access token is being renewed",
	[GATE_FOR_RETRY] = "Exact failed to answer, trying again",
};

void progress_duration(int64_t ms, char ret[static 32])
{
	int64_t tenths = ms <= 0 ? 0 : (ms + 99) / 100;
	int64_t s = (ms + 999) / 1000;

	if (tenths < 100)
		snprintf(ret, 32, "%lld.%lld s", (long long)tenths / 10,
			(long long)tenths % 10);
	else if (s < 100)
		snprintf(ret, 32, "%lld s", (long long)s);
	else if (s < 600)
		snprintf(ret, 32, "%lld min %02lld s", (long long)s / 60,
			(long long)s % 60);
	else if (s < 7200)
		snprintf(ret, 32, "%lld min", (long long)(s + 59) / 60);
	else
		snprintf(ret, 32, "%lld h %02lld min", (long long)s / 3600,
			(long long)s % 3600 / 60);
}

const char *progress_number(int64_t value, char ret[static 32])
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

bool progress_is_skipped(const char *state, int64_t calls)
{
	return strcmp(state, sync_state_name(SYNC_DONE)) == 0 && calls == 0;
}

static const char *state_of(const struct sync_stream *stream)
{
	const char *state = sync_state_name(stream->state);

	return progress_is_skipped(state, stream->calls) ? PROGRESS_SKIPPED
							 : state;
}

static const struct entity *entity_of(const struct sync_stream *stream)
{
	for (size_t i = 0; entity_table[i]; i++)
		if (strcmp(entity_table[i]->shape.name, stream->name) == 0)
			return entity_table[i];
	return NULL;
}

/* Was the list read to its end without a row? Then one page is expected. */
static bool was_empty(
	const struct progress *progress, const struct entity *entity)
{
	struct stream_state cursor;
	struct error err = { 0 };

	return records_stream_get(progress->records, entity->shape.name,
		       &cursor, &err) == 0 &&
	       cursor.finished_wall_ms != 0;
}

/* -1 when the file can't be read: the run itself says so. */
static int64_t stored_rows(
	const struct progress *progress, const struct entity *entity)
{
	struct error err = { 0 };
	int64_t rows;
	int fail = records_feed_count(
		progress->records, &entity->shape, &rows, &err);

	return fail == 0 ? rows : -1;
}

/* Called before the first page changes what is stored. */
static void count_known_rows(struct progress *progress)
{
	const struct sync_report *report = progress->report;

	if (progress->known || progress->style != PROGRESS_LIVE)
		return;
	progress->known = true;
	for (size_t i = 0; i < report->stream_count; i++) {
		const struct entity *entity = entity_of(&report->streams[i]);
		int64_t rows = -1;

		if (!entity)
			continue;
		progress->page_rows[i] = entity->page_size;
		/* One row, or the few latest deletions: one page. */
		if (entity->cursor == ENTITY_SINGLE ||
			entity->cursor == ENTITY_DELETIONS)
			rows = 1;
		else if (entity->cursor == ENTITY_WHOLE || progress->full)
			rows = stored_rows(progress, entity);
		if (rows == 0 && was_empty(progress, entity))
			rows = 1;
		progress->known_rows[i] = rows > 0 ? rows : -1;
	}
}

/* How many pages are still to come, or -1 when that is unknown. A stream that
 * brought more rows than expected has at least one more page. */
static int64_t pages_left(const struct progress *progress)
{
	const struct sync_report *report = progress->report;
	int64_t pages = 0;

	for (size_t i = 0; i < report->stream_count; i++) {
		const struct sync_stream *stream = &report->streams[i];
		int64_t left = progress->known_rows[i] - stream->rows;
		int64_t page_rows = progress->page_rows[i];

		if (stream->state > SYNC_RUNNING)
			continue;
		if (progress->known_rows[i] < 0)
			return -1;
		/* The server's pages may be smaller than a full page. */
		if (stream->pages > 1)
			page_rows = stream->rows / stream->pages;
		if (left < 1 || page_rows < 1)
			pages++;
		else
			pages += (left + page_rows - 1) / page_rows;
	}
	return pages;
}

int64_t progress_eta_ms(int64_t pages, int minute_left, int minute_limit,
	int64_t next_minute_ms, int64_t latency_ms)
{
	int64_t by_speed = pages * latency_ms;
	int64_t by_quota = 0;
	int64_t beyond = pages - minute_left;

	if (beyond > 0 && minute_limit > 0) {
		int64_t minutes = (beyond + minute_limit - 1) / minute_limit;
		int64_t in_last = beyond - (minutes - 1) * minute_limit;

		by_quota = next_minute_ms + (minutes - 1) * MINUTE_MS +
			   in_last * latency_ms;
	}
	return by_quota > by_speed ? by_quota : by_speed;
}

static int64_t eta_ms(const struct progress *progress)
{
	const struct gate_counts *counts = gate_counts(progress->gate);
	struct instant now = loop_now(progress->loop);
	int64_t answered = counts->calls - counts->retried;
	int64_t latency = answered <= 0 ? 0 : counts->latency_ms_sum / answered;
	int64_t next = MINUTE_MS - now.wall_ms % MINUTE_MS;
	int64_t pages = pages_left(progress);
	int left = counts->minute_left;

	if (pages < 0)
		return -1;
	if (progress->waiting == GATE_FOR_MINUTE) {
		next = progress->waiting_until_boot_ms - now.boot_ms;
		left = 0;
	}
	return progress_eta_ms(
		pages, left, progress->minute_limit, next, latency);
}

/* Columns of the terminal; 80 when they are unknown. */
static size_t columns(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		return 80;
	return size.ws_col;
}

/* One line of the drawing. It is ASCII, so bytes are columns. */
static void put_line(struct progress *progress, struct buf *out,
	const struct buf *line, size_t width)
{
	size_t len = line->len < width ? line->len : width - 1;

	buf_putc(out, '\r');
	buf_append(out, line->data, len);
	buf_puts(out, "\033[K\n");
	progress->drawn_lines++;
}

static void put_stream(struct buf *line, const struct sync_stream *stream)
{
	char pages[32], rows[32], changed[32];

	/* The state comes first, since a narrow terminal cuts the end off. */
	buf_printf(line, "%-17s %-11s %6s page%s %10s rows %9s changed",
		stream->name, state_of(stream),
		progress_number(stream->pages, pages),
		stream->pages == 1 ? " " : "s",
		progress_number(stream->rows, rows),
		progress_number(stream->changed + stream->deleted, changed));
}

static void put_total(struct progress *progress, struct buf *line, int64_t now)
{
	const struct sync_report *report = progress->report;
	const struct gate_counts *counts = gate_counts(progress->gate);
	int64_t ms = now - progress->began_boot_ms;
	int64_t counted = counts->calls - counts->uncounted;
	int64_t left_ms = eta_ms(progress);
	char calls[32], left[32], day[32], speed[32], text[32];
	int64_t rows = 0;

	for (size_t i = 0; i < report->stream_count; i++)
		rows += report->streams[i].rows;
	buf_printf(line, "%s call%s", progress_number(counted, calls),
		counted == 1 ? "" : "s");
	/* The quota is unknown before the first counted call. */
	if (counted > 0)
		buf_printf(line, ", %s left this minute, %s today",
			progress_number(counts->minute_left, left),
			progress_number(counts->day_left, day));
	buf_printf(line, "; %s rows/s",
		progress_number(ms <= 0 ? rows : rows * 1000 / ms, speed));
	if (report->ended_wall_ms != 0)
		return;
	if (left_ms < 0) {
		buf_puts(line, "; ETA unknown");
	} else if (left_ms > 0) {
		progress_duration(left_ms, text);
		buf_printf(line, "; ETA %s", text);
	}
}

static void put_wait(
	const struct progress *progress, struct buf *line, int64_t now)
{
	char text[32];

	if (progress->waiting_until_boot_ms == CLOCK_NEVER) {
		buf_printf(line, "waits: %s", reasons[progress->waiting]);
		return;
	}
	/* Whole seconds, since it is redrawn each second. */
	progress_duration(
		(progress->waiting_until_boot_ms - now + 999) / 1000 * 1000,
		text);
	if (strlen(text) > 4 && strcmp(text + 1, ".0 s") == 0)
		memcpy(text + 1, " s", sizeof(" s"));
	buf_printf(line, "waits %s: %s", text, reasons[progress->waiting]);
}

static void ticked(struct loop *loop, void *arg);

static void draw(struct progress *progress, bool at_once)
{
	const struct sync_report *report = progress->report;
	int64_t now = loop_now(progress->loop).boot_ms;
	size_t width;
	struct buf out, line;

	if (progress->style != PROGRESS_LIVE || !progress->gate)
		return;
	if (!at_once && now - progress->drawn_boot_ms < REDRAW_MS &&
		progress->drawn_lines > 0)
		return;
	width = columns();
	buf_init(&out, 65536);
	buf_init(&line, 1024);
	if (progress->drawn_lines > 0)
		buf_printf(&out, "\033[%dA", progress->drawn_lines);
	progress->drawn_lines = 0;
	for (size_t i = 0; i < report->stream_count; i++) {
		if (report->streams[i].state == SYNC_PENDING)
			continue;
		put_stream(&line, &report->streams[i]);
		put_line(progress, &out, &line, width);
		buf_reset(&line);
	}
	put_total(progress, &line, now);
	put_line(progress, &out, &line, width);
	if (progress->waiting != GATE_GOES) {
		buf_reset(&line);
		put_wait(progress, &line, now);
		put_line(progress, &out, &line, width);
	}
	buf_puts(&out, "\033[J");
	fwrite(out.data, 1, out.len, stderr);
	buf_free(&line);
	buf_free(&out);
	progress->drawn_boot_ms = now;
	loop_timer_set(progress->loop, &progress->tick, now + TICK_MS, ticked,
		progress);
}

static void ticked(struct loop *loop, void *arg)
{
	(void)loop;
	draw(arg, true);
}

static void began(void *arg, const struct sync_stream *stream)
{
	(void)stream;
	count_known_rows(arg);
	draw(arg, false);
}

static void page(void *arg, const struct sync_stream *stream)
{
	struct progress *progress = arg;
	char rows[32];

	if (progress->style == PROGRESS_LINES && stream->pages % 10 == 0)
		log_line(LOG_LEVEL_INFO, "%s: %s %lld pages, %s rows",
			progress->company, stream->name,
			(long long)stream->pages,
			progress_number(stream->rows, rows));
	draw(progress, false);
}

static void ended(void *arg, const struct sync_stream *stream)
{
	struct progress *progress = arg;
	char rows[32], changed[32];

	if (progress->style == PROGRESS_LINES)
		log_line(stream->fail == 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARN,
			"%s: %s %s: %lld page%s, %s rows, %s changed%s%s",
			progress->company, stream->name, state_of(stream),
			(long long)stream->pages, stream->pages == 1 ? "" : "s",
			progress_number(stream->rows, rows),
			progress_number(
				stream->changed + stream->deleted, changed),
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

void progress_log_waiting(void *arg, const char *what, enum gate_reason reason,
	int64_t until_boot_ms)
{
	(void)arg;
	if (until_boot_ms != 0 && reason != GATE_GOES)
		log_line(LOG_LEVEL_INFO, "%s waits: %s", what, reasons[reason]);
}

void progress_end(struct progress *progress)
{
	progress->waiting = GATE_GOES;
	draw(progress, true);
	loop_timer_cancel(progress->loop, &progress->tick);
}
