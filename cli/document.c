/* Writing the document's members; see document.h. */
#include "cli/document.h"

#include <inttypes.h>
#include <string.h>

#include "base/when.h"

/* A member or element that is not the first one is preceded by a comma. */
static void put_comma(struct buf *out)
{
	char last = '{';

	if (!buf_failed(out) && out->len > 0)
		last = out->data[out->len - 1];
	if (last != '{' && last != '[')
		buf_putc(out, ',');
}

static void put_name(struct buf *out, const char *name)
{
	put_comma(out);
	buf_printf(out, "\"%s\":", name);
}

void document_begin(struct buf *out, const struct invocation *invocation,
	enum exit_code code)
{
	buf_putc(out, '{');
	document_number(out, "version", DOCUMENT_VERSION);
	if (invocation->command) {
		document_text(out, "command", invocation->command->name);
	} else {
		put_name(out, "command");
		buf_puts(out, "null");
	}
	document_number(out, "exitCode", (int)code);
}

void document_end(struct buf *out)
{
	buf_puts(out, "}\n");
}

void document_failure(struct buf *out, const struct error *err)
{
	document_text(out, "state", "failed");
	document_text(out, "grade", error_grade(err->fail));
	document_text(out, "problem", err->text);
}

void document_text(struct buf *out, const char *name, const char *text)
{
	put_name(out, name);
	buf_put_json(out, text, strlen(text));
}

void document_number(struct buf *out, const char *name, int64_t number)
{
	put_name(out, name);
	buf_printf(out, "%" PRId64, number);
}

void document_flag(struct buf *out, const char *name, bool flag)
{
	put_name(out, name);
	buf_puts(out, flag ? "true" : "false");
}

void document_moment(struct buf *out, const char *name, int64_t wall_ms)
{
	char text[WHEN_TEXT_MAX];

	if (wall_ms == 0)
		return;
	when_format_utc(wall_ms, text);
	document_text(out, name, text);
}

void document_second(struct buf *out, const char *name, int64_t wall_ms)
{
	document_moment(out, name, wall_ms - wall_ms % 1000);
}

void document_division(struct buf *out, int64_t division, const char *name)
{
	if (division == 0)
		return;
	document_number(out, "division", division);
	if (name[0] != '\0')
		document_text(out, "divisionName", name);
}

void document_list(struct buf *out, const char *name)
{
	put_name(out, name);
	buf_putc(out, '[');
}

void document_element(struct buf *out)
{
	put_comma(out);
	buf_puts(out, "\n{");
}

void document_element_text(struct buf *out, const char *text)
{
	put_comma(out);
	buf_put_json(out, text, strlen(text));
}

void document_element_number(struct buf *out, int64_t number)
{
	put_comma(out);
	buf_printf(out, "%" PRId64, number);
}

void document_element_end(struct buf *out)
{
	buf_putc(out, '}');
}

void document_list_end(struct buf *out)
{
	buf_putc(out, ']');
}
