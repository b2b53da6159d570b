/*
 * Company, relations, items, tax rates, accounts, journals and tracking
 * categories. The rules:
 *
 *	customers   Status C, and relations with a sales invoice or credit note
 *	suppliers   IsSupplier, and relations with a bill
 *	items       stock items are Inventory, others Unknown; an EndDate
 *	            archives
 *	taxRates    the percentage now in force; one component with the code's
 *	            name
 *	accounts    a description only for UK companies
 *	tracking    cost centres and cost units below two parents, in books that
 *	            have them; an EndDate archives
 */
#include "sandbox/truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/truth_record.h"

static void put_address(struct truth *t, uint32_t address, uint32_t city,
	uint32_t postcode, const char *country)
{
	char two[3] = { country[0], country[1], '\0' };

	truth_record_list(t, "addresses");
	truth_record_object(t, NULL);
	truth_record_text(t, "type", "Billing");
	truth_record_name(t, "line1", address);
	truth_record_name(t, "city", city);
	truth_record_text(t, "country", two);
	truth_record_name(t, "postalCode", postcode);
	truth_record_close(t, '}');
	truth_record_close(t, ']');
}

static void put_company(struct truth *t)
{
	const struct books_set *set = t->set;

	truth_record_begin(t, "company");
	truth_record_text(t, "companyName", set->division.name);
	buf_printf(&t->line, ",\"accountingPlatformRef\":\"%d\"",
		set->division.code);
	put_address(t, set->address, set->city, set->postcode,
		set->division.country);
	truth_record_list(t, "phoneNumbers");
	truth_record_object(t, NULL);
	truth_record_name(t, "number", set->phone);
	truth_record_text(t, "type", "Primary");
	truth_record_close(t, '}');
	truth_record_close(t, ']');
	truth_record_list(t, "webLinks");
	truth_record_object(t, NULL);
	truth_record_text(t, "type", "Website");
	truth_record_name(t, "url", set->website);
	truth_record_close(t, '}');
	truth_record_close(t, ']');
	truth_record_name(t, "registrationNumber", set->chamber);
	truth_record_name(t, "taxNumber", set->vat_number);
	truth_record_text(t, "baseCurrency", set->division.currency);
	truth_record_local(t, "createdDate", set->created_ms);
	truth_record_end(t);
}

static void put_relation(struct truth *t, size_t row, bool customer)
{
	const struct books_relation *relation =
		(const struct books_relation *)t->set->tables[BOOKS_RELATIONS]
			.rows +
		row;

	truth_record_begin(t, customer ? "customers" : "suppliers");
	truth_record_id(t, "id", BOOKS_RELATIONS, row);
	truth_record_name(
		t, customer ? "customerName" : "supplierName", relation->name);
	truth_record_name(t, "emailAddress", relation->email);
	truth_record_text(t, "defaultCurrency",
		relation->currency[0] != '\0' ? relation->currency
					      : t->set->division.currency);
	truth_record_name(t, "phone", relation->phone);
	put_address(t, relation->address, relation->city, relation->postcode,
		relation->country);
	truth_record_name(t, "registrationNumber", relation->chamber);
	truth_record_name(t, "taxNumber", relation->vat_number);
	truth_record_text(
		t, "status", relation->blocked ? "Archived" : "Active");
	truth_record_not_deleted(t);
	truth_record_utc(t, "sourceModifiedDate", relation->head.modified_ms);
	truth_record_end(t);
}

static void put_relations(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_RELATIONS];
	const struct books_relation *relations = table->rows;

	for (size_t row = 0; row < table->count && t->fail == 0; row++)
		if (relations[row].status == 'C' || relations[row].invoiced)
			put_relation(t, row, true);
	for (size_t row = 0; row < table->count && t->fail == 0; row++)
		if (relations[row].supplier || relations[row].billed)
			put_relation(t, row, false);
}

static void put_half_item(struct truth *t, const struct books_item *item,
	const char *name, int64_t price, uint32_t account, bool with_rate)
{
	const struct books_vat *vats = t->set->tables[BOOKS_VAT].rows;

	truth_record_object(t, name);
	truth_record_name(t, "description", item->description);
	truth_record_money(t, "unitPrice", price, 2);
	truth_record_account(t, "accountRef", account - 1);
	if (with_rate) {
		const struct books_vat *vat = &vats[item->vat - 1];

		truth_record_object(t, "taxRateRef");
		truth_record_id(t, "id", BOOKS_VAT, item->vat - 1u);
		truth_record_name(t, "name", vat->description);
		truth_record_money(t, "effectiveTaxRate", vat->percent, 2);
		truth_record_close(t, '}');
	}
	truth_record_close(t, '}');
}

