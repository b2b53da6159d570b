/*
 * invoices, creditNotes, bills and billCreditNotes: the entries of type 20,
 * 21, 30 and 31, from the lines that are read for the ledger anyway.
 *
 *	total      the receivable or payable line, number 0
 *	net lines  all others that don't stand on a VAT account (type 24)
 *	tax        total - net lines
 *
 * A bill of 200.00 at 21 %, of which half may be claimed, and 200.00 under
 * reverse charge, in the feed's signs (credit negative):
 *
 *	number  account  code  AmountFC  AmountVATFC
 *	0       payable         -442.00
 *	1       costs     V50    200.00        42.00
 *	2       costs     REV    200.00        42.00
 *	9001    VAT       V50     21.00
 *	9002    costs     V50     21.00
 *	9003    VAT       REV     42.00
 *	9004    VAT       REV    -42.00
 *
 * has total 442.00, net 200 + 200 + 21 = 421.00, tax 21.00; the line items
 * have taxes 21.00, 0 and (what may not be claimed stays a cost) 0.
 *
 * A line's AmountVATFC is what the code's percentage gives; what of it is
 * paid and claimed is what stands on VAT accounts under that code. When both
 * agree, each line has its own; when nothing stands there (reverse charge),
 * each has 0; when they differ and one line has the code, it has what stands
 * there. VAT lines that name no code are taken with all codes as one. Else
 * the lines' taxes are absent and told: an amount is not shared
 * out by guess.
 *
 * What is open of a document is in no ledger line: open_items.c has it. While
 * that may not be believed, the old value stays, with an error.
 */
#include "derive/make_document.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/derive_refs.h"
#include "derive/make_relations.h"
#include "derive/reversal.h"
#include "derive/document_kind.h"
#include "derive/open_items.h"

#define SPECIAL_NUMBER 9000

enum check {
	CHECK_HEADER_MISSING,
	CHECK_INCOMPLETE,
	CHECK_UNBALANCED,
	CHECK_AMOUNT_UNREADABLE,
	CHECK_ACCOUNT_UNKNOWN,
	CHECK_TAX_NOT_SPLIT,
	CHECK_OPEN_DISAGREES,
	CHECK_OPEN_UNREAD,
	CHECK_OPEN_AMBIGUOUS,
	CHECK_VOID,
	CHECK_REVERSAL_AMBIGUOUS,
	CHECKS
};

static const struct derive_check checks[CHECKS] = {
	[CHECK_HEADER_MISSING] = { "document-header-missing", true },
	[CHECK_INCOMPLETE] = { "document-incomplete", false },
	[CHECK_UNBALANCED] = { "document-unbalanced", true },
	[CHECK_AMOUNT_UNREADABLE] = { "amount-unreadable", true },
	[CHECK_ACCOUNT_UNKNOWN] = { "account-unknown", true },
	[CHECK_TAX_NOT_SPLIT] = { "tax-not-split", false },
	[CHECK_OPEN_DISAGREES] = { "open-items-disagree", true },
	[CHECK_OPEN_UNREAD] = { "open-items-unread", true },
	[CHECK_OPEN_AMBIGUOUS] = { "open-items-ambiguous", true },
	[CHECK_VOID] = { "document-void", false },
	[CHECK_REVERSAL_AMBIGUOUS] = { "reversal-ambiguous", false },
};

/* What a line's amounts mean on the document, net lines positive. */
struct amounts {
	int64_t net;
	int64_t stated; /* AmountVATFC */
	bool vat;       /* stands on a VAT account */
};

struct document {
	struct derive *derive;
	const struct document_kind *kind;
	const char *id;
	const struct derive_line *lines;
	size_t count;
	struct amounts *amounts;          /* owned; one a line */
	const struct derive_line *header; /* NULL: none */
	const char *currency;
	int minor;
	bool known; /* all amounts and accounts were readable */
	int64_t total, net, vat;
	char found[CHECKS][DERIVE_FOUND_MAX];
};

static void find_that(struct document *document, enum check check,
	const char *format, ...) FORMAT_LIKE(3, 4);

static void find_that(
	struct document *document, enum check check, const char *format, ...)
{
	va_list args;

	if (document->found[check][0])
		return;
	va_start(args, format);
	(void)vsnprintf(document->found[check], sizeof(document->found[check]),
		format, args);
	va_end(args);
}

/* ---- what the lines say --------------------------------------------------- */

