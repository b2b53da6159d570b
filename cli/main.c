/*
 * exact-connector: the table of its commands, and the hardening with which
 * each of them starts: no core files, no debugger may attach, new files are
 * private.
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
		.summary = "make a configuration and a key file",
		.run = init_command },
	{ .name = "secret",
		.positional = "REGION",
		.positional_count = 1,
		.summary =
			"store a region's client secret (from standard input)",
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
		.summary = "remove a company; its login and quota stay",
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
		.summary = "estimate the calls and time of a sync",
		.run = plan_command },
	{ .name = "sync",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_DATA_TYPES) | BIT(OPTION_FRESH) |
			   BIT(OPTION_FULL) | BIT(OPTION_JSON),
		.summary = "read what is new and derive the records",
		.run = sync_command },
	{ .name = "status",
		.positional = "[ID]",
		.positional_count = 1,
		.options = BIT(OPTION_JSON),
		.summary = "show what is known, without calling Exact",
		.run = status_command },
	{ .name = "scopes list",
		.positional = "",
		.options = BIT(OPTION_JSON),
		.summary = "list all scopes and the data types that need them",
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
		.summary = "print the records of a data type, one a line",
		.run = export_command },
	{ .name = "refresh",
		.positional = "[LOGIN]",
		.positional_count = 1,
		.options = BIT(OPTION_DUE),
		.summary = "renew the tokens of a login or of idle logins",
		.run = refresh_command },
	{ .name = "completion",
		.positional = "bash",
		.positional_count = 1,
		.summary = "print a script that completes commands",
		.run = completion_command },
	{ .name = NULL },
};

static void harden(void)
{
	const struct rlimit none = { 0, 0 };

	/* libcurl would write the keys of every TLS session into the file
	 * that this variable names. */
	unsetenv("SSLKEYLOGFILE");
	umask(077);
	/* When the reader of our output goes away, the write fails and the
	 * program is not killed. */
	signal(SIGPIPE, SIG_IGN);
	/* Likewise at a limit on file sizes: the write fails with an error. */
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__)
	/* The leak checker of a sanitizer build must be able to attach. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* If a standard descriptor is closed, the next file that is opened gets its
 * number, and what is printed would be written into that file. So /dev/null
 * takes the number, opened for the opposite direction: using it is an error. */
static int occupy_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode) != fd)
			return -1;
	}
	return 0;
}

/* Output that could not be written is a failure, even when all else went
 * well. */
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

/* A wrong command line with --json in it is answered in JSON, too. */
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
	if (occupy_standard_files() < 0)
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
