/*
 * The tables of a company file, and its version.
 *
 * user_version counts changes to the tables below: a file with a higher one
 * is refused, a file with a lower one is upgraded (records_upgrade.c). Tables
 * of data types and feeds only ever gain columns, which are added when they
 * are missing, so they need no number.
 *
 * For the owner of the file, and stable:
 *
 *	NAME_all    records, and the views NAME of the live ones (model/ddl.c)
 *	runs        what each run did, by stream
 *	findings    what was found in records
 *
 * Internal, so their names begin with "_":
 *
 *	_facts      facts about the company, among them change_number and opens
 *	_streams    the state of each stream: cursor and all that goes with it
 *	_names      names that entries were last made with
 *	_counts     how many rows a table has
 *	_feed_NAME  _seq (order of arrival), _id, _group, _version, and the
 *	            entity's own columns, all text
 *	_raw_NAME   the same rows as received, compressed (records_raw.c)
 *	_raw_history  versions that were replaced
 *	_raw_rows   rows as received until schema 2; nothing is added
 *	_deletions  what the source deleted, and as of which row version
 *	_dirty, _frontiers  groups whose record must be derived again
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

#define SCHEMA_VERSION 3
#define APPLICATION_ID 0x45784163 /* "ExAc" */

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

/* Made before an older file's tables are taken over. */
static const char new_tables[] =
	"CREATE TABLE IF NOT EXISTS _facts (name TEXT PRIMARY KEY NOT NULL, "
	"value NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _streams (stream TEXT PRIMARY KEY NOT "
	"NULL, committed INTEGER NOT NULL, run_high INTEGER NOT NULL, next "
	"TEXT NOT NULL, finished_ms INTEGER NOT NULL, overlap INTEGER, past "
	"INTEGER, mark INTEGER, mark_ms INTEGER NOT NULL, asked_ms INTEGER "
	"NOT NULL, owes_sweep BOOLEAN NOT NULL, selection TEXT NOT NULL, "
	"began_ms INTEGER NOT NULL, swept_ms INTEGER NOT NULL, doubt BOOLEAN "
	"NOT NULL, followed_feed INTEGER, followed_deletions INTEGER, "
	"followed_accounts INTEGER, wanted INTEGER NOT NULL, heard_ms INTEGER "
	"NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _names (list TEXT NOT NULL, key TEXT NOT "
	"NULL, text TEXT NOT NULL, PRIMARY KEY (list, key)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _counts (name TEXT PRIMARY KEY NOT NULL, "
	"live INTEGER NOT NULL, gone INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _raw_history (batch INTEGER PRIMARY KEY, "
	"feed TEXT NOT NULL, replaced_ms INTEGER NOT NULL, rows INTEGER NOT "
	"NULL, body BLOB NOT NULL);"
	"CREATE INDEX IF NOT EXISTS _raw_history_feed ON _raw_history (feed);";

static const char tables[] =
	"CREATE TABLE IF NOT EXISTS _deletions (feed TEXT NOT NULL, key TEXT "
	"NOT NULL, version INTEGER NOT NULL, learnt_ms INTEGER NOT NULL, "
	"PRIMARY KEY (feed, key)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _dirty (feed TEXT NOT NULL, grp TEXT NOT "
	"NULL, PRIMARY KEY (feed, grp)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS _frontiers (feed TEXT PRIMARY KEY NOT "
	"NULL, grp TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS runs (seq INTEGER PRIMARY KEY, run TEXT "
	"NOT NULL, stream TEXT NOT NULL, state TEXT NOT NULL, problem TEXT, "
	"calls INTEGER NOT NULL, pages INTEGER NOT NULL, rows INTEGER NOT "
	"NULL, changed INTEGER NOT NULL, deleted INTEGER NOT NULL, began_ms "
	"INTEGER NOT NULL, ended_ms INTEGER NOT NULL, UNIQUE (run, stream));"
	"CREATE INDEX IF NOT EXISTS runs_stream ON runs (stream);"
	"CREATE TABLE IF NOT EXISTS findings (type TEXT NOT NULL, id TEXT NOT "
	"NULL, position INTEGER NOT NULL, check_id TEXT NOT NULL, error "
	"BOOLEAN NOT NULL, text TEXT NOT NULL, PRIMARY KEY (type, id, "
	"position)) WITHOUT ROWID;";

