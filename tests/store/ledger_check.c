/*
 * The quota ledger: what survives a kill, a reboot, a power cut, a full disk,
 * a damaged file and a new version. Each answer must be "at least what was
 * spent".
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

#include "ratelimit/endpoint.h"
#include "ratelimit/state.h"
#include "store/ledger.h"

#define NOW_MS INT64_C(1795253400000) /* 2026-11-21T09:30:00Z */
/* The file, described apart from the program: a head, then two places. A place
 * begins with its number, its length, a day, its reserve and the boot's id,
 * and ends with its sum. */
#define PAGE     4096
#define PLACE    41904
#define LENGTH   8
#define RESERVE  24
#define BOOT_ID  32
#define HEAD     1064
#define FILE_END (PAGE + 2 * PLACE)

static const struct ratelimit_limits usual = { .minute = 60, .day = 5000 };
static const struct ratelimit_headers no_headers = { -1, -1, -1, -1, -1, -1,
	-1 };

static struct ratelimit_limits limits;

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
	limits = usual;
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

static int open_file(void)
{
	char path[400];
	path_of_file(path);
	int fd = open(path, O_RDWR);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void read_file(void *ret, size_t len, off_t offset)
{
	int fd = open_file();
	ck_assert_int_eq(pread(fd, ret, len, offset), (ssize_t)len);
	close(fd);
}

static void write_file(const void *bytes, size_t len, off_t offset)
{
	int fd = open_file();
	ck_assert_int_eq(pwrite(fd, bytes, len, offset), (ssize_t)len);
	close(fd);
}

static void flip(off_t offset)
{
	char byte;
	read_file(&byte, 1, offset);
	byte = (char)(byte ^ 0x55);
	write_file(&byte, 1, offset);
}

static int64_t read_number(off_t offset)
{
	int64_t number;
	read_file(&number, sizeof(number), offset);
	return number;
}

static uint64_t fnv(const unsigned char *bytes, size_t len)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < len; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
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

/* A process spends, telling each call after it is saved, and is killed once
 * `after` calls are told. Returns how many it told. */
static int spend_and_die(int after)
{
	int told[2], status, count = 0;
	char byte;
	ck_assert_int_eq(pipe(told), 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct ledger *own = open_ledger(boot_clock);
		while (try_spend(own, boot_clock) &&
			write(told[1], "x", 1) == 1)
			;
		_exit(0);
	}
	close(told[1]);
	while (read(told[0], &byte, 1) == 1)
		if (++count == after)
			ck_assert_int_eq(kill(pid, SIGKILL), 0);
	close(told[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return count;
}

START_TEST(test_a_process_killed_at_any_moment_leaves_no_call_uncounted)
{
	int told = 0;
	limits.day = 100000;
	limits.minute = RATELIMIT_MINUTE_MAX;
	for (int round = 0; round < 40; round++) {
		told += spend_and_die(1 + round % 7);
		/* Each was killed with one call at most saved and not told. */
		int left = look(ledger, boot_clock).day_left;
		ck_assert_int_le(left, limits.day - told);
		ck_assert_int_ge(left, limits.day - told - round - 1);
		ck_assert_int_eq(clock_advance(boot_clock, 181000), 0);
	}
	ck_assert_ptr_null(ledger_warning(ledger));
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
	flip(PAGE + PLACE + 100);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 56);
	ck_assert_ptr_null(ledger_warning(ledger));
}
END_TEST

START_TEST(test_any_changed_byte_of_the_newest_place_is_found)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	off_t place = PAGE + PLACE;
	int64_t len = read_number(place + LENGTH);
	ck_assert_int_lt(len, 500);
	for (off_t at = place; at < place + len; at++) {
		flip(at);
		/* The one before, or (when the number has changed and looks
		 * older) the same. */
		ck_assert_int_eq(look(ledger, boot_clock).minute_left, 56);
		flip(at);
	}
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 55);
}
END_TEST

