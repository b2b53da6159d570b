/*
 * The data types, each with the streams that must be read to their end before
 * its records are complete.
 */
#include "derive/derive.h"

#include <assert.h>

#define NEEDS(...) ((const struct entity *const[]){ __VA_ARGS__, NULL })

#define LEDGER                                                                 \
	&entity_gl_accounts, &entity_vat_codes, &entity_transaction_lines,     \
		&entity_deleted

const struct derive_type derive_types[] = {
	{ &model_company, NEEDS(&entity_divisions) },
	{ &model_chart_of_accounts,
		NEEDS(&entity_gl_accounts, &entity_deleted) },
	{ &model_journals, NEEDS(&entity_journals) },
	{ &model_tax_rates, NEEDS(&entity_vat_codes) },
	{ &model_tracking_categories,
		NEEDS(&entity_cost_centers, &entity_cost_units) },
	{ &model_items,
		NEEDS(&entity_items, &entity_gl_accounts, &entity_vat_codes) },
	{ &model_journal_entries,
		NEEDS(&entity_journals, &entity_transaction_lines,
			&entity_deleted) },
	{ &model_invoices,
		NEEDS(LEDGER, &entity_sales_invoices, &entity_receivables) },
	{ &model_credit_notes,
		NEEDS(LEDGER, &entity_sales_invoices, &entity_receivables) },
	{ &model_bills, NEEDS(LEDGER, &entity_payables) },
	{ &model_bill_credit_notes, NEEDS(LEDGER, &entity_payables) },
	{ &model_customers, NEEDS(&entity_relations, &entity_deleted) },
	{ &model_suppliers, NEEDS(&entity_relations, &entity_deleted) },
	{ .type = NULL },
};

static_assert(
	sizeof(derive_types) / sizeof(derive_types[0]) <= DERIVE_TYPES_MAX + 1,
	"counts have room for each data type");

const struct derive_type *derive_find(const struct model_type *type)
{
	for (const struct derive_type *t = derive_types; t->type; t++) {
		if (t->type == type)
			return t;
	}
	return NULL;
}
