/*
 * Where a call goes: the one place that turns a division into a path, and
 * that decides whether a link of the server may be followed.
 */
#ifndef CONNECTOR_GATE_URL_H
#define CONNECTOR_GATE_URL_H

#include <stdint.h>

#include "base/error.h"
#include "connector/gate.h"

/* *ret becomes BASE/api/v1/DIVISION/ENDPOINT?QUERY (without the division for
 * an uncounted call), or the call's link as received; the caller's to free().
 * FAIL_STREAM: the link leaves host, division or, for an uncounted call,
 * endpoint, or is longer than Exact's own ceiling. FAIL_STOP: no memory. */
int gate_url_make(const char *base_url, int64_t division,
	const struct gate_call *what, char **ret, struct error *err) MUST_CHECK;

#endif
