/*
 * Deletions, and their log.
 *
 * Whole entries are deleted, never single lines. The invoice made in Exact and
 * the open items are deleted with their entry, and what the entry had paid is
 * open again. For feeds that mix headers and lines, an option of the books
 * chooses what the log names:
 *
 *	line      one row of the log for each line (and an invoice's header)
 *	header    one row, the EntryID or InvoiceID
 */
#include <string.h>

#include "sandbox/books_rows.h"

/* EntityType of sync/Deleted; 0: not in that list. */
static const uint8_t entity_types[BOOKS_TABLES] = {
	[BOOKS_LINES] = 1,
	[BOOKS_RELATIONS] = 2,
	[BOOKS_ACCOUNTS] = 7,
	[BOOKS_ITEMS] = 9,
	[BOOKS_TERMS] = 10,
	[BOOKS_INVOICES] = 13,
};

static int log_row(struct books *books, struct books_set *set,
	enum books_kind kind, uint32_t key, uint8_t type, int64_t now_wall_ms)
{
	void *log = set->deleted;

	if (type == 0)
		return 0;
	if (books_index_grow(&log, set->deleted_count, &set->deleted_capacity,
		    sizeof(*set->deleted)) < 0)
		return FAIL_STOP;
	set->deleted = log;
	books->version++;
	set->deleted[set->deleted_count++] = (struct books_deleted){
		.version = books->version,
		.deleted_ms = now_wall_ms,
		.serial = set->next_serial++,
		.key = key,
		.kind = kind,
		.type = type,
	};
	return 0;
}

static int log_table_row(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row, int64_t now_wall_ms)
{
	const struct books_invoice *invoices = set->tables[kind].rows;
	uint32_t key = books_index_head(&set->tables[kind], row)->serial;

	/* An invoice whose ID is that of its entry. */
	if (kind == BOOKS_INVOICES && books->invoice_is_entry &&
		invoices[row].number == 0 && invoices[row].entry > 0)
		return log_row(books, set, BOOKS_ENTRIES,
			set->entries[invoices[row].entry - 1].serial,
			entity_types[kind], now_wall_ms);
	return log_row(books, set, kind, key, entity_types[kind], now_wall_ms);
}

static void hide(struct books_set *set, enum books_kind kind, size_t row)
{
	books_index_head(&set->tables[kind], row)->deleted = true;
	set->tables[kind].living--;
}

static int delete_row(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row, int64_t now_wall_ms)
{
	hide(set, kind, row);
	return log_table_row(books, set, kind, row, now_wall_ms);
}

/* Deletes the header and its lines. */
static int delete_invoice(struct books *books, struct books_set *set,
	size_t header, int64_t now_wall_ms)
{
	const struct books_invoice *invoices = set->tables[BOOKS_INVOICES].rows;
	size_t end = header + 1 + invoices[header].lines;
	int fail = 0;

	for (size_t row = header; row < end && !fail; row++) {
		hide(set, BOOKS_INVOICES, row);
		if (row == header || !books->deleted_headers)
			fail = log_table_row(
				books, set, BOOKS_INVOICES, row, now_wall_ms);
	}
	return fail;
}

static void unuse(struct books_set *set, const struct books_line *line)
{
	struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	struct books_journal *journals = set->tables[BOOKS_JOURNALS].rows;
	struct books_relation *relations = set->tables[BOOKS_RELATIONS].rows;

	accounts[line->account].used--;
	journals[line->journal].used--;
	if (line->relation > 0)
		relations[line->relation - 1].used--;
}

/* Deletes the open items of deleted entries, and opens again the items that
 * such entries had paid. */
static int delete_terms(
	struct books *books, struct books_set *set, int64_t now_wall_ms)
{
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;
	struct books_term *terms = set->tables[BOOKS_TERMS].rows;
	int fail = 0;

	for (size_t row = 0; row < set->tables[BOOKS_TERMS].count && !fail;
		row++) {
		struct books_term *term = &terms[row];
		if (term->head.deleted)
			continue;
		if (set->entries[lines[term->line].entry].deleted) {
			fail = delete_row(
				books, set, BOOKS_TERMS, row, now_wall_ms);
		} else if (term->paid_by > 0 &&
			   set->entries[term->paid_by - 1].deleted) {
			term->paid_by = 0;
			term->head.modified_ms = now_wall_ms;
			fail = books_index_write(books, set, BOOKS_TERMS, row);
		}
	}
	return fail;
}

