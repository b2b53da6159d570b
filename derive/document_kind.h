/*
 * What invoices, bills and their credit notes have in common: which field of
 * each data type holds what, and how a record of one is filled in.
 */
#ifndef DERIVE_DOCUMENT_KIND_H
#define DERIVE_DOCUMENT_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/when.h"
#include "derive/derive.h"
#include "model/model.h"

/* Fields by number (enum invoice_field and its like); -1: it has none. */
struct document_kind {
	const struct model_type *type;
	const char *entry_type; /* TransactionLines.Type */
	bool sale;
	bool numbered; /* lines tell their number */
	int sign;      /* 1, -1: what turns its net lines positive */
	int number, party_id, party_name, issued, due_date, paid_on;
	int currency, rate, lines, status, net, tax, total, due;
	int discount, discount_percentage, modified;
	const char *untouched; /* the status when nothing is paid */
};

/* By TransactionLines.Type, by data type; NULL when there is none. */
const struct document_kind *document_kind_of_entry(const char *entry_type);
const struct document_kind *document_kind_of(const struct model_type *type);
/* All of them; NULL behind the last. */
const struct document_kind *document_kind_at(size_t index);

/* One line item, all borrowed; texts as Exact sent them, NULL for null.
 * Amounts are at MODEL_MONEY_SCALE, positive on a document as it should be. */
struct document_item {
	const char *number; /* or NULL */
	const char *text;
	const char *quantity;               /* its text; NULL: 1 */
	const char *account, *account_copy; /* GLAccount and its name */
	const char *item, *item_name;
	const char *vat_code, *vat_fraction;
	int64_t net, tax;
	bool amounts_known;
	bool tax_known;
};

/* False without memory. */
bool document_add_item(const struct derive *derive,
	const struct document_kind *kind, struct model_record *record,
	const struct document_item *item);

/* Whose it is: the account of that id under the name it has now, or `copy`
 * while it isn't known. No party when `id` is blank. */
int document_set_party(struct derive *derive, const struct document_kind *kind,
	struct model_record *record, const char *id, const char *copy,
	struct error *err) MUST_CHECK;

/* Company's currency for one of `currency`: own / foreign, two amounts at
 * MODEL_MONEY_SCALE; 1 when it is the company's. Absent when it can't be
 * told. */
void document_set_rate(const struct derive *derive,
	const struct document_kind *kind, struct model_record *record,
	const char *currency, int64_t own, int64_t foreign);

/* What is open of it, and what that makes of its status; both amounts at
 * MODEL_MONEY_SCALE and with the document's sign. */
void document_set_due(const struct document_kind *kind,
	struct model_record *record, int64_t total, int64_t due);

#endif
