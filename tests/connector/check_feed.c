/*
 * Feeds and derivations over a real company file; the replies are written
 * here, row by row.
 */
#include <check.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "connector/derive.h"
#include "connector/entity.h"
#include "connector/feed.h"
#include "connector/pin.h"
#include "store/records.h"

#define DIVISION 7
#define DAY      INT64_C(86400000)
#define NOW      INT64_C(1795255200000) /* 2026-11-21T10:00:00Z */

static char dir[256];
static char path[320];
static struct clock *world_clock;
static struct records *records;
static struct error err;
static struct buf reply;
static struct feed_page page;

#define OK(call)                                                               \
	do {                                                                   \
		int got_ = (call);                                             \
		ck_assert_msg(got_ == 0, #call ": %d %s", got_, err.text);     \
	} while (0)

static void open_records(void)
{
	OK(records_open(&records, path, RECORDS_WRITE, world_clock, &err));
	OK(feed_declare(records, &err));
}

/* What a kill leaves: the file. */
static void reopen(void)
{
	records_close(records);
	open_records();
}

static void set_up(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, sizeof(dir), "%s/check_feed.XXXXXX", tmp ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/company.db", dir);
	ck_assert_int_eq(clock_open_private(&world_clock, NOW), 0);
	buf_init(&reply, 1 << 24);
	memset(&err, 0, sizeof(err));
	open_records();
}

static void tear_down(void)
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

static void reply_begin(void)
{
	buf_reset(&reply);
	buf_puts(&reply, "{\"d\":{\"results\":[");
}

static void reply_row(const char *format, ...) FORMAT_LIKE(1, 2);

static void reply_row(const char *format, ...)
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

static void reply_end(const char *next)
{
	buf_puts(&reply, "]");
	if (next)
		buf_printf(&reply, ",\"__next\":\"%s\"", next);
	buf_puts(&reply, "}}");
	ck_assert(!buf_failed(&reply));
}

static void account_row(int id, int64_t version, const char *name)
{
	reply_row("\"ID\":\"a%d\",\"Timestamp\":\"%" PRId64
		  "\",\"Code\":\"%d\",\"Description\":\"%s\",\"Type\":20,"
		  "\"IsBlocked\":false",
		id, version, id, name);
}

static void line_row(const char *id, const char *entry, int64_t version,
	int number, const char *amount)
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

static struct feed *open_feed(const struct entity *entity, bool full)
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

static int apply(struct feed *feed)
{
	return feed_apply(feed, reply.data, reply.len, &page, &err);
}

/* A run of one page that is in `reply`. */
static int run_page(const struct entity *entity, bool full)
{
	struct feed *feed = open_feed(entity, full);
	int r = apply(feed);

	feed_close(feed);
	return r;
}

static int64_t known(const struct entity *entity)
{
	return records_feed_count(records, &entity->shape);
}

static struct stream_cursor cursor_of(const struct entity *entity)
{
	struct stream_cursor cursor;

	OK(records_cursor_get(records, entity->shape.name, &cursor, &err));
	return cursor;
}

static int keep_name(void *arg, const struct feed_row *row)
{
	snprintf(arg, 64, "%s", row->values[GL_ACCOUNT_DESCRIPTION]);
	return 0;
}

static const char *account_name(const char *id)
{
	static char name[64];

	name[0] = '\0';
	OK(records_feed_each(
		records, &entity_gl_accounts.shape, id, keep_name, name, &err));
	return name;
}

/* ---- feeds ---------------------------------------------------------------- */

START_TEST(test_the_first_run_starts_at_nothing_and_the_cursor_follows_rows)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	ck_assert_ptr_nonnull(
		strstr(feed_target(feed), "$filter=Timestamp%20gt%200L&"));
	reply_begin();
	account_row(1, 10, "one");
	account_row(2, 11, "two");
	reply_end("http://h/next1");
	OK(apply(feed));
	ck_assert(!page.last);
	ck_assert_int_eq(page.rows, 2);
	ck_assert_int_eq(page.changed, 2);
	ck_assert_str_eq(feed_target(feed), "http://h/next1");
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 11);
	reply_begin();
	account_row(3, 12, "three");
	reply_end(NULL);
	OK(apply(feed));
	ck_assert(page.last);
	feed_close(feed);
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 12);
	ck_assert_str_eq(cursor_of(&entity_gl_accounts).next, "");
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).finished_wall_ms, NOW);
	ck_assert_int_eq(known(&entity_gl_accounts), 3);
}
END_TEST

START_TEST(test_the_next_run_reads_the_last_500_rows_again_and_changes_none)
{
	struct feed *feed;

	reply_begin();
	for (int i = 1; i <= 800; i++)
		account_row(i, i * 10, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));

	feed = open_feed(&entity_gl_accounts, false);
	/* The 500th row from the end is the 301st, of version 3010. */
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%203009L"));
	reply_begin();
	for (int i = 301; i <= 800; i++)
		account_row(i, i * 10, "x");
	account_row(5, 8001, "renamed");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.rows, 501);
	ck_assert_int_eq(page.changed, 1);
	ck_assert_str_eq(account_name("a5"), "renamed");

	/* And so on: the overlap moves with the rows. */
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%203019L"));
	feed_close(feed);
}
END_TEST

START_TEST(test_a_row_that_became_visible_late_is_found_by_the_overlap)
{
	reply_begin();
	for (int i = 1; i <= 600; i++)
		account_row(i, i * 10, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));

	struct feed *feed = open_feed(&entity_gl_accounts, false);
	const char *gt = strstr(feed_target(feed), "gt%20");
	ck_assert_ptr_nonnull(gt);
	/* Version 5995 was given before 6000 and committed after it. */
	ck_assert_int_lt(strtoll(gt + 5, NULL, 10), 5995);
	reply_begin();
	account_row(601, 5995, "late");
	account_row(600, 6000, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_str_eq(account_name("a601"), "late");
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 6000);
}
END_TEST

START_TEST(test_six_hundred_late_rows_are_found_by_the_overlap)
{
	struct feed *feed;

	/* An import wrote 3000 to 3599 and has not committed; another user's
	 * 300 rows, written after, are seen. */
	reply_begin();
	for (int i = 1; i <= 600; i++)
		account_row(i, i, "x");
	for (int i = 1; i <= 300; i++)
		account_row(1000 + i, 4000 + i, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));

	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%20400L"));
	reply_begin();
	for (int i = 401; i <= 600; i++)
		account_row(i, i, "x");
	for (int i = 0; i < 600; i++)
		account_row(2000 + i, 3000 + i, "late");
	for (int i = 1; i <= 200; i++)
		account_row(1000 + i, 4000 + i, "x");
	reply_end("http://h/n");
	OK(apply(feed));
	ck_assert_int_eq(page.changed, 600);
	reply_begin();
	for (int i = 201; i <= 300; i++)
		account_row(1000 + i, 4000 + i, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(known(&entity_gl_accounts), 1500);
}
END_TEST

