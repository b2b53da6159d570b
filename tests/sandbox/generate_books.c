/*
 * The generator's books, looked at directly: balance, VAT, agreement of
 * invoices, entries and open items; the same from the same seed.
 */
#include "tests/sandbox/generate_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct books_line *lines_of(const struct books_set *set)
{
	return set->tables[BOOKS_LINES].rows;
}

static const struct books_vat *vats_of(const struct books_set *set)
{
	return set->tables[BOOKS_VAT].rows;
}

static uint16_t account_type(const struct books_set *set, uint32_t account)
{
	return ((const struct books_account *)set->tables[BOOKS_ACCOUNTS]
			.rows)[account]
		.type;
}

START_TEST(test_each_size_has_its_lines_to_the_one)
{
	for (int uk = 0; uk <= 1; uk++) {
		struct generate_world small;
		struct generate_world medium;

		generate_world_make(&small, GENERATE_SMALL, uk == 1, 7);
		generate_world_make(&medium, GENERATE_MEDIUM, uk == 1, 7);
		ck_assert_uint_eq(small.set->tables[BOOKS_LINES].count, 1000);
		ck_assert_uint_eq(medium.set->tables[BOOKS_LINES].count, 50000);
		generate_world_close(&small);
		generate_world_close(&medium);
	}
}
END_TEST

/* In the division's currency to the cent, and, where all lines are of one
 * currency, in that. */
static void check_balance(const struct books_set *set)
{
	const struct books_line *lines = lines_of(set);
	size_t seen = 0;

	for (size_t i = 0; i < set->entry_count; i++) {
		const struct books_entry *entry = &set->entries[i];
		int64_t dc = 0;
		int64_t fc = 0;

		ck_assert_uint_ge(entry->lines, 2);
		for (uint32_t k = 0; k < entry->lines; k++) {
			const struct books_line
				*line = &lines[entry->first + k];
			ck_assert_uint_eq(line->entry, i);
			ck_assert_str_eq(
				line->currency, lines[entry->first].currency);
			dc += line->amount_dc;
			fc += line->amount_fc;
			seen++;
		}
		ck_assert_msg(dc == 0 && fc == 0,
			"entry %d: %lld and %lld left", entry->number,
			(long long)dc, (long long)fc);
	}
	ck_assert_uint_eq(seen, set->tables[BOOKS_LINES].count);
}

START_TEST(test_every_entry_balances)
{
	for (int uk = 0; uk <= 1; uk++)
		for (int size = GENERATE_SMALL; size <= GENERATE_MEDIUM;
			size++) {
			struct generate_world world;

			generate_world_make(
				&world, (enum generate_size)size, uk == 1, 3);
			check_balance(world.set);
			generate_world_close(&world);
		}
}
END_TEST

/* VAT to pay and to claim, from the net lines; and from the VAT lines. */
static void check_entry_vat(
	const struct books_set *set, const struct books_entry *entry)
{
	const struct books_line *lines = lines_of(set) + entry->first;
	bool purchase = lines[0].type >= 30;
	int64_t due = 0;
	int64_t booked = 0;
	int64_t cost = 0;

	for (uint32_t k = 1; k < entry->lines; k++) {
		const struct books_line *line = &lines[k];
		if (account_type(set, line->account) == 24) {
			booked += line->amount_fc;
			ck_assert_int_ge(line->number, 9001);
		} else if (line->number >= 9000) {
			cost += line->amount_fc;
		} else {
			const struct books_vat *vat = &vats_of(
				set)[line->vat - 1];
			int64_t product = line->amount_fc * line->percent;
			int64_t half = product < 0 ? -5000 : 5000;
			ck_assert_int_eq(line->vat_base_fc, line->amount_fc);
			ck_assert_int_eq(
				line->vat_fc, (product + half) / 10000);
			if (!vat->charged)
				due += line->vat_fc;
			ck_assert(vat->ratio == 0 || purchase);
		}
	}
	ck_assert_int_eq(due, booked + cost);
}

START_TEST(test_vat_lines_are_the_net_lines_vat)
{
	size_t checked = 0;

	for (int uk = 0; uk <= 1; uk++) {
		struct generate_world world;

		generate_world_make(&world, GENERATE_MEDIUM, uk == 1, 5);
		for (size_t i = 0; i < world.set->entry_count; i++) {
			const struct books_entry *entry = &world.set
								   ->entries[i];
			uint16_t type = lines_of(world.set)[entry->first].type;
			if (type != 20 && type != 21 && type != 30 &&
				type != 31)
				continue;
			check_entry_vat(world.set, entry);
			checked++;
		}
		generate_world_close(&world);
	}
	ck_assert_uint_gt(checked, 10000);
}
END_TEST