static int follow_invoices(
	struct books *books, struct books_set *set, int64_t now_wall_ms)
{
	const struct books_invoice *invoices = set->tables[BOOKS_INVOICES].rows;
	int fail = 0;

	for (size_t row = 0; row < set->tables[BOOKS_INVOICES].count && !fail;
		row++)
		if (invoices[row].number == 0 && invoices[row].entry > 0 &&
			!invoices[row].head.deleted &&
			set->entries[invoices[row].entry - 1].deleted)
			fail = delete_invoice(books, set, row, now_wall_ms);
	return fail;
}

static int delete_lines(struct books *books, struct books_set *set,
	int64_t now_wall_ms, struct buf *ret_ids)
{
	struct books_table *table = &set->tables[BOOKS_LINES];
	uint32_t last = UINT32_MAX;
	int fail = 0;

	for (size_t row = 0; row < table->count && !fail; row++) {
		struct books_line *line = (struct books_line *)table->rows +
					  row;
		if (line->head.deleted || !set->entries[line->entry].deleted)
			continue;
		hide(set, BOOKS_LINES, row);
		if (!books->deleted_headers)
			fail = log_table_row(
				books, set, BOOKS_LINES, row, now_wall_ms);
		else if (line->entry != last)
			fail = log_row(books, set, BOOKS_ENTRIES,
				set->entries[line->entry].serial,
				entity_types[BOOKS_LINES], now_wall_ms);
		last = line->entry;
		unuse(set, line);
		books_append_id(books, set, BOOKS_LINES, row, ret_ids);
	}
	return fail;
}

static int delete_entries(struct books *books, struct books_set *set, int count,
	int64_t now_wall_ms, struct buf *ret_ids, struct error *err)
{
	size_t living = 0;

	for (size_t i = 0; i < set->entry_count; i++)
		living += !set->entries[i].deleted;
	if (count < 0 || (size_t)count > living)
		return error_set(err, FAIL_INPUT,
			"deleting %d entries of division %d: it has %zu", count,
			set->division.code, living);
	for (int i = 0; i < count; i++) {
		size_t entry = (size_t)(books_random(books) % set->entry_count);
		while (set->entries[entry].deleted)
			entry = (entry + 1) % set->entry_count;
		set->entries[entry].deleted = true;
	}
	if (delete_lines(books, set, now_wall_ms, ret_ids) < 0 ||
		delete_terms(books, set, now_wall_ms) < 0 ||
		follow_invoices(books, set, now_wall_ms) < 0)
		return error_set(err, FAIL_STOP, "out of memory");
	return 0;
}

static int delete_one(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row, int64_t now_wall_ms)
{
	return kind == BOOKS_INVOICES
		       ? delete_invoice(books, set, row, now_wall_ms)
		       : delete_row(books, set, kind, row, now_wall_ms);
}

int books_delete(struct books *books, int division, const char *which,
	int count, int64_t now_wall_ms, struct buf *ret_ids, struct error *err)
{
	struct books_set *set;
	enum books_kind kind;
	int fail = books_find_table(books, division, which, &set, &kind, err);

	if (fail)
		return fail;
	if (kind == BOOKS_LINES)
		return delete_entries(
			books, set, count, now_wall_ms, ret_ids, err);
	struct books_table *table = &set->tables[kind];
	if (count < 0 || (size_t)count > table->living)
		return error_set(err, FAIL_INPUT,
			"deleting %d %s of division %d: it has %zu", count,
			which, division, table->living);
	for (int used = 0; used <= 1 && count > 0; used++)
		for (size_t row = 0; row < table->count && count > 0; row++) {
			if (books_index_head(table, row)->deleted ||
				(used == 0 &&
					books_use_count(set, kind, row) > 0))
				continue;
			if (delete_one(books, set, kind, row, now_wall_ms) < 0)
				return error_set(
					err, FAIL_STOP, "out of memory");
			books_append_id(books, set, kind, row, ret_ids);
			count--;
		}
	return 0;
}
