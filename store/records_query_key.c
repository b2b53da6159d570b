/*
 * A key is what a record is ordered by, its value and its id, as one text:
 *
 *	iID             order by id
 *	nNUMBER:ID      a number, as it is stored
 *	tLENGTH:TEXTID  a text or a moment, of so many bytes
 *	-ID             the record lacks the field
 */
#include "store/records_query_key.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Which of the above an order has, for records that have the field. */
static char kind_of(const struct records_query *query)
{
	if (query->order <= 0)
		return 'i';
	switch (query->type->table.fields[query->order].kind) {
	case MODEL_TEXT:
	case MODEL_ENUM:
	case MODEL_MOMENT:
		return 't';
	case MODEL_MONEY:
	case MODEL_RATE:
	case MODEL_INTEGER:
	case MODEL_BOOLEAN:
		return 'n';
	case MODEL_CHILDREN:
		break;
	}
	assert(0 && "no order by an array");
	return 'i';
}

static void put_text(const struct records_query *query,
	const struct model_record *record, struct buf *ret)
{
	const char *text = model_text(record, query->order);
	size_t len = strlen(text);

	/* A moment is compared without its Z. */
	if (query->type->table.fields[query->order].kind == MODEL_MOMENT) {
		while (len > 0 && text[len - 1] == 'Z')
			len--;
	}
	buf_printf(ret, "t%zu:", len);
	buf_append(ret, text, len);
}

void records_query_key(const struct records_query *query,
	const struct records_found *found, struct buf *ret)
{
	char kind = kind_of(query);

	assert(query->order >= 0 || !query->changed);
	if (kind == 'i')
		buf_putc(ret, 'i');
	else if (!model_is_set(found->record, query->order))
		buf_putc(ret, '-');
	else if (kind == 't')
		put_text(query, found->record, ret);
	else
		buf_printf(ret, "n%lld:",
			(long long)model_number(found->record, query->order));
	buf_puts(ret, model_text(found->record, 0));
}

/* "12:" at the front; gives what follows the colon, or NULL. */
static const char *read_whole(const char *at, int64_t *ret)
{
	char *end;

	if (*at != '-' && (*at < '0' || *at > '9'))
		return NULL;
	errno = 0;
	*ret = strtoll(at, &end, 10);
	return errno == 0 && *end == ':' ? end + 1 : NULL;
}

static int refuse(struct error *err)
{
	return error_set(err, FAIL_USAGE,
		"the page to go on from was not made by a query in this "
		"order: begin again with the first page");
}

int query_key_read(const struct records_query *query, struct query_key *ret,
	struct error *err)
{
	struct query_key key = { .given = true };
	const char *at = query->after;
	char kind = kind_of(query);
	int64_t len = 0;

	if (!at)
		return 0;
	if (query->order < 0 && query->changed)
		return refuse(err);
	key.absent = kind != 'i' && *at == '-';
	if (*at != kind && !key.absent)
		return refuse(err);
	at++;
	if (!key.absent && kind == 'n') {
		key.is_number = true;
		at = read_whole(at, &key.number);
	} else if (!key.absent && kind == 't') {
		at = read_whole(at, &len);
		if (at && (len < 0 || (int64_t)strlen(at) < len))
			at = NULL;
	}
	if (!at || at[len] == '\0')
		return refuse(err);
	if (!key.absent && kind == 't') {
		key.text = strndup(at, (size_t)len);
		if (!key.text)
			return error_set(err, FAIL_STOP, "out of memory");
	}
	key.id = at + len;
	*ret = key;
	return 0;
}
