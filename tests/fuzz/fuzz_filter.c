/*
 * $filter from anybody: it parses or is refused in words, and what parses
 * can be evaluated. The first byte picks the entity.
 *
 * sources: sandbox/books*.c sandbox/filter*.c sandbox/ledger*.c
 * sources: sandbox/odata*.c sandbox/render.c http/exchange.c base/
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every value there is of that type: null for odd properties. */
static void get(void *context, int property, struct render_value *ret)
{
	const struct odata_model *model = context;

	*ret = (struct render_value){ .null = property % 2 != 0 };
	ret->type = model->properties[property].type;
	if (ret->type == ODATA_STRING && !ret->null)
		render_set_padded(ret, "42", 18, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct odata_model *const models[] = {
		&odata_table_accounts, &odata_table_lines,
		&odata_table_relations, &odata_table_deleted
	};
	struct filter *filter = NULL;
	struct buf problem;

	if (size == 0 || size > FILTER_TEXT_MAX)
		return 0;
	const struct odata_model *model = models[data[0] % 4];
	unsigned variant = data[0] % 4 == 3 ? ODATA_SYNC : ODATA_REGULAR;
	char *text = malloc(size);
	if (text == NULL)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	buf_init(&problem, 65536);
	if (filter_parse(&filter, text, model, variant, &problem) == 0) {
		filter_matches(filter, get, (void *)(uintptr_t)model);
		filter_above(filter, 0);
		filter_free(filter);
	} else if (problem.len == 0 && !buf_failed(&problem)) {
		abort(); /* refused without a word */
	}
	buf_free(&problem);
	free(text);
	return 0;
}
