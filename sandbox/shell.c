/*
 * Opens the clock, the files, the ledgers and the listener, in this order;
 * announces the base URL; then turns the loop until a signal. The log and the
 * list of secrets are flushed line by line, so that a kill loses nothing: a
 * secret is written before the reply that contains it.
 */
#include "sandbox/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "http/listener.h"
#include "http/loop.h"
#include "sandbox/books.h"
#include "sandbox/truth.h"

struct shell {
	struct clock *clock;
	struct loop *loop;
	struct listener *listener;
	struct sandbox *sandbox;
	FILE *log;
	FILE *secrets;
	bool complained; /* has reported that a file can't be written */
};

static void put_line(struct shell *shell, FILE *file, const char *text)
{
	if (!file)
		return;
	if (fprintf(file, "%s\n", text) >= 0 && fflush(file) == 0)
		return;
	if (!shell->complained)
		log_line(LOG_LEVEL_ERROR,
			"writing the log or the list of secrets: %s",
			strerror(errno));
	shell->complained = true;
}

static void on_line(void *arg, const char *line)
{
	struct shell *shell = arg;

	put_line(shell, shell->log, line);
}

static void on_secret(void *arg, const char *secret)
{
	struct shell *shell = arg;

	put_line(shell, shell->secrets, secret);
}

/* Works only on a virtual clock; otherwise the sandbox keeps an offset. */
static int on_advance(void *arg, int64_t ms)
{
	struct shell *shell = arg;

	return clock_advance(shell->clock, ms);
}

static void on_request(void *arg, const struct exchange_request *request,
	struct instant now, struct exchange_reply *reply)
{
	struct shell *shell = arg;

	sandbox_handle(shell->sandbox, request, now, reply);
}

/* Opens for appending, with access for the owner alone. */
static int open_file(const char *path, FILE **ret, struct error *err)
{
	int fd;
	FILE *file;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, FAIL_STORE, "opening %s: %s", path,
			strerror(errno));
	file = fdopen(fd, "a");
	if (!file) {
		close(fd);
		return error_set(err, FAIL_STOP, "opening %s: %s", path,
			strerror(errno));
	}
	*ret = file;
	return 0;
}

static bool is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 ||
	       strncmp(address, "localhost:", 10) == 0 ||
	       strncmp(address, "[::1]:", 6) == 0;
}

static int add_ledgers(struct shell *shell, const struct shell_options *options,
	struct error *err)
{
	for (size_t i = 0; i < options->ledger_count; i++) {
		int fail = sandbox_add_ledger(shell->sandbox,
			options->ledgers[i].path, options->ledgers[i].region,
			clock_now(shell->clock), NULL, err);

		if (fail)
			return fail;
	}
	for (size_t i = 0; i < options->fault_count; i++) {
		int fail = sandbox_add_fault(
			shell->sandbox, options->faults[i], err);

		if (fail)
			return fail;
	}
	for (size_t i = 0; i < options->book_count; i++) {
		int fail = sandbox_add_books(shell->sandbox,
			options->books[i].size, options->books[i].uk, NULL,
			err);

		if (fail)
			return fail;
	}
	return 0;
}

static int put_truth(void *arg, const char *line, size_t len)
{
	return fwrite(line, 1, len, arg) == len ? 0 : FAIL_STORE;
}

static int dump_truth(struct shell *shell, const char *path, struct error *err)
{
	FILE *file;
	int fail;

	if (!path)
		return 0;
	file = fopen(path, "we");
	if (!file)
		return error_set(err, FAIL_STORE, "opening %s: %s", path,
			strerror(errno));
	fail = truth_write(sandbox_books(shell->sandbox), put_truth, file, err);
	if (fclose(file) != 0 && !fail)
		fail = error_set(err, FAIL_STORE, "writing %s: %s", path,
			strerror(errno));
	return fail;
}

static int announce(struct shell *shell, const struct shell_options *options,
	struct error *err)
{
	const char *url = listener_url(shell->listener);
	struct books *books = sandbox_books(shell->sandbox);
	char line[160];
	int len;

	printf("%s\n", url);
	for (size_t i = 0; i < books_division_count(books); i++) {
		const struct books_division *division = books_division(
			books, i);

		printf("division %d user %s %s\n", division->code, SANDBOX_USER,
			division->name);
	}
	if (fflush(stdout) != 0)
		return error_set(err, FAIL_STORE,
			"writing to standard output: %s", strerror(errno));
	if (!options->url_file)
		return 0;
	len = snprintf(line, sizeof(line), "%s\n", url);
	return file_replace(options->url_file, line, (size_t)len, 0644, err);
}

static int serve(struct shell *shell, const struct shell_options *options,
	struct error *err)
{
	struct listener_options listener_options = { .address = options->listen,
		.max_body = 1 << 20,
		.max_target = 16384,
		.handler = on_request,
		.arg = shell };
	int fail;

	fail = loop_new(&shell->loop, shell->clock, err);
	if (fail)
		return fail;
	fail = loop_catch_signals(shell->loop, err);
	if (fail)
		return fail;
	fail = listener_open(
		&shell->listener, shell->loop, &listener_options, err);
	if (fail)
		return fail;
	sandbox_set_base_url(shell->sandbox, listener_url(shell->listener));
	fail = announce(shell, options, err);
	if (fail)
		return fail;
	while (loop_interrupted(shell->loop) == 0)
		loop_turn(shell->loop);
	return 0;
}

int shell_run(const struct shell_options *options,
	struct sandbox_options *sandbox_options, struct error *err)
{
	struct shell shell = { 0 };
	int fail;

	sandbox_options->on_line = on_line;
	sandbox_options->on_secret = on_secret;
	sandbox_options->on_advance = on_advance;
	sandbox_options->arg = &shell;
	if (!is_loopback(options->listen))
		sandbox_options->control = false;
	fail = clock_open(&shell.clock, err);
	if (fail)
		return fail;
	log_setup(LOG_LEVEL_INFO, shell.clock);
	fail = open_file(options->log_file, &shell.log, err);
	if (fail)
		goto out;
	fail = open_file(options->secrets_file, &shell.secrets, err);
	if (fail)
		goto out;
	fail = sandbox_new(&shell.sandbox, sandbox_options, err);
	if (fail)
		goto out;
	fail = add_ledgers(&shell, options, err);
	if (fail)
		goto out;
	fail = dump_truth(&shell, options->truth_file, err);
	if (fail)
		goto out;
	fail = serve(&shell, options, err);
out:
	listener_free(shell.listener);
	loop_free(shell.loop);
	sandbox_free(shell.sandbox);
	if (shell.secrets)
		fclose(shell.secrets);
	if (shell.log)
		fclose(shell.log);
	log_setup(LOG_LEVEL_INFO, NULL); /* no times without a clock */
	clock_free(shell.clock);
	return fail;
}
