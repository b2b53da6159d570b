/*
 * The table below names one list for a scope: the cheapest that needs no
 * more than its key, and for what we read anyway the very feed. Those that
 * may insist on a filter get one on a property that may be filtered by. What
 * the data types need comes first, so that errors elsewhere cannot keep it
 * from being asked. (The scope of each: doc/exact-online-facts.md.)
 */
#include "connector/probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "connector/entity.h"
#include "connector/page.h"
#include "scopes/explain.h"

#define REPLY_MAX    (64u * 1024)
#define OUTAGES_MAX  2
#define ALL_VERSIONS "Timestamp%20gt%200L"
#define SINCE_EVER   "Modified%20ge%20datetime'1900-01-01T00:00:00'"

struct row {
	const char *scope;
	const char *path;
	const char *key;
	const char *filter;          /* encoded; NULL: none */
	const struct entity *entity; /* whose feed it is; NULL: nobody's */
	bool never_empty;            /* each company has some */
};

static const struct row rows[] = {
	{ "financial.generalledgers", "sync/Financial/GLAccounts", "ID",
		ALL_VERSIONS, &entity_gl_accounts, true },
	{ "financial.accounting", "sync/Financial/TransactionLines", "ID",
		ALL_VERSIONS, &entity_transaction_lines, true },
	{ "organization.administration", "system/Divisions", "Code", NULL, NULL,
		true },
	{ "crm.accounts", "crm/Accounts", "ID", SINCE_EVER, &entity_relations,
		false },
	{ "sales.invoices", "salesinvoice/SalesInvoices", "InvoiceID",
		SINCE_EVER, &entity_sales_invoices, false },
	{ "purchase.invoices", "purchase/PurchaseInvoices", "ID", NULL, NULL,
		false },
	{ "financial.receivables", "read/financial/ReceivablesList", "HID",
		NULL, NULL, false },
	{ "financial.payables", "read/financial/PayablesList", "HID", NULL,
		NULL, false },
	{ "financial.cashflow", "cashflow/Payments", "ID", NULL, NULL, false },
	{ "logistics.items", "logistics/Items", "ID", SINCE_EVER, &entity_items,
		false },
	{ "sales.orders", "salesorder/SalesOrders", "OrderID", SINCE_EVER, NULL,
		false },
	{ "purchase.orders", "purchaseorder/PurchaseOrders", "PurchaseOrderID",
		NULL, NULL, false },
	{ "financial.costcenters", "hrm/Costcenters", "ID", NULL, NULL, false },
	{ "organization.documents", "documents/Documents", "ID", NULL, NULL,
		false },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

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

bool probe_may_be_empty(int scope)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].scope, catalogue_scopes[scope].id) == 0)
			return !rows[i].never_empty;
	return true;
}

const char *probe_endpoint(int scope)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].scope, catalogue_scopes[scope].id) == 0)
			return rows[i].path;
	return NULL;
}

static void judge_empty(const struct probe_options *options,
	const struct row *row, struct probe_result *ret)
{
	int64_t known = 0;
	struct error err = { 0 };

	if (options->records && row->entity &&
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
			row->path, known, explain_rights);
		return;
	}
	ret->seen = PROBE_DOUBTFUL;
	snprintf(ret->why, sizeof(ret->why),
		"%s is empty: there may be nothing, or a right is missing; "
		"Exact can answer both alike",
		row->path);
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
		.endpoint = row->path,
		.query = query,
		.max_body = REPLY_MAX,
	};
	struct gate_reply reply = { 0 };
	struct buf body;
	int fail;

	snprintf(query, sizeof(query), "%s%s%s$select=%s&$top=1",
		row->filter ? "$filter=" : "", row->filter ? row->filter : "",
		row->filter ? "&" : "", row->key);
	buf_init(&body, REPLY_MAX);
	fail = gate_perform(options->gate, &call, &reply, &body, err);
	report->errors += counts_as_error(reply.status);
	if (fail == 0) {
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
			result->endpoint == NULL
				? "there is no cheap list to ask"
				: not_yet);
	}
}

static void stop(struct probe_report *report)
{
	report->stopped = true;
	for (int i = 0; i < CATALOGUE_SCOPES; i++) {
		struct probe_result *result = &report->scopes[i];

		if (result->endpoint != NULL &&
			strcmp(result->why, not_yet) == 0)
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

	memset(ret, 0, sizeof(*ret));
	not_asked(ret);
	for (size_t i = 0; i < ROWS; i++) {
		int scope = catalogue_find(
			rows[i].scope, strlen(rows[i].scope));
		int fail;

		if (scopes->level[scope] == CATALOGUE_NONE)
			continue;
		if (ret->errors >= PROBE_ERRORS_MAX) {
			stop(ret);
			return 0;
		}
		fail = ask(options, &rows[i], ret, &ret->scopes[scope], err);
		/* One list that does not answer is that list's matter. */
		if (fail == FAIL_LATER && ++outages < OUTAGES_MAX)
			continue;
		if (fail < 0)
			return fail;
	}
	return 0;
}
