/* Reading the command line by its tables, and printing them as help. */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

struct option_row {
	const char *name;
	const char *value; /* NULL: a flag */
	const char *help;
};

static const struct option_row option_rows[OPTIONS] = {
	[OPTION_SANDBOX] = { "--sandbox", "URL",
		"point both regions at an exact-sandbox" },
	[OPTION_NAME] = { "--name", "NAME", "the company's name" },
	[OPTION_REGION] = { "--region", "nl|uk",
		"the country host its books are on" },
	[OPTION_DIVISION] = { "--division", "N",
		"Exact's number for this set of books" },
	[OPTION_LOGIN] = { "--login", "LOGIN",
		"read it with a login there is already" },
	[OPTION_ERASE] = { "--erase", NULL, "delete its data file too" },
	[OPTION_JSON] = { "--json", NULL, "print one JSON document" },
	[OPTION_LISTEN] = { "--listen", "ADDR:PORT",
		"wait here for the browser to come back" },
	[OPTION_PASTE] = { "--paste", NULL,
		"paste the address the browser ended at" },
	[OPTION_URL] = { "--url", NULL,
		"print the sign-in address and end (for scripts)" },
	[OPTION_CALLBACK] = { "--callback", NULL,
		"read the redirected address from standard input" },
	[OPTION_DATA_TYPES] = { "--data-types", "LIST",
		"only these data types, separated by commas" },
	[OPTION_FULL] = { "--full", NULL,
		"read everything again and drop what is no longer there" },
	[OPTION_FORMAT] = { "--format", "jsonl|csv",
		"how to write records; jsonl if not given" },
	[OPTION_INCLUDE_DELETED] = { "--include-deleted", NULL,
		"deleted records too, marked as such" },
	[OPTION_DUE] = { "--due", NULL,
		"refresh the logins that would else expire" },
};

enum exit_code command_exit_code(int fail)
{
	switch (fail) {
	case 0:
		return EXIT_DONE;
	case FAIL_USAGE:
		return EXIT_USAGE;
	case FAIL_CONFIG:
		return EXIT_CONFIG;
	case FAIL_SIGN_IN:
		return EXIT_SIGN_IN;
	case FAIL_WAIT:
		return EXIT_PARKED;
	case FAIL_BUSY:
		return EXIT_BUSY;
	case FAIL_STORE:
	case FAIL_STOP:
		return EXIT_STORE;
	case FAIL_INTERRUPTED:
		return EXIT_INTERRUPTED;
	default:
		return EXIT_FAILED;
	}
}

enum exit_code command_fail(const struct error *err)
{
	fprintf(stderr, "exact-connector: %s\n", err->text);
	return command_exit_code(err->fail);
}

/* Match one or two words; returns how many, 0 for none. */
static int find_command(
	int argc, char **argv, const struct command_row **ret_row)
{
	for (const struct command_row *row = command_rows; row->name != NULL;
		row++) {
		const char *blank = strchr(row->name, ' ');

		if (blank == NULL) {
			if (strcmp(argv[0], row->name) != 0)
				continue;
			*ret_row = row;
			return 1;
		}
		if (argc > 1 &&
			strncmp(argv[0], row->name,
				(size_t)(blank - row->name)) == 0 &&
			argv[0][blank - row->name] == '\0' &&
			strcmp(argv[1], blank + 1) == 0) {
			*ret_row = row;
			return 2;
		}
	}
	return 0;
}

static int take_option(int argc, char **argv, int *at, struct invocation *ret,
	struct error *err)
{
	const char *word = argv[*at];
	const char *equals = strchr(word, '=');
	size_t len = equals == NULL ? strlen(word) : (size_t)(equals - word);

	for (int i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &option_rows[i];

		if (strncmp(row->name, word, len) != 0 ||
			row->name[len] != '\0')
			continue;
		if ((ret->command->options & (1u << i)) == 0)
			return error_set(err, FAIL_USAGE,
				"'%s' does not take %s; see 'exact-connector "
				"%s --help'",
				ret->command->name, row->name,
				ret->command->name);
		if (ret->value[i] != NULL)
			return error_set(err, FAIL_USAGE, "%s is given twice",
				row->name);
		if (row->value == NULL) {
			if (equals != NULL)
				return error_set(err, FAIL_USAGE,
					"%s takes no value", row->name);
			ret->value[i] = "";
			return 0;
		}
		if (equals != NULL) {
			ret->value[i] = equals + 1;
			return 0;
		}
		if (*at + 1 >= argc)
			return error_set(err, FAIL_USAGE,
				"%s needs a value: %s %s", row->name, row->name,
				row->value);
		(*at)++;
		ret->value[i] = argv[*at];
		return 0;
	}
	return error_set(err, FAIL_USAGE,
		"there is no option %.*s; see 'exact-connector %s --help'",
		(int)len, word, ret->command->name);
}

