/*
 * Which index a query walks.
 *
 * There are two ways to answer "the 100 first by F of those with G":
 *
 *	walk    the records in order of F, leaving out those without G
 *	narrow  find all with G by its index, and sort them by F
 *
 * Of N records m have G. A walk passes some N/m × 100 of them until it has its
 * hundred; narrow reads m. Both are the same at m = 10 × √N: 10,000 for a
 * million records. So the records with G are counted in G's index, up to that
 * many (a millisecond): fewer, and they are sorted; else the order is walked.
 *
 *	order by    with G                    way
 *	id          status = Void, 1,405      status's index, in order of id
 *	issueDate   status = Void, 1,405      status's index, sorted
 *	issueDate   status = Paid, 92,874     issueDate's index
 *	issueDate   issueDate > 2026-01-01    issueDate's index, from there
 *	note        anything many             all records of the type, sorted
 *
 * A walk can be long all the same where G is rare at the order's beginning:
 * open invoices by dueDate pass over what was paid long ago. It reads the top
 * rows of one type at most once, and never a line.
 *
 * SQLite keeps no statistics here, as readers cannot write them. So nothing
 * is left to its guesses: the index is named (INDEXED BY), and a plus before
 * the columns of all other conditions keeps their indexes out.
 *
 * A sort holds ids and values alone, in SQLite's cache (2 MB) and beyond that
 * in a temporary file.
 */
#include "store/records_query_plan.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "store/records_parts.h"
#include "store/records_query_key.h"

#define NARROW_MAX 10000
/* Fields that conditions may find records by; more are not looked at. */
#define DRIVERS_MAX 8

/* In place of a field. */
#define BY_CHANGE  (-1) /* the change number */
#define BY_SEVERAL (-2) /* an || over indexed fields */

/* Conditions that an index finds. */
struct driver {
	int field;
	bool equal; /* to one value: its records come by id */
	bool by_index[QUERY_NODES_MAX];
	int64_t found; /* at most NARROW_MAX + 1 */
};

struct planner {
	struct records *records;
	const struct records_query *query;
	struct error *err;
	int order; /* a field or BY_CHANGE */
	bool descending;
	struct query_key key;
	struct driver drivers[DRIVERS_MAX];
	int count;
	const struct driver *driver; /* the one that is used; or NULL */
	bool sorted;
};

/* ---- indexes -------------------------------------------------------------- */

/* "" for the table itself, which is in order of id. */
static void put_index_name(
	const struct planner *planner, int field, struct buf *ret)
{
	const struct model_type *type = planner->query->type;

	if (field == BY_CHANGE)
		buf_printf(ret, "%s_changes", type->table.table);
	else if (field == type->is_deleted)
		buf_printf(ret, "%s_deleted", type->table.table);
	else if (field > 0)
		query_sql_index_name(type, field, ret);
}

/* Has the file an index in order of that field, and then of the id? */
static int is_walkable(struct planner *planner, int field, bool *ret)
{
	const struct model_type *type = planner->query->type;
	struct buf name;
	int fail;

	if (field == BY_CHANGE || field == 0) {
		*ret = true;
		return 0;
	}
	*ret = false;
	if (!type->table.fields[field].indexed)
		return 0;
	buf_init(&name, 256);
	query_sql_index_name(type, field, &name);
	fail = buf_failed(&name)
		       ? error_set(planner->err, FAIL_STOP, "out of memory")
		       : query_index_there(planner->records, name.data, ret,
				 planner->err);
	buf_free(&name);
	return fail;
}

static void put_index(const struct planner *planner, struct buf *ret)
{
	int field = planner->driver ? planner->driver->field : planner->order;

	/* Sorted without a driver, everything is read. */
	if (!planner->driver && planner->sorted)
		return;
	if (field == BY_SEVERAL || field == 0)
		return;
	buf_puts(ret, " INDEXED BY \"");
	put_index_name(planner, field, ret);
	buf_putc(ret, '"');
}

/* ---- statements ----------------------------------------------------------- */

static void put_and(struct query_sql *sql, bool *first)
{
	buf_puts(&sql->text, *first ? " WHERE " : " AND ");
	*first = false;
}

