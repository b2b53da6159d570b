#include "tests/connector/feed_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

static char dir[256];
static struct clock *world_clock;
struct records *records;
struct error err;
static struct buf reply;
struct derive_counts counts;
const struct entity *unread;

void set_up(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[320];

	snprintf(dir, sizeof(dir), "%s/check_types.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/company.db", dir);
	ck_assert_int_eq(clock_open_private(&world_clock, NOW), 0);
	buf_init(&reply, 1 << 20);
	memset(&err, 0, sizeof(err));
	unread = NULL;
	OK(records_open(&records, path, RECORDS_WRITE, world_clock, &err));
	OK(feed_declare(records, &err));
}

void tear_down(void)
{
	char command[400];

	records_close(records);
	clock_free(world_clock);
	buf_free(&reply);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

int arrives(const struct entity *entity, const char *rows)
{
	const struct feed_options options = {
		.records = records,
		.entity = entity,
		.division = DIVISION,
		.server_ms = NOW,
	};
	struct feed *feed;
	struct feed_page page;
	int fail;

	buf_reset(&reply);
	buf_printf(&reply, "{\"d\":{\"results\":[%s]}}", rows);
	OK(feed_open(&feed, &options, &err));
	fail = feed_apply(feed, reply.data, reply.len, &page, &err);
	ck_assert(fail || page.last);
	feed_close(feed);
	return fail;
}

void arrive(const struct entity *entity, const char *rows)
{
	OK(arrives(entity, rows));
}

static bool was_read(void *arg, const struct entity *entity)
{
	(void)arg;
	return entity != unread;
}

void derive_in(const char *region, const struct model_type *type)
{
	struct derive derive = {
		.records = records,
		.region = region,
		.currency = "EUR",
		.zone = WHEN_ZONE_CENTRAL,
		.read = was_read,
	};

	memset(&counts, 0, sizeof(counts));
	OK(derive_mapping(&derive, &err));
	OK(derive_run(&derive, type, &counts, &err));
	derive_free(&derive);
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
