/*
 * The tables of a company file, and its version.
 *
 * user_version counts changes to the tables below: a file with a higher one
 * is refused. Tables of data types and feeds only ever gain columns, which
 * are added when they are missing, so they need no number.
 *
 *	meta        facts, among them change_number and opens
 *	raw_rows    entity, run, time and a zlib body: "[row,row,…]", each row
 *	            byte for byte as received; only rows new or changed
 *	feed_NAME   _seq (order of arrival), _id, _group, _version, and the
 *	            entity's own columns, all text
 *	deletions   what the source deleted, and as of which row version
 *	dirty, frontiers  groups whose record must be derived again
 *	cursors, runs, findings
 *	NAME_all    records, and the views NAME of the live ones (model/ddl.c)
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

#define SCHEMA_VERSION 2
#define APPLICATION_ID 0x45784163 /* "ExAc" */

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "?"
#endif

static const char tables[] =
	"CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY NOT NULL, "
	"value TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS raw_rows (batch INTEGER PRIMARY KEY, "
	"entity TEXT NOT NULL, run INTEGER NOT NULL, received_ms INTEGER NOT "
	"NULL, rows INTEGER NOT NULL, body BLOB NOT NULL);"
	"CREATE TABLE IF NOT EXISTS deletions (feed TEXT NOT NULL, key TEXT "
	"NOT NULL, version INTEGER NOT NULL, learnt_ms INTEGER NOT NULL, "
	"PRIMARY KEY (feed, key)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS dirty (feed TEXT NOT NULL, grp TEXT NOT "
	"NULL, PRIMARY KEY (feed, grp)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS frontiers (feed TEXT PRIMARY KEY NOT "
	"NULL, grp TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS cursors (stream TEXT PRIMARY KEY NOT "
	"NULL, committed INTEGER NOT NULL, run_high INTEGER NOT NULL, next "
	"TEXT NOT NULL, finished_ms INTEGER NOT NULL) WITHOUT ROWID;"
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

static int pragma(struct records *records, const char *text, int64_t *ret,
	struct error *err)
{
	sqlite3_stmt *statement;
	bool row = false;
	int fail;

	fail = sql_prepare(
		records->db, records->path, text, false, &statement, err);
	if (fail != 0)
		return fail;
	fail = records_step(records, statement, &row, err);
	if (fail == 0)
		*ret = row ? sqlite3_column_int64(statement, 0) : 0;
	(void)sqlite3_finalize(statement);
	return fail;
}

int records_schema_check(
	struct records *records, bool *ret_fresh, struct error *err)
{
	char maker[64] = "a newer version";
	int64_t application = 0;
	int64_t version = 0;
	int64_t objects = 0;
	int fail;

	fail = pragma(records, "PRAGMA application_id", &application, err);
	if (fail == 0)
		fail = pragma(records, "PRAGMA user_version", &version, err);
	if (fail == 0)
		fail = pragma(records, "SELECT count(*) FROM sqlite_master",
			&objects, err);
	if (fail != 0)
		return fail;
	*ret_fresh = objects == 0 && application == 0 && version == 0;
	if (*ret_fresh)
		return 0;
	if (application != APPLICATION_ID)
		return error_set(err, FAIL_STORE,
			"%s is a database of another program: name another "
			"file, or move it away",
			records->path);
	if (version > SCHEMA_VERSION) {
		(void)records_meta_get(
			records, "written_by", maker, sizeof(maker));
		return error_set(err, FAIL_STORE,
			"%s was written by exact-connector %s (schema %lld), "
			"this is %s (schema %d): upgrade this program",
			records->path, maker, (long long)version,
			PACKAGE_VERSION, SCHEMA_VERSION);
	}
	return 0;
}

int records_schema_has(struct records *records, const char *table,
	const char *column, bool *ret, struct error *err)
{
	sqlite3_stmt *statement;
	int fail;

	fail = sql_prepare(records->db, records->path,
		"SELECT 1 FROM pragma_table_xinfo(?1) WHERE name = ?2 COLLATE "
		"NOCASE OR ?2 IS NULL",
		false, &statement, err);
	if (fail != 0)
		return fail;
	sql_bind_text(statement, 1, table);
	sql_bind_text(statement, 2, column);
	fail = records_step(records, statement, ret, err);
	(void)sqlite3_finalize(statement);
	return fail;
}

static int run_text(
	struct records *records, const struct buf *text, struct error *err)
{
	if (buf_failed(text))
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	return sql_execute(records->db, records->path, text->data, err);
}

static int add_column(struct records *records, const char *table,
	const char *column, const char *definition, struct error *err)
{
	struct buf text;
	bool there = false;
	int fail;

	fail = records_schema_has(records, table, column, &there, err);
	if (fail != 0 || there)
		return fail;
	buf_init(&text, 4096);
	buf_printf(
		&text, "ALTER TABLE \"%s\" ADD COLUMN %s", table, definition);
	fail = run_text(records, &text, err);
	buf_free(&text);
	return fail;
}

/* Columns that a newer release of the model has, in tables made before. */
static int add_columns(struct records *records, const struct model_table *table,
	struct error *err)
{
	struct buf name, column, definition;
	int fail = 0;
	int part;
	size_t i;

