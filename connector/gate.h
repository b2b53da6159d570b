/*
 * The gate: the only caller of `http` for API paths, so that no call escapes
 * the quota. One gate serves one division with one login, and the gate alone
 * turns the division into a path and into a quota ledger:
 *
 *	division 100001  ──► https://HOST/api/v1/100001/ENDPOINT?QUERY
 *	                 ──► the ledger of (HOST, client id, 100001)
 *
 * A link to a next page is sent as received, but only when its scheme, host
 * and port are those of the base URL and its path begins with
 * /api/v1/100001/: another division's page would be paid from the wrong
 * ledger, and its rows would be stored as this company's.
 *
 * A call waits here for its token and its quota (timers, nobody sleeps), is
 * written to the ledger, goes out, is retried as the retry table says, and
 * comes back as either a whole JSON reply with status 200 or a graded
 * failure. A resend by libcurl is counted as one more call, or refused when
 * none is left.
 */
#ifndef CONNECTOR_GATE_H
#define CONNECTOR_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "http/client.h"
#include "http/loop.h"
#include "oauth/keeper.h"
#include "ratelimit/ratelimit.h"

struct gate;
struct ledger;

enum gate_reason {
	GATE_GOES,       /* not waiting */
	GATE_FOR_MINUTE, /* minute quota */
	GATE_FOR_DAY,    /* day quota, back within a minute; when it is
			    further away the call fails with FAIL_WAIT */
	GATE_FOR_TOKEN,  /* the token is between its two ages */
	GATE_FOR_RETRY   /* the last try failed in passing */
};

/* Counted since gate_new(). */
struct gate_counts {
	int64_t calls;     /* requests that went out, resends too */
	int64_t uncounted; /* of these, not subject to the division's quota */
	int64_t refused;   /* answers 429 */
	int64_t retried;
	int64_t bytes; /* response bodies */
	int64_t waited_ms;
	int64_t latency_ms_sum; /* of whole replies, for the average */
	int minute_left;        /* as of the last look at the ledger */
	int day_left;
	int64_t day_resets_wall_ms; /* when a call failed with FAIL_WAIT: on
				       our own clock; else 0 */
};

struct gate_options {
	struct loop *loop;                      /* borrowed */
	const struct http_transport *transport; /* borrowed */
	struct keeper *keeper;                  /* borrowed */
	const char *ledgers;                    /* directory of quota ledgers */
	const char *client_id; /* of the app; picks the ledger */
	/* 0: the gate takes uncounted calls only and opens no ledger. */
	int64_t division;
	struct ratelimit_limits limits;
	const char *base_url; /* "https://start.exactonline.nl"; copied */
	int64_t timeout_ms;   /* per exchange; 0: 120 s */
	/* Start a refresh of the login; done() is called once, later, with 0
	 * or the failure. From the composition root: it spawns the refresh
	 * process, or in tests refreshes in place. */
	int (*refresh)(void *arg, void (*done)(void *done_arg, int fail),
		void *done_arg, struct error *err);
	/* Told whenever a call begins or ends to wait (until_boot_ms 0). May
	 * be NULL. `what` is the call's endpoint. */
	void (*waiting)(void *arg, const char *what, enum gate_reason reason,
		int64_t until_boot_ms);
	void *arg; /* for refresh and waiting */
};

struct gate_reply {
	int fail;         /* 0, or an enum fail; then err says it */
	struct error err; /* names the endpoint, status and remedy */
	int status;       /* last HTTP status, 0 if none */
	char said[201];   /* Exact's own words of a refusal, or "" */
	int calls;        /* requests it took, resends too */
	const char *body; /* whole JSON text, when fail == 0; borrowed */
	size_t body_len;
	int64_t server_date_ms; /* Date header, -1 if absent */
};

typedef void (*gate_done)(void *arg, const struct gate_reply *reply);

struct gate_call {
	const char *endpoint; /* "sync/Financial/TransactionLines", for texts
				 and per-endpoint blocks; copied */
	/* Exactly one of the two; copied. */
	const char *query; /* "$select=…", sent to the endpoint */
	const char *link;  /* an absolute __next, sent as received;
			      gate_submit() answers FAIL_STREAM when it leaves
			      the host or the division */
	bool uncounted;    /* no division in the path: "current/Me" */
	size_t max_body;   /* 0: 64 MiB */
};

/* Opens the division's quota ledger. FAIL_STORE or FAIL_CONFIG as
 * ledger_open(); FAIL_CONFIG for a base URL that is none; FAIL_STOP. */
int gate_new(struct gate **ret, const struct gate_options *options,
	struct error *err) MUST_CHECK;
/* Calls still waiting or under way are dropped without their done(). A
 * refresh that was started must not call its done() after this. */
void gate_free(struct gate *gate);

/* Several calls may be under way. done() comes from the loop, never from
 * inside gate_submit(). */
int gate_submit(struct gate *gate, const struct gate_call *call, gate_done done,
	void *arg, struct error *err) MUST_CHECK;
/* Turn the loop until this one call is through; the reply's body is copied
 * into ret_body (which the caller initialised). Returns reply->fail. */
int gate_perform(struct gate *gate, const struct gate_call *call,
	struct gate_reply *ret, struct buf *ret_body,
	struct error *err) MUST_CHECK;

const struct gate_counts *gate_counts(const struct gate *gate);
/* The division of all counted calls; 0 when the gate has none. */
int64_t gate_division(const struct gate *gate);
/* The division's quota ledger, for a look at what is left; NULL without a
 * division. Borrowed until gate_free(). */
struct ledger *gate_ledger(struct gate *gate);

#endif