/* Accounts of version from to to, one each. */
static void accounts(int from, int to)
{
	for (int i = from; i <= to; i++)
		account_row(i, i, "x");
}

START_TEST(test_a_row_hidden_behind_eight_hundred_others_is_found)
{
	struct feed *feed;

	reply_begin();
	accounts(1, 600);
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	OK(clock_advance(world_clock, 3600000));
	reply_begin();
	accounts(101, 600);
	accounts(701, 1500);
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	/* 650 was written before 701, in a transaction that is over now. */
	OK(clock_advance(world_clock, 3600000));
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%20600L"));
	reply_begin();
	accounts(650, 650);
	accounts(701, 1500);
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.changed, 1);
	/* Once quiet, 500 rows are enough again. */
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%201000L"));
	feed_close(feed);
	/* In another database these places mean nothing. */
	OK(records_begin(records, &err));
	OK(feed_moved(records, &err));
	OK(records_commit(records, &err));
	reply_begin();
	accounts(1, 700);
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%20200L"));
	feed_close(feed);
}
END_TEST

START_TEST(test_out_of_order_the_overlap_reaches_what_was_read_last)
{
	struct feed *feed;
	const char *gt;

	/* Row versions are shared by all companies: ours are far apart. */
	reply_begin();
	for (int i = 1; i <= 600; i++)
		account_row(i, i * 1000, "x");
	account_row(601, 599500, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 600000);
	feed = open_feed(&entity_gl_accounts, false);
	gt = strstr(feed_target(feed), "gt%20");
	ck_assert_ptr_nonnull(gt);
	/* 499 of them and the one that came late. */
	ck_assert_int_eq(strtoll(gt + 5, NULL, 10), 101999);
	feed_close(feed);
}
END_TEST

START_TEST(test_a_run_killed_long_ago_goes_on_with_the_overlap)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	reply_begin();
	for (int i = 1; i <= 600; i++)
		account_row(i, i * 10, "x");
	reply_end("http://h/n1");
	OK(apply(feed));
	feed_close(feed);
	reopen();
	OK(clock_advance(world_clock, 599000));
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_str_eq(feed_target(feed), "http://h/n1");
	feed_close(feed);
	/* 5995 was written before the kill, and committed after it. */
	OK(clock_advance(world_clock, 2000));
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%201009L"));
	reply_begin();
	for (int i = 101; i <= 599; i++)
		account_row(i, i * 10, "x");
	account_row(5000, 5995, "late");
	account_row(600, 6000, "x");
	for (int i = 601; i <= 1200; i++)
		account_row(i, i * 10, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_str_eq(account_name("a5000"), "late");
	ck_assert_int_eq(known(&entity_gl_accounts), 1201);
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 12000);
}
END_TEST

START_TEST(test_of_one_id_seen_several_times_the_highest_version_wins)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	reply_begin();
	account_row(1, 10, "old");
	account_row(1, 30, "newest");
	reply_end("http://h/n");
	OK(apply(feed));
	reply_begin();
	account_row(1, 20, "between");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_str_eq(account_name("a1"), "newest");
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 30);
}
END_TEST

START_TEST(test_out_of_order_the_cursor_waits_for_the_end_of_the_run)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	reply_begin();
	account_row(1, 10, "x");
	reply_end("http://h/n1");
	OK(apply(feed));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 10);
	reply_begin();
	account_row(2, 50, "x");
	account_row(3, 40, "x");
	reply_end("http://h/n2");
	OK(apply(feed));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 10);
	reply_begin();
	account_row(4, 60, "x");
	reply_end("http://h/n3");
	OK(apply(feed));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 10);
	reply_begin();
	account_row(5, 55, "x");
	reply_end(NULL);
	OK(apply(feed));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 60);
	feed_close(feed);
}
END_TEST

START_TEST(test_a_killed_run_goes_on_at_its_link)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	reply_begin();
	account_row(1, 10, "x");
	reply_end("http://h/n1");
	OK(apply(feed));
	feed_close(feed);
	reopen();
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_str_eq(feed_target(feed), "http://h/n1");
	/* The link has expired: behind the cursor, then, and once only. */
	ck_assert(feed_restart(feed));
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "Timestamp%20gt"));
	ck_assert(!feed_restart(feed));
	reply_begin();
	account_row(1, 10, "x");
	reply_end("http://h/n2");
	OK(apply(feed));
	ck_assert(!feed_restart(feed));
	reply_begin();
	account_row(1, 10, "x");
	account_row(2, 20, "x");
	reply_end(NULL);
	OK(apply(feed));
	ck_assert_int_eq(page.changed, 1);
	feed_close(feed);
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 20);
}
END_TEST

START_TEST(test_a_bad_page_stores_nothing_of_itself)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	reply_begin();
	account_row(1, 10, "x");
	reply_row("\"ID\":\"a2\",\"Timestamp\":\"11\",\"Type\":\"cash\"");
	reply_end(NULL);
	ck_assert_int_eq(apply(feed), FAIL_INPUT);
	ck_assert_int_eq(known(&entity_gl_accounts), 0);
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 0);

	reply_begin();
	account_row(1, 10, "x");
	buf_puts(&reply, ",{\"ID\":\"a2\",\"Division\":8,\"Timestamp\":11}");
	reply_end(NULL);
	ck_assert_int_eq(apply(feed), FAIL_STREAM);
	ck_assert_int_eq(known(&entity_gl_accounts), 0);

	reply_begin();
	account_row(1, 10, "x");
	reply_end(NULL);
	reply.len -= 3;
	ck_assert_int_eq(apply(feed), FAIL_INPUT);
	ck_assert_int_eq(known(&entity_gl_accounts), 0);

	/* And the same page, whole, is taken. */
	reply_begin();
	account_row(1, 10, "x");
	reply_end(NULL);
	OK(apply(feed));
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
	feed_close(feed);
}
END_TEST

START_TEST(test_links_that_go_in_a_circle_are_refused)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);
	int refused = 0;

	for (int i = 0; i < 20 && !refused; i++) {
		char next[32];

		snprintf(next, sizeof(next), "http://h/%d", i % 3);
		reply_begin();
		account_row(i + 1, i + 1, "x");
		reply_end(next);
		refused = apply(feed);
	}
	ck_assert_int_eq(refused, FAIL_INPUT);
	feed_close(feed);
}
END_TEST