/* All but order and key; by_index as query_sql_node() has it. */
static void put_where(const struct records_query *query, const bool *by_index,
	bool change_by_index, bool *first, struct query_sql *ret)
{
	const struct model_type *type = query->type;

	if (query->filter) {
		put_and(ret, first);
		query_sql_node(
			query->filter, query->filter->root, by_index, ret);
	}
	if (query->live_only) {
		put_and(ret, first);
		buf_printf(&ret->text, "NOT \"%s\"",
			type->table.fields[type->is_deleted].column);
	}
	if (query->changed) {
		put_and(ret, first);
		buf_printf(&ret->text, "%s\"change_number\" > ",
			change_by_index ? "" : "+");
		query_sql_number(ret, query->changed_since);
	}
}

void query_plan_where(const struct records_query *query, struct query_sql *ret)
{
	bool first = true;

	put_where(query, NULL, true, &first, ret);
}

static void put_order_field(const struct planner *planner, struct buf *ret)
{
	if (planner->order == BY_CHANGE)
		buf_printf(
			ret, "%s\"change_number\"", planner->sorted ? "+" : "");
	else
		query_sql_field(planner->query->type, planner->order,
			planner->sorted ? QUERY_WITHOUT_INDEX : QUERY_BY_INDEX,
			ret);
}

static void put_key_value(const struct planner *planner, struct query_sql *ret)
{
	if (planner->key.is_number)
		query_sql_number(ret, planner->key.number);
	else
		query_sql_text(ret, planner->key.text);
}

/*
 * What comes after the key, in up to three parts, each a range of the index:
 *
 *	ascending             equal and a higher id | greater
 *	ascending, absent     absent and a higher id | all that have it
 *	descending            equal and a lower id | less | all that lack it
 *	descending, absent    absent and a lower id
 *
 * Not (field, id) > (value, id): SQLite searches no index of an expression
 * for that, and a moment's index is one.
 */
static int part_count(const struct planner *planner)
{
	const struct query_key *key = &planner->key;

	if (!key->given || planner->order == 0)
		return 1;
	if (key->absent)
		return planner->descending ? 1 : 2;
	return planner->descending ? 3 : 2;
}

/* Are a part's records all equal in the order's field, and ordered by id? */
static bool is_level(const struct planner *planner, int part)
{
	return planner->order == 0 ||
	       (planner->key.given && (part == 0 || part == 2));
}

static void put_key(
	const struct planner *planner, int part, struct query_sql *ret)
{
	const struct query_key *key = &planner->key;
	const char *sign = planner->descending ? "<" : ">";

	if (planner->order > 0) {
		put_order_field(planner, &ret->text);
		if (part == 2 || (key->absent && part == 0)) {
			buf_puts(&ret->text, " IS NULL");
		} else if (key->absent) {
			buf_puts(&ret->text, " IS NOT NULL");
		} else {
			buf_printf(&ret->text, " %s ", part == 0 ? "=" : sign);
			put_key_value(planner, ret);
		}
		if (part > 0)
			return;
		buf_puts(&ret->text, " AND ");
	}
	buf_printf(&ret->text, "\"id\" %s ", sign);
	query_sql_text(ret, key->id);
}

static void put_part(
	const struct planner *planner, int part, struct query_sql *ret)
{
	static const bool none[QUERY_NODES_MAX];
	const struct records_query *query = planner->query;
	const struct driver *driver = planner->driver;
	const char *way = planner->descending ? " DESC" : "";
	bool first = true;

	put_index(planner, &ret->text);
	put_where(query, driver ? driver->by_index : none,
		driver && driver->field == BY_CHANGE, &first, ret);
	if (planner->key.given) {
		put_and(ret, &first);
		put_key(planner, part, ret);
	}
	buf_puts(&ret->text, " ORDER BY ");
	if (!is_level(planner, part)) {
		put_order_field(planner, &ret->text);
		buf_printf(&ret->text, "%s, ", way);
	}
	buf_printf(&ret->text, "%s\"id\"%s", planner->sorted ? "+" : "", way);
	if (query->limit == 0 && query->skip == 0)
		return;
	buf_puts(&ret->text, " LIMIT ");
	query_sql_number(ret, query->limit == 0 ? -1 : query->limit);
	buf_puts(&ret->text, " OFFSET ");
	query_sql_number(ret, query->skip);
}

