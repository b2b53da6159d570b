/*
 * What one API call means to the quota ledger: paid for before it leaves,
 * settled by what its answer says. Each step locks the ledger, thinks, saves
 * and unlocks; nothing is remembered between two of them but the ticket.
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

/* *ret_until: 0, or until when (boot time) this endpoint is left alone;
 * *ret_struck: 0, or the status of the last of the errors that are why.
 * FAIL_STORE. */
int gate_account_blocked(struct gate_account *account, struct instant now,
	int64_t *ret_until, int *ret_struck, struct error *err) MUST_CHECK;

/* Ask, and when it is `go`, spend and save. FAIL_STORE: nothing may leave. */
int gate_account_take(struct gate_account *account, struct instant now,
	struct ratelimit_verdict *ret, struct error *err) MUST_CHECK;

/* The send with this ticket is over; response NULL: it was lost. A failure
 * to save is not the call's failure: its answer is here, and its token
 * merely comes back late. */
void gate_account_give(struct gate_account *account, struct instant now,
	const struct http_response *response);

/* The Date header; -1 if absent or malformed. */
int64_t gate_account_date(const struct http_response *response);

#endif
