/*
 * The format does not say which lines make one entry. Tried in this order:
 *
 *	are the numbers blank or all the same?
 *	  no   (journal, number)  if all groups balance
 *	       (number)           if all groups balance
 *	       otherwise (journal, number); unbalanced groups are counted
 *	  yes  (journal, date, piece) if all groups balance
 *	       otherwise an entry ends wherever the running sum is zero
 *
 * Entry numbers must be unique in a division. They are the file's when every
 * entry has a number that fits an Int32 and no two are equal; otherwise all
 * entries are numbered from 1 in order of appearance.
 */
#include "sandbox/ledger_groups.h"

#include <stdlib.h>
#include <string.h>

#include "sandbox/books_rows.h"

#define CREATED_STEP 10 /* ms between two entries' Created */

struct group {
	uint32_t key[3];
	int64_t sum;
};

struct groups {
	struct group *list;
	size_t count;
	size_t capacity;
	uint32_t *slots; /* index + 1 */
	size_t slot_count;
	uint32_t *of_line;
	size_t unbalanced;
};

/* The group of a key of three texts, made when it is new. */
static size_t group_at(struct groups *groups, const uint32_t key[static 3])
{
	uint64_t hash = key[0] * 0x9E3779B97F4A7C15u;

	hash = (hash ^ key[1]) * 0xC2B2AE3D27D4EB4Fu;
	hash = (hash ^ key[2]) * 0x165667B19E3779F9u;
	size_t at = (hash >> 20) & (groups->slot_count - 1);
	while (groups->slots[at] != 0) {
		size_t index = groups->slots[at] - 1;
		if (memcmp(groups->list[index].key, key, 3 * sizeof(*key)) == 0)
			return index;
		at = (at + 1) & (groups->slot_count - 1);
	}
	groups->slots[at] = (uint32_t)++groups->count;
	groups->list[groups->count - 1] = (struct group){
		.key = { key[0], key[1], key[2] }
	};
	return groups->count - 1;
}

static void line_key(const struct ledger_groups_input *reading,
	enum books_grouping by, size_t row, uint32_t ret[static 3])
{
	const struct books_line *line = (const struct books_line *)reading->set
						->tables[BOOKS_LINES]
						.rows +
					row;

	ret[0] = by == BOOKS_BY_NUMBER ? 0 : line->journal;
	ret[1] = by == BOOKS_BY_JOURNAL_DATE_PIECE ? (uint32_t)line->date
						   : reading->numbers[row];
	ret[2] = by == BOOKS_BY_JOURNAL_DATE_PIECE ? line->reference : 0;
}

static void group_by(const struct ledger_groups_input *reading,
	enum books_grouping by, struct groups *groups)
{
	const struct books_table *table = &reading->set->tables[BOOKS_LINES];
	const struct books_line *lines = table->rows;
	uint32_t key[3];

	groups->count = 0;
	groups->unbalanced = 0;
	memset(groups->slots, 0, groups->slot_count * sizeof(*groups->slots));
	for (size_t row = 0; row < table->count; row++) {
		line_key(reading, by, row, key);
		size_t index = group_at(groups, key);
		groups->list[index].sum += lines[row].amount_dc;
		groups->of_line[row] = (uint32_t)index;
	}
	for (size_t i = 0; i < groups->count; i++)
		groups->unbalanced += groups->list[i].sum != 0;
}

static void group_by_running_zero(
	const struct ledger_groups_input *reading, struct groups *groups)
{
	const struct books_table *table = &reading->set->tables[BOOKS_LINES];
	const struct books_line *lines = table->rows;
	int64_t sum = 0;
	bool begin = true;

	groups->count = 0;
	for (size_t row = 0; row < table->count; row++) {
		if (begin)
			groups->list[groups->count++] = (struct group){
				.sum = 0
			};
		sum += lines[row].amount_dc;
		groups->of_line[row] = (uint32_t)(groups->count - 1);
		begin = sum == 0;
	}
	groups->unbalanced = sum != 0;
}

/* True: blank, or the same on every line, so that whole journals would balance
 * as one entry. */
static bool numbers_are_useless(const struct ledger_groups_input *reading)
{
	size_t count = reading->set->tables[BOOKS_LINES].count;

	for (size_t row = 1; row < count; row++)
		if (reading->numbers[row] != reading->numbers[0])
			return false;
	return true;
}

