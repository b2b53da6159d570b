/*
 * Records refer to records of other groups. A group that changes never writes
 * there: it makes the other group dirty, and that group's own pass rebuilds
 * its records.
 *
 *	what changed                       what becomes dirty
 *	name of an account, journal, VAT   entries that mention it, items, drafts
 *	name of a relation                 its documents of another name
 *	a document's party                 both relations
 *	an entry's document                drafts that are the same document
 *	a void document, or what undid it  the other one
 *	a row of open items                the entry of its document
 *	a purchase                         others that its payables may be of
 *	a list of open items is trusted    all its documents
 *	a feed is read to its end          groups that were found incomplete
 */
#include "derive/mark.h"

#include <stdio.h>
#include <string.h>

#include "derive/convert.h"
#include "derive/refs.h"

/* What the callbacks below are given; each uses what it needs. */
struct marking {
	struct derive *derive;
	const char *feed; /* whose groups are marked */
	const struct document_kind *kind;
	const char *id; /* the group that changed */
	const char *name;
	const char *const *header;
	bool sales;
	char last[RECORDS_KEY_MAX]; /* marked last */
	bool (*may_be_settled)(const struct derive *derive, const char *type,
		const char *check);
	struct error *err;
};

static int mark(
	const struct marking *marking, const char *group, struct error *err)
{
	return records_dirty_add(
		marking->derive->records, marking->feed, group, err);
}

static struct marking of_entries(struct derive *derive, struct error *err)
{
	return (struct marking){
		.derive = derive,
		.feed = entity_transaction_lines.shape.name,
		.err = err,
	};
}

static struct marking of_drafts(struct derive *derive, struct error *err)
{
	return (struct marking){
		.derive = derive,
		.feed = entity_sales_invoices.shape.name,
		.err = err,
	};
}

/* Before a search for groups to be marked: is none to be found? */
static int is_needless(const struct marking *marking, bool *ret)
{
	return records_dirty_is_all(
		marking->derive->records, marking->feed, ret, marking->err);
}

static int mark_row(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;

	return mark(marking, row->group, marking->err);
}

int mark_entry(struct derive *derive, const char *id, struct error *err)
{
	const struct marking marking = of_entries(derive, err);

	return mark(&marking, id, err);
}

static int find_entries(struct marking *marking, enum line_lookup lookup,
	const char *value, int (*fn)(void *arg, const struct feed_row *row))
{
	bool needless;
	int fail = is_needless(marking, &needless);

	if (fail || needless)
		return fail;
	return records_feed_find(marking->derive->records,
		&entity_transaction_lines.shape, lookup, value, fn, marking,
		marking->err);
}

static int find_drafts(struct marking *marking,
	enum sales_invoice_lookup lookup, const char *value,
	int (*fn)(void *arg, const struct feed_row *row))
{
	bool needless;
	int fail = is_needless(marking, &needless);

	if (fail || needless)
		return fail;
	return records_feed_find(marking->derive->records,
		&entity_sales_invoices.shape, lookup, value, fn, marking,
		marking->err);
}

static int scan_lines(struct marking *marking, const int *columns, size_t count,
	int (*fn)(void *arg, const struct feed_row *row))
{
	bool needless;
	int fail = is_needless(marking, &needless);

	if (fail || needless)
		return fail;
	return records_feed_scan(marking->derive->records,
		&entity_transaction_lines.shape, columns, count, fn, marking,
		marking->err);
}

/* ---- names ---------------------------------------------------------------- */

static int mark_line(void *arg, const struct feed_row *row)
{
	struct marking *marking = arg;

	/* An entry's lines mostly follow each other. */
	if (!strcmp(marking->last, row->group) ||
		!refs_line_renamed(marking->derive, row->values))
		return 0;
	snprintf(marking->last, sizeof(marking->last), "%s", row->group);
	return mark(marking, row->group, marking->err);
}

