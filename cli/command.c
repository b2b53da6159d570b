/* Reading the command line by the tables of options and commands, and
 * printing these tables as help. */
#include "cli/command.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/document.h"
#include "connector/region.h"

struct option_row {
	const char *name;
	const char *value; /* NULL: a flag */
	const char *help;
};

static const struct option_row option_rows[OPTIONS] = {
	[OPTION_SANDBOX] = { "--sandbox", "URL",
		"point all regions at an exact-sandbox" },
	[OPTION_NAME] = { "--name", "NAME", "the company's name" },
	[OPTION_REGION] = { "--region", "REGION",
		"the country whose Exact Online holds the books" },
	[OPTION_DIVISION] = { "--division", "N",
		"Exact's number for this set of books" },
	[OPTION_LOGIN] = { "--login", "LOGIN",
		"the login to read the company with" },
	[OPTION_ERASE] = { "--erase", NULL,
		"delete the company's data file too" },
	[OPTION_JSON] = { "--json", NULL, "print one JSON document" },
	[OPTION_LISTEN] = { "--listen", "ADDR:PORT",
		"wait for the browser at this address" },
	[OPTION_PASTE] = { "--paste", NULL,
		"ask for the address at which the browser ended" },
	[OPTION_URL] = { "--url", NULL,
		"print the sign-in address and end (for scripts)" },
	[OPTION_CALLBACK] = { "--callback", NULL,
		"read the redirected address from standard input" },
	[OPTION_DATA_TYPES] = { "--data-types", "LIST",
		"only these data types, separated by commas" },
	[OPTION_FULL] = { "--full", NULL,
		"read everything again; drop what Exact no longer has" },
	[OPTION_FORMAT] = { "--format", "jsonl|csv",
		"how to write records (default: jsonl)" },
	[OPTION_INCLUDE_DELETED] = { "--include-deleted", NULL,
		"print deleted records too; they are marked" },
	[OPTION_DUE] = { "--due", NULL,
		"refresh all logins that would otherwise expire" },
	[OPTION_COUNT] = { "--count", NULL,
		"ask Exact for row counts: one call for each list" },
	[OPTION_FROM] = { "--from", "CSV",
		"add all companies of a list in CSV:"
		" id,name,region,division,login" },
	[OPTION_LINES] = { "--lines", NULL,
		"csv: a row for each line, with its record's id" },
	[OPTION_QUERY] = { "--query", "EXPR",
		"only records that match: 'amountDue > 0 && status != Void'" },
	[OPTION_ORDER] = { "--order", "FIELD|-FIELD",
		"in order of this field, or with - descending" },
	[OPTION_LIMIT] = { "--limit", "N", "at most so many records" },
	[OPTION_CHANGED_SINCE] = { "--changed-since", "N",
		"what changed after change number N, deleted records too" },
	[OPTION_FRESH] = { "--fresh", NULL,
		"read the reference lists too, whatever their age" },
};

const char *command_option_name(enum option option)
{
	return option_rows[option].name;
}

const char *command_option_value(enum option option)
{
	return option_rows[option].value;
}

void command_print(FILE *out, const char *text)
{
	size_t plain = 0;

	while (text[plain] != '\0') {
		unsigned char c = (unsigned char)text[plain];

		/* C1 controls come as C2 80 to C2 9F in UTF-8. */
		if ((c >= 0x20 && c != 0x7f && c != 0xc2) || c == '\n' ||
			c == '\t' ||
			(c == 0xc2 && (unsigned char)text[plain + 1] >= 0xa0)) {
			plain++;
			continue;
		}
		fwrite(text, 1, plain, out);
		fprintf(out, "\\x%02x", c);
		text += plain + 1;
		plain = 0;
	}
	fwrite(text, 1, plain, out);
}

enum exit_code command_fail(const struct error *err)
{
	enum exit_code code = exit_code_of(err->fail);

	/* Whoever stopped reading our output needs no message either. */
	if (code == EXIT_STORE && ferror(stdout) && command_reader_left())
		return EXIT_INTERRUPTED;
	fputs("exact-connector: ", stderr);
	command_print(stderr, err->text);
	fputc('\n', stderr);
	return code;
}

enum exit_code command_fail_json(
	const struct invocation *invocation, const struct error *err)
{
	struct buf out;

	if (!invocation->value[OPTION_JSON])
		return command_fail(err);
	buf_init(&out, 16384);
	document_begin(&out, invocation, exit_code_of(err->fail));
	document_failure(&out, err);
	document_end(&out);
	fputs(out.data, stdout);
	buf_free(&out);
	return command_fail(err);
}

/* Called after a write failed. */
bool command_reader_left(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&out, 1, 0) > 0 && (out.revents & POLLERR) != 0;
}

