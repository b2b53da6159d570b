/*
 * exact-connector: the table of its commands, and the hardening that every
 * one of them starts with: no core files, nobody may attach, files private.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/company.h"
#include "cli/completion.h"
#include "cli/export.h"
#include "cli/init.h"
#include "cli/login.h"
#include "cli/logins.h"
#include "cli/plan.h"
#include "cli/refresh.h"
#include "cli/scopes_check.h"
#include "cli/scopes_list.h"
#include "cli/secret.h"
#include "cli/status.h"
#include "cli/sync.h"

#define BIT(option) COMMAND_BIT(option)

static const struct command_row rows[] = {
	{ .name = "init",
		.positional = "",
		.options = BIT(OPTION_SANDBOX),
		.summary = "make a configuration and a key",
		.run = init_command },
	{ .name = "secret",
		.positional = "REGION",
		.positional_count = 1,
		.summary = "seal a region's client secret (standard input)",
		.run = secret_command },
	{ .name = "company add",
		.positional = "[ID]",
		.positional_count = 1,
		.options = BIT(OPTION_NAME) | BIT(OPTION_REGION) |
			   BIT(OPTION_DIVISION) | BIT(OPTION_LOGIN) |
			   BIT(OPTION_FROM),
		.summary = "add a company, or a list of them",
		.run = company_add_command },
	{ .name = "company list",
		.positional = "",
		.options = BIT(OPTION_JSON),
		.summary = "list the companies",
		.run = company_list_command },
	{ .name = "company remove",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_ERASE),
		.summary = "forget a company; its login and quota stay",
		.run = company_remove_command },
	{ .name = "login",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_LISTEN) | BIT(OPTION_PASTE) |
			   BIT(OPTION_URL) | BIT(OPTION_CALLBACK) |
			   BIT(OPTION_DIVISION),
		.summary = "sign in for a company",
		.run = login_command },
	{ .name = "logins",
		.positional = "",
		.options = BIT(OPTION_JSON),
		.summary = "list who has signed in",
		.run = logins_command },
	{ .name = "plan",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_COUNT) | BIT(OPTION_DATA_TYPES) |
			   BIT(OPTION_FULL) | BIT(OPTION_JSON),
		.summary = "say what a sync would cost, and from what",
		.run = plan_command },
	{ .name = "sync",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_DATA_TYPES) | BIT(OPTION_FULL) |
			   BIT(OPTION_JSON),
		.summary = "read what is new, once",
		.run = sync_command },
	{ .name = "status",
		.positional = "[ID]",
		.positional_count = 1,
		.options = BIT(OPTION_JSON),
		.summary = "show what is known, without asking Exact",
		.run = status_command },
	{ .name = "scopes list",
		.positional = "",
		.options = BIT(OPTION_JSON),
		.summary = "list all scopes, what is recommended, what needs "
			   "them",
		.run = scopes_list_command },
	{ .name = "scopes check",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_JSON),
		.summary = "try which scopes work for a company",
		.run = scopes_check_command },
	{ .name = "export",
		.positional = "ID DATATYPE",
		.positional_count = 2,
		.options = BIT(OPTION_FORMAT) | BIT(OPTION_LINES) |
			   BIT(OPTION_QUERY) | BIT(OPTION_ORDER) |
			   BIT(OPTION_LIMIT) | BIT(OPTION_CHANGED_SINCE) |
			   BIT(OPTION_INCLUDE_DELETED),
		.summary = "print a data type's records, one a line",
		.run = export_command },
	{ .name = "refresh",
		.positional = "[LOGIN]",
		.positional_count = 1,
		.options = BIT(OPTION_DUE),
		.summary = "renew tokens, so that idle logins do not expire",
		.run = refresh_command },
	{ .name = "completion",
		.positional = "bash",
		.positional_count = 1,
		.summary = "print the shell's completion",
		.run = completion_command },
	{ .name = NULL },
};

static void harden(void)
{
	const struct rlimit none = { 0, 0 };

	/* libcurl would write every session's keys into the file named. */
	unsetenv("SSLKEYLOGFILE");
	umask(077);
	/* A reader that goes away is a failed write, not a silent death. */
	signal(SIGPIPE, SIG_IGN);
	/* A limit on file sizes is an error of that write, told as such. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
	/* The leak checker attaches to us. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* A standard descriptor that was closed would be given to the next file that
 * is opened, and what is printed would end up in that file. Its place is
 * taken by something that refuses what one would do with it. */
static int hold_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			return -1;
	}
	return 0;
}

/* Output that did not get out is a failure, whatever else went well. */
static enum exit_code flush_output(enum exit_code code)
{
	struct error err = { 0 };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	if (code != EXIT_DONE)
		return code;
	error_set(&err, FAIL_STORE, "cannot write to standard output: %s",
		strerror(errno));
	return command_fail(&err);
}

/* Does somebody who wrote a wrong command line expect JSON? */
static bool asks_for_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], command_option_name(OPTION_JSON)) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct invocation invocation = { 0 };
	struct error err = { 0 };
	bool help, version;

	harden();
	if (hold_standard_files() < 0)
		return EXIT_STORE;
	if (command_parse(
		    rows, argc, argv, &invocation, &help, &version, &err) < 0) {
		if (asks_for_json(argc, argv))
			invocation.value[OPTION_JSON] = "";
		return (int)command_fail_json(&invocation, &err);
	}
	if (version) {
		puts("exact-connector " PACKAGE_VERSION);
		return (int)flush_output(EXIT_DONE);
	}
	if (help) {
		command_help(rows, invocation.command);
		return (int)flush_output(EXIT_DONE);
	}
	return (int)flush_output(invocation.command->run(&invocation));
}