static void put_items(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_ITEMS];

	for (size_t row = 0; row < table->count && t->fail == 0; row++) {
		const struct books_item *item = (const struct books_item *)
							table->rows +
						row;

		truth_record_begin(t, "items");
		truth_record_id(t, "id", BOOKS_ITEMS, row);
		truth_record_name(t, "name", item->description);
		truth_record_name(t, "code", item->code);
		truth_record_text(t, "itemStatus",
			item->ended != 0 ? "Archived" : "Active");
		truth_record_text(
			t, "type", item->is_stock ? "Inventory" : "Unknown");
		truth_record_bool(t, "isBillItem", item->is_bought);
		if (item->is_bought)
			put_half_item(t, item, "billItem", item->cost,
				item->costs, false);
		truth_record_bool(t, "isInvoiceItem", item->is_sold);
		if (item->is_sold)
			put_half_item(t, item, "invoiceItem", item->price,
				item->revenue, true);
		truth_record_not_deleted(t);
		truth_record_utc(
			t, "sourceModifiedDate", item->head.modified_ms);
		truth_record_end(t);
	}
}

static void put_tax_rates(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_VAT];

	for (size_t row = 0; row < table->count && t->fail == 0; row++) {
		const struct books_vat *vat = (const struct books_vat *)
						      table->rows +
					      row;

		truth_record_begin(t, "taxRates");
		truth_record_id(t, "id", BOOKS_VAT, row);
		truth_record_name(t, "name", vat->description);
		truth_record_name(t, "code", vat->code);
		truth_record_text(
			t, "status", vat->blocked ? "Archived" : "Active");
		truth_record_money(t, "effectiveTaxRate", vat->percent, 2);
		truth_record_money(t, "totalTaxRate", vat->percent, 2);
		truth_record_list(t, "components");
		truth_record_object(t, NULL);
		truth_record_name(t, "name", vat->code);
		truth_record_money(t, "rate", vat->percent, 2);
		truth_record_bool(t, "isCompound", false);
		truth_record_close(t, '}');
		truth_record_close(t, ']');
		truth_record_not_deleted(t);
		truth_record_utc(
			t, "sourceModifiedDate", vat->head.modified_ms);
		truth_record_end(t);
	}
}

/* NULL: the layout has no category. */
static const char *category_of(uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *category;
	} categories[] = {
		{ 10, "Asset.Assets.Cash" },
		{ 12, "Asset.Assets.Bank" },
		{ 20, "Asset.Assets.AccountsReceivable" },
		{ 22, "Liability.EquityAndLiabilities.AccountsPayable" },
		{ 24, "Asset.Assets.VAT" },
		{ 25, "Liability.EquityAndLiabilities.EmployeesPayable" },
		{ 30, "Asset.Assets.FixedAssets" },
		{ 35, "Asset.Assets.AccumulatedDeprecation" },
		{ 40, "Asset.Assets.Inventory" },
		{ 50, "Equity.EquityAndLiabilities.CapitalStock" },
		{ 52, "Equity.EquityAndLiabilities.RetainedEarnings" },
		{ 55, "Liability.EquityAndLiabilities.LongTermDebt" },
		{ 110, "Income.NetIncome.Revenue" },
		{ 111, "Expense.NetIncome.CostOfGoods" },
		{ 120, "Expense.NetIncome.OtherCosts" },
		{ 121, "Expense.NetIncome."
		       "SalesGeneralAdministrativeExpenses" },
		{ 122, "Expense.NetIncome.DeprecationCosts" },
		{ 125, "Expense.NetIncome.EmployeeCosts" },
		{ 160, "Income.ExceptionalIncome.InterestIncome" },
	};

	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++)
		if (categories[i].type == type)
			return categories[i].category;
	return NULL;
}

static void put_accounts(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_ACCOUNTS];

	for (size_t row = 0; row < table->count && t->fail == 0; row++) {
		const struct books_account *account =
			(const struct books_account *)table->rows + row;
		const char *name = books_names_text(
			t->books, account->description);
		const char *category = category_of(account->type);
		char text[256];

		truth_record_begin(t, "chartOfAccounts");
		truth_record_id(t, "id", BOOKS_ACCOUNTS, row);
		truth_record_name(t, "nominalCode", account->code);
		truth_record_text(t, "name", name);
		if (t->uk)
			truth_record_text(t, "description", name);
		if (category) {
			truth_record_text(
				t, "fullyQualifiedCategory", category);
			snprintf(text, sizeof(text), "%s.%s", category, name);
			truth_record_text(t, "fullyQualifiedName", text);
			snprintf(text, sizeof(text), "%.*s",
				(int)strcspn(category, "."), category);
		}
		truth_record_text(t, "currency", t->set->division.currency);
		truth_record_text(t, "type", category ? text : "Unknown");
		truth_record_text(
			t, "status", account->blocked ? "Archived" : "Active");
		truth_record_bool(t, "isBankAccount", account->type == 12);
		truth_record_not_deleted(t);
		truth_record_utc(
			t, "sourceModifiedDate", account->head.modified_ms);
		truth_record_end(t);
	}
}

