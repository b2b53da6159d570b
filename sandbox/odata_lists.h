/*
 * The properties of lists without rows (ODATA_ROWS_NONE).
 */
#ifndef SANDBOX_ODATA_LISTS_H
#define SANDBOX_ODATA_LISTS_H

#include "sandbox/odata_table.h"

extern const struct odata_model odata_lists_sales_invoices;
extern const struct odata_model odata_lists_sales_orders;
extern const struct odata_model odata_lists_purchase_orders;
extern const struct odata_model odata_lists_purchase_invoices;
extern const struct odata_model odata_lists_items;
extern const struct odata_model odata_lists_receivables;
extern const struct odata_model odata_lists_payments;
extern const struct odata_model odata_lists_receivables_list;
extern const struct odata_model odata_lists_payables_list;
extern const struct odata_model odata_lists_vat_codes;
extern const struct odata_model odata_lists_costcenters;
extern const struct odata_model odata_lists_documents;

#endif
