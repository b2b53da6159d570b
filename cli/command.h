/*
 * The command line as two tables: the options, and the commands with the
 * options that each takes. Parsing, --help and completion use the same rows.
 * The table of commands is in main.c and is handed down.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "app/exit_code.h"
#include "app/paths.h"
#include "base/error.h"

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
	OPTION_FRESH,
	OPTIONS
};

struct command_row;

struct invocation {
	const char *program;            /* argv[0] */
	struct paths_chosen chosen;     /* --state and --config */
	const struct command_row *rows; /* all commands */
	const struct command_row *command;
	const char *positional[2];  /* NULL when not given */
	const char *value[OPTIONS]; /* NULL when not given; "" for flags */
};

struct command_row {
	const char *name;       /* "company add" */
	const char *positional; /* "ID DATATYPE", or "" */
	size_t positional_count;
	uint64_t options; /* bits COMMAND_BIT(enum option) */
	const char *summary;
	enum exit_code (*run)(const struct invocation *invocation);
};

#define COMMAND_BIT(option) (UINT64_C(1) << (option))
static_assert(OPTIONS <= 64, "each option has a bit in command_row.options");

/* "--json", and what follows it: "FILE", "jsonl|csv", NULL for a flag.
 * "REGION" stands for the regions' names. */
const char *command_option_name(enum option option);
const char *command_option_value(enum option option);

/* `rows` are all commands; the last has no name. FAIL_USAGE says what is
 * wrong. *ret_help: print help (for ret->command, if it is not NULL) and end.
 * Borrowed from argv and rows. */
int command_parse(const struct command_row *rows, int argc, char **argv,
	struct invocation *ret, bool *ret_help, bool *ret_version,
	struct error *err) MUST_CHECK;
/* Help for one command, or for all of `rows` when it is NULL. */
void command_help(
	const struct command_row *rows, const struct command_row *command);

/* Prints text. Control characters except tab and newline become \xNN, since
 * a company's or division's name may hold bytes that control a terminal. */
void command_print(FILE *out, const char *text);

/* Print "exact-connector: TEXT" to standard error; returns the exit code. */
enum exit_code command_fail(const struct error *err);
/* Likewise, and with --json the document of a failure on standard output,
 * where nothing may have been printed yet. */
enum exit_code command_fail_json(
	const struct invocation *invocation, const struct error *err);

/* Standard output is a pipe that nobody reads any more (SIGPIPE is ignored).
 * Such a run is EXIT_INTERRUPTED, without a word. */
bool command_reader_left(void);

#endif
