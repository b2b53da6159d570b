/* Runs the suites of base/. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/base/suites.h"

char *sample_path(const char *name)
{
	const char *top = getenv("top_srcdir");
	static char skipped[256];
	char *path;

	if (asprintf(&path, "%s/../shared/samples/%s", top != NULL ? top : ".",
		    name) < 0)
		abort();
	if (access(path, R_OK) == 0)
		return path;
	if (strcmp(skipped, name) != 0)
		printf("SKIPPED: no sample %s\n", path);
	snprintf(skipped, sizeof(skipped), "%s", name);
	free(path);
	return NULL;
}

/* "check_base replace FILE", for check_file.c's faults, else the suites. */
int main(int argc, char **argv)
{
	SRunner *runner;
	int failed;

	if (argc == 3 && strcmp(argv[1], "replace") == 0)
		return -file_replace(argv[2], "new", 3, 0600, NULL);
	runner = srunner_create(error_suite());
	srunner_add_suite(runner, buf_suite());
	srunner_add_suite(runner, decimal_suite());
	srunner_add_suite(runner, when_suite());
	srunner_add_suite(runner, crypto_suite());
	srunner_add_suite(runner, file_suite());
	srunner_add_suite(runner, json_suite());
	srunner_add_suite(runner, payloads_suite());
	srunner_add_suite(runner, fec_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
