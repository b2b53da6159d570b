/*
 * Records of the truth while they are written: members, nested objects and
 * lists.
 */
#ifndef SANDBOX_TRUTH_RECORD_H
#define SANDBOX_TRUTH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sandbox/books_rows.h"

/* What the terms of an entry's header line add up to. */
struct truth_open {
	int64_t open; /* with its sign */
	int32_t last; /* day of the last match */
};

struct truth {
	const struct books *books;
	const struct books_set *set;
	struct truth_open *open; /* per entry, owned */
	struct buf line;
	bool comma;
	bool uk;
	int fail;
	int (*put)(void *arg, const char *line, size_t len);
	void *arg;
};

void truth_record_begin(struct truth *t, const char *type);
void truth_record_end(struct truth *t);
/* `name` NULL: an element of a list. */
void truth_record_object(struct truth *t, const char *name);
void truth_record_list(struct truth *t, const char *name);
void truth_record_close(struct truth *t, char bracket);
/* Absent when the text is NULL or "". */
void truth_record_text(struct truth *t, const char *name, const char *text);
void truth_record_name(struct truth *t, const char *name, uint32_t text);
void truth_record_id(
	struct truth *t, const char *name, enum books_kind kind, size_t row);
void truth_record_guid(
	struct truth *t, const char *name, const struct books_guid *guid);
void truth_record_entry(struct truth *t, const char *name, size_t entry);
void truth_record_bool(struct truth *t, const char *name, bool value);
void truth_record_number(struct truth *t, const char *name, int64_t value);
/* `minor` counts the smallest unit; `digits` is the number of decimals. */
void truth_record_money(
	struct truth *t, const char *name, int64_t minor, int digits);
/* Cents for one unit of the other currency, at most nine digits. */
void truth_record_rate(struct truth *t, const char *name, int64_t cents,
	int64_t minor, int digits);
void truth_record_date(struct truth *t, const char *name, int32_t day);
void truth_record_utc(struct truth *t, const char *name, int64_t utc_ms);
void truth_record_local(struct truth *t, const char *name, int64_t utc_ms);
/* {"id":…,"name":…} of an account; `index` from 0. */
void truth_record_account(struct truth *t, const char *name, uint32_t index);
void truth_record_not_deleted(struct truth *t);

/* truth_documents.c */
void truth_documents(struct truth *t);

#endif
