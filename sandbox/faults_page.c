/*
 * Faults within the page of a list. The body is ours, so its rows are found
 * by counting braces outside of texts:
 *
 *	{"d":{"results":[ {row} , {row} ],"__next":"…"}}
 *	└──── head ─────┘                └──── tail ───┘
 *
 * What is not such a page stays as it is.
 */
#include <string.h>

#include "sandbox/faults.h"

#define ROWS_MAX 1000

struct part {
	const char *at;
	size_t len;
};

struct list {
	struct part head;
	struct part rows[ROWS_MAX];
	size_t count;
	struct part tail;
};

/* The length of the object that begins here; 0: it doesn't end. */
static size_t object_len(const char *at)
{
	int depth = 0;
	bool text = false;

	for (size_t i = 0; at[i] != '\0'; i++) {
		if (text && at[i] == '\\' && at[i + 1] != '\0')
			i++;
		else if (at[i] == '"')
			text = !text;
		else if (!text && at[i] == '{')
			depth++;
		else if (!text && at[i] == '}' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool take_apart(const struct buf *body, struct list *ret)
{
	static const char open[] = "\"results\":[";
	const char *at = body->len == 0 ? NULL : strstr(body->data, open);

	if (at == NULL)
		return false;
	at += sizeof(open) - 1;
	ret->head = (struct part){ body->data, (size_t)(at - body->data) };
	ret->count = 0;
	while (*at == '{' && ret->count < ROWS_MAX) {
		size_t len = object_len(at);

		if (len == 0)
			return false;
		ret->rows[ret->count++] = (struct part){ at, len };
		at += len;
		if (*at == ',')
			at++;
	}
	ret->tail = (struct part){ at, strlen(at) };
	return *at == ']';
}

static void put(struct buf *out, struct part part)
{
	buf_append(out, part.at, part.len);
}

/* Its Division gets one more digit. */
static void put_foreign(struct buf *out, struct part row)
{
	static const char name[] = "\"Division\":";
	const char *at = memmem(row.at, row.len, name, sizeof(name) - 1);
	size_t len = at == NULL ? row.len
				: (size_t)(at - row.at) + sizeof(name) - 1;

	buf_append(out, row.at, len);
	if (at != NULL) {
		buf_puts(out, "9");
		buf_append(out, row.at + len, row.len - len);
	}
}

static void put_rows(
	struct buf *out, const struct list *list, enum faults_kind kind)
{
	size_t hidden = kind == FAULTS_LATE_ROW ? list->count / 2 : SIZE_MAX;
	bool first = true;

	for (size_t i = 0; i < list->count; i++) {
		bool last = i + 1 == list->count;

		if (i == hidden)
			continue;
		if (!first)
			buf_putc(out, ',');
		first = false;
		if (kind == FAULTS_UNORDERED)
			put(out, list->rows[list->count - 1 - i]);
		else if (kind == FAULTS_FOREIGN_ROW && last)
			put_foreign(out, list->rows[i]);
		else
			put(out, list->rows[i]);
	}
	if (kind == FAULTS_ROW_TWICE && list->count > 0) {
		buf_putc(out, ',');
		put(out, list->rows[0]);
	}
}

/* "…/api/v1/100001/crm/Accounts?…" with another number for 100001. */
static void put_link_to_division(
	struct buf *out, const char *link, size_t len, int division)
{
	static const char prefix[] = "/api/v1/";
	const char *at = memmem(link, len, prefix, sizeof(prefix) - 1);

	if (at == NULL) {
		buf_append(out, link, len);
		return;
	}
	at += sizeof(prefix) - 1;
	if (strncmp(at, "beta/", 5) == 0)
		at += 5;
	buf_append(out, link, (size_t)(at - link));
	buf_printf(out, "%d", division);
	at += strspn(at, "0123456789");
	buf_append(out, at, len - (size_t)(at - link));
}

static void put_url(struct buf *out, const char *host, const char *target)
{
	struct buf url;

	buf_init(&url, 65536);
	buf_printf(&url, "%s%s", host, target);
	buf_put_json(out, url.data, url.len);
	buf_free(&url);
}

/* The tail, whose link to the next page, if it has one, leads elsewhere. */
static void put_tail(struct buf *out, const struct list *list,
	const struct faults_set *set, const struct faults_next *next)
{
	static const char name[] = "\"__next\":";
	const char *at = strstr(list->tail.at, name);
	size_t len;

	if (at == NULL) {
		put(out, list->tail);
		return;
	}
	at += sizeof(name) - 1;
	len = 1 + strcspn(at + 1, "\"") + 1; /* the link with its quotes */
	buf_append(out, list->tail.at, (size_t)(at - list->tail.at));
	if (set->kind == FAULTS_REPEAT_NEXT)
		put_url(out, next->base_url, next->target);
	else if (set->kind == FAULTS_FOREIGN_NEXT)
		put_url(out, "https://exact.example.net", next->target);
	else if (set->kind == FAULTS_NEXT_DIVISION)
		put_link_to_division(out, at, len, next->other_division);
	else
		buf_append(out, at, len);
	buf_puts(out, at + len);
}

static void rewrite(const struct faults_set *set,
	const struct faults_next *next, const struct list *list,
	struct buf *out)
{
	static const char error[] =
		"{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
		"\"value\":\"An error has occurred.\"}}}";

	put(out, list->head);
	if (set->kind == FAULTS_EMPTY_LIST) {
		buf_puts(out, "]}}");
		return;
	}
	put_rows(out, list, set->kind);
	if (set->kind == FAULTS_ERROR_APPENDED) {
		/* Cut within the last row. */
		if (list->count > 0)
			out->len -= list->rows[list->count - 1].len / 2;
		buf_puts(out, error);
		return;
	}
	put_tail(out, list, set, next);
}

void faults_page(const struct faults_set *set, const struct faults_next *next,
	struct exchange_reply *reply)
{
	static struct list list;
	struct buf body;

	if (set->kind < FAULTS_ERROR_APPENDED ||
		set->kind > FAULTS_FOREIGN_ROW || reply->status != 200 ||
		!take_apart(&reply->body, &list))
		return;
	buf_init(&body, reply->body.max);
	rewrite(set, next, &list, &body);
	buf_free(&reply->body);
	reply->body = body;
}
