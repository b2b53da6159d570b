/*
 * Named fault points of test builds.
 *
 * EXACT_FAULT is read once. `kill@N` counts the points of this process,
 * unless EXACT_FAULT_STATE names a file: then the first eight bytes of that
 * file are one counter for all processes that name it, so that a test can hit
 * "the 37th durable step of this sync, whichever process takes it".
 */
#include "base/fault.h"

#if EXACT_FAULTS

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct {
	bool ready;
	bool kills;           /* otherwise fail_errno */
	int fail_errno;       /* 0: no fault is set */
	char name[64];        /* "" : any point */
	long long at;         /* the N-th, 1 is first */
	long long seen;       /* how often the named point was passed */
	long long own;        /* points passed by this process */
	_Atomic int64_t *all; /* points passed by all processes */
	int log;
} fault = { .log = -1 };

static void set_up(void)
{
	static const struct {
		const char *word;
		int number;
	} kinds[] = { { "kill", 0 }, { "enospc", ENOSPC }, { "eio", EIO },
		{ "erofs", EROFS } };
	const char *text = getenv("EXACT_FAULT");
	const char *log = getenv("EXACT_FAULT_LOG");
	const char *state = getenv("EXACT_FAULT_STATE");
	const char *at, *colon;

	fault.ready = true;
	if (log)
		fault.log = open(
			log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (state) {
		int fd = open(state, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		void *map = MAP_FAILED;

		if (fd >= 0 && ftruncate(fd, 8) == 0)
			map = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED,
				fd, 0);
		if (map != MAP_FAILED)
			fault.all = map;
		if (fd >= 0)
			close(fd);
	}
	if (!text)
		return;
	at = strrchr(text, '@');
	colon = strchr(text, ':');
	if (!at)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].word);

		if (strncmp(text, kinds[i].word, len) != 0)
			continue;
		fault.kills = kinds[i].number == 0;
		fault.fail_errno = kinds[i].number;
		fault.at = strtoll(at + 1, NULL, 10);
		if (colon && colon < at)
			snprintf(fault.name, sizeof(fault.name), "%.*s",
				(int)(at - colon - 1), colon + 1);
	}
}

/* Does the fault that is set happen at this pass? */
static bool pass(const char *name)
{
	long long number;

	if (!fault.ready)
		set_up();
	fault.own++;
	number = fault.own;
	if (fault.all)
		number = atomic_fetch_add(fault.all, 1) + 1;
	if (fault.log >= 0) {
		char line[128];
		int len = snprintf(
			line, sizeof(line), "%lld %s\n", number, name);
		ssize_t put = write(fault.log, line, (size_t)len);

		(void)put;
	}
	if (fault.name[0] == '\0')
		return number == fault.at;
	if (strcmp(fault.name, name) != 0)
		return false;
	fault.seen++;
	return fault.seen == fault.at;
}

void fault_point(const char *name)
{
	if (pass(name) && fault.kills)
		kill(getpid(), SIGKILL);
}

int fault_fails(const char *name)
{
	if (!pass(name))
		return 0;
	if (fault.kills)
		kill(getpid(), SIGKILL);
	return fault.fail_errno;
}

int fault_read_fails(const char *name)
{
	if (!fault.ready)
		set_up();
	if (strcmp(fault.name, name) != 0 || fault.kills)
		return 0;
	fault.seen++;
	return fault.seen == fault.at ? fault.fail_errno : 0;
}

#else

/* ISO C forbids an empty translation unit. */
extern const int fault_points_are_compiled_away;
const int fault_points_are_compiled_away = 1;

#endif
