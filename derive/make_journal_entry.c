/*
 * journalEntries from sync/Financial/TransactionLines, grouped by EntryID.
 *
 *	id            EntryID
 *	description   Description of the first line (lowest LineNumber)
 *	postedOn      Date, the accounting date (the API whose shapes these are
 *	              leaves it empty for Exact Online; the source has it)
 *	createdOn     earliest Created, local
 *	updatedOn     latest Modified, local
 *	journalRef    the journal with that JournalCode; absent while unknown
 *	journalLines  by LineNumber, then by arrival:
 *	  netAmount            AmountDC, debit positive, in `currency`
 *	  transactionAmount    AmountFC, in `transactionCurrency` = Currency
 *	  accountRef           GLAccount, GLAccountDescription
 *
 * Line 0 (the balancing line) and the special lines from 9000 on belong to
 * the entry: with them it sums to zero.
 *
 *	LineNumber  AmountDC              netAmount
 *	0            121                   121
 *	1           -100.00000000000001   -100
 *	9999         -21                   -21     sum 0
 *
 * An entry that doesn't balance is an error once its feed was read to the
 * end; before that its other lines may still be on their way. Until then the
 * entry has the warning "entry-incomplete", and is made again when the feed
 * has caught up.
 *
 * Names of journals and accounts come from their own feeds, see ref_list.c.
 * The line's own copy serves while the account isn't known.
 */
#include <assert.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/findings.h"
#include "derive/ledger_entry.h"
#include "derive/put.h"
#include "derive/refs.h"

enum check {
	CHECK_UNBALANCED,
	CHECK_INCOMPLETE,
	CHECK_AMOUNT_UNREADABLE,
	CHECK_AMOUNT_ROUNDED,
	CHECK_DATE_UNREADABLE,
	CHECK_ACCOUNT_MISSING,
	CHECKS
};

static const struct findings_check checks[CHECKS] = {
	[CHECK_UNBALANCED] = { "entry-unbalanced", true },
	[CHECK_INCOMPLETE] = { "entry-incomplete", false },
	[CHECK_AMOUNT_UNREADABLE] = { "amount-unreadable", true },
	[CHECK_AMOUNT_ROUNDED] = { "amount-rounded", false },
	[CHECK_DATE_UNREADABLE] = { "date-unreadable", true },
	[CHECK_ACCOUNT_MISSING] = { "account-missing", true },
};

static_assert(CHECKS <= FINDINGS_MAX, "findings have room for each check");

struct journal_entry {
	struct derive *derive;
	const char *id;
	const struct line *lines; /* by number */
	size_t count;
	const struct model_type *recorded_as; /* see struct ledger_entry */
	struct findings findings;
	int64_t sum;
	bool sum_known;
	bool failed; /* out of memory */
};

/* ---- building the record ------------------------------------------------ */

static const char *line_name(const struct line *line)
{
	const char *number = line->values[LINE_LINE_NUMBER];

	return number ? number : "without a number";
}

static void judge_money(struct journal_entry *entry, const struct line *line,
	const char *property, const char *text, enum convert_money verdict)
{
	if (verdict == CONVERT_MONEY_NONE)
		findings_add(&entry->findings, CHECK_AMOUNT_UNREADABLE,
			"%s of line %s is \"%.40s\", which is no amount that "
			"can be kept exactly; it was left out",
			property, line_name(line), text ? text : "null");
	if (verdict == CONVERT_MONEY_ROUNDED)
		findings_add(&entry->findings, CHECK_AMOUNT_ROUNDED,
			"%s of line %s is %.40s; it was rounded to its "
			"currency's smallest unit",
			property, line_name(line), text);
}

static void set_net_amount(struct journal_entry *entry, const struct line *line,
	struct model_record *child)
{
	const char *text = line->values[LINE_AMOUNT_DC];
	int64_t value = 0;
	enum convert_money verdict = convert_money(
		text, convert_minor_unit(entry->derive->currency), &value);

	judge_money(entry, line, "AmountDC", text, verdict);
	if (verdict == CONVERT_MONEY_NONE ||
		decimal_add(entry->sum, value, &entry->sum)) {
		entry->sum_known = false;
		if (verdict == CONVERT_MONEY_NONE)
			return;
	}
	model_set_money(child, JOURNAL_LINE_NET_AMOUNT, value);
}

