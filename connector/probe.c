/*
 * One list for a scope: of an entity's scope the list that its row names, of
 * other scopes the list in the table below. What the data types need comes
 * first, so that errors elsewhere cannot keep it from being asked. (The scope
 * of each list: doc/exact-online-facts.md.)
 */
#include "connector/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/entity.h"
#include "connector/page.h"
#include "scopes/explain.h"

#define REPLY_MAX   (64u * 1024)
#define OUTAGES_MAX 2

struct row {
	const char *scope;
	struct entity_probe probe;
	const struct entity *entity; /* whose scope it is; NULL: nobody's */
};

/* Scopes that no entity is read under. */
static const struct row others[] = {
	{ "purchase.invoices",
		{ .path = "purchase/PurchaseInvoices", .key = "ID" }, NULL },
	{ "financial.cashflow", { .path = "cashflow/Payments", .key = "ID" },
		NULL },
	{ "sales.orders",
		{ .path = "salesorder/SalesOrders",
			.key = "OrderID",
			.filter = ENTITY_SINCE_EVER },
		NULL },
	{ "purchase.orders",
		{ .path = "purchaseorder/PurchaseOrders",
			.key = "PurchaseOrderID" },
		NULL },
	{ "organization.documents",
		{ .path = "documents/Documents", .key = "ID" }, NULL },
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

static const char not_yet[] = "not asked";

static const char *const names[] = {
	[PROBE_NOT_PROBED] = "not-probed",
	[PROBE_SEEN] = "seen",
	[PROBE_NO_SCOPE] = "no-scope",
	[PROBE_NO_RIGHTS] = "no-rights",
	[PROBE_DOUBTFUL] = "doubtful",
};

const char *probe_seen_name(enum probe_seen seen)
{
	return names[seen];
}

/* The row number *at or the next one there is; false after the last. */
static bool next_row(size_t *at, struct row *ret)
{
	size_t entities = 0;

	for (; entity_table[entities]; entities++) {
		const struct entity *entity = entity_table[entities];

		if (entities < *at || !entity->probe.path)
			continue;
		*at = entities + 1;
		*ret = (struct row){ entity->scope, entity->probe, entity };
		return true;
	}
	if (*at < entities)
		*at = entities;
	if (*at - entities >= OTHERS)
		return false;
	*ret = others[(*at)++ - entities];
	return true;
}

static bool find_row(int scope, struct row *ret)
{
	size_t at = 0;

	while (next_row(&at, ret))
		if (strcmp(ret->scope, catalogue_scopes[scope].id) == 0)
			return true;
	return false;
}

bool probe_may_be_empty(int scope)
{
	struct row row;

	return !find_row(scope, &row) || !row.probe.never_empty;
}

const char *probe_endpoint(int scope)
{
	struct row row;

	return find_row(scope, &row) ? row.probe.path : NULL;
}

static void judge_empty(const struct probe_options *options,
	const struct row *row, struct probe_result *ret)
{
	int64_t known = 0;
	struct error err = { 0 };

	if (options->records && row->probe.known_rows &&
		records_feed_count(
			options->records, &row->entity->shape, &known, &err)) {
		snprintf(ret->why, sizeof(ret->why), "%.500s", err.text);
		return;
	}
	if (known > 0) {
		ret->seen = PROBE_NO_RIGHTS;
		snprintf(ret->why, sizeof(ret->why),
			"%s answers with nothing where %" PRId64
			" rows are known: %s",
			row->probe.path, known, explain_rights);
		return;
	}
	ret->seen = PROBE_DOUBTFUL;
	snprintf(ret->why, sizeof(ret->why),
		"%s is empty: there may be nothing, or a right is missing; "
		"Exact can answer both alike",
		row->probe.path);
}

static void judge_page(const struct probe_options *options,
	const struct row *row, const struct buf *body, struct probe_result *ret)
{
	struct json_slice slice;
	struct page page;
	struct error err = { 0 };

	if (page_open(&page, body->data, body->len, &err) < 0) {
		snprintf(ret->why, sizeof(ret->why), "%.500s", err.text);
	} else if (page_next(&page, &slice)) {
		ret->seen = PROBE_SEEN;
		ret->why[0] = '\0';
	} else {
		judge_empty(options, row, ret);
	}
}

static void judge_refusal(const struct row *row, const struct gate_reply *reply,
	const struct error *err, struct probe_result *ret)
{
	char scope[EXPLAIN_SCOPE];
	char missing[EXPLAIN_MAX];

	snprintf(ret->why, sizeof(ret->why), "%s", err->text);
	if (reply->status != 403)
		return;
	if (explain_refused(reply->said, scope)) {
		ret->seen = PROBE_NO_SCOPE;
		explain_missing(scope[0] == '\0' ? row->scope : scope, missing);
		snprintf(ret->why, sizeof(ret->why), "%s", missing);
	} else {
		ret->seen = PROBE_NO_RIGHTS;
	}
}

static bool counts_as_error(int status)
{
	return status == 400 || status == 401 || status == 403 || status == 404;
}

/* 0 when the answer says something of this scope alone. */
static int ask(const struct probe_options *options, const struct row *row,
	struct probe_report *report, struct probe_result *ret,
	struct error *err)
{
	char query[256];
	const struct gate_call call = {
		.endpoint = row->probe.path,
		.query = query,
		.max_body = REPLY_MAX,
	};
	struct gate_reply reply = { 0 };
	struct buf body;
	int fail;

	snprintf(query, sizeof(query), "%s%s%s$select=%s&$top=1",
		row->probe.filter ? "$filter=" : "",
		row->probe.filter ? row->probe.filter : "",
		row->probe.filter ? "&" : "", row->probe.key);
	buf_init(&body, REPLY_MAX);
	fail = gate_perform(options->gate, &call, &reply, &body, err);
	report->errors += counts_as_error(reply.status);
	if (!fail) {
		judge_page(options, row, &body, ret);
	} else if (fail == FAIL_STREAM) {
		judge_refusal(row, &reply, err, ret);
		fail = 0;
	} else {
		snprintf(ret->why, sizeof(ret->why), "%s", err->text);
	}
	buf_free(&body);
	return fail;
}

static void not_asked(struct probe_report *report)
{
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		struct probe_result *result = &report->scopes[i];

		*result = (struct probe_result){ .endpoint = probe_endpoint(
							 i) };
		snprintf(result->why, sizeof(result->why), "%s",
			!result->endpoint ? "there is no cheap list to ask"
					  : not_yet);
	}
}

static void stop(struct probe_report *report)
{
	report->stopped = true;
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		struct probe_result *result = &report->scopes[i];

		if (result->endpoint && strcmp(result->why, not_yet) == 0)
			snprintf(result->why, sizeof(result->why),
				"not asked after %d errors: more than ten an "
				"hour would block the app",
				PROBE_ERRORS_MAX);
	}
}

int probe_run(const struct probe_options *options,
	const struct scopes_set *scopes, struct probe_report *ret,
	struct error *err)
{
	int outages = 0;
	struct row row;
	size_t at = 0;

	memset(ret, 0, sizeof(*ret));
	not_asked(ret);
	while (next_row(&at, &row)) {
		int scope = catalogue_find(row.scope, strlen(row.scope));
		int fail;

		if (scopes->level[scope] == CATALOGUE_NONE)
			continue;
		if (ret->errors >= PROBE_ERRORS_MAX) {
			stop(ret);
			return 0;
		}
		fail = ask(options, &row, ret, &ret->scopes[scope], err);
		/* One list that does not answer is that list's matter. */
		if (fail == FAIL_LATER && ++outages < OUTAGES_MAX)
			continue;
		if (fail)
			return fail;
	}
	return 0;
}