/* ---- drivers -------------------------------------------------------------- */

static struct driver *driver_for(struct planner *planner, int field)
{
	struct driver *driver = planner->drivers;

	for (int i = 0; i < planner->count; i++, driver++) {
		if (driver->field == field && field != BY_SEVERAL)
			return driver;
	}
	if (planner->count == DRIVERS_MAX)
		return NULL;
	planner->count++;
	*driver = (struct driver){ .field = field };
	return driver;
}

/* Can an index find what the condition asks for? */
static int is_findable(
	struct planner *planner, const struct query_node *node, bool *ret)
{
	*ret = false;
	if (node->kind != QUERY_TERM ||
		node->operator== QUERY_UNEQUAL || node->operator==
		QUERY_CONTAINS)
		return 0;
	if (query_node_is_deleted(planner->query->filter, node)) {
		*ret = true;
		return 0;
	}
	return is_walkable(planner, node->field, ret);
}

static int add_several(struct planner *planner, const struct query_node *any)
{
	const struct query_node *nodes = planner->query->filter->nodes;
	struct driver *driver;
	bool findable = true;
	int fail = 0;

	for (int child = any->child; !fail && findable && child >= 0;
		child = nodes[child].next)
		fail = is_findable(planner, &nodes[child], &findable);
	if (fail || !findable)
		return fail;
	driver = driver_for(planner, BY_SEVERAL);
	for (int child = any->child; driver && child >= 0;
		child = nodes[child].next)
		driver->by_index[child] = true;
	return 0;
}

static int add_node(struct planner *planner, int node)
{
	const struct query_node *top = &planner->query->filter->nodes[node];
	struct driver *driver;
	bool findable = false;
	int fail;

	if (top->kind == QUERY_ANY)
		return add_several(planner, top);
	fail = is_findable(planner, top, &findable);
	if (fail || !findable)
		return fail;
	driver = driver_for(planner, top->field);
	if (driver) {
		driver->by_index[node] = true;
		driver->equal = driver->equal || top->operator== QUERY_EQUAL;
	}
	return 0;
}

/* The first of the conditions that must all hold, and the next; or -1. */
static int first_of_all(const struct records_filter *filter)
{
	const struct query_node *root = &filter->nodes[filter->root];

	return root->kind == QUERY_ALL ? root->child : filter->root;
}

static int next_of_all(const struct records_filter *filter, int node)
{
	return node == filter->root ? -1 : filter->nodes[node].next;
}

static int add_drivers(struct planner *planner)
{
	const struct records_filter *filter = planner->query->filter;
	int fail = 0;

	if (planner->query->changed)
		(void)driver_for(planner, BY_CHANGE);
	if (!filter)
		return 0;
	for (int node = first_of_all(filter); !fail && node >= 0;
		node = next_of_all(filter, node))
		fail = add_node(planner, node);
	return fail;
}

/* The driver's conditions alone. */
static void put_driver(const struct planner *planner,
	const struct driver *driver, struct query_sql *ret)
{
	const struct records_filter *filter = planner->query->filter;
	bool first = true;

	if (driver->field == BY_CHANGE) {
		buf_puts(&ret->text, " WHERE \"change_number\" > ");
		query_sql_number(ret, planner->query->changed_since);
		return;
	}
	for (int node = first_of_all(filter); node >= 0;
		node = next_of_all(filter, node)) {
		int leaf = filter->nodes[node].kind == QUERY_TERM
				   ? node
				   : filter->nodes[node].child;

		if (!driver->by_index[leaf])
			continue;
		put_and(ret, &first);
		query_sql_node(filter, node, driver->by_index, ret);
	}
}