/* What every record's top table carries besides its fields. */
static const char bookkeeping[] =
	", \"change_number\" INTEGER, \"content_hash\" BLOB, "
	"\"first_seen\" TEXT, \"derived_by\" INTEGER";
static const char bookkeeping_shown[] =
	", \"change_number\", \"first_seen\", \"derived_by\"";

int records_schema_check(
	struct records *records, int64_t *ret_version, struct error *err)
{
	char maker[64] = "a newer version";
	int64_t application = 0;
	int64_t version = 0;
	int64_t objects = 0;
	int fail;

	fail = records_number(
		records, "PRAGMA application_id", &application, err);
	if (!fail)
		fail = records_number(
			records, "PRAGMA user_version", &version, err);
	if (!fail)
		fail = records_number(records,
			"SELECT count(*) FROM sqlite_master", &objects, err);
	if (fail)
		return fail;
	if (!objects && !application && !version) {
		*ret_version = 0;
		return 0;
	}
	if (application != APPLICATION_ID)
		return error_set(err, FAIL_STORE,
			"%s is a database of another program: name another "
			"file, or move it away",
			records->path);
	if (version > SCHEMA_VERSION) {
		bool set;
		int unknown = records_fact_get(records, "written_by", maker,
			sizeof(maker), &set, NULL);

		if (unknown) /* the refusal below is reason enough */
			(void)sqlite3_snprintf(
				(int)sizeof(maker), maker, "a newer version");
		return error_set(err, FAIL_STORE,
			"%s was written by exact-connector %s (schema %lld), "
			"this is %s (schema %d): upgrade this program",
			records->path, maker, (long long)version,
			PACKAGE_VERSION, SCHEMA_VERSION);
	}
	*ret_version = version;
	return 0;
}

/* Columns that a newer release of the model has, in tables made before. */
static int put_columns(struct records *records, const struct model_table *table,
	struct buf *text, struct error *err)
{
	struct records_columns stored = { 0 };
	struct buf name, column, definition;
	int fail;

	buf_init(&name, 256);
	buf_init(&column, 256);
	buf_init(&definition, 1024);
	model_ddl_name(table, &name);
	fail = records_columns_read(records, name.data, &stored, err);
	for (size_t i = 0; !fail && i < table->count; i++) {
		if (table->fields[i].child)
			fail = put_columns(
				records, table->fields[i].child, text, err);
		for (int part = 0; !fail; part++) {
			buf_reset(&column);
			buf_reset(&definition);
			if (!model_column(&table->fields[i], MODEL_SQLITE, part,
				    &column, &definition))
				break;
			/* A table that isn't there comes with its columns. */
			if (stored.count &&
				!records_columns_have(&stored, column.data))
				buf_printf(text,
					"ALTER TABLE \"%s\" ADD COLUMN %s;\n",
					name.data, definition.data);
		}
	}
	text->failed |= buf_failed(&name) || buf_failed(&column) ||
			buf_failed(&definition);
	if (stored.names.data)
		records_columns_free(&stored);
	buf_free(&definition);
	buf_free(&column);
	buf_free(&name);
	return fail;
}

static void put_indexes(const struct model_type *type, struct buf *text)
{
	const struct model_table *table = &type->table;
	const char *gone = table->fields[type->is_deleted].column;

	buf_printf(text, "CREATE INDEX IF NOT EXISTS \"%s_changes\" ON \"",
		table->table);
	model_ddl_name(table, text);
	buf_puts(text, "\" (\"change_number\");\n");
	buf_printf(text, "CREATE INDEX IF NOT EXISTS \"%s_deleted\" ON \"",
		table->table);
	model_ddl_name(table, text);
	buf_printf(text, "\" (\"id\") WHERE \"%s\";\n", gone);
}

static void put_drops(const struct model_table *table, struct buf *text)
{
	size_t i;

	buf_printf(text, "DROP VIEW IF EXISTS \"%s\";\n", table->table);
	for (i = 0; i < table->count; i++) {
		if (table->fields[i].child)
			put_drops(table->fields[i].child, text);
	}
}

