/*
 * One function per control action. Each reads all its parameters before it
 * changes anything.
 */
#include "sandbox/control_acts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/books.h"
#include "sandbox/state.h"

/* A number within bounds; `fallback` when absent. */
static int number(const struct turn *turn, const char *name, long long least,
	long long most, long long fallback, long long *ret, struct error *err)
{
	char text[32];
	char *end;
	int got = turn_parameter(turn, name, text, sizeof(text));

	if (got == 0 && fallback >= least) {
		*ret = fallback;
		return 0;
	}
	if (got == 1 && text[0] != '\0') {
		long long value = strtoll(text, &end, 10);

		if (*end == '\0' && value >= least && value <= most) {
			*ret = value;
			return 0;
		}
	}
	return error_set(err, FAIL_USAGE, "%s must be a number, %lld to %lld",
		name, least, most);
}

static int find_user(const struct sandbox *sandbox, const struct turn *turn,
	int *ret, struct error *err)
{
	char name[64];
	int user = 0;

	if (turn_parameter(turn, "user", name, sizeof(name)) < 1)
		return error_set(err, FAIL_USAGE, "user=NAME is missing");
	user = directory_find_user(&sandbox->directory, name);
	if (user < 0)
		return error_set(err, FAIL_USAGE, "there is no such user");
	*ret = user;
	return 0;
}

static int find_app(const struct sandbox *sandbox, const struct turn *turn,
	int *ret, struct error *err)
{
	char name[16] = "nl";
	int app = 0;

	if (turn_parameter(turn, "app", name, sizeof(name)) < 0)
		return error_set(err, FAIL_USAGE, "app must be nl or uk");
	app = directory_find_app(
		&sandbox->directory, name[0] == '\0' ? "nl" : name);
	if (app < 0)
		return error_set(err, FAIL_USAGE, "app must be nl or uk");
	*ret = app;
	return 0;
}

/* Reads a list of divisions; ret_given says whether there was one. */
static int read_divisions(const struct sandbox *sandbox,
	const struct turn *turn, struct directory_set *ret, bool *ret_given,
	struct error *err)
{
	char *list = calloc(1, 16384);
	int got;
	int fail = 0;

	if (!list)
		return error_set(err, FAIL_STOP, "out of memory");
	got = turn_parameter(turn, "divisions", list, 16384);
	if (got < 0 || (got > 0 && !directory_set_parse(
					   &sandbox->directory, list, ret)))
		fail = error_set(err, FAIL_USAGE,
			"divisions must be numbers of divisions with commas "
			"between them");
	else
		*ret_given = got > 0;
	free(list);
	return fail;
}

/* Reads the number of a division that exists. */
static int find_division(const struct sandbox *sandbox, const struct turn *turn,
	int *ret, struct error *err)
{
	long long code = -1;
	int fail = number(turn, "division", 1, INT32_MAX, -1, &code, err);

	if (fail)
		return fail;
	if (directory_find_division(&sandbox->directory, (int)code) < 0)
		return error_set(err, FAIL_USAGE, "there is no such division");
	*ret = (int)code;
	return 0;
}

int control_acts_clock(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	(void)sandbox;
	(void)err;
	buf_printf(out, ",\"now\":%" PRId64, turn->now_ms);
	return 0;
}

int control_acts_advance(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	long long ms = 0;
	int fail = number(turn, "ms", 0, INT64_C(400) * 86400000, -1, &ms, err);

	if (fail)
		return fail;
	if (!sandbox->options.on_advance ||
		sandbox->options.on_advance(sandbox->options.arg, ms) < 0)
		sandbox->offset_ms += ms;
	buf_printf(out, ",\"now\":%" PRId64, (int64_t)(turn->now_ms + ms));
	return 0;
}

int control_acts_skew(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	const long long most = INT64_C(400) * 86400000;
	int64_t before = sandbox->offset_ms;
	long long ms = 0;
	int fail = number(turn, "ms", -most, most, -most - 1, &ms, err);

	if (fail)
		return fail;
	sandbox->offset_ms = ms;
	buf_printf(out, ",\"now\":%" PRId64,
		(int64_t)(turn->now_ms - before + ms));
	return 0;
}