int mark_renamed_refs(struct derive *derive, struct error *err)
{
	static const int columns[] = { LINE_JOURNAL_CODE, LINE_GL_ACCOUNT,
		LINE_VAT_CODE };
	struct marking marking = of_entries(derive, err);
	int fail;

	if (!refs_any_renamed(derive))
		return 0;
	fail = scan_lines(&marking, columns, sizeof(columns) / sizeof(*columns),
		mark_line);
	/* There are few items and drafts: all of them. */
	if (!fail)
		fail = records_dirty_all(
			derive->records, &entity_items.shape, err);
	if (!fail)
		fail = records_dirty_all(
			derive->records, &entity_sales_invoices.shape, err);
	return fail;
}

/* Has the record another name than the relation has now? */
static int has_other_name(const struct marking *marking,
	const struct document_kind *kind, const char *id, bool *ret)
{
	struct model_record *record = NULL;
	const char *name = marking->name;
	int fail = records_get(marking->derive->records, kind->type, id,
		&record, marking->err);

	if (fail)
		return fail;
	*ret = record &&
	       (!name || !model_is_set(record, kind->party_name) ||
		       strcmp(model_text(record, kind->party_name), name) != 0);
	model_record_free(record);
	return 0;
}

static int mark_renamed_entry(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;
	const struct document_kind *kind = document_kind_of_entry(
		row->values[LINE_TYPE]);
	bool other = false;
	int fail = 0;

	if (kind)
		fail = has_other_name(marking, kind, row->group, &other);
	return fail || !other ? fail : mark(marking, row->group, marking->err);
}

static int mark_renamed_draft(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;
	bool other = false;
	int fail = has_other_name(
		marking, document_kind_of(&model_invoices), row->group, &other);

	if (!fail && !other)
		fail = has_other_name(marking,
			document_kind_of(&model_credit_notes), row->group,
			&other);
	return fail || !other ? fail : mark(marking, row->group, marking->err);
}

int mark_renamed_relation(struct derive *derive, const char *id,
	const char *name, struct error *err)
{
	struct marking entries = of_entries(derive, err);
	struct marking drafts = of_drafts(derive, err);
	int fail;

	entries.name = drafts.name = name;
	fail = find_entries(&entries, LINE_BY_ACCOUNT, id, mark_renamed_entry);
	if (!fail)
		fail = find_drafts(&drafts, SALES_INVOICE_BY_CUSTOMER, id,
			mark_renamed_draft);
	return fail;
}

/* ---- relations ------------------------------------------------------------- */

int mark_relation(struct derive *derive, const char *id, struct error *err)
{
	return convert_has(id) ? records_dirty_add(derive->records,
					 entity_relations.shape.name, id, err)
			       : 0;
}

int mark_former_party(struct derive *derive, const struct document_kind *kind,
	const struct model_record *old, const char *party, struct error *err)
{
	const char *before;

	if (!model_is_set(old, kind->party_id))
		return 0;
	before = model_text(old, kind->party_id);
	if (party && !strcmp(before, party))
		return 0;
	return mark_relation(derive, before, err);
}

/* ---- drafts ---------------------------------------------------------------- */

int mark_drafts(struct derive *derive, const char *id, const char *number,
	const char *document, struct error *err)
{
	struct marking marking = of_drafts(derive, err);
	bool needless;
	int fail = is_needless(&marking, &needless);

	if (fail || needless)
		return fail;
	fail = records_feed_each(derive->records, &entity_sales_invoices.shape,
		id, mark_row, &marking, err);
	if (!fail && convert_has(number))
		fail = find_drafts(
			&marking, SALES_INVOICE_BY_NUMBER, number, mark_row);
	if (!fail && convert_has(document))
		fail = find_drafts(&marking, SALES_INVOICE_BY_DOCUMENT,
			document, mark_row);
	return fail;
}

/* ---- open items ------------------------------------------------------------ */

int mark_entries_numbered(
	struct derive *derive, const char *number, struct error *err)
{
	struct marking marking = of_entries(derive, err);

	return find_entries(&marking, LINE_BY_ENTRY_NUMBER, number, mark_row);
}

