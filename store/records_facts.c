/*
 * Facts about the company, and the names that its entries carry.
 *
 * A read has three outcomes: the value, "not set", and an error grade. A file
 * that cannot be read must never look like a fact that is not set: an epoch
 * taken for 0 would make every row of a moved company look stale.
 */
#include "store/records_parts.h"

#include <string.h>

#define FACT_MAX 1024

static int open_fact(struct records *records, const char *name, bool *ret_set,
	sqlite3_stmt **ret, struct error *err)
{
	sqlite3_stmt *get;
	int fail;

	fail = records_injected_read(records, err);
	if (!fail)
		fail = records_fixed(records, RECORDS_SQL_FACT_GET, &get, err);
	if (fail)
		return fail;
	sql_bind_text(get, 1, name);
	*ret = get;
	return records_step(records, get, ret_set, err);
}

int records_fact_get(struct records *records, const char *name, char *ret,
	size_t size, bool *ret_set, struct error *err)
{
	sqlite3_stmt *get;
	const char *text;
	bool set = false;
	int fail;

	fail = open_fact(records, name, &set, &get, err);
	if (fail)
		return fail;
	if (set) {
		text = sql_text(get, 0);
		if (strlen(text) >= size)
			fail = error_set(err, FAIL_STORE,
				"%s: the fact %s has %zu bytes, at most %zu "
				"fit: the file is damaged; restore a backup, "
				"or move it away and sync again",
				records->path, name, strlen(text), size - 1);
		else
			memcpy(ret, text, strlen(text) + 1);
		(void)sqlite3_reset(get);
	}
	if (!fail)
		*ret_set = set;
	return fail;
}

int records_fact_number(struct records *records, const char *name, int64_t *ret,
	bool *ret_set, struct error *err)
{
	sqlite3_stmt *get;
	bool set = false;
	int fail;

	fail = open_fact(records, name, &set, &get, err);
	if (fail)
		return fail;
	if (set) {
		*ret = sqlite3_column_int64(get, 0);
		(void)sqlite3_reset(get);
	}
	*ret_set = set;
	return 0;
}

static int open_set(struct records *records, const char *name,
	enum records_sql which, sqlite3_stmt **ret, struct error *err)
{
	int fail = records_writable(records, err);

	if (!fail)
		fail = records_fixed(records, which, ret, err);
	if (!fail)
		sql_bind_text(*ret, 1, name);
	return fail;
}

int records_fact_set(struct records *records, const char *name,
	const char *value, struct error *err)
{
	sqlite3_stmt *set;
	int fail;

	if (value && strlen(value) > FACT_MAX)
		return error_set(err, FAIL_STOP,
			"%s: the value of the fact %s is over %d bytes",
			records->path, name, FACT_MAX);
	fail = open_set(records, name,
		value ? RECORDS_SQL_FACT_SET : RECORDS_SQL_FACT_UNSET, &set,
		err);
	if (fail)
		return fail;
	if (value)
		sql_bind_text(set, 2, value);
	return records_done(records, set, err);
}

int records_fact_set_number(struct records *records, const char *name,
	int64_t value, struct error *err)
{
	sqlite3_stmt *set;
	int fail = open_set(records, name, RECORDS_SQL_FACT_SET, &set, err);

	if (fail)
		return fail;
	sql_bind_integer(set, 2, value);
	return records_done(records, set, err);
}

/* ---- names -------------------------------------------------------------- */

int records_name_set(struct records *records, const char *list, const char *key,
	const char *text, struct error *err)
{
	sqlite3_stmt *set;
	int fail = open_set(records, list, RECORDS_SQL_NAME_SET, &set, err);

	if (fail)
		return fail;
	sql_bind_text(set, 2, key);
	sql_bind_text(set, 3, text);
	return records_done(records, set, err);
}

int records_names_each(struct records *records, const char *list,
	int (*fn)(void *arg, const char *key, const char *text), void *arg,
	struct error *err)
{
	sqlite3_stmt *names;
	bool more = false;
	int fail;

	fail = records_injected_read(records, err);
	if (!fail)
		fail = records_fixed(records, RECORDS_SQL_NAMES, &names, err);
	if (fail)
		return fail;
	sql_bind_text(names, 1, list);
	for (;;) {
		fail = records_step(records, names, &more, err);
		if (fail || !more)
			return fail;
		fail = fn(arg, sql_text(names, 0), sql_text(names, 1));
		if (fail)
			break;
	}
	(void)sqlite3_reset(names);
	return fail;
}
