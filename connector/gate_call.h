/*
 * A call within the gate, for the files that the gate is made of, top down:
 *
 *	gate.c          leads each call through its phases
 *	gate_token.c    gets the call's token
 *	gate_call.c     lets a call wait, or ends it
 *	gate_account.c  pays for the call
 *	gate_url.c      makes the call's URL
 */
#ifndef CONNECTOR_GATE_CALL_H
#define CONNECTOR_GATE_CALL_H

#include "connector/gate.h"
#include "connector/gate_account.h"

enum phase {
	PHASE_QUEUED,  /* the timer starts it over */
	PHASE_REFRESH, /* until the refresh's done() */
	PHASE_SENT,
	PHASE_THROUGH /* done() was called, or is no longer wanted */
};

struct call {
	struct gate *gate; /* NULL: the gate is gone, free when it ends */
	struct call *next;
	char *endpoint; /* owned */
	char *counted; /* user and endpoint; owned, NULL before the first try */
	char *url;     /* owned */
	bool uncounted;
	size_t max_body;
	gate_done done;
	void *arg;

	enum phase phase;
	struct loop_timer timer;
	enum gate_reason waiting;
	int64_t waiting_since;
	int64_t waiting_until;
	int sends; /* that went out, resends and tries again too */
	int tries;
	int refusals;
	int refreshes;
	int refresh_fail;    /* of the last refresh, when it is past retrying */
	int unauthorized;    /* so many tokens were refused */
	uint64_t generation; /* of the token it went out with */
	struct gate_account account;
	uint64_t seed;
};

struct gate {
	struct gate_options options;
	char *base_url;        /* owned */
	struct ledger *ledger; /* owned; NULL without a division */
	struct gate_counts counts;
	struct call *calls; /* owned */
	/* Starts a call over, from its timer. */
	void (*start)(struct loop *loop, void *call);
	bool refreshing;
	bool *freed; /* set by gate_free() for who must know */
	uint64_t seed;
};

/* The gate starts the call over at that time (boot clock), and options.waiting
 * gets the reason and the time. */
void gate_call_wait(
	struct call *call, enum gate_reason reason, int64_t until_boot_ms);
/* Reports a beginning or ending wait, without a timer. */
void gate_call_report(
	struct call *call, enum gate_reason reason, int64_t until_boot_ms);
void gate_call_goes_on(struct call *call);
/* These three end the call: done() gets the reply or the failure, and the call
 * is freed. `said`: Exact's own words. */
void gate_call_finish(struct call *call, struct gate_reply *reply);
void gate_call_fail(struct call *call, const struct error *err, int status);
void gate_call_fail_saying(struct call *call, const struct error *err,
	int status, const char *said);
/* Without done(). */
void gate_call_free(struct call *call);

/* True when there is a token to send with; else the call waits or failed. */
bool gate_token_take(
	struct call *call, struct instant now, struct keeper_answer *ret);

#endif
