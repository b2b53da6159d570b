/*
 * From text to a tree, by descent. No database is needed.
 *
 *	any   = all { "||" all }
 *	all   = item { "&&" item }
 *	item  = "{" any "}" | field operator value
 *	value = '"' bytes '"' | bytes up to && || { } or the end, trimmed
 *
 *	{status = Paid || amountDue < 5} && currency = EUR
 *
 *	ALL ─┬─ ANY ─┬─ status = Paid
 *	     │       └─ amountDue < 5
 *	     └─ currency = EUR
 */
#include "store/records_query_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"

/* Patterns for LIKE and whole dates are longer than what was written. */
#define TEXTS_MAX (RECORDS_FILTER_MAX * 2 + RECORDS_FILTER_TERMS_MAX * 32)

struct parser {
	const char *text;
	const char *at;
	struct records_filter *filter;
	int terms;
	int depth;
	struct error *err;
};

static int parse_any(struct parser *parser, int *ret);

static int complain(struct parser *parser, const char *at, const char *what)
{
	return error_set(parser->err, FAIL_USAGE, "query, position %zu: %s",
		(size_t)(at - parser->text) + 1, what);
}

/* Whoever found fault knew no position. */
static int place(struct parser *parser, const char *at, int fail)
{
	(void)error_prefix(parser->err, "query, position %zu",
		(size_t)(at - parser->text) + 1);
	return fail;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct parser *parser)
{
	while (is_blank(*parser->at))
		parser->at++;
}

/* Is the next word && or ||? Takes it. */
static bool take_pair(struct parser *parser, char c)
{
	skip_blanks(parser);
	if (parser->at[0] != c || parser->at[1] != c)
		return false;
	parser->at += 2;
	return true;
}

static int new_node(struct parser *parser, enum query_node_kind kind)
{
	struct records_filter *filter = parser->filter;

	assert(filter->count < QUERY_NODES_MAX);
	filter->nodes[filter->count] = (struct query_node){
		.kind = kind,
		.child = -1,
		.next = -1,
	};
	return filter->count++;
}

/* ---- one condition -------------------------------------------------------- */

static int read_field(struct parser *parser, struct query_node *term)
{
	const char *from = parser->at;
	size_t len = strcspn(from, " \t\r\n=!~<>&|{}\"");
	int fail;

	if (len == 0)
		return complain(parser, from,
			*from == '\0' ? "a field is missing at the end"
				      : "a field's name is expected here");
	fail = query_field_find(
		parser->filter->type, from, len, &term->field, parser->err);
	if (fail)
		return place(parser, from, fail);
	parser->at += len;
	return 0;
}

static int read_operator(struct parser *parser, struct query_node *term)
{
	size_t best = 0;

	skip_blanks(parser);
	for (int i = 0; i < QUERY_OPERATORS; i++) {
		const char *text = query_operator_text((enum query_operator)i);
		size_t len = strlen(text);

		if (len > best && strncmp(parser->at, text, len) == 0) {
			term->operator=(enum query_operator) i;
			best = len;
		}
	}
	if (best == 0)
		return complain(parser, parser->at,
			"one of = != ~ > < >= <= is expected here");
	parser->at += best;
	if (*parser->at == '=')
		return complain(parser, parser->at - best,
			"write = for equal, and put a value that begins with "
			"= in double quotes");
	return 0;
}

static int read_quoted(struct parser *parser, struct buf *ret)
{
	const char *from = parser->at++;

	for (;; parser->at++) {
		char c = *parser->at;

		if (c == '\0')
			return complain(parser, from,
				"the double quote that opens here is never "
				"closed");
		if (c == '"')
			break;
		if (c == '\\') {
			c = *++parser->at;
			if (c != '"' && c != '\\')
				return complain(parser, parser->at - 1,
					"in double quotes, write \\\\ for a "
					"backslash and \\\" for a quote");
		}
		buf_putc(ret, c);
	}
	parser->at++;
	return 0;
}

static int read_bare(struct parser *parser, struct buf *ret)
{
	const char *from = parser->at;
	const char *end = from;

	while (*end != '\0' && *end != '{' && *end != '}' &&
		!(end[0] == '&' && end[1] == '&') &&
		!(end[0] == '|' && end[1] == '|'))
		end++;
	parser->at = end;
	while (end > from && is_blank(end[-1]))
		end--;
	if (end == from)
		return complain(parser, from,
			"a value is missing; an empty text is written \"\"");
	buf_append(ret, from, (size_t)(end - from));
	return 0;
}

static int read_value(struct parser *parser, struct query_node *term)
{
	const char *from;
	struct buf value;
	int fail;

	skip_blanks(parser);
	from = parser->at;
	buf_init(&value, RECORDS_FILTER_MAX);
	fail = *from == '"' ? read_quoted(parser, &value)
			    : read_bare(parser, &value);
	if (!fail && buf_failed(&value))
		fail = error_set(parser->err, FAIL_STOP, "out of memory");
	if (!fail) {
		fail = query_value_read(
			parser->filter, term, value.data, parser->err);
		if (fail)
			fail = place(parser, from, fail);
	}
	buf_free(&value);
	return fail;
}

static int parse_term(struct parser *parser, int *ret)
{
	const char *from = parser->at;
	struct query_node *term;
	int node;
	int fail;

	if (++parser->terms > RECORDS_FILTER_TERMS_MAX)
		return complain(parser, from, "too many conditions");
	node = new_node(parser, QUERY_TERM);
	term = &parser->filter->nodes[node];
	fail = read_field(parser, term);
	if (!fail)
		fail = read_operator(parser, term);
	if (!fail)
		fail = read_value(parser, term);
	if (!fail)
		*ret = node;
	return fail;
}

