#include <stdlib.h>

#include "core_world.h"

int main(void)
{
	Suite *suite = suite_create("sandbox core");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, core_login_case());
	suite_add_tcase(suite, core_token_case());
	suite_add_tcase(suite, core_quota_case());
	suite_add_tcase(suite, core_api_case());
	suite_add_tcase(suite, core_control_case());
	suite_add_tcase(suite, core_rights_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
