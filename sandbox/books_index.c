/*
 * Identities, the version log, and the order by identity.
 *
 * SQL Server compares the last six bytes of a uniqueidentifier first, then the
 * two before them, then the first three groups, each as it is in memory
 * (little-endian). In the order of the text form:
 *
 *	aabbccdd-eeff-gghh-iijj-kkllmmnnoopp
 *	kk ll mm nn oo pp | ii jj | hh gg | ff ee | dd cc bb aa
 */
#include "sandbox/books_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char significance[16] = { 10, 11, 12, 13, 14, 15, 8, 9, 7,
	6, 5, 4, 3, 2, 1, 0 };

/* The number of each kind in its identities. A number never changes, so that
 * the same seed gives the same identities after a new kind is added. */
static const unsigned char kind_numbers[] = {
	[BOOKS_LINES] = 0,
	[BOOKS_ACCOUNTS] = 1,
	[BOOKS_JOURNALS] = 2,
	[BOOKS_RELATIONS] = 3,
	[BOOKS_VAT] = 4,
	[BOOKS_RATES] = 5,
	[BOOKS_ITEMS] = 6,
	[BOOKS_INVOICES] = 7,
	[BOOKS_TERMS] = 8,
	[BOOKS_PERIODS] = 9,
	[BOOKS_ENTRIES] = 11,
	[BOOKS_DELETED] = 12,
	[BOOKS_USER] = 13,
	[BOOKS_CUSTOMER] = 14,
	[BOOKS_DOCUMENTS] = 15,
	[BOOKS_BUDGETS] = 16,
	[BOOKS_COST_CENTERS] = 17,
	[BOOKS_COST_UNITS] = 18,
};
static_assert(sizeof(kind_numbers) == BOOKS_KINDS, "each kind has a number");

static uint64_t mix(uint64_t value)
{
	value += 0x9E3779B97F4A7C15u;
	value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
	value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
	return value ^ (value >> 31);
}

struct books_guid books_index_guid(const struct books *books, int division,
	enum books_kind kind, uint32_t serial)
{
	struct books_guid guid;
	uint64_t low = mix(books->seed ^ mix((uint64_t)(unsigned)division));
	uint64_t high;

	low = mix(low ^ ((uint64_t)kind_numbers[kind] << 32) ^ serial);
	high = mix(low ^ 0xA5A5A5A55A5A5A5Au);
	memcpy(guid.bytes, &low, 8);
	memcpy(guid.bytes + 8, &high, 8);
	guid.bytes[6] = (unsigned char)((guid.bytes[6] & 0x0F) | 0x40);
	guid.bytes[8] = (unsigned char)((guid.bytes[8] & 0x3F) | 0x80);
	return guid;
}

int books_index_compare(
	const struct books_guid *left, const struct books_guid *right)
{
	for (size_t i = 0; i < 16; i++) {
		size_t at = significance[i];
		if (left->bytes[at] != right->bytes[at])
			return left->bytes[at] < right->bytes[at] ? -1 : 1;
	}
	return 0;
}

void books_index_text(const struct books_guid *guid, char ret[static 37])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ret[at++] = '-';
		ret[at++] = digits[guid->bytes[i] >> 4];
		ret[at++] = digits[guid->bytes[i] & 15];
	}
	ret[at] = '\0';
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool books_index_parse(const char *text, size_t len, struct books_guid *ret)
{
	struct books_guid guid;
	size_t at = 0;

	if (len != 36)
		return false;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			if (text[at++] != '-')
				return false;
		int high = digit(text[at]);
		int low = high < 0 ? -1 : digit(text[at + 1]);
		if (low < 0)
			return false;
		guid.bytes[i] = (unsigned char)(high * 16 + low);
		at += 2;
	}
	*ret = guid;
	return true;
}

int books_index_grow(void **array, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return 0;
	size_t wanted = *capacity == 0 ? 64 : *capacity + *capacity / 2;
	void *grown = realloc(*array, wanted * size);
	if (!grown)
		return FAIL_STOP;
	*array = grown;
	*capacity = wanted;
	return 0;
}

struct books_head *books_index_head(const struct books_table *table, size_t row)
{
	return (struct books_head *)(void *)((char *)table->rows +
					     row * table->size);
}