static const char *journal_type(uint16_t type)
{
	switch (type) {
	case 10:
		return "Cash";
	case 12:
		return "Bank";
	case 20:
		return "Sales";
	case 22:
		return "Purchase";
	default:
		return "General";
	}
}

static void put_journals(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_JOURNALS];

	for (size_t row = 0; row < table->count && t->fail == 0; row++) {
		const struct books_journal *journal =
			(const struct books_journal *)table->rows + row;

		truth_record_begin(t, "journals");
		truth_record_id(t, "id", BOOKS_JOURNALS, row);
		truth_record_name(t, "journalCode", journal->code);
		truth_record_name(t, "name", journal->description);
		truth_record_text(t, "type", journal_type(journal->type));
		truth_record_bool(t, "hasChildren", false);
		truth_record_local(t, "createdOn", journal->created_ms);
		truth_record_text(t, "status", "Active");
		truth_record_not_deleted(t);
		truth_record_utc(
			t, "sourceModifiedDate", journal->head.modified_ms);
		truth_record_end(t);
	}
}

static void put_cost(
	struct truth *t, enum books_kind kind, size_t row, const char *parent)
{
	const struct books_cost *cost =
		(const struct books_cost *)t->set->tables[kind].rows + row;

	truth_record_begin(t, "trackingCategories");
	truth_record_id(t, "id", kind, row);
	truth_record_name(t, "name",
		cost->description != 0 ? cost->description : cost->code);
	truth_record_text(t, "parentId", parent);
	truth_record_bool(t, "hasChildren", false);
	truth_record_text(
		t, "status", cost->ended != 0 ? "Archived" : "Active");
	truth_record_not_deleted(t);
	truth_record_utc(t, "sourceModifiedDate", cost->head.modified_ms);
	truth_record_end(t);
}

/* One parent and its children. */
static void put_costs(
	struct truth *t, enum books_kind kind, const char *id, const char *name)
{
	const struct books_table *table = &t->set->tables[kind];

	if (table->count == 0)
		return;
	truth_record_begin(t, "trackingCategories");
	truth_record_text(t, "id", id);
	truth_record_text(t, "name", name);
	truth_record_bool(t, "hasChildren", true);
	truth_record_text(t, "status", "Active");
	truth_record_not_deleted(t);
	truth_record_end(t);
	for (size_t row = 0; row < table->count && t->fail == 0; row++)
		if (!books_index_head(table, row)->deleted)
			put_cost(t, kind, row, id);
}

/* Sums the open amount of each entry's header line, and finds its last
 * match. */
static bool gather_open(struct truth *t)
{
	const struct books_table *table = &t->set->tables[BOOKS_TERMS];
	const struct books_term *terms = table->rows;
	const struct books_line *lines = t->set->tables[BOOKS_LINES].rows;

	t->open = calloc(t->set->entry_count + 1, sizeof(*t->open));
	if (!t->open)
		return false;
	for (size_t i = 0; i < table->count; i++) {
		size_t entry = lines[terms[i].line].entry;
		struct truth_open *open = &t->open[entry];

		if (t->set->entries[entry].first != terms[i].line)
			continue;
		if (terms[i].paid_by == 0)
			open->open += terms[i].amount_fc;
		else if (terms[i].paid_on > open->last)
			open->last = terms[i].paid_on;
	}
	return true;
}

static void put_division(struct truth *t)
{
	t->uk = t->set->division.country[0] == 'G';
	if (!gather_open(t)) {
		t->fail = FAIL_STOP;
		return;
	}
	put_company(t);
	put_accounts(t);
	put_journals(t);
	put_costs(t, BOOKS_COST_CENTERS, "costCenters", "Cost centres");
	put_costs(t, BOOKS_COST_UNITS, "costUnits", "Cost units");
	put_tax_rates(t);
	put_items(t);
	put_relations(t);
	truth_documents(t);
	free(t->open);
	t->open = NULL;
}

int truth_write(const struct books *books,
	int (*put)(void *arg, const char *line, size_t len), void *arg,
	struct error *err)
{
	struct truth t = { .books = books, .put = put, .arg = arg };

	buf_init(&t.line, 1 << 20);
	for (size_t i = 0; i < books->set_count && t.fail == 0; i++) {
		t.set = books->sets[i];
		if (t.set->generated)
			put_division(&t);
	}
	buf_free(&t.line);
	if (t.fail < 0)
		return error_set(err, t.fail,
			"writing the truth about the books: out of memory, or "
			"the file can't be written");
	return 0;
}
