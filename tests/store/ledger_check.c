/*
 * The quota ledger: what survives a kill, a reboot, a power cut, a full disk
 * and a damaged file. Each answer must be "at least what was spent".
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ratelimit/state.h"
#include "store/ledger.h"

#define NOW_MS INT64_C(1795253400000) /* 2026-11-21T09:30:00Z */
/* A place in the file: its number comes first, then the boot's id. */
#define PAGE  4096
#define PLACE ((off_t)(8 + 40 + sizeof(struct ratelimit_state) + 8))

static const struct ratelimit_limits limits = { .minute = 60, .day = 5000 };

static char dir[64];
static struct clock *boot_clock;
static struct ledger *ledger;
static struct error err;

static struct ledger *open_ledger(const struct clock *which)
{
	struct ledger *opened;
	ck_assert_msg(ledger_open(&opened, dir, "start.exactonline.nl",
			      "client", 100001, which, &err) == 0,
		"%s", err.text);
	return opened;
}

static void path_of_file(char path[static 400])
{
	DIR *entries = opendir(dir);
	struct dirent *entry;
	path[0] = '\0';
	ck_assert_ptr_nonnull(entries);
	while ((entry = readdir(entries)))
		if (entry->d_name[0] != '.')
			snprintf(path, 400, "%s/%s", dir, entry->d_name);
	closedir(entries);
}

static void set_up(void)
{
	snprintf(dir, sizeof(dir), "/tmp/check_ledger_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(clock_open_private(&boot_clock, NOW_MS), 0);
	ledger = open_ledger(boot_clock);
}

static void tear_down(void)
{
	char path[400];
	ledger_free(ledger);
	clock_free(boot_clock);
	path_of_file(path);
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

/* 1 when a call may go (and is spent), 0 when it must wait. */
static int try_spend(struct ledger *in, const struct clock *clock)
{
	struct ratelimit_state *state;
	struct instant now = clock_now(clock);
	ck_assert_msg(ledger_lock(in, &limits, now, &state, &err) == 0, "%s",
		err.text);
	int go = ratelimit_ask(state, &limits, now).go;
	if (go) {
		(void)ratelimit_spend(state, now);
		ck_assert_int_eq(ledger_save(in, &err), 0);
	}
	ledger_unlock(in);
	return go;
}

static struct ratelimit_verdict look(
	struct ledger *in, const struct clock *clock)
{
	struct ratelimit_state *state;
	struct instant now = clock_now(clock);
	ck_assert_msg(ledger_lock(in, &limits, now, &state, &err) == 0, "%s",
		err.text);
	struct ratelimit_verdict verdict = ratelimit_ask(state, &limits, now);
	ledger_unlock(in);
	return verdict;
}

static void spoil(off_t offset, size_t len)
{
	char path[400], byte;
	path_of_file(path);
	int fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < len; i++) {
		ck_assert_int_eq(pread(fd, &byte, 1, offset + (off_t)i), 1);
		byte = (char)(byte ^ 0x55);
		ck_assert_int_eq(pwrite(fd, &byte, 1, offset + (off_t)i), 1);
	}
	close(fd);
}

START_TEST(test_what_one_process_spends_another_sees)
{
	struct ledger *other = open_ledger(boot_clock);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 59);
	ck_assert_int_eq(try_spend(other, boot_clock), 1);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 58);
	ledger_free(other);
}
END_TEST

START_TEST(test_four_processes_spending_at_once_spend_the_limit_and_no_more)
{
	int spent[2];
	ck_assert_int_eq(pipe(spent), 0);
	for (int i = 0; i < 4; i++) {
		if (fork() != 0)
			continue;
		struct ledger *own = open_ledger(boot_clock);
		for (int k = 0; k < 40; k++)
			if (try_spend(own, boot_clock) &&
				write(spent[1], "x", 1) != 1)
				_exit(1);
		ledger_free(own);
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		int status;
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	close(spent[1]);
	char calls[200];
	ck_assert_int_eq(read(spent[0], calls, sizeof(calls)), 60);
	close(spent[0]);
	ck_assert_int_eq(look(ledger, boot_clock).day_left, 4940);
}
END_TEST

START_TEST(test_the_key_separates_divisions_and_the_file_is_private)
{
	struct ledger *other;
	char path[400];
	struct stat info;
	path_of_file(path);
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_mode & 0777, 0600);
	off_t size = info.st_size;
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_int_eq(info.st_size, size);
	ck_assert_int_eq(ledger_open(&other, dir, "start.exactonline.nl",
				 "client", 100002, boot_clock, &err),
		0);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 60);
	ledger_free(other);
	/* tear_down() removes one file; remove the newcomer's here. */
	DIR *entries = opendir(dir);
	struct dirent *entry;
	char one[400];
	while ((entry = readdir(entries))) {
		snprintf(one, sizeof(one), "%s/%s", dir, entry->d_name);
		if (entry->d_name[0] != '.' && strcmp(one, path) != 0)
			unlink(one);
	}
	closedir(entries);
}
END_TEST

START_TEST(test_a_torn_newest_place_falls_back_to_the_one_before)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	/* Save number 5 went to place 1. */
	spoil(PAGE + PLACE + 2000, 1);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 56);
	ck_assert_ptr_null(ledger_warning(ledger));
}
END_TEST

