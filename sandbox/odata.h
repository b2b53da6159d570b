/*
 * Exact Online's OData dialect over the books: one GET in, one reply out.
 * Authentication, scopes, quotas and counted errors are decided elsewhere;
 * here the entity, the query options and the rows decide.
 */
#ifndef SANDBOX_ODATA_H
#define SANDBOX_ODATA_H

#include <stdbool.h>
#include <stdint.h>

#include "http/exchange.h"
#include "sandbox/books.h"

struct odata_model;

/* One row of the sandbox's own entity table. */
struct odata_entity {
	const char *path;  /* "sync/Financial/TransactionLines", exact case
			       for the last segment, any case before it */
	const char *scope; /* "financial.accounting"; NULL: none needed */
	int page_size;     /* 60 or 1000 */
	bool select_required;
	bool of_licence;     /* all divisions of the region, not the user's */
	const char *methods; /* "GET POST PUT DELETE" as documented */

	/* Only for odata*.c. */
	const struct odata_model *model;
	unsigned variant; /* enum odata_variant, one bit */
	int rows;         /* enum odata_kind */
	bool marked_only; /* filters only on marked properties */
};

/* NULL when there is no such endpoint. `ret_key_text` gets the text in the
 * parentheses after the entity ("guid'…'", "100001", "12L"); with a property
 * after it the rest of the path ("guid'…')/BankAccounts"); "$count" when that
 * followed; or "". The path may be percent-encoded. */
const struct odata_entity *odata_find(
	const char *path_after_division, char *ret_key_text, size_t key_size);
/* The whole table; ends with path NULL. */
extern const struct odata_entity odata_entities[];

struct odata_request {
	struct books *books;
	int division;
	const struct odata_entity *entity;
	const char *key_text;  /* from odata_find(); "" for a collection */
	const char *query;     /* after '?', still percent-encoded, or "" */
	const char *base_url;  /* for uri and __next, "http://127.0.0.1:1" */
	bool json;             /* false: Atom XML */
	bool mandatory_filter; /* see struct sandbox_options */
	const int *visible;    /* the division codes that a list of */
	size_t visible_count;  /* divisions shows */
	int64_t now_wall_ms;   /* UTC */
	bool uk;               /* which country's local clock */
};

/* Fills status (200, 400, 404; 415 for $count asked for as JSON), headers of
 * the content, and body. */
void odata_get(
	const struct odata_request *request, struct exchange_reply *reply);

/* The caller of current/Me. */
struct odata_me {
	const char *user_id;   /* guid text */
	const char *user_name; /* "jan" */
	const char *full_name;
	const char *email;
	int current_division;
};
/* `request` needs its query, base_url, json, now_wall_ms and uk. */
void odata_get_me(const struct odata_me *me,
	const struct odata_request *request, struct exchange_reply *reply);

/* {"error":{"code":"","message":{"lang":"","value":text}}}, or its XML. */
void odata_error(
	struct exchange_reply *reply, int status, const char *text, bool json);

#endif
