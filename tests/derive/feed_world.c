#include "tests/derive/feed_world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[256];
static char path[320];
struct clock *world_clock;
struct records *records;
struct error err;
struct buf reply;
struct feed_page page;
struct derive_counts counts;
const struct entity *unread;
const char *division_currency;
const char *division_region;
enum when_zone division_zone;

const char *company_path(void)
{
	return path;
}

void open_records(void)
{
	OK(records_open(&records, path, RECORDS_WRITE, world_clock, &err));
	OK(feed_declare(records, &err));
}

void reopen(void)
{
	records_close(records);
	open_records();
}

void set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/feed_world.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/company.db", dir);
	ck_assert_int_eq(clock_open_private(&world_clock, NOW), 0);
	buf_init(&reply, 1 << 24);
	memset(&err, 0, sizeof(err));
	unread = NULL;
	division_currency = "EUR";
	division_region = "nl";
	division_zone = WHEN_ZONE_CENTRAL;
	open_records();
}

void tear_down(void)
{
	char command[400];

	records_close(records);
	records = NULL;
	clock_free(world_clock);
	buf_free(&reply);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

/* ---- replies ------------------------------------------------------------- */

void reply_begin(void)
{
	buf_reset(&reply);
	buf_puts(&reply, "{\"d\":{\"results\":[");
}

void reply_row(const char *format, ...)
{
	char row[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(row, sizeof(row), format, args);
	va_end(args);
	if (reply.data[reply.len - 1] == '}')
		buf_putc(&reply, ',');
	buf_printf(&reply, "{\"Division\":%d,%s}", DIVISION, row);
}

void reply_end(const char *next)
{
	buf_puts(&reply, "]");
	if (next)
		buf_printf(&reply, ",\"__next\":\"%s\"", next);
	buf_puts(&reply, "}}");
	ck_assert(!buf_failed(&reply));
}

void account_row(int id, int64_t version, const char *name)
{
	reply_row("\"ID\":\"a%d\",\"Timestamp\":\"%" PRId64
		  "\",\"Code\":\"%d\",\"Description\":\"%s\",\"Type\":20,"
		  "\"IsBlocked\":false",
		id, version, id, name);
}

void line_row(const char *id, const char *entry, int64_t version, int number,
	const char *amount)
{
	reply_row("\"ID\":\"%s\",\"EntryID\":\"%s\",\"Timestamp\":%" PRId64
		  ",\"LineNumber\":%d,\"AmountDC\":%s,\"AmountFC\":%s,"
		  "\"Currency\":\"EUR\",\"JournalCode\":\"70\","
		  "\"JournalDescription\":\"Sales\",\"GLAccount\":\"a1\","
		  "\"GLAccountDescription\":\"Debtors\","
		  "\"Description\":\"line %s\","
		  "\"Date\":\"/Date(1782864000000)/\","
		  "\"Created\":\"/Date(1782945000000)/\","
		  "\"Modified\":\"/Date(1782945060000)/\"",
		id, entry, version, number, amount, amount, id);
}

void journal_row(int id, const char *code, const char *name)
{
	reply_row("\"ID\":\"j%d\",\"Code\":\"%s\",\"Description\":\"%s\","
		  "\"Type\":20,\"IsBlocked\":false,"
		  "\"Created\":\"/Date(1782945000000)/\"",
		id, code, name);
}

struct feed *open_feed(const struct entity *entity, bool full)
{
	const struct feed_options options = {
		.records = records,
		.entity = entity,
		.division = DIVISION,
		.full = full,
		.server_ms = clock_now(world_clock).wall_ms,
	};
	struct feed *feed;

	OK(feed_open(&feed, &options, &err));
	return feed;
}

int apply(struct feed *feed)
{
	return feed_apply(feed, reply.data, reply.len, &page, &err);
}

int run_page(const struct entity *entity, bool full)
{
	struct feed *feed = open_feed(entity, full);
	int r = apply(feed);

	feed_close(feed);
	return r;
}

int arrives(const struct entity *entity, const char *rows)
{
	int fail;

	reply_begin();
	buf_puts(&reply, rows);
	reply_end(NULL);
	fail = run_page(entity, false);
	ck_assert(fail || page.last);
	return fail;
}

void arrive(const struct entity *entity, const char *rows)
{
	OK(arrives(entity, rows));
}

/* ---- records ------------------------------------------------------------- */

static bool was_read(void *arg, const struct entity *entity)
{
	(void)arg;
	return entity != unread;
}

struct asked {
	const struct model_type *type;
};

static void take_counts(void *arg, const struct model_type *type,
	const struct derive_counts *now)
{
	const struct asked *asked = arg;

	if (type == asked->type)
		counts = *now;
}

int derive_until(bool (*stop)(void *arg), const struct model_type *type)
{
	struct asked asked = { type };
	const struct derive_options options = {
		.records = records,
		.region = division_region,
		.currency = division_currency,
		.zone = division_zone,
		.types = &type,
		.type_count = 1,
		.was_read = was_read,
		.stop = stop,
		.derived = take_counts,
		.arg = &asked,
	};

	memset(&counts, 0, sizeof(counts));
	return derive_run(&options, &err);
}

void derive_in(const char *region, const struct model_type *type)
{
	division_region = region;
	OK(derive_until(NULL, type));
	division_region = "nl";
}

void derive(const struct model_type *type)
{
	derive_in("nl", type);
}

struct wanted {
	const char *id;
	struct buf text;
};

static int keep_json(void *arg, struct model_record *record)
{
	struct wanted *wanted = arg;

	if (!strcmp(model_text(record, 0), wanted->id))
		model_json(record, &wanted->text);
	return 0;
}

const char *json_of(const struct model_type *type, const char *id)
{
	static char text[8192];
	struct wanted wanted = { .id = id };
	char *stamp;

	buf_init(&wanted.text, 1 << 20);
	OK(records_each(records, type, keep_json, &wanted, &err));
	snprintf(text, sizeof(text), "%s",
		wanted.text.data ? wanted.text.data : "");
	buf_free(&wanted.text);
	stamp = strstr(text, ",\"modifiedDate\":\"");
	if (stamp) {
		char *end = strchr(stamp + 17, '"') + 1;
		memmove(stamp, end, strlen(end) + 1);
	}
	return text;
}

struct listed {
	const char *type;
	const char *id;
	char *text;
};

static int list(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	struct listed *listed = arg;

	if (strcmp(type, listed->type) != 0 || strcmp(id, listed->id) != 0)
		return 0;
	if (listed->text[0])
		strcat(listed->text, " ");
	strcat(listed->text, finding->check);
	return 0;
}

const char *findings_of(const struct model_type *type, const char *id)
{
	static char text[1024];
	struct listed listed = { type->name, id, text };

	text[0] = '\0';
	OK(records_findings_each(records, list, &listed, &err));
	return text;
}

static int list_all(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	char *all = arg;

	(void)type;
	snprintf(all + strlen(all), 512 - strlen(all), "%s:%s%s ", id,
		finding->check, finding->error ? "!" : "");
	return 0;
}

const char *findings(void)
{
	static char all[512];

	all[0] = '\0';
	OK(records_findings_each(records, list_all, all, &err));
	return all;
}
