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
 *	status              IsBlocked: Archived, otherwise Active
 *	sourceModifiedDate  Modified
 */
#include "derive/make.h"

#include "derive/convert.h"
#include "derive/row.h"

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

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const char *const *value = row->values;
	int64_t type = 0;

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
		convert_true(value[EXACT_JOURNAL_IS_BLOCKED]) ? "Archived"
							      : "Active");
	model_set_boolean(record, JOURNAL_IS_DELETED, false);
	convert_utc(record, JOURNAL_SOURCE_MODIFIED_DATE, derive->zone,
		value[EXACT_JOURNAL_MODIFIED]);
}

int make_journals(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return row_make(derive, &model_journals, group, build, err);
}
