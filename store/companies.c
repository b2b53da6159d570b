/*
 * The registry's SQLite file. Each call is one statement or one short
 * transaction; several processes may use it at once (WAL, a busy timeout of
 * the library's own for the few milliseconds another write takes).
 */
#include "store/companies.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCHEMA_VERSION 1

struct companies {
	sqlite3 *db; /* owned */
};

static const char *const state_names[] = {
	[COMPANY_PENDING_AUTH] = "PendingAuth",
	[COMPANY_LINKED] = "Linked",
	[COMPANY_DEAUTHORIZED] = "Deauthorized",
	[COMPANY_UNLINKED] = "Unlinked",
};

const char *company_state_name(enum company_state state)
{
	return state_names[state];
}

bool company_id_ok(const char *id)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(id);

	if (len == 0 || len > COMPANY_ID_MAX || strspn(id, set) != len)
		return false;
	return strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

static int trouble(struct companies *companies, struct error *err)
{
	return error_set(err, FAIL_STORE, "connector.db: %s",
		companies->db ? sqlite3_errmsg(companies->db) : "no memory");
}

static int execute(
	struct companies *companies, const char *sql, struct error *err)
{
	if (sqlite3_exec(companies->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return trouble(companies, err);
	return 0;
}

/* Prepare and bind: 't' const char *, 'i' int64_t, 'n' int. */
static int prepare(struct companies *companies, sqlite3_stmt **ret,
	struct error *err, const char *sql, const char *kinds, ...)
{
	sqlite3_stmt *statement = NULL;
	int code = SQLITE_OK;
	va_list args;

	if (sqlite3_prepare_v2(companies->db, sql, -1, &statement, NULL) !=
		SQLITE_OK)
		return trouble(companies, err);
	va_start(args, kinds);
	for (int i = 0; kinds[i] != '\0' && code == SQLITE_OK; i++) {
		if (kinds[i] == 't')
			code = sqlite3_bind_text(statement, i + 1,
				va_arg(args, const char *), -1,
				SQLITE_TRANSIENT);
		else if (kinds[i] == 'i')
			code = sqlite3_bind_int64(
				statement, i + 1, va_arg(args, int64_t));
		else
			code = sqlite3_bind_int(
				statement, i + 1, va_arg(args, int));
	}
	va_end(args);
	if (code != SQLITE_OK) {
		sqlite3_finalize(statement);
		return trouble(companies, err);
	}
	*ret = statement;
	return 0;
}

/* Step a statement that gives no rows, and finalize it. */
static int run(
	struct companies *companies, sqlite3_stmt *statement, struct error *err)
{
	int code = sqlite3_step(statement);
	int fail = 0;

	if (code != SQLITE_DONE)
		fail = trouble(companies, err);
	sqlite3_finalize(statement);
	return fail;
}

static int bring_up_to_date(struct companies *companies, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int version = -1;
	int fail;

	fail = prepare(companies, &statement, err, "PRAGMA user_version", "");
	if (fail)
		return fail;
	if (sqlite3_step(statement) == SQLITE_ROW)
		version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	if (version < 0)
		return trouble(companies, err);
	if (version > SCHEMA_VERSION)
		return error_set(err, FAIL_STORE,
			"connector.db was made by a newer version (schema %d, "
			"this program knows %d); upgrade this program",
			version, SCHEMA_VERSION);
	return execute(companies,
		"BEGIN IMMEDIATE;"
		"CREATE TABLE IF NOT EXISTS companies ("
		" id TEXT PRIMARY KEY, name TEXT NOT NULL,"
		" region TEXT NOT NULL, login TEXT NOT NULL,"
		" division INTEGER NOT NULL, state INTEGER NOT NULL,"
		" state_reason TEXT NOT NULL,"
		" created_wall_ms INTEGER NOT NULL) STRICT;"
		"CREATE TABLE IF NOT EXISTS login_divisions ("
		" login TEXT NOT NULL, division INTEGER NOT NULL,"
		" name TEXT NOT NULL, PRIMARY KEY (login, division))"
		" STRICT, WITHOUT ROWID;"
		"PRAGMA user_version = 1;"
		"COMMIT;",
		err);
}

int companies_open(struct companies **ret, const char *path, struct error *err)
{
	struct companies *companies = calloc(1, sizeof(*companies));
	int fail = FAIL_STORE;
	int fd;

	if (!companies)
		return error_set(err, FAIL_STOP, "no memory");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		fail = error_set(err, FAIL_STORE, "cannot open %s: %s", path,
			strerror(errno));
		goto failed;
	}
	close(fd);
	if (sqlite3_open_v2(path, &companies->db,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW,
		    NULL) != SQLITE_OK) {
		trouble(companies, err);
		goto failed;
	}
	sqlite3_busy_timeout(companies->db, 10000);
	fail = execute(companies,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"PRAGMA secure_delete = ON;",
		err);
	if (!fail)
		fail = bring_up_to_date(companies, err);
	if (fail)
		goto failed;
	*ret = companies;
	return 0;
failed:
	companies_close(companies);
	return fail;
}

void companies_close(struct companies *companies)
{
	if (!companies)
		return;
	sqlite3_close(companies->db);
	free(companies);
}

int companies_add(struct companies *companies, const struct company *company,
	struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail;

	fail = prepare(companies, &statement, err,
		"INSERT OR IGNORE INTO companies VALUES (?,?,?,?,?,?,?,?)",
		"ttttinti", company->id, company->name, company->region,
		company->login, company->division, (int)company->state,
		company->state_reason, company->created_wall_ms);
	if (fail)
		return fail;
	fail = run(companies, statement, err);
	if (!fail && sqlite3_changes(companies->db) == 0)
		fail = error_set(err, FAIL_USAGE,
			"there is a company '%s' already", company->id);
	return fail;
}

int companies_add_all(struct companies *companies, const struct company *list,
	size_t count, size_t *ret_at, struct error *err)
{
	size_t i = 0;
	int fail = execute(companies, "BEGIN IMMEDIATE", err);

	if (fail) {
		*ret_at = count;
		return fail;
	}
	for (; i < count && !fail; i += !fail)
		fail = companies_add(companies, &list[i], err);
	if (!fail)
		fail = execute(companies, "COMMIT", err);
	if (fail) {
		(void)execute(companies, "ROLLBACK", NULL);
		*ret_at = i;
	}
	return fail;
}

static void read_company(sqlite3_stmt *statement, struct company *ret)
{
	*ret = (struct company){
		.division = sqlite3_column_int64(statement, 4),
		.state = (enum company_state)sqlite3_column_int(statement, 5),
		.created_wall_ms = sqlite3_column_int64(statement, 7),
	};
	if (ret->state > COMPANY_UNLINKED)
		ret->state = COMPANY_UNLINKED;
	snprintf(ret->id, sizeof(ret->id), "%s",
		(const char *)sqlite3_column_text(statement, 0));
	snprintf(ret->name, sizeof(ret->name), "%s",
		(const char *)sqlite3_column_text(statement, 1));
	snprintf(ret->region, sizeof(ret->region), "%s",
		(const char *)sqlite3_column_text(statement, 2));
	snprintf(ret->login, sizeof(ret->login), "%s",
		(const char *)sqlite3_column_text(statement, 3));
	snprintf(ret->state_reason, sizeof(ret->state_reason), "%s",
		(const char *)sqlite3_column_text(statement, 6));
}

int companies_get(struct companies *companies, const char *id,
	struct company *ret, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail, code;

	fail = prepare(companies, &statement, err,
		"SELECT * FROM companies WHERE id = ?", "t", id);
	if (fail)
		return fail;
	code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		read_company(statement, ret);
	else if (code == SQLITE_DONE)
		fail = error_set(err, FAIL_USAGE,
			"there is no company '%s'; 'company list' shows those "
			"there are",
			id);
	else
		fail = trouble(companies, err);
	sqlite3_finalize(statement);
	return fail;
}

int companies_update(struct companies *companies, const struct company *company,
	struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail;

	fail = prepare(companies, &statement, err,
		"UPDATE companies SET name = ?2, region = ?3, login = ?4,"
		" division = ?5, state = ?6, state_reason = ?7 WHERE id = ?1",
		"ttttint", company->id, company->name, company->region,
		company->login, company->division, (int)company->state,
		company->state_reason);
	if (fail)
		return fail;
	return run(companies, statement, err);
}

int companies_remove(
	struct companies *companies, const char *id, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail;

	fail = prepare(companies, &statement, err,
		"DELETE FROM companies WHERE id = ?", "t", id);
	if (fail)
		return fail;
	return run(companies, statement, err);
}

int companies_each(struct companies *companies,
	int (*fn)(void *arg, const struct company *company), void *arg,
	struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail, code;

	fail = prepare(companies, &statement, err,
		"SELECT * FROM companies ORDER BY id", "");
	if (fail)
		return fail;
	code = sqlite3_step(statement);
	while (code == SQLITE_ROW) {
		struct company company;

		read_company(statement, &company);
		fail = fn(arg, &company);
		if (fail)
			break;
		code = sqlite3_step(statement);
	}
	if (!fail && code != SQLITE_DONE)
		fail = trouble(companies, err);
	sqlite3_finalize(statement);
	return fail;
}

int companies_reach_set(struct companies *companies, const char *login,
	const struct company_reach *reach, int count, struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail;

	fail = execute(companies, "BEGIN IMMEDIATE", err);
	if (fail)
		return fail;
	fail = prepare(companies, &statement, err,
		"DELETE FROM login_divisions WHERE login = ?", "t", login);
	if (!fail)
		fail = run(companies, statement, err);
	for (int i = 0; !fail && i < count; i++) {
		fail = prepare(companies, &statement, err,
			"INSERT OR REPLACE INTO login_divisions"
			" VALUES (?,?,?)",
			"tit", login, reach[i].division, reach[i].name);
		if (!fail)
			fail = run(companies, statement, err);
	}
	if (!fail)
		fail = execute(companies, "COMMIT", err);
	if (fail)
		sqlite3_exec(companies->db, "ROLLBACK", NULL, NULL, NULL);
	return fail;
}

int companies_reach_each(struct companies *companies, const char *login,
	int (*fn)(void *arg, const struct company_reach *reach), void *arg,
	struct error *err)
{
	sqlite3_stmt *statement = NULL;
	int fail, code;

	fail = prepare(companies, &statement, err,
		"SELECT division, name FROM login_divisions WHERE login = ?"
		" ORDER BY division",
		"t", login);
	if (fail)
		return fail;
	code = sqlite3_step(statement);
	while (code == SQLITE_ROW) {
		struct company_reach reach = { .division = sqlite3_column_int64(
						       statement, 0) };

		snprintf(reach.name, sizeof(reach.name), "%s",
			(const char *)sqlite3_column_text(statement, 1));
		fail = fn(arg, &reach);
		if (fail)
			break;
		code = sqlite3_step(statement);
	}
	if (!fail && code != SQLITE_DONE)
		fail = trouble(companies, err);
	sqlite3_finalize(statement);
	return fail;
}
