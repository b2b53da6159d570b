#include "tests/sandbox/books_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER                                                                 \
	"JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|" \
	"CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|"   \
	"EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\n"

static void add(struct books_world *world, const char *path)
{
	struct error err = { 0 };

	*world = (struct books_world){ .now = BOOKS_NOW };
	ck_assert_int_eq(books_new(&world->books, 7, &err), 0);
	int fail = books_add_ledger(
		world->books, path, 100001, "EUR", "NL", BOOKS_NOW, &err);
	ck_assert_msg(fail == 0, "%s", err.text);
}

void books_world_own(struct books_world *world)
{
	char path[1024];
	const char *top = getenv("top_srcdir");

	snprintf(path, sizeof(path), "%s/tests/data/ledger/" OWN_LEDGER,
		top ? top : ".");
	add(world, path);
}

static void add_text(struct books_world *world, const char *text, size_t len)
{
	char path[1024];
	const char *top = getenv("top_builddir");

	snprintf(path, sizeof(path), "%s/booksFEC20251231.XXXXXX",
		top ? top : ".");
	int fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	add(world, path);
	unlink(path);
}

void books_world_many(struct books_world *world, int entries)
{
	struct buf text;

	buf_init(&text, 64 << 20);
	buf_puts(&text, HEADER);
	for (int i = 1; i <= entries; i++) {
		const char *line = "VE|Ventes|%d|202501%02d|%s|%s|||FA%d|"
				   "20250101|Facture %d|%d,00|%d,00||||||\n";
		static const struct {
			const char *account;
			const char *label;
			int debit;
			int credit;
		} lines[] = {
			{ "411000", "Clients", 120, 0 },
			{ "706000", "Prestations", 0, 100 },
			{ "445710", "TVA", 0, 20 },
		};
		for (size_t k = 0; k < 3; k++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			buf_printf(&text, line, i, i % 28 + 1, lines[k].account,
				lines[k].label, i, i, lines[k].debit,
				lines[k].credit);
#pragma GCC diagnostic pop
		}
	}
	ck_assert(!buf_failed(&text));
	add_text(world, text.data, text.len);
	buf_free(&text);
}

void books_world_lines(struct books_world *world, const char *lines)
{
	struct buf text;
	char journal[16];
	char number[32];
	char date[16];
	char account[16];
	char piece[16];
	int cents;
	int used;

	buf_init(&text, 1 << 20);
	buf_puts(&text, HEADER);
	while (sscanf(lines, " %15s %31s %15s %15s %15s %d%n", journal, number,
		       date, account, piece, &cents, &used) == 6) {
		lines += used;
		int amount = abs(cents);
		buf_printf(&text, "%s|%s|%s|%s|%s|%s|||%s|%s|x|", journal,
			journal, number[0] == '_' ? "" : number, date, account,
			account, piece, date);
		buf_printf(&text, "%d,%02d|", cents > 0 ? amount / 100 : 0,
			cents > 0 ? amount % 100 : 0);
		buf_printf(&text, "%d,%02d|||||\n",
			cents < 0 ? amount / 100 : 0,
			cents < 0 ? amount % 100 : 0);
	}
	add_text(world, text.data, text.len);
	buf_free(&text);
}

void books_world_close(struct books_world *world)
{
	if (world->open)
		exchange_reply_free(&world->reply);
	books_free(world->books);
}

const char *books_world_get(struct books_world *world, const char *target)
{
	static const int visible[] = { 100001 };
	char path[4096];
	char key[256];
	struct odata_request request = { 0 };

	if (world->open)
		exchange_reply_free(&world->reply);
	exchange_reply_init(&world->reply, 64 << 20);
	world->open = true;
	snprintf(path, sizeof(path), "%s", target);
	char *query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	request.entity = odata_find(path, key, sizeof(key));
	ck_assert_msg(request.entity != NULL, "no endpoint %s", path);
	request.books = world->books;
	request.division = 100001;
	request.key_text = key;
	request.query = query ? query : "";
	request.base_url = BASE_URL;
	request.json = !world->xml;
	request.mandatory_filter = world->mandatory_filter;
	request.visible = visible;
	request.visible_count = 1;
	request.now_wall_ms = world->now;
	request.uk = world->uk;
	odata_get(&request, &world->reply);
	ck_assert(!buf_failed(&world->reply.body));
	return world->reply.body.data;
}

const char *books_world_want(
	struct books_world *world, int status, const char *target)
{
	const char *body = books_world_get(world, target);

	ck_assert_msg(world->reply.status == status, "%s gave %d: %.300s",
		target, world->reply.status, body);
	return body;
}

void books_world_field(
	const char *body, const char *name, char *ret, size_t size)
{
	char key[128];

	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(body, key);
	ck_assert_msg(at != NULL, "no %s in %.200s", name, body);
	at += strlen(key);
	size_t len = *at == '"' ? strcspn(at + 1, "\"") + 2 : strcspn(at, ",}");
	ck_assert_uint_lt(len, size);
	memcpy(ret, at, len);
	ret[len] = '\0';
}

bool books_world_begins(const char *body, const char *prefix)
{
	return strncmp(body, prefix, strlen(prefix)) == 0;
}

size_t books_world_count(const char *body, const char *piece)
{
	size_t count = 0;

	for (body = strstr(body, piece); body;
		body = strstr(body + strlen(piece), piece))
		count++;
	return count;
}

bool books_world_next(const char *body, char *ret, size_t size)
{
	const char *prefix = "\"__next\":\"" BASE_URL "/api/v1/100001/";
	const char *at = strstr(body, prefix);

	if (!at)
		return false;
	at += strlen(prefix);
	size_t len = strcspn(at, "\"");
	ck_assert_uint_lt(len, size);
	memcpy(ret, at, len);
	ret[len] = '\0';
	return true;
}

bool books_world_sample(const char *name, char *ret, size_t size)
{
	const char *top = getenv("top_srcdir");

	snprintf(ret, size, "%s/../shared/samples/%s", top ? top : ".", name);
	if (access(ret, R_OK) == 0)
		return true;
	fprintf(stderr, "SKIPPED: the sample %s is absent\n", ret);
	return false;
}

int main(void)
{
	Suite *suite = suite_create("books");

	suite_add_tcase(suite, books_ledger_case());
	suite_add_tcase(suite, books_changes_case());
	suite_add_tcase(suite, odata_shape_case());
	suite_add_tcase(suite, odata_query_case());
	suite_add_tcase(suite, odata_recorded_case());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