static bool same_code(const struct derive_line *a, const struct derive_line *b)
{
	const char *left = a->values[LINE_VAT_CODE];
	const char *right = b->values[LINE_VAT_CODE];

	return convert_has(left) && convert_has(right) && !strcmp(left, right);
}

/* In the company's own currency the two amounts are one. */
static const char *amount_text(
	const struct document *document, const struct derive_line *line)
{
	const char *text = line->values[LINE_AMOUNT_FC];

	if (!text && !strcmp(document->currency, document->derive->currency))
		text = line->values[LINE_AMOUNT_DC];
	return text;
}

static void add(struct document *document, int64_t amount, int64_t *sum)
{
	if (decimal_add(*sum, amount, sum)) {
		document->known = false;
		find_that(document, CHECK_AMOUNT_UNREADABLE,
			"the document's amounts are too large to be added");
	}
}

static bool is_vat(struct document *document, const struct derive_line *line)
{
	const char *account = line->values[LINE_GL_ACCOUNT];
	char type[REFS_TEXT_MAX];

	if (refs_get(document->derive->refs->account_types, account, type,
		    sizeof(type)))
		return !strcmp(type, ACCOUNT_TYPE_VAT);
	document->known = false;
	find_that(document, CHECK_ACCOUNT_UNKNOWN,
		"the account of a line is not in GLAccounts, so VAT can't be "
		"told from costs; scope financial.generalledgers gives it");
	return false;
}

static void read_line(struct document *document, size_t i)
{
	const struct derive_line *line = &document->lines[i];
	struct amounts *amounts = &document->amounts[i];
	const char *stated = line->values[LINE_AMOUNT_VAT_FC];
	int64_t value = 0;

	if (convert_money(amount_text(document, line), document->minor,
		    &value) == CONVERT_MONEY_NONE) {
		document->known = false;
		find_that(document, CHECK_AMOUNT_UNREADABLE,
			"a line has no readable amount; totals were left out");
	}
	if (line == document->header) {
		document->total = -document->kind->sign * value;
		return;
	}
	amounts->net = document->kind->sign * value;
	if (convert_money(stated, document->minor, &value) !=
		CONVERT_MONEY_NONE)
		amounts->stated = document->kind->sign * value;
	amounts->vat = is_vat(document, line);
	add(document, amounts->net,
		amounts->vat ? &document->vat : &document->net);
}

static void read_lines(struct document *document)
{
	document->known = true;
	if (document->lines[0].number == 0)
		document->header = &document->lines[0];
	else
		find_that(document, CHECK_HEADER_MISSING,
			"the entry has no line 0, which tells its total");
	for (size_t i = 0; i < document->count; i++)
		read_line(document, i);
}

/* ---- building the record --------------------------------------------------- */

static bool is_item(const struct document *document, size_t i)
{
	return &document->lines[i] != document->header &&
	       !document->amounts[i].vat;
}

/* Do VAT lines name the codes whose VAT they are? */
static bool codes_named(const struct document *document)
{
	for (size_t i = 0; i < document->count; i++) {
		if (document->amounts[i].vat &&
			!convert_has(document->lines[i].values[LINE_VAT_CODE]))
			return false;
	}
	return true;
}

/* What of a line's VAT is paid and claimed; see the top. */
static bool line_tax(struct document *document, size_t at, int64_t *ret)
{
	const struct derive_line *line = &document->lines[at];
	int64_t stated = 0;
	int64_t booked = 0;
	size_t sharing = 0;
	bool named = codes_named(document);

	if (line->number >= SPECIAL_NUMBER ||
		!convert_has(line->values[LINE_VAT_CODE])) {
		*ret = 0;
		return true;
	}
	for (size_t i = 0; i < document->count; i++) {
		const struct derive_line *other = &document->lines[i];
		bool belongs =
			named ? same_code(other, line)
			      : document->amounts[i].vat ||
					convert_has(
						other->values[LINE_VAT_CODE]);

		if (!belongs || other == document->header)
			continue;
		if (document->amounts[i].vat) {
			booked += document->amounts[i].net;
		} else if (document->lines[i].number < SPECIAL_NUMBER) {
			stated += document->amounts[i].stated;
			sharing++;
		}
	}
	if (booked != stated && booked != 0 && sharing > 1)
		return false;
	*ret = booked == stated ? document->amounts[at].stated : booked;
	return true;
}

