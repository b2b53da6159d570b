/*
 * journals from financial/Journals.
 *
 *	id                  ID
 *	journalCode         Code, trimmed
 *	name                Description, cut at 256 characters
 *	type                from Type, the table below; absent when it is
 *	                    none of these
 *	hasChildren         false: journals have no tree in the source
 *	createdOn           Created, local
 *	status              IsBlocked: Archived, else Active
 *	sourceModifiedDate  Modified
 */
#include "connector/derive.h"

#include <string.h>

#include "connector/convert.h"

static const struct {
	int64_t type;
	const char *words;
} kinds[] = {
	{ 10, "Cash" },
	{ 12, "Bank" },
	{ 16, "Payment service" },
	{ 20, "Sales" },
	{ 21, "Sales" }, /* return invoices */
	{ 22, "Purchase" },
	{ 23, "Purchase" }, /* received return invoices */
	{ 90, "General" },
};

struct build {
	struct derive *derive;
	struct model_record *record;
	bool found;
};

static int build_row(void *arg, const struct feed_row *row)
{
	struct build *build = arg;
	struct model_record *record = build->record;
	const char *const *value = row->values;
	const char *blocked = value[EXACT_JOURNAL_IS_BLOCKED];
	int64_t type = 0;
	int64_t modified;

	build->found = true;
	model_set_text(record, JOURNAL_ID, row->id);
	convert_text(record, JOURNAL_CODE, value[EXACT_JOURNAL_CODE], 0);
	convert_text(record, JOURNAL_NAME, value[EXACT_JOURNAL_DESCRIPTION],
		CONVERT_NAME_MAX);
	(void)convert_integer(value[EXACT_JOURNAL_TYPE], &type);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].type == type)
			model_set_text(record, JOURNAL_TYPE, kinds[i].words);
	}
	model_set_boolean(record, JOURNAL_HAS_CHILDREN, false);
	convert_local(record, JOURNAL_CREATED_ON, value[EXACT_JOURNAL_CREATED]);
	model_set_text(record, JOURNAL_STATUS,
		blocked && !strcmp(blocked, "true") ? "Archived" : "Active");
	model_set_boolean(record, JOURNAL_IS_DELETED, false);
	if (value[EXACT_JOURNAL_MODIFIED] &&
		!when_parse_exact(value[EXACT_JOURNAL_MODIFIED], &modified))
		convert_utc_ms(record, JOURNAL_SOURCE_MODIFIED_DATE,
			build->derive->zone, modified);
	return 0;
}

int derive_journals(struct derive *derive, const char *group,
	enum record_change *ret, struct error *err)
{
	struct build build = {
		.derive = derive,
		.record = model_record_new(&model_journals),
	};
	int r;

	if (!build.record)
		return error_set(err, FAIL_STOP, "out of memory");
	r = records_feed_each(derive->records, &entity_journals.shape, group,
		build_row, &build, err);
	if (!r && model_record_failed(build.record))
		r = error_set(err, FAIL_STOP, "out of memory");
	if (!r && build.found)
		r = records_put(derive->records, &model_journals, build.record,
			ret, err);
	else if (!r)
		r = records_retire(
			derive->records, &model_journals, group, ret, err);
	model_record_free(build.record);
	return r;
}
