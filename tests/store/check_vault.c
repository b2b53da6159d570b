/*
 * The vault: whatever is cut off, swapped, restored, filled up or killed, a
 * whole record opens, and what does not open is told as what it is.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/vault.h"
#include "store/vault_slots.h"

#define NAME "0123456789abcdef0123456789abcdef"

static char home[64], dir[96], key[96], file[192];
static struct vault *vault;

static void set_up(void)
{
	struct error err;

	snprintf(home, sizeof(home), "/tmp/vault-check-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	snprintf(dir, sizeof(dir), "%s/logins", home);
	snprintf(key, sizeof(key), "%s/vault.key", home);
	snprintf(file, sizeof(file), "%s/%s.login", dir, NAME);
	ck_assert_int_eq(vault_make_key(key, &err), 0);
	ck_assert_int_eq(vault_open(&vault, dir, key, &err), 0);
}

static void tear_down(void)
{
	char command[128];
	pid_t pid;
	int status;

	vault_free(vault);
	vault = NULL;
	snprintf(command, sizeof(command), "%s", home);
	pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
}

static void commit(uint64_t generation, const char *text)
{
	struct error err = { 0 };

	ck_assert_int_eq(vault_lock(vault, NAME, &err), 0);
	ck_assert_msg(vault_commit(vault, NAME, generation, text, strlen(text),
			      &err) == 0,
		"%s", err.text);
	vault_unlock(vault, NAME);
}

/* Loads, expecting exactly this. */
static struct vault_record expect(uint64_t generation, const char *text)
{
	struct vault_record record, kept;
	struct error err = { 0 };

