/*
 * Whole runs against the sandbox in one process, in virtual time.
 */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "connector/feed.h"
#include "sandbox/books.h"
#include "world.h"

static struct world world;

static void set_up(void)
{
	world_open(&world);
}

static void tear_down(void)
{
	world_close(&world);
}

#define SYNCS(name)                                                            \
	ck_assert_msg(world_sync(&world, name, false) == 0, "%s",              \
		world.report.err.text)

/* The company file holds exactly what a first sync would bring now. */
static void same_as_fresh(const char *name)
{
	static int number;
	char fresh[32];
	struct buf a;
	struct buf b;

	buf_init(&a, 256 << 20);
	buf_init(&b, 256 << 20);
	snprintf(fresh, sizeof(fresh), "fresh%d", ++number);
	SYNCS(fresh);
	world_dump(&world, name, &a);
	world_dump(&world, fresh, &b);
	ck_assert_uint_gt(a.len, 1000);
	ck_assert_msg(a.len == b.len && !memcmp(a.data, b.data, a.len),
		"the records differ from a first sync's");
	buf_free(&a);
	buf_free(&b);
}

static void all_complete(void)
{
	for (size_t i = 0; i < world.report.type_count; i++)
		ck_assert(world.report.types[i].complete);
	for (size_t i = 0; i < world.report.stream_count; i++)
		ck_assert_msg(world.report.streams[i].state == SYNC_DONE,
			"%s: %s", world.report.streams[i].name,
			world.report.streams[i].problem);
}

static int64_t changes(void)
{
	int64_t sum = 0;

	for (size_t i = 0; i < world.report.type_count; i++)
		sum += world.report.types[i].created +
		       world.report.types[i].updated +
		       world.report.types[i].deleted;
	for (size_t i = 0; i < world.report.stream_count; i++)
		sum += world.report.streams[i].changed +
		       world.report.streams[i].deleted;
	return sum;
}

START_TEST(test_a_first_sync_brings_the_ledger_to_the_cent)
{
	int64_t cents[WORLD_ACCOUNTS];
	int64_t pages = (int64_t)(world.lines + 999) / 1000;

	SYNCS("company");
	all_complete();
	ck_assert_int_eq(
		world_type(&world, "journalEntries")->created, WORLD_ENTRIES);
	ck_assert_int_eq(
		world_type(&world, "chartOfAccounts")->created, WORLD_ACCOUNTS);
	ck_assert_int_eq(world_type(&world, "journals")->created, 3);
	ck_assert_int_eq(world_stream(&world, "TransactionLines")->rows,
		(int64_t)world.lines);
	world_balances(&world, "company", cents);
	for (int i = 0; i < WORLD_ACCOUNTS; i++)
		ck_assert_int_eq(cents[i], world.cents[i]);
	/* One call for each of the other lists, two for the accounts; Me
	 * is not counted. */
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->calls, pages);
	ck_assert_int_eq(world.report.counts.calls, pages + 13);
	ck_assert_int_eq(world.report.counts.uncounted, 1);
	ck_assert_int_eq(world.refused, 0);
	ck_assert_int_eq(world.report.zone, WHEN_ZONE_CENTRAL);
	ck_assert_str_eq(world.report.currency, "EUR");
}
END_TEST

static int64_t took_ms(void)
{
	return world.report.ended_wall_ms - world.report.began_wall_ms;
}

/* Replies take 100 ms each. */
START_TEST(test_a_second_sync_changes_nothing_in_three_calls_at_once)
{
	const struct sync_stream *accounts;

	SYNCS("company");
	int64_t first_ms = world.report.began_wall_ms;
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(changes(), 0);
	/* Sales invoices, the ledger, the deletions. */
	ck_assert_int_eq(world.report.counts.calls, 3);
	ck_assert_int_eq(world.report.counts.uncounted, 0);
	ck_assert_int_eq(world_type(&world, "journalEntries")->unchanged, 0);
	ck_assert_int_eq(took_ms(), 100);
	accounts = world_stream(&world, "GLAccounts");
	ck_assert(accounts->skipped);
	/* The server's Date has whole seconds. */
	ck_assert_int_ge(accounts->read_wall_ms, first_ms - 1000);
	ck_assert_int_le(accounts->read_wall_ms, first_ms + 1000);
	ck_assert(!world_stream(&world, "TransactionLines")->skipped);
}
END_TEST

