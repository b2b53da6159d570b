/*
 * Faults within the page of a list. The body is ours, so its rows are found
 * by counting braces outside of texts:
 *
 *	{"d":{"results":[ {row} , {row} ],"__next":"…"}}
 *	└──── head ─────┘                └─ tail ──┘└┘ rest
 *	                                          link
 *
 * A fault changes the parts, which are then put together again.
 */
#include "sandbox/faults_acts.h"

#include <assert.h>
#include <string.h>

#include "sandbox/state.h"

#define ROWS_MAX   1000
#define OTHER_HOST "https://exact.example.net"
/* Given to no division. */
#define NO_DIVISION (SANDBOX_FIRST_DIVISION + DIRECTORY_DIVISIONS)

struct part {
	const char *at; /* borrowed */
	size_t len;
};

struct page {
	struct part head;
	struct part rows[ROWS_MAX + 1]; /* a fault may add one */
	size_t count;
	struct part tail; /* with link and rest empty when there is no link */
	struct part link; /* with its quotes */
	struct part rest;
	struct buf made; /* owned; the text of the part that a fault makes */
};

/* The length of the object that begins at `at`; 0: the object has no end. */
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

static void split_tail(const char *at, struct page *ret)
{
	static const char name[] = "\"__next\":";
	const char *link = strstr(at, name);
	size_t len;

	if (!link) {
		ret->tail = (struct part){ at, strlen(at) };
		ret->link = (struct part){ "", 0 };
		ret->rest = (struct part){ "", 0 };
		return;
	}
	link += sizeof(name) - 1;
	len = 1 + strcspn(link + 1, "\"") + 1;
	ret->tail = (struct part){ at, (size_t)(link - at) };
	ret->link = (struct part){ link, len };
	ret->rest = (struct part){ link + len, strlen(link + len) };
}

/* False: the reply is no page of a list. */
static bool take_apart(const struct exchange_reply *reply, struct page *ret)
{
	static const char begin[] = "\"results\":[";
	const struct buf *body = &reply->body;
	const char *at = reply->status != 200 || body->len == 0
				 ? NULL
				 : strstr(body->data, begin);

	if (!at)
		return false;
	at += sizeof(begin) - 1;
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
	if (*at != ']')
		return false;
	split_tail(at, ret);
	buf_init(&ret->made, body->max);
	return true;
}

static void put(struct buf *out, struct part part)
{
	buf_append(out, part.at, part.len);
}

static void put_together(struct page *page, struct exchange_reply *reply)
{
	struct buf body;

	buf_init(&body, reply->body.max);
	put(&body, page->head);
	for (size_t i = 0; i < page->count; i++) {
		if (i > 0)
			buf_putc(&body, ',');
		put(&body, page->rows[i]);
	}
	put(&body, page->tail);
	put(&body, page->link);
	put(&body, page->rest);
	buf_free(&page->made);
	buf_free(&reply->body);
	reply->body = body;
}

/* Replaces a part by the text in `made`. */
static void use_made(struct page *page, struct part *part)
{
	*part = (struct part){ page->made.data, page->made.len };
}

static void end_with(struct page *page, const char *text)
{
	page->tail = (struct part){ text, strlen(text) };
	page->link = (struct part){ "", 0 };
	page->rest = (struct part){ "", 0 };
}

void faults_page_error_appended(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	if (page.count > 0)
		page.rows[page.count - 1].len -= page.rows[page.count - 1].len /
						 2;
	end_with(&page, "{\"error\":{\"code\":\"\",\"message\":{\"lang\":\"\","
			"\"value\":\"An error has occurred.\"}}}");
	put_together(&page, turn->reply);
}

void faults_page_empty(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	page.count = 0;
	end_with(&page, "]}}");
	put_together(&page, turn->reply);
}

/* A page without a link stays as it is. */
static void lead_to(struct turn *turn, const char *host)
{
	struct page page;
	struct buf url;

	if (!take_apart(turn->reply, &page))
		return;
	if (page.link.len > 0) {
		buf_init(&url, turn->reply->body.max);
		buf_printf(&url, "%s%s", host, turn->request->target);
		buf_put_json(&page.made, url.data, url.len);
		buf_free(&url);
		use_made(&page, &page.link);
	}
	put_together(&page, turn->reply);
}

void faults_page_repeat_next(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)set;
	lead_to(turn, sandbox->base_url);
}

void faults_page_foreign_next(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	(void)sandbox;
	(void)set;
	lead_to(turn, OTHER_HOST);
}

/* Another division that this login reads; with none, NO_DIVISION. */
static int other_division(
	const struct sandbox *sandbox, const struct turn *turn)
{
	const struct directory *directory = &sandbox->directory;

	assert(turn->user >= 0 && turn->app >= 0); /* it got a page */
	for (int i = 0; i < (int)directory->division_count; i++)
		if (i != turn->division && directory_consented(directory,
						   turn->user, turn->app, i))
			return directory->divisions[i];
	return NO_DIVISION;
}

/* "…/api/v1/100001/crm/Accounts?…" with another number for 100001. */
static void put_link_to_division(
	struct buf *out, struct part link, int division)
{
	static const char prefix[] = "/api/v1/";
	const char *at = memmem(link.at, link.len, prefix, sizeof(prefix) - 1);

	if (!at) {
		put(out, link);
		return;
	}
	at += sizeof(prefix) - 1;
	if (strncmp(at, "beta/", 5) == 0)
		at += 5;
	buf_append(out, link.at, (size_t)(at - link.at));
	buf_printf(out, "%d", division);
	at += strspn(at, "0123456789");
	buf_append(out, at, link.len - (size_t)(at - link.at));
}

void faults_page_next_division(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;

	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	put_link_to_division(
		&page.made, page.link, other_division(sandbox, turn));
	use_made(&page, &page.link);
	put_together(&page, turn->reply);
}

void faults_page_unordered(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	for (size_t i = 0; i < page.count / 2; i++) {
		struct part row = page.rows[i];

		page.rows[i] = page.rows[page.count - 1 - i];
		page.rows[page.count - 1 - i] = row;
	}
	put_together(&page, turn->reply);
}

void faults_page_row_twice(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	if (page.count > 0)
		page.rows[page.count++] = page.rows[0];
	put_together(&page, turn->reply);
}

void faults_page_late_row(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	struct page page;
	size_t late;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	late = page.count / 2;
	if (page.count > 0) {
		page.count--;
		memmove(&page.rows[late], &page.rows[late + 1],
			(page.count - late) * sizeof(page.rows[0]));
	}
	put_together(&page, turn->reply);
}

/* The Division of the last row gets one more digit. */
void faults_page_foreign_row(struct sandbox *sandbox, struct turn *turn,
	const struct faults_set *set)
{
	static const char name[] = "\"Division\":";
	struct page page;
	struct part *row;
	const char *at = NULL;

	(void)sandbox;
	(void)set;
	if (!take_apart(turn->reply, &page))
		return;
	row = &page.rows[page.count > 0 ? page.count - 1 : 0];
	if (page.count > 0)
		at = memmem(row->at, row->len, name, sizeof(name) - 1);
	if (at) {
		at += sizeof(name) - 1;
		buf_append(&page.made, row->at, (size_t)(at - row->at));
		buf_puts(&page.made, "9");
		buf_append(&page.made, at, row->len - (size_t)(at - row->at));
		use_made(&page, row);
	}
	put_together(&page, turn->reply);
}