START_TEST(test_after_both_places_are_torn_the_days_reserve_counts)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	spoil(PAGE + 2000, 1);
	spoil(PAGE + PLACE + 2000, 1);
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert(!verdict.go);
	ck_assert_int_eq(verdict.reason, RATELIMIT_MINUTE);
	ck_assert_int_le(verdict.day_left, 5000 - 5);
	ck_assert_int_ge(verdict.day_left, 5000 - 5 - 17);
	ck_assert_int_eq(clock_advance(boot_clock, 60000), 0);
	ck_assert(look(ledger, boot_clock).go);
}
END_TEST

START_TEST(test_a_damaged_head_counts_as_full_until_midnight_and_says_so_once)
{
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	spoil(100, 1);
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert(!verdict.go);
	ck_assert_int_eq(verdict.reason, RATELIMIT_DAY);
	const char *warning = ledger_warning(ledger);
	ck_assert_ptr_nonnull(warning);
	ck_assert_ptr_nonnull(strstr(warning, "damaged"));
	ck_assert_ptr_null(ledger_warning(ledger));
	/* 14.5 hours to midnight. */
	ck_assert_int_eq(clock_advance(boot_clock, 52200000 - 1000), 0);
	ck_assert(!look(ledger, boot_clock).go);
	ck_assert_int_eq(clock_advance(boot_clock, 1000), 0);
	ck_assert(look(ledger, boot_clock).go);
	ck_assert_int_eq(look(ledger, boot_clock).day_left, 5000);
}
END_TEST

/* As if the file had been written before this machine's last start. */
static void move_to_another_boot(void)
{
	static unsigned char place[PLACE];
	char path[400];
	path_of_file(path);
	int fd = open(path, O_RDWR);
	for (off_t at = PAGE; at <= PAGE + PLACE; at += PLACE) {
		uint64_t sum = UINT64_C(0xcbf29ce484222325);
		ck_assert_int_eq(pread(fd, place, PLACE, at), PLACE);
		memcpy(place + 8, "another", 7);
		for (off_t i = 0; i < PLACE - 8; i++)
			sum = (sum ^ place[i]) * UINT64_C(0x100000001b3);
		memcpy(place + PLACE - 8, &sum, 8);
		ck_assert_int_eq(pwrite(fd, place, PLACE, at), PLACE);
	}
	close(fd);
}

START_TEST(test_in_a_new_boot_the_minute_is_full_and_the_day_covers_its_reserve)
{
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	move_to_another_boot();
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert(!verdict.go);
	ck_assert_int_eq(verdict.reason, RATELIMIT_MINUTE);
	ck_assert_int_lt(verdict.day_left, 4980);
	ck_assert_int_ge(verdict.day_left, 4980 - 16);
	/* Looking again does not start the wait again. */
	int64_t until = verdict.until_boot_ms;
	ck_assert_int_eq(clock_advance(boot_clock, 30000), 0);
	ck_assert_int_eq(look(ledger, boot_clock).until_boot_ms, until);
	ck_assert_int_eq(clock_advance(boot_clock, 30000), 0);
	ck_assert(look(ledger, boot_clock).go);
}
END_TEST

START_TEST(test_a_power_cut_after_any_spend_never_counts_fewer_calls_of_the_day)
{
	char path[400];
	static char synced[PAGE];
	path_of_file(path);
	for (int spent = 1; spent <= 50; spent++) {
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
		/* The disk kept nothing but the head, which was synced. */
		int fd = open(path, O_RDONLY);
		ck_assert_int_eq(pread(fd, synced, PAGE, 0), PAGE);
		int64_t reserved;
		memcpy(&reserved, synced + 24, sizeof(reserved));
		close(fd);
		ck_assert_int_ge(reserved, spent);
		ck_assert_int_le(reserved, spent + 16);
	}
}
END_TEST

START_TEST(test_a_file_that_cannot_be_written_refuses_the_spend_by_name)
{
	struct ratelimit_state *state;
	struct instant now = clock_now(boot_clock);
	struct rlimit before, none;
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(ledger_lock(ledger, &limits, now, &state, &err), 0);
	(void)ratelimit_spend(state, now);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	int fail = ledger_save(ledger, &err);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
	ck_assert_int_eq(fail, FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "File too large"));
	ck_assert_ptr_nonnull(strstr(err.text, dir));
	ledger_unlock(ledger);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 59);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ledger");
	TCase *files = tcase_create("files");
	tcase_add_checked_fixture(files, set_up, tear_down);
	tcase_add_test(files, test_what_one_process_spends_another_sees);
	tcase_add_test(files,
		test_four_processes_spending_at_once_spend_the_limit_and_no_more);
	tcase_add_test(files,
		test_the_key_separates_divisions_and_the_file_is_private);
	tcase_add_test(
		files, test_a_torn_newest_place_falls_back_to_the_one_before);
	tcase_add_test(
		files, test_after_both_places_are_torn_the_days_reserve_counts);
	tcase_add_test(files,
		test_a_damaged_head_counts_as_full_until_midnight_and_says_so_once);
	tcase_add_test(files,
		test_in_a_new_boot_the_minute_is_full_and_the_day_covers_its_reserve);
	tcase_add_test(files,
		test_a_power_cut_after_any_spend_never_counts_fewer_calls_of_the_day);
	tcase_add_test(files,
		test_a_file_that_cannot_be_written_refuses_the_spend_by_name);
	suite_add_tcase(suite, files);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
