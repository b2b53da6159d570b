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

struct derive_refs;
struct open_items;

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
	/* Was that feed read to its end? NULL: all were. */
	bool (*read)(void *arg, const struct entity *entity);
	bool (*stop)(void *arg); /* asked between batches; may be NULL */
	void *arg;

	/* What follows is derive_run()'s own; begin with zeros. */
	struct derive_refs *refs; /* owned while it runs */
	struct open_items *open;  /* owned; derive_free() */
	bool caught_up;           /* the pass's feed and its deletions */
	bool entries_changed;     /* or were removed */
	bool indexed;             /* what lookups need is there */
	/* One for each row of derive_types[]: what no derive_run() has given
	 * out so far. */
	struct derive_counts counts[DERIVE_TYPES_MAX];
};

#define DERIVE_NEEDS_MAX 7

/* One row a data type: which streams must be read for it to be true. */
struct derive_type {
	const struct model_type *type;
	const struct entity *needs[DERIVE_NEEDS_MAX + 1]; /* NULL-ended */
};

/* Ends with type NULL, in the order of deriving. */
extern const struct derive_type derive_types[];
const struct derive_type *derive_find(const struct model_type *type);

/* When the mapping, or a fact it uses, is not what the records were made
 * with, everything is made anew. Once a run, before derive_run(). FAIL_STORE,
 * FAIL_STOP. */
int derive_mapping(struct derive *derive, struct error *err) MUST_CHECK;

/* Derive what is dirty, in batches of one transaction each; fault point
 * "derive.batch". Types that come from one feed are made together, each
 * counted for its own call: ret is added to as batches commit. FAIL_STORE,
 * FAIL_STOP, FAIL_INTERRUPTED when stop() said so. */
int derive_run(struct derive *derive, const struct model_type *type,
	struct derive_counts *ret, struct error *err) MUST_CHECK;
/* What derive_run() keeps from one data type to the next. */
void derive_free(struct derive *derive);

/* Was that feed read to its end? */
bool derive_was_read(const struct derive *derive, const struct entity *entity);

/* One function a pass, each in its file: make one group's records, inside a
 * transaction. */
int derive_company(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_accounts(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_journals(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_tax_rates(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_items(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_relations(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_entries(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_drafts(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
/* Open items that changed: their documents are dirty. */
int derive_receivables(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;
int derive_payables(
	struct derive *derive, const char *group, struct error *err) MUST_CHECK;

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
	const char *group, struct error *err) MUST_CHECK;

/* A row's values, kept in one block behind one another: the block is the
 * caller's to free, `ret_values` (`count`, NULL for null) point into it. NULL
 * without memory. */
char *derive_row_copy(
	const struct feed_row *row, size_t count, const char **ret_values);

/* Store the record, or retire the one of that id, and count what it did. ret
 * may be NULL. Inside a transaction. FAIL_STORE, FAIL_STOP, FAIL_RECORD. */
int derive_put(struct derive *derive, const struct model_type *type,
	struct model_record *record, enum record_change *ret,
	struct error *err) MUST_CHECK;
int derive_retire(struct derive *derive, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err) MUST_CHECK;

struct derive_check {
	const char *id; /* "entry-unbalanced" */
	bool error;     /* else a warning */
};

#define DERIVE_CHECKS_MAX 32
#define DERIVE_FOUND_MAX  160

/* What the record's checks found, in place of what they found before:
 * found[i] is the text of checks[i], "" when it has nothing to say. Inside a
 * transaction. */
int derive_findings(struct derive *derive, const struct model_type *type,
	const char *id, const struct derive_check *checks,
	char (*found)[DERIVE_FOUND_MAX], size_t count,
	struct error *err) MUST_CHECK;

/* The groups of the feed's rows that are found so are dirty. Inside a
 * transaction. */
int derive_again(struct derive *derive, const struct entity *feed,
	size_t lookup, const char *value, struct error *err) MUST_CHECK;

/* A list of groups to derive beside the dirty ones. Begin with zeros; free
 * `keys`. */
struct derive_list {
	char (*keys)[RECORDS_KEY_MAX]; /* owned */
	size_t count;
	size_t room;
};

int derive_list_add(struct derive_list *list, const char *key,
	struct error *err) MUST_CHECK;

/* The document of that entry came, changed or went; it has, or had, that
 * number and Document (both may be NULL). Invoices made in Exact Online that
 * are it, or were. */
int derive_drafts_touch(struct derive *derive, const char *id,
	const char *number, const char *document, struct error *err) MUST_CHECK;
/* Invoices whose entry was not found yet. */
int derive_drafts_more(struct derive *derive, struct derive_list *ret,
	struct error *err) MUST_CHECK;

#endif
