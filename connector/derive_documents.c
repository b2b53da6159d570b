/*
 * bills and billCreditNotes: the entries of type 30 and 31, from the lines
 * that are read for the ledger anyway.
 *
 *	total      the payable line, number 0
 *	net lines  all others that don't stand on a VAT account (type 24)
 *	tax        total - net lines
 *
 * 200.00 at 21 %, of which half may be claimed, and 200.00 under reverse
 * charge, in the feed's signs (credit negative):
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
 * What is paid of a document is in no ledger line: amountDue and
 * remainingCredit are absent, the status is Unknown.
 */
#include "connector/derive_ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "connector/convert.h"

#define RATE_ONE       INT64_C(1000000000)
#define SPECIAL_NUMBER 9000
#define VAT_ACCOUNT    "24"

/* Which field of each data type holds what. -1: it has none. */
struct kind {
	const struct model_type *type;
	const char *entry_type;
	int sign; /* of the net lines */
	int number, party_id, party_name, issued, due;
	int currency, rate, lines, status, net, tax, total;
	int discount, discount_percentage, modified;
	int line_number, line_text, line_unit, line_quantity, line_net;
	int line_tax, line_total, line_account, line_account_name;
	int line_item, line_item_name;
};

static const struct kind kinds[] = {
	{
		.type = &model_bills,
		.entry_type = "30",
		.sign = 1,
		.number = BILL_NUMBER,
		.party_id = BILL_SUPPLIER_REF_ID,
		.party_name = BILL_SUPPLIER_REF_NAME,
		.issued = BILL_ISSUE_DATE,
		.due = BILL_DUE_DATE,
		.currency = BILL_CURRENCY,
		.rate = BILL_CURRENCY_RATE,
		.lines = BILL_LINES,
		.status = BILL_STATUS,
		.net = BILL_SUB_TOTAL,
		.tax = BILL_TAX_AMOUNT,
		.total = BILL_TOTAL_AMOUNT,
		.discount = -1,
		.discount_percentage = -1,
		.modified = BILL_SOURCE_MODIFIED_DATE,
		.line_number = BILL_LINE_LINE_NUMBER,
		.line_text = BILL_LINE_DESCRIPTION,
		.line_unit = BILL_LINE_UNIT_AMOUNT,
		.line_quantity = BILL_LINE_QUANTITY,
		.line_net = BILL_LINE_SUB_TOTAL,
		.line_tax = BILL_LINE_TAX_AMOUNT,
		.line_total = BILL_LINE_TOTAL_AMOUNT,
		.line_account = BILL_LINE_ACCOUNT_REF_ID,
		.line_account_name = BILL_LINE_ACCOUNT_REF_NAME,
		.line_item = BILL_LINE_ITEM_REF_ID,
		.line_item_name = BILL_LINE_ITEM_REF_NAME,
	},
	{
		.type = &model_bill_credit_notes,
		.entry_type = "31",
		.sign = -1,
		.number = BILL_CREDIT_NOTE_NUMBER,
		.party_id = BILL_CREDIT_NOTE_SUPPLIER_REF_ID,
		.party_name = BILL_CREDIT_NOTE_SUPPLIER_REF_NAME,
		.issued = BILL_CREDIT_NOTE_ISSUE_DATE,
		.due = -1,
		.currency = BILL_CREDIT_NOTE_CURRENCY,
		.rate = BILL_CREDIT_NOTE_CURRENCY_RATE,
		.lines = BILL_CREDIT_NOTE_LINES,
		.status = BILL_CREDIT_NOTE_STATUS,
		.net = BILL_CREDIT_NOTE_SUB_TOTAL,
		.tax = BILL_CREDIT_NOTE_TAX_AMOUNT,
		.total = BILL_CREDIT_NOTE_TOTAL_AMOUNT,
		.discount = BILL_CREDIT_NOTE_TOTAL_DISCOUNT,
		.discount_percentage = BILL_CREDIT_NOTE_DISCOUNT_PERCENTAGE,
		.modified = BILL_CREDIT_NOTE_SOURCE_MODIFIED_DATE,
		.line_number = -1,
		.line_text = BILL_CREDIT_NOTE_LINE_DESCRIPTION,
		.line_unit = BILL_CREDIT_NOTE_LINE_UNIT_AMOUNT,
		.line_quantity = BILL_CREDIT_NOTE_LINE_QUANTITY,
		.line_net = BILL_CREDIT_NOTE_LINE_SUB_TOTAL,
		.line_tax = BILL_CREDIT_NOTE_LINE_TAX_AMOUNT,
		.line_total = BILL_CREDIT_NOTE_LINE_TOTAL_AMOUNT,
		.line_account = BILL_CREDIT_NOTE_LINE_ACCOUNT_REF_ID,
		.line_account_name = BILL_CREDIT_NOTE_LINE_ACCOUNT_REF_NAME,
		.line_item = BILL_CREDIT_NOTE_LINE_ITEM_REF_ID,
		.line_item_name = BILL_CREDIT_NOTE_LINE_ITEM_REF_NAME,
	},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum check {
	CHECK_HEADER_MISSING,
	CHECK_INCOMPLETE,
	CHECK_UNBALANCED,
	CHECK_AMOUNT_UNREADABLE,
	CHECK_ACCOUNT_UNKNOWN,
	CHECK_TAX_NOT_SPLIT,
	CHECKS
};

static const struct {
	const char *id;
	bool error;
} checks[CHECKS] = {
	[CHECK_HEADER_MISSING] = { "document-header-missing", true },
	[CHECK_INCOMPLETE] = { "document-incomplete", false },
	[CHECK_UNBALANCED] = { "document-unbalanced", true },
	[CHECK_AMOUNT_UNREADABLE] = { "amount-unreadable", true },
	[CHECK_ACCOUNT_UNKNOWN] = { "account-unknown", true },
	[CHECK_TAX_NOT_SPLIT] = { "tax-not-split", false },
};

/* What a line's amounts mean on the document, net lines positive. */
struct amounts {
	int64_t net;
	int64_t stated; /* AmountVATFC */
	bool vat;       /* stands on a VAT account */
};

struct document {
	struct derive *derive;
	const struct kind *kind;
	const struct derive_line *lines;
	size_t count;
	struct amounts *amounts;          /* owned; one a line */
	const struct derive_line *header; /* NULL: none */
	const char *currency;
	int minor;
	bool known; /* all amounts and accounts were readable */
	int64_t total, net, vat;
	char found[CHECKS][160]; /* a check's text, or "" */
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

static const struct kind *kind_of(const struct derive_line *lines, size_t count)
{
	const char *type = count ? lines[0].values[LINE_TYPE] : NULL;

	for (size_t i = 0; type && i < KINDS; i++) {
		if (!strcmp(type, kinds[i].entry_type))
			return &kinds[i];
	}
	return NULL;
}

static bool has(const char *text)
{
	return text && text[strspn(text, " ")];
}

static bool same_code(const struct derive_line *a, const struct derive_line *b)
{
	const char *left = a->values[LINE_VAT_CODE];
	const char *right = b->values[LINE_VAT_CODE];

	return has(left) && has(right) && !strcmp(left, right);
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
		return !strcmp(type, VAT_ACCOUNT);
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

/* a * 10^9 / b, half away from zero; false when it doesn't fit. */
static bool divide(int64_t a, int64_t b, int64_t *ret)
{
	bool negative = (a < 0) != (b < 0);
	uint64_t rest = a < 0 ? 0 - (uint64_t)a : (uint64_t)a;
	uint64_t by = b < 0 ? 0 - (uint64_t)b : (uint64_t)b;
	uint64_t result;

	if (!by || by > UINT64_MAX / 10)
		return false;
	result = rest / by;
	rest %= by;
	for (int i = 0; i < 9; i++) {
		if (result > (uint64_t)INT64_MAX / 10 - 1)
			return false;
		rest *= 10;
		result = result * 10 + rest / by;
		rest %= by;
	}
	if (rest * 2 >= by)
		result++;
	*ret = negative ? -(int64_t)result : (int64_t)result;
	return true;
}

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
			!has(document->lines[i].values[LINE_VAT_CODE]))
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
		!has(line->values[LINE_VAT_CODE])) {
		*ret = 0;
		return true;
	}
	for (size_t i = 0; i < document->count; i++) {
		const struct derive_line *other = &document->lines[i];
		bool belongs =
			named ? same_code(other, line)
			      : document->amounts[i].vat ||
					has(other->values[LINE_VAT_CODE]);

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

static void set_line_amounts(
	struct document *document, size_t at, struct model_record *child)
{
	const struct kind *kind = document->kind;
	const char *text = document->lines[at].values[LINE_QUANTITY];
	int64_t net = document->amounts[at].net;
	int64_t quantity = 0;
	int64_t value;

	if (!text || decimal_parse(text, MODEL_RATE_SCALE, &quantity) ||
		!quantity)
		quantity = RATE_ONE;
	if (kind->sign < 0 && quantity < 0 && quantity != INT64_MIN)
		quantity = -quantity;
	model_set_rate(child, kind->line_quantity, quantity);
	if (!document->known)
		return;
	if (divide(net, quantity, &value))
		model_set_money(child, kind->line_unit, value);
	model_set_money(child, kind->line_net, net);
	if (!line_tax(document, at, &value)) {
		find_that(document, CHECK_TAX_NOT_SPLIT,
			"the ledger does not tell how the document's VAT "
			"belongs to its lines; their tax was left out");
		return;
	}
	model_set_money(child, kind->line_tax, value);
	if (!decimal_add(net, value, &value))
		model_set_money(child, kind->line_total, value);
}

static bool add_item(
	struct document *document, size_t at, struct model_record *record)
{
	const struct kind *kind = document->kind;
	const char *const *values = document->lines[at].values;
	struct model_record *child = model_add_child(record, kind->lines);
	char name[REFS_TEXT_MAX];

	if (!child)
		return false;
	if (kind->line_number >= 0)
		convert_text(
			child, kind->line_number, values[LINE_LINE_NUMBER], 0);
	convert_text(child, kind->line_text, values[LINE_DESCRIPTION], 0);
	set_line_amounts(document, at, child);
	convert_text(child, kind->line_account, values[LINE_GL_ACCOUNT], 0);
	if (refs_get(document->derive->refs->accounts, values[LINE_GL_ACCOUNT],
		    name, sizeof(name)))
		convert_text(child, kind->line_account_name, name, 0);
	else
		convert_text(child, kind->line_account_name,
			values[LINE_GL_ACCOUNT_DESCRIPTION], 0);
	convert_text(child, kind->line_item, values[LINE_ITEM], 0);
	if (model_is_set(child, kind->line_item))
		convert_text(child, kind->line_item_name,
			values[LINE_ITEM_DESCRIPTION], 0);
	return true;
}

static void set_rate(struct document *document, struct model_record *record)
{
	struct derive *derive = document->derive;
	int64_t own = 0;
	int64_t rate;

	if (!strcmp(document->currency, derive->currency)) {
		model_set_rate(record, document->kind->rate, RATE_ONE);
		return;
	}
	if (!document->header ||
		convert_money(document->header->values[LINE_AMOUNT_DC],
			convert_minor_unit(derive->currency),
			&own) == CONVERT_MONEY_NONE)
		return;
	if (divide(-document->kind->sign * own, document->total, &rate))
		model_set_rate(record, document->kind->rate, rate);
}

static void set_totals(struct document *document, struct model_record *record)
{
	const struct kind *kind = document->kind;
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
	const struct kind *kind = document->kind;
	const char *const *values = document->lines[0].values;
	const char *number = values[LINE_INVOICE_NUMBER];

	if (!has(number) || !strcmp(number, "0"))
		number = values[LINE_ENTRY_NUMBER];
	convert_text(record, kind->number, number, 0);
	convert_text(record, kind->party_id, values[LINE_ACCOUNT], 0);
	if (model_is_set(record, kind->party_id))
		convert_text(
			record, kind->party_name, values[LINE_ACCOUNT_NAME], 0);
	(void)convert_date(record, kind->issued, values[LINE_DATE]);
	if (kind->due >= 0)
		(void)convert_date(record, kind->due, values[LINE_DUE_DATE]);
	model_set_text(record, kind->currency, document->currency);
	set_rate(document, record);
	model_set_text(record, kind->status, "Unknown");
	if (kind->discount >= 0) {
		model_set_money(record, kind->discount, 0);
		model_set_rate(record, kind->discount_percentage, 0);
	}
}

static bool build(struct document *document, const char *group,
	struct model_record *record)
{
	model_set_text(record, 0, group);
	read_lines(document);
	set_head(document, record);
	model_set_no_children(record, document->kind->lines);
	for (size_t i = 0; i < document->count; i++) {
		if (is_item(document, i) && !add_item(document, i, record))
			return false;
	}
	set_totals(document, record);
	model_set_boolean(record, document->kind->type->is_deleted, false);
	set_modified(document, record);
	return !model_record_failed(record);
}

/* ---- storing it ------------------------------------------------------------ */

static int save_findings(
	struct document *document, const char *group, struct error *err)
{
	struct finding findings[CHECKS];
	size_t count = 0;

	for (size_t i = 0; i < CHECKS; i++) {
		if (!document->found[i][0])
			continue;
		findings[count++] = (struct finding){
			.check = checks[i].id,
			.error = checks[i].error,
			.text = document->found[i],
		};
	}
	return records_findings_set(document->derive->records,
		document->kind->type->name, group, findings, count, err);
}

static int store(struct document *document, const char *group,
	enum record_change *ret, struct error *err)
{
	const struct model_type *type = document->kind->type;
	struct model_record *record = model_record_new(type);
	int r;

	document->amounts = calloc(document->count, sizeof(*document->amounts));
	if (!record || !document->amounts || !build(document, group, record))
		r = error_set(err, FAIL_STOP, "out of memory");
	else
		r = records_put(
			document->derive->records, type, record, ret, err);
	if (!r)
		r = save_findings(document, group, err);
	free(document->amounts);
	model_record_free(record);
	return r;
}

/* Most entries never were a document: that is no change to be counted. */
static int retire(struct derive *derive, const struct kind *kind,
	const char *group, struct error *err)
{
	enum record_change change;
	int r = records_retire(
		derive->records, kind->type, group, &change, err);

	if (r || change != RECORD_DELETED)
		return r;
	derive_count(derive, kind->type, change);
	return records_findings_set(
		derive->records, kind->type->name, group, NULL, 0, err);
}

const struct model_type *derive_documents_type(
	const struct derive_line *lines, size_t count)
{
	const struct kind *kind = kind_of(lines, count);

	return kind ? kind->type : NULL;
}

int derive_documents(struct derive *derive, const char *group,
	const struct derive_line *lines, size_t count, struct error *err)
{
	const struct kind *kind = kind_of(lines, count);
	struct document document = {
		.derive = derive,
		.kind = kind,
		.lines = lines,
		.count = count,
	};
	enum record_change change;
	int r = 0;

	for (size_t i = 0; i < KINDS && !r; i++) {
		if (&kinds[i] != kind)
			r = retire(derive, &kinds[i], group, err);
	}
	if (r || !kind)
		return r;
	document.currency = lines[0].values[LINE_CURRENCY];
	if (!has(document.currency))
		document.currency = derive->currency;
	document.minor = convert_minor_unit(document.currency);
	r = store(&document, group, &change, err);
	if (!r)
		derive_count(derive, kind->type, change);
	return r;
}

bool derive_documents_waits(const char *check)
{
	return !strcmp(check, checks[CHECK_INCOMPLETE].id);
}
