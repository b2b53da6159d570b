/*
 * The ledger reader: hand-made files for each rule, then two real ledgers.
 * Expected sums of the real ones were computed by another program.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/fec.h"
#include "base/file.h"
#include "tests/base/suites.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define FILE_MAX     10000000

/* The seven that every variant has. */
#define HEADER                                                                 \
	"EcritureNum|EcritureDate|CompteNum|CompteLib|EcritureLib|"            \
	"Debit|Credit"
#define LINE "7|20240131|512|Banque|Virement|12,50|0,00"

static struct error err;

static struct fec *opened(const char *text, size_t len)
{
	struct fec *fec = NULL;

	ck_assert_msg(fec_open(&fec, text, len, &err) == 0, "%s", err.text);
	return fec;
}

static struct fec *opened_text(const char *text)
{
	return opened(text, strlen(text));
}

static void refused(const char *text, size_t len, const char *why)
{
	struct fec *fec = NULL;

	ck_assert_int_eq(fec_open(&fec, text, len, &err), FAIL_INPUT);
	ck_assert_ptr_null(fec);
	ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
}

static void ends(struct fec *fec)
{
	struct fec_line line;

	ck_assert_int_eq(fec_next(fec, &line, &err), 0);
	ck_assert_int_eq(fec_next(fec, &line, &err), 0);
	fec_close(fec);
}

/* The next line must be good, with that entry label. */
static size_t next_is(struct fec *fec, const char *label)
{
	struct fec_line line;

	ck_assert_msg(fec_next(fec, &line, &err) == 1, "%s", err.text);
	ck_assert_str_eq(line.field[FEC_ENTRY_LABEL], label);
	return line.number;
}

static void next_is_bad(struct fec *fec, const char *why)
{
	struct fec_line line = { .number = 77 };

	ck_assert_int_eq(fec_next(fec, &line, &err), FAIL_INPUT);
	ck_assert_msg(strstr(err.text, why) != NULL, "%s", err.text);
	ck_assert_uint_eq(line.number, 77);
}

START_TEST(test_all_eighteen_fields_come_in_their_places)
{
	static const char text[] =
		"JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum"
		"\t"
		"CompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\t"
		"EcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\t"
		"Montantdevise\tIdevise\n"
		"a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\tm\tn\to\tp\tq\tr\n";
	struct fec *fec = opened_text(text);
	struct fec_line line;
	int i;

	ck_assert_int_eq(fec_next(fec, &line, &err), 1);
	ck_assert_uint_eq(line.number, 2);
	for (i = 0; i < FEC_COLUMNS; i++) {
		ck_assert_int_eq(line.field[i][0], 'a' + i);
		ck_assert_int_eq(line.field[i][1], '\0');
	}
	ck_assert_int_eq(fec_encoding(fec), FEC_UTF8);
	ck_assert_int_eq(fec_signed_amounts(fec), 0);
	ends(fec);
}
END_TEST

START_TEST(test_names_may_come_in_any_order_case_accent_and_with_blanks)
{
	struct fec *fec = opened_text("\xEF\xBB\xBF"
				      "CR\xC3\x89"
				      "DIT| d\xC3\xA9"
				      "bit |Extra|compte num|COMPTELIB|"
				      "EcritureLIB|\xC3\x88"
				      "critureNum\xC2\xA0|ecrituredate\n"
				      "1|2|x|3|4|5|6|7\n");
	struct fec_line line;

	ck_assert_int_eq(fec_next(fec, &line, &err), 1);
	ck_assert_str_eq(line.field[FEC_CREDIT], "1");
	ck_assert_str_eq(line.field[FEC_DEBIT], "2");
	ck_assert_str_eq(line.field[FEC_ACCOUNT_NUMBER], "3");
	ck_assert_str_eq(line.field[FEC_ACCOUNT_LABEL], "4");
	ck_assert_str_eq(line.field[FEC_ENTRY_LABEL], "5");
	ck_assert_str_eq(line.field[FEC_ENTRY_NUMBER], "6");
	ck_assert_str_eq(line.field[FEC_ENTRY_DATE], "7");
	ck_assert_str_eq(line.field[FEC_JOURNAL_CODE], "");
	ends(fec);
}
END_TEST