START_TEST(test_deletions_reach_the_feed_they_name_and_unknown_ones_are_counted)
{
	reply_begin();
	account_row(1, 10, "x");
	account_row(2, 11, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	reply_begin();
	line_row("l1", "e1", 20, 0, "5");
	line_row("l2", "e1", 21, 1, "-5");
	line_row("l3", "e2", 22, 0, "1");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));

	reply_begin();
	reply_row("\"ID\":\"d1\",\"Timestamp\":30,\"EntityType\":7,"
		  "\"EntityKey\":\"a2\"");
	reply_row("\"ID\":\"d2\",\"Timestamp\":31,\"EntityType\":1,"
		  "\"EntityKey\":\"e1\"");
	reply_row("\"ID\":\"d3\",\"Timestamp\":32,\"EntityType\":1,"
		  "\"EntityKey\":\"l3\"");
	reply_row("\"ID\":\"d4\",\"Timestamp\":33,\"EntityType\":52,"
		  "\"EntityKey\":\"l3\"");
	/* Older than the row that came back since. */
	reply_row("\"ID\":\"d5\",\"Timestamp\":5,\"EntityType\":7,"
		  "\"EntityKey\":\"a1\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	ck_assert_int_eq(page.rows, 5);
	ck_assert_int_eq(page.deleted, 4);
	ck_assert_int_eq(page.ignored, 1);
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
	ck_assert_int_eq(known(&entity_transaction_lines), 0);
	/* The log is read again in the next run's overlap, without effect. */
	OK(run_page(&entity_deleted, false));
	ck_assert_int_eq(page.deleted, 0);
}
END_TEST

static void journal_row(int id, const char *code, const char *name)
{
	reply_row("\"ID\":\"j%d\",\"Code\":\"%s\",\"Description\":\"%s\","
		  "\"Type\":20,\"IsBlocked\":false,"
		  "\"Created\":\"/Date(1782945000000)/\"",
		id, code, name);
}

START_TEST(test_journals_are_read_whole_and_what_is_missing_is_gone)
{
	struct feed *feed;

	reply_begin();
	journal_row(1, "70", "Sales");
	journal_row(2, "90", "Memo");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	ck_assert_int_eq(known(&entity_journals), 2);
	feed = open_feed(&entity_journals, false);
	ck_assert_ptr_null(strstr(feed_target(feed), "$filter"));
	reply_begin();
	journal_row(1, "70", "Sales");
	reply_end("http://h/n");
	OK(apply(feed));
	/* Nothing is gone before the last page. */
	ck_assert_int_eq(known(&entity_journals), 2);
	feed_close(feed);
	/* A run that died here starts over and removes nothing. */
	reopen();
	reply_begin();
	journal_row(2, "90", "Memo");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	ck_assert_int_eq(page.deleted, 1);
	ck_assert_int_eq(known(&entity_journals), 1);
}
END_TEST

START_TEST(test_an_empty_list_where_rows_are_known_is_not_believed)
{
	reply_begin();
	journal_row(1, "70", "Sales");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	reply_begin();
	reply_end(NULL);
	ck_assert_int_eq(run_page(&entity_journals, false), FAIL_STREAM);
	ck_assert_ptr_nonnull(strstr(err.text, "answered with nothing"));
	ck_assert_int_eq(known(&entity_journals), 1);
}
END_TEST

START_TEST(test_an_empty_overlap_is_checked_by_asking_for_the_beginning)
{
	struct feed *feed;

	reply_begin();
	for (int i = 1; i <= 600; i++)
		account_row(i, i, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));

	feed = open_feed(&entity_gl_accounts, false);
	reply_begin();
	reply_end(NULL);
	OK(apply(feed));
	ck_assert(!page.last);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%200L"));
	/* There are rows: all right, the last 500 were deleted, then. */
	reply_begin();
	account_row(1, 1, "x");
	reply_end("http://h/n");
	OK(apply(feed));
	ck_assert(page.last);
	ck_assert_int_eq(page.rows, 0);
	feed_close(feed);

	/* Rights that were taken away: nothing from the beginning, either. */
	feed = open_feed(&entity_gl_accounts, false);
	reply_begin();
	reply_end(NULL);
	OK(apply(feed));
	ck_assert_int_eq(apply(feed), FAIL_STREAM);
	ck_assert_ptr_nonnull(strstr(err.text, "600 rows are known"));
	feed_close(feed);
	ck_assert_int_eq(known(&entity_gl_accounts), 600);
}
END_TEST

START_TEST(test_a_full_run_removes_what_did_not_come_and_survives_a_kill)
{
	struct feed *feed;

	reply_begin();
	account_row(1, 10, "x");
	account_row(2, 11, "x");
	account_row(3, 12, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));

	feed = open_feed(&entity_gl_accounts, true);
	reply_begin();
	account_row(1, 10, "x");
	reply_end("http://h/n");
	OK(apply(feed));
	feed_close(feed);
	reopen();
	/* The next run owes it, and starts over: a1 was seen by a dead run. */
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%200L"));
	reply_begin();
	account_row(1, 10, "x");
	account_row(3, 12, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.deleted, 1);
	ck_assert_int_eq(page.changed, 0);
	ck_assert_int_eq(known(&entity_gl_accounts), 2);
	/* Paid off. */
	reply_begin();
	account_row(3, 12, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	ck_assert_int_eq(page.deleted, 0);
	ck_assert_int_eq(known(&entity_gl_accounts), 2);
}
END_TEST

START_TEST(test_a_moved_company_starts_over_with_lower_versions)
{
	reply_begin();
	account_row(1, 1000, "old");
	account_row(2, 1001, "gone meanwhile");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	OK(records_begin(records, &err));
	OK(feed_moved(records, &err));
	OK(records_commit(records, &err));

	struct feed *feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(feed_target(feed), "gt%200L"));
	reply_begin();
	account_row(1, 5, "new");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_str_eq(account_name("a1"), "new");
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 5);
}
END_TEST

START_TEST(test_after_55_days_without_the_deleted_log_all_keys_are_read)
{
	struct feed *feed;

	reply_begin();
	account_row(1, 10, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	reply_begin();
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));

	/* 54 days: the log still knows. */
	OK(feed_reconcile(records, NOW + 54 * DAY, &err));
	reply_begin();
	account_row(1, 10, "x");
	account_row(2, 20, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	ck_assert_int_eq(known(&entity_gl_accounts), 2);

	OK(feed_reconcile(records, NOW + 56 * DAY, &err));
	OK(clock_advance(world_clock, 56 * DAY));
	feed = open_feed(&entity_gl_accounts, false);
	reply_begin();
	account_row(2, 20, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.deleted, 1);
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
}
END_TEST

/* A row a day; never a row from the log of deletions. */
static void read_daily(int days, bool log_answers)
{
	for (int day = 1; day <= days; day++) {
		OK(clock_advance(world_clock, DAY));
		OK(feed_reconcile(
			records, clock_now(world_clock).wall_ms, &err));
		reply_begin();
		account_row(2, 20 + day, "stays");
		reply_end(NULL);
		OK(run_page(&entity_gl_accounts, false));
		if (!log_answers)
			continue;
		reply_begin();
		reply_end(NULL);
		OK(run_page(&entity_deleted, false));
	}
}