static bool add_item(
	struct document *document, size_t at, struct model_record *record)
{
	const char *const *values = document->lines[at].values;
	struct document_item item = {
		.number = values[LINE_LINE_NUMBER],
		.text = values[LINE_DESCRIPTION],
		.quantity = values[LINE_QUANTITY],
		.account = values[LINE_GL_ACCOUNT],
		.account_copy = values[LINE_GL_ACCOUNT_DESCRIPTION],
		.item = values[LINE_ITEM],
		.item_name = values[LINE_ITEM_DESCRIPTION],
		.vat_code = values[LINE_VAT_CODE],
		.vat_fraction = values[LINE_VAT_PERCENTAGE],
		.net = document->amounts[at].net,
		.amounts_known = document->known,
	};

	if (document->known) {
		item.tax_known = line_tax(document, at, &item.tax);
		if (!item.tax_known)
			find_that(document, CHECK_TAX_NOT_SPLIT,
				"the ledger does not tell how the document's "
				"VAT belongs to its lines; their tax was left "
				"out");
	}
	return document_add_item(
		document->derive, document->kind, record, &item);
}

static void set_rate(struct document *document, struct model_record *record)
{
	struct derive *derive = document->derive;
	int64_t own = 0;

	if (document->header)
		(void)convert_money(document->header->values[LINE_AMOUNT_DC],
			convert_minor_unit(derive->currency), &own);
	document_set_rate(derive, document->kind, record, document->currency,
		-document->kind->sign * own, document->total);
}

static void set_totals(struct document *document, struct model_record *record)
{
	const struct document_kind *kind = document->kind;
	int64_t tax;

	if (!document->known || !document->header)
		return;
	if (decimal_add(document->total, -document->net, &tax))
		return;
	model_set_money(record, kind->total, document->total);
	model_set_money(record, kind->net, document->net);
	model_set_money(record, kind->tax, tax);
	if (tax == document->vat)
		return;
	if (document->derive->caught_up)
		find_that(document, CHECK_UNBALANCED,
			"total less net lines is not what stands on VAT "
			"accounts: a line is missing");
	else
		find_that(document, CHECK_INCOMPLETE,
			"its lines do not make up its total so far; the ledger "
			"was not read to its end");
}

static void set_modified(struct document *document, struct model_record *record)
{
	int64_t latest = INT64_MIN;
	int64_t ms;

	for (size_t i = 0; i < document->count; i++) {
		const char *text = document->lines[i].values[LINE_MODIFIED];

		if (text && !when_parse_exact(text, &ms) && ms > latest)
			latest = ms;
	}
	if (latest != INT64_MIN)
		convert_utc_ms(record, document->kind->modified,
			document->derive->zone, latest);
}

static void set_head(struct document *document, struct model_record *record)
{
	const struct document_kind *kind = document->kind;
	const char *const *values = document->lines[0].values;
	const char *number = values[LINE_INVOICE_NUMBER];

	if (!convert_has(number) || !strcmp(number, "0"))
		number = values[LINE_ENTRY_NUMBER];
	convert_text(record, kind->number, number, 0);
	(void)convert_date(record, kind->issued, values[LINE_DATE]);
	if (kind->due_date >= 0)
		(void)convert_date(
			record, kind->due_date, values[LINE_DUE_DATE]);
	model_set_text(record, kind->currency, document->currency);
	set_rate(document, record);
	model_set_text(record, kind->status, "Unknown");
	if (kind->discount >= 0) {
		model_set_money(record, kind->discount, 0);
		model_set_rate(record, kind->discount_percentage, 0);
	}
}

/* ---- what is open of it --------------------------------------------------- */

/* The list may not be believed now: what it said before stays. */
static void keep_old_due(struct document *document, struct model_record *record,
	const struct model_record *old)
{
	const struct document_kind *kind = document->kind;

	if (!old || !model_is_set(old, kind->due))
		return;
	document_set_due(
		kind, record, document->total, model_number(old, kind->due));
	if (kind->paid_on >= 0 && model_is_set(old, kind->paid_on))
		model_set_text(
			record, kind->paid_on, model_text(old, kind->paid_on));
}

static void set_old_due(struct document *document, bool disagrees,
	struct model_record *record, const struct model_record *old)
{
	const struct document_kind *kind = document->kind;
	const struct entity *list = open_items_list(kind);

	keep_old_due(document, record, old);
	if (disagrees)
		find_that(document, CHECK_OPEN_DISAGREES,
			"%s is not believed: %s; what is open stays as it was",
			list->path, open_items_words(document->derive, kind));
	else if (open_items_were_known(document->derive, kind))
		find_that(document, CHECK_OPEN_UNREAD,
			"%s (scope %s) was not read to its end; what is open "
			"stays as it was",
			list->path, list->scope);
}