	ck_assert_msg(
		vault_load(vault, NAME, &record, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(record.generation, generation);
	ck_assert_uint_eq(record.len, strlen(text));
	ck_assert_int_eq(memcmp(record.payload, text, record.len), 0);
	kept = record;
	vault_record_free(&record);
	return kept;
}

static void read_file(const char *path, unsigned char *bytes)
{
	int fd = open(path, O_RDONLY);

	ck_assert_int_eq(
		pread(fd, bytes, VAULT_SLOTS_FILE, 0), VAULT_SLOTS_FILE);
	close(fd);
}

static void write_file(const char *path, const unsigned char *bytes)
{
	int fd = open(path, O_WRONLY);

	ck_assert_int_eq(
		pwrite(fd, bytes, VAULT_SLOTS_FILE, 0), VAULT_SLOTS_FILE);
	close(fd);
}

START_TEST(test_what_was_committed_last_is_what_opens)
{
	char text[32];

	for (unsigned i = 1; i <= 5; i++) {
		snprintf(text, sizeof(text), "pair %u", i);
		commit(i, text);
		expect(i, text);
	}
}
END_TEST

START_TEST(test_nothing_readable_of_a_record_is_on_the_disk)
{
	unsigned char bytes[VAULT_SLOTS_FILE];

	commit(1, "a very secret refresh token");
	commit(2, "a very secret refresh token");
	read_file(file, bytes);
	ck_assert_ptr_null(memmem(bytes, sizeof(bytes), "secret", 6));
}
END_TEST

START_TEST(test_a_slot_write_cut_anywhere_leaves_a_whole_record)
{
	static unsigned char old[VAULT_SLOTS_FILE], new[VAULT_SLOTS_FILE];
	static unsigned char torn[VAULT_SLOTS_FILE];
	struct vault_record record;
	struct error err;
	size_t at = vault_slots_slot_at(0), cuts = 0;

	commit(1, "first");
	commit(2, "second");
	read_file(file, old);
	commit(3, "third"); /* into slot 0 again */
	read_file(file, new);
	ck_assert_int_eq(
		memcmp(old + vault_slots_slot_at(1),
			new + vault_slots_slot_at(1), VAULT_SLOTS_SLOT),
		0);
	/* Every byte of the head and the tail, every 97th and every sector
	 * edge between. */
	for (size_t n = 0; n <= VAULT_SLOTS_SLOT; n++) {
		if (n > 64 && n < VAULT_SLOTS_SLOT - 64 && n % 97 != 0 &&
			n % 512 != 0 && n % 512 != 1 && n % 512 != 511)
			continue;
		memcpy(torn, old, sizeof(torn));
		memcpy(torn + at, new + at, n);
		write_file(file, torn);
		ck_assert_int_eq(vault_load(vault, NAME, &record, &err), 0);
		bool whole = n == VAULT_SLOTS_SLOT;
		ck_assert_uint_eq(record.generation, whole ? 3 : 2);
		ck_assert_int_eq(record.torn, n > 0 && !whole);
		vault_record_free(&record);
		cuts++;
	}
	ck_assert_uint_gt(cuts, 300);
	/* And on from a torn one. */
	memcpy(torn, old, sizeof(torn));
	memcpy(torn + at, new + at, 5000);
	write_file(file, torn);
	commit(3, "third again");
	ck_assert_int_eq(expect(3, "third again").torn, false);
}
END_TEST

START_TEST(test_sectors_written_in_any_order_leave_a_whole_record)
{
	static unsigned char old[VAULT_SLOTS_FILE], new[VAULT_SLOTS_FILE];
	static unsigned char torn[VAULT_SLOTS_FILE];
	struct vault_record record;
	struct error err;
	unsigned seed = 20261121;

	commit(1, "first");
	commit(2, "second");
	read_file(file, old);
	commit(3, "third");
	read_file(file, new);
	for (int round = 0; round < 100; round++) {
		memcpy(torn, old, sizeof(torn));
		for (size_t s = vault_slots_slot_at(0);
			s < vault_slots_slot_at(1); s += 512) {
			seed = seed * 1103515245U + 12345U;
			if ((seed >> 16) & 1)
				memcpy(torn + s, new + s, 512);
		}
		write_file(file, torn);
		ck_assert_int_eq(vault_load(vault, NAME, &record, &err), 0);
		ck_assert_uint_eq(record.generation, 2);
		vault_record_free(&record);
	}
}
END_TEST

static uint64_t intend(uint64_t generation, uint32_t requests)
{
	struct vault_intent intent = { .generation = generation,
		.wall_ms = 1000,
		.day = 7,
		.day_requests = requests };
	struct error err = { 0 };
	uint64_t counter = 0;

	ck_assert_int_eq(vault_lock(vault, NAME, &err), 0);
	ck_assert_msg(vault_intend(vault, NAME, &intent, &counter, &err) == 0,
		"%s", err.text);
	vault_unlock(vault, NAME);
	return counter;
}

START_TEST(test_intents_count_on_and_touch_no_slot)
{
	unsigned char old[VAULT_SLOTS_FILE], new[VAULT_SLOTS_FILE];

	commit(4, "pair");
	read_file(file, old);
	ck_assert_uint_eq(intend(4, 1), 1);
	ck_assert_uint_eq(intend(4, 2), 2);
	ck_assert_uint_eq(intend(4, 3), 3);
	read_file(file, new);
	ck_assert_int_eq(
		memcmp(old + vault_slots_slot_at(0),
			new + vault_slots_slot_at(0), 2 * VAULT_SLOTS_SLOT),
		0);
	struct vault_record record = expect(4, "pair");
	ck_assert(record.has_intent);
	ck_assert_uint_eq(record.intent.counter, 3);
	ck_assert_uint_eq(record.intent.generation, 4);
	ck_assert_uint_eq(record.intent.day_requests, 3);
}
END_TEST

START_TEST(test_a_torn_intent_leaves_the_one_before)
{
	static unsigned char old[VAULT_SLOTS_FILE], new[VAULT_SLOTS_FILE];
	size_t at = vault_slots_intent_at(1);

	commit(4, "pair");
	intend(4, 1);
	read_file(file, old);
	intend(4, 2);
	read_file(file, new);
	for (size_t n = 1; n < 8 + 84 + 28; n++) {
		memcpy(old + at, new + at, n);
		write_file(file, old);
		ck_assert_uint_eq(expect(4, "pair").intent.counter, 1);
	}
}
END_TEST

START_TEST(test_another_key_is_told_as_such_and_not_as_damage)
{
	struct vault *other = NULL;
	struct vault_record record;
	struct error err;
	char other_key[112], check[128];

	commit(1, "pair");
	snprintf(other_key, sizeof(other_key), "%s/other.key", home);
	ck_assert_int_eq(vault_make_key(other_key, &err), 0);
	ck_assert_int_eq(vault_open(&other, dir, other_key, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "does not open this vault"));
	/* Without the check value beside it the file itself still tells. */
	snprintf(check, sizeof(check), "%s/key.check", dir);
	ck_assert_int_eq(unlink(check), 0);
	ck_assert_int_eq(vault_open(&other, dir, other_key, &err), 0);
	ck_assert_int_eq(vault_load(other, NAME, &record, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "does not open this vault"));
	vault_free(other);
}
END_TEST

START_TEST(test_slots_that_changed_places_or_logins_do_not_open)
{
	static unsigned char bytes[VAULT_SLOTS_FILE], swapped[VAULT_SLOTS_FILE];
	struct vault_record record;
	struct error err;
	char elsewhere[192];

	commit(1, "first");
	commit(2, "second");
	read_file(file, bytes);
	memcpy(swapped, bytes, sizeof(bytes));
	memcpy(swapped + vault_slots_slot_at(0), bytes + vault_slots_slot_at(1),
		VAULT_SLOTS_SLOT);
	memcpy(swapped + vault_slots_slot_at(1), bytes + vault_slots_slot_at(0),
		VAULT_SLOTS_SLOT);
	write_file(file, swapped);
	ck_assert_int_eq(vault_load(vault, NAME, &record, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "damaged"));
	/* A whole file under another login's name. */
	write_file(file, bytes);
	snprintf(elsewhere, sizeof(elsewhere), "%s/fedcba.login", dir);
	ck_assert_int_eq(rename(file, elsewhere), 0);
	ck_assert_int_eq(
		vault_load(vault, "fedcba", &record, &err), FAIL_STORE);
}
END_TEST

START_TEST(test_a_sequence_forged_in_the_clear_does_not_open)
{
	static unsigned char bytes[VAULT_SLOTS_FILE];

	commit(1, "first");
	commit(2, "second");
	read_file(file, bytes);
	bytes[vault_slots_slot_at(0)] = 99; /* the older one, made newest */
	write_file(file, bytes);
	expect(2, "second");
}
END_TEST

START_TEST(test_a_restored_file_is_told_by_the_mark)
{
	static unsigned char old[VAULT_SLOTS_FILE];

	commit(1, "first");
	commit(2, "second");
	ck_assert_uint_eq(expect(2, "second").high_generation, 2);
	read_file(file, old);
	commit(3, "third");
	commit(4, "fourth");
	write_file(file, old);
	struct vault_record record = expect(2, "second");
	ck_assert_uint_eq(record.high_generation, 4);
}
END_TEST

START_TEST(test_a_key_file_others_can_read_is_refused)
{
	struct vault *other;
	struct error err;

	ck_assert_int_eq(chmod(key, 0640), 0);
	ck_assert_int_eq(vault_open(&other, dir, key, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "chmod 600"));
	ck_assert_int_eq(chmod(key, 0600), 0);
	ck_assert_int_eq(truncate(key, 31), 0);
	ck_assert_int_eq(vault_open(&other, dir, key, &err), FAIL_CONFIG);
	ck_assert_int_eq(unlink(key), 0);
	ck_assert_int_eq(vault_open(&other, dir, key, &err), FAIL_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.text, "missing"));
}
END_TEST

START_TEST(test_a_key_file_is_never_overwritten_and_is_private)
{
	struct stat st;
	struct error err;

	ck_assert_int_eq(vault_make_key(key, &err), FAIL_CONFIG);
	ck_assert_int_eq(stat(key, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(st.st_size, 32);
	commit(1, "pair");
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(st.st_size, VAULT_SLOTS_FILE);
	ck_assert_int_ge(st.st_blocks * 512, VAULT_SLOTS_FILE);
}
END_TEST

START_TEST(test_a_lock_is_for_one_and_the_dead_give_it_back)
{
	struct vault *other;
	struct error err;
	int status, ready[2];
	char byte;

	ck_assert_int_eq(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (vault_lock(vault, NAME, &err) != 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(vault_open(&other, dir, key, &err), 0);
	ck_assert_int_eq(vault_lock(other, NAME, &err), FAIL_BUSY);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ck_assert_int_eq(vault_lock(other, NAME, &err), 0);
	ck_assert_int_eq(vault_lock(vault, NAME, &err), FAIL_BUSY);
	vault_free(other);
	ck_assert_int_eq(vault_lock(vault, NAME, &err), 0);
	vault_unlock(vault, NAME);
	close(ready[0]);
	close(ready[1]);
}
END_TEST

START_TEST(test_writing_without_the_lock_is_our_own_bug)
{
	struct vault_intent intent = { .generation = 1 };
	struct error err;
	uint64_t counter;

	ck_assert_int_eq(vault_commit(vault, NAME, 1, "x", 1, &err), FAIL_STOP);
	ck_assert_int_eq(
		vault_intend(vault, NAME, &intent, &counter, &err), FAIL_STOP);
	ck_assert_int_eq(vault_remove(vault, NAME, &err), FAIL_STOP);
}
END_TEST

static int count_one(void *arg, const char *name)
{
	int *count = arg;

	ck_assert_str_eq(name, NAME);
	(*count)++;
	return 0;
}

START_TEST(test_a_removed_login_is_gone_and_can_be_made_again)
{
	struct vault_record record;
	struct error err;
	int count = 0;

	commit(5, "pair");
	ck_assert_int_eq(vault_each(vault, count_one, &count, &err), 0);
	ck_assert_int_eq(count, 1);
	ck_assert_int_eq(vault_lock(vault, NAME, &err), 0);
	ck_assert_int_eq(vault_remove(vault, NAME, &err), 0);
	ck_assert_int_eq(vault_remove(vault, NAME, &err), 0);
	vault_unlock(vault, NAME);
	ck_assert_int_eq(vault_load(vault, NAME, &record, &err), FAIL_INPUT);
	ck_assert_int_eq(vault_each(vault, count_one, &count, &err), 0);
	ck_assert_int_eq(count, 1);
	commit(1, "anew");
	ck_assert_uint_eq(expect(1, "anew").high_generation, 1);
}
END_TEST

START_TEST(test_names_can_not_leave_the_directory)
{
	struct vault_record record;
	struct error err;

	ck_assert_int_eq(
		vault_load(vault, "../vault", &record, &err), FAIL_USAGE);
	ck_assert_int_eq(vault_load(vault, "", &record, &err), FAIL_USAGE);
	ck_assert_int_eq(vault_lock(vault, "a/b", &err), FAIL_USAGE);
}
END_TEST

#if EXACT_FAULTS
/* The program run again as `check_vault DIR KEY GENERATION TEXT`: an intent
 * and a commit. Its exit code is -rc, 99 when a store error lacks a remedy. */
static int child_main(char **args)
{
	struct vault_intent intent = { .generation = 1 };
	struct error err = { 0 };
	uint64_t counter;
	char path[192];

	snprintf(path, sizeof(path), "%s/%s.login", args[1], NAME);
	int rc = vault_open(&vault, args[1], args[2], &err);
	if (rc == 0)
		rc = vault_lock(vault, NAME, &err);
	if (rc == 0 && access(path, F_OK) == 0)
		rc = vault_intend(vault, NAME, &intent, &counter, &err);
	if (rc == 0)
		rc = vault_commit(vault, NAME, strtoull(args[3], NULL, 10),
			args[4], strlen(args[4]), &err);
	vault_free(vault);
	if (rc == FAIL_STORE && strstr(err.text, "disk is full") == NULL &&
		strstr(err.text, "read-only") == NULL)
		return 99;
	return -rc;
}

/* The fault is read once a process, so each needs a process of its own. */
static int child_commits(
	const char *fault, uint64_t generation, const char *text)
{
	char number[24];
	int status;

	snprintf(
		number, sizeof(number), "%llu", (unsigned long long)generation);
	pid_t pid = fork();
	if (pid == 0) {
		setenv("EXACT_FAULT", fault, 1);
		execl("/proc/self/exe", "check_vault", dir, key, number, text,
			(char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

START_TEST(test_a_full_or_read_only_disk_is_a_clear_error_and_no_loss)
{
	static const char *const faults[] = { "enospc:vault.intent@1",
		"enospc:vault.slot@1", "erofs:vault.intent@1",
		"erofs:vault.slot@1" };

	int status = child_commits("enospc:vault.create@1", 1, "first");
	ck_assert_int_eq(WEXITSTATUS(status), -FAIL_STORE);
	ck_assert_int_ne(access(file, F_OK), 0);
	commit(1, "first");
	for (size_t i = 0; i < 4; i++) {
		status = child_commits(faults[i], 2, "second");
		ck_assert(WIFEXITED(status));
		ck_assert_int_eq(WEXITSTATUS(status), -FAIL_STORE);
		expect(1, "first");
	}
	commit(2, "second");
	expect(2, "second");
}
END_TEST

START_TEST(test_killed_at_every_step_the_record_is_the_old_or_the_new)
{
	char fault[32], text[32], before[32] = "";
	int points = 0;

	/* First making the file, then overwriting it, again and again. */
	for (int round = 0; round < 3; round++) {
		for (int n = 1; n < 20; n++) {
			struct vault_record record;
			struct error err;

			snprintf(fault, sizeof(fault), "kill@%d", n);
			snprintf(text, sizeof(text), "round %d.%d", round, n);
			uint64_t generation = (uint64_t)(round * 20 + n);
			int status = child_commits(fault, generation, text);
			int rc = vault_load(vault, NAME, &record, &err);
			if (rc == 0) {
				const char *got = (char *)record.payload;
				ck_assert(strcmp(got, text) == 0 ||
					  strcmp(got, before) == 0);
				snprintf(before, sizeof(before), "%s", got);
				vault_record_free(&record);
			} else {
				ck_assert_int_eq(rc, FAIL_INPUT);
				ck_assert_str_eq(before, "");
			}
			if (WIFEXITED(status)) {
				ck_assert_int_eq(WEXITSTATUS(status), 0);
				ck_assert_str_eq(before, text);
				break;
			}
			points++;
		}
	}
	ck_assert_int_ge(points, 10);
}
END_TEST
#endif

int main(int argc, char **argv)
{
#if EXACT_FAULTS
	if (argc == 5)
		return child_main(argv);
#else
	(void)argc;
	(void)argv;
#endif
	Suite *suite = suite_create("vault");
	TCase *tests = tcase_create("vault");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_what_was_committed_last_is_what_opens);
	tcase_add_test(tests, test_nothing_readable_of_a_record_is_on_the_disk);
	tcase_add_test(
		tests, test_a_slot_write_cut_anywhere_leaves_a_whole_record);
	tcase_add_test(
		tests, test_sectors_written_in_any_order_leave_a_whole_record);
	tcase_add_test(tests, test_intents_count_on_and_touch_no_slot);
	tcase_add_test(tests, test_a_torn_intent_leaves_the_one_before);
	tcase_add_test(
		tests, test_another_key_is_told_as_such_and_not_as_damage);
	tcase_add_test(
		tests, test_slots_that_changed_places_or_logins_do_not_open);
	tcase_add_test(
		tests, test_a_sequence_forged_in_the_clear_does_not_open);
	tcase_add_test(tests, test_a_restored_file_is_told_by_the_mark);
	tcase_add_test(tests, test_a_key_file_others_can_read_is_refused);
	tcase_add_test(
		tests, test_a_key_file_is_never_overwritten_and_is_private);
	tcase_add_test(tests, test_a_lock_is_for_one_and_the_dead_give_it_back);
	tcase_add_test(tests, test_writing_without_the_lock_is_our_own_bug);
	tcase_add_test(
		tests, test_a_removed_login_is_gone_and_can_be_made_again);
	tcase_add_test(tests, test_names_can_not_leave_the_directory);
#if EXACT_FAULTS
	tcase_add_test(tests,
		test_a_full_or_read_only_disk_is_a_clear_error_and_no_loss);
	tcase_add_test(tests,
		test_killed_at_every_step_the_record_is_the_old_or_the_new);
#endif
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