START_TEST(test_an_invoice_says_what_its_entry_says)
{
	struct generate_world world;
	size_t compared = 0;

	generate_world_make(&world, GENERATE_MEDIUM, false, 5);
	const struct books_set *set = world.set;
	const struct books_table *table = &set->tables[BOOKS_INVOICES];
	const struct books_invoice *invoices = table->rows;
	for (size_t row = 0; row < table->count; row++) {
		const struct books_invoice *invoice = &invoices[row];
		if (invoice->number != 0)
			continue;
		ck_assert_int_eq(invoice->status == 50, invoice->entry != 0);
		if (invoice->entry == 0)
			continue;
		const struct books_entry
			*entry = &set->entries[invoice->entry - 1];
		const struct books_line *lines = lines_of(set) + entry->first;
		int sign = lines[0].type == 21 ? 1 : -1;
		ck_assert_int_eq(invoice->amount_fc, lines[0].amount_fc);
		ck_assert_int_eq(invoice->amount_dc, lines[0].amount_dc);
		ck_assert_uint_eq(invoice->relation, lines[0].relation);
		ck_assert_uint_eq(invoice->document, entry->document);
		int64_t net = 0;
		for (uint32_t k = 1; k <= invoice->lines; k++) {
			ck_assert_int_eq(invoices[row + k].amount_fc,
				-lines[k].amount_fc);
			ck_assert_int_eq(
				invoices[row + k].vat_fc, -lines[k].vat_fc);
			ck_assert_uint_eq(invoices[row + k].vat, lines[k].vat);
			net += invoices[row + k].amount_fc;
			ck_assert_int_eq(invoices[row + k].amount_fc,
				invoices[row + k].price *
					(invoices[row + k].quantity == 0
							? -sign
							: invoices[row + k]
								  .quantity));
		}
		ck_assert_int_eq(invoice->amount_fc, net + invoice->vat_fc);
		compared++;
	}
	ck_assert_uint_gt(compared, 1000);
	generate_world_close(&world);
}
END_TEST

/* Open terms sum to the control accounts' balances, both currencies of each
 * term being the line's. */
START_TEST(test_open_items_are_the_control_accounts)
{
	for (int uk = 0; uk <= 1; uk++) {
		struct generate_world world;
		int64_t open[2] = { 0, 0 };
		int64_t balance[2] = { 0, 0 };

		generate_world_make(&world, GENERATE_MEDIUM, uk == 1, 11);
		const struct books_set *set = world.set;
		const struct books_table *table = &set->tables[BOOKS_TERMS];
		const struct books_term *terms = table->rows;
		for (size_t i = 0; i < table->count; i++)
			if (terms[i].paid_by == 0)
				open[terms[i].payable] += terms[i].amount_dc;
		for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++) {
			const struct books_line *line = &lines_of(set)[i];
			uint16_t type = account_type(set, line->account);
			if (type == 20 || type == 22)
				balance[type == 22] += line->amount_dc;
		}
		ck_assert_int_ne(balance[0], 0);
		ck_assert_int_ne(balance[1], 0);
		ck_assert_int_eq(open[0], balance[0]);
		ck_assert_int_eq(open[1], balance[1]);
		generate_world_close(&world);
	}
}
END_TEST

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return hash;
}

static uint64_t hash_books(const struct generate_world *world)
{
	const struct books_set *set = world->set;
	uint64_t hash = 1469598103934665603u;

	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++) {
		const struct books_line *line = &lines_of(set)[i];
		const struct books_entry *entry = &set->entries[line->entry];
		int64_t parts[] = { (int64_t)line->head.version,
			line->head.serial, line->amount_dc, line->amount_fc,
			line->vat_fc, line->account, line->relation, line->date,
			line->number, line->type, line->item, entry->number,
			entry->document, entry->created_ms };
		const char *text = books_names_text(
			world->books, line->description);
		for (size_t k = 0; k < sizeof(parts) / sizeof(*parts); k++)
			for (int byte = 0; byte < 8; byte++) {
				unsigned char c =
					(unsigned char)((uint64_t)parts[k] >>
							(8 * byte));
				hash = hash_bytes(hash, &c, 1);
			}
		hash = hash_bytes(hash, text, strlen(text));
	}
	return hash;
}

