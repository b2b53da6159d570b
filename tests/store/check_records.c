/*
 * A company file, as its writer, its readers and its owner see it: the
 * chapters of this program, and the child that some of its tests start.
 */
#include <stdlib.h>

#include "records_world.h"

int main(int argc, char **argv)
{
	if (argc == 3)
		return world_child_main(argv[1], argv[2]);
	Suite *suite = suite_create("records");
	suite_add_tcase(suite, check_records_feed());
	suite_add_tcase(suite, check_records_load());
	suite_add_tcase(suite, check_records_file());
	suite_add_tcase(suite, check_records_facts());
	suite_add_tcase(suite, check_records_put());
	suite_add_tcase(suite, check_records_old());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
