/*
 * A ledger becomes books: to the cent, one line a line, entries as the
 * grouping says. Balances are compared with a plain file, or added up here
 * from the file's text by a reader of the test's own.
 */
#include "tests/sandbox/books_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sum {
	char account[32];
	int64_t cents;
};

/* "0000000069,60", "+1", "12,00-" to cents, for the test alone. */
static int64_t cents_of(const char *text)
{
	bool minus = strchr(text, '-') != NULL;
	int64_t value = 0;
	int decimals = -1;

	for (; *text != '\0'; text++) {
		if (*text == ',')
			decimals = 0;
		if (*text < '0' || *text > '9' || decimals == 2)
			continue;
		value = value * 10 + (*text - '0');
		decimals += decimals >= 0;
	}
	for (; decimals < 2; decimals++) {
		value *= 10;
		if (decimals < 0)
			decimals = 0;
	}
	return minus ? -value : value;
}

static void add_to(
	struct sum *sums, size_t *count, const char *account, int64_t cents)
{
	size_t i = 0;

	while (i < *count && strcmp(sums[i].account, account) != 0)
		i++;
	if (i == *count) {
		snprintf(sums[i].account, sizeof(sums[i].account), "%s",
			account);
		sums[i].cents = 0;
		++*count;
	}
	sums[i].cents += cents;
}

static size_t sums_of_file(
	const char *path, struct sum *sums, size_t *ret_lines)
{
	FILE *file = fopen(path, "r");
	char line[8192];
	size_t count = 0;

	ck_assert_ptr_nonnull(file);
	*ret_lines = 0;
	while (fgets(line, sizeof(line), file)) {
		char *rest = line;
		char *fields[13];
		const char *separator = strchr(line, '\t') ? "\t" : "|";
		for (size_t i = 0; i < 13; i++)
			fields[i] = strsep(&rest, separator);
		if (++*ret_lines == 1 || !fields[12])
			continue;
		fields[4][strcspn(fields[4], " ")] = '\0';
		add_to(sums, &count, fields[4],
			cents_of(fields[11]) - cents_of(fields[12]));
	}
	--*ret_lines;
	fclose(file);
	return count;
}

static size_t sums_of_books(const struct books *books, struct sum *sums)
{
	const struct books_set *set = books_set(books, 100001);
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;
	const struct books_account *accounts = set->tables[BOOKS_ACCOUNTS].rows;
	size_t count = 0;

	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++)
		add_to(sums, &count,
			books_names_text(
				books, accounts[lines[i].account].code),
			lines[i].amount_dc);
	return count;
}

static int by_account(const void *left, const void *right)
{
	return strcmp(((const struct sum *)left)->account,
		((const struct sum *)right)->account);
}

static void same_sums(const char *path)
{
	static struct sum from_file[1000];
	static struct sum from_books[1000];
	struct books_world world = { 0 };
	struct error err = { 0 };
	size_t lines;

	ck_assert_int_eq(books_new(&world.books, 1, &err), 0);
	ck_assert_msg(books_add_ledger(world.books, path, 100001, "EUR", "FR",
			      BOOKS_NOW, &err) == 0,
		"%s", err.text);
	size_t expected = sums_of_file(path, from_file, &lines);
	size_t count = sums_of_books(world.books, from_books);
	ck_assert_uint_eq(
		books_set(world.books, 100001)->tables[BOOKS_LINES].count,
		lines);
	ck_assert_uint_eq(count, expected);
	qsort(from_file, count, sizeof(*from_file), by_account);
	qsort(from_books, count, sizeof(*from_books), by_account);
	for (size_t i = 0; i < count; i++) {
		ck_assert_str_eq(from_books[i].account, from_file[i].account);
		ck_assert_int_eq(from_books[i].cents, from_file[i].cents);
	}
	books_world_close(&world);
}

START_TEST(test_the_real_ledgers_add_up_by_account_to_the_cent)
{
	static const char *const names[] = {
		"ledger/000000001FEC20220831.txt",
		"ledger/111111111FEC20221231.txt",
	};
	char path[1024];

	for (size_t i = 0; i < 2; i++)
		if (books_world_sample(names[i], path, sizeof(path)))
			same_sums(path);
}
END_TEST

START_TEST(test_our_own_ledger_has_the_balances_worked_out_apart)
{
	struct books_world world;
	static struct sum sums[1000];
	char path[1024];
	char account[32];
	long debit;
	long credit;
	long balance;
	size_t seen = 0;
	char line[256];

	books_world_own(&world);
	size_t count = sums_of_books(world.books, sums);
	snprintf(path, sizeof(path), "%s/tests/data/ledger/balances.txt",
		getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31s %ld %ld %ld", account, &debit, &credit,
			    &balance) != 4 ||
			strcmp(account, "total") == 0)
			continue;
		size_t i = 0;
		while (i < count && strcmp(sums[i].account, account) != 0)
			i++;
		ck_assert_uint_lt(i, count);
		ck_assert_int_eq(sums[i].cents, balance);
		seen++;
	}
	fclose(file);
	ck_assert_uint_eq(seen, count);
	ck_assert_uint_eq(seen, 30);
	books_world_close(&world);
}
END_TEST

