/*
 * Replies in the server's form: the JSON envelope, Atom feeds, errors.
 */
#ifndef SANDBOX_ODATA_WRITE_H
#define SANDBOX_ODATA_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/exchange.h"
#include "sandbox/odata_page.h"
#include "sandbox/odata_plan.h"
#include "sandbox/odata_rows.h"

/* How a reply is wrapped. */
enum odata_shape {
	SHAPE_RESULTS, /* {"d":{"results":[…],"__next":"…"}} */
	SHAPE_ARRAY,   /* {"d":[…]} */
	SHAPE_ENTITY   /* {"d":{…}} */
};

/* `path` follows base_url: "/api/v1/100001/financial/GLAccounts". */
void odata_write_page(struct exchange_reply *reply,
	const struct odata_plan *plan, const struct odata_page *page,
	enum odata_shape shape, const char *path, bool json);
void odata_write_error(
	struct exchange_reply *reply, int status, const char *text, bool json);
/* A collection without rows. */
void odata_write_nothing(struct exchange_reply *reply, bool json);
void odata_write_text(struct exchange_reply *reply, size_t number);

#endif
