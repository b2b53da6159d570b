/*
 * The lexical reader for the French ledger text format (FEC): from bytes to
 * fields. It finds encoding, line ends, separator and column order, and gives
 * each line's 18 standard fields as trimmed UTF-8. It does not judge them.
 *
 * Rules (art. A.47 A-1 LPF, and the content of public files): tab is tried
 * before `|`; header names are compared without case, with é as e and without
 * blanks, in any order; one extra trailing separator is accepted; there is no
 * quoting; the encoding is UTF-8 with or without byte order mark, otherwise
 * Windows-1252 when bytes 80-9F occur, otherwise ISO 8859-15; lines end with
 * CR LF, LF, CR, or runs of CR before LF. Columns beyond the 18 are counted
 * and skipped.
 */
#ifndef BASE_FEC_H
#define BASE_FEC_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/when.h"

enum fec_column {
	FEC_JOURNAL_CODE,
	FEC_JOURNAL_LABEL,
	FEC_ENTRY_NUMBER,
	FEC_ENTRY_DATE,
	FEC_ACCOUNT_NUMBER,
	FEC_ACCOUNT_LABEL,
	FEC_RELATION_NUMBER, /* CompAuxNum */
	FEC_RELATION_LABEL,
	FEC_PIECE_REF,
	FEC_PIECE_DATE,
	FEC_ENTRY_LABEL,
	FEC_DEBIT,  /* or Montant */
	FEC_CREDIT, /* or Sens */
	FEC_LETTERING,
	FEC_LETTERING_DATE,
	FEC_VALID_DATE,
	FEC_CURRENCY_AMOUNT,
	FEC_CURRENCY,
	FEC_COLUMNS
};

enum fec_encoding {
	FEC_UTF8,
	FEC_ISO8859_15,
	FEC_WINDOWS_1252
};

struct fec;

struct fec_line {
	const char *field[FEC_COLUMNS]; /* "" when absent; borrowed until the
					   next call */
	size_t number;                  /* 1 is the header */
};

/* `bytes` are borrowed until fec_close(). FAIL_INPUT: UTF-16, no separator, a
 * header over 64 KiB, a column that occurs twice, or a mandatory column that
 * is missing (err names it): EcritureNum, EcritureDate, CompteNum, CompteLib,
 * EcritureLib, and Debit and Credit or Montant and Sens. After a byte order
 * mark of UTF-8, a line that is not UTF-8 is malformed. */
int fec_open(struct fec **ret, const char *bytes, size_t len,
	struct error *err) MUST_CHECK;
void fec_close(struct fec *fec);
enum fec_encoding fec_encoding(const struct fec *fec);
/* Does the file use Montant and Sens instead of Debit and Credit? */
int fec_signed_amounts(const struct fec *fec);

/* 1: a line; 0: the end; FAIL_INPUT: this line is malformed (err has its number
 * and the reason): empty, over 64 KiB, a NUL byte, or not as many fields as the
 * header. The next call reads the next line. Blank lines at the very end are
 * ignored. */
int fec_next(
	struct fec *fec, struct fec_line *ret, struct error *err) MUST_CHECK;

/* "0000000069,60", "12,5", ",5", "+1", "12,00-", "" (0) to cents. FAIL_INPUT:
 * thousands separators, points, more than two decimals other than zeros. */
int fec_amount(const char *text, int64_t *ret_cents) MUST_CHECK;
/* "20220831" to days since 1970. FAIL_INPUT: not a calendar day. */
int fec_date(const char *text, int64_t *ret_days) MUST_CHECK;

#endif
