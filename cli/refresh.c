/*
 * The process that refreshes a login. It is two processes: the refresher, and
 * a witness that shares a page of memory with the refresher. Exact's answer
 * is copied there before anything else happens to it. If the refresher is
 * killed then, the witness puts the answer into the vault.
 */
#include "cli/refresh.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "app/signing.h"
#include "app/vault_adapter.h"
#include "oauth/credentials.h"
#include "oauth/keeper.h"
#include "oauth/refresh.h"
#include "oauth/witness.h"

/* The shared page; NULL when there is no second process. */
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

	if (!region)
		return error_set(err, FAIL_CONFIG,
			"the login is of region '%s', which this version of "
			"exact-connector does not know",
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

/* With `resume` nothing is sent: the answer in the shared page is put into
 * the vault. */
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
	/* The loop catches signals, and they are not obeyed here: the answer
	 * must reach the disk first. Every wait in a refresh has an end. */
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
	if (!grown)
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

	for (size_t i = 0; i < region_count; i++) {
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

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	session_ignore_signals();
	fail = loop_catch_signals(session.loop, &err);
	if (fail == 0 && resume)
		fail = refresh_one(&session, witness->name, true, &err);
	else if (fail == 0 && !login)
		fail = refresh_due(&session, &err);
	else if (fail == 0)
		fail = refresh_one(&session, login, false, &err);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}

/* Waits until the refresher has ended. If it was killed between receiving
 * Exact's answer and storing it, the answer is stored here. */
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
			witness_full(witness) ? "could not be stored"
					      : "was stored");
	}
	witness_wipe(witness);
	return code;
}

enum exit_code refresh_command(const struct invocation *invocation)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	bool due = invocation->value[OPTION_DUE];
	struct error err = { 0 };
	void *page;
	pid_t pid;

	if (!invocation->positional[0] == !due) {
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
