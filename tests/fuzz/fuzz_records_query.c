/*
 * A query and an order from anybody: each is understood or refused in words
 * that name a place, and what is understood is a tree within its ceilings.
 * The first byte picks the data type, the second whether the rest is a query,
 * an order or a page's number.
 *
 * sources: store/records_query_parse.c store/records_query_field.c
 * sources: store/records_query_value.c model/ base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/records_query_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many nodes hang below this one, it included; ends at what is no tree. */
static int nodes_below(const struct records_filter *filter, int node, int depth)
{
	const struct query_node *top = &filter->nodes[node];
	int count = 1;

	if (node < 0 || node >= filter->count || depth > 64)
		abort();
	if (top->kind == QUERY_TERM) {
		if (!top->value.is_number &&
			top->value.text >= filter->texts.len)
			abort();
		return count;
	}
	for (int child = top->child; child >= 0;
		child = filter->nodes[child].next)
		count += nodes_below(filter, child, depth + 1);
	return count;
}

static void check_query(const struct model_type *type, const char *text)
{
	struct records_filter *filter = NULL;
	struct error err = { 0 };

	if (records_filter_parse(&filter, type, text, &err) != 0) {
		if (err.fail != FAIL_USAGE ||
			strncmp(err.text, "query", 5) != 0)
			abort();
		return;
	}
	if (nodes_below(filter, filter->root, 0) != filter->count)
		abort();
	(void)records_filter_names(filter, type->is_deleted);
	records_filter_free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct records_query query;
	struct error err = { 0 };
	size_t types = 0;
	char *text;

	if (size < 2 || size > RECORDS_FILTER_MAX + 16)
		return 0;
	while (model_types[types] != NULL)
		types++;
	text = malloc(size - 1);
	if (text == NULL)
		return 0;
	memcpy(text, data + 2, size - 2);
	text[size - 2] = '\0';
	records_query_init(&query, model_types[data[0] % types]);
	switch (data[1] % 4) {
	case 0:
		if (records_query_order(&query, text, &err) == 0 &&
			(size_t)query.order >= query.type->table.count)
			abort();
		break;
	case 1:
		if (records_query_page(&query, text, text, &err) == 0 &&
			(query.limit < 1 || query.skip < 0))
			abort();
		break;
	default:
		check_query(query.type, text);
		break;
	}
	if (err.fail != 0 && err.text[0] == '\0')
		abort(); /* refused without a word */
	free(text);
	return 0;
}
