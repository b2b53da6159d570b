/*
 * invoices, creditNotes, bills and billCreditNotes: the entries of type 20,
 * 21, 30 and 31, from the lines that are read for the ledger anyway. What the
 * lines come to is in document_amounts.c.
 *
 * What is open of a document is in no ledger line, but in a list of its own
 * (open_item_rows.c). While that list is not trusted (open_items.c), the old
 * value stays, with an error.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/document.h"
#include "derive/document_amounts.h"
#include "derive/findings.h"
#include "derive/ledger_entry.h"
#include "derive/mark.h"
#include "derive/open_item_rows.h"
#include "derive/open_items.h"
#include "derive/put.h"
#include "derive/reversal.h"

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

static const struct findings_check checks[CHECKS] = {
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

static_assert(CHECKS <= FINDINGS_MAX, "findings have room for each check");

struct document {
	struct derive *derive;
	const struct document_kind *kind;
	const char *id;
	const struct line *first; /* the entry's */
	const char *currency;
	struct document_amounts amounts; /* owned */
	struct findings findings;
};

/* ---- building the record --------------------------------------------------- */

static void add_problems(struct document *document)
{
	const struct document_amounts *amounts = &document->amounts;
	struct findings *findings = &document->findings;

	if (!amounts->header)
		findings_add(findings, CHECK_HEADER_MISSING,
			"the entry has no line 0, which holds its total");
	if (amounts->unreadable)
		findings_add(findings, CHECK_AMOUNT_UNREADABLE,
			"a line has no readable amount; totals were left out");
	if (amounts->too_large)
		findings_add(findings, CHECK_AMOUNT_UNREADABLE,
			"the document's amounts are too large to be added");
	if (amounts->account_unknown)
		findings_add(findings, CHECK_ACCOUNT_UNKNOWN,
			"the account of a line is not in GLAccounts, so VAT "
			"can't be told from costs; scope "
			"financial.generalledgers gives it");
}

static bool add_item(
	struct document *document, size_t at, struct model_record *record)
{
	const struct document_amounts *amounts = &document->amounts;
	const char *const *values = amounts->lines[at].values;
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
		.net = amounts->of[at].net,
		.amounts_known = document_amounts_known(amounts),
	};

	if (item.amounts_known) {
		item.tax_known = document_amounts_tax(amounts, at, &item.tax);
		if (!item.tax_known)
			findings_add(&document->findings, CHECK_TAX_NOT_SPLIT,
				"the ledger does not tell how the document's "
				"VAT belongs to its lines; their tax was left "
				"out");
	}
	return document_add_item(
		document->derive, document->kind, record, &item);
}

static void set_rate(struct document *document, struct model_record *record)
{
	const struct document_amounts *amounts = &document->amounts;
	struct derive *derive = document->derive;
	int64_t own = 0;

	/* Unreadable: 0, and no rate. */
	if (amounts->header)
		(void)convert_money(amounts->header->values[LINE_AMOUNT_DC],
			convert_minor_unit(derive->currency), &own);
	document_set_rate(derive, document->kind, record, document->currency,
		-document->kind->sign * own, amounts->total);
}

static void set_totals(struct document *document, struct model_record *record)
{
	const struct document_kind *kind = document->kind;
	const struct document_amounts *amounts = &document->amounts;
	int64_t tax;

	if (!document_amounts_known(amounts) || !amounts->header ||
		decimal_add(amounts->total, -amounts->net, &tax))
		return;
	model_set_money(record, kind->total, amounts->total);
	model_set_money(record, kind->net, amounts->net);
	model_set_money(record, kind->tax, tax);
	if (tax == amounts->vat)
		return;
	if (document->derive->caught_up)
		findings_add(&document->findings, CHECK_UNBALANCED,
			"total less net lines is not what is on VAT accounts: "
			"a line is missing");
	else
		findings_add(&document->findings, CHECK_INCOMPLETE,
			"its lines do not make up its total so far; the ledger "
			"was not read to its end");
}

static void set_modified(struct document *document, struct model_record *record)
{
	int64_t latest = lines_latest_ms(document->amounts.lines,
		document->amounts.count, LINE_MODIFIED);

	if (latest != INT64_MIN)
		convert_utc_ms(record, document->kind->modified,
			document->derive->zone, latest);
}