static void set_paid_on(const struct document *document,
	struct model_record *record, const struct open_items_found *found)
{
	if (document->kind->paid_on < 0 || found->due ||
		found->paid_on_ms == INT64_MIN)
		return;
	convert_local_ms(record, document->kind->paid_on, found->paid_on_ms);
}

/* What can't be open of it: then the rows are another document's. */
static bool exceeds(int64_t due, int64_t total)
{
	return due != 0 &&
	       ((due < 0) != (total < 0) || imaxabs(due) > imaxabs(total));
}

static int set_due(struct document *document, struct model_record *record,
	const struct model_record *old, struct error *err)
{
	const struct document_kind *kind = document->kind;
	enum open_items_state state = open_items_state(document->derive, kind);
	struct open_items_found found;
	int r;

	if (!document->known || !document->header)
		return 0;
	if (state != OPEN_ITEMS_AGREES) {
		set_old_due(
			document, state == OPEN_ITEMS_DISAGREES, record, old);
		return 0;
	}
	r = open_items_find(document->derive, kind, document->id,
		document->header->values, document->currency, &found, err);
	if (r)
		return r;
	if (found.ambiguous) {
		find_that(document, CHECK_OPEN_AMBIGUOUS,
			"rows of %s fit this document and another, or are in "
			"another currency; what is open was left out",
			open_items_list(kind)->path);
		return 0;
	}
	if (exceeds(found.due, document->total)) {
		find_that(document, CHECK_OPEN_AMBIGUOUS,
			"rows of %s come to more than the document; what is "
			"open was left out",
			open_items_list(kind)->path);
		return 0;
	}
	document_set_due(kind, record, document->total, found.due);
	set_paid_on(document, record, &found);
	return 0;
}

/* ---- undone by another entry ----------------------------------------------- */

static void set_void(struct document *document, struct model_record *record,
	const struct reversal_found *found)
{
	if (found->what == REVERSAL_AMBIGUOUS)
		find_that(document, CHECK_REVERSAL_AMBIGUOUS,
			"several entries share its number and amount, and one "
			"may undo it; all of them are kept as documents");
	if (found->what != REVERSAL_BY_ANOTHER)
		return;
	find_that(document, CHECK_VOID, "entry %s undoes it", found->number);
	model_set_text(record, document->kind->status, "Void");
	if (document->kind->paid_on >= 0)
		model_unset(record, document->kind->paid_on);
}

/* ---- storing it ------------------------------------------------------------ */

static int build(struct document *document, struct model_record *record,
	const struct reversal_found *reversal, const struct model_record *old,
	struct error *err)
{
	int r;

	model_set_text(record, 0, document->id);
	set_head(document, record);
	r = document_set_party(document->derive, document->kind, record,
		document->lines[0].values[LINE_ACCOUNT],
		document->lines[0].values[LINE_ACCOUNT_NAME], err);
	if (r)
		return r;
	model_set_no_children(record, document->kind->lines);
	for (size_t i = 0; i < document->count; i++) {
		if (is_item(document, i) && !add_item(document, i, record))
			return error_set(err, FAIL_STOP, "out of memory");
	}
	set_totals(document, record);
	r = set_due(document, record, old, err);
	set_void(document, record, reversal);
	model_set_boolean(record, document->kind->type->is_deleted, false);
	set_modified(document, record);
	return r;
}

static const char *text_of(const struct model_record *record, int field)
{
	return record && model_is_set(record, field) ? model_text(record, field)
						     : NULL;
}

/* The document is no longer as in `old`: what was made of that. */
static int leave(struct derive *derive, const struct document_kind *kind,
	const char *id, const struct model_record *old, const char *party,
	struct error *err)
{
	const char *number = text_of(old, kind->number);
	int r;

	if (!old)
		return 0;
	r = derive_relation_parted(derive, kind, old, party, err);
	if (!r && !strcmp(model_text(old, kind->status), "Void"))
		r = reversal_end(derive, kind, id, number, err);
	if (!r && kind->sale)
		r = derive_drafts_touch(derive, id, number, NULL, err);
	return r;
}

/* It is new or another one: what else is made of it. */
static int tell(struct document *document, const struct model_record *record,
	const struct model_record *old, struct error *err)
{
	const struct document_kind *kind = document->kind;
	const char *const *values = document->lines[0].values;
	int r = leave(document->derive, kind, document->id, old,
		text_of(record, kind->party_id), err);

	if (!r)
		r = derive_relation_traded(
			document->derive, values[LINE_ACCOUNT], err);
	if (!r && kind->sale)
		r = derive_drafts_touch(document->derive, document->id,
			text_of(record, kind->number), values[LINE_DOCUMENT],
			err);
	if (!r && !kind->sale && document->header)
		r = open_items_twins(document->derive, document->id,
			document->header->values, err);
	return r;
}

