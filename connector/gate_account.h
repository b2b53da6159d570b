/*
 * What one API call means to the quota ledger: it is paid for before it
 * leaves, and settled by its answer. Each step locks the ledger, reads it,
 * decides, saves and unlocks; nothing but the ticket is kept between the two.
 */
#ifndef CONNECTOR_GATE_ACCOUNT_H
#define CONNECTOR_GATE_ACCOUNT_H

#include "connector/gate.h"

struct gate_account {
	struct ledger *ledger;                 /* borrowed */
	const struct ratelimit_limits *limits; /* borrowed */
	struct gate_counts *counts;            /* borrowed; what is left */
	const char *endpoint; /* borrowed; user and endpoint: Exact counts
				 errors by both */
	int ticket;           /* of the send under way; 0: none */
};

/* May the call go? */
struct gate_permit {
	struct ratelimit_verdict verdict; /* `go`: it is paid for */
	int64_t blocked_until; /* not 0: not asked, because this endpoint is
				  blocked until then (boot time) */
	int struck; /* blocked for errors: the status of the last one; or 0 */
};

/* Ask, and when the answer is `go`, spend and save. FAIL_STORE: nothing may
 * leave. */
int gate_account_take(struct gate_account *account, struct instant now,
	struct gate_permit *ret, struct error *err) MUST_CHECK;

/* The send with this ticket is over; response NULL: it was lost. A failure
 * to save is not the call's failure: its answer is here, and its token
 * merely comes back late. */
void gate_account_give(struct gate_account *account, struct instant now,
	const struct http_response *response);

/* The Date header; -1 if absent or malformed. */
int64_t gate_account_date(const struct http_response *response);

#endif
