/*
 * chartOfAccounts from sync/Financial/GLAccounts.
 *
 *	id                      ID
 *	nominalCode             Code, trimmed
 *	name                    Description
 *	description             Description, for UK companies only
 *	fullyQualifiedCategory  from Type, the table below
 *	fullyQualifiedName      category "." name
 *	currency                the division's
 *	type                    first word of the category, otherwise Unknown
 *	status                  IsBlocked: Archived, otherwise Active
 *	isBankAccount           Type 12
 *	sourceModifiedDate      Modified
 *	currentBalance          absent: a balance is no property of an account
 *	                        in the source
 *
 * Only bank accounts (12) are bank accounts: a credit card (14) or a payment
 * service (16) owes or holds money without being an account at a bank.
 */
#include "derive/make.h"

#include <stdio.h>
#include <string.h>

#include "connector/region.h"
#include "derive/convert.h"
#include "derive/row.h"

#define CATEGORY_MAX 64

/* The categories that clients of that API know for Exact Online, spelt as
 * there ("Deprecation"). Types outside the layout (credit card, prepayment,
 * tax payable, year-end) have none. */
static const struct {
	int64_t type;
	const char *category;
} categories[] = {
	{ 10, "Asset.Assets.Cash" },
	{ 12, "Asset.Assets.Bank" },
	{ 16, "Asset.Assets.PaymentServices" },
	{ 20, "Asset.Assets.AccountsReceivable" },
	{ 22, "Liability.EquityAndLiabilities.AccountsPayable" },
	{ 24, "Asset.Assets.VAT" },
	{ 25, "Liability.EquityAndLiabilities.EmployeesPayable" },
	{ 26, "Asset.Assets.PrepaidExpenses" },
	{ 27, "Liability.EquityAndLiabilities.AccruedExpenses" },
	{ 29, "Liability.EquityAndLiabilities.IncomeTaxesPayable" },
	{ 30, "Asset.Assets.FixedAssets" },
	{ 32, "Asset.Assets.OtherAssets" },
	{ 35, "Asset.Assets.AccumulatedDeprecation" },
	{ 40, "Asset.Assets.Inventory" },
	{ 50, "Equity.EquityAndLiabilities.CapitalStock" },
	{ 52, "Equity.EquityAndLiabilities.RetainedEarnings" },
	{ 55, "Liability.EquityAndLiabilities.LongTermDebt" },
	{ 60, "Liability.EquityAndLiabilities.CurrentPortionOfDebt" },
	{ 90, "Unknown.General.General" },
	{ 110, "Income.NetIncome.Revenue" },
	{ 111, "Expense.NetIncome.CostOfGoods" },
	{ 120, "Expense.NetIncome.OtherCosts" },
	{ 121, "Expense.NetIncome.SalesGeneralAdministrativeExpenses" },
	{ 122, "Expense.NetIncome.DeprecationCosts" },
	{ 123, "Expense.NetIncome.ResearchAndDevelopment" },
	{ 125, "Expense.NetIncome.EmployeeCosts" },
	{ 126, "Expense.NetIncome.EmploymentCosts" },
	{ 130, "Expense.ExceptionalIncome.ExceptionalCosts" },
	{ 140, "Income.ExceptionalIncome.ExceptionalIncome" },
	{ 150, "Expense.ExceptionalIncome.IncomeTaxes" },
	{ 160, "Income.ExceptionalIncome.InterestIncome" },
};

static const char *category_of(const char *type)
{
	int64_t number;

	if (!convert_integer(type, &number))
		return NULL;
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++) {
		if (categories[i].type == number)
			return categories[i].category;
	}
	return NULL;
}

static void set_category(struct model_record *record, const char *category)
{
	char word[CATEGORY_MAX];
	struct buf full;

	if (!category) {
		model_set_text(record, ACCOUNT_TYPE, "Unknown");
		return;
	}
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(category, "."),
		category);
	model_set_text(record, ACCOUNT_TYPE, word);
	model_set_text(record, ACCOUNT_FULLY_QUALIFIED_CATEGORY, category);
	if (!model_is_set(record, ACCOUNT_NAME))
		return;
	buf_init(&full, 4096);
	buf_printf(&full, "%s.%s", category, model_text(record, ACCOUNT_NAME));
	if (!buf_failed(&full))
		model_set_text(record, ACCOUNT_FULLY_QUALIFIED_NAME, full.data);
	buf_free(&full);
}

static void build(const struct derive *derive, const struct feed_row *row,
	struct model_record *record)
{
	const struct region *region = region_find(derive->region);
	const char *const *value = row->values;
	int64_t type;

	model_set_text(record, ACCOUNT_ID, row->id);
	convert_text(record, ACCOUNT_NOMINAL_CODE, value[GL_ACCOUNT_CODE], 0);
	convert_text(record, ACCOUNT_NAME, value[GL_ACCOUNT_DESCRIPTION], 0);
	if (region && region->accounts_described)
		convert_text(record, ACCOUNT_DESCRIPTION,
			value[GL_ACCOUNT_DESCRIPTION], 0);
	set_category(record, category_of(value[GL_ACCOUNT_TYPE]));
	model_set_text(record, ACCOUNT_CURRENCY, derive->currency);
	model_set_text(record, ACCOUNT_STATUS,
		convert_true(value[GL_ACCOUNT_IS_BLOCKED]) ? "Archived"
							   : "Active");
	model_set_boolean(record, ACCOUNT_IS_BANK_ACCOUNT,
		convert_integer(value[GL_ACCOUNT_TYPE], &type) && type == 12);
	model_set_boolean(record, ACCOUNT_IS_DELETED, false);
	convert_utc(record, ACCOUNT_SOURCE_MODIFIED_DATE, derive->zone,
		value[GL_ACCOUNT_MODIFIED]);
}

int make_accounts(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	return row_make(derive, &model_chart_of_accounts, group, build, err);
}