START_TEST(test_montant_and_sens_stand_for_debit_and_credit)
{
	struct fec *fec = opened_text(
		"EcritureNum|EcritureDate|CompteNum|CompteLib|EcritureLib|"
		"Montant|Sens\n1|20240131|512|a|b|12,5|D\n");
	struct fec_line line;

	ck_assert_int_ne(fec_signed_amounts(fec), 0);
	ck_assert_int_eq(fec_next(fec, &line, &err), 1);
	ck_assert_str_eq(line.field[FEC_DEBIT], "12,5");
	ck_assert_str_eq(line.field[FEC_CREDIT], "D");
	ends(fec);
}
END_TEST

START_TEST(test_a_missing_mandatory_column_is_named)
{
	static const char *const names[] = { "EcritureNum", "EcritureDate",
		"CompteNum", "CompteLib", "EcritureLib", "Debit", "Credit" };
	char text[256];
	size_t i;

	for (i = 0; i < COUNT(names); i++) {
		snprintf(text, sizeof(text), "JournalCode|%s\n%s|x\n", HEADER,
			LINE);
		memset(strstr(text, names[i]), 'X', strlen(names[i]));
		refused(text, strlen(text), names[i]);
	}
	snprintf(text, sizeof(text), "%s|debit\n", HEADER);
	refused(text, strlen(text), "two columns Debit");
}
END_TEST

START_TEST(test_what_is_no_ledger_file_is_refused_with_the_reason)
{
	static char long_line[70000];
	struct fec *fec;

	refused(NULL, 0, "no header");
	refused("\xEF\xBB\xBF", 3, "no header");
	refused("hello\nworld\n", 12, "no header");
	refused("\xFF\xFE"
		"J\0o\0",
		6, "UTF-16");
	refused("\xFE\xFF\0J\0o", 6, "UTF-16");
	refused("J\0o\0u\0", 6, "UTF-16");
	refused("a;b;c;d;e;f;g\n", 14, "\";\"");
	memset(long_line, '|', sizeof(long_line));
	refused(long_line, sizeof(long_line), "64 KiB");
	ck_assert_int_eq(
		fec_open(&fec, "Jour\0nal|a|b|c|d|e|f", 20, NULL), FAIL_INPUT);
}
END_TEST

START_TEST(test_tab_goes_before_the_pipe)
{
	struct fec *fec = opened_text(
		"EcritureNum\tEcritureDate\tCompteNum\tCompteLib\tEcritureLib\t"
		"Debit\tCredit\ta|b|c|d|e|f|g|h\n1\t2\t3\t4\tx|y\t6\t7\t8\n");

	next_is(fec, "x|y");
	ends(fec);
}
END_TEST

START_TEST(test_each_kind_of_line_end_ends_one_line)
{
	static const char *const line_ends[] = { "\n", "\r\n", "\r", "\r\r\n",
		"\r\r\r\r\n" };
	char text[512];
	struct fec *fec;
	size_t i;

	for (i = 0; i < COUNT(line_ends); i++) {
		snprintf(text, sizeof(text), "%s%s%s%s%s", HEADER, line_ends[i],
			LINE, line_ends[i], LINE);
		fec = opened_text(text);
		ck_assert_uint_eq(next_is(fec, "Virement"), 2);
		ck_assert_uint_eq(next_is(fec, "Virement"), 3);
		ends(fec);
	}
}
END_TEST

START_TEST(test_blank_lines_count_in_the_middle_but_not_at_the_end)
{
	struct fec *fec = opened_text(
		HEADER "\n" LINE "\n\n" LINE "\r\r" LINE "\n\r\n\n\x1A");

	ck_assert_uint_eq(next_is(fec, "Virement"), 2);
	next_is_bad(fec, "line 3: empty");
	ck_assert_uint_eq(next_is(fec, "Virement"), 4);
	next_is_bad(fec, "line 5: empty");
	ck_assert_uint_eq(next_is(fec, "Virement"), 6);
	ends(fec);
}
END_TEST

START_TEST(test_one_extra_trailing_separator_is_tolerated_anywhere)
{
	struct fec *fec = opened_text(
		HEADER "|\n" LINE "|\n" LINE "\n" LINE "||\n");

	next_is(fec, "Virement");
	next_is(fec, "Virement");
	next_is_bad(fec, "line 4: 9 fields where the header has 7");
	ends(fec);
	fec = opened_text(HEADER "\n" LINE "|\n" LINE "|x\n");
	next_is(fec, "Virement");
	next_is_bad(fec, "line 3: 8 fields where the header has 7");
	ends(fec);
}
END_TEST