/* "a,b" to ,"ids":["a","b"] */
static void put_ids(struct buf *out, const struct buf *ids)
{
	const char *at = ids->data;

	buf_puts(out, ",\"ids\":[");
	while (*at != '\0') {
		size_t len = strcspn(at, ",");

		buf_put_json(out, at, len);
		at += len;
		if (*at == ',') {
			buf_putc(out, ',');
			at++;
		}
	}
	buf_putc(out, ']');
}

enum edit {
	EDIT_CHANGE,
	EDIT_DELETE,
	EDIT_INSERT,
	EDIT_HOLD
};

static int edit(struct sandbox *sandbox, struct turn *turn, enum edit what,
	struct buf *out, struct error *err)
{
	struct books *books = sandbox->books;
	char entity[64] = "";
	long long count = 0, account = 0;
	struct buf ids;
	int division = 0;
	int fail;

	fail = find_division(sandbox, turn, &division, err);
	if (fail)
		return fail;
	fail = number(turn, "count", 1, 100000, 1, &count, err);
	if (!fail && what == EDIT_INSERT)
		fail = number(turn, "account", 0, 1, 0, &account, err);
	if (fail)
		return fail;
	if (turn_parameter(turn, "entity", entity, sizeof(entity)) < 0)
		return error_set(err, FAIL_USAGE, "entity is malformed");
	if (entity[0] == '\0')
		snprintf(entity, sizeof(entity), "TransactionLines");
	buf_init(&ids, 8 << 20);
	switch (what) {
	case EDIT_CHANGE:
		fail = books_change(books, division, entity, (int)count,
			turn->now_ms, &ids, err);
		break;
	case EDIT_DELETE:
		fail = books_delete(books, division, entity, (int)count,
			turn->now_ms, &ids, err);
		break;
	case EDIT_INSERT:
		fail = books_insert(books, division, (int)count, account != 0,
			turn->now_ms, &ids, err);
		break;
	case EDIT_HOLD:
		fail = books_hold(
			books, division, (int)count, turn->now_ms, &ids, err);
		break;
	}
	if (!fail)
		put_ids(out, &ids);
	buf_free(&ids);
	return fail;
}

int control_acts_change(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	return edit(sandbox, turn, EDIT_CHANGE, out, err);
}

int control_acts_delete(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	return edit(sandbox, turn, EDIT_DELETE, out, err);
}

int control_acts_insert(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	return edit(sandbox, turn, EDIT_INSERT, out, err);
}

int control_acts_hold(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	return edit(sandbox, turn, EDIT_HOLD, out, err);
}

int control_acts_show(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	int division = 0;
	int fail = find_division(sandbox, turn, &division, err);

	(void)out;
	return fail ? fail : books_show(sandbox->books, division, err);
}

int control_acts_move(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	int division = 0;
	int fail = find_division(sandbox, turn, &division, err);

	(void)out;
	if (fail)
		return fail;
	return books_move_division(sandbox->books, division, turn->now_ms, err);
}

int control_acts_user(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	struct directory_set divisions = { 0 };
	bool given = false;
	char name[64];
	int user = 0;
	int fail;

	if (turn_parameter(turn, "name", name, sizeof(name)) < 1)
		return error_set(err, FAIL_USAGE, "name=NAME is missing");
	for (const char *c = name; *c != '\0'; c++)
		if ((unsigned char)*c < 0x21 || (unsigned char)*c > 0x7e)
			return error_set(err, FAIL_USAGE,
				"a user's name must be printable ASCII without "
				"blanks");
	fail = read_divisions(sandbox, turn, &divisions, &given, err);
	if (fail)
		return fail;
	user = directory_add_user(&sandbox->directory, name);
	if (user < 0)
		return error_set(
			err, FAIL_USAGE, "at most %d users", DIRECTORY_USERS);
	if (given)
		sandbox->directory.users[user].divisions = divisions;
	buf_printf(out, ",\"nl\":\"%s\",\"uk\":\"%s\"",
		sandbox->directory.users[user].id[SANDBOX_NL],
		sandbox->directory.users[user].id[SANDBOX_UK]);
	return 0;
}

static int set_active(struct sandbox *sandbox, struct turn *turn, bool active,
	struct error *err)
{
	int user = 0;
	int fail = find_user(sandbox, turn, &user, err);