/* ---- groups --------------------------------------------------------------- */

static int parse_item(struct parser *parser, int *ret)
{
	const char *from;
	int fail;

	skip_blanks(parser);
	from = parser->at;
	if (*from != '{')
		return parse_term(parser, ret);
	if (++parser->depth > RECORDS_FILTER_DEPTH_MAX)
		return complain(
			parser, from, "too many groups inside each other");
	parser->at++;
	fail = parse_any(parser, ret);
	if (fail)
		return fail;
	skip_blanks(parser);
	if (*parser->at != '}')
		return complain(parser, *parser->at == '\0' ? from : parser->at,
			*parser->at == '\0'
				? "the { that opens here is never closed"
				: "&&, || or } is expected here");
	parser->at++;
	parser->depth--;
	return 0;
}

/* Items with && or || between; a single one needs no group. */
static int parse_group(struct parser *parser, enum query_node_kind kind,
	int (*item)(struct parser *parser, int *ret), int *ret)
{
	char pair = kind == QUERY_ALL ? '&' : '|';
	int first, group, last, next;
	int fail;

	fail = item(parser, &first);
	if (fail)
		return fail;
	if (!take_pair(parser, pair)) {
		*ret = first;
		return 0;
	}
	group = new_node(parser, kind);
	parser->filter->nodes[group].child = first;
	last = first;
	do {
		fail = item(parser, &next);
		if (fail)
			return fail;
		parser->filter->nodes[last].next = next;
		last = next;
	} while (take_pair(parser, pair));
	*ret = group;
	return 0;
}

static int parse_all(struct parser *parser, int *ret)
{
	return parse_group(parser, QUERY_ALL, parse_item, ret);
}

static int parse_any(struct parser *parser, int *ret)
{
	return parse_group(parser, QUERY_ANY, parse_all, ret);
}

static int parse(struct parser *parser)
{
	size_t len = strlen(parser->text);
	int fail;

	if (len > RECORDS_FILTER_MAX)
		return error_set(parser->err, FAIL_USAGE,
			"query: it has %zu bytes, and may have %d", len,
			RECORDS_FILTER_MAX);
	if (!charset_is_utf8(parser->text, len))
		return error_set(
			parser->err, FAIL_USAGE, "query: it is not UTF-8");
	fail = parse_any(parser, &parser->filter->root);
	if (fail)
		return fail;
	skip_blanks(parser);
	if (*parser->at != '\0')
		return complain(
			parser, parser->at, "&& or || is expected here");
	if (buf_failed(&parser->filter->texts))
		return error_set(parser->err, FAIL_STOP, "out of memory");
	return 0;
}

int records_filter_parse(struct records_filter **ret,
	const struct model_type *type, const char *text, struct error *err)
{
	struct parser parser = { .text = text, .at = text, .err = err };
	int fail;

	parser.filter = calloc(1, sizeof(*parser.filter));
	if (!parser.filter)
		return error_set(err, FAIL_STOP, "out of memory");
	parser.filter->type = type;
	buf_init(&parser.filter->texts, TEXTS_MAX);
	fail = parse(&parser);
	if (fail)
		records_filter_free(parser.filter);
	else
		*ret = parser.filter;
	return fail;
}

void records_filter_free(struct records_filter *filter)
{
	if (!filter)
		return;
	buf_free(&filter->texts);
	free(filter);
}

bool records_filter_names(const struct records_filter *filter, int field)
{
	for (int i = 0; i < filter->count; i++) {
		if (filter->nodes[i].kind == QUERY_TERM &&
			filter->nodes[i].field == field)
			return true;
	}
	return false;
}

bool query_node_is_deleted(
	const struct records_filter *filter, const struct query_node *term)
{
	return term->field == filter->type->is_deleted &&
	       term->operator== QUERY_EQUAL && term->value.number != 0;
}

/* ---- order and pages ------------------------------------------------------ */

void records_query_init(
	struct records_query *query, const struct model_type *type)
{
	*query = (struct records_query){
		.type = type,
		.order = RECORDS_ORDER_DEFAULT,
	};
}

int records_query_order(
	struct records_query *query, const char *text, struct error *err)
{
	bool descending = *text == '-';
	int fail;

	text += descending;
	fail = query_field_find(
		query->type, text, strlen(text), &query->order, err);
	if (fail) {
		(void)error_prefix(err, "order");
		return fail;
	}
	query->descending = descending;
	return 0;
}

/* A whole number of at most nine digits. */
static int read_count(const char *name, const char *text, int64_t least,
	int64_t most, int64_t *ret, struct error *err)
{
	size_t len = strspn(text, "0123456789");
	int64_t value = 0;

	if (len == 0 || len > 9 || text[len] != '\0')
		value = -1;
	for (size_t i = 0; value >= 0 && i < len; i++)
		value = value * 10 + (text[i] - '0');
	if (value < least || value > most)
		return error_set(err, FAIL_USAGE,
			"%s is a whole number from %lld to %lld, not '%.20s'",
			name, (long long)least, (long long)most, text);
	*ret = value;
	return 0;
}

int records_query_page(struct records_query *query, const char *page,
	const char *size, struct error *err)
{
	int64_t number = 1;
	int64_t rows = RECORDS_PAGE_SIZE;
	int fail = 0;

	if (page)
		fail = read_count("page", page, 1, 999999999, &number, err);
	if (!fail && size)
		fail = read_count(
			"pageSize", size, 1, RECORDS_PAGE_SIZE_MAX, &rows, err);
	if (fail)
		return fail;
	query->skip = (number - 1) * rows;
	query->limit = rows;
	return 0;
}
