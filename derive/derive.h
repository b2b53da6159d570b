/*
 * From feed rows to records: each record whose group was touched is rebuilt
 * whole, so that doing it twice changes nothing.
 */
#ifndef DERIVE_DERIVE_H
#define DERIVE_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/when.h"
#include "connector/entity.h"
#include "model/model.h"
#include "store/records.h"

/* Rows of derive_types[] at most. */
#define DERIVE_TYPES_MAX 48

/* One row a data type: which streams must be read for it to be true. */
struct derive_type {
	const struct model_type *type;
	const struct entity *const *needs; /* NULL-ended */
};

/* Ends with type NULL. */
extern const struct derive_type derive_types[];
/* NULL when nothing derives that type. */
const struct derive_type *derive_find(const struct model_type *type);

struct derive_counts {
	int64_t created;
	int64_t updated; /* or come back after a deletion */
	int64_t unchanged;
	int64_t deleted;
};

struct derive_options {
	struct records *records; /* borrowed; open for writing */
	const char *region;      /* "nl", "uk"; borrowed */
	const char *currency;    /* the division's; borrowed */
	enum when_zone zone;
	/* The data types asked for; NULL: all. Borrowed. */
	const struct model_type *const *types;
	size_t type_count;
	/* Was that feed read to its end? NULL: all were. */
	bool (*was_read)(void *arg, const struct entity *entity);
	/* Asked between batches; may be NULL. */
	bool (*stop)(void *arg);
	/* A batch was committed that made, changed or looked at records of
	 * this type: the counts of this derivation so far. Types that were not
	 * asked for are reported, too. May be NULL. */
	void (*derived)(void *arg, const struct model_type *type,
		const struct derive_counts *counts);
	void *arg;
};

/* Derives what is dirty, in batches of one transaction each; fault point
 * "derive.batch". Each pass that makes a type asked for runs once. First, what
 * was made with another mapping, or with another region, currency or zone,
 * becomes dirty, as does everything that a new data type is made of. What was
 * committed stays after a failure. FAIL_STORE, FAIL_STOP, FAIL_INTERRUPTED
 * when stop() said so. */
int derive_run(
	const struct derive_options *options, struct error *err) MUST_CHECK;

#endif
