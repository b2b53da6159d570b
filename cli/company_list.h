/* `company add --from FILE`: companies from a list in CSV. */
#ifndef CLI_COMPANY_LIST_H
#define CLI_COMPANY_LIST_H

#include <stddef.h>

#include "base/error.h"

/* In the order of the header: id,name,region,division,login. */
enum company_list_column {
	COMPANY_LIST_ID,
	COMPANY_LIST_NAME,
	COMPANY_LIST_REGION,
	COMPANY_LIST_DIVISION, /* may be empty */
	COMPANY_LIST_LOGIN,    /* may be empty */
	COMPANY_LIST_COLUMNS
};

struct company_list_row {
	char *values[COMPANY_LIST_COLUMNS]; /* point into the text */
	size_t line;                        /* its first line, from 1 */
};

/* Reads the next row at *at and moves *at after it; the text is changed.
 * Fields may be in double quotes; empty lines are skipped. *line counts lines:
 * it is 0 before the first call, which also reads the header. 1: a row; 0: the
 * end; FAIL_USAGE: names the line. */
int company_list_next(char **at, size_t *line, struct company_list_row *ret,
	struct error *err) MUST_CHECK;

#endif
