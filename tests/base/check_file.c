/*
 * Files on a real disk, in a folder of their own under the working directory.
 * What needs another process (a lock's other holder, a kill) forks one; pipes
 * tell when it is where it should be, nothing waits on time.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/base/suites.h"

static char folder[] = "check_file.XXXXXX";
static char file[64];
static struct error err;

/* Stands in front of the C library's, so that a local folder can pretend to
 * lie on a network file system. */
static unsigned long pretend_type;
int statfs(const char *path, struct statfs *ret)
{
	int result = (int)syscall(SYS_statfs, path, ret);

	if (pretend_type != 0)
		ret->f_type = (__typeof__(ret->f_type))pretend_type;
	return result;
}

static void make_folder(void)
{
	memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/it", folder);
}

static void remove_folder(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf ./%s", folder);
	ck_assert_int_eq(system(command), 0);
}

static mode_t mode_of(const char *path)
{
	struct stat about;

	ck_assert_int_eq(stat(path, &about), 0);
	return about.st_mode & 07777;
}

static void holds(const char *text)
{
	struct buf buf;

	ck_assert_int_eq(file_read(file, 1000, &buf, &err), 0);
	ck_assert_str_eq(buf.data, text);
	buf_free(&buf);
}

START_TEST(test_a_private_directory_is_made_with_its_parents)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/a/b//c/", folder);
	ck_assert_int_eq(file_private_dir(path, &err), 0);
	ck_assert_int_eq(mode_of(path), 0700);
	snprintf(path, sizeof(path), "%s/a", folder);
	ck_assert_int_eq(mode_of(path), 0700);
	ck_assert_int_eq(file_private_dir(path, &err), 0);
}
END_TEST

START_TEST(test_a_file_in_the_way_is_named)
{
	char path[128];

	ck_assert_int_eq(file_replace(file, "x", 1, 0600, &err), 0);
	ck_assert_int_eq(file_private_dir(file, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, file));
	snprintf(path, sizeof(path), "%s/below", file);
	ck_assert_int_eq(file_private_dir(path, &err), FAIL_STORE);
	ck_assert_int_eq(file_private_dir("", &err), FAIL_STORE);
}
END_TEST

START_TEST(test_network_file_systems_are_refused_by_name)
{
	static const struct {
		unsigned long type;
		const char *name; /* NULL: passes */
	} rows[] = {
		{ 0x6969, "NFS" }, { 0xFF534D42, "CIFS" },
		{ 0xFE534D42, "SMB2" }, { 0x00C36400, "Ceph" },
		{ 0x01021997, "9P" }, { 0xEF53, NULL }, /* ext4 */
		{ 0x65735546, NULL },                   /* FUSE */
	};
	size_t i;
	int fail;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		pretend_type = rows[i].type;
		fail = file_private_dir(folder, &err);
		pretend_type = 0;
		ck_assert_int_eq(fail, rows[i].name != NULL ? FAIL_CONFIG : 0);
		if (rows[i].name)
			ck_assert_ptr_nonnull(strstr(err.text, rows[i].name));
	}
}
END_TEST

START_TEST(test_a_file_is_replaced_whole_with_its_mode)
{
	ck_assert_int_eq(file_replace(file, "first one", 9, 0600, &err), 0);
	holds("first one");
	ck_assert_int_eq(mode_of(file), 0600);
	ck_assert_int_eq(file_replace(file, "2", 1, 0644, &err), 0);
	holds("2");
	ck_assert_int_eq(mode_of(file), 0644);
	ck_assert_int_eq(file_replace(file, "", 0, 0600, &err), 0);
	holds("");
}
END_TEST

START_TEST(test_a_file_in_the_working_directory_can_be_replaced)
{
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(here, 0);
	ck_assert_int_eq(chdir(folder), 0);
	ck_assert_int_eq(file_replace("it", "x", 1, 0600, &err), 0);
	ck_assert_int_eq(fchdir(here), 0);
	close(here);
	holds("x");
}
END_TEST

START_TEST(test_reading_refuses_what_is_larger_than_allowed)
{
	struct buf buf = { .len = 77 };

	ck_assert_int_eq(file_replace(file, "12345", 5, 0600, &err), 0);
	ck_assert_int_eq(file_read(file, 4, &buf, &err), FAIL_STORE);
	ck_assert_uint_eq(buf.len, 77);
	ck_assert_ptr_nonnull(strstr(err.text, file));
	ck_assert_int_eq(file_read(file, 5, &buf, &err), 0);
	ck_assert_str_eq(buf.data, "12345");
	buf_free(&buf);
}
END_TEST

