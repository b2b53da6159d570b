/* Adding, listing and removing companies. */
#include "cli/company.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/charset.h"
#include "base/file.h"
#include "cli/argument.h"
#include "cli/company_list.h"
#include "cli/document.h"
#include "app/session.h"
#include "app/vault_adapter.h"
#include "oauth/keeper.h"

/* More than any login reaches. */
#define LIST_MAX       10000
#define LIST_BYTES_MAX (8u * 1024 * 1024)

static bool name_ok(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > COMPANY_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	/* The name is printed in JSON. */
	return charset_is_utf8(name, len);
}

/* The five values, as texts from the command line or a list. */
static int fill(struct company *company, struct session *session,
	char *const values[COMPANY_LIST_COLUMNS], struct error *err)
{
	const char *id = values[COMPANY_LIST_ID];
	const char *name = values[COMPANY_LIST_NAME];
	const char *region = values[COMPANY_LIST_REGION];
	const char *division = values[COMPANY_LIST_DIVISION];
	const struct settings_region *found;
	int fail;

	if (!company_id_ok(id))
		return error_set(err, FAIL_USAGE,
			"'%.80s' cannot be a company's id; an id has 1 to 64 "
			"of the characters A-Z a-z 0-9 . _ -",
			id);
	if (!name_ok(name))
		return error_set(err, FAIL_USAGE,
			"a company's name has 1 to %d bytes of UTF-8 without "
			"control characters",
			COMPANY_NAME_MAX);
	fail = argument_region(&session->settings, region, &found, err);
	if (fail < 0)
		return fail;
	snprintf(company->id, sizeof(company->id), "%s", id);
	snprintf(company->name, sizeof(company->name), "%s", name);
	snprintf(company->region, sizeof(company->region), "%s", found->name);
	company->state = COMPANY_PENDING_AUTH;
	company->created_wall_ms = clock_now(session->clock).wall_ms;
	if (!division)
		return 0;
	return argument_division(division, &company->division, err);
}

struct reached {
	int count;
	int64_t division;
};

static int count_one(void *arg, const struct company_reach *reach)
{
	struct reached *reached = arg;

	reached->count++;
	reached->division = reach->division;
	return 0;
}

/* No --division is needed for a login that was last seen to reach only one. */
static int only_division(struct company *company, struct session *session,
	const char *login, struct error *err)
{
	struct reached reached = { 0 };
	int fail;

	fail = companies_reach_each(
		session->companies, login, count_one, &reached, err);
	if (fail == 0 && reached.count != 1)
		fail = error_set(err, FAIL_USAGE,
			"login '%s' reaches %d divisions; choose one with "
			"--division N ('exact-connector logins' lists them)",
			login, reached.count);
	if (fail == 0)
		company->division = reached.division;
	return fail;
}

static int join_login(struct company *company, struct session *session,
	const char *login, struct error *err)
{
	struct vault_ops ops = vault_adapter_ops(session->vault);
	struct keeper *keeper = NULL;
	char name[LOGIN_VAULT_NAME_MAX + 1];
	int fail;

	fail = keeper_find(&ops, login, name, err);
	if (fail == FAIL_INPUT)
		fail = error_set(err, FAIL_USAGE,
			"there is no login '%.80s'; 'exact-connector logins' "
			"lists the logins",
			login);
	if (fail == 0)
		fail = keeper_open(&keeper, &ops, name,
			clock_boot_id(session->clock), err);
	if (fail < 0)
		return fail;
	if (strcmp(keeper_login(keeper)->region, company->region) != 0)
		fail = error_set(err, FAIL_USAGE,
			"login '%s' is of region %s, but company '%s' is of "
			"region %s",
			login, keeper_login(keeper)->region, company->id,
			company->region);
	/* The login's id is stored, even if its name in the vault was given. */
	if (fail == 0) {
		snprintf(company->login, sizeof(company->login), "%s",
			keeper_login(keeper)->id);
		company->state = COMPANY_LINKED;
	}
	keeper_free(keeper);
	return fail;
}

static int make(struct company *company, struct session *session,
	char *const values[COMPANY_LIST_COLUMNS], struct error *err)
{
	const char *login = values[COMPANY_LIST_LOGIN];
	int fail = fill(company, session, values, err);

	if (fail == 0 && login)
		fail = join_login(company, session, login, err);
	if (fail == 0 && login && company->division == 0)
		fail = only_division(company, session, company->login, err);
	return fail;
}

/* ---- from a list --------------------------------------------------------- */

struct companies_read {
	struct company *list; /* owned */
	size_t *lines;        /* owned; the line of each in the list */
	size_t count;
};

