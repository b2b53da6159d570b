/*
 * The table of entities, and what they are asked with. Each is a row in the
 * file of its area: its columns, what they must look like, and where it is
 * read.
 *
 *	entity_lists.c    accounts, journals, VAT codes, cost centres and units,
 *	                  relations, items
 *	entity_ledger.c   the ledger's lines
 *	entity_trade.c    sales invoices, open items
 *	entity_system.c   deletions, the division, the user
 *
 * Only what a data type needs is selected: names of users, bank numbers, free
 * notes and other personal data that none needs are never asked for.
 *
 * Adding a column changes entity_selection(), and the next run reads that
 * feed again from its beginning. (The facts: doc/exact-online-facts.md.)
 */
#include "connector/entity.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct entity *const entity_table[] = {
	&entity_divisions,
	&entity_me,
	&entity_gl_accounts,
	&entity_journals,
	&entity_vat_codes,
	&entity_cost_centers,
	&entity_cost_units,
	&entity_items,
	&entity_relations,
	&entity_sales_invoices,
	&entity_transaction_lines,
	&entity_deleted,
	/* Behind the ledger, which they must agree with. */
	&entity_receivables,
	&entity_payables,
	NULL,
};

static_assert(sizeof(entity_table) / sizeof(entity_table[0]) <= ENTITY_MAX + 1,
	"each entity has room in a run and in a plan");

const struct entity *entity_named(const char *name)
{
	for (size_t i = 0; entity_table[i]; i++) {
		if (!strcmp(entity_table[i]->shape.name, name))
			return entity_table[i];
	}
	return NULL;
}

const struct entity *entity_by_deleted_type(const char *type)
{
	char *end;
	long number = strtol(type, &end, 10);

	if (end == type || *end || number <= 0)
		return NULL;
	for (size_t i = 0; entity_table[i]; i++) {
		if (entity_table[i]->deleted_type == number)
			return entity_table[i];
	}
	return NULL;
}

static bool versioned(const struct entity *entity)
{
	return entity->cursor == ENTITY_TIMESTAMP ||
	       entity->cursor == ENTITY_DELETIONS;
}

static void select_list(const struct entity *entity, struct buf *ret)
{
	buf_puts(ret, entity->key);
	if (entity->group) {
		buf_putc(ret, ',');
		buf_puts(ret, entity->group);
	}
	if (entity->has_division)
		buf_puts(ret, ",Division");
	if (versioned(entity))
		buf_puts(ret, ",Timestamp");
	for (size_t i = 0; i < entity->shape.count; i++) {
		buf_putc(ret, ',');
		buf_puts(ret, entity->shape.columns[i].name);
	}
}

void entity_query(
	const struct entity *entity, const char *filter, struct buf *ret)
{
	size_t before = ret->len;

	if (filter) {
		buf_puts(ret, "$filter=");
		for (const char *c = filter; *c; c++) {
			if (*c == ' ')
				buf_puts(ret, "%20");
			else
				buf_putc(ret, *c);
		}
		buf_putc(ret, '&');
	}
	buf_puts(ret, "$select=");
	select_list(entity, ret);
	assert(ret->len - before < ENTITY_QUERY_MAX);
}

/* FNV-1a: only ever compared with its own earlier value. */
void entity_selection(const struct entity *entity, char ret[static 17])
{
	struct buf list;
	uint64_t hash = 0xcbf29ce484222325u;

	buf_init(&list, ENTITY_QUERY_MAX);
	select_list(entity, &list);
	for (size_t i = 0; i < list.len; i++) {
		hash ^= (unsigned char)list.data[i];
		hash *= 0x100000001b3u;
	}
	buf_free(&list);
	for (int i = 15; i >= 0; i--) {
		ret[i] = "0123456789abcdef"[hash & 15];
		hash >>= 4;
	}
	ret[16] = '\0';
}
