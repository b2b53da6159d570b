/*
 * Values as Exact Online writes them: JSON (verbose OData v2), Atom XML, and
 * the literals of filters and skip tokens. Dates, doubles and text are the
 * sandbox's own code, so that it can disagree with the connector.
 *
 *	Int64    "13419952052"             a string
 *	Double   120   -1.2   19.990000000000002   1E-05
 *	DateTime "/Date(1382667869110)/"
 *	Guid     lowercase text
 */
#ifndef SANDBOX_RENDER_H
#define SANDBOX_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sandbox/books.h"
#include "sandbox/odata_table.h"

struct render_value {
	enum odata_type type;
	bool null;
	int64_t number; /* integers, booleans, DateTime in ms */
	double real;    /* Double */
	struct books_guid guid;
	const char *text; /* String, borrowed; NULL: it is in `store` */
	size_t len;
	char store[64];
};

const char *render_text(const struct render_value *value);
/* Set a String. The padded form is copied into `store`, with blanks on the left
 * up to `left` or on the right up to `right` characters. */
void render_set_text(struct render_value *value, const char *text);
void render_set_padded(struct render_value *value, const char *text,
	size_t left, size_t right);

/* A JSON string with quotes; characters beyond ASCII are \u00e9, as in WCF. */
void render_json_text(struct buf *buf, const char *text, size_t len);
void render_json(struct buf *buf, const struct render_value *value);
void render_xml_text(struct buf *buf, const char *text, size_t len);
void render_xml(struct buf *buf, const struct render_value *value);
/* guid'…', datetime'…', 'text', 123L, 12.5d, true, null */
void render_literal(struct buf *buf, const struct render_value *value);
void render_double(struct buf *buf, double value);
/* "2024-09-09T12:40:29.9" */
void render_datetime(struct buf *buf, int64_t ms);

/* <0, 0, >0; null comes first; text is compared without case and trailing
 * blanks, as the database's collation does. Types must be comparable. */
int render_compare(
	const struct render_value *left, const struct render_value *right);

/* The local wall clock of the country at that UTC moment, in the resolution of
 * SQL Server's datetime (.000, .003, .007). */
int64_t render_local(int64_t utc_ms, bool uk);
/* The zone's offset at that moment in seconds: 0 to 7200. */
int render_offset_s(int64_t utc_ms, bool uk);
int64_t render_days(int year, int month, int day);
void render_civil(int64_t days, int *ret_year, int *ret_month, int *ret_day);

#endif
