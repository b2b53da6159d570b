/*
 * A ledger entry is offered to each row of the table below: to a new kind of
 * record that entries may be, a row is added here and no other file changes.
 *
 * An entry may depend on others: one that undoes it, one with the same number.
 * When some entry was updated or removed, the entries that have a finding about
 * others are made again at the pass's end. A fact of the company says so until
 * they are: a process that is killed leaves them to the next run.
 */
#include <stdlib.h>

#include "derive/convert.h"
#include "derive/ledger_entry.h"
#include "derive/make.h"
#include "derive/mark.h"

#define ENTRIES_CHANGED "entries-changed"

static const struct ledger_maker *const makers[] = {
	&make_document,
	/* Last: a journal entry names the record that another maker made. */
	&make_journal_entry,
};

#define MAKERS (sizeof(makers) / sizeof(makers[0]))

static int note_change(struct derive *derive, struct error *err)
{
	if (derive->entries_changed)
		return 0;
	derive->entries_changed = true;
	return records_fact_set(derive->records, ENTRIES_CHANGED, "1", err);
}

int make_entries(struct derive *derive, const struct feed_group *group,
	struct error *err)
{
	struct line *lines = lines_sorted(group, LINE_LINE_NUMBER);
	struct ledger_entry entry = {
		.id = group->key,
		.lines = lines,
		.count = group->count,
	};
	int fail = 0;

	if (!lines)
		return error_set(err, FAIL_STOP, "out of memory");
	/* A budget is a plan and no posting: it makes no record. */
	if (entry.count &&
		convert_same(lines[0].values[LINE_TYPE], LINE_TYPE_BUDGET))
		entry.count = 0;
	for (size_t i = 0; i < MAKERS && !fail; i++)
		fail = makers[i]->make(derive, &entry, err);
	if (!fail && entry.changed)
		fail = note_change(derive, err);
	free(lines);
	return fail;
}

static bool may_be_settled(
	const struct derive *derive, const char *type, const char *check)
{
	for (size_t i = 0; i < MAKERS; i++) {
		if (makers[i]->may_be_settled(derive, type, check))
			return true;
	}
	return false;
}

int make_entries_again(struct derive *derive, struct error *err)
{
	char text[2];
	bool changed = false;
	int fail = records_fact_get(derive->records, ENTRIES_CHANGED, text,
		sizeof(text), &changed, err);

	if (fail)
		return fail;
	if (changed)
		derive->entries_changed = true;
	return mark_findings(
		derive, &entity_transaction_lines, may_be_settled, err);
}

int make_entries_done(struct derive *derive, struct error *err)
{
	if (!derive->entries_changed)
		return 0;
	derive->entries_changed = false;
	return records_fact_set(derive->records, ENTRIES_CHANGED, NULL, err);
}