static int mark_document(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;
	const struct document_kind *kind = document_kind_of_entry(
		row->values[LINE_TYPE]);
	const char *number = row->values[LINE_LINE_NUMBER];

	if (!kind || kind->sale != marking->sales || !number ||
		strcmp(number, "0") != 0)
		return 0;
	return mark(marking, row->group, marking->err);
}

int mark_documents(struct derive *derive, bool sales, struct error *err)
{
	static const int columns[] = { LINE_TYPE, LINE_LINE_NUMBER };
	struct marking marking = of_entries(derive, err);

	marking.sales = sales;
	return scan_lines(&marking, columns, sizeof(columns) / sizeof(*columns),
		mark_document);
}

static int count_row(void *arg, const struct feed_row *row)
{
	size_t *count = arg;

	(void)row;
	(*count)++;
	return 1;
}

static int mark_twin(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;
	const char *const *value = row->values;
	const char *const *header = marking->header;

	if (!strcmp(row->group, marking->id) ||
		!convert_same(
			value[LINE_JOURNAL_CODE], header[LINE_JOURNAL_CODE]) ||
		!convert_same(value[LINE_ACCOUNT], header[LINE_ACCOUNT]))
		return 0;
	return mark(marking, row->group, marking->err);
}

int mark_payable_twins(struct derive *derive, const char *id,
	const char *const *header, struct error *err)
{
	const char *number = header[LINE_ENTRY_NUMBER];
	struct marking marking = of_entries(derive, err);
	size_t rows = 0;
	int fail;

	if (!number)
		return 0;
	fail = records_feed_each(derive->records, &entity_payables.shape,
		number, count_row, &rows, err);
	if (fail < 0 || !rows)
		return fail < 0 ? fail : 0;
	marking.id = id;
	marking.header = header;
	return find_entries(&marking, LINE_BY_ENTRY_NUMBER, number, mark_twin);
}

/* ---- reversals ------------------------------------------------------------- */

int mark_entry_unless(struct derive *derive, const struct document_kind *kind,
	const char *id, enum mark_unless unless, struct error *err)
{
	struct model_record *record = NULL;
	bool is_void;
	bool is_so = false;
	int fail = records_get(derive->records, kind->type, id, &record, err);

	if (fail)
		return fail;
	is_void = record && !strcmp(model_text(record, kind->status), "Void");
	switch (unless) {
	case MARK_UNLESS_NO_RECORD:
		is_so = !record;
		break;
	case MARK_UNLESS_VOID:
		is_so = !record || is_void;
		break;
	case MARK_UNLESS_NOT_VOID:
		is_so = record && !is_void;
		break;
	}
	model_record_free(record);
	return is_so ? 0 : mark_entry(derive, id, err);
}

static int mark_other_of_type(void *arg, const struct feed_row *row)
{
	const struct marking *marking = arg;

	if (!strcmp(row->group, marking->id) ||
		!convert_same(
			row->values[LINE_TYPE], marking->kind->entry_type))
		return 0;
	return mark(marking, row->group, marking->err);
}

int mark_reversals(struct derive *derive, const struct document_kind *kind,
	const char *id, const char *number, struct error *err)
{
	struct marking marking = of_entries(derive, err);

	if (!number)
		return 0;
	marking.kind = kind;
	marking.id = id;
	return find_entries(
		&marking, LINE_BY_INVOICE_NUMBER, number, mark_other_of_type);
}

/* ---- findings -------------------------------------------------------------- */

static int mark_finding(void *arg, const char *type, const char *id,
	const struct finding *finding)
{
	const struct marking *marking = arg;

	return marking->may_be_settled(marking->derive, type, finding->check)
		       ? mark(marking, id, marking->err)
		       : 0;
}

int mark_findings(struct derive *derive, const struct entity *feed,
	bool (*may_be_settled)(const struct derive *derive, const char *type,
		const char *check),
	struct error *err)
{
	struct marking marking = {
		.derive = derive,
		.feed = feed->shape.name,
		.may_be_settled = may_be_settled,
		.err = err,
	};

	return records_findings_each(
		derive->records, mark_finding, &marking, err);
}
