/* The suites of check_documents, one a chapter. */
#ifndef TESTS_DERIVE_SUITES_H
#define TESTS_DERIVE_SUITES_H

#include <check.h>

Suite *open_suite(void);
Suite *void_suite(void);
Suite *drafts_suite(void);
Suite *parties_suite(void);
Suite *shapes_suite(void);

#endif