static void set_transaction_amount(struct journal_entry *entry,
	const struct line *line, struct model_record *child)
{
	const char *text = line->values[LINE_AMOUNT_FC];
	const char *currency;
	int64_t value = 0;

	convert_text(child, JOURNAL_LINE_TRANSACTION_CURRENCY,
		line->values[LINE_CURRENCY], 0);
	if (!text || !model_is_set(child, JOURNAL_LINE_TRANSACTION_CURRENCY))
		return;
	currency = model_text(child, JOURNAL_LINE_TRANSACTION_CURRENCY);
	enum convert_money verdict = convert_money(
		text, convert_minor_unit(currency), &value);
	judge_money(entry, line, "AmountFC", text, verdict);
	if (verdict != CONVERT_MONEY_NONE)
		model_set_money(child, JOURNAL_LINE_TRANSACTION_AMOUNT, value);
}

static void set_account(struct journal_entry *entry, const struct line *line,
	struct model_record *child)
{
	refs_set_account(entry->derive, child, JOURNAL_LINE_ACCOUNT_REF_ID,
		line->values[LINE_GL_ACCOUNT],
		line->values[LINE_GL_ACCOUNT_DESCRIPTION]);
	if (!model_is_set(child, JOURNAL_LINE_ACCOUNT_REF_ID))
		findings_add(&entry->findings, CHECK_ACCOUNT_MISSING,
			"line %s names no general ledger account",
			line_name(line));
}

/* Whose debt or claim the line is: by the entry's type, otherwise by the
 * control account that the line is on. */
static void set_contact(struct journal_entry *entry, const struct line *line,
	struct model_record *child)
{
	const char *type = line->values[LINE_TYPE];
	const char *contact = NULL;
	char account[REFS_TEXT_MAX];

	if (!convert_has(line->values[LINE_ACCOUNT]))
		return;
	if (type && (!strcmp(type, "20") || !strcmp(type, "21")))
		contact = model_customers.name;
	else if (type && (!strcmp(type, "30") || !strcmp(type, "31")))
		contact = model_suppliers.name;
	else if (refs_get(entry->derive, REFS_ACCOUNT_TYPES,
			 line->values[LINE_GL_ACCOUNT], account))
		contact = !strcmp(account, ACCOUNT_TYPE_RECEIVABLE)
				  ? model_customers.name
			  : !strcmp(account, ACCOUNT_TYPE_PAYABLE)
				  ? model_suppliers.name
				  : NULL;
	if (!contact)
		return;
	convert_text(child, JOURNAL_LINE_CONTACT_REF_ID,
		line->values[LINE_ACCOUNT], 0);
	model_set_text(child, JOURNAL_LINE_CONTACT_REF_TYPE, contact);
}

static void add_line(struct journal_entry *entry, const struct line *line,
	struct model_record *record)
{
	struct model_record *child = model_add_child(
		record, JOURNAL_ENTRY_LINES);

	if (!child) {
		entry->failed = true;
		return;
	}
	convert_text(child, JOURNAL_LINE_DESCRIPTION,
		line->values[LINE_DESCRIPTION], 0);
	set_net_amount(entry, line, child);
	model_set_text(child, JOURNAL_LINE_CURRENCY, entry->derive->currency);
	set_transaction_amount(entry, line, child);
	set_account(entry, line, child);
	model_set_no_children(child, JOURNAL_LINE_RECORD_REFS);
	set_contact(entry, line, child);
}

static void set_moments(
	struct journal_entry *entry, struct model_record *record)
{
	int64_t created = INT64_MAX;
	int64_t modified = INT64_MIN;
	int64_t ms;

	for (size_t i = 0; i < entry->count; i++) {
		const char *const *value = entry->lines[i].values;

		if (value[LINE_CREATED] &&
			!when_parse_exact(value[LINE_CREATED], &ms) &&
			ms < created)
			created = ms;
		if (value[LINE_MODIFIED] &&
			!when_parse_exact(value[LINE_MODIFIED], &ms) &&
			ms > modified)
			modified = ms;
	}
	if (created != INT64_MAX)
		convert_local_ms(record, JOURNAL_ENTRY_CREATED_ON, created);
	if (modified == INT64_MIN)
		return;
	convert_local_ms(record, JOURNAL_ENTRY_UPDATED_ON, modified);
	convert_utc_ms(record, JOURNAL_ENTRY_SOURCE_MODIFIED_DATE,
		entry->derive->zone, modified);
}

