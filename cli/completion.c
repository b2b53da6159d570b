/*
 * Completion for bash, made from the rows that --help is made from: a new
 * command or option is completed without a change here.
 *
 *	exact-connector sync acme --data-types jour<TAB>
 *	└ two words name a command ┘   └ the option before it says what fits
 *
 * Values come from tables too: data types, regions, the words of "jsonl|csv".
 * The script gets ids of companies and logins by running the program with the
 * --state and --config that are on the line.
 */
#include "cli/completion.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "connector/region.h"
#include "model/model.h"

#define TEXT_MAX (64u * 1024)

/* "company add" is matched with its one blank. */
static void put_commands(const struct command_row *rows, struct buf *out)
{
	buf_puts(out, "\tlocal commands='");
	for (const struct command_row *row = rows; row->name; row++)
		buf_printf(out, "%s%s", row == rows ? "" : "|", row->name);
	buf_puts(out, "'\n");
}

static void put_regions(struct buf *out)
{
	char names[64];

	region_names(" ", " ", names, sizeof(names));
	buf_printf(out, "\tlocal regions='%s'\n", names);
}

static void put_types(struct buf *out)
{
	buf_puts(out, "\tlocal types='");
	for (size_t i = 0; model_types[i]; i++)
		buf_printf(
			out, "%s%s", i == 0 ? "" : " ", model_types[i]->name);
	buf_puts(out, "'\n");
}

static void put_options(const struct command_row *rows, struct buf *out)
{
	buf_puts(out, "\tcase $command in\n");
	for (const struct command_row *row = rows; row->name; row++) {
		buf_printf(out, "\t'%s') options='", row->name);
		for (int i = 0; i < OPTIONS; i++)
			if ((row->options & COMMAND_BIT(i)) != 0)
				buf_printf(out, "%s ",
					command_option_name((enum option)i));
		buf_printf(out, "--state --config --help' words='%s' ;;\n",
			row->positional);
	}
	buf_puts(out, "\tesac\n");
}

/* The value after an option: "jsonl|csv" are words to choose from, CSV is a
 * file, LIST are data types, REGION a region, LOGIN a login. */
static void put_values(struct buf *out)
{
	buf_puts(out, "\tcase $previous in\n"
		      "\t--state) COMPREPLY=($(compgen -d -- \"$word\")); "
		      "return ;;\n"
		      "\t--config) COMPREPLY=($(compgen -f -- \"$word\")); "
		      "return ;;\n");
	for (int i = 0; i < OPTIONS; i++) {
		const char *name = command_option_name((enum option)i);
		const char *value = command_option_value((enum option)i);
		struct buf words;

		if (!value)
			continue;
		buf_init(&words, 256);
		for (const char *c = value; *c != '\0'; c++)
			buf_putc(&words, *c == '|' ? ' ' : *c);
		if (strchr(value, '|') && !strstr(value, "FIELD"))
			buf_printf(out,
				"\t%s) COMPREPLY=($(compgen -W '%s' -- "
				"\"$word\")); return ;;\n",
				name, words.data);
		else if (strcmp(value, "CSV") == 0)
			buf_printf(out,
				"\t%s) COMPREPLY=($(compgen -f -- \"$word\")); "
				"return ;;\n",
				name);
		else if (strcmp(value, "REGION") == 0)
			buf_printf(out,
				"\t%s) COMPREPLY=($(compgen -W \"$regions\" "
				"-- \"$word\")); return ;;\n",
				name);
		else if (strcmp(value, "LIST") == 0)
			buf_printf(out,
				"\t%s) _exact_connector_list \"$types\"; "
				"return ;;\n",
				name);
		else if (strcmp(value, "LOGIN") == 0)
			buf_printf(out,
				"\t%s) _exact_connector_ids logins; return "
				";;\n",
				name);
		else
			buf_printf(out, "\t%s) return ;;\n", name);
		buf_free(&words);
	}
	buf_puts(out, "\tesac\n");
}

