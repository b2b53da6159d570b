/*
 * Queries as whoever asks them sees them: which records come, in what order,
 * page after page, and what is said to a wrong question.
 */
#include <stdlib.h>

#include "query_world.h"

int main(void)
{
	Suite *suite = suite_create("query");
	suite_add_tcase(suite, check_query_filter());
	suite_add_tcase(suite, check_query_pages());
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
