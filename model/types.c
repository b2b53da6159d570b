/*
 * The list of data types: the one place that a new data type's file is
 * entered, besides its enum in model.h.
 */
#include <string.h>

#include "model/model.h"

const struct model_type *const model_types[] = {
	&model_company,
	&model_chart_of_accounts,
	&model_journals,
	&model_journal_entries,
	&model_tax_rates,
	&model_tracking_categories,
	&model_customers,
	&model_suppliers,
	&model_items,
	&model_invoices,
	&model_credit_notes,
	&model_bills,
	&model_bill_credit_notes,
	NULL,
};

const struct model_type *model_type_find(const char *name)
{
	const struct model_type *const *type;

	for (type = model_types; *type != NULL; type++) {
		if (strcmp((*type)->name, name) == 0)
			return *type;
	}
	return NULL;
}