/* How many records the driver finds, counted up to NARROW_MAX + 1. */
static int count_driver(struct planner *planner, struct driver *driver)
{
	struct records *records = planner->records;
	sqlite3_stmt *count;
	struct query_sql sql;
	bool row = false;
	int fail;

	query_sql_init(&sql);
	buf_puts(&sql.text, "SELECT count(*) FROM (SELECT 1 FROM \"");
	model_ddl_name(&planner->query->type->table, &sql.text);
	buf_putc(&sql.text, '"');
	planner->driver = driver;
	put_index(planner, &sql.text);
	planner->driver = NULL;
	put_driver(planner, driver, &sql);
	buf_printf(&sql.text, " LIMIT %d)", NARROW_MAX + 1);
	fail = records_prepare(records, &sql.text, false, &count, planner->err);
	if (!fail) {
		query_sql_bind(&sql, count);
		fail = records_step(records, count, &row, planner->err);
		if (!fail)
			driver->found = sqlite3_column_int64(count, 0);
		(void)sqlite3_finalize(count);
	}
	query_sql_free(&sql);
	return fail;
}

/* A condition that the key makes true anyway must not be what the index
 * begins with: each page would pass over all pages before it. */
static void begin_at_key(struct planner *planner, struct driver *same)
{
	const struct records_filter *filter = planner->query->filter;

	if (!planner->key.given || planner->key.absent || !filter)
		return;
	for (int node = first_of_all(filter); node >= 0;
		node = next_of_all(filter, node)) {
		enum query_operator operator= filter->nodes[node].operator;
		bool lower = operator== QUERY_GREATER || operator==
			QUERY_NOT_LESS;
		bool upper = operator== QUERY_LESS || operator==
			QUERY_NOT_GREATER;

		if (planner->descending ? upper : lower)
			same->by_index[node] = false;
	}
}

/* The driver, the order that is left, and whether to sort. */
static int choose(struct planner *planner)
{
	struct driver *best = NULL;
	struct driver *same = NULL;
	struct driver *equal = NULL;
	bool walkable = false;
	int fail = 0;

	for (int i = 0; !fail && i < planner->count; i++) {
		struct driver *driver = &planner->drivers[i];

		fail = count_driver(planner, driver);
		if (!best || driver->found < best->found)
			best = driver;
		if (driver->field == planner->order)
			same = driver;
		if (driver->equal)
			equal = driver;
	}
	/* All have the same value: what is left is the order by id. */
	if (same && same->equal && planner->order > 0)
		planner->order = 0;
	if (!fail)
		fail = is_walkable(planner, planner->order, &walkable);
	if (fail)
		return fail;
	if (best && best->found <= NARROW_MAX && best != same) {
		planner->driver = best;
	} else if (walkable && same) {
		planner->driver = same;
		if (planner->order != 0)
			begin_at_key(planner, same);
	} else if (walkable && planner->order == 0) {
		planner->driver = equal;
	}
	if (!planner->driver)
		planner->sorted = !walkable;
	else if (planner->driver != same || planner->order == 0)
		planner->sorted = planner->order != 0 ||
				  !planner->driver->equal;
	return 0;
}

static void start(struct planner *planner, struct records *records,
	const struct records_query *query, struct error *err)
{
	planner->records = records;
	planner->query = query;
	planner->err = err;
	planner->order = query->order;
	if (query->order < 0)
		planner->order = query->changed ? BY_CHANGE : 0;
	planner->descending = query->order >= 0 && query->descending;
}

int query_plan_make(struct records *records, const struct records_query *query,
	struct query_plan *ret, struct error *err)
{
	struct planner *planner = calloc(1, sizeof(*planner));
	int fail;

	assert(!query->after || query->skip == 0);
	if (!planner)
		return error_set(err, FAIL_STOP, "out of memory");
	start(planner, records, query, err);
	fail = query_key_read(query, &planner->key, err);
	if (!fail)
		fail = add_drivers(planner);
	if (!fail)
		fail = choose(planner);
	if (fail)
		goto done;
	ret->sorted = planner->sorted;
	ret->count = part_count(planner);
	for (int i = 0; i < ret->count; i++) {
		query_sql_init(&ret->parts[i]);
		put_part(planner, i, &ret->parts[i]);
	}
	ret->key_text = planner->key.text;
	planner->key.text = NULL;
done:
	free(planner->key.text);
	free(planner);
	return fail;
}

void query_plan_free(struct query_plan *plan)
{
	for (int i = 0; i < plan->count; i++)
		query_sql_free(&plan->parts[i]);
	free(plan->key_text);
}
