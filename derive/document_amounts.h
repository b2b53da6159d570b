/*
 * What the lines of a document's ledger entry come to. Amounts are at
 * MODEL_MONEY_SCALE, and positive on an ordinary document.
 */
#ifndef DERIVE_DOCUMENT_AMOUNTS_H
#define DERIVE_DOCUMENT_AMOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "derive/derive_parts.h"
#include "derive/document_kind.h"
#include "derive/lines.h"

struct document_line_amounts {
	int64_t net;
	int64_t stated; /* AmountVATFC */
	bool vat;       /* the line is on a VAT account */
};

struct document_amounts {
	const struct line *lines; /* borrowed */
	size_t count;
	struct document_line_amounts *of; /* owned; one a line */
	const struct line *header;        /* line 0; NULL: there is none */
	int64_t total, net, vat;
	/* Problems; with none, all amounts and accounts are known. */
	bool unreadable;
	bool too_large;
	bool account_unknown;
	bool codes_named; /* all VAT lines name the code whose VAT they are */
};

/* `currency` is the document's. document_amounts_free() in any case. FAIL_STOP:
 * no memory. */
int document_amounts_read(const struct derive *derive,
	const struct document_kind *kind, const char *currency,
	const struct line *lines, size_t count, struct document_amounts *ret,
	struct error *err) MUST_CHECK;
void document_amounts_free(struct document_amounts *amounts);

bool document_amounts_known(const struct document_amounts *amounts);

/* Is lines[at] a line item: neither the header nor VAT? */
bool document_amounts_is_item(
	const struct document_amounts *amounts, size_t at);

/* The VAT of lines[at]; false when the ledger does not tell how the document's
 * VAT belongs to its lines. */
bool document_amounts_tax(
	const struct document_amounts *amounts, size_t at, int64_t *ret);

#endif
