/*
 * `secret REGION`: reads the client secret of a region's app and stores it,
 * encrypted with the vault's key.
 */
#include "cli/secret.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "app/session.h"
#include "base/crypto.h"
#include "cli/argument.h"
#include "store/secret.h"

static volatile sig_atomic_t read_interrupted;

static void stop_reading(int number)
{
	(void)number;
	read_interrupted = 1;
}

/* A signal that arrives while the echo is off ends the reading, so that the
 * echo is put back. Signals are blocked from before the echo goes off and
 * delivered only inside ppoll(): none can arrive while there is no handler,
 * or between looking for a signal and reading. */
struct reading {
	struct sigaction old_int, old_term;
	sigset_t old_mask;
};

static void reading_begin(struct reading *reading)
{
	struct sigaction action = { .sa_handler = stop_reading };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_BLOCK, &mask, &reading->old_mask);
	sigaction(SIGINT, &action, &reading->old_int);
	sigaction(SIGTERM, &action, &reading->old_term);
}

static char *reading_line(const struct reading *reading, char *ret, size_t size)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	if (ppoll(&input, 1, NULL, &reading->old_mask) < 0)
		return NULL;
	return fgets(ret, (int)size, stdin);
}

static void reading_end(const struct reading *reading)
{
	sigaction(SIGINT, &reading->old_int, NULL);
	sigaction(SIGTERM, &reading->old_term, NULL);
	sigprocmask(SIG_SETMASK, &reading->old_mask, NULL);
}

/* One line from standard input, without echo on a terminal. */
static int read_secret(char *ret, size_t size, struct error *err)
{
	struct termios before;
	bool terminal = isatty(STDIN_FILENO) == 1 &&
			tcgetattr(STDIN_FILENO, &before) == 0;
	struct reading reading;
	char *line;

	reading_begin(&reading);
	if (terminal) {
		struct termios quiet = before;

		quiet.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
		fputs("Client secret (not shown): ", stderr);
	}
	line = reading_line(&reading, ret, size);
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	reading_end(&reading);
	if (read_interrupted != 0)
		return error_set(err, FAIL_INTERRUPTED, "interrupted");
	if (!line)
		return error_set(err, FAIL_USAGE,
			"standard input holds no client secret");
	ret[strcspn(ret, "\r\n")] = '\0';
	for (const char *at = ret; *at != '\0'; at++)
		if ((unsigned char)*at <= ' ' || *at == 0x7f)
			return error_set(err, FAIL_CONFIG,
				"the client secret holds a blank or control "
				"character; copy it again from Manage my apps");
	return 0;
}

enum exit_code secret_command(const struct invocation *invocation)
{
	const struct settings_region *region;
	struct error err = { 0 };
	struct session session;
	char secret[SECRET_MAX + 2] = "";
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = argument_region(
		&session.settings, invocation->positional[0], &region, &err);
	if (fail == 0)
		fail = settings_region_check(&session.settings, region, &err);
	if (fail == 0)
		fail = read_secret(secret, sizeof(secret), &err);
	if (fail == 0)
		fail = session_store_secret(&session.paths, region->base_url,
			region->client_id, secret, &err);
	crypto_wipe(secret, sizeof(secret));
	if (fail == 0)
		printf("sealed the client secret of region %s\n", region->name);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
