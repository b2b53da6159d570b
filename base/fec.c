/*
 * One pass over borrowed bytes, line by line.
 *
 *	bytes ──cut──► line ──to UTF-8──► text ──split, trim──► 18 fields
 *
 * fec_open() finds out what is the same for the whole file: the encoding (from
 * all bytes), and from the first line the separator and the order of columns.
 * fec_next() uses one text buffer for every line, so a file of any size needs
 * the same memory.
 *
 *	JournalCode|...|Debit|Credit|...|Idevise|      header, a trailing "|"
 *	VE  |...|0000000000,00|0000000069,60|...||      "VE", ..., "", dropped
 *
 * Names are compared by their letters: "Crédit ", "CREDIT" and "credit" are
 * the same.
 */
#include "base/fec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/charset.h"

#define LINE_MAX_BYTES ((size_t)64 * 1024)
#define NAME_MAX_BYTES 32
#define MIN_COLUMNS    7 /* the number of mandatory columns */

/* Header names that are read as another field. */
enum {
	AMOUNT = FEC_COLUMNS, /* Montant, read as FEC_DEBIT */
	SIGN,                 /* Sens, read as FEC_CREDIT */
	NAMES
};

#define ABSENT SIZE_MAX

/* In lower case. Mandatory columns are those that every variant of the format
 * has and that no reader can do without. */
static const struct {
	const char *name;
	const char *shown;
	bool mandatory;
} columns[NAMES] = {
	[FEC_JOURNAL_CODE] = { "journalcode", "JournalCode", false },
	[FEC_JOURNAL_LABEL] = { "journallib", "JournalLib", false },
	[FEC_ENTRY_NUMBER] = { "ecriturenum", "EcritureNum", true },
	[FEC_ENTRY_DATE] = { "ecrituredate", "EcritureDate", true },
	[FEC_ACCOUNT_NUMBER] = { "comptenum", "CompteNum", true },
	[FEC_ACCOUNT_LABEL] = { "comptelib", "CompteLib", true },
	[FEC_RELATION_NUMBER] = { "compauxnum", "CompAuxNum", false },
	[FEC_RELATION_LABEL] = { "compauxlib", "CompAuxLib", false },
	[FEC_PIECE_REF] = { "pieceref", "PieceRef", false },
	[FEC_PIECE_DATE] = { "piecedate", "PieceDate", false },
	[FEC_ENTRY_LABEL] = { "ecriturelib", "EcritureLib", true },
	[FEC_DEBIT] = { "debit", "Debit", true },
	[FEC_CREDIT] = { "credit", "Credit", true },
	[FEC_LETTERING] = { "ecriturelet", "EcritureLet", false },
	[FEC_LETTERING_DATE] = { "datelet", "DateLet", false },
	[FEC_VALID_DATE] = { "validdate", "ValidDate", false },
	[FEC_CURRENCY_AMOUNT] = { "montantdevise", "Montantdevise", false },
	[FEC_CURRENCY] = { "idevise", "Idevise", false },
	[AMOUNT] = { "montant", "Montant", false },
	[SIGN] = { "sens", "Sens", false },
};

struct fec {
	const char *at; /* the next line */
	const char *end;
	const char *single_until; /* each CR before this ends a line of its
				     own */
	size_t number;            /* of the line before `at` */
	enum charset charset;
	char separator;
	bool signed_amounts;
	size_t width;              /* columns, without a trailing empty one */
	size_t place[FEC_COLUMNS]; /* the column of a field, or ABSENT */
	size_t field_of[NAMES];    /* while the header is read */
	char text[LINE_MAX_BYTES * CHARSET_GROWTH + 1];
};

static const char nothing[] = "";

/* The end of the line at fec->at; *ret_next is the beginning of the next line.
 * A run of CR before LF ends one line; any other CR ends a line of its own.
 * Once a run is known to be of the second kind, it is not scanned again for
 * each CR. */
static const char *line_end(struct fec *fec, const char **ret_next)
{
	const char *stop = fec->at;
	const char *run;

	while (stop < fec->end && *stop != '\n' && *stop != '\r')
		stop++;
	run = stop;
	if (stop >= fec->single_until) {
		while (run < fec->end && *run == '\r')
			run++;
		if (run == fec->end || *run != '\n')
			fec->single_until = run;
	}
	if (stop == fec->end)
		*ret_next = stop;
	else if (stop < fec->single_until)
		*ret_next = stop + 1;
	else
		*ret_next = run + 1;
	return stop;
}

