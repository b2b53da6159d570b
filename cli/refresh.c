/* Spawning the refresh process, and being it. */
#include "cli/refresh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/signing.h"
#include "cli/vault_adapter.h"
#include "oauth/credentials.h"
#include "oauth/keeper.h"
#include "oauth/refresh.h"
#include "oauth/witness.h"

/* What a run makes of how the process ended. What it learnt about the login
 * is in the vault, so most endings only mean: ask again. */
static int fail_of_status(int status)
{
	if (!WIFEXITED(status))
		return 0; /* killed: the vault says what is known */
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
	if (session->refresh.done != NULL)
		session->refresh.done(
			session->refresh.arg, fail_of_status(status));
}

/* Our environment with the clock's slot for the child. The array is the
 * caller's to free, not what it points to. */
static char **child_environment(char *slot)
{
	size_t count = 0;
	size_t out = 0;
	char **copy;

	while (environ[count] != NULL)
		count++;
	copy = calloc(count + 2, sizeof(*copy));
	if (copy == NULL)
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

	if (environment == NULL)
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

int refresh_spawn(struct session *session, const char *login,
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

void refresh_forget(struct session *session)
{
	session->refresh.done = NULL;
}

/* ---- being it ---------------------------------------------------------- */

/* Shared with the process that watches over us; NULL when nobody does. */
static struct witness *witness;

struct outcome {
	bool done;
	int fail;
	struct error err;
};

static void finished(void *arg, int fail, const struct error *err)
{
	struct outcome *outcome = arg;

	outcome->done = true;
	outcome->fail = fail;
	outcome->err = *err;
}

static int credentials_of(struct session *session, const char *region_name,
	struct buf *secret, struct credentials *ret, struct error *err)
{
	const struct settings_region *region = settings_region(
		&session->settings, region_name);
	int fail;

	if (region == NULL)
		return error_set(err, FAIL_CONFIG,
			"the login is of region '%s', which is not configured",
			region_name);
	fail = settings_region_check(&session->settings, region, err);
	if (fail == 0)
		fail = session_secret(session, region, secret, err);
	if (fail < 0)
		return fail;
	*ret = (struct credentials){
		.region = region->name,
		.base_url = region->base_url,
		.client_id = region->client_id,
		.client_secret = secret->data,
		.redirect_uri = region->redirect_uri,
	};
	return credentials_check(ret, err);
}

/* `resume`: put the witness's reply into the vault, send nothing. */
static int refresh_one(
	struct session *session, const char *id, bool resume, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);
	struct refresh_options options = { .loop = session->loop };
	struct outcome outcome = { 0 };
	struct credentials credentials;
	struct refresh *refresh = NULL;
	struct keeper *keeper = NULL;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	struct buf secret;
	int fail;

	buf_init(&secret, 4096);
	fail = keeper_find(&ops, id, name, err);
	if (fail == 0)
		fail = keeper_open(&keeper, &ops, name,
			clock_boot_id(session->clock), err);
	if (fail == 0)
		fail = credentials_of(session, keeper_login(keeper)->region,
			&secret, &credentials, err);
	if (fail < 0)
		goto done;
	options.transport = &session->transport;
	options.ops = &ops;
	options.credentials = &credentials;
	options.name = name;
	options.witness = witness;
	options.resume = resume;
	options.done = finished;
	options.arg = &outcome;
	fail = refresh_start(&refresh, &options, err);
	/* Signals are caught by the loop and not obeyed here: the answer must
	 * get to the disk first. Every wait in there has an end. */
	while (fail == 0 && !outcome.done)
		loop_turn(session->loop);
	if (fail == 0 && outcome.fail < 0) {
		*err = outcome.err;
		fail = outcome.fail;
	}
done:
	refresh_free(refresh);
	keeper_free(keeper);
	buf_wipe_free(&secret);
	return fail;
}

struct due {
	struct session *session;
	char (*ids)[LOGIN_ID_MAX + 1];
	size_t count;
};

static int collect(void *arg, const char *name, const struct login *login)
{
	struct due *due = arg;
	void *grown = realloc(due->ids, (due->count + 1) * sizeof(*due->ids));

	(void)login;
	if (grown == NULL)
		return FAIL_STOP;
	due->ids = grown;
	snprintf(due->ids[due->count++], sizeof(*due->ids), "%s", name);
	return 0;
}

static int refresh_due(struct session *session, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);
	struct due due = { .session = session };
	int worst = 0;
	int fail;

	for (int i = 0; i < SETTINGS_REGIONS; i++) {
		const struct settings_region *region = &session->settings
								.regions[i];

		if (settings_region_check(&session->settings, region, NULL) ==
			0)
			signing_finish_earlier(session, region);
	}
	fail = keeper_each_idle(&ops, clock_now(session->clock),
		clock_boot_id(session->clock), collect, &due, err);
	for (size_t i = 0; fail == 0 && i < due.count; i++) {
		int one = refresh_one(session, due.ids[i], false, err);

		if (one < 0) {
			log_line(LOG_LEVEL_WARN, "%s", err->text);
			worst = one;
		}
	}
	if (fail == 0)
		printf("%zu login%s due\n", due.count,
			due.count == 1 ? "" : "s");
	free(due.ids);
	return fail < 0 ? fail : worst;
}

static enum exit_code run(const struct invocation *invocation, bool resume)
{
	const char *login = invocation->positional[0];
	struct error err = { 0 };
	struct session session;
	int fail;

	fail = session_open(&session, invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	session_hold_on();
	fail = loop_catch_signals(session.loop, &err);
	if (fail == 0 && resume)
		fail = refresh_one(&session, witness->name, true, &err);
	else if (fail == 0 && login == NULL)
		fail = refresh_due(&session, &err);
	else if (fail == 0)
		fail = refresh_one(&session, login, false, &err);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}

/* Wait for the refresher's end. If it was killed with a reply in its hands,
 * the reply is finished here. */
static enum exit_code watch(const struct invocation *invocation, pid_t pid)
{
	enum exit_code code = EXIT_FAILED;
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status))
		code = (enum exit_code)WEXITSTATUS(status);
	if (witness_full(witness)) {
		code = run(invocation, true);
		log_line(LOG_LEVEL_WARN,
			"the refresh was killed after Exact's answer came; "
			"the answer %s",
			witness_full(witness) ? "could not be kept"
					      : "was kept");
	}
	witness_wipe(witness);
	return code;
}

enum exit_code refresh_command(const struct invocation *invocation)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	bool due = invocation->value[OPTION_DUE] != NULL;
	struct error err = { 0 };
	void *page;
	pid_t pid;

	if ((invocation->positional[0] == NULL) == !due) {
		error_set(&err, FAIL_USAGE,
			"usage: exact-connector refresh LOGIN, or refresh "
			"--due");
		return command_fail(&err);
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_IGN);
	page = mmap(NULL, sizeof(*witness), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return run(invocation, false);
	witness = page;
	(void)madvise(page, sizeof(*witness), MADV_DONTDUMP);
	pid = fork();
	if (pid < 0) {
		witness = NULL;
		munmap(page, sizeof(*witness));
		return run(invocation, false);
	}
	if (pid == 0)
		return run(invocation, false);
	return watch(invocation, pid);
}