START_TEST(test_padded_pipes_in_latin_give_the_same_books)
{
	struct books_world world = { 0 };
	struct books_world own;
	struct error err = { 0 };
	char path[1024];

	snprintf(path, sizeof(path),
		"%s/tests/data/ledger/852963701FEC20251231_padded.txt",
		getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	ck_assert_int_eq(books_new(&world.books, 7, &err), 0);
	ck_assert_int_eq(books_add_ledger(world.books, path, 100001, "EUR",
				 "NL", BOOKS_NOW, &err),
		0);
	books_world_own(&own);
	struct books_set *a = books_set(world.books, 100001);
	struct books_set *b = books_set(own.books, 100001);
	ck_assert_uint_eq(
		a->tables[BOOKS_LINES].count, b->tables[BOOKS_LINES].count);
	ck_assert_uint_eq(a->entry_count, b->entry_count);
	const struct books_relation *left = a->tables[BOOKS_RELATIONS].rows;
	const struct books_relation *right = b->tables[BOOKS_RELATIONS].rows;
	for (size_t i = 0; i < a->tables[BOOKS_RELATIONS].count; i++)
		ck_assert_str_eq(books_names_text(world.books, left[i].name),
			books_names_text(own.books, right[i].name));
	books_world_close(&world);
	books_world_close(&own);
}
END_TEST

static void grouped(const char *lines, enum books_grouping grouping,
	size_t entries, size_t unbalanced)
{
	struct books_world world;

	books_world_lines(&world, lines);
	struct books_set *set = books_set(world.books, 100001);
	ck_assert_int_eq(set->grouping, grouping);
	ck_assert_uint_eq(set->entry_count, entries);
	ck_assert_uint_eq(set->unbalanced, unbalanced);
	books_world_close(&world);
}

START_TEST(test_numbers_restarting_in_each_journal_group_by_both)
{
	grouped("VE 1 20250101 411 A 100  VE 1 20250101 706 A -100 "
		"AC 1 20250101 607 B 50   AC 1 20250101 401 B -50 "
		"AC 2 20250101 607 C 70   AC 2 20250101 401 C -70",
		BOOKS_BY_JOURNAL_AND_NUMBER, 3, 0);
}
END_TEST

START_TEST(test_one_number_over_two_journals_groups_by_number)
{
	grouped("VE 1 20250101 411 A 100  OD 1 20250101 706 A -100 "
		"VE 2 20250101 411 B 50   VE 2 20250101 706 B -50",
		BOOKS_BY_NUMBER, 2, 0);
}
END_TEST

START_TEST(test_constant_numbers_group_by_journal_date_and_piece)
{
	grouped("VE 0 20250101 411 A 100  VE 0 20250101 706 A -100 "
		"VE 0 20250101 411 B 50   VE 0 20250101 706 B -50",
		BOOKS_BY_JOURNAL_DATE_PIECE, 2, 0);
}
END_TEST

START_TEST(test_blank_numbers_and_mixed_pieces_group_where_the_sum_is_zero)
{
	grouped("VE _ 20250101 411 A 100  VE _ 20250101 706 X -100 "
		"VE _ 20250101 411 B 50   VE _ 20250101 706 B -50",
		BOOKS_BY_RUNNING_ZERO, 2, 0);
}
END_TEST

START_TEST(test_an_unbalanced_group_is_kept_and_counted)
{
	grouped("VE 1 20250101 411 A 100  VE 1 20250101 706 A -99 "
		"AC 2 20250101 607 B 50   AC 2 20250101 401 B -50",
		BOOKS_UNBALANCED, 2, 1);
}
END_TEST

START_TEST(test_entry_numbers_are_unique_though_the_files_restart)
{
	struct books_world world;

	books_world_own(&world);
	struct books_set *set = books_set(world.books, 100001);
	ck_assert_uint_eq(set->entry_count, 103);
	for (size_t i = 0; i < set->entry_count; i++)
		ck_assert_int_eq(set->entries[i].number, (int)i + 1);
	books_world_close(&world);
	books_world_many(&world, 5);
	set = books_set(world.books, 100001);
	ck_assert_int_eq(set->entries[4].number, 5);
	books_world_close(&world);
}
END_TEST

/* 40: every entry sums to zero, debit is positive. */
START_TEST(test_lines_of_an_entry_sum_to_zero_and_debit_is_positive)
{
	struct books_world world;

	books_world_own(&world);
	struct books_set *set = books_set(world.books, 100001);
	const struct books_line *lines = set->tables[BOOKS_LINES].rows;
	int64_t sums[103] = { 0 };
	for (size_t i = 0; i < set->tables[BOOKS_LINES].count; i++)
		sums[lines[i].entry] += lines[i].amount_dc;
	for (size_t i = 0; i < set->entry_count; i++)
		ck_assert_int_eq(sums[i], 0);
	/* The first sales entry: receivable in front, revenue behind. */
	const char *body = books_world_want(&world, 200,
		"financialtransaction/TransactionLines?$filter=YourRef%20eq%20"
		"'FA25-0001'%20and%20JournalCode%20eq%20'VE'&$orderby="
		"GLAccountCode&$select=GLAccountCode,AmountDC,LineNumber,Type,"
		"JournalDescription,AccountCode,DueDate,Status");
	ck_assert_uint_eq(books_world_count(body, "\"Type\":20"), 3);
	ck_assert_ptr_nonnull(strstr(body, "\"LineNumber\":0"));
	ck_assert_uint_eq(books_world_count(body, "\"AmountDC\":-"), 2);
	ck_assert_uint_eq(books_world_count(body, "\"Status\":50"), 3);
	ck_assert_uint_eq(books_world_count(body, "\"DueDate\":null"), 3);
	books_world_close(&world);
}
END_TEST

START_TEST(test_a_currency_pair_becomes_the_foreign_amount_with_its_direction)
{
	struct books_world world;
	char dc[40];
	char fc[40];

	books_world_own(&world);
	const char *body = books_world_want(&world, 200,
		"financialtransaction/TransactionLines?$filter=GLAccountCode"
		"%20eq%20'706000'%20and%20AccountCode%20eq%20null%20and%20"
		"Description%20eq%20'Facture%20FA25-0005%20Lumen%20Ltd'&$select"
		"=AmountDC,AmountFC,Currency");
	if (!strstr(body, "USD")) {
		body = books_world_want(&world, 200,
			"bulk/Financial/TransactionLines?$filter=substringof('"
			"Lumen',Description)%20and%20GLAccountCode%20eq%20'"
			"706000'&$select=AmountDC,AmountFC,Currency");
	}
	ck_assert_ptr_nonnull(strstr(body, "\"Currency\":\"USD\""));
	books_world_field(body, "AmountDC", dc, sizeof(dc));
	books_world_field(body, "AmountFC", fc, sizeof(fc));
	ck_assert_double_lt(strtod(dc, NULL), 0);
	ck_assert_double_lt(strtod(fc, NULL), strtod(dc, NULL));
	books_world_close(&world);
}
END_TEST

START_TEST(test_a_bad_ledger_names_its_line_and_adds_nothing)
{
	struct books *books;
	struct error err = { 0 };
	char path[] = "booksbad.XXXXXX";
	int fd = mkstemp(path);
	FILE *file = fdopen(fd, "w");

	fputs("JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|"
	      "CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|"
	      "Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|"
	      "Idevise\nVE|V|1|20250101|411|x|||A|20250101|x|1,00|0|||||\n"
	      "VE|V|1|20250231|706|x|||A|20250101|x|0|1,00|||||\n",
		file);
	fclose(file);
	ck_assert_int_eq(books_new(&books, 1, &err), 0);
	ck_assert_int_eq(books_add_ledger(books, path, 100001, "EUR", "NL",
				 BOOKS_NOW, &err),
		FAIL_INPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "line 3"));
	ck_assert_ptr_nonnull(strstr(err.text, "20250231"));
	ck_assert_uint_eq(books_division_count(books), 0);
	unlink(path);
	books_free(books);
}
END_TEST

