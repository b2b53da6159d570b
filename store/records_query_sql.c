/*
 *	currency = eur        "currency" COLLATE NOCASE = ?1
 *	status != Paid        "status" IS NOT ?1           true where it is null
 *	name ~ 50%            "name" LIKE ?1 ESCAPE '\'
 *	dueDate < 2026-02-01  rtrim("due_date", 'Z') < ?1
 *	totalAmount > 12.5    "total_amount_e4" > ?1
 *	isDeleted = true      "is_deleted"    as the index of the deleted says
 */
#include "store/records_query_sql.h"

#include <assert.h>
#include <sqlite3.h>

#include "store/sql.h"

/* A hundred conditions on the longest column. */
#define SQL_MAX (1u << 16)

static const char *const operators[QUERY_OPERATORS] = {
	[QUERY_EQUAL] = "=",
	[QUERY_UNEQUAL] = "IS NOT",
	[QUERY_CONTAINS] = "LIKE",
	[QUERY_GREATER] = ">",
	[QUERY_LESS] = "<",
	[QUERY_NOT_LESS] = ">=",
	[QUERY_NOT_GREATER] = "<=",
};

void query_sql_init(struct query_sql *sql)
{
	buf_init(&sql->text, SQL_MAX);
	sql->count = 0;
}

void query_sql_free(struct query_sql *sql)
{
	buf_free(&sql->text);
}

static void put_bind(struct query_sql *sql, struct query_bind bind)
{
	assert(sql->count < QUERY_BINDS_MAX);
	sql->binds[sql->count++] = bind;
	buf_printf(&sql->text, "?%d", sql->count);
}

void query_sql_number(struct query_sql *sql, int64_t value)
{
	put_bind(
		sql, (struct query_bind){ .is_number = true, .number = value });
}

void query_sql_text(struct query_sql *sql, const char *value)
{
	put_bind(sql, (struct query_bind){ .text = value });
}

void query_sql_bind(const struct query_sql *sql, struct sqlite3_stmt *ret)
{
	for (int i = 0; i < sql->count; i++) {
		if (sql->binds[i].is_number)
			sql_bind_integer(ret, i + 1, sql->binds[i].number);
		else
			sql_bind_text(ret, i + 1, sql->binds[i].text);
	}
}

static void put_column(
	const struct model_field *field, enum query_use use, struct buf *ret)
{
	if (use == QUERY_WITHOUT_INDEX)
		buf_putc(ret, '+');
	buf_putc(ret, '"');
	(void)model_column(field, MODEL_SQLITE, 0, ret, NULL);
	buf_putc(ret, '"');
}

void query_sql_field(const struct model_type *type, int field,
	enum query_use use, struct buf *ret)
{
	const struct model_field *shape = &type->table.fields[field];

	if (shape->kind == MODEL_MOMENT) {
		buf_puts(ret, use == QUERY_BY_INDEX ? "rtrim(" : "+rtrim(");
		put_column(shape, QUERY_BY_INDEX, ret);
		buf_puts(ret, ", 'Z')");
		return;
	}
	put_column(shape, use, ret);
	if (shape->kind == MODEL_TEXT && !query_field_is_id(type, field))
		buf_puts(ret, " COLLATE NOCASE");
}

void query_sql_index_name(
	const struct model_type *type, int field, struct buf *ret)
{
	buf_printf(ret, "%s_by_%s", type->table.table,
		type->table.fields[field].column);
}

static void put_term(const struct records_filter *filter,
	const struct query_node *term, enum query_use use,
	struct query_sql *ret)
{
	const struct model_type *type = filter->type;

	if (query_node_is_deleted(filter, term) && use == QUERY_BY_INDEX) {
		put_column(&type->table.fields[term->field], use, &ret->text);
		return;
	}
	if (term->operator== QUERY_CONTAINS)
		put_column(&type->table.fields[term->field], use, &ret->text);
	else
		query_sql_field(type, term->field, use, &ret->text);
	buf_printf(&ret->text, " %s ", operators[term->operator]);
	if (term->value.is_number)
		query_sql_number(ret, term->value.number);
	else
		query_sql_text(ret, filter->texts.data + term->value.text);
	if (term->operator== QUERY_CONTAINS)
		buf_puts(&ret->text, " ESCAPE '\\'");
}

void query_sql_node(const struct records_filter *filter, int node,
	const bool *by_index, struct query_sql *ret)
{
	const struct query_node *top = &filter->nodes[node];
	const char *between = top->kind == QUERY_ALL ? " AND " : " OR ";

	if (top->kind == QUERY_TERM) {
		put_term(filter, top,
			!by_index || by_index[node] ? QUERY_BY_INDEX
						    : QUERY_WITHOUT_INDEX,
			ret);
		return;
	}
	buf_putc(&ret->text, '(');
	for (int child = top->child; child >= 0;
		child = filter->nodes[child].next) {
		if (child != top->child)
			buf_puts(&ret->text, between);
		query_sql_node(filter, child, by_index, ret);
	}
	buf_putc(&ret->text, ')');
}
