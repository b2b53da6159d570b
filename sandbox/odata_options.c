/*
 * Percent-decoding and sorting of options. Names without `$` belong to
 * function endpoints and are otherwise ignored; an unknown name with `$` is an
 * error, as is the same option twice.
 */
#include "sandbox/odata_options.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[OPTIONS] = {
	[OPTION_FILTER] = "$filter",
	[OPTION_EXPAND] = "$expand",
	[OPTION_ORDERBY] = "$orderby",
	[OPTION_INLINECOUNT] = "$inlinecount",
	[OPTION_SELECT] = "$select",
	[OPTION_TOP] = "$top",
	[OPTION_SKIP] = "$skip",
	[OPTION_SKIPTOKEN] = "$skiptoken",
	[OPTION_FORMAT] = "$format",
	[OPTION_MODIFIED] = "modified",
	[OPTION_ENDPOINT] = "endPoint",
};

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* NULL: a bad escape, a NUL, or no memory (*ret_fail says which). */
static char *decode(const char *text, size_t len, int *ret_fail)
{
	char *out = malloc(len + 1);
	size_t to = 0;

	*ret_fail = out ? FAIL_INPUT : FAIL_STOP;
	if (!out)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = len - i > 2 ? hex(text[i + 1]) : -1;
			int low = high < 0 ? -1 : hex(text[i + 2]);
			if (low < 0)
				goto bad;
			c = (char)(high * 16 + low);
			i += 2;
		}
		if (c == '\0')
			goto bad;
		out[to++] = c;
	}
	out[to] = '\0';
	return out;
bad:
	free(out);
	return NULL;
}

static int count_number(const char *text, int64_t *ret)
{
	int64_t value = 0;

	if (!text)
		return 0;
	if (*text == '\0')
		return FAIL_INPUT;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return FAIL_INPUT;
		value = value * 10 + (*text - '0');
		if (value > INT32_MAX)
			return FAIL_INPUT;
	}
	*ret = value;
	return 0;
}

static int take_pair(
	struct odata_options *options, const char *pair, size_t len)
{
	const char *equals = memchr(pair, '=', len);
	size_t name_len = equals ? (size_t)(equals - pair) : len;
	int fail;
	char *name = decode(pair, name_len, &fail);

	if (!name)
		return fail;
	for (size_t i = 0; i < OPTIONS; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		free(name);
		if (options->text[i] || !equals)
			return FAIL_INPUT;
		options->text[i] = decode(
			equals + 1, len - name_len - 1, &fail);
		return options->text[i] ? 0 : fail;
	}
	fail = name[0] == '$' ? FAIL_INPUT : 0;
	free(name);
	return fail;
}

static int interpret(struct odata_options *options)
{
	const char *count = options->text[OPTION_INLINECOUNT];
	const char *format = options->text[OPTION_FORMAT];

	if (count_number(options->text[OPTION_TOP], &options->top) < 0 ||
		count_number(options->text[OPTION_SKIP], &options->skip) < 0)
		return FAIL_INPUT;
	if (count && strcmp(count, "allpages") != 0 &&
		strcmp(count, "none") != 0)
		return FAIL_INPUT;
	options->count = count != NULL && strcmp(count, "allpages") == 0;
	if (format && strcmp(format, "json") != 0 &&
		strcmp(format, "atom") != 0)
		return FAIL_INPUT;
	return 0;
}

int odata_options_read(struct odata_options *ret, const char *query)
{
	struct odata_options options = { .top = -1 };
	int fail = strlen(query) > ODATA_QUERY_MAX ? FAIL_INPUT : 0;

	while (!fail && *query != '\0') {
		size_t len = strcspn(query, "&");
		if (len > 0)
			fail = take_pair(&options, query, len);
		query += len;
		if (*query == '&')
			query++;
	}
	if (!fail)
		fail = interpret(&options);
	if (fail) {
		odata_options_free(&options);
		return fail;
	}
	*ret = options;
	return 0;
}

void odata_options_free(struct odata_options *options)
{
	for (size_t i = 0; i < OPTIONS; i++)
		free(options->text[i]);
}

const char *odata_options_name(enum odata_option option)
{
	return names[option];
}