START_TEST(test_reading_a_directory_or_nothing_is_an_error)
{
	struct buf buf;

	ck_assert_int_eq(file_read(folder, 4, &buf, &err), FAIL_STORE);
	ck_assert_int_eq(file_read(file, 4, &buf, &err), FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "No such file"));
}
END_TEST

START_TEST(test_replacing_where_no_directory_is_fails)
{
	ck_assert_int_eq(file_replace("no/such/folder/it", "x", 1, 0600, &err),
		FAIL_STORE);
	ck_assert_ptr_nonnull(strstr(err.text, "no/such/folder/it"));
}
END_TEST

START_TEST(test_many_writers_at_once_leave_one_whole_file)
{
	char text[20000];
	struct buf buf;
	int writer, i, status;

	for (writer = 0; writer < 4; writer++) {
		if (fork() != 0)
			continue;
		memset(text, 'a' + writer, sizeof(text));
		for (i = 0; i < 25; i++) {
			if (file_replace(
				    file, text, sizeof(text), 0600, NULL) != 0)
				_exit(1);
		}
		_exit(0);
	}
	for (writer = 0; writer < 4; writer++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(file_read(file, 30000, &buf, &err), 0);
	ck_assert_uint_eq(buf.len, sizeof(text));
	for (i = 0; i < (int)sizeof(text); i++)
		ck_assert_int_eq(buf.data[i], buf.data[0]);
	buf_free(&buf);
}
END_TEST

#if EXACT_FAULTS
/* Has this very program write "new" under that EXACT_FAULT, which is read
 * once a process; its status. */
static int replace_with_fault(const char *fault)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		setenv("EXACT_FAULT", fault, 1);
		execl("/proc/self/exe", "check_base", "replace", file,
			(char *)NULL);
		_exit(99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(test_a_kill_at_any_step_leaves_the_old_or_the_new_file_whole)
{
	static const struct {
		const char *fault;
		const char *content;
	} rows[] = {
		{ "kill:file.temp@1", "old" },
		{ "kill:file.rename@1", "old" },
		{ "kill:file.dir@1", "new" },
	};
	size_t i;
	int status;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(file_replace(file, "old", 3, 0600, &err), 0);
		status = replace_with_fault(rows[i].fault);
		ck_assert(WIFSIGNALED(status));
		ck_assert_int_eq(WTERMSIG(status), SIGKILL);
		holds(rows[i].content);
	}
	/* What the killed ones left behind hinders nobody. */
	ck_assert_int_eq(file_replace(file, "last", 4, 0600, &err), 0);
	holds("last");
}
END_TEST

START_TEST(test_a_full_disk_leaves_the_old_file_and_no_rest)
{
	static const char *const faults[] = { "enospc:file.temp@1",
		"erofs:file.rename@1" };
	char temp[80];
	size_t i;
	int status;

	snprintf(temp, sizeof(temp), "%s.tmp", file);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(file_replace(file, "old", 3, 0600, &err), 0);
		status = replace_with_fault(faults[i]);
		ck_assert(WIFEXITED(status));
		ck_assert_int_eq(WEXITSTATUS(status), -FAIL_STORE);
		holds("old");
		ck_assert_int_ne(access(temp, F_OK), 0);
	}
	status = replace_with_fault("eio:file.dir@1");
	ck_assert_int_eq(WEXITSTATUS(status), -FAIL_STORE);
}
END_TEST
#endif

/* A child that takes the lock, says so, and waits for its end. */
static pid_t start_holder(void)
{
	int ready[2];
	char word;
	pid_t pid;
	int fd;

	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* should a test fail */
		if (file_lock(file, false, &fd, NULL) != 0)
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	ck_assert_int_eq(read(ready[0], &word, 1), 1);
	close(ready[0]);
	return pid;
}

