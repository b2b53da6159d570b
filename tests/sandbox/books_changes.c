/* Items 31 to 33 and 45: versions, deletions, rows that move while read. */
#include "tests/sandbox/books_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct books_world world;

static void open_own(void)
{
	books_world_own(&world);
}

static void close_world(void)
{
	books_world_close(&world);
}

#define LINES                                                                  \
	"sync/Financial/"                                                      \
	"TransactionLines?$select=ID,Timestamp&$filter=Timestamp"              \
	"+gt+"

static int64_t last_version(const char *body)
{
	int64_t last = 0;
	const char *name = "\"Timestamp\":\"";

	for (const char *at = strstr(body, name); at;
		at = strstr(at + 1, name)) {
		int64_t version = strtoll(at + strlen(name), NULL, 10);
		ck_assert_int_gt(version, last);
		last = version;
	}
	return last;
}

static const char *lines_after(int64_t version)
{
	char target[256];

	snprintf(target, sizeof(target), LINES "%lldL", (long long)version);
	return books_world_want(&world, 200, target);
}

/* 31 */
START_TEST(test_one_counter_serves_all_tables_and_divisions)
{
	struct error err = { 0 };
	char path[1024];

	int64_t lines = last_version(lines_after(0));
	snprintf(path, sizeof(path), "%s/tests/data/ledger/" OWN_LEDGER,
		getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	ck_assert_int_eq(books_add_ledger(world.books, path, 100002, "EUR",
				 "NL", BOOKS_NOW, &err),
		0);
	const struct books_set *second = books_set(world.books, 100002);
	ck_assert_int_gt(
		(int64_t)second->tables[BOOKS_ACCOUNTS].log[0].version, lines);
}
END_TEST

START_TEST(test_a_changed_row_moves_to_the_end_of_the_feed)
{
	struct buf ids;
	struct error err = { 0 };
	int64_t before = last_version(lines_after(0));

	buf_init(&ids, 10000);
	ck_assert_int_eq(books_change(world.books, 100001, "TransactionLines",
				 25, BOOKS_NOW + 60000, &ids, &err),
		0);
	ck_assert_uint_eq(ids.len, 25 * 37 - 1);
	const char *body = lines_after(before);
	ck_assert_uint_eq(books_world_count(body, "\"ID\""), 25);
	for (size_t i = 0; i < 25; i++) {
		char id[64];
		snprintf(id, sizeof(id), "\"ID\":\"%.36s\"", ids.data + i * 37);
		ck_assert_ptr_nonnull(strstr(body, id));
	}
	ck_assert_uint_eq(books_world_count(lines_after(0), "\"ID\""), 280);
	buf_free(&ids);
}
END_TEST

START_TEST(test_changes_keep_the_balances)
{
	struct error err = { 0 };
	const struct books_set *set = books_set(world.books, 100001);
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;
	int64_t before = 0;
	int64_t after = 0;

	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++)
		before += llabs(lines[i].amount_dc);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(
			books_change(world.books, 100001, "TransactionLines",
				200, BOOKS_NOW, NULL, &err),
			0);
	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++)
		after += llabs(lines[i].amount_dc);
	ck_assert_int_eq(before, after);
	ck_assert_uint_eq(books_world_count(lines_after(0), "\"ID\""), 280);
	ck_assert_uint_lt(set->tables[BOOKS_LINES].log_count, 2000);
}
END_TEST

/* 32 */
START_TEST(test_a_deleted_entry_leaves_the_feed_and_is_logged_line_by_line)
{
	struct buf ids;
	struct error err = { 0 };
	char id[64];

	buf_init(&ids, 10000);
	ck_assert_int_eq(books_delete(world.books, 100001, "TransactionLines",
				 10, BOOKS_NOW, &ids, &err),
		0);
	size_t gone = (ids.len + 1) / 37;
	ck_assert_uint_ge(gone, 20);
	ck_assert_uint_eq(
		books_world_count(lines_after(0), "\"ID\""), 280 - gone);
	const char *body = books_world_want(
		&world, 200, "sync/Deleted?$filter=Timestamp%20gt%201L");
	ck_assert_uint_eq(books_world_count(body, "\"EntityType\":1"), gone);
	for (size_t i = 0; i < gone; i++) {
		snprintf(id, sizeof(id), "\"EntityKey\":\"%.36s\"",
			ids.data + i * 37);
		ck_assert_ptr_nonnull(strstr(body, id));
	}
	last_version(body);
	snprintf(id, sizeof(id), "\"ID\":\"%.36s\"", ids.data);
	ck_assert_ptr_null(strstr(lines_after(0), id));
	buf_free(&ids);
}
END_TEST