START_TEST(test_a_fresh_sync_reads_all_lists_and_waits_four_times)
{
	SYNCS("company");
	world.fresh = true;
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(changes(), 0);
	/* Open items follow from a ledger that is as it was. */
	ck_assert_int_eq(world.report.counts.calls, 11);
	ck_assert_int_eq(took_ms(), 400);
	ck_assert_int_eq(world.most_in_flight, 4);
	ck_assert(!world_stream(&world, "GLAccounts")->skipped);
	ck_assert(!world_stream(&world, "Divisions")->skipped);
	ck_assert(world_stream(&world, "Receivables")->skipped);
	world.fresh = false;
	/* One more wait: open items are read after the ledger. */
	world_control(&world, "insert?division=%d&count=1", WORLD_DIVISION);
	world.fresh = true;
	SYNCS("company");
	ck_assert_int_eq(world.report.counts.calls, 13);
	ck_assert_int_eq(took_ms(), 500);
}
END_TEST

START_TEST(test_a_day_of_hourly_runs_takes_106_calls)
{
	int64_t calls = 0;
	int read = 0;

	SYNCS("company");
	for (int hour = 1; hour <= 24; hour++) {
		world_advance(&world, 3600000);
		SYNCS("company");
		all_complete();
		ck_assert_int_eq(changes(), 0);
		calls += world.report.counts.calls;
		read += !world_stream(&world, "Journals")->skipped;
	}
	/* Three a run; every six hours the division and five lists; once a
	 * day the two lists of open items. */
	ck_assert_int_eq(read, 4);
	ck_assert_int_eq(calls, 24 * 3 + 4 * 8 + 2);
}
END_TEST

START_TEST(test_a_line_on_an_unknown_account_has_the_accounts_read_after_it)
{
	SYNCS("company");
	world_control(
		&world, "insert?division=%d&count=5&account=1", WORLD_DIVISION);
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 5);
	ck_assert_int_eq(world_type(&world, "chartOfAccounts")->created, 1);
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->calls, 1);
	ck_assert(!world_stream(&world, "GLAccounts")->skipped);
	/* What no row lacks anything of is left alone. */
	ck_assert(world_stream(&world, "Items")->skipped);
	/* Three, two of open items, and the accounts. */
	ck_assert_int_eq(world.report.counts.calls, 6);
	same_as_fresh("company");
	SYNCS("company");
	ck_assert_int_eq(world.report.counts.calls, 3);
}
END_TEST

START_TEST(test_an_unknown_account_is_not_forgotten_when_its_list_fails)
{
	SYNCS("company");
	world_control(
		&world, "insert?division=%d&count=5&account=1", WORLD_DIVISION);
	world_control(&world, "fault?name=status-503&path=GLAccounts&count=-1");
	ck_assert_int_lt(world_sync(&world, "company", false), 0);
	ck_assert_int_eq(
		world_stream(&world, "GLAccounts")->state, SYNC_FAILED);
	ck_assert(!world_type(&world, "chartOfAccounts")->complete);
	world_control(&world, "fault?name=status-503&path=GLAccounts&count=0");
	SYNCS("company");
	ck_assert_int_eq(world_type(&world, "chartOfAccounts")->created, 1);
	all_complete();
	same_as_fresh("company");
}
END_TEST