/* A command's name is one or two words; returns how many matched, or 0. */
static int find_command(const struct command_row *rows, int argc, char **argv,
	const struct command_row **ret_row)
{
	for (const struct command_row *row = rows; row->name; row++) {
		const char *blank = strchr(row->name, ' ');

		if (!blank) {
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
	size_t len = !equals ? strlen(word) : (size_t)(equals - word);

	for (int i = 0; i < OPTIONS; i++) {
		const struct option_row *row = &option_rows[i];

		if (strncmp(row->name, word, len) != 0 ||
			row->name[len] != '\0')
			continue;
		if ((ret->command->options & COMMAND_BIT(i)) == 0)
			return error_set(err, FAIL_USAGE,
				"'%s' does not take %s; see 'exact-connector "
				"%s --help'",
				ret->command->name, row->name,
				ret->command->name);
		if (ret->value[i])
			return error_set(err, FAIL_USAGE, "%s is given twice",
				row->name);
		if (!row->value) {
			if (equals)
				return error_set(err, FAIL_USAGE,
					"%s takes no value", row->name);
			ret->value[i] = "";
			return 0;
		}
		if (equals) {
			ret->value[i] = equals + 1;
			return 0;
		}
		if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
			return error_set(err, FAIL_USAGE,
				"%s needs a value: %s %s", row->name, row->name,
				row->value);
		(*at)++;
		ret->value[i] = argv[*at];
		return 0;
	}
	return error_set(err, FAIL_USAGE,
		"unknown option %.*s; see 'exact-connector %s --help'",
		(int)len, word, ret->command->name);
}

/* 1: the argument is --config or --state; 0: it is neither. */
static int take_global(int argc, char **argv, int *at, struct invocation *ret,
	struct error *err)
{
	static const char *const names[] = { "--config", "--state" };
	const char **const where[] = { &ret->chosen.config_path,
		&ret->chosen.state_dir };

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(names[i]);
		const char *value;

		if (strncmp(argv[*at], names[i], len) != 0)
			continue;
		if (argv[*at][len] == '=') {
			value = argv[*at] + len + 1;
		} else if (argv[*at][len] == '\0') {
			value = *at + 1 < argc ? argv[++*at] : "";
			if (strncmp(value, "--", 2) == 0)
				value = "";
		} else {
			continue;
		}
		if (value[0] == '\0')
			return error_set(
				err, FAIL_USAGE, "%s needs a value", names[i]);
		if (*where[i])
			return error_set(
				err, FAIL_USAGE, "%s is given twice", names[i]);
		*where[i] = value;
		return 1;
	}
	return 0;
}

static int refuse_command(const struct command_row *rows, int argc, char **argv,
	struct error *err)
{
	size_t len = strlen(argv[0]);
	char words[128] = "";
	size_t used = 0;

	for (const struct command_row *row = rows; row->name; row++)
		if (strncmp(row->name, argv[0], len) == 0 &&
			row->name[len] == ' ' && used < sizeof(words))
			used += (size_t)snprintf(words + used,
				sizeof(words) - used, "%s'%s'",
				used == 0 ? "" : ", ", row->name);
	if (used != 0)
		return error_set(err, FAIL_USAGE,
			"'%.40s%s%.40s' is not a command; the commands are %s",
			argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "",
			words);
	return error_set(err, FAIL_USAGE,
		"unknown command '%.80s'; see 'exact-connector --help'",
		argv[0]);
}

/* "scopes --help": the first word of several commands; all are shown. */
static bool asks_for_group(
	const struct command_row *rows, int argc, char **argv, bool help)
{
	size_t len = strlen(argv[0]);

	if (!help && (argc < 2 || (strcmp(argv[1], "--help") != 0 &&
					  strcmp(argv[1], "-h") != 0)))
		return false;
	for (const struct command_row *row = rows; row->name; row++)
		if (strncmp(row->name, argv[0], len) == 0 &&
			row->name[len] == ' ')
			return true;
	return false;
}

/* The arguments before the command. *at ends at the command's first word. */
static int parse_common(int argc, char **argv, int *at, struct invocation *ret,
	bool *ret_help, bool *ret_version, struct error *err)
{
	for (; *at < argc && argv[*at][0] == '-'; (*at)++) {
		int taken = take_global(argc, argv, at, ret, err);

		if (taken < 0)
			return taken;
		if (taken > 0)
			continue;
		if (strcmp(argv[*at], "--help") == 0 ||
			strcmp(argv[*at], "-h") == 0)
			*ret_help = true;
		else if (strcmp(argv[*at], "--version") == 0)
			*ret_version = true;
		else
			return error_set(err, FAIL_USAGE,
				"unknown option %.80s before the command; "
				"see 'exact-connector --help'",
				argv[*at]);
		return 0;
	}
	if (*at < argc && strcmp(argv[*at], "help") == 0) {
		*ret_help = true;
		(*at)++;
	}
	if (*at >= argc && !*ret_help)
		return error_set(err, FAIL_USAGE,
			"no command is given; see 'exact-connector --help'");
	return 0;
}

/* The arguments after the command: options and positionals in any order;
 * after "--" only positionals. */
static int parse_rest(int argc, char **argv, int at, struct invocation *ret,
	bool *ret_help, struct error *err)
{
	const struct command_row *command = ret->command;
	bool options = true;
	size_t given = 0;

	for (; at < argc; at++) {
		int taken;

		if (options && strcmp(argv[at], "--") == 0) {
			options = false;
			continue;
		}
		if (options && (strcmp(argv[at], "--help") == 0 ||
				       strcmp(argv[at], "-h") == 0)) {
			*ret_help = true;
			return 0;
		}
		if (options && argv[at][0] == '-' && argv[at][1] != '\0') {
			taken = take_global(argc, argv, &at, ret, err);
			if (taken == 0)
				taken = take_option(argc, argv, &at, ret, err);
			if (taken < 0)
				return taken;
			continue;
		}
		if (given >= command->positional_count)
			return error_set(err, FAIL_USAGE,
				"unexpected argument '%.80s'; usage: "
				"exact-connector %s%s%s",
				argv[at], command->name,
				command->positional[0] == '\0' ? "" : " ",
				command->positional);
		ret->positional[given++] = argv[at];
	}
	/* "[ID]" may be left out. */
	if (given < command->positional_count && command->positional[0] != '[')
		return error_set(err, FAIL_USAGE,
			"usage: exact-connector %s %s", command->name,
			command->positional);
	return 0;
}

int command_parse(const struct command_row *rows, int argc, char **argv,
	struct invocation *ret, bool *ret_help, bool *ret_version,
	struct error *err)
{
	int at = 1;
	int words;
	int fail;

	*ret_help = false;
	*ret_version = false;
	ret->program = argv[0];
	ret->rows = rows;
	fail = parse_common(argc, argv, &at, ret, ret_help, ret_version, err);
	if (fail < 0 || *ret_version || at >= argc)
		return fail;
	if (*ret_help && strcmp(argv[at - 1], "help") != 0)
		return 0;
	words = find_command(rows, argc - at, argv + at, &ret->command);
	if (words == 0 &&
		asks_for_group(rows, argc - at, argv + at, *ret_help)) {
		*ret_help = true;
		return 0;
	}
	if (words == 0)
		return refuse_command(rows, argc - at, argv + at, err);
	if (*ret_help)
		return 0;
	return parse_rest(argc, argv, at + words, ret, ret_help, err);
}

static void print_row(const char *left, const char *help)
{
	/* A left side that is wider than its column is on a line of its own. */
	if (strlen(left) > 24)
		printf("  %s\n  %-24s %s\n", left, "", help);
	else
		printf("  %-24s %s\n", left, help);
}

static void print_command(const struct command_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "%s %s", row->name, row->positional);
	print_row(left, row->summary);
}