	if (!fail)
		sandbox->directory.users[user].active = active;
	return fail;
}

int control_acts_deactivate(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	(void)out;
	return set_active(sandbox, turn, false, err);
}

int control_acts_activate(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	(void)out;
	return set_active(sandbox, turn, true, err);
}

int control_acts_current(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	long long division = 0;
	int user = 0;
	int fail = find_user(sandbox, turn, &user, err);

	(void)out;
	if (fail)
		return fail;
	fail = number(turn, "division", 0, INT32_MAX, -1, &division, err);
	if (!fail)
		sandbox->directory.users[user].current = (int)division;
	return fail;
}

int control_acts_consent(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	struct directory_set divisions = { 0 };
	bool given = false;
	long long deny = 0;
	int user = 0;
	int fail = find_user(sandbox, turn, &user, err);

	(void)out;
	if (fail)
		return fail;
	fail = number(turn, "deny", 0, 1, 0, &deny, err);
	if (fail)
		return fail;
	fail = read_divisions(sandbox, turn, &divisions, &given, err);
	if (fail)
		return fail;
	sandbox->next_user = user;
	sandbox->next_all = !given;
	sandbox->next_divisions = divisions;
	sandbox->next_denies = deny != 0;
	return 0;
}

int control_acts_revoke(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	int user = 0;
	int app = 0;
	int fail = find_user(sandbox, turn, &user, err);

	(void)out;
	if (fail)
		return fail;
	fail = find_app(sandbox, turn, &app, err);
	if (fail)
		return fail;
	sandbox->directory.users[user].consents[app].given = false;
	grants_revoke(&sandbox->grants, app, user);
	return 0;
}

int control_acts_scopes(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	struct directory_app *row;
	char list[sizeof(row->scopes)];
	int app = 0;
	int got;
	int fail = find_app(sandbox, turn, &app, err);

	if (fail)
		return fail;
	row = &sandbox->directory.apps[app];
	got = turn_parameter(turn, "list", list, sizeof(list));
	if (got < 0)
		return error_set(err, FAIL_USAGE, "list is too long");
	if (got > 0)
		snprintf(row->scopes, sizeof(row->scopes), "%s", list);
	buf_puts(out, ",\"scopes\":");
	buf_put_json(out, row->scopes, strlen(row->scopes));
	return 0;
}

/* Only a user: a role. Only a division: a licence. Both: that user in that
 * division. */
int control_acts_rights(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	char scopes[1024] = "";
	char ignored[64];
	bool by_user, by_division;
	long long take = 0;
	long long empty = 0;
	int division = -1;
	int code = 0;
	int user = -1;
	int fail = 0;

	by_user = turn_parameter(turn, "user", ignored, sizeof(ignored)) != 0;
	by_division = turn_parameter(
			      turn, "division", ignored, sizeof(ignored)) != 0;
	if (by_user)
		fail = find_user(sandbox, turn, &user, err);
	if (!fail && by_division)
		fail = find_division(sandbox, turn, &code, err);
	if (!fail)
		fail = number(turn, "take", 0, 1, 1, &take, err);
	if (!fail)
		fail = number(turn, "empty", 0, 1, sandbox->rights.empty,
			&empty, err);
	if (fail)
		return fail;
	if (turn_parameter(turn, "scope", scopes, sizeof(scopes)) < 0)
		return error_set(err, FAIL_USAGE, "scope is too long");
	if (scopes[0] != '\0' && !by_user && !by_division)
		return error_set(err, FAIL_USAGE,
			"user=U or division=D is missing: whose right is it?");
	if (by_division)
		division = directory_find_division(&sandbox->directory, code);
	fail = rights_set(
		&sandbox->rights, user, division, scopes, take != 0, err);
	if (fail)
		return fail;
	sandbox->rights.empty = empty != 0;
	buf_printf(out, ",\"taken\":%zu,\"empty\":%s", sandbox->rights.count,
		sandbox->rights.empty ? "true" : "false");
	return 0;
}

int control_acts_limits(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	struct quota *quota = &sandbox->quota;
	long long minute = 0;
	long long day = 0;
	int fail;

	fail = number(
		turn, "minute", 1, 1000000, quota->minute_limit, &minute, err);
	if (fail)
		return fail;
	fail = number(turn, "day", 1, 100000000, quota->day_limit, &day, err);
	if (fail)
		return fail;
	quota->minute_limit = (int)minute;
	quota->day_limit = (int)day;
	buf_printf(out, ",\"minute\":%d,\"day\":%d", quota->minute_limit,
		quota->day_limit);
	return 0;
}

