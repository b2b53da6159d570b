/*
 * Whatever arrives as a reply: no crash, and no row unless the whole text is
 * one JSON document.
 *
 * sources: connector/page.c connector/entity*.c base/
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "connector/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_all(const char *text, size_t len, const struct entity *entity)
{
	struct page *page = malloc(sizeof(*page));
	struct json_slice slice;
	struct page_row row;
	struct error err;

	if (!page)
		abort();
	if (page_open(page, text, len, &err)) {
		free(page);
		return;
	}
	if (json_check(text, len, &slice, &err))
		abort();
	while (page_next(page, &slice)) {
		if (page_row_read(&row, entity, 7, slice, &err))
			continue;
		if (!row.feed.id || !row.feed.id[0])
			abort();
		page_row_free(&row);
	}
	free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; entity_table[i]; i++)
		read_all((const char *)bytes, len, entity_table[i]);
	return 0;
}
