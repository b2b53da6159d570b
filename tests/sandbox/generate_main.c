#include "tests/sandbox/generate_world.h"

void generate_world_make(struct generate_world *world, enum generate_size size,
	bool uk, uint64_t seed)
{
	struct error err = { 0 };

	*world = (struct generate_world){ 0 };
	ck_assert_int_eq(books_new(&world->books, seed, &err), 0);
	ck_assert_msg(generate_books(world->books, 100001, size, uk, &err) == 0,
		"%s", err.text);
	world->set = books_set(world->books, 100001);
}

void generate_world_close(struct generate_world *world)
{
	books_free(world->books);
}

int main(void)
{
	Suite *suite = suite_create("generate");

	suite_add_tcase(suite, generate_books_case());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
