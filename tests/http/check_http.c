/* The tests of http/, one case a file. */
#include <stdlib.h>

#include "tests/http/world.h"

int main(void)
{
	Suite *suite = suite_create("http");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, check_loop());
	suite_add_tcase(suite, check_client());
	suite_add_tcase(suite, check_resend());
	suite_add_tcase(suite, check_listener());
	suite_add_tcase(suite, check_url());
	suite_add_tcase(suite, check_retry());
	suite_add_tcase(suite, check_tls());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
