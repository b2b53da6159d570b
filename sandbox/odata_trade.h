/*
 * The rows that only generated books have: VAT, items, invoices, open items,
 * and sums over the ledger.
 *
 * An open item has the sign opposite to its ledger line: a receivable of
 * 121.00 has AmountDC -121, a bill of 121.00 has +121. The two lists
 * (ReceivablesList, PayablesList) show open amounts, positive, in the currency
 * of the document.
 */
#ifndef SANDBOX_ODATA_TRADE_H
#define SANDBOX_ODATA_TRADE_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/odata_rows.h"

extern const struct odata_model odata_trade_vat_codes;
extern const struct odata_model odata_trade_vat_percentages;
extern const struct odata_model odata_trade_items;
extern const struct odata_model odata_trade_sales_invoices;
extern const struct odata_model odata_trade_sales_invoice_lines;
extern const struct odata_model odata_trade_invoice_stream;
extern const struct odata_model odata_trade_payment_terms;
extern const struct odata_model odata_trade_receivables;
extern const struct odata_model odata_trade_payments;
extern const struct odata_model odata_trade_receivables_list;
extern const struct odata_model odata_trade_payables_list;
extern const struct odata_model odata_trade_currencies;
extern const struct odata_model odata_trade_periods;
extern const struct odata_model odata_trade_reporting_balance;
extern const struct odata_model odata_trade_budgets;

/* Further sources of a transaction line, and of a division. */
void odata_trade_line(const struct odata_rows *rows,
	const struct books_line *line, enum odata_source source,
	struct render_value *ret);
void odata_trade_company(const struct odata_rows *rows,
	const struct books_set *set, enum odata_source source,
	struct render_value *ret);

/* Rows of the books' further tables. */
int64_t odata_trade_created(enum books_kind kind, const void *row);
void odata_trade_value(const struct odata_rows *rows, enum books_kind kind,
	size_t row, enum odata_source source, struct render_value *ret);
void odata_trade_invoice(const struct odata_rows *rows,
	const struct books_invoice *invoice, enum odata_source source,
	struct render_value *ret);
void odata_trade_term(const struct odata_rows *rows,
	const struct books_term *term, enum odata_source source,
	struct render_value *ret);
/* Does the list show this row? Some lists share a table: invoices and their
 * lines, receivables and payments. */
bool odata_trade_shows(const struct odata_rows *rows, size_t row);

/* Lists that are no table of the books: open items, currencies, balances,
 * budgets. */
bool odata_trade_sums(enum odata_kind kind);
/* Computes the sums, where they are not up to date. */
int odata_trade_sum_ready(struct odata_rows *rows) MUST_CHECK;
size_t odata_trade_sum_count(const struct odata_rows *rows);
void odata_trade_sum_value(const struct odata_rows *rows, size_t row,
	enum odata_source source, struct render_value *ret);

/* The rows that $expand adds: the child's kind, and the range of rows to look
 * through. */
bool odata_trade_children(const struct odata_rows *rows, size_t row,
	const char *name, struct odata_rows *ret_child, size_t *ret_first,
	size_t *ret_end, const char **ret_path);

#endif