START_TEST(test_the_same_seed_gives_the_same_books)
{
	uint64_t hashes[4];

	for (int i = 0; i < 4; i++) {
		struct generate_world world;

		generate_world_make(
			&world, GENERATE_SMALL, i == 3, i == 2 ? 8 : 7);
		hashes[i] = hash_books(&world);
		generate_world_close(&world);
	}
	ck_assert_uint_eq(hashes[0], hashes[1]);
	ck_assert_uint_ne(hashes[0], hashes[2]);
	ck_assert_uint_ne(hashes[0], hashes[3]);
}
END_TEST

/* The one number that tells whether a platform or an edit changed what the
 * generator makes. When an edit means to, put the printed one here. */
START_TEST(test_the_small_dutch_books_are_the_known_ones)
{
	struct generate_world world;

	generate_world_make(&world, GENERATE_SMALL, false, 7);
	uint64_t hash = hash_books(&world);
	generate_world_close(&world);
	ck_assert_msg(hash == GENERATE_KNOWN_HASH,
		"the books' hash is 0x%016llx", (unsigned long long)hash);
}
END_TEST

START_TEST(test_tracking_changes_no_other_value)
{
	struct generate_world world;

	generate_world_make_tracking(&world, false, 7);
	uint64_t hash = hash_books(&world);
	generate_world_close(&world);
	ck_assert_msg(hash == GENERATE_KNOWN_HASH,
		"the books' hash is 0x%016llx", (unsigned long long)hash);
}
END_TEST

/* A number of a kind that moved would change every identity of old books. */
START_TEST(test_identities_are_the_known_ones)
{
	static const struct {
		enum books_kind kind;
		const char *id;
	} known[] = {
		{ BOOKS_LINES, "c205bc86-d069-4b35-9f94-0a6216a70e93" },
		{ BOOKS_PERIODS, "d7d1ac17-ba27-4d06-827e-7200dd715028" },
		{ BOOKS_ENTRIES, "ab1a96a6-19f8-4088-a5cf-c0575c4a69dd" },
		{ BOOKS_USER, "488be4d4-6ee9-4534-b291-67e4371c2b70" },
		{ BOOKS_BUDGETS, "577179fa-58ec-4522-9cac-1373a393c9a4" },
	};
	struct generate_world world;

	generate_world_make(&world, GENERATE_SMALL, false, 7);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct books_guid guid = books_index_guid(
			world.books, 100001, known[i].kind, 1);
		char text[37];

		books_index_text(&guid, text);
		ck_assert_str_eq(text, known[i].id);
	}
	generate_world_close(&world);
}
END_TEST

START_TEST(test_closed_years_have_no_result_left)
{
	struct generate_world world;
	int64_t result[4] = { 0 };
	int64_t without[4] = { 0 };
	size_t types[4] = { 0 };

	generate_world_make(&world, GENERATE_MEDIUM, false, 2);
	const struct books_set *set = world.set;
	const struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++) {
		const struct books_line *line = &lines_of(set)[i];
		size_t year = line->year - 2023u;

		ck_assert_uint_lt(year, 4);
		types[0] += line->type == 310;
		types[1] += line->type == 320;
		types[2] += line->type == 321;
		types[3] += line->type == 322;
		if (accounts[line->account].sheet != 'W')
			continue;
		result[year] += line->amount_dc;
		if (line->type != 310)
			without[year] += line->amount_dc;
	}
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_gt(types[i], 0);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(result[i], 0);
		ck_assert_int_ne(without[i], 0);
	}
	ck_assert_int_ne(result[3], 0);
	generate_world_close(&world);
}
END_TEST

TCase *generate_books_case(void)
{
	TCase *tcase = tcase_create("generate_books");

	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, test_each_size_has_its_lines_to_the_one);
	tcase_add_test(tcase, test_every_entry_balances);
	tcase_add_test(tcase, test_vat_lines_are_the_net_lines_vat);
	tcase_add_test(tcase, test_an_invoice_says_what_its_entry_says);
	tcase_add_test(tcase, test_open_items_are_the_control_accounts);
	tcase_add_test(tcase, test_the_same_seed_gives_the_same_books);
	tcase_add_test(tcase, test_the_small_dutch_books_are_the_known_ones);
	tcase_add_test(tcase, test_tracking_changes_no_other_value);
	tcase_add_test(tcase, test_identities_are_the_known_ones);
	tcase_add_test(tcase, test_closed_years_have_no_result_left);
	return tcase;
}
