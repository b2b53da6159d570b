/*
 * The command line's parser, by a table of command lines: what each is taken
 * for, or what it is refused with. The commands are three of the program's
 * shapes: two words, a positional that may be left out, two positionals.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"

#define BIT(option) COMMAND_BIT(option)

static enum exit_code nothing(const struct invocation *invocation)
{
	(void)invocation;
	return EXIT_DONE;
}

static const struct command_row rows[] = {
	{ .name = "company add",
		.positional = "ID",
		.positional_count = 1,
		.options = BIT(OPTION_NAME) | BIT(OPTION_REGION),
		.summary = "add a company",
		.run = nothing },
	{ .name = "company list",
		.positional = "",
		.options = BIT(OPTION_JSON),
		.summary = "list the companies",
		.run = nothing },
	{ .name = "status",
		.positional = "[ID]",
		.positional_count = 1,
		.options = BIT(OPTION_JSON),
		.summary = "show",
		.run = nothing },
	{ .name = "export",
		.positional = "ID DATATYPE",
		.positional_count = 2,
		.options = BIT(OPTION_FORMAT),
		.summary = "print",
		.run = nothing },
	{ .name = "init", .positional = "", .summary = "make", .run = nothing },
	{ .name = NULL },
};

#define WORDS 10

struct line {
	const char *words[WORDS]; /* behind the program's name */
	const char *refused;      /* part of the error; NULL: taken */
	const char *command;      /* NULL: none, for help and version */
	const char *first, *second;
	enum option option;
	const char *value; /* of that option; NULL: not looked at */
	const char *state, *config;
	bool help, version;
};

static const struct line lines[] = {
	{ .words = { "status" }, .command = "status" },
	{ .words = { "status", "a" }, .command = "status", .first = "a" },
	{ .words = { "status", "a", "b" },
		.refused = "unexpected argument 'b'" },
	{ .words = { "status", "--json", "a" },
		.command = "status",
		.first = "a",
		.option = OPTION_JSON,
		.value = "" },
	{ .words = { "status", "a", "--json" },
		.command = "status",
		.first = "a",
		.option = OPTION_JSON,
		.value = "" },
	{ .words = { "status", "--json=yes" }, .refused = "takes no value" },
	{ .words = { "status", "--json", "--json" },
		.refused = "--json is given twice" },
	{ .words = { "status", "--jso" }, .refused = "unknown option --jso" },
	{ .words = { "status", "--jsonx" },
		.refused = "unknown option --jsonx" },
	{ .words = { "status", "-j" }, .refused = "unknown option -j" },
	{ .words = { "status", "-" }, .command = "status", .first = "-" },
	{ .words = { "status", "--", "-j" },
		.command = "status",
		.first = "-j" },
	{ .words = { "status", "--", "--json" },
		.command = "status",
		.first = "--json" },
	{ .words = { "status", "--", "--" },
		.command = "status",
		.first = "--" },
	{ .words = { "status", "--format", "csv" },
		.refused = "'status' does not take --format" },
	{ .words = { "company", "add", "a", "--name", "A b" },
		.command = "company add",
		.first = "a",
		.option = OPTION_NAME,
		.value = "A b" },
	{ .words = { "company", "add", "--name=--x=y", "a" },
		.command = "company add",
		.first = "a",
		.option = OPTION_NAME,
		.value = "--x=y" },
	{ .words = { "company", "add", "a", "--name=" },
		.command = "company add",
		.first = "a",
		.option = OPTION_NAME,
		.value = "" },
	{ .words = { "company", "add", "a", "--name" },
		.refused = "--name needs a value" },
	{ .words = { "company", "add", "a", "--name", "--region", "nl" },
		.refused = "--name needs a value" },
	{ .words = { "company", "add", "a", "--name", "A", "--name=B" },
		.refused = "--name is given twice" },
	{ .words = { "company", "add" },
		.refused = "usage: exact-connector company add ID" },
	{ .words = { "company" }, .refused = "'company add', 'company list'" },
	{ .words = { "company", "del" }, .refused = "'company del'" },
	{ .words = { "compan" }, .refused = "unknown command 'compan'" },
	{ .words = { "export", "a" },
		.refused = "usage: exact-connector export ID DATATYPE" },
	{ .words = { "export", "a", "b" },
		.command = "export",
		.first = "a",
		.second = "b" },
	{ .words = { "export", "a", "b", "c" },
		.refused = "unexpected argument 'c'" },
	{ .words = { "init", "a" }, .refused = "usage: exact-connector init" },
	{ .words = { NULL }, .refused = "no command is given" },
	{ .words = { "" }, .refused = "unknown command ''" },
	{ .words = { "--state", "/x", "status" },
		.command = "status",
		.state = "/x" },
	{ .words = { "--state=/x", "--config=/y", "status" },
		.command = "status",
		.state = "/x",
		.config = "/y" },
	{ .words = { "status", "--state", "/x", "a" },
		.command = "status",
		.state = "/x",
		.first = "a" },
	{ .words = { "--state", "/x", "status", "--state", "/y" },
		.refused = "--state is given twice" },
	{ .words = { "--state" }, .refused = "--state needs a value" },
	{ .words = { "--state=", "status" },
		.refused = "--state needs a value" },
	{ .words = { "--config", "--state", "x" },
		.refused = "--config needs a value" },
	{ .words = { "--states", "x" }, .refused = "unknown option --states" },
	{ .words = { "--json", "status" },
		.refused = "unknown option --json before the command" },
	{ .words = { "--help" }, .help = true },
	{ .words = { "-h", "status" }, .help = true },
	{ .words = { "help" }, .help = true },
	{ .words = { "help", "company", "add" },
		.help = true,
		.command = "company add" },
	{ .words = { "help", "nothing" },
		.refused = "unknown command 'nothing'" },
	{ .words = { "company", "add", "--help" },
		.help = true,
		.command = "company add" },
	{ .words = { "company", "--help" }, .help = true },
	{ .words = { "help", "company" }, .help = true },
	{ .words = { "company", "--json" },
		.refused = "'company --json' is not a command" },
	{ .words = { "export", "a", "-h" }, .help = true, .command = "export" },
	{ .words = { "--version" }, .version = true },
};