START_TEST(test_deleted_accounts_are_seven_and_relations_two)
{
	struct error err = { 0 };

	ck_assert_int_eq(books_delete(world.books, 100001, "GLAccounts", 1,
				 BOOKS_NOW, NULL, &err),
		0);
	ck_assert_int_eq(books_delete(world.books, 100001, "Accounts", 2,
				 BOOKS_NOW, NULL, &err),
		0);
	ck_assert_int_eq(books_delete(world.books, 100001, "Journals", 1,
				 BOOKS_NOW, NULL, &err),
		0);
	const char *body = books_world_want(&world, 200, "sync/Deleted");
	ck_assert_uint_eq(books_world_count(body, "\"EntityType\":7"), 1);
	ck_assert_uint_eq(books_world_count(body, "\"EntityType\":2"), 2);
	ck_assert_uint_eq(books_world_count(body, "\"EntityType\""), 3);
	body = books_world_want(&world, 200,
		"sync/Deleted?$filter=Timestamp%20gt%201L%20and%20EntityType%20"
		"eq%202");
	ck_assert_uint_eq(books_world_count(body, "\"EntityType\":2"), 2);
	ck_assert_int_eq(books_delete(world.books, 100001, "GLAccounts", 30,
				 BOOKS_NOW, NULL, &err),
		FAIL_INPUT);
}
END_TEST

START_TEST(test_the_deleted_log_lasts_two_months)
{
	struct error err = { 0 };
	const int64_t day = 86400000;

	ck_assert_int_eq(books_delete(world.books, 100001, "Accounts", 1,
				 BOOKS_NOW, NULL, &err),
		0);
	/* 21 November to 21 January: 61 days. */
	world.now = BOOKS_NOW + 61 * day;
	ck_assert_uint_eq(
		books_world_count(books_world_want(&world, 200, "sync/Deleted"),
			"EntityKey"),
		1);
	world.now += 1;
	ck_assert_str_eq(books_world_want(&world, 200, "sync/Deleted"),
		"{\"d\":{\"results\":[]}}");
}
END_TEST

/* 33 */
START_TEST(test_sync_timestamp_needs_both_parameters_and_finds_the_first)
{
	struct error err = { 0 };
	char stamp[64];
	char expected[64];
	int64_t before = last_version(lines_after(0));

	books_world_want(&world, 400, "read/sync/Sync/SyncTimestamp");
	books_world_want(&world, 400,
		"read/sync/Sync/SyncTimestamp?modified=datetime'2022-01-01'");
	books_world_want(&world, 400,
		"read/sync/Sync/SyncTimestamp?endPoint='TransactionLines'");
	ck_assert_int_eq(books_change(world.books, 100001, "TransactionLines",
				 3, BOOKS_NOW + 3600000, NULL, &err),
		0);
	books_world_field(lines_after(before), "Timestamp", expected, 64);
	const char *body = books_world_want(&world, 200,
		"read/sync/Sync/SyncTimestamp?modified=datetime'2025-11-21T12:"
		"00:00'&endPoint='TransactionLines'");
	books_world_field(body, "TimeStampAsBigInt", stamp, sizeof(stamp));
	ck_assert_str_eq(stamp, expected);
	ck_assert_ptr_nonnull(strstr(body, "\"API\":\"TransactionLines\""));
	body = books_world_want(&world, 200,
		"read/sync/Sync/SyncTimestamp?modified=datetime'2026-01-01'&"
		"endPoint='TransactionLines'");
	ck_assert_str_eq(body, "{\"d\":{\"results\":[]}}");
	/* Not one of the helper's names. */
	body = books_world_want(&world, 200,
		"read/sync/Sync/SyncTimestamp?modified=datetime'2000-01-01'&"
		"endPoint='GLAccounts'");
	ck_assert_str_eq(body, "{\"d\":{\"results\":[]}}");
}
END_TEST

/* 45 */
START_TEST(test_a_row_changed_between_pages_comes_again_with_a_higher_stamp)
{
	char target[1024] = LINES "1L";
	struct error err = { 0 };
	struct buf ids;
	char id[64];

	books_world_close(&world);
	books_world_many(&world, 400);
	buf_init(&ids, 10000);
	const char *first = books_world_want(&world, 200, target);
	ck_assert_uint_eq(books_world_count(first, "\"ID\""), 1000);
	char *kept = strdup(first);
	ck_assert(books_world_next(kept, target, sizeof(target)));
	ck_assert_int_eq(books_change(world.books, 100001, "TransactionLines",
				 50, BOOKS_NOW, &ids, &err),
		0);
	const char *second = books_world_want(&world, 200, target);
	size_t twice = 0;
	for (size_t i = 0; i < 50; i++) {
		snprintf(id, sizeof(id), "\"ID\":\"%.36s\"", ids.data + i * 37);
		ck_assert_uint_eq(books_world_count(second, id), 1);
		twice += books_world_count(kept, id);
	}
	ck_assert_uint_gt(twice, 25);
	ck_assert_uint_eq(books_world_count(second, "\"ID\""), 200 + twice);
	last_version(second);
	free(kept);
	buf_free(&ids);
}
END_TEST