static void choose_grouping(
	const struct ledger_groups_input *reading, struct groups *groups)
{
	struct books_set *set = reading->set;

	if (numbers_are_useless(reading)) {
		set->grouping = BOOKS_BY_JOURNAL_DATE_PIECE;
		group_by(reading, BOOKS_BY_JOURNAL_DATE_PIECE, groups);
		if (groups->unbalanced > 0) {
			set->grouping = BOOKS_BY_RUNNING_ZERO;
			group_by_running_zero(reading, groups);
		}
		return;
	}
	set->grouping = BOOKS_BY_JOURNAL_AND_NUMBER;
	group_by(reading, BOOKS_BY_JOURNAL_AND_NUMBER, groups);
	if (groups->unbalanced == 0)
		return;
	set->grouping = BOOKS_BY_NUMBER;
	group_by(reading, BOOKS_BY_NUMBER, groups);
	if (groups->unbalanced == 0)
		return;
	set->grouping = BOOKS_UNBALANCED;
	group_by(reading, BOOKS_BY_JOURNAL_AND_NUMBER, groups);
}

static bool usable_number(const char *text, int32_t *ret)
{
	int64_t value = 0;

	if (*text == '\0')
		return false;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < '0' || *c > '9')
			return false;
		value = value * 10 + (*c - '0');
		if (value > INT32_MAX)
			return false;
	}
	*ret = (int32_t)value;
	return value > 0;
}

static int by_value(const void *left, const void *right)
{
	int32_t a = *(const int32_t *)left;
	int32_t b = *(const int32_t *)right;

	return (a > b) - (a < b);
}

/* Fills `numbers`, one per group; false when the file's numbers can't be
 * used. */
static bool file_numbers(const struct ledger_groups_input *reading,
	const struct groups *groups, int32_t *numbers, int32_t *sorted)
{
	size_t lines = reading->set->tables[BOOKS_LINES].count;

	for (size_t row = lines; row-- > 0;)
		if (!usable_number(books_names_text(reading->books,
					   reading->numbers[row]),
			    &numbers[groups->of_line[row]]))
			return false;
	memcpy(sorted, numbers, groups->count * sizeof(*numbers));
	qsort(sorted, groups->count, sizeof(*sorted), by_value);
	for (size_t i = 1; i < groups->count; i++)
		if (sorted[i] == sorted[i - 1])
			return false;
	return true;
}

static int make_entries(
	const struct ledger_groups_input *reading, const struct groups *groups)
{
	struct books_set *set = reading->set;
	struct books_line *lines = set->tables[BOOKS_LINES].rows;
	size_t count = groups->count;
	int32_t *numbers = calloc(count + 1, sizeof(*numbers));
	int32_t *sorted = calloc(count + 1, sizeof(*sorted));
	int fail = FAIL_STOP;

	set->entries = calloc(count + 1, sizeof(*set->entries));
	if (!numbers || !sorted || !set->entries)
		goto out;
	set->entry_capacity = count + 1;
	set->entry_count = count;
	bool usable = set->grouping != BOOKS_BY_JOURNAL_DATE_PIECE &&
		      set->grouping != BOOKS_BY_RUNNING_ZERO &&
		      file_numbers(reading, groups, numbers, sorted);
	for (size_t i = 0; i < count; i++) {
		struct books_entry *entry = &set->entries[i];
		entry->serial = set->next_serial++;
		entry->number = usable ? numbers[i] : (int32_t)(i + 1);
		entry->created_ms = reading->now -
				    CREATED_STEP * (int64_t)(count - 1 - i);
		if (entry->number > set->last_entry_number)
			set->last_entry_number = entry->number;
	}
	for (size_t row = 0; row < set->tables[BOOKS_LINES].count; row++) {
		lines[row].entry = groups->of_line[row];
		lines[row].head.modified_ms = set->entries[lines[row].entry]
						      .created_ms;
	}
	fail = 0;
out:
	free(numbers);
	free(sorted);
	return fail;
}

int ledger_groups_make(const struct ledger_groups_input *reading)
{
	size_t lines = reading->set->tables[BOOKS_LINES].count;
	struct groups groups = { .slot_count = 1024 };
	int fail = FAIL_STOP;

	while (groups.slot_count < lines * 2)
		groups.slot_count *= 2;
	groups.list = malloc((lines + 1) * sizeof(*groups.list));
	groups.of_line = malloc((lines + 1) * sizeof(*groups.of_line));
	groups.slots = malloc(groups.slot_count * sizeof(*groups.slots));
	if (groups.list && groups.of_line && groups.slots) {
		choose_grouping(reading, &groups);
		reading->set->unbalanced = groups.unbalanced;
		fail = make_entries(reading, &groups);
	}
	free(groups.list);
	free(groups.of_line);
	free(groups.slots);
	return fail;
}
