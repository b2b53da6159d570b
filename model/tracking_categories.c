/*
 * trackingCategories: what amounts are divided by besides their accounts, such
 * as cost centres. A tree of two levels.
 */
#include "model/model.h"

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	NULL,
};

static const struct model_field fields[TRACKING_CATEGORY_FIELDS] = {
	[TRACKING_CATEGORY_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the category's id in the source, or a kind's own id",
	},
	[TRACKING_CATEGORY_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the category's name",
		.indexed = true,
	},
	[TRACKING_CATEGORY_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "in use or not",
	},
	[TRACKING_CATEGORY_PARENT_ID] = {
		.name = "parentId",
		.column = "parent_id",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "id of the category that this one belongs to",
		.indexed = true,
	},
	[TRACKING_CATEGORY_HAS_CHILDREN] = {
		.name = "hasChildren",
		.column = "has_children",
		.kind = MODEL_BOOLEAN,
		.note = "other categories belong to this one",
	},
	[TRACKING_CATEGORY_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[TRACKING_CATEGORY_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[TRACKING_CATEGORY_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_tracking_categories = {
	.name = "trackingCategories",
	.table = {
		.table = "tracking_categories",
		.row = "tracking_category",
		.fields = fields,
		.count = TRACKING_CATEGORY_FIELDS,
	},
	.is_deleted = TRACKING_CATEGORY_IS_DELETED,
	.modified_date = TRACKING_CATEGORY_MODIFIED_DATE,
};
