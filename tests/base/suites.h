/* The suites of check_base, one a unit. */
#ifndef TESTS_BASE_SUITES_H
#define TESTS_BASE_SUITES_H

#include <check.h>

Suite *buf_suite(void);
Suite *crypto_suite(void);
Suite *decimal_suite(void);
Suite *error_suite(void);
Suite *fec_suite(void);
Suite *file_suite(void);
Suite *json_suite(void);
Suite *payloads_suite(void);
Suite *when_suite(void);

/* The path of a file in the folder of samples beside the project, or NULL
 * with a printed line when that folder isn't there. The caller's to free. */
char *sample_path(const char *name);

#endif
