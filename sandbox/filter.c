/*
 * Reading and evaluating $filter. A tree of at most FILTER_NODES_MAX nodes
 * in one array, children by index; every node has a type when it is made.
 *
 *	Timestamp gt 12L and trim(Code) eq '8'
 *	and( gt(property Timestamp, literal 12L),
 *	     eq(function trim(property Code), literal '8') )
 *
 * The texts of refusals are those seen from the real server; the position
 * in them is that of the operator or name in the filter.
 */
#include "sandbox/filter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books_rows.h"

enum node_kind {
	NODE_LITERAL,
	NODE_PROPERTY,
	NODE_FUNCTION,
	NODE_NOT,
	NODE_AND,
	NODE_OR,
	NODE_EQ,
	NODE_NE,
	NODE_GT,
	NODE_GE,
	NODE_LT,
	NODE_LE
};

enum function {
	FUNCTION_TRIM,
	FUNCTION_TOLOWER,
	FUNCTION_TOUPPER,
	FUNCTION_SUBSTRINGOF,
	FUNCTION_STARTSWITH,
	FUNCTION_ENDSWITH
};

static const struct {
	const char *name;
	int arguments;
	enum odata_type type;
} functions[] = {
	[FUNCTION_TRIM] = { "trim", 1, ODATA_STRING },
	[FUNCTION_TOLOWER] = { "tolower", 1, ODATA_STRING },
	[FUNCTION_TOUPPER] = { "toupper", 1, ODATA_STRING },
	[FUNCTION_SUBSTRINGOF] = { "substringof", 2, ODATA_BOOLEAN },
	[FUNCTION_STARTSWITH] = { "startswith", 2, ODATA_BOOLEAN },
	[FUNCTION_ENDSWITH] = { "endswith", 2, ODATA_BOOLEAN },
};

static const struct {
	const char *word;
	enum node_kind kind;
} operators[] = {
	{ "eq", NODE_EQ },
	{ "ne", NODE_NE },
	{ "gt", NODE_GT },
	{ "ge", NODE_GE },
	{ "lt", NODE_LT },
	{ "le", NODE_LE },
};

struct node {
	enum node_kind kind;
	enum odata_type type;
	enum function function;
	int property;
	int left;
	int right;
	struct render_value value;
};

struct filter {
	struct node *nodes; /* owned */
	char *text;         /* owned; literals point into it */
	size_t count;
	size_t capacity;
	int root;
};

struct parser {
	struct filter *filter;
	const struct odata_model *model;
	unsigned variant;
	const char *text;
	char *at;
	struct buf *problem;
	int depth;
	bool no_memory;
};

#define SYNTAX "Bad Request - Error in query syntax."

static int refuse(struct parser *parser, const char *text)
{
	if (parser->problem->len == 0)
		buf_puts(parser->problem, text);
	return -1;
}

static int add(struct parser *parser, const struct node *node)
{
	struct filter *filter = parser->filter;
	void *nodes = filter->nodes;

	if (filter->count >= FILTER_NODES_MAX)
		return refuse(parser, SYNTAX);
	if (books_index_grow(&nodes, filter->count, &filter->capacity,
		    sizeof(*node)) < 0) {
		parser->no_memory = true;
		return -1;
	}
	filter->nodes = nodes;
	filter->nodes[filter->count] = *node;
	return (int)filter->count++;
}