static bool is_blank(const char *at)
{
	return *at == ' ' || *at == '\t';
}

/* The no-break space in UTF-8. */
static bool is_hard_blank(const char *at)
{
	return at[0] == '\xC2' && at[1] == '\xA0';
}

/* Removes blanks from both ends of at..end, and ends the text with a NUL. */
static char *trim(char *at, char *end)
{
	for (;;) {
		if (end > at && is_blank(end - 1))
			end--;
		else if (end - at >= 2 && is_hard_blank(end - 2))
			end -= 2;
		else
			break;
	}
	*end = '\0';
	for (;;) {
		if (is_blank(at))
			at++;
		else if (is_hard_blank(at))
			at += 2;
		else
			return at;
	}
}

/* Takes the field at *at. Moves *at behind the field's separator, or sets it to
 * NULL after the last field. */
static char *take_field(char **at, char separator)
{
	char *start = *at;
	char *stop = start;

	while (*stop != '\0' && *stop != separator)
		stop++;
	*at = *stop == '\0' ? NULL : stop + 1;
	return trim(start, stop);
}

/* A name as lower-case letters without blanks and accents on e, cut when it is
 * longer than any known name. */
static void plain_name(const char *name, char ret[NAME_MAX_BYTES])
{
	size_t len = 0;

	while (*name != '\0' && len < NAME_MAX_BYTES - 1) {
		unsigned char second = (unsigned char)name[1];
		char c = *name++;

		if (c == '\xC3' &&
			((second & 0xDF) == 0x88 || (second & 0xDF) == 0x89)) {
			c = 'e'; /* C3 88, 89, A8, A9: E and e, both accents */
			name++;
		} else if (c == '\xC2' && second == 0xA0) {
			name++;
			continue;
		} else if (c == ' ' || c == '\t') {
			continue;
		} else if (c >= 'A' && c <= 'Z') {
			c = (char)(c - 'A' + 'a');
		}
		ret[len++] = c;
	}
	ret[len] = '\0';
}

static size_t count_of(const char *at, const char *end, char c)
{
	size_t count = 0;

	for (; at < end; at++)
		count += *at == c;
	return count;
}

static int no_separator(const char *at, const char *end, struct error *err)
{
	static const char others[] = ";,";
	size_t i;

	for (i = 0; others[i] != '\0'; i++) {
		if (count_of(at, end, others[i]) + 1 >= MIN_COLUMNS)
			return error_set(err, FAIL_INPUT,
				"line 1: the fields are separated by \"%c\"; a "
				"ledger file needs tabs or \"|\"",
				others[i]);
	}
	return error_set(err, FAIL_INPUT,
		"line 1: no header with field names separated by tabs or "
		"\"|\": this is not a ledger file (FEC)");
}

static int find_separator(struct fec *fec, const char *end, struct error *err)
{
	if (count_of(fec->at, end, '\t') + 1 >= MIN_COLUMNS)
		fec->separator = '\t';
	else if (count_of(fec->at, end, '|') + 1 >= MIN_COLUMNS)
		fec->separator = '|';
	else
		return no_separator(fec->at, end, err);
	return 0;
}

/* The line at..end as UTF-8 in fec->text. FAIL_INPUT: it is not text. */
static int decode(
	struct fec *fec, const char *at, const char *end, struct error *err)
{
	size_t len = (size_t)(end - at);

	if (len > LINE_MAX_BYTES)
		return error_set(err, FAIL_INPUT,
			"line %zu: longer than 64 KiB", fec->number);
	if (memchr(at, '\0', len))
		return error_set(err, FAIL_INPUT,
			"line %zu: a NUL byte, which no text holds",
			fec->number);
	if (fec->charset == CHARSET_UTF8 && !charset_is_utf8(at, len))
		return error_set(err, FAIL_INPUT,
			"line %zu: not valid UTF-8, although the file begins "
			"with the byte order mark of UTF-8",
			fec->number);
	len = charset_to_utf8(fec->charset, at, len, fec->text);
	fec->text[len] = '\0';
	return 0;
}

static int note_column(
	struct fec *fec, const char *name, size_t column, struct error *err)
{
	char plain[NAME_MAX_BYTES];
	size_t i;

