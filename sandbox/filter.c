/*
 * Reading $filter. A tree of at most FILTER_NODES_MAX nodes in one array, with
 * children by index; every node gets its type when it is made.
 *
 *	Timestamp gt 12L and trim(Code) eq '8'
 *	and( gt(property Timestamp, literal 12L),
 *	     eq(function trim(property Code), literal '8') )
 *
 * The texts of refusals are those of the real server; the position in them is
 * that of the operator or name in the filter.
 */
#include "sandbox/filter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books_rows.h"
#include "sandbox/filter_nodes.h"

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
	enum filter_kind kind;
} operators[] = {
	{ "eq", NODE_EQ },
	{ "ne", NODE_NE },
	{ "gt", NODE_GT },
	{ "ge", NODE_GE },
	{ "lt", NODE_LT },
	{ "le", NODE_LE },
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

static int add(struct parser *parser, const struct filter_node *node)
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

/* Takes the word if it comes next, as a whole word. */
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

static int expression(struct parser *parser);

/* "Unrecognized 'Edm.Guid' literal 'guid'''' in '12'." */
static int unrecognized(
	struct parser *parser, const char *start, enum odata_type type)
{
	const char *end = strchr(start, '\'');

	end = end ? strchr(end + 1, '\'') : NULL;
	if (!end)
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
	struct filter_node node = { .kind = NODE_LITERAL };
	const char *start = parser->at;
	enum odata_type type;

	if (filter_literal_is_prefixed(start)) {
		if (!filter_literal_prefixed(&parser->at, &node.value, &type))
			return unrecognized(parser, start, type);
	} else if (!filter_literal(&parser->at, &node.value)) {
		return refuse(parser, SYNTAX);
	}
	node.type = node.value.type;
	return add(parser, &node);
}

static int call(
	struct parser *parser, enum filter_function function, int position)
{
	struct filter_node node = { .kind = NODE_FUNCTION,
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
	const struct filter_node *nodes = parser->filter->nodes;
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
	struct filter_node node = { .kind = NODE_PROPERTY };
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
				return call(parser, (enum filter_function)i,
					position);
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
		filter_literal_is_prefixed(parser->at) ||
		filter_literal_constant(&ahead, &value))
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
	struct filter_node node = { .kind = NODE_NOT, .type = ODATA_BOOLEAN };
	node.left = unary(parser);
	parser->depth--;
	if (node.left < 0)
		return -1;
	enum odata_type type = parser->filter->nodes[node.left].type;
	if (type != ODATA_BOOLEAN)
		return wrong_type(parser, "not", (int)type, position);
	return add(parser, &node);
}

static bool is_number(enum odata_type type)
{
	return type == ODATA_INT16 || type == ODATA_INT32 ||
	       type == ODATA_INT64 || type == ODATA_BYTE ||
	       type == ODATA_DOUBLE;
}

static bool comparable(
	enum filter_kind kind, enum odata_type left, enum odata_type right)
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
	const struct filter_node *nodes = parser->filter->nodes;

	if (parser->problem->len == 0)
		buf_printf(parser->problem,
			"Operator '%s' incompatible with operand types '%s' "
			"and '%s' at position %d.",
			word, odata_table_system_name(nodes[left].type),
			odata_table_system_name(nodes[right].type), position);
	return -1;
}

/* Does the operand name a property? Two properties can't be compared. */
static bool has_property(const struct filter *filter, int index)
{
	const struct filter_node *node = &filter->nodes[index];

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
		const struct filter_node *nodes = parser->filter->nodes;
		if (!comparable(operators[i].kind, nodes[left].type,
			    nodes[right].type))
			return incompatible(parser, operators[i].word, left,
				right, position);
		if (nodes[left].type != ODATA_BOOLEAN &&
			has_property(parser->filter, left) &&
			has_property(parser->filter, right))
			return refuse(parser, SYNTAX);
		struct filter_node node = { .kind = operators[i].kind,
			.type = ODATA_BOOLEAN,
			.left = left,
			.right = right };
		return add(parser, &node);
	}
	return left;
}

static int chain(struct parser *parser, const char *word, enum filter_kind kind,
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
		const struct filter_node *nodes = parser->filter->nodes;
		if (nodes[left].type != ODATA_BOOLEAN ||
			nodes[right].type != ODATA_BOOLEAN)
			return incompatible(
				parser, word, left, right, position);
		struct filter_node node = { .kind = kind,
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

	if (!filter)
		return FAIL_STOP;
	filter->text = strdup(text);
	if (!filter->text) {
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
	if (!filter)
		return;
	free(filter->nodes);
	free(filter->text);
	free(filter);
}
