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
	size_t line;                        /* where it begins, from 1 */
};

/* The next row of *at, which moves on; `text` is written into. Fields may be
 * in double quotes. 1: a row; 0: the end; FAIL_USAGE with the line. Empty
 * lines are skipped. *line counts lines; 0 before the first call, which takes
 * the header. */
int company_list_next(char **at, size_t *line, struct company_list_row *ret,
	struct error *err) MUST_CHECK;

#endif
