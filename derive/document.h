/*
 * How a record of an invoice, a bill or one of their credit notes is filled in.
 */
#ifndef DERIVE_DOCUMENT_H
#define DERIVE_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "derive/derive_parts.h"
#include "derive/document_kind.h"

/* One line item, all borrowed; texts as Exact sent them, NULL for null.
 * Amounts are at MODEL_MONEY_SCALE, and positive on an ordinary document. */
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

/* Sets whose document this is: the relation of that id with the name the
 * relation has now, or `copy` while it isn't known. No party when `id` is
 * blank. FAIL_STORE. */
int document_set_party(struct derive *derive, const struct document_kind *kind,
	struct model_record *record, const char *id, const char *copy,
	struct error *err) MUST_CHECK;

/* Sets how much of the company's currency one unit of `currency` is: own /
 * foreign, two amounts at MODEL_MONEY_SCALE; 1 when both currencies are the
 * same. Absent when the rate can't be known. */
void document_set_rate(const struct derive *derive,
	const struct document_kind *kind, struct model_record *record,
	const char *currency, int64_t own, int64_t foreign);

/* Sets what is open of the document, and the status that follows from that;
 * both amounts at MODEL_MONEY_SCALE and with the document's sign. */
void document_set_due(const struct document_kind *kind,
	struct model_record *record, int64_t total, int64_t due);

#endif