static int read_list(struct companies_read *read, struct session *session,
	char *text, struct error *err)
{
	struct company_list_row row = { 0 };
	size_t line = 0;
	int got = company_list_next(&text, &line, &row, err);

	for (; got > 0; got = company_list_next(&text, &line, &row, err)) {
		struct company *company = &read->list[read->count];
		int fail;

		if (read->count >= LIST_MAX)
			return error_set(err, FAIL_USAGE,
				"line %zu: more than %d companies", row.line,
				LIST_MAX);
		for (int i = COMPANY_LIST_DIVISION; i < COMPANY_LIST_COLUMNS;
			i++)
			if (row.values[i][0] == '\0')
				row.values[i] = NULL;
		fail = make(company, session, row.values, err);
		if (fail < 0)
			return error_prefix(err, "line %zu", row.line);
		read->lines[read->count++] = row.line;
	}
	if (got == 0 && read->count == 0)
		return error_set(err, FAIL_USAGE,
			"there is no company after the first line");
	return got;
}

static int add_list(struct session *session, const char *path, size_t *ret,
	struct error *err)
{
	struct companies_read read = { 0 };
	struct buf text;
	size_t at = 0;
	int fail = file_read(path, LIST_BYTES_MAX, &text, err);

	if (fail < 0)
		return fail;
	read.list = calloc(LIST_MAX + 1, sizeof(*read.list));
	read.lines = calloc(LIST_MAX + 1, sizeof(*read.lines));
	if (!read.list || !read.lines)
		fail = error_set(err, FAIL_STOP, "out of memory for the list");
	if (fail == 0 && strlen(text.data) != text.len)
		fail = error_set(err, FAIL_USAGE, "the file is not text");
	if (fail == 0)
		fail = read_list(&read, session, text.data, err);
	if (fail == 0) {
		fail = companies_add_all(
			session->companies, read.list, read.count, &at, err);
		if (fail < 0 && at < read.count)
			error_prefix(err, "line %zu", read.lines[at]);
	}
	if (fail < 0)
		error_prefix(err, "%s; no company was added", path);
	*ret = read.count;
	free(read.list);
	free(read.lines);
	buf_free(&text);
	return fail;
}

static int add_one(struct session *session, const struct invocation *invocation,
	struct error *err)
{
	char *const values[COMPANY_LIST_COLUMNS] = {
		(char *)invocation->positional[0],
		(char *)invocation->value[OPTION_NAME],
		(char *)invocation->value[OPTION_REGION],
		(char *)invocation->value[OPTION_DIVISION],
		(char *)invocation->value[OPTION_LOGIN],
	};
	struct company company = { 0 };
	int fail;

	if (!values[COMPANY_LIST_ID] || !values[COMPANY_LIST_NAME] ||
		!values[COMPANY_LIST_REGION])
		return error_set(err, FAIL_USAGE,
			"usage: exact-connector company add ID --name N "
			"--region REGION [--division N] [--login LOGIN], or "
			"company add --from CSV");
	fail = make(&company, session, values, err);
	if (fail == 0)
		fail = companies_add(session->companies, &company, err);
	if (fail == 0)
		printf("added company %s; %s\n", company.id,
			company.state == COMPANY_LINKED
				? "read it with 'exact-connector sync'"
				: "sign in with 'exact-connector login'");
	return fail;
}

/* With --from, the list holds all other values. */
static int check_alone(const struct invocation *invocation, struct error *err)
{
	bool more = invocation->positional[0];

	for (int i = 0; i < OPTIONS; i++)
		more = more || (i != OPTION_FROM && invocation->value[i]);
	if (!more)
		return 0;
	return error_set(err, FAIL_USAGE,
		"'company add --from CSV' takes no other arguments; the list "
		"holds ids, names, regions, divisions and logins");
}

enum exit_code company_add_command(const struct invocation *invocation)
{
	const char *from = invocation->value[OPTION_FROM];
	struct error err = { 0 };
	struct session session;
	size_t count = 0;
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	if (!from) {
		fail = add_one(&session, invocation, &err);
	} else {
		fail = check_alone(invocation, &err);
		if (fail == 0)
			fail = add_list(&session, from, &count, &err);
		if (fail == 0)
			printf("added %zu companies\n", count);
	}
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}

struct listing {
	struct session *session; /* borrowed */
	struct error *err;       /* borrowed */
	bool json;
	struct buf out;
	int count;
	int id_width, login_width; /* of the widest; both are ASCII */
};

static int measure_one(void *arg, const struct company *company)
{
	struct listing *listing = arg;
	int id = (int)strlen(company->id);
	int login = (int)strlen(company->login);

	listing->id_width = id > listing->id_width ? id : listing->id_width;
	listing->login_width = login > listing->login_width
				       ? login
				       : listing->login_width;
	return 0;
}