int control_acts_fault(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	char name[32];
	char path[160] = "";
	char user[64] = "";
	long long count = 0;
	long long after = 0;
	int fail;

	(void)out;
	if (turn_parameter(turn, "name", name, sizeof(name)) < 1 ||
		turn_parameter(turn, "path", path, sizeof(path)) < 0 ||
		turn_parameter(turn, "user", user, sizeof(user)) < 0)
		return error_set(err, FAIL_USAGE,
			"name=FAULT is missing, or path or user is too long");
	fail = number(turn, "count", -1, 1000000, 1, &count, err);
	if (fail)
		return fail;
	fail = number(turn, "after", 0, 1000000, 0, &after, err);
	if (fail)
		return fail;
	if (faults_set(&sandbox->faults, name, path, user, (int)after,
		    (int)count) < 0)
		return error_set(err, FAIL_USAGE,
			"there is no such fault, or %d faults are set already",
			FAULTS_MAX);
	return 0;
}

int control_acts_faults(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	(void)turn;
	(void)err;
	buf_puts(out, ",\"faults\":");
	faults_list(&sandbox->faults, out);
	return 0;
}

static void put_issued(const struct sandbox *sandbox, struct buf *out)
{
	const struct directory *directory = &sandbox->directory;
	const char *comma = "";

	buf_puts(out, ",\"logins\":[");
	for (size_t user = 0; user < directory->user_count; user++) {
		for (size_t app = 0; app < DIRECTORY_APPS; app++) {
			const struct grants_chain
				*chain = &sandbox->grants.chains[app][user];

			if (chain->requests_total == 0)
				continue;
			buf_printf(out, "%s{\"user\":", comma);
			buf_put_json(out, directory->users[user].name,
				strlen(directory->users[user].name));
			buf_printf(out,
				",\"app\":\"%s\",\"issued\":%" PRId64
				",\"requests\":%" PRId64
				",\"requests_today\":%d,\"consent\":%s}",
				directory->apps[app].name, chain->issued_total,
				chain->requests_total, chain->day_requests,
				directory->users[user].consents[app].given
					? "true"
					: "false");
			comma = ",";
		}
	}
	buf_putc(out, ']');
}

int control_acts_counters(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	const char *comma = "";

	(void)err;
	buf_printf(out,
		",\"requests\":%" PRId64 ",\"api_calls\":%" PRId64
		",\"token_requests\":%" PRId64 ",\"refused\":%" PRId64
		",\"errors\":%" PRId64,
		sandbox->requests, sandbox->api_calls, sandbox->token_requests,
		sandbox->refused, sandbox->api_errors);
	put_issued(sandbox, out);
	buf_puts(out, ",\"divisions\":[");
	for (int i = 0; i < (int)sandbox->directory.division_count; i++) {
		for (int app = 0; app < DIRECTORY_APPS; app++) {
			buf_printf(out,
				"%s{\"division\":%d,\"app\":\"%s\","
				"\"minute_left\":%d,\"day_left\":%d}",
				comma, sandbox->directory.divisions[i],
				sandbox->directory.apps[app].name,
				quota_minute_left(
					&sandbox->quota, app, i, turn->now_ms),
				quota_day_left(
					&sandbox->quota, app, i, turn->now_ms));
			comma = ",";
		}
	}
	buf_putc(out, ']');
	return 0;
}

int control_acts_apps(struct sandbox *sandbox, struct turn *turn,
	struct buf *out, struct error *err)
{
	(void)turn;
	(void)err;
	buf_puts(out, ",\"apps\":[");
	for (int i = 0; i < DIRECTORY_APPS; i++) {
		const struct directory_app *app = &sandbox->directory.apps[i];

		buf_printf(out,
			"%s{\"region\":\"%s\",\"client_id\":\"%s\","
			"\"client_secret\":\"%s\"}",
			i == 0 ? "" : ",", app->name, app->client_id,
			app->secret);
	}
	buf_putc(out, ']');
	return 0;
}
