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
 * end; before that the other lines may still be on their way. So it is kept
 * with the warning "entry-incomplete", and that list is gone through again
 * when the feed has caught up (derive_entries_more()).
 *
 * Names of journals and accounts come from their own feeds, see refs.c. The
 * line's own copy serves while the account isn't known.
 */
#include "derive/make_document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "derive/convert.h"
#include "derive/derive_refs.h"

/* Of the company: entries changed, and those that hang on others were not
 * looked at since. */
#define CHANGED "entries-changed"

enum check {
	CHECK_UNBALANCED,
	CHECK_INCOMPLETE,
	CHECK_AMOUNT_UNREADABLE,
	CHECK_AMOUNT_ROUNDED,
	CHECK_DATE_UNREADABLE,
	CHECK_ACCOUNT_MISSING,
	CHECKS
};

static const struct derive_check checks[CHECKS] = {
	[CHECK_UNBALANCED] = { "entry-unbalanced", true },
	[CHECK_INCOMPLETE] = { "entry-incomplete", false },
	[CHECK_AMOUNT_UNREADABLE] = { "amount-unreadable", true },
	[CHECK_AMOUNT_ROUNDED] = { "amount-rounded", false },
	[CHECK_DATE_UNREADABLE] = { "date-unreadable", true },
	[CHECK_ACCOUNT_MISSING] = { "account-missing", true },
};

struct entry {
	struct derive *derive;
	struct derive_line *lines; /* owned */
	size_t count;
	size_t room;
	bool failed; /* out of memory */
	char found[CHECKS][DERIVE_FOUND_MAX];
	int64_t sum;
	bool sum_known;
	const struct model_type *document; /* that it is, or NULL */
};

static void find_that(struct entry *entry, enum check check, const char *format,
	...) FORMAT_LIKE(3, 4);

/* The first of a kind is told; the others would say the same. */
static void find_that(
	struct entry *entry, enum check check, const char *format, ...)
{
	va_list args;

	if (entry->found[check][0])
		return;
	va_start(args, format);
	(void)vsnprintf(
		entry->found[check], sizeof(entry->found[check]), format, args);
	va_end(args);
}

/* ---- gathering the lines ------------------------------------------------ */

static int gather(void *arg, const struct feed_row *row)
{
	struct entry *entry = arg;
	struct derive_line *line;

	if (entry->count == entry->room) {
		size_t room = entry->room ? entry->room * 2 : 8;
		void *lines = realloc(
			entry->lines, room * sizeof(*entry->lines));

		if (!lines) {
			entry->failed = true;
			return FAIL_STOP;
		}
		entry->lines = lines;
		entry->room = room;
	}
	line = &entry->lines[entry->count];
	*line = (struct derive_line){ .arrival = entry->count };
	line->text = derive_row_copy(row, LINE_COLUMNS, line->values);
	if (!line->text) {
		entry->failed = true;
		return FAIL_STOP;
	}
	entry->count++;
	if (!convert_integer(line->values[LINE_LINE_NUMBER], &line->number))
		line->number = INT64_MAX;
	return 0;
}

static int by_number(const void *left, const void *right)
{
	const struct derive_line *a = left;
	const struct derive_line *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->arrival != b->arrival)
		return a->arrival < b->arrival ? -1 : 1;
	return 0;
}

static void forget_lines(struct entry *entry)
{
	for (size_t i = 0; i < entry->count; i++)
		free(entry->lines[i].text);
	entry->count = 0;
}

static void entry_free(struct entry *entry)
{
	forget_lines(entry);
	free(entry->lines);
}

/* ---- building the record ------------------------------------------------ */

static const char *line_name(const struct derive_line *line)
{
	const char *number = line->values[LINE_LINE_NUMBER];

	return number ? number : "without a number";
}

static void judge_money(struct entry *entry, const struct derive_line *line,
	const char *property, const char *text, enum convert_money verdict)
{
	if (verdict == CONVERT_MONEY_NONE)
		find_that(entry, CHECK_AMOUNT_UNREADABLE,
			"%s of line %s is \"%.40s\", which is no amount that "
			"can be kept exactly; it was left out",
			property, line_name(line), text ? text : "null");
	if (verdict == CONVERT_MONEY_ROUNDED)
		find_that(entry, CHECK_AMOUNT_ROUNDED,
			"%s of line %s is %.40s; it was rounded to its "
			"currency's smallest unit",
			property, line_name(line), text);
}