static int take_global(int argc, char **argv, int *at, struct invocation *ret,
	struct error *err)
{
	static const char *const names[] = { "--config", "--state" };
	const char **const where[] = { &ret->config_path, &ret->state_dir };

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(names[i]);

		if (strncmp(argv[*at], names[i], len) != 0)
			continue;
		if (argv[*at][len] == '=') {
			*where[i] = argv[*at] + len + 1;
			return 1;
		}
		if (argv[*at][len] != '\0')
			continue;
		if (*at + 1 >= argc)
			return error_set(
				err, FAIL_USAGE, "%s needs a value", names[i]);
		(*at)++;
		*where[i] = argv[*at];
		return 1;
	}
	return 0;
}

int command_parse(int argc, char **argv, struct invocation *ret, bool *ret_help,
	bool *ret_version, struct error *err)
{
	size_t given = 0;
	int at = 1;
	int taken;

	*ret_help = false;
	*ret_version = false;
	ret->program = argv[0];
	for (; at < argc && argv[at][0] == '-'; at++) {
		taken = take_global(argc, argv, &at, ret, err);
		if (taken < 0)
			return taken;
		if (taken > 0)
			continue;
		if (strcmp(argv[at], "--help") == 0 ||
			strcmp(argv[at], "-h") == 0)
			*ret_help = true;
		else if (strcmp(argv[at], "--version") == 0)
			*ret_version = true;
		else
			return error_set(err, FAIL_USAGE,
				"there is no option %s before the command; "
				"see 'exact-connector --help'",
				argv[at]);
		return 0;
	}
	if (at >= argc)
		return error_set(err, FAIL_USAGE,
			"a command is needed; see 'exact-connector --help'");
	if (strcmp(argv[at], "help") == 0) {
		*ret_help = true;
		return 0;
	}
	taken = find_command(argc - at, argv + at, &ret->command);
	if (taken == 0)
		return error_set(err, FAIL_USAGE,
			"there is no command '%s'; see 'exact-connector "
			"--help'",
			argv[at]);
	for (at += taken; at < argc; at++) {
		int fail;

		if (strcmp(argv[at], "--help") == 0 ||
			strcmp(argv[at], "-h") == 0) {
			*ret_help = true;
			return 0;
		}
		taken = take_global(argc, argv, &at, ret, err);
		if (taken < 0)
			return taken;
		if (taken > 0)
			continue;
		if (argv[at][0] == '-' && argv[at][1] == '-') {
			fail = take_option(argc, argv, &at, ret, err);
			if (fail < 0)
				return fail;
			continue;
		}
		if (given >= ret->command->positional_count)
			return error_set(err, FAIL_USAGE,
				"'%s' is one word too many; usage: "
				"exact-connector %s %s",
				argv[at], ret->command->name,
				ret->command->positional);
		ret->positional[given++] = argv[at];
	}
	/* `status` is the one command whose positional may be left out. */
	if (given < ret->command->positional_count &&
		ret->command->positional[0] != '[')
		return error_set(err, FAIL_USAGE,
			"usage: exact-connector %s %s", ret->command->name,
			ret->command->positional);
	return 0;
}

static void one_line(const struct command_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "%s %s", row->name, row->positional);
	printf("  %-24s %s\n", left, row->summary);
}

static void exit_codes(void)
{
	puts("\nExit codes: 0 done, 1 some streams failed, 2 usage, "
	     "3 configuration,\n"
	     "4 sign-in needed, 5 parked by quota, 6 in use by another run,\n"
	     "7 store failure, 8 interrupted.");
}

void command_help(const struct command_row *command)
{
	if (command == NULL) {
		puts("usage: exact-connector [--config FILE] [--state DIR] "
		     "COMMAND\n\nCommands:");
		for (const struct command_row *row = command_rows;
			row->name != NULL; row++)
			if (!row->hidden)
				one_line(row);
		puts("\nCommon options:\n"
		     "  --state DIR    where everything is kept (default "
		     "$XDG_STATE_HOME/exact-connector,\n"
		     "                 else ~/.local/state/exact-connector)\n"
		     "  --config FILE  default DIR/exact-connector.conf\n"
		     "  --help, --version");
		exit_codes();
		return;
	}
	printf("usage: exact-connector %s %s [options]\n%s\n", command->name,
		command->positional, command->summary);
	for (int i = 0; i < OPTIONS; i++) {
		char left[64];

		if ((command->options & (1u << i)) == 0)
			continue;
		snprintf(left, sizeof(left), "%s %s", option_rows[i].name,
			option_rows[i].value == NULL ? ""
						     : option_rows[i].value);
		printf("  %-22s %s\n", left, option_rows[i].help);
	}
	exit_codes();
}
