/*
 * Which books these are, checked at the start of every run, and which zone
 * their moments are written in.
 */
#ifndef CONNECTOR_PIN_H
#define CONNECTOR_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/when.h"
#include "store/records.h"

struct pin {
	char name[256];
	char currency[4]; /* "XXX" when the source gives none */
	char country[4];
	enum when_zone zone;
};

/* What earlier runs learnt; *ret_pinned is false, and *ret untouched, when
 * the company was never pinned. FAIL_STORE. */
int pin_load(struct records *records, struct pin *ret, bool *ret_pinned,
	struct error *err) MUST_CHECK;

/* "Code eq N" */
void pin_filter(int64_t division, char ret[static 40]);

/* The reply of system/Divisions. Keeps it, and when DivisionMoveDate changed
 * makes every stream start over (feed_moved()). FAIL_COMPANY: not these
 * books, archived, or blocked; FAIL_INPUT; FAIL_STORE. */
int pin_division(struct records *records, int64_t division, const char *body,
	size_t len, struct pin *ret, struct error *err) MUST_CHECK;

/* Is it time to ask current/Me for the zone? At most once a day, and only
 * while the zone isn't certain. FAIL_STORE. */
int pin_wants_zone(struct records *records, int64_t now_wall_ms, bool *ret,
	struct error *err) MUST_CHECK;

/* The reply of current/Me, and the server's time (UTC) when it was given.
 * ret becomes the zone, or WHEN_ZONE_UNKNOWN when the reply fits none or
 * more than one of the region's candidates. FAIL_INPUT, FAIL_STORE. */
int pin_zone(struct records *records, const char *region, int64_t server_ms,
	const char *body, size_t len, enum when_zone *ret,
	struct error *err) MUST_CHECK;

#endif
