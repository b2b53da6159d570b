/*
 * `export`: a data type's records on standard output, one a line. Reads the
 * company's file only; a run may be writing it meanwhile.
 */
#include "cli/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/session.h"
#include "model/model.h"
#include "store/records.h"

struct output {
	const struct model_type *type;
	struct error *err; /* borrowed */
	int deleted_field; /* index of metadata.isDeleted */
	bool csv;
	bool deleted_too;
	struct buf line;
};

static int flush_line(struct output *output)
{
	if (buf_failed(&output->line))
		return error_set(output->err, FAIL_STOP,
			"a record is too large to print");
	if (fwrite(output->line.data, 1, output->line.len, stdout) !=
		output->line.len)
		return error_set(output->err, FAIL_STORE,
			"cannot write to standard output: %s", strerror(errno));
	buf_reset(&output->line);
	return 0;
}

static int put_record(void *arg, struct model_record *record)
{
	struct output *output = arg;

	if (!output->deleted_too &&
		model_is_set(record, output->deleted_field) &&
		model_number(record, output->deleted_field) != 0)
		return 0;
	if (output->csv) {
		model_csv(record, &output->line);
	} else {
		model_json(record, &output->line);
		buf_putc(&output->line, '\n');
	}
	return flush_line(output);
}

static int find_type(const char *name, struct output *output)
{
	output->type = model_type_find(name);
	if (output->type == NULL) {
		struct buf names;

		buf_init(&names, 1024);
		for (size_t i = 0; model_types[i] != NULL; i++)
			buf_printf(&names, "%s%s", i == 0 ? "" : ", ",
				model_types[i]->name);
		error_set(output->err, FAIL_USAGE,
			"there is no data type '%.40s'; there are %s", name,
			names.data);
		buf_free(&names);
		return FAIL_USAGE;
	}
	for (size_t i = 0; i < output->type->table.count; i++)
		if (strcmp(output->type->table.fields[i].name,
			    "metadata.isDeleted") == 0)
			output->deleted_field = (int)i;
	return 0;
}

static int run(struct session *session, struct output *output)
{
	const struct invocation *invocation = session->invocation;
	const char *format = invocation->value[OPTION_FORMAT];
	struct records *records = NULL;
	struct company company;
	char path[PATHS_MAX];
	int fail;

	if (format != NULL && strcmp(format, "csv") == 0)
		output->csv = true;
	else if (format != NULL && strcmp(format, "jsonl") != 0)
		return error_set(output->err, FAIL_USAGE,
			"there is no format '%.20s'; there are jsonl and csv",
			format);
	output->deleted_too = invocation->value[OPTION_INCLUDE_DELETED] != NULL;
	fail = find_type(invocation->positional[1], output);
	if (fail == 0)
		fail = companies_get(session->companies,
			invocation->positional[0], &company, output->err);
	if (fail == 0)
		fail = paths_company(
			&session->paths, company.id, path, output->err);
	if (fail == 0 && access(path, F_OK) != 0)
		fail = error_set(output->err, FAIL_COMPANY,
			"company '%s' was never read; 'exact-connector sync "
			"%s' does it",
			company.id, company.id);
	if (fail == 0)
		fail = records_open(&records, path, RECORDS_READ,
			session->clock, output->err);
	if (fail < 0)
		return fail;
	if (output->csv) {
		model_csv_header(output->type, &output->line);
		fail = flush_line(output);
	}
	if (fail == 0)
		fail = records_each(
			records, output->type, put_record, output, output->err);
	if (fail == 0 && fflush(stdout) != 0)
		fail = error_set(output->err, FAIL_STORE,
			"cannot write to standard output: %s", strerror(errno));
	records_close(records);
	return fail;
}

enum exit_code export_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct output output = { .err = &err };
	struct session session;
	int fail;

	fail = session_open(&session, invocation, &err);
	if (fail < 0)
		return command_fail(&err);
	buf_init(&output.line, 512u * 1024 * 1024);
	fail = run(&session, &output);
	buf_free(&output.line);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