	buf_init(&name, 256);
	buf_init(&column, 256);
	buf_init(&definition, 1024);
	model_ddl_name(table, &name);
	for (i = 0; fail == 0 && i < table->count; i++) {
		if (table->fields[i].child != NULL)
			fail = add_columns(
				records, table->fields[i].child, err);
		for (part = 0; fail == 0; part++) {
			buf_reset(&column);
			buf_reset(&definition);
			if (!model_column(&table->fields[i], MODEL_SQLITE, part,
				    &column, &definition))
				break;
			fail = add_column(records, name.data, column.data,
				definition.data, err);
		}
	}
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
		if (table->fields[i].child != NULL)
			put_drops(table->fields[i].child, text);
	}
}

static int update_type(struct records *records, const struct model_type *type,
	struct error *err)
{
	struct buf text;
	int fail;

	buf_init(&text, 1 << 20);
	put_drops(&type->table, &text);
	model_ddl_tables(type, MODEL_SQLITE, bookkeeping, &text);
	put_indexes(type, &text);
	fail = run_text(records, &text, err);
	if (fail == 0)
		fail = add_columns(records, &type->table, err);
	if (fail == 0) {
		buf_reset(&text);
		model_ddl_views(type, MODEL_SQLITE, bookkeeping_shown, &text);
		fail = run_text(records, &text, err);
	}
	buf_free(&text);
	return fail;
}

/* All data types' DDL in 64 digits: nothing is done while it is the same. */
static int model_print(char ret[static 65], struct error *err)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	const struct model_type *const *type;
	struct buf text;
	int fail = 0;

	buf_init(&text, 4 << 20);
	buf_puts(&text, tables);
	for (type = model_types; *type != NULL; type++) {
		model_ddl_tables(*type, MODEL_SQLITE, bookkeeping, &text);
		put_indexes(*type, &text);
		model_ddl_views(*type, MODEL_SQLITE, bookkeeping_shown, &text);
	}
	if (buf_failed(&text) || crypto_sha256(text.data, text.len, hash) != 0)
		fail = error_set(err, FAIL_STOP, "out of memory");
	else
		crypto_hex(hash, sizeof(hash), ret);
	buf_free(&text);
	return fail;
}

/* Version 1 kept `dirty` in order of arrival. */
static const char dirty_before[] =
	"CREATE TEMP TABLE dirty_before AS SELECT feed, grp FROM dirty;"
	"DROP TABLE dirty;";
static const char dirty_after[] =
	"INSERT OR IGNORE INTO dirty SELECT feed, grp FROM temp.dirty_before;"
	"DROP TABLE temp.dirty_before;";

static int update_tables(struct records *records, struct error *err)
{
	int64_t version = 0;
	int fail;

	fail = pragma(records, "PRAGMA user_version", &version, err);
	if (fail == 0 && version == 1)
		fail = sql_execute(
			records->db, records->path, dirty_before, err);
	if (fail == 0)
		fail = sql_execute(records->db, records->path, tables, err);
	if (fail == 0 && version == 1)
		fail = sql_execute(
			records->db, records->path, dirty_after, err);
	return fail;
}

static int update(struct records *records, struct error *err)
{
	const struct model_type *const *type;
	char print[65];
	char old[65] = "";
	struct buf text;
	int fail;

	fail = model_print(print, err);
	if (fail == 0)
		fail = update_tables(records, err);
	if (fail != 0)
		return fail;
	(void)records_meta_get(records, "model", old, sizeof(old));
	if (strcmp(old, print) != 0) {
		for (type = model_types; fail == 0 && *type != NULL; type++)
			fail = update_type(records, *type, err);
		if (fail == 0)
			fail = records_meta_set(records, "model", print, err);
	}
	records->run = records_meta_number(records, "opens") + 1;
	buf_init(&text, 256);
	buf_printf(&text, "%lld", (long long)records->run);
	if (fail == 0)
		fail = records_meta_set(records, "opens", text.data, err);
	if (fail == 0)
		fail = records_meta_set(
			records, "written_by", PACKAGE_VERSION, err);
	buf_reset(&text);
	buf_printf(&text,
		"PRAGMA user_version = %d; PRAGMA application_id = %d",
		SCHEMA_VERSION, APPLICATION_ID);
	if (fail == 0)
		fail = run_text(records, &text, err);
	buf_free(&text);
	return fail;
}

int records_schema_is_older(
	struct records *records, int fail, struct error *err)
{
	char print[65];
	char old[65] = "";
	char maker[64] = "an older release";

	if (model_print(print, NULL) != 0)
		return fail;
	(void)records_meta_get(records, "model", old, sizeof(old));
	(void)records_meta_get(records, "written_by", maker, sizeof(maker));
	if (strcmp(old, print) == 0)
		return fail;
	return error_set(err, FAIL_STORE,
		"%s was last written by exact-connector %s, which did not know "
		"all of this: the next sync adds it",
		records->path, maker);
}

int records_schema_update(struct records *records, struct error *err)
{
	int fail;

	fail = records_begin(records, err);
	if (fail != 0)
		return fail;
	fail = update(records, err);
	if (fail == 0)
		fail = sql_execute(records->db, records->path, "COMMIT", err);
	if (fail != 0) {
		records_rollback(records);
		return fail;
	}
	records->in_transaction = false;
	records->change_number = records_meta_number(records, "change_number");
	return 0;
}
