/* Columns of the scopes' tables; see scopes_table.h. */
#include "cli/scopes_table.h"

#include <stdio.h>
#include <string.h>

#include "cli/document.h"
#include "model/model.h"
#include "run/needs.h"
#include "scopes/catalogue.h"

#define TABLE_WIDTH 100

const char scopes_table_note[] = "* manage when bank feeds are used";

const char *scopes_table_recommended(int scope)
{
	const struct catalogue_advice *row = catalogue_advice(scope);

	if (!row)
		return "";
	if (row->bank_feeds != row->level)
		return "read *";
	return catalogue_level_name(row->level);
}

/* Names are wrapped before the right edge; "all" when every data type needs
 * the scope. */
static void put_types(struct buf *out, int scope, size_t indent)
{
	size_t column = indent;
	int have = 0;
	int all = 0;

	for (; model_types[all]; all++)
		have += needs_scope(model_types[all], scope);
	if (have == all) {
		buf_puts(out, "all");
		return;
	}
	for (size_t i = 0; model_types[i]; i++) {
		const char *name = model_types[i]->name;

		if (!needs_scope(model_types[i], scope))
			continue;
		have--;
		/* With its comma. */
		if (column != indent &&
			column + strlen(name) + 1 > TABLE_WIDTH) {
			out->data[--out->len] = '\0'; /* the blank */
			buf_printf(out, "\n%*s", (int)indent, "");
			column = indent;
		}
		buf_printf(out, "%s%s", name, have > 0 ? ", " : "");
		column += strlen(name) + 2;
	}
}

/* Without blanks at the end of the line. */
static void end_line(struct buf *out)
{
	while (out->len > 0 && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_putc(out, '\n');
}

void scopes_table_types(struct buf *out, int scope, size_t indent)
{
	put_types(out, scope, indent);
	end_line(out);
}

void scopes_table_recommended_json(struct buf *out, int scope)
{
	const struct catalogue_advice *row = catalogue_advice(scope);
	enum catalogue_level level = row ? row->level : CATALOGUE_NONE;
	enum catalogue_level bank = row ? row->bank_feeds : CATALOGUE_NONE;

	document_text(out, "recommended", catalogue_level_name(level));
	document_text(out, "bankFeeds", catalogue_level_name(bank));
}

void scopes_table_types_json(struct buf *out, int scope)
{
	document_list(out, "dataTypes");
	for (size_t i = 0; model_types[i]; i++)
		if (needs_scope(model_types[i], scope))
			document_element_text(out, model_types[i]->name);
	document_list_end(out);
}

enum exit_code scopes_table_print(
	struct buf *out, const struct invocation *invocation)
{
	struct error err = { 0 };
	bool whole = !buf_failed(out);

	if (whole)
		command_print(stdout, out->data);
	buf_free(out);
	if (whole)
		return EXIT_DONE;
	error_set(&err, FAIL_STOP, "out of memory for the table");
	return command_fail_json(invocation, &err);
}