START_TEST(test_an_account_made_while_the_ledger_was_read_arrives_in_that_run)
{
	/* The list of accounts lacks one when it is first read. */
	world_control(&world,
		"fault?name=late-row&path=sync%%2FFinancial%%2FGLAccounts&"
		"count=1");
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(
		world_type(&world, "chartOfAccounts")->created, WORLD_ACCOUNTS);
	ck_assert_int_gt(world_stream(&world, "GLAccounts")->calls, 1);
}
END_TEST

static int ids_in(const char *reply)
{
	int count = 0;
	const char *at = strstr(reply, "\"ids\":[");

	ck_assert_ptr_nonnull(at);
	for (at += 7; *at != ']'; at++)
		count += *at == '"';
	return count / 2;
}

START_TEST(test_25_changes_and_10_deletions_arrive_exactly)
{
	int changed;
	int deleted;

	SYNCS("company");
	world_advance(&world, 3600000);
	deleted = ids_in(world_control(&world,
		"delete?division=%d&entity=TransactionLines&count=10",
		WORLD_DIVISION));
	changed = ids_in(world_control(&world,
		"change?division=%d&entity=TransactionLines&count=25",
		WORLD_DIVISION));
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(changed, 25);
	ck_assert_int_ge(deleted, 10);
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->changed, changed);
	ck_assert_int_eq(world_stream(&world, "Deleted")->deleted, deleted);
	ck_assert_int_gt(world_type(&world, "journalEntries")->deleted, 0);
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 0);
	ck_assert_int_le(world_type(&world, "journalEntries")->updated, 25);
	ck_assert_int_eq(world.report.counts.calls, 5);
	same_as_fresh("company");
	SYNCS("company");
	ck_assert_int_eq(changes(), 0);
}
END_TEST

START_TEST(test_a_renamed_account_or_journal_reaches_all_entries)
{
	SYNCS("company");
	world_advance(&world, 3600000);
	world_control(&world, "change?division=%d&entity=GLAccounts&count=3",
		WORLD_DIVISION);
	world_control(&world, "change?division=%d&entity=Journals&count=1",
		WORLD_DIVISION);
	/* Within their interval nothing is seen of it. */
	SYNCS("company");
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->changed, 0);
	world_advance(&world, 5 * 3600000);
	SYNCS("company");
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->changed, 3);
	ck_assert_int_eq(world_type(&world, "chartOfAccounts")->updated, 3);
	ck_assert_int_eq(world_type(&world, "journals")->updated, 1);
	/* A third of them is in that journal. */
	ck_assert_int_ge(world_type(&world, "journalEntries")->updated, 250);
	same_as_fresh("company");
	SYNCS("company");
	ck_assert_int_eq(changes(), 0);
}
END_TEST

START_TEST(test_new_entries_arrive_between_syncs)
{
	SYNCS("company");
	world_control(&world, "insert?division=%d&count=7", WORLD_DIVISION);
	SYNCS("company");
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 7);
	ck_assert_int_eq(world_type(&world, "journalEntries")->updated, 0);
	same_as_fresh("company");
}
END_TEST

static const char *const rude[] = { "short-body", "html-200", "status-503",
	"truncate", "empty", "no-reply", "status-500" };

START_TEST(test_a_page_that_came_broken_is_asked_for_again)
{
	world_control(&world,
		"fault?name=%s&path=TransactionLines&count=1&after=1",
		rude[_i]);
	SYNCS("company");
	all_complete();
	ck_assert_int_ge(world_requests(&world, "TransactionLines"),
		(int)((world.lines + 999) / 1000) + 1);
	same_as_fresh("company");
}
END_TEST

