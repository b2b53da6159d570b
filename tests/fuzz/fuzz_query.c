/*
 * A whole GET from anybody, "path?query", against a small company: the reply
 * is 200, 400, 404 or 415 and whole, and a next link leads somewhere.
 *
 * sources: sandbox/books*.c sandbox/filter*.c sandbox/ledger*.c
 * sources: sandbox/odata*.c sandbox/render.c http/exchange.c base/
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sandbox/books.h"
#include "sandbox/odata.h"

#define LEDGER "tests/data/ledger/852963701FEC20251231.txt"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct books *books;

static void open_books(void)
{
	const char *top = getenv("top_srcdir");
	char path[1024];

	snprintf(path, sizeof(path), "%s/" LEDGER, top == NULL ? "." : top);
	if (books_new(&books, 7, NULL) < 0 ||
		books_add_ledger(books, path, 100001, "EUR", "NL",
			1763719200000, NULL) < 0 ||
		books_delete(books, 100001, "TransactionLines", 3,
			1763719200000, NULL, NULL) < 0)
		abort();
}

static void close_books(void)
{
	books_free(books);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int visible[] = { 100001 };
	struct exchange_reply reply;
	char target[8192];
	char key[256];

	if (size == 0 || size >= sizeof(target))
		return 0;
	if (books == NULL) {
		open_books();
		atexit(close_books);
	}
	memcpy(target, data, size);
	target[size] = '\0';
	char *query = strchr(target, '?');
	if (query != NULL)
		*query++ = '\0';
	struct odata_request request = {
		.books = books,
		.division = 100001,
		.entity = odata_find(target, key, sizeof(key)),
		.key_text = key,
		.query = query == NULL ? "" : query,
		.base_url = "http://127.0.0.1:1",
		.json = size % 4 != 0,
		.mandatory_filter = size % 8 == 1,
		.visible = visible,
		.visible_count = 1,
		.now_wall_ms = 1763719200000,
	};
	if (request.entity == NULL)
		return 0;
	exchange_reply_init(&reply, 16 << 20);
	odata_get(&request, &reply);
	if (buf_failed(&reply.body) || reply.body.len == 0 ||
		(reply.status != 200 && reply.status != 400 &&
			reply.status != 404 && reply.status != 415))
		abort();
	exchange_reply_free(&reply);
	return 0;
}
