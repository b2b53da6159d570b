/*
 * Where a sync's time goes, without a line in the program: the linker leads
 * the calls between its parts through here (-Wl,--wrap, see Makefile.inc).
 *
 *	receive  curl_multi_perform, in which libcurl reads the socket
 *	wait     curl_multi_poll: the sandbox is at work
 *	scan     page_open, page_next, page_row_read
 *	store    the rest of feed_apply: rows and cursor in, commit
 *	derive   derive_run, with the records it stores
 *	other    all else: start, gate, ledger of the quota, report
 *
 * One phase is current; each call switches to its own and back, and what has
 * passed is added to the one that is left. At the end a line of JSON goes to
 * the file that BENCH_PHASES names, with the process id, as a refresh of the
 * login inherits the name.
 */
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "derive/derive.h"
#include "connector/feed.h"
#include "connector/page.h"

enum phase {
	OTHER,
	RECEIVE,
	WAIT,
	SCAN,
	STORE,
	DERIVE,
	PHASES
};

static const char *const names[PHASES] = {
	[OTHER] = "other",
	[RECEIVE] = "receive",
	[WAIT] = "wait",
	[SCAN] = "scan",
	[STORE] = "store",
	[DERIVE] = "derive",
};

struct times {
	int64_t cpu_ns;
	int64_t wall_ns;
};

static struct times spent[PHASES];
static struct times since; /* zero: the process's start, for its CPU time */
static enum phase current;

static int64_t now_ns(clockid_t which)
{
	struct timespec now;

	(void)clock_gettime(which, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static enum phase enter(enum phase phase)
{
	struct times now = {
		.cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID),
		.wall_ns = now_ns(CLOCK_MONOTONIC),
	};
	enum phase before = current;

	spent[before].cpu_ns += now.cpu_ns - since.cpu_ns;
	spent[before].wall_ns += now.wall_ns - since.wall_ns;
	since = now;
	current = phase;
	return before;
}

static void leave(enum phase before)
{
	(void)enter(before);
}

__attribute__((constructor)) static void begin(void)
{
	since.wall_ns = now_ns(CLOCK_MONOTONIC);
}

static long high_water_kib(void)
{
	char line[256];
	long kib = 0;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "VmHWM:", 6))
			kib = strtol(line + 6, NULL, 10);
	}
	if (status)
		(void)fclose(status);
	return kib;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("BENCH_PHASES");
	FILE *file = path ? fopen(path, "ae") : NULL;

	if (!file)
		return;
	(void)enter(OTHER);
	(void)fprintf(file, "{\"pid\":%d,\"vmhwm_kib\":%ld", (int)getpid(),
		high_water_kib());
	for (int i = 0; i < PHASES; i++)
		(void)fprintf(file, ",\"%s\":{\"cpu\":%.6f,\"wall\":%.6f}",
			names[i], (double)spent[i].cpu_ns / 1e9,
			(double)spent[i].wall_ns / 1e9);
	(void)fputs("}\n", file);
	(void)fclose(file);
}

/* ---- the wrapped calls -------------------------------------------------- */

CURLMcode __real_curl_multi_perform(CURLM *multi, int *running);
CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running);
CURLMcode __real_curl_multi_poll(CURLM *multi, struct curl_waitfd *more,
	unsigned int count, int ms, int *ready);
CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd *more,
	unsigned int count, int ms, int *ready);
int __real_page_open(
	struct page *ret, const char *body, size_t len, struct error *err);
int __wrap_page_open(
	struct page *ret, const char *body, size_t len, struct error *err);
bool __real_page_next(struct page *page, struct json_slice *ret);
bool __wrap_page_next(struct page *page, struct json_slice *ret);
int __real_page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice row, struct error *err);
int __wrap_page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice row, struct error *err);
void __real_page_row_free(struct page_row *row);
void __wrap_page_row_free(struct page_row *row);
int __real_feed_apply(struct feed *feed, const char *body, size_t len,
	struct feed_page *ret, struct error *err);
int __wrap_feed_apply(struct feed *feed, const char *body, size_t len,
	struct feed_page *ret, struct error *err);
int __real_derive_run(const struct derive_options *options, struct error *err);
int __wrap_derive_run(const struct derive_options *options, struct error *err);

CURLMcode __wrap_curl_multi_perform(CURLM *multi, int *running)
{
	enum phase before = enter(RECEIVE);
	CURLMcode code = __real_curl_multi_perform(multi, running);

	leave(before);
	return code;
}

CURLMcode __wrap_curl_multi_poll(CURLM *multi, struct curl_waitfd *more,
	unsigned int count, int ms, int *ready)
{
	enum phase before = enter(WAIT);
	CURLMcode code = __real_curl_multi_poll(multi, more, count, ms, ready);

	leave(before);
	return code;
}

int __wrap_page_open(
	struct page *ret, const char *body, size_t len, struct error *err)
{
	enum phase before = enter(SCAN);
	int r = __real_page_open(ret, body, len, err);

	leave(before);
	return r;
}

bool __wrap_page_next(struct page *page, struct json_slice *ret)
{
	enum phase before = enter(SCAN);
	bool more = __real_page_next(page, ret);

	leave(before);
	return more;
}

int __wrap_page_row_read(struct page_row *ret, const struct entity *entity,
	int64_t division, struct json_slice row, struct error *err)
{
	enum phase before = enter(SCAN);
	int r = __real_page_row_read(ret, entity, division, row, err);

	leave(before);
	return r;
}

void __wrap_page_row_free(struct page_row *row)
{
	enum phase before = enter(SCAN);

	__real_page_row_free(row);
	leave(before);
}

int __wrap_feed_apply(struct feed *feed, const char *body, size_t len,
	struct feed_page *ret, struct error *err)
{
	enum phase before = enter(STORE);
	int r = __real_feed_apply(feed, body, len, ret, err);

	leave(before);
	return r;
}

int __wrap_derive_run(const struct derive_options *options, struct error *err)
{
	enum phase before = enter(DERIVE);
	int r = __real_derive_run(options, err);

	leave(before);
	return r;
}