START_TEST(test_a_server_that_keeps_lying_fails_that_stream_by_name)
{
	const struct sync_stream *lines;

	world_control(&world,
		"fault?name=%s&path=TransactionLines&count=-1&after=2",
		rude[_i]);
	ck_assert_int_lt(world_sync(&world, "company", false), 0);
	lines = world_stream(&world, "TransactionLines");
	ck_assert_int_eq(lines->state, SYNC_FAILED);
	ck_assert_ptr_nonnull(strstr(lines->problem, "TransactionLines"));
	/* Whole pages stay, nothing of the broken one is there. */
	ck_assert_int_eq(lines->rows, 2000);
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->state, SYNC_DONE);
	ck_assert_int_eq(world_stream(&world, "Journals")->state, SYNC_DONE);
	ck_assert_int_eq(world_stream(&world, "Deleted")->state, SYNC_DONE);
	ck_assert(world_type(&world, "chartOfAccounts")->complete);
	ck_assert(!world_type(&world, "journalEntries")->complete);

	/* The next run goes on where it stood; as an hour is over, with the
	 * overlap. */
	world_control(&world, "fault?name=%s&path=TransactionLines&count=0",
		rude[_i]);
	world_advance(&world, 3700000);
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(world_stream(&world, "TransactionLines")->rows,
		(int64_t)world.lines - 2000 + FEED_OVERLAP_ROWS);
	same_as_fresh("company");
}
END_TEST

START_TEST(test_a_missing_scope_costs_one_stream)
{
	world_control(&world, "scopes?app=nl&list=financial.accounting,"
			      "organization.administration");
	ck_assert_int_eq(world_sync(&world, "company", false), FAIL_STREAM);
	ck_assert_int_eq(
		world_stream(&world, "GLAccounts")->state, SYNC_FAILED);
	ck_assert_ptr_nonnull(
		strstr(world_stream(&world, "GLAccounts")->problem, "scope"));
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->state, SYNC_DONE);
	ck_assert_int_eq(
		world_type(&world, "journalEntries")->records, WORLD_ENTRIES);
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->calls, 1);
}
END_TEST

START_TEST(test_a_used_up_day_parks_the_run_and_loses_nothing)
{
	world_control(&world, "limits?minute=60&day=5");
	ck_assert_int_eq(world_sync(&world, "company", false), FAIL_WAIT);
	/* 2026-11-22T00:00:00Z, and a little for the server's clock. */
	ck_assert_int_ge(world.report.resume_wall_ms, INT64_C(1795305600000));
	ck_assert_int_le(world.report.resume_wall_ms, INT64_C(1795305660000));
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->state, SYNC_PARKED);
	ck_assert_int_eq(world_stream(&world, "Deleted")->state, SYNC_PARKED);
	ck_assert_int_eq(world_stream(&world, "GLAccounts")->state, SYNC_DONE);
	world_control(&world, "limits?minute=60&day=5000");
	world_advance(&world,
		world.report.resume_wall_ms - clock_now(world.clock).wall_ms);
	SYNCS("company");
	all_complete();
	same_as_fresh("company");
}
END_TEST

START_TEST(test_slow_replies_are_asked_for_side_by_side)
{
	SYNCS("one");
	ck_assert_int_eq(world.most_in_flight, 1);
	world.latency_ms = 3000;
	SYNCS("many");
	ck_assert_int_ge(world.most_in_flight, 2);
	ck_assert_int_le(world.most_in_flight, 4);
	all_complete();
	world.parallel_max = 1;
	SYNCS("alone");
	ck_assert_int_eq(world.most_in_flight, 1);
	world.parallel_max = 0;
	world.latency_ms = 100;
	same_as_fresh("many");
	ck_assert_int_eq(world.refused, 0);
}
END_TEST

START_TEST(test_a_moved_company_is_read_again_and_no_record_changes)
{
	SYNCS("company");
	world_control(&world,
		"delete?division=%d&entity=TransactionLines&"
		"count=5",
		WORLD_DIVISION);
	world_control(&world, "move?division=%d", WORLD_DIVISION);
	world.fresh = true;
	SYNCS("company");
	all_complete();
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 0);
	ck_assert_int_eq(world_type(&world, "journalEntries")->updated, 0);
	ck_assert_int_gt(world_type(&world, "journalEntries")->deleted, 0);
	same_as_fresh("company");
	SYNCS("company");
	ck_assert_int_eq(changes(), 0);
	ck_assert_int_eq(world.report.counts.calls, 11);
}
END_TEST