START_TEST(test_a_small_feed_without_a_log_of_deletions_is_swept_too)
{
	reply_begin();
	account_row(1, 10, "goes unheard");
	account_row(2, 20, "stays");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	read_daily(FEED_DELETED_DAYS, false);
	ck_assert_int_eq(known(&entity_gl_accounts), 2);
	read_daily(1, false);
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
}
END_TEST

START_TEST(test_a_log_of_deletions_that_is_always_empty_proves_nothing)
{
	reply_begin();
	account_row(1, 10, "goes unheard");
	account_row(2, 20, "stays");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	read_daily(FEED_DELETED_DAYS, true);
	ck_assert_int_eq(known(&entity_gl_accounts), 2);
	read_daily(1, true);
	ck_assert_int_eq(known(&entity_gl_accounts), 1);
}
END_TEST

START_TEST(test_a_log_of_deletions_that_gives_rows_spares_the_sweep)
{
	struct feed *feed;

	reply_begin();
	account_row(1, 10, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	OK(clock_advance(world_clock, 30 * DAY));
	reply_begin();
	reply_row("\"ID\":\"d1\",\"Timestamp\":11,\"EntityType\":99,"
		  "\"EntityKey\":\"x\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	OK(feed_reconcile(records, NOW + 80 * DAY, &err));
	feed = open_feed(&entity_gl_accounts, false);
	reply_begin();
	account_row(2, 20, "x");
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.deleted, 0);
}
END_TEST

/* ---- pinning -------------------------------------------------------------- */

static struct pin pin;

static int pin_text(const char *rest)
{
	buf_reset(&reply);
	buf_printf(&reply,
		"{\"d\":{\"results\":[{\"Code\":7,"
		"\"Description\":\"Bakery\",\"Country\":\"NL \"%s}]}}",
		rest);
	return pin_division(
		records, DIVISION, reply.data, reply.len, &pin, &err);
}

START_TEST(test_a_company_is_pinned_by_its_division)
{
	OK(pin_text(",\"Currency\":\"EUR\",\"Status\":1,"
		    "\"BlockingStatus\":0"));
	ck_assert_str_eq(pin.name, "Bakery");
	ck_assert_str_eq(pin.currency, "EUR");
	ck_assert_str_eq(pin.country, "NL");
	/* Other books. */
	ck_assert_int_eq(
		pin_text(",\"Currency\":\"GBP\",\"Status\":1"), FAIL_COMPANY);
	ck_assert_int_eq(
		pin_text(",\"Currency\":\"EUR\",\"Status\":2"), FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(err.text, "archived"));
	ck_assert_int_eq(pin_text(",\"Currency\":\"EUR\",\"Status\":1,"
				  "\"BlockingStatus\":1"),
		FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(err.text, "backup"));
	reply_begin();
	reply_end(NULL);
	ck_assert_int_eq(pin_division(records, DIVISION, reply.data, reply.len,
				 &pin, &err),
		FAIL_COMPANY);
	buf_reset(&reply);
	buf_puts(&reply, "{\"d\":[{\"Code\":8,\"Currency\":\"EUR\"}]}");
	ck_assert_int_eq(
		pin_division(records, 8, reply.data, reply.len, &pin, &err),
		FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(err.text, "holds division 7"));
}
END_TEST

START_TEST(test_a_new_move_date_resets_all_cursors)
{
	reply_begin();
	account_row(1, 1000, "x");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	OK(pin_text(",\"Currency\":\"EUR\",\"DivisionMoveDate\":null"));
	OK(pin_text(",\"Currency\":\"EUR\",\"DivisionMoveDate\":null"));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 1000);
	OK(pin_text(",\"Currency\":\"EUR\","
		    "\"DivisionMoveDate\":\"/Date(1782864000000)/\""));
	ck_assert_int_eq(cursor_of(&entity_gl_accounts).committed, 0);
}
END_TEST

static enum when_zone zone_of(
	const char *region, int64_t server_ms, const char *local, int offset)
{
	enum when_zone zone = WHEN_ZONE_UTC;

	buf_reset(&reply);
	buf_printf(&reply,
		"{\"d\":{\"results\":[{\"UserID\":\"u\",\"ServerTime\":\"%s\","
		"\"ServerUtcOffset\":%d}]}}",
		local, offset);
	OK(pin_zone(records, region, server_ms, reply.data, reply.len, &zone,
		&err));
	return zone;
}

START_TEST(test_a_zone_is_concluded_only_when_moment_and_offset_agree)
{
	/* 2026-11-21T10:00:00Z, winter. */
	ck_assert(pin_wants_zone(records, NOW));
	ck_assert_int_eq(zone_of("nl", NOW, "2026-11-21T12:00:00", 7200),
		WHEN_ZONE_UNKNOWN);
	ck_assert(!pin_wants_zone(records, NOW + DAY / 2));
	ck_assert(pin_wants_zone(records, NOW + DAY));
	ck_assert_int_eq(zone_of("uk", NOW, "2026-11-21T10:00:00", 0),
		WHEN_ZONE_WESTERN);
	ck_assert_int_eq(zone_of("uk", NOW, "2026-11-21T11:00:00", 3600),
		WHEN_ZONE_CENTRAL);
	/* 2026-07-01T22:30:00Z: one hour is London's summer. */
	ck_assert_int_eq(zone_of("uk", INT64_C(1782945000000),
				 "2026-07-01T23:30:00.17", 3600),
		WHEN_ZONE_WESTERN);
	ck_assert_int_eq(zone_of("nl", INT64_C(1782945000000),
				 "2026-07-01T23:30:00", 3600),
		WHEN_ZONE_UNKNOWN);
	/* The server's own words disagree. */
	ck_assert_int_eq(zone_of("nl", NOW, "2026-11-21T10:00:00", 3600),
		WHEN_ZONE_UNKNOWN);
	ck_assert_int_eq(zone_of("nl", NOW, "2026-11-21T12:00:00", 3600),
		WHEN_ZONE_UNKNOWN);
	ck_assert_int_eq(zone_of("nl", NOW, "2026-11-21T11:00:00", 3600),
		WHEN_ZONE_CENTRAL);
	ck_assert(!pin_wants_zone(records, NOW + 9 * DAY));
}
END_TEST

/* ---- deriving -------------------------------------------------------------- */

static struct derive_counts counts;

static bool not_read(void *arg, const struct entity *entity)
{
	(void)arg;
	(void)entity;
	return false;
}