static bool same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

START_TEST(test_each_line_is_taken_for_what_it_says)
{
	const struct line *line = &lines[_i];
	struct invocation got = { 0 };
	struct error err = { 0 };
	char *argv[WORDS + 2] = { (char *)(uintptr_t) "exact-connector" };
	bool help, version;
	int argc = 1;
	int fail;

	while (argc <= WORDS && line->words[argc - 1] != NULL) {
		argv[argc] = (char *)(uintptr_t)line->words[argc - 1];
		argc++;
	}
	fail = command_parse(rows, argc, argv, &got, &help, &version, &err);
	if (line->refused != NULL) {
		ck_assert_int_eq(fail, FAIL_USAGE);
		ck_assert_msg(strstr(err.text, line->refused) != NULL,
			"line %d: \"%s\" does not say \"%s\"", _i, err.text,
			line->refused);
		return;
	}
	ck_assert_msg(fail == 0, "line %d: %s", _i, err.text);
	ck_assert_int_eq(help, line->help);
	ck_assert_int_eq(version, line->version);
	ck_assert_msg(same(got.command == NULL ? NULL : got.command->name,
			      line->command),
		"line %d: another command", _i);
	if (help || version)
		return;
	ck_assert_msg(same(got.positional[0], line->first), "line %d", _i);
	ck_assert_msg(same(got.positional[1], line->second), "line %d", _i);
	ck_assert_msg(same(got.chosen.state_dir, line->state), "line %d", _i);
	ck_assert_msg(
		same(got.chosen.config_path, line->config), "line %d", _i);
	if (line->value != NULL)
		ck_assert_msg(same(got.value[line->option], line->value),
			"line %d: another value", _i);
}
END_TEST

START_TEST(test_each_grade_of_failure_has_the_exit_code_that_is_documented)
{
	static const struct {
		int fail, code;
	} grades[] = { { 0, 0 }, { FAIL_STREAM, 1 }, { FAIL_LATER, 1 },
		{ FAIL_COMPANY, 1 }, { FAIL_USAGE, 2 }, { FAIL_CONFIG, 3 },
		{ FAIL_SIGN_IN, 4 }, { FAIL_WAIT, 5 }, { FAIL_BUSY, 6 },
		{ FAIL_STORE, 7 }, { FAIL_STOP, 7 }, { FAIL_INTERRUPTED, 8 } };

	for (size_t i = 0; i < sizeof(grades) / sizeof(grades[0]); i++)
		ck_assert_int_eq(
			(int)exit_code_of(grades[i].fail), grades[i].code);
}
END_TEST

START_TEST(test_what_controls_a_terminal_is_printed_as_hexadecimal)
{
	char got[256] = "";
	FILE *out = fmemopen(got, sizeof(got), "w");

	ck_assert_ptr_nonnull(out);
	command_print(out, "a\tb\nO\xc3\xa9\xe2\x82\xac \x1b]0;x\x07"
			   "c\x7f\xc2\x9b"
			   "1m\xc2\xa0.\r\xc2");
	fclose(out);
	ck_assert_str_eq(got, "a\tb\nO\xc3\xa9\xe2\x82\xac \\x1b]0;x\\x07"
			      "c\\x7f\\xc2\x9b"
			      "1m\xc2\xa0.\\x0d\\xc2");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("command");
	TCase *tcase = tcase_create("command");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, test_each_line_is_taken_for_what_it_says, 0,
		(int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(tcase,
		test_each_grade_of_failure_has_the_exit_code_that_is_documented);
	tcase_add_test(
		tcase, test_what_controls_a_terminal_is_printed_as_hexadecimal);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