START_TEST(test_rows_inserted_behind_the_key_are_not_met)
{
	char target[1024] = "financialtransaction/TransactionLines?$select=ID";
	struct error err = { 0 };
	struct books_guid last;
	struct books_guid guid;
	struct buf ids;
	size_t ahead = 0;

	buf_init(&ids, 10000);
	const char *body = books_world_want(&world, 200, target);
	ck_assert(books_world_next(body, target, sizeof(target)));
	ck_assert(books_index_parse(strstr(target, "guid'") + 5, 36, &last));
	ck_assert_int_eq(books_insert(world.books, 100001, 20, false, BOOKS_NOW,
				 &ids, &err),
		0);
	for (size_t i = 0; i < 40; i++) {
		ck_assert(books_index_parse(ids.data + i * 37, 36, &guid));
		ahead += books_index_compare(&guid, &last) > 0;
	}
	size_t rows = 0;
	bool more;
	do {
		body = books_world_want(&world, 200, target);
		rows += books_world_count(body, "\"ID\"");
		more = books_world_next(body, target, sizeof(target));
	} while (more);
	ck_assert_uint_lt(ahead, 40);
	ck_assert_uint_eq(rows, 220 + ahead);
	buf_free(&ids);
}
END_TEST

START_TEST(test_inserted_entries_balance)
{
	struct error err = { 0 };
	const struct books_set *set = books_set(world.books, 100001);
	int64_t before = last_version(lines_after(0));
	int64_t sum = 0;

	ck_assert_int_eq(books_insert(world.books, 100001, 30, false, BOOKS_NOW,
				 NULL, &err),
		0);
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;
	for (size_t i = 280; i < 340; i++)
		sum += lines[i].amount_dc;
	ck_assert_int_eq(sum, 0);
	ck_assert_int_eq(set->entries[132].number, 133);
	ck_assert_uint_eq(books_world_count(lines_after(before), "\"ID\""), 60);
}
END_TEST

START_TEST(test_a_moved_division_gives_every_row_a_new_version)
{
	struct error err = { 0 };
	int64_t before = last_version(lines_after(0));

	ck_assert_int_eq(
		books_move_division(world.books, 100001, BOOKS_NOW, &err), 0);
	ck_assert_uint_eq(
		books_world_count(lines_after(before), "\"ID\""), 280);
	const char *body = books_world_want(
		&world, 200, "system/Divisions?$select=DivisionMoveDate");
	ck_assert_ptr_nonnull(
		strstr(body, "\"DivisionMoveDate\":\"/Date(1763722800000)/\""));
}
END_TEST

START_TEST(test_the_same_seed_gives_the_same_books)
{
	struct books_world other;
	struct error err = { 0 };

	books_world_own(&other);
	ck_assert_int_eq(books_change(world.books, 100001, "TransactionLines",
				 5, BOOKS_NOW, NULL, &err),
		0);
	ck_assert_int_eq(books_change(other.books, 100001, "TransactionLines",
				 5, BOOKS_NOW, NULL, &err),
		0);
	char *left = strdup(lines_after(0));
	ck_assert_str_eq(left, books_world_want(&other, 200, LINES "0L"));
	free(left);
	books_world_close(&other);
}
END_TEST

TCase *books_changes_case(void)
{
	TCase *tcase = tcase_create("changes");

	tcase_add_checked_fixture(tcase, open_own, close_world);
	tcase_add_test(tcase, test_one_counter_serves_all_tables_and_divisions);
	tcase_add_test(tcase, test_a_changed_row_moves_to_the_end_of_the_feed);
	tcase_add_test(tcase, test_changes_keep_the_balances);
	tcase_add_test(tcase,
		test_a_deleted_entry_leaves_the_feed_and_is_logged_line_by_line);
	tcase_add_test(
		tcase, test_deleted_accounts_are_seven_and_relations_two);
	tcase_add_test(tcase, test_the_deleted_log_lasts_two_months);
	tcase_add_test(tcase,
		test_sync_timestamp_needs_both_parameters_and_finds_the_first);
	tcase_add_test(tcase,
		test_a_row_changed_between_pages_comes_again_with_a_higher_stamp);
	tcase_add_test(tcase, test_rows_inserted_behind_the_key_are_not_met);
	tcase_add_test(tcase, test_inserted_entries_balance);
	tcase_add_test(
		tcase, test_a_moved_division_gives_every_row_a_new_version);
	tcase_add_test(tcase, test_the_same_seed_gives_the_same_books);
	return tcase;
}
