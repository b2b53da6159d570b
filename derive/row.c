/*
 * The commonest derivation: one row of a feed makes one record of the same
 * id. When the row is gone the record is retired; when the row comes back the
 * record is revived.
 */
#include "derive/row.h"

#include "derive/put.h"

int row_make(struct derive *derive, const struct model_type *type,
	const struct feed_group *group, row_build build, struct error *err)
{
	struct model_record *record;
	int fail;

	if (!group->count)
		return put_retired(derive, type, group->key, NULL, err);
	record = model_record_new(type);
	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	build(derive, &group->rows[group->count - 1], record);
	fail = put_record(derive, type, record, NULL, err);
	model_record_free(record);
	return fail;
}