static void derive_as(const struct model_type *type, bool caught_up)
{
	struct derive derive = {
		.records = records,
		.region = "nl",
		.currency = "EUR",
		.zone = WHEN_ZONE_CENTRAL,
		.read = caught_up ? NULL : not_read,
	};

	memset(&counts, 0, sizeof(counts));
	OK(derive_mapping(&derive, &err));
	OK(derive_run(&derive, type, &counts, &err));
	derive_free(&derive);
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

static const char *json_of(const struct model_type *type, const char *id)
{
	static char text[8192];
	struct wanted wanted = { .id = id };
	char *stamp;

	buf_init(&wanted.text, 1 << 20);
	OK(records_each(records, type, keep_json, &wanted, &err));
	snprintf(text, sizeof(text), "%s", wanted.text.data);
	buf_free(&wanted.text);
	/* When we stored it is not what is tested. */
	stamp = strstr(text, ",\"modifiedDate\":\"");
	if (stamp) {
		char *end = strchr(stamp + 17, '"') + 1;
		memmove(stamp, end, strlen(end) + 1);
	}
	return text;
}

static int count_finding(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	char *all = arg;

	(void)type;
	snprintf(all + strlen(all), 512 - strlen(all), "%s:%s%s ", id,
		finding->check, finding->error ? "!" : "");
	return 0;
}

static const char *findings(void)
{
	static char all[512];

	all[0] = '\0';
	OK(records_findings_each(records, count_finding, all, &err));
	return all;
}

START_TEST(test_an_account_gets_its_category_from_its_type)
{
	reply_begin();
	reply_row("\"ID\":\"a1\",\"Timestamp\":1,\"Code\":\"  1300\","
		  "\"Description\":\"Debtors\",\"Type\":20,"
		  "\"IsBlocked\":false,"
		  "\"Modified\":\"/Date(1782945000000)/\"");
	reply_row("\"ID\":\"a2\",\"Timestamp\":2,\"Code\":\"1100\","
		  "\"Description\":\"Bank\",\"Type\":12,\"IsBlocked\":true");
	reply_row("\"ID\":\"a3\",\"Timestamp\":3,\"Code\":\"9000\","
		  "\"Description\":\"Reflection\",\"Type\":300");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
	derive_as(&model_chart_of_accounts, true);
	ck_assert_int_eq(counts.created, 3);
	ck_assert_str_eq(json_of(&model_chart_of_accounts, "a1"),
		"{\"id\":\"a1\",\"nominalCode\":\"1300\",\"name\":\"Debtors\","
		"\"fullyQualifiedCategory\":"
		"\"Asset.Assets.AccountsReceivable\","
		"\"fullyQualifiedName\":"
		"\"Asset.Assets.AccountsReceivable.Debtors\","
		"\"currency\":\"EUR\",\"type\":\"Asset\","
		"\"status\":\"Active\",\"isBankAccount\":false,"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_ptr_nonnull(strstr(json_of(&model_chart_of_accounts, "a2"),
		"\"status\":\"Archived\",\"isBankAccount\":true"));
	ck_assert_ptr_nonnull(strstr(json_of(&model_chart_of_accounts, "a3"),
		"\"currency\":\"EUR\",\"type\":\"Unknown\""));
	ck_assert_ptr_null(strstr(
		json_of(&model_chart_of_accounts, "a3"), "fullyQualified"));
}
END_TEST

static void two_lines(void)
{
	reply_begin();
	line_row("l2", "e1", 20, 1, "-19.990000000000002");
	line_row("l1", "e1", 21, 0, "19.99");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
}

START_TEST(test_an_entry_is_its_lines_in_their_order)
{
	reply_begin();
	journal_row(1, "70", "Sales ledger");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	two_lines();
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.created, 1);
	ck_assert_str_eq(json_of(&model_journal_entries, "e1"),
		"{\"id\":\"e1\",\"description\":\"line l1\","
		"\"postedOn\":\"2026-07-01T00:00:00\","
		"\"createdOn\":\"2026-07-01T22:30:00\","
		"\"updatedOn\":\"2026-07-01T22:31:00\","
		"\"journalRef\":{\"id\":\"j1\",\"name\":\"Sales ledger\"},"
		"\"journalLines\":["
		"{\"description\":\"line l1\",\"netAmount\":19.99,"
		"\"transactionAmount\":19.99,\"currency\":\"EUR\","
		"\"transactionCurrency\":\"EUR\","
		"\"accountRef\":{\"id\":\"a1\",\"name\":\"Debtors\"},"
		"\"tracking\":{\"recordRefs\":[]}},"
		"{\"description\":\"line l2\",\"netAmount\":-19.99,"
		"\"transactionAmount\":-19.99,\"currency\":\"EUR\","
		"\"transactionCurrency\":\"EUR\","
		"\"accountRef\":{\"id\":\"a1\",\"name\":\"Debtors\"},"
		"\"tracking\":{\"recordRefs\":[]}}],"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\"}");
	ck_assert_str_eq(findings(), "");
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.created + counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_an_unbalanced_entry_is_an_error_once_its_feed_has_caught_up)
{
	reply_begin();
	line_row("l1", "e1", 20, 0, "10");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_as(&model_journal_entries, false);
	ck_assert_str_eq(findings(), "e1:entry-incomplete ");
	/* The rest never comes: it is found again although not dirty. */
	derive_as(&model_journal_entries, true);
	ck_assert_str_eq(findings(), "e1:entry-unbalanced! ");
	reply_begin();
	line_row("l2", "e1", 21, 1, "-10");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_str_eq(findings(), "");
}
END_TEST

START_TEST(test_an_amount_that_does_not_fit_is_left_out_and_told)
{
	reply_begin();
	line_row("l1", "e1", 20, 0, "1e30");
	line_row("l2", "e1", 21, 1, "-10.005");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_as(&model_journal_entries, true);
	ck_assert_str_eq(
		findings(), "e1:amount-unreadable! e1:amount-rounded ");
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"{\"description\":\"line l1\",\"currency\""));
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"netAmount\":-10.01"));
}
END_TEST

START_TEST(test_a_journal_that_comes_late_or_is_renamed_reaches_its_entries)
{
	two_lines();
	derive_as(&model_journal_entries, true);
	ck_assert_ptr_null(
		strstr(json_of(&model_journal_entries, "e1"), "journalRef"));

	for (int i = 0; i < 2; i++) {
		const char *name = i ? "New name" : "Sales";

		reply_begin();
		journal_row(1, "70", name);
		journal_row(2, "90", "Memo");
		reply_end(NULL);
		OK(run_page(&entity_journals, false));
		derive_as(&model_journal_entries, true);
		ck_assert_int_eq(counts.updated, 1);
		ck_assert_ptr_nonnull(
			strstr(json_of(&model_journal_entries, "e1"), name));
		derive_as(&model_journal_entries, true);
		ck_assert_int_eq(counts.updated + counts.unchanged, 0);
	}
}
END_TEST

/* Once some entries are made. */
static bool some_are_made(void *arg)
{
	(void)arg;
	return records_count(records, &model_journal_entries, false) > 0;
}

