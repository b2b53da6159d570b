/*
 * Calendar time without the C library's zones.
 *
 * Exact Online writes moments as the server's *local* wall clock labelled
 * UTC ("/Date(1719331200000)/"), and date-only values as UTC midnight. So a
 * moment needs a zone to become UTC, and a date never shifts.
 */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Zones with the EU's summer-time rule (last Sundays of March and October,
 * 01:00 UTC). */
enum when_zone {
	WHEN_ZONE_UNKNOWN = 0,
	WHEN_ZONE_UTC,
	WHEN_ZONE_WESTERN, /* Europe/London: 0, summer +3600 */
	WHEN_ZONE_CENTRAL  /* Europe/Amsterdam: +3600, summer +7200 */
};

#define WHEN_TEXT_MAX 32

struct when_civil {
	int year;  /* 1 to 9999 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31 */
};

/* Days since 1970-01-01 and back. */
int64_t when_days(struct when_civil civil);
struct when_civil when_civil(int64_t days);

/* "/Date(-62135596800000)/" to milliseconds. FAIL_INPUT. */
int when_parse_exact(const char *text, int64_t *ret_ms) MUST_CHECK;

/* Offset of the zone at that UTC moment, in seconds. */
int when_offset_s(enum when_zone zone, int64_t utc_ms);
/* Local wall clock (labelled UTC) to UTC. In the hour that occurs twice the
 * earlier is taken, and *ret_doubtful is set; the hour that is skipped maps
 * as if the old offset still held. */
int64_t when_local_to_utc(
	enum when_zone zone, int64_t local_ms, bool *ret_doubtful);

/* "2021-11-15T06:00:00Z" / "2021-11-15T06:00:00.123Z" when ms are not 0. */
void when_format_utc(int64_t ms, char ret[static WHEN_TEXT_MAX]);
/* "2021-11-15T06:00:00", no Z: local to the business. */
void when_format_local(int64_t ms, char ret[static WHEN_TEXT_MAX]);
/* An HTTP Date header (IMF-fixdate) to epoch ms. FAIL_INPUT. */
int when_parse_http(const char *text, int64_t *ret_ms) MUST_CHECK;

#endif