static int store(struct document *document,
	const struct reversal_found *reversal, struct error *err)
{
	const struct document_kind *kind = document->kind;
	struct model_record *record = model_record_new(kind->type);
	struct model_record *old = NULL;
	enum record_change change = RECORD_UNCHANGED;
	int r;

	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	r = records_get(
		document->derive->records, kind->type, document->id, &old, err);
	if (!r)
		r = build(document, record, reversal, old, err);
	if (!r)
		r = derive_put(
			document->derive, kind->type, record, &change, err);
	if (!r)
		r = derive_findings(document->derive, kind->type, document->id,
			checks, document->found, CHECKS, err);
	if (!r && change != RECORD_UNCHANGED)
		r = tell(document, record, old, err);
	model_record_free(old);
	model_record_free(record);
	return r;
}

/* Most entries never were a document: that is no change to be counted. */
static int retire(struct derive *derive, const struct document_kind *kind,
	const char *id, struct error *err)
{
	struct model_record *old = NULL;
	int r = records_get(derive->records, kind->type, id, &old, err);

	if (r || !old)
		return r;
	r = derive_retire(derive, kind->type, id, NULL, err);
	if (!r)
		r = records_findings_set(
			derive->records, kind->type->name, id, NULL, 0, err);
	if (!r)
		r = leave(derive, kind, id, old, NULL, err);
	model_record_free(old);
	return r;
}

static int retire_others(const struct derive_entry *entry,
	const struct document_kind *but, struct error *err)
{
	const struct document_kind *kind;
	int r = 0;

	for (size_t i = 0; !r && (kind = document_kind_at(i)) != NULL; i++) {
		if (kind != but)
			r = retire(entry->derive, kind, entry->id, err);
	}
	return r;
}

static int make(struct document *document, const struct model_type **ret,
	struct error *err)
{
	struct reversal_found reversal = { .what = REVERSAL_NONE };
	int r = 0;

	read_lines(document);
	if (document->known && document->header)
		r = reversal_find(document->derive, document->kind,
			document->id, document->header->values, document->total,
			&reversal, err);
	if (r)
		return r;
	if (reversal.what == REVERSAL_OF_ANOTHER)
		return retire(
			document->derive, document->kind, document->id, err);
	*ret = document->kind->type;
	return store(document, &reversal, err);
}

int derive_document(const struct derive_entry *entry,
	const struct model_type **ret, struct error *err)
{
	struct document document = {
		.derive = entry->derive,
		.id = entry->id,
		.lines = entry->lines,
		.count = entry->count,
	};
	int r;

	*ret = NULL;
	if (entry->count)
		document.kind = document_kind_of_entry(
			entry->lines[0].values[LINE_TYPE]);
	r = retire_others(entry, document.kind, err);
	if (r || !document.kind)
		return r;
	document.currency = entry->lines[0].values[LINE_CURRENCY];
	if (!convert_has(document.currency))
		document.currency = entry->derive->currency;
	document.minor = convert_minor_unit(document.currency);
	document.amounts = calloc(entry->count, sizeof(*document.amounts));
	if (!document.amounts)
		return error_set(err, FAIL_STOP, "out of memory");
	r = make(&document, ret, err);
	free(document.amounts);
	return r;
}

bool derive_document_waits(
	const struct derive *derive, const char *type, const char *check)
{
	const struct model_type *model = model_type_find(type);
	const struct document_kind *kind = model ? document_kind_of(model)
						 : NULL;

	if (!kind)
		return false;
	if (!strcmp(check, checks[CHECK_INCOMPLETE].id))
		return derive->caught_up;
	if (!strcmp(check, checks[CHECK_VOID].id) ||
		!strcmp(check, checks[CHECK_REVERSAL_AMBIGUOUS].id) ||
		!strcmp(check, checks[CHECK_OPEN_AMBIGUOUS].id))
		return derive->entries_changed;
	/* Made again once the list is believed. */
	if (!strcmp(check, checks[CHECK_OPEN_DISAGREES].id) ||
		!strcmp(check, checks[CHECK_OPEN_UNREAD].id))
		return open_items_state(derive, kind) == OPEN_ITEMS_AGREES;
	return false;
}
