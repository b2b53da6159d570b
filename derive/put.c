#include "derive/put.h"

static void count_change(struct derive *derive, const struct model_type *type,
	enum record_change change)
{
	struct derive_counts
		*counts = &derive->counts[derive_find(type) - derive_types];

	switch (change) {
	case RECORD_NEW:
		counts->created++;
		break;
	case RECORD_UPDATED:
	case RECORD_REVIVED:
		counts->updated++;
		break;
	case RECORD_UNCHANGED:
		counts->unchanged++;
		break;
	case RECORD_DELETED:
		counts->deleted++;
		break;
	}
}

int put_record(struct derive *derive, const struct model_type *type,
	struct model_record *record, enum record_change *ret, struct error *err)
{
	enum record_change change;
	int fail = model_record_failed(record)
			   ? error_set(err, FAIL_STOP, "out of memory")
			   : records_put(derive->records, type, record, &change,
				     err);

	if (fail)
		return fail;
	count_change(derive, type, change);
	if (ret)
		*ret = change;
	return 0;
}

int put_retired(struct derive *derive, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err)
{
	enum record_change change;
	int fail = records_retire(derive->records, type, id, &change, err);

	if (fail)
		return fail;
	/* Most ids never were a record of that type: nothing to be counted. */
	if (change == RECORD_DELETED)
		count_change(derive, type, change);
	if (ret)
		*ret = change;
	return 0;
}
