/*
 * The facts a plan is made of: what the company's file knows, and how many
 * rows there are at Exact.
 */
#ifndef RUN_PLAN_FACTS_H
#define RUN_PLAN_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "connector/entity.h"
#include "connector/gate.h"
#include "run/plan.h"
#include "model/model.h"
#include "scopes/scopes_set.h"
#include "store/records.h"

#define PLAN_STREAMS_MAX ENTITY_MAX

struct plan_facts_stream {
	const struct entity *entity;
	struct plan_facts facts;
	char problem[256]; /* why it could not be counted, or "" */
};

struct plan_facts_set {
	struct plan_facts_stream streams[PLAN_STREAMS_MAX];
	size_t count;
	/* One call of the last runs: of the fastest and of the slowest stream
	 * that did not wait for quota; -1: there was none. */
	struct plan_range latency_ms;
};

struct plan_facts_options {
	/* Opened for reading; NULL: the company was never read. Borrowed. */
	struct records *records;
	int64_t division;
	const struct model_type *const *types; /* asked for; NULL: all */
	size_t type_count;
	/* As the configuration declares them; NULL: it does not. Borrowed. */
	const struct scopes_set *scopes;
	bool full;
	int64_t reference_ms; /* interval of reference lists; 0: each one's */
	int64_t now_wall_ms;
};

/* Which streams such a run would read, and what is known of each. */
int plan_facts_read(const struct plan_facts_options *options,
	struct plan_facts_set *ret, struct error *err) MUST_CHECK;

/* Does the data type hang on this stream? */
bool plan_facts_needs(
	const struct model_type *type, const struct entity *entity);

/* Ask Exact how many rows each feed has: one call for each that has a list
 * which tells it. A list that may not be read, or does not tell, stays
 * uncounted with its problem; what would end any call comes back. */
int plan_facts_count(struct plan_facts_set *set, struct gate *gate,
	struct error *err) MUST_CHECK;

#endif