struct books_guid books_index_row_guid(const struct books *books,
	const struct books_set *set, enum books_kind kind, size_t row)
{
	const struct books_invoice *invoices = set->tables[kind].rows;

	if (kind == BOOKS_INVOICES && books->invoice_is_entry &&
		invoices[row].number == 0 && invoices[row].entry != 0)
		return books_index_guid(books, set->division.code,
			BOOKS_ENTRIES,
			set->entries[invoices[row].entry - 1].serial);
	return books_index_guid(books, set->division.code, kind,
		books_index_head(&set->tables[kind], row)->serial);
}

int books_index_add(
	struct books_set *set, enum books_kind kind, size_t *ret_row)
{
	struct books_table *table = &set->tables[kind];

	if (table->count >= UINT32_MAX - 1 ||
		books_index_grow(&table->rows, table->count, &table->capacity,
			table->size) < 0)
		return FAIL_STOP;
	struct books_head *head = books_index_head(table, table->count);
	memset(head, 0, table->size);
	head->serial = set->next_serial++;
	*ret_row = table->count++;
	table->living++;
	return 0;
}

bool books_index_live(const struct books_table *table, size_t place)
{
	const struct books_place *at = &table->log[place];
	const struct books_head *head = books_index_head(table, at->row);

	return !head->deleted && head->version == at->version;
}

static void sweep(struct books_table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->log_count; i++)
		if (books_index_live(table, i))
			table->log[kept++] = table->log[i];
	table->log_count = kept;
}

int books_index_write(struct books *books, struct books_set *set,
	enum books_kind kind, size_t row)
{
	struct books_table *table = &set->tables[kind];
	void *log = table->log;

	if (table->log_count > table->living * 2 + 1024)
		sweep(table);
	if (books_index_grow(&log, table->log_count, &table->log_capacity,
		    sizeof(*table->log)) < 0)
		return FAIL_STOP;
	table->log = log;
	/* Other tables of that database take versions, too, so not every
	 * value belongs to a row here. */
	books->version += 1 + (mix(books->version) & 3);
	books_index_head(table, row)->version = books->version;
	table->log[table->log_count++] = (struct books_place){
		.version = books->version, .row = (uint32_t)row
	};
	return 0;
}

size_t books_index_after(const struct books_table *table, uint64_t version)
{
	size_t low = 0;
	size_t high = table->log_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->log[middle].version > version)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct keyed {
	struct books_guid guid;
	uint32_t row;
};

static int by_guid(const void *left, const void *right)
{
	const struct keyed *a = left;
	const struct keyed *b = right;

	return books_index_compare(&a->guid, &b->guid);
}

/* New rows are sorted alone and merged from the back, so that one new row never
 * sorts a million. */
int books_index_order(
	const struct books *books, struct books_set *set, enum books_kind kind)
{
	struct books_table *table = &set->tables[kind];
	size_t known = table->by_id_count;
	size_t fresh = table->count - known;

	if (fresh == 0)
		return 0;
	struct keyed *keys = malloc(fresh * sizeof(*keys));
	uint32_t *order = realloc(
		table->by_id, table->count * sizeof(*table->by_id));
	if (order)
		table->by_id = order;
	if (!keys || !order) {
		free(keys);
		return FAIL_STOP;
	}
	for (size_t i = 0; i < fresh; i++) {
		keys[i].row = (uint32_t)(known + i);
		keys[i].guid = books_index_row_guid(
			books, set, kind, known + i);
	}
	qsort(keys, fresh, sizeof(*keys), by_guid);
	for (size_t to = table->count; fresh > 0; to--) {
		bool take_known = false;
		if (known > 0) {
			struct books_guid guid = books_index_row_guid(
				books, set, kind, order[known - 1]);
			take_known = books_index_compare(
					     &guid, &keys[fresh - 1].guid) > 0;
		}
		order[to - 1] = take_known ? order[--known] : keys[--fresh].row;
	}
	table->by_id_count = table->count;
	free(keys);
	return 0;
}

size_t books_index_seek(const struct books *books, const struct books_set *set,
	enum books_kind kind, const struct books_guid *guid, bool or_equal)
{
	const struct books_table *table = &set->tables[kind];
	size_t low = 0;
	size_t high = table->by_id_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct books_guid there = books_index_row_guid(
			books, set, kind, table->by_id[middle]);
		int order = books_index_compare(&there, guid);
		if (order > 0 || (or_equal && order == 0))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void books_index_free(struct books_table *table)
{
	free(table->rows);
	free(table->log);
	free(table->by_id);
}