START_TEST(test_a_rename_after_a_first_run_that_died_reaches_its_entries)
{
	struct derive derive = {
		.records = records,
		.region = "nl",
		.currency = "EUR",
		.zone = WHEN_ZONE_CENTRAL,
		.stop = some_are_made,
	};
	char id[16];

	reply_begin();
	journal_row(1, "70", "Sales");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	reply_begin();
	for (int i = 1; i <= 600; i++) {
		snprintf(id, sizeof(id), "e%d", i);
		line_row(id, id, i, 0, "0");
	}
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	OK(derive_mapping(&derive, &err));
	ck_assert_int_eq(
		derive_run(&derive, &model_journal_entries, &counts, &err),
		FAIL_INTERRUPTED);
	derive_free(&derive);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "Sales"));
	reopen();
	reply_begin();
	journal_row(1, "70", "New name");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	derive_as(&model_journal_entries, true);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "New name"));
}
END_TEST

START_TEST(test_of_three_journals_of_one_code_one_is_chosen_for_good)
{
	two_lines();
	reply_begin();
	journal_row(1, "70", "First");
	journal_row(2, "70 ", "Second");
	journal_row(3, " 70", "Third");
	reply_end(NULL);
	OK(run_page(&entity_journals, false));
	derive_as(&model_journal_entries, true);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"{\"id\":\"j3\",\"name\":\"Third\"}"));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.updated + counts.unchanged, 0);
}
END_TEST

START_TEST(test_an_entry_that_lost_a_line_is_told_and_keeps_the_other)
{
	two_lines();
	derive_as(&model_journal_entries, true);
	reply_begin();
	reply_row("\"ID\":\"d1\",\"Timestamp\":30,\"EntityType\":\"1\","
		  "\"EntityKey\":\"l2\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_str_eq(findings(), "e1:entry-unbalanced! ");
	ck_assert_ptr_null(
		strstr(json_of(&model_journal_entries, "e1"), "line l2"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "line l1"));
}
END_TEST

START_TEST(test_an_entry_without_lines_is_retired_and_comes_back)
{
	two_lines();
	derive_as(&model_journal_entries, true);
	reply_begin();
	reply_row("\"ID\":\"d2\",\"Timestamp\":31,\"EntityType\":1,"
		  "\"EntityKey\":\"e1\"");
	reply_end(NULL);
	OK(run_page(&entity_deleted, false));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.deleted, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"isDeleted\":true"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_journal_entries, "e1"), "line l1"));
	reply_begin();
	line_row("l1", "e1", 40, 0, "5");
	line_row("l2", "e1", 41, 1, "-5");
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_journal_entries, "e1"), "\"isDeleted\":false"));
}
END_TEST

START_TEST(test_a_zone_that_becomes_known_makes_all_records_anew)
{
	struct derive derive = {
		.records = records,
		.region = "nl",
		.currency = "EUR",
	};

	two_lines();
	OK(derive_mapping(&derive, &err));
	OK(derive_run(&derive, &model_journal_entries, &counts, &err));
	derive_free(&derive);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"\"sourceModifiedDate\":\"2026-07-01T22:31:00\""));
	derive_as(&model_journal_entries, true);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(strstr(json_of(&model_journal_entries, "e1"),
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\""));
}
END_TEST

/* ---- documents from the ledger --------------------------------------------- */

/* Accounts: pay is the payable, vat is VAT, cost a cost. */
static void accounts_of_purchases(void)
{
	reply_begin();
	reply_row("\"ID\":\"pay\",\"Timestamp\":1,\"Code\":\"1600\","
		  "\"Description\":\"Creditors\",\"Type\":22");
	reply_row("\"ID\":\"vat\",\"Timestamp\":2,\"Code\":\"1520\","
		  "\"Description\":\"VAT to claim\",\"Type\":24");
	reply_row("\"ID\":\"cost\",\"Timestamp\":3,\"Code\":\"4000\","
		  "\"Description\":\"Costs\",\"Type\":121");
	reply_end(NULL);
	OK(run_page(&entity_gl_accounts, false));
}

struct purchase_line {
	int number;
	const char *account;
	const char *code; /* VAT code; NULL: none */
	const char *dc;
	const char *fc;
	const char *vat;
	const char *quantity; /* NULL: none */
};

/* One reply with one entry, e1. */
static void purchase(int type, const char *currency,
	const struct purchase_line *lines, size_t count)
{
	static int64_t version = 100;
	char code[32];

	reply_begin();
	for (size_t i = 0; i < count; i++) {
		snprintf(code, sizeof(code), lines[i].code ? "\"%s\"" : "%s",
			lines[i].code ? lines[i].code : "null");
		reply_row("\"ID\":\"p%d\",\"EntryID\":\"e1\",\"Timestamp\":%d,"
			  "\"LineNumber\":%d,\"Type\":%d,\"AmountDC\":%s,"
			  "\"AmountFC\":%s,\"AmountVATFC\":%s,\"Quantity\":%s,"
			  "\"Currency\":\"%s\",\"GLAccount\":\"%s\","
			  "\"VATCode\":%s,\"Account\":\"s1\","
			  "\"AccountName\":\"Timber BV\","
			  "\"InvoiceNumber\":2600001,"
			  "\"Description\":\"line %d\","
			  "\"Date\":\"/Date(1782864000000)/\","
			  "\"DueDate\":\"/Date(1785456000000)/\","
			  "\"Modified\":\"/Date(1782945060000)/\"",
			lines[i].number, (int)++version, lines[i].number, type,
			lines[i].dc, lines[i].fc,
			lines[i].vat ? lines[i].vat : "0",
			lines[i].quantity ? lines[i].quantity : "null",
			currency, lines[i].account, code, lines[i].number);
	}
	reply_end(NULL);
	OK(run_page(&entity_transaction_lines, false));
	derive_as(&model_bills, true);
}

#define PURCHASE(type, currency, ...)                                          \
	purchase(type, currency,                                               \
		(const struct purchase_line[]){ __VA_ARGS__ },                 \
		sizeof((const struct purchase_line[]){ __VA_ARGS__ }) /        \
			sizeof(struct purchase_line))

#define HAS(type, text)                                                        \
	ck_assert_msg(strstr(json_of(type, "e1"), text) != NULL,               \
		"%s is not in %s", text, json_of(type, "e1"))