static void set_net_amount(struct entry *entry, const struct derive_line *line,
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

static void set_transaction_amount(struct entry *entry,
	const struct derive_line *line, struct model_record *child)
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

static void set_account(struct entry *entry, const struct derive_line *line,
	struct model_record *child)
{
	derive_refs_account(entry->derive, child, JOURNAL_LINE_ACCOUNT_REF_ID,
		line->values[LINE_GL_ACCOUNT],
		line->values[LINE_GL_ACCOUNT_DESCRIPTION]);
	if (!model_is_set(child, JOURNAL_LINE_ACCOUNT_REF_ID))
		find_that(entry, CHECK_ACCOUNT_MISSING,
			"line %s names no general ledger account",
			line_name(line));
}

/* Whose debt or claim the line is: by the entry's type, else by the control
 * account it stands on. */
static void set_contact(struct entry *entry, const struct derive_line *line,
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
	else if (refs_get(entry->derive->refs->account_types,
			 line->values[LINE_GL_ACCOUNT], account,
			 sizeof(account)))
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

static void add_line(struct entry *entry, const struct derive_line *line,
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

static void set_moments(struct entry *entry, struct model_record *record)
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

static void set_journal(struct entry *entry, const struct derive_line *line,
	struct model_record *record)
{
	char ref[REFS_TEXT_MAX];
	char *blank;

	if (!refs_get(entry->derive->refs->journals,
		    line->values[LINE_JOURNAL_CODE], ref, sizeof(ref)))
		return;
	blank = strchr(ref, ' ');
	if (blank)
		*blank = '\0';
	model_set_text(record, JOURNAL_ENTRY_JOURNAL_REF_ID, ref);
	if (blank)
		convert_text(record, JOURNAL_ENTRY_JOURNAL_REF_NAME, blank + 1,
			CONVERT_NAME_MAX);
}

static void check_balance(struct entry *entry)
{
	char sum[DECIMAL_TEXT_MAX];

	if (!entry->sum_known || !entry->sum)
		return;
	decimal_format(entry->sum, MODEL_MONEY_SCALE, sum);
	if (entry->derive->caught_up)
		find_that(entry, CHECK_UNBALANCED,
			"the entry's lines sum to %s %s instead of 0", sum,
			entry->derive->currency);
	else
		find_that(entry, CHECK_INCOMPLETE,
			"the entry's lines sum to %s %s so far; the ledger "
			"was not read to its end",
			sum, entry->derive->currency);
}

static void build(
	struct entry *entry, const char *group, struct model_record *record)
{
	const struct derive_line *first = &entry->lines[0];

	entry->sum = 0;
	entry->sum_known = true;
	model_set_text(record, JOURNAL_ENTRY_ID, group);
	convert_text(record, JOURNAL_ENTRY_DESCRIPTION,
		first->values[LINE_DESCRIPTION], 0);
	if (!convert_date(
		    record, JOURNAL_ENTRY_POSTED_ON, first->values[LINE_DATE]))
		find_that(entry, CHECK_DATE_UNREADABLE,
			"line %s has no readable Date", line_name(first));
	set_moments(entry, record);
	set_journal(entry, first, record);
	for (size_t i = 0; i < entry->count && !entry->failed; i++)
		add_line(entry, &entry->lines[i], record);
	/* The document is stored under the entry's id. */
	if (entry->document) {
		model_set_text(record, JOURNAL_ENTRY_RECORD_REF_ID, group);
		model_set_text(record, JOURNAL_ENTRY_RECORD_REF_TYPE,
			entry->document->name);
	}
	model_set_boolean(record, JOURNAL_ENTRY_IS_DELETED, false);
	check_balance(entry);
}

/* What another entry made ambiguous or void may be so no longer. Kept until
 * they were looked at, which a kill may be before. */
static int note_change(
	struct derive *derive, enum record_change change, struct error *err)
{
	if (derive->entries_changed || change == RECORD_NEW ||
		change == RECORD_UNCHANGED)
		return 0;
	derive->entries_changed = true;
	return records_meta_set(derive->records, CHANGED, "1", err);
}

static int store_entry(
	struct entry *entry, const char *group, struct error *err)
{
	struct derive *derive = entry->derive;
	enum record_change change;
	struct model_record *record;
	int r;

	if (!entry->count) {
		r = derive_retire(
			derive, &model_journal_entries, group, &change, err);
		if (!r)
			r = note_change(derive, change, err);
		if (r || change != RECORD_DELETED)
			return r;
		return derive_findings(derive, &model_journal_entries, group,
			checks, entry->found, CHECKS, err);
	}
	record = model_record_new(&model_journal_entries);
	if (!record)
		return error_set(err, FAIL_STOP, "out of memory");
	build(entry, group, record);
	if (entry->failed)
		r = error_set(err, FAIL_STOP, "out of memory");
	else
		r = derive_put(
			derive, &model_journal_entries, record, &change, err);
	if (!r)
		r = note_change(derive, change, err);
	if (!r)
		r = derive_findings(derive, &model_journal_entries, group,
			checks, entry->found, CHECKS, err);
	model_record_free(record);
	return r;
}

int derive_entries(struct derive *derive, const char *group, struct error *err)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct derive_entry document = { .derive = derive, .id = group };
	int r;

	if (!entry)
		return error_set(err, FAIL_STOP, "out of memory");
	entry->derive = derive;
	r = records_feed_each(derive->records, &entity_transaction_lines.shape,
		group, gather, entry, err);
	if (entry->failed)
		r = error_set(err, FAIL_STOP, "out of memory");
	if (!r && entry->count)
		qsort(entry->lines, entry->count, sizeof(*entry->lines),
			by_number);
	/* A budget is a plan and no posting: it makes no record. */
	if (entry->count && convert_same(entry->lines[0].values[LINE_TYPE],
				    LINE_TYPE_BUDGET))
		forget_lines(entry);
	document.lines = entry->lines;
	document.count = entry->count;
	if (!r)
		r = derive_document(&document, &entry->document, err);
	if (!r)
		r = store_entry(entry, group, err);
	entry_free(entry);
	free(entry);
	return r;
}

/* ---- entries that must be made again ------------------------------------- */

struct search {
	struct derive *derive;
	struct derive_list *list;
	struct error *err;
	int fail;
};

static int search_line(void *arg, const struct feed_row *row)
{
	struct search *search = arg;
	struct derive_list *list = search->list;

	/* An entry's lines mostly stand together. */
	if (list->count && !strcmp(list->keys[list->count - 1], row->group))
		return 0;
	if (!derive_refs_line_changed(search->derive, row->values))
		return 0;
	search->fail = derive_list_add(list, row->group, search->err);
	return search->fail;
}

static bool waits(
	const struct derive *derive, const char *type, const char *check)
{
	if (!strcmp(check, checks[CHECK_INCOMPLETE].id))
		return derive->caught_up;
	return derive_document_waits(derive, type, check);
}

static int search_finding(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	struct search *search = arg;

	if (!waits(search->derive, type, finding->check))
		return 0;
	search->fail = derive_list_add(search->list, id, search->err);
	return search->fail;
}

int derive_entries_more(
	struct derive *derive, struct derive_list *ret, struct error *err)
{
	static const int columns[] = { LINE_JOURNAL_CODE, LINE_GL_ACCOUNT,
		LINE_VAT_CODE };
	struct search search = { .derive = derive, .list = ret, .err = err };
	char text[2];
	int r = 0;

	if (records_meta_get(derive->records, CHANGED, text, sizeof(text)) &&
		*text)
		derive->entries_changed = true;
	if (derive_refs_any_changed(derive))
		r = records_feed_scan(derive->records,
			&entity_transaction_lines.shape, columns,
			sizeof(columns) / sizeof(*columns), search_line,
			&search, err);
	if (!r && !search.fail)
		r = records_findings_each(
			derive->records, search_finding, &search, err);
	return search.fail ? search.fail : r;
}

int derive_entries_settled(struct derive *derive, struct error *err)
{
	int r;

	if (!derive->entries_changed)
		return 0;
	r = records_begin(derive->records, err);
	if (r)
		return r;
	r = records_meta_set(derive->records, CHANGED, "", err);
	if (!r)
		r = records_commit(derive->records, err);
	if (r)
		records_rollback(derive->records);
	else
		derive->entries_changed = false;
	return r;
}