START_TEST(test_a_malformed_line_does_not_hinder_the_next)
{
	static const char nul[] = HEADER "\n1|2|3\n7|2|5|B\0|V|1|0\n" LINE;
	struct fec *fec = opened(nul, sizeof(nul) - 1);
	char *text;

	next_is_bad(fec, "line 2: 3 fields");
	next_is_bad(fec, "line 3: a NUL byte");
	next_is(fec, "Virement");
	ends(fec);
	ck_assert_int_gt(asprintf(&text, "%s\n7|2|5|B|%070000d|1|0\n%s\n",
				 HEADER, 0, LINE),
		0);
	fec = opened_text(text);
	next_is_bad(fec, "line 2: longer than 64 KiB");
	next_is(fec, "Virement");
	ends(fec);
	free(text);
}
END_TEST

START_TEST(test_fields_are_trimmed_and_quotes_are_letters)
{
	struct fec *fec = opened_text(
		HEADER "\n 7 |\t20240131 |512|B\xC3\xA9 b"
		       "|\xC2\xA0 \"x \xC2\xA0|   |0,00\n");
	struct fec_line line;

	ck_assert_int_eq(fec_next(fec, &line, &err), 1);
	ck_assert_str_eq(line.field[FEC_ENTRY_NUMBER], "7");
	ck_assert_str_eq(line.field[FEC_ENTRY_DATE], "20240131");
	ck_assert_str_eq(line.field[FEC_ACCOUNT_LABEL], "B\xC3\xA9 b");
	ck_assert_str_eq(line.field[FEC_ENTRY_LABEL], "\"x");
	ck_assert_str_eq(line.field[FEC_DEBIT], "");
	ends(fec);
}
END_TEST

static const struct {
	const char *label;
	enum fec_encoding encoding;
	const char *utf8;
} labels[] = {
	{ "cafe", FEC_UTF8, "cafe" },
	{ "caf\xC3\xA9 \xE2\x82\xAC", FEC_UTF8, "caf\xC3\xA9 \xE2\x82\xAC" },
	{ "caf\xE9 \xA4 \xBD", FEC_ISO8859_15,
		"caf\xC3\xA9 \xE2\x82\xAC \xC5\x93" },
	{ "caf\xE9 \x80 \x9C", FEC_WINDOWS_1252,
		"caf\xC3\xA9 \xE2\x82\xAC \xC5\x93" },
	{ "caf\xE9 \x96 \xA4 \xBD \x81.", FEC_WINDOWS_1252,
		"caf\xC3\xA9 \xE2\x80\x93 \xC2\xA4 \xC2\xBD \xEF\xBF\xBD." },
};

START_TEST(test_the_encoding_is_found_and_turned_into_utf8)
{
	struct fec *fec;
	char text[256];

	snprintf(text, sizeof(text), "%s\n7|2|5|B|%s|1|0\n", HEADER,
		labels[_i].label);
	fec = opened_text(text);
	ck_assert_int_eq(fec_encoding(fec), labels[_i].encoding);
	next_is(fec, labels[_i].utf8);
	ends(fec);
}
END_TEST

