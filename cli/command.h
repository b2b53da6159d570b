/*
 * The command line as two tables: options, and commands with the options
 * each takes. Parsing, --help and the synopsis come from the same rows.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"

/* What the program ends with; exactly one meaning each. */
enum exit_code {
	EXIT_DONE = 0,       /* everything asked for was done */
	EXIT_FAILED = 1,     /* some streams (sign-in, needed scope) failed */
	EXIT_USAGE = 2,      /* the command line is wrong */
	EXIT_CONFIG = 3,     /* the configuration must be changed */
	EXIT_SIGN_IN = 4,    /* a person must sign in again */
	EXIT_PARKED = 5,     /* the day's quota is used; come back later */
	EXIT_BUSY = 6,       /* another run has it */
	EXIT_STORE = 7,      /* disk, database, vault or output refused */
	EXIT_INTERRUPTED = 8 /* a signal asked us to stop, or the reader of
				our output went away */
};

/* The exit code for an enum fail. */
enum exit_code command_exit_code(int fail);

enum option {
	OPTION_SANDBOX,
	OPTION_NAME,
	OPTION_REGION,
	OPTION_DIVISION,
	OPTION_LOGIN,
	OPTION_ERASE,
	OPTION_JSON,
	OPTION_LISTEN,
	OPTION_PASTE,
	OPTION_URL,
	OPTION_CALLBACK,
	OPTION_DATA_TYPES,
	OPTION_FULL,
	OPTION_FORMAT,
	OPTION_INCLUDE_DELETED,
	OPTION_DUE,
	OPTION_COUNT,
	OPTION_FROM,
	OPTION_LINES,
	OPTION_QUERY,
	OPTION_ORDER,
	OPTION_LIMIT,
	OPTION_CHANGED_SINCE,
	OPTIONS
};

struct invocation {
	const char *program;     /* argv[0] */
	const char *config_path; /* --config, or made from the state dir */
	const char *state_dir;   /* --state, or the default */
	const struct command_row *command;
	const char *positional[2];  /* NULL when not given */
	const char *value[OPTIONS]; /* NULL when not given; "" for flags */
};

struct command_row {
	const char *name;       /* "company add" */
	const char *positional; /* "ID DATATYPE", or "" */
	size_t positional_count;
	unsigned options; /* bits 1u << enum option */
	const char *summary;
	enum exit_code (*run)(const struct invocation *invocation);
};

/* All commands, ending with name NULL; in main.c. */
extern const struct command_row command_rows[];

/* "--json", and what it takes: "FILE", "nl|uk", NULL for a flag. */
const char *command_option_name(enum option option);
const char *command_option_value(enum option option);

/* FAIL_USAGE says what is wrong. *ret_help: print help (for ret->command, if
 * not NULL) and end. Borrowed from argv. */
int command_parse(int argc, char **argv, struct invocation *ret, bool *ret_help,
	bool *ret_version, struct error *err) MUST_CHECK;
/* Help for one command, or for all of them when NULL. */
void command_help(const struct command_row *command);

/* Print text; control characters but tab and newline become \xNN, since a
 * company's or division's name may hold what controls a terminal. */
void command_print(FILE *out, const char *text);

/* Print "exact-connector: TEXT" to standard error; returns the exit code. */
enum exit_code command_fail(const struct error *err);
/* Likewise, and with --json {"state":"failed",…} on standard output, where
 * nothing may have been printed yet. */
enum exit_code command_fail_json(
	const struct invocation *invocation, const struct error *err);

/* Standard output is a pipe that nobody reads any more (SIGPIPE is ignored).
 * Such a run is EXIT_INTERRUPTED, without a word. */
bool command_reader_left(void);

#endif
