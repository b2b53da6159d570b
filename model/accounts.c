/*
 * chartOfAccounts: one row per ledger account.
 *
 * validDatatypeLinks and supplementalData are left out: the first tells where
 * a record may be used when writing, which we never do; the second is free
 * content configured per client.
 */
#include "model/model.h"

static const char *const types[] = {
	"Unknown",
	"Asset",
	"Expense",
	"Income",
	"Liability",
	"Equity",
	NULL,
};

static const char *const statuses[] = {
	"Unknown",
	"Active",
	"Archived",
	"Pending",
	NULL,
};

static const struct model_field fields[ACCOUNT_FIELDS] = {
	[ACCOUNT_ID] = {
		.name = "id",
		.column = "id",
		.kind = MODEL_TEXT,
		.note = "the account's id in the source",
	},
	[ACCOUNT_NOMINAL_CODE] = {
		.name = "nominalCode",
		.column = "nominal_code",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "account number",
		.indexed = true,
	},
	[ACCOUNT_NAME] = {
		.name = "name",
		.column = "name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the account's name",
		.indexed = true,
	},
	[ACCOUNT_DESCRIPTION] = {
		.name = "description",
		.column = "description",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "the account's description",
	},
	[ACCOUNT_FULLY_QUALIFIED_CATEGORY] = {
		.name = "fullyQualifiedCategory",
		.column = "fully_qualified_category",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "Asset.Assets.AccountsReceivable and so on",
	},
	[ACCOUNT_FULLY_QUALIFIED_NAME] = {
		.name = "fullyQualifiedName",
		.column = "fully_qualified_name",
		.kind = MODEL_TEXT,
		.nullable = true,
		.note = "category and name, joined by points",
	},
	[ACCOUNT_CURRENCY] = {
		.name = "currency",
		.column = "currency",
		.kind = MODEL_TEXT,
		.note = "ISO 4217; XXX when unknown",
	},
	[ACCOUNT_CURRENT_BALANCE] = {
		.name = "currentBalance",
		.column = "current_balance",
		.kind = MODEL_MONEY,
		.nullable = true,
		.note = "balance now",
	},
	[ACCOUNT_TYPE] = {
		.name = "type",
		.column = "type",
		.kind = MODEL_ENUM,
		.values = types,
		.note = "kind of account",
	},
	[ACCOUNT_STATUS] = {
		.name = "status",
		.column = "status",
		.kind = MODEL_ENUM,
		.values = statuses,
		.note = "in use or not",
	},
	[ACCOUNT_IS_BANK_ACCOUNT] = {
		.name = "isBankAccount",
		.column = "is_bank_account",
		.kind = MODEL_BOOLEAN,
		.note = "stands for a bank account",
	},
	[ACCOUNT_IS_DELETED] = {
		.name = "metadata.isDeleted",
		.column = "is_deleted",
		.kind = MODEL_BOOLEAN,
		.nullable = true,
		.note = "gone from the source after it had been read",
	},
	[ACCOUNT_MODIFIED_DATE] = {
		.name = "modifiedDate",
		.column = "modified_date",
		.kind = MODEL_MOMENT,
		.note = "when this record last changed here, UTC",
		.indexed = true,
	},
	[ACCOUNT_SOURCE_MODIFIED_DATE] = {
		.name = "sourceModifiedDate",
		.column = "source_modified_date",
		.kind = MODEL_MOMENT,
		.note = "when it last changed in the source",
	},
};

const struct model_type model_chart_of_accounts = {
	.name = "chartOfAccounts",
	.table = {
		.table = "chart_of_accounts",
		.row = "account",
		.fields = fields,
		.count = ACCOUNT_FIELDS,
	},
	.is_deleted = ACCOUNT_IS_DELETED,
	.modified_date = ACCOUNT_MODIFIED_DATE,
};