static void print_common(void)
{
	puts("\nCommon options:");
	print_row("--state DIR", "where everything is stored (default:");
	print_row("", "$XDG_STATE_HOME/exact-connector, or");
	print_row("", "~/.local/state/exact-connector)");
	print_row("--config FILE", "the configuration (default:");
	print_row("", "DIR/exact-connector.conf)");
	print_row("--help", "print this help, or help for a command");
	print_row("--version", "print the version");
	puts("\nExit codes:");
	for (int i = 0; i < EXIT_CODES; i++)
		printf("  %d  %s\n", i, exit_code_meaning((enum exit_code)i));
}

static void print_all(const struct command_row *rows)
{
	puts("usage: exact-connector [--config FILE] [--state DIR] COMMAND\n\n"
	     "Commands:");
	for (const struct command_row *row = rows; row->name; row++)
		print_command(row);
	print_common();
	puts("\n'exact-connector COMMAND --help' shows a command's options; "
	     "see also\nexact-connector(1).");
}

void command_help(
	const struct command_row *rows, const struct command_row *command)
{
	if (!command) {
		print_all(rows);
		return;
	}
	printf("usage: exact-connector %s%s%s%s\n%s\n", command->name,
		command->positional[0] == '\0' ? "" : " ", command->positional,
		command->options == 0 ? "" : " [options]", command->summary);
	if (command->options != 0)
		puts("\nOptions:");
	for (int i = 0; i < OPTIONS; i++) {
		const char *value = option_rows[i].value;
		char left[64], names[32];

		if ((command->options & COMMAND_BIT(i)) == 0)
			continue;
		if (value && strcmp(value, "REGION") == 0) {
			region_names("|", "|", names, sizeof(names));
			value = names;
		}
		snprintf(left, sizeof(left), "%s%s%s", option_rows[i].name,
			value ? " " : "", value ? value : "");
		print_row(left, option_rows[i].help);
	}
	print_common();
}
