/*
 * The properties of lists without rows (ODATA_ROWS_NONE).
 */
#ifndef SANDBOX_ODATA_LISTS_H
#define SANDBOX_ODATA_LISTS_H

#include "sandbox/odata_table.h"

extern const struct odata_model odata_lists_sales_orders;
extern const struct odata_model odata_lists_purchase_orders;
extern const struct odata_model odata_lists_purchase_invoices;
extern const struct odata_model odata_lists_documents;

#endif
