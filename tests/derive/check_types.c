/*
 * Data types of which one row makes one record: replies as Exact Online
 * sends them in, records as JSON out. The numbers are worked by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "derive/convert.h"
#include "tests/derive/feed_world.h"

/* ---- taxRates ------------------------------------------------------------ */

#define VAT(id, rest) "{\"Division\":7,\"ID\":\"" id "\"," rest "," MODIFIED "}"

START_TEST(test_a_vat_codes_fraction_becomes_a_percentage)
{
	/* 0.21000000000000002 is the noise of a double: 21. */
	arrive(&entity_vat_codes,
		VAT("v1", "\"Code\":\"4  \",\"Description\":\"High\","
			  "\"Percentage\":0.21000000000000002,"
			  "\"IsBlocked\":false") "," VAT("v2",
			"\"Code\":\"VB \",\"Description\":\"Old\","
			"\"Percentage\":0.055,\"IsBlocked\":true") "," VAT("v3",
			"\"Code\":\"0\",\"Description\":null,"
			"\"Percentage\":0,\"IsBlocked\":false"));
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.created, 3);
	ck_assert_str_eq(json_of(&model_tax_rates, "v1"),
		"{\"id\":\"v1\",\"name\":\"High\",\"code\":\"4\","
		"\"status\":\"Active\",\"effectiveTaxRate\":21,"
		"\"totalTaxRate\":21,\"components\":[{\"name\":\"4\","
		"\"rate\":21,\"isCompound\":false}],"
		"\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v2"),
		"\"code\":\"VB\",\"status\":\"Archived\","
		"\"effectiveTaxRate\":5.5,\"totalTaxRate\":5.5,"));
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v3"),
		"{\"id\":\"v3\",\"code\":\"0\",\"status\":\"Active\","
		"\"effectiveTaxRate\":0,\"totalTaxRate\":0,"));
}
END_TEST

START_TEST(test_a_vat_code_that_left_the_list_is_retired_and_may_return)
{
	const char *both = VAT(
		"v1", "\"Code\":\"1\",\"Percentage\":0.21") "," VAT("v2",
		"\"Code\":\"2\",\"Percentage\":0.09");

	arrive(&entity_vat_codes, both);
	derive(&model_tax_rates);
	arrive(&entity_vat_codes,
		VAT("v1", "\"Code\":\"1\",\"Percentage\":0.21"));
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.deleted, 1);
	ck_assert_ptr_nonnull(strstr(
		json_of(&model_tax_rates, "v2"), "\"effectiveTaxRate\":9,"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_tax_rates, "v2"), "\"isDeleted\":true"));
	arrive(&entity_vat_codes, both);
	derive(&model_tax_rates);
	ck_assert_int_eq(counts.updated, 1);
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_tax_rates, "v2"), "\"isDeleted\":false"));
}
END_TEST

START_TEST(test_a_percentage_is_exact_or_absent)
{
	int64_t percent = -1;

	ck_assert(convert_percent("0.055", &percent));
	ck_assert_int_eq(percent, INT64_C(5500000000));
	ck_assert(convert_percent("6E-02", &percent));
	ck_assert_int_eq(percent, INT64_C(6000000000));
	ck_assert(!convert_percent("92233720.5", &percent) &&
		  !convert_percent("none", &percent) &&
		  !convert_percent(NULL, &percent));
	ck_assert_int_eq(percent, INT64_C(6000000000));
	arrive(&entity_vat_codes, VAT("v1", "\"Code\":\"1\""));
	derive(&model_tax_rates);
	ck_assert_ptr_nonnull(strstr(json_of(&model_tax_rates, "v1"),
		"\"status\":\"Active\",\"components\":[{\"name\":\"1\","
		"\"isCompound\":false}],"));
}
END_TEST

/* ---- trackingCategories --------------------------------------------------- */

#define COST(id, rest) VAT(id, rest)

START_TEST(test_cost_centres_and_units_stand_below_their_kinds)
{
	arrive(&entity_cost_centers,
		COST("c1", "\"Code\":\"WH  \",\"Description\":\"Warehouse\","
			   "\"EndDate\":null") "," COST("c2",
			"\"Code\":\"OLD\",\"Description\":null,"
			"\"EndDate\":\"/Date(1735603200000)/\""));
	arrive(&entity_cost_units,
		COST("u1", "\"Code\":\"RT\",\"Description\":\"Retail\""));
	derive(&model_tracking_categories);
	ck_assert_int_eq(counts.created, 5);
	ck_assert_str_eq(json_of(&model_tracking_categories, "costCenters"),
		"{\"id\":\"costCenters\",\"name\":\"Cost centres\","
		"\"status\":\"Active\",\"hasChildren\":true,"
		"\"metadata\":{\"isDeleted\":false}}");
	ck_assert_str_eq(json_of(&model_tracking_categories, "c1"),
		"{\"id\":\"c1\",\"name\":\"Warehouse\","
		"\"status\":\"Active\",\"parentId\":\"costCenters\","
		"\"hasChildren\":false,\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_str_eq(json_of(&model_tracking_categories, "c2"),
		"{\"id\":\"c2\",\"name\":\"OLD\","
		"\"status\":\"Archived\",\"parentId\":\"costCenters\","
		"\"hasChildren\":false,\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
	ck_assert_str_eq(json_of(&model_tracking_categories, "u1"),
		"{\"id\":\"u1\",\"name\":\"Retail\","
		"\"status\":\"Active\",\"parentId\":\"costUnits\","
		"\"hasChildren\":false,\"metadata\":{\"isDeleted\":false},"
		"\"sourceModifiedDate\":\"2026-07-01T20:30:00Z\"}");
}
END_TEST

START_TEST(test_a_cost_centre_that_is_gone_is_retired_alone)
{
	arrive(&entity_cost_centers,
		COST("c1", "\"Code\":\"A\"") "," COST("c2", "\"Code\":\"B\""));
	derive(&model_tracking_categories);
	arrive(&entity_cost_centers, COST("c1", "\"Code\":\"A\""));
	derive(&model_tracking_categories);
	ck_assert_int_eq(counts.deleted, 1);
	ck_assert_int_eq(counts.updated, 0);
	ck_assert_ptr_nonnull(strstr(json_of(&model_tracking_categories, "c2"),
		"\"isDeleted\":true"));
	ck_assert_ptr_nonnull(
		strstr(json_of(&model_tracking_categories, "costCenters"),
			"\"isDeleted\":false"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("types");
	TCase *tracking = tcase_create("trackingCategories");
	TCase *rates = tcase_create("taxRates");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(rates, set_up, tear_down);
	tcase_set_timeout(rates, 60);
	tcase_add_test(rates, test_a_vat_codes_fraction_becomes_a_percentage);
	tcase_add_test(rates,
		test_a_vat_code_that_left_the_list_is_retired_and_may_return);
	tcase_add_test(rates, test_a_percentage_is_exact_or_absent);
	suite_add_tcase(suite, rates);
	tcase_add_checked_fixture(tracking, set_up, tear_down);
	tcase_set_timeout(tracking, 60);
	tcase_add_test(
		tracking, test_cost_centres_and_units_stand_below_their_kinds);
	tcase_add_test(
		tracking, test_a_cost_centre_that_is_gone_is_retired_alone);
	suite_add_tcase(suite, tracking);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
