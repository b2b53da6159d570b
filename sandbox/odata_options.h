/*
 * The query string as OData options, decoded.
 */
#ifndef SANDBOX_ODATA_OPTIONS_H
#define SANDBOX_ODATA_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define ODATA_QUERY_MAX 6000 /* characters of a URL, as documented */

enum odata_option {
	OPTION_FILTER,
	OPTION_EXPAND,
	OPTION_ORDERBY,
	OPTION_INLINECOUNT,
	OPTION_SELECT,
	OPTION_TOP,
	OPTION_SKIP,
	OPTION_SKIPTOKEN,
	OPTION_FORMAT,
	OPTION_MODIFIED, /* read/sync/Sync/SyncTimestamp */
	OPTION_ENDPOINT,
	OPTIONS
};

struct odata_options {
	char *text[OPTIONS]; /* owned; NULL: not given */
	int64_t top;         /* -1: not given */
	int64_t skip;        /* 0: not given */
	bool count;          /* $inlinecount=allpages */
};

/* FAIL_INPUT: unknown $option, one given twice, a bad number or escape. */
int odata_options_read(struct odata_options *ret, const char *query) MUST_CHECK;
void odata_options_free(struct odata_options *options);
/* "$filter" */
const char *odata_options_name(enum odata_option option);

#endif