static void set_head(struct document *document, struct model_record *record)
{
	const struct document_kind *kind = document->kind;
	const char *const *values = document->first->values;
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

/* The list is not trusted now: what it said before stays. */
static void keep_old_due(struct document *document, struct model_record *record,
	const struct model_record *old)
{
	const struct document_kind *kind = document->kind;

	if (!old || !model_is_set(old, kind->due))
		return;
	document_set_due(kind, record, document->amounts.total,
		model_number(old, kind->due));
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
		findings_add(&document->findings, CHECK_OPEN_DISAGREES,
			"%s is not trusted: %s; what is open stays as it was",
			list->path, open_items_reason(document->derive, kind));
	else if (open_items_were_known(document->derive, kind))
		findings_add(&document->findings, CHECK_OPEN_UNREAD,
			"%s (scope %s) was not read to its end; what is open "
			"stays as it was",
			list->path, list->scope);
}

/* More than the document cannot be open of it: the rows are another's. */
static bool exceeds(int64_t due, int64_t total)
{
	return due != 0 &&
	       ((due < 0) != (total < 0) || imaxabs(due) > imaxabs(total));
}

static void take_due(struct document *document, struct model_record *record,
	const struct open_item_rows_found *found)
{
	const struct document_kind *kind = document->kind;
	const char *list = open_items_list(kind)->path;

	if (found->ambiguous) {
		findings_add(&document->findings, CHECK_OPEN_AMBIGUOUS,
			"rows of %s fit this document and another, or are in "
			"another currency; what is open was left out",
			list);
		return;
	}
	if (exceeds(found->due, document->amounts.total)) {
		findings_add(&document->findings, CHECK_OPEN_AMBIGUOUS,
			"rows of %s come to more than the document; what is "
			"open was left out",
			list);
		return;
	}
	document_set_due(kind, record, document->amounts.total, found->due);
	if (kind->paid_on >= 0 && !found->due && found->paid_on_ms != INT64_MIN)
		convert_local_ms(record, kind->paid_on, found->paid_on_ms);
}

static int set_due(struct document *document, struct model_record *record,
	const struct model_record *old, struct error *err)
{
	const struct document_kind *kind = document->kind;
	const struct document_amounts *amounts = &document->amounts;
	enum open_items_state state = open_items_state(document->derive, kind);
	struct open_item_rows_found found;
	int fail;

	if (!document_amounts_known(amounts) || !amounts->header)
		return 0;
	if (state != OPEN_ITEMS_AGREES) {
		set_old_due(
			document, state == OPEN_ITEMS_DISAGREES, record, old);
		return 0;
	}
	fail = open_item_rows_find(document->derive, kind, document->id,
		amounts->header->values, document->currency, &found, err);
	if (!fail)
		take_due(document, record, &found);
	return fail;
}

/* ---- undone by another entry ----------------------------------------------- */

static void set_void(struct document *document, struct model_record *record,
	const struct reversal_found *found)
{
	if (found->what == REVERSAL_AMBIGUOUS)
		findings_add(&document->findings, CHECK_REVERSAL_AMBIGUOUS,
			"several entries share its number and amount, and one "
			"may undo it; all of them are kept as documents");
	if (found->what != REVERSAL_BY_ANOTHER)
		return;
	findings_add(&document->findings, CHECK_VOID, "entry %s undoes it",
		found->number);
	model_set_text(record, document->kind->status, "Void");
	if (document->kind->paid_on >= 0)
		model_unset(record, document->kind->paid_on);
}

/* ---- storing it ------------------------------------------------------------ */

static int build(struct document *document, struct model_record *record,
	const struct reversal_found *reversal, const struct model_record *old,
	struct error *err)
{
	const struct document_amounts *amounts = &document->amounts;
	int fail;

	model_set_text(record, 0, document->id);
	set_head(document, record);
	fail = document_set_party(document->derive, document->kind, record,
		document->first->values[LINE_ACCOUNT],
		document->first->values[LINE_ACCOUNT_NAME], err);
	if (fail)
		return fail;
	model_set_no_children(record, document->kind->lines);
	for (size_t i = 0; i < amounts->count; i++) {
		if (document_amounts_is_item(amounts, i) &&
			!add_item(document, i, record))
			return error_set(err, FAIL_STOP, "out of memory");
	}
	set_totals(document, record);
	fail = set_due(document, record, old, err);
	set_void(document, record, reversal);
	model_set_boolean(record, document->kind->type->is_deleted, false);
	set_modified(document, record);
	return fail;
}

static const char *text_of(const struct model_record *record, int field)
{
	return record && model_is_set(record, field) ? model_text(record, field)
						     : NULL;
}

/* The document is no longer as it was in `old` (may be NULL); its party is
 * `party` now, or it is gone (NULL). Marks what depended on the old one. */
static int mark_former_dependents(struct derive *derive,
	const struct document_kind *kind, const char *id,
	const struct model_record *old, const char *party, struct error *err)
{
	const char *number = text_of(old, kind->number);
	int fail;

	if (!old)
		return 0;
	fail = mark_former_party(derive, kind, old, party, err);
	if (!fail && !strcmp(model_text(old, kind->status), "Void"))
		fail = mark_reversals(derive, kind, id, number, err);
	if (!fail && kind->sale)
		fail = mark_drafts(derive, id, number, NULL, err);
	return fail;
}

/* Marks what depends on the new or changed document. */
static int mark_dependents(struct document *document,
	const struct model_record *record, const struct model_record *old,
	struct error *err)
{
	struct derive *derive = document->derive;
	const struct document_kind *kind = document->kind;
	const char *const *values = document->first->values;
	int fail = mark_former_dependents(derive, kind, document->id, old,
		text_of(record, kind->party_id), err);

	if (!fail)
		fail = mark_relation(derive, values[LINE_ACCOUNT], err);
	if (!fail && kind->sale)
		fail = mark_drafts(derive, document->id,
			text_of(record, kind->number), values[LINE_DOCUMENT],
			err);
	if (!fail && !kind->sale && document->amounts.header)
		fail = mark_payable_twins(derive, document->id,
			document->amounts.header->values, err);
	return fail;
}

static int store(struct document *document,
	const struct reversal_found *reversal, struct error *err)
{
	struct derive *derive = document->derive;
	const struct document_kind *kind = document->kind;
	struct model_record *record = model_record_new(kind->type);
	struct model_record *old = NULL;
	enum record_change change = RECORD_UNCHANGED;
	int fail;

	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = records_get(
		derive->records, kind->type, document->id, &old, err);
	if (!fail)
		fail = build(document, record, reversal, old, err);
	if (!fail)
		fail = put_record(derive, kind->type, record, &change, err);
	if (!fail)
		fail = findings_store(derive, &document->findings, kind->type,
			document->id, err);
	if (!fail && change != RECORD_UNCHANGED)
		fail = mark_dependents(document, record, old, err);
	model_record_free(old);
	model_record_free(record);
	return fail;
}

/* Most entries never were a document of that kind: then there is nothing to
 * be retired. */
static int retire(struct derive *derive, const struct document_kind *kind,
	const char *id, struct error *err)
{
	const struct findings none = { 0 };
	struct model_record *old = NULL;
	int fail = records_get(derive->records, kind->type, id, &old, err);

	if (fail || !old)
		return fail;
	fail = put_retired(derive, kind->type, id, NULL, err);
	if (!fail)
		fail = findings_store(derive, &none, kind->type, id, err);
	if (!fail)
		fail = mark_former_dependents(derive, kind, id, old, NULL, err);
	model_record_free(old);
	return fail;
}

static int retire_all_but(struct derive *derive,
	const struct document_kind *but, const char *id, struct error *err)
{
	const struct document_kind *kind;
	int fail = 0;

	for (size_t i = 0; !fail; i++) {
		kind = document_kind_at(i);
		if (!kind)
			break;
		if (kind != but)
			fail = retire(derive, kind, id, err);
	}
	return fail;
}

static int make_known(struct document *document, struct ledger_entry *entry,
	struct error *err)
{
	const struct document_amounts *amounts = &document->amounts;
	struct reversal_found reversal = { .what = REVERSAL_NONE };
	int fail = 0;

	add_problems(document);
	if (document_amounts_known(amounts) && amounts->header)
		fail = reversal_find(document->derive, document->kind,
			document->id, amounts->header->values, amounts->total,
			&reversal, err);
	if (fail)
		return fail;
	if (reversal.what == REVERSAL_OF_ANOTHER)
		return retire(
			document->derive, document->kind, document->id, err);
	entry->recorded_as = document->kind->type;
	return store(document, &reversal, err);
}

static int make(
	struct derive *derive, struct ledger_entry *entry, struct error *err)
{
	struct document document = {
		.derive = derive,
		.id = entry->id,
		.first = entry->lines,
		.findings = { .checks = checks, .count = CHECKS },
	};
	int fail;

	if (entry->count)
		document.kind = document_kind_of_entry(
			entry->lines[0].values[LINE_TYPE]);
	fail = retire_all_but(derive, document.kind, entry->id, err);
	if (fail || !document.kind)
		return fail;
	document.currency = entry->lines[0].values[LINE_CURRENCY];
	if (!convert_has(document.currency))
		document.currency = derive->currency;
	fail = document_amounts_read(derive, document.kind, document.currency,
		entry->lines, entry->count, &document.amounts, err);
	if (!fail)
		fail = make_known(&document, entry, err);
	document_amounts_free(&document.amounts);
	return fail;
}

static bool may_be_settled(
	const struct derive *derive, const char *type, const char *check)
{
	const struct model_type *model = model_type_find(type);
	const struct document_kind *kind = model ? document_kind_of(model)
						 : NULL;

	if (!kind)
		return false;
	if (!strcmp(check, checks[CHECK_INCOMPLETE].id))
		return derive->caught_up;
	/* The other entry that the finding is about may be another one now. */
	if (!strcmp(check, checks[CHECK_VOID].id) ||
		!strcmp(check, checks[CHECK_REVERSAL_AMBIGUOUS].id) ||
		!strcmp(check, checks[CHECK_OPEN_AMBIGUOUS].id))
		return derive->entries_changed;
	if (!strcmp(check, checks[CHECK_OPEN_DISAGREES].id) ||
		!strcmp(check, checks[CHECK_OPEN_UNREAD].id))
		return open_items_state(derive, kind) == OPEN_ITEMS_AGREES;
	return false;
}

const struct ledger_maker make_document = {
	.make = make,
	.may_be_settled = may_be_settled,
};
