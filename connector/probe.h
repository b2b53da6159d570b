/*
 * Which scopes can be seen to work in a division: one row asked for from one
 * list per scope, through the gate, counted like every call.
 *
 *	one row          seen        at least Read; Manage cannot be seen
 *	403, a scope     no scope    the app's registration lacks it
 *	403, else        no rights   the user's role or the licence's modules
 *	200, no row      doubtful    there may be none, or a right is missing
 *	anything else    not probed  and why
 *
 * More than ten errors an hour on one list would block the app there for an
 * hour: each list is asked once a run, and a run ends at eight errors.
 */
#ifndef CONNECTOR_PROBE_H
#define CONNECTOR_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/gate.h"
#include "scopes/scopes_set.h"
#include "store/records.h"

#define PROBE_ERRORS_MAX 8

enum probe_seen {
	PROBE_NOT_PROBED, /* not asked, or no answer that tells anything */
	PROBE_SEEN,       /* a row came: at least Read */
	PROBE_NO_SCOPE,   /* refused: the app lacks it */
	PROBE_NO_RIGHTS,  /* refused: the user's role, or the licence */
	PROBE_DOUBTFUL    /* answered with nothing, which proves nothing */
};

/* "not-probed", "seen", "no-scope", "no-rights", "doubtful" */
const char *probe_seen_name(enum probe_seen seen);

struct probe_result {
	enum probe_seen seen;
	const char *endpoint; /* that is asked for this scope; NULL: none */
	char why[512];        /* for all but PROBE_SEEN */
};

struct probe_report {
	struct probe_result scopes[CATALOGUE_SCOPES];
	int errors;   /* answers that count as errors at Exact */
	bool stopped; /* at PROBE_ERRORS_MAX */
};

struct probe_options {
	struct gate *gate; /* borrowed; its division is asked */
	/* The company's file, to disbelieve an empty list where rows are
	 * known; NULL: there is none yet. Borrowed. */
	struct records *records;
};

/* The list asked for a scope, or NULL: there is no cheap one. */
const char *probe_endpoint(int scope);

/* Can its list be empty where nothing is wrong? */
bool probe_may_be_empty(int scope);

/* Probe those of `scopes` that are not None. 0 when all were asked or the
 * errors ended it; a failure that ends any call (FAIL_COMPANY: the division
 * is not in the consent) comes back as it is, once, and what was not asked
 * then is not probed. *ret is filled in any case. */
int probe_run(const struct probe_options *options,
	const struct scopes_set *scopes, struct probe_report *ret,
	struct error *err) MUST_CHECK;

#endif