TCase *books_ledger_case(void)
{
	TCase *tcase = tcase_create("ledger");

	tcase_add_test(
		tcase, test_the_real_ledgers_add_up_by_account_to_the_cent);
	tcase_add_test(
		tcase, test_our_own_ledger_has_the_balances_worked_out_apart);
	tcase_add_test(tcase, test_padded_pipes_in_latin_give_the_same_books);
	tcase_add_test(
		tcase, test_numbers_restarting_in_each_journal_group_by_both);
	tcase_add_test(
		tcase, test_one_number_over_two_journals_groups_by_number);
	tcase_add_test(
		tcase, test_constant_numbers_group_by_journal_date_and_piece);
	tcase_add_test(tcase,
		test_blank_numbers_and_mixed_pieces_group_where_the_sum_is_zero);
	tcase_add_test(tcase, test_an_unbalanced_group_is_kept_and_counted);
	tcase_add_test(
		tcase, test_entry_numbers_are_unique_though_the_files_restart);
	tcase_add_test(tcase,
		test_lines_of_an_entry_sum_to_zero_and_debit_is_positive);
	tcase_add_test(tcase,
		test_a_currency_pair_becomes_the_foreign_amount_with_its_direction);
	tcase_add_test(
		tcase, test_a_bad_ledger_names_its_line_and_adds_nothing);
	return tcase;
}