static void set_journal(struct journal_entry *entry, const struct line *line,
	struct model_record *record)
{
	char ref[REFS_TEXT_MAX];
	char *blank;

	if (!refs_get(entry->derive, REFS_JOURNALS,
		    line->values[LINE_JOURNAL_CODE], ref))
		return;
	blank = strchr(ref, ' ');
	if (blank)
		*blank = '\0';
	model_set_text(record, JOURNAL_ENTRY_JOURNAL_REF_ID, ref);
	if (blank)
		convert_text(record, JOURNAL_ENTRY_JOURNAL_REF_NAME, blank + 1,
			CONVERT_NAME_MAX);
}

static void check_balance(struct journal_entry *entry)
{
	char sum[DECIMAL_TEXT_MAX];

	if (!entry->sum_known || !entry->sum)
		return;
	decimal_format(entry->sum, MODEL_MONEY_SCALE, sum);
	if (entry->derive->caught_up)
		findings_add(&entry->findings, CHECK_UNBALANCED,
			"the entry's lines sum to %s %s instead of 0", sum,
			entry->derive->currency);
	else
		findings_add(&entry->findings, CHECK_INCOMPLETE,
			"the entry's lines sum to %s %s so far; the ledger "
			"was not read to its end",
			sum, entry->derive->currency);
}

static void build(struct journal_entry *entry, struct model_record *record)
{
	const struct line *first = &entry->lines[0];

	entry->sum = 0;
	entry->sum_known = true;
	model_set_text(record, JOURNAL_ENTRY_ID, entry->id);
	convert_text(record, JOURNAL_ENTRY_DESCRIPTION,
		first->values[LINE_DESCRIPTION], 0);
	if (!convert_date(
		    record, JOURNAL_ENTRY_POSTED_ON, first->values[LINE_DATE]))
		findings_add(&entry->findings, CHECK_DATE_UNREADABLE,
			"line %s has no readable Date", line_name(first));
	set_moments(entry, record);
	set_journal(entry, first, record);
	for (size_t i = 0; i < entry->count && !entry->failed; i++)
		add_line(entry, &entry->lines[i], record);
	if (entry->recorded_as) {
		model_set_text(record, JOURNAL_ENTRY_RECORD_REF_ID, entry->id);
		model_set_text(record, JOURNAL_ENTRY_RECORD_REF_TYPE,
			entry->recorded_as->name);
	}
	model_set_boolean(record, JOURNAL_ENTRY_IS_DELETED, false);
	check_balance(entry);
}

static int retire(
	struct derive *derive, struct ledger_entry *entry, struct error *err)
{
	const struct findings none = { 0 };
	enum record_change change;
	int fail = put_retired(
		derive, &model_journal_entries, entry->id, &change, err);

	if (fail || change != RECORD_DELETED)
		return fail;
	entry->changed = true;
	return findings_store(
		derive, &none, &model_journal_entries, entry->id, err);
}

static int store(struct journal_entry *entry, struct model_record *record,
	bool *ret_changed, struct error *err)
{
	enum record_change change;
	int fail;

	build(entry, record);
	if (entry->failed)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = put_record(
		entry->derive, &model_journal_entries, record, &change, err);
	if (fail)
		return fail;
	*ret_changed = change == RECORD_UPDATED || change == RECORD_REVIVED;
	return findings_store(entry->derive, &entry->findings,
		&model_journal_entries, entry->id, err);
}

static int make(
	struct derive *derive, struct ledger_entry *entry, struct error *err)
{
	struct journal_entry journal_entry = {
		.derive = derive,
		.id = entry->id,
		.lines = entry->lines,
		.count = entry->count,
		.recorded_as = entry->recorded_as,
		.findings = { .checks = checks, .count = CHECKS },
	};
	struct model_record *record;
	int fail;

	if (!entry->count)
		return retire(derive, entry, err);
	record = model_record_new(&model_journal_entries);
	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	fail = store(&journal_entry, record, &entry->changed, err);
	model_record_free(record);
	return fail;
}

static bool may_be_settled(
	const struct derive *derive, const char *type, const char *check)
{
	return derive->caught_up && !strcmp(type, model_journal_entries.name) &&
	       !strcmp(check, checks[CHECK_INCOMPLETE].id);
}

const struct ledger_maker make_journal_entry = {
	.make = make,
	.may_be_settled = may_be_settled,
};
