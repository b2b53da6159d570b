/*
 * Records in. Whether anything changed is decided by SHA-256 over the
 * record's JSON without metadata.isDeleted and modifiedDate: 32 bytes a
 * record, and no collision will ever hide a change.
 *
 *	stored      put                      becomes     change number
 *	nothing     any                      NEW         next
 *	live        same content             UNCHANGED   stays
 *	live        other content            UPDATED     next
 *	live        says it is deleted       DELETED     next
 *	deleted     live, any content        REVIVED     next
 *
 * Children have no identity of their own: on a change all of them are
 * replaced.
 */
#include "store/records_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/when.h"

static int check(const struct records *records, const struct model_type *type,
	const struct model_record *record, struct error *err)
{
	const struct model_field *field;
	const char *value = NULL;

	if (model_record_failed(record))
		return error_set(err, FAIL_STOP,
			"%s: out of memory for a record of %s", records->path,
			type->name);
	if (!model_is_set(record, 0) || model_text(record, 0)[0] == '\0')
		return error_set(err, FAIL_RECORD, "a record of %s has no id",
			type->name);
	field = model_bad_enum(record, &value);
	if (field)
		return error_set(err, FAIL_RECORD,
			"%s %.64s: \"%.64s\" is no value of %s", type->name,
			model_text(record, 0), value, field->name);
	return 0;
}

static int hash_content(struct records *records,
	const struct model_record *record,
	unsigned char ret[static CRYPTO_SHA256_BYTES], struct error *err)
{
	buf_reset(&records->text);
	model_json(record, &records->text);
	if (buf_failed(&records->text) ||
		crypto_sha256(records->text.data, records->text.len, ret) != 0)
		return error_set(
			err, FAIL_STOP, "%s: out of memory", records->path);
	return 0;
}

static void bind_fields(
	sqlite3_stmt *statement, int at, const struct model_record *record)
{
	const struct model_table *table = model_record_table(record);
	size_t i;

	for (i = 0; i < table->count; i++) {
		switch (table->fields[i].kind) {
		case MODEL_CHILDREN:
			continue;
		case MODEL_TEXT:
		case MODEL_ENUM:
		case MODEL_MOMENT:
			sql_bind_text(statement, at,
				model_is_set(record, (int)i)
					? model_text(record, (int)i)
					: NULL);
			break;
		case MODEL_MONEY:
		case MODEL_RATE:
		case MODEL_INTEGER:
		case MODEL_BOOLEAN:
			if (model_is_set(record, (int)i))
				sql_bind_integer(statement, at,
					model_number(record, (int)i));
			else
				sql_bind_text(statement, at, NULL);
			break;
		}
		at++;
	}
}

/* The children that table->steps lead to, from `level` down. */
static int put_children(struct records *records, struct records_table *table,
	const struct model_record *parent, size_t level, struct error *err)
{
	const struct model_record *child;
	int step = table->steps[level];
	size_t count = model_child_count(parent, step);
	size_t i;
	int fail;

	for (i = 0; i < count; i++) {
		child = model_child(parent, step, i);
		sql_bind_integer(table->insert, (int)level + 2, (int64_t)i);
		if (level + 1 < table->depth) {
			fail = put_children(
				records, table, child, level + 1, err);
		} else {
			bind_fields(
				table->insert, (int)table->depth + 2, child);
			fail = records_done(records, table->insert, err);
		}
		if (fail)
			return fail;
	}
	return 0;
}

static int write_record(struct records *records, struct records_plan *plan,
	const struct model_record *record, const unsigned char *hash, bool new,
	struct error *err)
{
	const char *id = model_text(record, 0);
	sqlite3_stmt *top = plan->tables[0].insert;
	size_t i;
	int fail;

	for (i = plan->count - 1; !new &&i > 0; i--) {
		sql_bind_text(plan->tables[i].erase, 1, id);
		fail = records_done(records, plan->tables[i].erase, err);
		if (fail)
			return fail;
	}
	sql_bind_integer(top, 1, records->change_number + 1);
	(void)sqlite3_bind_blob(
		top, 2, hash, CRYPTO_SHA256_BYTES, SQLITE_STATIC);
	sql_bind_text(top, 3, model_text(record, plan->type->modified_date));
	sql_bind_integer(top, 4, records->derived_by);
	bind_fields(top, 5, record);
	fail = records_done(records, top, err);
	for (i = 1; !fail && i < plan->count; i++) {
		sql_bind_text(plan->tables[i].insert, 1, id);
		fail = put_children(records, &plan->tables[i], record, 0, err);
	}
	if (!fail)
		records->change_number++;
	return fail;
}

