/*
 * What a run needs beside the books: what was deleted in them, whose they are,
 * and whose login reads them.
 */
#include "connector/entity.h"

static const struct feed_column deleted_columns[DELETED_COLUMNS] = {
	[DELETED_ENTITY_KEY] = { "EntityKey", ENTITY_GUID },
	[DELETED_ENTITY_TYPE] = { "EntityType", ENTITY_NUMBER },
};

const struct entity entity_deleted = {
	.path = "sync/Deleted",
	.key = "ID",
	.has_division = true,
	.cursor = ENTITY_DELETIONS,
	.page_size = 1000,
	.guess = { .rows_max = 20000 },
	.scope = "organization.administration",
	.shape = {
		.name = "Deleted",
		.columns = deleted_columns,
		.count = DELETED_COLUMNS,
	},
};

static const struct feed_column division_columns[DIVISION_COLUMNS] = {
	[DIVISION_ADDRESS_LINE1] = { "AddressLine1" },
	[DIVISION_ADDRESS_LINE2] = { "AddressLine2" },
	[DIVISION_BLOCKING_STATUS] = { "BlockingStatus", ENTITY_NUMBER },
	[DIVISION_CHAMBER_OF_COMMERCE_NUMBER] = { "ChamberOfCommerceNumber" },
	[DIVISION_CITY] = { "City" },
	[DIVISION_COUNTRY] = { "Country" },
	[DIVISION_CREATED] = { "Created", ENTITY_MOMENT },
	[DIVISION_CURRENCY] = { "Currency" },
	[DIVISION_DESCRIPTION] = { "Description" },
	[DIVISION_MOVE_DATE] = { "DivisionMoveDate", ENTITY_MOMENT },
	[DIVISION_PHONE] = { "Phone" },
	[DIVISION_POSTCODE] = { "Postcode" },
	[DIVISION_STATE] = { "State" },
	[DIVISION_STATUS] = { "Status", ENTITY_NUMBER },
	[DIVISION_VAT_NUMBER] = { "VATNumber" },
	[DIVISION_WEBSITE] = { "Website" },
};

/* The division in this URL isn't checked by the server; Code is. */
const struct entity entity_divisions = {
	.path = "system/Divisions",
	.key = "Code",
	.kept = true,
	.interval_ms = ENTITY_REFERENCE_MS,
	.cursor = ENTITY_SINGLE,
	.page_size = 60,
	.guess = { .rows_max = 1 },
	.probe = { .path = "system/Divisions", .key = "Code", .never_empty = true },
	.scope = "organization.administration",
	.shape = {
		.name = "Divisions",
		.columns = division_columns,
		.count = DIVISION_COLUMNS,
	},
};

static const struct feed_column me_columns[ME_COLUMNS] = {
	[ME_SERVER_TIME] = { "ServerTime" },
	[ME_SERVER_UTC_OFFSET] = { "ServerUtcOffset", ENTITY_NUMBER },
};

const struct entity entity_me = {
	.path = "current/Me",
	.key = "UserID",
	.uncounted = true,
	.cursor = ENTITY_SINGLE,
	.page_size = 60,
	.guess = { .rows_max = 1 },
	.shape = {
		.name = "Me",
		.columns = me_columns,
		.count = ME_COLUMNS,
	},
};
