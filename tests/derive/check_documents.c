/* Runs the chapters about documents. */
#include <stdlib.h>

#include "tests/derive/suites.h"

int main(void)
{
	SRunner *runner = srunner_create(open_suite());
	int failed;

	srunner_add_suite(runner, void_suite());
	srunner_add_suite(runner, drafts_suite());
	srunner_add_suite(runner, parties_suite());
	srunner_add_suite(runner, shapes_suite());
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
