/*
 * The commonest derivation: one row of a feed makes one record of the same
 * id, or none when it isn't one of that data type. A row that is gone, and
 * one that left the selection, retire the record; coming back revives it.
 *
 *	account A7, Status C            customer A7 lives
 *	          , Status P            customer A7 is retired
 *	          , Status C again      customer A7 is revived
 */
#include "derive/derive.h"

#include <stdlib.h>
#include <string.h>

struct one {
	const struct derive *derive;
	derive_build_fn build;
	struct model_record *record;
	bool selected;
};

static int build_row(void *arg, const struct feed_row *row)
{
	struct one *one = arg;

	one->selected = one->build(one->derive, row, one->record);
	return 0;
}

int derive_row(struct derive *derive, const struct derive_source *source,
	const char *group, struct error *err)
{
	struct one one = {
		.derive = derive,
		.build = source->build,
		.record = model_record_new(source->type),
	};
	int r;

	if (!one.record)
		return error_set(err, FAIL_STOP, "out of memory");
	r = records_feed_each(derive->records, &source->feed->shape, group,
		build_row, &one, err);
	if (!r && one.selected)
		r = derive_put(derive, source->type, one.record, NULL, err);
	else if (!r)
		r = derive_retire(derive, source->type, group, NULL, err);
	model_record_free(one.record);
	return r;
}

char *derive_row_copy(
	const struct feed_row *row, size_t count, const char **ret_values)
{
	size_t size = 1; /* a row of nulls is no lack of memory */
	char *text;
	char *at;

	for (size_t i = 0; i < count; i++)
		size += row->values[i] ? strlen(row->values[i]) + 1 : 0;
	text = malloc(size);
	if (!text)
		return NULL;
	at = text;
	for (size_t i = 0; i < count; i++) {
		size_t len = row->values[i] ? strlen(row->values[i]) + 1 : 0;

		ret_values[i] = len ? memcpy(at, row->values[i], len) : NULL;
		at += len;
	}
	return text;
}