static void skip_blanks(struct parser *parser)
{
	while (*parser->at == ' ' || *parser->at == '\t')
		parser->at++;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Take the word if it comes next and ends there. */
static bool take_word(struct parser *parser, const char *word)
{
	size_t len = strlen(word);

	skip_blanks(parser);
	if (strncmp(parser->at, word, len) != 0 || is_word(parser->at[len]))
		return false;
	parser->at += len;
	return true;
}

static bool take_char(struct parser *parser, char c)
{
	skip_blanks(parser);
	if (*parser->at != c)
		return false;
	parser->at++;
	return true;
}

/* The content of guid'…' or datetime'…'. */
static bool quoted(char **text, struct buf *ret)
{
	char *at = *text;

	if (*at != '\'')
		return false;
	for (at++; *at != '\0'; at++) {
		if (*at == '\'' && *++at != '\'') {
			*text = at;
			return true;
		}
		buf_putc(ret, *at);
	}
	return false;
}

static bool two_digits(const char **at, int *ret)
{
	if (!isdigit((unsigned char)(*at)[0]) ||
		!isdigit((unsigned char)(*at)[1]))
		return false;
	*ret = ((*at)[0] - '0') * 10 + ((*at)[1] - '0');
	*at += 2;
	return true;
}

static bool clock_part(const char **at, int64_t *ret_ms)
{
	int hour;
	int minute;
	int second = 0;
	int64_t fraction = 0;

	++*at;
	if (!two_digits(at, &hour) || *(*at)++ != ':' ||
		!two_digits(at, &minute))
		return false;
	if (**at == ':') {
		++*at;
		if (!two_digits(at, &second))
			return false;
		if (**at == '.') {
			int64_t unit = 100;
			if (!isdigit((unsigned char)*++*at))
				return false;
			for (; isdigit((unsigned char)**at); ++*at) {
				fraction += (**at - '0') * unit;
				unit /= 10;
			}
		}
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ret_ms = ((hour * 60 + minute) * 60 + second) * 1000LL + fraction;
	return true;
}

/* 2024-01-31, 2024-01-31T10:20, …:30, …:30.123, with or without Z. */
static bool moment(const char *text, int64_t *ret_ms)
{
	const char *at = text;
	int century;
	int year;
	int month;
	int day;
	int64_t ms = 0;

	if (!two_digits(&at, &century) || !two_digits(&at, &year) ||
		*at++ != '-' || !two_digits(&at, &month) || *at++ != '-' ||
		!two_digits(&at, &day))
		return false;
	year += century * 100;
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	int64_t days = render_days(year, month, day);
	int back[3];
	render_civil(days, &back[0], &back[1], &back[2]);
	if (back[1] != month)
		return false;
	if (*at == 'T' && !clock_part(&at, &ms))
		return false;
	if (*at == 'Z')
		at++;
	*ret_ms = days * 86400000 + ms;
	return *at == '\0';
}

static bool number(char **text, struct render_value *ret)
{
	char *at = *text;
	size_t len = 0;
	bool real = false;
	char copy[48];

	if (*at == '-' || *at == '+')
		at++;
	if (!isdigit((unsigned char)*at))
		return false;
	while (isdigit((unsigned char)*at))
		at++;
	if (*at == '.') {
		real = true;
		at++;
		if (!isdigit((unsigned char)*at))
			return false;
		while (isdigit((unsigned char)*at))
			at++;
	}
	if (*at == 'e' || *at == 'E') {
		real = true;
		at++;
		if (*at == '-' || *at == '+')
			at++;
		if (!isdigit((unsigned char)*at))
			return false;
		while (isdigit((unsigned char)*at))
			at++;
	}
	len = (size_t)(at - *text);
	if (len >= sizeof(copy))
		return false;
	memcpy(copy, *text, len);
	copy[len] = '\0';
	ret->type = ODATA_INT32;
	if (*at == 'd' || *at == 'D' || *at == 'f' || *at == 'F' ||
		*at == 'm' || *at == 'M') {
		real = true;
		at++;
	}
	if (real) {
		ret->type = ODATA_DOUBLE;
		ret->real = strtod(copy, NULL);
	} else {
		int64_t value = 0;
		for (const char *c = copy; *c != '\0'; c++) {
			int64_t digit = *c - '0';
			if (*c == '-' || *c == '+')
				continue;
			if (__builtin_mul_overflow(value, 10, &value) ||
				__builtin_sub_overflow(value, digit, &value))
				return false;
		}
		if (copy[0] != '-' && __builtin_sub_overflow(0, value, &value))
			return false;
		ret->number = value;
		if (value < INT32_MIN || value > INT32_MAX)
			ret->type = ODATA_INT64;
		if (*at == 'L' || *at == 'l') {
			ret->type = ODATA_INT64;
			at++;
		}
	}
	*text = at;
	return !is_word(*at);
}

static bool constant(char **text, struct render_value *ret)
{
	static const struct {
		const char *word;
		enum odata_type type;
		int number;
	} constants[] = {
		{ "true", ODATA_BOOLEAN, 1 },
		{ "false", ODATA_BOOLEAN, 0 },
		{ "null", ODATA_NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++) {
		size_t len = strlen(constants[i].word);
		if (strncmp(*text, constants[i].word, len) != 0 ||
			is_word((*text)[len]))
			continue;
		ret->type = constants[i].type;
		ret->number = constants[i].number;
		ret->null = ret->type == ODATA_NULL;
		*text += len;
		return true;
	}
	return false;
}

/* guid'…' or datetime'…'; `ret_type` also when the content is wrong. */
static bool prefixed(
	char **text, struct render_value *ret, enum odata_type *ret_type)
{
	struct buf content;
	char *at = *text;
	bool good;

	*ret_type = strncmp(at, "guid'", 5) == 0 ? ODATA_GUID : ODATA_DATETIME;
	at += *ret_type == ODATA_GUID ? 4 : 8;
	buf_init(&content, FILTER_TEXT_MAX);
	good = quoted(&at, &content) && !buf_failed(&content);
	if (good && *ret_type == ODATA_GUID)
		good = books_index_parse(content.data, content.len, &ret->guid);
	else if (good)
		good = strlen(content.data) == content.len &&
		       moment(content.data, &ret->number);
	buf_free(&content);
	if (good) {
		ret->type = *ret_type;
		*text = at;
	}
	return good;
}

static bool is_prefixed(const char *text)
{
	return strncmp(text, "guid'", 5) == 0 ||
	       strncmp(text, "datetime'", 9) == 0;
}

/* Decoded where it stands: '' becomes ', so it only gets shorter. */
static bool string(char **text, struct render_value *ret)
{
	char *at = *text + 1;
	char *to = at;

	ret->type = ODATA_STRING;
	ret->text = to;
	for (; *at != '\0'; at++) {
		if (*at == '\'' && *++at != '\'') {
			ret->len = (size_t)(to - ret->text);
			*text = at;
			return true;
		}
		*to++ = *at;
	}
	return false;
}

bool filter_literal(char **text, struct render_value *ret)
{
	enum odata_type type;
	struct render_value value = { 0 };
	bool good;

	if (is_prefixed(*text))
		good = prefixed(text, &value, &type);
	else if (**text == '\'')
		good = string(text, &value);
	else
		good = constant(text, &value) || number(text, &value);
	if (good)
		*ret = value;
	return good;
}

static int expression(struct parser *parser);

/* "Unrecognized 'Edm.Guid' literal 'guid'''' in '12'." */
static int unrecognized(
	struct parser *parser, const char *start, enum odata_type type)
{
	const char *end = strchr(start, '\'');

	end = end == NULL ? NULL : strchr(end + 1, '\'');
	if (end == NULL)
		return refuse(parser, SYNTAX);
	if (parser->problem->len == 0)
		buf_printf(parser->problem,
			"Unrecognized '%s' literal '%.*s' in '%d'.",
			odata_table_edm_name(type), (int)(end + 1 - start),
			start, (int)(start - parser->text));
	return -1;
}

static int literal(struct parser *parser)
{
	struct node node = { .kind = NODE_LITERAL };
	const char *start = parser->at;
	enum odata_type type;

	if (is_prefixed(start)) {
		if (!prefixed(&parser->at, &node.value, &type))
			return unrecognized(parser, start, type);
	} else if (!filter_literal(&parser->at, &node.value)) {
		return refuse(parser, SYNTAX);
	}
	node.type = node.value.type;
	return add(parser, &node);
}

static int call(struct parser *parser, enum function function, int position)
{
	struct node node = { .kind = NODE_FUNCTION,
		.type = functions[function].type,
		.function = function,
		.right = -1 };

	node.left = expression(parser);
	if (node.left < 0)
		return -1;
	if (functions[function].arguments == 2) {
		if (!take_char(parser, ','))
			return refuse(parser, SYNTAX);
		node.right = expression(parser);
		if (node.right < 0)
			return -1;
	}
	if (!take_char(parser, ')'))
		return refuse(parser, SYNTAX);
	const struct node *nodes = parser->filter->nodes;
	if (nodes[node.left].type == ODATA_STRING &&
		(node.right < 0 || nodes[node.right].type == ODATA_STRING))
		return add(parser, &node);
	if (parser->problem->len == 0)
		buf_printf(parser->problem,
			"No applicable function found for '%s' at position %d "
			"with the specified arguments.",
			functions[function].name, position);
	return -1;
}

static int name(struct parser *parser)
{
	struct node node = { .kind = NODE_PROPERTY };
	const char *start = parser->at;
	int position = (int)(start - parser->text);
	size_t len = 0;

	while (is_word(start[len]) || start[len] == '/')
		len++;
	if (len == 0)
		return refuse(parser, SYNTAX);
	parser->at += len;
	if (*parser->at == '(') {
		parser->at++;
		for (size_t i = 0; i < sizeof(functions) / sizeof(*functions);
			i++)
			if (strlen(functions[i].name) == len &&
				memcmp(functions[i].name, start, len) == 0)
				return call(parser, (enum function)i, position);
		if (parser->problem->len == 0)
			buf_printf(parser->problem,
				"Unknown function '%.*s' at position %d.",
				(int)len, start, position);
		return -1;
	}
	node.property = odata_table_find(
		parser->model, parser->variant, start, len);
	if (node.property < 0 ||
		parser->model->properties[node.property].type ==
			ODATA_NAVIGATION) {
		if (parser->problem->len == 0)
			buf_printf(parser->problem,
				"No property '%.*s' exists in type '%s' at "
				"position %d.",
				(int)len, start, parser->model->type_name,
				position);
		return -1;
	}
	node.type = parser->model->properties[node.property].type;
	return add(parser, &node);
}

static int primary(struct parser *parser)
{
	skip_blanks(parser);
	char c = *parser->at;

	if (c == '(') {
		parser->at++;
		int inner = expression(parser);
		if (inner < 0)
			return -1;
		return take_char(parser, ')') ? inner : refuse(parser, SYNTAX);
	}
	struct render_value value;
	char *ahead = parser->at;
	if (c == '\'' || c == '-' || c == '+' || isdigit((unsigned char)c) ||
		is_prefixed(parser->at) || constant(&ahead, &value))
		return literal(parser);
	return name(parser);
}

static int wrong_type(
	struct parser *parser, const char *word, int type, int position)
{
	if (parser->problem->len == 0)
		buf_printf(parser->problem,
			"Operator '%s' incompatible with operand type '%s' at "
			"position %d.",
			word, odata_table_system_name((enum odata_type)type),
			position);
	return -1;
}

static int unary(struct parser *parser)
{
	skip_blanks(parser);
	int position = (int)(parser->at - parser->text);

	if (!take_word(parser, "not"))
		return primary(parser);
	if (++parser->depth > FILTER_DEPTH_MAX)
		return refuse(parser, SYNTAX);
	struct node node = { .kind = NODE_NOT, .type = ODATA_BOOLEAN };
	node.left = unary(parser);
	parser->depth--;
	if (node.left < 0)
		return -1;
	enum odata_type type = parser->filter->nodes[node.left].type;
	if (type != ODATA_BOOLEAN)
		return wrong_type(parser, "not", type, position);
	return add(parser, &node);
}

static bool is_number(enum odata_type type)
{
	return type == ODATA_INT16 || type == ODATA_INT32 ||
	       type == ODATA_INT64 || type == ODATA_BYTE ||
	       type == ODATA_DOUBLE;
}

static bool comparable(
	enum node_kind kind, enum odata_type left, enum odata_type right)
{
	bool equality = kind == NODE_EQ || kind == NODE_NE;

	if (left == ODATA_NULL || right == ODATA_NULL)
		return equality;
	if (is_number(left) && is_number(right))
		return true;
	if (left != right)
		return false;
	if (left == ODATA_STRING || left == ODATA_DATETIME)
		return true;
	return equality && (left == ODATA_GUID || left == ODATA_BOOLEAN);
}

static int incompatible(struct parser *parser, const char *word, int left,
	int right, int position)
{
	const struct node *nodes = parser->filter->nodes;

	if (parser->problem->len == 0)
		buf_printf(parser->problem,
			"Operator '%s' incompatible with operand types '%s' "
			"and '%s' at position %d.",
			word, odata_table_system_name(nodes[left].type),
			odata_table_system_name(nodes[right].type), position);
	return -1;
}

/* Two fields can't be compared with each other. */
static bool has_property(const struct filter *filter, int index)
{
	const struct node *node = &filter->nodes[index];

	if (node->kind == NODE_PROPERTY)
		return true;
	return node->kind == NODE_FUNCTION && has_property(filter, node->left);
}

static int compare(struct parser *parser)
{
	int left = unary(parser);

	if (left < 0)
		return -1;
	skip_blanks(parser);
	int position = (int)(parser->at - parser->text);
	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++) {
		if (!take_word(parser, operators[i].word))
			continue;
		int right = unary(parser);
		if (right < 0)
			return -1;
		const struct node *nodes = parser->filter->nodes;
		if (!comparable(operators[i].kind, nodes[left].type,
			    nodes[right].type))
			return incompatible(parser, operators[i].word, left,
				right, position);
		if (nodes[left].type != ODATA_BOOLEAN &&
			has_property(parser->filter, left) &&
			has_property(parser->filter, right))
			return refuse(parser, SYNTAX);
		struct node node = { .kind = operators[i].kind,
			.type = ODATA_BOOLEAN,
			.left = left,
			.right = right };
		return add(parser, &node);
	}
	return left;
}

static int chain(struct parser *parser, const char *word, enum node_kind kind,
	int (*next)(struct parser *))
{
	int left = next(parser);

	while (left >= 0) {
		skip_blanks(parser);
		int position = (int)(parser->at - parser->text);
		if (!take_word(parser, word))
			break;
		int right = next(parser);
		if (right < 0)
			return -1;
		const struct node *nodes = parser->filter->nodes;
		if (nodes[left].type != ODATA_BOOLEAN ||
			nodes[right].type != ODATA_BOOLEAN)
			return incompatible(
				parser, word, left, right, position);
		struct node node = { .kind = kind,
			.type = ODATA_BOOLEAN,
			.left = left,
			.right = right };
		left = add(parser, &node);
	}
	return left;
}

static int conjunction(struct parser *parser)
{
	return chain(parser, "and", NODE_AND, compare);
}

static int expression(struct parser *parser)
{
	if (++parser->depth > FILTER_DEPTH_MAX)
		return refuse(parser, SYNTAX);
	int made = chain(parser, "or", NODE_OR, conjunction);
	parser->depth--;
	return made;
}

int filter_parse(struct filter **ret, const char *text,
	const struct odata_model *model, unsigned variant, struct buf *problem)
{
	struct parser parser = {
		.model = model, .variant = variant, .problem = problem
	};
	struct filter *filter = calloc(1, sizeof(*filter));

	if (filter == NULL)
		return FAIL_STOP;
	filter->text = strdup(text);
	if (filter->text == NULL) {
		free(filter);
		return FAIL_STOP;
	}
	parser.filter = filter;
	parser.text = filter->text;
	parser.at = filter->text;
	if (strlen(text) > FILTER_TEXT_MAX)
		filter->root = refuse(&parser, SYNTAX);
	else
		filter->root = expression(&parser);
	if (filter->root >= 0) {
		skip_blanks(&parser);
		if (*parser.at != '\0')
			filter->root = refuse(&parser, SYNTAX);
		else if (filter->nodes[filter->root].type != ODATA_BOOLEAN)
			filter->root = refuse(&parser,
				"Expression of type 'System.Boolean' expected "
				"at position 0.");
	}
	if (filter->root < 0) {
		filter_free(filter);
		return parser.no_memory ? FAIL_STOP : FAIL_INPUT;
	}
	*ret = filter;
	return 0;
}

void filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	free(filter->nodes);
	free(filter->text);
	free(filter);
}

struct run {
	const struct filter *filter;
	filter_get *get;
	void *context;
};

static void evaluate(
	const struct run *run, int index, struct render_value *ret);

static void trim(struct render_value *value)
{
	const char *text = render_text(value);
	size_t len = value->len;
	size_t skip = 0;

	while (len > 0 && text[len - 1] == ' ')
		len--;
	while (skip < len && text[skip] == ' ')
		skip++;
	if (value->text == NULL)
		memmove(value->store, text + skip, len - skip);
	else
		value->text += skip;
	value->len = len - skip;
}

/* Is `needle` in `text`: anywhere (0), at its start (-1), at its end (1)? */
static bool contains(const struct render_value *text,
	const struct render_value *needle, int where)
{
	const char *hay = render_text(text);

	if (needle->len > text->len)
		return false;
	size_t last = text->len - needle->len;
	for (size_t at = where > 0 ? last : 0; at <= (where < 0 ? 0 : last);
		at++) {
		size_t i = 0;
		while (i < needle->len &&
			tolower((unsigned char)hay[at + i]) ==
				tolower((unsigned char)render_text(needle)[i]))
			i++;
		if (i == needle->len)
			return true;
	}
	return false;
}

static void evaluate_call(const struct run *run, const struct node *node,
	struct render_value *ret)
{
	struct render_value left;
	struct render_value right = { 0 };

	evaluate(run, node->left, &left);
	if (node->right >= 0)
		evaluate(run, node->right, &right);
	*ret = (struct render_value){ .type = node->type };
	if (node->type == ODATA_BOOLEAN) {
		if (left.null || right.null)
			return;
		if (node->function == FUNCTION_SUBSTRINGOF)
			ret->number = contains(&right, &left, 0);
		else
			ret->number = contains(&left, &right,
				node->function == FUNCTION_STARTSWITH ? -1 : 1);
		return;
	}
	/* The database compares without case, so case needs no change. */
	*ret = left;
	if (node->function == FUNCTION_TRIM && !left.null)
		trim(ret);
}

static bool compare_values(enum node_kind kind, const struct render_value *left,
	const struct render_value *right)
{
	if (left->null || right->null) {
		bool same = left->null && right->null;
		return kind == NODE_EQ ? same : kind == NODE_NE && !same;
	}
	int order = render_compare(left, right);
	switch (kind) {
	case NODE_EQ:
		return order == 0;
	case NODE_NE:
		return order != 0;
	case NODE_GT:
		return order > 0;
	case NODE_GE:
		return order >= 0;
	case NODE_LT:
		return order < 0;
	default:
		return order <= 0;
	}
}

static bool truth(const struct run *run, int index)
{
	struct render_value value;

	evaluate(run, index, &value);
	return !value.null && value.number != 0;
}

static void evaluate(const struct run *run, int index, struct render_value *ret)
{
	const struct node *node = &run->filter->nodes[index];
	struct render_value left;
	struct render_value right;

	switch (node->kind) {
	case NODE_LITERAL:
		*ret = node->value;
		return;
	case NODE_PROPERTY:
		run->get(run->context, node->property, ret);
		return;
	case NODE_FUNCTION:
		evaluate_call(run, node, ret);
		return;
	default:
		break;
	}
	bool result;
	if (node->kind == NODE_NOT) {
		result = !truth(run, node->left);
	} else if (node->kind == NODE_AND) {
		result = truth(run, node->left) && truth(run, node->right);
	} else if (node->kind == NODE_OR) {
		result = truth(run, node->left) || truth(run, node->right);
	} else {
		evaluate(run, node->left, &left);
		evaluate(run, node->right, &right);
		result = compare_values(node->kind, &left, &right);
	}
	ret->type = ODATA_BOOLEAN;
	ret->null = false;
	ret->number = result;
}

bool filter_matches(const struct filter *filter, filter_get *get, void *context)
{
	struct run run = { .filter = filter, .get = get, .context = context };

	return truth(&run, filter->root);
}

bool filter_names(const struct filter *filter, int property)
{
	for (size_t i = 0; i < filter->count; i++)
		if (filter->nodes[i].kind == NODE_PROPERTY &&
			filter->nodes[i].property == property)
			return true;
	return false;
}

static int64_t above(const struct filter *filter, int index, int property)
{
	const struct node *node = &filter->nodes[index];

	if (node->kind == NODE_AND) {
		int64_t left = above(filter, node->left, property);
		int64_t right = above(filter, node->right, property);
		return left > right ? left : right;
	}
	if (node->kind != NODE_GT && node->kind != NODE_GE)
		return INT64_MIN;
	const struct node *left = &filter->nodes[node->left];
	const struct node *right = &filter->nodes[node->right];
	if (left->kind != NODE_PROPERTY || left->property != property ||
		right->kind != NODE_LITERAL || right->type == ODATA_DOUBLE ||
		right->value.number == INT64_MIN)
		return INT64_MIN;
	return right->value.number - (node->kind == NODE_GE);
}

int64_t filter_above(const struct filter *filter, int property)
{
	return above(filter, filter->root, property);
}