START_TEST(test_a_move_is_noticed_when_the_division_is_read_again)
{
	SYNCS("company");
	world_control(&world,
		"delete?division=%d&entity=TransactionLines&count=5",
		WORLD_DIVISION);
	world_control(&world, "move?division=%d", WORLD_DIVISION);
	world_control(&world, "insert?division=%d&count=5", WORLD_DIVISION);
	for (int hour = 0; hour < 7; hour++) {
		SYNCS("company");
		all_complete();
		world_advance(&world, 3600000);
	}
	same_as_fresh("company");
}
END_TEST

START_TEST(test_a_full_sync_changes_nothing_where_nothing_changed)
{
	SYNCS("company");
	ck_assert_msg(world_sync(&world, "company", true) == 0, "%s",
		world.report.err.text);
	all_complete();
	ck_assert_int_eq(changes(), 0);
	ck_assert_int_eq(world_stream(&world, "TransactionLines")->rows,
		(int64_t)world.lines);
}
END_TEST

static int stop_after;

static void stop_at_page(void *arg, const struct sync_stream *stream)
{
	(void)arg;
	(void)stream;
	if (--stop_after == 0)
		raise(SIGTERM);
}

START_TEST(test_a_signal_at_any_page_commits_what_is_whole_and_ends)
{
	struct error err;

	ck_assert_int_eq(loop_catch_signals(world.loop, &err), 0);
	world.observer.page = stop_at_page;
	stop_after = 1 + _i;
	ck_assert_int_eq(
		world_sync(&world, "company", false), FAIL_INTERRUPTED);
	world.observer.page = NULL;
	/* A new process. */
	loop_free(world.loop);
	ck_assert_int_eq(loop_new(&world.loop, world.clock, &err), 0);
	buf_reset(&world.log);
	SYNCS("company");
	all_complete();
	/* At most the page in flight was fetched twice. */
	ck_assert_int_le(world.report.counts.calls,
		(int64_t)(world.lines + 999) / 1000 + 12);
	same_as_fresh("company");
}
END_TEST

static void think_for_a_minute(void *arg, const struct sync_type *type)
{
	(void)arg;
	(void)type;
	ck_assert_int_eq(clock_advance(world.clock, 60000), 0);
}

START_TEST(test_a_run_says_how_long_its_deriving_took)
{
	world.observer.derived = think_for_a_minute;
	SYNCS("company");
	world.observer.derived = NULL;
	ck_assert_int_ge(
		world.report.ended_wall_ms - world.report.began_wall_ms,
		60000 * (int64_t)world.report.type_count);
}
END_TEST

START_TEST(test_a_token_that_ends_during_a_run_is_refreshed)
{
	world_advance(&world, 579000);
	SYNCS("company");
	all_complete();
	world_advance(&world, 1000000);
	SYNCS("company");
	ck_assert_int_eq(changes(), 0);
}
END_TEST

START_TEST(test_an_archived_company_is_left_alone)
{
	SYNCS("company");
	books_division_find(sandbox_books(world.sandbox), WORLD_DIVISION)
		->status = 2;
	world.fresh = true;
	ck_assert_int_eq(world_sync(&world, "company", false), FAIL_COMPANY);
	ck_assert_ptr_nonnull(strstr(world.report.err.text, "archived"));
	ck_assert_int_eq(world.report.counts.calls, 1);
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->state, SYNC_PENDING);
}
END_TEST

