/*
 * The thin shell around sandbox_handle(): a listener on loopback, the clock,
 * the log and the list of secrets.
 */
#ifndef SANDBOX_SHELL_H
#define SANDBOX_SHELL_H

#include <stddef.h>

#include "base/error.h"
#include "sandbox/sandbox.h"

struct shell_ledger {
	const char *path;
	enum sandbox_region region;
};

struct shell_books {
	enum generate_size size;
	bool uk;
	bool country_given;
};

struct shell_options {
	const char *listen;   /* "127.0.0.1:0" */
	const char *url_file; /* NULL: none; so are the next two */
	const char *log_file;
	const char *secrets_file;
	const char *truth_file;
	const struct shell_ledger *ledgers; /* borrowed */
	size_t ledger_count;
	const struct shell_books *books; /* borrowed: generated ones */
	size_t book_count;
	const char *const *faults; /* borrowed */
	size_t fault_count;
};

/* Serves until SIGINT or SIGTERM. Prints the base URL and the divisions on
 * standard output when ready. */
int shell_run(const struct shell_options *options,
	struct sandbox_options *sandbox_options, struct error *err) MUST_CHECK;

#endif
