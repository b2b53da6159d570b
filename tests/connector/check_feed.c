/*
 * Feeds over a real company file: cursors, the overlap, deletions, sweeps,
 * kills; and what pins a company. The replies are written here, row by row.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connector/pin.h"
#include "tests/derive/feed_world.h"

#define DAY INT64_C(86400000)

static int64_t known(const struct entity *entity)
{
	int64_t rows;

	OK(records_feed_count(records, &entity->shape, &rows, &err));
	return rows;
}

static struct stream_state cursor_of(const struct entity *entity)
{
	struct stream_state cursor;

	OK(records_stream_get(records, entity->shape.name, &cursor, &err));
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

/* Whichever of the two the feed asks with. */
static const char *aim(const struct feed *feed)
{
	return feed_link(feed) ? feed_link(feed) : feed_query(feed);
}

START_TEST(test_the_first_run_starts_at_nothing_and_the_cursor_follows_rows)
{
	struct feed *feed = open_feed(&entity_gl_accounts, false);

	ck_assert_ptr_nonnull(
		strstr(aim(feed), "$filter=Timestamp%20gt%200L&"));
	reply_begin();
	account_row(1, 10, "one");
	account_row(2, 11, "two");
	reply_end("http://h/next1");
	OK(apply(feed));
	ck_assert(!page.last);
	ck_assert_int_eq(page.rows, 2);
	ck_assert_int_eq(page.changed, 2);
	ck_assert_str_eq(aim(feed), "http://h/next1");
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%203009L"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%203019L"));
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
	const char *gt = strstr(aim(feed), "gt%20");
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%20400L"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%20600L"));
	reply_begin();
	accounts(650, 650);
	accounts(701, 1500);
	reply_end(NULL);
	OK(apply(feed));
	feed_close(feed);
	ck_assert_int_eq(page.changed, 1);
	/* Once quiet, 500 rows are enough again. */
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%201000L"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%20200L"));
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
	gt = strstr(aim(feed), "gt%20");
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
	ck_assert_str_eq(aim(feed), "http://h/n1");
	feed_close(feed);
	/* 5995 was written before the kill, and committed after it. */
	OK(clock_advance(world_clock, 2000));
	feed = open_feed(&entity_gl_accounts, false);
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%201009L"));
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
	ck_assert_str_eq(aim(feed), "http://h/n1");
	/* The link has expired: behind the cursor, then, and once only. */
	ck_assert(feed_restart(feed));
	ck_assert_ptr_nonnull(strstr(aim(feed), "Timestamp%20gt"));
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
	ck_assert_ptr_null(strstr(aim(feed), "$filter"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%200L"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%200L"));
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
	ck_assert_ptr_nonnull(strstr(aim(feed), "gt%200L"));
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

static bool wants_zone(int64_t now)
{
	bool wanted;

	OK(pin_wants_zone(records, now, &wanted, &err));
	return wanted;
}

START_TEST(test_a_zone_is_concluded_only_when_moment_and_offset_agree)
{
	/* 2026-11-21T10:00:00Z, winter. */
	ck_assert(wants_zone(NOW));
	ck_assert_int_eq(zone_of("nl", NOW, "2026-11-21T12:00:00", 7200),
		WHEN_ZONE_UNKNOWN);
	ck_assert(!wants_zone(NOW + DAY / 2));
	ck_assert(wants_zone(NOW + DAY));
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
	ck_assert(!wants_zone(NOW + 9 * DAY));
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
	tcase_add_test(
		tests, test_six_hundred_late_rows_are_found_by_the_overlap);
	tcase_add_test(
		tests, test_a_row_hidden_behind_eight_hundred_others_is_found);
	tcase_add_test(tests,
		test_out_of_order_the_overlap_reaches_what_was_read_last);
	tcase_add_test(
		tests, test_a_run_killed_long_ago_goes_on_with_the_overlap);
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
	tcase_add_test(tests,
		test_a_small_feed_without_a_log_of_deletions_is_swept_too);
	tcase_add_test(tests,
		test_a_log_of_deletions_that_is_always_empty_proves_nothing);
	tcase_add_test(tests,
		test_a_log_of_deletions_that_gives_rows_spares_the_sweep);
	tcase_add_test(tests, test_a_company_is_pinned_by_its_division);
	tcase_add_test(tests, test_a_new_move_date_resets_all_cursors);
	tcase_add_test(tests,
		test_a_zone_is_concluded_only_when_moment_and_offset_agree);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