/* What is stored under the id: *ret_stored, and if so the other two. */
static int look_up(struct records *records, struct records_plan *plan,
	const char *id, const unsigned char *hash, bool *ret_stored,
	bool *ret_same, bool *ret_deleted, struct error *err)
{
	bool row = false;
	int fail;

	sql_bind_text(plan->find, 1, id);
	fail = records_step(records, plan->find, &row, err);
	if (fail)
		return fail;
	*ret_stored = row;
	*ret_same = false;
	*ret_deleted = false;
	if (!row)
		return 0;
	*ret_deleted = sqlite3_column_int(plan->find, 1) != 0;
	*ret_same = hash &&
		    sqlite3_column_bytes(plan->find, 0) ==
			    CRYPTO_SHA256_BYTES &&
		    memcmp(sqlite3_column_blob(plan->find, 0), hash,
			    CRYPTO_SHA256_BYTES) == 0;
	(void)sqlite3_reset(plan->find);
	return 0;
}

static void now_text(const struct records *records, char ret[WHEN_TEXT_MAX])
{
	when_format_utc(clock_now(records->clock).wall_ms, ret);
}

void records_derived_by(struct records *records, int64_t version)
{
	records->derived_by = version;
}

/* How many more are live and deleted because of that change. */
static int count_change(struct records *records, struct records_plan *plan,
	enum record_change change, bool deleted, struct error *err)
{
	switch (change) {
	case RECORD_NEW:
		return records_counts_add(
			records, plan->table, !deleted, deleted, err);
	case RECORD_DELETED:
		return records_counts_add(records, plan->table, -1, 1, err);
	case RECORD_REVIVED:
		return records_counts_add(records, plan->table, 1, -1, err);
	case RECORD_UPDATED:
	case RECORD_UNCHANGED:
		break;
	}
	return 0;
}

int records_put(struct records *records, const struct model_type *type,
	struct model_record *record, enum record_change *ret, struct error *err)
{
	unsigned char hash[CRYPTO_SHA256_BYTES];
	char now[WHEN_TEXT_MAX];
	struct records_plan *plan;
	enum record_change change;
	bool stored, same, was_deleted;
	bool deleted = model_is_set(record, type->is_deleted) &&
		       model_number(record, type->is_deleted) != 0;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = check(records, type, record, err);
	if (!fail)
		fail = records_plan_get(records, type, &plan, err);
	if (fail)
		return fail;
	model_unset(record, type->is_deleted);
	model_unset(record, type->modified_date);
	fail = hash_content(records, record, hash, err);
	now_text(records, now);
	model_set_boolean(record, type->is_deleted, deleted);
	model_set_text(record, type->modified_date, now);
	if (!fail)
		fail = check(records, type, record, err);
	if (!fail)
		fail = look_up(records, plan, model_text(record, 0), hash,
			&stored, &same, &was_deleted, err);
	if (fail)
		return fail;
	if (!stored)
		change = RECORD_NEW;
	else if (was_deleted && !deleted)
		change = RECORD_REVIVED;
	else if (deleted && !was_deleted)
		change = RECORD_DELETED;
	else
		change = same ? RECORD_UNCHANGED : RECORD_UPDATED;
	if (change == RECORD_UNCHANGED) {
		*ret = change;
		return 0;
	}
	fail = write_record(records, plan, record, hash, !stored, err);
	if (!fail)
		fail = count_change(records, plan, change, deleted, err);
	if (!fail)
		*ret = change;
	return fail;
}

int records_retire(struct records *records, const struct model_type *type,
	const char *id, enum record_change *ret, struct error *err)
{
	char now[WHEN_TEXT_MAX];
	struct records_plan *plan;
	bool stored, same, was_deleted;
	int fail;

	fail = records_writable(records, err);
	if (!fail)
		fail = records_plan_get(records, type, &plan, err);
	if (!fail)
		fail = look_up(records, plan, id, NULL, &stored, &same,
			&was_deleted, err);
	if (fail)
		return fail;
	if (!stored || was_deleted) {
		*ret = RECORD_UNCHANGED;
		return 0;
	}
	now_text(records, now);
	sql_bind_text(plan->retire, 1, id);
	sql_bind_text(plan->retire, 2, now);
	sql_bind_integer(plan->retire, 3, records->change_number + 1);
	fail = records_done(records, plan->retire, err);
	if (!fail)
		fail = count_change(records, plan, RECORD_DELETED, true, err);
	if (fail)
		return fail;
	records->change_number++;
	*ret = RECORD_DELETED;
	return 0;
}