	plain_name(name, plain);
	for (i = 0; i < NAMES; i++) {
		if (strcmp(plain, columns[i].name) != 0)
			continue;
		if (fec->field_of[i] != ABSENT)
			return error_set(err, FAIL_INPUT,
				"line 1: there are two columns %s",
				columns[i].shown);
		fec->field_of[i] = column;
	}
	return 0;
}

/* Chooses between Debit and Credit and Montant and Sens, and checks that the
 * mandatory columns are there. */
static int settle_columns(struct fec *fec, struct error *err)
{
	size_t *of = fec->field_of;
	size_t i;

	if ((of[FEC_DEBIT] == ABSENT || of[FEC_CREDIT] == ABSENT) &&
		of[AMOUNT] != ABSENT && of[SIGN] != ABSENT) {
		fec->signed_amounts = true;
		of[FEC_DEBIT] = of[AMOUNT];
		of[FEC_CREDIT] = of[SIGN];
	}
	for (i = 0; i < FEC_COLUMNS; i++) {
		if (columns[i].mandatory && of[i] == ABSENT)
			return error_set(err, FAIL_INPUT,
				"line 1: the column %s is missing%s",
				columns[i].shown,
				i == FEC_DEBIT || i == FEC_CREDIT
					? " (or Montant and Sens instead of "
					  "Debit and Credit)"
					: "");
		fec->place[i] = of[i];
	}
	return 0;
}

static int read_header(struct fec *fec, struct error *err)
{
	const char *next;
	const char *end = line_end(fec, &next);
	const char *name = nothing;
	char *at = fec->text;
	size_t i;
	int fail;

	fec->number = 1;
	for (i = 0; i < NAMES; i++)
		fec->field_of[i] = ABSENT;
	fail = decode(fec, fec->at, end, err);
	if (!fail)
		fail = find_separator(fec, end, err);
	while (!fail && at) {
		name = take_field(&at, fec->separator);
		fail = note_column(fec, name, fec->width++, err);
	}
	if (fail)
		return fail;
	if (*name == '\0')
		fec->width--;
	fec->at = next;
	return settle_columns(fec, err);
}

/* UTF-16 has a byte order mark of its own, or a NUL in each pair of bytes. */
static bool is_utf16(const char *bytes, size_t len)
{
	if (len < 2)
		return false;
	return memcmp(bytes, "\xFF\xFE", 2) == 0 ||
	       memcmp(bytes, "\xFE\xFF", 2) == 0 ||
	       (bytes[0] == '\0') != (bytes[1] == '\0');
}

/* Skips a byte order mark, which also settles the encoding. */
static int find_charset(struct fec *fec, struct error *err)
{
	size_t len = (size_t)(fec->end - fec->at);

	if (is_utf16(fec->at, len))
		return error_set(err, FAIL_INPUT,
			"line 1: the file is UTF-16; save it as UTF-8 or ISO "
			"8859-15");
	fec->charset = CHARSET_UTF8;
	if (len >= 3 && memcmp(fec->at, "\xEF\xBB\xBF", 3) == 0)
		fec->at += 3;
	else if (charset_is_utf8(fec->at, len))
		fec->charset = CHARSET_UTF8;
	else if (charset_has_c1(fec->at, len))
		fec->charset = CHARSET_WINDOWS_1252;
	else
		fec->charset = CHARSET_ISO8859_15;
	return 0;
}

/* The end of the text without blank lines and the Ctrl-Z of DOS. */
static const char *last_text(const char *at, const char *end)
{
	while (end > at &&
		(end[-1] == '\r' || end[-1] == '\n' || end[-1] == '\x1A'))
		end--;
	return end;
}

int fec_open(struct fec **ret, const char *bytes, size_t len, struct error *err)
{
	struct fec *fec;
	int fail;

	fec = calloc(1, sizeof(*fec));
	if (!fec)
		return error_set(
			err, FAIL_STOP, "opening a ledger file: out of memory");
	fec->at = fec->single_until = len > 0 ? bytes : nothing;
	fec->end = last_text(fec->at, fec->at + len);
	fail = find_charset(fec, err);
	if (!fail)
		fail = read_header(fec, err);
	if (fail) {
		free(fec);
		return fail;
	}
	*ret = fec;
	return 0;
}

void fec_close(struct fec *fec)
{
	free(fec);
}

