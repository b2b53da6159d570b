/*
 * Does a row match? Text is compared as the database's collation does: without
 * case and trailing blanks. A null matches `eq null`, and `ne` any value.
 */
#include <ctype.h>
#include <string.h>

#include "sandbox/filter_nodes.h"

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
	if (!value->text)
		memmove(value->store, text + skip, len - skip);
	else
		value->text += skip;
	value->len = len - skip;
}

/* Does `text` contain `needle`: anywhere (0), at its start (-1), at its end
 * (1)? */
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

static void evaluate_call(const struct run *run, const struct filter_node *node,
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
	/* The database compares without case, so tolower and toupper change
		 * nothing. */
	*ret = left;
	if (node->function == FUNCTION_TRIM && !left.null)
		trim(ret);
}

static bool compare_values(enum filter_kind kind,
	const struct render_value *left, const struct render_value *right)
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
	const struct filter_node *node = &run->filter->nodes[index];
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
	const struct filter_node *node = &filter->nodes[index];

	if (node->kind == NODE_AND) {
		int64_t left = above(filter, node->left, property);
		int64_t right = above(filter, node->right, property);
		return left > right ? left : right;
	}
	if (node->kind != NODE_GT && node->kind != NODE_GE)
		return INT64_MIN;
	const struct filter_node *left = &filter->nodes[node->left];
	const struct filter_node *right = &filter->nodes[node->right];
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