static int start_count(struct records *records, const struct model_type *type,
	struct error *err)
{
	int64_t any = 0;
	struct buf name, text;
	int fail;

	buf_init(&name, 256);
	buf_init(&text, 1024);
	model_ddl_name(&type->table, &name);
	buf_printf(&text, "SELECT EXISTS (SELECT 1 FROM \"%s\")", name.data);
	fail = buf_failed(&name) || buf_failed(&text)
		       ? records_no_memory(records, err)
		       : records_number(records, text.data, &any, err);
	if (!fail && !any)
		fail = records_counts_start(records, name.data, err);
	buf_free(&text);
	buf_free(&name);
	return fail;
}

static int update_type(struct records *records, const struct model_type *type,
	struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	put_drops(&type->table, &text);
	fail = put_columns(records, &type->table, &text, err);
	model_ddl_tables(type, MODEL_SQLITE, bookkeeping, &text);
	put_indexes(type, &text);
	model_ddl_views(type, MODEL_SQLITE, bookkeeping_shown, &text);
	if (!fail)
		fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail ? fail : start_count(records, type, err);
}

/* All data types' DDL in 64 digits: nothing is done while it is the same. */
static int model_print(
	struct records *records, char ret[static 65], struct error *err)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	const struct model_type *const *type;
	struct buf text;
	int fail = 0;

	buf_init(&text, 4 << 20);
	buf_puts(&text, new_tables);
	buf_puts(&text, tables);
	for (type = model_types; *type; type++) {
		model_ddl_tables(*type, MODEL_SQLITE, bookkeeping, &text);
		put_indexes(*type, &text);
		model_ddl_views(*type, MODEL_SQLITE, bookkeeping_shown, &text);
	}
	if (buf_failed(&text) || crypto_sha256(text.data, text.len, hash))
		fail = records_no_memory(records, err);
	else
		crypto_hex(hash, sizeof(hash), ret);
	buf_free(&text);
	return fail;
}

static int update_types(struct records *records, struct error *err)
{
	const struct model_type *const *type;
	char print[65];
	char old[65] = "";
	bool set = false;
	int fail;

	fail = model_print(records, print, err);
	if (!fail)
		fail = records_fact_get(
			records, "model", old, sizeof(old), &set, err);
	if (fail || !strcmp(old, print))
		return fail;
	for (type = model_types; !fail && *type; type++)
		fail = update_type(records, *type, err);
	return fail ? fail : records_fact_set(records, "model", print, err);
}

static int set_version(struct records *records, struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 256);
	buf_printf(&text,
		"PRAGMA user_version = %d; PRAGMA application_id = %d",
		SCHEMA_VERSION, APPLICATION_ID);
	fail = records_execute(records, &text, err);
	buf_free(&text);
	return fail;
}

int records_schema_update(
	struct records *records, int64_t version, struct error *err)
{
	int64_t opens = 0;
	bool set;
	int fail = 0;

	if (version < SCHEMA_VERSION) {
		fail = sql_execute(records->db, records->path, new_tables, err);
		if (!fail && version)
			fail = records_upgrade(records, version, err);
		if (!fail)
			fail = sql_execute(
				records->db, records->path, tables, err);
		if (!fail)
			fail = set_version(records, err);
	}
	if (!fail)
		fail = update_types(records, err);
	if (!fail)
		fail = records_fact_number(records, "opens", &opens, &set, err);
	if (!fail)
		fail = records_fact_set_number(
			records, "opens", opens + 1, err);
	if (!fail)
		fail = records_fact_set(
			records, "written_by", PACKAGE_VERSION, err);
	return fail;
}

int records_schema_is_older(
	struct records *records, int fail, struct error *err)
{
	char print[65];
	char old[65] = "";
	char maker[64] = "an older release";
	bool set;

	/* When one of these fails, too, the first error is told. */
	if (model_print(records, print, NULL) ||
		records_fact_get(
			records, "model", old, sizeof(old), &set, NULL) ||
		records_fact_get(records, "written_by", maker, sizeof(maker),
			&set, NULL))
		return fail;
	if (!strcmp(old, print))
		return fail;
	return error_set(err, FAIL_STORE,
		"%s was last written by exact-connector %s, which did not know "
		"all of this: the next sync adds it",
		records->path, maker);
}