START_TEST(test_a_held_lock_names_its_holder_and_a_kill_frees_it)
{
	char holder[32];
	pid_t pid = start_holder();
	int fd = -1;

	ck_assert_int_eq(mode_of(file), 0600);
	ck_assert_int_eq(file_lock(file, false, &fd, &err), FAIL_BUSY);
	ck_assert_int_eq(fd, -1);
	snprintf(holder, sizeof(holder), "process %ld on ", (long)pid);
	ck_assert_msg(strstr(err.text, holder) != NULL, "%s", err.text);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	ck_assert_int_eq(file_lock(file, false, &fd, &err), 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	file_unlock(fd);
}
END_TEST

START_TEST(test_waiting_for_a_lock_ends_with_its_holder)
{
	pid_t holder = start_holder();
	pid_t waiter = fork();
	int fd, status;

	if (waiter == 0)
		_exit(-file_lock(file, true, &fd, NULL));
	ck_assert_int_eq(waitpid(waiter, &status, WNOHANG), 0);
	ck_assert_int_eq(kill(holder, SIGKILL), 0);
	ck_assert_int_eq(waitpid(holder, NULL, 0), holder);
	ck_assert_int_eq(waitpid(waiter, &status, 0), waiter);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_a_second_descriptor_of_one_process_finds_it_busy_too)
{
	int one, two = -1, third;

	ck_assert_int_eq(file_lock(file, true, &one, &err), 0);
	ck_assert_int_eq(file_lock(file, false, &two, &err), FAIL_BUSY);
	/* Closing another descriptor of the file must not free the lock. */
	third = open(file, O_RDWR | O_CLOEXEC);
	close(third);
	ck_assert_int_eq(file_lock(file, false, &two, &err), FAIL_BUSY);
	file_unlock(one);
	ck_assert_int_eq(file_lock(file, false, &two, &err), 0);
	file_unlock(two);
	ck_assert_int_eq(access(file, F_OK), 0);
}
END_TEST

START_TEST(test_strange_bytes_in_a_lock_file_are_not_repeated)
{
	int held, fd;

	ck_assert_int_eq(file_lock(file, false, &held, &err), 0);
	ck_assert_int_eq(ftruncate(held, 0), 0);
	ck_assert_int_eq(pwrite(held, "\x1b[2Jhello\xff", 10, 0), 10);
	ck_assert_int_eq(file_lock(file, false, &fd, &err), FAIL_BUSY);
	ck_assert_ptr_null(strchr(err.text, '\x1b'));
	ck_assert_ptr_nonnull(strstr(err.text, "?[2Jhello?"));
	file_unlock(held);
}
END_TEST

START_TEST(test_a_lock_where_no_directory_is_fails)
{
	int fd;

	ck_assert_int_eq(
		file_lock("no/such/folder/lock", false, &fd, &err), FAIL_STORE);
}
END_TEST

Suite *file_suite(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, make_folder, remove_folder);
	tcase_add_test(
		tcase, test_a_private_directory_is_made_with_its_parents);
	tcase_add_test(tcase, test_a_file_in_the_way_is_named);
	tcase_add_test(tcase, test_network_file_systems_are_refused_by_name);
	tcase_add_test(tcase, test_a_file_is_replaced_whole_with_its_mode);
	tcase_add_test(
		tcase, test_a_file_in_the_working_directory_can_be_replaced);
	tcase_add_test(tcase, test_reading_refuses_what_is_larger_than_allowed);
	tcase_add_test(tcase, test_reading_a_directory_or_nothing_is_an_error);
	tcase_add_test(tcase, test_replacing_where_no_directory_is_fails);
	tcase_add_test(tcase, test_many_writers_at_once_leave_one_whole_file);
#if EXACT_FAULTS
	tcase_add_test(tcase,
		test_a_kill_at_any_step_leaves_the_old_or_the_new_file_whole);
	tcase_add_test(tcase, test_a_full_disk_leaves_the_old_file_and_no_rest);
#endif
	tcase_add_test(
		tcase, test_a_held_lock_names_its_holder_and_a_kill_frees_it);
	tcase_add_test(tcase, test_waiting_for_a_lock_ends_with_its_holder);
	tcase_add_test(tcase,
		test_a_second_descriptor_of_one_process_finds_it_busy_too);
	tcase_add_test(
		tcase, test_strange_bytes_in_a_lock_file_are_not_repeated);
	tcase_add_test(tcase, test_a_lock_where_no_directory_is_fails);
	suite_add_tcase(suite, tcase);
	return suite;
}