enum fec_encoding fec_encoding(const struct fec *fec)
{
	static const enum fec_encoding encodings[] = {
		[CHARSET_UTF8] = FEC_UTF8,
		[CHARSET_ISO8859_15] = FEC_ISO8859_15,
		[CHARSET_WINDOWS_1252] = FEC_WINDOWS_1252,
	};

	return encodings[fec->charset];
}

int fec_signed_amounts(const struct fec *fec)
{
	return fec->signed_amounts;
}

/* Splits fec->text. FAIL_INPUT: not as many fields as the header has. */
static int split(struct fec *fec, struct fec_line *line, struct error *err)
{
	const char *field = nothing;
	char *at = fec->text;
	size_t column = 0;
	size_t i;

	for (i = 0; i < FEC_COLUMNS; i++)
		line->field[i] = nothing;
	for (; at; column++) {
		field = take_field(&at, fec->separator);
		for (i = 0; i < FEC_COLUMNS; i++) {
			if (fec->place[i] == column)
				line->field[i] = field;
		}
	}
	if (column == fec->width + 1 && *field == '\0')
		column--;
	if (column != fec->width)
		return error_set(err, FAIL_INPUT,
			"line %zu: %zu fields where the header has %zu",
			fec->number, column, fec->width);
	return 0;
}

int fec_next(struct fec *fec, struct fec_line *ret, struct error *err)
{
	struct fec_line line;
	const char *start = fec->at;
	const char *next, *end;
	int fail;

	if (start == fec->end)
		return 0;
	end = line_end(fec, &next);
	fec->at = next;
	fec->number++;
	if (end == start)
		return error_set(
			err, FAIL_INPUT, "line %zu: empty", fec->number);
	fail = decode(fec, start, end, err);
	if (!fail)
		fail = split(fec, &line, err);
	if (fail)
		return fail;
	line.number = fec->number;
	*ret = line;
	return 1;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The cents of "0000000069,60", "12,5", ",5" or "12,", as a number that is 0 or
 * negative. Decimals after the second must be zeros. */
static int count_cents(const char *text, size_t len, int64_t *ret)
{
	int64_t cents = 0;
	int decimals = -1; /* -1: left of the comma */
	size_t digits = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == ',' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (!is_digit(text[i]))
			return FAIL_INPUT;
		digits++;
		if (decimals >= 2) {
			if (text[i] != '0')
				return FAIL_INPUT;
			continue;
		}
		if (decimals >= 0)
			decimals++;
		if (__builtin_mul_overflow(cents, 10, &cents) ||
			__builtin_sub_overflow(cents, text[i] - '0', &cents))
			return FAIL_INPUT;
	}
	for (i = decimals < 0 ? 0 : (size_t)decimals; i < 2; i++) {
		if (__builtin_mul_overflow(cents, 10, &cents))
			return FAIL_INPUT;
	}
	*ret = cents;
	return digits > 0 ? 0 : FAIL_INPUT;
}

int fec_amount(const char *text, int64_t *ret_cents)
{
	size_t len = strlen(text);
	bool negative = false;
	int64_t cents = 0;

	if (len == 0) {
		*ret_cents = 0;
		return 0;
	}
	if (text[0] == '+' || text[0] == '-') {
		negative = text[0] == '-';
		text++;
		len--;
	} else if (text[len - 1] == '+' || text[len - 1] == '-') {
		negative = text[len - 1] == '-';
		len--;
	}
	if (count_cents(text, len, &cents) != 0)
		return FAIL_INPUT;
	if (!negative && __builtin_sub_overflow(0, cents, &cents))
		return FAIL_INPUT;
	*ret_cents = cents;
	return 0;
}

int fec_date(const char *text, int64_t *ret_days)
{
	struct when_civil civil;
	int number = 0;
	int64_t days;
	size_t i;

	for (i = 0; i < 8; i++) {
		if (!is_digit(text[i]))
			return FAIL_INPUT;
		number = number * 10 + (text[i] - '0');
	}
	civil.year = number / 10000;
	civil.month = number / 100 % 100;
	civil.day = number % 100;
	if (text[8] != '\0' || civil.year < 1 || civil.month < 1 ||
		civil.month > 12 || civil.day < 1)
		return FAIL_INPUT;
	days = when_days(civil);
	if (when_civil(days).month != civil.month)
		return FAIL_INPUT;
	*ret_days = days;
	return 0;
}