START_TEST(
	test_a_state_of_many_pages_is_read_whole_and_its_last_page_is_checked)
{
	limits.minute = RATELIMIT_MINUTE_MAX;
	for (int i = 0; i < RATELIMIT_MINUTE_MAX; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	struct ledger *other = open_ledger(boot_clock);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 0);
	ledger_free(other);
	/* Save number 600 went to place 0. */
	int64_t len = read_number(PAGE + LENGTH);
	ck_assert_int_gt(len, 3 * PAGE);
	flip(PAGE + len - 10);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 1);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 0);
}
END_TEST

START_TEST(test_after_both_places_are_torn_the_days_reserve_counts)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	flip(PAGE + 100);
	flip(PAGE + PLACE + 100);
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert(!verdict.go);
	ck_assert_int_eq(verdict.reason, RATELIMIT_MINUTE);
	ck_assert_int_le(verdict.day_left, 5000 - 5);
	ck_assert_int_ge(verdict.day_left, 5000 - 60);
	ck_assert_int_eq(clock_advance(boot_clock, 60000), 0);
	ck_assert(look(ledger, boot_clock).go);
}
END_TEST

START_TEST(test_a_damaged_head_counts_as_full_until_midnight_and_says_so_once)
{
	/* Several, so that both places hold a whole state of fewer calls. */
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	flip(100);
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert(!verdict.go);
	ck_assert_int_eq(verdict.reason, RATELIMIT_DAY);
	const char *warning = ledger_warning(ledger);
	ck_assert_ptr_nonnull(warning);
	ck_assert_ptr_nonnull(strstr(warning, "damaged"));
	ck_assert_ptr_null(ledger_warning(ledger));
	struct ledger *other = open_ledger(boot_clock);
	ck_assert_int_eq(look(other, boot_clock).reason, RATELIMIT_DAY);
	ck_assert_ptr_null(ledger_warning(other));
	ledger_free(other);
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
	for (off_t at = PAGE; at <= PAGE + PLACE; at += PLACE) {
		uint64_t sum = UINT64_C(0xcbf29ce484222325);
		uint64_t word, len;
		read_file(place, PLACE, at);
		memcpy(&len, place + LENGTH, 8);
		memcpy(place + BOOT_ID, "another", 7);
		for (uint64_t i = 0; i < len - 8; i += 8) {
			memcpy(&word, place + i, 8);
			sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
			sum ^= sum >> 32;
		}
		memcpy(place + len - 8, &sum, 8);
		write_file(place, PLACE, at);
	}
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
	ck_assert_int_ge(verdict.day_left, 5000 - 60);
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
	limits.minute = RATELIMIT_MINUTE_MAX;
	for (int spent = 1; spent <= 200; spent++) {
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
		/* The disk kept nothing but the head, which was synced. */
		ck_assert_int_ge(read_number(RESERVE), spent);
		ck_assert_int_lt(read_number(RESERVE), spent + 60);
	}
}
END_TEST

START_TEST(test_a_head_that_was_written_and_not_synced_promises_nothing)
{
	unsigned char head[HEAD];
	for (int i = 0; i < 60; i++)
		ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(read_number(RESERVE), 60);
	/* Killed between the write of a head and its sync: the page cache has
	 * a head that the disk may lack. */
	read_file(head, HEAD, 0);
	int64_t reserved = 1000;
	uint64_t sum;
	memcpy(head + RESERVE, &reserved, 8);
	sum = fnv(head, HEAD - 8);
	memcpy(head + HEAD - 8, &sum, 8);
	write_file(head, HEAD, 0);
	/* So the next call writes and syncs its own. */
	ck_assert_int_eq(clock_advance(boot_clock, 181000), 0);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(read_number(RESERVE), 120);
}
END_TEST

/* A head of this version number, signed. */
static void write_version(uint32_t version)
{
	unsigned char head[HEAD];
	read_file(head, HEAD, 0);
	memcpy(head + 8, &version, 4);
	uint64_t sum = fnv(head, HEAD - 8);
	memcpy(head + HEAD - 8, &sum, 8);
	write_file(head, HEAD, 0);
}

