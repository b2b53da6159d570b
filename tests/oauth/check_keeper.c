/*
 * The keeper, refresh and consent: the chapters of this program, and the
 * child that the kill tests start.
 */
#include "world.h"

int main(int argc, char **argv)
{
	if (argc == 7)
		return check_keeper_child(argv);
	Suite *suite = suite_create("keeper");
	suite_add_tcase(suite, check_keeper_ages());
	suite_add_tcase(suite, check_keeper_failures());
	suite_add_tcase(suite, check_keeper_consent());
	suite_add_tcase(suite, check_keeper_kills());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
