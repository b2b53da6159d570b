/*
 * Reading the list, as spreadsheets write it (RFC 4180):
 *
 *	id,name,region,division,login
 *	acme,"Acme, Ltd",nl,100001,nl-1
 *	zoo,"The ""Zoo""",uk,,
 *
 * The text is split in place. A byte order mark is skipped.
 */
#include "cli/company_list.h"

#include <stdbool.h>
#include <string.h>

static const char *const header[COMPANY_LIST_COLUMNS] = {
	[COMPANY_LIST_ID] = "id",
	[COMPANY_LIST_NAME] = "name",
	[COMPANY_LIST_REGION] = "region",
	[COMPANY_LIST_DIVISION] = "division",
	[COMPANY_LIST_LOGIN] = "login",
};

/* One field; *ret_end is the comma, newline or NUL after it. NULL: a double
 * quote is in a place where none may be. */
static char *take_field(char **at, char *ret_end)
{
	char *from = *at, *to = *at, *value = *at;

	if (*from != '"') {
		from += strcspn(from, ",\r\n\"");
		if (*from == '"')
			return NULL;
		to = from;
	} else {
		for (from++; *from != '\0' && *from != '\n'; from++) {
			if (*from == '"' && *++from != '"')
				break;
			*to++ = *from;
		}
		if (*from == '\n' && from[-1] != '"')
			return NULL;
		if (*from == '\0' && from[-1] != '"')
			return NULL;
	}
	if (*from == '\r' && from[1] == '\n')
		from++;
	if (*from != ',' && *from != '\n' && *from != '\0')
		return NULL;
	*ret_end = *from;
	*at = *from == '\0' ? from : from + 1;
	if (*from == '\n' && to == from && to > value && to[-1] == '\r')
		to--;
	*to = '\0';
	return value;
}

static int take_row(
	char **at, size_t line, struct company_list_row *ret, struct error *err)
{
	char end = ',';

	ret->line = line;
	for (size_t i = 0; i < COMPANY_LIST_COLUMNS; i++) {
		if (end != ',')
			return error_set(err, FAIL_USAGE,
				"line %zu: %zu fields instead of the five "
				"fields "
				"id,name,region,division,login",
				line, i);
		ret->values[i] = take_field(at, &end);
		if (!ret->values[i])
			return error_set(err, FAIL_USAGE,
				"line %zu: a double quote is out of place; "
				"write "
				"quotes like this: \"The \"\"Zoo\"\", Ltd\"",
				line);
	}
	if (end == ',')
		return error_set(err, FAIL_USAGE,
			"line %zu: more than the five fields "
			"id,name,region,division,login",
			line);
	return 1;
}

static void skip_empty(char **at, size_t *line)
{
	for (; **at == '\n' || ((*at)[0] == '\r' && (*at)[1] == '\n'); (*at)++)
		*line += **at == '\n';
}

static int take_header(char **at, size_t *line, struct error *err)
{
	struct company_list_row row;
	bool good;

	if (strncmp(*at, "\xef\xbb\xbf", 3) == 0)
		*at += 3;
	skip_empty(at, line);
	(*line)++;
	good = take_row(at, *line, &row, err) == 1;
	for (size_t i = 0; good && i < COMPANY_LIST_COLUMNS; i++)
		good = strcmp(row.values[i], header[i]) == 0;
	if (good)
		return 0;
	return error_set(err, FAIL_USAGE,
		"line %zu: the first line must be "
		"id,name,region,division,login",
		*line);
}

int company_list_next(char **at, size_t *line, struct company_list_row *ret,
	struct error *err)
{
	int fail = *line == 0 ? take_header(at, line, err) : 0;

	if (fail < 0)
		return fail;
	skip_empty(at, line);
	if (**at == '\0')
		return 0;
	(*line)++;
	return take_row(at, *line, ret, err);
}