START_TEST(test_what_looks_like_utf8_but_is_none_is_told)
{
	static const char *const bad[] = { "\xC0\x80", "\xE0\x9F\xBF",
		"\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "\x80", "\xE2\x82x" };
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_msg(
			!charset_is_utf8(bad[i], strlen(bad[i])), "row %zu", i);
	ck_assert(charset_is_utf8("\xED\x9F\xBF\xF4\x8F\xBF\xBF", 7));
}
END_TEST

START_TEST(test_the_mark_of_utf8_decides_and_other_bytes_are_malformed)
{
	struct fec *fec = opened_text(
		"\xEF\xBB\xBF" HEADER "\n7|2|5|B|caf\xE9|1|0\n" LINE "\n");

	ck_assert_int_eq(fec_encoding(fec), FEC_UTF8);
	next_is_bad(fec, "line 2: not valid UTF-8");
	next_is(fec, "Virement");
	ends(fec);
}
END_TEST

/* Each run of CR would be walked again from each of its bytes. */
START_TEST(test_a_megabyte_of_carriage_returns_costs_no_square)
{
	size_t len = (size_t)1 << 20;
	char *text = malloc(len);
	struct fec_line line;
	struct fec *fec;
	size_t empty = 0;

	ck_assert_ptr_nonnull(text);
	memset(text, '\r', len);
	memcpy(text, HEADER, strlen(HEADER));
	memcpy(text + len - strlen(LINE), LINE, strlen(LINE));
	fec = opened(text, len);
	while (fec_next(fec, &line, &err) == FAIL_INPUT)
		empty++;
	ck_assert_uint_eq(empty, len - strlen(HEADER LINE) - 1);
	ends(fec);
	free(text);
}
END_TEST

static const struct {
	const char *text;
	int64_t cents;
} amounts[] = {
	{ "", 0 },
	{ "0", 0 },
	{ "0,00", 0 },
	{ "0000000069,60", 6960 },
	{ "12,5", 1250 },
	{ "15000", 1500000 },
	{ "+000000069,40", 6940 },
	{ "+1", 100 },
	{ "-12,00", -1200 },
	{ "12,00-", -1200 },
	{ "12,00+", 1200 },
	{ ",5", 50 },
	{ ",000", 0 },
	{ "12,", 1200 },
	{ "1,230000", 123 },
	{ "92233720368547758,07", INT64_MAX },
	{ "-92233720368547758,08", INT64_MIN },
};

static const char *const no_amounts[] = { " ", "+", "-", ",", "-,", "1.5",
	"1 000,00",
	"1\xC2\xA0"
	"000,00",
	"1\xE2\x80\xAF"
	"000",
	"1,2,3", "1.000,00", "1,234", "1,001", "-1-", "+-1", "--1", "1e3",
	"12,5 ", "- 1", "abc", "92233720368547758,08", "-92233720368547758,09",
	"99999999999999999999" };

START_TEST(test_amounts_become_cents)
{
	int64_t cents = 7;

	ck_assert_int_eq(fec_amount(amounts[_i].text, &cents), 0);
	ck_assert_int_eq(cents, amounts[_i].cents);
}
END_TEST

START_TEST(test_what_is_no_amount_is_refused)
{
	int64_t cents = 7;

	ck_assert_msg(fec_amount(no_amounts[_i], &cents) == FAIL_INPUT,
		"\"%s\" taken as %" PRId64, no_amounts[_i], cents);
	ck_assert_int_eq(cents, 7);
}
END_TEST

START_TEST(test_dates_must_be_in_the_calendar)
{
	static const char *const bad[] = { "", "2022083", "202208311",
		"20220832", "20221301", "20220001", "20220100", "20230229",
		"20220431", "2022-8-1", "31082022x", "00000000", "00000101",
		" 20220831" };
	int64_t days = 7;
	size_t i;

	for (i = 0; i < COUNT(bad); i++)
		ck_assert_msg(
			fec_date(bad[i], &days) == FAIL_INPUT, "%s", bad[i]);
	ck_assert_int_eq(days, 7);
	ck_assert_int_eq(fec_date("19700101", &days), 0);
	ck_assert_int_eq(days, 0);
	ck_assert_int_eq(fec_date("20240229", &days), 0);
	ck_assert_int_eq(days, 19782);
	ck_assert_int_eq(fec_date("20220831", &days), 0);
	ck_assert_int_eq(days, 19235);
}
END_TEST

static const struct {
	const char *name;
	enum fec_encoding encoding;
	size_t lines;
	int64_t total;       /* debit, and credit too */
	size_t beyond_ascii; /* lines with such a letter */
	const char *last_label;
} ledgers[] = {
	{ "ledger/000000001FEC20220831.txt", FEC_UTF8, 5422, 1018621981, 2603,
		"lotabega" },
	{ "ledger/111111111FEC20221231.txt", FEC_ISO8859_15, 934, 22568223, 6,
		"CA3 07.2023" },
};

static bool beyond_ascii(const struct fec_line *line)
{
	const char *at;
	int i;

	for (i = 0; i < FEC_COLUMNS; i++) {
		for (at = line->field[i]; *at != '\0'; at++) {
			if ((unsigned char)*at >= 0x80)
				return true;
		}
	}
	return false;
}

static void well_formed(const struct fec_line *line)
{
	int i;

	for (i = 0; i < FEC_COLUMNS; i++) {
		const char *field = line->field[i];
		size_t len = strlen(field);

		ck_assert(charset_is_utf8(field, len));
		ck_assert(
			len == 0 || (field[0] != ' ' && field[len - 1] != ' '));
	}
}

START_TEST(test_a_real_ledger_balances_to_the_cent)
{
	char *path = sample_path(ledgers[_i].name);
	int64_t debit = 0, credit = 0, cents = 0, day;
	size_t lines = 0, marked = 0;
	struct fec_line line;
	char last[64] = "";
	struct fec *fec;
	struct buf buf;
	int got;

	if (!path)
		return;
	ck_assert_int_eq(file_read(path, FILE_MAX, &buf, &err), 0);
	free(path);
	fec = opened(buf.data, buf.len);
	ck_assert_int_eq(fec_encoding(fec), ledgers[_i].encoding);
	ck_assert_int_eq(fec_signed_amounts(fec), 0);
	for (;;) {
		got = fec_next(fec, &line, &err);
		ck_assert_msg(got >= 0, "%s", err.text);
		if (got == 0)
			break;
		lines++;
		well_formed(&line);
		marked += beyond_ascii(&line);
		ck_assert_int_eq(fec_amount(line.field[FEC_DEBIT], &cents), 0);
		debit += cents;
		ck_assert_int_eq(fec_amount(line.field[FEC_CREDIT], &cents), 0);
		credit += cents;
		ck_assert_int_eq(fec_date(line.field[FEC_ENTRY_DATE], &day), 0);
		snprintf(last, sizeof(last), "%s", line.field[FEC_ENTRY_LABEL]);
	}
	ck_assert_uint_eq(lines, ledgers[_i].lines);
	ck_assert_int_eq(debit, ledgers[_i].total);
	ck_assert_int_eq(credit, ledgers[_i].total);
	ck_assert_uint_eq(marked, ledgers[_i].beyond_ascii);
	ck_assert_str_eq(last, ledgers[_i].last_label);
	fec_close(fec);
	buf_free(&buf);
}
END_TEST

START_TEST(test_a_real_padded_line_has_no_padding_left)
{
	static const char *const expected[FEC_COLUMNS] = { "VE", "VE11",
		"00000001", "20230109", "70100000", "VENTE NECTAR DE FRAISE",
		"", "", "VE  0123", "20230109", "VENTE FECODI MULIFA",
		"0000000000,00", "0000000069,60", "", "", "20240331", "", "" };
	char *path = sample_path(ledgers[1].name);
	struct fec_line line;
	struct fec *fec;
	struct buf buf;
	int i;

	if (!path)
		return;
	ck_assert_int_eq(file_read(path, FILE_MAX, &buf, &err), 0);
	free(path);
	fec = opened(buf.data, buf.len);
	ck_assert_int_eq(fec_next(fec, &line, &err), 1);
	for (i = 0; i < FEC_COLUMNS; i++)
		ck_assert_str_eq(line.field[i], expected[i]);
	fec_close(fec);
	buf_free(&buf);
}
END_TEST

static TCase *text_tests(void)
{
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase, test_all_eighteen_fields_come_in_their_places);
	tcase_add_test(tcase,
		test_names_may_come_in_any_order_case_accent_and_with_blanks);
	tcase_add_test(tcase, test_montant_and_sens_stand_for_debit_and_credit);
	tcase_add_test(tcase, test_a_missing_mandatory_column_is_named);
	tcase_add_test(
		tcase, test_what_is_no_ledger_file_is_refused_with_the_reason);
	tcase_add_test(tcase, test_tab_goes_before_the_pipe);
	tcase_add_test(tcase, test_each_kind_of_line_end_ends_one_line);
	tcase_add_test(
		tcase, test_blank_lines_count_in_the_middle_but_not_at_the_end);
	tcase_add_test(
		tcase, test_one_extra_trailing_separator_is_tolerated_anywhere);
	tcase_add_test(tcase, test_a_malformed_line_does_not_hinder_the_next);
	tcase_add_test(tcase, test_fields_are_trimmed_and_quotes_are_letters);
	tcase_add_loop_test(tcase,
		test_the_encoding_is_found_and_turned_into_utf8, 0,
		(int)COUNT(labels));
	tcase_add_test(tcase, test_what_looks_like_utf8_but_is_none_is_told);
	tcase_add_test(tcase,
		test_the_mark_of_utf8_decides_and_other_bytes_are_malformed);
	tcase_add_test(
		tcase, test_a_megabyte_of_carriage_returns_costs_no_square);
	return tcase;
}

Suite *fec_suite(void)
{
	Suite *suite = suite_create("fec");
	TCase *values = tcase_create("values");
	TCase *real = tcase_create("real ledgers");

	suite_add_tcase(suite, text_tests());
	tcase_add_loop_test(
		values, test_amounts_become_cents, 0, (int)COUNT(amounts));
	tcase_add_loop_test(values, test_what_is_no_amount_is_refused, 0,
		(int)COUNT(no_amounts));
	tcase_add_test(values, test_dates_must_be_in_the_calendar);
	suite_add_tcase(suite, values);
	tcase_add_loop_test(real, test_a_real_ledger_balances_to_the_cent, 0,
		(int)COUNT(ledgers));
	tcase_add_test(real, test_a_real_padded_line_has_no_padding_left);
	suite_add_tcase(suite, real);
	return suite;
}
