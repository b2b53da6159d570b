/*
 * The child gets a session of its own and no open input or output, but
 * standard error, where it logs.
 */
#include "app/refresher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/exit_code.h"

/* What the ending means to whoever waits for a token. The vault holds what
 * the process learnt about the login, so most endings only mean: look there
 * again. */
static int fail_of_status(int status)
{
	if (!WIFEXITED(status))
		return 0; /* killed: look into the vault */
	switch (WEXITSTATUS(status)) {
	case EXIT_CONFIG:
		return FAIL_CONFIG;
	case EXIT_STORE:
		return FAIL_STORE;
	default:
		return 0;
	}
}

static void child_ended(struct loop *loop, pid_t pid, int status, void *arg)
{
	struct session *session = arg;

	(void)loop;
	(void)pid;
	session->refresh.running = false;
	if (session->refresh.done)
		session->refresh.done(
			session->refresh.arg, fail_of_status(status));
}

/* Our environment with the clock's slot for the child. The caller frees the
 * array, and not the strings in it. */
static char **child_environment(char *slot)
{
	size_t count = 0;
	size_t out = 0;
	char **copy;

	while (environ[count])
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	if (!copy)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], "EXACT_CLOCK_SLOT=", 17) != 0)
			copy[out++] = environ[i];
	if (slot[0] != '\0')
		copy[out] = slot;
	return copy;
}

static int spawn(
	struct session *session, const char *login, char *slot, pid_t *ret_pid)
{
	char *const argv[] = { "exact-connector", "--state",
		session->paths.state, "--config", session->paths.config,
		"refresh", (char *)(uintptr_t)login, NULL };
	char **environment = child_environment(slot);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int code;

	if (!environment)
		return ENOMEM;
	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(
		&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(
		&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
		&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	code = posix_spawn(ret_pid, "/proc/self/exe", &files, &attributes, argv,
		environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	free(environment);
	return code;
}

int refresher_spawn(struct session *session, const char *login,
	void (*done)(void *arg, int fail), void *arg, struct error *err)
{
	char slot[32];
	pid_t pid = -1;
	int code;

	if (session->refresh.running)
		return error_set(err, FAIL_STOP,
			"a refresh of this session is running already");
	clock_child_prepare(session->clock, slot);
	code = spawn(session, login, slot, &pid);
	clock_child_started(session->clock, code == 0 ? pid : -1);
	if (code != 0)
		return error_set(err, FAIL_LATER,
			"cannot start the refresh process: %s", strerror(code));
	session->refresh.running = true;
	session->refresh.done = done;
	session->refresh.arg = arg;
	code = loop_child_watch(session->loop, pid, child_ended, session);
	if (code < 0) {
		session->refresh.running = false;
		return error_set(
			err, FAIL_LATER, "cannot wait for the refresh process");
	}
	return 0;
}

void refresher_forget(struct session *session)
{
	session->refresh.done = NULL;
}