/* 4 x 25.00 = 100.00 at 21 % = 21.00; 50.00 at 9 % = 4.50; total 175.50. */
START_TEST(test_a_bill_is_its_entry_of_two_rates)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR",
		{ 0, "pay", NULL, "-175.5", "-175.50000000000003", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", "4" },
		{ 2, "cost", "2", "50", "50", "4.5", NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL },
		{ 9001, "vat", "2", "4.5", "4.5", NULL, NULL });
	ck_assert_int_eq(counts.created, 1);
	ck_assert_str_eq(json_of(&model_bills, "e1"),
		"{\"id\":\"e1\",\"reference\":\"2600001\","
		"\"supplierRef\":{\"id\":\"s1\","
		"\"supplierName\":\"Timber BV\"},"
		"\"issueDate\":\"2026-07-01T00:00:00\","
		"\"dueDate\":\"2026-07-31T00:00:00\","
		"\"currency\":\"EUR\",\"currencyRate\":1,\"lineItems\":["
		"{\"description\":\"line 1\","
		"\"unitAmount\":25,\"quantity\":4,\"subTotal\":100,"
		"\"taxAmount\":21,\"totalAmount\":121,"
		"\"accountRef\":{\"id\":\"cost\",\"name\":\"Costs\"},"
		"\"lineNumber\":\"1\"},"
		"{\"description\":\"line 2\","
		"\"unitAmount\":50,\"quantity\":1,\"subTotal\":50,"
		"\"taxAmount\":4.5,\"totalAmount\":54.5,"
		"\"accountRef\":{\"id\":\"cost\",\"name\":\"Costs\"},"
		"\"lineNumber\":\"2\"}],"
		"\"status\":\"Unknown\",\"subTotal\":150,\"taxAmount\":25.5,"
		"\"totalAmount\":175.5,\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:31:00Z\"}");
	ck_assert_str_eq(findings(), "");
	HAS(&model_journal_entries,
		"\"recordRef\":{\"id\":\"e1\",\"dataType\":\"bills\"}");
}
END_TEST

/* Owed and claimed at once: 200.00 x 21 % = 42.00 and -42.00; beside it 100.00
 * with 21.00 to pay: 300 + 21 = 321. An EU purchase is booked the same way. */
START_TEST(test_a_bill_under_reverse_charge_has_no_tax)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-321", "-321", NULL, NULL },
		{ 1, "cost", "REV", "200", "200", "42", NULL },
		{ 2, "cost", "4", "100", "100", "21", NULL },
		{ 9000, "vat", "REV", "42", "42", NULL, NULL },
		{ 9001, "vat", "REV", "-42", "-42", NULL, NULL },
		{ 9002, "vat", "4", "21", "21", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":200,\"taxAmount\":0,"
			  "\"totalAmount\":200,");
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,"
			  "\"totalAmount\":121,");
	HAS(&model_bills, "\"subTotal\":300,\"taxAmount\":21,"
			  "\"totalAmount\":321,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* 33.33 x 21 % = 6.9993 = 7.00; half, 3.50, may be claimed; 3.50 stays a
 * cost: 33.33 + 3.50 = 36.83; + 3.50 = 40.33. */
START_TEST(test_vat_that_may_not_be_claimed_stays_a_cost)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-40.33", "-40.33", NULL, NULL },
		{ 1, "cost", "HALF", "33.33", "33.33", "7", NULL },
		{ 9000, "vat", "HALF", "3.5", "3.5", NULL, NULL },
		{ 9001, "cost", "HALF", "3.5", "3.5", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":33.33,\"taxAmount\":3.5,"
			  "\"totalAmount\":36.83,");
	HAS(&model_bills, "\"subTotal\":3.5,\"taxAmount\":0,"
			  "\"totalAmount\":3.5,");
	HAS(&model_bills, "\"subTotal\":36.83,\"taxAmount\":3.5,"
			  "\"totalAmount\":40.33,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* The same with two lines of 33.33 and 10.00: 7.00 + 2.10 = 9.10, of which
 * 4.55 is claimed. Which line has which part is nowhere told. */
START_TEST(test_a_claimed_part_is_not_shared_out_by_guess)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-52.43", "-52.43", NULL, NULL },
		{ 1, "cost", "HALF", "33.33", "33.33", "7", NULL },
		{ 2, "cost", "HALF", "10", "10", "2.1", NULL },
		{ 9000, "vat", "HALF", "4.55", "4.55", NULL, NULL },
		{ 9001, "cost", "HALF", "4.55", "4.55", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":33.33,\"accountRef\"");
	HAS(&model_bills, "\"subTotal\":47.88,\"taxAmount\":4.55,"
			  "\"totalAmount\":52.43,");
	ck_assert_str_eq(findings(), "e1:tax-not-split ");
}
END_TEST

/* 446.70 dollars are 409.51 euros: 409.51 / 446.70 = 0.9167450190…; 1000 yen
 * 6.11 euros: 0.00611; 1.234 dinars 3.71 euros: 3.0064829821… */
START_TEST(test_foreign_bills_have_their_digits_and_rate)
{
	accounts_of_purchases();
	PURCHASE(30, "USD", { 0, "pay", NULL, "-409.51", "-446.7", NULL, NULL },
		{ 1, "cost", NULL, "409.51", "446.7", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"USD\","
			  "\"currencyRate\":0.916745019,");
	HAS(&model_bills, "\"subTotal\":446.7,\"taxAmount\":0,"
			  "\"totalAmount\":446.7,\"metadata\"");
	PURCHASE(30, "JPY", { 0, "pay", NULL, "-6.11", "-1000", NULL, NULL },
		{ 1, "cost", NULL, "6.11", "1000.0000000000001", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"JPY\",\"currencyRate\":0.00611,");
	HAS(&model_bills, "\"totalAmount\":1000,\"metadata\"");
	PURCHASE(30, "KWD", { 0, "pay", NULL, "-3.71", "-1.234", NULL, NULL },
		{ 1, "cost", NULL, "3.71", "1.234", NULL, NULL });
	HAS(&model_bills, "\"currency\":\"KWD\","
			  "\"currencyRate\":3.006482982,");
	HAS(&model_bills, "\"totalAmount\":1.234,\"metadata\"");
	ck_assert_str_eq(findings(), "");
}
END_TEST

/* 2 x 10.00 back with 4.20. When the entry's type changes, the credit note is
 * retired and the bill of the other sign stands. */
START_TEST(test_a_bill_credit_note_is_positive)
{
	accounts_of_purchases();
	PURCHASE(31, "EUR", { 0, "pay", NULL, "24.2", "24.2", NULL, NULL },
		{ 1, "cost", "4", "-20", "-20", "-4.2", "-2" },
		{ 9000, "vat", "4", "-4.2", "-4.2", NULL, NULL });
	ck_assert_int_eq(counts.created, 0);
	HAS(&model_bill_credit_notes, "\"billCreditNoteNumber\":\"2600001\"");
	HAS(&model_bill_credit_notes,
		"\"totalAmount\":24.2,\"totalDiscount\":0,\"subTotal\":20,"
		"\"totalTaxAmount\":4.2,\"discountPercentage\":0,"
		"\"status\":\"Unknown\"");
	HAS(&model_bill_credit_notes,
		"\"unitAmount\":10,\"quantity\":2,\"subTotal\":20,"
		"\"taxAmount\":4.2,\"totalAmount\":24.2,");
	ck_assert_str_eq(findings(), "");
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-24.2", "-24.2", NULL, NULL },
		{ 1, "cost", "4", "20", "20", "4.2", "2" },
		{ 9000, "vat", "4", "4.2", "4.2", NULL, NULL });
	HAS(&model_bills, "\"totalAmount\":24.2,\"metadata\"");
	HAS(&model_bill_credit_notes, "\"isDeleted\":true");
}
END_TEST

START_TEST(test_a_bill_has_totals_once_its_accounts_are_known)
{
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-121", "-121", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL });
	ck_assert_str_eq(findings(), "e1:account-unknown! ");
	ck_assert_ptr_null(strstr(json_of(&model_bills, "e1"), "totalAmount"));
	accounts_of_purchases();
	derive_as(&model_bills, true);
	ck_assert_int_eq(counts.updated, 1);
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,"
			  "\"totalAmount\":121,\"metadata\"");
	ck_assert_str_eq(findings(), "");
}
END_TEST

START_TEST(test_a_bill_that_misses_a_line_is_told)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-121", "-121", NULL, NULL },
		{ 9000, "vat", "4", "21", "21", NULL, NULL });
	ck_assert_str_eq(
		findings(), "e1:document-unbalanced! e1:entry-unbalanced! ");
	PURCHASE(30, "EUR", { 1, "cost", "4", "100", "100", "21", NULL });
	ck_assert_str_eq(findings(), "");
	HAS(&model_bills, "\"totalAmount\":121,\"metadata\"");
}
END_TEST