START_TEST(test_a_file_of_a_newer_version_is_refused_and_left_as_it_is)
{
	struct ratelimit_state *state;
	struct instant now = clock_now(boot_clock);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	write_version(3);
	ck_assert_int_eq(
		ledger_lock(ledger, &limits, now, &state, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "newer version"));
	/* A program of version 1 reads this version's head in the same way. */
	write_version(2);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 59);
}
END_TEST

/* The file becomes the one that tests/data has of version 1. */
static void become_version_1(void)
{
	const char *top = getenv("top_srcdir");
	char path[400], line[200];
	static unsigned char bytes[FILE_END];
	snprintf(path, sizeof(path), "%s/tests/data/quota/version-1.hex",
		top ? top : ".");
	FILE *file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		char *at = line;
		if (line[0] == '#')
			continue;
		size_t offset = strtoul(line, &at, 16);
		unsigned int byte;
		for (at++; sscanf(at, "%2x", &byte) == 1; at += 2)
			bytes[offset++] = (unsigned char)byte;
	}
	fclose(file);
	write_file(bytes, FILE_END, 0);
}

/* What version 1 answered on this file, at the moment of its last save. */
static void check_version_1(struct ledger *in)
{
	struct ratelimit_state *state;
	struct instant now = clock_now(boot_clock);
	ck_assert_int_eq(now.boot_ms, 1744750);
	ck_assert_int_eq(ledger_lock(in, &limits, now, &state, &err), 0);
	struct ratelimit_verdict verdict = ratelimit_ask(state, &limits, now);
	ck_assert_int_eq(verdict.minute_left, 35);
	ck_assert_int_eq(verdict.day_left, 4965);
	ck_assert_int_eq(endpoint_blocked(state, "jan financial/Journals", now),
		4600100);
	ck_assert_int_eq(
		endpoint_struck(state, "jan financial/Journals", now), 403);
	ck_assert_int_eq(
		endpoint_blocked(state, "jan sync/Deleted", now), 5151000);
	int under_way = 0;
	for (int i = 0; i < state->call_count; i++)
		under_way += state->calls[i].fate == RATELIMIT_UNDER_WAY;
	ck_assert_int_eq(under_way, 3);
	/* A bare 429 had revoked its trust in headers. */
	ck_assert_int_eq(state->windows, RATELIMIT_WINDOWS_REVOKED);
	ck_assert_ptr_null(ledger_warning(in));
	ledger_unlock(in);
}

static void open_version_1(void)
{
	become_version_1();
	ck_assert_int_eq(clock_advance(boot_clock, 744750), 0);
}

START_TEST(test_a_file_of_version_1_goes_on_where_it_was)
{
	open_version_1();
	check_version_1(ledger);
	/* A look writes nothing; the first spend converts. */
	ck_assert_int_eq(read_number(8) & 0xffffffff, 1);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(read_number(8) & 0xffffffff, 2);
	struct ledger *other = open_ledger(boot_clock);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 34);
	ck_assert_int_eq(look(other, boot_clock).day_left, 4964);
	/* A minute later the answered calls are back: 22 of 26. The three that
	 * were killed and the new one come back two minutes after that. */
	ck_assert_int_eq(clock_advance(boot_clock, 60000), 0);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 56);
	ck_assert_int_eq(clock_advance(boot_clock, 120000), 0);
	ck_assert_int_eq(look(other, boot_clock).minute_left, 60);
	ledger_free(other);
}
END_TEST

START_TEST(test_a_late_answer_finds_its_call_of_version_1)
{
	struct ratelimit_state *state;
	open_version_1();
	struct instant now = clock_now(boot_clock);
	/* Call 14 of the last 25 was under way: ticket 24. */
	ck_assert_int_eq(ledger_lock(ledger, &limits, now, &state, &err), 0);
	ratelimit_answer(state, now, 24, 200, &no_headers);
	ck_assert_int_eq(ledger_save(ledger, &err), 0);
	ledger_unlock(ledger);
	ck_assert_int_eq(clock_advance(boot_clock, 60000), 0);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 58);
}
END_TEST