/* The name is the last column, since its width on a screen is not known. */
static void list_text(struct listing *listing, const struct company *company)
{
	char division[24] = "-";

	if (listing->count++ == 0)
		buf_printf(&listing->out,
			"%-*s  %-6s  %-10s  %-12s  %-*s  %s\n",
			listing->id_width, "ID", "REGION", "DIVISION", "STATE",
			listing->login_width, "LOGIN", "NAME");
	if (company->division != 0)
		snprintf(division, sizeof(division), "%lld",
			(long long)company->division);
	buf_printf(&listing->out, "%-*s  %-6s  %-10s  %-12s  %-*s  %s\n",
		listing->id_width, company->id, company->region, division,
		company_state_name(company->state), listing->login_width,
		company->login[0] == '\0' ? "-" : company->login,
		company->name);
}

static int list_json(struct listing *listing, const struct company *company)
{
	struct buf *out = &listing->out;
	char name[COMPANY_NAME_MAX + 1];
	int fail = session_division_name(
		listing->session, company, name, listing->err);

	if (fail < 0)
		return fail;
	document_element(out);
	document_text(out, "id", company->id);
	document_text(out, "name", company->name);
	document_text(out, "region", company->region);
	document_text(out, "state", company_state_name(company->state));
	document_division(out, company->division, name);
	if (company->login[0] != '\0')
		document_text(out, "login", company->login);
	document_element_end(out);
	return 0;
}

static int list_one(void *arg, const struct company *company)
{
	struct listing *listing = arg;
	int fail = 0;

	if (listing->json)
		fail = list_json(listing, company);
	else
		list_text(listing, company);
	if (fail == 0 && buf_failed(&listing->out))
		fail = error_set(
			listing->err, FAIL_STOP, "out of memory for the list");
	return fail;
}

enum exit_code company_list_command(const struct invocation *invocation)
{
	struct error err = { 0 };
	struct session session;
	struct listing listing = {
		.session = &session,
		.err = &err,
		.json = invocation->value[OPTION_JSON],
		.id_width = (int)strlen("ID"),
		.login_width = (int)strlen("LOGIN"),
	};
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail_json(invocation, &err);
	buf_init(&listing.out, 256u * 1024 * 1024);
	if (listing.json) {
		document_begin(&listing.out, invocation, EXIT_DONE);
		document_list(&listing.out, "companies");
	}
	fail = companies_each(session.companies, measure_one, &listing, &err);
	if (fail == 0)
		fail = companies_each(
			session.companies, list_one, &listing, &err);
	if (fail == 0 && listing.json) {
		document_list_end(&listing.out);
		document_end(&listing.out);
		fputs(listing.out.data, stdout);
	} else if (fail == 0) {
		command_print(stdout, listing.count == 0
					      ? "there are no companies yet; "
						"add one with 'company add'\n"
					      : listing.out.data);
	}
	buf_free(&listing.out);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail_json(invocation, &err);
}

static int erase(
	const struct session *session, const char *id, struct error *err)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char path[PATHS_MAX], one[PATHS_MAX + 8];
	int lock = -1;
	int fail;

	fail = paths_company(&session->paths, id, path, err);
	/* The writer's lock (store/records.c): no run is using the file. */
	if (fail == 0) {
		snprintf(one, sizeof(one), "%s.lock", path);
		fail = file_lock(one, false, &lock, err);
	}
	if (fail == FAIL_BUSY)
		error_prefix(err, "company '%s' is being synced", id);
	for (int i = 0; fail == 0 && i < 3; i++) {
		snprintf(one, sizeof(one), "%s%s", path, endings[i]);
		if (unlink(one) != 0 && errno != ENOENT)
			fail = error_set(err, FAIL_STORE,
				"cannot delete %s: %s", one, strerror(errno));
	}
	if (lock >= 0)
		file_unlock(lock);
	return fail;
}

enum exit_code company_remove_command(const struct invocation *invocation)
{
	const char *id = invocation->positional[0];
	bool with_data = invocation->value[OPTION_ERASE];
	struct company company;
	struct error err = { 0 };
	struct session session;
	char path[PATHS_MAX];
	int fail;

	fail = session_open(&session, &invocation->chosen, &err);
	if (fail < 0)
		return command_fail(&err);
	fail = companies_get(session.companies, id, &company, &err);
	if (fail == 0)
		fail = paths_company(&session.paths, id, path, &err);
	if (fail == 0 && with_data)
		fail = erase(&session, id, &err);
	if (fail == 0)
		fail = companies_remove(session.companies, id, &err);
	if (fail == 0 && with_data)
		printf("removed company %s and its data\n", id);
	else if (fail == 0)
		printf("removed company %s; its data file is kept: %s\n", id,
			path);
	session_close(&session);
	return fail == 0 ? EXIT_DONE : command_fail(&err);
}
