/*
 * journals: the books that entries are written in (sales, bank, memorial …).
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const struct model_field fields[JOURNAL_FIELDS] = {
	[JOURNAL_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the journal's id in the source",
	},
	[JOURNAL_CODE] = {
		.name = "journalCode",
		.column = "journal_code",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its code",
		.indexed = true,
	},
	[JOURNAL_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "its name",
		.indexed = true,
	},
	[JOURNAL_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "Bank, Sales and so on",
	},
	[JOURNAL_PARENT_ID] = {
		.name = "parentId",
		.column = "parent_id",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the journal it is part of",
	},
	[JOURNAL_HAS_CHILDREN] = {
		.name = "hasChildren",
		.column = "has_children",
		.kind = MODEL_BOOLEAN,
		.note = "other journals are part of it",
	},
	[JOURNAL_CREATED_ON] = {
		.name = "createdOn",
		.column = "created_on",
		.kind = MODEL_MOMENT,
		.note = "when it was made in the source",
	},
	[JOURNAL_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "in use or not",
	},
	[JOURNAL_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[JOURNAL_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[JOURNAL_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_journals = {
	.name = "journals",
	.table = {
		.table = "journals",
		.row = "journal",
		.fields = fields,
		.count = JOURNAL_FIELDS,
	},
	.is_deleted = JOURNAL_IS_DELETED,
	.modified_date = JOURNAL_MODIFIED_DATE,
};