START_TEST(test_entries_that_become_visible_late_arrive)
{
	SYNCS("company");
	world_control(&world, "hold?division=%d&count=300", WORLD_DIVISION);
	world_control(&world, "insert?division=%d&count=100", WORLD_DIVISION);
	SYNCS("company");
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 100);
	ck_assert_int_eq(
		world_stream(&world, "TransactionLines")->changed, 200);
	world_control(&world, "show?division=%d", WORLD_DIVISION);
	SYNCS("company");
	ck_assert_int_eq(world_type(&world, "journalEntries")->created, 300);
	same_as_fresh("company");
}
END_TEST

START_TEST(test_entries_that_become_visible_while_a_run_is_dead_arrive)
{
	SYNCS("company");
	world_control(&world, "insert?division=%d&count=200", WORLD_DIVISION);
	world_control(&world, "hold?division=%d&count=20", WORLD_DIVISION);
	world_control(&world, "insert?division=%d&count=300", WORLD_DIVISION);
	/* The first page is read to its end, and the day is over. */
	world_control(&world, "limits?minute=60&day=%d",
		(int)world.report.counts.calls + 2);
	ck_assert_int_eq(world_sync(&world, "company", false), FAIL_WAIT);
	ck_assert_int_eq(world_stream(&world, "TransactionLines")->pages, 1);
	world_control(&world, "show?division=%d", WORLD_DIVISION);
	world_control(&world, "insert?division=%d&count=600", WORLD_DIVISION);
	world_control(&world, "limits?minute=60&day=5000");
	world_advance(&world, INT64_C(86400000));
	SYNCS("company");
	same_as_fresh("company");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("world");
	TCase *tests = tcase_create("world");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 300);
	tcase_add_test(tests, test_a_first_sync_brings_the_ledger_to_the_cent);
	tcase_add_test(tests,
		test_a_second_sync_changes_nothing_in_three_calls_at_once);
	tcase_add_test(
		tests, test_a_fresh_sync_reads_all_lists_and_waits_four_times);
	tcase_add_test(tests, test_a_day_of_hourly_runs_takes_106_calls);
	tcase_add_test(tests,
		test_a_line_on_an_unknown_account_has_the_accounts_read_after_it);
	tcase_add_test(tests,
		test_an_unknown_account_is_not_forgotten_when_its_list_fails);
	tcase_add_test(tests,
		test_an_account_made_while_the_ledger_was_read_arrives_in_that_run);
	tcase_add_test(
		tests, test_a_move_is_noticed_when_the_division_is_read_again);
	tcase_add_test(tests, test_25_changes_and_10_deletions_arrive_exactly);
	tcase_add_test(
		tests, test_a_renamed_account_or_journal_reaches_all_entries);
	tcase_add_test(tests, test_new_entries_arrive_between_syncs);
	tcase_add_loop_test(
		tests, test_a_page_that_came_broken_is_asked_for_again, 0, 7);
	tcase_add_loop_test(tests,
		test_a_server_that_keeps_lying_fails_that_stream_by_name, 0, 7);
	tcase_add_test(tests, test_a_missing_scope_costs_one_stream);
	tcase_add_test(
		tests, test_a_used_up_day_parks_the_run_and_loses_nothing);
	tcase_add_test(tests, test_slow_replies_are_asked_for_side_by_side);
	tcase_add_test(tests,
		test_a_moved_company_is_read_again_and_no_record_changes);
	tcase_add_test(
		tests, test_a_full_sync_changes_nothing_where_nothing_changed);
	tcase_add_loop_test(tests,
		test_a_signal_at_any_page_commits_what_is_whole_and_ends, 0, 5);
	tcase_add_test(tests, test_a_run_says_how_long_its_deriving_took);
	tcase_add_test(tests, test_a_token_that_ends_during_a_run_is_refreshed);
	tcase_add_test(tests, test_an_archived_company_is_left_alone);
	tcase_add_test(tests, test_entries_that_become_visible_late_arrive);
	tcase_add_test(tests,
		test_entries_that_become_visible_while_a_run_is_dead_arrive);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
