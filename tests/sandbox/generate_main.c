#include "tests/sandbox/generate_world.h"

#include <stdio.h>
#include <string.h>

#include "sandbox/odata.h"

static void make(struct generate_world *world, enum generate_size size, bool uk,
	bool tracking, uint64_t seed)
{
	struct error err = { 0 };

	*world = (struct generate_world){ 0 };
	ck_assert_int_eq(books_new(&world->books, seed, &err), 0);
	ck_assert_msg(generate_books(world->books, 100001, size, uk, tracking,
			      &err) == 0,
		"%s", err.text);
	world->set = books_set(world->books, 100001);
}

void generate_world_make(struct generate_world *world, enum generate_size size,
	bool uk, uint64_t seed)
{
	make(world, size, uk, false, seed);
}

void generate_world_make_tracking(
	struct generate_world *world, bool uk, uint64_t seed)
{
	make(world, GENERATE_SMALL, uk, true, seed);
}

void generate_world_close(struct generate_world *world)
{
	if (world->replied)
		exchange_reply_free(&world->reply);
	books_free(world->books);
}

bool generate_world_known(const char *path)
{
	char key[64];

	return odata_find(path, key, sizeof(key)) != NULL;
}

const char *generate_world_get(
	struct generate_world *world, const char *target, int status)
{
	static const int visible[] = { 100001 };
	char path[1024];
	char key[256];
	struct odata_request request = { .books = world->books,
		.division = 100001,
		.key_text = key,
		.base_url = "http://127.0.0.1:1",
		.json = true,
		.visible = visible,
		.visible_count = 1,
		.now_wall_ms = INT64_C(1790000000000) };

	if (world->replied)
		exchange_reply_free(&world->reply);
	exchange_reply_init(&world->reply, 64 << 20);
	world->replied = true;
	snprintf(path, sizeof(path), "%s", target);
	char *query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	request.query = query ? query : "";
	request.entity = odata_find(path, key, sizeof(key));
	ck_assert_msg(request.entity != NULL, "no endpoint %s", path);
	odata_get(&request, &world->reply);
	ck_assert_msg(world->reply.status == status, "%s gave %d: %.300s",
		target, world->reply.status, world->reply.body.data);
	return world->reply.body.data;
}

int main(void)
{
	Suite *suite = suite_create("generate");

	suite_add_tcase(suite, generate_books_case());
	suite_add_tcase(suite, generate_cases_case());
	suite_add_tcase(suite, generate_costs_case());
	suite_add_tcase(suite, generate_odata_case());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
