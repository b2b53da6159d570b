/*
 * Invoices, bills and their credit notes: which field of each data type holds
 * what.
 */
#ifndef DERIVE_DOCUMENT_KIND_H
#define DERIVE_DOCUMENT_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

/* Fields by number (enum invoice_field and its like); -1: the data type has no
 * such field. */
struct document_kind {
	const struct model_type *type;
	const char *entry_type; /* TransactionLines.Type */
	bool sale;
	bool numbered; /* lines have their number */
	int sign;      /* 1, -1: what turns its net lines positive */
	int number, party_id, party_name, issued, due_date, paid_on;
	int currency, rate, lines, status, net, tax, total, due;
	int discount, discount_percentage, modified;
	const char *untouched; /* the status when nothing is paid */
};

/* By TransactionLines.Type, or by data type; NULL when there is none. */
const struct document_kind *document_kind_of_entry(const char *entry_type);
const struct document_kind *document_kind_of(const struct model_type *type);
/* All of them; NULL after the last. */
const struct document_kind *document_kind_at(size_t index);

#endif
