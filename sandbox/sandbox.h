/*
 * An Exact Online on loopback, as a function: one request and the time in,
 * one reply out. No socket, no file, no clock: the shell (main.c, shell.c)
 * carries it over HTTP, and tests call it directly.
 *
 *	struct sandbox_options options;
 *	sandbox_options_default(&options);
 *	sandbox_new(&sandbox, &options, &err);
 *	sandbox_add_ledger(sandbox, "books.txt", SANDBOX_ANY, now, NULL, &err);
 *	sandbox_handle(sandbox, &request, now, &reply);
 *
 * Everything random comes from the seed: the same seed and the same requests
 * at the same times give the same tokens, ids and replies.
 *
 * In reality NL and UK are two hosts. Here they share one base URL, and the
 * client id says which one is meant; users have one id per region, and a
 * division can belong to one region.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "http/exchange.h"
#include "sandbox/generate.h"

struct books;
struct sandbox;

/* The apps that are registered from the start. Each accepts the redirect
 * URIs https://exact.codat.io/oauth/callback and any http://127.0.0.1:PORT/…
 * or http://localhost:PORT/… (the real Exact wants https). */
#define SANDBOX_NL_CLIENT_ID     "11111111-aaaa-4aaa-8aaa-111111111111"
#define SANDBOX_NL_CLIENT_SECRET "sandboxSecretNL01"
#define SANDBOX_UK_CLIENT_ID     "22222222-bbbb-4bbb-8bbb-222222222222"
#define SANDBOX_UK_CLIENT_SECRET "sandboxSecretUK01"
#define SANDBOX_REDIRECT_URI     "https://exact.codat.io/oauth/callback"
/* The user who owns the division of every ledger. */
#define SANDBOX_USER "jan"
/* The number of the first division. */
#define SANDBOX_FIRST_DIVISION 100001

enum sandbox_region {
	SANDBOX_NL,
	SANDBOX_UK,
	SANDBOX_ANY /* a division that both apps reach */
};

struct sandbox_options {
	uint64_t seed;
	int64_t token_life_s;    /* an access token's life */
	int64_t refresh_age_s;   /* youngest token that may be refreshed;
				    -1: token_life_s - 30 */
	int64_t refresh_life_s;  /* a refresh token's life */
	int64_t latency_ms;      /* every reply is this late */
	int minute_limit;        /* calls per app and division */
	int day_limit;           /* likewise */
	bool auto_consent;       /* no page: the user consents at once */
	bool lenient_rotation;   /* an old refresh token dies when the new
				    one is first used, not at once */
	bool control;            /* answer /control/… */
	bool open_division_list; /* system/Divisions answers through any
				    division, with or without consent */
	bool mandatory_filter;   /* refuse a list without its mandatory
				   $filter */
	bool reuse_kills_chain;  /* an old refresh token ends the login */
	bool login_kills_access; /* a new login ends old access tokens, too */
	int early_status;        /* 400, or 401 as in older texts */
	int blocked_status;      /* after too many errors: 429 or 403 */
	bool blocked_rates;      /* with quota headers that say that quota is
				    left */
	bool broad_408;          /* 408 for TransactionLines as a whole */
	bool invoice_is_entry;   /* an InvoiceID is its entry's EntryID */
	bool deleted_headers;    /* the log of deletions names entries and
				    invoices, not their lines */
	bool tracking;           /* generated books have cost centres and cost
				    units */
	int error_limit;         /* errors within an hour that block */
	int page_size;           /* rows per page at most; 0: as Exact does */
	int token_day_limit;     /* token requests per app, user and day that
				    are accepted; 0: not limited */

	/* Called with each request's log line (JSON, no newline). May be
	 * NULL, like the others. */
	void (*on_line)(void *arg, const char *line);
	/* Called with every token, code and secret that the sandbox issues. */
	void (*on_secret)(void *arg, const char *secret);
	/* Called to move the clock itself; returns 0 when it did. Otherwise,
	 * or when it is NULL, the sandbox keeps an offset of its own. */
	int (*on_advance)(void *arg, int64_t ms);
	void *arg; /* borrowed */
};

/* 60 a minute, 5000 a day, 600 s tokens, 30 days, strict, seed 1. */
void sandbox_options_default(struct sandbox_options *options);

int sandbox_new(struct sandbox **ret, const struct sandbox_options *options,
	struct error *err) MUST_CHECK;
void sandbox_free(struct sandbox *sandbox);

/* Reads a general ledger in the FEC text format as the next division, owned by
 * jan. ret_division may be NULL. FAIL_INPUT names file and line. */
int sandbox_add_ledger(struct sandbox *sandbox, const char *path,
	enum sandbox_region region, struct instant now, int *ret_division,
	struct error *err) MUST_CHECK;

/* Generates books of this size as the next division, owned by jan: with `uk` a
 * company of the UK, which only the UK app reaches; otherwise one of the
 * Netherlands, for the NL app. */
int sandbox_add_books(struct sandbox *sandbox, enum generate_size size, bool uk,
	int *ret_division, struct error *err) MUST_CHECK;

/* Sets a fault from the start: NAME[:PATH[:COUNT[:AFTER]]]. FAIL_USAGE. */
int sandbox_add_fault(struct sandbox *sandbox, const char *text,
	struct error *err) MUST_CHECK;

/* The beginning of absolute links, without a trailing slash. Copied. */
void sandbox_set_base_url(struct sandbox *sandbox, const char *url);

/* Answers one request. The caller has initialised `reply`. */
void sandbox_handle(struct sandbox *sandbox,
	const struct exchange_request *request, struct instant now,
	struct exchange_reply *reply);

/* The divisions' rows. Owned by the sandbox. */
struct books *sandbox_books(struct sandbox *sandbox);

#endif
