/*
 * From feed rows to records: each record whose group was touched is rebuilt
 * whole, so that doing it twice changes nothing.
 */
#ifndef CONNECTOR_DERIVE_H
#define CONNECTOR_DERIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/when.h"
#include "connector/entity.h"
#include "model/model.h"
#include "store/records.h"

struct derive_refs;

struct derive_counts {
	int64_t created;
	int64_t updated; /* or come back after a deletion */
	int64_t unchanged;
	int64_t deleted;
};

/* Rows of derive_types[] at most. */
#define DERIVE_TYPES_MAX 31

struct derive {
	struct records *records; /* borrowed */
	const char *region;      /* "nl", "uk"; borrowed */
	const char *currency;    /* the division's; borrowed */
	enum when_zone zone;
	/* The type's feed and its deletions were read to their end. */
	bool caught_up;
	bool (*stop)(void *arg); /* asked between batches; may be NULL */
	void *arg;
	struct derive_refs *refs; /* owned by derive_run() */
	/* Of types made beside another from one feed, until they are run;
	 * as derive_types[] is. Begin with zeros. */
	struct derive_counts beside[DERIVE_TYPES_MAX];
};

#define DERIVE_NEEDS_MAX 4

/* One row a data type: where it comes from. */
struct derive_type {
	const struct model_type *type;
	const struct entity *feed;
	/* Streams that must be read for it to be true; NULL-ended. */
	const struct entity *needs[DERIVE_NEEDS_MAX + 1];
	/* Rebuild one group's record, inside a transaction. */
	int (*group)(struct derive *derive, const char *group,
		enum record_change *ret, struct error *err);
};

/* Ends with type NULL, in the order of deriving. */
extern const struct derive_type derive_types[];
const struct derive_type *derive_find(const struct model_type *type);

/* When the mapping, or a fact it uses, is not what the records were made
 * with, everything is made anew. Once a run, before derive_run(). */
int derive_mapping(struct derive *derive, struct error *err) MUST_CHECK;

/* Derive what is dirty, in batches of one transaction each; fault point
 * "derive.batch". Counts are added to ret as batches commit. FAIL_STORE,
 * FAIL_STOP, FAIL_INTERRUPTED when stop() said so. */
int derive_run(struct derive *derive, const struct derive_type *type,
	struct derive_counts *ret, struct error *err) MUST_CHECK;

/* One function a data type, each in its file. */
int derive_accounts(struct derive *derive, const char *group,
	enum record_change *ret, struct error *err) MUST_CHECK;
int derive_journals(struct derive *derive, const char *group,
	enum record_change *ret, struct error *err) MUST_CHECK;
int derive_entries(struct derive *derive, const char *group,
	enum record_change *ret, struct error *err) MUST_CHECK;

int derive_tax_rates(struct derive *derive, const char *group,
	enum record_change *ret, struct error *err) MUST_CHECK;

/* Fill the record in from its row. False: no record of that type. */
typedef bool (*derive_build_fn)(const struct derive *derive,
	const struct feed_row *row, struct model_record *record);

/* One row, one record; see derive_row.c. */
struct derive_source {
	const struct model_type *type;
	const struct entity *feed;
	derive_build_fn build;
};

int derive_row(struct derive *derive, const struct derive_source *source,
	const char *group, enum record_change *ret,
	struct error *err) MUST_CHECK;

/* A record of a type that is made beside another came or changed. */
void derive_count(struct derive *derive, const struct model_type *type,
	enum record_change change);

/* A list of groups to derive beside the dirty ones. */
struct derive_list {
	char (*keys)[RECORDS_KEY_MAX]; /* owned */
	size_t count;
	size_t room;
};

int derive_list_add(struct derive_list *list, const char *key,
	struct error *err) MUST_CHECK;

/* What entries know of journals and accounts. open() reads it; more() lists
 * entries to derive again although they aren't dirty; keep() remembers what
 * they were derived with. */
int derive_entries_open(struct derive *derive, struct error *err) MUST_CHECK;
int derive_entries_more(struct derive *derive, struct derive_list *ret,
	struct error *err) MUST_CHECK;
int derive_entries_keep(struct derive *derive, struct error *err) MUST_CHECK;
void derive_entries_close(struct derive *derive);

#endif
