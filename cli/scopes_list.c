/* `scopes list`: all scopes, which are recommended, and which data types need
 * each. No company and no configuration is looked at. */
#include "cli/scopes_list.h"

#include "cli/document.h"
#include "cli/scopes_table.h"
#include "connector/probe.h"
#include "scopes/catalogue.h"

static void list_text(struct buf *out)
{
	buf_printf(out, "%-31s  %-11s  %s\n", "scope", "recommended",
		"data types that need it");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		buf_printf(out, "%-31s  %-11s  ", catalogue_scopes[i].id,
			scopes_table_recommended(i));
		scopes_table_types(out, i, 46);
	}
	buf_printf(out, "\n%s\n", scopes_table_note);
	buf_puts(out,
		"Levels: none, read, manage. Scopes without a recommendation "
		"stay at none.\n");
}

static void list_json(const struct invocation *invocation, struct buf *out)
{
	document_begin(out, invocation, EXIT_DONE);
	document_list(out, "scopes");
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		const char *endpoint = probe_endpoint(i);

		document_element(out);
		document_text(out, "scope", catalogue_scopes[i].id);
		document_text(out, "name", catalogue_scopes[i].printed);
		scopes_table_recommended_json(out, i);
		if (endpoint)
			document_text(out, "endpoint", endpoint);
		scopes_table_types_json(out, i);
		document_element_end(out);
	}
	document_list_end(out);
	document_end(out);
}

enum exit_code scopes_list_command(const struct invocation *invocation)
{
	struct buf out;

	buf_init(&out, SCOPES_TABLE_MAX);
	if (invocation->value[OPTION_JSON])
		list_json(invocation, &out);
	else
		list_text(&out);
	return scopes_table_print(&out, invocation);
}