/* 100.00 at 21 % and 50.00 at 9 %, in one VAT line of 21 + 4.50 = 25.50. */
START_TEST(test_vat_lines_without_a_code_are_taken_together)
{
	accounts_of_purchases();
	PURCHASE(30, "EUR", { 0, "pay", NULL, "-175.5", "-175.5", NULL, NULL },
		{ 1, "cost", "4", "100", "100", "21", NULL },
		{ 2, "cost", "2", "50", "50", "4.5", NULL },
		{ 9000, "vat", NULL, "25.5", "25.5", NULL, NULL });
	HAS(&model_bills, "\"subTotal\":100,\"taxAmount\":21,");
	HAS(&model_bills, "\"subTotal\":50,\"taxAmount\":4.5,");
	ck_assert_str_eq(findings(), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("feed");
	TCase *tests = tcase_create("feed");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests,
		test_the_first_run_starts_at_nothing_and_the_cursor_follows_rows);
	tcase_add_test(tests,
		test_the_next_run_reads_the_last_500_rows_again_and_changes_none);
	tcase_add_test(tests,
		test_a_row_that_became_visible_late_is_found_by_the_overlap);
	tcase_add_test(tests,
		test_of_one_id_seen_several_times_the_highest_version_wins);
	tcase_add_test(tests,
		test_out_of_order_the_cursor_waits_for_the_end_of_the_run);
	tcase_add_test(tests, test_a_killed_run_goes_on_at_its_link);
	tcase_add_test(tests, test_a_bad_page_stores_nothing_of_itself);
	tcase_add_test(tests, test_links_that_go_in_a_circle_are_refused);
	tcase_add_test(tests,
		test_deletions_reach_the_feed_they_name_and_unknown_ones_are_counted);
	tcase_add_test(tests,
		test_journals_are_read_whole_and_what_is_missing_is_gone);
	tcase_add_test(
		tests, test_an_empty_list_where_rows_are_known_is_not_believed);
	tcase_add_test(tests,
		test_an_empty_overlap_is_checked_by_asking_for_the_beginning);
	tcase_add_test(tests,
		test_a_full_run_removes_what_did_not_come_and_survives_a_kill);
	tcase_add_test(
		tests, test_a_moved_company_starts_over_with_lower_versions);
	tcase_add_test(tests,
		test_after_55_days_without_the_deleted_log_all_keys_are_read);
	tcase_add_test(tests, test_a_company_is_pinned_by_its_division);
	tcase_add_test(tests, test_a_new_move_date_resets_all_cursors);
	tcase_add_test(tests,
		test_a_zone_is_concluded_only_when_moment_and_offset_agree);
	tcase_add_test(tests, test_an_account_gets_its_category_from_its_type);
	tcase_add_test(tests, test_an_entry_is_its_lines_in_their_order);
	tcase_add_test(tests,
		test_an_unbalanced_entry_is_an_error_once_its_feed_has_caught_up);
	tcase_add_test(
		tests, test_an_amount_that_does_not_fit_is_left_out_and_told);
	tcase_add_test(tests,
		test_a_journal_that_comes_late_or_is_renamed_reaches_its_entries);
	tcase_add_test(
		tests, test_an_entry_without_lines_is_retired_and_comes_back);
	tcase_add_test(
		tests, test_a_zone_that_becomes_known_makes_all_records_anew);
	tcase_add_test(
		tests, test_six_hundred_late_rows_are_found_by_the_overlap);
	tcase_add_test(tests,
		test_out_of_order_the_overlap_reaches_what_was_read_last);
	tcase_add_test(
		tests, test_a_run_killed_long_ago_goes_on_with_the_overlap);
	tcase_add_test(tests,
		test_a_small_feed_without_a_log_of_deletions_is_swept_too);
	tcase_add_test(tests,
		test_a_log_of_deletions_that_is_always_empty_proves_nothing);
	tcase_add_test(tests,
		test_a_log_of_deletions_that_gives_rows_spares_the_sweep);
	tcase_add_test(tests,
		test_a_rename_after_a_first_run_that_died_reaches_its_entries);
	tcase_add_test(tests,
		test_of_three_journals_of_one_code_one_is_chosen_for_good);
	tcase_add_test(tests,
		test_an_entry_that_lost_a_line_is_told_and_keeps_the_other);
	tcase_add_test(
		tests, test_a_row_hidden_behind_eight_hundred_others_is_found);
	tcase_add_test(tests, test_a_bill_is_its_entry_of_two_rates);
	tcase_add_test(tests, test_a_bill_under_reverse_charge_has_no_tax);
	tcase_add_test(tests, test_vat_that_may_not_be_claimed_stays_a_cost);
	tcase_add_test(tests, test_a_claimed_part_is_not_shared_out_by_guess);
	tcase_add_test(tests, test_foreign_bills_have_their_digits_and_rate);
	tcase_add_test(tests, test_a_bill_credit_note_is_positive);
	tcase_add_test(
		tests, test_a_bill_has_totals_once_its_accounts_are_known);
	tcase_add_test(tests, test_a_bill_that_misses_a_line_is_told);
	tcase_add_test(tests, test_vat_lines_without_a_code_are_taken_together);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