START_TEST(test_a_conversion_killed_at_any_step_begins_again)
{
	static unsigned char converted[FILE_END];
	open_version_1();
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	read_file(converted, FILE_END, 0);
	/* Killed after the head was written: both places are old. */
	become_version_1();
	write_file(converted, PAGE, 0);
	check_version_1(ledger);
	/* Killed within the write of the new place. */
	off_t place = read_number(PAGE) > read_number(PAGE + PLACE)
			      ? PAGE + PLACE
			      : PAGE;
	write_file(converted + place, 50, place);
	check_version_1(ledger);
	ck_assert_int_eq(try_spend(ledger, boot_clock), 1);
	ck_assert_int_eq(look(ledger, boot_clock).minute_left, 34);
}
END_TEST

START_TEST(test_a_file_of_version_1_and_another_boot_counts_its_reserve)
{
	become_version_1();
	for (off_t at = PAGE; at <= PAGE + PLACE; at += PLACE) {
		static unsigned char place[PLACE];
		read_file(place, PLACE, at);
		memcpy(place + 8, "another", 7);
		uint64_t sum = fnv(place, PLACE - 8);
		memcpy(place + PLACE - 8, &sum, 8);
		write_file(place, PLACE, at);
	}
	struct ratelimit_verdict verdict = look(ledger, boot_clock);
	ck_assert_int_eq(verdict.reason, RATELIMIT_MINUTE);
	/* Version 1 reserved 51 calls at the 35th. */
	ck_assert_int_eq(verdict.day_left, 4949);
}
END_TEST

START_TEST(test_a_damaged_file_of_version_1_counts_its_reserve_or_as_full)
{
	become_version_1();
	flip(PAGE + 2000);
	flip(PAGE + PLACE + 2000);
	ck_assert_int_eq(look(ledger, boot_clock).day_left, 4949);
	become_version_1();
	flip(100);
	ck_assert_int_eq(look(ledger, boot_clock).reason, RATELIMIT_DAY);
	ck_assert_ptr_nonnull(ledger_warning(ledger));
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
		test_a_process_killed_at_any_moment_leaves_no_call_uncounted);
	tcase_add_test(files,
		test_the_key_separates_divisions_and_the_file_is_private);
	tcase_add_test(
		files, test_a_torn_newest_place_falls_back_to_the_one_before);
	tcase_add_test(
		files, test_any_changed_byte_of_the_newest_place_is_found);
	tcase_add_test(files,
		test_a_state_of_many_pages_is_read_whole_and_its_last_page_is_checked);
	tcase_add_test(
		files, test_after_both_places_are_torn_the_days_reserve_counts);
	tcase_add_test(files,
		test_a_damaged_head_counts_as_full_until_midnight_and_says_so_once);
	tcase_add_test(files,
		test_in_a_new_boot_the_minute_is_full_and_the_day_covers_its_reserve);
	tcase_add_test(files,
		test_a_power_cut_after_any_spend_never_counts_fewer_calls_of_the_day);
	tcase_add_test(files,
		test_a_head_that_was_written_and_not_synced_promises_nothing);
	tcase_add_test(files,
		test_a_file_of_a_newer_version_is_refused_and_left_as_it_is);
	tcase_add_test(files, test_a_file_of_version_1_goes_on_where_it_was);
	tcase_add_test(files, test_a_late_answer_finds_its_call_of_version_1);
	tcase_add_test(
		files, test_a_conversion_killed_at_any_step_begins_again);
	tcase_add_test(files,
		test_a_file_of_version_1_and_another_boot_counts_its_reserve);
	tcase_add_test(files,
		test_a_damaged_file_of_version_1_counts_its_reserve_or_as_full);
	tcase_add_test(files,
		test_a_file_that_cannot_be_written_refuses_the_spend_by_name);
	suite_add_tcase(suite, files);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
