/*
 * Converters: a property's text as Exact Online sent it, to what a data type
 * holds. NULL and unreadable input leave the field absent.
 */
#ifndef DERIVE_CONVERT_H
#define DERIVE_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/when.h"
#include "model/model.h"

/* A name has at most that many characters in Codat's shapes. */
#define CONVERT_NAME_MAX 256

/* Without the blanks that codes are padded with, at most `most` characters
 * (0: all). Absent when nothing is left. */
void convert_text(
	struct model_record *record, int field, const char *text, size_t most);

/* "/Date(ms)/", wall clock of the business, to "…T16:16:40" without Z. */
void convert_local(struct model_record *record, int field, const char *moment);
void convert_local_ms(struct model_record *record, int field, int64_t ms);
/* … to UTC with Z when the zone is known, otherwise as convert_local(). */
void convert_utc_ms(struct model_record *record, int field, enum when_zone zone,
	int64_t ms);
/* The same for a moment's text; absent when unreadable. */
void convert_utc(struct model_record *record, int field, enum when_zone zone,
	const char *moment);
/* A date without a time: "2026-06-25T00:00:00". False when unreadable. */
bool convert_date(struct model_record *record, int field, const char *date);

/* Digits after the point of that ISO 4217 currency: JPY 0, EUR 2, KWD 3.
 * MODEL_MONEY_SCALE when the currency is unknown ("XXX"). */
int convert_minor_unit(const char *currency);

enum convert_money {
	CONVERT_MONEY_EXACT,   /* to within the noise of a double */
	CONVERT_MONEY_ROUNDED, /* more than 0.0001 was rounded away */
	CONVERT_MONEY_NONE     /* no number, or too large */
};

/* A number's text to MODEL_MONEY_SCALE, rounded half away from zero to
 * `minor` digits. "19.990000000000002" at 2 is 199900; ret is untouched on
 * CONVERT_MONEY_NONE. */
enum convert_money convert_money(const char *text, int minor, int64_t *ret);

/* A fraction's text to a percentage at MODEL_RATE_SCALE: "0.055" is 5.5,
 * 5500000000. Without the noise of a double: the fraction's tenth digit
 * rounds it. False when the text is no fraction. */
bool convert_percent(const char *fraction, int64_t *ret);

/* The parts of an address, each as received, NULL for null. */
struct convert_address {
	const char *line1, *line2, *city, *region, *country, *postal_code;
};

/* Adds a child of type Billing to that field, even when all parts are absent:
 * the source has one address. */
void convert_address(struct model_record *record, int field,
	const struct convert_address *address);

/* Does the text have more than blanks? */
bool convert_has(const char *text);

/* Are both texts the same, blanks around them not counted? NULL is "". */
bool convert_same(const char *a, const char *b);

/* A feed's "true"; anything else, NULL too, is false. */
bool convert_true(const char *text);

/* A whole number's text; false when it is none. */
bool convert_integer(const char *text, int64_t *ret);

#endif