static const char before[] =
	"# bash completion for exact-connector; printed by\n"
	"# 'exact-connector completion bash', from the rows of --help.\n"
	"\n"
	"# The ids that the program knows; none when it fails.\n"
	"_exact_connector_ids() {\n"
	"\tlocal ids\n"
	"\tids=$(\"${COMP_WORDS[0]}\" \"${common[@]}\" $1 --json "
	"2>/dev/null |\n"
	"\t\tgrep -o '\"id\":\"[^\"]*\"' | cut -d'\"' -f4)\n"
	"\tCOMPREPLY=($(compgen -W \"$ids\" -- \"$word\"))\n"
	"}\n"
	"# Completes the last word of a list.\n"
	"_exact_connector_list() {\n"
	"\tlocal head=\n"
	"\t[[ $word == *,* ]] && head=${word%,*},\n"
	"\tCOMPREPLY=($(compgen -P \"$head\" -W \"$1\" -- "
	"\"${word##*,}\"))\n"
	"}\n"
	"_exact_connector() {\n";

static const char reading[] =
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} command= first= options= "
	"words=\n"
	"\tlocal previous=${COMP_WORDS[COMP_CWORD - 1]} i given=0\n"
	"\tlocal -a common=()\n"
	"\tCOMPREPLY=()\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t--state | --config)\n"
	"\t\t\t((i + 1 < COMP_CWORD)) && "
	"common+=(\"${COMP_WORDS[i]}\" \"${COMP_WORDS[i + 1]}\")\n"
	"\t\t\t((i++)) ;;\n"
	"\t\t-*) [[ \" $valued \" == *\" ${COMP_WORDS[i]} \"* ]] && "
	"((i++)) ;;\n"
	"\t\t*)\n"
	"\t\t\tif [[ -n $command ]]; then ((given++))\n"
	"\t\t\telif [[ \"|$commands|\" == *\"|$first${COMP_WORDS[i]}|\"* ]]; "
	"then\n"
	"\t\t\t\tcommand=$first${COMP_WORDS[i]}\n"
	"\t\t\telse first=\"${COMP_WORDS[i]} \"; fi ;;\n"
	"\t\tesac\n"
	"\tdone\n";

static const char choosing[] =
	"\tif [[ -z $command ]]; then\n"
	"\t\tlocal IFS='|' one next=\n"
	"\t\tfor one in $commands; do\n"
	"\t\t\t[[ $one == \"$first\"* ]] || continue\n"
	"\t\t\tone=${one#\"$first\"}\n"
	"\t\t\tnext+=\"${one%% *}|\"\n"
	"\t\tdone\n"
	"\t\t[[ -z $first ]] && next+='--state|--config|--help|--version'\n"
	"\t\tCOMPREPLY=($(compgen -W \"$next\" -- \"$word\" | sort -u))\n"
	"\t\treturn\n"
	"\tfi\n";

static const char after[] =
	"\tif [[ $word == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tset -- ${words//[][]/}\n"
	"\tcase ${@:given+1:1} in\n"
	"\tID) [[ $command == 'company add' ]] || "
	"_exact_connector_ids 'company list' ;;\n"
	"\tLOGIN) _exact_connector_ids logins ;;\n"
	"\tREGION) COMPREPLY=($(compgen -W \"$regions\" -- "
	"\"$word\")) ;;\n"
	"\tDATATYPE) COMPREPLY=($(compgen -W \"$types\" -- \"$word\")) ;;\n"
	"\tbash) COMPREPLY=($(compgen -W bash -- \"$word\")) ;;\n"
	"\tesac\n"
	"}\n"
	"complete -F _exact_connector exact-connector\n";

static void put_script(const struct command_row *rows, struct buf *out)
{
	buf_puts(out, before);
	put_commands(rows, out);
	put_types(out);
	put_regions(out);
	buf_puts(out, "\tlocal valued='");
	for (int i = 0; i < OPTIONS; i++)
		if (command_option_value((enum option)i))
			buf_printf(out, "%s ",
				command_option_name((enum option)i));
	buf_puts(out, "'\n");
	buf_puts(out, reading);
	put_values(out);
	buf_puts(out, choosing);
	put_options(rows, out);
	buf_puts(out, after);
}

enum exit_code completion_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct buf out;
	int fail = 0;

	if (strcmp(invocation->positional[0], "bash") != 0) {
		fail = error_set(&err, FAIL_USAGE,
			"completion exists only for bash, not for '%.40s'",
			invocation->positional[0]);
		return command_fail(&err);
	}
	buf_init(&out, TEXT_MAX);
	put_script(invocation->rows, &out);
	if (buf_failed(&out))
		fail = error_set(
			&err, FAIL_STOP, "out of memory for the script");
	else
		fputs(out.data, stdout);
	buf_free(&out);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
