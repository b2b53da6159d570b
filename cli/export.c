/*
 * `export`: a data type's records on standard output, one a line. Reads the
 * company's file only; a run may be writing it meanwhile.
 */
#include "cli/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "model/model.h"
#include "store/records.h"
#include "store/records_query.h"

struct export
{
	struct error *err; /* borrowed */
	struct records_query query;
	struct records_filter *filter; /* owned */
	bool csv;
	enum model_rows rows;
	struct buf line;
};

/* ---- the options ---------------------------------------------------------- */

static int read_type(struct export *export, const char *name)
{
	const struct model_type *type = model_type_find(name);
	struct buf names;

	if (type) {
		records_query_init(&export->query, type);
		return 0;
	}
	buf_init(&names, 1024);
	for (size_t i = 0; model_types[i]; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ",
			model_types[i]->name);
	error_set(export->err, FAIL_USAGE,
		"there is no data type '%.40s'; the data types are %s", name,
		names.data);
	buf_free(&names);
	return FAIL_USAGE;
}

static int refuse_lines(struct export *export)
{
	struct buf names;

	buf_init(&names, 1024);
	for (size_t i = 0; model_types[i]; i++) {
		if (model_lines(model_types[i]) >= 0)
			buf_printf(&names, "%s%s", names.len == 0 ? "" : ", ",
				model_types[i]->name);
	}
	error_set(export->err, FAIL_USAGE, "%s have no lines; these have: %s",
		export->query.type->name, names.data);
	buf_free(&names);
	return FAIL_USAGE;
}

static int read_format(
	struct export *export, const struct invocation *invocation)
{
	const char *format = invocation->value[OPTION_FORMAT];

	export->csv = format && strcmp(format, "csv") == 0;
	if (format && !export->csv && strcmp(format, "jsonl") != 0)
		return error_set(export->err, FAIL_USAGE,
			"there is no format '%.20s'; the formats are jsonl and "
			"csv",
			format);
	if (!invocation->value[OPTION_LINES])
		return 0;
	if (!export->csv)
		return error_set(export->err, FAIL_USAGE,
			"--lines needs --format csv; in JSON, lines are inside "
			"their record");
	if (model_lines(export->query.type) < 0)
		return refuse_lines(export);
	export->rows = MODEL_LINES;
	return 0;
}

/* NULL is 0. */
static int read_number(struct export *export,
	const struct invocation *invocation, enum option option, int64_t least,
	int64_t *ret)
{
	const char *text = invocation->value[option];
	size_t len = text ? strspn(text, "0123456789") : 0;
	int64_t value = 0;

	if (!text)
		return 0;
	for (size_t i = 0; i < len && len <= 18; i++)
		value = value * 10 + (text[i] - '0');
	if (len == 0 || len > 18 || text[len] != '\0' || value < least)
		return error_set(export->err, FAIL_USAGE,
			"%s needs a whole number from %lld, not '%.40s'",
			command_option_name(option), (long long)least, text);
	*ret = value;
	return 0;
}

static int read_query(
	struct export *export, const struct invocation *invocation)
{
	const char *text = invocation->value[OPTION_QUERY];
	const char *order = invocation->value[OPTION_ORDER];
	struct records_query *query = &export->query;
	int fail = 0;

	if (text) {
		fail = records_filter_parse(
			&export->filter, query->type, text, export->err);
		query->filter = export->filter;
	}
	if (fail == 0 && order)
		fail = records_query_order(query, order, export->err);
	if (fail == 0)
		fail = read_number(
			export, invocation, OPTION_LIMIT, 1, &query->limit);
	if (fail == 0)
		fail = read_number(export, invocation, OPTION_CHANGED_SINCE, 0,
			&query->changed_since);
	if (fail != 0)
		return fail;
	query->changed = invocation->value[OPTION_CHANGED_SINCE];
	if (query->changed && order && query->limit > 0)
		return error_set(export->err, FAIL_USAGE,
			"--changed-since with --limit comes by change number, "
			"so that the next call can go on: leave --order away");
	/* Deleted records are printed, too, when changes are asked for or the
	 * query is about deletion. */
	query->live_only = !invocation->value[OPTION_INCLUDE_DELETED] &&
			   !query->changed &&
			   (!query->filter ||
				   !records_filter_names(query->filter,
					   query->type->is_deleted));
	return 0;
}

static int read_options(
	struct export *export, const struct invocation *invocation)
{
	int fail = read_type(export, invocation->positional[1]);

	if (fail == 0)
		fail = read_format(export, invocation);
	return fail == 0 ? read_query(export, invocation) : fail;
}

/* ---- the records ---------------------------------------------------------- */

static int flush_line(struct export *export)
{
	if (buf_failed(&export->line))
		return error_set(export->err, FAIL_STOP,
			"a record is too large to print");
	if (fwrite(export->line.data, 1, export->line.len, stdout) !=
		export->line.len)
		return error_set(export->err, FAIL_STORE,
			"cannot write to standard output: %s", strerror(errno));
	buf_reset(&export->line);
	return 0;
}

static int put_record(void *arg, const struct records_found *found)
{
	struct export *export = arg;

	if (export->csv) {
		model_csv(export->query.type, found->record, export->rows,
			&export->line);
	} else {
		model_json(found->record, &export->line);
		buf_putc(&export->line, '\n');
	}
	return flush_line(export);
}

static int put_all(struct export *export, struct records *records)
{
	int64_t change = 0;
	int fail = 0;

	if (export->csv) {
		model_csv_header(
			export->query.type, export->rows, &export->line);
		fail = flush_line(export);
	}
	if (fail == 0)
		fail = records_query_each(records, &export->query, put_record,
			export, &change, export->err);
	if (fail == 0 && fflush(stdout) != 0)
		fail = error_set(export->err, FAIL_STORE,
			"cannot write to standard output: %s", strerror(errno));
	/* The next call may go on from this number only if all records were
	 * printed. */
	if (fail == 0 && export->query.changed)
		fprintf(stderr, "changeNumber: %lld\n", (long long)change);
	return fail;
}

static int open_company(struct session *session, const char *id,
	struct records **ret, struct error *err)
{
	struct company company;
	char path[PATHS_MAX];
	int fail;

	fail = companies_get(session->companies, id, &company, err);
	if (fail == 0)
		fail = paths_company(&session->paths, company.id, path, err);
	if (fail == 0 && access(path, F_OK) != 0)
		fail = error_set(err, FAIL_COMPANY,
			"company '%s' was never synced; run 'exact-connector "
			"sync %s' first",
			company.id, company.id);
	if (fail == 0)
		fail = records_open(
			ret, path, RECORDS_READ, session->clock, err);
	return fail;
}

static int run(const struct invocation *invocation, struct session *session,
	struct export *export)
{
	struct records *records = NULL;
	int fail;

	fail = read_options(export, invocation);
	if (fail == 0)
		fail = open_company(session, invocation->positional[0],
			&records, export->err);
	if (fail == 0)
		fail = put_all(export, records);
	records_close(records);
	return fail;
}

enum exit_code export_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct export export = { .err = &err };
	struct session session;
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	buf_init(&export.line, 512u * 1024 * 1024);
	fail = run(invocation, &session, &export);
	buf_free(&export.line);
	records_filter_free(export.filter);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
